"""The one sentence over a day under way, and how serious it is."""

from __future__ import annotations

import math
from datetime import datetime

from scenarios.findings import limit_text, percent, value_text
from scenarios.today import TargetToday, Today, connection_target
from wfm.i18n import Text, both

__all__ = ["group_text", "spell_text", "today_headline", "today_status"]


def today_status(today: Today) -> str:
    """``missed``, ``at risk``, ``met`` or ``unknown``: the worst of the targets, so far and at the day's end."""
    found = {target.status for target in today.targets}
    if not today.over:
        found |= {target.end_status for target in today.targets}
        posts_now = [p for p in today.open_posts if p.role == "A" and p.start <= today.now]
        if posts_now or today.spells:
            found.add("at risk")
    for word in ("missed", "at risk", "met"):
        if word in found:
            return word
    return "unknown"


def today_headline(today: Today) -> Text:
    """What matters of the day at the moment, in one sentence or two."""
    if today.phase == "closed":
        first = both("Nobody answers today: the hotline is closed.")
        return first if not today.so_far.known else _joined(first, _came(today))
    if not today.so_far.known:
        return _joined(_without_records(today), _weak(today))
    if today.over:
        return _joined(_ended(today), _targets_ended(today))
    return _joined(_opens(today), _came(today), _targets_so_far(today), _outlook(today), _weak(today))


def _joined(*sentences: Text | None) -> Text:
    told = [s for s in sentences if s is not None]
    return Text(" ".join(s.en for s in told), "".join(s.zh for s in told))


def _without_records(today: Today) -> Text:
    calls = _number(today.expected.after(_midnight(today), "", today.hotline.interval_min)) if today.expected else None
    there = sum(1 for d in today.on_duty if d.role == "A")
    if calls is not None and today.roster is not None:
        return both(
            "No calls of today are recorded yet; {calls} are expected, and {there} agents are on duty now.",
            calls=calls,
            there=there,
        )
    if calls is not None:
        return both("No calls of today are recorded yet; {calls} are expected.", calls=calls)
    if today.roster is not None:
        return both("No calls of today are recorded yet; {there} agents are on duty now.", there=there)
    return both("Nothing of today is known yet: no records, no forecast and no roster hold this day.")


def _midnight(today: Today) -> datetime:
    return today.now.replace(hour=0, minute=0, second=0, microsecond=0)


def _opens(today: Today) -> Text | None:
    if today.phase != "before" or today.opens is None:
        return None
    return both("Agents answer from {clock} on.", clock=f"{today.opens:%H:%M}")


def _came(today: Today) -> Text:
    one, clock = today.line(), f"{today.so_far.reach:%H:%M}"
    if math.isnan(one.expected) or one.expected < 1:
        return both("Until {clock} {calls} calls came.", clock=clock, calls=_number(one.offered))
    more = one.came / one.expected - 1
    values = {"clock": clock, "calls": _number(one.offered), "share": percent(abs(more))}
    if abs(more) < 0.05:
        return both("Until {clock} {calls} calls came, as many as expected.", **values)
    if more > 0:
        return both("Until {clock} {calls} calls came, {share} more than expected.", **values)
    return both("Until {clock} {calls} calls came, {share} fewer than expected.", **values)


def _ended(today: Today) -> Text:
    one = today.line()
    if math.isnan(one.expected) or one.expected < 1:
        return both("The day ended with {calls} calls.", calls=_number(one.offered))
    return both(
        "The day ended with {calls} calls; {expected} were expected.",
        calls=_number(one.offered),
        expected=_number(one.expected),
    )


def _main_target(today: Today) -> TargetToday | None:
    """The target to speak of: a missed one, else the connection rate, else the first."""
    known = [t for t in today.targets if t.status != "unknown"]
    missed = [t for t in known if t.status == "missed"]
    connection = connection_target(today.hotline)
    rate = [t for t in known if connection is not None and t.target.id == connection.id]
    return next(iter([*missed, *rate, *known]), None)


def _targets_so_far(today: Today) -> Text | None:
    shown = _main_target(today)
    if shown is None:
        return None
    target = shown.target
    values = {
        "name": target.name,
        "value": value_text(shown.so_far, target.unit),
        "limit": limit_text(target.operator or "", target.limit, target.unit),
    }
    if shown.status == "missed":
        return both("{name} is at {value} so far and misses its limit ({limit}).", **values)
    return both("Every target is kept so far: {name} {value} ({limit}).", **values)


def _targets_ended(today: Today) -> Text | None:
    known = [t for t in today.targets if t.status != "unknown"]
    missed = [t for t in known if t.status == "missed"]
    if not known:
        return None
    if not missed:
        return both("It kept every target.")
    shown = missed[0]
    return both(
        "It missed {missed} of {all} targets; {name} was {value} ({limit}).",
        missed=len(missed),
        all=len(known),
        name=shown.target.name,
        value=value_text(shown.so_far, shown.target.unit),
        limit=limit_text(shown.target.operator or "", shown.target.limit, shown.target.unit),
    )


def _outlook(today: Today) -> Text | None:
    """The target least likely to be kept at the day's end."""
    known = [t for t in today.targets if not math.isnan(t.p_met)]
    if not known:
        return None
    worst = min(known, key=lambda t: t.p_met)
    return both(
        "The day ends within the limit of {name} with a probability of {share}.",
        name=worst.target.name,
        share=percent(worst.p_met),
    )


def _weak(today: Today) -> Text | None:
    if today.roster is None or today.over or today.phase == "closed":
        return None
    if not today.spells:
        return (
            both("Enough agents are on duty for the rest of the day.")
            if not today.cover["needed"].isna().all()
            else None
        )
    return both("The weak hour ahead: {spell}.", spell=spell_text(today, 0))


def spell_text(today: Today, number: int) -> Text:
    """A stretch with too few on duty, in words."""
    spell = today.spells[number]
    return both(
        "{group} {start}–{end} ({missing} short)",
        group=group_text(today, spell.group),
        start=f"{spell.start:%H:%M}",
        end=f"{spell.end:%H:%M}",
        missing=math.ceil(spell.missing - 1e-6),
    )


def group_text(today: Today, group: str) -> Text:
    """A group's name."""
    return next((g.name for g in today.hotline.groups if g.id == group), Text(group, group))


def _number(value: float) -> str:
    return f"{value:,.0f}"
