"""Links under which calendars read one person's duties."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import text

from wfm.store import open_store
from wfm.store.connection import connect_engine


def test_a_link_shows_its_person_until_it_is_withdrawn(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    links = open_store(url).calendars
    assert links.of("nanxun-12368", "A003") is None
    token = links.make("nanxun-12368", "A003", who="a003")
    found = links.find(token)
    assert found is not None
    assert (found.hotline, found.agent, found.who) == ("nanxun-12368", "A003", "a003")
    assert links.find(token[:-1]) is None
    assert links.of("nanxun-12368", "A003") == found
    assert links.withdraw("nanxun-12368", "A003", who="a003")
    assert not links.withdraw("nanxun-12368", "A003")
    assert links.find(token) is None
    actions = [e.action for e in open_store(url).audit()]
    assert actions == ["withdraw calendar link", "make calendar link"]


def test_a_new_link_replaces_the_one_before_and_no_token_is_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'wfm.sqlite'}"
    links = open_store(url).calendars
    first, second = links.make("h", "A1"), links.make("h", "A1")
    other = links.make("h", "A2")
    assert links.find(first) is None
    assert links.find(second) is not None
    assert links.find(other) is not None
    with connect_engine(url).connect() as connection:
        rows = connection.execute(text("SELECT * FROM calendar_links")).all()
    assert len(rows) == 3
    assert not any(token in str(rows) for token in (first, second, other))


def test_links_end_with_the_account_that_made_them(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")
    for name in ("li", "wang"):
        store.accounts.add(name, ["agent"], password="Nanxun-tree-42", agent="A1")
    of_li, of_wang = store.calendars.make("h", "A1", who="li"), store.calendars.make("h", "A2", who="wang")
    store.accounts.set_roles("wang", ["viewer", "agent"])
    assert store.calendars.find(of_wang) is not None
    store.accounts.disable("li")
    assert store.calendars.find(of_li) is None
    store.accounts.set_roles("wang", ["agent"], agent="A3")
    assert store.calendars.find(of_wang) is None
