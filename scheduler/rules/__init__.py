"""The rules of a roster, model side: one file per rule.

A rule says who may not take a post now (:attr:`Rule.blocks`, for the greedy start and the
explanations) and adds its constraints to the model (:attr:`Rule.constrain`). Its check stands in
``scheduler/checker`` and shares only the parameters.
"""

from scheduler.rules import (
    consecutive_days,
    consecutive_days_min,
    consecutive_nights,
    counted_limits,
    days_off_in_a_row,
    duties_in_four_weeks,
    firm_share,
    forward_rotation,
    hours_per_week,
    law_hours_a_day,
    law_overtime,
    law_rest_day,
    night_people,
    nights_in_four_weeks,
    not_followed_by,
    one_duty_a_day,
    pins_kept,
    rest_between_shifts,
    weekly_rest_day,
)
from scheduler.rules.rule import Rule

__all__ = ["RULES", "Rule"]

RULES: tuple[Rule, ...] = (
    one_duty_a_day.RULE,
    law_hours_a_day.RULE,
    rest_between_shifts.RULE,
    not_followed_by.RULE,
    forward_rotation.RULE,
    nights_in_four_weeks.RULE,
    duties_in_four_weeks.RULE,
    hours_per_week.RULE,
    counted_limits.RULE,
    law_overtime.RULE,
    weekly_rest_day.RULE,
    law_rest_day.RULE,
    consecutive_nights.RULE,
    consecutive_days.RULE,
    consecutive_days_min.RULE,
    days_off_in_a_row.RULE,
    night_people.RULE,
    pins_kept.RULE,
    firm_share.RULE,
)
