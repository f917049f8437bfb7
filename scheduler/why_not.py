"""Why posts stay open: a minimal set of posts, rules and people in conflict, and the cheapest ways out.

First the posts are narrowed to those that cannot be filled together even if nothing else had to be, then the rules
to those needed for that, then the people of each rule: a deletion filter (Chinneck and Dravnieks 1991), which
switches one part off, solves, and leaves it off when the rest is in conflict still. What remains is minimal: without
any one part of it, the posts could be filled. A solve that its time limit ends proves nothing, and is taken for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from scheduler.conflict import Conflict, Relaxation, RuleHeld
from scheduler.conflict_words import conflict_text, post_spans, rule_text
from scheduler.counting import find_shortages
from scheduler.fairness import fair_burdens
from scheduler.goal import Goal
from scheduler.greedy import fill_posts
from scheduler.held_firm import reason_held
from scheduler.problem import RosterProblem
from scheduler.relaxations import find_relaxations
from scheduler.relief import USUAL_COSTS, RelaxationCosts
from scheduler.rule_groups import ABILITIES, ABSENCES, Answer, ConflictModel, Held
from scheduler.rules import RULES
from scheduler.slots import Slots
from scheduler.solver import Effort
from scheduler.soundness import assign_pins, drop_unsound
from scheduler.work import Work
from scheduler.work_of_duties import places_apart, work_of_duties
from wfm.i18n import Text, both

__all__ = ["WhyNot", "explain_shortage", "find_conflicts"]

CONFLICTS = 5
"""Conflicts explained at most; each further one is mostly the same again."""
FOR_RELIEF = 0.5
"""Of the time, so much is kept for what would help."""
ASK_S = 3.0
"""Seconds for one question."""
RELIEF_S = 1.5
"""Seconds for the price of one kind of relief; the best found by then is offered, and said to be unproven."""
AROUND_DAYS = (0, 1, 3, 7)
"""Days around open posts whose posts are looked at, one after another, before the whole period."""
ELASTIC_ASSIGNMENTS = 4_000
"""Up to so many possible assignments all posts that were looked at are to be filled by what is offered."""
FEW = 8
"""Of more posts than these the days are narrowed first."""
ONE_BY_ONE = 64
"""Up to so many posts or people are tried one by one; of more, only spans and halves."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What is known about posts left open.

    Attributes:
        conflicts: posts that cannot be filled together, and why.
        fillable: open slots (index) that were found fillable together with all posts around: only the search missed them.
        undecided: open slots of which time proved neither.
    """

    conflicts: tuple[Conflict, ...]
    fillable: tuple[int, ...]
    undecided: tuple[int, ...]


def explain_shortage(
    problem: RosterProblem,
    duties: pd.DataFrame | None = None,
    *,
    seconds: float = 10.0,
    reproducible: bool = False,
    costs: RelaxationCosts = USUAL_COSTS,
) -> tuple[Conflict, ...]:
    """Conflicts behind the posts that a roster leaves open; none where all are filled or could be.

    Args:
        problem: posts, people and rules.
        duties: the roster (``tables.DUTIES``); without one, a quick one shows which posts stay open.
        seconds: time for everything.
        reproducible: count deterministic work instead of the clock.
        costs: what each step of relief costs.
    """
    return find_conflicts(problem, duties, seconds=seconds, reproducible=reproducible, costs=costs).conflicts


def find_conflicts(
    problem: RosterProblem,
    duties: pd.DataFrame | None = None,
    *,
    seconds: float = 10.0,
    reproducible: bool = False,
    costs: RelaxationCosts = USUAL_COSTS,
) -> WhyNot:
    """As :func:`explain_shortage`, and which open posts could be filled or stay undecided."""
    if duties is not None:
        problem, duties, _ = places_apart(problem, duties)
    slots = Slots(problem)
    work = _quick_roster(slots) if duties is None else work_of_duties(slots, duties)[0]
    open_posts = {int(k) for k in np.flatnonzero(work.missing() > 0)}
    effort = Effort(seconds, reproducible=reproducible)
    asked = _Asked(slots, effort, reserve_s=FOR_RELIEF * seconds)
    found: list[Conflict] = []
    fillable: set[int] = set()
    undecided: set[int] = set()
    left = set(open_posts)
    for cluster in _clusters(slots, open_posts):
        cluster = [k for k in cluster if k in left]
        if not cluster or len(found) >= CONFLICTS:
            undecided |= set(cluster)
            continue
        start, answer = asked.conflict_around(cluster)
        if answer == "no":
            conflict, posts = asked.explain(start, set(cluster), costs)
            found.append(conflict)
            left -= posts | set(cluster)
        else:
            (fillable if answer == "yes" else undecided).update(cluster)
    return WhyNot(tuple(found), tuple(sorted(fillable)), tuple(sorted(undecided)))


def _quick_roster(slots: Slots) -> Work:
    work = Work.of_history(slots)
    owed = np.zeros((slots.n_agents, len(slots.weeks)), dtype=np.int64)
    goal, rng = Goal(fair_burdens(slots), [], owed, 0), np.random.default_rng(1)
    assign_pins(work)
    fill_posts(work, goal, rng)
    if drop_unsound(work):
        fill_posts(work, goal, rng, finishing=True)
    return work


def _clusters(slots: Slots, open_posts: Iterable[int]) -> list[list[int]]:
    """Open posts of one group and shift, those with A posts among them first."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index in sorted(open_posts):
        found[slots.all[index].group, slots.all[index].shift.id].append(index)
    return sorted(found.values(), key=lambda cluster: min(slots.all[k].role for k in cluster))


