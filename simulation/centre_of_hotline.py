"""How a hotline with its calls and its roster becomes a centre that can be simulated."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.attendance import rostered_duties
from simulation.centre import NO_LIMIT, AgentChoice, Centre, Floats, Integers, Overflow
from simulation.draws import (
    NO_TABLES,
    Law,
    empirical,
    exponential,
    hyperexponential,
    lognormal,
    quantile_table,
    weibull,
)
from simulation.soundness import require_sound
from wfm.errors import BadInput
from wfm.hotline import Agent, Hotline, Patience, calendar_of, minutes_of, order_deadlines_s, serving_groups
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["centre_of"]

FOLLOW_UP_CV = 0.6
"""Standard deviation ÷ mean of a satisfaction call-back (assumed, as of after-call work)."""

SCALE_LEAST = 0.05
"""Talk is never scaled below this share of its mean, whatever handling time is asked for."""


def centre_of(
    hotline: Hotline,
    grid: TimeGrid,
    open_mask: NDArray[np.bool_],
    arrivals: NDArray[Any],
    aht_s: NDArray[np.float64] | None,
    duties: pd.DataFrame,
    agents: Sequence[Agent] = (),
) -> Centre:
    """The hotline over the grid's period with these calls and this roster.

    Args:
        hotline: The hotline.
        grid: The period, T intervals.
        open_mask: (T,) whether agents answer in the interval.
        arrivals: (P, L, T) first attempts on P sample paths; lines in the hotline's order. Whole
            numbers; replication r plays path r mod P.
        aht_s: (L, T) mean handling time that the calls of each interval shall have: talk is scaled
            to it, hold, wrap-up and short calls stay. None: as the hotline says. NaN: likewise.
        duties: Columns of ``wfm.tables.DUTIES``.
        agents: Whose pace is known; the others keep the hotline's handling times.

    Raises:
        BadInput: calls are negative or not a number, the roster is empty or contradicts itself, or nobody can answer
            a line that has calls.
        ValueError: an array has another shape than the grid and the hotline's lines ask for.
    """
    shape = (len(hotline.lines), len(grid))
    if arrivals.ndim != 3 or arrivals.shape[1:] != shape or not len(arrivals):
        raise ValueError(f"arrivals: expected (paths, {shape[0]}, {shape[1]}), found {arrivals.shape}")
    if open_mask.shape != shape[1:]:
        raise ValueError(f"open_mask: expected {shape[1:]}, found {open_mask.shape}")
    if not np.isfinite(arrivals).all() or (arrivals < 0).any():
        raise BadInput(say("simulation: calls per interval must be numbers of at least 0"))
    rostered = rostered_duties(duties, [g.id for g in hotline.groups], grid)
    if not (~rostered.standby).any():
        raise BadInput(say("simulation: the roster has no A duty in the period, so nobody would answer"))
    dates, interval_date = np.unique(np.asarray(grid.dates, dtype="datetime64[D]"), return_inverse=True)
    lines, ivr, back, survey = hotline.lines, hotline.ivr, hotline.call_back, hotline.satisfaction
    lost, office, minutes = hotline.shrinkage, hotline.office_work, np.asarray(grid.minutes)
    may_call = (minutes >= minutes_of(office.calls_from)) & (minutes < minutes_of(office.calls_to))
    patience, tables = _patience([line.patience for line in lines])
    heard = [line.announced_wait for line in lines]
    pace = {agent.id: agent.pace for agent in agents}
    centre = Centre(
        line_ids=tuple(line.id for line in lines),
        group_ids=tuple(group.id for group in hotline.groups),
        dates=dates,
        interval_date=interval_date.astype(np.int64),
        interval_s=float(grid.interval_s),
        arrivals=np.rint(arrivals).astype(np.int64),
        is_open=open_mask.astype(bool),
        by_day=open_mask & may_call,
        serving=_serving(hotline, grid),
        talk_scale=_talk_scale(hotline, aht_s, shape),
        duties=rostered,
        circuits=NO_LIMIT if hotline.trunks.circuits is None else hotline.trunks.circuits,
        ring_s=hotline.ring_s,
        short_abandon_s=hotline.short_abandon_s,
        announcement_s=ivr.announcement_s,
        menu=exponential(ivr.menu_s),
        self_service_share=ivr.self_service_share,
        self_service=exponential(ivr.self_service_s),
        hang_up_share=ivr.hang_up_share,
        hang_up=exponential(ivr.hang_up_s),
        ivr_open_24_h=ivr.open_24_h,
        talk=tuple(lognormal(line.handling.talk_s, line.handling.talk_cv) for line in lines),
        hold=tuple(lognormal(line.handling.hold_s, line.handling.talk_cv) for line in lines),
        wrap=tuple(lognormal(line.handling.wrap_s, line.handling.wrap_cv) for line in lines),
        short_call_share=tuple(line.handling.short_call_share for line in lines),
        short_call_s=tuple(line.handling.short_call_s for line in lines),
        patience=patience,
        redial_share=tuple(line.redial.share for line in lines),
        redial_delay=tuple(exponential(line.redial.delay_mean_s) for line in lines),
        attempts_max=tuple(line.redial.attempts_max for line in lines),
        call_back_missed=back.missed_calls,
        call_back_closed=back.closed_calls,
        call_back_reached_share=back.reached_share,
        call_back_delay_s=back.delay_s,
        call_back_next_morning=back.missed_when == "next_morning",
        follow_up_share=survey.call_backs_per_answer,
        follow_up=lognormal(survey.call_back_s, FOLLOW_UP_CV),
        absence_share=lost.unplanned_share,
        standby_delay_s=hotline.rules.standby_delay_min * 60,
        late_share=lost.late_share,
        late=exponential(lost.late_mean_min * 60),
        tables=tables,
        priority=tuple(line.priority for line in lines),
        head_start_s=tuple(line.head_start_s for line in lines),
        overflow=_overflow(hotline),
        agent_choice=AgentChoice[hotline.agent_choice.upper()],
        announced_handling_s=tuple(line.handling.mean_s for line in lines),
        offer_over_s=tuple(_or_never(one.offer_call_back_over_s) for one in heard),
        accept_share=tuple(one.accept_share for one in heard),
        balk_over_s=tuple(_or_never(one.balk_over_s) for one in heard),
        balk_share=tuple(one.balk_share for one in heard),
        three_way_share=tuple(line.handling.three_way_share for line in lines),
        three_way=tuple(lognormal(line.handling.three_way_s, line.handling.three_way_cv) for line in lines),
        pace=np.array([pace.get(agent, 1.0) for agent in rostered.agent_ids]),
        places=hotline.seats.opened,
        **_orders(hotline, grid),
    )
    require_sound(centre)
    return centre


def _or_never(limit_s: float | None) -> float:
    return inf if limit_s is None else limit_s


def _patience(said: Sequence[Patience]) -> tuple[tuple[Law, ...], Floats]:
    """The lines' laws of patience, and the quantile tables of the empirical ones."""
    laws: list[Law] = []
    tables: list[Floats] = []
    for one in said:
        if one.distribution == "empirical":
            share, s = one.points()
            # Beyond the last quantile nobody gives up.
            rest = ([], []) if share[-1] == 1 else ([1.0], [inf])
            laws.append(empirical(len(tables)))
            tables.append(quantile_table([*share, *rest[0]], [*s, *rest[1]]))
        elif one.distribution == "lognormal":
            laws.append(lognormal(one.mean_s, one.cv))
        elif one.distribution == "weibull":
            laws.append(weibull(one.mean_s, one.weibull_shape))
        elif one.distribution == "hyperexponential":
            laws.append(hyperexponential(*one.phases))
        else:
            laws.append(exponential(one.mean_s))
    return tuple(laws), np.array(tables) if tables else NO_TABLES


