"""Rosters made elsewhere: workbooks and CSV files as people keep them, and one clear sentence for what cannot be read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from scheduler.read_book import find_grid, read_book
from scheduler.roster_changes import roster_changes
from scheduler.sheet_cells import Sheet, day_of_heading
from wfm.errors import BadInput
from wfm.hotline import Agent, Group, Shift
from wfm.i18n import Text, use_language

SEPTEMBER = [date(2026, 9, 14) + timedelta(days=n) for n in range(3)]


@pytest.fixture
def hotline(make):
    def shift(name, en, zh, start, end, **more):
        return Shift(id=name, name=Text(name, zh + "班"), short=Text(en, zh), start=start, end=end, **more)

    return make.hotline(
        groups=(Group(id="all", name=Text("General", "综合组"), lines=("general",)),),
        shifts=(
            shift("early", "E", "早", "08:00", "16:00"),
            shift("late", "L", "中", "16:00", "24:00"),
            shift("night", "N", "夜", "00:00", "08:00", night=True),
        ),
    )


@pytest.fixture
def problem(make, hotline):
    agents = [
        Agent(id="007", name="李明", lines=("general",)),
        Agent(id="L2", name="王芳", lines=("general",)),
        Agent(id="L3", name="王芳", lines=("general",)),
        Agent(id="L4", name="=cmd()", lines=("general",)),
    ]
    return make.problem(hotline, agents, make.posts([(d, "early", 1, 1) for d in range(3)]), days=3)


def a_book(folder: Path, rows: list[list[object]], sheet: str = "排班", name: str = "roster.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return folder / name


def a_csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "roster.csv").write_bytes(text.encode(encoding))
    return folder / "roster.csv"


def read(problem, path, start=None):
    duties = read_book(problem, find_grid(path, problem.hotline, start))
    return [
        (str(r.agent), r.date.date(), str(r.shift), str(r.role), str(r.group))
        for r in duties.sort_values(["agent", "start"]).itertuples()
    ]


def expected(*rows):
    return [(agent, SEPTEMBER[n], shift, role, "all") for agent, n, shift, role in rows]


def test_chinese_headings_names_and_excel_dates(problem, tmp_path):
    path = a_book(
        tmp_path,
        [
            ["九月排班表"],
            [],
            ["序号", "姓名", "单位", *SEPTEMBER, "合计"],
            ["", "", "", "周一", "周二", "周三", ""],
            [1, "李明", "一所", "早", "早B", "休", 2],
            [],
            ["备注：夜班至次日八点"],
        ],
    )
    assert read(problem, path) == expected(("007", 0, "early", "A"), ("007", 1, "early", "B"))


def test_numbers_that_excel_made_of_texts_are_people_and_days(problem, tmp_path):
    """46279 is 14 September 2026 in Excel's count of days."""
    path = a_book(tmp_path, [["工号", 46279, 46280, 46281], [7, "夜", None, "中"]])
    assert read(problem, path) == expected(("007", 0, "night", "A"), ("007", 2, "late", "A"))


@pytest.mark.parametrize(
    "heads",
    [
        ["9/14", "9/15", "9/16"],
        ["9月14日", "9月15日", "9月16日"],
        ["9.14", "9.15", "9.16"],
        ["14", "15", "16"],
        ["14日", "15日", "16日"],
        ["14 周一", "15 周二", "16 周三"],
        ["2026-09-14", "2026年9月15日", "20260916"],
    ],
)
def test_days_as_people_write_them(problem, tmp_path, heads):
    path = a_book(tmp_path, [["工号", "姓名", *heads], ["L2", "王芳", "E", "", "N"]])
    start = SEPTEMBER[0]
    assert read(problem, path, start) == expected(("L2", 0, "early", "A"), ("L2", 2, "night", "A"))


@pytest.mark.parametrize("heads", [["2026-09-14", "9/15", "9月16日"], ["9/14", "2026-09-15", "16"]])
def test_days_without_a_year_stand_beside_full_dates(problem, tmp_path, heads):
    path = a_book(tmp_path, [["工号", "姓名", *heads], ["L2", "王芳", "E", "", "N"]])
    assert read(problem, path, None) == expected(("L2", 0, "early", "A"), ("L2", 2, "night", "A"))


