"""What a sweep says: its measures by name, the limit that holds for each, and one sentence made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.parameters import Parameter, parameters_of
from scenarios.scenario_differences import parameter_text
from scenarios.scorecard import P_MET
from scenarios.sweep import COMPLIES, HEAD_HOURS, SEAT_HOURS
from scenarios.sweep_folder import KeptSweep
from scenarios.sweep_values import SweptParameter, value_words_of
from wfm.hotline import Hotline, targets_of
from wfm.i18n import Text, both
from wfm.metrics import KPIS

__all__ = ["Measure", "SweptAxis", "axes_of", "crossings", "measures_of", "sweep_sentence"]


@dataclass(frozen=True, slots=True)
class Measure:
    """Something that a sweep measures at each point."""

    key: str
    name: Text
    unit: str
    definition: Text
    limit: float | None = None
    operator: str = ""
    clause: str = ""

    def keeps(self, value: float) -> bool:
        """Whether a value keeps the limit; True without one."""
        if self.limit is None:
            return True
        return {
            "<": value < self.limit,
            "<=": value <= self.limit,
            ">": value > self.limit,
            ">=": value >= self.limit,
        }[self.operator]


@dataclass(frozen=True, slots=True)
class SweptAxis:
    """A swept parameter as an axis shows it."""

    parameter: Parameter
    swept: SweptParameter
    name: Text

    def words(self, value: float) -> str:
        """A value with its unit, in the language of the moment."""
        return value_words_of(self.parameter, self.swept, value).of()

    @property
    def now(self) -> float | None:
        """Where the scenario as it is lies on the axis; None where its items differ."""
        if self.swept.relative:
            return 1.0
        now = self.parameter.now
        return float(now) if isinstance(now, (int, float)) and not isinstance(now, bool) else None


def axes_of(hotline: Hotline, kept: KeptSweep) -> list[SweptAxis]:
    """The axes of a sweep; a parameter that the hotline no longer has is left out."""
    known = {p.path: p for p in parameters_of(hotline)}
    return [
        SweptAxis(known[p.path], p, parameter_text(known[p.path])) for p in kept.question.parameters if p.path in known
    ]


def measures_of(hotline: Hotline) -> dict[str, Measure]:
    """Every measure by key: compliance first, then KPIs with a limit, then the others and the hours."""
    limits = {t.kpi: t for t in reversed(targets_of(hotline)) if t.measure == "calls" and t.limit is not None}
    found = [
        Measure(
            COMPLIES,
            both("All targets kept"),
            "share",
            both("share of the replications in which the period keeps every target over calls"),
            P_MET,
            ">=",
        )
    ]
    ordered = sorted(KPIS.values(), key=lambda kpi: kpi.id not in limits)
    for kpi in ordered:
        target = limits.get(kpi.id)
        limit = (target.limit, target.operator or "", target.clause) if target is not None else (None, "", "")
        found.append(Measure(kpi.id, kpi.name, kpi.unit, kpi.definition, *limit))
    found.append(Measure(SEAT_HOURS, both("Seat-hours a week"), "h", both("hours of manned seats ÷ days × 7")))
    found.append(
        Measure(HEAD_HOURS, both("Head-hours a week"), "h", both("seat-hours a week ÷ (1 − unplanned absence)"))
    )
    return {measure.key: measure for measure in found}


def crossings(table: pd.DataFrame, limit: float) -> list[float]:
    """Where the mean crosses the limit along x, between two points in a straight line.

    Args:
        table: ``x`` rising and ``mean`` of one measure.
        limit: the limit.
    """
    x, above = table["x"].to_numpy(float), table["mean"].to_numpy(float) - limit
    found = []
    for k in range(len(x) - 1):
        a, b = above[k], above[k + 1]
        if np.isfinite(a) and np.isfinite(b) and a * b < 0:
            found.append(float(x[k] + (x[k + 1] - x[k]) * a / (a - b)))
    return found


def sweep_sentence(kept: KeptSweep, axes: list[SweptAxis], measure: Measure) -> Text:
    """What matters: from where to where the limit is kept, or how many points keep it."""
    table = kept.table[kept.table["measure"] == measure.key]
    method = "simulation" if (table["method"] == "simulation").any() else "formula"
    table = table[table["method"] == method].sort_values("x")
    if table.empty or not axes:
        return both("No point is finished yet.")
    by = both("by formula, for the expected demand: ") if method == "formula" else Text("", "")
    if measure.limit is None:
        low, high = table["mean"].min(), table["mean"].max()
        return both(
            "{by}{measure} runs from {low} to {high} over the sweep.",
            by=by,
            measure=measure.name,
            low=_value(low, measure),
            high=_value(high, measure),
        )
    keeps = [measure.keeps(float(v)) for v in table["mean"]]
    surely = measure.key == COMPLIES
    if all(keeps):
        if surely:
            return both("Every point keeps all targets with at least 90 % probability.")
        return both("{by}Every point keeps the limit of {measure}.", by=by, measure=measure.name)
    if not any(keeps):
        if surely:
            return both("No point keeps all targets with 90 % probability.")
        return both("{by}No point keeps the limit of {measure}.", by=by, measure=measure.name)
    if len(axes) == 1:
        found = crossings(table, measure.limit)
        if len(found) == 1:
            at = _said(axes[0], found[0])
            if surely and keeps[0]:
                return both(
                    "All targets are kept with 90 % probability up to {parameter} {at}.", parameter=axes[0].name, at=at
                )
            if surely:
                return both(
                    "All targets are kept with 90 % probability from {parameter} {at} on.",
                    parameter=axes[0].name,
                    at=at,
                )
            if keeps[0]:
                return both(
                    "{by}{measure} keeps its limit up to {parameter} {at}.",
                    by=by,
                    measure=measure.name,
                    parameter=axes[0].name,
                    at=at,
                )
            return both(
                "{by}{measure} keeps its limit from {parameter} {at} on.",
                by=by,
                measure=measure.name,
                parameter=axes[0].name,
                at=at,
            )
    if surely:
        return both(
            "{kept} of {all} points keep all targets with at least 90 % probability.", kept=sum(keeps), all=len(keeps)
        )
    return both(
        "{by}{kept} of {all} points keep the limit of {measure}.",
        by=by,
        kept=sum(keeps),
        all=len(keeps),
        measure=measure.name,
    )


def _said(axis: SweptAxis, value: float) -> Text:
    if axis.swept.relative:
        return both("{change} %", change=f"{100 * (value - 1):+.0f}".replace("-", "−"))
    return value_words_of(axis.parameter, axis.swept, float(f"{value:.3g}"))


def _value(value: float, measure: Measure) -> Text:
    if measure.unit == "share":
        return both("{number} %", number=f"{100 * value:.1f}")
    number = f"{value:,.1f}"
    return (
        both("{number} s", number=number)
        if measure.unit == "s"
        else both("{number} h", number=number)
        if measure.unit == "h"
        else Text(number, number)
    )
