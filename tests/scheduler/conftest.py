"""Small synthetic hotlines, built through the models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scheduler import RosterProblem
from wfm.calendar import TimeGrid
from wfm.hotline import (
    Agent,
    Contract,
    Demand,
    Group,
    HandlingTime,
    Hotline,
    Leave,
    Line,
    MealBreak,
    Patience,
    RosterRules,
    Seats,
    Shift,
    ShiftDesign,
    grid_of,
)
from wfm.i18n import Text

MONDAY = date(2026, 9, 14)


def text(word: str) -> Text:
    return Text(word, word)


def a_shift(name: str, start: str, end: str, **more: Any) -> Shift:
    return Shift(id=name, name=text(name), short=text(name[0]), start=start, end=end, **more)


def a_line(name: str) -> Line:
    return Line(
        id=name,
        name=text(name),
        demand=Demand(calls_per_day=100),
        handling=HandlingTime(talk_s=300),
        patience=Patience(mean_s=200),
    )


DAY, EVENING, NIGHT = (
    a_shift("day", "08:00", "16:00"),
    a_shift("evening", "16:00", "24:00"),
    a_shift("night", "00:00", "08:00", night=True),
)


def a_hotline(**changes: Any) -> Hotline:
    """A 7×24 hotline with one line, one group and three shifts of 8 h; ``changes`` replace parts."""
    contract = Contract(id="contract", name=text("contract"), employee=False, hours_per_week_max=168)
    parts: dict[str, Any] = {
        "id": "small",
        "number": "12348",
        "name": text("small"),
        "seats": Seats(built=1000, opened=1000),
        "lines": (a_line("general"),),
        "groups": (Group(id="all", name=text("all"), lines=("general",)),),
        "contracts": (contract,),
        "shifts": (DAY, EVENING, NIGHT),
        "rules": RosterRules(),
    }
    return Hotline(**{**parts, **changes})


def some_agents(count: int, **more: Any) -> list[Agent]:
    return [
        Agent(id=f"a{n}", lines=more.get("lines", ("general",)), **{k: v for k, v in more.items() if k != "lines"})
        for n in range(count)
    ]


def some_posts(rows: list[tuple[int, str, int, int]], group: str = "all", first: date = MONDAY) -> pd.DataFrame:
    """Posts from (day number, shift, posts_a, posts_b)."""
    return pd.DataFrame(
        [(pd.Timestamp(first + timedelta(days=d)), group, shift, a, b) for d, shift, a, b in rows],
        columns=["date", "group", "shift", "posts_a", "posts_b"],
    )


def a_problem(
    hotline: Hotline,
    agents: list[Agent],
    posts: pd.DataFrame,
    *,
    days: int = 7,
    leave: list[Leave] | None = None,
    history: pd.DataFrame | None = None,
    first: date = MONDAY,
) -> RosterProblem:
    return RosterProblem(hotline, agents, leave or [], first, days, posts, history, {})


def duties_table(
    hotline: Hotline, rows: list[tuple[str, int, str, str]], group: str = "all", first: date = MONDAY
) -> pd.DataFrame:
    """Duties from (agent, day number, shift, role); written by hand, without the product's code."""
    shifts = {s.id: s for s in hotline.shifts}
    found = []
    for agent, day, name, role in rows:
        midnight = pd.Timestamp(first + timedelta(days=day))
        shift = shifts[name]
        start = midnight + pd.Timedelta(minutes=shift.start_min)
        found.append(
            {
                "agent": agent,
                "date": midnight,
                "shift": name,
                "group": group,
                "post": f"{midnight:%Y-%m-%d}/{name}/{group}/{agent if role == 'A' else 'B' + agent}",
                "role": role,
                "start": start.tz_localize(hotline.time_zone),
                "end": (start + pd.Timedelta(minutes=shift.length_min)).tz_localize(hotline.time_zone),
                "breaks": "",
                "remote": False,
            }
        )
    frame = pd.DataFrame(found)
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column])
    return frame


DAY_DESIGN = ShiftDesign(
    grid_min=30,
    start_grid_min=60,
    earliest_start="08:00",
    latest_start="16:00",
    shortest_h=3,
    longest_h=6,
    length_step_h=1,
    meal=MealBreak(length_min=30, from_length_h=5, earliest_min=120, latest_min=180),
    short_breaks=None,
)
"""Shifts of a day without short breaks, few enough to try them all."""

