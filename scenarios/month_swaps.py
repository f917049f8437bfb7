"""Swaps that wait for a decision: asked for by people, agreed to or refused by the scheduler."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from scenarios.month_changes import SwapAnswer, decide_weighed, swap_values, weigh_swap
from scenarios.scenario import Scenario
from scheduler.requests_checked import Taker
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.i18n import Text, both, say
from wfm.store import MonthRecord, Store, SwapRecord

__all__ = ["AskedSwap", "agree_to_swap", "ask_for_swap", "refuse_swap", "swap_of"]


@dataclass(frozen=True, slots=True)
class AskedSwap:
    """A swap that was asked for and now waits: its number, and what speaks against it at present."""

    number: int
    refused: tuple[Text, ...]
    takers: tuple[Taker, ...] | None


def ask_for_swap(
    scenario: Scenario, store: Store, first: date, swap: Swap, now: datetime, *, who: str = ""
) -> AskedSwap:
    """Keep a swap that waits for the scheduler, and say what speaks against it as the roster stands.

    Raises:
        BadInput: nothing is published, the month is settled, somebody has no such duty, or the same swap waits already.
    """
    weighed = weigh_swap(scenario, store, first, swap, now)
    values = swap_values(swap)
    if any(s.state == "asked" and s.asked == values for s in store.months.swaps(weighed.month)):
        raise BadInput(
            say(
                "{giver} has asked already to give the duty of {date} to {taker}",
                giver=swap.giver,
                date=swap.day,
                taker=swap.taker,
            )
        )
    number = store.months.ask_swap(weighed.month, values, who=who)
    return AskedSwap(number, weighed.refused, weighed.takers)


def agree_to_swap(
    scenario: Scenario, store: Store, first: date, number: int, now: datetime, *, who: str = ""
) -> SwapAnswer:
    """Agree to a swap that waits: it is published as a version, or refused where a rule or the deadline speaks against it.

    Raises:
        BadInput: no such swap waits, or somebody no longer has the duty.
        StaleVersion: another version was published in the meantime.
    """
    _, record = _waiting(scenario, store, first, number)
    return decide_weighed(store, number, weigh_swap(scenario, store, first, swap_of(record), now), now, who=who)


def refuse_swap(scenario: Scenario, store: Store, first: date, number: int, reason: str, *, who: str = "") -> None:
    """Refuse a swap that waits, with the reason in words.

    Raises:
        BadInput: no such swap waits.
    """
    _waiting(scenario, store, first, number)
    usual = both("the scheduler refused it")
    words = Text(reason.strip() or usual.en, reason.strip() or usual.zh)
    store.months.decide_swap(number, agreed=False, reasons=[words.as_dict()], who=who)


def swap_of(record: SwapRecord) -> Swap:
    """The swap as it was asked for."""
    asked = record.asked
    back = date.fromisoformat(asked["back"]) if asked.get("back") else None
    return Swap(asked["giver"], date.fromisoformat(asked["date"]), asked["taker"], back, asked.get("shift", ""))


def _waiting(scenario: Scenario, store: Store, first: date, number: int) -> tuple[MonthRecord, SwapRecord]:
    month = store.months.month(scenario.hotline.id, first)
    found = next((s for s in store.months.swaps(month) if s.id == number), None) if month is not None else None
    if month is None or found is None or found.state != "asked":
        raise BadInput(say("swap {swap}: there is none that waits for a decision", swap=number))
    return month, found
