"""The sentence of a period: how many calls came for how many forecast, and how many days missed a target."""

from __future__ import annotations

import numpy as np

from dashboard.desk import Desk
from dashboard.wording import number_words, value_words
from scenarios.forecast_against import ForecastAgainst, recorded_cells
from scenarios.kept_review import KeptReview, find_review
from scenarios.scenario import Scenario
from wfm.i18n import say
from wfm.review.forecast_accuracy import accuracy_of

__all__ = ["period_sentence"]


def period_sentence(desk: Desk, scenario: Scenario, against: ForecastAgainst) -> tuple[str, str]:
    """Look and sentence."""
    kept = find_review(desk.home, scenario.hotline.id, against.first, against.last)
    told = _missed(kept)
    look = "none" if kept is None else "missed" if any(day.missed for day in kept.days) else "met"
    cells = recorded_cells(against)
    if cells.empty:
        if not against.recorded:
            return look, say("No day of this period is recorded.")
        return look, say(
            "{count} days are recorded, none of them with a forecast that stood then.", count=len(against.recorded)
        )
    found = accuracy_of(cells)
    numbers = {
        "calls": number_words(found.calls),
        "forecast": number_words(found.forecast),
        "days": len(cells["date"].unique()),
        "wape": value_words(found.day_wape, "share"),
    }
    apart = abs(found.calls - found.forecast) / found.forecast if found.forecast > 0 else float("nan")
    if not np.isfinite(found.bias) or abs(found.bias) < 0.005:
        words = say(
            "On {days} days {calls} calls came, as many as forecast ({forecast}); a day is off by {wape} on average.",
            **numbers,
        )
    elif found.bias > 0:
        words = say(
            "On {days} days {calls} calls came, {share} fewer than forecast ({forecast}); a day is off by {wape} on average.",
            share=value_words(apart, "share"), **numbers,
        )  # fmt: skip
    else:
        words = say(
            "On {days} days {calls} calls came, {share} more than forecast ({forecast}); a day is off by {wape} on average.",
            share=value_words(apart, "share"), **numbers,
        )  # fmt: skip
    return look, say("{forecast} {targets}", forecast=words, targets=told).strip()


def _missed(kept: KeptReview | None) -> str:
    if kept is None or not kept.days:
        return ""
    missed = sum(bool(day.missed) for day in kept.days)
    if not missed:
        return say("Every one of {days} planned days kept its targets.", days=len(kept.days))
    return say("{missed} of {days} planned days missed a target.", missed=missed, days=len(kept.days))
