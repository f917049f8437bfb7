"""The cheapest ways out of a conflict: caps raised, leave moved, people trained, posts left open.

An elastic model (Chinneck 2008, "Feasibility and Infeasibility in Optimization", ch. 6): the rules of the conflict
stand in it as they are and once more with each step of relief, and a person's own limit gives way where a
Boolean pays for it. Each kind of relief is priced by itself, all together where none is enough; what is offered is applied to the
problem and tried there once more with a model that knows nothing of relief. Nothing here is done: it is offered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from scheduler.conflict import Change, Relaxation
from scheduler.conflict_words import listed, people_named, post_spans, span_text
from scheduler.eligibility import HINDRANCES
from scheduler.relaxed_problem import OPEN, relaxed_contract, relaxed_hotline, relaxed_problem
from scheduler.relief import FAMILIES, STEPS, Family, RelaxationCosts
from scheduler.rule_groups import EVERYBODY, QUICK, ConflictModel, Held, Version
from scheduler.slots import Slot, Slots
from scheduler.solver import Effort, solve_model
from wfm.hotline import Hotline
from wfm.i18n import Text, both

__all__ = ["find_relaxations"]

_DAYS: dict[str, Callable[[str, Text], Text]] = {
    "leave": lambda agent, days: both("moving the leave of {agent} on {days}", agent=agent, days=days),
    "weekdays": lambda agent, days: both("asking {agent} to come on {days}", agent=agent, days=days),
    "pins": lambda agent, days: both("asking {agent} to work on the decided day off {days}", agent=agent, days=days),
    "busy": lambda agent, days: both("moving the training of {agent} on {days}", agent=agent, days=days),
}
"""What is said of facts that give way day by day."""

_HINDRANCES = {h.name: h for h in HINDRANCES}

TRAINABLE = 20
"""So many people are considered for training."""


def find_relaxations(
    slots: Slots,
    posts: Sequence[int],
    rules: Collection[str],
    costs: RelaxationCosts,
    effort: Effort,
    limit_s: float,
    *,
    company: bool = False,
) -> tuple[Relaxation, ...]:
    """Ways to fill all the posts, cheapest first: of each kind the cheapest, a mixture where no kind is enough.

    Args:
        slots: the problem.
        posts: slots of the conflict.
        rules: rules and facts of the conflict; what is not among them cannot help.
        costs: what each step costs.
        effort: what may be spent in all.
        limit_s: seconds for one kind.
        company: as in :class:`~scheduler.rule_groups.ConflictModel`.
    """
    found: dict[tuple[Change, ...], Relaxation] = {}

    def ask(elastic: _Elastic, kinds: set[str]) -> None:
        answer = elastic.cheapest(kinds, effort, limit_s) if effort.left_s > 0 else None
        if answer is None or answer[1] in found:
            return
        cost, changes, proven = answer
        if changes and _fills(slots, posts, changes, costs, effort, limit_s, company):
            found[changes] = Relaxation(_offer(slots, changes, costs), cost, changes, proven)

    elastic = _Elastic(slots, posts, set(rules) - {"skills", "dialects"}, costs, company)
    for kind in elastic.kinds:
        ask(elastic, {kind})
    for kind, other in (("dialects", "skills"), ("skills", "")):
        if kind in rules and effort.left_s > 0:  # others come into the model
            elastic = _Elastic(slots, posts, set(rules) - {other}, costs, company)
            ask(elastic, {kind})
    if all(c.rule == OPEN for changes in found for c in changes):  # no kind is enough by itself
        ask(elastic, set(elastic.kinds))
    return tuple(sorted(found.values(), key=lambda r: (r.cost, len(r.changes), r.text.en)))


def _fills(
    slots: Slots,
    posts: Sequence[int],
    changes: Iterable[Change],
    costs: RelaxationCosts,
    effort: Effort,
    limit_s: float,
    company: bool,
) -> bool:
    """Whether the conflict's posts can all be filled in the changed problem."""
    changed = Slots(relaxed_problem(slots.problem, changes, costs))
    wanted = {(s.day, s.group, s.shift.id, s.role) for s in (slots.all[k] for k in posts)}
    there = [s.index for s in changed.all if (s.day, s.group, s.shift.id, s.role) in wanted]
    if not there:
        return True
    model = ConflictModel(changed, there, company=company)
    # What was found is always tried out, however little time is left.
    trial = Effort(2 * limit_s, reproducible=effort.reproducible)
    return model.ask(there, None, trial, 2 * limit_s) == "yes"


