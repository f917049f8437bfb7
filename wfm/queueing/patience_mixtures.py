"""Callers of several kinds in one queue: mixtures of laws of patience."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.inputs import require
from wfm.queueing.patience_laws import Curve, Exponential, PatienceLaw, beside, exponential_patience
from wfm.queueing.poisson import Floats

__all__ = ["Mixture", "hyperexponential_patience", "memoryless_mean", "mixed_patience"]


@dataclass(frozen=True, slots=True)
class Mixture:
    """Callers of several kinds, each with a law of its own."""

    laws: tuple[PatienceLaw, ...]
    weights: Floats
    """Share of each kind: ``(laws,)``, or ``(cells, laws)``."""

    @property
    def cells(self) -> int | None:
        """Cells of the weights or of the first law that has any."""
        if self.weights.ndim == 2:
            return len(self.weights)
        return next((law.cells for law in self.laws if law.cells is not None), None)

    @property
    def mean_s(self) -> Floats:
        """Mean over the kinds."""
        return self._mixed([law.mean_s for law in self.laws])

    @property
    def hazard_at_zero(self) -> Floats:
        """Mean over the kinds: nobody is gone yet."""
        return self._mixed([law.hazard_at_zero for law in self.laws])

    @property
    def never_share(self) -> Floats:
        """Mean over the kinds."""
        return self._mixed([law.never_share for law in self.laws])

    @property
    def breaks_s(self) -> Floats:
        """Those of all kinds."""
        return np.unique(np.concatenate([law.breaks_s for law in self.laws]))

    def _mixed(self, values: Sequence[Floats]) -> Floats:
        total = np.asarray(0.0)
        for k, value in enumerate(values):
            weight = self.weights[..., k]
            # A kind that nobody is of counts for nothing, even where its value is infinite.
            total = total + np.where(weight > 0, weight * np.where(weight > 0, value, 0.0), 0.0)
        return np.asarray(total)

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once."""
        survival, gone, survived, lost = (np.zeros(t_s.shape) for _ in range(4))
        for k, law in enumerate(self.laws):
            weight = beside(self.weights[..., k], t_s)
            if (weight > 0).any():
                part = law.curve(t_s)
                survival += weight * part.survival
                gone += weight * part.given_up
                survived += weight * part.survived_s
                lost += weight * part.lost_s
        return Curve(survival, gone, survived, lost)

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Mixture:
        """The law of these cells."""
        if self.cells is None:
            return self
        weights = self.weights[cells] if self.weights.ndim == 2 else self.weights
        return Mixture(tuple(law.at(cells) for law in self.laws), weights)


def hyperexponential_patience(means_s: ArrayLike, weights: ArrayLike) -> Mixture:
    """Exponential callers of several means: ``means_s`` of shape ``(kinds,)``, ``weights`` ``(kinds,)`` or ``(cells, kinds)``.

    Raises:
        BadInput: a mean is not above zero, or the weights are negative, all zero or of another number.
    """
    means = np.asarray(means_s, dtype=np.float64)
    if means.ndim != 1:
        raise BadInput(
            say(
                "means of hyperexponential patience must be a list, found an array of shape {shape}",
                shape=str(means.shape),
            )
        )
    return mixed_patience([exponential_patience(mean) for mean in means], weights)


def mixed_patience(laws: Sequence[PatienceLaw], weights: ArrayLike) -> Mixture:
    """Callers of several kinds in one queue, such as several lines that share their agents.

    First come, first served, and equal handling times: then the law of the queue depends on patience only
    through the mixture, and this is exact. ``weights`` has shape ``(laws,)`` or ``(cells, laws)`` and need
    not add up to 1.

    Raises:
        BadInput: the weights are negative, not finite, all zero in a cell, or of another number than the laws.
    """
    shares = np.asarray(weights, dtype=np.float64)
    if shares.ndim not in (1, 2) or shares.shape[-1] != len(laws) or not len(laws):
        raise BadInput(
            say(
                "weights of mixed patience have shape {shape}; the last length must be the number of laws, {count}",
                shape=str(shares.shape),
                count=len(laws),
            )
        )
    require(
        np.isfinite(shares) & (shares >= 0), shares, say("weights of mixed patience"), say("finite and not negative")
    )
    total = shares.sum(axis=-1, keepdims=True)
    require(total > 0, total, say("sum of the weights of mixed patience"), say("above zero"))
    sizes = {law.cells for law in laws} | {len(shares) if shares.ndim == 2 else None}
    if len(sizes - {None}) > 1:
        raise BadInput(say("laws and weights of mixed patience are for different numbers of intervals"))
    return Mixture(tuple(laws), shares / total)


def memoryless_mean(law: PatienceLaw) -> Floats:
    """Mean patience where the law is exponential, or only its exponential kind has callers; NaN elsewhere.

    A scalar array, or ``(cells,)``.
    """
    if isinstance(law, Exponential):
        return law.mean_s
    if not isinstance(law, Mixture):
        return np.asarray(np.nan)
    mean, kinds = np.asarray(np.nan), np.asarray((law.weights > 0).sum(axis=-1))
    for k, part in enumerate(law.laws):
        mean = np.where((kinds == 1) & (law.weights[..., k] > 0), memoryless_mean(part), mean)
    return np.asarray(mean)
