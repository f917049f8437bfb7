"""The scorecard: each target of the standard against what the replications gave."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.plan import ScoreRow
from simulation.estimates import half_width
from wfm.hotline import Hotline
from wfm.i18n import Text
from wfm.metrics import COUNTS, KPIS, kpi_values
from wfm.standards import Target

__all__ = ["P_AT_RISK", "P_MET", "build_scorecard", "period_kpis", "status_of"]

P_MET = 0.9
P_AT_RISK = 0.5

_NO_DATA = Text("no records of this kind have been imported", "尚未导入此类数据")


def status_of(p_met: float) -> str:
    """met when the probability is at least 0.9, at risk from 0.5, else missed."""
    return "met" if p_met >= P_MET else "at risk" if p_met >= P_AT_RISK else "missed"


def period_kpis(counts: pd.DataFrame) -> pd.DataFrame:
    """Every KPI of every replication over the period, all lines together.

    ``counts`` holds replication, line, date and :data:`wfm.metrics.COUNTS`; the result has one row a
    replication and the column ``replication`` first.
    """
    days = counts.groupby(["replication", "date"], sort=True)[list(COUNTS)].sum().reset_index()
    rows = []
    for replication, part in days.groupby("replication", sort=True):
        rows.append({"replication": replication, **kpi_values(part)})
    return pd.DataFrame(rows)


def build_scorecard(
    hotline: Hotline,
    targets: tuple[Target, ...],
    counts: pd.DataFrame,
    kpis: pd.DataFrame,
    roster_measures: Mapping[str, float],
) -> tuple[ScoreRow, ...]:
    """One row a target, in the standard's order.

    low and high are the 2.5 and 97.5 % quantiles of the period's value over replications, so they
    hold the forecast's uncertainty; ``mc_half_width`` is the Monte-Carlo error of the mean alone.
    Measures of the roster and settings of the hotline do not vary: they are met or missed outright.
    """
    mean_days = counts.groupby(["line", "date"], sort=True)[list(COUNTS)].mean().reset_index()
    rows = []
    for target in targets:
        if target.measure == "calls":
            rows.append(_call_row(target, kpis, mean_days))
        elif target.measure == "configuration":
            rows.append(_fixed_row(target, _setting(hotline, target.kpi)))
        elif target.measure == "roster":
            rows.append(_fixed_row(target, roster_measures.get(target.kpi)))
        else:
            rows.append(_row(target, "unknown", note=target.note or _NO_DATA))
    return tuple(rows)


def _call_row(target: Target, kpis: pd.DataFrame, mean_days: pd.DataFrame) -> ScoreRow:
    values: NDArray[np.float64] = kpis[target.kpi].to_numpy(float)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return _row(target, "unknown")
    p_met = float(np.mean([target.met(v) for v in values]))
    kpi = KPIS[target.kpi]
    by_line = {str(line): kpi.of(part) for line, part in mean_days.groupby("line", sort=False)}
    days = mean_days.groupby("date", sort=True)[list(COUNTS)].sum()
    ratios = kpi.daily(days)
    by_day = {f"{day:%Y-%m-%d}": float(r) for day, r in zip(pd.to_datetime(days.index), ratios, strict=True)}
    decides = target.limit is not None
    return _row(
        target,
        status_of(p_met) if decides else "reported",
        value=float(values.mean()),
        low=float(np.quantile(values, 0.025)),
        high=float(np.quantile(values, 0.975)),
        p_met=p_met if decides else None,
        mc_half_width=half_width(values),
        by_line={k: v for k, v in by_line.items() if math.isfinite(v)},
        by_day={k: v for k, v in by_day.items() if math.isfinite(v)},
    )


def _fixed_row(target: Target, value: float | None) -> ScoreRow:
    if value is None or not math.isfinite(value):
        return _row(target, "unknown")
    met = target.met(value)
    status = "reported" if target.limit is None else "met" if met else "missed"
    p_met = float(met) if target.limit is not None else None
    return _row(target, status, value=value, low=value, high=value, p_met=p_met, mc_half_width=0.0)


def _setting(hotline: Hotline, key_path: str) -> float | None:
    node: object = hotline
    for key in key_path.split("."):
        node = getattr(node, key, None)
    return float(node) if isinstance(node, (int, float)) else None


def _row(target: Target, status: str, **found: object) -> ScoreRow:
    known = KPIS.get(target.kpi)
    empty: dict[str, object] = dict.fromkeys(("value", "low", "high", "p_met", "mc_half_width"))
    base: dict[str, object] = {
        "target": target.id,
        "name": target.name,
        "kpi": target.kpi,
        "operator": target.operator or "",
        "limit": target.limit,
        "unit": target.unit,
        "clause": target.clause,
        "source": target.source,
        "status": status,
        "definition": known.definition if known is not None else target.name,
        "quote": target.quote,
        "note": target.note,
    }
    return ScoreRow(**{**empty, **base, **found})  # type: ignore[arg-type]
