"""What would mend a missed target: more posts where they help most, proven by simulating them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.findings import percent
from scenarios.plan import Finding, ScoreRow
from scenarios.scorecard import period_kpis
from scheduler import rostered_agents
from scheduler.shift_times import break_words, duty_times
from simulation import centre_of, run_replications
from wfm.calendar import DayKind, TimeGrid
from wfm.execution import Progress, no_progress
from wfm.forecast import Forecast
from wfm.hotline import Agent, Hotline, Shift
from wfm.i18n import Text, both
from wfm.metrics import KPIS
from wfm.queueing import performance
from wfm.standards import Target

__all__ = ["Remedy", "find_remedy", "remedy_sentence", "with_remedy", "worst_call_row"]

STEPS = 4
"""Additions tried one after another at most."""
REPLICATIONS = 20
"""Replications that prove a remedy; the same calls as the plan's own."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """What the simulation of the plan was made of."""

    hotline: Hotline
    grid: TimeGrid
    open_mask: NDArray[np.bool_]
    forecast: Forecast
    day_kinds: dict[date, DayKind]
    agents: Sequence[Agent]
    seed: int
    workers: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """Extra posts and what the worst target became with them."""

    posts: tuple[tuple[str, str], ...]
    """(group, shift), once for each post that is added on every day of the shift."""
    hours_a_week: float
    before: float
    after: float
    """Probability of keeping the target without and with the posts."""
    seats_to_open: int
    """Seats beyond those opened that the posts need at once."""


def find_remedy(
    hotline: Hotline,
    grid: TimeGrid,
    open_mask: NDArray[np.bool_],
    forecast: Forecast,
    requirement: pd.DataFrame,
    duties: pd.DataFrame,
    target: Target,
    kpis: pd.DataFrame,
    day_kinds: dict[date, DayKind],
    agents: Sequence[Agent],
    *,
    seed: int,
    workers: int,
    progress: Progress = no_progress,
) -> Remedy | None:
    """Posts that raise the probability of keeping ``target``, found by formula and proven by simulation.

    ``kpis`` are the plan's own replications (:func:`scenarios.scorecard.period_kpis`); the first
    :data:`REPLICATIONS` of them are played again. At each step the shift whose extra agent saves most expected waiting per paid hour is added on every
    day it may start (Erlang A at the agents on duty less unplanned absence), as many as the requirement misses
    there and as far as seats are built; then the plan's own calls are simulated again. Stops when the target is
    met, when no seat is free, or after :data:`STEPS` steps. None when nothing helps.
    """
    setting = _Setting(hotline, grid, open_mask, forecast, day_kinds, agents, seed, workers)
    added: list[tuple[str, str]] = []
    extra = duties
    replications = min(REPLICATIONS, len(kpis))
    before = after = _share_kept(kpis.head(replications), target)
    for step in range(STEPS):
        progress(step, STEPS)
        best = _best_shift(setting, requirement, extra)
        if best is None:
            break
        group, shift, copies = best
        added += [(group, shift.id)] * copies
        more = [_extra_duties(setting, group, shift, number=f"{step}-{copy}") for copy in range(copies)]
        extra = pd.concat([extra, *more], ignore_index=True)
        after = _probability(setting, extra, target, replications)
        if after >= 0.9:
            break
    progress(STEPS, STEPS)
    if not added or after <= before:
        return None
    new = extra.iloc[len(duties) :]
    hours = (new["end"] - new["start"]).dt.total_seconds().sum() / 3600
    more_seats = max(0, _seats_at_once(setting, extra) - hotline.seats.opened)
    return Remedy(tuple(added), hours / (len(grid.day_list) / 7), before, after, more_seats)


def _seats_at_once(setting: _Setting, duties: pd.DataFrame) -> int:
    """Most A duties at any moment."""
    rostered = rostered_agents(duties, setting.hotline, setting.grid)
    return ceil(float(rostered.groupby("interval")["rostered_a"].sum().max()))


def _best_shift(setting: _Setting, requirement: pd.DataFrame, duties: pd.DataFrame) -> tuple[str, Shift, int] | None:
    """Group and shift whose extra agent saves most waiting per paid hour, and how many are missing there."""
    hotline = setting.hotline
    cover = rostered_agents(duties, hotline, setting.grid)
    table = requirement.merge(cover, on=["group", "interval"], how="left")
    present = table["rostered_a"].fillna(0.0).to_numpy(float)
    free = hotline.seats.built - table.groupby("interval")["rostered_a"].transform("sum").fillna(0.0).to_numpy(float)
    patience = {g.id: np.mean([hotline.line(x).patience.mean_s for x in g.lines]) for g in hotline.groups}
    seats = np.floor(present * (1 - hotline.shrinkage.unplanned_share) + 0.5)
    arguments = (
        table["arrivals"].to_numpy(float) / table["interval_s"].to_numpy(float),
        np.maximum(table["aht_s"].fillna(1.0).to_numpy(float), 1.0),
    )
    wait = [
        np.nan_to_num(performance(*arguments, n, 15.0, table["group"].map(patience).to_numpy(float)).mean_wait_s)
        for n in (seats, seats + 1)
    ]
    table["saved"] = np.where(free >= 1 - 1e-9, table["arrivals"] * np.maximum(wait[0] - wait[1], 0.0), 0.0)
    table["free"] = free >= 1 - 1e-9
    minutes = setting.grid.minutes[setting.grid.locate(table["interval"])]
    short = np.maximum(table["heads"].to_numpy(float) - present, 0.0)
    best: tuple[float, str, Shift, int] | None = None
    for group in hotline.groups:
        for shift in hotline.shifts_of(group.id):
            inside = (table["group"] == group.id).to_numpy() & _inside(minutes, shift)
            if not inside.any() or not table["free"].to_numpy()[inside].all():
                continue
            gain = float(table["saved"].to_numpy()[inside].sum()) / max(shift.paid_h, 0.25)
            if gain > 0 and (best is None or gain > best[0]):
                room = int(free[inside].min())
                best = (gain, group.id, shift, min(room, max(1, round(float(short[inside].mean())))))
    return None if best is None else best[1:]


