"""Duties of a period out of the planning store."""

from datetime import date

import pandas as pd
import pytest

from scenarios.published_duties import published_duties
from wfm.errors import BadInput
from wfm.store import open_store
from wfm.tables import DUTIES, check_table


def duties(*rows):
    frame = pd.DataFrame(
        [
            {
                "agent": agent,
                "date": pd.Timestamp(day),
                "shift": "day",
                "group": "g",
                "post": "1",
                "role": "A",
                "start": pd.Timestamp(f"{day} {start}", tz="Asia/Shanghai"),
                "end": pd.Timestamp(f"{day} 17:00", tz="Asia/Shanghai"),
                "breaks": "",
                "remote": False,
            }
            for agent, day, start in rows
        ]
    )
    return check_table(DUTIES, frame)


@pytest.fixture
def store(tmp_path):
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


def test_published_versions_of_the_days_asked_for(store):
    first = duties(("A", "2026-09-30", "08:00"), ("A", "2026-10-01", "08:00"), ("C", "2026-10-01", "08:00"))
    kept = store.save_roster(hotline="h", first=date(2026, 9, 1), last=date(2026, 10, 1), duties=first, published=True)
    # A later draft of the same roster is not published and does not count.
    store.save_roster_version(kept.id, duties(("B", "2026-09-30", "08:00")), expected_version=1)
    # A later roster over the border: its days are its own, and C is not in it.
    october = duties(("A", "2026-10-01", "09:00"), ("A", "2026-10-02", "09:00"))
    store.save_roster(hotline="h", first=date(2026, 10, 1), last=date(2026, 10, 31), duties=october, published=True)
    store.save_roster(hotline="h", first=date(2026, 10, 1), last=date(2026, 10, 31), duties=first)
    store.save_roster(hotline="other", first=date(2026, 9, 1), last=date(2026, 9, 30), duties=first, published=True)
    found = published_duties(store, "h", date(2026, 9, 30), date(2026, 10, 1))
    told = [(a, f"{s:%m-%d %H:%M}") for a, s in zip(found["agent"], found["start"], strict=True)]
    assert sorted(told) == [("A", "09-30 08:00"), ("A", "10-01 09:00")]
    assert list(found.columns) == DUTIES.column_names


def test_nothing_published_is_said(store):
    store.save_roster(
        hotline="h", first=date(2026, 9, 1), last=date(2026, 9, 30), duties=duties(("A", "2026-09-30", "08:00"))
    )
    with pytest.raises(BadInput, match="no roster of h is published for 2026-09-01 to 2026-09-30"):
        published_duties(store, "h", date(2026, 9, 1), date(2026, 9, 30))
