"""Numbers, days and names as a reader meets them: with their unit, in the language of the moment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Protocol

from scenarios.plan import Plan
from wfm.hotline import Hotline
from wfm.i18n import Text, both, language, say
from wfm.metrics import KPIS

__all__ = [
    "DayKinds",
    "clock_range",
    "dated_label",
    "day_label",
    "day_mark",
    "day_name",
    "difference_range",
    "difference_words",
    "error_words",
    "group_name",
    "interval_words",
    "is_rest_day",
    "limit_words",
    "line_name",
    "number_words",
    "period_words",
    "probability_words",
    "reason_words",
    "severity_words",
    "shift_name",
    "sizing_words",
    "source_text",
    "source_words",
    "span_label",
    "special_runs",
    "unit_words",
    "value_words",
    "weekday_letter",
    "weekday_name",
]

DASH = "–"
_WEEKDAYS = tuple(
    Text(en, zh)
    for en, zh in (
        ("Mon", "周一"),
        ("Tue", "周二"),
        ("Wed", "周三"),
        ("Thu", "周四"),
        ("Fri", "周五"),
        ("Sat", "周六"),
        ("Sun", "周日"),
    )
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _unbroken(words: str) -> str:
    """Words that stay on one line: a unit never leaves its number."""
    return words.replace(" ", "\u00a0")


def number_words(value: float | None, digits: int = 0) -> str:
    """``value`` with separated thousands; a dash when it is not known."""
    return f"{value:,.{digits}f}" if value is not None and math.isfinite(value) else DASH


def value_words(value: float | None, unit: str) -> str:
    """A KPI's value with its unit: ``7.8 s``, ``97.8 %``, ``1,250``.

    ``unit`` is ``s``, ``h``, ``share`` (0–1, shown in per cent) or ``count``. Shares very near 0 or 1
    keep a second decimal, so that 99.96 % is not shown as 100 %.
    """
    if value is None or not math.isfinite(value):
        return DASH
    if unit == "share":
        percent = 100 * value
        digits = 2 if percent != 0 and (abs(percent) < 0.1 or 99.9 < percent < 100) else 1
        return _unbroken(say("{number} %", number=f"{percent:,.{digits}f}"))
    if unit == "s":
        return _unbroken(say("{number} s", number=f"{value:,.{2 if 0 < abs(value) < 0.1 else 1}f}"))
    if unit == "h":
        return _unbroken(say("{number} h", number=f"{value:,.1f}"))
    if unit == "flag":
        return say("yes") if value else say("no")
    return f"{value:,.0f}"


def unit_words(unit: str) -> str:
    """The unit as an axis names it."""
    return {"share": "%", "s": say("seconds"), "h": say("hours")}.get(unit, say("count"))


def limit_words(operator: str, limit: float | None, unit: str) -> str:
    """``≥ 90 %``; a dash where no limit decides."""
    if limit is None or not math.isfinite(limit):
        return DASH
    if unit == "flag":
        return say("required")
    sign = {"<=": "≤", ">=": "≥"}.get(operator, operator)
    if unit == "share":
        shown = _unbroken(say("{number} %", number=f"{100 * limit:g}"))
    elif unit == "s":
        shown = _unbroken(say("{number} s", number=f"{limit:g}"))
    elif unit == "h":
        shown = _unbroken(say("{number} h", number=f"{limit:g}"))
    else:
        shown = f"{limit:,g}"
    return f"{sign}\u00a0{shown}".strip("\u00a0")


def interval_words(low: float | None, high: float | None, unit: str) -> str:
    """An interval with its unit, as ``6.9 s – 9.4 s``."""
    if not (_known(low) and _known(high)):
        return DASH
    if unit == "flag" and low == high:
        return value_words(low, unit)
    return f"{value_words(low, unit)} – {value_words(high, unit)}"


def error_words(half_width: float | None, unit: str) -> str:
    """An error with its sign, ``± 0.2 s``; empty where there is none, as of what holds or does not."""
    known = half_width is not None and math.isfinite(half_width) and unit != "flag"
    return f"± {value_words(half_width, unit)}" if known else ""


def difference_words(value: float | None, unit: str) -> str:
    """A difference with its sign; of shares in percentage points."""
    if value is None or not math.isfinite(value):
        return DASH
    if unit == "share":
        return _unbroken(say("{number} pp", number=_signed(100 * value, 2)))
    if unit == "s":
        return _unbroken(say("{number} s", number=_signed(value, 1)))
    if unit == "h":
        return _unbroken(say("{number} h", number=_signed(value, 1)))
    return _signed(value, 0)


def difference_range(low: float, high: float, unit: str) -> str:
    """The interval of a difference, in the unit of :func:`difference_words` but without naming it again."""
    scale, digits = {"share": (100.0, 2), "s": (1.0, 1), "h": (1.0, 1)}.get(unit, (1.0, 0))
    return f"{_signed(low * scale, digits)} … {_signed(high * scale, digits)}"


def _signed(value: float, digits: int) -> str:
    """A number with its sign, the minus as wide as the plus; nothing is not signed."""
    shown = f"{value:+,.{digits}f}"
    return f"{0:.{digits}f}" if float(shown.replace(",", "")) == 0 else shown.replace("-", "−")


def probability_words(p: float | None) -> str:
    """A probability in whole per cent; never ``100 %`` unless every replication agreed."""
    if p is None or not math.isfinite(p):
        return DASH
    percent = 100 * p
    if 0 < percent < 0.5:
        return _unbroken(say("< {number} %", number=1))
    if 99.5 <= percent < 100:
        return _unbroken(say("> {number} %", number=99))
    return _unbroken(say("{number} %", number=f"{percent:.0f}"))


def weekday_name(day: date) -> str:
    """``Tue`` or ``周二``."""
    return _WEEKDAYS[day.weekday()].of()


def day_label(day: date, *, weekday: bool = True) -> str:
    """``Tue 15 Sep`` or ``9月15日 周二``."""
    if language() == "zh":
        shown = f"{day.month}月{day.day}日"
        return f"{shown} {weekday_name(day)}" if weekday else shown
    shown = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{weekday_name(day)} {shown}" if weekday else shown


def dated_label(day: date) -> str:
    """``Tue 15 Sep 2026`` or ``2026年9月15日 周二``."""
    return say("{day} {year}", day=day_label(day), year=day.year)


def span_label(first: date, last: date) -> str:
    """One day, or ``Tue 15 Sep – Thu 17 Sep``."""
    return day_label(first) if first == last else f"{day_label(first)} – {day_label(last)}"


def weekday_letter(day: date) -> str:
    """``Mo`` or ``一``: the weekday above a narrow column."""
    return weekday_name(day)[1:] if language() == "zh" else weekday_name(day)[:2]


class DayKinds(Protocol):
    """What tells the kind of days: a plan, or a table of kinds alone."""

    @property
    def day_kinds(self) -> Mapping[str, Mapping[str, str]]:
        """ISO date → ``kind``, and the day's name as ``en`` and ``zh``."""


