"""How a roster shares its burdens, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from scenarios.roster_problem import roster_problem
from scenarios.roster_quality import roster_quality
from scenarios.scenario import load_scenario
from scheduler import POST_COLUMNS

FIRST = date(2026, 2, 9)
ROWS = [
    # Sunday 15 February 2026 is the first day of the Spring Festival, Saturday the 14th is made up.
    ("A001", "2026-02-15", "night", "A"),
    ("A001", "2026-02-16", "night", "A"),
    ("A001", "2026-02-10", "day", "A"),
    ("A002", "2026-03-01", "day", "A"),
    ("A002", "2026-02-14", "day", "A"),
    ("A003", "2026-02-17", "night", "B"),
]


@pytest.fixture(scope="module")
def counted():
    scenario = load_scenario("jiangsu-12348")
    firms = {"A001": "one", "A002": "one", "A003": "two"}
    agents = [a.model_copy(update={"firm": firms[a.id]}) for a in scenario.agents if a.id in firms]
    problem = roster_problem(scenario, FIRST, 28, pd.DataFrame(columns=list(POST_COLUMNS)))
    problem = replace(problem, agents=agents, leave=[])
    shifts = {s.id: s for s in scenario.hotline.shifts}
    duties = pd.DataFrame(
        [
            {
                "agent": agent,
                "date": pd.Timestamp(day),
                "shift": shift,
                "group": "night" if shift == "night" else "day-advice",
                "post": f"{day}/{shift}/{n}",
                "role": role,
                "start": pd.Timestamp(f"{day} {shifts[shift].start}", tz="Asia/Shanghai"),
                "end": pd.Timestamp(f"{day} {shifts[shift].end}", tz="Asia/Shanghai"),
                "breaks": "",
                "remote": False,
            }
            for n, (agent, day, shift, role) in enumerate(ROWS)
        ]
    )
    return roster_quality(problem, duties)


def test_burdens_over_everybody(counted):
    everybody = counted["fairness"][0]
    assert (everybody["firm"], everybody["people"]) == ("", 3)
    assert everybody["duties"] == {"min": 1, "mean": 2, "max": 3}
    assert everybody["nights"] == {"min": 0, "mean": 1, "max": 2}
    assert everybody["holidays"] == {"min": 0, "mean": 1, "max": 2}
    assert everybody["weekends"] == {"min": 0, "mean": 0.33, "max": 1}  # 1 March; the make-up Saturday is none
    assert everybody["standbys"] == {"min": 0, "mean": 0.33, "max": 1}
    # nights of 8 h, days of 9 h less the hour for the meal, standby at a quarter of its hours
    assert everybody["hours"] == {"min": 2, "mean": 14, "max": 24}


def test_burdens_by_firm(counted):
    by_firm = {row["firm"]: row for row in counted["fairness"][1:]}
    assert {firm: row["people"] for firm, row in by_firm.items()} == {"one": 2, "two": 1}
    assert by_firm["one"]["nights"] == {"min": 0, "mean": 1, "max": 2}
    assert by_firm["two"]["hours"] == {"min": 2, "mean": 2, "max": 2}


def test_hours_against_the_contract(counted):
    (row,) = counted["hours"]
    assert (row["contract"], row["people"], row["least"], row["most"]) == ("employee", 3, 0, 44)
    assert (row["min"], row["mean"], row["max"]) == (0.5, 3.5, 6)
    assert (row["owed_people"], row["owed_h"]) == (0, 0)
