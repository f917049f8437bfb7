"""How many part-time professionals a pool takes, in all and from each firm, and whether enough can come.

Duties of four weeks are shared over firms so that their people are used alike, as far as
``firm_share_max`` lets them: of the A posts of one shift a firm fills at most max(1, ⌊share·posts⌋), B
posts are not limited. A duties are filled up to one level of use u, Σ_f min(u·capacity_f, limit_f) = A;
then B duties level the firms further, Σ_f max(0, v·capacity_f − a_f) = B (water-filling: no sharing has a
lower highest use in either step). People without a firm are not limited.

A person's capacity is the contract's duties in four weeks by the share that is taken up, and never more
than the days on which the person can come.

Whether enough can come on a day: of n people whose weekdays hold it each is away with the share q that
``leave.csv`` shows, independently: P(Bin(n, 1 − q) ≥ posts), since nobody has two duties a day. It is
asked for all posts, for each group (people with all its skills) and for nights (people who work nights);
the least of these is the tightest. It is necessary, not sufficient: who was on duty last night, and limits
of four weeks, are the roster's to count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from wfm.hotline import Agent, Contract, Hotline, Leave
from wfm.staffing.heads_needed import Team
from wfm.staffing.long_view import MonthWork, month_after

__all__ = [
    "FirmUse",
    "PoolSize",
    "TightDay",
    "away_share",
    "duty_capacity",
    "share_duties",
    "size_pool",
    "tightest_day",
]

Floats = NDArray[np.float64]

_FOUR_WEEKS = 28
_ENOUGH = 0.95

Scope = Literal["all", "group", "night"]


@dataclass(frozen=True, slots=True)
class FirmUse:
    """One firm in the pool; duties are those of four weeks."""

    firm: str
    people: int
    capacity: float
    """Duties that its people take up."""
    limit_a: float
    """A duties that ``firm_share_max`` allows; infinite where it does not limit."""
    duties: float
    """Duties that fall to it."""
    needed: int
    """People it takes for them."""

    @property
    def use(self) -> float:
        """Duties ÷ capacity; 0 without people."""
        return self.duties / self.capacity if self.capacity > 0 else 0.0


@dataclass(frozen=True, slots=True)
class TightDay:
    """The day and the posts for which too few people come most easily."""

    day: date
    scope: Scope
    group: str
    """The group whose posts they are, for the scope ``group``."""
    posts: int
    able: int
    """People whose weekdays, skills and nights allow it."""
    p_enough: float
    able_least: int
    """Of such people the fewest that come in sufficient number with 95 %."""


@dataclass(frozen=True, slots=True)
class PoolSize:
    """The pool in one month; duties are those of four weeks."""

    month: date
    people: int
    needed: int
    duties_a: float
    duties_b: float
    duties_per_head: float
    """Duties that one of today's people takes up, mean."""
    firms: tuple[FirmUse, ...]
    """By size, largest first; people without a firm stand under the empty name, last."""
    firms_least: int
    """Fewest firms that can fill the A posts of every shift."""
    unshared: float
    """A duties that no firm may take under ``firm_share_max``."""
    away_share: float
    tightest: TightDay | None


