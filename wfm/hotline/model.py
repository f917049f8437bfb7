"""The hotline: everything the product knows of a centre before the first call."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Literal, NoReturn, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import Field, field_validator, model_validator

from wfm.hotline.labour_law import LabourLaw
from wfm.hotline.lines import (
    CallBack,
    Group,
    Ivr,
    Line,
    OpeningHours,
    SatisfactionSurvey,
    Trunks,
    WorkOrderClass,
)
from wfm.hotline.long_view import LongView
from wfm.hotline.office_work import OfficeWork
from wfm.hotline.parts import Identifier, Misfit, Part, Seconds, _, minutes_of
from wfm.hotline.people import Contract, RosterRules, Shift, Shrinkage, StaffKind
from wfm.hotline.roster_cycle import RosterCycle
from wfm.hotline.roster_patterns import RosterPattern
from wfm.hotline.shift_design import ShiftDesign
from wfm.hotline.special_day import SpecialDay
from wfm.i18n import Text, list_words, say

__all__ = ["CalendarSetting", "ExtraDay", "Hotline", "Seats", "Source", "TargetOverride"]


class ExtraDay(Part):
    """A day the hotline itself declares, before or against the published calendar."""

    date: Annotated[date, Field(description=_("the day"))]
    kind: Literal["weekday", "weekend", "holiday", "makeup"] = Field(description=_("what the day is"))
    name: Text | None = Field(None, description=_("name to show"))


class CalendarSetting(Part):
    """Which working calendar the hotline keeps. Not every centre is Chinese."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        "CN", description=_("ISO country whose statutory days hold; empty: none")
    )
    weekend: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field((5, 6), description=_("weekend days, Monday is 0"))
    days: tuple[ExtraDay, ...] = Field((), description=_("days the hotline supplies itself"))
    years_supplied: tuple[int, ...] = Field((), description=_("years not yet announced whose days are all given here"))
    special_days: tuple[SpecialDay, ...] = Field(
        (), description=_("days that bring other calls for a cause of their own, whatever kind of day they are")
    )


class Seats(Part):
    """Places to answer. Seats opened are a cap, not a target."""

    built: Annotated[int, Field(ge=1, le=100_000)] = Field(description=_("places to answer that exist"))
    opened: Annotated[int, Field(ge=1, le=100_000)] = Field(description=_("places that may be staffed at once: a cap"))

    @model_validator(mode="after")
    def _opened_are_built(self) -> Self:
        if self.opened > self.built:
            raise Misfit(
                say("must not exceed the seats built ({built}), found {opened}", built=self.built, opened=self.opened),
                "opened",
            )
        return self


class TargetOverride(Part):
    """A limit or parameter of the standard that this hotline sets otherwise."""

    target: str = Field(description=_("identifier of the target within the standard"))
    limit: float | None = Field(None, description=_("limit instead of the standard's"))
    kpi: str | None = Field(None, description=_("definition of the KPI instead of the standard's default"))


class Source(Part):
    """Where a number comes from. Every number of a shipped hotline has one."""

    paths: tuple[str, ...] = Field(
        min_length=1, description=_("key paths, ``*`` matches one key or index, ``**`` the rest")
    )
    kind: Literal["published", "secondary", "assumed"] = Field(description=_("how surely the numbers are known"))
    clause: str = Field("", description=_("document and clause, for published and secondary numbers"))
    why: Text | None = Field(None, description=_("the quoted rule, or the reason of the assumption"))

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.kind == "assumed" and self.why is None:
            raise Misfit(say("an assumed number needs its reason (why)"))
        if self.kind != "assumed" and not self.clause:
            raise Misfit(say("a published or secondary number needs its clause"))
        return self


