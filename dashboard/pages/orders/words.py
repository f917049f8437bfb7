"""Work orders and call-backs in words: classes, kinds, states, answers, moments."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.wording import day_label
from wfm.hotline import Hotline
from wfm.i18n import say

__all__ = ["answer_words", "class_words", "department_words", "kind_words", "moment_words", "state_words"]


def class_words(hotline: Hotline, name: str) -> str:
    """The class's name; the file's own word where the hotline has none."""
    return next((order.name.of() for order in hotline.work_orders if order.id == name), name) or say("not told")


def department_words(name: str) -> str:
    """The department as the file names it."""
    return name or say("not told")


def kind_words(kind: str) -> str:
    """Work order or call-back."""
    return say("call-back") if kind == "call_back" else say("work order")


def state_words(state: str) -> str:
    """When it is due, in a word."""
    return {
        "overdue": say("overdue"),
        "today": say("due today"),
        "ahead": say("due later"),
        "none": say("no deadline"),
    }.get(state, state)


def answer_words(answer: str) -> str:
    """What the caller answered."""
    return {
        "basically_satisfied": say("basically satisfied"),
        "not_satisfied": say("not satisfied"),
        "satisfied": say("satisfied"),
    }.get(answer, "")


def moment_words(moment: Any) -> str:
    """Day, weekday and clock; a dash where it is not known."""
    if moment is None or pd.isna(moment):
        return "–"
    return f"{day_label(moment.date())} {moment:%H:%M}"
