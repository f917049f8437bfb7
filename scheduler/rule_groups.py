"""Rules that can be switched off: a model of "can these posts all be filled?" whose parts answer one by one.

Every constraint belongs to a rule and, where it concerns one person only, to that person. Each such part has a
literal that enforces it; what the model is asked is a choice of posts that must be filled and of parts that hold.
The constraints are those of ``scheduler.rules`` themselves (:attr:`Rule.constrain`), so a new rule is known here
without a word about it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.eligibility import HINDRANCES
from scheduler.model import Neighbourhood
from scheduler.rules import RULES, Rule
from scheduler.slots import Slot, Slots
from scheduler.solver import Effort, solve_model
from scheduler.work import Work

__all__ = ["ABILITIES", "ABSENCES", "EVERYBODY", "QUICK", "Answer", "ConflictModel", "Held", "Version"]

Answer = Literal["yes", "no", "unknown"]
"""Whether the posts can be filled; a time limit is ``unknown``, never ``no``."""

EVERYBODY = -1
"""Stands for the person of a constraint that concerns several."""

ABILITIES = ("skills", "dialects", "night_ability")
"""What a person cannot do; one part for everybody."""

ABSENCES = tuple(h.name for h in HINDRANCES)
"""Why an able person cannot hold a post; named, as abilities are, like the checker's rules."""

QUICK = {"linearization_level": 2, "symmetry_level": 0, "cp_model_probing_level": 0}
"""Settings of CP-SAT for many small questions: counting arguments show in the relaxation, presolve stays short."""

Held = tuple[str, int]
"""A part that can be switched off: rule (or fact) and agent number, or :data:`EVERYBODY`."""


@dataclass(frozen=True, slots=True)
class Version:
    """A further set of rules over the same people and posts, to be weighed against the first (a relaxed rule).

    Attributes:
        name: prefix of its parts: the part of a rule is ``(name + rule, agent)``.
        slots: the problem with other limits; posts and people are the same.
        rules: names of the rules whose constraints are wanted.
    """

    name: str
    slots: Slots
    rules: tuple[str, ...]


