"""What the audit says was done, and on what, in words; for the page Administration and the command line."""

from __future__ import annotations

from wfm.i18n import Text, both

__all__ = ["ACTIONS", "action_words", "actions_named", "thing_words"]

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


def action_words(action: str) -> str:
    """What was done; as it is written where no words are known for it."""
    found = ACTIONS.get(action)
    return found.of() if found is not None else action


def actions_named(text: str) -> tuple[str, ...]:
    """The actions in whose words, Chinese or English, a text stands; none for an empty one."""
    wanted = text.strip().lower()
    return tuple(key for key, words in ACTIONS.items() if wanted and (wanted in words.en.lower() or wanted in words.zh))


def thing_words(thing: str) -> str:
    """On what it was done: ``user Lin`` or ``用户 Lin``."""
    kind, space, rest = thing.partition(" ")
    found = _THINGS.get(kind)
    return f"{found.of()}{space}{rest}" if found is not None else thing
