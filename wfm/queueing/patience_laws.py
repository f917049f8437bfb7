"""How long callers wait before giving up: the laws that the queue with general patience is solved for.

A law says, at any time t, which share still waits and which is gone, and the time spent so far by one
and by the other: ∫₀ᵗ P(patience > u) du and ∫₀ᵗ P(patience ≤ u) du. The two shares, and the two times,
add up to 1 and to t; each is given with its own digits, so that neither has to be taken from the other.

A law is one for all cells, or has parameters per cell (arrays of shape ``(cells,)``). Mixtures are in
:mod:`~wfm.queueing.patience_mixtures`, laws drawn from records in :mod:`~wfm.queueing.recorded_patience`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.inputs import require
from wfm.queueing.poisson import Floats

__all__ = [
    "Curve",
    "Exponential",
    "PatienceLaw",
    "beside",
    "exponential_patience",
    "lognormal_patience",
    "weibull_patience",
]

NO_BREAKS: Floats = np.empty(0)
"""For laws whose survival is smooth for t > 0."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A law at some times; arrays of the times' shape."""

    survival: Floats
    """P(patience > t)."""
    given_up: Floats
    """P(patience ≤ t)."""
    survived_s: Floats
    """∫₀ᵗ P(patience > u) du = E[min(patience, t)]."""
    lost_s: Floats
    """∫₀ᵗ P(patience ≤ u) du = t − survived."""


class PatienceLaw(Protocol):
    """The law of callers' patience. Times have shape ``(cells,)`` or ``(cells, nodes)``, in seconds, from 0."""

    @property
    def cells(self) -> int | None:
        """How many cells the parameters are for; None for a law that is the same for all."""

    @property
    def mean_s(self) -> Floats:
        """Mean patience, a scalar array or ``(cells,)``; infinite where some callers never give up."""

    @property
    def hazard_at_zero(self) -> Floats:
        """Rate per second of giving up at the start of the wait, a scalar array or ``(cells,)``."""

    @property
    def never_share(self) -> Floats:
        """Share of callers who never give up, a scalar array or ``(cells,)``."""

    @property
    def breaks_s(self) -> Floats:
        """Times above zero where survival jumps or bends, rising; of any cell."""

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once."""

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""

    def at(self, cells: NDArray[np.intp]) -> PatienceLaw:
        """The law of these cells; itself where it is the same for all."""


def beside(parameter: Floats, t_s: Floats) -> Floats:
    """A parameter shaped to go with times of shape ``(cells,)`` or ``(cells, nodes)``."""
    return parameter[:, None] if parameter.ndim == 1 and t_s.ndim == 2 else parameter


def _of(parameter: Floats, cells: NDArray[np.intp]) -> Floats:
    return parameter[cells] if parameter.ndim else parameter


@dataclass(frozen=True, slots=True)
class Exponential:
    """Memoryless patience: Erlang A."""

    mean_s: Floats

    @property
    def cells(self) -> int | None:
        """Cells of the mean."""
        return self.mean_s.size if self.mean_s.ndim else None

    @property
    def hazard_at_zero(self) -> Floats:
        """1 ÷ mean."""
        return np.asarray(1 / self.mean_s)

    @property
    def never_share(self) -> Floats:
        """One where the mean is infinite."""
        return np.asarray(np.isinf(self.mean_s), dtype=np.float64)

    @property
    def breaks_s(self) -> Floats:
        """None."""
        return NO_BREAKS

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once."""
        rate = beside(np.asarray(1 / self.mean_s), t_s)
        gone = -np.expm1(-rate * t_s)
        with np.errstate(divide="ignore", invalid="ignore"):
            survived = np.where(rate > 0, gone / rate, t_s)
        return Curve(np.exp(-rate * t_s), gone, survived, t_s - survived)

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Exponential:
        """The law of these cells."""
        return Exponential(self.mean_s[cells]) if self.mean_s.ndim else self


