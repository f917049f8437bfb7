"""A request entered by hand: leave, a busy time or a wish, checked as the rows of a file are, and kept for its month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scenarios.month_files import REQUEST_KINDS
from scenarios.roster_month import month_end
from scenarios.scenario import Scenario
from scheduler.month import month_dates, refuse_settled
from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.store import MonthRecord, MonthRequest, Store

__all__ = ["LONGEST_DAYS", "REASON_MAX", "AskedByHand", "CollectedByHand", "ask_by_hand", "month_of_day"]

LONGEST_DAYS = 366
"""Nobody asks for more days at once; a year too many is a slip of the pen."""
REASON_MAX = 200
"""Characters of a reason."""


@dataclass(frozen=True, slots=True)
class AskedByHand:
    """What a person enters.

    Attributes:
        kind: one of ``month_files.REQUEST_KINDS``.
        agent: number of the person it is for.
        first, last: first and last day.
        begin, end: of a busy time, the clock on the first and on the last day; None: the whole day.
        shift: of a wish, the shift; empty: any duty.
        reason: in words.
    """

    kind: str
    agent: str
    first: date
    last: date
    begin: time | None = None
    end: time | None = None
    shift: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CollectedByHand:
    """What came of it: how many months it was kept for, in how many of them it is late, and whether it stood there already."""

    months: int
    late: int
    known: bool


def ask_by_hand(
    scenario: Scenario,
    store: Store,
    asked: AskedByHand,
    now: datetime,
    *,
    month: tuple[date, date] | None = None,
    who: str = "",
) -> CollectedByHand:
    """Keep a request for every month that its days touch.

    Args:
        scenario: the hotline and its people.
        store: the planning store.
        asked: the request.
        now: when it comes in; after a month's deadline it is late there.
        month: first and last day of the only month it is for; None: those that its days touch.
        who: who enters it.

    Raises:
        BadInput: nobody, no such kind or shift, an end before the begin, days outside the month, or a settled month.
    """
    details = _details(scenario, asked)
    if month is None:
        spans = _months_touched(scenario, store, asked.first, asked.last)
    elif asked.last < month[0] or asked.first > month[1]:
        raise BadInput(
            say(
                "{first} to {last} lies outside the month from {start} to {end}",
                first=asked.first,
                last=asked.last,
                start=month[0],
                end=month[1],
            )
        )
    else:
        spans = [month]
    for first, last in spans:
        record = store.months.month(scenario.hotline.id, first)
        settled = record is not None and store.months.settlement(record) is not None
        refuse_settled(month_dates(scenario.hotline, first, last), settled=settled)
    late = new = 0
    for first, last in spans:
        record = store.months.open_month(scenario.hotline.id, first, last, who=who)
        too_late = now >= month_dates(scenario.hotline, first, record.last).collect_until
        new += store.months.collect(record, [MonthRequest(asked.kind, asked.agent, details, now, too_late)], who=who)
        late += too_late
    return CollectedByHand(len(spans), late, new == 0)


def month_of_day(scenario: Scenario, store: Store, day: date) -> tuple[date, date]:
    """First and last day of the month that holds ``day``: one that is known, else the next in the rhythm of those known.

    Months of four weeks follow one another; where none is known, or the last known one is a calendar month, it is the
    calendar month.
    """
    known = sorted(store.months.months(scenario.hotline.id), key=lambda m: m.first)
    for record in known:
        if record.first <= day <= record.last:
            return record.first, record.last
    before = [m for m in known if m.last < day]
    first = day.replace(day=1)
    if before and not _is_calendar_month(before[-1]):
        length = (before[-1].last - before[-1].first).days + 1
        first = before[-1].last + timedelta(
            days=1 + (day - before[-1].last - timedelta(days=1)).days // length * length
        )
        last = first + timedelta(days=length - 1)
    else:
        first = max([first, *(m.last + timedelta(days=1) for m in before[-1:])])
        last = month_end(day.replace(day=1))
    following = [m.first for m in known if m.first > day]
    return first, min([last, *(following[0] - timedelta(days=1) for _ in following[:1])])


def _is_calendar_month(record: MonthRecord) -> bool:
    return record.first.day == 1 and record.last == month_end(record.first)


def _months_touched(scenario: Scenario, store: Store, first: date, last: date) -> list[tuple[date, date]]:
    spans = []
    day = first
    while day <= last:
        span = month_of_day(scenario, store, day)
        spans.append(span)
        day = span[1] + timedelta(days=1)
    return spans


def _details(scenario: Scenario, asked: AskedByHand) -> dict[str, object]:
    """The values that are kept, as ``month_files.read_requests`` makes them."""
    if asked.kind not in REQUEST_KINDS:
        raise BadInput(
            say("kind: found {found!r}, allowed are {known}", found=asked.kind, known=list_words(list(REQUEST_KINDS)))
        )
    if asked.agent not in {a.id for a in scenario.agents}:
        raise BadInput(say("unknown agent {agent}", agent=asked.agent))
    if asked.last < asked.first:
        raise BadInput(say("{last} lies before {first}: ends before it starts", first=asked.first, last=asked.last))
    if (asked.last - asked.first).days >= LONGEST_DAYS:
        raise BadInput(
            say("{first} to {last} are more than {most} days", first=asked.first, last=asked.last, most=LONGEST_DAYS)
        )
    if len(asked.reason) > REASON_MAX:
        raise BadInput(
            say("the reason has {found} characters, allowed are {most}", found=len(asked.reason), most=REASON_MAX)
        )
    details: dict[str, object] = {"reason": asked.reason.strip()}
    if asked.kind == "busy":
        zone = ZoneInfo(scenario.hotline.time_zone)
        begin = datetime.combine(asked.first, asked.begin or time(), tzinfo=zone)
        end = datetime.combine(asked.last + timedelta(days=asked.end is None), asked.end or time(), tzinfo=zone)
        if end <= begin:
            raise BadInput(
                say("{end} is not after {begin}", begin=f"{begin:%Y-%m-%d %H:%M}", end=f"{end:%Y-%m-%d %H:%M}")
            )
        return details | {"start": begin.isoformat(), "end": end.isoformat()}
    details |= {"first": asked.first.isoformat(), "last": asked.last.isoformat()}
    if asked.kind != "leave":
        shifts = [s.id for s in scenario.hotline.shifts]
        if asked.shift and asked.shift not in shifts:
            raise BadInput(say("unknown shift {shift}; known: {known}", shift=asked.shift, known=list_words(shifts)))
        details["shift"] = asked.shift
    return details
