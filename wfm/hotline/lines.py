"""What callers bring: lines, their demand and handling times, and what the hotline offers them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from wfm.hotline.parts import (
    Clock,
    Identifier,
    Misfit,
    Part,
    PositiveSeconds,
    Seconds,
    Share,
    _,
    minutes_of,
)
from wfm.hotline.patience import Patience
from wfm.hotline.routing import AnnouncedWait, OverflowStep
from wfm.i18n import Text, say

__all__ = [
    "CallBack",
    "Demand",
    "Group",
    "HandlingTime",
    "Ivr",
    "Line",
    "OpeningHours",
    "Redial",
    "SatisfactionSurvey",
    "Trunks",
    "WorkOrderClass",
]


class HandlingTime(Part):
    """Handling time of an answered call: talk + hold + wrap-up, lognormal, with a share of short calls.

    A short call (silent or noisy line, wrong number) is hung up by script after ``short_call_s``
    and needs no wrap-up; DB330503/T 02.3 writes the scripts (稍停5秒 ×2, 5秒挂机).
    """

    talk_s: PositiveSeconds = Field(description=_("mean conversation of an ordinary call"))
    talk_cv: Annotated[float, Field(gt=0, le=5)] = Field(0.9, description=_("standard deviation ÷ mean of talk"))
    hold_s: Seconds = Field(0.0, description=_("mean hold of an ordinary call (lognormal, cv of talk)"))
    wrap_s: Seconds = Field(30.0, description=_("mean after-call work of an ordinary call"))
    wrap_cv: Annotated[float, Field(gt=0, le=5)] = Field(0.6, description=_("standard deviation ÷ mean of wrap-up"))
    short_call_share: Share = Field(0.0, description=_("share of silent, noisy or wrong calls"))
    short_call_s: PositiveSeconds = Field(15.0, description=_("length of a short call (constant)"))
    three_way_share: Share = Field(0.0, description=_("share of ordinary calls into which a third party is brought"))
    three_way_s: Seconds = Field(
        180.0, description=_("what such a three-way call adds to the conversation, mean (lognormal)")
    )
    three_way_cv: Annotated[float, Field(gt=0, le=5)] = Field(
        0.6, description=_("standard deviation ÷ mean of that addition")
    )
    scale: Annotated[float, Field(gt=0, le=100)] = Field(
        1.0,
        description=_("multiplies forecast and generated handling times: what-if handling time, 1 is as it is"),
    )

    @property
    def mean_s(self) -> float:
        """Mean handling time (AHT) over ordinary and short calls, in seconds, :attr:`scale` included."""
        ordinary = self.talk_s + self.hold_s + self.wrap_s + self.three_way_share * self.three_way_s
        return self.scale * ((1 - self.short_call_share) * ordinary + self.short_call_share * self.short_call_s)


class Redial(Part):
    """Calling again after giving up or meeting a busy line. Off by default: recorded calls hold redials already."""

    share: Share = Field(0.0, description=_("probability that a caller who gave up calls again"))
    delay_mean_s: PositiveSeconds = Field(300.0, description=_("mean delay before calling again (exponential)"))
    attempts_max: Annotated[int, Field(ge=1, le=20)] = Field(3, description=_("calls of one caller at most"))


class Demand(Part):
    """What is known of a line's calls before records exist: drives generated records and new lines."""

    calls_per_day: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        description=_("first attempts on an ordinary weekday, mean")
    )
    scale: Annotated[float, Field(ge=0, le=100)] = Field(
        1.0, description=_("multiplies forecast and generated calls: what-if volume, 1 is as it is")
    )
    weekend_factor: Annotated[float, Field(ge=0, le=10)] = Field(0.6, description=_("weekend day ÷ weekday"))
    holiday_factor: Annotated[float, Field(ge=0, le=10)] = Field(0.45, description=_("statutory holiday ÷ weekday"))
    makeup_factor: Annotated[float, Field(ge=0, le=10)] = Field(0.9, description=_("make-up working day ÷ weekday"))
    profile: Literal["office", "round-the-clock", "two-peaks", "flat"] | tuple[float, ...] = Field(
        "two-peaks", description=_("share of the day's calls by hour: a named shape or 24 weights")
    )
    day_cv: Annotated[float, Field(ge=0, le=2)] = Field(
        0.1, description=_("day-to-day variation beyond Poisson: cv of the day's gamma factor")
    )

    @model_validator(mode="after")
    def _profile_has_24_weights(self) -> Self:
        if not isinstance(self.profile, str):
            if len(self.profile) != 24:
                raise Misfit(say("needs 24 hourly weights, found {count}", count=len(self.profile)), "profile")
            if min(self.profile) < 0 or sum(self.profile) <= 0:
                raise Misfit(say("weights must not be negative and must not all be zero"), "profile")
        return self


