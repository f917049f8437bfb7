"""Importing foreign files: encodings, Excel, times, and every way in which a row or file can be wrong."""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.i18n import use_language
from wfm.records import import_calls, load_mapping
from wfm.records.mapping import Mapping

KEY = b"a key for these tests only"
HEADER = "来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度"
ROWS = (
    "2026-09-14 08:00:00,2026-09-14 08:00:12,2026-09-14 08:05:12,13912345678,综合咨询专席,1001,接通,满意",
    "2026/9/14 8:01,,2026/9/14 8:02,010-88886666,general,,放弃,",
    "2026年9月14日 8时05分30秒,2026年9月14日 8时06分,2026年9月14日 8时10分,+86 139 1234 5678,consumer,1002,接通,不满意",
)


@pytest.fixture(scope="module")
def hotline():
    return load_hotline(find_hotline("guizhou-12348"))


@pytest.fixture
def bring(tmp_path: Path, hotline):
    """Import a text with the shipped Chinese mapping (or another)."""

    def run(text: str | bytes, mapping: Mapping | str = "chinese-acd", name: str = "calls.csv"):
        path = tmp_path / name
        path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
        recipe = load_mapping(mapping) if isinstance(mapping, str) else mapping
        with use_language("en"):
            return import_calls(path, recipe, hotline=hotline, key=KEY)

    return run


def recipe(columns: dict[str, object], **more: object) -> Mapping:
    return Mapping.model_validate({"columns": columns} | more)


def text_of(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_give_the_same_calls(bring, encoding: str, separator: str) -> None:
    text = text_of(*ROWS).replace(",", separator).replace("\n", "\r\n")
    result = bring(text.encode(encoding))
    assert (result.rows_read, len(result.calls), result.rejected) == (3, 3, [])
    calls = result.calls
    assert calls["line"].tolist() == ["general", "general", "consumer"]
    assert calls["outcome"].tolist() == ["answered", "abandoned", "answered"]
    assert calls["arrived_at"].tolist() == [
        pd.Timestamp("2026-09-14 08:00:00", tz="Asia/Shanghai"),
        pd.Timestamp("2026-09-14 08:01:00", tz="Asia/Shanghai"),
        pd.Timestamp("2026-09-14 08:05:30", tz="Asia/Shanghai"),
    ]
    assert calls["talk_s"].fillna(-1).tolist() == [300, -1, 240]
    assert calls["satisfaction"].fillna("").tolist() == ["satisfied", "", "not_satisfied"]
    # One number in two writings is one caller; another number is another.
    assert calls["caller_key"].iloc[0] == calls["caller_key"].iloc[2] != calls["caller_key"].iloc[1]


def test_characters_beyond_gbk(bring) -> None:
    result = bring(text_of(ROWS[0].replace("1001", "𠮷田1")).encode("gb18030"))
    assert result.calls["agent"].tolist() == ["𠮷田1"]


def test_excel_cells_and_numbers(tmp_path: Path, hotline) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["日期", "时间", "接通时间", "挂机时间", "主叫号码", "专线", "结果", "通话时长"])
    sheet.append(
        [
            date(2026, 9, 14),
            time(8, 0, 5),
            datetime(2026, 9, 14, 8, 0, 10),  # noqa: DTZ001 - a cell knows no zone
            datetime(2026, 9, 14, 8, 3),  # noqa: DTZ001 - a cell knows no zone
            13912345678,
            "general",
            "接通",
            time(0, 2, 50),
        ]
    )
    # 2026-09-14 is day 46279 of Excel's count; 08:00 is a third of a day.
    sheet.append(
        [46279, 1 / 3, 46279 + 8 / 24 + 10 / 86400, 46279 + 8 / 24 + 60 / 86400, "13912345678", "general", "接通", None]
    )
    sheet.append([None] * 8)
    sheet.append(["2026-09-14", "23:59:58", "00:00:07", "00:03:00", "x", "general", "接通", "0:02:53"])
    path = tmp_path / "calls.xlsx"
    book.save(path)
    mapping = recipe(
        {
            "line": "专线",
            "arrived_at": {"date": "日期", "time": "时间"},
            "answered_at": {"from": "接通时间"},
            "ended_at": "挂机时间",
            "outcome": {"from": "结果", "values": {"接通": "answered"}},
            "caller_key": "主叫号码",
            "talk_s": {"from": "通话时长"},
        }
    )
    with use_language("en"):
        result = import_calls(path, mapping, hotline=hotline, key=KEY)
    assert [(r.row, r.code) for r in result.rejected] == [(5, "bad_time")]
    calls = result.calls
    assert [t.isoformat() for t in calls["arrived_at"]] == ["2026-09-14T08:00:00+08:00", "2026-09-14T08:00:05+08:00"]
    assert [t.isoformat() for t in calls["answered_at"]] == ["2026-09-14T08:00:10+08:00"] * 2
    assert calls["talk_s"].tolist() == [50, 170]
    assert len(set(calls["caller_key"])) == 1


