"""Asterisk's queue_log, laid out as its documentation says: events into calls, whatever the order of the lines."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.i18n import use_language
from wfm.records import detect_layout
from wfm.records.layouts.asterisk_queue_log import QueueLog, import_queue_log

KEY = b"a key for these tests only"
MONDAY = 1789344000
"""2026-09-14 08:00 in Shanghai, seconds since 1970."""


HOTLINE = load_hotline(find_hotline("guizhou-12348"))


@pytest.fixture
def bring(tmp_path: Path):
    def run(*lines: str, queues: dict[str, str] | None = None, encoding: str = "utf-8"):
        path = tmp_path / "queue_log"
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        with use_language("en"):
            return import_queue_log(path, QueueLog(queues or {}), hotline=HOTLINE, key=KEY)

    return run


def at(seconds: float) -> pd.Timestamp:
    return pd.Timestamp(MONDAY + seconds, unit="s", tz="UTC").tz_convert("Asia/Shanghai")


def holds(result) -> bool:
    """Rows read are rows accepted, rejected, left out and duplicates."""
    parts = (result.accepted, len(result.rejected), len(result.left_out), len(result.duplicates))
    return result.rows_read == sum(parts)


ANSWERED = (
    f"{MONDAY}|{MONDAY}.1|general|NONE|ENTERQUEUE||13912345678|1",
    f"{MONDAY + 6}|{MONDAY}.1|general|SIP/8007|RINGNOANSWER|5000",
    f"{MONDAY + 12}|{MONDAY}.1|general|SIP/8008|CONNECT|12|{MONDAY + 8}.2|4",
    f"{MONDAY + 312}|{MONDAY}.1|general|SIP/8008|COMPLETECALLER|12|300|1",
)


def test_an_answered_call(bring) -> None:
    """§97, as the documented events of one call say."""
    result = bring(*ANSWERED)
    call = result.calls.iloc[0]
    assert (len(result.calls), result.accepted, holds(result)) == (1, 4, True)
    assert (call["line"], call["outcome"], call["agent"]) == ("general", "answered", "SIP/8008")
    assert (call["arrived_at"], call["queued_at"]) == (at(0), at(0))
    assert (call["answered_at"], call["ended_at"]) == (at(12), at(312))
    assert (call["talk_s"], call["ring_s"]) == (300, 4)
    assert call[["hold_s", "wrap_s", "ivr_s", "topic", "satisfaction"]].isna().all()


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("ABANDON", "1|1|30"),
        ("EXITWITHTIMEOUT", "1|1|30"),
        ("EXITEMPTY", "1|1|30"),
        ("EXITWITHKEY", "5|1|1|30"),
        ("SYSCOMPAT", ""),
    ],
)
def test_who_leaves_unanswered_has_given_up(bring, event: str, data: str) -> None:
    """§97"""
    result = bring(
        f"{MONDAY}|a|general|NONE|ENTERQUEUE||010-88886666|1",
        f"{MONDAY + 30}|a|general|NONE|{event}|{data}",
    )
    call = result.calls.iloc[0]
    assert (call["outcome"], call["ended_at"], holds(result)) == ("abandoned", at(30), True)
    assert pd.isna(call["answered_at"])
    assert pd.isna(call["talk_s"])


def test_one_who_waits_on_in_another_queue_is_one_call(bring) -> None:
    """§97, on the line of the queue asked first."""
    result = bring(
        f"{MONDAY}|a|general|NONE|ENTERQUEUE||13912345678|1",
        f"{MONDAY + 60}|a|general|NONE|EXITWITHTIMEOUT|1|1|60",
        f"{MONDAY + 60}|a|consumer|NONE|ENTERQUEUE||13912345678|1",
        f"{MONDAY + 75}|a|consumer|SIP/9|CONNECT|15|x|3",
        f"{MONDAY + 175}|a|consumer|SIP/9|COMPLETEAGENT|15|100|1",
    )
    call = result.calls.iloc[0]
    assert (len(result.calls), result.accepted) == (1, 5)
    assert (call["line"], call["queued_at"], call["answered_at"]) == ("general", at(0), at(75))


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("TRANSFER", "300|ctx|12|100|1"),
        ("BLINDTRANSFER", "300|ctx|12|100|1"),
        ("ATTENDEDTRANSFER", "BRIDGE|id|12|100|1"),
    ],
)
def test_one_who_is_transferred_into_a_queue_is_a_call_there_too(bring, event: str, data: str) -> None:
    """§97"""
    result = bring(
        *ANSWERED[:3],
        f"{MONDAY + 112}|{MONDAY}.1|general|SIP/8008|{event}|{data}",
        f"{MONDAY + 112}|{MONDAY}.1|consumer|NONE|ENTERQUEUE||13912345678|1",
        f"{MONDAY + 142}|{MONDAY}.1|consumer|NONE|ABANDON|1|1|30",
    )
    calls = result.calls
    assert calls["line"].tolist() == ["general", "consumer"]
    assert calls["outcome"].tolist() == ["answered", "abandoned"]
    assert calls["talk_s"].tolist()[0] == 100
    assert calls["arrived_at"].tolist() == [at(0), at(112)]
    assert calls["caller_key"].iloc[0] == calls["caller_key"].iloc[1]
    assert calls["call"].tolist() == [f"{MONDAY}.1", f"{MONDAY}.1#2"]


def test_a_call_begun_in_an_older_file(bring) -> None:
    """§97, told by its last events: holdtime|calltime, or position|origposition|waittime."""
    result = bring(
        f"{MONDAY + 312}|a|general|SIP/8008|COMPLETECALLER|12|300|1",
        f"{MONDAY + 30}|b|general|NONE|ABANDON|1|1|30",
        f"{MONDAY + 20}|c|general|SIP/7|CONNECT|20|x|4",
        f"{MONDAY + 50}|c|general|SIP/7|COMPLETEAGENT|20|30|1",
    )
    calls = result.calls.set_index("call")
    assert (calls["queued_at"] == at(0)).all()
    assert calls.loc["a", "answered_at"] == at(12)
    assert calls.loc["c", "answered_at"] == at(20)
    assert calls["caller_key"].isna().all()


def test_a_call_that_goes_on_is_left_to_the_next_file(bring) -> None:
    """§97; one that began long before the file's end and never ends is rejected. §98"""
    result = bring(
        f"{MONDAY - 50_000}|old|general|NONE|ENTERQUEUE||1|1",
        *ANSWERED,
        f"{MONDAY + 300}|b|general|NONE|ENTERQUEUE||2|1",
        f"{MONDAY + 305}|b|general|SIP/7|CONNECT|5|x|4",
    )
    assert len(result.calls) == 1
    assert [(r.row, r.code) for r in result.left_out] == [(6, "goes_on"), (7, "goes_on")]
    assert [(r.row, r.code) for r in result.rejected] == [(1, "never_ends")]
    assert holds(result)
    with use_language("en"):
        assert "2026-09-14 08:05:12" in result.left_out[0].reason


