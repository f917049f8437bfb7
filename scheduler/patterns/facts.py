"""What a pattern asks of people: hours, nights, rest, and where law, rules or contracts stand against it.

Means come from the cycle: eight days with six shifts of eight hours make 6 × 8 h × 7 / 8 = 42 h a week.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import lcm

from scheduler.patterns.cycle import crew_duties
from wfm.hotline import Contract, Hotline, LabourLaw, PatternCycle, PatternTurns, RosterPattern, RosterRules, Shift
from wfm.i18n import Text, both

__all__ = ["LABOUR_LAW_WEEK_H", "PartFacts", "cycle_facts", "pattern_facts", "turns_facts"]

LABOUR_LAW_WEEK_H = 44.0
"""Hours a week of the Labour Law, Art. 36; the State Council's Order 146 (revised 1995), Art. 3, made them 40."""
DAYS_PER_MONTH = 365 / 12


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What one cycle, or one pool that takes turns, asks of a person.

    Attributes:
        hours_per_week: mean paid hours a week; None for turns, whose hours follow the posts.
        most_hours_per_week: hours of the fullest calendar week.
        nights_per_4_weeks: mean number of nights in four weeks.
        people_per_post: people for one seat of each shift on all days the part works; None where unknown.
        flags: what stands against it, with the article.
    """

    hours_per_week: float | None
    most_hours_per_week: float | None
    nights_per_4_weeks: float | None
    people_per_post: float | None
    flags: tuple[Text, ...]


def pattern_facts(
    hotline: Hotline, pattern: RosterPattern, contracts: Sequence[Contract] | None = None
) -> list[PartFacts]:
    """Facts of each cycle, then of each pool; ``contracts`` are those of its people (default: all of the hotline)."""
    mine = hotline.contracts if contracts is None else contracts
    shifts = {s.id: s for s in hotline.shifts}
    return [cycle_facts(pattern, c, shifts, hotline.rules, hotline.law, mine) for c in pattern.cycles] + [
        turns_facts(t, shifts, mine) for t in pattern.turns
    ]


def cycle_facts(
    pattern: RosterPattern,
    cycle: PatternCycle,
    shifts: dict[str, Shift],
    rules: RosterRules,
    law: LabourLaw | None,
    contracts: Sequence[Contract],
) -> PartFacts:
    """What walking through the cycle means; holidays are not taken out."""
    length = len(cycle.days)
    worked = [shifts[word] for word in cycle.days if word in shifts]
    mean_h = sum(s.paid_h for s in worked) / length * 7
    nights = sum(s.night for s in worked) / length * 28
    span = lcm(length, 7) * -(-56 // lcm(length, 7))
    monday = cycle.anchor - timedelta(days=cycle.anchor.weekday())
    # Every crew walks the same way; only where the weeks cut it differs.
    lines = [
        crew_duties(pattern, cycle, crew, shifts, monday, monday + timedelta(days=span + 13))
        for crew in range(cycle.crews)
    ]
    week_h: dict[tuple[int, int], float] = {}
    touched: dict[tuple[int, int], set[date]] = {}
    for crew, line in enumerate(lines):
        for day, shift in line:
            week = (day - monday).days // 7
            week_h[crew, week] = week_h.get((crew, week), 0.0) + shift.paid_h
            last = day + timedelta(days=(shift.start_min + shift.length_min - 1) // 1440)
            for one in {day, last}:
                touched.setdefault((crew, (one - monday).days // 7), set()).add(one)
    whole = [key for key in week_h if 1 <= key[1] <= span // 7]
    most_h = max(week_h[key] for key in whole)
    busiest = max(len(touched[key]) for key in whole)
    flags = [
        *_hours_flags(mean_h, law, contracts),
        *_duty_flags(worked, law, contracts),
        *_week_flags(most_h, busiest, law, rules, contracts),
        *_row_flags(lines, rules),
        *_night_flags(lines, contracts),
    ]
    return PartFacts(mean_h, most_h, nights, _people_per_post(cycle), tuple(flags))


def turns_facts(turns: PatternTurns, shifts: dict[str, Shift], contracts: Sequence[Contract]) -> PartFacts:
    """How many people one daily post needs, from the most duties that turns and contracts allow one of them."""
    named = [shifts[word] for word in turns.shifts] or list(shifts.values())
    mean_h = sum(s.paid_h for s in named) / len(named) if named else 0.0
    allowed = []
    for contract in contracts:
        caps = [28.0, contract.hours_per_week_max * 4 / mean_h if mean_h else 28.0]
        if contract.duties_per_4_weeks_max is not None:
            caps.append(float(contract.duties_per_4_weeks_max))
        allowed.append(min(caps))
    most = max(allowed, default=28.0)
    if turns.duties_per_month_max is not None:
        most = min(most, turns.duties_per_month_max * 28 / DAYS_PER_MONTH)
    return PartFacts(None, None, None, 28 / most if most > 0 else None, ())


def _people_per_post(cycle: PatternCycle) -> float:
    """Crews, over the crews that the scarcest shift has on a day on which it is worked."""
    step = len(cycle.days) // cycle.crews
    together = [
        Counter(cycle.days[(day + crew * step) % len(cycle.days)] for crew in range(cycle.crews))
        for day in range(len(cycle.days))
    ]
    words = {word for word in cycle.days if word != "off"}
    return cycle.crews / min(max(day[word] for day in together) for word in words)


def _hours_flags(mean_h: float, law: LabourLaw | None, contracts: Sequence[Contract]) -> list[Text]:
    """The mean week against the statute."""
    if law is None or (contracts and not any(c.employee for c in contracts)) or mean_h <= law.hours_per_week + 1e-9:
        return []
    hours = round(mean_h, 2)
    values = {"hours": hours, "most": law.hours_per_week, "before": LABOUR_LAW_WEEK_H}
    if mean_h <= LABOUR_LAW_WEEK_H + 1e-9:
        text = both(
            "{hours:g} h a week on average: within {before:g} h (Labour Law, Art. 36), but above {most:g} h "
            "(State Council Order 146 as revised in 1995, Art. 3)",
            **values,
        )
    else:
        text = both(
            "{hours:g} h a week on average: above {before:g} h (Labour Law, Art. 36) and {most:g} h "
            "(State Council Order 146 as revised in 1995, Art. 3)",
            **values,
        )
    found = [text]
    overtime = (mean_h - law.hours_per_week) / 7 * DAYS_PER_MONTH
    if overtime > law.overtime_h_per_month:
        found.append(
            both(
                "{overtime:.0f} h of overtime a month: above {most:g} h (Labour Law, Art. 41)",
                overtime=overtime,
                most=law.overtime_h_per_month,
            )
        )
    return found


def _duty_flags(worked: list[Shift], law: LabourLaw | None, contracts: Sequence[Contract]) -> list[Text]:
    """The longest duty against the day of the statute; comprehensive working hours allow longer ones."""
    if law is None or law.accounting != "standard" or (contracts and not any(c.employee for c in contracts)):
        return []
    longest = max(s.paid_h for s in worked)
    most = law.hours_per_day + law.overtime_a_day_h
    if longest <= most + 1e-9:
        return []
    return [
        both(
            "a duty of {hours:g} h: above {normal:g} h and {overtime:g} h of overtime a day "
            "(Labour Law, Arts. 36 and 41), unless comprehensive working hours are approved",
            hours=longest,
            normal=law.hours_per_day,
            overtime=law.overtime_a_day_h,
        )
    ]


def _week_flags(
    most_h: float, busiest: int, law: LabourLaw | None, rules: RosterRules, contracts: Sequence[Contract]
) -> list[Text]:
    """The fullest week against contracts, its free days against statute and rules."""
    found = []
    allowed = max((c.hours_per_week_max for c in contracts), default=None)
    if allowed is not None and most_h > allowed + 1e-9:
        found.append(
            both(
                "{hours:g} h in the fullest week: the contracts allow {most:g} h at most",
                hours=round(most_h, 2),
                most=allowed,
            )
        )
    free = 7 - busiest
    if law is not None and free < law.rest_days_per_week and (not contracts or any(c.employee for c in contracts)):
        found.append(
            both(
                "{free} days without duty in the fullest week: {least} needed (Labour Law, Art. 38)",
                free=free,
                least=law.rest_days_per_week,
            )
        )
    elif free < rules.weekly_rest_days_min:
        found.append(
            both(
                "{free} days without duty in the fullest week: {least} needed (rules.weekly_rest_days_min)",
                free=free,
                least=rules.weekly_rest_days_min,
            )
        )
    return found


def _row_flags(lines: list[list[tuple[date, Shift]]], rules: RosterRules) -> list[Text]:
    """Rest between duties and days and nights in a row, against the rules; good practice, no statute."""
    rest_h = min(_rest_h(a, b) for line in lines for a, b in pairwise(line)) if len(lines[0]) > 1 else 24.0
    days = max(_longest_row([day for day, _ in line]) for line in lines)
    nights = max(_longest_row([day for day, shift in line if shift.night]) for line in lines)
    found = []
    if rest_h < rules.rest_between_shifts_h - 1e-9:
        found.append(
            both(
                "{rest:g} h between duties: the hotline asks for {least:g} h (good practice, no statute)",
                rest=round(rest_h, 2),
                least=rules.rest_between_shifts_h,
            )
        )
    if days > rules.consecutive_days_max:
        found.append(
            both("{days} days worked in a row: the hotline allows {most}", days=days, most=rules.consecutive_days_max)
        )
    if nights > rules.consecutive_nights_max:
        found.append(
            both(
                "{nights} nights in a row: the hotline allows {most} (good practice, no statute)",
                nights=nights,
                most=rules.consecutive_nights_max,
            )
        )
    return found


def _night_flags(lines: list[list[tuple[date, Shift]]], contracts: Sequence[Contract]) -> list[Text]:
    """Nights in the fullest four weeks against the contracts' caps."""
    caps = [c.nights_per_4_weeks_max for c in contracts]
    if not caps or None in caps:
        return []
    allowed = max(c for c in caps if c is not None)
    most = 0
    for line in lines:
        nights = [day for day, shift in line if shift.night]
        most = max(most, *(sum(0 <= (n - day).days < 28 for n in nights) for day in nights), 0) if nights else most
    if most <= allowed:
        return []
    return [both("up to {nights} nights in four weeks: the contracts allow {most}", nights=most, most=allowed)]


def _rest_h(before: tuple[date, Shift], after: tuple[date, Shift]) -> float:
    (day, shift), (next_day, next_shift) = before, after
    minutes = (next_day - day).days * 1440 + next_shift.start_min - shift.start_min - shift.length_min
    return minutes / 60


def _longest_row(days: list[date]) -> int:
    longest = row = 1 if days else 0
    for before, after in pairwise(days):
        row = row + 1 if (after - before).days == 1 else 1
        longest = max(longest, row)
    return longest
