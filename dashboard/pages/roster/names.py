"""What the rosters of a month are called: published version, draft, plan."""

from __future__ import annotations

from datetime import datetime, tzinfo

from dashboard.asked import Asked
from dashboard.pages.roster.view import RosterView
from dashboard.wording import day_label
from wfm.i18n import say
from wfm.store import DraftRecord

__all__ = ["FILTERS", "draft_words", "moment", "nobody", "place_of", "roster_name"]

FILTERS = ("q", "firm", "group", "broken")
"""What of the address says who is shown in the grid."""


def roster_name(view: RosterView) -> str:
    """The roster that is looked at, as the beginning of a sentence."""
    if view.shown == "draft":
        return say("Draft {number}", number=view.draft)
    if view.shown == "plan":
        return say("The roster of plan {plan}", plan=view.plan) if view.plan else say("The roster kept last")
    return say("Version {version}", version=view.version)


def nobody(who: str) -> str:
    """A name; the owner of the machine, who has none, is called so."""
    return who or say("the owner of this machine")


def moment(at: datetime, zone: tzinfo) -> str:
    """``3 Dec 14:05`` or ``12月3日 14:05``."""
    local = at.astimezone(zone)
    return f"{day_label(local.date(), weekday=False)} {local:%H:%M}"


def draft_words(draft: DraftRecord) -> str:
    """``Draft 3 of Li Hua, 12 changes``."""
    if not draft.edits:
        return say("Draft {number} of {who}, no change yet", number=draft.id, who=nobody(draft.who))
    if draft.edits == 1:
        return say("Draft {number} of {who}, one cell changed", number=draft.id, who=nobody(draft.who))
    return say("Draft {number} of {who}, {n} cells changed", number=draft.id, who=nobody(draft.who), n=draft.edits)


def place_of(asked: Asked, view: RosterView, **changes: object) -> str:
    """The address of the same month with other choices; which roster is shown stays unless it is among them, and so does
    who is shown in it."""
    kept: dict[str, object] = {"month": view.first.isoformat(), "tab": asked.get("tab")}
    kept |= {name: asked.get(name) for name in FILTERS}
    if not {"draft", "version", "plan"} & set(changes):
        kept |= {name: asked.get(name) for name in ("draft", "version", "plan")}
    kept |= {"hotline": view.hotline, "at": asked.get("at")}
    return Asked("/roster").with_(**{**kept, **changes})
