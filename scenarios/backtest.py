"""A hotline's own records, as a series that forecasts are tested on."""

from __future__ import annotations

from pathlib import Path

from wfm.errors import BadInput
from wfm.forecast.backtest import TRAINING_DAYS_MIN, Series
from wfm.hotline import Hotline, calendar_of, grid_of
from wfm.i18n import say
from wfm.records import RecordStore
from wfm.records.cleaning import MarkHistory, hide_marked, special_days

__all__ = ["recorded_series"]


def recorded_series(hotline: Hotline, home: Path) -> Series:
    """All calls on record of a hotline, without what accepted marks hide; special days that marks name are known.

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
    marks = MarkHistory(home, hotline.id).marks()
    accepted = [mark for mark in marks if mark.status == "accepted"]
    return Series(
        actuals=hide_marked(store.actuals(grid, hotline.line_ids, hotline.short_abandon_s), grid, accepted),
        grid=grid,
        lines=tuple(hotline.line_ids),
        calendar=calendar_of(hotline).with_special(special_days(accepted, hotline.time_zone)),
        observed=None,
        aht_prior_s={line.id: line.handling.mean_s for line in hotline.lines},
    )
