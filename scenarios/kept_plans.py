"""Plans and rosters in the store that a hotline works by, before those that only asked what if."""

from __future__ import annotations

from wfm.store import PlanRecord, RosterRecord, Store

__all__ = ["WHAT_IF", "working_plans", "working_rosters"]

WHAT_IF = "what_if"
"""Key of a kept plan's inputs that names the what-if it was made for."""


def working_plans(plans: list[PlanRecord]) -> list[PlanRecord]:
    """Those made of the hotline as it is; all where there are only what-ifs."""
    return [plan for plan in plans if WHAT_IF not in plan.inputs] or plans


def working_rosters(store: Store, hotline: str, rosters: list[RosterRecord]) -> list[RosterRecord]:
    """Rosters that were published, or that no what-if made; all where there are no others."""
    asked = {plan.id for plan in store.plans(hotline) if WHAT_IF in plan.inputs}
    return [r for r in rosters if r.published_version is not None or r.plan_id not in asked] or rosters
