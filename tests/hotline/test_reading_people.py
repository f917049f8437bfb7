"""agents and leave: CSV and Excel as Chinese offices write them, and every mistake with its line."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from wfm.errors import BadInput
from wfm.hotline import load_agents, load_hotline, load_leave
from wfm.hotline.row_files import parse_date
from wfm.i18n import use_language

AGENTS = "id,name,firm,lines,night,pair\nL001,张三,甲律所,general,yes,L002\nL002,李四,乙律所,general,no,L001\n"


@pytest.fixture
def hotline(write_hotline, hotline_text):
    return load_hotline(write_hotline(hotline_text))


def mistake(hotline, folder, text, name="agents.csv"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    agents = [] if name.startswith("agents") else load_agents(hotline, folder)
    with pytest.raises(BadInput) as caught:
        load_leave(hotline, folder, agents) if agents else load_agents(hotline, folder)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_reads_what_excel_saves_as_csv(hotline, tmp_path, encoding, delimiter):
    (tmp_path / "agents.csv").write_bytes(AGENTS.replace(",", delimiter).replace("\n", "\r\n").encode(encoding))
    agents = load_agents(hotline, tmp_path)
    assert [a.name for a in agents] == ["张三", "李四"]
    assert [a.night for a in agents] == [True, False]
    assert agents[0].contract == "staff"  # the only contract there is


def test_reads_chinese_headings_and_lists(write_hotline, hotline_text, tmp_path):
    text = hotline_text.replace(
        "groups:",
        "  - {id: wages, name: {en: W, zh: 薪}, demand: {calls_per_day: 1}, handling: {talk_s: 9}, patience: {mean_s: 9}}\ngroups:",
    ).replace("[general]", "[general, wages]")
    hotline = load_hotline(write_hotline(text))
    (tmp_path / "agents.csv").write_text(
        "工号,姓名,律所,技能,夜班,远程,方言,可排星期\n007,王五,丙律所,general；wages,是,否,贵州话、苗语,0111110\n",
        encoding="utf-8",
    )
    (agent,) = load_agents(hotline, tmp_path)
    assert agent.id == "007"
    assert agent.lines == ("general", "wages")
    assert agent.dialects == ("贵州话", "苗语")
    assert (agent.night, agent.remote, agent.weekdays) == (True, False, "0111110")


def test_reads_excel(hotline, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["工号", "姓名", "技能", "夜班", "可排星期"])
    sheet.append([1001, "张三", "general", True, 111110])  # Excel drops the zero of 0111110
    sheet.append([1002, "李四", "general", False, 1111111])
    book.save(tmp_path / "agents.xlsx")
    leave = openpyxl.Workbook()
    leave.active.append(["工号", "开始日期", "结束日期", "事由"])
    leave.active.append([1001, datetime(2026, 9, 20), datetime(2026, 9, 22), "年假"])  # noqa: DTZ001
    leave.active.append([1002, 46285, 46286, "病假"])  # serial numbers of 2026-09-20 and 21
    leave.save(tmp_path / "leave.xlsx")
    agents = load_agents(hotline, tmp_path)
    assert [(a.id, a.night, a.weekdays) for a in agents] == [("1001", True, "0111110"), ("1002", False, "1111111")]
    leaves = load_leave(hotline, tmp_path, agents)
    assert [(x.agent, x.first, x.last) for x in leaves] == [
        ("1001", date(2026, 9, 20), date(2026, 9, 22)),
        ("1002", date(2026, 9, 20), date(2026, 9, 21)),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            AGENTS + "L003,x,x,gneral,,\n",
            "agents.csv:4: lines: unknown line 'gneral'; did you mean general? Known: general",
        ),
        (AGENTS + "L003,x,x,nonsense,,\n", "agents.csv:4: lines: unknown line 'nonsense'; known: general"),
        (AGENTS + "\n\nL003,x,x,,,\n", "agents.csv:6: lines: is empty; known: general"),
        (AGENTS + "L001,x,x,general,,\n", "agents.csv:4: id: the agent 'L001' stands already in line 2"),
        (AGENTS + "L003,x,x,general,,L9\n", "agents.csv:4: pair: unknown partner 'L9' of L003"),
        (AGENTS + "L003,x,x,general,,L001\n", "agents.csv:4: pair: L003 names L001 as partner, but L001 names L002"),
        (AGENTS + "L003,x,x,general,,L003\n", "agents.csv:4: pair: L003 cannot be the partner of the same person"),
        (AGENTS + "L003,x,x,general,maybe,\n", "agents.csv:4: night: should be yes or no (found 'maybe')"),
        (AGENTS + ",x,x,general,,\n", "agents.csv:4: id: is empty"),
        (AGENTS + "L003,x,x,general,,,extra\n", "agents.csv:4: has 7 cells, the first line names 6 columns"),
        (AGENTS + 'L003,"x,x,general,,\n', "agents.csv:4: a quotation mark is not closed"),
        ("id,lines,firn\nL1,general,x\n", "agents.csv:1: unknown column 'firn'; did you mean firm?"),
        ("id,lines,lines\nL1,general,x\n", "agents.csv:1: the column lines stands twice"),
        ("id,name\nL1,x\n", "agents.csv:1: the column lines is missing (also read: lines, 技能"),
        (
            "id,lines,contract\nL1,general,stuff\n",
            "agents.csv:2: contract: unknown contract 'stuff'; did you mean staff?",
        ),
        (
            "id,lines,weekdays\nL1,general,mon\n",
            "agents.csv:2: weekdays: should be seven digits 0 or 1, Monday first (found 'mon')",
        ),
        ("id,lines\n", "agents.csv: names nobody"),
        ("", "agents.csv: is empty"),
        (b"\x00\x01\x02", "agents.csv: is not a text file in UTF-8 or GBK"),
    ],
)
def test_each_mistake_in_agents_names_its_line(hotline, tmp_path, text, expected):
    message = mistake(hotline, tmp_path, text)
    assert expected in message
    assert "\n" not in message
    with use_language("zh"):
        assert mistake(hotline, tmp_path, text) != message


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("L9,2026-09-20,2026-09-21,", "leave.csv:2: agent: unknown agent 'L9'"),
        ("L001,soon,2026-09-21,", "leave.csv:2: first: should be a date, as 2026-09-20 (found 'soon')"),
        ("L001,2026-09-31,2026-10-01,", "leave.csv:2: first: should be a date"),
        (
            "L001,2026-09-22,2026-09-21,",
            "leave.csv:2: last: leave of L001 ends (2026-09-21) before it starts (2026-09-22)",
        ),
        (
            "L001,2026-09-20,2026-09-22,\nL001,2026-09-22,2026-09-23,",
            "leave.csv:3: leave of L001 from 2026-09-22 to 2026-09-23 overlaps line 2",
        ),
    ],
)
def test_each_mistake_in_leave_names_its_line(hotline, tmp_path, row, expected):
    (tmp_path / "agents.csv").write_text(AGENTS, encoding="utf-8")
    message = mistake(hotline, tmp_path, f"agent,first,last,reason\n{row}\n", "leave.csv")
    assert expected in message
    with use_language("zh"):
        assert mistake(hotline, tmp_path, f"agent,first,last,reason\n{row}\n", "leave.csv") != message


def test_leave_of_one_day_and_no_leave(hotline, tmp_path):
    (tmp_path / "agents.csv").write_text(AGENTS, encoding="utf-8")
    agents = load_agents(hotline, tmp_path)
    assert load_leave(hotline, tmp_path, agents) == []
    (tmp_path / "leave.csv").write_bytes("工号,开始日期\nL001,2026年9月20日\n".encode("gbk"))
    (leave,) = load_leave(hotline, tmp_path, agents)
    assert (leave.first, leave.last) == (date(2026, 9, 20), date(2026, 9, 20))


def test_missing_or_doubled_files(hotline, tmp_path):
    with pytest.raises(BadInput, match=r"no agents\.csv"):
        load_agents(hotline, tmp_path)
    (tmp_path / "agents.csv").write_text(AGENTS, encoding="utf-8")
    (tmp_path / "agents.xlsx").write_bytes(b"not a workbook")
    with pytest.raises(BadInput, match="keep one"):
        load_agents(hotline, tmp_path)
    (tmp_path / "agents.csv").unlink()
    with pytest.raises(BadInput, match="not an Excel workbook"):
        load_agents(hotline, tmp_path)


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-20",
        "2026/9/20",
        "2026.9.20",
        "20260920",
        20260920,
        "2026年9月20日",
        "2026-09-20 00:00:00",
        "46285",
        46285.0,
        date(2026, 9, 20),
        datetime(2026, 9, 20, 8, 30),  # noqa: DTZ001
    ],
)
def test_dates_as_people_write_them(cell):
    assert parse_date(cell) == date(2026, 9, 20)


@pytest.mark.parametrize(
    "cell", ["", None, "9/20/2026", "20.9.2026", "2026-02-30", "12", 12.0, "2026", True, "september"]
)
def test_what_is_no_date(cell):
    assert parse_date(cell) is None
