"""The rows and columns of the month's grid: people and their cells, and the cover of each group beneath them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from dashboard.wording import day_label, number_words, weekday_name
from scheduler.checker import RULES_OF_A_DAY, Violation
from scheduler.checker.view import Duty
from scheduler.firm_places import firm_of_place
from scheduler.grid_words import CellDuty, CellWords
from scheduler.problem import RosterProblem
from scheduler.roster_cells import LiveRoster
from scheduler.roster_grid import GridDuty, GroupChoices, default_group, usual_group
from scheduler.table_rows import rows_of
from wfm.calendar import DayKind
from wfm.hotline import Agent, calendar_of
from wfm.i18n import language, say

__all__ = ["DAY_PX", "Sheet"]

DAY_PX = 26
"""Width of a day's column: 31 of them, names and totals stand side by side on 1440 px."""


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
        """Shift, B, group, away from the centre, other than the usual group, post that A and B share."""
        elsewhere = duty.group != self._default(person, duty.shift, usual)
        return [
            self.shift_numbers.get(duty.shift, -1),
            int(duty.role == "B"),
            self.group_numbers.get(duty.group, -1),
            int(duty.remote),
            int(elsewhere),
            self.shared_post(duty),
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

    def cover(self, live: LiveRoster) -> list[dict[str, Any]]:
        """A row for each group: posts and people of each day, and what is said of it."""
        there: dict[tuple[date, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        for (_, day), duties in live.rows.items():
            for duty in duties:
                there[day, duty.group][duty.shift, duty.role] += 1
        beyond = defaultdict(list)
        for violation in live.violations:
            if violation.rule == "posts_surplus" and violation.date is not None:
                beyond[violation.date].append(violation.text)
        rows = []
        for group in self.problem.hotline.groups:
            if not any(key[1] == group.id for key in (*self.posts, *there)):
                continue
            row: dict[str, Any] = {"id": f"cover-{group.id}", "name": group.name.of(), "group": group.id}
            for day, n in self.places.items():
                found = self._cover_cell(day, self.posts.get((day, group.id)), there.get((day, group.id)))
                # The checker's sentences name the group by its identifier.
                broken = [text.of() for text in beyond[day] if f", {group.id}, " in text.en]
                if found and broken:
                    found[3] = "\n".join([found[3], *(f"✕ {words}" for words in broken)])
                    found.append(1)
                row[f"d{n}"] = found
            rows.append(row)
        return rows

    def _cover_cell(
        self, day: date, posts: Counter[tuple[str, str]] | None, filled: Counter[tuple[str, str]] | None
    ) -> list[Any] | None:
        """People as A, posts of A, short or over by most, and a line for each shift."""
        wanted, there = posts or Counter(), filled or Counter()
        if not wanted and not there:
            return None
        kinds = [
            (shift.id, role)
            for shift in self.problem.hotline.shifts
            for role in ("A", "B")
            if wanted[shift.id, role] or there[shift.id, role]
        ]
        gaps = [there[kind] - wanted[kind] for kind in kinds]
        state = "short" if min(gaps, default=0) < 0 else "over" if max(gaps, default=0) > 0 else "right"
        lines = [self._cover_line(kind, there[kind], wanted[kind]) for kind in kinds]
        people, asked = (sum(n for (_, role), n in c.items() if role == "A") for c in (there, wanted))
        return [people, asked, state, "\n".join([day_label(day), *lines])]

    def _cover_line(self, kind: tuple[str, str], there: int, wanted: int) -> str:
        shift = next(s for s in self.problem.hotline.shifts if s.id == kind[0])
        said = say("{shift} {role}: {there} of {wanted}", shift=shift.name, role=kind[1], there=there, wanted=wanted)
        if there < wanted:
            return said + " · " + say("{n} short", n=wanted - there)
        return said + (" · " + say("{n} over", n=there - wanted) if there > wanted else "")

    def columns(self, *, may_edit: bool) -> list[dict[str, Any]]:
        """Column definitions: name, firm, days in runs with names, totals."""
        fixed = {"pinned": "left", "lockPinned": True, "suppressMovable": True, "sortable": True}
        names = [
            {
                **fixed,
                "field": "name",
                "headerName": say("Full name"),
                "width": 116,
                "cellClass": "who",
                **_tip("rosterWho"),
            },
            {**fixed, "field": "firm", "headerName": say("Firm"), "width": self._firm_px, "cellClass": "firm"},
        ]
        totals = [
            self._total("hours", say("h"), say("Paid hours of the roster; standby hours by the hotline's share")),
            self._total("nights", say("Nts"), say("Duties in night shifts")),
            self._total("weekends", say("Wkd"), say("Calendar weeks with a duty on a weekend day")),
            self._total("holidays", say("Hol"), say("Duties on public holidays")),
        ]
        # A head over every column: a row of heads with nothing in it would be none to a screen reader.
        who = {"headerName": say("People"), "children": names if self._firm_px else names[:1], "marryChildren": True}
        sums = {"headerName": say("In all"), "children": totals, "marryChildren": True}
        return [who, *self._day_groups(may_edit), sums]

    @property
    def _firm_px(self) -> int:
        if not any(a.firm for a in self.problem.agents):
            return 0
        left = 1188 - 116 - 4 * 42 - DAY_PX * len(self.days)
        return 0 if left < 56 else min(left, 110)

    def _total(self, name: str, head: str, meaning: str) -> dict[str, Any]:
        return {
            "field": name,
            "headerName": head,
            "headerTooltip": meaning,
            "pinned": "right",
            "lockPinned": True,
            "suppressMovable": True,
            "sortable": True,
            "sortingOrder": ["desc", "asc", None],
            "width": 42,
            "cellClass": "total",
            "headerClass": "total",
            "valueFormatter": {"function": "rosterTotal(params)"},
        }

    def _day_groups(self, may_edit: bool) -> list[dict[str, Any]]:
        groups: list[tuple[str, str, list[dict[str, Any]]]] = []
        for n, day in enumerate(self.days):
            kind = self.problem.kind_of(day)
            holiday = self.holiday_name(day) if kind is DayKind.HOLIDAY else ""
            year, week, _ = day.isocalendar()
            key, name = (holiday, holiday) if holiday else (f"{year}-{week}", say("week {n}", n=week))
            if not groups or groups[-1][0] != key:
                groups.append((key, name, []))
            groups[-1][2].append(self._day_column(n, day, kind, may_edit))
        return [
            {
                "headerName": name if len(days) > 2 or name == key else "",
                "headerTooltip": name,
                "headerClass": "holiday" if name == key else "week",
                "children": days,
                "marryChildren": True,
            }
            for key, name, days in groups
        ]

    def _day_column(self, n: int, day: date, kind: DayKind, may_edit: bool) -> dict[str, Any]:
        rest = kind in (DayKind.WEEKEND, DayKind.HOLIDAY)
        short = weekday_name(day)
        mark = say("workday") if kind is DayKind.MAKEUP else short
        short = (
            "班" if kind is DayKind.MAKEUP and language() == "zh" else short[-1] if language() == "zh" else short[:2]
        )
        name = self.holiday_name(day) if kind is DayKind.HOLIDAY else ""
        return {
            "field": f"d{n}",
            "headerName": f"{day.day}\n{short}",
            "headerTooltip": " · ".join(
                x for x in (day_label(day), name or (mark if mark != weekday_name(day) else "")) if x
            ),
            "headerClass": "day rest" if rest else "day makeup" if kind is DayKind.MAKEUP else "day",
            "minWidth": DAY_PX,
            "flex": 1,
            "resizable": False,
            "sortable": False,
            "suppressMovable": True,
            "cellDataType": False,
            "editable": {"function": "rosterEditable(params)"} if may_edit else False,
            "cellEditorParams": {"useFormatter": True},
            "valueFormatter": {"function": "rosterText(params)"},
            "valueSetter": {"function": "rosterTyped(params)"},
            "cellClass": {"function": "rosterClass(params)"},
            "suppressKeyboardEvent": {"function": "rosterKey(params)"},
            **_tip("rosterTip"),
        }

    def holiday_name(self, day: date) -> str:
        """Name of a public holiday."""
        name = calendar_of(self.problem.hotline).name(day)
        return str(name).split(" (")[0].split("(")[0] if name is not None else say("holiday")

    def context(self, *, draft: int, latest: int, may_edit: bool) -> dict[str, Any]:
        """What the browser needs to show cells and to say what they mean."""
        hotline = self.problem.hotline
        return {
            "draft": draft,
            "latest": latest,
            "mayEdit": may_edit,
            "days": [{"iso": day.isoformat(), "words": day_label(day), "rest": self.is_rest(day)} for day in self.days],
            "shifts": [
                {"label": self.words.labels[s.id], "name": s.name.of(), "times": f"{s.start}–{s.end}"}
                for s in hotline.shifts
            ],
            "groups": [
                {"id": g.id, "name": g.name.of(), "short": self.words.group_names[g.id]} for g in hotline.groups
            ],
            "known": sorted(self.words.shifts),
            "words": {
                "A": "A",
                "B": say("B, stands by"),
                "remote": say("away from the centre"),
                "leave": say("on leave"),
                "training": say("in training"),
                "pinned": say("pinned"),
                "with": say("A and B of this post"),
                "free": say("free"),
                "waiting": say("saving …"),
                "slow": say("The server does not answer; the last change may not be saved. Reload the page."),
            },
        }

    def is_rest(self, day: date) -> bool:
        """Weekend or public holiday."""
        return self.problem.kind_of(day) in (DayKind.WEEKEND, DayKind.HOLIDAY)

    def sentence(self, live: LiveRoster, name: str) -> tuple[str, str]:
        """The one sentence that matters of the roster called ``name``, and whether it is met, at risk or missed."""
        broken = sum(v.breaks_law for v in live.violations)
        lacking: Counter[tuple[date, str, str, str]] = Counter()
        there = Counter((d.date, d.group, d.shift, d.role) for mine in live.rows.values() for d in mine)
        for (day, group), kinds in self.posts.items():
            for (shift, role), wanted in kinds.items():
                if wanted > there[day, group, shift, role]:
                    lacking[day, group, shift, role] = wanted - there[day, group, shift, role]
        law = (
            say("keeps every rule")
            if not broken
            else say("breaks one rule")
            if broken == 1
            else say("breaks {n} rules", n=number_words(broken))
        )
        if not lacking:
            return say("{roster} {law}; every post is filled.", roster=name, law=law), "missed" if broken else "met"
        (day, group, shift, role), missing = max(lacking.items(), key=lambda item: (item[1], -item[0][0].toordinal()))
        hotline = self.problem.hotline
        sentence = say(
            "{roster} {law}; {n} posts on {days} days are open, most on {day}: {missing} {role} of {shift}, {group}.",
            roster=name,
            law=law,
            n=number_words(sum(lacking.values())),
            days=len({key[0] for key in lacking}),
            day=day_label(day),
            missing=missing,
            role=role,
            shift=next((s.name for s in hotline.shifts if s.id == shift), shift),
            group=next((g.name for g in hotline.groups if g.id == group), group),
        )
        return sentence, "missed" if broken else "risk"


def _tip(function: str) -> dict[str, Any]:
    return {"tooltipValueGetter": {"function": f"{function}(params)"}}
