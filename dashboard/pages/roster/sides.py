"""The rosters of a month that can be set side by side, each by a short name that stands in the address."""

from __future__ import annotations

import pandas as pd

from dashboard.desk import Desk
from dashboard.pages.roster.names import draft_words
from dashboard.pages.roster.view import RosterView
from dashboard.roster_shelf import roster_shelf
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["duties_of_side", "sides_of"]


def sides_of(desk: Desk, view: RosterView) -> list[tuple[str, str]]:
    """What can be compared: versions and drafts, by a short name that stands in the address."""
    found = [(f"v{p.version}", say("Version {version}", version=p.version)) for p in reversed(view.month.publications)]
    drafts = desk.store.drafts.drafts(view.scenario.hotline.id, view.first)
    found += [(f"d{d.id}", draft_words(d)) for d in drafts]
    for name, period in desk.plans.periods().items():
        if period[0] == view.scenario.hotline.id and period[1] == view.first:
            found.append((f"p{name}", say("Plan {plan}", plan=name)))
    return found


def duties_of_side(desk: Desk, view: RosterView, side: str) -> pd.DataFrame:
    """Duties of one side of a comparison: ``v2`` a version, ``d3`` a draft, ``pNAME`` a plan.

    Raises:
        BadInput: there is none of this name.
    """
    kind, name = side[:1], side[1:]
    if kind == "d" and name.isdigit():
        return roster_shelf(desk).draft(view.scenario, int(name)).live.duties()
    if kind == "v" and name.isdigit():
        return roster_shelf(desk).version_duties(view.found, int(name))
    if kind == "p":
        return desk.plans.plan(name).duties
    raise BadInput(say("there is nothing to compare under {name}", name=side))
