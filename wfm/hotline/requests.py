"""What people ask for and what a scheduler decides beforehand: wishes, pins, hours at which somebody is busy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Misfit, Part, _
from wfm.i18n import say

__all__ = ["Busy", "Pin", "Wish"]


class Wish(Part):
    """A duty that somebody would like, or would like not, to have."""

    agent: str = Field(description=_("the agent's number"))
    date: Annotated[date, Field(description=_("day on which the duty would begin"))]
    shift: str = Field("", description=_("the shift; empty: any duty that begins on the day"))
    wanted: bool = Field(description=_("yes: would like to work it, no: would like not to"))
    weight: Annotated[int, Field(ge=1, le=10_000)] = Field(1, description=_("cost of not granting it"))


class Pin(Part):
    """A duty, or a day off, that is already decided."""

    agent: str = Field(description=_("the agent's number"))
    date: Annotated[date, Field(description=_("day of the duty"))]
    shift: str = Field("", description=_("the shift; empty: no duty begins on the day"))
    group: str = Field("", description=_("the group; empty: any"))
    role: Literal["A", "B", ""] = Field("", description=_("A or B; empty: either"))

    @model_validator(mode="after")
    def _off_is_bare(self) -> Self:
        if not self.shift and (self.group or self.role):
            raise Misfit(say("a day off has neither group nor role"), "shift")
        return self


class Busy(Part):
    """Hours in which somebody cannot be on duty: a court date, training; or cannot work nights and overtime."""

    agent: str = Field(description=_("the agent's number"))
    start: datetime = Field(description=_("begin, local time unless an offset is given"))
    end: datetime = Field(description=_("end"))
    kind: Literal["busy", "training", "protected"] = Field(
        "busy",
        description=_(
            "busy: not on duty; training: not on duty, its hours count as worked; "
            "protected: on duty, but neither at night nor overtime (Labour Law, Arts. 61 and 63)"
        ),
    )
    reason: str = Field("", description=_("why, as court or training"))

    @model_validator(mode="after")
    def _order(self) -> Self:
        if (self.start.tzinfo is None) != (self.end.tzinfo is None):
            raise Misfit(say("begin and end are both local times, or both have an offset"), "end")
        if self.start >= self.end:
            raise Misfit(say("ends ({end}) before it starts ({start})", end=self.end, start=self.start), "end")
        return self
