"""The roster as workbook and PDF: what a scheduler sees, read with other libraries than the one that wrote it."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from dashboard.reports import roster_pdf
from dashboard.reports.roster_book import render_roster_book
from dashboard.reports.roster_paper import RosterPaper
from dashboard.reports.roster_pdf import render_roster_pdf
from dashboard.shift_colours import contrast, ink_on, shift_colours
from scenarios.roster_at_hand import counted_posts
from scenarios.roster_problem import roster_problem
from scenarios.scenario import load_scenario
from scheduler.checker import check_roster
from scheduler.grid_words import CellDuty
from scheduler.read_book import find_grid, read_book
from scheduler.roster_changes import roster_changes
from scheduler.roster_grid import GridDuty, duties_from_grid
from scheduler.settlement import Presence, settle_attendance
from wfm.hotline import Busy, Leave, Pin
from wfm.i18n import use_language

FIRST = date(2026, 9, 28)  # Monday; 1 to 7 October is off, 10 October a make-up Saturday
MADE = datetime(2026, 9, 20, 8, tzinfo=UTC)


def paper_of(agents=None, **more) -> RosterPaper:
    scenario = load_scenario("guizhou-12348")
    agents = agents or scenario.agents[:6]
    leave = [Leave(agent=agents[3].id, first=FIRST, last=FIRST + timedelta(days=1))]
    scenario = replace(scenario, agents=agents, leave=leave)
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 14, empty)
    cells = [
        GridDuty(agents[0].id, FIRST, CellDuty("early", "A", "day-general")),
        GridDuty(agents[1].id, FIRST, CellDuty("early", "B", "day-general")),
        GridDuty(agents[0].id, FIRST + timedelta(days=3), CellDuty("night", "A", "night")),
        GridDuty(agents[2].id, FIRST + timedelta(days=5), CellDuty("dusk", "A", "night", True)),
        GridDuty(agents[0].id, FIRST + timedelta(days=8), CellDuty("early", "A", "day-general")),
        GridDuty(agents[0].id, FIRST + timedelta(days=8), CellDuty("dusk", "A", "night")),
    ]
    duties = duties_from_grid(problem, cells)
    posts = counted_posts(scenario.hotline, duties)
    posts.loc[0, "posts_a"] += 1  # one A short on the first early shift
    problem = replace(problem, posts=posts)
    violations = tuple(check_roster(problem, duties))
    return RosterPaper(problem, duties, violations, "3", MADE, **more)


@pytest.fixture(scope="module")
def paper() -> RosterPaper:
    return paper_of()


def book_of(paper, language="zh", **more):
    with use_language(language):
        content = render_roster_book(replace(paper), **more)
    return openpyxl.load_workbook(BytesIO(content)), content


def cell_at(sheet, agent, day):
    heads = {c.value.date(): c.column for c in sheet[4] if isinstance(c.value, datetime)}
    row = next(c.row for c in sheet["A"] if c.value == agent)
    return sheet.cell(row, heads[day])


def test_people_in_rows_days_in_columns(paper):
    book, _ = book_of(paper)
    assert book.sheetnames == ["排班", "岗位覆盖", "结算", "图例", "posts"]
    assert book["posts"].sheet_state == "hidden"
    sheet, names = book["排班"], [a.id for a in paper.problem.agents]
    assert [c.value for c in sheet["A"] if c.value in names] == names
    assert cell_at(sheet, names[0], FIRST).value == "早"
    assert cell_at(sheet, names[1], FIRST).value == "早·B"
    assert cell_at(sheet, names[2], FIRST + timedelta(days=5)).value == "傍·远"
    assert cell_at(sheet, names[0], FIRST + timedelta(days=8)).value == "早+傍"
    assert cell_at(sheet, names[3], FIRST).value == "假"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$4:$5"
    marks = {sheet.cell(4, c).value.date(): sheet.cell(5, c).value for c in range(6, 20)}
    assert marks[date(2026, 10, 1)].startswith("国庆")
    assert marks[date(2026, 10, 10)] == "周六（班）"


def test_totals_are_those_of_the_duties(paper):
    book, _ = book_of(paper, "en")
    sheet = book["Roster"]
    row = next(c.row for c in sheet["A"] if c.value == paper.problem.agents[0].id)
    totals = {sheet.cell(4, c).value: sheet.cell(row, c).value for c in range(20, 26)}
    # early 5 h twice, night 8 h, dusk 4 h; Thursday 1 October and Tuesday 6 October are days off
    assert totals == {"Duty h": 22, "Duties": 4, "Nights": 1, "Weekends": 0, "Rest days": 3, "Standbys": 0}


def test_colours_mean_shifts_and_words_on_them_can_be_read(paper):
    book, _ = book_of(paper)
    sheet, names = book["排班"], [a.id for a in paper.problem.agents]
    colours = shift_colours(paper.problem.hotline)
    filled = cell_at(sheet, names[0], FIRST)
    assert filled.fill.fgColor.rgb == f"FF{colours['early'][1:].upper()}"
    assert filled.font.color.rgb == f"FF{ink_on(colours['early'])[1:].upper()}"
    framed = cell_at(sheet, names[1], FIRST)
    assert framed.fill.fill_type is None
    assert framed.border.left.color.rgb == f"FF{colours['early'][1:].upper()}"
    assert cell_at(sheet, names[3], FIRST).fill.fill_type == "lightUp"
    rest = cell_at(sheet, names[4], date(2026, 10, 1))
    assert rest.fill.fgColor.rgb == "FFF0EFE9"
    assert all(contrast(ink_on(c), c) >= 4.5 for c in colours.values())


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known near miss of 4.5


def test_a_broken_rule_stands_as_a_note_at_its_cell(paper):
    book, _ = book_of(paper, "en")
    note = cell_at(book["Roster"], paper.problem.agents[0].id, FIRST + timedelta(days=8)).comment
    assert note is not None
    assert "has 2 duties on 2026-10-06; one is allowed" in note.text


@pytest.mark.parametrize(("language", "off"), [("zh", "休"), ("en", "off")])
def test_what_was_decided_beforehand_is_underlined_and_reads_back_the_same(paper, language, off, tmp_path):
    names = [a.id for a in paper.problem.agents]
    pins = [Pin(agent=names[0], date=FIRST, shift="early"), Pin(agent=names[4], date=FIRST)]
    start = datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=9)
    training = [Busy(agent=names[5], start=start, end=start + timedelta(hours=2), kind="training")]
    pinned = replace(paper, problem=replace(paper.problem, pins=pins, busy=training))
    book, content = book_of(pinned, language)
    sheet = book.worksheets[0]
    assert [cell_at(sheet, names[n], FIRST).font.underline for n in (0, 1, 4)] == ["single", None, "single"]
    assert cell_at(sheet, names[4], FIRST).value == off
    assert cell_at(sheet, names[5], FIRST).value == {"zh": "培", "en": "trn"}[language]
    assert any("underlined" in str(c.value) or "下划线" in str(c.value) for c in book.worksheets[3]["B"])
    (tmp_path / "r.xlsx").write_bytes(content)
    read = read_book(pinned.problem, find_grid(tmp_path / "r.xlsx", pinned.problem.hotline))
    assert roster_changes(paper.duties, read) == []
    with use_language(language):
        shown = roster_pdf._page(replace(pinned), None)
    cells = [shown["rows"][n]["cells"][0] for n in (0, 1)]
    assert [c["pinned"] for c in cells] == [True, False]
    assert ("下划线" if language == "zh" else "Underlined") in shown["legend"]


def test_cover_is_said_in_words_and_colour(paper):
    book, _ = book_of(paper)
    sheet = book["岗位覆盖"]
    rows = {tuple(c.value for c in row[:3]): row for row in sheet.iter_rows(min_row=5)}
    short = rows["日间综合组", "早班", "A"][3]
    assert short.value == "1/2 缺1"
    assert short.fill.fgColor.rgb == "FFC85000"
    assert rows["日间综合组", "早班", "B"][3].value == "1/1"
    assert rows["日间综合组", "早班", "A"][3 + 14].value == 1  # short in all


def test_fees_by_firm_add_up(paper):
    problem = paper.problem
    agents = problem.agents
    presence = [Presence(a.id, MADE, MADE + timedelta(minutes=50 + 7 * n)) for n, a in enumerate(agents)]
    rates = tuple(c.model_copy(update={"cost_per_h": 77.77}) for c in problem.hotline.contracts)
    hotline = problem.hotline.model_copy(update={"contracts": rates})
    fees = settle_attendance(hotline, agents, paper.duties, presence)
    book, _ = book_of(paper, settlement=fees)
    amounts = [(row[0].value, row[1].value, row[10].value) for row in book["结算"].iter_rows(min_row=5)]
    people = sum(round(amount * 100) for _, number, amount in amounts if number)
    firms = sum(
        round(amount * 100) for name, number, amount in amounts if name and not number and name != "全部单位合计"
    )
    total = next(round(amount * 100) for name, _, amount in amounts if name == "全部单位合计")
    assert people == firms == total == round(fees.amount * 100)


def test_what_looks_like_a_formula_is_text():
    scenario = load_scenario("guizhou-12348")
    evil = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "{=1}", "http://example.org"]
    agents = [a.model_copy(update={"name": w, "firm": w}) for a, w in zip(scenario.agents, evil, strict=False)]
    _, content = book_of(paper_of(agents))
    sheets = [n for n in zipfile.ZipFile(BytesIO(content)).namelist() if n.startswith("xl/worksheets/")]
    inside = zipfile.ZipFile(BytesIO(content))
    assert not any(b"<f>" in inside.read(name) or b"<hyperlink" in inside.read(name) for name in sheets)
    sheet = openpyxl.load_workbook(BytesIO(content))["排班"]
    assert [sheet.cell(6 + n, 2).value for n in range(len(evil))] == evil
    assert {sheet.cell(6 + n, 2).data_type for n in range(len(evil))} == {"s"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_is_read_back_as_the_same_roster(paper, language, tmp_path):
    _, content = book_of(paper, language)
    (tmp_path / "r.xlsx").write_bytes(content)
    found = find_grid(tmp_path / "r.xlsx", paper.problem.hotline)
    assert found.facts is not None
    assert (found.facts.hotline, found.facts.version, found.facts.content) == ("guizhou-12348", "3", paper.content)
    assert (found.first, found.length) == (FIRST, 14)
    assert roster_changes(paper.duties, read_book(paper.problem, found)) == []


def test_an_edit_by_hand_is_the_only_difference(paper, tmp_path):
    book, _ = book_of(paper)
    names = [a.id for a in paper.problem.agents]
    cell_at(book["排班"], names[0], FIRST).value = None
    cell_at(book["排班"], names[4], FIRST).value = "早"
    book.save(tmp_path / "edited.xlsx")  # as another program writes it
    duties = read_book(paper.problem, find_grid(tmp_path / "edited.xlsx", paper.problem.hotline), paper.duties)
    changes = roster_changes(paper.duties, duties)
    assert [(c.agent, c.date, len(c.lost), len(c.gained)) for c in changes] == [
        (names[0], FIRST, 1, 0),
        (names[4], FIRST, 0, 1),
    ]


def test_the_same_roster_gives_the_same_bytes(paper):
    assert book_of(paper)[1] == book_of(paper)[1]
    with use_language("zh"):
        assert render_roster_pdf(replace(paper)).content == render_roster_pdf(replace(paper)).content


# PDF


def pages_of(content: bytes) -> list[tuple[float, float]]:
    """Width and height of each page, from the page objects, packed ones included."""
    plain = content
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            plain += zlib.decompress(packed)
        except zlib.error:
            continue
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", plain)
    return [(float(w), float(h)) for w, h in boxes]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pdf_is_landscape_and_says_who_made_it(paper, language):
    with use_language(language):
        pdf = render_roster_pdf(replace(paper))
    assert pdf.content.startswith(b"%PDF-")
    pages = pages_of(pdf.content)
    assert pages
    assert all(abs(w - 841.89) < 1 and abs(h - 595.28) < 1 for w, h in pages)  # A4 on its side


def test_long_rosters_take_wider_paper_and_several_pages():
    scenario = load_scenario("guizhou-12348")
    agents = scenario.agents[:130]
    leave = [Leave(agent=a.id, first=FIRST, last=FIRST) for a in agents]
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(replace(scenario, agents=agents, leave=leave), FIRST, 28, empty)
    duties = duties_from_grid(
        problem, [GridDuty(agents[0].id, FIRST + timedelta(days=1), CellDuty("early", "A", "day-general"))]
    )
    with use_language("zh"):
        pages = pages_of(render_roster_pdf(RosterPaper(problem, duties, (), "1", MADE)).content)
    assert len(pages) > 1
    assert all(abs(w - 1190.55) < 1 and abs(h - 841.89) < 1 for w, h in pages)  # A3 on its side


def test_the_page_says_in_letters_what_colours_say(paper):
    with use_language("zh"):
        shown = roster_pdf._page(replace(paper), None)
    row = shown["rows"][1]["cells"][0]
    assert (row["kind"], row["text"]) == ("B", "早·B")
    assert [c["text"] for c in shown["rows"][3]["cells"][:2]] == ["假", "假"]
    assert [c["broken"] for c in shown["rows"][0]["cells"]].count(True) >= 1
    assert "早·B" in shown["legend"]


def test_columns_that_would_stay_empty_are_not_shown(paper):
    scenario = load_scenario("guizhou-12348")
    alone = paper_of([a.model_copy(update={"firm": ""}) for a in scenario.agents[:6]])
    for page, heads in ((paper, ["人员", "律所"]), (alone, ["人员"])):
        with use_language("zh"):
            assert roster_pdf._page(replace(page), None)["heads"] == heads
            assert render_roster_pdf(replace(page)).content.startswith(b"%PDF-")
        sheet = book_of(page)[0]["排班"]
        assert sheet["C4"].value == "律所"
        assert sheet.column_dimensions["C"].hidden == (len(heads) == 1)
        assert not sheet.column_dimensions["B"].hidden


def test_every_sheet_that_is_seen_prints_as_wide_as_a_page(paper):
    book, _ = book_of(paper)
    assert all(s.sheet_properties.pageSetUpPr.fitToPage for s in book if s.sheet_state == "visible")


def test_markup_in_a_name_is_text():
    scenario = load_scenario("guizhou-12348")
    strange = ['#panic("x")', "$x$ *bold* @ref", '\\ "quoted" <label>', "//", '#include "/etc/passwd"', "`raw`"]
    agents = [a.model_copy(update={"name": w, "firm": w}) for a, w in zip(scenario.agents, strange, strict=False)]
    with use_language("en"):
        assert render_roster_pdf(paper_of(agents)).content.startswith(b"%PDF-")


def test_without_a_chinese_font_a_sentence_says_so(paper, monkeypatch):
    monkeypatch.setattr(roster_pdf, "_families", lambda: ("Libertinus Serif",))
    with use_language("zh"):
        pdf = render_roster_pdf(replace(paper))
    assert "本机没有中文字体" in pdf.note
    assert pdf.content.startswith(b"%PDF-")


def test_reports_of_rosters_never_import_dash():
    import subprocess
    import sys

    code = "import sys, dashboard.reports.roster_book, dashboard.reports.roster_pdf; sys.exit('dash' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_template_stands_in_the_package():
    assert roster_pdf._TEMPLATE.is_file()
    assert "json(bytes(sys.inputs" in roster_pdf._TEMPLATE.read_text(encoding="utf-8")