DAY_PROFILE = {8: 1, 9: 3, 10: 4, 11: 4, 12: 2, 13: 3, 14: 4, 15: 4, 16: 2, 17: 1}
"""Heads by hour."""


def a_requirement(
    hotline: Hotline, heads: dict[str, Iterable[int]], days: int = 1, first: date = MONDAY
) -> tuple[pd.DataFrame, TimeGrid]:
    """A requirement from heads by group and interval, with its grid."""
    grid = grid_of(hotline, first, days)
    rows = [(g, t, float(n)) for g, needed in heads.items() for t, n in zip(grid.starts, needed, strict=True)]
    return pd.DataFrame(rows, columns=["group", "interval", "heads"]), grid


def day_heads(values: dict[int, int], days: int = 1) -> list[int]:
    """Half-hour heads of days from heads by hour; 0 elsewhere."""
    one = [values.get(slot // 2, 0) for slot in range(48)]
    return one * days


def two_groups() -> Hotline:
    lines = (a_line("law"), a_line("wages"))
    groups = (
        Group(id="law", name=text("law"), lines=("law",)),
        Group(id="wages", name=text("w"), lines=("wages",)),
    )
    return a_hotline(interval_min=30, lines=lines, groups=groups)


def with_shifts(hotline: Hotline, *shifts: Shift) -> Hotline:
    return hotline.model_copy(update={"shifts": shifts})


def check_conserved(choice: Any) -> None:
    """From the posts alone: heads in shifts = heads on duty + heads on break, breaks in windows, cover as reported."""
    space, horizon = choice.space, choice.horizon
    kinds = {s.id: s.kind for s in choice.shifts}
    in_shift, away = np.zeros(horizon.slots), np.zeros(horizon.slots)
    paid = 0.0
    for row in choice.posts.itertuples():
        kind = kinds[row.shift]
        breaks = [tuple(map(int, part.split("+"))) for part in row.breaks.split(";") if part]
        assert len(breaks) == len(kind.windows)
        for (after, length), window in zip(breaks, kind.windows, strict=True):
            assert window.earliest_min <= after <= window.latest_min
            assert length == window.length_min
            assert after % space.design.break_grid_min == 0
        ends = [0, *(a + n for a, n in breaks)]
        begins = [*(a for a, _ in breaks), kind.length_min]
        assert all(b - e >= space.design.apart_min for e, b in zip(ends, begins, strict=True) if breaks)
        for minute in range(0, kind.length_min, horizon.slot_min):
            slot = horizon.slot_of(row.day, kind.start_min + minute)
            if not horizon.cyclic and not 0 <= slot < horizon.slots:
                continue
            in_shift[slot % horizon.slots] += row.posts
            if any(a <= minute < a + n for a, n in breaks):
                away[slot % horizon.slots] += row.posts
        unpaid = sum(w.length_min for w in kind.windows if not w.paid)
        paid += row.posts * (kind.length_min - unpaid) / 60
    total = choice.cover.groupby("slot")["on_duty"].sum().to_numpy()
    assert np.array_equal(in_shift - away, total)
    assert paid == pytest.approx(choice.paid_h)
    cover = choice.cover
    assert (cover["on_duty"] == cover["need"] + cover["over"] - cover["short"]).all()
    assert (cover["over"] * cover["short"] == 0).all()
    assert choice.bound <= choice.objective + 1e-6
    assert (choice.status == "optimal") <= (choice.gap < 1e-6)


class Builders:
    """The builders above, handed to tests (test folders are not importable)."""

    monday = MONDAY
    text = staticmethod(text)
    shift = staticmethod(a_shift)
    line = staticmethod(a_line)
    hotline = staticmethod(a_hotline)
    agents = staticmethod(some_agents)
    posts = staticmethod(some_posts)
    problem = staticmethod(a_problem)
    duties = staticmethod(duties_table)
    standard_shifts = (DAY, EVENING, NIGHT)
    day_design = DAY_DESIGN
    day_profile = DAY_PROFILE
    requirement = staticmethod(a_requirement)
    day_heads = staticmethod(day_heads)
    two_groups = staticmethod(two_groups)
    with_shifts = staticmethod(with_shifts)
    check_conserved = staticmethod(check_conserved)


@pytest.fixture(scope="session")
def make() -> type[Builders]:
    return Builders


Make = type[Builders]
Build = Callable[..., RosterProblem]
