"""Words of the page Administration: moments, roles, and what the audit calls things."""

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
    "ACTIONS",
    "ROLE_TASKS",
    "action_words",
    "browser_words",
    "moment_words",
    "role_words",
    "thing_words",
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

ACTIONS: dict[str, Text] = {
    "add user": both("add user"),
    "change roles": both("change roles"),
    "disable user": both("disable user"),
    "enable user": both("enable user"),
    "unlock user": both("unlock user"),
    "reset password": both("reset password"),
    "change password": both("change password"),
    "sign in": both("sign in"),
    "sign out": both("sign out"),
    "sign-in failed": both("sign-in failed"),
    "lock": both("lock after failed sign-ins"),
    "end session": both("end session"),
    "export": both("export"),
    "export table": both("export table"),
    "export audit": both("export audit"),
    "export calendar": both("export calendar"),
    "export fairness": both("export fairness table"),
    "export roster": both("export roster"),
    "export settlement": both("export settlement"),
    "make calendar link": both("make calendar link"),
    "withdraw calendar link": both("withdraw calendar link"),
    "remove audit entries": both("remove old audit entries"),
    "save plan": both("save plan"),
    "save forecast": both("save forecast"),
    "save roster": both("save roster"),
    "save roster version": both("save roster version"),
    "publish roster": both("publish roster"),
    "begin roster draft": both("begin roster draft"),
    "change roster draft": both("change roster draft"),
    "undo roster draft": both("undo a change of a roster draft"),
    "redo roster draft": both("redo a change of a roster draft"),
    "published roster draft": both("publish roster draft"),
    "discarded roster draft": both("discard roster draft"),
    "reopen roster draft": both("take up a roster draft again"),
    "open month": both("open month"),
    "collect": both("collect requests"),
    "withdraw request": both("withdraw a request"),
    "ask swap": both("ask for a swap"),
    "withdraw swap": both("withdraw a swap"),
    "agreed swap": both("agree to a swap"),
    "refused swap": both("refuse a swap"),
    "attendance": both("enter attendance"),
    "settle": both("settle month"),
    "submit job": both("ask for long work"),
    "cancel job": both("cancel long work"),
    "rerun job": both("ask again for long work"),
    "import": both("import records"),
    "keep mapping": both("remember mapping"),
    "forget mapping": both("forget mapping"),
    "annotate days": both("annotate days"),
    "decide mark": both("decide on a mark"),
    "look for odd days": both("look for odd days"),
    "upload hotline": both("bring in hotline"),
    "restore hotline": both("restore hotline"),
    "derive scenario": both("derive scenario"),
    "change scenario": both("change scenario"),
    "remove scenario": both("remove scenario"),
    "put scenario back": both("put scenario back"),
}
_THINGS: dict[str, Text] = {
    "user": both("user"),
    "session": both("session"),
    "plan": both("plan"),
    "roster": both("roster"),
    "forecast": both("forecast"),
    "month": both("month"),
    "swap": both("swap"),
    "hotline": both("hotline"),
    "job": both("long work"),
    "sign-in": both("sign-in"),
    "audit": both("audit"),
    "entries": both("entries"),
    "draft": both("draft"),
    "mapping": both("mapping"),
    "scenario": both("scenario"),
    "table": both("table"),
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


def action_words(action: str) -> str:
    """What was done; as it is written where no words are known for it."""
    found = ACTIONS.get(action)
    return found.of() if found is not None else action


def thing_words(thing: str) -> str:
    """On what it was done: ``user Lin`` or ``用户 Lin``."""
    kind, space, rest = thing.partition(" ")
    found = _THINGS.get(kind)
    return f"{found.of()}{space}{rest}" if found is not None else thing


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
