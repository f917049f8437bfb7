"""The further sheets of the roster's workbook: cover, fees by firm, legend."""

from __future__ import annotations

from typing import Any

from dashboard.reports.roster_looks import Looks, fitting
from dashboard.reports.roster_paper import RosterPaper
from scheduler.grid_words import leave_word, training_word
from scheduler.problem import POST_COLUMNS, dialects_in
from scheduler.read_book import BOOK_MARK
from scheduler.settlement import PersonFee, Settlement
from scheduler.table_rows import rows_of
from wfm.i18n import language, say

__all__ = ["write_cover_sheet", "write_fee_sheet", "write_legend_sheet", "write_posts_sheet"]


def write_cover_sheet(sheet: Any, looks: Looks, paper: RosterPaper) -> None:
    """Posts and filled posts by group, shift, role and day: short and spare in words and colour."""
    days = paper.grid.days
    sheet.write_string(0, 0, paper.title, looks.title())
    note = (
        say("Filled / posts. Vermilion: short. Blue: to spare.")
        if paper.posts_known
        else say("The posts are counted from the duties themselves, so that none is short.")
    )
    sheet.write_string(1, 0, note, looks.soft())
    heads = [
        (say("Group"), fitting((paper.group_name(r.group) for r in paper.cover), 18, 36)),
        (say("Shift"), fitting((paper.shift_name(r.shift) for r in paper.cover), 14, 36)),
        (say("Role"), 6.0),
    ]
    for column, (word, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, word, looks.head(align="left"))
    after = len(heads) + len(days)
    sheet.set_column(len(heads), after - 1, 8)
    for n, day in enumerate(days):
        words = f"{day.month}/{day.day} {paper.day_mark(day)}"
        sheet.write_string(3, len(heads) + n, words, looks.head(rest=paper.is_rest_day(day), text_wrap=True))
    sheet.write_string(3, after, say("Short"), looks.head())
    for n, row in enumerate(paper.cover, 4):
        for column, word in enumerate((paper.group_name(row.group), paper.shift_name(row.shift), row.role)):
            sheet.write_string(n, column, word, looks.plain())
        for d, day in enumerate(days):
            look = looks.cover(row.posts[d], row.filled[d], rest=paper.is_rest_day(day))
            sheet.write_string(n, len(heads) + d, paper.cover_words(row.posts[d], row.filled[d]), look)
        missing = sum(max(0, p - f) for p, f in zip(row.posts, row.filled, strict=True))
        sheet.write_number(n, after, missing, looks.plain(bold=missing > 0, align="right"))
    sheet.freeze_panes(4, len(heads))
    _page(sheet, paper, 3)


