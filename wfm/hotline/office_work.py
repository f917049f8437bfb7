"""Work behind the calls: who does it when, and listening to calls for quality (质检听音)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from wfm.hotline.parts import Clock, Identifier, Misfit, Part, PositiveSeconds, Share, _, minutes_of
from wfm.i18n import say

__all__ = ["OfficeWork", "Watch"]

Minutes = tuple[Clock, Clock]


class Watch(Part):
    """Hours in which back-office staff are at work, the same number of them throughout.

    An office of one watch keeps business hours; one that must dispatch at night has several.
    """

    id: Identifier = Field(description=_("identifier of the watch"))
    from_: Clock = Field("09:00", alias="from", description=_("start of the watch"))
    to: Clock = Field("18:00", description=_("end of the watch, the same day"))
    pause: Minutes | None = Field(
        None, description=_("when nobody of the watch works; empty: pauses are taken in turn")
    )
    days: tuple[Literal["weekday", "weekend", "holiday", "makeup"], ...] = Field(
        ("weekday", "makeup"), description=_("kinds of day on which the watch works")
    )

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes after midnight."""
        return minutes_of(self.from_), minutes_of(self.to)

    @property
    def hours(self) -> float:
        """Hours at work on one day, pause left out."""
        start, end = self.minutes
        pause = (0, 0) if self.pause is None else (minutes_of(self.pause[0]), minutes_of(self.pause[1]))
        return (end - start - (pause[1] - pause[0])) / 60

    @model_validator(mode="after")
    def _pause_inside(self) -> Self:
        start, end = self.minutes
        if start >= end:
            raise Misfit(say("must come after the start {start}, found {end}", start=self.from_, end=self.to), "to")
        if self.pause is not None:
            first, last = minutes_of(self.pause[0]), minutes_of(self.pause[1])
            if not start <= first < last <= end or last - first >= end - start:
                raise Misfit(
                    say(
                        "{first}–{last} must lie inside the watch {start}–{end} and leave time to work",
                        first=self.pause[0],
                        last=self.pause[1],
                        start=self.from_,
                        end=self.to,
                    ),
                    "pause",
                )
        return self


class OfficeWork(Part):
    """The back office's hours, when people may be called, and quality listening."""

    watches: tuple[Watch, ...] = Field(
        (Watch(id="day", pause=("12:00", "13:00")),), min_length=1, description=_("hours of back-office staff")
    )
    productive_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.85, description=_("share of back-office time spent on the work counted here")
    )
    calls_from: Clock = Field("08:00", description=_("people are called back from this time"))
    calls_to: Clock = Field("20:00", description=_("people are called back until this time"))
    listening_share: Share = Field(0.0, description=_("share of answered calls listened to for quality"))
    listening_s: PositiveSeconds = Field(420.0, description=_("listening to one call and judging it, mean"))
    listening_working_days: Annotated[int, Field(ge=1, le=250)] = Field(
        5, description=_("working days from the call within which it is listened to")
    )
    listening_on_time_share_min: Share = Field(0.95, description=_("share of these listened to in time, at least"))

    @model_validator(mode="after")
    def _hours_fit(self) -> Self:
        if minutes_of(self.calls_from) >= minutes_of(self.calls_to):
            raise Misfit(
                say("must come after calls_from ({start}), found {end}", start=self.calls_from, end=self.calls_to),
                "calls_to",
            )
        names = [watch.id for watch in self.watches]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise Misfit(say("the id {name!r} stands twice", name=name), "watches", number, "id")
        return self
