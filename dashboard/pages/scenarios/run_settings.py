"""Over which period and how thoroughly scenarios are run: the controls, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.days import read_day
from dashboard.pages.parts import day_field
from scenarios.pipeline import PlanSettings
from scenarios.preparation import DAYS_MAX
from scenarios.scenario_runs import ScenarioRun
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["RUN_CONTROLS", "default_settings", "run_controls", "settings_of"]

RUN_CONTROLS = ("scenarios-start", "scenarios-days", "scenarios-replications", "scenarios-seed")
"""Ids of the controls, in the order in which :func:`settings_of` takes their values."""

ROSTER_SECONDS = 20.0


def default_settings(runs: Sequence[ScenarioRun], today: date) -> PlanSettings:
    """Those of the latest run while its period is not over, so that new runs pair with it; else the next week."""
    for run in runs:
        if run.first >= today:
            return PlanSettings(run.first, run.days, run.seed, run.replications)
    return PlanSettings(today + timedelta(days=7 - today.weekday()), 7, 1, 40)


def run_controls(settings: PlanSettings) -> html.Div:
    """Start, days, replications and seed."""
    start, days, replications, seed = RUN_CONTROLS
    return html.Div(
        [
            day_field(start, say("First day"), settings.first),
            _number(days, say("Days"), settings.days, 1, DAYS_MAX, 90),
            _number(replications, say("Replications"), settings.replications, 2, 10_000, 120),
            _number(seed, say("Seed"), settings.seed, 0, 2**31, 90),
        ],
        className="controls",
    )


def _number(control: str, label: str, value: int, least: int, most: int, width: int) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=control, label=label, value=value, min=least, max=most, allowDecimal=False, w=width, size="sm"
    )


def settings_of(start: Any, days: Any, replications: Any, seed: Any) -> PlanSettings:
    """The settings that the controls say; duties may stay open, since a scenario may have too few people.

    Raises:
        BadInput: a control holds no value, or one out of range.
    """
    return PlanSettings(
        first=read_day(start, say("First day")),
        days=_whole(say("Days"), days, 1, DAYS_MAX),
        seed=_whole(say("Seed"), seed, 0, 2**31),
        replications=_whole(say("Replications"), replications, 2, 10_000),
        roster_seconds=ROSTER_SECONDS,
        allow_gaps=True,
    )


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most or value % 1:
        raise BadInput(
            say("{name}: a whole number from {least} to {most} is needed.", name=name, least=least, most=f"{most:,}")
        )
    return int(value)