def test_what_tells_of_no_call_is_left_out_and_listed(bring) -> None:
    """§98"""
    result = bring(
        f"{MONDAY}|NONE|NONE|NONE|QUEUESTART|",
        f"{MONDAY}|REALTIME|general|SIP/8007|ADDMEMBER|",
        f"{MONDAY}|NONE|general|SIP/8007|PAUSE|lunch",
        f"{MONDAY}|NONE|NONE|NONE|CONFIGRELOAD|",
        *ANSWERED,
        f"{MONDAY}|{MONDAY}.1|general|NONE|DID|12348",
        f"{MONDAY + 1}|{MONDAY}.1|general|SIP/8|RINGCANCELED|1000",
        ANSWERED[2],
        "half a li",
        "yesterday|x|general|NONE|ENTERQUEUE||1|1",
        "",
    )
    assert len(result.calls) == 1
    assert Counter(r.code for r in result.left_out) == {"no_call_event": 4}
    assert [(r.row, r.code) for r in result.rejected] == [(12, "torn"), (13, "bad_time")]
    assert [(r.row, r.code) for r in result.duplicates] == [(11, "duplicate_row")]
    assert (result.rows_read, result.accepted, holds(result)) == (13, 6, True)


def test_queues_are_lines_by_name_or_mapping(bring) -> None:
    """§98: an unknown queue's rows are rejected, each listed."""
    lines = [line.replace("|general|", "|q-100|") for line in ANSWERED]
    with pytest.raises(BadInput, match="none of its 4 rows can be used"):
        bring(*lines)
    assert bring(*lines, queues={"q-100": "consumer"}).calls["line"].tolist() == ["consumer"]
    mixed = bring(*(line.replace(f"|{MONDAY}.1|", "|other|") for line in lines), *ANSWERED)
    assert [(r.row, r.code) for r in mixed.rejected] == [(n, "unknown_queue") for n in (1, 2, 3, 4)]
    skipped = bring(
        *lines,
        *(line.replace(f"|{MONDAY}.1|", "|other|") for line in ANSWERED),
        queues={"q-100": "skip", "general": "general"},
    )
    assert [r.code for r in skipped.left_out] == ["left_out"] * 4
    assert holds(skipped)
    with pytest.raises(BadInput, match="no such line"):
        bring(*ANSWERED, queues={"general": "nonsense"})


