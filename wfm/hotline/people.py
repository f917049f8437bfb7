"""Who works and when: staff kinds, contracts, shifts, agents, leave, and the rules of a roster."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Clock, Identifier, Misfit, Part, Share, _, minutes_of
from wfm.i18n import Text, say

__all__ = [
    "Agent",
    "Break",
    "Contract",
    "CountLimit",
    "DateSpan",
    "Leave",
    "RosterRules",
    "Shift",
    "Shrinkage",
    "StaffKind",
]


class StaffKind(Part):
    """A kind of staff: duty officers (热线值班人员) answer, business handlers (业务办理人员) work in the
    back office, managers (热线管理人员) run the floor."""

    id: Identifier = Field(description=_("identifier of the kind of staff"))
    name: Text = Field(description=_("name of the kind of staff"))
    answers_calls: bool = Field(description=_("may hold a post that answers"))
    back_office: bool = Field(False, description=_("handles work orders"))


class CountLimit(Part):
    """How much of something one person carries at least or at most within a span.

    Counted is by the day on which a duty begins, A and B alike: ``duties``; ``hours``, paid hours with a standby's by
    ``rules.standby_hours_share`` and training, in whole minutes; ``nights``; ``weekends``, each once when a duty begins on any
    of its days by the calendar's weekend, whatever holiday or make-up day that is; ``rest_days``, duties on weekend days and holidays
    by the calendar of the day; ``standbys``, B duties; ``shift``, duties of one shift. ``week`` is the calendar week from Monday,
    ``four_weeks`` any 28 days in a row, ``month`` the calendar month, ``roster`` the period of the roster without what was
    before, its eve included. Over the other spans the history counts; what it holds already is no fault of a roster that adds
    nothing. A least amount is owed only in spans that lie wholly inside the roster, and leave does not lessen it. With a ``weight``
    the limit may be broken at that cost for each unit (of hours: each hour begun) beyond it: in every span with a
    day of the roster, over ``four_weeks`` in the fullest 28 days alone.
    """

    count: Literal["duties", "hours", "nights", "weekends", "rest_days", "standbys", "shift"] = Field(
        description=_("what is counted: weekends with a duty, duties on weekend days or holidays (rest_days), …")
    )
    shift: str = Field("", description=_("the shift that is counted, with count: shift"))
    over: Literal["week", "four_weeks", "month", "roster"] = Field("roster", description=_("span of the limit"))
    least: Annotated[float, Field(ge=0)] | None = Field(None, description=_("at least so much"))
    most: Annotated[float, Field(ge=0)] | None = Field(None, description=_("at most so much"))
    weight: Annotated[float, Field(gt=0, le=10_000)] | None = Field(
        None, description=_("cost of each unit beyond the limit; empty: the limit is never broken")
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.least is None and self.most is None:
            raise Misfit(say("a limit needs least or most"))
        if self.least is not None and self.most is not None and self.least > self.most:
            raise Misfit(
                say("must not exceed most ({most:g}), found {found:g}", most=self.most, found=self.least), "least"
            )
        if self.least is not None and self.over == "four_weeks":
            raise Misfit(say("least is counted over week, month or roster, not four_weeks"), "over")
        if (self.count == "shift") != bool(self.shift):
            raise Misfit(say("the shift is named with count: shift, and only there"), "shift")
        return self


class DateSpan(Part):
    """Days in a row."""

    first: date = Field(description=_("first day"))
    last: date = Field(description=_("last day"))

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.first > self.last:
            raise Misfit(say("ends ({last}) before it starts ({first})", last=self.last, first=self.first), "last")
        return self


class Contract(Part):
    """What a kind of contract allows. Employees fall under labour law, contracted lawyers under their contract."""

    id: Identifier = Field(description=_("identifier of the contract"))
    name: Text = Field(description=_("name of the contract"))
    employee: bool = Field(description=_("an employee, not a contracted professional"))
    hours_per_week_min: Annotated[float, Field(ge=0, le=168)] = Field(0.0, description=_("hours band, lower end"))
    hours_per_week_max: Annotated[float, Field(ge=0, le=168)] = Field(40.0, description=_("hours band, upper end"))
    duties_per_4_weeks_max: Annotated[int, Field(ge=0, le=56)] | None = Field(None, description=_("duties at most"))
    nights_per_4_weeks_max: Annotated[int, Field(ge=0, le=28)] | None = Field(None, description=_("nights at most"))
    cost_per_h: Annotated[float, Field(ge=0)] = Field(0.0, description=_("cost of an hour on duty"))
    rest_between_shifts_h: Annotated[float, Field(ge=0, le=24)] | None = Field(
        None, description=_("rest between duties instead of the hotline's")
    )
    consecutive_days_max: Annotated[int, Field(ge=1, le=28)] | None = Field(
        None, description=_("days worked in a row at most, instead of the hotline's")
    )
    consecutive_nights_max: Annotated[int, Field(ge=1, le=28)] | None = Field(
        None, description=_("nights in a row at most, instead of the hotline's")
    )
    consecutive_days_min: Annotated[int, Field(ge=1, le=14)] = Field(
        1, description=_("days worked in a row at least, once begun")
    )
    days_off_in_a_row_min: Annotated[int, Field(ge=1, le=14)] = Field(
        1, description=_("days off in a row at least, between duties")
    )
    limits: tuple[CountLimit, ...] = Field((), description=_("further limits on what one person carries"))

    @model_validator(mode="after")
    def _band(self) -> Self:
        if self.hours_per_week_min > self.hours_per_week_max:
            raise Misfit(
                say(
                    "must not exceed hours_per_week_max ({most:g}), found {found:g}",
                    most=self.hours_per_week_max,
                    found=self.hours_per_week_min,
                ),
                "hours_per_week_min",
            )
        return self


class Break(Part):
    """A break inside a shift at a fixed place; variants of a shift stagger their breaks."""

    after_min: Annotated[int, Field(gt=0)] = Field(description=_("minutes from the start of the shift"))
    length_min: Annotated[int, Field(gt=0)] = Field(description=_("length in minutes"))
    paid: bool = Field(False, description=_("counts as paid time"))


class Shift(Part):
    """A shift (班次)."""

    id: Identifier = Field(description=_("identifier of the shift"))
    name: Text = Field(description=_("name of the shift"))
    short: Text = Field(description=_("one or two characters for grids: 早 / M"))
    start: Clock = Field(description=_("start, local time"))
    end: Clock = Field(description=_("end; not after the start means the next day"))
    night: bool = Field(False, description=_("counts as a night duty"))
    groups: tuple[str, ...] = Field((), description=_("groups it may serve; empty: every group whose hours hold it"))
    days: tuple[Literal["weekday", "weekend", "holiday", "makeup"], ...] = Field(
        ("weekday", "weekend", "holiday", "makeup"), description=_("kinds of day on which it may start")
    )
    dialects: tuple[str, ...] = Field(
        (), description=_("dialects and languages that everybody on the shift speaks, besides the group's")
    )
    breaks: tuple[Break, ...] = Field((), description=_("breaks, in their order"))
    not_followed_by: tuple[str, ...] = Field(
        (), description=_("shifts that nobody begins on the day after this one, whatever the rest")
    )

    @property
    def start_min(self) -> int:
        """Minutes from midnight to the start."""
        return minutes_of(self.start) % 1440

    @property
    def length_min(self) -> int:
        """Length in minutes, breaks included."""
        length = (minutes_of(self.end) - minutes_of(self.start)) % 1440
        return length or 1440

    @property
    def paid_h(self) -> float:
        """Paid hours: the length less unpaid breaks."""
        return (self.length_min - sum(b.length_min for b in self.breaks if not b.paid)) / 60

    @model_validator(mode="after")
    def _breaks_inside(self) -> Self:
        last = 0
        for number, pause in enumerate(self.breaks):
            if pause.after_min < last:
                raise Misfit(
                    say(
                        "starts {start} min into the shift, before the break above ends ({end} min)",
                        start=pause.after_min,
                        end=last,
                    ),
                    "breaks",
                    number,
                )
            last = pause.after_min + pause.length_min
            if last >= self.length_min:
                raise Misfit(
                    say(
                        "ends {end} min into the shift, which lasts {length} min",
                        end=last,
                        length=self.length_min,
                    ),
                    "breaks",
                    number,
                )
        return self


class Shrinkage(Part):
    """Time lost. Rostered absence (leave, breaks, training) is planned and never counted a second time."""

    unplanned_share: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.05, description=_("rostered time lost to lateness, illness, trouble: raises seats to heads")
    )
    planned_share: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.15, description=_("paid time for leave, training, meetings: for the hiring plan only")
    )
    late_share: Share = Field(0.0, description=_("share of duties that begin late (simulation only)"))
    late_mean_min: Annotated[float, Field(ge=0, le=1440)] = Field(
        10.0, description=_("how late they begin, mean (exponential)")
    )


class RosterRules(Part):
    """Limits every roster keeps. Statute or good practice is named in the standard's page of each rule."""

    rest_between_shifts_h: Annotated[float, Field(ge=0, le=24)] = Field(11.0, description=_("rest between duties"))
    weekly_rest_days_min: Annotated[int, Field(ge=0, le=7)] = Field(1, description=_("days off in each calendar week"))
    consecutive_days_max: Annotated[int, Field(ge=1, le=28)] = Field(6, description=_("days worked in a row at most"))
    consecutive_nights_max: Annotated[int, Field(ge=1, le=28)] = Field(2, description=_("nights in a row at most"))
    firm_share_max: Share = Field(1.0, description=_("share of one shift's A posts that one firm may fill"))
    fairness_weight: Annotated[float, Field(ge=0)] = Field(1.0, description=_("weight of even nights and weekends"))
    fairness_weeks: Annotated[int, Field(ge=0, le=52)] = Field(
        13, description=_("weeks before the roster whose duties even shares make good; 0: each roster by itself")
    )
    standby_hours_share: Share = Field(
        0.0, description=_("share of a standby (B) duty's hours that counts toward the hours band")
    )
    standby_remote: bool = Field(True, description=_("B stands by away from the centre, on call"))
    standby_delay_min: Annotated[float, Field(ge=0)] = Field(
        30.0, description=_("minutes until B takes over for an absent A")
    )
    standby_within_min: Annotated[float, Field(ge=0)] | None = Field(
        None, description=_("a B away from the centre answers remotely or lives at most so many minutes away")
    )
    forward_rotation: bool = Field(
        False, description=_("on days worked in a row no shift begins earlier in the day than the one before")
    )
    night_people_min: Annotated[int, Field(ge=1, le=1000)] = Field(
        1, description=_("people on duty together in each night at least: 2 leaves nobody alone")
    )
    team_weight: Annotated[float, Field(ge=0)] = Field(
        0.0, description=_("cost of each further shift that people of one team work on the same day")
    )
    wish_weight: Annotated[float, Field(ge=0)] = Field(1.0, description=_("weight of the wishes"))
    centre_closed: tuple[DateSpan, ...] = Field(
        (), description=_("days on which the centre is closed: duties are remote, by people who can answer remotely")
    )


