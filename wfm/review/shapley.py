"""A gap between two values split exactly among the inputs that differ: Shapley values.

A factor's share is what its change from planned to actual brings, averaged over every order in which the factors
could have changed one after another (L. S. Shapley 1953, "A value for n-person games", Contributions to the Theory
of Games II, Princeton, pp. 307–317)::

    share_i = Σ_{S ⊆ N∖{i}} |S|!·(n − |S| − 1)!/n! · (v(S ∪ {i}) − v(S)),

where v(S) is the value with the factors of S as they were and the others as planned. It is the only split that sums
to v(N) − v(∅) (efficiency), gives equal shares to factors that change every coalition alike (symmetry), nothing to a
factor that never matters (null player), and adds up over sums of values (linearity). Changing one factor at a time
instead leaves a rest that depends on the order.

All 2^n coalitions are evaluated, each once: exact, and no drawing of orders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say

__all__ = ["FACTORS_MAX", "GapSplit", "coalitions", "shapley_weights", "split_gap", "split_values"]

T = TypeVar("T")
Floats = NDArray[np.float64]
Coalition = frozenset[str]

FACTORS_MAX = 6
"""More factors would ask for more than 64 evaluations."""


@dataclass(frozen=True, slots=True)
class GapSplit:
    """A gap and its parts; every value has the shape that ``evaluate`` returns (``()`` for a number)."""

    planned: Floats
    """Value with every factor as planned."""
    actual: Floats
    """Value with every factor as it was."""
    shares: dict[str, Floats]
    """What each factor brought, in the order given; they sum to ``actual − planned``."""
    values: dict[Coalition, Floats]
    """Value of every coalition: the factors named are as they were, the others as planned."""

    @property
    def gap(self) -> Floats:
        """``actual − planned``."""
        difference: Floats = self.actual - self.planned
        return difference

    def luck(self, observed: ArrayLike) -> Floats:
        """What no factor explains: ``observed − actual``. With the shares it sums to ``observed − planned``."""
        rest: Floats = np.asarray(observed, dtype=np.float64) - self.actual
        return rest

    def alone(self, factor: str) -> Floats:
        """What the factor's change brings if nothing else changes."""
        difference: Floats = self.values[frozenset({factor})] - self.planned
        return difference


def coalitions(factors: Sequence[str]) -> list[Coalition]:
    """Every subset of the factors, the smaller ones first; the first is empty and the last holds all."""
    return [frozenset(chosen) for size in range(len(factors) + 1) for chosen in combinations(factors, size)]


def shapley_weights(factors: Sequence[str]) -> dict[str, dict[Coalition, float]]:
    """Weight of every coalition's value in each factor's share: Σ_S weight·v(S) is the share.

    The weights of a factor are the same for whatever is evaluated, so that the error of a share follows from that of
    the values.
    """
    n = len(factors)
    weights: dict[str, dict[Coalition, float]] = {}
    for factor in factors:
        its: dict[Coalition, float] = {}
        for coalition in coalitions(factors):
            others = len(coalition) - (factor in coalition)
            weight = factorial(others) * factorial(n - others - 1) / factorial(n)
            its[coalition] = weight if factor in coalition else -weight
        weights[factor] = its
    return weights


def split_values(values: Mapping[Coalition, ArrayLike], factors: Sequence[str]) -> GapSplit:
    """The split from the values of all coalitions.

    Args:
        values: each coalition of :func:`coalitions`, numbers or arrays of one shape.
        factors: names of the factors.

    Raises:
        KeyError: a coalition is missing.
    """
    known = {c: np.asarray(values[c], dtype=np.float64) for c in coalitions(factors)}
    shares = {}
    for factor, weights in shapley_weights(factors).items():
        # Differences first: what a factor never changes has a share of exactly zero.
        parts = [
            weights[coalition | {factor}] * (known[coalition | {factor}] - known[coalition])
            for coalition in known
            if factor not in coalition
        ]
        shares[factor] = np.asarray(np.sum(parts, axis=0), dtype=np.float64)
    return GapSplit(planned=known[frozenset()], actual=known[frozenset(factors)], shares=shares, values=known)


def split_gap(
    evaluate: Callable[[Mapping[str, T]], ArrayLike],
    planned: Mapping[str, T],
    actual: Mapping[str, T],
    factors: Sequence[str],
    *,
    progress: Progress = no_progress,
) -> GapSplit:
    """``evaluate(actual) − evaluate(planned)`` split among the factors.

    Args:
        evaluate: value of inputs, one for each factor: a number, or an array of several values split alike.
        planned: each factor's input as planned.
        actual: each factor's input as it was.
        factors: their names, at most :data:`FACTORS_MAX`; none twice.
        progress: told how many coalitions are evaluated.

    Raises:
        BadInput: there is no factor or there are too many, one stands twice, or an input is missing.
    """
    if not 1 <= len(factors) <= FACTORS_MAX:
        raise BadInput(say("a gap is split among 1 to {most} factors, found {n}", most=FACTORS_MAX, n=len(factors)))
    if len(set(factors)) != len(factors):
        raise BadInput(say("a gap is split among different factors, found one of them twice"))
    for factor in factors:
        if factor not in planned or factor not in actual:
            raise BadInput(say("factor {factor}: its planned and its actual input are both needed", factor=factor))
    wanted = coalitions(factors)
    values: dict[Coalition, ArrayLike] = {}
    for done, coalition in enumerate(wanted):
        progress(done, len(wanted))
        values[coalition] = evaluate({f: (actual if f in coalition else planned)[f] for f in factors})
    progress(len(wanted), len(wanted))
    return split_values(values, factors)