def _held_firm(
    slots: Slots, rules: list[RuleHeld], ways: tuple[Relaxation, ...], costs: RelaxationCosts
) -> tuple[tuple[str, Text], ...]:
    offered = {c.rule for way in ways for c in way.changes}
    why = ((rule, reason_held(slots, rule.rule, offered, costs)) for rule in rules)
    return tuple((rule.rule, both("{rule}: {why}", rule=rule.text, why=text)) for rule, text in why if text is not None)


class _Asked:
    """Questions about one problem, within one budget."""

    def __init__(self, slots: Slots, effort: Effort, *, reserve_s: float = 0.0) -> None:
        self.slots = slots
        self.effort = effort
        self.reserve_s = reserve_s
        self.company = _needs_company(slots)
        self.conclusive = True

    def ask(self, model: ConflictModel, posts: Iterable[int], holding: set[Held] | None) -> Answer:
        """One question; remembers when time left one unanswered."""
        if self.effort.left_s <= self.reserve_s:
            self.conclusive = False
            return "unknown"
        answer = model.ask(set(posts), holding, self.effort, ASK_S)
        self.conclusive &= answer != "unknown"
        return answer

    def conflict_around(self, cluster: list[int]) -> tuple[list[int], Answer]:
        """Posts that cannot all be filled, with the open ones among them, or whether all can be."""
        answer: Answer = "unknown"
        tried: set[int] = set()
        for posts in self._widening(cluster):
            if set(posts) == tried:
                continue
            tried = set(posts)
            answer = self.ask(ConflictModel(self.slots, posts, company=self.company), posts, None)
            if answer == "no":
                return posts, "no"
            if self.effort.left_s <= self.reserve_s:
                break
        return cluster, answer

    def _widening(self, cluster: list[int]) -> Iterable[list[int]]:
        """The open posts; posts that counting proves short; posts of the same people on more and more days."""
        slots = self.slots
        yield cluster
        for shortage in find_shortages(slots):
            if set(cluster) & set(shortage.slots):
                yield sorted(set(cluster) | set(shortage.slots))
        days = {slots.all[k].day for k in cluster}
        for around in (*AROUND_DAYS, slots.problem.days + 1):
            near = [s for s in slots.all if any(abs(s.day - day) <= around for day in days)]
            people = slots.eligible[:, cluster].any(axis=1)
            reached: set[int] = set(cluster)
            while True:
                more = {s.index for s in near if slots.eligible[people, s.index].any()} - reached
                if not more:
                    break
                reached |= more
                if around:
                    people |= slots.eligible[:, sorted(more)].any(axis=1)
            yield sorted(reached)

    def explain(self, start: list[int], wanted: set[int], costs: RelaxationCosts) -> tuple[Conflict, set[int]]:
        """The conflict within posts that cannot all be filled."""
        self.conclusive = True
        posts = self._fewer_posts(start, wanted)
        holding = self._fewer_rules(posts)
        conclusive = self.conclusive
        slots = self.slots
        order = {name: n for n, name in enumerate([*ABILITIES, *ABSENCES, *(r.name for r in RULES)])}
        rules = []
        for rule in sorted({rule for rule, _ in holding}, key=lambda r: order.get(r, 99)):
            people = sorted(agent for name, agent in holding if name == rule and agent >= 0)
            names = tuple(slots.problem.agents[p].id for p in people)
            rules.append(RuleHeld(rule, names, rule_text(slots, rule, people)))
        spans = post_spans(slots, posts)
        alike = self._alike(posts, wanted, {rule for rule, _ in holding})
        able = np.asarray(np.array([slots.able(slots.all[k]) for k in posts]).any(axis=0))
        relaxations = self._ways_out(start, posts, {r.rule for r in rules}, costs)
        conflict = Conflict(
            posts=spans,
            rules=tuple(rules),
            people=tuple(a.id for a, can in zip(slots.problem.agents, able, strict=True) if can),
            text=conflict_text(slots, spans, int(able.sum()), rules, post_spans(slots, alike)),
            minimal=conclusive,
            relaxations=relaxations,
            alike=post_spans(slots, alike),
            held_firm=_held_firm(slots, rules, relaxations, costs) if conclusive else (),
        )
        return conflict, set(posts)

    def _alike(self, posts: list[int], wanted: set[int], rules: set[str]) -> list[int]:
        """Where one slot is a conflict by itself: the other open ones that the same rules keep open, each by itself."""
        others = sorted(wanted - set(posts))
        if len(posts) > 1 or not others:
            return []
        model = ConflictModel(self.slots, others, company=self.company)
        holding = {key for key in model.held if key[0] in rules}
        return [k for k in others if model.ask({k}, holding, self.effort, ASK_S) == "no"]

    def _ways_out(
        self, start: list[int], posts: list[int], rules: set[str], costs: RelaxationCosts
    ) -> tuple[Relaxation, ...]:
        """What fills all the posts that were looked at; where they are too many, at least those of the conflict."""
        many = int(self.slots.eligible[:, start].sum()) > ELASTIC_ASSIGNMENTS
        chosen = posts if many else start
        found = self._relaxations(chosen, rules, costs)
        if (
            self.effort.left_s > 0
            and len(chosen) > len(posts)
            and all(c.rule == "posts_filled" for way in found for c in way.changes)
        ):
            # Others of the posts that were looked at may be short for other reasons.
            return self._relaxations(chosen, rules | {"skills", *ABSENCES, *(r.name for r in RULES)}, costs)
        return found

    def _relaxations(self, posts: list[int], rules: set[str], costs: RelaxationCosts) -> tuple[Relaxation, ...]:
        return find_relaxations(self.slots, posts, rules, costs, self.effort, RELIEF_S, company=self.company)

    def _fewer_posts(self, posts: list[int], wanted: set[int]) -> list[int]:
        """Posts that cannot all be filled, none of them dispensable; those already filled go first, then B posts."""
        slots = self.slots
        model = ConflictModel(slots, posts, company=self.company)

        def conflicting(left: Iterable[int]) -> bool:
            return self.ask(model, left, None) == "no"

        kinds: dict[tuple[bool, bool, str, str], list[int]] = defaultdict(list)
        for k in posts:
            slot = slots.all[k]
            kinds[k in wanted, slot.role == "A", slot.group, slot.shift.id].append(k)
        blocks = [kinds[key] for key in sorted(kinds)]
        blocks = _needed(blocks, lambda left: conflicting(k for block in left for k in block))
        if sum(map(len, blocks)) > FEW:
            blocks = _trimmed(blocks, lambda left: conflicting(k for block in left for k in block), slots)
        singles = sorted(
            (k for block in blocks for k in block),
            key=lambda k: (k in wanted, slots.all[k].role == "A", slots.all[k].day),
        )
        if len(singles) > ONE_BY_ONE:
            self.conclusive = False
            return sorted(singles)
        return sorted(_needed(singles, conflicting))

    def _fewer_rules(self, posts: list[int]) -> set[Held]:
        """Parts of the rules that keep the posts from being filled, none of them dispensable.

        Rules first, whole, then the people of each; last the abilities, which bring everybody into the model.
        """
        model = ConflictModel(self.slots, posts, people="able", company=self.company)
        by_rule: dict[str, list[Held]] = defaultdict(list)
        for key in sorted(model.held):
            by_rule[key[0]].append(key)

        def conflicting(rules: Iterable[Iterable[Held]]) -> bool:
            return self.ask(model, posts, {key for rule in rules for key in rule}) == "no"

        order = {name: n for n, name in enumerate([*(r.name for r in RULES[1:]), *ABSENCES, RULES[0].name])}
        kept = _needed([by_rule[r] for r in sorted(by_rule, key=lambda r: order.get(r, -1))], conflicting)
        for place, rule in enumerate(kept):
            kept[place] = _halved(rule, lambda left, at=place: conflicting([*kept[:at], left, *kept[at + 1 :]]))  # type: ignore[misc]
        holding = {key for rule in kept for key in rule}
        wide = ConflictModel(self.slots, posts, people="all", rules={rule for rule, _ in holding}, company=self.company)
        abilities = _needed(
            sorted(key for key in wide.held if key[0] in ABILITIES),
            lambda left: self.ask(wide, posts, holding | set(left)) == "no",
        )
        return holding | set(abilities)


