"""Synthetic call records of a hotline that has none yet: seeded, plausible, clearly labelled.

Every agent of a synthetic record is called ``synthetic-…``, and the store keeps such records under
the label ``synthetic``, apart from recorded ones.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.execution import Progress, no_progress
from wfm.records.call_flow import SYNTHETIC, CallDraws, CallRow, Staffed, draw_calls, run_calls
from wfm.records.profiles import interval_shares
from wfm.tables import CALLS, OUTCOMES, check_table, empty_table

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["ABANDONED_SHARE", "SYNTHETIC", "content_hash_of", "expected_calls", "generate_calls"]

ABANDONED_SHARE = 0.045
"""Share of queued callers who give up that the number of agents is chosen for."""

_ANSWERS = ("satisfied", "basically_satisfied", "not_satisfied")


def expected_calls(hotline: Hotline, grid: TimeGrid, calendar: WorkingCalendar) -> NDArray[np.float64]:
    """Mean first attempts per line and interval by the hotline's own ``demand``; shape ``(L, T)``."""
    factors = np.ones((len(hotline.lines), len(grid)))
    kinds = {day: calendar.kind(day).value for day in grid.day_list}
    dates = grid.dates.astype("datetime64[D]").astype(object)
    slot = np.asarray(grid.minutes, dtype=int) // grid.interval_min
    for row, line in enumerate(hotline.lines):
        demand = line.demand
        by_kind = {
            "weekday": 1.0,
            "weekend": demand.weekend_factor,
            "holiday": demand.holiday_factor,
            "makeup": demand.makeup_factor,
        }
        shares = interval_shares(demand.profile, grid.interval_min)
        day_factor = np.array([by_kind[kinds[day]] for day in dates])
        factors[row] = demand.calls_per_day * demand.scale * day_factor * shares[slot]
    return factors


def _arrivals(
    hotline: Hotline, grid: TimeGrid, means: NDArray[np.float64], seed: int
) -> tuple[CallDraws, NDArray[np.int64]]:
    """Draws of all first attempts in the order of arrival, and the line of each.

    Each line and date has a stream of its own, so that more days add calls and change none.
    """
    dates = grid.dates.astype("datetime64[D]").astype(int)
    parts: list[CallDraws] = []
    lines: list[NDArray[np.int64]] = []
    for row, line in enumerate(hotline.lines):
        for day in np.unique(dates):
            random = np.random.default_rng([seed, row, int(day)])
            cells = np.flatnonzero(dates == day)
            cv = line.demand.day_cv
            level = random.gamma(1 / cv**2, cv**2) if cv > 0 else 1.0
            counts = random.poisson(means[row, cells] * level)
            start_s = np.repeat(cells, counts) * grid.interval_s
            arrived_s = start_s + random.random(len(start_s)) * grid.interval_s
            parts.append(draw_calls(random, hotline, line, arrived_s))
            lines.append(np.full(len(arrived_s), row))
    line_of = np.concatenate(lines)
    order = np.argsort(np.concatenate([p.arrived_s for p in parts]), kind="stable")
    names = CallDraws.__slots__
    joined = {name: np.concatenate([getattr(p, name) for p in parts])[order] for name in names}
    return CallDraws(**joined), line_of[order]


def _staffing(
    hotline: Hotline,
    means: NDArray[np.float64],
    interval_s: float,
    serving: dict[str, NDArray[np.object_]],
    spare: float,
) -> dict[str, list[int]]:
    """Agents of each group and interval: load + spare × √load, at least its minimum, at most the seats opened."""
    to_agents = 1 - hotline.ivr.self_service_share - hotline.ivr.hang_up_share
    load = {group.id: np.zeros(means.shape[1]) for group in hotline.groups}
    for row, line in enumerate(hotline.lines):
        erlang = means[row] * to_agents * (line.handling.mean_s + hotline.ring_s) / interval_s
        for group_id in load:
            load[group_id] += np.where(serving[line.id] == group_id, erlang, 0.0)
    agents: dict[str, list[int]] = {}
    for group in hotline.groups:
        wanted = np.ceil(load[group.id] + spare * np.sqrt(load[group.id]))
        open_now = np.any([serving[line] == group.id for line in group.lines], axis=0)
        least = max(1, group.minimum_seats)
        agents[group.id] = np.where(open_now, np.clip(wanted, least, hotline.seats.opened), 0).astype(int).tolist()
    return agents


