"""The roster as an Excel workbook: people × days, cover, firms, legend. It is read back by ``scheduler.read_book``."""

from __future__ import annotations

from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from dashboard.reports.roster_looks import Looks, fitting
from dashboard.reports.roster_paper import RosterPaper
from dashboard.reports.roster_sheets import write_cover_sheet, write_fee_sheet, write_legend_sheet, write_posts_sheet
from scheduler.grid_words import CellDuty, leave_word, write_cell
from scheduler.pay import paid_spans
from scheduler.read_book import POSTS_SHEET
from scheduler.roster_grid import GridRow
from scheduler.settlement import Settlement, planned_presence, settle_attendance
from wfm.i18n import say

__all__ = ["render_roster_book"]

FIRST_ROW = 5
"""Row of the first person; above it title, sentence, a free row, days and weekdays."""
DAYS_FROM = 5
"""Column of the first day; before it number, name, firm, contract and group."""
DROP_DOWN_MAX = 255


def render_roster_book(paper: RosterPaper, settlement: Settlement | None = None) -> bytes:
    """The workbook (.xlsx) in the language of the moment; the same roster gives the same bytes.

    Every text is written as text, never as a formula (OWASP, "CSV injection").

    Args:
        paper: the roster.
        settlement: fees of signed-in attendance; without one the sheet shows those that the roster foresees.
    """
    import xlsxwriter

    stream = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    book.set_properties({"title": paper.title, "created": paper.made_at.replace(microsecond=0, tzinfo=None)})
    looks = Looks(book, paper.problem.hotline)
    _write_grid(book.add_worksheet(say("Roster")), looks, paper)
    write_cover_sheet(book.add_worksheet(say("Coverage")), looks, paper)
    problem = paper.problem
    fees = settlement or settle_attendance(
        problem.hotline,
        problem.agents,
        paper.duties,
        planned_presence(paper.duties),
        paid_spans=paid_spans(problem, paper.duties),
    )
    write_fee_sheet(book.add_worksheet(say("Settlement")), looks, paper, fees, foreseen=settlement is None)
    write_legend_sheet(book.add_worksheet(say("Legend")), looks, paper)
    if paper.posts_known:
        write_posts_sheet(book.add_worksheet(POSTS_SHEET), looks, paper)
    book.close()
    return stream.getvalue()


def _write_grid(sheet: Any, looks: Looks, paper: RosterPaper) -> None:
    grid = paper.grid
    sheet.write_string(0, 0, paper.title, looks.title())
    sheet.write_string(1, 0, paper.headline, looks.plain())
    rows = grid.rows
    heads = [
        (say("Staff no."), fitting((r.agent for r in rows), 9, 14)),
        (say("Name"), fitting((r.name for r in rows), 12, 20)),
        (say("Firm"), fitting((r.firm for r in rows), 8, 24)),
        (say("Contract"), fitting((paper.contract_name(r.contract) for r in rows), 12, 30)),
        (say("Group"), fitting((paper.words.group_names.get(r.group, r.group) for r in rows), 12, 30)),
    ]
    unused = {2: not any(r.firm for r in rows), 4: not any(r.group for r in rows)}
    for column, (word, width) in enumerate(heads):
        sheet.set_column(column, column, width, None, {"hidden": unused.get(column, False)})
        sheet.merge_range(3, column, 4, column, word, looks.head(align="left"))
    totals = [say("Duty h"), say("Duties"), say("Nights"), say("Weekends"), say("Rest days"), say("Standbys")]
    after = DAYS_FROM + len(grid.days)
    sheet.set_column(DAYS_FROM, after - 1, 5.3)
    sheet.set_column(after, after + len(totals) - 1, 8)
    for n, day in enumerate(grid.days):
        rest = paper.is_rest_day(day)
        sheet.write_datetime(3, DAYS_FROM + n, midnight(day), looks.head(rest=rest, num_format="m/d"))
        sheet.write_string(4, DAYS_FROM + n, paper.day_mark(day), looks.head(rest=rest, font_size=8, text_wrap=True))
    for n, word in enumerate(totals):
        sheet.merge_range(3, after + n, 4, after + n, word, looks.head())
    for n, row in enumerate(grid.rows):
        _write_person(sheet, looks, paper, FIRST_ROW + n, row)
    _offer_labels(sheet, paper, FIRST_ROW + len(grid.rows) - 1, after - 1)
    _write_strip(sheet, looks, paper, FIRST_ROW + len(grid.rows) + 1)
    sheet.set_row(4, 36 if any(len(paper.day_mark(day)) > 10 for day in grid.days) else 24)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.set_landscape()
    sheet.set_paper(8 if len(grid.days) > 16 else 9)  # A3, A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3, 4)
    sheet.set_footer("&L" + paper.title.replace("&", "&&") + "&R&P / &N")


