"""What needs somebody's attention on a day, in plain sentences, the most urgent first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from scenarios.findings import limit_text, percent, value_text
from scenarios.orders_due import OrdersDue
from scenarios.roster_month import look_at_month, month_end
from scenarios.scenario import Scenario
from scenarios.today import Today
from scenarios.today_sentences import group_text, spell_text
from scheduler.month import month_dates
from wfm.hotline import calendar_of
from wfm.i18n import LANGUAGES, Text, both, list_words, use_language
from wfm.store import JobRecord, Store

__all__ = ["Attention", "needs_attention", "roster_attention"]

Urgency = Literal["problem", "warning", "notice"]
_ORDER = {"problem": 0, "warning": 1, "notice": 2}

SILENCE_CALLS = 6.0
"""Calls expected since the records end from which on it is said that records are late."""
DEADLINE_DAYS = 5
"""Days before a roster must be published from which on it is said that it is not."""
FAILED_H = 24
"""Hours in which a failed job is told."""
_UNANNOUNCED_DAYS = 60
_NAMED_POSTS = 4


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing to look at: how urgent, in a sentence, and the page and its query where it is dealt with."""

    urgency: Urgency
    text: Text
    page: str = ""
    query: dict[str, str] = field(default_factory=dict)


def needs_attention(
    today: Today, *, orders: OrdersDue | None, roster: Sequence[Attention] = (), jobs: Sequence[JobRecord] = ()
) -> list[Attention]:
    """Everything that needs attention, the most urgent first; within an urgency in the order in which it is asked here.

    Args:
        today: the day.
        orders: open work orders and call-backs; None where the hotline keeps none.
        roster: :func:`roster_attention`.
        jobs: latest jobs of the hotline.
    """
    found = [
        *_posts(today),
        *_targets(today),
        *_spells(today),
        *_records(today),
        *_volume(today),
        *(_orders(orders) if orders is not None else ()),
        *roster,
        *_jobs(today, jobs),
        *_calendar(today),
    ]
    return sorted(found, key=lambda a: _ORDER[a.urgency])


def _posts(today: Today) -> Iterator[Attention]:
    """Posts that nobody holds: A first, what is on now before what comes."""
    if today.over:
        return
    for role, now in (("A", True), ("A", False), ("B", True), ("B", False)):
        mine = [p for p in today.open_posts if p.role == role and (p.start <= today.now) == now]
        if not mine:
            continue
        count = sum(p.count for p in mine)
        where = _joined(
            [
                both(
                    "{group} {start}–{end}", group=group_text(today, p.group), start=_clock(p.start), end=_clock(p.end)
                )
                for p in mine[:_NAMED_POSTS]
            ],
            len(mine) - _NAMED_POSTS,
        )
        if role == "A" and now:
            text = both("{n} posts have nobody on duty now: {where}.", n=count, where=where)
        elif role == "A":
            text = both("{n} posts are open in the next hours: {where}.", n=count, where=where)
        elif now:
            text = both("{n} posts have no backup (B) now: {where}.", n=count, where=where)
        else:
            text = both("{n} posts have no backup (B) in the next hours: {where}.", n=count, where=where)
        urgency: Urgency = "problem" if role == "A" and now else "warning" if role == "A" else "notice"
        yield Attention(urgency, text, "roster", {"day": today.now.date().isoformat()})


def _targets(today: Today) -> Iterator[Attention]:
    for row in today.targets:
        target = row.target
        values = {
            "name": target.name,
            "value": value_text(row.so_far, target.unit),
            "limit": limit_text(target.operator or "", target.limit, target.unit),
        }
        page = ("review", {"day": today.now.date().isoformat()})
        if row.status == "missed":
            text = (
                both("{name} was {value}; the limit is {limit}.", **values)
                if today.over
                else both("{name} is at {value}; the limit is {limit}.", **values)
            )
            yield Attention("problem", text, *page)
        elif row.end_status in ("missed", "at risk") and not today.over:
            text = both(
                "{name} keeps its limit {limit} at the end of the day with a probability of {share} only.",
                **values,
                share=percent(row.p_met),
            )
            yield Attention("problem" if row.end_status == "missed" else "warning", text, *page)


def _spells(today: Today) -> Iterator[Attention]:
    if today.over or not today.spells:
        return
    where = _joined([spell_text(today, n) for n in range(min(3, len(today.spells)))], len(today.spells) - 3)
    yield Attention(
        "warning",
        both("Too few agents for the targets: {where}.", where=where),
        "roster",
        {"day": today.now.date().isoformat()},
    )


def _records(today: Today) -> Iterator[Attention]:
    so_far, minutes = today.so_far, today.hotline.interval_min
    if today.phase == "closed":
        return
    begin = today.now.replace(hour=0, minute=0, second=0, microsecond=0)
    since = so_far.reach or begin
    missing = math.nan
    if today.expected is not None:
        missing = today.expected.by(today.now, "", minutes) - today.expected.by(since, "", minutes)
    if so_far.reach is None:
        if today.phase != "before" and not missing < SILENCE_CALLS:
            if so_far.last_day is None:
                text = both("No calls were ever imported for this hotline.")
            else:
                text = both("No calls of today are imported; records end on {day}.", day=so_far.last_day)
            yield Attention("warning", text, "data")
    elif missing >= SILENCE_CALLS:
        text = both(
            "The records end at {clock}; {calls} calls are expected since then.",
            clock=_clock(so_far.reach),
            calls=f"{missing:,.0f}",
        )
        yield Attention("warning", text, "data")


