"""Rates that standards ask of work orders and satisfaction answers, each defined once.

Orders count in the period in which they are due, as far as they are due by the moment to which the records reach; answers
in the period in which they are given. What a file does not tell of is neither kept nor missed: it is counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.hotline import Hotline
from wfm.i18n import Text
from wfm.records.answers import CALL_BACK

__all__ = ["RATES", "Judged", "Rate", "Window", "judge", "rates_by"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Window:
    """The period, and the moment up to which the records tell."""

    start: pd.Timestamp
    end: pd.Timestamp
    as_of: pd.Timestamp

    def due(self, moments: pd.Series) -> Flags:
        """Which deadlines lie in the period and have passed."""
        inside = (moments >= self.start) & (moments < self.end) & (moments <= self.as_of)
        return inside.to_numpy(dtype=bool)


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Which rows of a table a rate counts, which of them keep it, and which would count but are not told of."""

    counted: Flags
    kept: Flags
    not_told: Flags

    @property
    def value(self) -> float:
        """Kept ÷ counted; NaN when nothing counts."""
        return float(self.kept.sum() / self.counted.sum()) if self.counted.any() else float("nan")


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate: what it counts and how it is judged."""

    kpi: str
    name: Text
    definition: Text
    of: str
    """``orders`` or ``answers``: the table it is made of."""
    judged: Callable[[pd.DataFrame, Window, Hotline], Judged]


def judge(rate: Rate, orders: pd.DataFrame, answers: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
    """The rate over the table that it is made of."""
    return rate.judged(orders if rate.of == "orders" else answers, window, hotline)


def rates_by(
    column: str,
    rates: Iterable[Rate],
    orders: pd.DataFrame,
    answers: pd.DataFrame,
    window: Window,
    hotline: Hotline,
) -> pd.DataFrame:
    """The rates by ``class`` or ``department``: group, kpi, kept, counted, value; groups of which nothing counts are left out."""
    rows = []
    for rate in rates:
        table = orders if rate.of == "orders" else answers
        found = judge(rate, orders, answers, window, hotline)
        words = table[column].astype(object).where(table[column].notna(), "").to_numpy(dtype=object)
        for group in sorted(set(words[found.counted].tolist())):
            mine = found.counted & (words == group)
            kept = int((found.kept & mine).sum())
            rows.append((group, rate.kpi, kept, int(mine.sum()), kept / int(mine.sum())))
    return pd.DataFrame(rows, columns=["group", "kpi", "kept", "counted", "value"])


def has_words(words: pd.Series, name: str) -> Flags:
    """Rows whose words, joined by ``;``, hold ``name``."""
    texts = words.fillna("").to_numpy(dtype=object)
    found = {text: name in str(text).split(";") for text in set(texts.tolist())}  # few files, few sets of columns
    return np.array([found[text] for text in texts], dtype=bool)


def in_time(items: pd.DataFrame, stage: str, due: str) -> Flags:
    """Rows whose stage was reached by its deadline; of a stage of which only the day is known, on its day at the latest."""
    by_day = has_words(items["days_only"], stage)
    days = items[stage].dt.normalize() <= items[due].dt.normalize()
    return np.where(by_day, days, items[stage] <= items[due]).astype(bool)


def _stage_in_time(stage: str, due: str) -> Callable[[pd.DataFrame, Window, Hotline], Judged]:
    def judged(orders: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
        falls_due = window.due(orders[due])
        told = has_words(orders["told_of"], stage)
        counted = falls_due & told
        return Judged(counted, counted & in_time(orders, stage, due), falls_due & ~told)

    return judged


def _effective(orders: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
    falls_due = window.due(orders["due_at"])
    told = has_words(orders["told_of"], "closed_at") & has_words(orders["told_of"], "reopened")
    told &= orders["reopened"].notna().to_numpy() | orders["closed_at"].isna().to_numpy()
    closed = (orders["closed_at"] <= window.as_of).to_numpy(dtype=bool)
    counted = falls_due & told
    return Judged(counted, counted & closed & (orders["reopened"] == 0).to_numpy(dtype=bool), falls_due & ~told)


def _complaints(orders: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
    names = {o.id: f"{o.id} {o.name.en} {o.name.zh}".lower() for o in hotline.work_orders}
    words = orders["class"].map(lambda c: names.get(c, str(c)), na_action="ignore").fillna("")
    complaint = words.map(lambda text: re.search("投诉|举报|complaint|report", text) is not None).to_numpy(dtype=bool)
    falls_due = window.due(orders["due_at"]) & complaint
    told = has_words(orders["told_of"], "closed_at")
    counted = falls_due & told
    return Judged(counted, counted & (orders["closed_at"] <= window.as_of).to_numpy(dtype=bool), falls_due & ~told)


def _given(answers: pd.DataFrame, window: Window) -> Flags:
    asked = answers["asked_at"]
    return ((asked >= window.start) & (asked < window.end)).to_numpy(dtype=bool)


def _answered(*words: str) -> Callable[[pd.DataFrame, Window, Hotline], Judged]:
    def judged(answers: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
        given = _given(answers, window)
        return Judged(given, given & answers["answer"].isin(words).to_numpy(dtype=bool), np.zeros_like(given))

    return judged


def _called_back(*, timely: bool) -> Callable[[pd.DataFrame, Window, Hotline], Judged]:
    def judged(answers: pd.DataFrame, window: Window, hotline: Hotline) -> Judged:
        asked = _given(answers, window) & answers["answer"].isin(CALL_BACK).to_numpy(dtype=bool)
        done = answers["called_back_at"].notna().to_numpy(dtype=bool)
        due = (answers["call_back_due_at"] <= window.as_of).to_numpy(dtype=bool)
        told = answers["told"].to_numpy(dtype=bool)
        counted = asked & told & (due if timely else due | done)
        kept = done
        if timely and len(answers):
            back, limit = answers["called_back_at"], answers["call_back_due_at"]
            by_day = answers["by_day"].to_numpy(dtype=bool)
            kept = np.where(by_day, back.dt.normalize() <= limit.dt.normalize(), back <= limit).astype(bool)
        return Judged(counted, counted & kept, asked & ~told)

    return judged


_ALL = (
    Rate(
        "timely_response",
        Text("First contact in time", "及时响应率（首次联系）"),
        Text(
            "first contact by its deadline ÷ orders whose first contact fell due in the period",
            "在时限内首次联系的件数 ÷ 期内首次联系到期的件数",
        ),
        "orders",
        _stage_in_time("first_contact_at", "first_contact_due_at"),
    ),
    Rate(
        "timely_reply",
        Text("Result told in time", "及时回复率"),
        Text(
            "result told by the deadline ÷ orders that fell due in the period",
            "在时限内告知结果的件数 ÷ 期内到期件数",
        ),
        "orders",
        _stage_in_time("told_at", "due_at"),
    ),
    Rate(
        "timely_closure",
        Text("Closed in time", "及时办结率"),
        Text("closed by the deadline ÷ orders that fell due in the period", "在时限内办结的件数 ÷ 期内到期件数"),
        "orders",
        _stage_in_time("closed_at", "due_at"),
    ),
    Rate(
        "effective_closure",
        Text("Closed and not opened again", "有效办结率"),
        Text(
            "closed and never opened again ÷ orders that fell due in the period",
            "办结且未重新打开的件数 ÷ 期内到期件数",
        ),
        "orders",
        _effective,
    ),
    Rate(
        "complaints_handled",
        Text("Complaints and reports closed", "投诉举报处理率"),
        Text(
            "closed ÷ complaints and reports of wrongdoing that fell due in the period (classes by their names)",
            "办结件数 ÷ 期内到期的投诉、举报件数（按类别名称）",
        ),
        "orders",
        _complaints,
    ),
    Rate(
        "satisfaction_rate",
        Text("Satisfied or basically satisfied", "满意率（含基本满意）"),
        Text(
            "(satisfied + basically satisfied) ÷ answers given in the period",
            "（满意+基本满意）÷ 期内有效评价",
        ),
        "answers",
        _answered("satisfied", "basically_satisfied"),
    ),
    Rate(
        "fully_satisfied_rate",
        Text("Satisfied (stricter reading)", "满意率（不含基本满意）"),
        Text("satisfied ÷ answers given in the period", "满意 ÷ 期内有效评价"),
        "answers",
        _answered("satisfied"),
    ),
    Rate(
        "call_back_rate",
        Text("Call-backs of 基本满意 and 不满意", "基本满意、不满意回访率"),
        Text(
            "called back ÷ answers 基本满意 and 不满意 of the period that are called back or whose call-back is due",
            "已回访 ÷ 期内基本满意、不满意评价（已回访或回访已到期）",
        ),
        "answers",
        _called_back(timely=False),
    ),
    Rate(
        "timely_call_back",
        Text("Call-backs in time", "及时回访率"),
        Text(
            "called back within the hotline's working days ÷ answers 基本满意 and 不满意 of the period whose call-back is due",
            "在热线规定的工作日内回访 ÷ 期内基本满意、不满意且回访已到期的评价",
        ),
        "answers",
        _called_back(timely=True),
    ),
)

RATES: dict[str, Rate] = {rate.kpi: rate for rate in _ALL}
"""Every rate by its KPI."""