def size_pool(
    hotline: Hotline, team: Team, needed: float, month: MonthWork, agents: Sequence[Agent], leave: Sequence[Leave]
) -> PoolSize | None:
    """The pool that ``month`` takes, by firm; None where nobody of the team is under contract.

    Args:
        team: the answering team.
        needed: heads needed in the month, all contracts together.
        month: the month's posts.
        agents: everybody; those of the team's contracts that are no employees form the pool.
        leave: for the share of people who are away.
    """
    contracts = {m.contract.id: m.contract for m in team.members if not m.contract.employee}
    answering = {kind.id for kind in hotline.staff_kinds if kind.answers_calls}
    known = {kind.id for kind in hotline.staff_kinds}
    pool = [a for a in agents if a.contract in contracts and (a.staff_kind in answering or a.staff_kind not in known)]
    if not pool:
        return None
    share_of_team = len(pool) / team.people
    wanted = ceil(needed * share_of_team - 1e-9)
    per_four_weeks = _FOUR_WEEKS / (month_after(month.month, 1) - month.month).days
    posts = month.rostered.posts
    duties_a = sum(p.posts_a for p in posts) * share_of_team * per_four_weeks
    duties_b = sum(p.posts_b for p in posts) * share_of_team * per_four_weeks
    names = sorted({a.firm for a in pool if a.firm}, key=lambda f: (-sum(a.firm == f for a in pool), f))
    names += [""] if any(not a.firm for a in pool) else []
    taken = {m.contract.id: m.outlook.taken_share for m in team.members}
    away = away_share(pool, leave)
    capacity = np.array(
        [
            sum(duty_capacity(contracts[a.contract], taken[a.contract], a, away) for a in pool if a.firm == f)
            for f in names
        ]
    )
    limit = _firm_limit(hotline, month, share_of_team) * per_four_weeks
    limits = np.array([limit if f else inf for f in names])
    shared_a, shared_b = share_duties(capacity, limits, duties_a, duties_b)
    duties = shared_a + shared_b
    needed_of = _largest_remainder(duties, wanted)
    firms = tuple(
        FirmUse(f, sum(a.firm == f for a in pool), float(capacity[n]), float(limits[n]), float(duties[n]), needed_of[n])
        for n, f in enumerate(names)
    )
    return PoolSize(
        month=month.month,
        people=len(pool),
        needed=wanted,
        duties_a=duties_a,
        duties_b=duties_b,
        duties_per_head=float(capacity.sum()) / len(pool),
        firms=firms,
        firms_least=_firms_least(hotline, month),
        unshared=max(duties_a - float(shared_a.sum()), 0.0),
        away_share=away,
        tightest=tightest_day(hotline, pool, away, month) if share_of_team == 1 else None,
    )


def away_share(agents: Sequence[Agent], leave: Sequence[Leave]) -> float:
    """Share of person-days on leave, over the days from the first leave listed to the last."""
    ids = {agent.id for agent in agents}
    mine = [x for x in leave if x.agent in ids]
    if not mine:
        return 0.0
    spell = (max(x.last for x in mine) - min(x.first for x in mine)).days + 1
    return min(sum((x.last - x.first).days + 1 for x in mine) / (spell * len(ids)), 1.0)


def duty_capacity(contract: Contract, taken_share: float, agent: Agent, away: float) -> float:
    """Duties in four weeks that a person takes up: the contract's limit by the share taken, within the days free."""
    days = 4 * agent.weekdays.count("1") * (1 - away)
    limit = contract.duties_per_4_weeks_max
    return days if limit is None else min(limit * taken_share, days)


def share_duties(capacity: Floats, limit_a: Floats, duties_a: float, duties_b: float) -> tuple[Floats, Floats]:
    """A and B duties of each firm, used alike as far as the limits on A duties let it; arrays ``(F,)``.

    Where the limits hold less than ``duties_a``, each firm has its limit and the rest is left out.
    """
    most = np.where(capacity > 0, limit_a, 0.0)
    enough = duties_a < most.sum()
    shared_a = np.minimum(_level(capacity, most, duties_a) * capacity, most) if enough else most
    if capacity.sum() <= 0:
        return shared_a, np.zeros_like(capacity)
    # Level v with Σ max(0, v·capacity − a) = B: firms enter in the order of their use.
    use = np.divide(shared_a, capacity, out=np.full_like(capacity, inf), where=capacity > 0)
    order = np.argsort(use, kind="stable")
    level = 0.0
    for count in range(1, len(order) + 1):
        inside = order[:count]
        if capacity[inside].sum() <= 0:
            break
        level = (duties_b + shared_a[inside].sum()) / capacity[inside].sum()
        if count == len(order) or level <= use[order[count]]:
            break
    return shared_a, np.maximum(level * capacity - shared_a, 0.0)


