"""Why a day's targets came out as they did: the gap between plan and record split among the day's inputs.

The values that are split come from simulated days or from the queueing formulas; the split is the same
(:mod:`wfm.review.shapley`). What days with the actual inputs come to by chance is always simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.planned_days import PlannedDay, expected_seats
from scenarios.recorded_days import RecordedDay
from scenarios.simulated_day import simulated_counts
from simulation.estimates import half_width
from wfm.calendar import WorkingCalendar
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, open_intervals
from wfm.metrics import COUNTS, KPIS
from wfm.review.adherence import measure_adherence
from wfm.review.day_evaluation import DayFormulas
from wfm.review.day_inputs import DayInputs, actual_inputs, changed_factors, mixed_inputs, planned_inputs
from wfm.review.input_chance import share_deviations
from wfm.review.missed import Cause, CauseFacts, DayReview, TargetReview, Verdict, cause_facts
from wfm.review.shapley import coalitions, split_values
from wfm.staffing import goal_of
from wfm.standards import Target

__all__ = ["METHODS", "Method", "review_day"]

Floats = NDArray[np.float64]
Method = Literal["simulation", "formula"]

METHODS: tuple[Method, ...] = ("simulation", "formula")
Z_95 = 1.959963984540054
BAND_REPLICATIONS = 200
"""Replications behind what days with the same inputs come to, where the causes are split by formulas."""


def review_day(
    hotline: Hotline,
    calendar: WorkingCalendar,
    targets: tuple[Target, ...],
    plan: PlannedDay,
    recorded: RecordedDay,
    *,
    by: Method = "simulation",
    seed: int = 1,
    replications: int = 100,
    workers: int = 1,
    progress: Progress = no_progress,
) -> DayReview:
    """Split the gap between planned and observed value of every target on one day among its causes.

    Args:
        hotline: the hotline.
        calendar: its working calendar.
        targets: over calls, with a limit; by formulas those that no formula knows are left out.
        plan: what was planned for the day.
        recorded: what the records tell of it.
        by: what evaluates a day.
        seed: seed of every draw.
        replications: simulated days of each coalition of causes.
        workers: local processes at most.
        progress: told how many simulated days are played.
    """
    grid = recorded.grid
    seats = expected_seats(hotline, plan.duties, grid)
    planned = planned_inputs(hotline, grid, plan.forecast, seats)
    actual = actual_inputs(
        hotline,
        grid,
        planned,
        recorded.actuals,
        is_open=open_intervals(hotline, grid, calendar),
        seats=recorded.group_seats(hotline, plan.duties),
        habits=recorded.habits,
    )
    asked = _asked(hotline, targets, by)
    formulas = DayFormulas(hotline, grid, calendar, needed=asked.counts)
    factors = changed_factors(planned, actual)

    def play(days: list[DayInputs], times: int) -> list[Floats]:
        return simulated_counts(hotline, grid, days, seed=seed, replications=times, workers=workers, progress=progress)

    samples = _samples(formulas, planned, actual, factors, asked, by, replications, play)
    quick = DayFormulas(hotline, grid, calendar, carry_over=False, needed=asked.counts)
    answered = np.nan_to_num(recorded.by_line["answered"].to_numpy(dtype=np.float64))
    spread = share_deviations(
        hotline, lambda day: asked.of_expected(quick.counts(day)), planned, actual, factors, answered=answered,
        seed=seed,
    )  # fmt: skip
    rows = []
    for k, (target, line) in enumerate(asked.pairs):
        observed = recorded.value(target, line)
        if not np.isfinite(observed):
            continue
        row = samples.of(k)
        if not (np.isfinite(row.planned) and np.isfinite(row.explained)):
            continue
        causes = tuple(
            Cause(
                factor=factor,
                value=row.shares[factor],
                half_width=float(np.hypot(row.errors[factor], Z_95 * spread[factor][k])),
                mc_half_width=row.errors[factor],
                alone=row.alone[factor],
            )
            for factor in factors
        )
        verdict: Verdict = "chance" if row.usual_low <= observed <= row.usual_high else "more than chance"
        rows.append(
            TargetReview(
                target, line, observed, row.planned, row.explained, causes, row.usual_low, row.usual_high, verdict
            )
        )
    return DayReview(
        recorded.day,
        cause_facts(hotline, grid, planned, actual, formulas.belongs.any(axis=1))
        | attendance_facts(plan.duties, recorded),
        tuple(r for r in rows if not r.line),
        tuple(r for r in rows if r.line),
        recorded.unknown,
    )


def attendance_facts(duties: pd.DataFrame, recorded: RecordedDay) -> dict[str, CauseFacts]:
    """Hours in which rostered agents were absent, late or gone early, and beyond their breaks; empty where nothing is known."""
    if recorded.agent_states is None:
        return {}
    kept = measure_adherence(duties, recorded.agent_states, recorded.grid)
    if kept.duties.empty:
        return {}
    parts = {"absent": ("absent",), "late": ("late", "left_early"), "breaks": ("break_overrun", "away")}
    return {
        name: CauseFacts(0.0, sum(kept.total(f"{fate}_s") for fate in fates) / 3600) for name, fates in parts.items()
    }


class _Asked:
    """The targets asked of a day, over all lines and line by line, as one vector of values."""

    def __init__(self, hotline: Hotline, targets: Iterable[Target]) -> None:
        self.lines = hotline.line_ids
        scopes = ["", *self.lines] if len(self.lines) > 1 else [""]
        self.pairs = [(target, line) for target in targets for line in scopes]

    @property
    def counts(self) -> set[str]:
        """Counts that the values are made of."""
        kpis = [KPIS[target.kpi] for target, _line in self.pairs]
        return {name for k in kpis for name in (*k.numerator, *k.denominator, *k.denominator_less)}

    def of_counts(self, counts: Floats) -> Floats:
        """``(R, K)`` from counts ``(R, L, counts)``."""
        scopes = {line: k for k, line in enumerate(dict.fromkeys(line for _target, line in self.pairs))}
        if not scopes:
            return np.zeros((len(counts), 0))
        sums = [counts[:, self.lines.index(line)] if line else counts.sum(axis=1) for line in scopes]
        table = pd.DataFrame(np.concatenate(sums), columns=list(COUNTS))
        daily = {target.id: KPIS[target.kpi].daily(table).reshape(-1, len(counts)) for target, _line in self.pairs}
        return np.stack([daily[target.id][scopes[line]] for target, line in self.pairs], axis=1)

    def of_expected(self, counts: dict[str, Floats]) -> Floats:
        """``(K,)`` from expected counts of each line."""
        table = np.stack([counts[name] for name in COUNTS], axis=1)
        values: Floats = self.of_counts(table[None])[0]
        return values


def _asked(hotline: Hotline, targets: tuple[Target, ...], by: Method) -> _Asked:
    """By formulas only targets that they know."""
    known = targets if by == "simulation" else tuple(t for t in targets if goal_of(hotline, t) is not None)
    return _Asked(hotline, known)


@dataclass(frozen=True, slots=True)
class _Row:
    """The split of one value."""

    planned: float
    explained: float
    shares: dict[str, float]
    errors: dict[str, float]
    """Monte-Carlo half-widths."""
    alone: dict[str, float]
    usual_low: float
    usual_high: float


@dataclass(frozen=True, eq=False)
class _Samples:
    """Values of every coalition, ``(R, K)`` each (R is 1 by formulas), and of days with the actual inputs."""

    factors: tuple[str, ...]
    values: dict[frozenset[str], Floats]
    usual: Floats

    def of(self, k: int) -> _Row:
        """The split of the k-th value; replications in which some coalition has no value are left out."""
        table = np.stack([values[:, k] for values in self.values.values()])
        known = np.isfinite(table).all(axis=0)
        split = split_values(dict(zip(self.values, table[:, known], strict=True)), self.factors)
        usual = self.usual[np.isfinite(self.usual[:, k]), k]
        low, high = np.quantile(usual, [0.025, 0.975]) if usual.size else (float("nan"), float("nan"))
        return _Row(
            planned=_mean(split.planned),
            explained=_mean(split.actual),
            shares={f: _mean(share) for f, share in split.shares.items()},
            errors={f: half_width(share) if share.size > 1 else 0.0 for f, share in split.shares.items()},
            alone={f: _mean(split.alone(f)) for f in self.factors},
            usual_low=float(low),
            usual_high=float(high),
        )


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _samples(
    formulas: DayFormulas,
    planned: DayInputs,
    actual: DayInputs,
    factors: tuple[str, ...],
    asked: _Asked,
    by: Method,
    replications: int,
    play: Callable[[list[DayInputs], int], list[Floats]],
) -> _Samples:
    wanted = coalitions(factors)
    days = [mixed_inputs(planned, actual, coalition) for coalition in wanted]
    if by == "formula":
        values = {c: asked.of_expected(formulas.counts(day))[None] for c, day in zip(wanted, days, strict=True)}
        return _Samples(factors, values, asked.of_counts(play([actual], BAND_REPLICATIONS)[0]))
    values = {c: asked.of_counts(one) for c, one in zip(wanted, play(days, replications), strict=True)}
    return _Samples(factors, values, values[frozenset(factors)])
