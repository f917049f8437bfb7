"""Agents' states out of exports and out of Asterisk's queue log."""

from datetime import date

import pandas as pd
import pytest

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.records.item_mapping import choose_item_mapping
from wfm.records.item_store import ItemStore
from wfm.records.items import agent_states
from wfm.records.queue_log_states import import_queue_log_states, is_queue_log
from wfm.records.seats_staffed import seats_staffed
from wfm.records.state_importing import import_states
from wfm.tables import AGENT_STATES

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def hotline():
    return load_hotline(find_hotline("convenience-lines"))


def written(tmp_path, text, name="states.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def states_of(path, hotline, **more):
    return import_states(path, choose_item_mapping("states", path), hotline=hotline, **more)


def rows(found):
    return [
        (a, s, f"{b:%d %H:%M}", f"{e:%d %H:%M}")
        for a, s, b, e in zip(*(found.items[n] for n in ("agent", "state", "start", "end")), strict=True)
    ]


def test_states_with_begin_and_end(tmp_path, hotline):
    path = written(
        tmp_path,
        "座席工号,状态,开始时间,结束时间\n"
        "A1,空闲,2026-09-14 08:00:00,2026-09-14 08:10:00\n"
        "A1,通话中,2026-09-14 08:10:00,2026-09-14 08:20:00\n"
        "A1,小休,2026-09-14 08:20:00,2026-09-14 08:30:00\n",
        encoding="gbk",
    )
    assert rows(states_of(path, hotline)) == [
        ("A1", "available", "14 08:00", "14 08:10"),
        ("A1", "handling", "14 08:10", "14 08:20"),
        ("A1", "break", "14 08:20", "14 08:30"),
    ]


def test_durations_and_names_of_people(tmp_path, hotline):
    path = written(
        tmp_path,
        "agent,status,start_time,duration\n张三,Ready,2026-09-14T23:50:00+08:00,0:20:00\nB,Lunch,2026-09-14 12:00,90\n",
    )
    found = states_of(path, hotline, names={"张三": "A1"})
    assert rows(found) == [("A1", "available", "14 23:50", "15 00:10"), ("B", "break", "14 12:00", "14 12:01")]


def test_a_state_without_an_end_lasts_until_the_agents_next_row(tmp_path, hotline):
    """§103"""
    path = written(
        tmp_path,
        "工号,操作,时间\n"
        "A1,签入,2026-09-14 08:00:00\n"
        "A2,签入,2026-09-14 08:05:00\n"
        "A1,小休,2026-09-14 10:00:00\n"
        "A1,取消小休,2026-09-14 10:15:00\n"
        "A1,签出,2026-09-14 17:00:00\n"
        "A1,签入,2026-09-16 08:00:00\n"
        "A1,发呆,2026-09-16 09:00:00\n",
    )
    found = states_of(path, hotline)
    assert rows(found) == [
        ("A1", "signed_in", "14 08:00", "14 10:00"),
        ("A1", "break", "14 10:00", "14 10:15"),
        ("A1", "available", "14 10:15", "14 17:00"),
        ("A1", "offline", "14 17:00", "16 08:00"),
    ]
    assert {(r.row, r.code) for r in found.rejected} == {(3, "no_state_end"), (7, "no_state_end"), (8, "unknown_value")}
    assert found.rows_read == found.accepted + len(found.rejected) + len(found.left_out) + len(found.duplicates)


def test_states_that_cannot_be(tmp_path, hotline):
    path = written(
        tmp_path,
        "agent,state,start,end\n"
        "A,ready,2026-09-14 08:00,2026-09-14 07:00\n"
        "A,ready,2026-09-14 09:00,2026-09-16 09:00\n"
        ",ready,2026-09-14 09:00,2026-09-14 10:00\n"
        "A,,2026-09-14 09:00,2026-09-14 10:00\n"
        "A,ready,,2026-09-14 10:00\n"
        "A,ready,2026-09-14 11:00,2026-09-14 11:30\n"
        "A,ready,2026-09-14 11:00,2026-09-14 12:00\n",
    )
    found = states_of(path, hotline)
    assert [r.code for r in found.rejected] == ["order", "too_long", "no_item", "no_state", "no_moment"]
    assert [r.row for r in found.duplicates] == [7], "the longer one has come further"
    assert rows(found) == [("A", "available", "14 11:00", "14 12:00")]


def test_presence_of_genesys_cloud(tmp_path, hotline):
    path = written(
        tmp_path,
        "userId,systemPresence,startTime,endTime\n"
        "u1,ON_QUEUE,2026-09-14T00:00:00Z,2026-09-14T02:00:00Z\n"
        "u1,MEAL,2026-09-14T02:00:00Z,2026-09-14T02:30:00Z\n"
        "u1,AVAILABLE,2026-09-14T02:30:00Z,2026-09-14T03:00:00Z\n",
    )
    # Available without being on queue takes no calls of a queue.
    assert rows(states_of(path, hotline)) == [
        ("u1", "available", "14 08:00", "14 10:00"),
        ("u1", "break", "14 10:00", "14 10:30"),
        ("u1", "other", "14 10:30", "14 11:00"),
    ]


def epoch(text):
    return int(pd.Timestamp(text, tz=ZONE).timestamp())


def queue_log(tmp_path, *events, name="queue_log"):
    lines = [f"{epoch(f'2026-09-14 {clock}')}|{rest}" for clock, rest in events]
    return written(tmp_path, "\n".join(lines) + "\n", name=name)


def test_presence_out_of_a_queue_log(tmp_path, hotline):
    """§103"""
    path = queue_log(
        tmp_path,
        ("08:00:00", "NONE|NONE|NONE|QUEUESTART|"),
        ("08:00:00", "REALTIME|legal|PJSIP/1001|ADDMEMBER|"),
        ("08:01:00", "REALTIME|labour|PJSIP/1001|ADDMEMBER|"),
        ("08:02:00", "1600.1|legal|NONE|ENTERQUEUE||13800001111|1"),
        ("08:02:05", "1600.1|legal|PJSIP/1001|CONNECT|5|1600.2|3"),
        # Paused in one queue: still there for the other.
        ("09:00:00", "REALTIME|legal|PJSIP/1001|PAUSE|lunch"),
        ("09:30:00", "REALTIME|labour|PJSIP/1001|PAUSE|lunch"),
        ("10:00:00", "REALTIME|NONE|PJSIP/1001|UNPAUSEALL|"),
        ("11:00:00", "REALTIME|NONE|PJSIP/1001|PAUSEALL|team meeting"),
        ("11:20:00", "REALTIME|NONE|PJSIP/1001|UNPAUSEALL|"),
        ("12:00:00", "REALTIME|legal|PJSIP/1001|REMOVEMEMBER|"),
        ("12:30:00", "REALTIME|labour|PJSIP/1001|REMOVEMEMBER|"),
        # A member of the configuration never joins; that it resumes tells that it is there.
        ("12:40:00", "REALTIME|legal|Local/1002|UNPAUSE|"),
        ("13:00:00", "NONE|NONE|NONE|CONFIGRELOAD|"),
    )
    assert is_queue_log(path)
    found = import_queue_log_states(path, hotline=hotline)
    assert rows(found) == [
        ("1001", "signed_in", "14 08:00", "14 09:30"),
        ("1001", "break", "14 09:30", "14 10:00"),
        ("1001", "signed_in", "14 10:00", "14 11:00"),
        ("1001", "other", "14 11:00", "14 11:20"),
        ("1001", "signed_in", "14 11:20", "14 12:30"),
        ("1001", "offline", "14 12:30", "14 13:00"),
        ("1002", "signed_in", "14 12:40", "14 13:00"),
    ]
    assert (found.rows_read, found.accepted, len(found.left_out)) == (14, 10, 4)
    assert "13800001111" not in found.items.to_csv() + "".join(r.reason for r in found.left_out)


def test_a_torn_queue_log(tmp_path, hotline):
    path = queue_log(tmp_path, ("08:00:00", "X|legal|A|ADDMEMBER|"), ("09:00:00", "X|legal|NONE|PAUSE|"))
    path.write_text(path.read_text(encoding="utf-8") + "broken\nx|a|b|c|PAUSE|\n", encoding="utf-8")
    found = import_queue_log_states(path, hotline=hotline)
    assert [(r.row, r.code) for r in found.rejected] == [(2, "no_item"), (3, "torn"), (4, "bad_time")]
    assert found.rows_read == found.accepted + len(found.rejected) + len(found.left_out)
    calls = queue_log(tmp_path, ("08:00:00", "1.1|legal|NONE|ENTERQUEUE||1|1"), name="calls")
    with pytest.raises(BadInput, match="tells of nobody's presence"):
        import_queue_log_states(calls, hotline=hotline)


def test_a_later_log_continues_the_earlier(tmp_path, hotline):
    """§103"""
    store = ItemStore(tmp_path / "home", hotline.id, AGENT_STATES)
    morning = [("08:00:00", "X|legal|A|ADDMEMBER|"), ("12:00:00", "NONE|NONE|NONE|CONFIGRELOAD|")]
    first = import_queue_log_states(queue_log(tmp_path, *morning, name="noon"), hotline=hotline)
    store.add(first.items, first.content_hash)
    evening = [*morning, ("17:00:00", "X|legal|A|REMOVEMEMBER|")]
    second = import_queue_log_states(queue_log(tmp_path, *evening, name="evening"), hotline=hotline)
    assert store.add(second.items, second.content_hash).replaced == 1
    stored = agent_states(tmp_path / "home", hotline, date(2026, 9, 14), date(2026, 9, 14))
    assert [
        (s, f"{b:%H:%M}", f"{e:%H:%M}") for s, b, e in zip(stored["state"], stored["start"], stored["end"], strict=True)
    ] == [
        ("signed_in", "08:00", "17:00"),
        ("offline", "17:00", "17:00"),
    ]
    grid = TimeGrid(date(2026, 9, 14), 1, 60, ZONE)
    assert seats_staffed(stored, grid)[8:17].tolist() == [1.0] * 9


def test_states_reach_into_the_period(tmp_path, hotline):
    path = written(
        tmp_path,
        "agent,state,start,end\n"
        "A,ready,2026-09-13 22:00,2026-09-14 06:00\n"
        "B,ready,2026-09-13 22:00,2026-09-14 00:00\n"
        "C,ready,2026-09-14 23:00,2026-09-15 01:00\n"
        "D,ready,2026-09-15 00:00,2026-09-15 01:00\n",
    )
    found = states_of(path, hotline)
    ItemStore(tmp_path / "home", hotline.id, AGENT_STATES).add(found.items, found.content_hash)
    kept = agent_states(tmp_path / "home", hotline, date(2026, 9, 14), date(2026, 9, 14))
    assert sorted(kept["agent"]) == ["A", "C"]