def write_fee_sheet(sheet: Any, looks: Looks, paper: RosterPaper, fees: Settlement, *, foreseen: bool) -> None:
    """Fees by firm and person; ``foreseen`` ones are the roster's own, as though all A duties were kept."""
    sheet.write_string(0, 0, paper.title, looks.title())
    said = (
        say("Foreseen: hours of the A duties × rate. Fees are settled from signed-in attendance.")
        if foreseen
        else say("Settled: signed-in hours × rate, each person rounded half up to the cent; a firm is the sum.")
    )
    sheet.write_string(1, 0, said, looks.soft())
    heads = [
        (say("Firm"), 18.0),
        (say("Staff no."), 10),
        (say("Name"), fitting((p.name for p in fees.people), 12, 20)),
        (say("Contract"), fitting((paper.contract_name(p.contract) for p in fees.people), 14, 40)),
        (say("A duties"), 9),
        (say("B duties"), 9),
        (say("Rostered h"), 11),
        (say("Signed in h"), 11),
        (say("Paid h"), 10),
        (say("Rate"), 9),
        (say("Amount"), 12),
        (say("Missed"), 9),
    ]
    for column, (word, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(3, column, word, looks.head(align="left" if column < 4 else "right"))
    at = 4
    for firm in fees.firms:
        name = firm.firm or say("without a firm")
        for person in (p for p in fees.people if p.firm == firm.firm):
            _write_fee(sheet, looks, paper, at, name, person)
            at += 1
        words = say("{firm}: {n} people", firm=name, n=firm.people)
        sheet.write_string(at, 0, words, looks.plain(bold=True, top=1))
        for column in range(1, len(heads)):
            sheet.write_blank(at, column, None, looks.plain(top=1))
        sheet.write_number(at, 8, firm.paid_h, looks.plain(bold=True, top=1, num_format="0.00"))
        sheet.write_number(at, 10, float(firm.amount), looks.plain(bold=True, top=1, num_format="#,##0.00"))
        at += 2
    sheet.write_string(at, 0, say("All firms"), looks.plain(bold=True))
    sheet.write_number(at, 10, float(fees.amount), looks.plain(bold=True, num_format="#,##0.00"))
    sheet.freeze_panes(4, 3)
    _page(sheet, paper, 3)


def _write_fee(sheet: Any, looks: Looks, paper: RosterPaper, at: int, firm: str, person: PersonFee) -> None:
    for column, word in enumerate((firm, person.agent, person.name, paper.contract_name(person.contract))):
        sheet.write_string(at, column, word, looks.plain())
    numbers = (
        (float(person.duties_a), "0"),
        (float(person.duties_b), "0"),
        (person.rostered_h, "0.00"),
        (person.signed_in_h, "0.00"),
        (person.paid_h, "0.00"),
        (float(person.rate), "0.00"),
        (float(person.amount), "#,##0.00"),
        (float(person.missed), "0"),
    )
    for column, (number, shown) in enumerate(numbers, 4):
        sheet.write_number(at, column, number, looks.plain(num_format=shown, align="right"))


def write_legend_sheet(sheet: Any, looks: Looks, paper: RosterPaper) -> None:
    """What the cells mean, what is broken, and whose roster it is, as it is read back."""
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 46)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, say("Legend"), looks.title())
    at = 2
    for shift in paper.problem.hotline.shifts:
        label = paper.words.labels[shift.id]
        sheet.write_string(at, 0, label, looks.shift(shift.id, "A"))
        night = say(" (night)") if shift.night else ""
        sheet.write_string(at, 1, f"{shift.name} {shift.start}–{shift.end}{night}", looks.plain())
        at += 1
    first = paper.words.labels[paper.problem.hotline.shifts[0].id]
    remote = {"en": "R", "zh": "远"}[language()]
    marks = [
        (f"{first}·B", say("B: stands by for an A; a frame instead of a fill")),
        (f"{first}·{remote}", say("answers away from the centre")),
        (f"{first}@…", say("serves another group than the one in the person's row")),
        (leave_word(paper.words), say("on leave")),
        (training_word(paper.words), say("in training; its hours count as worked")),
        (f"{first}+…", say("several duties that begin on one day")),
    ]
    for mark, meaning in marks:
        sheet.write_string(at, 0, mark, looks.plain(align="center"))
        sheet.write_string(at, 1, meaning, looks.plain())
        at += 1
    sheet.write_string(at, 0, first, looks.plain(align="center", underline=1))
    sheet.write_string(at, 1, say("underlined: decided beforehand (pin), a duty or a day off"), looks.plain())
    at += 1
    for words in (
        say("Change, empty or fill the cells of the days and read the file back: wfm roster check FILE."),
        say("The totals at the right and the other sheets are those of the export; they do not follow changes."),
    ):
        sheet.write_string(at + 1, 0, words, looks.soft())
        at += 1
    at += 2
    facts = (
        (BOOK_MARK, ""),
        ("hotline", paper.problem.hotline.id),
        ("first", paper.problem.first.isoformat()),
        ("days", str(paper.problem.days)),
        ("version", paper.version),
        ("content", paper.content),
        ("language", language()),
    )
    for key, value in facts:
        sheet.write_string(at, 0, key, looks.soft())
        sheet.write_string(at, 1, value, looks.soft())
        at += 1
    if paper.violations:
        sheet.write_string(at + 1, 0, say("What the checker finds"), looks.plain(bold=True))
        for n, violation in enumerate(paper.violations[:1000], at + 2):
            sheet.write_string(n, 0, str(violation.date or ""), looks.plain())
            sheet.write_string(n, 1, violation.text.of(), looks.plain())


def write_posts_sheet(sheet: Any, looks: Looks, paper: RosterPaper) -> None:
    """The posts to fill, hidden: a workbook that is read back is judged by them."""
    spoken = "dialects" in paper.problem.posts.columns
    for column, word in enumerate((*POST_COLUMNS, "dialects") if spoken else POST_COLUMNS):
        sheet.write_string(0, column, word, looks.soft())
    for n, row in enumerate(rows_of(paper.problem.posts), 1):
        sheet.write_string(n, 0, f"{row.date:%Y-%m-%d}", looks.plain())
        sheet.write_string(n, 1, str(row.group), looks.plain())
        sheet.write_string(n, 2, str(row.shift), looks.plain())
        sheet.write_number(n, 3, int(row.posts_a), looks.plain())
        sheet.write_number(n, 4, int(row.posts_b), looks.plain())
        if spoken:
            sheet.write_string(n, 5, ";".join(dialects_in(row.dialects)), looks.plain())
    sheet.hide()


def _page(sheet: Any, paper: RosterPaper, head: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&L" + paper.title.replace("&", "&&") + "&R&P / &N")
