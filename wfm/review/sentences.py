"""A day's review in sentences that a manager understands, each with its number."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from wfm.i18n import Text, both
from wfm.metrics import KPIS
from wfm.review.missed import Cause, CauseFacts, DayReview, TargetReview

__all__ = ["cause_name", "cause_sentence", "day_text", "headline", "luck_sentence", "review_sentences"]

WORTH_TELLING = {"share": 0.0005, "s": 0.05}
"""Effects below these are nothing that people would act on: half of what is shown."""

_SERVICE_LEVEL = re.compile(r"service_level_(\d+)_offered")


def day_text(day: date) -> Text:
    """``Tuesday 15 September`` and ``9月15日星期二``."""
    en_days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    en_months = (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    )
    at = day.weekday()
    return Text(
        f"{en_days[at]} {day.day} {en_months[day.month - 1]}", f"{day.month}月{day.day}日星期{'一二三四五六日'[at]}"
    )


def cause_name(factor: str) -> Text:
    """A cause in a word or two."""
    names = {
        "volume": both("number of calls"),
        "pattern": both("when calls came"),
        "ivr": both("calls that the IVR kept"),
        "handling": both("handling time"),
        "seats": both("seats staffed"),
        "patience": both("patience and redials"),
        "luck": both("what is left"),
    }
    return names[factor]


def headline(review: TargetReview, day: date) -> Text:
    """``Tuesday 15 September answered 81 % within 15 s where 92 % was planned; the limit is 90 %.``"""
    target = review.target
    observed, planned, limit = (_value(v, target.unit) for v in (review.observed, review.planned, target.limit or 0.0))
    within = _SERVICE_LEVEL.fullmatch(target.kpi)
    if within:
        return both(
            "{day} answered {observed} within {seconds} s where {planned} was planned; the limit is {limit}.",
            day=day_text(day), observed=observed, planned=planned, limit=limit, seconds=within[1],
        )  # fmt: skip
    if target.kpi == "asa_s":
        return both(
            "{day} answered after {observed} on average where {planned} was planned; the limit is {limit}.",
            day=day_text(day), observed=observed, planned=planned, limit=limit,
        )  # fmt: skip
    return both(
        "{day}: {name} {observed} where {planned} was planned; the limit is {limit}.",
        day=day_text(day), name=KPIS[target.kpi].name, observed=observed, planned=planned, limit=limit,
    )  # fmt: skip


def cause_sentence(review: TargetReview, cause: Cause, facts: dict[str, CauseFacts]) -> Text:
    """``14 % more calls than forecast (702 for 616) cost 6.1 points (± 1.3).``"""
    effect = _effect(review, cause.value, cause.half_width)
    fact = facts[cause.factor]
    match cause.factor:
        case "volume":
            return _volume(fact, effect)
        case "pattern":
            return _pattern(fact, facts["outside"], effect)
        case "ivr":
            return both(
                "The IVR kept {actual} of the callers where {planned} was planned; this {effect}.",
                actual=_percent(fact.actual), planned=_percent(fact.planned), effect=effect,
            )  # fmt: skip
        case "handling":
            return _handling(fact, effect)
        case "seats":
            return _seats(fact, facts, effect)
        case _:
            return _patience(fact, facts["redial"], effect)


def _volume(fact: CauseFacts, effect: Text) -> Text:
    change = fact.actual / fact.planned - 1 if fact.planned > 0 else float("inf")
    numbers = {
        "share": _percent(abs(change), 0),
        "actual": f"{fact.actual:,.0f}",
        "planned": f"{fact.planned:,.0f}",
        "effect": effect,
    }
    if not np.isfinite(change) or abs(change) < 0.005:
        return both("Calls were as many as forecast ({actual} for {planned}); their difference {effect}.", **numbers)
    if change > 0:
        return both("{share} more calls than forecast ({actual} for {planned}) {effect}.", **numbers)
    return both("{share} fewer calls than forecast ({actual} for {planned}) {effect}.", **numbers)


def _pattern(fact: CauseFacts, outside: CauseFacts, effect: Text) -> Text:
    if outside.actual >= 0.5:
        return both(
            "Calls came at other times than forecast, {outside} of them outside opening hours; this {effect}.",
            outside=f"{outside.actual:,.0f}", effect=effect,
        )  # fmt: skip
    if fact.start is None or fact.end is None:
        return both("When calls came over the day {effect}.", effect=effect)
    return both(
        "Calls came at other times than forecast, most of all {actual} for {planned} from {start} to {end}; this {effect}.",
        actual=f"{fact.actual:,.0f}", planned=f"{fact.planned:,.0f}", start=f"{fact.start:%H:%M}",
        end="24:00" if f"{fact.end:%H:%M}" == "00:00" else f"{fact.end:%H:%M}", effect=effect,
    )  # fmt: skip


def _handling(fact: CauseFacts, effect: Text) -> Text:
    change = fact.actual / fact.planned - 1
    numbers = {
        "share": _percent(abs(change), 0),
        "actual": f"{fact.actual:,.0f}",
        "planned": f"{fact.planned:,.0f}",
        "effect": effect,
    }
    if abs(change) < 0.005:
        return both("Calls took as long as planned ({actual} s for {planned} s); the difference {effect}.", **numbers)
    if change > 0:
        return both("Calls that took {share} longer ({actual} s for {planned} s) {effect}.", **numbers)
    return both("Calls that took {share} less time ({actual} s for {planned} s) {effect}.", **numbers)


def _seats(fact: CauseFacts, facts: dict[str, CauseFacts], effect: Text) -> Text:
    fewer = fact.planned - fact.actual
    numbers = {
        "fewer": f"{abs(fewer):,.1f}",
        "actual": f"{fact.actual:,.1f}",
        "planned": f"{fact.planned:,.1f}",
        "effect": effect,
    }
    if abs(fewer) < 0.05:
        return both(
            "As many seats were staffed as planned ({actual} seat-hours), at other times; this {effect}.", **numbers
        )
    if fewer > 0 and "absent" in facts:
        return both(
            "{fewer} seat-hours fewer than planned ({actual} of {planned}; absent {absent} h, late or gone early {late} h, "
            "beyond breaks or away {breaks} h) {effect}.",
            **numbers,
            **{name: f"{facts[name].actual:,.1f}" for name in ("absent", "late", "breaks")},
        )
    if fewer > 0:
        return both("{fewer} seat-hours fewer than planned ({actual} of {planned}) {effect}.", **numbers)
    return both("{fewer} seat-hours more than planned ({actual} for {planned}) {effect}.", **numbers)


def _patience(fact: CauseFacts, redial: CauseFacts, effect: Text) -> Text:
    if abs(redial.actual - redial.planned) > 0.005:
        return both(
            "Callers waited {actual} s before giving up where {planned} s was planned, and {again} of them called again "
            "({planned_again} planned); this {effect}.",
            actual=f"{fact.actual:,.0f}", planned=f"{fact.planned:,.0f}", again=_percent(redial.actual),
            planned_again=_percent(redial.planned), effect=effect,
        )  # fmt: skip
    return both(
        "Callers would wait {actual} s before giving up where {planned} s was planned; this {effect}.",
        actual=f"{fact.actual:,.0f}", planned=f"{fact.planned:,.0f}", effect=effect,
    )  # fmt: skip


def luck_sentence(review: TargetReview, unknown: tuple[str, ...] = ()) -> Text:
    """What no cause explains, and whether chance does."""
    unit = review.target.unit
    numbers = {
        "amount": _difference(review.luck, unit),
        "low": _value(review.usual_low, unit),
        "high": _value(review.usual_high, unit),
    }
    if "seats" in unknown:
        numbers["absent"] = both("who was there is not recorded, so absence and lateness stand here")
        if review.verdict == "chance":
            return both(
                "What is left, {amount}, is within what chance does (such days end between {low} and {high}); {absent}.",
                **numbers,
            )
        return both(
            "What is left, {amount}, is more than chance explains (such days end between {low} and {high}); {absent}.",
            **numbers,
        )
    if review.verdict == "chance":
        return both(
            "What is left, {amount}, is within what chance does: such days end between {low} and {high}.", **numbers
        )
    return both(
        "What is left, {amount}, is more than chance explains: such days end between {low} and {high}. Something was at "
        "work that the records do not tell.",
        **numbers,
    )


def review_sentences(review: DayReview, target: TargetReview) -> list[Text]:
    """The headline, the causes by weight, and what is left."""
    told = [headline(target, review.day)]
    if not target.target.met(target.planned):
        told.append(both("The plan itself did not keep the limit."))
    least = WORTH_TELLING.get(target.target.unit, 0.0)
    for cause in sorted(target.causes, key=lambda c: -abs(c.value)):
        if abs(cause.value) >= least:
            told.append(cause_sentence(target, cause, review.facts))
    told.append(luck_sentence(target, review.unknown))
    return told


def _effect(review: TargetReview, value: float, half_width: float) -> Text:
    unit = review.target.unit
    worse = (value < 0) == (KPIS[review.target.kpi].better == "higher")
    numbers = {"amount": _size(value, unit), "half": _number(half_width, unit)}
    if unit == "s":
        if worse:
            return both("added {amount} (± {half})", **numbers)
        return both("took {amount} off (± {half})", **numbers)
    if worse:
        return both("cost {amount} (± {half})", **numbers)
    return both("gained {amount} (± {half})", **numbers)


def _size(value: float, unit: str) -> Text:
    if unit == "s":
        return both("{number} s", number=_number(value, unit))
    if unit == "share":
        return both("{number} points", number=_number(value, unit))
    return Text(_number(value, unit), _number(value, unit))


def _difference(value: float, unit: str) -> Text:
    sign = "−" if value < 0 else "+"
    size = _size(value, unit)
    return Text(sign + size.en, sign + size.zh)


def _number(value: float, unit: str) -> str:
    return f"{100 * abs(value):.1f}" if unit == "share" else f"{abs(value):,.1f}"


def _value(value: float, unit: str) -> Text:
    if unit == "share":
        return _percent(value, 1)
    if unit == "s":
        return both("{number} s", number=f"{value:,.1f}")
    return Text(f"{value:,.1f}", f"{value:,.1f}")


def _percent(share: float, digits: int = 1) -> Text:
    return both("{number} %", number=f"{100 * share:.{digits}f}")
