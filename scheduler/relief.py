"""Limits that can give way, step by step: what a step changes, what it costs, how it is said.

Protective limits are never offered below what statute or health asks: nobody is put on nights who works none, and
the weekly rest day stays at one (Labour Law of the PRC, Art. 38). Rest between duties stays at
``RelaxationCosts.rest_least_h`` or more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wfm.hotline import Contract, CountLimit, Hotline, RosterRules
from wfm.hotline.parts import _
from wfm.i18n import Text, both

__all__ = ["FAMILIES", "STEPS", "USUAL_COSTS", "Family", "RelaxationCosts"]


@dataclass(frozen=True, slots=True)
class RelaxationCosts:
    """What each step of relief costs. The defaults order them as a scheduler would ask: first a cap, last a post.

    Attributes:
        cap: one night or duty more than the cap, of one person.
        hours: four hours more in the week, of one person.
        in_a_row: one day or night more in a row, of one person.
        rest: one hour less of rest between duties, of one person.
        for_all: a limit of all: a day off less in the week, one less together at night, shifts in any order.
        firm: ten points more of a shift for one firm.
        leave_day: one day of somebody's leave moved.
        weekday: one duty on a weekday on which the person is not available.
        day_off: a duty on a day off that is decided already.
        training_moved: one training moved to another time.
        long_day: overtime of up to three hours a day for special reasons (Labour Law, Art. 41).
        dialect: one duty by somebody who does not speak what the posts ask for.
        training: one person trained for one more line.
        open_b: a B post left open.
        open_a: an A post left open.
        rest_least_h: rest is not offered below so many hours.
    """

    cap: int = 10
    hours: int = 12
    in_a_row: int = 15
    rest: int = 20
    for_all: int = 200
    firm: int = 15
    leave_day: int = 40
    weekday: int = 30
    day_off: int = 30
    training_moved: int = 35
    long_day: int = 250
    dialect: int = 60
    training: int = 120
    open_b: int = 100
    open_a: int = 400
    rest_least_h: float = 8.0


USUAL_COSTS = RelaxationCosts()
"""The defaults."""


ContractRelaxed = Callable[[Contract, RosterRules, int, RelaxationCosts], Contract | None]


@dataclass(frozen=True, slots=True)
class Family:
    """A limit that can give way step by step.

    Attributes:
        rule: the rule's name.
        words: sentence for people, with the places people, old, new and more (new − old).
        limit: the limit in figures.
        price: cost of a step.
        contract: a contract relaxed by so many steps; None where that is not offered. None for limits of all.
        rules: the hotline's rules relaxed by so many steps, for limits that hold for everybody alike.
        hotline: the same of what stands elsewhere in the hotline: shifts, labour law.
    """

    rule: str
    words: str
    limit: Callable[[Contract, RosterRules], float]
    price: Callable[[RelaxationCosts], int]
    contract: ContractRelaxed | None = None
    rules: Callable[[RosterRules, int], RosterRules | None] | None = None
    hotline: Callable[[Hotline, int], Hotline | None] | None = None

    def offer(self, people: Text, old: str, new: str) -> Text:
        """What a relaxation of the limit from ``old`` to ``new`` for these people is called."""
        return both(self.words, people=people, old=old, new=new, more=f"{float(new) - float(old):g}")


STEPS = (1, 2, 4)
"""Steps of relief that are tried."""


def _raised(field: str, by: float, most: float) -> ContractRelaxed:
    def relaxed(contract: Contract, _rules: RosterRules, steps: int, _costs: RelaxationCosts) -> Contract | None:
        limit = getattr(contract, field)
        if limit is None or limit >= most:
            return None
        return contract.model_copy(update={field: min(most, limit + by * steps)})

    return relaxed


def _row_raised(field: str) -> ContractRelaxed:
    def relaxed(contract: Contract, rules: RosterRules, steps: int, _costs: RelaxationCosts) -> Contract | None:
        limit = getattr(contract, field)
        limit = getattr(rules, field) if limit is None else limit
        return contract.model_copy(update={field: min(28, limit + steps)}) if limit < 28 else None

    return relaxed


def _less_rest(contract: Contract, rules: RosterRules, steps: int, costs: RelaxationCosts) -> Contract | None:
    rest = rules.rest_between_shifts_h if contract.rest_between_shifts_h is None else contract.rest_between_shifts_h
    less = max(costs.rest_least_h, rest - steps)
    return contract.model_copy(update={"rest_between_shifts_h": less}) if less < rest else None


def _counts_raised(contract: Contract, _rules: RosterRules, steps: int, _costs: RelaxationCosts) -> Contract | None:
    """Every limit on a number of duties, by so many more; limits on hours stay."""
    limits = tuple(
        x.model_copy(update={"most": x.most + steps}) if _gives_way(x) and x.most is not None else x
        for x in contract.limits
    )
    return None if limits == contract.limits else contract.model_copy(update={"limits": limits})


def _gives_way(limit: CountLimit) -> bool:
    return limit.weight is None and limit.count != "hours" and limit.most is not None


def _any_order(rules: RosterRules, _steps: int) -> RosterRules | None:
    return rules.model_copy(update={"forward_rotation": False}) if rules.forward_rotation else None


def _lowered(field: str) -> ContractRelaxed:
    def relaxed(contract: Contract, _rules: RosterRules, steps: int, _costs: RelaxationCosts) -> Contract | None:
        limit = getattr(contract, field)
        return contract.model_copy(update={field: max(1, limit - steps)}) if limit > 1 else None

    return relaxed


def _any_shift_after(hotline: Hotline, _steps: int) -> Hotline | None:
    """Any shift may follow any other; rest between them is another rule."""
    free = tuple(s.model_copy(update={"not_followed_by": ()}) for s in hotline.shifts)
    return None if free == hotline.shifts else hotline.model_copy(update={"shifts": free})


def _for_special_reasons(hotline: Hotline, _steps: int) -> Hotline | None:
    """Overtime of up to three hours a day, which the law allows for special reasons."""
    law = hotline.labour_law
    if law.exceptional or law.overtime_h_per_day_exceptional <= law.overtime_h_per_day:
        return None
    return hotline.model_copy(update={"labour_law": law.model_copy(update={"exceptional": True})})


def _fewer_at_night(rules: RosterRules, steps: int) -> RosterRules | None:
    people = rules.night_people_min - steps
    return rules.model_copy(update={"night_people_min": people}) if people >= 1 else None


def _fewer_rest_days(rules: RosterRules, steps: int) -> RosterRules | None:
    days = rules.weekly_rest_days_min - steps
    return rules.model_copy(update={"weekly_rest_days_min": days}) if days >= 1 else None


def _larger_share(rules: RosterRules, steps: int) -> RosterRules | None:
    if rules.firm_share_max >= 1:
        return None
    return rules.model_copy(update={"firm_share_max": min(1.0, round(rules.firm_share_max + 0.1 * steps, 6))})


FAMILIES: tuple[Family, ...] = (
    Family(
        "nights_in_four_weeks",
        _("relaxing the cap of {old} nights in 28 days to {new} for {people}"),
        lambda c, _r: float(c.nights_per_4_weeks_max or 0),
        lambda costs: costs.cap,
        contract=_raised("nights_per_4_weeks_max", 1, 28),
    ),
    Family(
        "duties_in_four_weeks",
        _("relaxing the cap of {old} duties in 28 days to {new} for {people}"),
        lambda c, _r: float(c.duties_per_4_weeks_max or 0),
        lambda costs: costs.cap,
        contract=_raised("duties_per_4_weeks_max", 1, 56),
    ),
    Family(
        "hours_per_week",
        _("relaxing the limit of {old} hours a week to {new} for {people}"),
        lambda c, _r: c.hours_per_week_max,
        lambda costs: costs.hours,
        contract=_raised("hours_per_week_max", 4, 168),
    ),
    Family(
        "consecutive_days",
        _("letting {people} work {new} days in a row instead of {old}"),
        lambda c, r: float(c.consecutive_days_max or r.consecutive_days_max),
        lambda costs: costs.in_a_row,
        contract=_row_raised("consecutive_days_max"),
    ),
    Family(
        "consecutive_nights",
        _("letting {people} work {new} nights in a row instead of {old}"),
        lambda c, r: float(c.consecutive_nights_max or r.consecutive_nights_max),
        lambda costs: costs.in_a_row,
        contract=_row_raised("consecutive_nights_max"),
    ),
    Family(
        "rest_between_shifts",
        _("{new} instead of {old} hours of rest between duties for {people}"),
        lambda c, r: r.rest_between_shifts_h if c.rest_between_shifts_h is None else c.rest_between_shifts_h,
        lambda costs: costs.rest,
        contract=_less_rest,
    ),
    Family(
        "weekly_rest_day",
        _("{new} instead of {old} days off in each week"),
        lambda _c, r: float(r.weekly_rest_days_min),
        lambda costs: costs.for_all,
        rules=_fewer_rest_days,
    ),
    Family(
        "firm_share",
        _("letting one firm fill {new}% of a shift instead of {old}%"),
        lambda _c, r: r.firm_share_max * 100,
        lambda costs: costs.firm,
        rules=_larger_share,
    ),
    Family(
        "counted_limits",
        _("going beyond a limit of the contract by {more} for {people}"),
        lambda c, _r: max((x.most or 0.0 for x in c.limits if _gives_way(x)), default=0.0),
        lambda costs: costs.cap,
        contract=_counts_raised,
    ),
    Family(
        "forward_rotation",
        _("letting shifts begin earlier than the day before"),
        lambda _c, r: float(r.forward_rotation),
        lambda costs: costs.for_all,
        rules=_any_order,
    ),
    Family(
        "night_people",
        _("{new} instead of {old} people together at night"),
        lambda _c, r: float(r.night_people_min),
        lambda costs: costs.for_all,
        rules=_fewer_at_night,
    ),
    Family(
        "consecutive_days_min",
        _("letting {people} work {new} days in a row at least instead of {old}"),
        lambda c, _r: float(c.consecutive_days_min),
        lambda costs: costs.in_a_row,
        contract=_lowered("consecutive_days_min"),
    ),
    Family(
        "days_off_in_a_row",
        _("{new} instead of {old} days off in a row at least for {people}"),
        lambda c, _r: float(c.days_off_in_a_row_min),
        lambda costs: costs.in_a_row,
        contract=_lowered("days_off_in_a_row_min"),
    ),
    Family(
        "not_followed_by",
        _("letting any shift follow any other after the rest that is due"),
        lambda _c, _r: 0.0,
        lambda costs: costs.for_all,
        hotline=_any_shift_after,
    ),
    Family(
        "law_hours_a_day",
        _(
            "overtime of up to 3 h a day, lawful only for special reasons, agreed with union and workers (Labour Law, Art. 41)"
        ),
        lambda _c, _r: 0.0,
        lambda costs: costs.long_day,
        hotline=_for_special_reasons,
    ),
)
"""Limits that can give way. A rule without one is explained, but its relief is not offered."""
