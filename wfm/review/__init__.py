"""Looking back: forecast against actual, why a target was missed, and who kept to the roster."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wfm.review.adherence import Adherence, measure_adherence
    from wfm.review.caller_habits import CallerHabits
    from wfm.review.day_evaluation import DayFormulas
    from wfm.review.day_inputs import FACTORS, DayInputs, actual_inputs, planned_inputs
    from wfm.review.forecast_accuracy import (
        Accuracy,
        Coverage,
        accuracy_of,
        brown_signal,
        forecast_cells,
        naive_error,
        trigg_signal,
    )
    from wfm.review.missed import Cause, DayReview, TargetReview
    from wfm.review.sentences import review_sentences
    from wfm.review.shapley import GapSplit, split_gap, split_values

_HOMES = {
    "FACTORS": "day_inputs",
    "Accuracy": "forecast_accuracy",
    "Adherence": "adherence",
    "CallerHabits": "caller_habits",
    "Cause": "missed",
    "Coverage": "forecast_accuracy",
    "DayFormulas": "day_evaluation",
    "DayInputs": "day_inputs",
    "DayReview": "missed",
    "GapSplit": "shapley",
    "TargetReview": "missed",
    "accuracy_of": "forecast_accuracy",
    "actual_inputs": "day_inputs",
    "brown_signal": "forecast_accuracy",
    "forecast_cells": "forecast_accuracy",
    "measure_adherence": "adherence",
    "naive_error": "forecast_accuracy",
    "planned_inputs": "day_inputs",
    "review_sentences": "sentences",
    "split_gap": "shapley",
    "split_values": "shapley",
    "trigg_signal": "forecast_accuracy",
}

__all__ = [
    "FACTORS",
    "Accuracy",
    "Adherence",
    "CallerHabits",
    "Cause",
    "Coverage",
    "DayFormulas",
    "DayInputs",
    "DayReview",
    "GapSplit",
    "TargetReview",
    "accuracy_of",
    "actual_inputs",
    "brown_signal",
    "forecast_cells",
    "measure_adherence",
    "naive_error",
    "planned_inputs",
    "review_sentences",
    "split_gap",
    "split_values",
    "trigg_signal",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"wfm.review.{_HOMES[name]}"), name)