class Line(Part):
    """A line (专线/专席): a queue with its own callers, handling times and targets."""

    id: Identifier = Field(description=_("identifier of the line"))
    name: Text = Field(description=_("name of the line"))
    demand: Demand = Field(description=_("calls before records exist"))
    handling: HandlingTime = Field(description=_("handling time of an answered call"))
    patience: Patience = Field(description=_("how long callers wait"))
    redial: Redial = Field(Redial(), description=_("calling again after giving up"))
    specialist: bool = Field(False, description=_("served by agents with this skill only"))
    priority: Annotated[int, Field(ge=1, le=1000)] = Field(
        1, description=_("an agent who serves several lines takes callers of the lowest number first")
    )
    head_start_s: Seconds = Field(
        0.0, description=_("time that callers count as having waited already when an agent chooses among lines")
    )
    overflow: tuple[OverflowStep, ...] = Field(
        (), description=_("further groups that answer the line's callers, in the order in which they are asked")
    )
    announced_wait: AnnouncedWait = Field(
        AnnouncedWait(), description=_("what callers do who hear how long they will wait")
    )


class Group(Part):
    """Agents who serve the same lines during the same hours of the day.

    At every open moment each line belongs to exactly one group: specialist lines by day, one
    pooled group at night, as the hotline decides.
    """

    id: Identifier = Field(description=_("identifier of the group"))
    name: Text = Field(description=_("name of the group"))
    lines: tuple[str, ...] = Field(min_length=1, description=_("lines served"))
    from_: Clock = Field("00:00", alias="from", description=_("start of the group's hours, every day"))
    to: Clock = Field("24:00", description=_("end of the group's hours; earlier than the start runs past midnight"))
    minimum_seats: Annotated[int, Field(ge=0, le=1000)] = Field(1, description=_("agents who answer at any moment"))
    posts_per_backup: Annotated[int, Field(ge=0, le=100)] = Field(
        1, description=_("A posts that share one B; 0 for no B")
    )
    dialects: tuple[str, ...] = Field(
        (), description=_("dialects and languages that everybody on the group's posts speaks")
    )
    works_on_orders: bool = Field(
        False, description=_("its agents work on work orders between calls, and put them aside for callers")
    )

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def covers(self, minute: int) -> bool:
        """Whether the group works at ``minute`` minutes after midnight."""
        start, end = minutes_of(self.from_), minutes_of(self.to)
        return start <= minute < end if start < end else minute >= start or minute < end


class Ivr(Part):
    """Announcement and interactive voice response before the queue."""

    announcement_s: Seconds = Field(10.0, description=_("announcement before the menu"))
    menu_s: Seconds = Field(
        20.0, description=_("mean time in the menu of a caller who goes on to an agent (exponential)")
    )
    self_service_share: Share = Field(0.0, description=_("share of callers served by the IVR without an agent"))
    self_service_s: Seconds = Field(60.0, description=_("mean time of a caller served by the IVR (exponential)"))
    hang_up_share: Share = Field(0.0, description=_("share of callers who hang up inside announcement or IVR"))
    hang_up_s: Seconds = Field(15.0, description=_("mean time until such a hang-up (exponential)"))
    open_24_h: bool = Field(True, description=_("IVR answers outside the agents' opening hours too"))

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.self_service_share + self.hang_up_share > 1:
            raise Misfit(
                say(
                    "self_service_share and hang_up_share together must not exceed 1, found {total:g}",
                    total=self.self_service_share + self.hang_up_share,
                ),
                "self_service_share",
            )
        return self


class CallBack(Part):
    """Calling back missed callers (漏话回拨)."""

    missed_calls: bool = Field(False, description=_("missed calls are called back"))
    missed_when: Literal["next_free", "next_morning"] = Field(
        "next_free", description=_("when: by the next free agent after the delay, or on the next morning")
    )
    reached_share: Share = Field(0.8, description=_("share of call-backs that reach the caller"))
    delay_s: Seconds = Field(300.0, description=_("wait before a missed call is called back at the earliest"))
    closed_calls: bool = Field(False, description=_("calls outside opening hours are called back after opening"))
    within_h: Annotated[float, Field(gt=0, le=1000)] = Field(
        2.0, description=_("opening hours within which a missed call is to be called back")
    )
    on_time_share_min: Share = Field(0.95, description=_("share called back in time, at least"))