def test_clock_times_apart_from_their_date_pass_midnight(bring) -> None:
    mapping = recipe(
        {
            "line": {"default": "general"},
            "arrived_at": {"date": "日期", "time": "来电"},
            "answered_at": {"date": "日期", "time": "接通"},
            "ended_at": {"date": "日期", "time": "挂机"},
        }
    )
    calls = bring("日期,来电,接通,挂机\n20260914,23:59:50,00:00:05,0:04:05\n", mapping).calls
    assert calls["answered_at"].iloc[0] == pd.Timestamp("2026-09-15 00:00:05", tz="Asia/Shanghai")
    assert calls["talk_s"].iloc[0] == 240
    assert calls["arrived_at"].iloc[0].date() == date(2026, 9, 14)


def test_seconds_of_the_day_and_durations(bring) -> None:
    mapping = recipe(
        {
            "call": "id",
            "line": {"from": "q", "values": {"1": "general", "2": "consumer"}},
            "arrived_at": {"date": "day", "seconds": "sec"},
            "ivr_s": {"from": "ivr", "unit": "ms"},
            "wait_s": "wait",
            "talk_s": {"from": "talk", "unit": "min"},
            "wrap_s": "wrap",
            "outcome": {
                "from": "end",
                "rules": [{"when": {"end": "H", "wait": [None, 0]}, "is": "ivr_abandoned"}],
                "values": {"A": "answered", "H": "abandoned", "T": "skip"},
            },
        }
    )
    text = "id,q,day,sec,ivr,wait,talk,wrap,end\na,1,2026-09-14,28800,10500,20,1.5,0:00:30,A\n"
    text += "b,2,2026-09-14,28801,10000,7,,,H\nc,2,2026-09-14,28802,4000,,,,H\nd,1,2026-09-14,28803,0,0,,,T\n"
    result = bring(text, mapping)
    a, b, c = (result.calls.iloc[i] for i in range(3))
    at = pd.Timestamp("2026-09-14 08:00", tz="Asia/Shanghai")
    assert a["queued_at"] == at + pd.Timedelta(seconds=10.5)
    assert a["answered_at"] == at + pd.Timedelta(seconds=30.5)
    assert a["ended_at"] == at + pd.Timedelta(seconds=120.5)
    assert (a["talk_s"], a["wrap_s"]) == (90, 30)
    assert b["outcome"] == "abandoned"
    assert b["ended_at"] == at + pd.Timedelta(seconds=18)
    assert c["outcome"] == "ivr_abandoned"
    assert c["ended_at"] == at + pd.Timedelta(seconds=6)
    assert pd.isna(c["queued_at"])
    assert [(r.row, r.code) for r in result.left_out] == [(5, "left_out")]


@pytest.mark.parametrize(
    ("spec", "cell", "moment"),
    [
        ({"unit": "epoch_s"}, "1789344000", "2026-09-14T08:00:00+08:00"),
        ({"unit": "epoch_ms"}, "1789344000250", "2026-09-14T08:00:00.250000+08:00"),
        ({"unit": "excel_days"}, "46279.5", "2026-09-14T12:00:00+08:00"),
        ({}, "46279.3333333333", "2026-09-14T08:00:00+08:00"),
        ({}, "2026-09-14T00:00:00Z", "2026-09-14T08:00:00+08:00"),
        ({}, "2026-09-14 02:00:00.5+0200", "2026-09-14T08:00:00.500000+08:00"),
        ({}, "20260914080000", "2026-09-14T08:00:00+08:00"),
        ({}, "２０２６－０９－１４ ０８：００：００", "2026-09-14T08:00:00+08:00"),
        ({}, "2026/9/14 下午 2:05", "2026-09-14T14:05:00+08:00"),
        ({}, "2026-9-14 12:05:00 AM", "2026-09-14T00:05:00+08:00"),
        ({}, "2026-09-13 24:00", "2026-09-14T00:00:00+08:00"),
        ({"format": "%d/%m/%Y %H:%M"}, "03/04/2026 08:00", "2026-04-03T08:00:00+08:00"),
        ({"format": ["%d.%m.%y %H:%M", "%Y%m%d-%H%M"]}, "20260403-0800", "2026-04-03T08:00:00+08:00"),
    ],
)
def test_writings_of_a_moment(bring, spec: dict[str, object], cell: str, moment: str) -> None:
    mapping = recipe(
        {"line": {"default": "general"}, "arrived_at": {"from": "t", **spec}, "outcome": {"default": "blocked"}}
    )
    result = bring(f"t,x\n{cell},\n", mapping)
    assert result.calls["arrived_at"].iloc[0].isoformat() == moment


