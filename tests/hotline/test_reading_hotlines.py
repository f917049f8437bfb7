"""Reading hotline.yaml: what is read rightly, and every mistake in one sentence with its place."""

from __future__ import annotations

import pytest
from ruamel.yaml.constructor import BaseConstructor

from wfm.errors import BadInput
from wfm.hotline import Hotline, load_hotline
from wfm.i18n import use_language


def mistake(folder) -> str:
    with pytest.raises(BadInput) as caught:
        load_hotline(folder)
    return str(caught.value)


def test_reads_a_folder_and_a_file(write_hotline, hotline_text):
    folder = write_hotline(hotline_text)
    hotline = load_hotline(folder)
    assert hotline == load_hotline(folder / "hotline.yaml") == load_hotline(str(folder))
    assert hotline.number == "12345"
    assert hotline.shifts[0].start == "08:00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_reads_what_chinese_editors_write(write_hotline, hotline_text, encoding, newline):
    folder = write_hotline(hotline_text.replace("\n", newline).encode(encoding))
    assert load_hotline(folder).lines[0].name.zh == "综合"


def test_yaml_1_2_keeps_times_and_words(write_hotline, hotline_text):
    """A YAML 1.1 reader turns 22:30 into 1350 and no into false."""
    text = hotline_text.replace("end: 20:00", "end: 22:30").replace("{en: Small, zh: 小}", "{en: no, zh: 否}")
    hotline = load_hotline(write_hotline(text))
    assert hotline.shifts[0].end == "22:30"
    assert hotline.name.en == "no"


