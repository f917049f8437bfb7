"""Where the day will end: what the records counted so far, and what the formulas expect of the rest.

A KPI is a ratio of sums over the day, so that done and rest add up before they are divided. The rest follows the
queueing formulas (``wfm.review.day_evaluation``: each group one queue, backlog carried on); how surely the day keeps
a target is the share of the forecast's sample paths on which it does. Chance of single waits is not in that share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline
from wfm.i18n import Text
from wfm.metrics import COUNTS, KPIS
from wfm.records import tally_calls
from wfm.review.caller_habits import CallerHabits
from wfm.review.day_evaluation import DayFormulas
from wfm.review.day_inputs import DayInputs, IvrShares, Pattern
from wfm.standards import Target

__all__ = ["DayEnd", "DayKpi", "done_counts", "status_of"]

Floats = NDArray[np.float64]

PATHS_PLAYED = 40
"""Sample paths, evenly spread over the rest's total, on which the day's end is worked out."""


@dataclass(frozen=True, slots=True)
class DayKpi:
    """One target over the day.

    ``planned``: as the morning's forecast let expect; ``so_far``: of the part done; ``value``: expected at the end
    of the day; ``low`` and ``high``: 10 and 90 % quantiles over the paths; ``p_met``: share of paths that keep the
    limit. Undefined values are NaN.
    """

    target: str
    name: Text
    kpi: str
    unit: str
    operator: str
    limit: float
    planned: float
    so_far: float
    value: float
    low: float
    high: float
    p_met: float

    @property
    def status(self) -> str:
        """met, at risk or missed, by the probability; unknown where nothing is defined."""
        return status_of(self.p_met)


def status_of(p_met: float) -> str:
    """Status word of a probability, as on the scorecard."""
    if np.isnan(p_met):
        return "unknown"
    return "met" if p_met >= 0.9 else "at risk" if p_met >= 0.5 else "missed"


def done_counts(hotline: Hotline, calls: pd.DataFrame, actuals: pd.DataFrame) -> dict[str, float]:
    """Counts of the part of the day that is done, over all lines; NaN where the records do not know one.

    Args:
        hotline: its lines and thresholds.
        calls: today's call records before now; may be empty.
        actuals: the same as ``tables.ACTUALS``; used where there are no single calls.
    """
    if len(calls):
        table = tally_calls(calls, hotline)
        return {name: float(table[name].to_numpy(float).sum()) for name in COUNTS}
    found = {}
    for name in COUNTS:
        known = name in actuals and not actuals[name].isna().all()
        found[name] = float(np.nansum(actuals[name].to_numpy(float))) if known else float("nan")
    nothing = len(actuals) == 0 or not np.nansum(actuals["offered"].to_numpy(float)) > 0
    return dict.fromkeys(COUNTS, 0.0) if nothing else found


class DayEnd:
    """What a day comes to with given calls and seats in its rest."""

    def __init__(
        self,
        hotline: Hotline,
        grid: TimeGrid,
        calendar: WorkingCalendar,
        *,
        targets: list[Target],
        done: Mapping[str, float],
        so_far: Floats,
        passed: Floats,
        handling_s: Floats,
        closed: Mapping[str, float] | None = None,
    ) -> None:
        """Args:
        hotline: its settings.
        grid: the day.
        calendar: opening hours.
        targets: those to work out, over calls, with a limit.
        done: counts of the part done.
        so_far: ``(L, T)`` first attempts recorded.
        passed: ``(T,)`` share of each interval that has passed.
        handling_s: ``(L, T)`` mean handling times.
        closed: counts that calls outside opening hours still bring.
        """
        self.hotline, self.targets, self.done = hotline, targets, dict(done)
        self.so_far, self.passed, self.handling_s = so_far, passed, handling_s
        self.interval_s, self.closed = grid.interval_s, dict(closed or {})
        self._formulas = DayFormulas(hotline, grid, calendar)
        self._ivr = IvrShares(hotline.ivr.self_service_share, hotline.ivr.hang_up_share)
        self._habits = CallerHabits.of_hotline(hotline)

    def counts(self, rest: Floats, seats: Floats) -> dict[str, float]:
        """Counts of the day: done, and rest with these calls ``(L, T)`` and seats ``(G, T)``."""
        calls = self.so_far + rest
        volume = calls.sum(axis=1)
        shares = np.divide(calls, volume[:, None], out=np.zeros_like(calls), where=volume[:, None] > 0)
        cells = self._formulas.cells(
            DayInputs(
                volume=volume,
                pattern=Pattern(shares, as_came=False),
                ivr=self._ivr,
                handling=self.handling_s,
                seats=seats,
                patience=self._habits,
            )
        )
        left = np.divide(rest, calls, out=np.broadcast_to(1.0 - self.passed, calls.shape).copy(), where=calls > 0)
        found = {
            name: self.done[name] + float((cells[name] * left).sum()) + self.closed.get(name, 0.0) for name in COUNTS
        }
        # Records of calls do not know who was there: what the roster brought stands in.
        staffed = (seats * (1.0 - self.passed)).sum() * self.interval_s
        before = self.done["staffed_s"]
        past = (seats * self.passed).sum() * self.interval_s if np.isnan(before) else before
        return found | {"staffed_s": float(past + staffed)}

    def values(self, rest: Floats, seats: Floats) -> dict[str, float]:
        """Every target's KPI over the day."""
        return self._kpis(self.counts(rest, seats))

    def so_far_values(self) -> dict[str, float]:
        """Every target's KPI of the part done."""
        return self._kpis(self.done)

    def over_paths(
        self, rest: Floats, rests: Floats, seats: Floats, progress: Progress = no_progress
    ) -> dict[str, Floats]:
        """Every target's KPI on :data:`PATHS_PLAYED` of the paths ``rests`` ``(P, L, T)``, evenly spread over their totals.

        Of a path each line's total counts, in the pattern of the expected ``rest``: the formulas know that calls come by
        chance, and counts drawn for single intervals would put that chance in twice.
        """
        order = np.argsort(rests.sum(axis=(1, 2)), kind="stable")
        count = min(PATHS_PLAYED, len(order))
        chosen = order[((np.arange(count) + 0.5) * len(order) / count).astype(np.int64)]
        expected = rest.sum(axis=1)
        drawn = rests[chosen].sum(axis=2)
        factors = np.divide(drawn, expected, out=np.ones_like(drawn), where=expected > 0)
        found: dict[str, list[float]] = {t.id: [] for t in self.targets}
        for n, factor in enumerate(factors):
            progress(n, count)
            for target, value in self.values(rest * factor[:, None], seats).items():
                found[target].append(value)
        progress(count, count)
        return {target: np.array(values) for target, values in found.items()}

    def _kpis(self, counts: Mapping[str, float]) -> dict[str, float]:
        frame = pd.DataFrame([dict(counts)])
        return {t.id: float(KPIS[t.kpi].daily(frame)[0]) for t in self.targets}
