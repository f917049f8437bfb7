"""A finished plan: what every stage made, in one value that pages and reports only show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

from wfm.hotline import Hotline
from wfm.i18n import Text

__all__ = ["Finding", "Plan", "RosterSummary", "ScoreRow", "Severity"]

Severity = Literal["good", "notice", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence that matters, with what would mend it where something is wrong."""

    severity: Severity
    text: Text
    remedy: Text | None = None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One target of the standard as the simulation found it (columns of ``tables.SCORECARD``)."""

    target: str
    name: Text
    kpi: str
    value: float | None
    low: float | None
    high: float | None
    p_met: float | None
    mc_half_width: float | None
    operator: str
    limit: float | None
    unit: str
    clause: str
    source: str
    status: str
    definition: Text
    quote: Text
    note: Text | None = None
    by_line: dict[str, float] = field(default_factory=dict)
    """Mean value of each line."""
    by_day: dict[str, float] = field(default_factory=dict)
    """Mean value of each date (ISO)."""


@dataclass(frozen=True, slots=True)
class RosterSummary:
    """How the roster came out: ``status`` is the solver's own word, never a prettier one."""

    status: Literal["optimal", "feasible", "partial"]
    legal: bool
    objective: float
    bound: float
    posts: int
    """A and B posts to fill."""
    unfilled: int
    agents: int
    agents_used: int
    hours: float
    violations: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything ``wfm plan`` found out about one hotline and period."""

    hotline: Hotline
    first: date
    days: int
    seed: int
    version: str
    inputs: dict[str, str]
    """Hash of each input: ``hotline``, ``agents``, ``leave``, ``records``, ``calendar``, ``standard``."""
    history: Literal["records", "synthetic"]
    """Whether the forecast learned from imported records or from generated ones."""
    history_days: int
    forecast_model: str
    replications: int
    reproducible: bool
    level: Literal["interval", "day"]
    """Whether seats keep the targets in every interval, or over the day."""
    confidence: float | None
    """Probability with which seats were to keep each day's targets; none: sized for the expected demand."""
    forecast: pd.DataFrame
    """line, interval, mean, p025, p10, p50, p90, p975, aht_s"""
    requirement: pd.DataFrame
    """Columns of ``tables.REQUIREMENT``."""
    cover: pd.DataFrame
    """group, interval, rostered_a, rostered_b: agents on duty in each interval."""
    duties: pd.DataFrame
    """Columns of ``tables.DUTIES``."""
    daily: pd.DataFrame
    """date, line, and the mean over replications of the daily counts of ``metrics.COUNTS``."""
    replication_kpis: pd.DataFrame
    """One row a replication, one column a KPI: the period's value. What comparisons pair on."""
    compliance: pd.DataFrame
    """date, one column a target and ``all``: the probability that the day by itself keeps it."""
    scorecard: tuple[ScoreRow, ...]
    roster: RosterSummary
    findings: tuple[Finding, ...]
    day_kinds: dict[str, dict[str, str]]
    """ISO date → {"kind": …, "en": name, "zh": name}; names empty on ordinary days."""

    @property
    def origin(self) -> datetime:
        """The moment up to which the forecast knew the past: the first day's start."""
        return datetime.combine(self.first, time(), tzinfo=ZoneInfo(self.hotline.time_zone))

    @property
    def title(self) -> str:
        """Name and period, in the language of the moment."""
        last = self.first + timedelta(days=self.days - 1)
        return f"{self.hotline.name} · {self.first:%Y-%m-%d} – {last:%Y-%m-%d}"