CASES = [
    # (find, replace by, expected message)
    (
        "talk_s: 180",
        "talk_s: -180",
        "hotline.yaml:10:7: lines.0.handling.talk_s: should be greater than 0 (found -180)",
    ),
    ("talk_s: 180", "tolk_s: 180", "hotline.yaml:10:7: lines.0.handling.tolk_s: unknown key; did you mean talk_s?"),
    ("talk_s: 180", "talk_s: '180'", "should be a number (found '180')"),
    ("talk_s: 180", "talk_s: true", "should be a number (found true)"),
    ("talk_s: 180", "talk_s: .nan", "should be a finite number (found nan)"),
    ("talk_s: 180", "talk_s:", "hotline.yaml:10:7: lines.0.handling.talk_s: should be a number (found nothing)"),
    ('"12345"', "12345", "hotline.yaml:2:1: number: should be text: put it in quotes (found 12345)"),
    ("employee: true", "employee: 1", "contracts.0.employee: should be true or false (found 1)"),
    ("built: 10", "built: 4", "hotline.yaml:4:19: seats.opened: must not exceed the seats built (4), found 5"),
    ("built: 10", "built: 1.5", "hotline.yaml:4:9: seats.built: should be a whole number (found 1.5)"),
    ("end: 20:00", "end: 25:00", "should be a time of day from 00:00 to 24:00, as HH:MM (found '25:00')"),
    (
        "lines: [general]",
        "lines: [general, gneral]",
        "hotline.yaml:15:22: groups.0.lines.1: group all: unknown line 'gneral'; known: general",
    ),
    ("id: general", "id: General", "hotline.yaml:6:5: lines.0.id: should be an identifier"),
    ("zh: 综合", "zh: 综合, de: Allgemein", "hotline.yaml:7:33: lines.0.name.de: unknown key"),
    (", zh: 综合", "", "hotline.yaml:7:5: lines.0.name.zh: is missing"),
    ("name: {en: General, zh: 综合}", "name: General", "should be a text in both languages"),
    ("lines: [general]", "lines: general", "hotline.yaml:15:5: groups.0.lines: should be a list (found 'general')"),
    ("lines: [general]", "lines: []", "hotline.yaml:15:5: groups.0.lines: should hold at least 1 entries"),
    (
        "{calls_per_day: 100}",
        "{calls_per_day: 100, profile: sharp}",
        "hotline.yaml:8:34: lines.0.demand.profile: should be one of office, round-the-clock, two-peaks, flat",
    ),
    (
        "{calls_per_day: 100}",
        "{calls_per_day: 100, profile: [1, 2]}",
        "hotline.yaml:8:34: lines.0.demand.profile: needs 24 hourly weights, found 2",
    ),
    (
        "{calls_per_day: 100}",
        "{calls_per_day: 100, profile: [1, x]}",
        "hotline.yaml:8:47: lines.0.demand.profile.1: should be a number (found 'x')",
    ),
    ("id: small", "id: small\nseets: 3", "hotline.yaml:2:1: seets: unknown key; did you mean seats?"),
    ("id: small", "id: small\ntalk_s: 3", "unknown key"),
    ("    patience:", "    talk_s: 3\n    patience:", "lines.0.talk_s: unknown key; did you mean handling.talk_s?"),
    ("id: small\n", "", "hotline.yaml:1:1: id: is missing"),
    (
        "id: small",
        "id: small\ntime_zone: Asia/Shangai",
        "time_zone: unknown time zone 'Asia/Shangai'; did you mean Asia/Shanghai?",
    ),
    ("id: small", "id: small\ninterval_min: 45", "interval_min: should be one of 5, 6, 10, 15, 20, 30, 60 (found 45)"),
    ("id: small", "id: small\nstandard: GB/T1", "hotline.yaml:2:1: standard: no standard 'GB/T1'; known: "),
    (
        "id: small",
        "id: small\ntargets: [{target: nothing}]",
        "hotline.yaml:2:12: targets.0.target: GB/T33358 has no target 'nothing'; known: mean-answer-time",
    ),
    (
        "id: small",
        "id: small\ntargets: [{target: connection-rate, kpi: connection_rate}]",
        "targets.0.kpi: no KPI 'connection_rate'",
    ),
    (
        "id: small",
        "id: small\ncalendar: {country: ZZ}",
        "hotline.yaml:2:12: calendar.country: the holidays of ZZ are not known",
    ),
    (
        "id: small",
        "id: small\nopening: {weekday: [20:00, 08:00]}",
        "hotline.yaml:2:11: opening.weekday: opening 20:00 must come before closing 08:00",
    ),
    (
        "id: small",
        "id: small\ncalendar: {days: [{date: soon, kind: holiday}]}",
        "hotline.yaml:2:20: calendar.days.0.date: should be a date, as 2026-09-20 (found 'soon')",
    ),
    (
        "id: small",
        "id: small\nivr: {self_service_share: 0.8, hang_up_share: 0.3}",
        "ivr.self_service_share: self_service_share and",
    ),
    (
        "    lines: [general]",
        "    lines: [general]\n    to: 18:00",
        "no group serves it at 18:00, though the hotline is open",
    ),
    (
        "contracts:",
        "  - {id: two, name: {en: B, zh: 乙}, lines: [general]}\ncontracts:",
        "hotline.yaml:16:5: groups.1: line general: both all and two serve it at 00:00",
    ),
    (
        "end: 20:00}",
        "end: 20:00, breaks: [{after_min: 100, length_min: 60}, {after_min: 130, length_min: 10}]}",
        "shifts.0.breaks.1: starts 130 min into the shift, before the break above ends (160 min)",
    ),
    (
        "end: 20:00}",
        "end: 20:00, breaks: [{after_min: 700, length_min: 60}]}",
        "shifts.0.breaks.0: ends 760 min into the shift, which lasts 720 min",
    ),
    (
        "end: 20:00}",
        "end: 20:00}\n  - {id: day, name: {en: x, zh: x}, short: {en: x, zh: x}, start: 08:00, end: 09:00}",
        "hotline.yaml:20:6: shifts.1.id: the id 'day' stands twice",
    ),
    (
        "id: small",
        "id: small\nsources: [{paths: [seats.built], kind: assumed}]",
        "sources.0: an assumed number needs its reason (why)",
    ),
]