class _Elastic:
    """The conflict's posts, its rules as they are and relaxed, and a Boolean for every step of relief."""

    def __init__(
        self, slots: Slots, posts: Sequence[int], rules: Collection[str], costs: RelaxationCosts, company: bool
    ) -> None:
        self.slots = slots
        self.posts = list(posts)
        self.costs = costs
        hotline = slots.problem.hotline
        self.families = {f.rule: f for f in FAMILIES if f.rule in rules}
        versions: list[Version] = []
        self.steps: dict[str, list[int]] = {}
        for family in self.families.values():
            before = hotline
            for steps in STEPS:
                relaxed = relaxed_hotline(family, hotline, steps, costs)
                if relaxed is None or relaxed == before:
                    break
                before = relaxed
                self.steps.setdefault(family.rule, []).append(steps)
                problem = replace(slots.problem, hotline=relaxed)
                versions.append(Version(f"+{steps} ", Slots(problem), (family.rule,)))
        facts = [f for f in ("leave", "weekdays", "pins", "busy", "dialects", "skills") if f in rules]
        others = {"skills", "dialects"} & set(facts)
        people: Literal["eligible", "able", "all"] = "all" if others else "able" if facts else "eligible"
        whom = _trainable(slots, posts, lines="skills" in facts, dialects="dialects" in facts) if others else None
        self.conflict = ConflictModel(slots, posts, people=people, whom=whom, versions=tuple(versions), company=company)
        self.model = self.conflict.model
        self.kinds = [*self.steps, *facts, OPEN]
        self.relief: dict[str, list[tuple[Any, int]]] = {kind: [] for kind in self.kinds}
        self.levels: dict[tuple[str, int], list[Any]] = {}
        self.spent: dict[tuple[str, int, int], Any] = {}
        self.trained: dict[tuple[int, str], Any] = {}
        self.short: dict[int, Any] = {}
        self.settled: set[Held] = set()
        self._let_limits_give()
        self._let_facts_give(facts)
        self._let_posts_open()
        for key, literal in self.conflict.held.items():
            if key not in self.settled:
                self.model.add(literal == 1)

    def _let_limits_give(self) -> None:
        held = self.conflict.held
        for rule, steps in self.steps.items():
            price = self.families[rule].price(self.costs)
            for key in [k for k in held if k[0] == rule]:
                agent = key[1]
                levels = [self.model.new_bool_var("") for _ in steps]
                self.levels[rule, agent] = levels
                before = 0
                for level, step in zip(levels, steps, strict=True):
                    self.relief[rule].append((level, price * (_dear(step) - before)))
                    before = _dear(step)
                for low, high in pairwise(levels):
                    self.model.add_implication(high, low)
                self.model.add_bool_or([held[key], levels[0]])
                self.settled.add(key)
                for number, step in enumerate(steps):
                    relaxed = (f"+{step} {rule}", agent)
                    if relaxed in held and number + 1 < len(levels):
                        self.model.add_bool_or([held[relaxed], levels[number + 1]])
                        self.settled.add(relaxed)

    def _let_facts_give(self, facts: list[str]) -> None:
        slots, held = self.slots, self.conflict.held
        price = {
            "leave": self.costs.leave_day,
            "weekdays": self.costs.weekday,
            "pins": self.costs.day_off,
            "busy": self.costs.training_moved,
            "dialects": self.costs.dialect,
        }
        for (agent, index), var in self.conflict.x.items():
            slot = slots.all[index]
            if "skills" in facts:
                self._train(agent, slot, var)
            for fact in facts:
                if fact in price and self._hindered(fact, agent, slot):
                    if not self._may_move(fact, agent, slot):
                        self.model.add(var == 0)
                        continue
                    spent = self.model.new_bool_var("")
                    self.model.add_implication(var, spent)
                    self.spent[fact, agent, index] = spent
                    self.relief[fact].append((spent, price[fact]))
        for key, literal in held.items():
            if key[0] in facts:  # what holds instead are the prices above
                self.model.add(literal == 0)
                self.settled.add(key)

    def _hindered(self, fact: str, agent: int, slot: Slot) -> bool:
        if fact == "weekdays":
            return not self.slots.on_weekday[agent, slot.day]
        if fact == "dialects":
            return not self.slots.speaking(slot)[agent]
        if fact in ("pins", "busy"):
            return bool(_HINDRANCES[fact].keeps(self.slots, slot)[agent])
        days = slice(slot.day, slot.day + 1 + slot.spills)
        return bool(self.slots.away[agent, days].any())

    def _may_move(self, fact: str, agent: int, slot: Slot) -> bool:
        """A day off that is decided may be worked, training moved; a duty decided elsewhere and a court date stay."""
        if fact == "pins":
            return not any(pin.shift for who, pin in self.slots.pins_of_day.get(slot.day, []) if who == agent)
        if fact == "busy":
            return not any(
                who == agent and start < slot.end and slot.start < end
                for who, start, end in set(self.slots.busy_spans) - set(self.slots.training_spans)
            )
        return True

    def _train(self, agent: int, slot: Slot, var: Any) -> None:
        """Who lacks one line of the group may be trained for it; who lacks more, or answers no calls, stays off."""
        person, group = self.slots.problem.agents[agent], self.slots.problem.hotline.group(slot.group)
        lacking = [line for line in group.lines if line not in person.lines]
        if not lacking and self.slots.skilled[slot.group][agent]:
            return
        if len(lacking) != 1 or self.slots.skilled[slot.group][agent]:
            self.model.add(var == 0)
            return
        if (agent, lacking[0]) not in self.trained:
            self.trained[agent, lacking[0]] = self.model.new_bool_var("")
            self.relief["skills"].append((self.trained[agent, lacking[0]], self.costs.training))
        self.model.add_implication(var, self.trained[agent, lacking[0]])

    def _let_posts_open(self) -> None:
        by_slot: dict[int, list[Any]] = defaultdict(list)
        for (_, index), var in self.conflict.x.items():
            by_slot[index].append(var)
        for index in self.posts:
            slot = self.slots.all[index]
            short = self.model.new_int_var(0, slot.need, "")
            self.short[index] = short
            self.model.add(sum(by_slot[index]) + short >= slot.need)
            self.model.add(self.conflict.demand[index] == 0)
            self.relief[OPEN].append((short, self.costs.open_a if slot.role == "A" else self.costs.open_b))

    def cheapest(
        self, kinds: Collection[str], effort: Effort, limit_s: float
    ) -> tuple[int, tuple[Change, ...], bool] | None:
        """Least cost with relief of these kinds only, what it changes, and whether it is proven least."""
        model = self.model.clone()
        for kind, priced in self.relief.items():
            if kind not in kinds:
                for var, _ in priced:
                    domain = model.proto.variables[var.index].domain
                    domain.clear()
                    domain.extend([0, 0])
        priced = [pair for kind in kinds for pair in self.relief[kind]]
        if not priced:
            return None
        model.minimize(cp_model.LinearExpr.weighted_sum([v for v, _ in priced], [c for _, c in priced]))
        solver, status = solve_model(model, effort, limit_s, workers=1, seed=1, heard=lambda: None, settings=QUICK)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return round(solver.objective_value), self._changes(solver), status == cp_model.OPTIMAL

    def _changes(self, solver: Any) -> tuple[Change, ...]:
        slots, found = self.slots, []
        hotline = slots.problem.hotline
        for (rule, agent), levels in self.levels.items():
            reached = sum(int(solver.value(level)) for level in levels)
            if reached:
                steps, family = self.steps[rule][reached - 1], self.families[rule]
                old, new = _limits(family, slots, agent, steps, self.costs, hotline)
                name = "" if agent == EVERYBODY or family.contract is None else slots.problem.agents[agent].id
                found.append(Change(rule, name, old, new, steps=steps))
        for (fact, agent, index), spent in self.spent.items():
            if solver.value(spent):
                slot = slots.all[index]
                if fact == "dialects":
                    person, on = slots.problem.agents[agent], slots.date_of(slot.day)
                    asked = slots.problem.dialects_for(on, slot.group, slot.shift.id)
                    lacking = ";".join(d for d in asked if d not in person.dialects)
                    found.append(Change(fact, person.id, "", lacking, date=on))
                    continue
                for day in range(slot.day, slot.day + 1 + (slot.spills and fact == "leave")):
                    if fact != "leave" or slots.away[agent, day]:
                        found.append(Change(fact, slots.problem.agents[agent].id, "", "", date=slots.date_of(day)))
        for (agent, line), trained in self.trained.items():
            if solver.value(trained):
                person = slots.problem.agents[agent]
                found.append(Change("skills", person.id, "/".join(person.lines), line))
        for index, short in self.short.items():
            if solver.value(short):
                slot = slots.all[index]
                name = f"{slot.group}/{slot.shift.id}/{slot.role}"
                found.append(Change(OPEN, "", name, str(solver.value(short)), date=slots.date_of(slot.day)))
        return tuple(dict.fromkeys(found))


