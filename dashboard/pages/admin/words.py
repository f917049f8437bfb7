"""Words of the page Administration: moments, roles, and browsers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.rights import ROLE_NAMES, Role
from wfm.errors import BadInput
from wfm.i18n import Text, both, language, say

__all__ = [
    "ROLE_TASKS",
    "browser_words",
    "moment_words",
    "role_words",
    "zone_of",
]

ROLE_TASKS: dict[Role, Text] = {
    "manager": both("makes plans and scenarios, reads reports, administers"),
    "scheduler": both("makes, publishes and repairs rosters"),
    "operations": both("imports records, notes special days, acts on the running day"),
    "analyst": both("makes plans and scenarios"),
    "viewer": both("sees everything, changes nothing"),
    "agent": both("sees the own duties only"),
}

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def role_words(role: str) -> str:
    """A role as people call it."""
    found = {str(key): name for key, name in ROLE_NAMES.items()}.get(role)
    return found.of() if found is not None else role


def browser_words(told: str) -> str:
    """The browser and the system of a sign-in, as far as its long name tells."""
    browser = next((name for mark, name in _BROWSERS if mark in told), "")
    system = next((name for mark, name in _SYSTEMS if mark in told), "")
    if browser and system:
        return say("{browser} on {system}", browser=browser, system=system)
    return browser or system or told[:40] or "–"


def zone_of(asked: Asked, desk: Desk) -> ZoneInfo:
    """The time zone in which moments are told: the hotline's; China's where there is no hotline."""
    try:
        return ZoneInfo(desk.scenario(asked).hotline.time_zone)
    except (BadInput, StopIteration):
        return ZoneInfo("Asia/Shanghai")


def moment_words(moment: datetime | None, zone: Any, *, seconds: bool = False) -> str:
    """``14 Sep 2026, 09:30`` or ``2026年9月14日 09:30``; a dash for none."""
    if moment is None:
        return "–"
    local = moment.astimezone(zone)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if language() == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {clock}"
    return f"{local.day} {local:%b %Y}, {clock}"