def _inside(minutes: NDArray[np.int64], shift: Shift) -> NDArray[np.bool_]:
    """Intervals of the day inside the shift."""
    since: NDArray[np.int64] = (minutes - shift.start_min) % 1440
    return since < shift.length_min


def _extra_duties(setting: _Setting, group: str, shift: Shift, number: str) -> pd.DataFrame:
    zone = setting.grid.starts.tz
    rows = []
    for day in setting.grid.day_list:
        if setting.day_kinds[day] not in shift.days:
            continue
        start, end = duty_times(day, shift, zone)  # type: ignore[arg-type]
        rows.append(
            {
                "agent": f"extra-{number}-{day.isoformat()}",
                "date": pd.Timestamp(day),
                "shift": shift.id,
                "group": group,
                "post": f"extra/{number}/{day.isoformat()}",
                "role": "A",
                "start": pd.Timestamp(start),
                "end": pd.Timestamp(end),
                "breaks": break_words(shift),
                "remote": False,
            }
        )
    return pd.DataFrame(rows)


def _probability(setting: _Setting, duties: pd.DataFrame, target: Target, replications: int) -> float:
    centre = centre_of(
        setting.hotline,
        setting.grid,
        setting.open_mask,
        setting.forecast.paths,
        setting.forecast.aht_s,
        duties,
        setting.agents,
    )
    centre = replace(centre, places=max(centre.places, _seats_at_once(setting, duties)))  # a remedy may open seats
    counts = run_replications(
        centre, seed=setting.seed, replications=replications, workers=setting.workers, progress=no_progress
    )
    return _share_kept(period_kpis(counts), target)


def _share_kept(kpis: pd.DataFrame, target: Target) -> float:
    values = kpis[target.kpi].dropna()
    return float(np.mean([target.met(float(v)) for v in values])) if len(values) else 0.0


def remedy_sentence(hotline: Hotline, remedy: Remedy, row: ScoreRow) -> Text:
    """The remedy in words."""
    shifts = {shift.id: shift for shift in hotline.shifts}
    parts = []
    for (group_id, shift_id), n in _counted(remedy.posts):
        shift, group = shifts[shift_id], hotline.group(group_id)
        parts.append(
            both(
                "{n} more on {group}, shift {shift} ({start}–{end})",
                n=n,
                group=group.name,
                shift=shift.name,
                start=shift.start,
                end=shift.end,
            )
        )
    posts = Text("; ".join(p.en for p in parts), "；".join(p.zh for p in parts))
    if remedy.seats_to_open:
        opening = both("open {n} more seats; ", n=remedy.seats_to_open)
        posts = Text(opening.en + posts.en, opening.zh + posts.zh)
    return both(
        "Every day, {posts}: {hours:.0f} agent-hours a week raise the probability of “{target}” from {before} "
        "to {after} (simulated with the same calls).",
        posts=posts,
        hours=remedy.hours_a_week,
        target=row.name,
        before=percent(remedy.before),
        after=percent(remedy.after),
    )


def _counted(posts: tuple[tuple[str, str], ...]) -> list[tuple[tuple[str, str], int]]:
    return [(post, posts.count(post)) for post in dict.fromkeys(posts)]


def with_remedy(findings: tuple[Finding, ...], row: ScoreRow, text: Text) -> tuple[Finding, ...]:
    """The findings with ``text`` as the remedy of the row's own sentence."""
    return tuple(replace(f, remedy=text) if f.text.en.startswith(f"{row.name.en}: ") else f for f in findings)


def worst_call_row(scorecard: tuple[ScoreRow, ...], hopeless: set[str]) -> ScoreRow | None:
    """The missed or risky target over calls with the smallest probability, if any; not one that no seats can keep."""
    rows = [
        r
        for r in scorecard
        if r.status in ("missed", "at risk") and r.kpi in KPIS and r.p_met is not None and r.target not in hopeless
    ]
    return min(rows, key=lambda r: r.p_met or 0.0, default=None)
