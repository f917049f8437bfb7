"""Interval records of each telephone system, laid out as its documentation says, and a plain table; found by their heads."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.hotline import find_hotline, load_hotline
from wfm.i18n import use_language
from wfm.records import FeedMapping, LayoutSettings, detect_layout, import_feed
from wfm.records.layouts import LAYOUTS, recipe_of

HOTLINE = load_hotline(find_hotline("guizhou-12348"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
LINES = {"1": "general", "2": "consumer", "skip me": "skip"}


def bring(path: Path, text: str | bytes, layout: str = "", hotline=HOTLINE, **more):
    """Import a text by its layout, found or named."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found = detect_layout(path)
    settings_ = LayoutSettings(layout=layout or found.layout.name, **more)
    with use_language("en"):
        return import_feed(path, recipe_of(path, settings_).recipe, hotline=hotline)


def cell(result, line: str, clock: str, column: str) -> float:
    """A count of one line and local time, the queues of the line added up."""
    cells = result.cells
    here = (cells["line"] == line) & (cells["interval"] == pd.Timestamp(clock, tz="Asia/Shanghai"))
    return cells.loc[here, column].sum(min_count=1)


def holds(result) -> bool:
    """Rows read are rows accepted, rejected, left out and duplicates."""
    parts = (result.accepted, len(result.rejected), len(result.left_out), len(result.duplicates))
    return result.rows_read == sum(parts)


# As documented ----------------------------------------------------------------------------------


def test_genesys_cloud(tmp_path: Path) -> None:
    """§94: UTC, queue × skills; skills in another order are the same queue. §98: other media are left out and listed."""
    text = (
        "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time\n"
        "2020-02-26T00:00:00Z,Example Queue A,Voice,forecasting|||scheduling|||recording,Spanish,16,6,1800\n"
        "2020-02-26T00:15:00Z,Example Queue B,Chat,analytics,French,14,7,6\n"
        "2020-02-26T00:30:00.000Z,Example Queue A,Voice,scheduling|||forecasting|||recording,Spanish,16,6,1200\n"
        "2020-02-26T00:30:00Z,Example Queue A,Voice,analytics,,3,3,90\n"
    )
    lines = {"Example Queue A": "general", "Example Queue A|||analytics": "consumer"}
    result = bring(tmp_path / "export.csv", text, lines=lines)
    assert detect_layout(tmp_path / "export.csv").layout.name == "genesys-cloud"
    assert (result.interval_min, result.accepted, holds(result)) == (15, 3, True)
    assert cell(result, "general", "2020-02-26 08:00", "offered") == 16
    assert cell(result, "general", "2020-02-26 08:30", "handle_s") == 1200
    assert cell(result, "consumer", "2020-02-26 08:30", "answered") == 3
    assert [(r.row, r.code) for r in result.left_out] == [(3, "left_out")]
    assert result.known == ("offered", "queued", "answered", "handle_s")
    assert "abandoned" in result.not_known


def test_avaya_hsplit(tmp_path: Path) -> None:
    """§94: starttime 15 is 00:15; anstime sums the answer times. §95: what the table does not tell is not there."""
    text = (
        "row_date,starttime,intrvl,acd,split,callsoffered,acdcalls,abncalls,acdtime,anstime,abntime,acwtime,holdtime,acceptable\n"
        "09/14/2026,15,15,1,1,3,2,1,600,20,30,60,12,2\n"
        "09/14/2026,815,15,1,1,13,11,2,2600,120,50,260,0,9\n"
        "09/14/2026,2345,15,1,2,1,1,0,300,4,0,30,0,1\n"
    )
    result = bring(tmp_path / "hsplit.csv", text, lines=LINES, acceptable_s=20)
    assert (detect_layout(tmp_path / "hsplit.csv").layout.name, result.interval_min) == ("avaya-hsplit", 15)
    assert cell(result, "general", "2026-09-14 00:15", "wait_answered_s") == 20
    assert cell(result, "general", "2026-09-14 00:15", "wait_all_s") == 50
    assert cell(result, "general", "2026-09-14 00:15", "handle_s") == 600 + 12 + 60
    assert cell(result, "general", "2026-09-14 08:15", "abandoned") == 2
    assert cell(result, "general", "2026-09-14 08:15", "answered_within_20_s") == 9
    assert cell(result, "consumer", "2026-09-14 23:45", "offered") == 1
    short = "\n".join(
        ",".join(line.split(",")[i] for i in (0, 1, 4, 5, 6, 7, 8, 9, 11)) for line in text.split("\n")[:-1]
    )
    without = bring(tmp_path / "less.csv", short, lines=LINES)
    assert cell(without, "general", "2026-09-14 00:15", "handle_s") == 660
    assert {"wait_all_s", "answered_within_20_s", "short_abandoned", "seats_staffed"} <= set(without.not_known)


