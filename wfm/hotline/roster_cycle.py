"""The scheduler's month: until when requests are collected, when a roster is published, how late duties are swapped."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Misfit, Part, _
from wfm.i18n import say

__all__ = ["RosterCycle"]


class RosterCycle(Part):
    """Deadlines of a roster's month, counted back from its first day, and how its fees are settled.

    A deadline of n days before ends with the day that lies n days before the first day.
    """

    collect_by_days: Annotated[int, Field(ge=0, le=120)] = Field(
        15, description=_("leave, busy hours and wishes are collected until so many days before the first day")
    )
    publish_by_days: Annotated[int, Field(ge=0, le=120)] = Field(
        7, description=_("the roster is published so many days before the first day, at the latest")
    )
    swap_until_h: Annotated[float, Field(ge=0, le=720)] = Field(
        24.0, description=_("duties are swapped until so many hours before they begin")
    )
    handover_min: Annotated[int, Field(ge=0, le=120)] = Field(
        0, description=_("minutes that consecutive duties of a post overlap, for handing over")
    )
    fees_for: Literal["signed_in", "on_duty"] = Field(
        "signed_in", description=_("fees are for all signed-in time, or only for that within one's duties")
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.publish_by_days > self.collect_by_days:
            raise Misfit(
                say(
                    "must not exceed collect_by_days ({collect}), found {found}: a roster is published after requests are in",
                    collect=self.collect_by_days,
                    found=self.publish_by_days,
                ),
                "publish_by_days",
            )
        return self
