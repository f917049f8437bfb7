"""Who else answers a line's callers, and what callers hear who have to wait."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from wfm.hotline.parts import Misfit, Part, Seconds, Share, _
from wfm.i18n import say

__all__ = ["AnnouncedWait", "OverflowStep"]


class OverflowStep(Part):
    """A further group that may answer a line's callers once they have waited so long."""

    group: str = Field(description=_("identifier of the group that helps"))
    after_s: Seconds = Field(0.0, description=_("wait from ring-back on after which it may answer"))


class AnnouncedWait(Part):
    """What callers do who hear how long they will wait: accept a call-back, or leave at once. Off by default."""

    offer_call_back_over_s: Seconds | None = Field(
        None, description=_("announced waits longer than this bring the offer of a call-back; empty: never")
    )
    accept_share: Share = Field(0.0, description=_("share of those offered a call-back who accept it"))
    balk_over_s: Seconds | None = Field(
        None, description=_("announced waits longer than this make callers leave at once; empty: never")
    )
    balk_share: Share = Field(0.0, description=_("share of those who then leave at once"))

    @model_validator(mode="after")
    def _shares_have_limits(self) -> Self:
        for share, limit in (("accept_share", "offer_call_back_over_s"), ("balk_share", "balk_over_s")):
            if getattr(self, share) > 0 and getattr(self, limit) is None:
                raise Misfit(say("has no effect without {other}", other=limit), share)
        return self