def test_avaya_dates_day_first_need_saying_so(tmp_path: Path) -> None:
    """§98: rows that cannot be read are rejected, not guessed."""
    text = "row_date|starttime|split|callsoffered|acdcalls\n14/09/2026|0|1|3|2\n14/09/2026|30|1|3|2\n"
    with pytest.raises(BadInput, match=r"none of its 2 rows can be used.*14/09/2026"):
        bring(tmp_path / "a.txt", text, lines=LINES)
    result = bring(tmp_path / "a.txt", text, lines=LINES, date_format="%d/%m/%Y")
    assert cell(result, "general", "2026-09-14 00:30", "offered") == 3


@pytest.mark.parametrize("unit", ["ms", "s", "written"])
def test_huawei_skills(tmp_path: Path, unit: str) -> None:
    """§94: five minutes, statStartTime in milliseconds since 1970."""
    start = datetime(2026, 9, 14, 8, 0, tzinfo=SHANGHAI)

    def time(minutes: int) -> str:
        moment = start + timedelta(minutes=minutes)
        if unit == "written":
            return moment.strftime("%Y-%m-%d %H:%M:%S")
        return str(round(moment.timestamp()) * (1000 if unit == "ms" else 1))

    text = "skillId,statStartTime,inCallNum,connectedNum,callLostNum,in15sCallNum,wait15sLostNum,in20sCallNum\n"
    text += f"1,{time(0)},4,3,1,2,1,3\n1,{time(5)},0,0,0,0,0,0\n2,{time(10)},7,7,0,7,0,7\n"
    result = bring(tmp_path / "skills.csv", text, lines=LINES)
    assert (detect_layout(tmp_path / "skills.csv").layout.name, result.interval_min) == ("huawei-skills", 5)
    assert cell(result, "general", "2026-09-14 08:00", "answered_within_15_s") == 2
    assert cell(result, "general", "2026-09-14 08:05", "offered") == 0
    assert cell(result, "consumer", "2026-09-14 08:10", "abandoned") == 0
    assert result.idle_rows
    assert {"handle_s", "wait_answered_s", "answered_within_30_s"} <= set(result.not_known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_chinese_table_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    """§95: a mean over no call adds nothing; §98: totals are left out and listed."""
    text = (
        "话务统计报表（2026年9月）,,,,,,\n"
        "日期,时段,专线,呼入量,接通量,放弃量,平均处理时长\n"
        "2026年9月14日,08:00-08:30,综合咨询专席,\"1,012\",11,1,0:03:20\n"
        "2026/9/14,8:30~9:00,综合咨询专席,0,0,0,-\n"
        "合计,,,1012,11,1,\n"
    )  # fmt: skip
    result = bring(tmp_path / "表.csv", text.replace("\n", "\r\n").encode(encoding))
    assert cell(result, "general", "2026-09-14 08:00", "offered") == 1012
    assert cell(result, "general", "2026-09-14 08:00", "handle_s") == 11 * 200
    assert cell(result, "general", "2026-09-14 08:30", "handle_s") == 0
    assert [(r.row, r.code) for r in result.left_out] == [(5, "total_row")]
    assert (result.rejected, holds(result), result.interval_min) == ([], True, 30)


def test_excel_and_parquet(tmp_path: Path) -> None:
    """§94: Excel's dates, and moments with a zone."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["时段", "专线", "呼入量", "接通量"])
    sheet.append([datetime(2026, 9, 14, 8, 0), "general", 12, 11])  # noqa: DTZ001 - a cell knows no zone
    sheet.append([46279 + 8.5 / 24, "general", 7, 7])
    book.save(tmp_path / "t.xlsx")
    (tmp_path / "t.dat").write_bytes((tmp_path / "t.xlsx").read_bytes())
    frame = pd.DataFrame(
        {
            "interval": pd.to_datetime(["2026-09-14 00:00", "2026-09-14 00:30"], utc=True),
            "line": ["general", "general"],
            "offered": [12, 7],
            "answered": [11, 7],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    for name in ("t.xlsx", "t.dat", "t.parquet"):
        recipe = detect_layout(tmp_path / name).recipe
        result = import_feed(tmp_path / name, recipe, hotline=HOTLINE)
        assert cell(result, "general", "2026-09-14 08:00", "offered") == 12
        assert cell(result, "general", "2026-09-14 08:30", "answered") == 7


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    """§94 and §95: sums of columns, units, a mean, values that mean empty, rows that count."""
    path = tmp_path / "own.csv"
    path.write_text(
        "wann;wo;art;kommen;ja;sprechen;nach;warten\n"
        "14.09.2026 08:00;A;ruf;10;9;30;1;12\n"
        "14.09.2026 08:15;A;ruf;5;5;20;n/a;4\n"
        "14.09.2026 08:15;A;post;50;50;0;0;0\n",
        encoding="utf-8",
    )
    mapping = FeedMapping.model_validate(
        {
            "level": "intervals",
            "lines": {"A": "general"},
            "keep": {"art": "ruf"},
            "columns": {
                "interval": {"from": "wann", "format": "%d.%m.%Y %H:%M"},
                "line": "wo",
                "offered": "kommen",
                "answered": "ja",
                "handle_s": {"from": ["sprechen", "nach"], "unit": "min", "empty": ["n/a"]},
                "wait_answered_s": {"from": "warten", "mean_of": "answered"},
            },
        }
    )
    result = import_feed(path, mapping, hotline=HOTLINE)
    assert (result.interval_min, result.accepted, len(result.left_out)) == (15, 2, 1)
    assert cell(result, "general", "2026-09-14 08:00", "handle_s") == 31 * 60
    assert pd.isna(cell(result, "general", "2026-09-14 08:15", "handle_s"))
    assert cell(result, "general", "2026-09-14 08:00", "wait_answered_s") == 108
    with pytest.raises(ValueError, match="at least one of offered"):
        FeedMapping.model_validate({"level": "intervals", "columns": {"interval": "a", "answered": "b"}})


# Clocks ------------------------------------------------------------------------------------------


def test_an_hour_that_comes_twice_and_one_that_is_skipped(tmp_path: Path) -> None:
    """§94, in a zone that keeps summer time: New York on 1 November and 8 March 2026."""
    there = HOTLINE.model_copy(update={"time_zone": "America/New_York"})
    rows = [
        "timestamp,line,offered",
        *("2026-11-01 00:30,general,1", "2026-11-01 01:00,general,2", "2026-11-01 01:30,general,3"),
        *("2026-11-01 01:00,general,4", "2026-11-01 01:30,general,5", "2026-11-01 02:00,general,6"),
    ]
    result = bring(tmp_path / "a.csv", "\n".join(rows), hotline=there)
    starts = result.cells.set_index("offered")["interval"].dt.tz_convert("UTC").dt.strftime("%H:%M").to_dict()
    assert starts == {1: "04:30", 2: "05:00", 3: "05:30", 4: "06:00", 5: "06:30", 6: "07:00"}
    assert not result.duplicates
    spring = (
        "timestamp,line,offered\n2026-03-08 01:30,general,1\n2026-03-08 02:30,general,2\n2026-03-08 03:00,general,3\n"
    )
    skipped = bring(tmp_path / "b.csv", spring, hotline=there)
    assert [(r.row, r.code) for r in skipped.rejected] == [(3, "bad_time")]
    utc = bring(tmp_path / "c.csv", spring, hotline=there, time_zone="UTC")
    assert utc.cells["interval"].dt.strftime("%d %H:%M").tolist() == ["07 20:30", "07 21:30", "07 22:00"]


@pytest.mark.parametrize(
    ("step", "words"),
    [(60, "longer than the 30 of guizhou-12348"), (20, "do not add up to the 30 of guizhou-12348")],
)
def test_a_grid_that_the_feed_does_not_fit_is_refused(tmp_path: Path, step: int, words: str) -> None:
    """§94"""
    times = [datetime(2026, 9, 14, tzinfo=UTC) + timedelta(minutes=step * n) for n in range(20)]
    text = "timestamp,line,offered\n" + "".join(f"{t:%Y-%m-%d %H:%M},general,1\n" for t in times)
    with pytest.raises(BadInput, match=words):
        bring(tmp_path / "a.csv", text)


def test_every_row_that_is_not_used_is_listed_with_its_reason(tmp_path: Path) -> None:
    """§98"""
    text = (
        "skillId,statStartTime,inCallNum,connectedNum,callLostNum\n"
        "1,2026-09-14 08:00:00,4,3,1\n"
        "9,2026-09-14 08:00:00,4,3,1\n"
        "1,2026-09-14 08:05:00,four,3,1\n"
        "1,2026-09-14 08:10:00,-4,3,1\n"
        "1,2026-09-14 08:17:00,4,3,1\n"
        "1,,4,3,1\n"
        "1,soon,4,3,1\n"
        "1,2026-09-14 08:20:00,,3,1\n"
        "1,2026-09-14 08:25:00,4,3\n"
        "skip me,2026-09-14 08:25:00,4,3,1\n"
        "1,2026-09-14 08:00:00,4,3,1\n"
        "1,2026-09-14 08:00:00,5,4,1\n"
        "1,2026-09-14 08:30:00,4,"
    )
    result = bring(tmp_path / "a.csv", text, lines=LINES)
    assert [(r.row, r.code) for r in result.rejected] == [
        (3, "unknown_queue"),
        (4, "bad_count"),
        (5, "negative_count"),
        (6, "off_raster"),
        (7, "no_time"),
        (8, "bad_time"),
        (9, "no_count"),
        (10, "torn"),
        (14, "torn"),
    ]
    assert [(r.row, r.code) for r in result.left_out] == [(11, "left_out")]
    assert [(r.row, r.code, r.found) for r in result.duplicates] == [
        (2, "duplicate_interval", "13"),
        (12, "duplicate_interval", "13"),
    ]
    assert (result.rows_read, result.accepted, holds(result)) == (13, 1, True)
    assert cell(result, "general", "2026-09-14 08:00", "offered") == 5
    with use_language("en"):
        reasons = [r.reason for r in [*result.rejected, *result.left_out, *result.duplicates]]
    assert all(reasons)
    assert "which line '9' is" in reasons[0]
    with use_language("zh"):
        assert all(re.search("[一-鿿]", r.reason) for r in [*result.rejected, *result.left_out, *result.duplicates])


# Any order ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A queue and interval as told."""

    queue: int
    slot: int
    offered: int
    answered: int


def as_genesys(row: Row) -> str:
    moment = datetime(2026, 9, 14, tzinfo=SHANGHAI) + timedelta(minutes=15 * row.slot)
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ},{row.queue},Voice,,,{row.offered},{row.answered},{60 * row.answered}"


