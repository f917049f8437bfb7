"""A roster as a file to hand out: workbook, PDF, CSV or calendar; whole, or of one person, one line or one firm."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import pandas as pd

from dashboard.reports.roster_paper import RosterPaper
from scenarios.roster_at_hand import RosterAtHand
from scheduler.checker import Violation
from scheduler.firm_places import firm_of_place
from scheduler.ical import duties_of_line, roster_calendar
from scheduler.settlement import Settlement
from wfm.errors import BadInput
from wfm.i18n import language, list_words, say

__all__ = ["FORMS", "Form", "Only", "RosterFile", "fees_file", "file_name", "roster_file"]

Form = Literal["xlsx", "pdf", "csv", "ics"]
FORMS: dict[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "text/csv",
    "ics": "text/calendar",
}
"""Media type of each form."""


@dataclass(frozen=True, slots=True)
class RosterFile:
    """A file to hand out."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Only:
    """The part of a roster that is asked for; empty: all of it. At most one of the three is given."""

    person: str = ""
    line: str = ""
    firm: str = ""

    def __bool__(self) -> bool:
        return bool(self.person or self.line or self.firm)

    @property
    def word(self) -> str:
        """What the part is called in a file's name."""
        return self.person or self.line or self.firm


WHOLE = Only()


def roster_file(
    found: RosterAtHand,
    form: str,
    made_at: datetime,
    *,
    only: Only = WHOLE,
    version: int | None = None,
    violations: tuple[Violation, ...] | None = None,
) -> RosterFile:
    """The roster, or a part of it, in the language of the moment.

    Args:
        found: the roster.
        form: one of :data:`FORMS`.
        made_at: when this version was made.
        only: the part that is asked for.
        version: number to write into it; the roster's own by default.
        violations: what the checker finds, where that is known; otherwise it is asked.

    Raises:
        BadInput: no such form, person, line or firm.
    """
    if form not in FORMS:
        raise BadInput(say("form: found {found!r}, allowed are {known}", found=form, known=list_words(list(FORMS))))
    number = found.version if version is None else version
    duties = _part(found, found.duties, only)
    if form == "csv":
        from scheduler.export import duties_csv

        content = duties_csv(duties)
    elif form == "ics":
        before = None if found.before is None else _part(found, found.before, only)
        hotline, agents = found.scenario.hotline, found.scenario.agents
        content = roster_calendar(
            hotline, agents, duties, version=number, made_at=made_at, before=before, person=only.person or None
        )
    else:
        paper = _paper(found, duties, only, str(number), made_at, violations)
        if form == "xlsx":
            from dashboard.reports.roster_book import render_roster_book

            content = render_roster_book(paper)
        else:
            from dashboard.reports.roster_pdf import render_roster_pdf

            content = render_roster_pdf(paper).content
    return RosterFile(file_name(found, form, number, only.word), FORMS[form], content)


def fees_file(
    found: RosterAtHand,
    fees: Settlement,
    made_at: datetime,
    *,
    firm: str = "",
    violations: tuple[Violation, ...] | None = None,
) -> RosterFile:
    """The settlement with its roster as a workbook, of one firm or of all.

    Raises:
        BadInput: no such firm.
    """
    only = Only(firm=firm)
    if firm:
        mine = tuple(p for p in fees.people if p.firm == firm)
        fees = Settlement(mine, tuple(f for f in fees.firms if f.firm == firm))
    from dashboard.reports.roster_book import render_roster_book

    duties = _part(found, found.duties, only)
    paper = _paper(found, duties, only, str(found.version), made_at, violations)
    name = file_name(found, "xlsx", found.version, firm, what=say("settlement"))
    return RosterFile(name, FORMS["xlsx"], render_roster_book(paper, fees))


def file_name(found: RosterAtHand, form: str, version: int, part: str = "", what: str = "") -> str:
    """A file's name in the language of the moment, without signs that a system does not take."""
    problem = found.problem
    hotline = found.scenario.hotline
    title = hotline.name.zh if language() == "zh" else hotline.id
    words = [title, what or say("roster"), part, f"{problem.first:%Y-%m-%d}", f"v{version}"]
    stem = "-".join(word for word in words if word)
    return re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "_", stem)[:120] + f".{form}"


def _part(found: RosterAtHand, duties: pd.DataFrame, only: Only) -> pd.DataFrame:
    """The duties of the part."""
    if only.line:
        return duties_of_line(found.scenario.hotline, duties, only.line)
    if only.person:
        if (
            only.person not in {a.id for a in found.scenario.agents}
            and not (found.duties["agent"] == only.person).any()
        ):
            raise BadInput(say("no agent {found!r} in this roster", found=only.person))
        return duties[duties["agent"] == only.person]
    if only.firm:
        of_firm = {a.id for a in found.scenario.agents if a.firm == only.firm}
        if not of_firm:
            raise BadInput(say("there is no firm {firm}", firm=only.firm))
        mine = [str(a) in of_firm or firm_of_place(str(a)) == only.firm for a in duties["agent"]]
        return duties[pd.Series(mine, index=duties.index, dtype=bool)]
    return duties


def _paper(
    found: RosterAtHand,
    duties: pd.DataFrame,
    only: Only,
    version: str,
    made_at: datetime,
    violations: tuple[Violation, ...] | None,
) -> RosterPaper:
    from scheduler.firm_duties import check_with_places

    problem = found.problem
    if violations is None:
        violations = tuple(check_with_places(problem, found.duties))
    if only.person or only.firm:
        people = [a for a in problem.agents if (a.firm == only.firm if only.firm else only.person in (a.id, a.pair))]
        names = {a.id for a in people}
        problem = replace(
            problem,
            agents=people,
            leave=[x for x in problem.leave if x.agent in names],
            wishes=(),
            balances=(),
            busy=tuple(b for b in problem.busy if b.agent in names),
            pins=tuple(p for p in problem.pins if p.agent in names),
        )
        violations = tuple(v for v in violations if v.agent in names)
    return RosterPaper(problem, duties, violations, version, made_at, found.posts_known and not only)