class ConflictModel:
    """Posts, the people who might fill them, and every rule as parts to be switched.

    Args:
        slots: the problem.
        posts: indices of the slots that may be demanded.
        people: ``eligible``: who is able and there; ``able``: also who is away, kept off by parts of
            :data:`ABSENCES`; ``all``: also who lacks a skill or works no nights, kept off by :data:`ABILITIES`.
        whom: (agents,) nobody else is in the model; everybody, if None.
        rules: names of the rules that are wanted; all, if None.
        versions: further sets of rules.
        company: also the other posts of the days around may be filled (never must): rules that ask for
            further duties, as a least number of days in a row, need them.
    """

    def __init__(
        self,
        slots: Slots,
        posts: Iterable[int],
        *,
        people: Literal["eligible", "able", "all"] = "eligible",
        whom: NDArray[np.bool_] | None = None,
        rules: Collection[str] | None = None,
        versions: tuple[Version, ...] = (),
        company: bool = False,
    ) -> None:
        self.slots = slots
        self.posts = sorted(set(posts))
        self.model = cp_model.CpModel()
        self.demand: dict[int, Any] = {}
        self.held: dict[Held, Any] = {}
        self.x: dict[tuple[int, int], Any] = {}
        self._past = Work.of_history(slots)
        wanted = self._with_company() if company else [slots.all[k] for k in self.posts]
        self._part = self._people_on(wanted, people, np.ones(slots.n_agents, dtype=bool) if whom is None else whom)
        self._demand_posts()
        for rule in RULES:
            if rules is None or rule.name in rules:
                self._add_rule(rule, slots, "")
        for version in versions:
            for rule in RULES:
                if rule.name in version.rules:
                    self._add_rule(rule, version.slots, version.name)

    @property
    def people(self) -> list[int]:
        """Agents that have a variable at all."""
        return sorted({agent for agent, _ in self.x})

    def _with_company(self) -> list[Slot]:
        days = {self.slots.all[k].day for k in self.posts}
        low, high = min(days) - 14, max(days) + 14
        return [s for s in self.slots.all if low <= s.day <= high]

    def _people_on(self, wanted: list[Slot], people: str, whom: NDArray[np.bool_]) -> Neighbourhood:
        slots = self.slots
        part = Neighbourhood(slots, self._past, self._past, [], sorted({s.day for s in wanted}), model=self.model)
        demanded = set(self.posts)
        for slot in wanted:
            asked, causes = slots.eligible[:, slot.index], {}
            if people != "eligible" and slot.index in demanded:
                causes = _hindrances(slots, slot)
                asked = slots.able(slot) if people == "able" else np.ones(slots.n_agents, dtype=bool)
            for agent in np.flatnonzero(asked & whom).tolist():
                var = self.model.new_bool_var("")
                self.x[agent, slot.index] = var
                part.x[agent, slot.index] = var
                part.of_agent_day.setdefault((agent, slot.day), []).append((slot, var))
                part.of_slot.setdefault(slot.index, []).append((agent, var))
                for name, kept_off in causes.items():
                    if kept_off[agent]:
                        whose = EVERYBODY if name in ABILITIES else agent
                        self.model.add_implication(self._literal((name, whose)), var.negated())
        part.agents.extend(sorted({agent for agent, _ in self.x}))
        return part

    def _literal(self, key: Held) -> Any:
        if key not in self.held:
            self.held[key] = self.model.new_bool_var("")
        return self.held[key]

    def _demand_posts(self) -> None:
        for index, choices in self._part.of_slot.items():
            self.model.add(sum(var for _, var in choices) <= self.slots.all[index].need)
        for index in self.posts:
            need = self.slots.all[index].need
            literal = self.model.new_bool_var("")
            self.demand[index] = literal
            choices = self._part.of_slot.get(index, [])
            if len(choices) < need:
                self.model.add_bool_and([literal.negated()])
            else:
                self.model.add(sum(var for _, var in choices) >= need).only_enforce_if(literal)

    def _add_rule(self, rule: Rule, slots: Slots, version: str) -> None:
        """The rule's constraints and what the past forbids by it, each behind the literal of its person."""
        past = replace(self._past, slots=slots)
        for index, choices in self._part.of_slot.items():
            blocked = rule.blocks(past, slots.all[index])
            for agent, var in choices:
                if blocked[agent]:
                    self.model.add_implication(self._literal((version + rule.name, agent)), var.negated())
        before, known = len(self.model.proto.constraints), len(self.model.proto.variables)
        view = replace(self._part, slots=slots, current=past, fixed=past, objective=[])
        rule.constrain(view)
        owner = self._owners(before, known)
        for number in range(before, len(self.model.proto.constraints)):
            literal = self._literal((version + rule.name, owner[number]))
            self.model.proto.constraints[number].enforcement_literal.append(literal.index)

    def _owners(self, first_constraint: int, first_variable: int) -> dict[int, int]:
        """The person whom each new constraint concerns, or everybody.

        Variables that a rule makes for itself belong to those with whom they share a constraint.
        """
        agent_of = {var.index: agent for (agent, _), var in self.x.items()}
        proto = self.model.proto
        total = len(proto.constraints)
        links: dict[int, set[int]] = {}
        group: dict[int, int] = {}

        def root(node: int) -> int:
            while group.setdefault(node, node) != node:
                group[node] = group[group[node]]
                node = group[node]
            return node

        for number in range(first_constraint, total):
            variables = _variables(proto.constraints[number])
            links[number] = variables
            own = [v for v in variables if v >= first_variable]
            for one, other in pairwise(own):
                group[root(one)] = root(other)
        people: dict[int, set[int]] = defaultdict(set)
        for variables in links.values():
            whom = {agent_of.get(v, EVERYBODY) for v in variables if v < first_variable}
            for v in variables:
                if v >= first_variable:
                    people[root(v)] |= whom
        owner = {}
        for number, variables in links.items():
            whom = {agent_of.get(v, EVERYBODY) for v in variables if v < first_variable}
            for v in variables:
                if v >= first_variable:
                    whom |= people[root(v)]
            owner[number] = next(iter(whom)) if len(whom) == 1 else EVERYBODY
        return owner

    def ask(
        self, demanded: Collection[int], holding: Collection[Held] | None, effort: Effort, limit_s: float
    ) -> Answer:
        """Can the demanded posts all be filled while the parts ``holding`` (all, if None) hold?"""
        model = self.model.clone()
        _settle(model, {lit.index: int(index in demanded) for index, lit in self.demand.items()})
        kept = set(self.held) if holding is None else set(holding)
        _settle(model, {lit.index: int(key in kept) for key, lit in self.held.items()})
        _, status = solve_model(model, effort, limit_s, workers=1, seed=1, heard=_unheard, settings=QUICK)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return "yes"
        return "no" if status == cp_model.INFEASIBLE else "unknown"


def _unheard() -> None:
    """Nobody listens."""


def _settle(model: Any, values: dict[int, int]) -> None:
    variables = model.proto.variables
    for number, value in values.items():
        domain = variables[number].domain
        domain.clear()
        domain.extend([value, value])


def _variables(constraint: Any) -> set[int]:
    """Variables of a linear or Boolean constraint, negations resolved."""
    found: list[int] = list(constraint.enforcement_literal)
    if constraint.has_linear():
        found += list(constraint.linear.vars)
    for name in ("bool_or", "bool_and", "at_most_one", "exactly_one", "bool_xor"):
        if getattr(constraint, f"has_{name}")():
            found += list(getattr(constraint, name).literals)
    return {v if v >= 0 else -v - 1 for v in found}


def _hindrances(slots: Slots, slot: Slot) -> dict[str, NDArray[np.bool_]]:
    """By fact: (agents,) whom it keeps from the slot."""
    found = {
        "skills": ~slots.skilled[slot.group],
        "dialects": ~slots.speaking(slot),
        "night_ability": ~slots.night_able,
    }
    if not slot.shift.night:
        found.pop("night_ability")
    return found | {h.name: h.keeps(slots, slot) for h in HINDRANCES}