def _kind(plan: DayKinds, day: date) -> Mapping[str, str]:
    return plan.day_kinds.get(day.isoformat(), {})


def day_name(plan: DayKinds, day: date) -> str:
    """The name of a special day: a holiday's, or 班 / ``workday`` on a make-up day; empty on ordinary days."""
    kind = _kind(plan, day)
    if kind.get("kind") == "makeup":
        return say("workday")
    if kind.get("kind") == "holiday":
        name = kind.get("zh" if language() == "zh" else "en", "")
        return name.split("(")[0].split("(")[0].split(";")[0].replace(" Festival", "").strip() or say("holiday")
    return ""


def day_mark(plan: DayKinds, day: date) -> str:
    """What a day is called: its special name, else the weekday."""
    return day_name(plan, day) or weekday_name(day)


def special_runs(plan: DayKinds, days: list[date]) -> list[tuple[int, int, str]]:
    """Runs of days with the same special name, as (first index, last index, name)."""
    runs: list[tuple[int, int, str]] = []
    for index, day in enumerate(days):
        name = day_name(plan, day)
        if name and runs and runs[-1][2] == name and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index, name)
        elif name:
            runs.append((index, index, name))
    return runs


def is_rest_day(plan: DayKinds, day: date) -> bool:
    """Whether the day is a weekend or holiday, as charts tint it."""
    kind = _kind(plan, day).get("kind", "")
    return kind in ("weekend", "holiday") if kind else day.weekday() >= 5


def clock_range(start: datetime, minutes: float) -> str:
    """``09:00–09:30`` from a local start and a length in minutes."""
    total = start.hour * 60 + start.minute + round(minutes)
    return f"{start:%H:%M}–{total // 60:02d}:{total % 60:02d}"


def line_name(hotline: Hotline, line_id: str) -> str:
    """The line's name; the identifier where the hotline no longer knows it."""
    return next((line.name.of() for line in hotline.lines if line.id == line_id), line_id)


def group_name(hotline: Hotline, group_id: str) -> str:
    """The group's name; all groups together for an empty identifier."""
    if not group_id:
        return say("Whole hotline")
    return next((group.name.of() for group in hotline.groups if group.id == group_id), group_id)


def shift_name(hotline: Hotline, shift_id: str) -> str:
    """The shift's name; the identifier where the hotline no longer knows it."""
    return next((shift.name.of() for shift in hotline.shifts if shift.id == shift_id), shift_id)


def period_words(plan: Plan) -> str:
    """The period's first and last day and its length."""
    last = plan.first + timedelta(days=plan.days - 1)
    return say("{first} – {last} ({days} days)", first=plan.first.isoformat(), last=last.isoformat(), days=plan.days)


def sizing_words(plan: Plan) -> str:
    """What the seats of the plan were sized for."""
    level = say("every interval keeps the targets") if plan.level == "interval" else say("each day keeps the targets")
    if plan.confidence is None:
        return say("seats: {level} at the expected demand", level=level)
    return say("seats: {level} with probability {share:.1%}", level=level, share=plan.confidence)


def source_text(source: str) -> Text:
    """How surely a limit is known, in both languages."""
    words = {
        "published": both("published"),
        "secondary": both("secondary source"),
        "assumed": both("assumed"),
    }
    return words.get(source, Text(source, source))


def source_words(source: str) -> str:
    """How surely a limit is known."""
    return source_text(source).of()


def severity_words(severity: str) -> str:
    """A finding's severity in a word."""
    words = {
        "good": both("good"),
        "notice": both("notice"),
        "warning": both("attention"),
        "problem": both("problem"),
    }
    return words[severity].of() if severity in words else severity


def reason_words(reason: str) -> str:
    """What decides a requirement: the KPI's name, or the rule that binds."""
    words = {
        "minimum_cover": both("minimum cover"),
        "occupancy_max": both("cap on occupancy"),
        "built_seats": both("seats that may be opened"),
        "closed": both("closed"),
    }
    if reason in words:
        return words[reason].of()
    return KPIS[reason].name.of() if reason in KPIS else reason
