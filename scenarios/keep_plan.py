"""Make a plan and keep it: its folder on disk, and plan, forecast and roster in the planning store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from scenarios.kept_plans import WHAT_IF
from scenarios.pipeline import PlanSettings, plan_hotline
from scenarios.plan import Plan
from scenarios.plan_folder import check_target_folder, scorecard_json, write_plan
from scenarios.preparation import StageProgress, silent
from scenarios.scenario import Scenario
from wfm.store import Store

__all__ = ["keep_plan", "make_plan"]


def make_plan(
    scenario: Scenario,
    settings: PlanSettings,
    out: Path,
    home: Path,
    store: Store,
    render_report: Callable[[Plan], bytes],
    watch: StageProgress = silent,
    *,
    who: str = "",
) -> Plan:
    """Plan a scenario, write its folder and keep it in the store; nothing is written before the plan is whole.

    Args:
        scenario: hotline, agents and leave.
        settings: period, seed and effort.
        out: folder to write, which appears complete or not at all.
        home: where call records live.
        store: the planning store.
        render_report: makes ``report.html``.
        watch: told of each stage; ``report`` is the last.
        who: who asked for it.

    Raises:
        BadInput: as :func:`scenarios.pipeline.plan_hotline` and :func:`scenarios.plan_folder.check_target_folder`.
    """
    check_target_folder(out)
    plan = plan_hotline(scenario, settings, home, watch)
    report = watch("report")
    report(0, 1)
    write_plan(plan, out, render_report)
    keep_plan(store, plan, out, what_if=scenario.name if scenario.differences else "", who=who)
    report(1, 1)
    return plan


def keep_plan(store: Store, plan: Plan, out: Path, *, what_if: str = "", who: str = "") -> None:
    """Record the plan, its forecast and its roster in the planning store; ``what_if`` names the what-if, if it is one."""
    plan_id = store.save_plan(
        hotline=plan.hotline.id,
        first=plan.first,
        days=plan.days,
        seed=plan.seed,
        version=plan.version,
        inputs=plan.inputs | ({WHAT_IF: what_if} if what_if else {}),
        folder=str(out.resolve()),
        scorecard=scorecard_json(plan),
        who=who,
    )
    store.forecasts.save(
        plan_id=plan_id,
        hotline=plan.hotline.id,
        origin=plan.origin,
        model=plan.forecast_model,
        seed=plan.seed,
        summary=plan.forecast,
        who=who,
    )
    store.save_roster(
        hotline=plan.hotline.id,
        first=plan.first,
        last=plan.first + timedelta(days=plan.days - 1),
        duties=plan.duties,
        plan_id=plan_id,
        who=who,
    )
