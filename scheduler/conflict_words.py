"""Conflicts in words: posts, rules with their limits, and the sentence of both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from scheduler.conflict import PostSpan, RuleHeld
from scheduler.rules import RULES
from scheduler.slot import Slot
from scheduler.slots import Slots
from wfm.hotline import Contract, RosterRules
from wfm.i18n import LANGUAGES, Text, both, list_words, use_language

__all__ = ["PEOPLE_NAMED", "conflict_text", "listed", "people_named", "post_spans", "rule_text", "span_text"]

PEOPLE_NAMED = 6
"""Up to so many people are named; more are counted."""


def listed(parts: Iterable[Text]) -> Text:
    """Texts joined as each language does."""
    parts = list(parts)
    spoken = {}
    for chosen in LANGUAGES:
        with use_language(chosen):
            spoken[chosen] = list_words([p.of(chosen) for p in parts])
    return Text(**spoken)


def people_named(people: Sequence[str]) -> Text:
    """The people by number, or how many they are."""
    if len(people) <= PEOPLE_NAMED:
        return listed(Text(p, p) for p in people)
    return both("{count} people", count=len(people))


def post_spans(slots: Slots, indices: Iterable[int], counts: Mapping[int, int] | None = None) -> tuple[PostSpan, ...]:
    """Slots as spans of days in a row, by group, shift and role; ``counts`` are their posts where not all are meant."""
    ordered = sorted(
        (slots.all[k] for k in indices), key=lambda s: (s.group, s.shift.start_min, s.shift.id, s.role, s.day)
    )
    found = []
    for (group, shift, role), same in groupby(ordered, key=lambda s: (s.group, s.shift.id, s.role)):
        for (_, dialects), run in groupby(
            enumerate(same), key=lambda pair: (pair[1].day - pair[0], _asked(slots, pair[1]))
        ):
            days = [slot for _, slot in run]
            first, last = slots.date_of(days[0].day), slots.date_of(days[-1].day)
            needed = sum(counts[s.index] if counts else s.need for s in days)
            found.append(PostSpan(group, shift, role, first, last, needed, dialects))
    return tuple(found)


def _asked(slots: Slots, slot: Slot) -> tuple[str, ...]:
    return slots.problem.dialects_for(slots.date_of(slot.day), slot.group, slot.shift.id)


def span_text(slots: Slots, span: PostSpan) -> Text:
    """``Night desk, Night, 2026-10-03 – 2026-10-05: 4 A duties``."""
    words = {
        "group": slots.problem.hotline.group(span.group).name,
        "shift": slots.shifts[span.shift].name,
        "role": span.role,
        "first": span.first.isoformat(),
        "last": span.last.isoformat(),
        "needed": span.needed,
    }
    if span.dialects:
        spoken = listed(Text(d, d) for d in span.dialects)
        if span.first == span.last:
            return both("{group} {shift} {first} ({role}: {needed} with {dialects})", dialects=spoken, **words)
        return both("{group} {shift} {first} – {last} ({role}: {needed} with {dialects})", dialects=spoken, **words)
    if span.first == span.last:
        return both("{group} {shift} {first} ({role}: {needed})", **words)
    return both("{group} {shift} {first} – {last} ({role}: {needed})", **words)


def _limits(slots: Slots, people: Sequence[int], of: Callable[[Contract, RosterRules], object]) -> str:
    rules = slots.problem.hotline.rules
    found = {of(slots.contracts[p], rules) for p in people} or {of(c, rules) for c in slots.contracts}
    return " / ".join(
        f"{x:g}" if isinstance(x, (int, float)) else str(x) for x in sorted(found, key=str) if x is not None
    )


def _own(value: object, common: object) -> object:
    return common if value is None else value


_RULE_WORDS: dict[str, Callable[[Slots, Sequence[int]], Text]] = {
    "nights_in_four_weeks": lambda slots, people: both(
        "at most {limit} nights in 28 days", limit=_limits(slots, people, lambda c, _: c.nights_per_4_weeks_max)
    ),
    "duties_in_four_weeks": lambda slots, people: both(
        "at most {limit} duties in 28 days", limit=_limits(slots, people, lambda c, _: c.duties_per_4_weeks_max)
    ),
    "hours_per_week": lambda slots, people: both(
        "at most {limit} hours a week", limit=_limits(slots, people, lambda c, _: c.hours_per_week_max)
    ),
    "rest_between_shifts": lambda slots, people: both(
        "{limit} hours of rest between duties",
        limit=_limits(slots, people, lambda c, r: _own(c.rest_between_shifts_h, r.rest_between_shifts_h)),
    ),
    "consecutive_days": lambda slots, people: both(
        "at most {limit} days in a row",
        limit=_limits(slots, people, lambda c, r: _own(c.consecutive_days_max, r.consecutive_days_max)),
    ),
    "consecutive_nights": lambda slots, people: both(
        "at most {limit} nights in a row",
        limit=_limits(slots, people, lambda c, r: _own(c.consecutive_nights_max, r.consecutive_nights_max)),
    ),
    "weekly_rest_day": lambda slots, people: both(
        "{limit} days off in each week", limit=_limits(slots, people, lambda _, r: r.weekly_rest_days_min)
    ),
    "firm_share": lambda slots, people: both(
        "at most {share:.0%} of a shift from one firm", share=slots.problem.hotline.rules.firm_share_max
    ),
    "one_duty_a_day": lambda slots, people: both("one duty a day"),
    "skills": lambda slots, people: both("the skills that the posts need"),
    "dialects": lambda slots, people: both("the dialects that the posts need"),
    "night_ability": lambda slots, people: both("nights only for those who work nights"),
    "leave": lambda slots, people: both("leave"),
    "weekdays": lambda slots, people: both("weekdays on which people can be rostered"),
    "pins": lambda slots, people: both("what is already decided"),
    "busy": lambda slots, people: both("court dates, training and other hours"),
    "protected": lambda slots, people: both("protection from nights and overtime (Labour Law, Arts. 61, 63)"),
    "centre_closed": lambda slots, people: both("only remote duty while the centre is closed"),
    "standby_within": lambda slots, people: both("standing by no farther away than allowed"),
}

_UNCOUNTED = ("skills", "dialects", "night_ability", "firm_share", "one_duty_a_day")
"""Rules whose people are not listed behind them."""


def rule_text(slots: Slots, rule: str, people: Sequence[int]) -> Text:
    """A rule in words, with its limit and the people it keeps off."""
    if rule not in _RULE_WORDS:
        known = {r.name: r for r in RULES}
        return known[rule].counted(len(people)) if rule in known else Text(rule, rule)
    words = _RULE_WORDS[rule](slots, people)
    if rule in _UNCOUNTED or not people:
        return words
    named = people_named([slots.problem.agents[p].id for p in people])
    return both("{rule} ({people})", rule=words, people=named)


def conflict_text(
    slots: Slots,
    spans: Sequence[PostSpan],
    able: int,
    rules: Sequence[RuleHeld],
    alike: Sequence[PostSpan] = (),
) -> Text:
    """The conflict in one sentence, and the posts that are short in the same way."""
    words = {
        "posts": listed(span_text(slots, s) for s in spans),
        "needed": sum(s.needed for s in spans),
        "able": able,
        "rules": listed(r.text for r in rules),
    }
    if not rules:
        text = both("{posts}: {needed} duties, but only {able} people able to take them", **words)
    elif able == 0:
        text = both("{posts}: {needed} duties, nobody is able to take them: {rules}", **words)
    else:
        text = both("{posts}: {needed} duties, {able} people able; not all can be filled because of: {rules}", **words)
    if not alike:
        return text
    return both("{conflict}; so too {others}", conflict=text, others=listed(span_text(slots, s) for s in alike))
