"""The scheduler's month with the planning store: collect, publish, swap, name, sign in, settle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scenarios.month_files import read_attendance, read_requests
from scenarios.roster_at_hand import RosterAtHand, stored_roster
from scenarios.scenario import Scenario
from scheduler import RosterProblem
from scheduler.checker import Violation
from scheduler.duties_hash import duties_hash
from scheduler.firm_duties import check_with_places, give_to_firms, name_person, places_to_name
from scheduler.handover import short_handovers
from scheduler.month import MonthDates, MonthState, month_dates, refuse_late_swap, refuse_settled, state_of_month
from scheduler.pay import paid_spans
from scheduler.requests_checked import Taker, check_swap
from scheduler.settlement import PersonFee, Presence, Settlement, settle_attendance
from scheduler.swaps import Swap, broken_by, duty_of
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Busy, Leave, Wish
from wfm.i18n import LANGUAGES, Text, language, say, use_language
from wfm.store import AttendanceRecord, MonthRecord, MonthRequest, Publication, StaleVersion, Store, SwapRecord

__all__ = [
    "MonthView",
    "Published",
    "SwapAnswer",
    "collect_requests",
    "collected",
    "look_at_month",
    "month_end",
    "name_lawyer",
    "publish_roster",
    "record_attendance",
    "settle_month",
    "swap_in_month",
]


TAIL_DAYS = 35
"""How far before a roster another one's duties may lie for rules to reach across."""


@dataclass(frozen=True, slots=True)
class MonthView:
    """How a month stands.

    Attributes:
        dates: first and last day, deadlines.
        state: collecting, building, published, running or settled.
        requests: what came in, late ones marked.
        publications: versions made known, the first one first.
        swaps: swaps asked for.
        to_name: duties for which firms have still to name somebody.
        amount: what the month cost, once it is settled.
    """

    dates: MonthDates
    state: MonthState
    requests: tuple[MonthRequest, ...]
    publications: tuple[Publication, ...]
    swaps: tuple[SwapRecord, ...]
    to_name: int
    amount: str | None


@dataclass(frozen=True, slots=True)
class Published:
    """A publication and what is to be said of the roster.

    Attributes:
        publication: version, whether late, whether nothing was new.
        violations: what the independent checker finds.
        handovers: a sentence for each handing over that is too short.
        to_name: duties for which firms have still to name somebody.
    """

    publication: Publication
    violations: tuple[Violation, ...]
    handovers: tuple[Text, ...]
    to_name: int


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """What came of a swap: refused with the reasons and who could take the duty instead, possible, or published as a version."""

    number: int | None
    refused: tuple[Text, ...]
    published: Publication | None
    takers: tuple[Taker, ...] = ()


def month_end(first: date) -> date:
    """Last day of the calendar month that ``first`` begins; of another day, of the four weeks from it on."""
    if first.day == 1:
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first + timedelta(days=27)


def look_at_month(scenario: Scenario, store: Store, first: date, now: datetime, last: date | None = None) -> MonthView:
    """How the month from ``first`` on stands at ``now``; a month of which nothing is known yet is collecting or building.

    Raises:
        BadInput: ``last`` lies before ``first``.
    """
    record = store.months.month(scenario.hotline.id, first)
    dates = month_dates(scenario.hotline, first, record.last if record else last or month_end(first))
    if record is None:
        return MonthView(dates, state_of_month(dates, now, published=False, settled=False), (), (), (), 0, None)
    settlement = store.months.settlement(record)
    to_name = 0
    publications: list[Publication] = []
    if record.roster_id is not None:
        publications = store.months.publications(record.roster_id)
        to_name = len(places_to_name(store.roster(record.roster_id, publications[-1].version).duties))
    return MonthView(
        dates=dates,
        state=state_of_month(dates, now, published=bool(publications), settled=settlement is not None),
        requests=tuple(store.months.requests(record)),
        publications=tuple(publications),
        swaps=tuple(store.months.swaps(record)),
        to_name=to_name,
        amount=settlement.amount if settlement else None,
    )


