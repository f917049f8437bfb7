"""The end of the scheduler's month: who was there when, and what that costs."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scenarios.month_files import read_attendance
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_month import published_roster
from scenarios.scenario import Scenario
from scheduler.month import month_dates, refuse_settled
from scheduler.pay import paid_spans
from scheduler.settlement import PersonFee, Presence, Settlement, settle_attendance
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import AttendanceRecord, Store

__all__ = ["record_attendance", "settle_month"]


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
    month, found = published_roster(scenario, store, first)
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
