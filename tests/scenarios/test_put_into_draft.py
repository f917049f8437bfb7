"""Repairs and moves of the running day put into a draft: beside what others changed there, or told where they disagree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.intraday_moves import Move
from scenarios.month_repair import propose_repairs, repair_in_draft
from scenarios.moves_taken_up import cells_of_move, not_a_duty
from scenarios.put_into_draft import put_into_draft
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_draft import begin_draft, change_cells, open_draft, publish_draft, undo_step
from scenarios.roster_month import look_at_month, publish_roster, published_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, load_scenario
from scheduler.grid_words import CellDuty
from scheduler.roster_cells import EMPTY, Cell, StandingDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.errors import BadInput
from wfm.i18n import Text, use_language
from wfm.store import Store, open_store

FIRST = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")
ILL = (("A003", FIRST + timedelta(days=1), FIRST + timedelta(days=1)),)
NOW = datetime(2026, 9, 14, 12, tzinfo=ZONE)
A, B = StandingDuty("day-1", "court", "A"), StandingDuty("day-1", "court", "B")


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    found = load_scenario("nanxun-12368")
    return replace(found, agents=[a.model_copy(update={"pair": ""}) for a in found.agents], leave=[])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


@pytest.fixture
def found(scenario: Scenario, store: Store) -> RosterAtHand:
    """Published: A001 answers on the first day and A003 on the second, A002 and A004 stand by."""
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 7, empty)
    people = [("A001", 0, "A"), ("A002", 0, "B"), ("A003", 1, "A"), ("A004", 1, "B")]
    duties = duties_from_grid(problem, [GridDuty(a, day(d), CellDuty("day-1", r, "court")) for a, d, r in people])
    problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    publish_roster(RosterAtHand("small", scenario, problem, duties, True), store, at("2026-09-01"), despite_rules=True)
    return published_roster(scenario, store, FIRST)[1]


def best_of(found: RosterAtHand):
    (best, *_) = propose_repairs(found, ILL, NOW, seconds=2)
    assert [(m["agent"], m["date"]) for m in best.moves if m["after"] is None] == [("A003", "2026-09-15")]
    return best


# Repairs


def test_a_repair_becomes_one_step_of_a_new_draft_and_nothing_is_published(scenario, store, found):
    best = best_of(found)
    put = repair_in_draft(scenario, store, FIRST, best, ILL, NOW, who="wang")
    assert (put.step, put.differs) == (1, ())
    (stand_in,) = best.people
    assert put.draft.live.cell("A003", day(1)) == EMPTY
    assert [d.role for d in put.draft.live.cell(stand_in, day(1)).duties] == ["A"]
    view = look_at_month(scenario, store, FIRST, NOW)
    assert [p.version for p in view.publications] == [1]
    assert [(r.kind, r.agent, r.details["first"]) for r in view.requests] == [("absent", "A003", "2026-09-15")]
    # Undone in one step, as any other change.
    back, _ = undo_step(put.draft, store, who="wang")
    assert back.live.cells == back.begun.cells


def test_a_repair_stands_beside_what_others_changed_in_the_draft(scenario, store, found):
    begun = open_draft(scenario, store, begin_draft(store, found, {"kind": "version", "version": 1}, who="li").id)
    theirs, _ = change_cells(begun, store, {("A010", day(3)): Cell((A,))}, based_on=0, who="li")
    # The draft as wang has it is older than li's change.
    put = repair_in_draft(scenario, store, FIRST, best_of(found), ILL, NOW, draft=begun, who="wang")
    assert put.draft.record.id == theirs.record.id
    assert put.draft.live.cell("A010", day(3)) == Cell((A,))
    assert put.draft.live.cell("A003", day(1)) == EMPTY
    published, closed = publish_draft(
        put.draft, store, NOW, based_on=put.draft.latest, over=1, despite_rules=True, who="wang"
    )
    assert (published.publication.version, closed) == (2, True)
    now = published_roster(scenario, store, FIRST)[1].duties
    assert set(now[now["date"] == "2026-09-17"]["agent"]) == {"A010"}
    # The same again changes nothing.
    begun = open_draft(scenario, store, begin_draft(store, found, {"kind": "version", "version": 1}).id)


def test_where_the_draft_disagrees_it_is_told_and_nothing_is_written(scenario, store, found):
    begun = open_draft(scenario, store, begin_draft(store, found, {"kind": "version", "version": 1}).id)
    theirs, _ = change_cells(begun, store, {("A003", day(1)): Cell((B,))}, based_on=0, who="li")
    best = best_of(found)
    put = repair_in_draft(scenario, store, FIRST, best, ILL, NOW, draft=theirs, who="wang")
    (one,) = put.differs
    assert (one.agent, one.date, one.wish.before, one.stands) == ("A003", day(1), Cell((A,)), Cell((B,)))
    assert one.edit is not None
    assert (one.edit.who, put.step, put.draft.latest) == ("li", None, 1)
    assert look_at_month(scenario, store, FIRST, NOW).requests == ()  # not even the absence
    # Having seen that, wang insists; li's change before it stays in the draft's history.
    done = repair_in_draft(scenario, store, FIRST, best, ILL, NOW, draft=theirs, seen=1, who="wang")
    assert done.differs == ()
    assert done.draft.live.cell("A003", day(1)) == EMPTY
    assert [e.who for e in done.draft.edits][:2] == ["li", "wang"]


def test_who_insists_on_what_changed_again_since_is_told_again(scenario, store, found):
    begun = open_draft(scenario, store, begin_draft(store, found, {"kind": "version", "version": 1}).id)
    one, _ = change_cells(begun, store, {("A003", day(1)): Cell((B,))}, based_on=0, who="li")
    change_cells(one, store, {("A003", day(1)): Cell((replace(A, shift="day-2"),))}, based_on=1, who="li")
    put = repair_in_draft(scenario, store, FIRST, best_of(found), ILL, NOW, draft=one, seen=1, who="wang")
    assert [d.stands.duties[0].shift for d in put.differs] == ["day-2"]
    assert put.draft.live.cell("A003", day(1)).duties[0].shift == "day-2"


def test_a_repair_of_another_version_is_refused(scenario, store, found):
    best = best_of(found)
    other = found.duties[found.duties["agent"] != "A004"]
    publish_roster(replace(found, duties=other), store, NOW, over=1, despite_rules=True)
    with pytest.raises(BadInput, match="has changed since these repairs were proposed"):
        repair_in_draft(scenario, store, FIRST, best, ILL, NOW)
    assert store.drafts.drafts("nanxun-12368") == []


# Moves of the running day


def move(kind: str, people: tuple[str, ...], start: str, end: str, shift: str = "day-1") -> Move:
    words = Text("move", "move")
    return Move(kind, words, "court", people, at(start), at(end), 1.0, "asa", 1.0, 2.0, shift)


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        # Day shift 1 is 08:30 to 17:30.
        (move("backup", ("A002",), "2026-09-14T10:32", "2026-09-14T17:30"), (A,)),
        (move("longer", ("A001",), "2026-09-14T17:30", "2026-09-14T18:30"), (replace(A, times="08:30-18:30"),)),
        (move("earlier", ("A001",), "2026-09-14T07:30", "2026-09-14T08:30"), (replace(A, times="07:30-17:30"),)),
        (move("home", ("A001",), "2026-09-14T15:00", "2026-09-14T17:30"), (replace(A, times="08:30-15:00"),)),
        (move("home", ("A001",), "2026-09-14T08:30", "2026-09-14T17:30"), ()),
    ],
)
def test_a_move_changes_the_duty_it_is_about(found, asked, after):
    ((place, wish),) = cells_of_move(found, asked).items()
    assert place == (asked.people[0], FIRST)
    assert wish.before.duties == ((B,) if asked.kind == "backup" else (A,))
    assert wish.after.duties == after


def test_somebody_off_today_comes(scenario, store, found):
    asked = move("extra", ("A009",), "2026-09-14T08:30", "2026-09-14T17:30")
    put = put_into_draft(scenario, store, found, {"kind": "version", "version": 1}, cells_of_move(found, asked))
    assert put.draft.live.cell("A009", FIRST) == Cell((A,))
    again = put_into_draft(
        scenario, store, found, {"kind": "version", "version": 1}, cells_of_move(found, asked), draft=put.draft
    )
    assert (again.step, again.differs, again.draft.latest) == (None, (), 1)  # it stands there already
    with pytest.raises(BadInput, match="the duty of A001 is another one"):
        cells_of_move(found, move("extra", ("A001",), "2026-09-14T08:30", "2026-09-14T17:30"))


def test_somebody_stays_longer_to_the_minute_in_what_is_published(scenario, store, found):
    asked = move("longer", ("A001",), "2026-09-14T17:30", "2026-09-14T18:30")
    put = put_into_draft(scenario, store, found, {"kind": "version", "version": 1}, cells_of_move(found, asked))
    publish_draft(put.draft, store, NOW, based_on=put.draft.latest, over=1, despite_rules=True)
    now = published_roster(scenario, store, FIRST)[1].duties
    (row,) = now[now["agent"] == "A001"].itertuples()
    assert (row.start, row.end) == (at("2026-09-14T08:30"), at("2026-09-14T18:30"))


def test_what_is_no_change_of_duties_or_of_another_roster_is_refused(found):
    for kind, reason in (("break", "no change of a duty"), ("postpone", "nobody's duty changes")):
        asked = move(kind, ("A001",), "2026-09-14T12:00", "2026-09-14T13:00")
        assert not_a_duty(asked) is not None
        with use_language("en"), pytest.raises(BadInput, match=reason):
            cells_of_move(found, asked)
    assert not_a_duty(move("home", ("A001",), "2026-09-14T15:00", "2026-09-14T17:30")) is None
    for gone in (
        move("backup", ("A001",), "2026-09-14T10:32", "2026-09-14T17:30"),  # A001 answers already
        move("longer", ("A001",), "2026-09-14T18:30", "2026-09-14T19:30"),  # the duty ends at 17:30
    ):
        with pytest.raises(BadInput, match="has changed since this look"):
            cells_of_move(found, gone)
    with pytest.raises(BadInput, match="cannot be told in the roster"):
        cells_of_move(found, move("earlier", ("A001",), "2026-09-13T23:30", "2026-09-14T08:30"))
