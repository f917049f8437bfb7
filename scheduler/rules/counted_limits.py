"""How much of something one person carries in a span, ``contract.limits`` without weight.

The most is never exceeded: of what lies in the past only what the roster adds can break it. The least is owed in spans that lie
wholly inside the roster; where not everybody can reach it, what is missing costs more than anything else
(``costs.COST_OWED``), and the checker names it as ``limits_owed``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.costs import COST_OWED
from scheduler.count_limits import amounts, bounds, counted, most_spans, unit_of, weekends_of, whole_spans
from scheduler.rules.rule import Rule
from wfm.hotline import CountLimit
from wfm.i18n import Text, both

if TYPE_CHECKING:
    from scheduler.model import Neighbourhood
    from scheduler.slots import Slot
    from scheduler.work import Work

__all__ = ["RULE", "Terms"]


def _blocks(work: Work, slot: Slot) -> NDArray[np.bool_]:
    slots = work.slots
    blocked = np.zeros(slots.n_agents, dtype=bool)
    for limit, people in slots.limits:
        _, most = bounds(limit)
        more = int(slots.limit_amounts(limit)[0][slot.index])
        if most is None or not more:
            continue
        there = amounts(work, limit, people)
        there[:, slot.day] += more
        beyond = np.zeros(len(people), dtype=bool)
        for span in most_spans(slots, limit):
            if slot.day in span:
                beyond |= counted(slots, limit, there, span) > most
        if limit.count == "weekends":
            # A further day of a weekend that counts already adds nothing.
            same = next(w for w in weekends_of(slots, range(max(0, slot.day - 6), slot.day + 7)) if slot.day in w)
            there[:, slot.day] -= more
            beyond &= ~there[:, same].any(axis=1)
        blocked[people] |= beyond
    return blocked


def _constrain(part: Neighbourhood) -> None:
    slots = part.slots
    chosen = set(part.agents)
    for limit, people in slots.limits:
        mine = np.array([a for a in people.tolist() if a in chosen], dtype=np.int64)
        if not len(mine):
            continue
        least, most = bounds(limit)
        fixed = amounts(part.fixed, limit, mine)
        current = amounts(part.current, limit, mine)
        free = {d for d in part.days if any((a, d) in part.of_agent_day for a in mine.tolist())}
        for number, agent in enumerate(mine.tolist()):
            terms = Terms(part, limit, agent, fixed[number])
            if most is not None:
                for span in most_spans(slots, limit):
                    if free & set(span):
                        terms.at_most(span, most)
            if least is not None:
                for span in whole_spans(slots, limit):
                    now = int(counted(slots, limit, current[number : number + 1], span)[0])
                    terms.at_least(span, least, now, unit_of(limit))


class Terms:
    """One agent's count as an expression of the free assignments."""

    def __init__(self, part: Neighbourhood, limit: CountLimit, agent: int, fixed: NDArray[np.int64]) -> None:
        self.part = part
        self.agent = agent
        self.fixed = fixed
        self.weekends = limit.count == "weekends"
        self.amount = part.slots.limit_amounts(limit)[0]
        self.of_weekend: dict[tuple[int, ...], Any] = {}

    def of(self, span: range) -> tuple[list[tuple[Any, int]], int, int]:
        """(variable, amount) of the span, what is fixed in it, and the most that the variables may add."""
        if not self.weekends:
            terms = self.part.terms(self.agent, span, lambda slot: int(self.amount[slot.index]))
            reach = sum(
                max((int(self.amount[s.index]) for s, _ in self.part.of_agent_day.get((self.agent, d), ())), default=0)
                for d in span
            )
            return terms, int(self.fixed[span.start : span.stop].sum()), reach
        terms, done = [], 0
        for days in weekends_of(self.part.slots, span):
            if self.fixed[days].any():
                done += 1
            elif (var := self._weekend(tuple(days))) is not None:
                terms.append((var, 1))
        return terms, done, len(terms)

    def _weekend(self, days: tuple[int, ...]) -> Any:
        """Whether a duty begins on one of the days."""
        if days not in self.of_weekend:
            duties = [var for var, _ in self.part.terms(self.agent, days, lambda slot: int(self.amount[slot.index]))]
            if not duties:
                self.of_weekend[days] = None
                return None
            var = self.part.model.new_bool_var("")
            for duty in duties:
                self.part.model.add_implication(duty, var)
            self.part.model.add_bool_or([*duties, var.negated()])
            self.part.model.add_hint(var, bool(self.part.current.on[self.agent, list(days)].any()))
            self.of_weekend[days] = var
        return self.of_weekend[days]

    def at_most(self, span: range, most: int) -> None:
        """The count in the span is at most so much."""
        terms, done, reach = self.of(span)
        left = max(0, most - done)
        if reach > left:
            self.part.model.add(sum(w * v for v, w in terms) <= left)

    def at_least(self, span: range, least: int, now: int, unit: int) -> None:
        """Below the least costs; a part that cannot change the span is left alone."""
        terms, done, _ = self.of(span)
        if not terms or done >= least:
            return
        most_owed = -(-(least - done) // unit)
        owed = self.part.model.new_int_var(0, most_owed, "")
        self.part.model.add(sum(w * v for v, w in terms) + unit * owed >= least - done)
        self.part.model.add_hint(owed, min(most_owed, max(0, -(-(least - now) // unit))))
        self.part.objective.append((owed, COST_OWED))


def _counted(people: int) -> Text:
    return both("{people} at a limit of their contract", people=people)


RULE = Rule("counted_limits", _counted, _blocks, _constrain)
