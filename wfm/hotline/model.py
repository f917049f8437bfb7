"""The hotline: everything the product knows of a centre before the first call."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NoReturn, Self

from pydantic import Field, model_validator

from wfm.hotline.lines import (
    CallBack,
    Group,
    Identifier,
    Ivr,
    Line,
    OpeningHours,
    Part,
    SatisfactionSurvey,
    Seconds,
    Trunks,
    WorkOrderClass,
    minutes_of,
)
from wfm.hotline.people import Contract, RosterRules, Shift, Shrinkage, StaffKind
from wfm.i18n import Text

__all__ = ["CalendarSetting", "ExtraDay", "Hotline", "Seats", "Source", "TargetOverride"]


class ExtraDay(Part):
    """A day the hotline itself declares, before or against the published calendar."""

    date: date
    kind: Literal["weekday", "weekend", "holiday", "makeup"]
    name: Text | None = None


class CalendarSetting(Part):
    """Which working calendar the hotline keeps. Not every centre is Chinese."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        "CN", description="ISO country whose statutory days hold; empty: none"
    )
    weekend: tuple[Annotated[int, Field(ge=0, le=6)], ...] = Field((5, 6), description="weekend days, Monday is 0")
    days: tuple[ExtraDay, ...] = Field((), description="days the hotline supplies itself")
    years_supplied: tuple[int, ...] = Field((), description="years not yet announced whose days are all given here")


class Seats(Part):
    """Places to answer. Seats opened are a cap, not a target."""

    built: Annotated[int, Field(ge=1, le=100_000)]
    opened: Annotated[int, Field(ge=1, le=100_000)]

    @model_validator(mode="after")
    def _opened_are_built(self) -> Self:
        if self.opened > self.built:
            raise ValueError(f"seats opened ({self.opened}) must not exceed seats built ({self.built})")
        return self


class TargetOverride(Part):
    """A limit or parameter of the standard that this hotline sets otherwise."""

    target: str = Field(description="identifier of the target within the standard")
    limit: float | None = Field(None, description="limit instead of the standard's")
    kpi: str | None = Field(None, description="definition of the KPI instead of the standard's default")


class Source(Part):
    """Where a number comes from. Every number of a shipped hotline has one."""

    paths: tuple[str, ...] = Field(
        min_length=1, description="key paths, ``*`` matches one key or index, ``**`` the rest"
    )
    kind: Literal["published", "secondary", "assumed"]
    clause: str = Field("", description="document and clause, for published and secondary numbers")
    why: Text | None = Field(None, description="the quoted rule, or the reason of the assumption")

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.kind == "assumed" and self.why is None:
            raise ValueError("an assumed number needs its reason (why)")
        if self.kind != "assumed" and not self.clause:
            raise ValueError("a published or secondary number needs its clause")
        return self


class Hotline(Part):
    """A hotline centre."""

    id: Identifier
    number: Annotated[str, Field(pattern=r"^\d{3,12}$")]
    name: Text
    about: Text | None = None
    time_zone: str = "Asia/Shanghai"
    interval_min: Literal[5, 6, 10, 15, 20, 30, 60] = 30
    calendar: CalendarSetting = CalendarSetting()
    standard: str = Field("GB/T33358", description="standard whose targets hold")
    standard_is_default: bool = Field(
        False, description="the hotline's own text publishes no target: the standard is our assumption"
    )
    targets: tuple[TargetOverride, ...] = ()
    opening: OpeningHours = OpeningHours()
    seats: Seats
    trunks: Trunks = Trunks()
    ring_s: Seconds = Field(3.0, description="ringing at the agent until pick-up, part of the answer time")
    short_abandon_s: Seconds = Field(5.0, description="callers who give up sooner are short abandons")
    occupancy_max: Annotated[float, Field(gt=0, le=1)] = Field(0.85, description="cap on handling ÷ staffed time")
    ivr: Ivr = Ivr()
    lines: tuple[Line, ...] = Field(min_length=1)
    groups: tuple[Group, ...] = Field(min_length=1)
    call_back: CallBack = CallBack()
    satisfaction: SatisfactionSurvey = SatisfactionSurvey()
    work_orders: tuple[WorkOrderClass, ...] = ()
    shrinkage: Shrinkage = Shrinkage()
    staff_kinds: tuple[StaffKind, ...] = ()
    contracts: tuple[Contract, ...] = Field(min_length=1)
    shifts: tuple[Shift, ...] = Field(min_length=1)
    rules: RosterRules = RosterRules()
    sources: tuple[Source, ...] = ()

    def line(self, line_id: str) -> Line:
        """The line with this identifier; KeyError if there is none."""
        return next((x for x in self.lines if x.id == line_id), None) or _missing(line_id)

    def group(self, group_id: str) -> Group:
        """The group with this identifier; KeyError if there is none."""
        return next((x for x in self.groups if x.id == group_id), None) or _missing(group_id)

    @property
    def line_ids(self) -> list[str]:
        """Line identifiers in their written order."""
        return [line.id for line in self.lines]

    @property
    def backup_on_every_post(self) -> bool:
        """Whether every A post has its own B (AB岗)."""
        return all(group.posts_per_backup == 1 for group in self.groups)

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

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for what, items in (
            ("lines", self.lines),
            ("groups", self.groups),
            ("shifts", self.shifts),
            ("contracts", self.contracts),
            ("work_orders", self.work_orders),
            ("staff_kinds", self.staff_kinds),
        ):
            ids = [item.id for item in items]
            twice = sorted({i for i in ids if ids.count(i) > 1})
            if twice:
                raise ValueError(f"{what}: the id {twice[0]!r} stands twice")
        known = set(self.line_ids)
        for group in self.groups:
            for line_id in group.lines:
                if line_id not in known:
                    raise ValueError(f"group {group.id}: unknown line {line_id!r}; known: {', '.join(sorted(known))}")
        for minute in self._open_minutes():
            for line_id in self.line_ids:
                serving = [g.id for g in self.groups if line_id in g.lines and g.covers(minute)]
                if len(serving) != 1:
                    at = f"{minute // 60:02d}:{minute % 60:02d}"
                    found = "no group" if not serving else " and ".join(serving)
                    raise ValueError(f"line {line_id} needs exactly one group at {at}, found {found}")
        for shift in self.shifts:
            for group_id in shift.groups:
                if group_id not in {g.id for g in self.groups}:
                    raise ValueError(f"shift {shift.id}: unknown group {group_id!r}")
        return self

    def _open_minutes(self) -> list[int]:
        hours = [self.opening.weekday, self.opening.weekend, self.opening.holiday, *self.opening.by_weekday.values()]
        spans = [(minutes_of(h[0]), minutes_of(h[1])) for h in hours if h is not None]
        return [m for m in range(0, 1440, self.interval_min) if any(a <= m < b for a, b in spans)]


def _missing(name: str) -> NoReturn:
    raise KeyError(name)