@pytest.mark.parametrize(
    "cell", ["03/04/2026 08:00", "2026-02-30 08:00", "2026-09-14 25:00", "8:00", "12", "99999", "昨天"]
)
def test_moments_that_cannot_be_read_are_rejected_with_the_line(bring, cell: str) -> None:
    mapping = recipe({"line": {"default": "general"}, "arrived_at": "t", "outcome": {"default": "blocked"}})
    result = bring(f"t,x\n2026-09-14 08:00,\n{cell},\n", mapping)
    assert [(r.row, r.code) for r in result.rejected] == [(3, "bad_time")]
    assert len(result.calls) == 1


def test_hours_that_come_twice_or_not_at_all(bring, hotline, tmp_path: Path) -> None:
    mapping = recipe(
        {"line": {"default": "general"}, "arrived_at": "a", "answered_at": "b", "ended_at": "c"},
        time_zone="Asia/Jerusalem",
    )
    text = "a,b,c\n"
    text += "2026-10-25 01:59:50,2026-10-25 01:00:10,2026-10-25 01:05:10\n"  # clocks go back at 02:00
    text += "2026-03-27 02:30:00,2026-03-27 03:00:00,2026-03-27 03:05:00\n"  # clocks skip 02:00 to 03:00
    result = bring(text, mapping)
    call = result.calls.iloc[0]
    assert (call["answered_at"] - call["arrived_at"]).total_seconds() == 20
    assert call["talk_s"] == 300
    assert [(r.row, r.code) for r in result.rejected] == [(3, "bad_time")]


GOOD = ROWS[0]


@pytest.mark.parametrize(
    ("row", "code", "words"),
    [
        (GOOD.replace("综合咨询专席", "劳动专席"), "unknown_line", "unknown line '劳动专席'"),
        (GOOD.replace("接通,满意", "转接,满意"), "unknown_outcome", "unknown outcome '转接'"),
        (GOOD.replace("08:00:12", "07:59:12"), "order", "2026-09-14 07:59:12 lies before"),
        (GOOD.replace("08:05:12", "08:00:02"), "order", "ended_at: 2026-09-14 08:00:02 lies before answered_at"),
        (GOOD.replace("2026-09-14 08:05:12", "2026-09-16 08:05:12"), "too_long", "longer than a day"),
        (GOOD.replace("2026-09-14 08:00:00", ""), "ok", ""),
        (",,2026-09-14 08:00:00,1,general,,放弃,", "no_time", "来电时间 is empty"),
        ("2026-09-14 08:00:00,,,1,general,,接通,", "no_answer_time", "when is not known"),
        ("2026-09-14 08:00:00,,,1,general,,放弃,", "no_end", "when is not known"),
        ("2026-09-14 08:00:00,,2026-09-14", "torn", "3 fields where the column names are 8"),
    ],
)
def test_rows_that_cannot_be_used(bring, row: str, code: str, words: str) -> None:
    result = bring(text_of(GOOD, "", row))
    if code == "ok":
        assert result.rejected == []
        return
    assert [(r.row, r.code) for r in result.rejected] == [(4, code)]
    with use_language("en"):
        assert words in result.rejected[0].reason
    with use_language("zh"):
        assert result.rejected[0].reason
    assert len(result.calls) == 1


def test_negative_and_unreadable_durations(bring) -> None:
    mapping = recipe(
        {
            "line": {"default": "general"},
            "arrived_at": "t",
            "wait_s": "w",
            "talk_s": "d",
            "outcome": {"default": "answered"},
        }
    )
    text = "t,w,d\n2026-09-14 08:00,5,60\n2026-09-14 08:01,-5,60\n2026-09-14 08:02,5,viel\n2026-09-14 08:03,5,-0:10\n"
    result = bring(text, mapping)
    assert [(r.row, r.code, r.column) for r in result.rejected] == [
        (3, "negative", "w"),
        (4, "bad_duration", "d"),
        (5, "negative", "d"),
    ]


def test_clocks_within_the_tolerance_move_up(bring) -> None:
    mapping = recipe(
        {"line": {"default": "general"}, "arrived_at": "a", "answered_at": "b", "ended_at": "c"}, clock_tolerance_s=2
    )
    result = bring(
        "a,b,c\n2026-09-14 08:00:02,2026-09-14 08:00:00,2026-09-14 08:01:00\n2026-09-14 08:00:03,2026-09-14 08:00:00,2026-09-14 08:01:00\n",
        mapping,
    )
    assert [(r.row, r.code) for r in result.rejected] == [(3, "order")]
    assert result.calls["answered_at"].iloc[0] == result.calls["arrived_at"].iloc[0]


