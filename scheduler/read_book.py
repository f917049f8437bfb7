"""A people × days roster read back: this product's workbook edited by hand, or a roster made elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as change
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from scheduler.firm_places import firm_of_place
from scheduler.grid_words import CellDuty, CellWords, UnknownWord, read_cell
from scheduler.problem import POST_COLUMNS, RosterProblem
from scheduler.roster_grid import GridDuty, GroupChoices, default_group, duties_from_grid
from scheduler.sheet_cells import Sheet, day_of_heading, read_sheets
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline
from wfm.i18n import Language, list_words, say

__all__ = ["BOOK_MARK", "POSTS_SHEET", "BookFacts", "GridFile", "find_grid", "kept_posts", "read_book", "read_facts"]

BOOK_MARK = "hotline-wfm roster"
"""First cell of the block that names hotline, period and version on a workbook's legend sheet."""

POSTS_SHEET = "posts"
"""Hidden sheet of a workbook with the posts that the roster was to fill."""

SHEET_NAMES = ("排班", "排班表", "值班表", "roster")
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "staff no.", "no.", "number", "agent", "工号", "编号", "坐席工号", "座席工号"),
    "name": ("name", "姓名", "名字", "人员", "值班人员", "律师", "座席", "坐席"),
    "group": ("group", "组", "座席组", "坐席组", "专席"),
}
"""Columns before the days, and the headings under which they are read; others are passed over."""


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What a workbook of this product says of itself."""

    hotline: str
    first: date | None
    days: int | None
    version: str
    content: str
    language: Language | None


@dataclass(frozen=True, slots=True)
class GridFile:
    """A people × days table found in a file: its heading row, its columns and what the workbook says of itself."""

    sheet: Sheet
    head: int
    columns: Mapping[str, int]
    days: Mapping[int, date]
    facts: BookFacts | None

    @property
    def first(self) -> date:
        """First day of the period: the workbook's own, else the first heading."""
        return (self.facts.first if self.facts else None) or min(self.days.values())

    @property
    def length(self) -> int:
        """Days from the first to the last day."""
        if self.facts and self.facts.first and self.facts.days:
            return self.facts.days
        return (max(self.days.values()) - self.first).days + 1


def read_facts(sheets: Sequence[Sheet]) -> BookFacts | None:
    """The block that this product writes on the legend sheet; None in a workbook made elsewhere."""
    for sheet in sheets:
        for number in range(len(sheet.rows)):
            if sheet.text(number, 0) != BOOK_MARK:
                continue
            said = {sheet.text(n, 0): sheet.text(n, 1) for n in range(number + 1, min(number + 12, len(sheet.rows)))}
            first, days = day_of_heading(said.get("first", ""), None), said.get("days", "")
            spoken: Language | None = (
                "zh" if said.get("language") == "zh" else "en" if said.get("language") == "en" else None
            )
            length = int(days) if days.isdigit() else None
            return BookFacts(
                said.get("hotline", ""), first, length, said.get("version", ""), said.get("content", ""), spoken
            )
    return None


def kept_posts(sheets: Sequence[Sheet], hotline: Hotline) -> pd.DataFrame | None:
    """The posts (``POST_COLUMNS``) that a workbook of this product keeps; None where it keeps none.

    Raises:
        BadInput: a row names no day, group, shift or number that the hotline knows.
    """
    sheet = next((s for s in sheets if s.name == POSTS_SHEET), None)
    if sheet is None or [sheet.text(0, n) for n in range(len(POST_COLUMNS))] != list(POST_COLUMNS):
        return None
    groups, shifts = {g.id for g in hotline.groups}, {s.id for s in hotline.shifts}
    rows = []
    for number in range(1, len(sheet.rows)):
        day = day_of_heading(sheet.text(number, 0), None)
        group, shift, posts_a, posts_b = (sheet.text(number, n) for n in range(1, 5))
        if day is None or group not in groups or shift not in shifts or not (posts_a + posts_b).isdigit():
            raise BadInput(
                say("{where}: the row names no post of {hotline}", where=sheet.where(number, 0), hotline=hotline.id)
            )
        rows.append(
            (pd.Timestamp(day), group, shift, int(posts_a), int(posts_b), sheet.text(number, len(POST_COLUMNS)))
        )
    found = pd.DataFrame(rows, columns=[*POST_COLUMNS, "dialects"])
    return found if found["dialects"].any() else found.drop(columns="dialects")


def find_grid(path: Path, hotline: Hotline, start: date | None = None) -> GridFile:
    """The table of people and days in ``path``: of the sheet named 排班 or Roster, else of the first that holds one.

    Args:
        path: workbook or CSV file.
        hotline: whose roster it should be.
        start: first day, for headings without a year or month; the workbook's own first day stands above it.

    Raises:
        BadInput: the file cannot be read, is of another hotline, or has no row that names days.
    """
    sheets = read_sheets(path)
    facts = read_facts(sheets)
    if facts is not None and facts.hotline != hotline.id:
        raise BadInput(
            say(
                "{file}: is a roster of {found}, not of {wanted}",
                file=path.name,
                found=facts.hotline,
                wanted=hotline.id,
            )
        )
    first = (facts.first if facts else None) or start
    ordered = sorted(sheets, key=lambda s: s.name.strip().casefold() not in SHEET_NAMES)
    for sheet in ordered:
        head = _heading_row(sheet, first)
        if head is not None:
            return GridFile(sheet, head, _columns(sheet, head), _days(sheet, head, first), facts)
    raise BadInput(
        say(
            "{file}: no row names days; the heading needs dates such as 2026-09-14, or 9/14 together with --start",
            file=path.name,
        )
    )


