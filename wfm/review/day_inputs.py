"""One day of a hotline as six inputs, each of which may be as planned or as it was.

What a day's KPI comes from: how many called, when, how many of them the IVR kept, how long a call took, how many
seats were staffed, and how patient callers were. Planned are the forecast, the hotline's own settings and what the
roster brings; actual is what the records tell. An input that they do not tell stays as planned; whatever it did
stands in luck.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.hotline import Hotline, Patience
from wfm.records import demand_column
from wfm.review.caller_habits import CallerHabits

__all__ = [
    "FACTORS",
    "DayInputs",
    "IvrShares",
    "Pattern",
    "actual_inputs",
    "changed_factors",
    "hotline_with",
    "mixed_inputs",
    "planned_inputs",
]

Floats = NDArray[np.float64]

FACTORS = ("volume", "pattern", "ivr", "handling", "seats", "patience")
"""The inputs, named as the fields of :class:`DayInputs`, in the order in which they are told."""


class Pattern(NamedTuple):
    """When the day's calls come."""

    shares: Floats
    """``(L, T)`` calls of each interval in parts of the line's calls in opening hours; these sum to 1, or to 0 without calls."""
    as_came: bool
    """The calls came exactly so; else the shares are expected ones, and calls scatter around them by chance."""


class IvrShares(NamedTuple):
    """Callers who never ask for an agent, as shares of those whom the IVR answers."""

    self_service: float
    hang_up: float


@dataclass(frozen=True, eq=False, kw_only=True)
class DayInputs:
    """The inputs of one day; lines L, groups G and intervals T in the order of the hotline and the day's grid."""

    volume: Floats
    """``(L,)`` first attempts of the day in opening hours."""
    pattern: Pattern
    ivr: IvrShares
    handling: Floats
    """``(L, T)`` mean handling time, seconds."""
    seats: Floats
    """``(G, T)`` agents there for calls, mean over the interval."""
    patience: CallerHabits
    """Patience and redials."""

    @property
    def arrivals(self) -> Floats:
        """``(L, T)`` first attempts."""
        calls: Floats = self.volume[:, None] * self.pattern.shares
        return calls


def planned_inputs(hotline: Hotline, grid: TimeGrid, forecast: pd.DataFrame, seats: Floats) -> DayInputs:
    """The day as planned.

    Args:
        hotline: its settings.
        grid: the day.
        forecast: ``Forecast.summary()``, or more days of it: line, interval, mean, aht_s; missing rows are no calls.
        seats: ``(G, T)`` agents whom the roster lets expect, breaks and unplanned absence taken off.
    """
    mean, aht_s = _by_cell(hotline, grid, forecast["interval"], forecast, ("mean", "aht_s"))
    usual = np.array([[line.handling.mean_s] for line in hotline.lines])
    return DayInputs(
        volume=np.nan_to_num(mean).sum(axis=1),
        pattern=Pattern(_shares(np.nan_to_num(mean), np.nan_to_num(mean).sum(axis=1)), as_came=False),
        ivr=IvrShares(hotline.ivr.self_service_share, hotline.ivr.hang_up_share),
        handling=np.where(aht_s > 0, aht_s, usual),
        seats=np.asarray(seats, dtype=np.float64),
        patience=CallerHabits.of_hotline(hotline),
    )


def actual_inputs(
    hotline: Hotline,
    grid: TimeGrid,
    planned: DayInputs,
    actuals: pd.DataFrame,
    *,
    is_open: NDArray[np.bool_] | None = None,
    seats: Floats | None = None,
    habits: CallerHabits | None = None,
) -> DayInputs:
    """The day as it was; what is not known stays as planned.

    Handling time is known by line and day: each interval's planned time is multiplied by what the day's answered
    calls took over what they were planned to take. A line without answered calls, and shares of an IVR that nobody
    counted or that serves nobody, stay as planned. Calls outside opening hours, of which forecasts know nothing, are part of
    the pattern and not of the volume.

    Args:
        hotline: its settings.
        grid: the day.
        planned: the day as planned.
        actuals: ``tables.ACTUALS``, the day's rows among them.
        is_open: ``(T,)`` opening hours; None: all the day.
        seats: ``(G, T)`` agents who were there; None: not known. NaN: not known in that interval.
        habits: patience and redials read from the calls; None: not known.
    """
    cells = actuals.assign(demand=demand_column(actuals))
    names = ("demand", "handle_s", "answered", "ivr_answered", "ivr_completed", "ivr_abandoned")
    came, handle_s, answered, heard, served, hung_up = _by_cell(hotline, grid, cells["interval"], cells, names)
    came = np.nan_to_num(came)
    volume = (came if is_open is None else np.where(is_open, came, 0.0)).sum(axis=1)
    known = ~(np.isnan(handle_s) | np.isnan(answered))
    took = np.where(known, handle_s, 0.0).sum(axis=1)
    expected = np.where(known, answered * planned.handling, 0.0).sum(axis=1)
    factor = np.divide(took, expected, out=np.ones_like(took), where=(expected > 0) & (took > 0))
    return DayInputs(
        volume=volume,
        pattern=Pattern(_shares(came, volume), as_came=True),
        ivr=_ivr_shares(planned.ivr, heard, served, hung_up),
        handling=planned.handling * factor[:, None],
        seats=planned.seats if seats is None else np.where(np.isnan(seats), planned.seats, seats),
        patience=planned.patience if habits is None else habits,
    )