def midnight(day: date) -> datetime:
    """The day as Excel keeps it."""
    return datetime.combine(day, time())


def _write_person(sheet: Any, looks: Looks, paper: RosterPaper, at: int, row: GridRow) -> None:
    group = paper.words.group_names.get(row.group, row.group)
    for column, word in enumerate((row.agent, row.name, row.firm, paper.contract_name(row.contract), group)):
        sheet.write_string(at, column, word, looks.plain() if column < 2 else looks.soft())
    for n, day in enumerate(paper.grid.days):
        cell, place = row.cells[n], DAYS_FROM + n
        pinned = paper.is_pinned(row.agent, day, on_duty=bool(cell))
        free = paper.day_word(row.agent, day)
        text, look = _cell(paper, looks, cell, free, leave=row.leave[n], rest=paper.is_rest_day(day), pinned=pinned)
        sheet.write_string(at, place, text, look) if text else sheet.write_blank(at, place, None, look)
        broken = paper.broken.get((row.agent, day))
        if broken:
            sheet.write_comment(at, place, "\n".join(broken), {"author": "wfm", "x_scale": 2})
    after = DAYS_FROM + len(paper.grid.days)
    sheet.write_number(at, after, row.hours, looks.plain(num_format="0.##", align="right"))
    for n, count in enumerate((row.duties, row.nights, row.weekends, row.rest_days, row.standbys), 1):
        sheet.write_number(at, after + n, count, looks.plain(num_format="0", align="right"))


def _cell(
    paper: RosterPaper, looks: Looks, cell: tuple[CellDuty, ...], free: str, *, leave: bool, rest: bool, pinned: bool
) -> tuple[str, Any]:
    """Text and look of a cell; ``free`` is what is said of a day without duty and leave."""
    if cell:
        text = write_cell(paper.words, list(cell))
        return text, looks.shift(cell[0].shift, cell[0].role, pinned=pinned, text=text)
    if leave:
        return leave_word(paper.words), looks.leave()
    return free, looks.empty(rest=rest, pinned=pinned)


def _offer_labels(sheet: Any, paper: RosterPaper, last_row: int, last_column: int) -> None:
    """A list to choose a shift from in every cell; anything else may be typed."""
    labels = list(paper.words.labels.values())
    offered = [*labels, *(f"{label}·B" for label in labels), leave_word(paper.words)]
    while len(",".join(offered)) > DROP_DOWN_MAX:
        offered.pop()
    if last_row >= FIRST_ROW and offered and not any("," in label for label in offered):
        sheet.data_validation(
            *(FIRST_ROW, DAYS_FROM, last_row, last_column),
            {"validate": "list", "source": offered, "show_error": False, "ignore_blank": True},
        )


def _write_strip(sheet: Any, looks: Looks, paper: RosterPaper, at: int) -> None:
    """Beneath the people: A posts filled of each group and day."""
    groups = list(dict.fromkeys(row.group for row in paper.cover if row.role == "A"))
    for n, group in enumerate(groups):
        sheet.write_string(at + n, DAYS_FROM - 1, paper.group_name(group), looks.soft())
        rows = [row for row in paper.cover if row.group == group and row.role == "A"]
        for d, day in enumerate(paper.grid.days):
            posts, filled = sum(row.posts[d] for row in rows), sum(row.filled[d] for row in rows)
            short = sum(max(0, row.posts[d] - row.filled[d]) for row in rows)
            words = f"{filled}/{posts}" if posts or filled else ""
            look = looks.cover(posts, posts - short if short else filled, rest=paper.is_rest_day(day))
            sheet.write_string(at + n, DAYS_FROM + d, words, look)
