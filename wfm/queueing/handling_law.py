"""The whole law of handling times: how long an agent is held by a call, not only on average.

Load that follows the clock depends on how many calls of a given age are still in hand, P(S > u). Two
integrals of it are enough for arrivals that are constant within intervals:

    I(u) = ∫₀^u P(S > v) dv = E[min(S, u)],      J(u) = ∫₀^u I(v) dv = E[∫₀^u min(S, v) dv].

A law is a mixture of constants, exponentials and shifted lognormals, for which both are closed:
a constant d gives min(d, u) and d·u − d²/2 (u²/2 for u ≤ d); an exponential of mean m gives
m(1 − e^(−u/m)) and m·u − m·I(u); a lognormal X gives
E[X; X ≤ u] + u·P(X > u) and u·E[X; X ≤ u] − E[X²; X ≤ u]/2 + u²·P(X > u)/2, with the partial moments
E[X^k; X ≤ u] = E[X^k]·Φ((ln u − μ)/σ − kσ).

An ordinary call of a hotline lasts talk + hold + wrap-up, independent lognormals. Given the sum of the
two that vary less, it is a shifted lognormal; that sum is replaced by the Gauss quadrature of its
logarithm's distribution (64 nodes; found by the Lanczos process from a product of Gauss–Hermite rules;
G. H. Golub and J. H. Welsch 1969). The mean is kept to rounding. I comes out right to about 1e-6 of the
mean for coefficients of variation up to 1, and to 1e-3 at the widest that a hotline may state (5).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from wfm.errors import BadInput
from wfm.hotline import HandlingTime
from wfm.i18n import say
from wfm.queueing.inputs import require
from wfm.queueing.poisson import Floats

__all__ = [
    "HandlingLaw",
    "constant_law",
    "exponential_law",
    "handling_law_from",
    "handling_law_of",
    "lognormal_law",
]

_NODES = 64
_PRODUCT_NODES = 80
_LEAST_TALK = 0.05
"""Talk is never scaled below this share of its mean; what is asked for beyond that scales all."""


def _none() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class HandlingLaw:
    """A distribution of handling times in seconds: a mixture whose weights sum to 1.

    Build it with the functions of this module. ``fixed_s`` is in ascending order; the arrays of one
    kind have one length.
    """

    fixed_s: Floats = field(default_factory=_none)
    fixed_weight: Floats = field(default_factory=_none)
    exponential_s: Floats = field(default_factory=_none)
    """Means of the exponential parts."""
    exponential_weight: Floats = field(default_factory=_none)
    shift_s: Floats = field(default_factory=_none)
    """What each lognormal is added to."""
    lognormal_s: Floats = field(default_factory=_none)
    """Means of the lognormals, without their shift."""
    log_sd: Floats = field(default_factory=_none)
    lognormal_weight: Floats = field(default_factory=_none)

    @property
    def mean_s(self) -> float:
        """E[S]."""
        return float(
            self.fixed_weight @ self.fixed_s
            + self.exponential_weight @ self.exponential_s
            + self.lognormal_weight @ (self.shift_s + self.lognormal_s)
        )

    @property
    def scv(self) -> float:
        """Squared coefficient of variation, Var[S] ÷ E[S]²."""
        mean = self.mean_s
        lognormal_variance = np.expm1(self.log_sd**2) * self.lognormal_s**2
        about_mean = (
            self.fixed_weight @ (self.fixed_s - mean) ** 2
            + self.exponential_weight @ (self.exponential_s**2 + (self.exponential_s - mean) ** 2)
            + self.lognormal_weight @ (lognormal_variance + (self.shift_s + self.lognormal_s - mean) ** 2)
        )
        return float(about_mean) / mean**2

    def scaled(self, factor: float) -> HandlingLaw:
        """Every handling time multiplied by ``factor`` (above zero)."""
        return replace(
            self,
            fixed_s=self.fixed_s * factor,
            exponential_s=self.exponential_s * factor,
            shift_s=self.shift_s * factor,
            lognormal_s=self.lognormal_s * factor,
        )

    def survival(self, u_s: ArrayLike) -> Floats:
        """P(S > u), elementwise; 1 for u < 0."""
        u = np.asarray(u_s, dtype=np.float64)
        fixed = np.concatenate([[0.0], np.cumsum(self.fixed_weight)])
        later: Floats = fixed[-1] - fixed[np.searchsorted(self.fixed_s, u, side="right")]
        later += np.exp(-np.maximum(u, 0.0)[..., None] / self.exponential_s) @ self.exponential_weight
        later += special.ndtr(-self._standard(u)) @ self.lognormal_weight
        return later

    def integrated_survival(self, u_s: ArrayLike) -> Floats:
        """I(u) = E[min(S, u)], elementwise, in seconds; 0 for u ≤ 0."""
        u = np.maximum(np.asarray(u_s, dtype=np.float64), 0.0)
        below, moment, _ = self._fixed_below(u)
        total: Floats = moment + u * (self.fixed_weight.sum() - below)
        total -= np.expm1(-u[..., None] / self.exponential_s) * self.exponential_s @ self.exponential_weight
        z, beyond = self._standard(u), np.maximum(u[..., None] - self.shift_s, 0.0)
        inner = self.lognormal_s * special.ndtr(z - self.log_sd) + beyond * special.ndtr(-z)
        total += (np.minimum(u[..., None], self.shift_s) + inner) @ self.lognormal_weight
        return total

    def twice_integrated(self, u_s: ArrayLike) -> Floats:
        """J(u) = ∫₀^u E[min(S, v)] dv, elementwise, in seconds squared; 0 for u ≤ 0."""
        u = np.maximum(np.asarray(u_s, dtype=np.float64), 0.0)
        below, moment, second = self._fixed_below(u)
        total: Floats = u * moment - second / 2 + u**2 / 2 * (self.fixed_weight.sum() - below)
        mean = self.exponential_s
        ratio = u[..., None] / mean
        total += (ratio + np.expm1(-ratio)) * mean**2 @ self.exponential_weight
        z, s = self._standard(u), self.log_sd
        beyond, short = np.maximum(u[..., None] - self.shift_s, 0.0), np.minimum(u[..., None], self.shift_s)
        inner = (
            beyond * self.lognormal_s * special.ndtr(z - s)
            - self.lognormal_s**2 * np.exp(s**2) * special.ndtr(z - 2 * s) / 2
            + beyond**2 * special.ndtr(-z) / 2
        )
        total += (short**2 / 2 + short * beyond + inner) @ self.lognormal_weight
        return total

    def _standard(self, u: Floats) -> Floats:
        """Standardised logarithm of what each lognormal may last if the whole may last ``u``; (…, parts)."""
        with np.errstate(divide="ignore"):
            log = np.log(np.maximum(u[..., None] - self.shift_s, 0.0) / self.lognormal_s)
        standard: Floats = log / self.log_sd + self.log_sd / 2
        return standard

    def _fixed_below(self, u: Floats) -> tuple[Floats, Floats, Floats]:
        """Σw, Σw·d and Σw·d² over the constants d ≤ u."""
        place = np.searchsorted(self.fixed_s, u, side="right")
        sums = (np.concatenate([[0.0], np.cumsum(self.fixed_weight * self.fixed_s**k)])[place] for k in range(3))
        below, moment, second = sums
        return below, moment, second


def constant_law(time_s: float) -> HandlingLaw:
    """Every call lasts ``time_s``."""
    return HandlingLaw(fixed_s=np.array([float(time_s)]), fixed_weight=np.ones(1))


def exponential_law(mean_s: float) -> HandlingLaw:
    """Exponential handling times, as the Erlang formulas assume."""
    return HandlingLaw(exponential_s=np.array([float(mean_s)]), exponential_weight=np.ones(1))


def lognormal_law(mean_s: float, cv: float, *, shift_s: float = 0.0) -> HandlingLaw:
    """``shift_s`` plus a lognormal of this mean and coefficient of variation (above zero)."""
    return HandlingLaw(
        shift_s=np.array([float(shift_s)]),
        lognormal_s=np.array([float(mean_s)]),
        log_sd=np.array([np.sqrt(np.log1p(cv**2))]),
        lognormal_weight=np.ones(1),
    )


def handling_law_from(times_s: ArrayLike, weights: ArrayLike | None = None) -> HandlingLaw:
    """The law of recorded handling times: each as likely as its weight (all alike by default).

    Raises:
        BadInput: no times, a time or weight negative or not finite, all times or all weights zero, or
            not one weight for each time.
    """
    times = np.ravel(np.asarray(times_s, dtype=np.float64))
    shares = np.ones_like(times) if weights is None else np.ravel(np.asarray(weights, dtype=np.float64))
    if times.shape != shares.shape:
        raise BadInput(
            say(
                "recorded handling times: found {times} times and {weights} weights, must be as many of each",
                times=times.size,
                weights=shares.size,
            )
        )
    allowed = say("finite and not negative")
    require(np.isfinite(times) & (times >= 0), times, say("recorded handling time in seconds"), allowed)
    require(np.isfinite(shares) & (shares >= 0), shares, say("weight of a recorded handling time"), allowed)
    if not (times * shares).sum() > 0:
        raise BadInput(say("recorded handling times: found none above zero, at least one is needed"))
    order = np.argsort(times, kind="stable")
    return HandlingLaw(fixed_s=times[order], fixed_weight=(shares / shares.sum())[order])


def handling_law_of(handling: HandlingTime, aht_s: float | None = None) -> HandlingLaw:
    """The law that a line states, as the simulation draws it.

    Args:
        handling: Talk, hold and wrap-up (independent lognormals, hold with the cv of talk), what a three-way call
            adds to its share of them, and the share of short calls of constant length.
        aht_s: Mean that the forecast expects: talk is scaled to it, the rest stays. Where talk would
            fall below a twentieth of its mean, everything is scaled. None: as the line says.

    Raises:
        BadInput: ``aht_s`` is not finite and above zero.
    """
    if aht_s is None:
        return _stated(handling, 1.0).scaled(handling.scale)
    if not (np.isfinite(aht_s) and aht_s > 0):
        raise BadInput(
            say(
                "{what}: found {found}, must be {allowed}",
                what=say("handling time in seconds"),
                found=f"{aht_s:g}",
                allowed=say("finite and above zero"),
            )
        )
    share, factor = handling.short_call_share, 1.0
    if share < 1:
        ordinary = (aht_s - share * handling.short_call_s) / (1 - share)
        rest = handling.hold_s + handling.wrap_s + handling.three_way_share * handling.three_way_s
        factor = max((ordinary - rest) / handling.talk_s, _LEAST_TALK)
    law = _stated(handling, factor)
    return law.scaled(aht_s / law.mean_s)


@lru_cache(maxsize=4096)
def _stated(handling: HandlingTime, talk_factor: float) -> HandlingLaw:
    parts = [
        (handling.talk_s * talk_factor, handling.talk_cv),
        (handling.hold_s, handling.talk_cv),
        (handling.wrap_s, handling.wrap_cv),
    ]
    third = handling.three_way_share if handling.three_way_s > 0 else 0.0
    kinds = [(1 - third, parts), (third, [*parts, (handling.three_way_s, handling.three_way_cv)])]
    found = [(share, *_ordinary(tuple(kind))) for share, kind in kinds if share > 0]
    short = handling.short_call_share
    return HandlingLaw(
        fixed_s=np.full(1, handling.short_call_s),
        fixed_weight=np.full(1, short),
        shift_s=np.concatenate([shift for _share, shift, *_rest in found]),
        lognormal_s=np.concatenate([np.full_like(shift, mean) for _share, shift, _weight, mean, _cv in found]),
        log_sd=np.concatenate([np.full_like(shift, np.sqrt(np.log1p(cv**2))) for _s, shift, _w, _m, cv in found]),
        lognormal_weight=np.concatenate([weight * share * (1 - short) for share, _shift, weight, *_rest in found]),
    )


def _ordinary(parts: tuple[tuple[float, float], ...]) -> tuple[Floats, Floats, float, float]:
    """The sum of the parts as nodes and weights of all but the widest, and the widest's mean and cv."""
    spread = sorted(((mean, cv) for mean, cv in parts if mean > 0), key=lambda part: part[0] * part[1])
    (mean, cv), rest = spread[-1], spread[:-1]
    return *_sum_of_lognormals(tuple(rest)), mean, cv


