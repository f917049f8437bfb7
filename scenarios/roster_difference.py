"""What differs between two versions of a roster, in words: by day and person, and in sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from scheduler.grid_words import CellDuty, CellWords, write_cell
from scheduler.roster_cells import Cell
from scheduler.roster_changes import DayChange, Held, roster_changes
from wfm.hotline import Agent, Hotline
from wfm.i18n import language, say

__all__ = ["Difference", "cell_words", "roster_difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One person's day that differs: what stood there and what stands there, as cells show it."""

    agent: str
    name: str
    date: date
    before: str
    after: str

    def sentence(self) -> str:
        """``L003 Li Si: E → N·B``; taken away and put in have words of their own."""
        who = f"{self.agent} {self.name}".strip()
        if self.before and self.after:
            return say("{who}: {before} → {after}", who=who, before=self.before, after=self.after)
        if self.before:
            return say("{who}: {before} taken away", who=who, before=self.before)
        return say("{who}: {after} added", who=who, after=self.after)


def roster_difference(
    hotline: Hotline, agents: Sequence[Agent], before: pd.DataFrame, after: pd.DataFrame
) -> list[Difference]:
    """Days of people that differ between two rosters (``tables.DUTIES``), by day and person, in the language of the moment.

    Which of several posts of the same kind somebody has makes no difference. A group is named where it alone differs, and
    so are times.
    """
    words = CellWords.of(hotline, language())
    names = {a.id: a.name for a in agents}
    return [_difference(words, names, change) for change in roster_changes(before, after)]


def _difference(words: CellWords, names: dict[str, str], change: DayChange) -> Difference:
    plain = [[(d.shift, d.role) for d in side] for side in (change.lost, change.gained)]
    timed = any(d.times for d in change.lost)
    texts = [_held(words, side, groups=plain[0] == plain[1] and not timed) for side in (change.lost, change.gained)]
    return Difference(change.agent, names.get(change.agent, ""), change.date, *texts)


def _held(words: CellWords, side: Sequence[Held], *, groups: bool) -> str:
    return "+".join(
        _timed(words, CellDuty(d.shift, d.role, d.group if groups else None, d.remote if groups else None), d.times)
        for d in side
    )


def _timed(words: CellWords, duty: CellDuty, times: str) -> str:
    """``E·B``, and the times after it where it has some of its own."""
    return f"{write_cell(words, [duty])} {times}".rstrip()


def cell_words(words: CellWords, cell: Cell, *, group: bool = False) -> str:
    """What stands in a cell: ``E·B``, with its times where they are not its shift's; a word for an empty one; whether it
    is pinned."""
    duties = (
        _timed(words, CellDuty(d.shift, d.role, d.group if group else None), d.times.replace("-", "–"))
        for d in cell.duties
    )
    text = "+".join(duties) or say("free")
    return say("{duty} (pinned)", duty=text) if cell.pinned else text
