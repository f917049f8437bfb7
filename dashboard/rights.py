"""Who may do what: roles as people know them, and the single rights that pages and callbacks ask for."""

from __future__ import annotations

from typing import Literal

from wfm.i18n import Text, both

__all__ = ["RIGHTS_OF", "ROLES", "ROLE_NAMES", "Right", "Role"]

Role = Literal["manager", "scheduler", "operations", "analyst", "viewer", "agent"]
ROLES: tuple[Role, ...] = ("manager", "scheduler", "operations", "analyst", "viewer", "agent")

Right = Literal["see", "own duties", "plan", "roster", "records", "scenarios", "administer"]
"""``see``: everything that is shown, names included. ``own duties``: one's own duties only. ``plan``: make plans and
annotate them. ``roster``: change, publish and repair rosters. ``records``: import records, annotate days, act on the
running day. ``scenarios``: derive, run and cancel scenarios. ``administer``: users, roles, settings and the audit."""

RIGHTS_OF: dict[Role, frozenset[Right]] = {
    "manager": frozenset({"see", "own duties", "plan", "scenarios", "administer"}),
    "scheduler": frozenset({"see", "own duties", "roster"}),
    "operations": frozenset({"see", "own duties", "records"}),
    "analyst": frozenset({"see", "own duties", "plan", "scenarios"}),
    "viewer": frozenset({"see", "own duties"}),
    "agent": frozenset({"own duties"}),
}

ROLE_NAMES: dict[Role, Text] = {
    "manager": both("manager"),
    "scheduler": both("scheduler"),
    "operations": both("operations"),
    "analyst": both("analyst"),
    "viewer": both("viewer"),
    "agent": both("agent"),
}