class Hotline(Part):
    """A hotline centre."""

    id: Identifier = Field(description=_("identifier of the hotline"))
    number: Annotated[str, Field(pattern=r"^\d{3,12}$")] = Field(description=_("telephone number"))
    name: Text = Field(description=_("name of the hotline"))
    about: Text | None = Field(None, description=_("what is special to it"))
    time_zone: str = Field("Asia/Shanghai", description=_("IANA time zone"))
    interval_min: Literal[5, 6, 10, 15, 20, 30, 60] = Field(30, description=_("planning interval"))
    calendar: CalendarSetting = Field(CalendarSetting(), description=_("working calendar"))
    standard: str = Field("GB/T33358", description=_("standard whose targets hold"))
    standard_is_default: bool = Field(
        False, description=_("the hotline's own text publishes no target: the standard is our assumption")
    )
    targets: tuple[TargetOverride, ...] = Field(
        (), description=_("limits and definitions set otherwise than the standard")
    )
    opening: OpeningHours = Field(OpeningHours(), description=_("when agents answer"))
    seats: Seats = Field(description=_("places to answer"))
    trunks: Trunks = Field(Trunks(), description=_("telephone circuits"))
    agent_choice: Literal["in_order", "longest_idle", "least_skilled"] = Field(
        "in_order",
        description=_("who answers, of idle agents in several groups: own group first, longest idle, fewest lines"),
    )
    ring_s: Seconds = Field(3.0, description=_("ringing at the agent until pick-up, part of the answer time"))
    short_abandon_s: Seconds = Field(5.0, description=_("callers who give up sooner are short abandons"))
    occupancy_max: Annotated[float, Field(gt=0, le=1)] = Field(0.85, description=_("cap on handling ÷ staffed time"))
    ivr: Ivr = Field(Ivr(), description=_("announcement and menu before the queue"))
    lines: tuple[Line, ...] = Field(min_length=1, description=_("queues with their callers"))
    groups: tuple[Group, ...] = Field(min_length=1, description=_("agents who serve the same lines"))
    call_back: CallBack = Field(CallBack(), description=_("calling back missed callers"))
    satisfaction: SatisfactionSurvey = Field(SatisfactionSurvey(), description=_("survey and its call-backs"))
    work_orders: tuple[WorkOrderClass, ...] = Field((), description=_("classes of deferred work"))
    office_work: OfficeWork = Field(OfficeWork(), description=_("the back office's hours and quality listening"))
    shrinkage: Shrinkage = Field(Shrinkage(), description=_("time lost"))
    staff_kinds: tuple[StaffKind, ...] = Field((), description=_("kinds of staff"))
    contracts: tuple[Contract, ...] = Field(min_length=1, description=_("kinds of contract"))
    shifts: tuple[Shift, ...] = Field(min_length=1, description=_("shifts that may be rostered"))
    shift_design: ShiftDesign = Field(ShiftDesign(), description=_("which shifts could be built, and what they cost"))
    rules: RosterRules = Field(RosterRules(), description=_("limits every roster keeps"))
    labour_law: LabourLaw = Field(LabourLaw(), description=_("working hours of employees by law"))
    patterns: tuple[RosterPattern, ...] = Field((), description=_("rotation patterns of the hotline's own"))
    roster_cycle: RosterCycle = Field(RosterCycle(), description=_("deadlines of the scheduler's month, and fees"))
    long_view: LongView = Field(LongView(), description=_("growth, leavers and hiring over the coming months"))
    sources: tuple[Source, ...] = Field((), description=_("where the numbers above come from"))

    def line(self, line_id: str) -> Line:
        """The line with this identifier; KeyError if there is none."""
        return next((x for x in self.lines if x.id == line_id), None) or _missing(line_id)

    def group(self, group_id: str) -> Group:
        """The group with this identifier; KeyError if there is none."""
        return next((x for x in self.groups if x.id == group_id), None) or _missing(group_id)

    @property
    def law(self) -> LabourLaw | None:
        """The labour law where it is in force, else None."""
        in_force = self.labour_law.in_force
        return self.labour_law if (self.calendar.country == "CN" if in_force is None else in_force) else None

    @property
    def line_ids(self) -> list[str]:
        """Line identifiers in their written order."""
        return [line.id for line in self.lines]

    def group_of(self, line_id: str, minute: int) -> Group | None:
        """The group that serves the line at ``minute`` minutes after midnight, if any."""
        return next((g for g in self.groups if line_id in g.lines and g.covers(minute)), None)

    def shifts_of(self, group_id: str) -> list[Shift]:
        """Shifts that may serve the group: named for it, or lying inside its hours."""
        group = self.group(group_id)
        chosen = []
        for shift in self.shifts:
            inside = all(
                group.covers((shift.start_min + m) % 1440) for m in range(0, shift.length_min, self.interval_min)
            )
            if inside and (not shift.groups or group_id in shift.groups):
                chosen.append(shift)
        return chosen

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            close = get_close_matches(zone, available_timezones(), n=1)
            if close:
                raise Misfit(
                    say("unknown time zone {zone!r}; did you mean {close}?", zone=zone, close=close[0])
                ) from None
            raise Misfit(
                say("unknown time zone {zone!r}; an IANA name is needed, as Asia/Shanghai", zone=zone)
            ) from None
        return zone

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for what, items in (
            ("lines", self.lines),
            ("groups", self.groups),
            ("shifts", self.shifts),
            ("contracts", self.contracts),
            ("work_orders", self.work_orders),
            ("staff_kinds", self.staff_kinds),
            ("patterns", self.patterns),
        ):
            ids = [item.id for item in items]
            for number, name in enumerate(ids):
                if name in ids[:number]:
                    raise Misfit(say("the id {name!r} stands twice", name=name), what, number, "id")
        for number, group in enumerate(self.groups):
            for place, line_id in enumerate(group.lines):
                if line_id not in self.line_ids:
                    raise Misfit(
                        say(
                            "group {group}: unknown line {line!r}; known: {known}",
                            group=group.id,
                            line=line_id,
                            known=list_words(self.line_ids),
                        ),
                        *("groups", number, "lines", place),
                    )
        group_ids = [group.id for group in self.groups]
        for number, shift in enumerate(self.shifts):
            for place, group_id in enumerate(shift.groups):
                if group_id not in group_ids:
                    raise Misfit(
                        say(
                            "shift {shift}: unknown group {group!r}; known: {known}",
                            shift=shift.id,
                            group=group_id,
                            known=list_words(group_ids),
                        ),
                        *("shifts", number, "groups", place),
                    )
        self._check_shift_names()
        self._check_pattern_groups()
        contract_ids = [contract.id for contract in self.contracts]
        for number, outlook in enumerate(self.long_view.contracts):
            if outlook.id not in contract_ids:
                raise Misfit(
                    say(
                        "unknown contract {contract!r}; known: {known}",
                        contract=outlook.id,
                        known=list_words(contract_ids),
                    ),
                    *("long_view", "contracts", number, "id"),
                )
        for number, line in enumerate(self.lines):
            self._check_overflow(number, line)
        days = [day.date for day in self.calendar.days]
        for number, day in enumerate(days):
            if day in days[:number]:
                raise Misfit(say("the day {day} stands twice", day=day), "calendar", "days", number, "date")
        causes = [cause.id for cause in self.calendar.special_days]
        for number, cause in enumerate(causes):
            if cause in causes[:number]:
                raise Misfit(say("the id {name!r} stands twice", name=cause), "calendar", "special_days", number, "id")
        return self

    @model_validator(mode="after")
    def _each_line_has_one_group(self) -> Self:
        for minute in self._open_minutes():
            for number, line_id in enumerate(self.line_ids):
                serving = [n for n, g in enumerate(self.groups) if line_id in g.lines and g.covers(minute)]
                clock = f"{minute // 60:02d}:{minute % 60:02d}"
                if not serving:
                    raise Misfit(
                        say(
                            "line {line}: no group serves it at {clock}, though the hotline is open",
                            line=line_id,
                            clock=clock,
                        ),
                        *("lines", number),
                    )
                if len(serving) > 1:
                    first, second = (self.groups[n].id for n in serving[:2])
                    raise Misfit(
                        say(
                            "line {line}: both {first} and {second} serve it at {clock}; one group at a time is allowed",
                            line=line_id,
                            first=first,
                            second=second,
                            clock=clock,
                        ),
                        *("groups", serving[1]),
                    )
        return self

    def _check_shift_names(self) -> None:
        """Shifts that other shifts and limits name exist."""
        known = [shift.id for shift in self.shifts]
        named: list[tuple[str, tuple[str | int, ...]]] = [
            (name, ("shifts", n, "not_followed_by", place))
            for n, shift in enumerate(self.shifts)
            for place, name in enumerate(shift.not_followed_by)
        ]
        named += [
            (limit.shift, ("contracts", n, "limits", place, "shift"))
            for n, contract in enumerate(self.contracts)
            for place, limit in enumerate(contract.limits)
            if limit.shift
        ]
        named += [
            (name, ("patterns", n, *at)) for n, pattern in enumerate(self.patterns) for name, at in pattern.named()
        ]
        for name, at in named:
            if name not in known:
                raise Misfit(say("unknown shift {shift!r}; known: {known}", shift=name, known=list_words(known)), *at)

    def _check_pattern_groups(self) -> None:
        """Groups that patterns name exist."""
        known = [group.id for group in self.groups]
        for number, pattern in enumerate(self.patterns):
            for name, at in pattern.groups_named():
                if name not in known:
                    raise Misfit(
                        say("unknown group {group!r}; known: {known}", group=name, known=list_words(known)),
                        *("patterns", number, *at),
                    )

    def _check_overflow(self, number: int, line: Line) -> None:
        group_ids = [group.id for group in self.groups]
        own = [group.id for group in self.groups if line.id in group.lines]
        for place, step in enumerate(line.overflow):
            at = ("lines", number, "overflow", place, "group")
            if step.group not in group_ids:
                raise Misfit(
                    say(
                        "line {line}: unknown group {group!r}; known: {known}",
                        line=line.id,
                        group=step.group,
                        known=list_words(group_ids),
                    ),
                    *at,
                )
            if own == [step.group]:
                raise Misfit(
                    say(
                        "line {line}: {group} serves it at all times; name another group",
                        line=line.id,
                        group=step.group,
                    ),
                    *at,
                )
            if step.group in [before.group for before in line.overflow[:place]]:
                raise Misfit(say("line {line}: the group {group} stands twice", line=line.id, group=step.group), *at)

    def _open_minutes(self) -> list[int]:
        hours = [self.opening.weekday, self.opening.weekend, self.opening.holiday, *self.opening.by_weekday.values()]
        spans = [(minutes_of(h[0]), minutes_of(h[1])) for h in hours if h is not None]
        return [m for m in range(0, 1440, self.interval_min) if any(a <= m < b for a, b in spans)]


def _missing(name: str) -> NoReturn:
    raise KeyError(name)
