"""What the days of a year not yet announced may become: shares counted in the notices of the years before.

The State Council announces each year, usually in November, which days beside the festivals are off and which weekend
days are worked for them (放假调休). Until then only the statutory days are known. What a notice does to the day that lies
so many days from a festival depends on the weekday: it is counted over the announced years, a recent notice more than
an old one, and where few notices have the same weekday the share leans on what is counted more coarsely
(hierarchical shrinkage with one pseudo-notice a level, half a one of all festivals together; Gelman et al., *Bayesian
Data Analysis*, 3rd ed., §2.4 and chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from wfm.calendar.day_marks import festival_runs
from wfm.calendar.festivals import chinese_new_year, festivals_on
from wfm.calendar.published import DayKind, announced_years, make_up_days, statutory_days
from wfm.calendar.working import WorkingCalendar

__all__ = ["REACH_DAYS", "MovedShare", "festival_behind", "kind_chances", "moved_share", "unannounced_days"]

DAY = timedelta(days=1)

REACH_DAYS = 12
"""How far from its festival a notice moves days; the farthest make-up day since 2004 lies 11 days away."""
FIRST_COUNTED = 2004
HALF_LIFE_YEARS = 5.0
"""Age at which a notice counts half. Festivals' lengths were changed in 2008, 2014 and 2025."""
PSEUDO_NOTICES, PSEUDO_ANY = 1.0, 0.5
"""How many notices a coarser share is worth, and how many that of all festivals together."""
CERTAIN_SHARE = 0.01
"""Chances below this are none."""
SINGLE_DAY = frozenset({"new_year", "qingming", "dragon_boat", "mid_autumn"})
"""Festivals of one statutory day, whose notices follow the same pattern by weekday."""
COMBINED = "national_day+mid_autumn"
"""Years in which the Mid-Autumn Festival falls into National Day's days off."""

