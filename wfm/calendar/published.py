"""Published days of a country: statutory holidays, days off moved beside them (调休) and make-up days.

The days come from the ``holidays`` package. For China it carries every notice of the General Office
of the State Council since 2001; for a year that has not been announced it silently knows no make-up
day, so that the years it knows are asked of the data themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from wfm.errors import BadInput
from wfm.i18n import Text, both, say

__all__ = [
    "DayKind",
    "PublishedDay",
    "announced_years",
    "is_known_country",
    "make_up_days",
    "published_days",
    "statutory_days",
]

DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is to callers and to the roster."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """A day that is not what its weekday says."""

    kind: DayKind
    name: Text


def is_known_country(country: str) -> bool:
    """Whether the holidays of this ISO country are known."""
    import holidays

    return country in holidays.list_supported_countries(include_aliases=False)


def _source(country: str, years: Iterable[int], observed: bool, language: str | None) -> Any:
    import holidays

    if not is_known_country(country):
        raise BadInput(say("calendar.country: no holidays are known for {country!r}", country=country))
    return holidays.country_holidays(country, years=list(years), observed=observed, language=language)


@cache
def announced_years(country: str) -> range | None:
    """Years whose moved days off and make-up days are known; None where a country moves no days.

    Raises:
        BadInput: the country is not known.
    """
    source = _source(country, [], True, None)
    if not source.has_substituted_holidays:
        return None
    known = sorted(source.special_public_holidays)
    return range(known[0], known[-1] + 1)


def _is_announced(country: str, year: int) -> bool:
    years = announced_years(country)
    return years is None or year in years


@cache
def _names(country: str, year: int, observed: bool) -> dict[date, Text]:
    """Names of a year's days off in both languages; English stands in where no Chinese is known."""
    english, chinese = _languages(country)
    in_english = _source(country, [year], observed, english)
    in_chinese = in_english if chinese == english else _source(country, [year], observed, chinese)
    return {day: Text(en=name, zh=in_chinese.get(day, name)) for day, name in in_english.items() if day.year == year}


@cache
def _languages(country: str) -> tuple[str | None, str | None]:
    supported = _source(country, [], True, None).supported_languages
    english = next((x for x in ("en_US", "en_GB") if x in supported), None)
    return english, next((x for x in ("zh_CN", "zh_TW") if x in supported), english)


@cache
def published_days(country: str, year: int) -> dict[date, PublishedDay]:
    """The year's holidays, days off and make-up days.

    In a Chinese year that is announced, a weekend beside a holiday belongs to it, as the notices count
    them ("National Day: 1 to 7 October"). In one that is not, only the statutory days are given.

    Raises:
        BadInput: the country is not known.
    """
    if country != "CN":
        return _foreign_days(country, year)
    if not _is_announced(country, year):
        return {day: PublishedDay(DayKind.HOLIDAY, name) for day, name in _statutory(year).items()}
    off, moved = _days_off(year)
    found = {day: PublishedDay(DayKind.HOLIDAY, name) for day, name in _named_runs(off, year).items()}
    for day, off_day in moved.items():
        if day.year == year:
            festival = _named_runs(_days_off(off_day.year)[0], off_day.year).get(off_day)
            name = (
                both("Make-up working day for {festival}", festival=festival)
                if festival
                else both("Make-up working day")
            )
            found[day] = PublishedDay(DayKind.MAKEUP, name)
    return dict(sorted(found.items()))


@cache
def make_up_days(year: int) -> dict[date, date]:
    """The days worked in China for a day off that was moved, each with that day off; empty where not announced."""
    if not _is_announced("CN", year):
        return {}
    return {day: off for day, off in sorted(_days_off(year)[1].items()) if day.year == year}


@cache
def statutory_days(country: str, year: int) -> dict[date, Text]:
    """The days off by statute alone, with their names: in China 13, of National Day 1 to 3 October and not 4 to 7.

    Moved days off and substitute days are left out.

    Raises:
        BadInput: the country is not known.
    """
    if country == "CN":
        return dict(_statutory(year))
    return dict(sorted(_names(country, year, False).items()))


@cache
def _statutory(year: int) -> dict[date, Text]:
    """Days off by statute alone (全国年节及纪念日放假办法), without moved or substitute days."""
    return {day: name for day, name in _names("CN", year, False).items() if _moved_from(name) is None}


def _moved_from(name: Text) -> date | None:
    """The working weekend day a day off was moved from, if its name says so: 休息日(由 2026-09-20 调休)."""
    match = re.search(r"(\d{4})-(\d{2})-(\d{2})", name.zh)
    return date(int(match[1]), int(match[2]), int(match[3])) if match else None


@cache
def _days_off(year: int) -> tuple[frozenset[date], dict[date, date]]:
    """Days off around a year that is announced (weekends beside them included), and make-up day → its day off."""
    years = [y for y in (year - 1, year, year + 1) if _is_announced("CN", y)]
    names = {day: name for y in years for day, name in _names("CN", y, True).items()}
    moved = {worked: day for day, name in names.items() if (worked := _moved_from(name)) is not None}
    off = set(names) - set(moved)
    edge = list(off)
    while edge:
        day = edge.pop()
        for beside in (day - DAY, day + DAY):
            if beside.weekday() >= 5 and beside not in moved and beside not in off:
                off.add(beside)
                edge.append(beside)
    return frozenset(off), moved


def _named_runs(off: frozenset[date], year: int) -> dict[date, Text]:
    """Names of the year's days off: a festival's own days by its name, the days around them by their run's festivals."""
    statutory = {day: name for y in (year - 1, year, year + 1) for day, name in _statutory(y).items()}
    named: dict[date, Text] = {}
    for day in sorted(d for d in off if d.year == year):
        if day in statutory:
            named[day] = statutory[day]
            continue
        start, end = day, day
        while start - DAY in off:
            start -= DAY
        while end + DAY in off:
            end += DAY
        run = [start + DAY * i for i in range((end - start).days + 1)]
        # 31 December of one year and 1 January of the next are one run; New Year's Eve (除夕) is part of its festival.
        festivals = list(dict.fromkeys(statutory[d] for d in run if d in statutory and statutory[d].zh != "农历除夕"))
        named[day] = _joined(festivals) if festivals else both("Public holiday")
    return named


def _joined(festivals: list[Text]) -> Text:
    return Text(en=", ".join(f.en for f in festivals), zh="、".join(f.zh for f in festivals))


def _foreign_days(country: str, year: int) -> dict[date, PublishedDay]:
    found = {day: PublishedDay(DayKind.HOLIDAY, name) for day, name in _names(country, year, True).items()}
    if announced_years(country) is not None:
        for day in _source(country, [year, year + 1], True, None).weekend_workdays:
            if day.year == year:
                found[day] = PublishedDay(DayKind.MAKEUP, both("Make-up working day"))
    return dict(sorted(found.items()))