def _overflow(hotline: Hotline) -> tuple[tuple[Overflow, ...], ...]:
    number = {group.id: k for k, group in enumerate(hotline.groups)}
    return tuple(tuple(Overflow(number[step.group], step.after_s) for step in line.overflow) for line in hotline.lines)


def _orders(hotline: Hotline, grid: TimeGrid) -> dict[str, Any]:
    """The fields of work orders; none where no group works on them, so that a back office does."""
    groups = np.array([group.works_on_orders for group in hotline.groups])
    if not groups.any() or not hotline.work_orders:
        return {}
    return {
        "order_groups": groups,
        "order_share": tuple(order.per_answered_call for order in hotline.work_orders),
        "order_work": tuple(lognormal(order.handling_s, order.handling_cv) for order in hotline.work_orders),
        "order_due_s": order_deadlines_s(hotline, grid, calendar_of(hotline)),
        "order_by_day": tuple(order.by_telephone for order in hotline.work_orders),
    }


def _serving(hotline: Hotline, grid: TimeGrid) -> Integers:
    """(L, T) group of each line; where no group works, the last that did (or the next that will)."""
    number = {group.id: k for k, group in enumerate(hotline.groups)}
    named = serving_groups(hotline, grid)
    served = np.full((len(hotline.lines), len(grid)), -1, dtype=np.int64)
    for k, line in enumerate(hotline.lines):
        served[k] = [number.get(group, -1) for group in named[line.id]]
        known = np.flatnonzero(served[k] >= 0)
        if not len(known):
            raise BadInput(say("simulation: no group serves line {line} in the period", line=line.id))
        last = np.maximum(np.searchsorted(known, np.arange(len(grid)), side="right") - 1, 0)
        served[k] = served[k, known[last]]
    return served


def _talk_scale(hotline: Hotline, aht_s: NDArray[np.float64] | None, shape: tuple[int, int]) -> Floats:
    if aht_s is None and all(line.handling.scale == 1 for line in hotline.lines):
        return np.ones(shape)
    if aht_s is None:
        aht_s = np.repeat([[line.handling.mean_s] for line in hotline.lines], shape[1], axis=1)
    if aht_s.shape != shape:
        raise ValueError(f"aht_s: expected {shape}, found {aht_s.shape}")
    scale = np.ones(shape)
    for k, line in enumerate(hotline.lines):
        times = line.handling
        if times.short_call_share < 1:
            ordinary = (aht_s[k] - times.short_call_share * times.short_call_s) / (1 - times.short_call_share)
            rest = times.hold_s + times.wrap_s + times.three_way_share * times.three_way_s
            scale[k] = np.maximum((ordinary - rest) / times.talk_s, SCALE_LEAST)
    return np.where(np.isnan(scale), 1.0, scale)
