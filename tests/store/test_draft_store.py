"""Drafts of rosters: every change is kept, none is overwritten unseen, and what is closed stays."""

import threading
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from wfm.errors import BadInput
from wfm.store import CellChange, CellsChanged, StaleVersion, open_store

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 31)
EARLY = {"duties": [["early", "A", "day", False]], "pinned": False}
NIGHT = {"duties": [["night", "A", "day", False]], "pinned": False}
FREE = {"duties": [], "pinned": False}


def duties(n=2):
    start = pd.Timestamp("2026-12-01 08:00", tz="Asia/Shanghai")
    return pd.DataFrame(
        {
            "agent": [f"L{i}" for i in range(n)],
            "date": pd.Timestamp("2026-12-01"),
            "shift": "early",
            "group": "day",
            "post": [f"2026-12-01/early/day/{i:02d}" for i in range(n)],
            "role": "A",
            "start": start,
            "end": start + pd.Timedelta(hours=5),
            "breaks": "",
            "remote": False,
        }
    )


@pytest.fixture
def draft(any_store):
    posts = [{"date": "2026-12-01", "group": "day", "shift": "early", "posts_a": 2, "posts_b": 0}]
    return any_store.drafts.begin(
        hotline="h", first=FIRST, last=LAST, duties=duties(), posts=posts, origin={"plan": "p"}, who="li"
    )


def change(agent, day, before, after):
    return CellChange(agent, date(2026, 12, day), before, after)


def test_a_draft_gives_back_what_it_began_from(any_store, any_url, draft):
    other = open_store(any_url)  # as another process would
    kept, posts = other.drafts.base(draft.id)
    assert kept["agent"].tolist() == ["L0", "L1"]
    assert str(kept["start"].iloc[0]) == "2026-12-01 08:00:00+08:00"
    assert posts is not None
    assert posts["posts_a"].tolist() == [2]
    assert [d.id for d in other.drafts.drafts("h", FIRST)] == [draft.id]
    assert other.drafts.drafts("h", date(2026, 11, 1)) == []
    assert (draft.edits, draft.who, draft.origin) == (0, "li", {"plan": "p"})


def test_changes_of_different_cells_merge(any_store, draft):
    drafts = any_store.drafts
    drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="li")
    drafts.change(draft.id, [change("L1", 1, EARLY, FREE)], based_on=0, who="wang")
    found = drafts.edits(draft.id)
    assert [(e.number, e.agent, e.after, e.who) for e in found] == [(1, "L0", NIGHT, "li"), (2, "L1", FREE, "wang")]
    assert [e.number for e in drafts.edits(draft.id, after=1)] == [2]
    assert drafts.draft(draft.id).edits == 2


def test_the_same_cell_is_not_overwritten_unseen(any_store, draft):
    drafts = any_store.drafts
    drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="li")
    both_cells = [change("L0", 1, EARLY, FREE), change("L1", 2, FREE, EARLY)]
    with pytest.raises(CellsChanged) as raised:
        drafts.change(draft.id, both_cells, based_on=0, who="wang")
    (theirs,) = raised.value.edits
    assert (theirs.who, theirs.before, theirs.after, raised.value.latest) == ("li", EARLY, NIGHT, 1)
    assert drafts.draft(draft.id).edits == 1  # all or none
    # Having seen it, the second person insists.
    drafts.change(draft.id, [change("L0", 1, NIGHT, FREE)], based_on=1, who="wang")
    assert [e.after for e in drafts.edits(draft.id)] == [NIGHT, FREE]


def test_the_same_wish_twice_is_one_change(any_store, draft):
    drafts = any_store.drafts
    drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="li")
    assert drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="wang") == []
    assert drafts.change(draft.id, [change("L0", 1, NIGHT, NIGHT)], based_on=1, who="wang") == []


def test_cells_changed_together_are_one_step(any_store, draft):
    drafts = any_store.drafts
    made = drafts.change(draft.id, [change("L0", 1, EARLY, FREE), change("L1", 2, FREE, EARLY)], based_on=0, who="li")
    assert [(e.number, e.step) for e in made] == [(1, 1), (2, 1)]
    back = drafts.change(
        draft.id,
        [change("L0", 1, FREE, EARLY), change("L1", 2, EARLY, FREE)],
        based_on=2,
        kind="undo",
        of_step=1,
        who="li",
    )
    assert [(e.number, e.step, e.kind, e.of_step) for e in back] == [(3, 3, "undo", 1), (4, 3, "undo", 1)]


def test_changes_stand_in_the_audit_and_cannot_be_changed(any_store, draft):
    any_store.drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="li")
    entry = any_store.audit(1)[0]
    assert (entry.who, entry.action, entry.object) == ("li", "change roster draft", f"draft {draft.id}")
    assert entry.details["cells"] == [{"agent": "L0", "date": "2026-12-01", "before": EARLY, "after": NIGHT}]
    if any_store._engine.dialect.name == "sqlite":
        for words in ("UPDATE roster_edits SET who = 'x'", "DELETE FROM roster_edits"):
            with pytest.raises(DBAPIError, match="append-only"), any_store._engine.begin() as connection:
                connection.execute(text(words))


def test_a_closed_draft_takes_no_changes(any_store, draft):
    drafts = any_store.drafts
    drafts.change(draft.id, [change("L0", 1, EARLY, NIGHT)], based_on=0, who="li")
    with pytest.raises(StaleVersion):
        drafts.close(draft.id, "published", based_on=0, who="wang")
    assert drafts.draft(draft.id).closed == ""
    drafts.close(draft.id, "discarded", based_on=1, who="wang")
    assert drafts.drafts("h", FIRST) == []
    assert [d.closed for d in drafts.drafts("h", FIRST, closed=True)] == ["discarded"]
    with pytest.raises(BadInput, match="discarded"):
        drafts.change(draft.id, [change("L0", 1, NIGHT, FREE)], based_on=1)
    assert drafts.reopen(draft.id, who="wang").closed == ""
    drafts.close(draft.id, "published", based_on=1, who="wang")
    with pytest.raises(BadInput, match="published already"):
        drafts.reopen(draft.id)
    with pytest.raises(BadInput, match="no roster draft 99"):
        drafts.draft(99)


def test_of_many_who_change_one_cell_at_once_one_wins_and_the_others_are_told(any_store, any_url, draft):
    told, barrier = [], threading.Barrier(6)

    def work(n):
        store = open_store(any_url)
        after = {"duties": [["early", "A", f"g{n}", False]], "pinned": False}
        barrier.wait()
        try:
            store.drafts.change(draft.id, [change("L0", 1, EARLY, after)], based_on=0, who=f"p{n}")
            told.append("kept")
        except CellsChanged:
            told.append("told")
        # Everybody's own cell is changed whatever the others do.
        store.drafts.change(draft.id, [change(f"M{n}", 3, FREE, EARLY)], based_on=0, who=f"p{n}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept", *["told"] * 5]
    found = any_store.drafts.edits(draft.id)
    assert [e.number for e in found] == list(range(1, 8))
    assert {e.agent for e in found} == {"L0", *(f"M{n}" for n in range(6))}
