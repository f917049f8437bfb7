"""Moves of the running day on the review page: what changes duties goes into the draft of the roster, the rest says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.pages.review.intraday import intraday_part
from dashboard.pages.review.period import period_of
from dashboard.pages.roster import month
from dashboard.pages.roster.view import look
from dashboard.person import Person, remember
from scenarios.intraday import Intraday
from scenarios.intraday_moves import Move
from scenarios.kept_intraday import keep_intraday, latest_intraday
from scenarios.scenario import load_scenario
from wfm.hotline import grid_of
from wfm.i18n import Text, use_language

HOTLINE = "nanxun-12368"
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 14, 10, tzinfo=ZONE)
SEARCH = f"?hotline={HOTLINE}&tab=intraday&at=2026-09-14T10:00"


class _Forecast:
    def summary(self) -> pd.DataFrame:
        starts = grid_of(load_scenario(HOTLINE).hotline, NOW.date(), 1).starts
        return pd.DataFrame({"line": "litigation", "interval": starts, "mean": 5.0, "aht_s": 300.0})


def a_move(kind: str, people: tuple[str, ...], start: str, end: str) -> Move:
    begin, until = (datetime.fromisoformat(f"2026-09-14T{clock}").replace(tzinfo=ZONE) for clock in (start, end))
    words = Text(f"A move of {kind}", f"调整 {kind}")
    return Move(kind, words, "court", people, begin, until, 1.0, "asa", 9.0, 8.0, "day-1")


MOVES = (
    a_move("backup", ("A003",), "10:02", "17:30"),
    a_move("longer", ("A001",), "17:30", "18:30"),
    a_move("break", ("A001",), "12:00", "13:30"),
    a_move("postpone", (), "10:00", "12:00"),
)


@pytest.fixture
def looked(site: Any) -> Any:
    """The small month's site with a look at its first day, from ten."""
    hotline = load_scenario(HOTLINE).hotline
    starts = grid_of(hotline, NOW.date(), 1).starts
    empty = pd.DataFrame(columns=["group", "interval", "on_duty", "heads", "over"])
    found = Intraday(
        hotline=hotline,
        now=NOW,
        seed=1,
        roster="published",
        lines=pd.DataFrame({"line": [""], "so_far": 6.0, "expected_so_far": 8.0, "rest": 7.0, "p10": 6.0, "p90": 8.0}),
        intervals=pd.DataFrame(
            {"interval": starts, "planned": 4.0, "recorded": float("nan"), "calls": 5.0, "p10": 3.0, "p90": 7.0}
        ),
        seats=empty,
        kpis=(),
        moves=MOVES,
        notes=(),
        days_learned=20,
        forecast=_Forecast(),  # type: ignore[arg-type]
    )
    keep_intraday(found, site.desk.home, datetime(2026, 9, 14, 2, 1, tzinfo=UTC), "abc")
    return site


def press(site: Any, number: int, part: str = "take", **more: int) -> Any:
    kept = latest_intraday(site.desk.home, HOTLINE, NOW.date())
    assert kept is not None
    button = {"part": f"review-{part}", "look": int(kept.made_at.timestamp()), "move": number, **more}
    changed = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    values = {"patterns": [(button, 1)], "review-url.search": SEARCH}
    return site.press("review/take_up", values, path="/review", changed=changed)


def test_a_move_goes_into_the_draft_and_the_grid_says_what_was_put_in(looked, words, notice):
    answer = press(looked, 0)
    assert notice(answer) == "The change stands in draft 1; publish it there."
    href = answer.json["response"]["review-url"]["href"]
    assert href.startswith("/roster?")
    assert all(part in href for part in ("month=2026-09-14", "draft=1", "day=2026-09-14", "compare=v1", "step=1"))
    again = press(looked, 1)
    assert "step=2" in again.json["response"]["review-url"]["href"]
    asked = looked.asked(month="2026-09-14", draft="1", step="2")
    view = look(asked, looked.desk)
    duties = view.roster.duties[view.roster.duties["date"] == "2026-09-14"].set_index("agent")
    assert duties["role"].to_dict() == {"A001": "A", "A003": "A"}
    assert duties.loc["A001", "end"] == pd.Timestamp("2026-09-14T18:30", tz=ZONE)
    with use_language("en"):
        drawn = month.TAB.show(asked, looked.desk, view)
    told = next(words(part) for part in drawn if getattr(part, "id", "") == "roster-put-in")
    assert "A001 座席001, Mon 14 Sep: D1 → D1 08:30–18:30" in told
    # What the grid shows of it: its own times, and the rule that it sets aside.
    grid = next(part.children for part in drawn if getattr(part, "className", "") == "roster-frame")
    (row,) = [r for r in grid.rowData if r["id"] == "A001"]
    assert row["d0"][0][6] == "08:30–18:30"
    assert any("is not the shift day-1" in sentence for sentence in row["broken"]["0"])
    assert [e.who for e in looked.desk.store.drafts.edits(1)] == ["wang", "wang"]
    assert notice(press(looked, 1)) == "Draft 1 holds this change already."


def test_a_duty_that_the_draft_holds_otherwise_is_told_and_left(looked, words, notice):
    typed = {"n": 1, "what": "type", "cells": [["A003", "2026-09-14"]], "text": "", "draft": 0, "based_on": 0}
    search = f"?hotline={HOTLINE}&at=2026-09-13T12:00&month=2026-09-14"
    looked.press("roster/change", {"roster-do.data": typed, "roster-url.search": search})
    answer = press(looked, 0)
    said = words(answer.json["response"]["review-take-differs"]["children"])
    assert "Mon 14 Sep, A003 座席003: the draft has free, not D1·B; this would bring D1" in said
    assert len(looked.desk.store.drafts.edits(1)) == 1
    assert notice(press(looked, 0, "insist", seen=1)) == "The change stands in draft 1; publish it there."


def test_what_is_no_change_of_duties_says_so_and_keeps_the_way_to_the_roster(looked, words, notice):
    assert "no change of a duty" in notice(press(looked, 2))
    assert looked.desk.store.drafts.drafts(HOTLINE) == []
    asked = looked.asked("/review", tab="intraday", at="2026-09-14T10:00")
    told = {}
    for person in (Person("wang", ("scheduler",)), Person("zhang", ("operations",))):
        with looked.app.server.test_request_context(), use_language("en"):
            remember(person)
            scenario = looked.desk.scenario(asked)
            told[person.name] = words(intraday_part(asked, looked.desk, scenario, period_of(asked, NOW.date())))
    assert told["wang"].count("Put it into the roster's draft") == 2
    assert "A break at another time is no change of a duty" in told["wang"]
    assert told["wang"].count("Open in the roster") == 1
    assert "A move of backup" in told["zhang"]
    assert "Put it into the roster's draft" not in told["zhang"]


def test_a_look_that_is_not_the_latest_is_refused_and_so_is_whoever_may_not(looked, notice):
    button = {"part": "review-take", "look": 1, "move": 0}
    changed = json.dumps(button, sort_keys=True, separators=(",", ":")) + ".n_clicks"
    old = looked.press(
        "review/take_up", {"patterns": [(button, 1)], "review-url.search": SEARCH}, path="/review", changed=changed
    )
    assert "Somebody has looked at the day again since" in notice(old)
    looked.who[0] = Person("zhang", ("operations",))
    assert press(looked, 0).status_code == 403
    assert looked.desk.store.drafts.drafts(HOTLINE) == []
