"""Patience by a table of quantiles, linear between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing.inputs import require
from wfm.queueing.patience_laws import Curve
from wfm.queueing.poisson import Floats

__all__ = ["Tabled", "tabled_patience"]


@dataclass(frozen=True, slots=True)
class Tabled:
    """Between two quantiles patience is uniform; who is beyond the last never gives up."""

    share: Floats
    """P(patience ≤ t), rising from 0."""
    t_s: Floats
    """The times of these shares, not falling."""

    @property
    def cells(self) -> int | None:
        """The same for all."""
        return None

    @property
    def mean_s(self) -> Floats:
        """Mean patience; infinite where some never give up."""
        if self.share[-1] < 1:
            return np.asarray(np.inf)
        return np.asarray((np.diff(self.share) * (self.t_s[1:] + self.t_s[:-1]) / 2).sum())

    @property
    def hazard_at_zero(self) -> Floats:
        """Slope of the first piece; infinite where some give up as soon as they have to wait."""
        return np.asarray(np.inf if self.t_s[1] == 0 else self.share[1] / self.t_s[1] if self.t_s[0] == 0 else 0.0)

    @property
    def never_share(self) -> Floats:
        """Those beyond the last quantile."""
        return np.asarray(1.0 - self.share[-1])

    @property
    def breaks_s(self) -> Floats:
        """The quantiles."""
        return np.unique(self.t_s[self.t_s > 0])

    def curve(self, t_s: Floats) -> Curve:
        """Both shares and both integrals at once; both integrals are quadratic between quantiles."""
        piece = np.clip(np.searchsorted(self.t_s, t_s, side="right") - 1, 0, len(self.t_s) - 1)
        width = np.append(np.diff(self.t_s), 0.0)
        slope = np.divide(np.append(np.diff(self.share), 0.0), width, out=np.zeros_like(width), where=width > 0)
        late = np.maximum(t_s - self.t_s[piece], 0.0)
        gone = np.where(t_s < self.t_s[0], 0.0, self.share[piece] + slope[piece] * late)
        areas = np.diff(self.t_s) * (self.share[1:] + self.share[:-1]) / 2
        lost_by = np.concatenate([np.zeros(1), np.cumsum(areas)])
        lost = lost_by[piece] + self.share[piece] * late + slope[piece] * late**2 / 2
        lost = np.where(t_s < self.t_s[0], 0.0, lost)
        return Curve(1.0 - gone, gone, t_s - lost, lost)

    def survival(self, t_s: Floats) -> Floats:
        """P(patience > t)."""
        return self.curve(t_s).survival

    def integrated_survival(self, t_s: Floats) -> Floats:
        """∫₀ᵗ P(patience > u) du."""
        return self.curve(t_s).survived_s

    def at(self, cells: NDArray[np.intp]) -> Tabled:
        """Itself."""
        return self


def tabled_patience(share: ArrayLike, t_s: ArrayLike) -> Tabled:
    """Patience whose quantile at each share is the time given; beyond the last share nobody gives up.

    Args:
        share: from 0, rising, at most 1; at least two.
        t_s: quantiles there in seconds, from 0, not falling; equal ones are a time at which that many give up together.

    Raises:
        BadInput: the shares do not begin at 0 and rise, or the times are negative, not finite or fall.
    """
    shares, times = (np.ravel(np.asarray(values, dtype=np.float64)) for values in (share, t_s))
    if shares.shape != times.shape or shares.size < 2:
        raise BadInput(
            say(
                "tabled patience needs as many shares as times, at least two; found {shares} and {times}",
                shares=shares.size,
                times=times.size,
            )
        )
    rises = np.diff(shares, prepend=-1.0) > 0
    allowed = say("rising from 0, and at most 1")
    require(rises & (shares <= 1) & (shares[0] == 0), shares, say("shares of tabled patience"), allowed)
    steady = np.isfinite(times) & (times >= 0) & (np.diff(times, prepend=0.0) >= 0)
    require(steady, times, say("times of patience"), say("finite, not negative, and not falling"))
    return Tabled(shares, times)
