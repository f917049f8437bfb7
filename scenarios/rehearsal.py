"""A centre to practise on (演练): generated records up to a moment, the plan and published roster of these weeks.

Everything a page of the dashboard shows is there, computed as for a real centre; only the calls are generated, and
labelled so. Nothing of it lies beside real records: it has a folder of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from scenarios.keep_plan import keep_plan
from scenarios.pipeline import PlanSettings, plan_hotline
from scenarios.plan import Plan
from scenarios.plan_folder import write_plan
from scenarios.preparation import StageProgress, silent
from scenarios.roster_at_hand import stored_roster
from scenarios.roster_month import publish_roster
from scenarios.scenario import Scenario, content_hash
from scenarios.whole_folder import new_folder
from wfm.errors import BadInput
from wfm.hotline.opening import calendar_of
from wfm.i18n import say
from wfm.records import RecordStore, generate_calls
from wfm.records.generating import content_hash_of
from wfm.records.generating_orders import generate_answers, generate_orders
from wfm.records.item_store import ItemStore
from wfm.store import open_store, url_in
from wfm.tables import SATISFACTION, WORK_ORDERS

__all__ = ["Rehearsal", "rehearse"]

PLAN_DAYS = 28


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was made.

    Attributes:
        home: folder of records and planning store, for ``WFM_HOME``.
        plans: folder of the plan, for ``wfm serve --plans``.
        now: the moment up to which things are known.
        plan: name of the plan.
        calls: how many calls were generated.
        orders: how many work orders.
    """

    home: Path
    plans: Path
    now: datetime
    plan: str
    calls: int
    orders: int


def rehearse(
    scenario: Scenario,
    folder: Path,
    now: datetime,
    render_report: Callable[[Plan], bytes],
    *,
    days_before: int = 70,
    seed: int = 1,
    replications: int = 40,
    roster_seconds: float = 40.0,
    watch: StageProgress = silent,
) -> Rehearsal:
    """Generate records, plan four weeks of which the first is over, and publish their roster.

    Args:
        scenario: hotline and people.
        folder: new or empty; gets ``home`` and ``plans`` once everything is made, and nothing before.
        now: the moment up to which records reach, with a time zone.
        render_report: makes the plan's ``report.html``.
        days_before: days of records.
        seed: of calls and plan.
        replications: of the plan's simulation.
        roster_seconds: for the roster's search.
        watch: told of each stage; ``generate`` is the first.

    Raises:
        BadInput: the folder holds something or cannot be written, or the hotline cannot be planned.
    """
    hotline = scenario.hotline
    now = now.astimezone(ZoneInfo(hotline.time_zone))
    monday = now.date() - timedelta(days=now.weekday() + 7)
    if seed < 0:
        raise BadInput(say("--seed: found {seed}, allowed are whole numbers from 0", seed=seed))
    calendar_of(hotline).require_announced(monday, monday + timedelta(days=PLAN_DAYS - 1))
    with new_folder(folder) as partial:
        home = partial / "home"
        counts = _fill_home(scenario, home, now, days_before, seed, watch)
        settings = PlanSettings(
            first=monday,
            days=PLAN_DAYS,
            seed=seed,
            replications=replications,
            roster_seconds=roster_seconds,
            allow_gaps=True,
        )
        plan = plan_hotline(scenario, settings, home, watch)
        report = watch("report")
        report(0, 1)
        write_plan(plan, partial / "plans" / hotline.id, render_report)
        store = open_store(url_in(home))
        keep_plan(store, plan, folder / "plans" / hotline.id)
        publish_roster(stored_roster(scenario, monday, store), store, now - timedelta(days=20), despite_rules=True)
        report(1, 1)
    return Rehearsal(folder / "home", folder / "plans", now, hotline.id, *counts)


def _fill_home(
    scenario: Scenario, home: Path, now: datetime, days_before: int, seed: int, watch: StageProgress
) -> tuple[int, int]:
    """Generate the records; returns how many calls and work orders."""
    hotline = scenario.hotline
    first = now.date() - timedelta(days=days_before)
    calls = generate_calls(hotline, first, days_before + 1, seed, progress=watch("generate"))
    calls = calls[calls["ended_at"].fillna(calls["arrived_at"]) <= pd.Timestamp(now)].reset_index(drop=True)
    RecordStore(home, hotline.id).add(calls, content_hash_of(calls), "synthetic", time_zone=hotline.time_zone)
    calendar = calendar_of(hotline)
    orders = generate_orders(hotline, calls, calendar, now, seed)
    for table, items in ((WORK_ORDERS, orders), (SATISFACTION, generate_answers(hotline, calls, now, seed))):
        if len(items):
            ItemStore(home, hotline.id, table).add(items, content_hash(items.to_csv(index=False)))
    return len(calls), len(orders)
