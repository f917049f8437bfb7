"""Which days have something in common, and how much: the parts of the day model's covariance.

The log of a day's calls is a sum of independent Gaussian effects (an additive Gaussian process, or a mixed linear model;
Rasmussen and Williams 2006, *Gaussian Processes for Machine Learning*, §2.7 and §5.4.3; Duvenaud, Nickisch and Rasmussen 2011).
Each part says by a number from 0 to 1 how far two days share its effect; its variance is learned from the history, about a
prior, where ``learned``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import DayKind
from wfm.forecast.day_features import MONTH_DAYS, DayFeatures
from wfm.forecast.history import HOLIDAY, MAKEUP

__all__ = ["PARTS", "Part", "kind_offset"]

Floats = NDArray[np.float64]
Kernel = Callable[[DayFeatures, DayFeatures], Floats]

YEAR_DAYS = 365.25
WEEKEND, HOLIDAYS, MAKEUP_DAYS = 0.7**2, 0.4**2, 0.2**2
"""Prior variances of what sets kinds of days apart from weekdays."""
TURN_DAYS = 2.0
"""How far around the turn of a month days are alike."""


@dataclass(frozen=True)
class Part:
    """One effect: ``variance`` (logs squared) is its prior, ``log_sd`` how surely that is known (0: not learned).

    ``days_min``: days of history below which the part is left out.
    """

    name: str
    kernel: Kernel
    variance: float
    log_sd: float = 0.0
    days_min: int = 0

    @property
    def learned(self) -> bool:
        """Whether the history decides on the variance."""
        return self.log_sd > 0


def kind_offset(types: NDArray[np.int64], factors: Mapping[DayKind, float]) -> Floats:
    """Log of the prior ratio of each day to a weekday, (D,): so that the mean over the prior of its kind is the ratio."""
    offset = np.zeros(len(types))
    offset[_weekend(types)] = np.log(factors[DayKind.WEEKEND]) - WEEKEND / 2
    offset[types == HOLIDAY] = np.log(factors[DayKind.HOLIDAY]) - (WEEKEND + HOLIDAYS) / 2
    offset[types == MAKEUP] = np.log(factors[DayKind.MAKEUP]) - MAKEUP_DAYS / 2
    return offset


def _weekend(types: NDArray[np.int64]) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = (types >= 7) & (types <= HOLIDAY)
    return result


def _apart(a: DayFeatures, b: DayFeatures) -> Floats:
    distance: Floats = np.abs(a.number[:, None] - b.number[None, :])
    return distance


def _both(x: NDArray[np.bool_], y: NDArray[np.bool_]) -> Floats:
    return np.outer(x, y).astype(float)


def _ornstein_uhlenbeck(days: float) -> Kernel:
    return lambda a, b: np.exp(-_apart(a, b) / days)


def _same_type(a: DayFeatures, b: DayFeatures) -> Floats:
    result: Floats = ((a.types[:, None] == b.types[None, :]) & (a.types < HOLIDAY)[:, None]).astype(float)
    return result


def _month_turn(a: DayFeatures, b: DayFeatures) -> Floats:
    apart = np.abs(a.turn[:, None] - b.turn[None, :])
    apart = np.minimum(apart, MONTH_DAYS - apart)
    result: Floats = np.exp(-0.5 * (apart / TURN_DAYS) ** 2)
    return result


def _work_turn(a: DayFeatures, b: DayFeatures) -> Floats:
    result: Floats = np.exp(-0.5 * (a.work_turn[:, None] - b.work_turn[None, :]) ** 2)
    return result


def _year(a: DayFeatures, b: DayFeatures) -> Floats:
    result: Floats = np.exp(-2.0 * np.sin(np.pi * _apart(a, b) / YEAR_DAYS) ** 2 / 0.6**2)
    return result


def _same_feast(a: DayFeatures, b: DayFeatures) -> Floats:
    result: Floats = ((a.feast[:, None] == b.feast[None, :]) & (a.feast != "")[:, None]).astype(float)
    return result


def _same_place(a: DayFeatures, b: DayFeatures) -> Floats:
    near: Floats = np.exp(-0.5 * (a.place[:, None] - b.place[None, :]) ** 2.0)
    return near * _same_feast(a, b)


def _spring(a: DayFeatures, b: DayFeatures) -> Floats:
    near = np.exp(-0.5 * ((a.spring[:, None] - b.spring[None, :]) / 2.0) ** 2)
    result: Floats = np.nan_to_num(near)
    return result


def _special(a: DayFeatures, b: DayFeatures) -> Floats:
    names = sorted({name for own in a.special for name in own} & {name for own in b.special for name in own})
    found = np.zeros((len(a), len(b)))
    for name in names:
        found += np.outer([name in own for own in a.special], [name in own for own in b.special])
    return found


def _same_number(x: NDArray[np.int64], y: NDArray[np.int64]) -> Floats:
    """1 where two days are as many days from a feast, and any at all."""
    result: Floats = ((x[:, None] == y[None, :]) & (x > 0)[:, None]).astype(float)
    return result


def _growth(a: DayFeatures, b: DayFeatures) -> Floats:
    # From a day that is fixed for a history of any length: the constant level takes up what the origin leaves.
    result: Floats = np.outer(a.number - REFERENCE_DAY, b.number - REFERENCE_DAY) / YEAR_DAYS**2
    return result


REFERENCE_DAY = 18_000.0
"""Day since 1970 from which growth is counted."""

PARTS: tuple[Part, ...] = (
    Part("level", lambda a, b: np.ones((len(a), len(b))), 25.0),
    Part("growth", _growth, 0.1**2),
    Part("weekend", lambda a, b: _both(_weekend(a.types), _weekend(b.types)), WEEKEND),
    Part("holiday", lambda a, b: _both(a.types == HOLIDAY, b.types == HOLIDAY), HOLIDAYS),
    Part("make-up day", lambda a, b: _both(a.types == MAKEUP, b.types == MAKEUP), MAKEUP_DAYS),
    Part("weekday", _same_type, 0.15**2, log_sd=1.5),
    Part("weekday, changing", lambda a, b: _same_type(a, b) * np.exp(-_apart(a, b) / 90.0), 0.002, log_sd=1.5),
    Part("level over seasons", _ornstein_uhlenbeck(120.0), 0.01, log_sd=1.5),
    Part("level over weeks", _ornstein_uhlenbeck(20.0), 0.003, log_sd=1.5),
    Part("level over days", _ornstein_uhlenbeck(3.0), 0.003, log_sd=1.5),
    Part("turn of the month", _month_turn, 0.003, log_sd=1.5, days_min=60),
    Part("turn of the month in working days", _work_turn, 0.001, log_sd=1.5, days_min=60),
    Part("time of the year", _year, 0.003, log_sd=1.5, days_min=400),
    Part("feast", _same_feast, 0.05),
    Part("place in the feast", _same_place, 0.03),
    Part("around the Chinese New Year", _spring, 0.03),
    Part("eve", lambda a, b: _both(a.before == 1, b.before == 1), 0.1),
    Part("before a feast", lambda a, b: _same_number(a.before, b.before), 0.02),
    Part("after a feast", lambda a, b: _same_number(a.after, b.after), 0.02),
    Part("special day", _special, 0.25),
)
"""Every effect on a day. Variances are those of logs: 0.1² is an effect of about ±10 %."""
