"""What a roster on paper shows, the same for workbook and PDF: grid, days, cover, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import pandas as pd

from dashboard.wording import number_words, weekday_name
from scheduler.checker import Violation
from scheduler.duties_hash import duties_hash
from scheduler.grid_words import CellWords, off_word, training_word
from scheduler.problem import RosterProblem
from scheduler.roster_grid import CoverRow, RosterGrid, cover_rows, roster_grid
from wfm.calendar import DayKind
from wfm.hotline import calendar_of
from wfm.i18n import language, say

__all__ = ["RosterPaper"]


@dataclass(frozen=True)
class RosterPaper:
    """A roster to draw, in the language of the moment.

    Attributes:
        problem: hotline, people, leave, period and posts.
        duties: ``tables.DUTIES``.
        violations: what the independent checker finds.
        version: version of the roster, as its reader knows it.
        made_at: when this version was made, with time zone.
        posts_known: whether the posts are the ones to fill, not merely counted from the duties.
    """

    problem: RosterProblem
    duties: pd.DataFrame
    violations: tuple[Violation, ...]
    version: str
    made_at: datetime
    posts_known: bool = True

    @cached_property
    def grid(self) -> RosterGrid:
        """People × days."""
        return roster_grid(self.problem, self.duties)

    @cached_property
    def words(self) -> CellWords:
        """How shifts and groups are called in cells."""
        return CellWords.of(self.problem.hotline, language())

    @cached_property
    def cover(self) -> list[CoverRow]:
        """Posts and filled posts by group, shift and role."""
        return cover_rows(self.problem, self.duties, self.grid.days)

    @cached_property
    def content(self) -> str:
        """Hash of the duties."""
        return duties_hash(self.duties)

    @cached_property
    def broken(self) -> dict[tuple[str, date], list[str]]:
        """Sentences of broken rules by person and day."""
        found: dict[tuple[str, date], list[str]] = {}
        for violation in self.violations:
            if violation.agent and violation.date is not None:
                found.setdefault((violation.agent, violation.date), []).append(violation.text.of())
        return found

    def is_pinned(self, agent: str, day: date, *, on_duty: bool) -> bool:
        """Whether what the cell shows, a duty or none, was decided beforehand."""
        return self._pinned.get((agent, day)) is on_duty

    @cached_property
    def training(self) -> set[tuple[str, date]]:
        """People and days on which training begins."""
        zone = self.problem.zone
        spans = [(b.agent, self.problem.busy_times(b)[0]) for b in self.problem.busy if b.kind == "training"]
        return {(agent, start.astimezone(zone).date()) for agent, start in spans}

    def day_word(self, agent: str, day: date) -> str:
        """What is said of a day without duty or leave: training, a day off decided beforehand, else nothing."""
        if (agent, day) in self.training:
            return training_word(self.words)
        return off_word(self.words) if self.is_pinned(agent, day, on_duty=False) else ""

    @cached_property
    def _pinned(self) -> dict[tuple[str, date], bool]:
        """Days of people that are pinned, and whether to a duty."""
        return {(pin.agent, pin.date): bool(pin.shift) for pin in self.problem.pins}

    @property
    def title(self) -> str:
        """Hotline and period."""
        return f"{self.problem.hotline.name} · {self.problem.first:%Y-%m-%d} – {self.problem.last:%Y-%m-%d}"

    @property
    def headline(self) -> str:
        """The one sentence that matters."""
        people = sum(row.duties > 0 for row in self.grid.rows)
        short = sum(max(0, w - f) for row in self.cover for w, f in zip(row.posts, row.filled, strict=True))
        broken = sum(v.breaks_law for v in self.violations)
        law = say("breaks one rule") if broken == 1 else say("breaks {n} rules", n=broken)
        law = law if broken else say("keeps every rule")
        if not self.posts_known:
            return say(
                "Version {version}: {duties} duties for {people} people, {law}; which posts were to fill is not known.",
                version=self.version,
                duties=number_words(len(self.duties)),
                people=number_words(people),
                law=law,
            )
        return say(
            "Version {version}: {duties} duties for {people} people, {law}, {short} posts open.",
            version=self.version,
            duties=number_words(len(self.duties)),
            people=number_words(people),
            law=law,
            short=number_words(short),
        )

    def is_rest_day(self, day: date) -> bool:
        """Weekend or holiday."""
        return self.problem.kind_of(day) in (DayKind.WEEKEND, DayKind.HOLIDAY)

    def day_mark(self, day: date) -> str:
        """Weekday; of a make-up day and a holiday, what it is."""
        kind = self.problem.kind_of(day)
        if kind is DayKind.MAKEUP:
            return say("{weekday}, work", weekday=weekday_name(day))
        if kind is DayKind.HOLIDAY:
            name = calendar_of(self.problem.hotline).name(day)
            return str(name).split(" (")[0] if name is not None else say("holiday")
        return weekday_name(day)

    def shift_name(self, shift: str) -> str:
        """Name of a shift; of an unknown one its identifier."""
        found = next((s for s in self.problem.hotline.shifts if s.id == shift), None)
        return str(found.name) if found else shift

    def group_name(self, group: str) -> str:
        """Name of a group; of an unknown one its identifier."""
        found = next((g for g in self.problem.hotline.groups if g.id == group), None)
        return str(found.name) if found else group

    def contract_name(self, contract: str) -> str:
        """Name of a contract; of an unknown one its identifier."""
        found = next((c for c in self.problem.hotline.contracts if c.id == contract), None)
        return str(found.name) if found else contract

    def cover_words(self, posts: int, filled: int) -> str:
        """``3/3``, ``2/3 short 1``, ``4/3 spare 1``; empty where there is nothing."""
        if not posts and not filled:
            return ""
        if filled < posts:
            return say("{filled}/{posts} short {n}", filled=filled, posts=posts, n=posts - filled)
        if filled > posts:
            return say("{filled}/{posts} spare {n}", filled=filled, posts=posts, n=filled - posts)
        return f"{filled}/{posts}"