def test_line_numbers_count_lines_inside_quotes(bring) -> None:
    text = HEADER + ",备注\n" + GOOD + ',"第一行\n第二行"\n' + GOOD.replace("接通,", "转接,") + ",\n"
    result = bring(text)
    assert [r.row for r in result.rejected] == [4]


def test_the_same_call_twice_counts_once(bring) -> None:
    result = bring(text_of(GOOD, ROWS[1], GOOD))
    assert len(result.calls) == 2
    assert [(r.row, r.found) for r in result.duplicates] == [(2, "4")]
    # Nothing tells two busy calls of one second apart: they are two calls.
    busy = "2026-09-14 08:00:00,,,,general,,遇忙,"
    assert len(bring(text_of(busy, busy)).calls) == 2


def test_calls_have_the_same_name_in_every_export(bring) -> None:
    one = bring(text_of(*ROWS)).calls
    two = bring(text_of(*reversed(ROWS)).encode("gbk"), name="other.csv").calls
    assert one["call"].tolist() == two["call"].tolist()


def test_unknown_answers_are_left_empty_and_counted(bring) -> None:
    result = bring(text_of(GOOD.replace(",满意", ",尚可")))
    assert result.calls["satisfaction"].isna().all()
    assert dict(result.unread) == {("满意度", "尚可"): 1}


def test_an_agent_with_two_calls_at_once_is_told(bring) -> None:
    other = GOOD.replace("08:00:00", "08:01:00").replace("08:00:12", "08:01:12").replace("13912345678", "2")
    assert bring(text_of(GOOD, other)).overlapping == 1
    assert bring(text_of(GOOD, other.replace("1001", "1002"))).overlapping == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "the file is empty"),
        (HEADER + "\n", "holds no rows"),
        (
            text_of(GOOD, header=HEADER.replace("挂机时间", "挂机时刻")),
            "no column '挂机时间' (mapping: ended_at); did you mean '挂机时刻'? The file has:",
        ),
        (text_of(GOOD, header=HEADER.replace("结果", "专线")), "the column '专线' stands 2 times"),
        (b"\x00\x01\x02" * 50, "not a text file"),
        (b"\xff\xfe\xfd" * 50 + b"\x81", "not a text file"),
        (
            text_of("x,,,,general,,接通,"),
            "none of its 1 rows can be used; 1 of them as line 2: 来电时间: 'x' is no time",
        ),
        (text_of(GOOD) + '"2026-09-14', "13"),
    ],
)
def test_files_that_cannot_be_used(bring, text: str | bytes, words: str) -> None:
    if words == "13":
        # An open quotation mark swallows the rest of the file: a torn row, told with its line.
        assert [r.row for r in bring(text).rejected] == [3]
        return
    with pytest.raises(BadInput) as caught, use_language("en"):
        bring(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_file_folder_and_wrong_kind(tmp_path: Path, hotline) -> None:
    (tmp_path / "x.parquet").write_bytes(b"no parquet")
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    for name, words in (
        ("none.csv", "no such file"),
        (".", "is a folder"),
        ("x.parquet", "not a Parquet file"),
        ("x.xlsx", "not an Excel workbook"),
    ):
        with pytest.raises(BadInput, match=words), use_language("en"):
            import_calls(tmp_path / name, load_mapping("chinese-acd"), hotline=hotline, key=KEY)


def test_a_mapping_that_names_what_there_is_not(bring) -> None:
    for columns, words in (
        (
            {"line": {"from": "l", "values": {"a": "generall"}}, "arrived_at": "t"},
            "columns.line: 'generall' is not known",
        ),
        ({"line": "l", "arrived_at": "t", "outcome": {"default": "lost"}}, "columns.outcome: 'lost' is not known"),
        ({"arrived_at": "t"}, "columns.line is missing"),
    ):
        with pytest.raises(BadInput) as caught, use_language("en"):
            bring("l,t\na,2026-09-14\n", recipe(columns))
        assert words in str(caught.value)


def test_content_hash_follows_file_and_mapping(bring) -> None:
    one, same = bring(text_of(GOOD)), bring(text_of(GOOD), name="copy.csv")
    assert one.content_hash == same.content_hash
    other = load_mapping("chinese-acd").model_copy(update={"clock_tolerance_s": 3.0})
    changed = bring(text_of(GOOD), other)
    assert changed.content_hash != one.content_hash
    assert changed.source_hash == one.source_hash
