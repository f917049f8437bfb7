"""Patience as it was recorded: given times, or waits that ended with an answer before patience did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.inputs import require
from wfm.queueing.patience_laws import Curve
from wfm.queueing.poisson import Floats

__all__ = ["Stepped", "empirical_patience", "patience_from_waits"]


@dataclass(frozen=True, slots=True)
class Stepped:
    """Patience that ends at given times, and for the rest of the callers at a constant rate after the last."""

    times_s: Floats
    """Where patience ends, rising, each once."""
    shares: Floats
    """Share of callers whose patience ends there."""
    rest_share: Floats
    """Scalar array: those whose patience outlasts ``rest_from_s``."""
    rest_from_s: Floats
    rest_mean_s: Floats
    """Mean patience beyond ``rest_from_s``."""

    @property
    def cells(self) -> int | None:
        """The same for all."""
        return None

    @property
    def mean_s(self) -> Floats:
        """Mean patience."""
        return np.asarray((self.shares * self.times_s).sum() + self.rest_share * (self.rest_from_s + self.rest_mean_s))

    @property
    def hazard_at_zero(self) -> Floats:
        """Infinite where some give up as soon as they have to wait."""
        return np.asarray(np.inf if self.times_s.size and self.times_s[0] == 0 else 0.0)

    @property
    def never_share(self) -> Floats:
        """None."""
        return np.asarray(0.0)

    @property
    def breaks_s(self) -> Floats:
        """The steps, and where the rest begins."""
        found = np.append(self.times_s, self.rest_from_s) if self.rest_share > 0 else self.times_s
        return np.unique(found[found > 0])

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once."""
        zero = np.zeros(1)
        gone_by = np.concatenate([zero, np.cumsum(self.shares)])
        left_after = np.concatenate([np.cumsum(self.shares[::-1])[::-1], zero])
        spent_by = np.concatenate([zero, np.cumsum(self.shares * self.times_s)])
        passed = np.searchsorted(self.times_s, t_s, side="right")
        late = np.maximum(t_s - self.rest_from_s, 0.0)
        ended = -np.expm1(-late / self.rest_mean_s)
        gone, left, spent = gone_by[passed], left_after[passed], spent_by[passed]
        # How far the rest's time spent waiting lags behind the clock.
        lag = self.rest_share * (late - self.rest_mean_s * ended)
        return Curve(
            left + self.rest_share * np.exp(-late / self.rest_mean_s),
            gone + self.rest_share * ended,
            t_s * (left + self.rest_share) + spent - lag,
            np.maximum(t_s * gone - spent, 0.0) + lag,
        )

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Stepped:
        """Itself."""
        return self


def empirical_patience(times_s: ArrayLike, weights: ArrayLike | None = None) -> Stepped:
    """Callers whose patience is one of the given times, equally likely or by weight.

    Raises:
        BadInput: no times, or a time or weight is negative or not finite, or all weights are zero.
    """
    times = np.ravel(np.asarray(times_s, dtype=np.float64))
    counts = np.ones_like(times) if weights is None else np.ravel(np.asarray(weights, dtype=np.float64))
    if not times.size:
        raise BadInput(say("empirical patience needs at least one time"))
    if counts.shape != times.shape:
        raise BadInput(
            say("empirical patience has {times} times but {weights} weights", times=times.size, weights=counts.size)
        )
    require(np.isfinite(times) & (times >= 0), times, say("times of patience"), say("finite and not negative"))
    require(np.isfinite(counts) & (counts >= 0), counts, say("weights of patience"), say("finite and not negative"))
    total = counts.sum(keepdims=True)
    require(total > 0, total, say("sum of the weights of patience"), say("above zero"))
    different, which = np.unique(times, return_inverse=True)
    shares = np.bincount(which, counts) / total
    nobody = np.asarray(0.0)
    return Stepped(different, shares, nobody, np.asarray(different[-1]), np.asarray(1.0))


def patience_from_waits(waits_s: ArrayLike, gave_up: ArrayLike) -> Stepped:
    """Patience estimated from recorded waits, where an answer cuts short what patience would have been.

    The product-limit estimate (E. L. Kaplan and P. Meier 1958), on the assumption that how long callers are
    made to wait does not depend on how patient they are. A caller answered at the same second as another gives
    up counts as still waiting then. Callers beyond the longest recorded wait T, a share S(T) of whom nothing is
    known, give up after it at the constant rate −ln S(T)/T, so that survival goes on as the exponential through
    that last point (B. W. Brown, M. Hollander and R. M. Korwar 1974).

    Args:
        waits_s: recorded waits.
        gave_up: whether each wait ended with giving up (else with an answer).

    Raises:
        BadInput: no waits, a wait is negative or not finite, lengths differ, or nobody gave up after waiting.
    """
    waits = np.ravel(np.asarray(waits_s, dtype=np.float64))
    lost = np.ravel(np.asarray(gave_up, dtype=bool))
    if lost.shape != waits.shape:
        raise BadInput(say("{waits} waits but {marks} marks of who gave up", waits=waits.size, marks=lost.size))
    require(np.isfinite(waits) & (waits >= 0), waits, say("recorded waits in seconds"), say("finite and not negative"))
    times, ended = np.unique(waits[lost], return_counts=True)
    if not times.size or times[-1] == 0:
        raise BadInput(say("patience cannot be estimated from waits among which nobody gave up after waiting"))
    at_risk = waits.size - np.searchsorted(np.sort(waits), times, side="left")
    survival = np.cumprod(1 - ended / at_risk)
    shares = -np.diff(survival, prepend=1.0)
    last, rest = waits.max(), survival[-1]
    mean = -last / np.log(rest) if rest > 0 else 1.0
    return Stepped(times, shares, np.asarray(rest), np.asarray(last), np.asarray(mean))