def _level(capacity: Floats, most: Floats, total: float) -> float:
    """u with Σ min(u·capacity, most) = ``total``, which ``most`` exceeds together."""
    ratio = np.divide(most, capacity, out=np.full_like(capacity, inf), where=capacity > 0)
    order = np.argsort(ratio, kind="stable")
    full, open_capacity = 0.0, float(capacity.sum())
    for place in order:
        if open_capacity <= 0:
            break
        level = (total - full) / open_capacity
        if level <= ratio[place]:
            return level
        full += float(most[place])
        open_capacity -= float(capacity[place])
    return 0.0


def _largest_remainder(weights: Floats, total: int) -> list[int]:
    if weights.sum() <= 0:
        return [0] * len(weights)
    quota = weights * total / weights.sum()
    whole = np.floor(quota + 1e-9)
    order = np.argsort(-(quota - whole), kind="stable")
    whole[order[: int(total - whole.sum())]] += 1
    return [int(n) for n in whole]


def _posts_of_shift(month: MonthWork) -> dict[tuple[date, str], int]:
    """A posts that begin with a shift on a date, all groups together, as the rule counts them."""
    found: dict[tuple[date, str], int] = defaultdict(int)
    for post in month.rostered.posts:
        found[post.date, post.shift] += post.posts_a
    return found


def _most_of_firm(share: float, posts: int) -> int:
    return max(1, floor(share * posts + 1e-9)) if posts else 0


def _firm_limit(hotline: Hotline, month: MonthWork, share_of_team: float) -> float:
    """A duties of the month that one firm may fill."""
    share = hotline.rules.firm_share_max
    if share >= 1:
        return inf
    return share_of_team * sum(_most_of_firm(share, posts) for posts in _posts_of_shift(month).values())


def _firms_least(hotline: Hotline, month: MonthWork) -> int:
    share = hotline.rules.firm_share_max
    return max((ceil(n / _most_of_firm(share, n)) for n in _posts_of_shift(month).values() if n), default=0)


def tightest_day(hotline: Hotline, pool: Sequence[Agent], away: float, month: MonthWork) -> TightDay | None:
    """The day of the month and the posts with the least probability that enough people can come; None without posts."""
    night_shifts = {shift.id for shift in hotline.shifts if shift.night}
    posts: dict[tuple[date, Scope, str], int] = defaultdict(int)
    for post in month.rostered.posts:
        count = post.posts_a + post.posts_b
        posts[post.date, "all", ""] += count
        posts[post.date, "group", post.group] += count
        if post.shift in night_shifts:
            posts[post.date, "night", ""] += count
    able: dict[tuple[int, Scope, str], int] = {}
    skills = {group.id: set(group.lines) for group in hotline.groups}
    worst: TightDay | None = None
    for (day, scope, group), count in sorted(posts.items()):
        key = (day.weekday(), scope, group)
        if key not in able:
            able[key] = sum(
                agent.weekdays[day.weekday()] == "1"
                and (scope != "night" or agent.night)
                and skills.get(group, set()) <= set(agent.lines)
                for agent in pool
            )
        p_enough = float(stats.binom.sf(count - 1, able[key], 1 - away)) if count else 1.0
        relief = (p_enough, able[key] / max(count, 1))
        if count and (worst is None or relief < (worst.p_enough, worst.able / worst.posts)):
            worst = TightDay(day, scope, group, count, able[key], p_enough, _able_least(count, 1 - away))
    return worst


def _able_least(posts: int, there: float) -> int:
    """Fewest people of whom ``posts`` come with 95 %."""
    if there <= 0:
        return 0
    people = posts
    while stats.binom.sf(posts - 1, people, there) < _ENOUGH:
        people += 1
    return people
