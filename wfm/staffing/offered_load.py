"""Offered load that follows the clock: how many agents the calls of the day hold at each moment.

With agents without end, arrivals at rate λ(t) and handling times of law S, the number of calls in hand at t
is Poisson with mean

    m(t) = ∫₀^∞ λ(t − u)·P(S > u) du

(S. G. Eick, W. A. Massey and W. Whitt 1993, "The physics of the M_t/G/∞ queue", theorem 1). Load follows
calls late, by about E[S²]/(2E[S]), and smoothed: calls that came before still hold agents. The plain
λ(t)·E[S] forgets that; both agree where λ is constant over several handling times, whatever the law.

Modified offered load puts m(t) in place of λ·E[S] in a stationary formula (D. L. Jagerman 1975; O. B. Jennings,
A. Mandelbaum, W. A. Massey and W. Whitt 1996, "Server staffing to meet time-varying demand";
W. A. Massey and W. Whitt 1994). It is exact without waiting. It holds while few callers wait: a queue that is
left from one interval to the next is the business of ``backlog``.

Here λ is constant within each interval (length Δ). Then, with I and J of ``wfm.queueing.handling_law``, no
integral is left to approximate:

    m((i+1)Δ) = Σ_k λ_k·[I((i+1−k)Δ) − I((i−k)Δ)],
    mean of m over interval i = Σ_k λ_k·[J((i−k+1)Δ) − 2J((i−k)Δ) + J((i−k−1)Δ)] / Δ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.i18n import say
from wfm.queueing.handling_law import HandlingLaw
from wfm.queueing.inputs import require

__all__ = ["OfferedLoad", "offered_load"]

Floats = NDArray[np.float64]

_MOMENTS = 2
"""Moments within an interval, its end among them, whose highest load is the peak."""
_FORGOTTEN = 1e-10
"""Calls are followed until the work left in them is below this share."""


@dataclass(frozen=True, slots=True)
class OfferedLoad:
    """Mean number of calls in hand if every call were answered at once; arrays of the calls' shape, erlangs."""

    mean_erlang: Floats
    """Mean over each interval."""
    start_erlang: Floats
    """At its start."""
    end_erlang: Floats
    """At its end."""
    peak_erlang: Floats
    """Highest of start, middle and end."""


def offered_load(
    calls: ArrayLike,
    interval_s: float,
    laws: HandlingLaw | Sequence[HandlingLaw],
    *,
    law_of: ArrayLike = 0,
    before: int = 0,
) -> OfferedLoad:
    """Modified offered load of streams of calls.

    Args:
        calls: ``(…, before + T)`` expected calls per interval, spread evenly within it.
        interval_s: length of an interval.
        laws: law of handling times, or several.
        law_of: which of them the calls of each interval follow; broadcasts against ``calls``.
        before: so many first intervals lie before the period: their calls are still in hand when it
            starts, but their own load is not returned. With 0 the period starts with no call in hand.

    Raises:
        BadInput: calls are negative or not finite, or the interval has no length.
    """
    rate, places = np.asarray(calls, dtype=np.float64), np.asarray(law_of, dtype=np.int64)
    require(np.isfinite(rate) & (rate >= 0), rate, say("calls per interval"), say("finite and not negative"))
    length = np.asarray(interval_s, dtype=np.float64)
    require(np.isfinite(length) & (length > 0), length, say("length of an interval"), say("finite and above zero"))
    known = [laws] if isinstance(laws, HandlingLaw) else list(laws)
    if rate.size == 0:
        return OfferedLoad(*(np.zeros_like(rate[..., before:]) for _ in range(4)))
    rate = rate / interval_s
    mean = np.zeros_like(rate)
    moments = np.zeros((_MOMENTS, *rate.shape))
    spell = rate.shape[-1]
    used, place = np.unique(np.broadcast_to(places, rate.shape), return_inverse=True)
    place = place.reshape(rate.shape)
    lags = max(_lags(known[law], interval_s, spell) for law in used.tolist())
    means, ends = _kernels([known[law] for law in used.tolist()], interval_s, lags)
    for lag in range(lags):
        came, late = (..., slice(None, spell - lag)), (..., slice(lag, None))
        mean[late] += rate[came] * means[lag][place[came]]
        for moment in range(_MOMENTS):
            moments[(moment, *late)] += rate[came] * ends[moment, lag][place[came]]
    end = moments[-1]
    start = np.concatenate([np.zeros_like(end[..., :1]), end[..., :-1]], axis=-1)
    peak = np.maximum(start, moments.max(axis=0))
    return OfferedLoad(*(load[..., before:] for load in (mean, start, end, peak)))


def _lags(law: HandlingLaw, interval_s: float, most: int) -> int:
    """Intervals after which hardly any work is left in a call, ``most`` at most."""
    tried = np.unique(np.minimum(np.geomspace(1, max(most, 1), 40).astype(np.int64), most))
    left = law.mean_s - law.integrated_survival((tried - 1) * interval_s)
    done = left <= _FORGOTTEN * law.mean_s
    return int(tried[np.argmax(done)]) if done.any() else most


def _kernels(laws: Sequence[HandlingLaw], interval_s: float, lags: int) -> tuple[Floats, Floats]:
    """What one arrival per second in an interval holds ``lag`` intervals later: mean (lags, laws), moments (2, lags, laws)."""
    edges = np.arange(-1, lags + 1) * interval_s
    twice = np.stack([law.twice_integrated(edges) for law in laws], axis=-1)
    means = np.maximum(np.diff(twice, n=2, axis=0), 0.0) / interval_s
    at = (np.arange(-1, lags)[:, None] + np.arange(1, _MOMENTS + 1) / _MOMENTS) * interval_s
    once = np.stack([law.integrated_survival(at) for law in laws], axis=-1)
    ends = np.maximum(np.diff(once, axis=0), 0.0)
    return means, ends.transpose(1, 0, 2)