@dataclass(frozen=True, slots=True)
class Weibull:
    """P(patience > t) = exp(−(t/scale)^shape)."""

    scale_s: Floats
    shape: Floats

    @property
    def cells(self) -> int | None:
        """Cells of the parameters."""
        return self.scale_s.size if self.scale_s.ndim else None

    @property
    def mean_s(self) -> Floats:
        """scale·Γ(1 + 1/shape)."""
        return np.asarray(self.scale_s * special.gamma(1 + 1 / self.shape))

    @property
    def hazard_at_zero(self) -> Floats:
        """Infinite for shapes below 1, zero above."""
        return np.select([self.shape < 1, self.shape > 1], [np.inf, 0.0], 1 / self.scale_s)

    @property
    def never_share(self) -> Floats:
        """None."""
        return np.asarray(0.0)

    @property
    def breaks_s(self) -> Floats:
        """None."""
        return NO_BREAKS

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once; ∫₀ᵗ u dP = mean·P(1 + 1/shape, (t/scale)^shape)."""
        scale, shape = beside(self.scale_s, t_s), beside(self.shape, t_s)
        with np.errstate(over="ignore"):
            power = (t_s / scale) ** shape
        survival, gone = np.exp(-power), -np.expm1(-power)
        spent = beside(self.mean_s, t_s) * special.gammainc(1 + 1 / shape, power)
        return Curve(survival, gone, t_s * survival + spent, np.maximum(t_s * gone - spent, 0.0))

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Weibull:
        """The law of these cells."""
        return Weibull(_of(self.scale_s, cells), _of(self.shape, cells)) if self.scale_s.ndim else self


@dataclass(frozen=True, slots=True)
class Lognormal:
    """ln(patience) is normal with mean ``log_median`` and standard deviation ``sigma``."""

    log_median: Floats
    sigma: Floats

    @property
    def cells(self) -> int | None:
        """Cells of the parameters."""
        return self.sigma.size if self.sigma.ndim else None

    @property
    def mean_s(self) -> Floats:
        """exp(log_median + σ²/2)."""
        return np.asarray(np.exp(self.log_median + self.sigma**2 / 2))

    @property
    def hazard_at_zero(self) -> Floats:
        """Nobody gives up at once."""
        return np.asarray(0.0)

    @property
    def never_share(self) -> Floats:
        """None."""
        return np.asarray(0.0)

    @property
    def breaks_s(self) -> Floats:
        """None."""
        return NO_BREAKS

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once; ∫₀ᵗ u dP = mean·Φ(z − σ)."""
        sigma = beside(self.sigma, t_s)
        with np.errstate(divide="ignore"):
            z = (np.log(t_s) - beside(self.log_median, t_s)) / sigma
        tail = special.ndtr(-np.abs(z))
        late = z > 0
        survival, gone = np.where(late, tail, 1 - tail), np.where(late, 1 - tail, tail)
        spent = beside(self.mean_s, t_s) * special.ndtr(z - sigma)
        return Curve(survival, gone, t_s * survival + spent, np.maximum(t_s * gone - spent, 0.0))

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Lognormal:
        """The law of these cells."""
        return Lognormal(_of(self.log_median, cells), _of(self.sigma, cells)) if self.sigma.ndim else self


def exponential_patience(mean_s: ArrayLike) -> Exponential:
    """Memoryless patience of this mean, one or per cell; infinite: never gives up.

    Raises:
        BadInput: a mean is not above zero.
    """
    mean = _parameter(mean_s, say("mean patience in seconds"))
    require(mean > 0, mean, say("mean patience in seconds"), say("above zero, or infinite"))
    return Exponential(mean)


def weibull_patience(mean_s: ArrayLike, shape: ArrayLike) -> Weibull:
    """Weibull patience; a shape below 1 means that who has waited long is more likely to stay.

    Raises:
        BadInput: a mean is not above zero and finite, or a shape lies outside 0.1 … 100.
    """
    mean, power = _together(_mean(mean_s), _parameter(shape, say("shape of Weibull patience")))
    require((power >= 0.1) & (power <= 100), power, say("shape of Weibull patience"), say("between 0.1 and 100"))
    return Weibull(np.asarray(mean / special.gamma(1 + 1 / power)), power)


def lognormal_patience(mean_s: ArrayLike, cv: ArrayLike) -> Lognormal:
    """Lognormal patience of this mean and coefficient of variation, one or per cell.

    Raises:
        BadInput: a mean is not above zero and finite, or a coefficient of variation lies outside 0.001 … 100.
    """
    mean, spread = _together(_mean(mean_s), _parameter(cv, say("cv of lognormal patience")))
    require((spread >= 0.001) & (spread <= 100), spread, say("cv of lognormal patience"), say("between 0.001 and 100"))
    variance = np.log1p(spread**2)
    return Lognormal(np.asarray(np.log(mean) - variance / 2), np.asarray(np.sqrt(variance)))


def _mean(mean_s: ArrayLike) -> Floats:
    mean = _parameter(mean_s, say("mean patience in seconds"))
    require(np.isfinite(mean) & (mean > 0), mean, say("mean patience in seconds"), say("finite and above zero"))
    return mean


def _parameter(values: ArrayLike, what: str) -> Floats:
    """A scalar or one value per cell."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim > 1:
        raise BadInput(
            say(
                "{what}: found an array of shape {shape}, must be one number or a list of numbers",
                what=what,
                shape=str(array.shape),
            )
        )
    return array


def _together(first: Floats, second: Floats) -> tuple[Floats, Floats]:
    """Two parameters of one shape."""
    if first.ndim and second.ndim and first.size != second.size:
        raise BadInput(say("arrays of shapes {shapes} do not fit together", shapes=f"{first.shape}, {second.shape}"))
    a, b = np.broadcast_arrays(first, second)
    return np.array(a), np.array(b)