def _spare_agents(hotline: Hotline, calendar: WorkingCalendar) -> float:
    """The spare factor at which a pilot week loses about :data:`ABANDONED_SHARE` of queued callers.

    The pilot's dates and seed are fixed, so that the centre's staffing does not depend on the period asked for.
    """
    from wfm.hotline import open_intervals, serving_groups

    grid = TimeGrid(date(2024, 3, 4), 7, hotline.interval_min, hotline.time_zone)
    means = expected_calls(hotline, grid, calendar)
    # A big centre's pilot needs only some thousand calls: those of its first days.
    draws, line_of = _arrivals(hotline, grid, means, 1)
    if len(line_of) > 20_000:
        keep = slice(0, 20_000)
        draws = CallDraws(**{name: getattr(draws, name)[keep] for name in CallDraws.__slots__})
        line_of = line_of[keep]
    open_mask = open_intervals(hotline, grid, calendar)
    serving = _open_groups(serving_groups(hotline, grid), open_mask)
    low, high = -1.5, 4.0
    for _ in range(6):
        spare = (low + high) / 2
        agents = _staffing(hotline, means, grid.interval_s, serving, spare)
        day = Staffed(hotline, grid.interval_s, serving, agents, np.random.default_rng(1))
        outcomes = np.array([row[11] for row in run_calls(day, draws, line_of)], dtype=int)
        queued = np.isin(outcomes, (3, 4)).sum()
        if (outcomes == 4).sum() > ABANDONED_SHARE * queued:
            low = spare
        else:
            high = spare
    return (low + high) / 2


def _open_groups(
    serving: dict[str, NDArray[np.object_]], open_mask: NDArray[np.bool_]
) -> dict[str, NDArray[np.object_]]:
    return {line: np.where(open_mask, groups, "").astype(object) for line, groups in serving.items()}


def content_hash_of(calls: pd.DataFrame) -> str:
    """Hash of call records themselves, for batches that come from no file."""
    plain = calls[["call", "line", "outcome", "arrived_at", "queued_at", "answered_at", "ended_at"]]
    return hashlib.sha256(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes()).hexdigest()[:32]


def generate_calls(
    hotline: Hotline, first: date, days: int, seed: int, *, progress: Progress = no_progress
) -> pd.DataFrame:
    """Synthetic call records (``tables.CALLS``) of ``days`` days from ``first``, in the order of arrival.

    First attempts are Poisson around the hotline's own demand: calls of a day × a gamma factor of the
    day (``day_cv``) × the factor of its calendar kind × the smooth hourly profile. They pass trunks and
    IVR, queue before a number of agents at which about 4.5 % give up, are answered, and may redial
    (``redial``) under the same caller key. The same arguments give the same calls; more days add calls and
    change none but those queued at the end.

    Args:
        hotline: the centre.
        first: first local date.
        days: number of local dates.
        seed: any integer that is not negative.
        progress: told the share that is done, of 4.
    """
    from wfm.hotline import calendar_of, grid_of, open_intervals, serving_groups

    progress(0, 4)
    calendar = calendar_of(hotline)
    grid = grid_of(hotline, first, days)
    means = expected_calls(hotline, grid, calendar)
    draws, line_of = _arrivals(hotline, grid, means, seed)
    progress(1, 4)
    serving = _open_groups(serving_groups(hotline, grid), open_intervals(hotline, grid, calendar))
    agents = _staffing(hotline, means, grid.interval_s, serving, _spare_agents(hotline, calendar))
    progress(2, 4)
    random = np.random.default_rng([seed, 7, first.toordinal()])
    rows = run_calls(Staffed(hotline, grid.interval_s, serving, agents, random), draws, line_of)
    rows.sort(key=lambda row: (row[2], row[0]))
    progress(3, 4)
    calls = _as_records(hotline, grid, rows, serving, seed, first)
    progress(4, 4)
    return calls