def test_days_of_the_month_go_on_in_the_next(make):
    sheet = Sheet("x", "x", [["工号", *map(str, [30, 31, 1, 2])]])
    first = date(2026, 10, 30)
    days, last = [], first
    for text in sheet.rows[0][1:]:
        last = day_of_heading(text, last if not days else days[-1] + timedelta(days=8))
        days.append(last)
    assert days == [date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
    assert day_of_heading("12/31", date(2026, 12, 28)) == date(2026, 12, 31)
    assert day_of_heading("1/1", date(2026, 12, 28)) == date(2027, 1, 1)
    assert day_of_heading("合计", first) is None
    assert day_of_heading("31", None) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_files_of_every_program(problem, tmp_path, encoding):
    text = "工号;姓名;2026-09-14;2026-09-15\nL2;王芳;早(B);\n'=x;;;\n"
    assert read(problem, a_csv(tmp_path, text, encoding)) == expected(("L2", 0, "early", "B"))


def test_the_sheet_named_for_rosters_is_read_before_others(problem, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "上月"
    book.active.append(["工号", "2026-08-14", "2026-08-15", "2026-08-16"])
    book.active.append(["L2", "早", "早", "早"])
    sheet = book.create_sheet("排班")
    sheet.append(["工号", "2026-09-14"])
    sheet.append(["L2", "中"])
    book.save(tmp_path / "both.xlsx")
    assert read(problem, tmp_path / "both.xlsx") == expected(("L2", 0, "late", "A"))


def test_two_duties_in_a_cell_are_two_duties(problem, tmp_path):
    path = a_book(tmp_path, [["工号", "2026-09-14"], ["L2", "早\n夜B"]])
    assert read(problem, path) == expected(("L2", 0, "night", "B"), ("L2", 0, "early", "A"))


def test_duties_of_the_original_keep_their_posts(make, problem, hotline, tmp_path):
    original = make.duties(hotline, [("L2", 0, "early", "A"), ("L3", 0, "early", "A")])
    path = a_book(tmp_path, [["工号", "2026-09-14"], ["L3", "早"], ["007", "早"]])
    duties = read_book(problem, find_grid(path, hotline), original)
    posts = dict(zip(duties["agent"], duties["post"], strict=True))
    assert posts["L3"] == "2026-09-14/early/all/L3"
    assert posts["007"] == "2026-09-14/early/all/01"
    found = [(c.agent, len(c.lost), len(c.gained)) for c in roster_changes(original, duties)]
    assert found == [("007", 0, 1), ("L2", 1, 0)]


BAD = [
    (
        [["工号", "2026-09-14", "2026-09-15"], ["L2", "早", "早早"]],
        "roster.xlsx: 排班!C2: unknown shift '早早'; known: 早, 中, 夜",
    ),
    ([["工号", "2026-09-14"], ["LL2", "早"]], "roster.xlsx: 排班!A2: unknown agent 'LL2'; did you mean L2?"),
    ([["工号", "2026-09-14"], ["张三丰", "早"]], "roster.xlsx: 排班!A2: unknown agent '张三丰'"),
    (
        [["姓名", "2026-09-14"], ["王芳", "早"]],
        "roster.xlsx: 排班!A2: several people are called '王芳'; give the number (L2, L3)",
    ),
    ([["工号", "2026-09-14"], ["L2", "早"], ["L2", "夜"]], "roster.xlsx: 排班!A3: L2 stands already in row 2"),
    (
        [["工号", "2026-09-14", "2026-09-14"], ["L2", "早", ""]],
        "roster.xlsx: 排班!C1: the day 2026-09-14 stands twice",
    ),
    (
        [["工号", "2026-09-14", "2026-09-20"], ["L2", "早", "早"]],
        "roster.xlsx: 排班!C1: 2026-09-20 lies outside the period 2026-09-14 to 2026-09-16",
    ),
    (
        [["工号", "2026-09-14"], ["L2", "早"], ["", "早"]],
        "roster.xlsx: 排班!A3: the row has duties but names nobody",
    ),
    (
        [["工号", "周一"], ["L2", "早"]],
        "roster.xlsx: no row names days; the heading needs dates such as 2026-09-14, or 9/14 together with --start",
    ),
]


@pytest.mark.parametrize(("rows", "sentence"), BAD, ids=[s[:60] for _, s in BAD])
def test_what_cannot_be_read_is_one_sentence_with_its_cell(problem, tmp_path, rows, sentence):
    with use_language("en"), pytest.raises(BadInput) as refused:
        read(problem, a_book(tmp_path, rows))
    assert str(refused.value) == sentence
    with use_language("zh"), pytest.raises(BadInput) as refused:
        read(problem, a_book(tmp_path, rows))
    assert "roster.xlsx：" in str(refused.value) or "排班!" in str(refused.value)
    assert str(refused.value) != sentence


def test_cells_beyond_the_26th_column_have_their_spreadsheet_address(problem, tmp_path):
    days = [date(2026, 9, 14) + timedelta(days=n) for n in range(30)]
    long = [["工号", *days], ["L2", *[""] * 29, "早早"]]
    with use_language("en"), pytest.raises(BadInput, match=r"排班!AE2: unknown shift '早早'"):
        read(problem, a_book(tmp_path, long))


def test_a_file_that_is_no_workbook(problem, tmp_path):
    (tmp_path / "roster.xlsx").write_bytes(b"PK\x03\x04 not really")
    with use_language("en"), pytest.raises(BadInput, match=r"roster.xlsx: is not an Excel workbook"):
        find_grid(tmp_path / "roster.xlsx", problem.hotline)
    (tmp_path / "empty.csv").write_text("")
    with use_language("en"), pytest.raises(BadInput, match="no row names days"):
        find_grid(tmp_path / "empty.csv", problem.hotline)
