"""Adherence and conformance of people to the roster, from the states that the telephone system recorded.

**Adherence** is the share of scheduled time spent as the schedule asked: at work when it says work, not at work when it
says break. **Conformance** is time worked ÷ time scheduled for work, whenever it was worked. Both are the definitions of
the field (right activity at the right time; amount worked). Every second of scheduled time has one fate::

    scheduled = adherent + absent + late + left early + break overrun + away + worked in a break
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid
from wfm.records.seats_staffed import interval_bounds_ms, spans_of_agents
from wfm.records.spans import Spans, common, milliseconds, no_spans, per_interval_ms, span_ms, union, without
from wfm.review.duty_times import DutyTimes, duty_times
from wfm.tables import STATES, WORKING_STATES

__all__ = ["FATES", "Adherence", "measure_adherence"]

FATES = ("adherent", "absent", "late", "left_early", "break_overrun", "away", "worked_in_break")
"""What becomes of scheduled time; together they are the scheduled time."""

REACH_H = 4.0
"""Work up to so long before or after a duty belongs to it; further off it was not rostered."""

_HOUR_MS = 3_600_000


@dataclass(frozen=True, eq=False, slots=True)
class Adherence:
    """Who kept to the roster.

    Attributes:
        duties: one row a measured duty: agent, date, start, end, ``scheduled_s``, ``scheduled_work_s``, seconds of each
            of :data:`FATES` (``adherent_s`` …), ``worked_s``.
        days: the same by agent and date, with ``adherence``, ``conformance`` (NaN where no work was scheduled) and
            ``duties``.
        intervals: by interval of the period: ``scheduled_seats``, ``present_seats`` (agents at work, rostered or not) and
            ``kept_seats`` (scheduled and at work), means over the interval.
        unrostered_s: seconds worked far from every duty, by agent.
        not_measured: duties on days of which no state is known, or after the last known state.
        never_seen: rostered agents who occur in no state of the period.
        known_until: the last moment of which a state is known; None without any.
    """

    duties: pd.DataFrame
    days: pd.DataFrame
    intervals: pd.DataFrame
    unrostered_s: dict[str, float]
    not_measured: int
    never_seen: tuple[str, ...]
    known_until: pd.Timestamp | None

    def total(self, column: str) -> float:
        """The column of :attr:`duties` summed."""
        return float(self.duties[column].sum())

    @property
    def adherence(self) -> float:
        """Share of all scheduled time spent as scheduled; NaN when nothing was scheduled."""
        return _ratio(self.total("adherent_s"), self.total("scheduled_s"))

    @property
    def conformance(self) -> float:
        """All time worked ÷ all time scheduled for work; NaN when none was scheduled."""
        return _ratio(self.total("worked_s"), self.total("scheduled_work_s"))


def measure_adherence(
    duties: pd.DataFrame, agent_states: pd.DataFrame, grid: TimeGrid, *, now: pd.Timestamp | None = None
) -> Adherence:
    """Compare the roster with what people did.

    Only duties that answer (role A) of the grid's dates are measured; a B stands by. In a scheduled break everything but
    work counts as kept, signed out too, but not before the first or after the last work of a duty of which scheduled work
    was missed on that side. A duty without any work in it is an absence, breaks included.

    Args:
        duties: ``tables.DUTIES``.
        agent_states: ``tables.AGENT_STATES``.
        grid: the period and the intervals in which seats are told.
        now: scheduled time from this moment on is left out; None: all of it counts.
    """
    bounds = interval_bounds_ms(grid)
    dates = set(grid.day_list)
    until = None if now is None else int(milliseconds(pd.DatetimeIndex([now]))[0])
    asked = [_until(d, until) for d in duty_times(duties, grid.time_zone) if d.date in dates]
    asked = [d for d in asked if d.end > d.start]
    working = spans_of_agents(agent_states, WORKING_STATES)
    resting = spans_of_agents(agent_states, ("break",))
    seen = spans_of_agents(agent_states, STATES)
    measured = _measurable(asked, agent_states, grid)
    rows = []
    unrostered: dict[str, float] = {}
    for agent in sorted({d.agent for d in measured} | set(working)):
        own = [d for d in measured if d.agent == agent]
        work, rest = working.get(agent, no_spans()), resting.get(agent, no_spans())
        windows = _windows(own)
        rows += [_row(d, work, rest, w) for d, w in zip(own, windows, strict=True)]
        inside = common(work, np.array([[bounds[0], bounds[-1]]]))
        beyond = span_ms(without(inside, union(np.array(windows, dtype=np.int64).reshape(-1, 2))))
        if beyond:
            unrostered[agent] = beyond / 1000
    found = pd.DataFrame(rows, columns=["agent", "date", "start", "end", *_COLUMNS])
    for name in ("start", "end"):
        found[name] = pd.to_datetime(found[name], unit="ms", utc=True).dt.tz_convert(grid.time_zone)
    last = agent_states["end"].max()
    return Adherence(
        duties=found,
        days=_by_day(found),
        intervals=_by_interval(measured, working, grid, bounds),
        unrostered_s=unrostered,
        not_measured=len(asked) - len(measured),
        never_seen=tuple(sorted({d.agent for d in measured} - set(seen))),
        known_until=None if pd.isna(last) else pd.Timestamp(last).tz_convert(grid.time_zone),
    )


_COLUMNS = ("scheduled_s", "scheduled_work_s", *(f"{fate}_s" for fate in FATES), "worked_s")


def _until(duty: DutyTimes, until: int | None) -> DutyTimes:
    if until is None or duty.end <= until:
        return duty
    return DutyTimes(duty.agent, duty.date, duty.start, until, np.minimum(duty.breaks, until))


def _measurable(asked: list[DutyTimes], states: pd.DataFrame, grid: TimeGrid) -> list[DutyTimes]:
    """Duties on dates of which some state is known, begun before the last known state ended."""
    if states.empty:
        return []
    last = int(milliseconds(states["end"]).max())
    local = states["start"].dt.tz_convert(grid.time_zone).dt.date, states["end"].dt.tz_convert(grid.time_zone).dt.date
    known = set(local[0]) | set(local[1])
    return [d for d in asked if d.date in known and d.start < last]


def _windows(own: list[DutyTimes]) -> list[tuple[int, int]]:
    """The time that belongs to each duty: up to :data:`REACH_H` around it, shared in the middle with its neighbours."""
    reach = int(REACH_H * _HOUR_MS)
    found = []
    for at, duty in enumerate(own):
        begin, end = duty.start - reach, duty.end + reach
        if at:
            begin = max(begin, (own[at - 1].end + duty.start) // 2)
        if at + 1 < len(own):
            end = min(end, (duty.end + own[at + 1].start) // 2)
        found.append((begin, end))
    return found


def _row(duty: DutyTimes, work: Spans, rest: Spans, window: tuple[int, int]) -> dict[str, object]:
    work, rest = _near(work, window), _near(rest, window)
    done = common(work, duty.whole)
    parts = _fates(duty, done, rest)
    seconds = {f"{fate}_s": span_ms(spans) / 1000 for fate, spans in parts.items()}
    worked = common(work, np.array([window], dtype=np.int64))
    return {
        "agent": duty.agent,
        "date": pd.Timestamp(duty.date),
        "start": duty.start,
        "end": duty.end,
        "scheduled_s": (duty.end - duty.start) / 1000,
        "scheduled_work_s": span_ms(duty.work) / 1000,
        **seconds,
        "worked_s": span_ms(worked) / 1000,
    }


def _near(spans: Spans, window: tuple[int, int]) -> Spans:
    """Those that reach into the window, so that a month's spans are not gone through for each duty."""
    first = int(np.searchsorted(spans[:, 1], window[0], side="right"))
    return spans[first : int(np.searchsorted(spans[:, 0], window[1]))]