def collect_requests(
    scenario: Scenario,
    store: Store,
    first: date,
    path: Path,
    now: datetime,
    *,
    last: date | None = None,
    who: str = "",
) -> tuple[int, int]:
    """Keep the requests of a file for the month from ``first`` on.

    Returns:
        how many were new, and how many of the file's are late.

    Raises:
        BadInput: the file cannot be read, or the month is settled.
    """
    month = store.months.open_month(scenario.hotline.id, first, last or _last(store, scenario, first), who=who)
    dates = month_dates(scenario.hotline, first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    found = read_requests(path, scenario.hotline, scenario.agents, now, dates.collect_until)
    return store.months.collect(month, found, who=who), sum(r.late for r in found)


def collected(requests: tuple[MonthRequest, ...], *, late: bool) -> tuple[list[Leave], list[Wish], list[Busy]]:
    """Requests as the roster's problem reads them; those that came in late only if asked for."""
    leave: list[Leave] = []
    wishes: list[Wish] = []
    busy: list[Busy] = []
    for request in requests:
        if request.late and not late:
            continue
        said, agent = request.details, request.agent
        if request.kind == "busy":
            times = {key: datetime.fromisoformat(said[key]) for key in ("start", "end")}
            busy.append(Busy(agent=agent, reason=said["reason"], **times))
            continue
        first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
        if request.kind == "leave":
            leave.append(Leave(agent=agent, first=first, last=last, reason=said["reason"]))
            continue
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        wanted = request.kind == "wish_on"
        wishes += [Wish(agent=agent, date=day, shift=said["shift"], wanted=wanted) for day in days]
    return leave, wishes, busy


def publish_roster(
    found: RosterAtHand,
    store: Store,
    now: datetime,
    *,
    over: int | None = None,
    to_firms: bool = False,
    despite_rules: bool = False,
    note: str = "",
    who: str = "",
) -> Published:
    """Publish a roster for its month.

    Args:
        found: the roster.
        store: the planning store.
        now: when; after the deadline the publication is marked late.
        over: the published version that this one replaces.
        to_firms: give the duties of firms' people to their firms, which name somebody later.
        despite_rules: publish even where rules are broken.
        note: what was changed.
        who: who publishes.

    Raises:
        BadInput: the month is settled; rules are broken; another version is published than the one to replace.
    """
    hotline, problem = found.problem.hotline, _in_its_month(found.problem, store)
    duties = give_to_firms(problem, found.duties) if to_firms else found.duties
    violations = check_with_places(problem, duties)
    broken = [v for v in violations if v.breaks_law]
    if broken and not despite_rules:
        raise BadInput(
            say(
                "the roster breaks {n} rules and is not published, the first: {rule} (publish it nevertheless with "
                "--despite-rules)",
                n=len(broken),
                rule=broken[0].text,
            )
        )
    month = store.months.open_month(hotline.id, problem.first, problem.last, who=who)
    dates = month_dates(hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    publication = store.months.publish(
        month,
        duties,
        duties_hash(duties),
        over=over,
        late=now >= dates.publish_until and month.roster_id is None,
        posts=_plain_posts(problem.posts) if found.posts_known else None,
        note=note,
        who=who,
        at=now,
    )
    return Published(
        publication, tuple(violations), _short_handovers(duties, dates.handover_min), len(places_to_name(duties))
    )


def swap_in_month(
    scenario: Scenario,
    store: Store,
    first: date,
    swap: Swap,
    now: datetime,
    *,
    agree: bool = False,
    who: str = "",
) -> SwapAnswer:
    """Check a swap against every rule and the deadline; if it is to be agreed, keep the question and its answer.

    Args:
        scenario: the hotline and its people.
        store: the planning store.
        first: first day of the month.
        swap: who gives which duty to whom.
        now: when the swap is asked for.
        agree: publish the changed roster if nothing speaks against it; otherwise only say so.
        who: who asks.

    Raises:
        BadInput: nothing is published, the month is settled, or somebody has no such duty.
    """
    month, found = _published(scenario, store, first)
    dates = month_dates(scenario.hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    checked = check_swap(found.problem, found.duties, swap)
    takers = tuple(t for duty in checked.to_cover for t in duty.takers)
    asked = {
        "giver": swap.giver,
        "date": swap.day.isoformat(),
        "shift": swap.shift,
        "taker": swap.taker,
        "back": swap.back.isoformat() if swap.back else "",
    }
    reasons: list[Text] = []
    begins = [duty_of(found.duties, swap.giver, swap.day, swap.shift).start]
    begins += [duty_of(found.duties, swap.taker, swap.back).start] if swap.back else []
    for begin in begins:
        try:
            refuse_late_swap(dates, pd.Timestamp(begin).to_pydatetime(), now)
        except BadInput:
            reasons.append(_late_swap(dates, pd.Timestamp(begin).to_pydatetime()))
    reasons += [v.text for v in checked.breaks]
    if not agree:
        return SwapAnswer(None, tuple(reasons), None, takers)
    number = store.months.ask_swap(month, asked, who=who)
    if reasons:
        store.months.decide_swap(number, agreed=False, reasons=[r.as_dict() for r in reasons], who=who)
        return SwapAnswer(number, tuple(reasons), None, takers)
    try:
        published = store.months.publish(
            month,
            checked.duties,
            duties_hash(checked.duties),
            over=found.version,
            late=False,
            note=f"swap {number}",
            who=who,
            at=now,
        )
    except StaleVersion as error:
        store.months.decide_swap(number, agreed=False, reasons=[{language(): str(error)}], who=who)
        raise
    store.months.decide_swap(number, agreed=True, roster_version=published.version, who=who)
    return SwapAnswer(number, (), published)


def _late_swap(dates: MonthDates, begins: datetime) -> Text:
    """The deadline's sentence in both languages."""
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            try:
                refuse_late_swap(dates, begins, begins)
            except BadInput as error:
                spoken[chosen] = str(error)
    return Text(**spoken)


def name_lawyer(
    scenario: Scenario, store: Store, first: date, post: str, role: str, agent: str, *, who: str = ""
) -> Published:
    """Put a person on a duty that was given to a firm, and publish that.

    Raises:
        BadInput: nothing is published, the duty waits for no name, the person is of another firm, or a rule would be
            broken.
    """
    month, found = _published(scenario, store, first)
    dates = month_dates(scenario.hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    after = name_person(found.problem, found.duties, post, role, agent)
    broken = [v for v in broken_by(found.problem, found.duties, after) if v.breaks_law]
    if broken:
        raise BadInput(say("{agent} is not named: {rule}", agent=agent, rule=broken[0].text))
    publication = store.months.publish(
        month, after, duties_hash(after), over=found.version, late=False, note=f"{post} {role}: {agent}", who=who
    )
    return Published(publication, (), (), len(places_to_name(after)))


def record_attendance(scenario: Scenario, store: Store, path: Path, *, who: str = "") -> tuple[int, int]:
    """Keep who was signed in when. Returns how many records were new, and how many the file holds.

    Raises:
        BadInput: the file cannot be read, a record contradicts one that is kept, or reaches into a settled month.
    """
    found = read_attendance(path, scenario.hotline, scenario.agents)
    zone = ZoneInfo(scenario.hotline.time_zone)
    for month in store.months.months(scenario.hotline.id):
        if store.months.settlement(month) is None:
            continue
        begin, end = (datetime.combine(d, time(), tzinfo=zone) for d in (month.first, month.last + timedelta(days=1)))
        if any(p.start < end and p.end > begin for p in found):
            refuse_settled(month_dates(scenario.hotline, month.first, month.last), settled=True)
    records = [AttendanceRecord(p.agent, p.start, p.end) for p in found]
    return store.months.attend(scenario.hotline.id, records, who=who), len(found)


def settle_month(
    scenario: Scenario,
    store: Store,
    first: date,
    now: datetime,
    *,
    final: bool = False,
    who: str = "",
) -> tuple[RosterAtHand, Settlement]:
    """Fees of the month from signed-in attendance: of the time from the first day's midnight to the last one's
    end; employees' overtime and holidays by their multiples.

    Args:
        scenario: the hotline and its people.
        store: the planning store.
        first: first day of the month.
        now: when.
        final: keep the settlement: the month is settled and changes no more.
        who: who settles.

    Raises:
        BadInput: nothing is published; with ``final``, the month has not ended or is settled already.
    """
    month, found = _published(scenario, store, first)
    begin = pd.Timestamp(found.problem.first).tz_localize(found.problem.zone)
    period = (begin.to_pydatetime(), (begin + pd.DateOffset(days=found.problem.days)).to_pydatetime())
    records = store.months.attendance(scenario.hotline.id, *period)
    settlement = settle_attendance(
        scenario.hotline,
        scenario.agents,
        found.duties,
        [Presence(r.agent, r.signed_in, r.signed_out) for r in records],
        period=period,
        on_duty_only=scenario.hotline.roster_cycle.fees_for == "on_duty",
        paid_spans=paid_spans(found.problem, found.duties),
    )
    if final:
        last_end = max([period[1], *found.duties["end"]])
        if now < last_end:
            raise BadInput(
                say(
                    "the last duty ends at {end}; a month is settled after that",
                    end=f"{last_end:%Y-%m-%d %H:%M}",
                )
            )
        store.months.settle(month, str(settlement.amount), [_plain_fee(p) for p in settlement.people], who=who)
    return found, settlement


def _plain_fee(fee: PersonFee) -> dict[str, Any]:
    return {
        "agent": fee.agent,
        "firm": fee.firm,
        "signed_in_h": fee.signed_in_h,
        "paid_h": fee.paid_h,
        "rate": str(fee.rate),
        "amount": str(fee.amount),
        "missed": fee.missed,
    }


def _last(store: Store, scenario: Scenario, first: date) -> date:
    record = store.months.month(scenario.hotline.id, first)
    return record.last if record else month_end(first)


def _published(scenario: Scenario, store: Store, first: date) -> tuple[MonthRecord, RosterAtHand]:
    month = store.months.month(scenario.hotline.id, first)
    if month is None or month.roster_id is None:
        raise BadInput(
            say(
                "no roster of {hotline} from {first} on is published; publish one with wfm roster publish",
                hotline=scenario.hotline.id,
                first=first,
            )
        )
    found = stored_roster(scenario, first, store)
    return month, replace(found, problem=_in_its_month(found.problem, store))


def _in_its_month(problem: RosterProblem, store: Store) -> RosterProblem:
    """The problem with the published tail before it, where none is given, and the leave and busy hours collected in time."""
    month = store.months.month(problem.hotline.id, problem.first)
    if month is not None:
        leave, _, busy = collected(tuple(store.months.requests(month)), late=False)
        problem = replace(problem, leave=[*problem.leave, *leave], busy=(*problem.busy, *busy))
    if problem.history is not None:
        return problem
    tail = store.latest_roster(problem.hotline.id, problem.first)
    near = tail is not None and tail.record.last >= problem.first - timedelta(days=TAIL_DAYS)
    return replace(problem, history=tail.duties) if tail is not None and near and len(tail.duties) else problem


def _short_handovers(duties: pd.DataFrame, least_min: int) -> tuple[Text, ...]:
    return tuple(short_handovers(duties, least_min)) if least_min else ()


def _plain_posts(posts: pd.DataFrame) -> list[dict[str, Any]]:
    found = []
    for row in rows_of(posts):
        plain = {k: v for k, v in row._asdict().items() if not pd.isna(v)}
        plain["date"] = pd.Timestamp(plain["date"]).date().isoformat()
        found.append({k: (v.item() if hasattr(v, "item") else v) for k, v in plain.items()})
    return found
