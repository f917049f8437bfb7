"""The sliders of the what-if view: their values in the address, as a change, and as parts of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.asked import Asked
from dashboard.pages.plan.charts import defined
from scenarios.plan import Plan
from scenarios.quick_change import EXPECTED, Change, Knob, knobs_of
from wfm.i18n import say

__all__ = ["change_of", "knob_part", "knob_words", "knobs_for", "query_of", "values_in"]


def values_in(asked: Asked, knobs: Sequence[Knob]) -> dict[str, float]:
    """Value of every knob by the address; the default where it says nothing or nonsense."""
    found = {}
    for knob in knobs:
        try:
            value = float(asked.get(knob.key))
        except ValueError:
            value = knob.default
        if not knob.least <= value <= knob.most:
            value = knob.default
        found[knob.key] = value
    return found


def query_of(knobs: Sequence[Knob], values: Mapping[str, float]) -> dict[str, str]:
    """What the address says of the knobs: those that are not as planned; empty for the others."""
    return {knob.key: "" if abs(values[knob.key] - knob.default) < 1e-9 else f"{values[knob.key]:g}" for knob in knobs}


def change_of(knobs: Sequence[Knob], values: Mapping[str, float]) -> Change:
    """The change that the values mean."""
    turned = {key: values[key] for key, text in query_of(knobs, values).items() if text}
    limits = {
        knob.target: turned[knob.key] / (1 if knob.unit == "s" else 100)
        for knob in knobs
        if knob.target and knob.key in turned
    }
    planned = next((knob.default for knob in knobs if knob.key == "confidence"), None)
    return Change(
        volume=turned.get("volume", 100.0) / 100,
        aht=turned.get("aht", 100.0) / 100,
        patience=turned.get("patience", 100.0) / 100,
        shrinkage=turned["shrinkage"] / 100 if "shrinkage" in turned else None,
        ivr=turned["ivr"] / 100 if "ivr" in turned else None,
        confidence=turned.get("confidence", planned),
        limits=limits,
    )


def knob_words(knob: Knob, value: float) -> str:
    """The value with its unit, and what was planned where it differs."""
    if knob.key == "confidence" and value == EXPECTED:
        return say("expected demand")
    shown = say("{value} s", value=f"{value:g}") if knob.unit == "s" else say("{value} %", value=f"{value:g}")
    if abs(value - knob.default) < 1e-9:
        return shown
    was = (
        say("{value} s", value=f"{knob.default:g}") if knob.unit == "s" else say("{value} %", value=f"{knob.default:g}")
    )
    return say("{value} (planned: {was})", value=shown, was=was)


def knob_part(knob: Knob, value: float) -> html.Div:
    """A slider under its name, its value beside."""
    return html.Div(
        [
            html.Div(
                [
                    defined(knob.name.of(), knob.meaning.of()),
                    html.Span(knob_words(knob, value), className="knob-value", id=_id("value", knob.key)),
                ],
                className="knob-head",
            ),
            dmc.Slider(
                id=_id("slider", knob.key),
                min=knob.least,
                max=knob.most,
                step=knob.step,
                value=value,
                precision=1 if knob.step < 1 else 0,
                marks=[{"value": knob.default, "label": say("planned")}],
                thumbLabel=f"{knob.name.of()} ({knob.unit})",
                updatemode="mouseup",
                size="sm",
            ),
        ],
        className="knob",
    )


def _id(part: str, knob: str) -> dict[str, Any]:
    return {"part": f"plan-knob-{part}", "knob": knob}


def knobs_for(plan: Plan) -> tuple[Knob, ...]:
    """The knobs of a plan."""
    return knobs_of(plan.hotline, plan.confidence)
