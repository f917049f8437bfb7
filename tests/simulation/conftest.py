"""Small centres to play: one day from 2026-09-14, one line unless more are named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from math import inf
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulation import (
    Centre,
    Engine,
    SimulatedCalls,
    assert_conservation,
    assert_little,
    assert_one_fate,
    centre_of,
    play,
)
from simulation.centre import NOTHING, GivenCalls
from simulation.draws import constant
from wfm.hotline import Hotline, calendar_of, grid_of, open_intervals

FIRST = date(2026, 9, 14)


def hotline_of(**changes: Any) -> Hotline:
    line = {
        "id": "general",
        "name": {"en": "General", "zh": "综合"},
        "demand": {"calls_per_day": 100},
        "handling": {"talk_s": 200, "wrap_s": 0},
        "patience": {"mean_s": 200},
    }
    base: dict[str, Any] = {
        "id": "small",
        "number": "12345",
        "name": {"en": "Small", "zh": "小"},
        "seats": {"built": 1000, "opened": 1000},
        "ivr": {"announcement_s": 0, "menu_s": 0},
        "ring_s": 0,
        "interval_min": 60,
        "lines": [line],
        "groups": [{"id": "all", "name": {"en": "All", "zh": "全部"}, "lines": ["general"]}],
        "contracts": [{"id": "contract", "name": {"en": "C", "zh": "C"}, "employee": False}],
        "shifts": [
            {
                "id": "day",
                "name": {"en": "D", "zh": "D"},
                "short": {"en": "D", "zh": "D"},
                "start": "00:00",
                "end": "24:00",
            }
        ],
        "shrinkage": {"unplanned_share": 0},
    }
    return Hotline.model_validate(base | changes)


def duty(
    agent: str,
    start_h: float = 0,
    end_h: float = 24,
    *,
    role: str = "A",
    group: str = "all",
    post: str = "",
    breaks: str = "",
    remote: bool = False,
) -> dict[str, Any]:
    midnight = pd.Timestamp(FIRST, tz="Asia/Shanghai")
    return {
        "agent": agent,
        "date": pd.Timestamp(FIRST),
        "shift": "day",
        "group": group,
        "post": post or f"{group}-{agent}",
        "role": role,
        "start": midnight + pd.Timedelta(hours=start_h),
        "end": midnight + pd.Timedelta(hours=end_h),
        "breaks": breaks,
        "remote": remote,
    }


def counts_of(hours: dict[int, int] | np.ndarray, days: int = 1) -> np.ndarray:
    """(1, 1, T) arrivals of a single line with so many calls in each hour."""
    if isinstance(hours, np.ndarray):
        return hours
    counts = np.zeros((1, 1, 24 * days))
    for hour, calls in hours.items():
        counts[0, 0, hour] = calls
    return counts


def build(
    hours: dict[int, int] | np.ndarray,
    duties: Sequence[dict[str, Any]],
    *,
    days: int = 1,
    aht_s: np.ndarray | None = None,
    hotline: dict[str, Any] | None = None,
    **fields: Any,
) -> Centre:
    """A centre from a hotline with changed keys, then with changed fields of the centre itself."""
    model = hotline_of(**(hotline or {}))
    grid = grid_of(model, FIRST, days)
    mask = open_intervals(model, grid, calendar_of(model))
    centre = centre_of(model, grid, mask, counts_of(hours, days), aht_s, pd.DataFrame(list(duties)))
    return replace(centre, **fields)


def build_exact(
    calls: Sequence[tuple[float, int]],
    duties: Sequence[dict[str, Any]],
    *,
    groups: dict[str, list[int]] | None = None,
    days: int = 1,
    **fields: Any,
) -> Centre:
    """A centre without chance: calls of given lines at given seconds, talk of 100 s, patience without end.

    Args:
        groups: Lines that each group serves; one group ``all`` with one line unless named.
    """
    groups = groups or {"all": [0]}
    lines = 1 + max(line for served in groups.values() for line in served)
    hotline = hotline_of()
    line = hotline.lines[0].model_dump(mode="json", exclude_defaults=True)
    group = hotline.groups[0].model_dump(mode="json", exclude_defaults=True)
    names = [f"line-{k}" for k in range(lines)]
    several: dict[str, Any] = {
        "lines": [line | {"id": name} for name in names],
        "groups": [group | {"id": name, "lines": [names[k] for k in served]} for name, served in groups.items()],
    }
    plain: dict[str, Any] = {
        "talk": (constant(100.0),) * lines,
        "hold": (NOTHING,) * lines,
        "wrap": (NOTHING,) * lines,
        "short_call_share": (0.0,) * lines,
        "patience": (constant(inf),) * lines,
        "redial_share": (0.0,) * lines,
        "call_back_missed": False,
        "call_back_closed": False,
        "follow_up_share": 0.0,
        "given": GivenCalls(
            time_s=np.array([time_s for time_s, _ in calls], dtype=float),
            line=np.array([line for _, line in calls], dtype=np.int64),
        ),
    }
    return build(np.zeros((1, lines, 24 * days)), duties, days=days, hotline=several, **(plain | fields))


@pytest.fixture
def exact_centre() -> Callable[..., Centre]:
    return build_exact


@pytest.fixture(params=list(Engine), ids=str)
def played(request: pytest.FixtureRequest) -> Callable[..., SimulatedCalls]:
    """Both engines in turn; whatever they play keeps the laws."""

    def play_lawfully(centre: Centre, seed: int = 1, replication: int = 0) -> SimulatedCalls:
        calls = play(centre, seed, replication, engine=request.param)
        assert_one_fate(calls, centre)
        assert_little(calls, centre)
        assert_conservation(calls, centre)
        return calls

    return play_lawfully


@pytest.fixture
def small_centre() -> Callable[..., Centre]:
    return build


@pytest.fixture
def on_duty() -> Callable[..., dict[str, Any]]:
    return duty


@pytest.fixture
def small_hotline() -> Callable[..., Hotline]:
    return hotline_of
