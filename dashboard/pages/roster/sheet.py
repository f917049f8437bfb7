"""The month's grid: people and what stands in their cells, with the rules that are broken there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from scheduler.checker import RULES_OF_A_DAY, Violation
from scheduler.checker.view import Duty
from scheduler.firm_places import firm_of_place
from scheduler.grid_words import CellDuty, CellWords
from scheduler.own_times import own_times
from scheduler.problem import RosterProblem
from scheduler.roster_cells import LiveRoster
from scheduler.roster_grid import GridDuty, GroupChoices, default_group, usual_group
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.hotline import Agent, calendar_of
from wfm.i18n import language, say

__all__ = ["Sheet"]


@dataclass(frozen=True)
class Sheet:
    """One month as a grid, in the language of the moment."""

    problem: RosterProblem

    @cached_property
    def words(self) -> CellWords:
        """How shifts and groups are called in cells."""
        return CellWords.of(self.problem.hotline, language())

    @cached_property
    def shift_numbers(self) -> dict[str, int]:
        """Number of each shift, in the hotline's order."""
        return {shift.id: n for n, shift in enumerate(self.problem.hotline.shifts)}

    @cached_property
    def group_numbers(self) -> dict[str, int]:
        """Number of each group, in the hotline's order."""
        return {group.id: n for n, group in enumerate(self.problem.hotline.groups)}

    @cached_property
    def posts(self) -> dict[tuple[date, str], Counter[tuple[str, str]]]:
        """Posts of each day and group by (shift, role)."""
        found: dict[tuple[date, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        for row in rows_of(self.problem.posts):
            key = (pd.Timestamp(row.date).date(), str(row.group))
            found[key][str(row.shift), "A"] += int(row.posts_a)
            found[key][str(row.shift), "B"] += int(row.posts_b)
        return found

    @cached_property
    def days(self) -> list[date]:
        """Days of the grid; the eve too where it has posts."""
        first = min([self.problem.first, *(day for day, _ in self.posts)])
        return [first + timedelta(days=n) for n in range((self.problem.last - first).days + 1)]

    @cached_property
    def places(self) -> dict[date, int]:
        """Number of each day's column."""
        return {day: n for n, day in enumerate(self.days)}

    @cached_property
    def people(self) -> dict[str, Agent]:
        """People by their number."""
        return {a.id: a for a in self.problem.agents}

    @cached_property
    def _times(self) -> Callable[[Duty], str]:
        return own_times(self.problem)

    @cached_property
    def _choices(self) -> GroupChoices:
        return GroupChoices(self.problem)

    @cached_property
    def _away(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for leave in self.problem.leave:
            found[leave.agent] += [n for day, n in self.places.items() if leave.first <= day <= leave.last]
        return found

    @cached_property
    def _training(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for busy in self.problem.busy:
            day = self.problem.busy_times(busy)[0].astimezone(self.problem.zone).date()
            if busy.kind == "training" and day in self.places:
                found[busy.agent].append(self.places[day])
        return found

    @cached_property
    def _decided(self) -> dict[str, list[int]]:
        """Days that the hotline's own files pin."""
        found: dict[str, list[int]] = defaultdict(list)
        for pin in self.problem.pins:
            if pin.date in self.places:
                found[pin.agent].append(self.places[pin.date])
        return found

    def rows(self, live: LiveRoster, agents: Collection[str] | None = None) -> list[dict[str, Any]]:
        """A row for each person, or for ``agents`` only; then those on duty that the hotline does not know."""
        broken = self._broken(live, agents)
        mine: dict[str, list[tuple[date, tuple[Duty, ...]]]] = defaultdict(list)
        for (agent, day), duties in live.rows.items():
            if agents is None or agent in agents:
                mine[agent].append((day, duties))
        names = [*self.people, *sorted(set(mine) - set(self.people))]
        wanted = names if agents is None else [name for name in names if name in agents]
        if agents is not None:  # somebody unknown who has no duty any more stays as an empty row
            wanted += sorted(set(agents) - set(names))
        return [self._row(live, name, mine.get(name, []), broken.get(name, {})) for name in wanted]

    def _row(
        self,
        live: LiveRoster,
        agent: str,
        mine: Iterable[tuple[date, tuple[Duty, ...]]],
        broken: dict[int, list[str]],
    ) -> dict[str, Any]:
        person = self.people.get(agent)
        held = sorted(mine)
        every = [GridDuty(agent, day, CellDuty(d.shift, d.role, d.group)) for day, duties in held for d in duties]
        usual = usual_group(self._choices, person, every)
        totals = live.totals(agent)
        row: dict[str, Any] = {
            "id": agent,
            "name": person.name if person and person.name else agent,
            "firm": person.firm if person else firm_of_place(agent) or say("not known"),
            "serves": [self.group_numbers[g.id] for g in self.problem.hotline.groups if self._able(person, g.lines)],
            "hours": totals.hours,
            "nights": totals.nights,
            "weekends": totals.weekends,
            "holidays": totals.holidays,
            "duties": totals.duties,
            "broken": {str(n): words for n, words in broken.items()},
            "leave": self._away.get(agent, []),
            "training": self._training.get(agent, []),
            "pins": sorted(
                {
                    *self._decided.get(agent, []),
                    *(self.places[day] for day in self.days if live.cell(agent, day).pinned),
                }
            ),
        }
        for day, duties in held:
            if day in self.places:
                row[f"d{self.places[day]}"] = [self._duty(person, d, usual) for d in duties]
        return row

    def _able(self, person: Agent | None, lines: Iterable[str]) -> bool:
        return person is None or set(lines) <= set(person.lines)

    def _duty(self, person: Agent | None, duty: Duty, usual: str) -> list[Any]:
        """Shift, B, group, away from the centre, other than the usual group, post that A and B share, times if its own."""
        elsewhere = duty.group != self._default(person, duty.shift, usual)
        return [
            self.shift_numbers.get(duty.shift, -1),
            int(duty.role == "B"),
            self.group_numbers.get(duty.group, -1),
            int(duty.remote),
            int(elsewhere),
            self.shared_post(duty),
            self._times(duty).replace("-", "–"),
        ]

    def _default(self, person: Agent | None, shift: str, usual: str) -> str | None:
        """The group meant where none is named; the same for everybody with the same skills."""
        key = (person.lines if person else None, shift, usual)
        if key not in self._defaults:
            self._defaults[key] = default_group(self._choices, person, shift, usual)
        return self._defaults[key]

    @cached_property
    def _defaults(self) -> dict[tuple[tuple[str, ...] | None, str, str], str | None]:
        return {}

    @cached_property
    def _spans(self) -> dict[str, int]:
        return {g.id: max(g.posts_per_backup, 1) for g in self.problem.hotline.groups}

    def shared_post(self, duty: Duty) -> str:
        """The first of the posts that one B backs: A and B of one post share it."""
        head, _, number = duty.post.rpartition("/")
        span = self._spans.get(duty.group, 1)
        if not number.isdigit():
            return duty.post
        return f"{head.partition('/')[2]}/{(int(number) - 1) // span * span + 1}"

    def _broken(self, live: LiveRoster, agents: Collection[str] | None) -> dict[str, dict[int, list[str]]]:
        """Sentences of broken rules about one person, by person and column."""
        found: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for violation in live.violations:
            if violation.rule not in RULES_OF_A_DAY and (agents is None or violation.agent in agents):
                found[violation.agent][self._column(violation)].append(violation.text.of())
        return found

    def _column(self, violation: Violation) -> int:
        """The day that a violation is shown on: its own; of a week that began before the roster, the first."""
        day = violation.date or self.days[0]
        return self.places.get(min(max(day, self.days[0]), self.days[-1]), 0)

    def days_broken(self, live: LiveRoster, days: Collection[date] | None = None) -> dict[str, dict[str, list[str]]]:
        """Sentences of broken rules about several people of a day, by column and person (empty: nobody's own)."""
        wanted = self.days if days is None else [day for day in self.days if day in days]
        found: dict[str, dict[str, list[str]]] = {str(self.places[day]): {} for day in wanted}
        for violation in live.violations:
            # What cover lacks is said by the figures beneath.
            if violation.rule in RULES_OF_A_DAY and not violation.rule.startswith("posts_"):
                column = found.get(str(self._column(violation)))
                if column is not None:
                    column.setdefault(violation.agent, []).append(violation.text.of())
        return found

    def holiday_name(self, day: date) -> str:
        """Name of a public holiday."""
        name = calendar_of(self.problem.hotline).name(day)
        return str(name).split(" (")[0].split("(")[0] if name is not None else say("holiday")

    def is_rest(self, day: date) -> bool:
        """Weekend or public holiday."""
        return self.problem.kind_of(day) in (DayKind.WEEKEND, DayKind.HOLIDAY)
