"""Withdrawing what was asked for and is not decided yet: leave, busy hours, wishes and swaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from scenarios.collected_requests import ABSENT
from scenarios.scenario import Scenario
from wfm.errors import BadInput
from wfm.i18n import Text, both, say
from wfm.store import MonthRecord, MonthRequest, Publication, Store

__all__ = ["Withdrawn", "why_it_stands", "withdraw_request", "withdraw_swap"]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What came of it: how many entries were withdrawn (a request over the end of a month has one for each month), and why
    others of the same request stand."""

    count: int
    stand: tuple[Text, ...]


def why_it_stands(
    scenario: Scenario,
    request: MonthRequest,
    publications: Sequence[Publication],
    *,
    settled: bool,
    own: bool = False,
) -> Text | None:
    """Why a request cannot be withdrawn any more; None where it can.

    The first roster published for its month decides on a request that had come in by then. Absences are facts that a
    scheduler noted; schedulers may take them back until the month is settled.

    Args:
        scenario: the hotline.
        request: the request.
        publications: versions published for its month, the first one first.
        settled: whether the month is settled.
        own: whether the person asks who made it.
    """
    if settled:
        return both("the month is settled")
    if request.kind == ABSENT:
        return both("the scheduler noted it: ask the scheduler") if own else None
    if not publications or publications[0].at < request.received_at:
        return None
    at = publications[0].at.astimezone(ZoneInfo(scenario.hotline.time_zone))
    return both("the roster published on {at:%Y-%m-%d %H:%M} has decided it", at=at)


def withdraw_request(
    scenario: Scenario, store: Store, request: int, now: datetime, *, own: str = "", who: str = ""
) -> Withdrawn:
    """Withdraw a request in every month that holds it.

    Args:
        scenario: the hotline.
        store: the planning store.
        request: its number in one of them.
        now: when.
        own: number of the person who asks; only the person's own request is then withdrawn.
        who: who withdraws it.

    Raises:
        BadInput: this hotline has no such request of that person, or it is decided in every month.
    """
    every = list(_requests(scenario, store))
    chosen = next((r for _, r in every if r.id == request and own in ("", r.agent)), None)
    if chosen is None:
        raise BadInput(say("request {number}: there is none that stands", number=request))
    stand, count = [], 0
    for month, found in every:
        if (found.kind, found.agent, found.details) != (chosen.kind, chosen.agent, chosen.details):
            continue
        made = store.months.publications(month.roster_id) if month.roster_id is not None else []
        settled = store.months.settlement(month) is not None
        reason = why_it_stands(scenario, found, made, settled=settled, own=bool(own))
        if reason is not None:
            stand.append(reason)
            continue
        store.months.withdraw(found.id, who=who, at=now)
        count += 1
    if not count:
        raise BadInput(say("This cannot be withdrawn: {reason}.", reason=stand[0]))
    return Withdrawn(count, tuple(stand))


def _requests(scenario: Scenario, store: Store) -> Iterator[tuple[MonthRecord, MonthRequest]]:
    for month in store.months.months(scenario.hotline.id):
        for request in store.months.requests(month):
            yield month, request


def withdraw_swap(scenario: Scenario, store: Store, swap: int, *, own: str = "", who: str = "") -> None:
    """Withdraw a swap that waits for a decision.

    Args:
        scenario: the hotline.
        store: the planning store.
        swap: its number.
        own: number of the person who asks; only a swap of the person's own duty is then withdrawn.
        who: who withdraws it.

    Raises:
        BadInput: this hotline has no such swap that waits.
    """
    months = store.months.months(scenario.hotline.id)
    found = next((s for month in months for s in store.months.swaps(month) if s.id == swap), None)
    if found is None or own not in ("", found.asked["giver"]):
        raise BadInput(say("swap {swap}: there is none that waits for a decision", swap=swap))
    store.months.withdraw_swap(swap, who=who)
