"""A draft from its beginning to its publication, by several people and processes."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.built_draft import pins_of_cells
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_cover import interval_cover
from scenarios.roster_difference import roster_difference
from scenarios.roster_draft import (
    begin_draft,
    change_cells,
    open_draft,
    publish_draft,
    redo_step,
    steps_to_redo,
    steps_to_undo,
    undo_step,
    up_to_date,
)
from scenarios.roster_problem import roster_problem
from scenarios.roster_typing import dragged_cells, typed_cell
from scenarios.scenario import load_scenario
from scheduler.grid_words import CellDuty, CellWords
from scheduler.roster_cells import EMPTY, Cell, StandingDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from wfm.errors import BadInput
from wfm.i18n import use_language
from wfm.store import CellsChanged, StaleVersion, open_store

FIRST = date(2026, 9, 14)
NOW = datetime(2026, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
ONE, TWO = StandingDuty("day-1", "court", "A"), StandingDuty("day-2", "court", "A")


def day(n):
    return FIRST + timedelta(days=n)


@pytest.fixture(scope="module")
def scenario():
    return load_scenario("nanxun-12368")


@pytest.fixture(scope="module")
def found(scenario):
    problem = roster_problem(
        scenario, FIRST, 14, pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    )
    cells = [GridDuty("A001", day(n), CellDuty("day-1", "A", "court")) for n in (0, 1, 2)]
    duties = duties_from_grid(problem, cells)
    return RosterAtHand("x", scenario, replace(problem, posts=counted_posts(scenario.hotline, duties)), duties, True)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'wfm.sqlite'}"


@pytest.fixture
def store(url):
    return open_store(url)


@pytest.fixture
def draft(scenario, store, found):
    return open_draft(scenario, store, begin_draft(store, found, {"kind": "plan", "plan": "p"}, who="li").id)


def test_processes_that_read_the_same_edits_have_the_same_roster(scenario, store, url, draft):
    mine, _ = change_cells(draft, store, {("A002", day(0)): Cell((ONE,))}, based_on=0, who="li")
    other = open_store(url)
    theirs = open_draft(scenario, other, draft.record.id)
    assert theirs.live.cells == mine.live.cells
    theirs, _ = change_cells(theirs, other, {("A003", day(0)): Cell((TWO,))}, based_on=0, who="wang")
    mine = up_to_date(mine, store)
    assert mine.live.duties().equals(theirs.live.duties())
    assert mine.latest == 2
    assert up_to_date(mine, store) is mine  # nothing new, nothing made


def test_a_stale_change_of_the_same_cell_is_refused_with_what_stands_there(store, draft):
    change_cells(draft, store, {("A002", day(0)): Cell((ONE,))}, based_on=0, who="li")
    with pytest.raises(CellsChanged) as raised:
        change_cells(draft, store, {("A002", day(0)): Cell((TWO,))}, based_on=0, who="wang")
    (edit,) = raised.value.edits
    assert (edit.who, Cell.of_plain(edit.before), Cell.of_plain(edit.after)) == ("li", EMPTY, Cell((ONE,)))


def test_undo_and_redo_are_each_persons_own(store, draft):
    now, _ = change_cells(draft, store, {("A002", day(0)): Cell((ONE,))}, based_on=0, who="li")
    now, _ = change_cells(now, store, {("A003", day(0)): Cell((TWO,))}, based_on=1, who="wang")
    now, made = undo_step(now, store, who="li")
    assert [(e.agent, e.kind) for e in made] == [("A002", "undo")]
    assert now.live.cell("A003", day(0)) == Cell((TWO,))
    assert (steps_to_undo(now.edits, "li"), steps_to_redo(now.edits, "li")) == ([], [1])
    now, _ = redo_step(now, store, who="li")
    assert now.live.cell("A002", day(0)) == Cell((ONE,))
    now, _ = undo_step(now, store, who="li")
    now, _ = change_cells(now, store, {("A004", day(0)): Cell((ONE,))}, based_on=now.latest, who="li")
    assert steps_to_redo(now.edits, "li") == []  # a new change leaves nothing to repeat
    with pytest.raises(BadInput, match="nothing to repeat"):
        redo_step(now, store, who="li")


def test_undo_leaves_what_others_made_of_it(store, draft):
    two = {("A002", day(0)): Cell((ONE,)), ("A003", day(0)): Cell((ONE,))}
    now, _ = change_cells(draft, store, two, based_on=0, who="li")
    now, _ = change_cells(now, store, {("A003", day(0)): Cell((TWO,))}, based_on=now.latest, who="wang")
    now, made = undo_step(now, store, who="li")
    assert [e.agent for e in made] == ["A002"]
    assert now.live.cell("A003", day(0)) == Cell((TWO,))
    now, _ = change_cells(now, store, {("A005", day(0)): Cell((ONE,))}, based_on=now.latest, who="li")
    now, _ = change_cells(now, store, {("A005", day(0)): EMPTY}, based_on=now.latest, who="wang")
    with pytest.raises(BadInput, match="2026-09-14 of A005 was changed by wang"):
        undo_step(now, store, who="li")


@pytest.mark.parametrize(
    ("place", "sentence"),
    [(("A999", FIRST), "unknown agent A999"), (("A001", date(2026, 10, 1)), "2026-10-01 is no day of this roster")],
)
def test_a_cell_that_is_none_is_refused(store, draft, place, sentence):
    with pytest.raises(BadInput, match=sentence):
        change_cells(draft, store, {place: Cell((ONE,))}, based_on=0)


def test_pins_stay_with_drafts_and_come_back(scenario, store, found):
    record = begin_draft(store, found, {"kind": "built"}, pinned=[("A001", day(0)), ("A002", day(3))])
    draft = open_draft(scenario, store, record.id)
    assert draft.live.cell("A001", day(0)) == Cell((ONE,), pinned=True)
    assert draft.live.cell("A002", day(3)) == Cell((), pinned=True)
    pins = {(p.agent, p.date): (p.shift, p.group, p.role) for p in pins_of_cells(draft.live.cells.items())}
    assert pins == {("A001", day(0)): ("day-1", "court", "A"), ("A002", day(3)): ("", "", "")}


def test_publishing_closes_the_draft_and_needs_the_state_that_was_seen(scenario, store, draft):
    now, _ = change_cells(draft, store, {("A001", day(0)): EMPTY, ("A002", day(0)): Cell((ONE,))}, based_on=0, who="li")
    with pytest.raises(StaleVersion):
        publish_draft(now, store, NOW, based_on=0, who="li")
    assert store.months.months("nanxun-12368") == []
    published, closed = publish_draft(now, store, NOW, based_on=2, who="li", note="first")
    assert (published.publication.version, published.publication.who, closed) == (1, "li", True)
    assert store.drafts.draft(draft.record.id).closed == "published"
    with pytest.raises(BadInput, match="published already"):
        change_cells(now, store, {("A003", day(0)): Cell((TWO,))}, based_on=2)


def test_what_differs_is_said_as_cells_show_it(scenario, store, draft):
    wanted = {("A001", day(0)): Cell((TWO,)), ("A001", day(1)): EMPTY, ("A002", day(1)): Cell((ONE,))}
    now, _ = change_cells(draft, store, wanted, based_on=0)
    with use_language("en"):
        found = roster_difference(scenario.hotline, scenario.agents, draft.live.duties(), now.live.duties())
        assert [(d.date, d.sentence()) for d in found] == [
            (day(0), "A001 座席001: D1 → D2"),
            (day(1), "A001 座席001: D1 taken away"),
            (day(1), "A002 座席002: D1 added"),
        ]
    with use_language("zh"):
        found = roster_difference(scenario.hotline, scenario.agents, draft.live.duties(), now.live.duties())
        assert found[0].sentence() == "A001 座席001：白1 → 白2"


def test_what_is_typed(scenario, draft):
    words = CellWords.of(scenario.hotline, "zh")
    for text, role in (("白2", "A"), ("白2B", "B"), ("d2·b", "B")):
        assert typed_cell(draft.live, words, "A005", day(0), text).duties == (StandingDuty("day-2", "court", role),)
    assert typed_cell(draft.live, words, "A001", day(0), "") == EMPTY
    assert typed_cell(draft.live, words, "A001", day(0), "休") == EMPTY
    with pytest.raises(BadInput, match="夜"):
        typed_cell(draft.live, words, "A001", day(0), "夜")


def test_a_group_that_is_not_named_is_the_one_that_lacks_people():
    """Two groups may take the shift: the person's usual one first, else the one with open posts."""
    scenario = load_scenario("guizhou-12348")
    posts = pd.DataFrame(
        [
            (pd.Timestamp(FIRST), "day-general", "early", 0, 0),
            (pd.Timestamp(FIRST), "day-women-children", "early", 2, 0),
        ],
        columns=["date", "group", "shift", "posts_a", "posts_b"],
    )
    from scheduler.roster_cells import live_roster
    from wfm.tables import DUTIES, empty_table

    problem = roster_problem(scenario, FIRST, 7, posts)
    live = live_roster(problem, empty_table(DUTIES, "Asia/Shanghai"))
    words = CellWords.of(scenario.hotline, "en")
    assert typed_cell(live, words, "L001", FIRST, "E").duties[0].group == "day-women-children"
    for n in (1, 2):
        live = live.with_cells({("L001", day(n)): Cell((StandingDuty("early", "day-general", "A"),))})
    assert typed_cell(live, words, "L001", FIRST, "E").duties[0].group == "day-general"