def test_no_number_reaches_the_records(bring) -> None:
    """§42: the caller's number becomes a key; one in a member's channel too."""
    result = bring(
        f"{MONDAY}|a|general|NONE|ENTERQUEUE||+86 139 1234 5678|1|Zhang San 13912345678",
        f"{MONDAY + 5}|a|general|Local/13800001111@from-queue/n|CONNECT|5|x|4",
        f"{MONDAY + 9}|a|general|Local/13800001111@from-queue/n|COMPLETEAGENT|5|4|1",
        f"{MONDAY + 10}|b|general|NONE|ENTERQUEUE||13912345678|1",
        f"{MONDAY + 19}|b|general|NONE|ABANDON|1|1|9",
        f"{MONDAY + 30}|c|general|NONE|ENTERQUEUE||anonymous|1",
        f"{MONDAY + 39}|c|general|NONE|ABANDON|1|1|9",
    )
    text = result.calls.to_csv()
    assert "1234" not in text
    assert "13800001111" not in text
    assert "Zhang" not in text
    keys = result.calls["caller_key"]
    assert keys.iloc[0] == keys.iloc[1]
    assert pd.isna(keys.iloc[2])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "log.txt"
    lines = [line.replace("SIP/8008", "王芳") for line in ANSWERED]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    found = detect_layout(path)
    assert found.layout.name == "asterisk-queue-log"
    result = import_queue_log(path, found.recipe, hotline=HOTLINE, key=KEY)
    assert result.calls["agent"].tolist() == ["王芳"]
    assert holds(result)


@dataclass(frozen=True)
class Told:
    """A caller as told, from which the log is written: queues tried in vain, then perhaps an answer, then perhaps a transfer."""

    start: int
    vain: tuple[tuple[str, str, int], ...]
    """Queue, event of leaving it, seconds waited."""
    answer: tuple[str, int, int] | None
    """Queue, seconds waited, seconds talked."""

    @property
    def plain(self) -> bool:
        """Something happens, and no second holds two ways in which it can have happened."""
        if self.vain and self.answer and self.vain[-1][0] == self.answer[0] and self.answer[1] == 0:
            return False
        return bool(self.vain or self.answer)


QUEUES = st.sampled_from(["general", "consumer", "migrant-wages"])
CALLERS = st.lists(
    st.builds(
        Told,
        st.integers(0, 40_000),
        st.lists(
            st.tuples(QUEUES, st.sampled_from(["EXITWITHTIMEOUT", "EXITEMPTY"]), st.integers(1, 50)), max_size=2
        ).map(tuple),
        st.none() | st.tuples(QUEUES, st.integers(0, 40), st.integers(0, 900)),
    ).filter(lambda told: told.plain),
    min_size=1,
    max_size=12,
)


def log_of(told: Told, name: str) -> list[str]:
    now, lines = MONDAY + told.start, []
    for queue, event, wait in told.vain:
        lines.append(f"{now}|{name}|{queue}|NONE|ENTERQUEUE||{name}|1")
        now += wait
        lines.append(f"{now}|{name}|{queue}|NONE|{event}|1|1|{wait}")
    if told.answer:
        queue, wait, talk = told.answer
        lines.append(f"{now}|{name}|{queue}|NONE|ENTERQUEUE||{name}|1")
        now += wait
        lines.append(f"{now}|{name}|{queue}|SIP/1|CONNECT|{wait}|x|0")
        now += talk
        lines.append(f"{now}|{name}|{queue}|SIP/1|COMPLETEAGENT|{wait}|{talk}|1")
    return lines


@given(CALLERS, st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_the_lines_changes_nothing(
    tmp_path: Path, callers: list[Told], rng: random.Random, twice: int
) -> None:
    """§97 and §98: against the callers from whom the log was written."""
    lines = [line for n, told in enumerate(callers) for line in log_of(told, f"c{n}")]
    again = lines[:twice]
    lines += [f"{MONDAY + 50_000}|NONE|NONE|NONE|QUEUESTART|", *again]
    rng.shuffle(lines)
    path = tmp_path / "queue_log"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = import_queue_log(path, QueueLog({}), hotline=HOTLINE, key=KEY)
    assert holds(result)
    assert len(result.duplicates) == len(again)
    assert not result.rejected
    calls = {call["call"]: call for call in result.calls.to_dict("records")}
    assert len(calls) == len(callers)
    for n, told in enumerate(callers):
        call = calls[f"c{n}"]
        waited = sum(wait for _, _, wait in told.vain)
        assert call["queued_at"] == at(told.start)
        assert call["line"] == (told.vain[0][0] if told.vain else told.answer[0])
        if told.answer:
            assert (call["outcome"], call["talk_s"]) == ("answered", told.answer[2])
            assert call["answered_at"] == at(told.start + waited + told.answer[1])
        else:
            assert (call["outcome"], call["ended_at"]) == ("abandoned", at(told.start + waited))