def _heading_row(sheet: Sheet, first: date | None) -> int | None:
    """The first row that names people and days; of rows with bare numbers, only one with a heading for people."""
    for number, row in enumerate(sheet.rows[:40]):
        people = any(k in _columns(sheet, number) for k in ("id", "name"))
        full = sum(day_of_heading(cell, None) is not None for cell in row)
        if (people and full >= 1) or full >= 3:
            return number
        if people and sum(day_of_heading(cell, first) is not None for cell in row) >= 1:
            return number
    return None


def _columns(sheet: Sheet, head: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for column in range(len(sheet.rows[head])):
        word = sheet.text(head, column).casefold()
        for key, words in HEADINGS.items():
            if word in words:
                found.setdefault(key, column)
    return found


def _days(sheet: Sheet, head: int, first: date | None) -> dict[int, date]:
    """Day of each column; what is written without a year goes on from ``first``, else from the row's own full dates."""
    if first is None:
        whole = (day_of_heading(cell, None) for cell in sheet.rows[head])
        first = min((day for day in whole if day is not None), default=None)
    days: dict[int, date] = {}
    for column, cell in enumerate(sheet.rows[head]):
        if column in _columns(sheet, head).values():
            continue
        after = max(days.values()) + timedelta(days=8) if days else first
        day = day_of_heading(cell, after if days and first is not None else first)
        if day is None:
            continue
        if day in days.values():
            raise BadInput(say("{where}: the day {day} stands twice", where=sheet.where(head, column), day=day))
        days[column] = day
    return days


def read_book(problem: RosterProblem, found: GridFile, original: pd.DataFrame | None = None) -> pd.DataFrame:
    """Duties (``tables.DUTIES``) of a people × days table.

    A cell names shifts in either language (:mod:`scheduler.grid_words`). Where neither the cell nor the column of
    groups says which group is served, it is the one that ``original`` says, else the first with an open post.

    Args:
        problem: the people, shifts and posts.
        found: the table.
        original: the duties from which the table was made; they keep their posts.

    Raises:
        BadInput: a cell names no known shift, a row no known person or one that stands twice, or a day lies outside
            the period. The sentence gives the cell's address.
    """
    words = CellWords.of(problem.hotline, (found.facts.language if found.facts else None) or "zh")
    sheet, seen = found.sheet, dict[str, int]()
    early, last = problem.first - timedelta(days=1), problem.last
    known = _known_people(problem)
    cells: list[GridDuty] = []
    usual: dict[str, str] = {}
    for row in range(found.head + 1, len(sheet.rows)):
        if _is_bare(sheet, row, found):
            continue
        person = _person(problem, known, sheet, row, found, words)
        if person is None:
            continue
        if person in seen:
            raise BadInput(
                say(
                    "{where}: {agent} stands already in row {row}",
                    where=sheet.where(row, min(found.columns.values(), default=0)),
                    agent=person,
                    row=seen[person] + 1,
                )
            )
        seen[person] = row
        usual[person] = _group(problem, sheet, row, found, words)
        for column, day in found.days.items():
            for cell in _cell(sheet, row, column, words):
                if not early <= day <= last:
                    raise BadInput(
                        say(
                            "{where}: {date} lies outside the period {first} to {last}",
                            where=sheet.where(found.head, column),
                            date=day,
                            first=problem.first,
                            last=last,
                        )
                    )
                cells.append(GridDuty(person, day, cell))
    return duties_from_grid(problem, _with_groups(problem, cells, usual, original), original)


def _is_bare(sheet: Sheet, row: int, found: GridFile) -> bool:
    """Whether nobody is named and no day is filled: empty rows, a row of weekdays, notes beneath."""
    return not any(sheet.text(row, found.columns[key]) for key in ("id", "name") if key in found.columns) and (
        row == found.head + 1 or not any(sheet.text(row, column) for column in found.days)
    )


_Known = tuple[dict[str, Agent], dict[str, list[Agent]]]
"""People by number and by name, in lower case."""


def _known_people(problem: RosterProblem) -> _Known:
    by_name: dict[str, list[Agent]] = {}
    for agent in problem.agents:
        by_name.setdefault(agent.name.strip().casefold(), []).append(agent)
    return {a.id.casefold(): a for a in problem.agents}, by_name


def _person(
    problem: RosterProblem, known: _Known, sheet: Sheet, row: int, found: GridFile, words: CellWords
) -> str | None:
    """Whose row it is: a person's number, or the place of a firm that has still to name somebody."""
    by_id, by_name = known
    id_column, name_column = found.columns.get("id"), found.columns.get("name")
    number = sheet.text(row, id_column) if id_column is not None else ""
    name = sheet.text(row, name_column) if name_column is not None else ""
    where = sheet.where(row, id_column if id_column is not None and number else (name_column or 0))
    person = by_id.get(number.casefold()) if number else None
    if person is None and number.isdigit():  # a spreadsheet makes 7 of 007
        alike = [a for a in problem.agents if a.id.isdigit() and int(a.id) == int(number)]
        person = alike[0] if len(alike) == 1 else None
    if person is not None:
        return person.id
    if firm_of_place(number) is not None:
        return number
    for text in (name, number):  # a list by names, or names in the column of numbers
        same = by_name.get(text.casefold(), []) if text else []
        if len(same) > 1:
            raise BadInput(
                say(
                    "{where}: several people are called {name!r}; give the number ({numbers})",
                    where=where,
                    name=text,
                    numbers=list_words([a.id for a in same]),
                )
            )
        if same and (not number or text == number):
            return same[0].id
    if not any(_reads_as_duty(words, sheet.text(row, column)) for column in found.days):
        return None  # totals, coverage or a remark beneath the people
    if not number and not name:
        raise BadInput(say("{where}: the row has duties but names nobody", where=where))
    text = number or name
    close = get_close_matches(text, [a.id for a in problem.agents] + [a.name for a in problem.agents if a.name], n=1)
    if close:
        raise BadInput(
            say("{where}: unknown agent {agent!r}; did you mean {close}?", where=where, agent=text, close=close[0])
        )
    raise BadInput(say("{where}: unknown agent {agent!r}", where=where, agent=text))


def _reads_as_duty(words: CellWords, text: str) -> bool:
    try:
        return bool(read_cell(words, text))
    except UnknownWord:
        return False


def _group(problem: RosterProblem, sheet: Sheet, row: int, found: GridFile, words: CellWords) -> str:
    column = found.columns.get("group")
    text = sheet.text(row, column) if column is not None else ""
    if not text or column is None:
        return ""
    group = words.groups.get(text.casefold())
    if group is None and found.facts is not None:
        raise BadInput(
            say(
                "{where}: unknown group {group!r}; known: {known}",
                where=sheet.where(row, column),
                group=text,
                known=list_words(list(words.group_names.values())),
            )
        )
    return group or ""


def _cell(sheet: Sheet, row: int, column: int, words: CellWords) -> list[CellDuty]:
    text = sheet.text(row, column)
    try:
        return read_cell(words, text)
    except UnknownWord as error:
        known = list_words(error.known)
        if error.word.casefold() in words.shifts:
            raise BadInput(
                say(
                    "{where}: {text!r} may be any of several shifts; write one of {known}",
                    where=sheet.where(row, column),
                    text=error.word,
                    known=known,
                )
            ) from None
        raise BadInput(
            say(
                "{where}: unknown shift {text!r}; known: {known}",
                where=sheet.where(row, column),
                text=error.word,
                known=known,
            )
        ) from None


def _with_groups(
    problem: RosterProblem, cells: list[GridDuty], usual: dict[str, str], original: pd.DataFrame | None
) -> list[GridDuty]:
    """The cells with every group named; those that leave a choice take what is still open, scarcest people first."""
    people = {a.id: a for a in problem.agents}
    before = {
        (str(r.agent), pd.Timestamp(r.date).date(), str(r.shift), str(r.role)): str(r.group)
        for r in ([] if original is None else rows_of(original))
    }
    open_posts: Counter[tuple[date, str, str, str]] = Counter()
    for row in rows_of(problem.posts):
        day = pd.Timestamp(row.date).date()
        open_posts[day, str(row.group), str(row.shift), "A"] += int(row.posts_a)
        open_posts[day, str(row.group), str(row.shift), "B"] += int(row.posts_b)
    possible = GroupChoices(problem)
    groups: list[str | None] = []
    for duty in cells:
        cell = duty.cell
        group = cell.group or default_group(possible, people.get(duty.agent), cell.shift, usual[duty.agent])
        group = group or before.get((duty.agent, duty.date, cell.shift, cell.role))
        groups.append(group)
        if group is not None:
            open_posts[duty.date, group, cell.shift, cell.role] -= 1
    choices = {
        n: possible.of(people.get(duty.agent), duty.cell.shift) for n, duty in enumerate(cells) if groups[n] is None
    }
    for n in sorted(choices, key=lambda k: len(choices[k])):
        duty = cells[n]
        keys = [(duty.date, group, duty.cell.shift, duty.cell.role) for group in choices[n]]
        best = max(keys, key=lambda key: (open_posts[key] > 0, -keys.index(key)), default=None)
        group = best[1] if best is not None else problem.hotline.groups[0].id
        open_posts[duty.date, group, duty.cell.shift, duty.cell.role] -= 1
        groups[n] = group
    return [change(d, cell=change(d.cell, group=g)) for d, g in zip(cells, groups, strict=True)]
