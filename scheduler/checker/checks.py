"""Every check by the name of its rule, in the order in which findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scheduler.checker import (
    ability,
    absence,
    counted,
    cover,
    firms,
    hours,
    law,
    limits,
    night_company,
    pairs,
    rest,
    rows,
    runs,
    sequence,
)
from scheduler.checker.view import RosterView
from scheduler.checker.violation import Violation

__all__ = ["CHECKS"]

CHECKS: dict[str, Callable[[RosterView], Iterator[Violation]]] = {
    "known_names": rows.known_names,
    "shift_times": rows.shift_times,
    "one_duty_a_day": rest.one_duty_a_day,
    "overlapping_duties": rest.overlapping_duties,
    "rest_between_shifts": rest.rest_between_shifts,
    "weekly_rest_day": rest.weekly_rest_day,
    "hours_per_week": hours.hours_per_week,
    "duties_in_four_weeks": limits.duties_in_four_weeks,
    "nights_in_four_weeks": limits.nights_in_four_weeks,
    "consecutive_days": limits.consecutive_days,
    "consecutive_nights": limits.consecutive_nights,
    "counted_limits": counted.counted_limits,
    "consecutive_days_min": runs.consecutive_days_min,
    "days_off_in_a_row": runs.days_off_in_a_row,
    "not_followed_by": sequence.not_followed_by,
    "forward_rotation": sequence.forward_rotation,
    "night_people": night_company.night_people,
    "law_hours_a_day": law.law_hours_a_day,
    "law_rest_day": law.law_rest_day,
    "law_overtime": law.law_overtime,
    "leave": absence.leave,
    "weekdays": absence.weekdays,
    "busy": absence.busy,
    "protected": absence.protected,
    "centre_closed": absence.centre_closed,
    "standby_within": absence.standby_within,
    "pins": absence.pins,
    "skills": ability.skills,
    "dialects": ability.dialects,
    "night_ability": ability.night_ability,
    "firm_share": firms.firm_share,
    "two_people": cover.two_people,
    "posts_surplus": cover.posts_surplus,
    "posts_filled": cover.posts_filled,
    "standing_pairs": pairs.standing_pairs,
    "pins_kept": absence.pins_kept,
    "limits_owed": counted.limits_owed,
}
"""One check per rule, by the rule's name."""
