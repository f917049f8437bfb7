"""The rules of a roster, model side: one file per rule.

A rule says who may not take a post now (:attr:`Rule.blocks`, for the greedy start and the
explanations) and adds its constraints to the model (:attr:`Rule.constrain`). Its check stands in
``scheduler/checker`` and shares only the parameters.
"""

from scheduler.rules import (
    consecutive_days,
    consecutive_nights,
    duties_in_four_weeks,
    firm_share,
    hours_per_week,
    nights_in_four_weeks,
    one_duty_a_day,
    rest_between_shifts,
    weekly_rest_day,
)
from scheduler.rules.rule import Rule

__all__ = ["RULES", "Rule"]

RULES: tuple[Rule, ...] = (
    one_duty_a_day.RULE,
    rest_between_shifts.RULE,
    nights_in_four_weeks.RULE,
    duties_in_four_weeks.RULE,
    hours_per_week.RULE,
    weekly_rest_day.RULE,
    consecutive_nights.RULE,
    consecutive_days.RULE,
    firm_share.RULE,
)
