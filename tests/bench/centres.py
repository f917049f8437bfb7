"""Centres that the simulator's bench plays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios.scenario import load_scenario
from simulation import Centre, centre_of
from simulation.attendance import RosteredDuties
from simulation.centre import NOTHING, Overflow
from simulation.draws import exponential, lognormal
from wfm.hotline import calendar_of, grid_of, open_intervals

FIRST = date(2026, 9, 14)
DAY_S = 86_400.0
QUARTER_S = 900.0


def plain_queue(days: int, *, paths: int = 1) -> Centre:
    """M/M/52+M: 10 calls a minute, 300 s of talk and of patience."""
    intervals = days * 96
    return Centre(
        line_ids=("line",),
        group_ids=("group",),
        dates=np.datetime64(FIRST) + np.arange(days),
        interval_date=np.repeat(np.arange(days), 96),
        interval_s=QUARTER_S,
        arrivals=np.random.default_rng(1).poisson(150.0, (paths, 1, intervals)),
        is_open=np.ones(intervals, dtype=bool),
        by_day=np.ones(intervals, dtype=bool),
        serving=np.zeros((1, intervals), dtype=np.int64),
        talk_scale=np.ones((1, intervals)),
        duties=_duties(np.zeros(52, dtype=np.int64), 1, days * DAY_S),
        ring_s=0.0,
        talk=(exponential(300.0),),
        hold=(NOTHING,),
        wrap=(NOTHING,),
        short_call_share=(0.0,),
        short_call_s=(0.0,),
        patience=(exponential(300.0),),
        redial_share=(0.0,),
        redial_delay=(exponential(300.0),),
        attempts_max=(1,),
    )


def many_skills(days: int, *, real_laws: bool = False) -> Centre:
    """Three lines with a group each that helps the others after 20 s; 52 agents, two breaks a duty, redials, call-backs.

    Times are exponential, as in the plain queue that it is compared with, or lognormal as real ones are.
    """
    single = plain_queue(days)
    group = np.arange(52) % 3
    pauses = tuple(
        ((11 * 3600.0 + 120 * k, 11 * 3600.0 + 120 * k + 1800), (18 * 3600.0, 19 * 3600.0)) for k in range(52)
    )
    three = {name: getattr(single, name) * 3 for name in ("short_call_s", "patience", "redial_delay")}
    others = ((1, 2), (0, 2), (0, 1))
    return replace(
        single,
        **three,
        line_ids=("a", "b", "c"),
        group_ids=("a", "b", "c"),
        arrivals=np.random.default_rng(1).poisson(46.0, (1, 3, days * 96)),
        serving=np.repeat(np.arange(3)[:, None], days * 96, axis=1),
        talk_scale=np.ones((3, days * 96)),
        duties=_duties(group, days, DAY_S, pauses),
        ring_s=3.0,
        talk=(lognormal(250.0, 0.8) if real_laws else exponential(250.0),) * 3,
        hold=(NOTHING,) * 3,
        wrap=(lognormal(30.0, 0.6) if real_laws else exponential(30.0),) * 3,
        short_call_share=(0.05,) * 3,
        redial_share=(0.5,) * 3,
        attempts_max=(4,) * 3,
        call_back_missed=True,
        overflow=tuple(tuple(Overflow(g, 20.0) for g in those) for those in others),
        **dict.fromkeys(_OF_LINES, ()),
        order_groups=np.zeros(0, dtype=bool),
    )


_OF_LINES = (
    "priority", "head_start_s", "announced_handling_s", "offer_over_s", "accept_share", "balk_over_s", "balk_share",
    "three_way_share", "three_way",
)  # fmt: skip


def shipped(name: str, days: int, agents_per_group: int, *, calls_per_interval: float | None = None) -> Centre:
    """A shipped hotline with all its rules and so many agents a group, day and night, by its own calls per day."""
    hotline = load_scenario(name).hotline
    zone = ZoneInfo(hotline.time_zone)
    grid = grid_of(hotline, FIRST, days)
    per_day = np.array([line.demand.calls_per_day for line in hotline.lines], dtype=float)
    rate = per_day / (len(grid) / days) if calls_per_interval is None else np.full(len(per_day), calls_per_interval)
    arrivals = np.random.default_rng(1).poisson(rate[:, None], (1, len(rate), len(grid))).astype(float)
    rows = []
    for group in hotline.groups:
        for day in grid.day_list:
            start = datetime.combine(day, datetime.min.time(), tzinfo=zone)
            for agent in range(agents_per_group):
                rows.append((f"{group.id}-{agent}-{day}", day, group.id, start, start + timedelta(days=1)))
    duties = pd.DataFrame(rows, columns=["agent", "date", "group", "start", "end"]).assign(
        date=lambda t: pd.to_datetime(t["date"]),
        shift="d",
        post=lambda t: t["agent"],
        role="A",
        breaks="",
        remote=False,
    )
    return centre_of(hotline, grid, open_intervals(hotline, grid, calendar_of(hotline)), arrivals, None, duties)


def _duties(
    group: np.ndarray, days: int, length_s: float, pauses: tuple[tuple[tuple[float, float], ...], ...] | None = None
) -> RosteredDuties:
    """One duty a day for each agent, one after another without a gap."""
    size = len(group)
    agent, day = np.tile(np.arange(size), days), np.repeat(np.arange(days), size)
    of_day = pauses or ((),) * size
    shifted = tuple(
        tuple((begin + d * length_s, end + d * length_s) for begin, end in of_day[a])
        for a, d in zip(agent.tolist(), day.tolist(), strict=True)
    )
    return RosteredDuties(
        agent_ids=tuple(f"{k:03}" for k in range(size)),
        agent=agent,
        group=np.tile(group, days),
        standby=np.zeros(size * days, dtype=bool),
        start_s=day * length_s,
        end_s=(day + 1) * length_s,
        key=np.arange(1, size * days + 1, dtype=np.uint64),
        pauses=shifted,
        backups=((),) * (size * days),
        paired=(False,) * (size * days),
    )
