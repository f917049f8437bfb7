"""Small synthetic hotlines, built through the models."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from scheduler import RosterProblem
from wfm.hotline import (
    Agent,
    Contract,
    Demand,
    Group,
    HandlingTime,
    Hotline,
    Leave,
    Line,
    Patience,
    RosterRules,
    Seats,
    Shift,
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


@pytest.fixture(scope="session")
def make() -> type[Builders]:
    return Builders


Make = type[Builders]
Build = Callable[..., RosterProblem]