def _dear(steps: int) -> int:
    """Each further step for the same person is dearer than the one before: 1, 3, 10 for 1, 2, 4 steps."""
    return steps * (steps + 1) // 2


def _trainable(slots: Slots, posts: Sequence[int], *, lines: bool, dialects: bool) -> NDArray[np.bool_]:
    """(agents,) the able, and those most often there among the people who lack one line, or the dialects, of the posts."""
    chosen = [slots.all[k] for k in posts]
    able: NDArray[np.bool_] = np.asarray(np.array([slots.able(s) for s in chosen]).any(axis=0), dtype=bool)
    there = np.zeros(slots.n_agents, dtype=np.int64)
    skilled = np.zeros(slots.n_agents, dtype=bool)
    for slot in chosen:
        free = slots.on_weekday[:, slot.day] & ~slots.away[:, slot.day]
        there += free & slots.night_able if slot.shift.night else free
        skilled |= slots.skilled[slot.group]
    wanted = {line for s in chosen for line in slots.problem.hotline.group(s.group).lines}
    lacking = np.array([len(wanted - set(a.lines)) for a in slots.problem.agents])
    for taken in ([skilled] if dialects else []) + ([lacking == 1] if lines else []):
        more = np.where(taken & ~able, there, 0)
        best = np.argsort(-more, kind="stable")[:TRAINABLE]
        able[best[more[best] > 0]] = True
    return able