class Agent(Part):
    """A person who can be rostered (座席员/律师). Names stay in the hotline's folder."""

    id: Annotated[str, Field(min_length=1, max_length=40)] = Field(description=_("the agent's number"))
    name: str = Field("", description=_("name, shown to those signed in"))
    firm: str = Field("", description=_("law firm or unit"))
    staff_kind: Identifier = Field("duty-officer", description=_("kind of staff"))
    contract: Identifier = Field("contract", description=_("contract"))
    lines: tuple[str, ...] = Field(min_length=1, description=_("lines the agent may answer (skills)"))
    night: bool = Field(True, description=_("may work nights"))
    remote: bool = Field(False, description=_("may answer away from the centre"))
    dialects: tuple[str, ...] = Field((), description=_("dialects and languages spoken"))
    pair: str = Field("", description=_("the standing partner of an A/B pair"))
    weekdays: Annotated[str, Field(pattern=r"^[01]{7}$")] = Field(
        "1111111", description=_("weekdays on which the agent can be rostered, Monday first")
    )
    team: str = Field("", description=_("team that works the same shifts where it can"))
    travel_min: Annotated[float, Field(ge=0)] | None = Field(
        None, description=_("minutes to reach the centre when called in")
    )
    pace: Annotated[float, Field(ge=0.1, le=10)] = Field(
        1.0, description=_("factor on conversation and wrap-up: 1.2 takes a fifth longer (simulation only)")
    )


class Leave(Part):
    """Days on which an agent cannot be rostered."""

    agent: str = Field(description=_("the agent's number"))
    first: date = Field(description=_("first day away"))
    last: date = Field(description=_("last day away"))
    reason: str = Field("", description=_("reason of the leave"))

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.first > self.last:
            raise Misfit(
                say(
                    "leave of {agent} ends ({last}) before it starts ({first})",
                    agent=self.agent,
                    last=self.last,
                    first=self.first,
                ),
                "last",
            )
        return self