def as_hsplit(row: Row) -> str:
    clock = row.slot // 4 * 100 + row.slot % 4 * 15
    return f"09/14/2026,{clock},{row.queue},{row.offered},{row.answered},0,{50 * row.answered},7,{10 * row.answered}"


def as_huawei(row: Row) -> str:
    moment = datetime(2026, 9, 14, tzinfo=SHANGHAI) + timedelta(minutes=15 * row.slot)
    return f"{row.queue},{round(moment.timestamp() * 1000)},{row.offered},{row.answered},0,{row.answered}"


def as_table(row: Row) -> str:
    return f"2026-09-14,{row.slot // 4}:{row.slot % 4 * 15:02d},{row.queue},{row.offered},{row.answered}"


WRITERS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "genesys-cloud": (
        "Interval Start UTC Date,Queue,Media Type,Skill Set,Language,Offered,Interactions Handled,Total Handle Time",
        as_genesys,
    ),
    "avaya-hsplit": ("row_date,starttime,split,callsoffered,acdcalls,abncalls,acdtime,anstime,acwtime", as_hsplit),
    "huawei-skills": ("skillId,statStartTime,inCallNum,connectedNum,callLostNum,in15sCallNum", as_huawei),
    "interval-table": ("日期,时段,技能组,呼入量,接通量", as_table),
}
ROWS = st.lists(
    st.builds(Row, st.sampled_from([1, 2, 3]), st.integers(0, 95), st.integers(0, 30), st.integers(0, 30)),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize("layout", sorted(WRITERS))
@given(rows=ROWS, rng=st.randoms(use_true_random=False), again=st.integers(0, 4))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_rows_changes_nothing_and_no_row_is_lost(
    tmp_path: Path, layout: str, rows: list[Row], rng: random.Random, again: int
) -> None:
    """§98, for every layout: against the rows from which the file was written."""
    header, write = WRITERS[layout]
    told = [write(row) for row in [*rows, *rows[:again]]]
    rng.shuffle(told)
    path = tmp_path / "a.csv"
    path.write_text("\n".join([header, *told, "half a row"]) + "\n", encoding="utf-8")
    lines = {"1": "general", "2": "general", "3": "skip"}
    recipe = recipe_of(path, LayoutSettings(layout=layout, lines=lines, interval_min=15)).recipe
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    for row in rows:
        if row.queue != 3:
            kept[row.queue, row.slot] = max(kept.get((row.queue, row.slot), (-1, -1)), (row.offered, row.answered))
    if not kept:
        with pytest.raises(BadInput):
            import_feed(path, recipe, hotline=HOTLINE)
        return
    result = import_feed(path, recipe, hotline=HOTLINE)
    assert holds(result)
    assert [r.code for r in result.rejected] == ["torn"]
    assert len(result.left_out) == sum(row.queue == 3 for row in [*rows, *rows[:again]])
    assert result.accepted == len(kept)
    slots = sorted({slot for _, slot in kept})
    for slot in slots:
        clock = f"2026-09-14 {slot // 4:02d}:{slot % 4 * 15:02d}"
        for name, place in (("offered", 0), ("answered", 1)):
            expected = sum(counts[place] for (_, at), counts in kept.items() if at == slot)
            assert cell(result, "general", clock, name) == expected


# Found or not ------------------------------------------------------------------------------------


def test_each_layout_is_found_by_its_head(tmp_path: Path) -> None:
    for layout, (header, write) in WRITERS.items():
        for separator in (",", ";", "\t"):
            path = tmp_path / "x.txt"
            path.write_text("\n".join([header, write(Row(1, 3, 4, 5))]).replace(",", separator), encoding="utf-8")
            assert detect_layout(path).layout.name == layout
    assert set(WRITERS) < set(LAYOUTS)
    path.write_text("来电时间,接通时间,挂机时间,主叫号码,专线,座席工号,结果,满意度\n", encoding="gbk")
    found = detect_layout(path)
    assert (found.layout.name, found.layout.level) == ("chinese-acd", "calls")


def test_a_line_for_excel_and_titles_stand_above_the_names(tmp_path: Path) -> None:
    result = bring(tmp_path / "a.csv", "sep=;\n报表;;\n时段;专线;呼入量\n2026-09-14 08:00;general;9\n")
    assert cell(result, "general", "2026-09-14 08:00", "offered") == 9
    assert [r.row for r in result.rejected] == []
    with use_language("en"), pytest.raises(BadInput, match="wfm import-orders reads them"):
        bring(tmp_path / "b.csv", "工单编号,受理时间\n1,2026-09-14 08:00\n")


def _random_book(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["menu", "price"])
    book.active.append(["soup", 4])
    book.save(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"\x00\x01\x02\xff" * 300, "is not a text file in UTF-8 or GBK"),
        (b"PK\x03\x04 broken", "is not an Excel workbook"),
        (b"PAR1 broken", "is not a Parquet file"),
        (b"name,colour\nsoup,green\n", "no known layout: a text with the columns name, colour; known are asterisk"),
        (b"13912345678,x\n1,2\n", "no known layout: a text with the columns •••, x"),
        (b"row_date,starttime,split,callsoffered,acdcalls", "holds no rows below its column names"),
        (b"row_date,starttime,split,callsoffered,acdcalls\n09/14/2", "none of its 1 rows can be used"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words) as caught:
        bring(tmp_path / "bad.csv", content)
    assert "\n" not in str(caught.value)


def test_a_workbook_of_something_else(tmp_path: Path) -> None:
    _random_book(tmp_path / "menu.xlsx")
    with use_language("en"), pytest.raises(BadInput, match="no known layout: a workbook with the columns menu, price"):
        detect_layout(tmp_path / "menu.xlsx")
    with use_language("en"), pytest.raises(BadInput, match="is no avaya-hsplit, which has row_date"):
        recipe_of(tmp_path / "menu.xlsx", LayoutSettings(layout="avaya-hsplit"))
    with use_language("en"), pytest.raises(BadInput, match="no layout 'nortel'; known are asterisk-queue-log"):
        recipe_of(tmp_path / "menu.xlsx", LayoutSettings(layout="nortel"))
