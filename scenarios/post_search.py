"""Single posts, each with its breaks, played as duties: which can go, which can be shorter, while simulated targets hold.

What cutting planes leave is counted by whole intervals and by slopes. Here every post is a duty with its true start, end
and breaks; a change is accepted only when the day it touches has been played with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenarios.staff_by_simulation import SearchDay
from scheduler.shifts import ShiftChoice
from scheduler.shifts.break_windows import BreakWindow
from scheduler.shifts.chosen_shifts import shift_id
from scheduler.shifts.shift_space import ShiftKind, ShiftSpace
from simulation.attendance import RosteredDuties
from simulation.keyed import mix
from simulation.seat_trials import STAY_S, SeatTrials
from simulation.staffing_search import ROUNDING, Certainty, certainty

__all__ = ["Post", "PostDays", "add_posts", "drop_posts", "posts_of"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FAILURES_MAX = 12
"""Changes of a day that fail in a row before the day is left."""
HOPELESS = 3.0
"""A change whose measured loss is so many times what the day can spare is not tried."""


@dataclass(frozen=True, slots=True)
class Post:
    """One post: a shift of a group begun on a day, and when its breaks begin."""

    day: int
    group: int
    kind: int
    breaks: tuple[tuple[int, int, bool], ...]
    """(minutes from the start, length in minutes, paid)."""


def posts_of(space: ShiftSpace, choice: ShiftChoice) -> list[Post]:
    """Every single post of a choice."""
    groups = {people.id: n for n, people in enumerate(space.skill_sets)}
    kinds = {shift_id(kind): n for n, kind in enumerate(space.kinds)}
    found = []
    columns = [choice.posts[name].tolist() for name in ("day", "skill_set", "shift", "breaks", "posts")]
    for day, people, shift, text, count in zip(*columns, strict=True):
        windows = space.kinds[kinds[shift]].windows
        pairs = [tuple(map(int, part.split("+"))) for part in text.split(";") if part]
        marks = tuple((after, length, w.paid) for (after, length), w in zip(pairs, windows, strict=True))
        found += [Post(day, groups[people], kinds[shift], marks)] * count
    return found


class PostDays:
    """Days that are played with posts as duties."""

    def __init__(
        self, space: ShiftSpace, days: Sequence[SearchDay], interval_s: float, minimum: NDArray[np.int64]
    ) -> None:
        """``minimum`` ``(G, T)``: heads that must be there at every moment of an interval."""
        self.space, self.days, self.interval_s, self.minimum = space, days, interval_s, minimum
        self.least = np.concatenate([np.minimum(day.space.least, day.space.most) for day in days], axis=1)
        self.trials = [
            SeatTrials(
                day.window,
                day.targets,
                day.seed,
                each_line=day.each_line,
                each_interval=day.each_interval,
                probability=day.probability,
                engine=day.engine,
            )
            for day in days
        ]
        self.begins_s = [(int(day.here[0]) - day.window.first) * interval_s for day in days]
        self.ends_s = [(int(day.here[-1]) + 1) * interval_s for day in days]
        self.played = 0

    def span_s(self, post: Post) -> tuple[float, float]:
        """Start and end in seconds from the start of the period."""
        horizon, kind = self.space.horizon, self.space.kinds[post.kind]
        first = horizon.slot_of(post.day, kind.start_min)
        last = horizon.slot_of(post.day, kind.start_min + kind.length_min)
        return first * horizon.slot_min * 60.0, last * horizon.slot_min * 60.0

    def touched(self, post: Post) -> list[int]:
        """Days whose window the post reaches into."""
        start, end = self.span_s(post)
        return [n for n, first in enumerate(self.begins_s) if end > first and start < self.ends_s[n]]

    def duties(self, number: int, posts: Sequence[Post]) -> RosteredDuties:
        """The posts that reach into a day's window, on the window's clock. Who is on duty at its end stays on, so that
        callers before it are still answered."""
        origin, end = self.begins_s[number], self.ends_s[number]
        rows = []
        for at, post in enumerate(posts):
            start_s, end_s = self.span_s(post)
            if end_s <= origin or start_s >= end:
                continue
            pauses = tuple(
                (start_s + after * 60.0 - origin, start_s + (after + length) * 60.0 - origin)
                for after, length, _ in post.breaks
            )
            until = max(end_s, end + STAY_S) if end_s >= end else end_s
            rows.append((start_s - origin, at, post, until - origin, pauses))
        rows.sort(key=lambda row: (row[0], row[1]))
        size = len(rows)
        keys = [mix(((post.group << 48) | (at << 20) | (post.day & 0xFFFFF)) + 1) for _, at, post, _, _ in rows]
        return RosteredDuties(
            agent_ids=tuple(f"{n:05d}" for n in range(size)),
            agent=np.arange(size, dtype=np.int64),
            group=np.array([post.group for _, _, post, _, _ in rows], dtype=np.int64),
            standby=np.zeros(size, dtype=bool),
            start_s=np.array([row[0] for row in rows], dtype=float),
            end_s=np.array([row[3] for row in rows], dtype=float),
            key=np.array(keys, dtype=np.uint64),
            pauses=tuple(row[4] for row in rows),
            backups=((),) * size,
            paired=(False,) * size,
        )

    def kept(self, posts: Sequence[Post], group: int) -> bool:
        """Whether the group has the heads that must be there: at every moment the minimum, over an interval the least."""
        horizon = self.space.horizon
        on_duty = np.zeros(horizon.slots, dtype=np.int64)
        for post in posts:
            if post.group != group:
                continue
            kind = self.space.kinds[post.kind]
            for first, last, sign in [(0, kind.length_min, 1), *((a, a + n, -1) for a, n, _ in post.breaks)]:
                low, high = (horizon.slot_of(post.day, kind.start_min + m) for m in (first, last))
                on_duty[max(low, 0) : max(min(high, horizon.slots), 0)] += sign
        parts = on_duty.reshape(self.minimum.shape[1], -1)
        return bool(
            (parts.min(axis=1) >= self.minimum[group]).all() and (parts.mean(axis=1) >= self.least[group]).all()
        )

    def look(self, number: int, posts: Sequence[Post], first: int, size: int, confidence: float) -> Certainty:
        """How surely the day's targets hold with the posts."""
        self.played += 1
        return certainty(self.trials[number].surplus_with(self.duties(number, posts), first, size), confidence)

    def cells(self, post: Post) -> dict[int, Floats]:
        """For each day that it touches, the part of each of the day's intervals that the post is on duty, ``(B,)``."""
        start, end = self.span_s(post)
        on = [(start, end, 1.0)]
        on += [(start + a * 60.0, start + (a + n) * 60.0, -1.0) for a, n, _ in post.breaks]
        found = {}
        for number in self.touched(post):
            here = self.days[number].here
            edges = np.concatenate([here, [here[-1] + 1]]) * self.interval_s
            part = np.zeros(len(here))
            for low, high, sign in on:
                covered = np.minimum(edges[1:], high) - np.maximum(edges[:-1], low)
                part += sign * np.maximum(0.0, covered) / self.interval_s
            found[number] = part
        return found