def _as_records(
    hotline: Hotline,
    grid: TimeGrid,
    rows: list[CallRow],
    serving: dict[str, NDArray[np.object_]],
    seed: int,
    first: date,
) -> pd.DataFrame:
    """Rows of :func:`_run`, in the order of arrival, as ``tables.CALLS``; each purpose draws from its own stream."""
    if not rows:
        return empty_table(CALLS, hotline.time_zone)
    names = ("caller", "line", "arrived", "ivr", "queued", "ring", "answered", "ended", "talk", "hold", "wrap")
    value = dict(zip((*names, "outcome", "agent"), map(np.array, zip(*rows, strict=True)), strict=True))
    size, start = len(rows), grid.starts[0]

    def stream(purpose: int) -> np.random.Generator:
        return np.random.default_rng([seed, len(hotline.lines) + purpose, first.toordinal()])

    def moments(seconds: NDArray[np.float64]) -> pd.Series:
        return pd.Series(pd.DatetimeIndex(start + pd.to_timedelta(np.round(seconds, 3), unit="s")).as_unit("ns"))

    arrived_at = moments(value["arrived"])
    keys = np.array([key.hex() for key in _blocks(stream(1).bytes(12 * (int(value["caller"].max()) + 1)), 12)])
    survey = hotline.satisfaction
    shares = [survey.satisfied_share, survey.basically_satisfied_share, survey.not_satisfied_share]
    chances = stream(2).random((size, 2))
    answer = np.array([*_ANSWERS, ""], dtype=object)[np.searchsorted(np.cumsum(shares)[:2], chances[:, 1])]
    asked = (value["outcome"] == 3) & (chances[:, 0] < survey.asked_share)
    day = arrived_at.dt.strftime("%Y%m%d")
    number = day.groupby(day).cumcount()
    calls = pd.DataFrame(
        {
            "call": f"{SYNTHETIC}-" + day + f"-{seed}-" + number.astype(str).str.zfill(5),
            "line": np.array(hotline.line_ids, dtype=object)[value["line"]],
            "arrived_at": arrived_at,
            "ivr_s": np.round(value["ivr"], 3),
            "queued_at": moments(value["queued"]),
            "ring_s": np.round(value["ring"], 3),
            "answered_at": moments(value["answered"]),
            "ended_at": moments(value["ended"]),
            "outcome": np.array(OUTCOMES, dtype=object)[value["outcome"]],
            "talk_s": np.round(value["talk"], 3),
            "hold_s": np.round(value["hold"], 3),
            "wrap_s": np.round(value["wrap"], 3),
            "agent": pd.Series(value["agent"]).replace("", None),
            "caller_key": keys[value["caller"]],
            "called_back_at": moments(_called_back_s(hotline, grid, value, serving, stream(3))),
            "satisfaction": pd.Series(answer, dtype=object).where(asked, None),
        }
    )
    return check_table(CALLS, calls)


def _blocks(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def _called_back_s(
    hotline: Hotline,
    grid: TimeGrid,
    value: dict[str, NDArray[Any]],
    serving: dict[str, NDArray[np.object_]],
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """When a call-back reached each missed caller, in seconds from the start; NaN for the others.

    A call-back waits for ``delay_s`` and then as long again on average; outside opening hours for the next opening.
    A caller who called again is called back for the last attempt only.
    """
    rule, size = hotline.call_back, len(value["ended"])
    chances = random.random((size, 3))  # by row, so that more calls change none
    reached = chances[:, 0] < rule.reached_share
    at_s = value["ended"] + rule.delay_s * (1 - np.log1p(-chances[:, 1]))
    last_of_caller = ~pd.Series(value["caller"]).duplicated(keep="last").to_numpy()
    missed = np.isin(value["outcome"], (0, 4) if rule.missed_calls else ())
    if rule.closed_calls:
        missed |= value["outcome"] == 5
    any_open = np.any([groups != "" for groups in serving.values()], axis=0)
    openings = np.flatnonzero(any_open)
    place = np.searchsorted(openings, np.floor(at_s / grid.interval_s))
    opens_s = np.append(openings * grid.interval_s, np.nan)[place]
    at_s = np.where(opens_s > at_s, opens_s + rule.delay_s * chances[:, 2], np.where(np.isnan(opens_s), np.nan, at_s))
    return np.where(missed & reached & last_of_caller, at_s, np.nan)
