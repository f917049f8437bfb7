"""How long callers wait for an agent before giving up, as a law of probability."""

from __future__ import annotations

from itertools import pairwise
from math import exp, lgamma, log1p, sqrt
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from wfm.hotline.parts import Misfit, Part, PositiveSeconds, Seconds, Share, _
from wfm.i18n import say

__all__ = ["Patience", "Quantile"]

_WEIBULL_CV_LEAST = 0.02
"""Narrower Weibull laws have shapes beyond those that the queueing formulas take."""


class Quantile(Part):
    """A share of callers, and the wait within which they have given up."""

    share: Share = Field(description=_("share of callers, rising, 1 at last"))
    s: Seconds | None = Field(description=_("they give up within this wait; empty, at last only: the rest never do"))


class Patience(Part):
    """How long a caller waits for an agent before giving up.

    An empirical law runs linearly between its quantiles, and from 0 s at a share of 0 unless that is given.
    """

    stated_mean_s: PositiveSeconds | None = Field(
        None, alias="mean_s", description=_("mean patience; left out where it follows from the quantiles (empirical)")
    )
    distribution: Literal["exponential", "lognormal", "weibull", "hyperexponential", "empirical"] = Field(
        "exponential", description=_("shape of patience")
    )
    cv: Annotated[float, Field(gt=0, le=5)] = Field(
        1.0, description=_("coefficient of variation (lognormal, Weibull; hyperexponential above 1)")
    )
    shape: Annotated[float, Field(ge=0.1, le=100)] | None = Field(
        None, description=_("shape of Weibull patience; empty: from cv. Below 1, who has waited long stays on")
    )
    quantiles: tuple[Quantile, ...] = Field((), description=_("points of an empirical law, in rising order"))

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    @property
    def mean_s(self) -> float:
        """Mean patience in seconds; those who never give up count as the longest patience that is given."""
        if self.stated_mean_s is not None:
            return self.stated_mean_s
        share, s = self.points()
        steps = zip(pairwise(share), pairwise(s), strict=True)
        return sum((q - p) * (a + b) / 2 for (p, q), (a, b) in steps) + (1 - share[-1]) * s[-1]

    @property
    def weibull_shape(self) -> float:
        """Shape of Weibull patience: as given, or that of the coefficient of variation."""
        return self.shape if self.shape is not None else _weibull_shape(self.cv)

    @property
    def phases(self) -> tuple[float, float, float]:
        """Hyperexponential patience with balanced means: share of the first kind, its mean, mean of the second.

        Each kind brings half of the mean (A. O. Allen 1990, "Probability, statistics, and queueing theory", ch. 3).
        """
        first = (1 + sqrt((self.cv**2 - 1) / (self.cv**2 + 1))) / 2
        return first, self.mean_s / (2 * first), self.mean_s / (2 * (1 - first))

    def points(self) -> tuple[list[float], list[float]]:
        """Shares and seconds of an empirical law from a share of 0 on, without those who never give up."""
        known = [(q.share, q.s) for q in self.quantiles if q.s is not None]
        if known[0][0] > 0:
            known.insert(0, (0.0, 0.0))
        return [share for share, _s in known], [s for _share, s in known]

    @model_validator(mode="after")
    def _law_is_whole(self) -> Self:
        if self.distribution == "empirical":
            self._check_quantiles()
            if self.stated_mean_s is not None:
                raise Misfit(say("leave it out: with empirical patience it follows from the quantiles"), "mean_s")
            return self
        if self.quantiles:
            raise Misfit(say("goes with distribution: empirical only"), "quantiles")
        if self.stated_mean_s is None:
            raise Misfit(say("mean_s is missing"), "mean_s")
        if self.shape is not None and self.distribution != "weibull":
            raise Misfit(say("goes with distribution: weibull only"), "shape")
        if self.distribution == "hyperexponential" and self.cv <= 1:
            raise Misfit(say("hyperexponential patience needs a cv above 1, found {cv:g}", cv=self.cv), "cv")
        if self.distribution == "weibull" and self.shape is None and self.cv < _WEIBULL_CV_LEAST:
            raise Misfit(
                say(
                    "Weibull patience needs a cv of at least {least:g}, found {cv:g}",
                    least=_WEIBULL_CV_LEAST,
                    cv=self.cv,
                ),
                "cv",
            )
        return self

    def _check_quantiles(self) -> None:
        points = self.quantiles
        if not points or all(q.s is None for q in points):
            raise Misfit(say("empirical patience needs quantiles, each with its share and s"), "quantiles")
        for place, (q, after) in enumerate(pairwise(points), start=1):
            if q.s is None:
                raise Misfit(say("only the last quantile may leave its seconds empty"), "quantiles", place - 1, "s")
            if after.share <= q.share:
                raise Misfit(
                    say("shares must rise: found {found:g} after {before:g}", found=after.share, before=q.share),
                    *("quantiles", place, "share"),
                )
            if after.s is not None and after.s < q.s:
                raise Misfit(
                    say("quantiles must not fall: found {found:g} s after {before:g} s", found=after.s, before=q.s),
                    *("quantiles", place, "s"),
                )
        if points[-1].share != 1:
            raise Misfit(
                say("the last share must be 1, found {found:g}", found=points[-1].share),
                *("quantiles", len(points) - 1, "share"),
            )
        if self.points()[1][-1] <= 0:
            raise Misfit(say("somebody must wait longer than 0 s"), "quantiles")


def _weibull_shape(cv: float) -> float:
    """The shape k with Γ(1 + 2/k) ÷ Γ(1 + 1/k)² = 1 + cv², by bisection of its logarithm."""
    wanted = log1p(cv * cv)
    low, high = -3.0, 5.0
    for _step in range(80):
        middle = (low + high) / 2
        inverse = exp(-middle)
        spread = lgamma(1 + 2 * inverse) - 2 * lgamma(1 + inverse)
        low, high = (middle, high) if spread > wanted else (low, middle)
    return exp((low + high) / 2)