Holds = Callable[[int, Certainty], bool]
"""Whether a day, so certain of its targets, holds."""


def drop_posts(
    days: PostDays,
    posts: list[Post],
    worth: Sequence[Floats],
    spare: Sequence[Floats],
    size: int,
    confidence: float,
    holds: Holds,
    until: float,
    tell: Callable[[], None],
) -> tuple[list[Post], int, int]:
    """Posts with those left out and shortened that the targets do not need; how many went, how many became shorter.

    Args:
        worth: for each day ``(J, G, B)``, what a head more in a cell adds to the surplus of each target.
        spare: for each day ``(J,)``, surplus beyond what must be.
        until: moment (monotonic) at which to stop.
    """
    left = list(posts)
    dropped = shortened = 0

    def loss(post: Post) -> float:
        """Largest share of what a day can spare that leaving the post out would take, by the slopes."""
        shares = [
            (worth[n][:, post.group, :] @ part) / np.maximum(spare[n], 1e-9)
            for n, part in days.cells(post).items()
            if part.any()
        ]
        return float(max((share.max() for share in shares), default=0.0))

    def fits(tried: list[Post], post: Post) -> bool:
        touched = days.touched(post)
        if not days.kept(tried, post.group):
            return False
        # A part of the sample is enough to see most changes fail.
        if any((days.look(n, tried, 0, size // 4, confidence).mean < -ROUNDING).any() for n in touched):
            return False
        return all(holds(n, days.look(n, tried, 0, size, confidence)) for n in touched)

    for number in range(len(days.days)):
        mine = [post for post in left if _day_of(days, post) == number]
        ranked = sorted(mine, key=lambda post: loss(post) / days.space.kinds[post.kind].paid_h)
        failures = 0
        for post in ranked:
            tell()
            if time.monotonic() > until or failures >= FAILURES_MAX:
                break
            if loss(post) > HOPELESS:
                failures += 1
                continue
            without = _less(left, post)
            if fits(without, post):
                left, dropped, failures = without, dropped + 1, 0
                continue
            shorter = next(
                (
                    tried
                    for tried in _shorter(days.space, post)
                    if time.monotonic() < until and fits([*without, tried], post)
                ),
                None,
            )
            if shorter is None:
                failures += 1
            else:
                left, shortened, failures = [*without, shorter], shortened + 1, 0
        tell()
    return left, dropped, shortened


def add_posts(
    days: PostDays,
    posts: list[Post],
    number: int,
    worth: Floats,
    size: int,
    confidence: float,
    holds: Holds,
    seats: int,
    until: float,
) -> list[Post]:
    """Posts added to a day until its targets hold: each time the one that is worth most for its hours, by the slopes."""
    space, found = days.space, list(posts)
    price = np.maximum(worth.max(axis=(1, 2)), 1e-12)
    options = [
        _with_breaks(space.kinds[kind], day, group, kind)
        for kind, day, group in sorted(
            {(int(k), int(d), int(s)) for k, d, s in zip(space.kind, space.day, space.skill_set, strict=True)}
        )
        if -1 <= day - number <= 0
    ]
    parts = [days.cells(post).get(number) for post in options]
    values = np.array(
        [
            0.0
            if part is None
            else float(((worth[:, post.group, :] @ part) / price).sum()) / space.kinds[post.kind].paid_h
            for post, part in zip(options, parts, strict=True)
        ]
    )
    order = np.argsort(-values, kind="stable")[:40]
    turn = 0
    while time.monotonic() < until and turn < 200:
        if holds(number, days.look(number, found, 0, size, confidence)):
            break
        here = _on_duty(days, found, number)
        chosen = next(
            (
                options[o]
                for o in np.roll(order, -(turn % 3)).tolist()
                if values[o] > 0 and (here + np.ceil(parts[o]) <= seats).all()
            ),
            None,
        )
        if chosen is None:
            break
        found.append(chosen)
        turn += 1
    return found


def _on_duty(days: PostDays, posts: Sequence[Post], number: int) -> Floats:
    """Heads of all groups in the day's intervals, at most."""
    total = np.zeros(len(days.days[number].here))
    for post in posts:
        part = days.cells(post).get(number)
        if part is not None:
            total += np.ceil(part)
    return total


def _day_of(days: PostDays, post: Post) -> int:
    return min(max(post.day, 0), len(days.days) - 1)


def _less(posts: list[Post], one: Post) -> list[Post]:
    at = posts.index(one)
    return posts[:at] + posts[at + 1 :]


def _shorter(space: ShiftSpace, post: Post) -> list[Post]:
    """The post begun later or ended sooner by one step of length, where such a shift may be built, fewest hours first."""
    old = space.kinds[post.kind]
    found = []
    offered = set(space.kind[(space.day == post.day) & (space.skill_set == post.group)].tolist())
    for kind in offered:
        new = space.kinds[kind]
        inside = old.start_min <= new.start_min and new.start_min + new.length_min <= old.start_min + old.length_min
        if inside and new.paid_h < old.paid_h and old.length_min - new.length_min <= 60:
            found.append(_with_breaks(new, post.day, post.group, kind, near=post, old=old))
    return sorted(found, key=lambda one: space.kinds[one.kind].paid_h)


def _with_breaks(
    kind: ShiftKind, day: int, group: int, number: int, near: Post | None = None, old: ShiftKind | None = None
) -> Post:
    """A post of the kind, its breaks as near as windows allow to those of another post, else amid their windows."""
    marks = []
    for window in kind.windows:
        wanted = (window.earliest_min + window.latest_min) / 2
        if near is not None and old is not None:
            clocks = [
                old.start_min + after - kind.start_min
                for after, length, _ in near.breaks
                if length == window.length_min
            ]
            wanted = min(clocks, key=lambda c: abs(c - wanted), default=wanted)
        marks.append((_on_grid(window, kind, wanted), window.length_min, window.paid))
    return Post(day, group, number, tuple(marks))


def _on_grid(window: BreakWindow, kind: ShiftKind, wanted: float) -> int:
    grid = kind.grid_min
    return int(min(max(round(wanted / grid) * grid, window.earliest_min), window.latest_min))