class SatisfactionSurvey(Part):
    """Asking for satisfaction after the call, and the call-backs that answers bring (回访)."""

    asked_share: Share = Field(0.0, description=_("answered callers who give an answer"))
    satisfied_share: Share = Field(0.9, description=_("answers 满意"))
    basically_satisfied_share: Share = Field(0.08, description=_("answers 基本满意"))
    not_satisfied_share: Share = Field(0.02, description=_("answers 不满意"))
    call_back_share: Share = Field(1.0, description=_("share of 基本满意 and 不满意 answers that are called back"))
    call_back_s: PositiveSeconds = Field(180.0, description=_("mean handling of a satisfaction call-back"))
    call_back_working_days: Annotated[int, Field(ge=1, le=250)] = Field(
        3, description=_("working days from the answer within which it is called back")
    )
    on_time_share_min: Share = Field(0.95, description=_("share of these called back in time, at least"))

    @model_validator(mode="after")
    def _answers_sum_to_one(self) -> Self:
        total = self.satisfied_share + self.basically_satisfied_share + self.not_satisfied_share
        if abs(total - 1) > 1e-6:
            raise Misfit(
                say(
                    "satisfied_share, basically_satisfied_share and not_satisfied_share must sum to 1, found {total:g}",
                    total=total,
                ),
                "satisfied_share",
            )
        return self

    @property
    def call_backs_per_answer(self) -> float:
        """Satisfaction call-backs per answered call."""
        unhappy = self.basically_satisfied_share + self.not_satisfied_share
        return self.asked_share * unhappy * self.call_back_share


class Trunks(Part):
    """Telephone circuits (线路)."""

    circuits: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description=_("calls that can be in the system at once; empty: never busy")
    )


class WorkOrderClass(Part):
    """Deferred work (工单) with a deadline."""

    id: Identifier = Field(description=_("identifier of the class"))
    name: Text = Field(description=_("name of the class"))
    per_answered_call: Share = Field(description=_("work orders of this class per answered call"))
    handling_s: PositiveSeconds = Field(description=_("back-office work per order, mean"))
    handling_cv: Annotated[float, Field(ge=0, le=5)] = Field(
        0.8, description=_("standard deviation ÷ mean of the work per order (lognormal)")
    )
    deadline_working_days: Annotated[int, Field(ge=0, le=250)] | None = Field(
        None, description=_("working days from receipt, the day of receipt not counted")
    )
    deadline_h: Annotated[float, Field(gt=0)] | None = Field(None, description=_("hours from receipt"))
    on_time_share_min: Share = Field(0.95, description=_("share finished in time, at least"))
    first_contact_working_days: Annotated[int, Field(ge=0, le=250)] | None = Field(
        None, description=_("working days from receipt to the first contact; empty: none is due before the deadline")
    )
    first_contact_s: Seconds = Field(0.0, description=_("of the work per order, that of the first contact"))
    first_contact_share_min: Share = Field(0.99, description=_("share first contacted in time, at least"))
    by_telephone: bool = Field(False, description=_("calls people: done only while they may be called"))

    @model_validator(mode="after")
    def _one_deadline(self) -> Self:
        if (self.deadline_working_days is None) == (self.deadline_h is None):
            raise Misfit(say("give either deadline_working_days or deadline_h, and not both"))
        if self.first_contact_s >= self.handling_s:
            raise Misfit(
                say(
                    "must be less than handling_s ({most:g}), of which it is part; found {found:g}",
                    most=self.handling_s,
                    found=self.first_contact_s,
                ),
                "first_contact_s",
            )
        if (self.first_contact_working_days is None) != (self.first_contact_s == 0):
            raise Misfit(say("give first_contact_working_days and first_contact_s together, or neither"))
        return self


class OpeningHours(Part):
    """When agents answer, by kind of day. ``00:00``–``24:00`` is round the clock; empty is closed."""

    weekday: tuple[Clock, Clock] | None = Field(
        ("00:00", "24:00"), description=_("opening and closing on weekdays and make-up days; empty: closed")
    )
    weekend: tuple[Clock, Clock] | None = Field(
        ("00:00", "24:00"), description=_("opening and closing on weekend days; empty: closed")
    )
    holiday: tuple[Clock, Clock] | None = Field(
        ("00:00", "24:00"), description=_("opening and closing on holidays; empty: closed")
    )
    by_weekday: dict[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], tuple[Clock, Clock] | None] = Field(
        {}, description=_("hours of single weekdays, where they differ; holidays keep their own")
    )

    @model_validator(mode="after")
    def _start_before_end(self) -> Self:
        every: list[tuple[tuple[str, ...], tuple[Clock, Clock] | None]] = [
            (("weekday",), self.weekday),
            (("weekend",), self.weekend),
            (("holiday",), self.holiday),
            *((("by_weekday", day), hours) for day, hours in self.by_weekday.items()),
        ]
        for at, hours in every:
            if hours is not None and minutes_of(hours[0]) >= minutes_of(hours[1]):
                raise Misfit(
                    say("opening {opens} must come before closing {closes}", opens=hours[0], closes=hours[1]), *at
                )
        return self

    @property
    def round_the_clock(self) -> bool:
        """7×24."""
        every = (self.weekday, self.weekend, self.holiday, *self.by_weekday.values())
        return all(hours == ("00:00", "24:00") for hours in every)