@lru_cache(maxsize=1024)
def _sum_of_lognormals(parts: tuple[tuple[float, float], ...]) -> tuple[Floats, Floats]:
    """Nodes and weights that stand for the sum of independent lognormals, given as (mean, cv); mean kept."""
    if not parts:
        return np.zeros(1), np.ones(1)
    x, w = np.polynomial.hermite_e.hermegauss(_PRODUCT_NODES)
    total, weight = np.zeros(1), np.ones(1)
    for mean, cv in parts:
        variance = np.log1p(cv**2)
        values = mean * np.exp(np.sqrt(variance) * x - variance / 2)
        total = np.add.outer(total, values).ravel()
        weight = np.multiply.outer(weight, w / w.sum()).ravel()
    nodes, shares = _gauss(np.log(total), weight)
    shift = np.exp(nodes)
    return shift * (sum(mean for mean, _ in parts) / (shares @ shift)), shares


def _gauss(points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Gauss quadrature of a discrete distribution: Lanczos with full reorthogonalisation, then Golub–Welsch."""
    count = min(_NODES, points.size)
    basis = np.zeros((count, points.size))
    diagonal, beside = np.zeros(count), np.zeros(count)
    vector = np.sqrt(weight)
    for k in range(count):
        basis[k] = vector / np.linalg.norm(vector)
        vector = points * basis[k]
        diagonal[k] = basis[k] @ vector
        for _ in range(2):
            vector = vector - basis[: k + 1].T @ (basis[: k + 1] @ vector)
        beside[k] = np.linalg.norm(vector)
    values, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    return values, vectors[0] ** 2