@pytest.mark.parametrize(("find", "put", "expected"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_each_mistake_is_named_with_its_place(write_hotline, hotline_text, find, put, expected):
    assert find in hotline_text
    message = mistake(write_hotline(hotline_text.replace(find, put, 1)))
    assert expected in message
    assert message.startswith("hotline.yaml:")
    assert "\n" not in message
    assert "pydantic" not in message
    assert "Value error" not in message


@pytest.mark.parametrize(("find", "put", "expected"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_each_mistake_is_said_in_chinese_at_the_same_place(write_hotline, hotline_text, find, put, expected):
    folder = write_hotline(hotline_text.replace(find, put, 1))
    english = mistake(folder)
    with use_language("zh"):
        chinese = mistake(folder)
    assert chinese != english
    assert any("一" <= letter <= "鿿" for letter in chinese)
    assert chinese.split(" ")[0] == english.split(" ")[0]


def test_several_mistakes_stand_on_a_line_each_in_the_order_of_the_file(write_hotline, hotline_text):
    text = (
        hotline_text.replace("talk_s: 180", "talk_s: 0")
        .replace("opened: 5", "opened: 0")
        .replace("mean_s: 240", "meen_s: 1")
    )
    lines = mistake(write_hotline(text)).split("\n")
    assert [line.split(":")[1] for line in lines] == ["4", "10", "11"]
    assert "seats.opened" in lines[0]
    assert "handling.talk_s" in lines[1]


def test_a_flood_of_mistakes_is_cut(write_hotline, hotline_text):
    text = hotline_text + "".join(f"unknown_{n}: 1\n" for n in range(50))
    lines = mistake(write_hotline(text)).split("\n")
    assert len(lines) == 21
    assert lines[-1] == "… and 30 more"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\nid: b\n", "hotline.yaml:2:1: the key id stands twice"),
        ("id:\n\t- b\n", "hotline.yaml:2:1: a tab stands here; YAML indents with spaces"),
        ("id: [1,\nb: 2", "a bracket is not closed"),
        ("id: 'x\nb: 1", "hotline.yaml:1:5: this is not YAML: a quotation mark is not closed"),
        ("id: b: c", "hotline.yaml:1:6: this is not YAML: a colon stands where none may"),
        ("- a\nb: 1", "the indentation does not fit"),
        ("id: *x", "has no anchor"),
        ("id: @x", "must not begin with this character"),
        ("id: !!python/object:os.system 1", "tags (!…) are not read"),
        ("id: 1\n---\nid: 2", "a second document"),
        ("id: \x01", "hotline.yaml:1:5: a character that YAML does not allow"),
        ("id: {a: 1}}", "this is not YAML"),
        ("%YAML 1.1\n---\nid: no", "hotline.yaml:1:1: only YAML 1.2 is read"),
        ("id: 2026-02-30", "hotline.yaml:1:5: there is no such date or number: 2026-02-30"),
        ("", "found nothing"),
        ("# only a comment\n", "found nothing"),
        ("- a\n- b\n", "found a list"),
        ("hello\n", "found a single value"),
        ("id: &a [*a]", "this value contains itself"),
        ("id: " + "[" * 1000 + "]" * 1000, "nested too deeply"),
    ],
)
def test_what_is_not_yaml_says_where(write_hotline, text, expected):
    message = mistake(write_hotline(text))
    assert expected in message
    assert "\n" not in message
    with use_language("zh"):
        assert mistake(write_hotline(text)) != message


def test_a_bomb_of_aliases_is_harmless(write_hotline, monkeypatch):
    """It is refused by its size, before a single value of it is made."""
    made = []
    monkeypatch.setattr(BaseConstructor, "construct_document", lambda _self, root: made.append(root))
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for n in range(1, 30):
        lines.append(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]")
    assert "once its aliases are written out" in mistake(write_hotline("\n".join(lines)))
    assert made == []


def test_a_few_aliases_are_fine(write_hotline, hotline_text):
    text = (
        hotline_text.replace("{mean_s: 240}", "&p {mean_s: 240}")
        .replace(
            "groups:",
            "  - {id: two, name: {en: B, zh: 乙}, demand: {calls_per_day: 1}, handling: {talk_s: 9}, patience: *p}\ngroups:",
        )
        .replace("[general]", "[general, two]")
    )
    assert load_hotline(write_hotline(text)).lines[1].patience.mean_s == 240


def test_missing_and_unreadable_files(tmp_path, write_hotline):
    assert "there is no such file or folder" in mistake(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no hotline.yaml" in mistake(empty)
    assert "UTF-8 or GBK" in mistake(write_hotline(b"id: \xff\xff\x00\x01"))
    assert "bytes are read" in mistake(write_hotline(b"#" * 2_000_001))


def test_a_hotline_survives_being_written_as_json(write_hotline, hotline_text):
    hotline = load_hotline(write_hotline(hotline_text))
    assert Hotline.model_validate_json(hotline.model_dump_json(by_alias=True), strict=True) == hotline
