"""Rules whose relief is not offered, and why: the law, somebody's safety, or a decision that no roster can take."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scheduler.relief import USUAL_COSTS, RelaxationCosts
from scheduler.slots import Slots
from wfm.i18n import Text, both

__all__ = ["reason_held"]

_REASONS: dict[str, Callable[[], Text]] = {
    "law_overtime": lambda: both("overtime beyond this is not lawful (Labour Law, Art. 41)"),
    "law_rest_day": lambda: both("fewer rest days are not lawful (Labour Law, Art. 38)"),
    "law_hours_a_day": lambda: both("a longer day is not lawful (Labour Law, Art. 41)"),
    "protected": lambda: both("night work and overtime of who is protected are not lawful (Labour Law, Arts. 61, 63)"),
    "night_ability": lambda: both("nobody is put on nights who works none"),
    "one_duty_a_day": lambda: both("a second duty on one day leaves no rest between the two"),
    "busy": lambda: both("a court date is not the scheduler's to move; training is, where it alone is in the way"),
    "pins": lambda: both("a duty that is decided elsewhere would only leave that post open"),
    "centre_closed": lambda: both("while the centre is closed only those who answer remotely can serve"),
    "standby_within": lambda: both("whoever lives too far away could not take over in time"),
}


def reason_held(slots: Slots, rule: str, offered: Iterable[str], costs: RelaxationCosts = USUAL_COSTS) -> Text | None:
    """Why nothing is offered that would let the rule give way; None where something is, or could be if it were enough.

    Args:
        slots: the problem.
        rule: a rule of a conflict.
        offered: rules that give way in what is offered.
        costs: as in the search for relief.
    """
    if rule in offered:
        return None
    if rule == "weekly_rest_day" and slots.problem.hotline.rules.weekly_rest_days_min <= 1:
        return both("one rest day a week is the law's least (Labour Law, Art. 38)")
    if rule == "rest_between_shifts":
        return both("rest is not offered below {least:g} h", least=costs.rest_least_h)
    return _REASONS[rule]() if rule in _REASONS else None
