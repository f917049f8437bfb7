"""Calendars: read by a parser written here from RFC 5545, and by the icalendar library."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest

from scheduler.ical import cancelled_calendar, duties_of_line, duty_uid, roster_calendar
from wfm.errors import BadInput
from wfm.hotline import Agent, Group
from wfm.i18n import Text, use_language

MADE = datetime(2026, 9, 1, 9, 30, 15, tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    """Content lines, RFC 5545 section 3.1: CRLF ends, a line that begins with a blank continues the one before."""
    assert content.endswith(b"\r\n")
    physical = content.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(line) <= 75 for line in physical)
    assert not any(b"\n" in line or b"\r" in line for line in physical)
    whole: list[bytes] = []
    for line in physical:
        if line[:1] in (b" ", b"\t"):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    return [line.decode("utf-8") for line in whole]


def text_value(raw: str) -> str:
    """TEXT, RFC 5545 section 3.3.11: the escapes \\\\ \\; \\, \\n."""
    return re.sub(r"\\([\\;,nN])", lambda m: "\n" if m[1] in "nN" else m[1], raw)


def events_of(content: bytes) -> tuple[dict[str, str], list[dict[str, str]], list[str]]:
    """Properties of the calendar, of each event (by name with parameters), and the names of all components."""
    head: dict[str, str] = {}
    events: list[dict[str, str]] = []
    stack: list[str] = []
    names = []
    for line in unfolded(content):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append(value)
            names.append(value)
            if value == "VEVENT":
                events.append({})
        elif name == "END":
            assert stack.pop() == value
        elif stack[-1] == "VEVENT":
            assert name not in events[-1]
            events[-1][name] = value
        elif stack == ["VCALENDAR"]:
            head[name] = value
    assert stack == []
    return head, events, names


@pytest.fixture
def hotline(make):
    return make.hotline(name=Text("Line, one; two\\three", "一号线，二号；三"))


@pytest.fixture
def duties(make, hotline):
    return make.duties(hotline, [("a0", 0, "day", "A"), ("a1", 0, "day", "B"), ("a0", 1, "night", "A")])


@pytest.fixture
def agents(make):
    return make.agents(3)


def calendar(hotline, agents, duties, **more):
    return roster_calendar(hotline, agents, duties, **{"version": 1, "made_at": MADE, **more})


def test_an_event_has_the_times_of_the_duty_and_the_zone_is_defined(hotline, agents, duties):
    head, events, names = events_of(calendar(hotline, agents, duties, person="a0"))
    assert (head["VERSION"], head["METHOD"]) == ("2.0", "PUBLISH")
    assert names.count("VTIMEZONE") == 1
    assert [e["DTSTART;TZID=Asia/Shanghai"] for e in events] == ["20260914T080000", "20260915T000000"]
    assert [e["DTEND;TZID=Asia/Shanghai"] for e in events] == ["20260914T160000", "20260915T080000"]
    assert {e["DTSTAMP"] for e in events} == {"20260901T093015Z"}
    assert {e["SEQUENCE"] for e in events} == {"1"}
    assert {e["STATUS"] for e in events} == {"CONFIRMED"}


def test_texts_are_escaped_and_come_back(hotline, agents, duties):
    with use_language("en"):
        content = calendar(hotline, agents, duties)
    _, events, _ = events_of(content)
    assert text_value(events[0]["LOCATION"]) == "Line, one; two\\three"
    assert events[0]["LOCATION"] == "Line\\, one\\; two\\\\three"
    assert text_value(events[0]["DESCRIPTION"]).split("\n")[0] == "Role: A, answers"
    library = icalendar.Calendar.from_ical(content)
    assert next(str(e["LOCATION"]) for e in library.walk("VEVENT")) == "Line, one; two\\three"


def test_long_chinese_lines_fold_between_characters(make, agents):
    long = "值" * 60
    hotline = make.hotline(name=Text(long, long), groups=(Group(id="all", name=Text(long, long), lines=("general",)),))
    duties = make.duties(hotline, [("a0", 0, "day", "A")])
    with use_language("zh"):
        content = calendar(hotline, agents, duties)
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        line.decode("utf-8")  # no character is cut in two
    _, events, _ = events_of(content)
    assert text_value(events[0]["LOCATION"]) == long


def test_the_role_and_remote_duty_are_said_in_both_languages(hotline, agents, duties):
    remote = duties.assign(remote=duties["role"] == "B")
    for language, role, place in (
        ("en", "B, stands by", "away from the centre"),
        ("zh", "B岗，备勤", "远程（不到中心）"),
    ):
        with use_language(language):
            _, events, _ = events_of(calendar(hotline, agents, remote, person="a1"))
        said = text_value(events[0]["DESCRIPTION"])
        assert role in said
        assert place in said
        assert events[0]["TRANSP"] == "TRANSPARENT"


def test_names_stand_in_a_lines_calendar_and_not_in_ones_own(hotline, duties):
    agents = [Agent(id="a0", name="李律师", lines=("general",)), Agent(id="a1", name="王律师", lines=("general",))]
    _, everybody, _ = events_of(calendar(hotline, agents, duties_of_line(hotline, duties, "general")))
    assert [text_value(e["SUMMARY"]).split(":")[0] for e in everybody] == ["李律师", "王律师", "李律师"]
    _, own, _ = events_of(calendar(hotline, agents, duties, person="a0"))
    assert not any("李律师" in value for event in own for value in event.values())


def test_no_number_of_the_hotline_or_person_stands_in_the_uid(hotline, agents, duties):
    _, events, _ = events_of(calendar(hotline, agents, duties))
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}@hotline-wfm", e["UID"]) for e in events)


def test_a_duty_keeps_its_uid_and_counts_its_sequence(hotline, agents, duties):
    first = events_of(calendar(hotline, agents, duties, version=1))[1]
    shuffled = duties.sample(frac=1, random_state=3)
    later = events_of(calendar(hotline, agents, shuffled, version=7))[1]
    assert [e["UID"] for e in first] == [e["UID"] for e in later]
    assert {e["SEQUENCE"] for e in later} == {"7"}
    assert len({e["UID"] for e in first}) == len(duties)
    keys = [
        ("h", "p", "a", "A"),
        ("h", "p", "a", "B"),
        ("h", "p", "b", "A"),
        ("g", "p", "a", "A"),
        ("h", "pa", "", "A"),
    ]
    assert len({duty_uid(*key) for key in keys}) == len(keys)


def test_a_duty_no_longer_there_is_cancelled_under_its_old_uid(hotline, agents, duties):
    after = duties[duties["role"] == "A"]
    old = {e["UID"] for e in events_of(calendar(hotline, agents, duties))[1]}
    _, events, _ = events_of(calendar(hotline, agents, after, version=2, before=duties))
    states = {e["UID"]: e["STATUS"] for e in events}
    assert set(states) == old
    assert sorted(states.values()) == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
    gone = cancelled_calendar(hotline, agents, after, duties, version=2, made_at=MADE)
    assert gone is not None
    head, cancelled, _ = events_of(gone)
    assert head["METHOD"] == "CANCEL"
    assert [e["STATUS"] for e in cancelled] == ["CANCELLED"]
    assert {e["UID"] for e in cancelled} == {uid for uid, state in states.items() if state == "CANCELLED"}
    assert {e["SEQUENCE"] for e in cancelled} == {"2"}
    assert cancelled_calendar(hotline, agents, duties, duties, version=2, made_at=MADE) is None


def test_summer_time_gives_the_true_times(make):
    hotline = make.hotline(time_zone="Europe/Berlin")
    # The night of 25 October 2026 repeats the hour from 2 to 3: it lasts nine hours.
    duties = make.duties(hotline, [("a0", 0, "night", "A")], first=date(2026, 10, 25))
    parsed = icalendar.Calendar.from_ical(calendar(hotline, make.agents(1), duties))
    zones = parsed.walk("VTIMEZONE")
    assert len(zones) == 1
    assert {c.name for c in zones[0].subcomponents} >= {"STANDARD", "DAYLIGHT"}
    event = parsed.walk("VEVENT")[0]
    begin, end = event.decoded("DTSTART"), event.decoded("DTEND")
    assert (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds() == 9 * 3600
    assert begin.astimezone(ZoneInfo("Europe/Berlin")).hour == 0


def test_an_empty_calendar_is_a_calendar(hotline, agents, duties):
    head, events, _ = events_of(calendar(hotline, agents, duties, person="a2"))
    assert (head["METHOD"], events) == ("PUBLISH", [])


def test_unknown_people_and_lines_are_one_sentence(hotline, agents, duties):
    with pytest.raises(BadInput, match="no agent 'a9' in this roster"):
        calendar(hotline, agents, duties, person="a9")
    with pytest.raises(BadInput, match="no line or group 'wage'; known: general, all"):
        duties_of_line(hotline, duties, "wage")
