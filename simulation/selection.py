"""Which of many scenarios is best, with replications spent where they decide.

Replication r of every scenario draws the same numbers, so scenarios are told apart by their paired differences from the
one that leads. Scenario i plays replications 0 … nᵢ − 1, the leader as many as any; the difference D̄ᵢ to the leader is the
mean over the nᵢ pairs.

**Spending.** With δᵢ the difference and σᵢ its standard deviation, the probability of a wrong choice is at most
Σ Φ(−δᵢ·√nᵢ/σᵢ). Where it falls fastest, all terms fall alike: nᵢ ∝ (σᵢ/δᵢ)². That is optimal computing budget allocation (Chen, Lin,
Yücesan, Chick 2000, "Simulation budget allocation for further enhancing the efficiency of ordinal optimization", Discrete
Event Dynamic Systems 10:251–270, theorem 1) for pairs (Fu, Hu, Chen, Xiong 2007, "Simulation allocation for determining the best
design in the presence of correlated sampling", INFORMS J. Computing 19:101–111): the leader's share is the largest of the others', not
the root of their squares' sum, because one replication of it serves every pair.

**Knowing.** Given the replications, the true differences are taken as Student's t around D̄ with the covariance of their means
(a vague prior); drawn from it, the share of draws in which a scenario is best is the probability that it is. Replicating ends
when the leader is within the indifference of the best with the probability asked for, bounded from below by the product
over the others (Branke, Chick, Schmidt 2007, "Selecting a selection procedure", Management Science 53:1916–1932, rule
PGS with Slepian's inequality): a rule that looks at the data again and again does well to be careful. So that none is
left behind for an unlucky start, each scenario gets a share of what equal spending would give it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np
from numpy.typing import NDArray
from scipy import special

from simulation.centre import Centre
from simulation.engine import Engine
from simulation.estimates import Estimate, estimate, independent, period_values
from simulation.experiment import BatchLedger, Replications, play_replications
from simulation.pairs import kpi_named, require_same_paths
from wfm.errors import BadInput
from wfm.execution import Executor, Progress, no_progress
from wfm.i18n import say

__all__ = ["Choice", "Sample", "choose_best", "next_replications", "probability_best", "require_choice", "spend"]

Floats = NDArray[np.float64]
Sample = Callable[[Sequence[Replications]], list[Floats]]
"""Plays the wanted replications and returns one value for each, smaller is better."""

DRAWS = 20_000
"""Draws from the posterior: the probabilities are within 0.7 % of it."""

REPLICATIONS_MIN = 20
"""Replications of each scenario at first."""

STAGE_SHARE = 0.2
"""Replications of a stage as a share of those played."""

FLOOR_SHARE = 0.3
"""Each scenario gets at least about this share of what equal spending would give it."""

FLAT_SD = 0.1
"""A difference below so many standard errors counts as that many: of two that cannot be told apart, neither starves the rest."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """Where each scenario stands against the leader, entries (k,)."""

    leader: int
    difference: Floats
    """Mean of the paired differences to the leader; 0 for itself."""
    error: Floats
    """Standard error of that."""
    pairs: NDArray[np.int64]
    correlation: Floats
    """(k, k) of the differences."""
    freedom: int


def _mean(sample: Floats) -> float:
    return float(np.nanmean(sample)) if np.isfinite(sample).any() else inf


def _pairs(samples: Sequence[Floats], leader: int) -> list[Floats]:
    """Differences to the leader over the replications that both have played."""
    ends = [min(len(sample), len(samples[leader])) for sample in samples]
    return [sample[:n] - samples[leader][:n] for sample, n in zip(samples, ends, strict=True)]


def _leader(samples: Sequence[Floats]) -> int:
    """The scenario that no other beats in pairs; means over different replications alone would compare their luck."""
    leader = int(np.argmin([_mean(sample) for sample in samples]))
    seen = {leader}
    while True:
        differences = [_mean(gap) for gap in _pairs(samples, leader)]
        ahead = int(np.argmin(differences))
        if not differences[ahead] < 0 or ahead in seen:
            return leader
        leader = ahead
        seen.add(leader)


def _standing(samples: Sequence[Floats], paths: int) -> _Standing:
    leader, k = _leader(samples), len(samples)
    gaps = _pairs(samples, leader)
    known = [independent(gap, paths) for gap in gaps]
    difference = np.array([float(gap.mean()) if len(gap) else inf for gap in known])
    error = np.array([float(gap.std(ddof=1) / np.sqrt(len(gap))) if len(gap) > 1 else inf for gap in known])
    common = min(len(gap) for gap in gaps)
    together = np.array([gap[:common] for gap in gaps])
    together = together[:, ~np.isnan(together).any(axis=0)]
    spread = together - together.mean(axis=1, keepdims=True) if together.shape[1] else np.zeros((k, 1))
    size = np.sqrt((spread**2).sum(axis=1))
    unit = spread / np.where(size > 0, size, 1.0)[:, None]
    return _Standing(
        leader,
        difference,
        error,
        np.array([len(gap) for gap in gaps]),
        unit @ unit.T,
        max(min(len(gap) for gap in known) - 1, 1),
    )


def probability_best(samples: Sequence[Floats], *, indifference: float = 0.0, paths: int = 1) -> tuple[Floats, float]:
    """Probability that each scenario is best, and that the leader is within the indifference of the best.

    Args:
        samples: One value a replication of each scenario, from replication 0 on; smaller is better. NaN: undefined.
        indifference: Differences up to this do not matter.
        paths: Sample paths that replications take in turn.

    Returns:
        ``(k,)`` probabilities that add up to 1 (scenarios that are equal share theirs), and a lower bound of that of a good
        choice.
    """
    at = _standing(samples, paths)
    k = len(samples)
    rng = np.random.default_rng(k)
    # Means over the first n and the first m replications of correlated sequences: correlation times √(smaller ÷ larger).
    fewer, more = np.minimum.outer(at.pairs, at.pairs), np.maximum.outer(at.pairs, at.pairs)
    covariance = at.correlation * np.sqrt(fewer / more)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = rng.standard_normal((DRAWS, k)) @ root.T
    scale = np.sqrt(at.freedom / rng.chisquare(at.freedom, DRAWS))[:, None]
    finite = np.isfinite(at.error) & np.isfinite(at.difference)
    true = np.where(
        finite, np.where(finite, at.difference, 0.0) + normal * scale * np.where(finite, at.error, 0.0), inf
    )
    true[:, at.leader] = 0.0
    best = true <= true.min(axis=1, keepdims=True)
    probability: Floats = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ahead = (at.difference + indifference) / at.error
    # Two that never differ: neither is better.
    ahead = np.where((at.error == 0) & (at.difference + indifference == 0), inf, ahead)
    ahead[at.leader] = inf
    single = np.where(finite, special.stdtr(at.freedom, ahead), 0.0)
    return probability, float(np.prod(single))


def next_replications(samples: Sequence[Floats], extra: int, *, indifference: float = 0.0, paths: int = 1) -> list[int]:
    """How many replications each scenario shall have after ``extra`` more are spent where they decide.

    No scenario gets fewer than it has, and the leader has as many as any. The sum may exceed the budget by what that takes.
    """
    at = _standing(samples, paths)
    played = np.array([len(s) for s in samples])
    spread = np.where(np.isfinite(at.error), at.error, 0.0) * np.sqrt(at.pairs)
    apart = np.maximum(np.maximum(at.difference, indifference), FLAT_SD * np.where(at.error > 0, at.error, 1.0))
    weight = np.where(np.isfinite(apart), (spread / apart) ** 2, 0.0)
    weight[at.leader] = 0.0
    weight[at.leader] = weight.max()
    weight = np.maximum(weight, FLOOR_SHARE * weight.mean())
    if not weight.sum() > 0:
        weight[:] = 1.0
    budget = int(played.sum()) + extra
    # Those that have more than their share already keep it; the rest of the budget goes to the others.
    open_ = np.ones(len(played), dtype=bool)
    target = played.astype(float)
    while open_.any():
        rest = budget - played[~open_].sum()
        share = np.where(open_, rest * weight / max(float(weight[open_].sum()), 1e-300), played)
        over = open_ & (share < played)
        if not over.any():
            target = share
            break
        open_ &= ~over
    ends = np.maximum(np.ceil(target - 1e-9).astype(int), played)
    ends[at.leader] = ends.max()
    return [int(n) for n in ends]


@dataclass(frozen=True, slots=True)
class Choice:
    """The scenario that is best, as far as the replications tell."""

    best: str
    probability: dict[str, float]
    """Probability that each is the best."""
    p_good: float
    """Probability, at least, that the chosen one is within the indifference of the best."""
    reached: bool
    """Whether that is as large as asked; else the budget was spent first."""
    estimates: dict[str, Estimate]
    replications: dict[str, int]

    @property
    def replications_total(self) -> int:
        """Replications of all scenarios together."""
        return sum(self.replications.values())


def spend(
    sample: Sample,
    scenarios: int,
    *,
    p_good: float,
    indifference: float = 0.0,
    replications_min: int = 20,
    replications_max: int = 10_000,
    paths: int = 1,
    progress: Progress = no_progress,
) -> tuple[list[Floats], Floats, float]:
    """Replicate until the best scenario is known, or the budget is spent; smaller values are better.

    Returns:
        The values of each scenario, and both results of :func:`probability_best`.
    """
    values: list[Floats] = [np.zeros(0)] * scenarios
    ends = [replications_min] * scenarios
    while True:
        wanted = [Replications(i, len(v), end - len(v)) for i, (v, end) in enumerate(zip(values, ends, strict=True))]
        wanted = [part for part in wanted if part.size > 0]
        for part, found in zip(wanted, sample(wanted), strict=True):
            values[part.centre] = np.concatenate([values[part.centre], found])
        played = sum(len(v) for v in values)
        progress(played, replications_max)
        probability, good = probability_best(values, indifference=indifference, paths=paths)
        if good >= p_good or played >= replications_max:
            progress(replications_max, replications_max)
            return values, probability, good
        extra = min(max(ceil(played * STAGE_SHARE), scenarios), replications_max - played)
        ends = next_replications(values, extra, indifference=indifference, paths=paths)


def require_choice(
    scenarios: int, p_good: float, indifference: float, replications_min: int, replications_max: int
) -> None:
    """Refuse what :func:`choose_best` cannot choose by.

    Raises:
        BadInput: fewer than two scenarios, or a number out of range.
    """
    if scenarios < 2:
        raise BadInput(say("a choice needs at least two scenarios, found {n}", n=scenarios))
    if not 0 < p_good < 1:
        raise BadInput(say("choice: the probability must lie between 0 and 1, found {found:g}", found=p_good))
    if not 0 <= indifference < inf:
        raise BadInput(say("choice: the indifference must be at least 0, found {found:g}", found=indifference))
    if not replications_min >= 2 or replications_min * scenarios > replications_max:
        raise BadInput(
            say(
                "choice: {least} replications of each of {n} scenarios at first do not fit between 2 each and {most} in all",
                least=replications_min,
                n=scenarios,
                most=replications_max,
            )
        )


def choose_best(
    centres: Mapping[str, Centre],
    *,
    seed: int,
    kpi: str,
    p_good: float = 0.95,
    indifference: float = 0.0,
    replications_min: int = REPLICATIONS_MIN,
    replications_max: int = 10_000,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    workers: int = 1,
    ledger: BatchLedger | None = None,
    progress: Progress = no_progress,
) -> Choice:
    """The scenario with the best mean of a KPI, replicated only as far as it takes to tell.

    Args:
        centres: Two or more, by name.
        seed: Seed of every draw, the same for all.
        kpi: Identifier of the KPI; it says whether more or less is better.
        p_good: Probability with which the chosen one shall be within ``indifference`` of the best.
        indifference: Differences up to this do not matter (unit of the KPI); 0 never ends where two are equal.
        replications_min: Of each scenario, at first.
        replications_max: Of all scenarios together; a stage may exceed it by the pairs it completes.
        engine: Which engine plays.
        executor: Where.
        workers: Local processes at most, where no executor is given.
        ledger: Finished batches are read from it and written to it.
        progress: Told how many replications of the budget are spent.

    Raises:
        BadInput: fewer than two scenarios, an unknown KPI, or a number out of range.
    """
    require_choice(len(centres), p_good, indifference, replications_min, replications_max)
    chosen, paths = kpi_named(kpi), require_same_paths(centres)
    sign = 1.0 if chosen.better == "lower" else -1.0

    def sample(wanted: Sequence[Replications]) -> list[Floats]:
        tables = play_replications(
            tuple(centres.values()), wanted, seed=seed, engine=engine, executor=executor, workers=workers, ledger=ledger
        )
        return [sign * period_values(table, chosen) for table in tables]

    values, probability, good = spend(
        sample,
        len(centres),
        p_good=p_good,
        indifference=indifference,
        replications_min=replications_min,
        replications_max=replications_max,
        paths=paths,
        progress=progress,
    )
    names = list(centres)
    return Choice(
        best=names[_standing(values, paths).leader],
        probability=dict(zip(names, probability.tolist(), strict=True)),
        p_good=good,
        reached=good >= p_good,
        estimates={name: estimate(sign * v, paths=paths) for name, v in zip(names, values, strict=True)},
        replications={name: len(v) for name, v in zip(names, values, strict=True)},
    )