_Counts = dict[tuple[object, ...], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class MovedShare:
    """Share of notices that give a day off (``off``) and that have it worked as a make-up day (``worked``)."""

    off: float
    worked: float


def kind_chances(calendar: WorkingCalendar, day: date) -> dict[DayKind, float]:
    """How likely the day is of each kind once its year is announced; the chances sum to 1.

    One kind with chance 1 in announced and supplied years, for days that the hotline gives itself, for statutory days,
    far from festivals, and outside China. Late December may change with the notice of the next year.
    """
    day = day.date() if isinstance(day, datetime) else day
    usual = calendar.kind(day)
    certain = {usual: 1.0}
    if calendar.country != "CN" or day in calendar.extra_days or usual in (DayKind.HOLIDAY, DayKind.MAKEUP):
        return certain
    years = calendar.announced
    if years is None or not years:
        return certain
    not_worked, not_off = 1.0, 1.0
    for year in (day.year, day.year + 1):
        if calendar.is_announced(year):
            continue
        for festival, offset in _near(day, year):
            share = moved_share(festival, offset, day.weekday(), years[-1])
            not_off *= 1.0 - share.off
            not_worked *= 1.0 - share.worked
    off, worked = 1.0 - not_off, 1.0 - not_worked
    if usual is not DayKind.WEEKEND:
        worked = 0.0
    chances = {
        usual: (1.0 - off) * (1.0 - worked),
        DayKind.HOLIDAY: off * (1.0 - worked),
        DayKind.MAKEUP: worked * (1.0 - off),
    }
    total = sum(chances.values())
    kept = {kind: chance for kind, chance in chances.items() if chance >= CERTAIN_SHARE * total}
    total = sum(kept.values())
    return {kind: chance / total for kind, chance in kept.items()}


def unannounced_days(calendar: WorkingCalendar, days: Sequence[date]) -> NDArray[np.bool_]:
    """Whether each day may still become another kind than the calendar gives it; shape ``(D,)``."""
    return np.array([kind_chances(calendar, day) != {calendar.kind(day): 1.0} for day in days], dtype=np.bool_)


def festival_behind(calendar: WorkingCalendar, day: date) -> tuple[str, int]:
    """The festival, and its year, whose notice is likeliest to change an open day; ``("", year)`` where none is."""
    years = calendar.announced or range(0)
    best, most = ("", day.year), 0.0
    for year in (day.year, day.year + 1):
        for festival, offset in () if calendar.is_announced(year) or not years else _near(day, year):
            share = moved_share(festival, offset, day.weekday(), years[-1])
            if share.off + share.worked > most:
                best, most = (festival, year), share.off + share.worked
    return best


@cache
def moved_share(festival: str, offset: int, weekday: int, until: int) -> MovedShare:
    """What the notices of 2004 to ``until`` did to the day ``offset`` days after a festival's first day.

    Args:
        festival: identifier of the festival; ``national_day+mid_autumn`` where both fall together.
        offset: days after 1 January, the Chinese New Year, 1 May, 1 October or the festival itself; negative before.
        weekday: of the day in question, Monday is 0.
        until: last year whose notice is counted.
    """
    if abs(offset) > REACH_DAYS:
        return MovedShare(0.0, 0.0)
    counts = _counted(until)
    weekend = weekday >= 5
    levels: list[tuple[tuple[object, ...], float]] = [
        (("any", offset, weekend), PSEUDO_NOTICES),
        ((festival, offset, weekend), PSEUDO_ANY),
        ((festival, offset, weekday, "by weekday"), PSEUDO_NOTICES),
    ]
    if festival in SINGLE_DAY:
        levels.insert(2, (("single", offset, weekday, "by weekday"), PSEUDO_NOTICES))
    share = np.zeros(2)
    for level, pseudo in levels:
        found = counts.get(level)
        if found is not None:
            share = (found[:2] + pseudo * share) / (found[2] + pseudo)
    return MovedShare(float(share[0]), float(share[1]))


@cache
def _counted(until: int) -> _Counts:
    """Weighted notices by level: of those that gave the day off, that had it worked, and of all."""
    counts: _Counts = {}
    for year in announced_years("CN") or ():
        if not FIRST_COUNTED <= year <= until:
            continue
        weight = 0.5 ** ((until - year) / HALF_LIFE_YEARS)
        for festival, offset, weekday, kind in _notice(year):
            row = weight * np.array([kind is DayKind.HOLIDAY, kind is DayKind.MAKEUP, True], dtype=float)
            weekend = weekday >= 5
            levels: list[tuple[object, ...]] = [
                ("any", offset, weekend),
                (festival, offset, weekend),
                (festival, offset, weekday, "by weekday"),
            ]
            if festival in SINGLE_DAY:
                levels.append(("single", offset, weekday, "by weekday"))
            for level in levels:
                counts[level] = counts.get(level, np.zeros(3)) + row
    return counts


@cache
def _notice(year: int) -> tuple[tuple[str, int, int, DayKind | None], ...]:
    """What the notice of a year did near each festival: festival, offset, weekday, and the kind it made of the day.

    None where it left the day as it was or moved it for another festival. Statutory days are counted as days off.
    """
    china = WorkingCalendar("CN")
    runs = festival_runs(china, date(year - 1, 12, 1), date(year, 12, 31))
    festivals = {run.first + n * DAY: set(run.festivals) for run in runs for n in range(run.days)}
    rows = []
    for festival, anchor in _anchors(year).items():
        own = set(festival.split("+"))
        for offset in range(-REACH_DAYS, REACH_DAYS + 1):
            day = anchor + offset * DAY
            kind: DayKind | None = china.kind(day)
            off = make_up_days(day.year).get(day) if kind is DayKind.MAKEUP else day
            if kind not in (DayKind.HOLIDAY, DayKind.MAKEUP) or off is None or not own & festivals[off]:
                kind = None
            rows.append((festival, offset, day.weekday(), kind))
    return tuple(rows)


@cache
def _anchors(year: int) -> dict[str, date]:
    """The day from which each festival of a year is counted."""
    found: dict[str, date] = {}
    for day in sorted(statutory_days("CN", year)):
        for festival in festivals_on("CN", day):
            found.setdefault(festival, day)
    found.pop("victory_day", None)  # of 2015 alone
    new_year = chinese_new_year(year)
    if new_year is not None:
        found["spring_festival"] = new_year  # its first statutory day may be New Year's Eve
    autumn, national = found.get("mid_autumn"), found.get("national_day")
    if autumn is not None and national is not None and -3 <= (autumn - national).days <= 7:
        del found["mid_autumn"], found["national_day"]
        found[COMBINED] = national
    return found


def _near(day: date, year: int) -> Iterator[tuple[str, int]]:
    """Festivals of a year that the day lies near, with its offset from them."""
    for festival, anchor in _anchors(year).items():
        offset = (day - anchor).days
        if abs(offset) <= REACH_DAYS:
            yield festival, offset
