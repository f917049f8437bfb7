"""A hotline's own records, as a series that forecasts are tested on."""

from __future__ import annotations

from pathlib import Path

from wfm.errors import BadInput
from wfm.forecast.backtest import TRAINING_DAYS_MIN, Series
from wfm.hotline import Hotline, calendar_of, grid_of
from wfm.i18n import say
from wfm.records import RecordStore

__all__ = ["recorded_series"]


def recorded_series(hotline: Hotline, home: Path) -> Series:
    """All calls on record of a hotline.

    Raises:
        BadInput: there are too few days of them.
    """
    store = RecordStore(home, hotline.id)
    days = sorted(store.days())
    if len(days) <= TRAINING_DAYS_MIN:
        raise BadInput(
            say(
                "{hotline}: {days} days of call records are in the store, more than {least} are needed; import them with wfm import",
                hotline=hotline.id,
                days=len(days),
                least=TRAINING_DAYS_MIN,
            )
        )
    grid = grid_of(hotline, days[0], (days[-1] - days[0]).days + 1)
    return Series(
        actuals=store.actuals(grid, hotline.line_ids, hotline.short_abandon_s),
        grid=grid,
        lines=tuple(hotline.line_ids),
        calendar=calendar_of(hotline),
        observed=None,
        aht_prior_s={line.id: line.handling.mean_s for line in hotline.lines},
    )
