"""Replications until a KPI is known as precisely as asked.

The mean X̄(n) of a KPI over n replications has the half-width δ(n) = t_{n−1}·S(n)/√n. It is replicated in stages
until δ(n) ≤ β (absolute), or δ(n) ≤ |X̄(n)|·γ/(1 + γ) (relative): if |X̄ − μ| ≤ γ′|X̄| with γ′ = γ/(1 + γ), then
|X̄ − μ| ≤ γ|μ| (Law 2015, "Simulation Modeling and Analysis", 5th ed., section 9.4.1). That a rule which looks at the data
still covers as stated holds in the limit of small half-widths (Chow and Robbins 1965, "On the asymptotic theory of
fixed-width sequential confidence intervals for the mean", Ann. Math. Stat. 36:457–462); hence a least number of replications,
and few looks: each stage plays what the variance so far predicts. A stage's end depends on the counts alone, so the
result is that of as many replications asked for at once.

Where replications go round few sample paths, part of the error is that of the paths, which more replications do not take
away. If that part alone exceeds what is asked for, replicating ends, and says so.

A KPI that has been the same in every replication says nothing about its spread; it is believed only after
:data:`UNVARIED_MIN` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf, isfinite, log10

import pandas as pd

from simulation.centre import Centre
from simulation.engine import Engine
from simulation.estimates import Estimate, estimate, path_half_width, period_values
from simulation.experiment import BatchLedger, Replications, path_count, play_replications
from wfm.errors import BadInput
from wfm.execution import Executor, Progress, no_progress
from wfm.i18n import Text, both, list_words, say
from wfm.metrics import KPIS, Kpi

__all__ = ["Precision", "Replicated", "replicate_until"]

UNVARIED_MIN = 100
"""Replications after which a KPI without any spread counts as known."""

GROWTH_MAX = 5
"""A stage plays at most so many times what was played before: the first variances are rough."""

GROWTH_MIN = 0.1
"""A stage adds at least this share of what was played before, so that there are few looks."""

MARGIN = 1.05
"""The predicted number is exceeded a little, since the next variance may be larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How precisely a KPI's mean shall be known.

    Either ``relative`` (share of the mean, above 0 and below 1) or ``absolute`` (in the KPI's unit) is given:
    half-width of the confidence interval.
    """

    kpi: str
    relative: float | None = None
    absolute: float | None = None
    confidence: float = 0.95
    replications_min: int = 20
    replications_max: int = 10_000

    def __post_init__(self) -> None:
        if self.kpi not in KPIS:
            known = list_words(list(KPIS))
            raise BadInput(say("precision: there is no KPI {kpi!r}, there are {known}", kpi=self.kpi, known=known))
        if (self.relative is None) == (self.absolute is None):
            raise BadInput(say("precision: give either a relative or an absolute half-width"))
        if self.relative is not None and not 0 < self.relative < 1:
            raise BadInput(
                say("precision: the relative half-width must lie between 0 and 1, found {found:g}", found=self.relative)
            )
        if self.absolute is not None and not 0 < self.absolute < inf:
            raise BadInput(
                say("precision: the absolute half-width must be greater than 0, found {found:g}", found=self.absolute)
            )
        if not 0 < self.confidence < 1:
            raise BadInput(
                say("precision: the confidence must lie between 0 and 1, found {found:g}", found=self.confidence)
            )
        if not 2 <= self.replications_min <= self.replications_max:
            raise BadInput(
                say(
                    "precision: from 2 replications at least to as many at most, found {least} to {most}",
                    least=self.replications_min,
                    most=self.replications_max,
                )
            )

    def allowed(self, mean: float) -> float:
        """Half-width that is asked for at this mean."""
        if self.absolute is not None:
            return self.absolute
        share = self.relative or 0.0
        return abs(mean) * share / (1 + share)

    def reached(self, found: Estimate) -> bool:
        """Whether the estimate is as precise as asked."""
        if not isfinite(found.half_width):
            return False
        if found.half_width == 0 and found.replications < UNVARIED_MIN:
            return False
        return found.half_width <= self.allowed(found.mean)

    def next_end(self, found: Estimate, played: int) -> int:
        """Replications after the next stage, predicted from the estimate so far."""
        allowed = self.allowed(found.mean)
        if found.half_width == 0:
            needed: float = UNVARIED_MIN
        elif isfinite(found.half_width) and allowed > 0:
            needed = played * (found.half_width / allowed) ** 2 * MARGIN
        else:
            needed = inf
        grown = min(max(needed, played * (1 + GROWTH_MIN), played + 1), played * GROWTH_MAX)
        return min(ceil(grown), self.replications_max)


@dataclass(frozen=True, slots=True)
class Replicated:
    """Replications played until a KPI was known precisely enough, or until more were not allowed or could not help."""

    counts: pd.DataFrame
    """As :func:`simulation.run_replications` returns it for ``replications``."""
    replications: int
    reached: bool
    estimate: Estimate
    stages: tuple[int, ...]
    """Replications at the end of each stage."""
    paths: int
    """Sample paths of calls that the replications took in turn."""
    path_half_width: float
    """Half-width that the paths alone leave open; 0 if they were not played repeatedly."""

    def statement(self, precision: Precision) -> Text:
        """What was reached, in one sentence."""
        kpi, found = KPIS[precision.kpi], self.estimate
        if self.reached:
            return both(
                "{kpi}: {value} ± {half} ({confidence:g} % confidence) after {n} replications.",
                kpi=kpi.name,
                value=_shown(kpi, found.mean, found.half_width),
                half=_shown(kpi, found.half_width, found.half_width),
                confidence=100 * precision.confidence,
                n=self.replications,
            )
        if not isfinite(found.half_width):
            return both(
                "{kpi} is not defined in enough of the {n} replications to say how precisely it is known.",
                kpi=kpi.name,
                n=self.replications,
            )
        if self.path_half_width > precision.allowed(found.mean):
            return both(
                "{kpi}: only ± {half} reached after {n} replications; asked for was ± {asked}, but the {paths} sample paths of "
                "calls leave ± {left} open however often they are played.",
                kpi=kpi.name,
                half=_shown(kpi, found.half_width, found.half_width),
                asked=_shown(kpi, precision.allowed(found.mean), precision.allowed(found.mean)),
                paths=self.paths,
                left=_shown(kpi, self.path_half_width, self.path_half_width),
                n=self.replications,
            )
        return both(
            "{kpi}: only ± {half} reached after {n} replications, the most allowed; asked for was ± {asked}.",
            kpi=kpi.name,
            half=_shown(kpi, found.half_width, found.half_width),
            asked=_shown(kpi, precision.allowed(found.mean), precision.allowed(found.mean)),
            n=self.replications,
        )


def _shown(kpi: Kpi, value: float, half_width: float) -> Text:
    """The value, or a half-width, to two digits of this half-width."""
    scale = 100 if kpi.unit == "share" else 1
    least = scale * half_width
    decimals = min(max(1 - floor(log10(least)), 0), 6) if 0 < least < inf else 2
    number = f"{scale * value:.{decimals}f}"
    if kpi.unit == "share":
        return Text(f"{number} %", f"{number}%")
    return both("{number} s", number=number) if kpi.unit == "s" else Text(number, number)


def replicate_until(
    centre: Centre,
    *,
    seed: int,
    precision: Precision,
    engine: Engine = Engine.COMPILED,
    executor: Executor | None = None,
    workers: int = 1,
    ledger: BatchLedger | None = None,
    progress: Progress = no_progress,
) -> Replicated:
    """Replicate until the KPI is known as precisely as asked.

    Progress is told the number of replications predicted to be needed, which changes on the way.

    Raises:
        BadInput: the seed is out of range, or the executor is not there.
    """
    tables: list[pd.DataFrame] = []
    stages: list[int] = []
    values: list[float] = []
    played, end = 0, precision.replications_min
    paths = path_count(centre)
    while True:

        def watch(done: int, total: int, before: int = played) -> None:
            progress(before + done, before + total)

        (table,) = play_replications(
            (centre,),
            (Replications(0, played, end - played),),
            seed=seed,
            engine=engine,
            executor=executor,
            workers=workers,
            ledger=ledger,
            progress=watch,
        )
        tables.append(table)
        stages.append(end)
        values += period_values(table, KPIS[precision.kpi]).tolist()
        played = end
        found = estimate(values, precision.confidence, paths=paths)
        left = path_half_width(values, paths, precision.confidence)
        if precision.reached(found) or played >= precision.replications_max or left > precision.allowed(found.mean):
            break
        end = precision.next_end(found, played)
    counts = pd.concat(tables, ignore_index=True)
    return Replicated(counts, played, precision.reached(found), found, tuple(stages), paths, left)
