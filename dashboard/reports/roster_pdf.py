"""The roster as a printable PDF: landscape, the heading on every page, letters beside colours. Set by Typst."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.reports.roster_paper import RosterPaper
from dashboard.shift_colours import ink_on, shift_colours
from scheduler.grid_words import CellDuty, leave_word, write_cell
from scheduler.roster_grid import GridRow
from wfm.i18n import language, say

__all__ = ["RosterPdf", "chinese_font", "render_roster_pdf"]

_TEMPLATE = Path(__file__).with_name("roster.typ")
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Serif CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "SimSun",
)
"""Families with Chinese characters, the best for small print first."""
_LATIN = ("Noto Sans", "Liberation Sans", "DejaVu Sans", "Arial", "Libertinus Serif")
FINDINGS_MAX = 40


@dataclass(frozen=True, slots=True)
class RosterPdf:
    """The PDF, and a sentence where it cannot show everything; empty otherwise."""

    content: bytes
    note: str


@cache
def _families() -> tuple[str, ...]:
    import typst

    return tuple(typst.Fonts().families())


def chinese_font() -> str | None:
    """The family with Chinese characters that this machine has; None without any."""
    return next((name for name in _CHINESE if name in _families()), None)


def render_roster_pdf(paper: RosterPaper) -> RosterPdf:
    """The people × days grid on A4, on A3 from 17 days on, in the language of the moment.

    The same roster gives the same bytes on the same machine. Readable in black and white: A is filled, B framed and
    marked B, leave hatched and written.
    """
    import typst

    found = chinese_font()
    shown = json.dumps(_page(paper, found), ensure_ascii=False)
    content = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"roster": shown},
        timestamp=int(paper.made_at.timestamp()),
    )
    assert isinstance(content, bytes)
    note = ""
    if found is None and any(letter >= "\u2e80" for letter in shown):
        note = say(
            "This machine has no font with Chinese characters, so the PDF shows boxes for them; "
            "install Noto Sans CJK and export again."
        )
    return RosterPdf(content, note)


def _page(paper: RosterPaper, chinese: str | None) -> dict[str, Any]:
    hotline = paper.problem.hotline
    colours = shift_colours(hotline)
    here = [name for name in _LATIN if name in _families()]
    fonts = [chinese, *here] if language() == "zh" and chinese else [*here, *([chinese] if chinese else [])]
    first = paper.words.labels[hotline.shifts[0].id]
    shown = [row for row in paper.grid.rows if row.duties or any(row.leave)]
    return {
        "title": paper.title,
        "headline": paper.headline,
        "footer": say(
            "{hotline} · version {version} · content {content}",
            hotline=hotline.name,
            version=paper.version,
            content=paper.content,
        ),
        "lang": language(),
        "fonts": fonts,
        "paper": "a3" if len(paper.grid.days) > 16 else "a4",
        "heads": [say("Person"), *([say("Firm")] if any(row.firm for row in shown) else [])],
        "days": [
            {"number": f"{d.month}/{d.day}", "mark": paper.day_mark(d), "rest": paper.is_rest_day(d)}
            for d in paper.grid.days
        ],
        "totals": [say("Duty h"), say("Nights"), say("Rest days"), "B"],
        "rows": [_row(paper, row, colours) for row in shown],
        "shifts": [
            {
                "label": paper.words.labels[s.id],
                "words": f"{s.name} {s.start}–{s.end}",
                "fill": colours[s.id],
                "ink": ink_on(colours[s.id]),
            }
            for s in hotline.shifts
        ],
        "legend": say(
            "Filled: A, answers. Framed, {label}·B: B, stands by. Hatched: on leave. Tinted: weekend or holiday. "
            "Underlined: decided beforehand. !: breaks a rule. Who has neither duty nor leave is left out.",
            label=first,
        ),
        "findings_title": say("What the checker finds"),
        "findings": [v.text.of() for v in paper.violations[:FINDINGS_MAX]],
    }


def _row(paper: RosterPaper, row: GridRow, colours: dict[str, str]) -> dict[str, Any]:
    cells = []
    for n, day in enumerate(paper.grid.days):
        broken = (row.agent, day) in paper.broken
        cell = _cell(paper, row.cells[n], row.leave[n], paper.is_rest_day(day), broken, colours)
        pinned = cell["kind"] != "leave" and paper.is_pinned(row.agent, day, on_duty=bool(row.cells[n]))
        if cell["kind"] == "" and (word := paper.day_word(row.agent, day)):
            cell = {**cell, "kind": "off", "text": word}
        cells.append({**cell, "pinned": pinned})
    name = f"{row.agent} {row.name}".strip()
    totals = [f"{row.hours:g}", str(row.nights), str(row.rest_days), str(row.standbys)]
    return {"person": name, "firm": row.firm, "cells": cells, "totals": totals}


def _cell(
    paper: RosterPaper, cell: tuple[CellDuty, ...], leave: bool, rest: bool, broken: bool, colours: dict[str, str]
) -> dict[str, Any]:
    plain = {"kind": "", "text": "", "rest": rest, "broken": broken, "fill": "#000000", "ink": "#ffffff"}
    if cell:
        fill = colours.get(cell[0].shift, "#54616d")
        text = write_cell(paper.words, list(cell))
        return {**plain, "kind": cell[0].role, "text": text, "fill": fill, "ink": ink_on(fill)}
    return {**plain, "kind": "leave", "text": leave_word(paper.words)} if leave else plain