def changed_factors(planned: DayInputs, actual: DayInputs) -> tuple[str, ...]:
    """The factors whose input was not as planned, in the order of :data:`FACTORS`; only they can have a share."""
    differs = {
        "volume": not np.array_equal(planned.volume, actual.volume),
        "pattern": planned.pattern.as_came != actual.pattern.as_came
        or not np.array_equal(planned.pattern.shares, actual.pattern.shares),
        "ivr": planned.ivr != actual.ivr,
        "handling": not np.array_equal(planned.handling, actual.handling),
        "seats": not np.array_equal(planned.seats, actual.seats),
        "patience": not planned.patience.same_as(actual.patience),
    }
    return tuple(name for name in FACTORS if differs[name])


def mixed_inputs(planned: DayInputs, actual: DayInputs, as_was: Collection[str]) -> DayInputs:
    """The planned day with the named factors as they were."""
    return replace(planned, **{name: getattr(actual, name) for name in as_was})


def hotline_with(hotline: Hotline, inputs: DayInputs) -> Hotline:
    """The hotline with the day's IVR shares, patience and redials for its own."""
    habits = inputs.patience
    lines = tuple(
        line.model_copy(
            update={
                "patience": scaled_patience(line.patience, float(scale)),
                "redial": line.redial.model_copy(update={"share": float(share)}),
            }
        )
        for line, scale, share in zip(hotline.lines, habits.patience_scale, habits.redial_share, strict=True)
    )
    ivr = hotline.ivr.model_copy(
        update={"self_service_share": inputs.ivr.self_service, "hang_up_share": inputs.ivr.hang_up}
    )
    return hotline.model_copy(update={"lines": lines, "ivr": ivr})


def scaled_patience(patience: Patience, factor: float) -> Patience:
    """The same law with all times multiplied."""
    if factor == 1:
        return patience
    if patience.distribution == "empirical":
        points = tuple(q if q.s is None else q.model_copy(update={"s": factor * q.s}) for q in patience.quantiles)
        return patience.model_copy(update={"quantiles": points})
    return patience.model_copy(update={"stated_mean_s": factor * patience.mean_s})


def _by_cell(
    hotline: Hotline, grid: TimeGrid, interval: pd.Series, table: pd.DataFrame, names: tuple[str, ...]
) -> list[Floats]:
    """Columns of ``table`` as ``(L, T)``; NaN where there is no row, and where a column is missing."""
    column = grid.locate(pd.DatetimeIndex(interval))
    row = pd.Index(hotline.line_ids).get_indexer(pd.Index(table["line"].astype(str)))
    inside = (column >= 0) & (row >= 0)
    found = []
    for name in names:
        cells = np.full((len(hotline.lines), len(grid)), np.nan)
        if name in table:
            cells[row[inside], column[inside]] = table[name].to_numpy(dtype=np.float64, na_value=np.nan)[inside]
        found.append(cells)
    return found


def _shares(calls: Floats, volume: Floats) -> Floats:
    total = volume[:, None]
    shares: Floats = np.divide(calls, total, out=np.zeros_like(calls), where=total > 0)
    return shares


def _ivr_shares(planned: IvrShares, heard: Floats, served: Floats, hung_up: Floats) -> IvrShares:
    known = ~(np.isnan(heard) | np.isnan(served) | np.isnan(hung_up))
    total = float(heard[known].sum())
    if total <= 0 or (planned.self_service == 0 and not served[known].any()):
        return planned
    return IvrShares(float(served[known].sum()) / total, float(hung_up[known].sum()) / total)
