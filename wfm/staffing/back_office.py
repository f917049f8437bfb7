"""The smallest back-office cover: people at work so that each class of deferred work meets its deadline share.

Valleys come first: where answering agents may do such work, their idle time between calls takes it, up to
the occupancy cap. What does not fit needs people of its own in the office's watches, the same number
throughout a watch. Work is served earliest deadline first (``earliest_deadline``); the smallest number at
mean volumes is found in ``mean_cover``.

With chance (``drawn_work``), people are added until all classes meet their shares over the period with the
probability asked for. The expected share of each class is told beside it.

Where some work can be done by telephone only, hands may idle at night that had better kept other work for
then; ``proven`` says whether that, or anything else, could save a person. The fluid overlooks that one item is worked by one person from begin to end: where a deadline is hardly
longer than an item, more people are needed than it says. Who answers which line is not looked at: any idle
agent may take any deferred work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, minutes_of
from wfm.i18n import Text, both
from wfm.staffing.deferred_items import DeferredWork
from wfm.staffing.drawn_shares import on_time_shares
from wfm.staffing.drawn_work import day_variation, drawn_work
from wfm.staffing.earliest_deadline import Hands, repeated, serve_by_deadline
from wfm.staffing.mean_cover import MeanCover, fewer_are_too_few, mean_cover
from wfm.staffing.tightest_window import tightest_window

__all__ = ["BackOfficeCover", "agents_help", "back_office_cover", "watch_seconds"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

_EXACT = 1e-9
_MANY = 100_000


@dataclass(frozen=True, slots=True)
class BackOfficeCover:
    """People behind the calls and the schedule of their work, for a period that repeats."""

    heads: int
    """Most people at work at once: those of the largest watch."""
    watches: pd.DataFrame
    """watch, from, to, heads (with chance), heads_mean (at mean volumes), hours (one person's in the period)."""
    classes: pd.DataFrame
    """class, name, items_per_day, hours_per_day, agents_h_per_day, office_h_per_day, target_share, on_time_share
    (at mean volumes), expected_share and p_met (with chance), least_slack_h. Days are calendar days."""
    schedule: pd.DataFrame
    """class, interval, agents_h, office_h: what is worked when, with these people at mean volumes."""
    backlog: pd.DataFrame
    """class, date, hours left at the end of the day."""
    p_met: float
    """Probability that all classes that back-office staff may do and can keep meet their shares over the period."""
    confidence: float
    """The probability asked for; ``p_met`` stays below it only where no number of people reaches it."""
    proven: bool
    """At mean volumes no rule of service would do with fewer people."""
    bottleneck: Text
    """Which work binds, as a sentence."""
    unreachable: tuple[Text, ...]
    """Classes that no number of people keeps, a sentence each."""


def agents_help(hotline: Hotline) -> bool:
    """Whether answering agents do back-office work between calls: a kind of staff does both, or nobody else does it."""
    kinds = hotline.staff_kinds
    does_both = any(kind.back_office and kind.answers_calls for kind in kinds)
    return does_both or not any(kind.back_office for kind in kinds)


def watch_seconds(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> Floats:
    """Seconds of deferred work that one person of each watch does in each interval; ``(W, T)``."""
    kinds = np.array([str(calendar.kind(day)) for day in grid.day_list], dtype=object)
    day = (grid.dates - np.datetime64(grid.first, "D")).astype(np.int64)
    found = []
    for watch in hotline.office_work.watches:
        inside = _overlap_min(grid, *watch.minutes)
        if watch.pause is not None:
            inside = inside - _overlap_min(grid, minutes_of(watch.pause[0]), minutes_of(watch.pause[1]))
        found.append(inside * 60.0 * np.isin(kinds[day], watch.days))
    seconds: Floats = np.array(found) * hotline.office_work.productive_share
    return seconds


def _overlap_min(grid: TimeGrid, start: int, end: int) -> Floats:
    shared = np.minimum(grid.minutes + grid.interval_min, end) - np.maximum(grid.minutes, start)
    inside: Floats = np.clip(shared, 0, None).astype(np.float64)
    return inside


def back_office_cover(
    hotline: Hotline,
    work: DeferredWork,
    spare_erlang: Floats,
    grid: TimeGrid,
    calendar: WorkingCalendar,
    *,
    confidence: float = 0.9,
    replications: int = 40,
    seed: int = 1,
    calls_erlang: Floats | None = None,
) -> BackOfficeCover:
    """The smallest cover and the schedule of work it implies.

    Args:
        hotline: its watches, and whether its agents help.
        work: what arises and when it is due (``deferred_items``).
        spare_erlang: idle agents up to the occupancy cap, seats × cap − calls handled, before call-backs; ``(T,)``.
        grid: the period.
        calendar: working days.
        confidence: probability with which all classes meet their shares.
        replications: draws that it is judged by.
        seed: of the draws.
        calls_erlang: calls handled; ``(T,)``. With it, idle time shrinks on days with more calls.
    """
    per_head = watch_seconds(hotline, grid, calendar)
    spare = np.maximum(spare_erlang, 0.0) * grid.interval_s
    helps = agents_help(hotline)
    at_mean = mean_cover(work, spare, helps, per_head)
    chance = _Chance(hotline, work, spare, helps, per_head, grid, replications, seed, calls_erlang, at_mean.unreachable)
    heads = chance.enough(at_mean.heads, confidence)
    shares, met = chance.run(heads)
    served = serve_by_deadline(work, Hands(spare, heads @ per_head, helps))

    kinds, interval_h = work.classes, grid.interval_s / 3600
    days = grid.days
    names = [c.id for c in kinds]
    classes = pd.DataFrame(
        {
            "class": pd.Series(names, dtype=object),
            "name": pd.Series([c.name for c in kinds], dtype=object),
            "items_per_day": work.items.sum(axis=1) / days,
            "hours_per_day": work.work_s.sum(axis=1) / 3600 / days,
            "agents_h_per_day": served.agents_s.sum(axis=1) / 3600 / days,
            "office_h_per_day": served.office_s.sum(axis=1) / 3600 / days,
            "target_share": [c.on_time_share_min for c in kinds],
            "on_time_share": served.on_time_share,
            "expected_share": shares.mean(axis=0),
            "p_met": met.mean(axis=0),
            "least_slack_h": served.least_slack * interval_h,
        }
    )
    row, at = np.nonzero((served.agents_s + served.office_s) > 0)
    schedule = pd.DataFrame(
        {
            "class": np.array(names, dtype=object)[row],
            "interval": grid.starts[at],
            "agents_h": served.agents_s[row, at] / 3600,
            "office_h": served.office_s[row, at] / 3600,
        }
    )
    last = np.append(np.flatnonzero(np.diff(grid.dates) != np.timedelta64(0, "D")), len(grid) - 1)
    backlog = pd.DataFrame(
        {
            "class": np.repeat(np.array(names, dtype=object), days),
            "date": np.tile(np.array(grid.day_list, dtype=object), len(names)),
            "hours": (served.waiting_s[:, last] / 3600).ravel(),
        }
    )
    watches = pd.DataFrame(
        {
            "watch": [w.id for w in hotline.office_work.watches],
            "from": [w.from_ for w in hotline.office_work.watches],
            "to": [w.to for w in hotline.office_work.watches],
            "heads": heads,
            "heads_mean": at_mean.heads,
            "hours": per_head.sum(axis=1) / 3600 / hotline.office_work.productive_share,
        }
    )
    return BackOfficeCover(
        heads=int(heads.max(initial=0)),
        watches=watches,
        classes=classes,
        schedule=schedule,
        backlog=backlog,
        p_met=chance.p_met(heads),
        confidence=confidence,
        proven=fewer_are_too_few(work, spare, helps, per_head, at_mean),
        bottleneck=_bottleneck(work, spare, helps, per_head, at_mean, grid),
        unreachable=tuple(
            both(
                "{name}: with any number of people {best:.1%} would be in time, {wanted:.0%} are asked for; "
                "too much of it arises and is due outside the hours in which it can be done.",
                name=kinds[c].name,
                best=_best_share(work, c, spare, helps, per_head),
                wanted=kinds[c].on_time_share_min,
            )
            for c in at_mean.unreachable
        ),
    )


def _best_share(work: DeferredWork, c: int, spare: Floats, helps: bool, per_head: Floats) -> float:
    served = serve_by_deadline(work, Hands(spare, _MANY * per_head.sum(axis=0), helps))
    return float(served.on_time_share[c])


class _Chance:
    """The same draws for every cover that is tried."""

    def __init__(
        self,
        hotline: Hotline,
        work: DeferredWork,
        spare_s: Floats,
        helps: bool,
        per_head_s: Floats,
        grid: TimeGrid,
        replications: int,
        seed: int,
        calls_erlang: Floats | None,
        unreachable: tuple[int, ...],
    ) -> None:
        self.work, self.helps = work, helps
        at, _ = repeated(work)
        self.per_head = per_head_s[:, at]
        calls = np.zeros(len(at)) if calls_erlang is None else calls_erlang[at] * grid.interval_s
        per_day, cv = 1440 // grid.interval_min, day_variation(hotline)
        draws = [drawn_work(work, cv, per_day, seed, r) for r in range(replications)]
        self.drawn = np.array([drawn for drawn, _ in draws])
        factors = np.array([factor for _, factor in draws])
        self.spare = np.maximum(spare_s[at] + calls * (1 - factors), 0.0)
        self.limits = np.array([c.on_time_share_min for c in work.classes])
        # Call-backs that agents alone make hang on the seats of the requirement, not on this cover.
        self.judged = [c for c, k in enumerate(work.classes) if c not in unreachable and k.doers == "anyone"]
        self.known: dict[tuple[int, ...], tuple[Floats, Flags]] = {}

    def run(self, heads: Counts) -> tuple[Floats, Flags]:
        """On-time share, and whether it keeps the limit; ``(replications, C)``."""
        key = tuple(heads.tolist())
        if key in self.known:
            return self.known[key]
        shares = on_time_shares(self.work, self.spare, heads @ self.per_head, self.helps, self.drawn)
        self.known[key] = shares, shares >= self.limits - _EXACT
        return self.known[key]

    def p_met(self, heads: Counts) -> float:
        return float(self.run(heads)[1][:, self.judged].all(axis=1).mean())

    def enough(self, heads: Counts, confidence: float) -> Counts:
        """People added one at a time, where they raise the probability most, until it is reached or cannot be."""
        if not self.judged:
            return heads
        chosen, p = heads.copy(), self.p_met(heads)
        if p >= confidence:
            return chosen
        wanted = min(confidence, self.p_met(np.full_like(heads, _MANY)))
        while p < wanted:
            tries = [chosen + (np.arange(len(heads)) == w) for w in range(len(heads))]
            values = [self.p_met(one) for one in tries]
            best = int(np.argmax(values))
            chosen, p = tries[best], values[best]
        return chosen


def _bottleneck(
    work: DeferredWork, spare_s: Floats, helps: bool, per_head_s: Floats, cover: MeanCover, grid: TimeGrid
) -> Text:
    """Why there are not fewer people: what happens with one less in the largest watch."""
    chosen = tuple(c for c, kind in enumerate(work.classes) if c not in cover.unreachable and kind.doers == "anyone")
    total = sum(float(work.work_s[c].sum()) for c in chosen)
    if not total:
        return both("No deferred work binds.")
    idle = spare_s if helps else np.zeros_like(spare_s)
    if not cover.heads.any():
        return both(
            "Agents between calls do all of it: over the period {work:.0f} h of deferred work arise, and they are idle "
            "for {spare:.0f} h up to the occupancy cap.",
            work=total / 3600,
            spare=idle.sum() / 3600,
        )
    largest = int(cover.heads.argmax())
    fewer = cover.heads - (np.arange(len(cover.heads)) == largest)
    capacity = idle + fewer @ per_head_s
    if total > capacity.sum():
        return both(
            "Over the period {work:.0f} h of deferred work arise; agents between calls have {spare:.0f} h for it, and one "
            "person in the back office {own:.0f} h: with fewer people work would pile up.",
            work=total / 3600,
            spare=idle.sum() / 3600,
            own=per_head_s[largest].sum() / 3600,
        )
    window = tightest_window(work, capacity, chosen, 1440 // grid.interval_min)
    if window is not None and window.work_s > window.capacity_s:
        start, end = (grid.starts[0] + timedelta(minutes=grid.interval_min * x) for x in (window.start, window.end))
        return both(
            "{work:.1f} h of deferred work, mostly {name}, can be begun from {start} and are due by {end}; with one person "
            "fewer there would be {capacity:.1f} h for it then.",
            work=window.work_s / 3600,
            name=work.classes[window.mostly].name,
            start=f"{start:%Y-%m-%d %H:%M}",
            end=f"{end:%Y-%m-%d %H:%M}",
            capacity=window.capacity_s / 3600,
        )
    shares = serve_by_deadline(work, Hands(spare_s, fewer @ per_head_s, helps)).on_time_share
    worst = min(chosen, key=lambda c: shares[c] - work.classes[c].on_time_share_min)
    return both(
        "With one person fewer {name} would be in time at {share:.1%}; {wanted:.0%} are asked for, and no work may pile up.",
        name=work.classes[worst].name,
        share=shares[worst],
        wanted=work.classes[worst].on_time_share_min,
    )