def _needs_company(slots: Slots) -> bool:
    """Whether a rule may ask for further duties, so that other posts have to be at hand."""
    hotline = slots.problem.hotline
    rows = any(c.consecutive_days_min > 1 or c.days_off_in_a_row_min > 1 for c in hotline.contracts)
    return rows or hotline.rules.night_people_min > 1


def _needed(parts: Sequence[T], conflicting: Callable[[list[T]], bool]) -> list[T]:
    """The deletion filter: each part is left out for good if the others conflict without it."""
    kept = list(parts)
    for part in parts:
        without = [p for p in kept if p is not part]
        if conflicting(without):
            kept = without
    return kept


def _halved(parts: list[T], conflicting: Callable[[list[T]], bool]) -> list[T]:
    """The deletion filter over many parts: halves first, single ones only where a half is needed."""
    kept = list(parts)
    waiting = [list(parts)]
    asked = 0
    while waiting:
        piece = waiting.pop()
        without = [p for p in kept if p not in set(piece)]
        asked += 1
        if len(piece) < len(parts) and conflicting(without):
            kept = without
        elif len(piece) > 1 and asked < 2 * ONE_BY_ONE:
            middle = len(piece) // 2
            waiting += [piece[middle:], piece[:middle]]
    return kept


def _trimmed(blocks: list[list[int]], conflicting: Callable[[list[list[int]]], bool], slots: Slots) -> list[list[int]]:
    """Blocks cut to the days that matter: from the end, then from the start, by bisection."""
    for from_end in (True, False):
        days = sorted({slots.all[k].day for block in blocks for k in block})

        def cut(day: int, blocks: list[list[int]] = blocks, from_end: bool = from_end) -> list[list[int]]:
            if from_end:
                return [[k for k in block if slots.all[k].day <= day] for block in blocks]
            return [[k for k in block if slots.all[k].day >= day] for block in blocks]

        ordered = days if from_end else days[::-1]
        low, high = 0, len(ordered) - 1  # everything up to ordered[high] conflicts
        while low < high:
            middle = (low + high) // 2
            if conflicting(cut(ordered[middle])):
                high = middle
            else:
                low = middle + 1
        blocks = [block for block in cut(ordered[high]) if block]
    return blocks