def test_dragging(draft):
    live = draft.live
    moved = dragged_cells(live, ("A001", day(0)), ("A002", day(5)))
    assert moved == {("A001", day(0)): EMPTY, ("A002", day(5)): Cell((ONE,))}
    for source, target in ((("A009", day(0)), ("A001", day(0))), (("A001", day(0)), ("A001", day(0)))):
        with pytest.raises(BadInput, match="no duty to move"):
            dragged_cells(live, source, target)
    pinned = live.with_cells({("A001", day(1)): Cell((ONE,), pinned=True)})
    with pytest.raises(BadInput, match="pinned"):
        dragged_cells(pinned, ("A001", day(0)), ("A001", day(1)))


def test_cover_by_posts_and_by_forecast(scenario, draft):
    live = draft.live
    without = live.with_cells({("A001", day(0)): EMPTY})
    cover = interval_cover(live.problem, without.duties(), None).set_index("interval")
    at = pd.Timestamp("2026-09-14 09:00", tz="Asia/Shanghai")
    assert cover.loc[at, ["required", "rostered", "gap"]].tolist() == [1.0, 0.0, -1.0]
    assert pd.isna(cover.loc[pd.Timestamp("2026-09-14 20:00", tz="Asia/Shanghai"), "gap"])
    required = pd.DataFrame({"group": ["court"], "interval": [at], "heads": [3]})
    cover = interval_cover(live.problem, live.duties(), required).set_index("interval")
    assert cover.loc[at, ["required", "rostered", "gap"]].tolist() == [3.0, 1.0, -2.0]
