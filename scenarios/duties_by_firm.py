"""What each firm carries in a roster: people, duties, nights, rest days and hours."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from scheduler.firm_places import firm_of_place
from wfm.calendar import DayKind
from wfm.hotline import Agent, Hotline, calendar_of

__all__ = ["duties_by_firm"]


def duties_by_firm(hotline: Hotline, agents: Sequence[Agent], duties: pd.DataFrame) -> pd.DataFrame:
    """One row a firm, in alphabetical order, people without one last.

    Columns: firm; people (with a duty); duties_a, duties_b; nights; rest_days (duties on weekends and holidays);
    hours_a (paid hours of A duties). Places that a firm has still to name somebody for count, not as people.
    """
    firm_of = {agent.id: agent.firm for agent in agents}
    shifts = {shift.id: shift for shift in hotline.shifts}
    calendar = calendar_of(hotline)
    rest = {day: calendar.kind(day) in (DayKind.WEEKEND, DayKind.HOLIDAY)
            for day in {pd.Timestamp(d).date() for d in duties["date"]}}  # fmt: skip
    names = [str(name) for name in duties["agent"]]
    places = [firm_of_place(name) for name in names]
    frame = pd.DataFrame(
        {
            "firm": [place if place is not None else firm_of.get(name, "") for name, place in zip(names, places, strict=True)],
            "person": [None if place is not None else name for name, place in zip(names, places, strict=True)],
            "duties_a": [int(role == "A") for role in duties["role"]],
            "duties_b": [int(role == "B") for role in duties["role"]],
            "nights": [int(str(s) in shifts and shifts[str(s)].night) for s in duties["shift"]],
            "rest_days": [int(rest[pd.Timestamp(d).date()]) for d in duties["date"]],
            "hours_a": [
                shifts[str(s)].paid_h if role == "A" and str(s) in shifts else 0.0
                for s, role in zip(duties["shift"], duties["role"], strict=True)
            ],
        }
    )  # fmt: skip
    grouped = frame.groupby("firm", sort=True)
    table = grouped[["duties_a", "duties_b", "nights", "rest_days", "hours_a"]].sum()
    table.insert(0, "people", grouped["person"].nunique())
    table = table.reset_index()
    return pd.concat([table[table["firm"] != ""], table[table["firm"] == ""]], ignore_index=True)