def _limits(
    family: Family, slots: Slots, agent: int, steps: int, costs: RelaxationCosts, hotline: Hotline
) -> tuple[str, str]:
    contract = slots.contracts[max(agent, 0)]
    relaxed = relaxed_contract(family, contract, hotline, steps, costs)
    rules = family.rules(hotline.rules, steps) if family.rules else hotline.rules
    return f"{family.limit(contract, hotline.rules):g}", f"{family.limit(relaxed, rules or hotline.rules):g}"


def _offer(slots: Slots, changes: Sequence[Change], costs: RelaxationCosts) -> Text:
    """The proposal in one sentence."""
    parts: list[Text] = []
    for family in FAMILIES:
        by_limits: dict[tuple[str, str], list[str]] = defaultdict(list)
        for change in changes:
            if change.rule == family.rule:
                by_limits[change.before, change.after].append(change.agent)
        for (old, new), people in sorted(by_limits.items()):
            parts.append(family.offer(people_named(people), old, new))
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for change in changes:
        if change.rule in _DAYS and change.date is not None:
            days[change.rule, change.agent].append(change.date)
    for (rule, agent), dates in sorted(days.items()):
        parts.append(_DAYS[rule](agent, listed(Text(d.isoformat(), d.isoformat()) for d in sorted(dates))))
    unspoken: dict[tuple[str, date], list[str]] = defaultdict(list)
    for change in changes:
        if change.rule == "dialects" and change.date is not None:
            unspoken[change.after, change.date].append(change.agent)
    for (dialect, on), people in sorted(unspoken.items()):
        spoken = listed(Text(d, d) for d in dialect.split(";"))
        words = {"people": people_named(people), "dialects": spoken, "date": on.isoformat()}
        parts.append(both("letting {people} serve on {date} without {dialects}", **words))
    learners: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.rule == "skills":
            learners[change.after].append(change.agent)
    for line_id, people in sorted(learners.items()):
        line = slots.problem.hotline.line(line_id).name
        parts.append(both("training {people} for {line}", people=people_named(people), line=line))
    opened = [c for c in changes if c.rule == OPEN]
    if opened:
        index = {(slots.date_of(s.day), f"{s.group}/{s.shift.id}/{s.role}"): s.index for s in slots.all}
        counts = {index[c.date, c.before]: int(c.after) for c in opened if c.date is not None}
        where = listed(span_text(slots, s) for s in post_spans(slots, counts, counts))
        parts.append(both("leaving open {where}", where=where))
    return both("{ways} resolves it", ways=listed(parts))
