"""Small hotlines to staff, and the equations of one queue solved without the product's formulas."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, calendar_of, grid_of

MONDAY = date(2026, 9, 14)


def text(word: str) -> dict[str, str]:
    return {"en": word, "zh": word}


def line(line_id: str, **more: Any) -> dict[str, Any]:
    return {
        "id": line_id,
        "name": text(line_id),
        "demand": {"calls_per_day": 200},
        "handling": {"talk_s": 200, "wrap_s": 40},
        "patience": {"mean_s": 120},
    } | more


def hotline_with(**changes: Any) -> Hotline:
    """A hotline of two lines, round the clock: one group each by day, one pooled group at night."""
    base: dict[str, Any] = {
        "id": "little",
        "number": "12348",
        "name": text("Little"),
        "calendar": {"country": None},
        "seats": {"built": 60, "opened": 40},
        "ring_s": 3,
        "occupancy_max": 0.85,
        "lines": [line("general"), line("wages", handling={"talk_s": 400, "wrap_s": 80}, patience={"mean_s": 60})],
        "groups": [
            {"id": "day-general", "name": text("g"), "lines": ["general"], "from": "08:00", "to": "20:00"},
            {"id": "day-wages", "name": text("w"), "lines": ["wages"], "from": "08:00", "to": "20:00"},
            {"id": "night", "name": text("n"), "lines": ["general", "wages"], "from": "20:00", "to": "08:00"},
        ],
        "contracts": [{"id": "contract", "name": text("c"), "employee": False}],
        "shifts": [{"id": "d", "name": text("d"), "short": text("d"), "start": "08:00", "end": "20:00"}],
    }
    return Hotline.model_validate(base | changes)


class Day:
    """A hotline with its grid, calendar and a forecast made for it."""

    def __init__(self, hotline: Hotline, first: date = MONDAY, days: int = 2) -> None:
        self.hotline = hotline
        self.grid: TimeGrid = grid_of(hotline, first, days)
        self.calendar: WorkingCalendar = calendar_of(hotline)

    def forecast(self, calls_per_interval: dict[str, float] | None = None, aht_s: float | None = None) -> pd.DataFrame:
        """Calls by time of day: as given from 08:00 to 20:00, a fifth of it at night."""
        by_day = (self.grid.minutes >= 480) & (self.grid.minutes < 1200)
        parts = []
        for one in self.hotline.lines:
            calls = (calls_per_interval or {}).get(one.id, 10.0)
            mean = np.where(by_day, calls, calls / 5)
            handling = aht_s or one.handling.mean_s
            parts.append(pd.DataFrame({"line": one.id, "interval": self.grid.starts, "mean": mean, "aht_s": handling}))
        return pd.concat(parts, ignore_index=True)


class Chain:
    """M/M/n+M from its balance equations."""

    def __init__(self, rate: float, aht_s: float, seats: int, patience_s: float) -> None:
        self.rate, self.mu, self.theta, self.n = rate, 1 / aht_s, 1 / patience_s, seats
        weights = [1.0]
        for k in range(1, seats + 600):
            weights.append(weights[-1] * rate / (min(k, seats) * self.mu + max(k - seats, 0) * self.theta))
        self.p = np.array(weights) / sum(weights)
        self.busy = self.p[seats:]
        ahead = np.arange(self.busy.size)
        self.leaving = seats * self.mu + (ahead + 1) * self.theta
        self.abandon = float((self.busy * ahead).sum() * self.theta / rate)

    @property
    def asa_s(self) -> float:
        if self.n == 0:
            return float("inf")
        served = self.n * self.mu / self.leaving
        return float((self.busy * served * np.cumsum(1 / self.leaving)).sum() / (1 - self.abandon))

    @property
    def occupancy(self) -> float:
        return self.rate / self.mu * (1 - self.abandon) / self.n if self.n else float("inf")

    def waits_over(self, t: float) -> float:
        """P(still waiting after t): the places ahead and the caller's own patience, in small exact steps."""
        ahead = np.arange(self.busy.size)
        leave = self.n * self.mu + ahead * self.theta
        top = leave[-1] + self.theta
        state, still, p_n = self.busy.copy(), 0.0, np.exp(-top * t)
        for step in range(int(top * t + 12 * np.sqrt(top * t) + 50)):
            still += p_n * state.sum()
            state = state * (1 - (leave + self.theta) / top) + np.append((state * leave / top)[1:], 0.0)
            p_n *= top * t / (step + 1)
        return float(still)


@pytest.fixture
def make_hotline() -> Any:
    return hotline_with


@pytest.fixture
def make_day() -> Any:
    return Day


@pytest.fixture
def make_line() -> Any:
    return line


@pytest.fixture
def chain() -> Any:
    return Chain