def _volume(today: Today) -> Iterator[Attention]:
    """Far more or fewer calls than chance explains: beyond three standard deviations of a count and a tenth."""
    one = today.line()
    if today.over or math.isnan(one.expected) or math.isnan(one.came) or one.expected < 20:
        return
    difference = one.came - one.expected
    if abs(difference) < max(3 * math.sqrt(one.expected), 0.1 * one.expected):
        return
    share = percent(abs(difference) / one.expected)
    text = (
        both("{share} more calls came than expected by now: forecast the rest of the day anew.", share=share)
        if difference > 0
        else both("{share} fewer calls came than expected by now: forecast the rest of the day anew.", share=share)
    )
    if today.kept is None or today.now - today.kept.now > timedelta(hours=1):
        yield Attention("warning", text, "today")


def _orders(orders: OrdersDue) -> Iterator[Attention]:
    for kind in ("order", "call_back"):
        overdue, due = orders.count("overdue", kind), orders.count("today", kind)
        if overdue:
            late = {"n": f"{overdue:,}"}
            text = (
                both("Overdue work orders: {n}.", **late)
                if kind == "order"
                else both("Overdue call-backs: {n}.", **late)
            )
            yield Attention("problem", text, "orders", {"state": "overdue", "kind": kind})
        if due:
            now = {"n": f"{due:,}"}
            text = (
                both("Work orders due today: {n}.", **now)
                if kind == "order"
                else both("Call-backs due today: {n}.", **now)
            )
            yield Attention("notice", text, "orders", {"state": "today", "kind": kind})


def roster_attention(scenario: Scenario, store: Store, now: datetime) -> list[Attention]:
    """Of the months' rosters: not published although it is time, requests that wait for a decision, names still missing.

    Args:
        scenario: hotline and people.
        store: the planning store.
        now: the moment, in the hotline's time zone.
    """
    hotline, day = scenario.hotline, now.date()
    known = {m.first: m.last for m in store.months.months(hotline.id) if m.last >= day}
    covered = [r for r in store.rosters(hotline.id) if r.published_version is not None and r.last >= day]
    following = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    for first in (day.replace(day=1), following):
        # A calendar month that another roster's period cuts is asked for under that roster.
        if not any(a <= month_end(first) and b >= first for a, b in known.items()):
            known[first] = month_end(first)
    found: list[Attention] = []
    for first, last in sorted(known.items()):
        view = look_at_month(scenario, store, first, now, last)
        dates = month_dates(hotline, first, last)
        month = {"month": f"{first:%Y-%m}"}
        period = {"first": first, "last": last}
        published = bool(view.publications) or any(r.first <= first and r.last >= min(last, first) for r in covered)
        if not published and now >= dates.begins:
            text = both("The roster of {first} – {last} has begun and was never published.", **period)
            found.append(Attention("warning", text, "roster", month))
        elif not published and now >= dates.publish_until:
            text = both("The roster of {first} – {last} should have been published already.", **period)
            found.append(Attention("problem", text, "roster", month))
        elif not published and now >= dates.publish_until - timedelta(days=DEADLINE_DAYS):
            until = dates.publish_until - timedelta(days=1)
            text = both("The roster of {first} – {last} is to be published by {day}.", **period, day=until.date())
            found.append(Attention("warning", text, "roster", month))
        asked = [swap for swap in view.swaps if swap.state == "asked"]
        if asked:
            text = both("Swaps that wait for a decision ({first} – {last}): {n}.", n=len(asked), **period)
            found.append(Attention("warning", text, "roster", month))
        late = [r for r in view.requests if r.late and view.state in ("collecting", "building")]
        if late:
            text = both(
                "Requests for {first} – {last} that came too late and are to be decided: {n}.", n=len(late), **period
            )
            found.append(Attention("notice", text, "roster", month))
        if view.to_name and view.state in ("published", "running"):
            text = both(
                "Duties of {first} – {last} that still lack a name from their firm: {n}.", n=view.to_name, **period
            )
            found.append(Attention("warning", text, "roster", month))
    return found


def _jobs(today: Today, jobs: Sequence[JobRecord]) -> Iterator[Attention]:
    repeated = {job.again_of for job in jobs}
    for job in jobs:
        ended = job.finished_at
        if job.state != "failed" or ended is None or job.id in repeated:
            continue
        if timedelta(0) <= today.now - ended.astimezone(today.now.tzinfo) <= timedelta(hours=FAILED_H):
            text = both(
                "“{title}” failed at {clock}.", title=job.title, clock=_clock(ended.astimezone(today.now.tzinfo))
            )
            yield Attention("warning", text, "jobs", {"job": str(job.id)})


def _calendar(today: Today) -> Iterator[Attention]:
    """The next year is near and the State Council has not announced its days off."""
    calendar = calendar_of(today.hotline)
    ahead = (today.now + timedelta(days=_UNANNOUNCED_DAYS)).year
    for year in sorted({today.now.year, ahead}):
        if not calendar.is_announced(year):
            text = both(
                "The holidays and make-up days of {year} are not announced yet; its plans are provisional.", year=year
            )
            yield Attention("notice", text, "admin", {"tab": "calendar", "year": str(year)})


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def _joined(texts: Sequence[Text], more: int) -> Text:
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            words = list_words([text.of() for text in texts])
            spoken[chosen] = words if more <= 0 else both("{words} and {n} more", words=words, n=more).of()
    return Text(**spoken)
