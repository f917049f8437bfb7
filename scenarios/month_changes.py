"""Changes of a published roster: duties swapped, and people named for the duties of their firm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_month import Published, published_roster
from scenarios.scenario import Scenario
from scheduler.duties_hash import duties_hash
from scheduler.firm_duties import name_person, places_to_name
from scheduler.month import MonthDates, month_dates, refuse_late_swap, refuse_settled
from scheduler.requests_checked import Taker, check_swap
from scheduler.swaps import Swap, broken_by, duty_of
from wfm.errors import BadInput
from wfm.i18n import LANGUAGES, Text, language, say, use_language
from wfm.store import MonthRecord, Publication, StaleVersion, Store

__all__ = [
    "SwapAnswer",
    "WeighedSwap",
    "decide_weighed",
    "name_lawyer",
    "swap_in_month",
    "swap_values",
    "weigh_swap",
]


@dataclass(frozen=True, slots=True)
class SwapAnswer:
    """What came of a swap: refused with the reasons, possible, or published as a version.

    ``takers`` are those who could take the duty instead; None where no rule speaks against the swap.
    """

    number: int | None
    refused: tuple[Text, ...]
    published: Publication | None
    takers: tuple[Taker, ...] | None = None


@dataclass(frozen=True, slots=True)
class WeighedSwap:
    """A swap held against every rule and the deadline; nothing is kept of it.

    Attributes:
        month: the month.
        found: its published roster.
        duties: the roster with the swap.
        refused: what speaks against it, in words.
        takers: who could take the duty instead; None where no rule speaks against the swap.
    """

    month: MonthRecord
    found: RosterAtHand
    duties: pd.DataFrame
    refused: tuple[Text, ...]
    takers: tuple[Taker, ...] | None


def weigh_swap(scenario: Scenario, store: Store, first: date, swap: Swap, now: datetime) -> WeighedSwap:
    """Hold a swap against every rule and the deadline.

    Raises:
        BadInput: nothing is published, the month is settled, or somebody has no such duty.
    """
    month, found = published_roster(scenario, store, first)
    dates = month_dates(scenario.hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    checked = check_swap(found.problem, found.duties, swap)
    takers = tuple(t for duty in checked.to_cover for t in duty.takers) if checked.to_cover else None
    reasons: list[Text] = []
    begins = [duty_of(found.duties, swap.giver, swap.day, swap.shift).start]
    begins += [duty_of(found.duties, swap.taker, swap.back).start] if swap.back else []
    for begin in begins:
        try:
            refuse_late_swap(dates, pd.Timestamp(begin).to_pydatetime(), now)
        except BadInput:
            reasons.append(_late_swap(dates, pd.Timestamp(begin).to_pydatetime()))
    reasons += [v.text for v in checked.breaks]
    return WeighedSwap(month, found, checked.duties, tuple(reasons), takers)


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
    weighed = weigh_swap(scenario, store, first, swap, now)
    if not agree:
        return SwapAnswer(None, weighed.refused, None, weighed.takers)
    number = store.months.ask_swap(weighed.month, swap_values(swap), who=who)
    return decide_weighed(store, number, weighed, now, who=who)


def swap_values(swap: Swap) -> dict[str, str]:
    """A swap as it is kept."""
    return {
        "giver": swap.giver,
        "date": swap.day.isoformat(),
        "shift": swap.shift,
        "taker": swap.taker,
        "back": swap.back.isoformat() if swap.back else "",
    }


def decide_weighed(store: Store, number: int, weighed: WeighedSwap, now: datetime, *, who: str = "") -> SwapAnswer:
    """Publish a swap that was asked for as a version, or refuse it where something speaks against it.

    Raises:
        StaleVersion: another version was published in the meantime; the swap is refused with that sentence.
        BadInput: the swap was decided before.
    """
    if weighed.refused:
        store.months.decide_swap(number, agreed=False, reasons=[r.as_dict() for r in weighed.refused], who=who)
        return SwapAnswer(number, weighed.refused, None, weighed.takers)
    try:
        published = store.months.publish(
            weighed.month,
            weighed.duties,
            duties_hash(weighed.duties),
            over=weighed.found.version,
            late=False,
            note=say("swap {n}", n=number),
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
    month, found = published_roster(scenario, store, first)
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
