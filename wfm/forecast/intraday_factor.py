"""The day factor given the calls so far: how much of the morning's surplus or lack the rest of the day will show.

    counted ÷ expected of block b  =  1 + C + U_b + chance_b

C is the day factor less 1, with the variance that the forecast gave it; U a wave that comes and goes within the
day, an Ornstein–Uhlenbeck process; chance has the variance of negative binomial counts. Linear credibility
(Bühlmann 1967, *ASTIN Bulletin* 4:199–207) is exact where the factor is gamma and counts are Poisson (Jewell
1974, *ASTIN Bulletin* 8:77–90): without wave the result is the posterior mean of the conjugate gamma law, as
doubly stochastic arrivals have it (Avramidis, Deslauriers and L'Ecuyer 2004, *Management Science* 50:896–908;
Weinberg, Brown and Stroud 2007, *JASA* 102:1185–1198; Shen and Huang 2008, *M&SOM* 10:391–410).

Days are now and then far off, so that C has a scale mixture of normals as its law: the further off the morning,
the more it is believed. Given the wave, all that the blocks say of C is in one number, their generalised mean;
for any law of C its posterior mean then rises with that number, and every block has a weight ≥ 0 in it: more
calls so far never lower the forecast of the rest.

Lines share part of C: C_i = √v_i · (√ρ·S + √(1−ρ)·D_i). A line with few calls says little of itself and leans on S.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AS_FORECAST",
    "THEORY",
    "WIDTHS",
    "DayFactors",
    "LineLearning",
    "capped",
    "day_factors_given",
    "mixture_posterior",
    "wave_covariance",
    "wave_inverse",
]

Floats = NDArray[np.float64]

CAP = 4.0
"""Standard deviations (of a day four times as uncertain as forecast) beyond which a block is taken as an accident."""
LEAST_FACTOR = 0.05
WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0, 16.0, 64.0)
"""Variances of the mixed normals, as multiples of the variance that the forecast gave the day."""
AS_FORECAST = tuple(float(w == 1.0) for w in WIDTHS)
"""Their probabilities where the forecast is taken at its word."""


@dataclass(frozen=True)
class LineLearning:
    """What the past says of one line's days as they unfold.

    ``wave_variance`` and ``wave_hours``: variance and correlation time of the wave within a day; ``width_share``:
    probabilities of :data:`WIDTHS`; ``trust`` (B,): by how much the update proved right at the start of each block,
    1 as in theory; ``spread``: factor on the standard deviation of what is still uncertain.
    """

    wave_variance: float = 0.0
    wave_hours: float = 3.0
    width_share: tuple[float, ...] = AS_FORECAST
    trust: tuple[float, ...] = ()
    spread: float = 1.0

    def trust_at(self, block: int) -> float:
        """The trust at the start of this block."""
        return self.trust[min(block, len(self.trust) - 1)] if self.trust else 1.0


THEORY = LineLearning()
"""Nothing learned: the conjugate update alone."""


@dataclass(frozen=True)
class DayFactors:
    """Factors on the forecast of each line and block given what was seen, before the learned trust.

    ``mean`` (L, B); ``common_loading`` (L, B): standard deviation that comes with the factor common to the lines;
    ``own_loading`` (L, B): with the line's own; ``wave_root`` (L, B, B): a root of the wave's covariance;
    ``variance`` (L, B): of all three together.
    """

    mean: Floats
    common_loading: Floats
    own_loading: Floats
    wave_root: Floats
    variance: Floats


def wave_covariance(size: int, block_h: float, variance: float, hours: float) -> Floats:
    """Covariance of the wave between blocks, (B, B)."""
    at = np.arange(size) * block_h
    covariance: Floats = variance * np.exp(-np.abs(at[:, None] - at[None]) / hours)
    return covariance


def wave_inverse(covariance: Floats, precision: Floats) -> tuple[Floats, Floats]:
    """(wave + chance)⁻¹ over the seen blocks, and the log determinant of 1 + wave·precision; (…, B, B) and (…).

    Rows of blocks that were not seen are zero. Written with the root of the precision, which is 0 there.
    """
    root = np.sqrt(precision)
    scaled = root[..., :, None] * covariance * root[..., None, :]
    inner = np.eye(precision.shape[-1]) + scaled
    inverse: Floats = root[..., :, None] * np.linalg.inv(inner) * root[..., None, :]
    return inverse, np.asarray(np.linalg.slogdet(inner)[1], dtype=np.float64)


def capped(ratio: Floats, precision: Floats, variance: Floats, wave_variance: float) -> Floats:
    """The ratios, none further from 0 than chance, wave and a wide day explain; arguments broadcast."""
    chance = np.divide(1.0, precision, out=np.zeros_like(precision), where=precision > 0)
    limit = CAP * np.sqrt(chance + CAP * variance + wave_variance)
    inside: Floats = np.clip(ratio, -limit, limit)
    return inside


def mixture_posterior(
    found: Floats, error: Floats, share: Floats, variance: Floats | float = 1.0
) -> tuple[Floats, Floats]:
    """Mean and variance of a quantity that was found with variance ``error`` (infinite: not at all).

    Its law is a scale mixture of normals about 0 with variances ``WIDTHS · variance`` and probabilities ``share``.
    """
    prior = np.array(WIDTHS) * np.asarray(variance)[..., None]
    seen = np.isfinite(error)
    error = np.where(seen, error, 1.0)[..., None]
    total = prior + error
    weight = np.log(np.maximum(share, 1e-300)) - 0.5 * (found[..., None] ** 2 / total + np.log(total))
    weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
    weight /= weight.sum(axis=-1, keepdims=True)
    slope = prior / total
    mean = (weight * slope).sum(axis=-1) * found
    inside = prior * (1.0 - slope) + (slope * found[..., None] - mean[..., None]) ** 2
    spread = (weight * inside).sum(axis=-1)
    return np.where(seen, mean, 0.0), np.where(seen, spread, (share * prior).sum(axis=-1))


def day_factors_given(
    precision: Floats,
    ratio: Floats,
    variance: Floats,
    common_share: float,
    learned: list[LineLearning],
    block_h: float,
) -> DayFactors:
    """The factors of all blocks given the seen ones.

    Args:
        precision: (L, B) of the seen blocks, 0 elsewhere.
        ratio: (L, B) counted ÷ expected − 1.
        variance: (L,) of the day factor as forecast.
        common_share: correlation ρ of the lines' day factors; 1 for a single line.
        learned: one a line.
        block_h: length of a block in hours.
    """
    lines, size = precision.shape
    waves = [wave_covariance(size, block_h, x.wave_variance, x.wave_hours) for x in learned]
    found, error = np.zeros(lines), np.full(lines, np.inf)
    smooth = np.zeros((lines, size, size))
    shown = np.zeros((lines, size))
    for i, line in enumerate(learned):
        shown[i] = capped(ratio[i], precision[i], variance[i], line.wave_variance)
        inverse, _ = wave_inverse(waves[i], precision[i])
        smooth[i] = waves[i] @ inverse
        known = inverse.sum()
        if known > 0:
            found[i], error[i] = inverse.sum(axis=0) @ shown[i] / known, 1.0 / known
    scale = np.sqrt(variance)
    own = (1.0 - common_share) * variance
    # What the lines say together of S: each its own mean in units of its loading on S.
    loading = np.maximum(np.sqrt(common_share) * scale, 1e-12)
    weight = np.where(np.isfinite(error), loading**2 / np.maximum(own + error, 1e-300), 0.0)
    total = weight.sum()
    common = np.array((weight * found / loading).sum() / total) if total > 0 else np.array(0.0)
    share = np.average([x.width_share for x in learned], axis=0, weights=np.maximum(weight, 1e-9))
    centre, centre_spread = mixture_posterior(common, np.array(1.0 / total if total > 0 else np.inf), share)
    back = np.where(np.isfinite(error), own / np.maximum(own + error, 1e-300), 0.0)
    day = loading * float(centre) * (1.0 - back) + back * found
    remains = 1.0 - smooth.sum(axis=2)
    mean = 1.0 + day[:, None] * remains + np.einsum("lbc,lc->lb", smooth, shown)
    common_loading = remains * ((1.0 - back) * loading * np.sqrt(float(centre_spread)))[:, None]
    own_loading = remains * np.sqrt(own * (1.0 - back))[:, None]
    roots = np.array([_root(w - s @ w) for w, s in zip(waves, smooth, strict=True)])
    return DayFactors(
        np.maximum(mean, LEAST_FACTOR),
        common_loading,
        own_loading,
        roots,
        common_loading**2 + own_loading**2 + (roots**2).sum(axis=2),
    )


def _root(covariance: Floats) -> Floats:
    """A matrix whose product with its transpose is the covariance, which may be singular."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2.0)
    root: Floats = vectors * np.sqrt(np.maximum(values, 0.0))
    return root