def _fates(duty: DutyTimes, done: Spans, rest: Spans) -> dict[str, Spans]:
    """The duty's time by what became of it; the parts do not overlap and together are the duty."""
    fates = dict.fromkeys(FATES, no_spans())
    if not len(done):
        return {**fates, "absent": duty.whole}
    missed = without(duty.work, done)
    for fate, side in (("late", (duty.start, int(done[0, 0]))), ("left_early", (int(done[-1, 1]), duty.end))):
        beside = np.array([side], dtype=np.int64)
        if len(common(missed, beside)):
            fates[fate] = common(duty.whole, beside)
    between = without(missed, union(np.concatenate([fates["late"], fates["left_early"]])))
    fates["break_overrun"] = common(between, rest)
    fates["away"] = without(between, rest)
    fates["worked_in_break"] = common(duty.breaks, done)
    lost = union(np.concatenate([fates[fate] for fate in FATES if fate != "adherent"]))
    fates["adherent"] = without(duty.whole, lost)
    return fates


def _by_day(duties: pd.DataFrame) -> pd.DataFrame:
    days = duties.groupby(["agent", "date"], sort=True)[list(_COLUMNS)].sum()
    days.insert(0, "duties", duties.groupby(["agent", "date"], sort=True).size())
    days["adherence"] = (days["adherent_s"] / days["scheduled_s"]).where(days["scheduled_s"] > 0)
    days["conformance"] = (days["worked_s"] / days["scheduled_work_s"]).where(days["scheduled_work_s"] > 0)
    return days.reset_index()


def _by_interval(
    duties: list[DutyTimes], working: dict[str, Spans], grid: TimeGrid, bounds: NDArray[np.int64]
) -> pd.DataFrame:
    length = grid.interval_s * 1000
    asked: dict[str, list[Spans]] = {}
    for duty in duties:
        asked.setdefault(duty.agent, []).append(duty.work)
    scheduled = {agent: union(np.concatenate(spans)) for agent, spans in asked.items()}
    kept = [common(spans, working.get(agent, no_spans())) for agent, spans in scheduled.items()]

    def seats(spans: list[Spans]) -> NDArray[np.float64]:
        return per_interval_ms(np.concatenate([no_spans(), *spans]), bounds) / length

    return pd.DataFrame(
        {
            "interval": grid.starts,
            "scheduled_seats": seats(list(scheduled.values())),
            "present_seats": seats(list(working.values())),
            "kept_seats": seats(kept),
        }
    )


def _ratio(above: float, below: float) -> float:
    return above / below if below > 0 else float("nan")
