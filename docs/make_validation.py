"""Measure the validation page on real records and write its figures, tables and numbers.

``python docs/make_validation.py`` reads the call records in the folder named by ``WFM_BENCH_DATA`` (default
``../shared/data`` beside the repository), plans two weeks, simulates, and fills ``docs/validation.md``: every text
between ``<!--=name-->`` and ``<!--/-->`` is replaced by what was measured under that name.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import validation_measures as measured
import validation_pictures as pictures
from validation_forecasts import forecast_tables
from validation_measures import HELD_OUT, NEXT, Bank, Floats, Week
from validation_page import fill, percent, table
from validation_times import time_tables

DOCS = Path(__file__).resolve().parent
PICTURES = DOCS / "pictures"
REPLICATIONS, REPLAYS = 40, 20
AWAY_S = 60.0
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def data_folder() -> Path:
    """Where the real records are."""
    return Path(os.environ.get("WFM_BENCH_DATA") or DOCS.parents[1] / "shared" / "data").resolve()


def main() -> int:
    """Measure, draw, fill the page."""
    data = data_folder()
    if not (data / measured.RECORDS_FILE).is_file():
        sys.stderr.write(f"no real call records in {data}; set WFM_BENCH_DATA\n")
        return 2
    PICTURES.mkdir(exist_ok=True)
    bank = measured.read_bank(data)
    found = import_figures(bank) | forecast_tables()
    with tempfile.TemporaryDirectory() as home:
        sys.stderr.write("planning two weeks …\n")
        held_out = measured.plan_week(bank, HELD_OUT, Path(home) / "held-out", REPLICATIONS)
        following = measured.plan_week(bank, NEXT, Path(home) / "following", REPLICATIONS)
    found |= forecast_figures(bank, held_out)
    found |= heads_figures(bank, held_out)
    found |= wait_figures(bank, held_out)
    found |= time_tables(bank, held_out, PICTURES)
    found |= following_figures(bank, following)
    fill(DOCS / "validation.md", found)
    return 0


def by_day(values: Floats) -> Floats:
    """(…, T) as (…, 7, S)."""
    return values.reshape(*values.shape[:-1], 7, -1)


def dates_of(first: date) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Seven dates."""
    return np.array([first + timedelta(days=n) for n in range(7)], dtype="datetime64[D]")


def import_figures(bank: Bank) -> dict[str, str]:
    """Rows read, used and left out."""
    from wfm.records.rejecting import reason_title

    codes = bank.rejected()
    rows = [[reason_title(code), f"{count:,}"] for code, count in codes.most_common()]
    rows.append(["left out by the mapping: PHANTOM, no real call", f"{len(bank.imported.left_out):,}"])
    days = bank.imported.days
    missing = (days[-1] - days[0]).days + 1 - len(days)
    unnamed = (bank.calls["outcome"].eq("answered") & bank.calls["agent"].isna()).sum()
    return {
        "rows": f"{bank.imported.rows_read:,}",
        "accepted": f"{len(bank.calls):,}",
        "rejected": f"{sum(codes.values()):,}",
        "rejected-table": table(["not used", "rows"], rows),
        "days": str(len(days)),
        "missing-days": str(missing),
        "overlapping": f"{bank.imported.overlapping:,}",
        "unnamed": f"{unnamed:,}",
    }


def forecast_figures(bank: Bank, week: Week) -> dict[str, str]:
    """The held-out week's forecast beside its calls."""
    size = len(bank.scenario.hotline.lines)
    actuals = bank.actuals(HELD_OUT, 7)
    came = measured.matrix(actuals, "first_attempts", size)
    plain = measured.six_week_mean(bank, HELD_OUT) * week.is_open
    mean, edges = week.total()
    is_open, total = week.is_open, came.sum(axis=0)
    paths = by_day(week.forecast.paths.sum(axis=1)).sum(axis=2)
    day_edges = np.quantile(paths, [0.025, 0.1, 0.9, 0.975], axis=0)
    inside_open = [by_day(np.where(is_open, x, 0.0)).sum(axis=1) for x in (mean, plain.sum(axis=0), total)]
    days = dates_of(HELD_OUT)
    pictures.forecast_picture(
        PICTURES / "validation-forecast.svg",
        "Calls of 21–27 February 1999, forecast from the records up to 20 February",
        days,
        by_day(mean),
        by_day(edges),
        by_day(total),
        (inside_open[0], day_edges, inside_open[2]),
        "calls that came",
    )
    rows = [
        [
            f"{DAYS[pd.Timestamp(day).weekday()]} {pd.Timestamp(day).day}",
            *(f"{x[d]:,.0f}" for x in (inside_open[2], inside_open[0])),
            f"{day_edges[0, d]:,.0f}–{day_edges[3, d]:,.0f}",
            f"{inside_open[1][d]:,.0f}",
        ]
        for d, day in enumerate(days)
    ]
    lines = []
    for n, line in enumerate(bank.scenario.hotline.lines):
        f, a, p = (x[n, is_open] for x in (week.forecast.mean, came, plain))
        low, high = (week.forecast.quantile(q)[n, is_open] for q in (0.025, 0.975))
        lines.append(
            [
                line.name.of("en"),
                f"{a.sum():,.0f}",
                f"{f.sum():,.0f}",
                percent(f.sum() / a.sum() - 1),
                percent(measured.wape(f, a)),
                percent(measured.wape(p, a)),
                percent(float(((a >= low) & (a <= high)).mean())),
            ]
        )
    f, a, p = (x[is_open] for x in (mean, total, plain.sum(axis=0)))
    return {
        "wape": percent(measured.wape(f, a)),
        "wape-plain": percent(measured.wape(p, a)),
        "bias": percent(f.sum() / a.sum() - 1),
        "bias-plain": percent(p.sum() / a.sum() - 1),
        "day-wape": percent(measured.wape(inside_open[0], inside_open[2])),
        "day-wape-plain": percent(measured.wape(inside_open[1], inside_open[2])),
        "inside-80": percent(measured.inside(total, edges[1], edges[2], is_open)),
        "inside-95": percent(measured.inside(total, edges[0], edges[3], is_open)),
        "day-table": table(["day", "came", "forecast", "95 % band", "six-week mean"], rows),
        "line-table": table(
            ["line", "came", "forecast", "bias", "WAPE", "WAPE, six-week mean", "inside 95 %"],
            lines,
        ),
        "closed-calls": f"{total[~is_open].sum():,.0f}",
    }


def heads_figures(bank: Bank, week: Week) -> dict[str, str]:
    """Required heads and roster beside the agents who were seen."""
    seen = measured.agents_seen(bank, week.grid)
    heads, rostered = week.column("heads"), week.rostered()
    load = week.column("load_erlang")
    pictures.heads_picture(
        PICTURES / "validation-heads.svg",
        "Agents of 21–27 February 1999: required and rostered beside those seen on the phone",
        dates_of(HELD_OUT),
        *(by_day(x) for x in (heads, rostered, seen, load)),
        ("line: required", "bar: rostered", "point: seen"),
    )
    hours = week.grid.interval_s / 3600
    duties = measured.duties_seen(bank, week.grid, AWAY_S)
    stay_h = (duties["end"] - duties["start"]).dt.total_seconds().sum() / 3600
    actuals = bank.actuals(HELD_OUT, 7)
    return {
        "heads-hours": f"{heads.sum() * hours:,.0f}",
        "rostered-hours": f"{rostered.sum() * hours:,.0f}",
        "seen-hours": f"{seen.sum() * hours:,.0f}",
        "stay-hours": f"{stay_h:,.0f}",
        "talk-hours": f"{actuals['handle_s'].sum() / 3600:,.0f}",
        "heads-peak": f"{heads.max():.0f}",
        "seen-peak": f"{seen.max():.0f}",
        "rostered-peak": f"{rostered.max():.0f}",
        "within-one": percent(float((np.abs(heads - seen) <= 1)[week.is_open].mean()), 0),
    }


def wait_figures(bank: Bank, week: Week) -> dict[str, str]:
    """Simulated waits of the plan and of the agents seen beside the recorded ones."""
    pause = measured.pause_between_calls(bank.calls[bank.calls["arrived_at"].dt.date < HELD_OUT])
    pause_s = float(pause.mean())
    observed = measured.observed_hours(bank, week.grid)

    sys.stderr.write("simulating the plan and six readings of who was there …\n")
    plan = measured.simulated_hours(measured.planned_centre(bank, week), REPLICATIONS)
    planned_daily = week.plan.daily[["queued", "answered", "abandoned"]].sum().to_numpy()
    assert np.allclose(plan.mean(axis=0).sum(axis=0)[:3], planned_daily), "the page shows the plan's own simulation"
    rows = [["recorded", "", *told(observed.sum(axis=0)[None])]]
    rows.append(
        ["plan, forecast calls", f"{week.rostered().sum() * week.grid.interval_s / 3600:,.0f}", *told(total(plan))]
    )
    replays = {}
    for away_s in (30.0, AWAY_S, 120.0):
        duties = measured.duties_seen(bank, week.grid, away_s)
        stay_h = (duties["end"] - duties["start"]).dt.total_seconds().sum() / 3600
        for rest_s in (0.0, pause_s):
            centre = measured.replayed_centre(bank, week, away_s, rest_s)
            words = f"seen agents, away after {away_s:.0f} s, {'no' if rest_s == 0 else f'{rest_s:.1f} s'} pause"
            replays[away_s, rest_s] = measured.simulated_hours(centre, REPLAYS)
            rows.append([words, f"{stay_h:,.0f}", *told(total(replays[away_s, rest_s]))])
    replay = replays[AWAY_S, pause_s]
    from_at, to_at = measured.silent_span(bank, week)
    workdays = np.isin([d.weekday() for d in week.grid.day_list], (6, 0, 1, 2, 3))
    used = np.repeat(workdays, 24).reshape(7, 24)
    silent = from_at.date(), range(from_at.hour, to_at.hour + 1)
    used[(silent[0] - HELD_OUT).days, list(silent[1])] = False
    hours = np.arange(7, 24)

    def by_hour(counts: Floats) -> Floats:
        summed = (counts.reshape(-1, 7, 24, counts.shape[-1]) * used[None, :, :, None]).sum(axis=1)[:, hours]
        values = np.array([[list(measured.waits(c).values()) for c in run] for run in summed])
        return values.transpose(2, 0, 1)

    def spread(counts: Floats) -> Floats:
        values = by_hour(counts)
        low, high = np.nanquantile(values, [0.025, 0.975], axis=1)
        return np.stack([low, np.nanmean(values, axis=1), high], axis=1)

    pictures.waits_picture(
        PICTURES / "validation-waits.svg", hours, spread(plan), spread(replay), by_hour(observed[None])[:, 0]
    )
    best, promised = (means(counts) for counts in (replay, plan))
    real = measured.waits(observed.sum(axis=0))
    outside = spread(replay)
    hit = (by_hour(observed[None])[:, 0] >= outside[:, 0]) & (by_hour(observed[None])[:, 0] <= outside[:, 2])
    return {
        "wait-table": table(
            ["waits of the week", "agent-hours", "mean wait, s", "within 20 s, %", "abandoned, %"], rows
        ),
        "pause": f"{pause_s:.1f}",
        "pause-median": f"{pause.median():.0f}",
        "pause-calls": f"{len(pause):,}",
        "silent-from": f"{from_at:%H:%M}",
        "silent-to": f"{to_at:%H:%M}",
        "asa-real": f"{real['asa_s']:.1f}",
        "asa-replay": f"{best['asa_s']:.1f}",
        "asa-plan": f"{promised['asa_s']:.1f}",
        "abandon-real": percent(real["abandon_share"]),
        "abandon-replay": percent(best["abandon_share"]),
        "abandon-plan": percent(promised["abandon_share"]),
        "hours-inside": f"{hit.sum()} of {hit.size}",
    }


def total(counts: Floats) -> Floats:
    """Counts of each replication, (R, counts)."""
    return counts.sum(axis=1)


def means(counts: Floats) -> dict[str, float]:
    """The measures' means over replications."""
    runs = [measured.waits(row) for row in total(counts)]
    return {name: float(np.mean([run[name] for run in runs])) for name in measured.WAITS}


def told(counts: Floats) -> list[str]:
    """Mean wait, share within 20 s and abandoned share over replications, with their 95 % band."""
    values = np.array([list(measured.waits(row).values()) for row in counts]) * [1, 100, 100]
    if len(values) == 1:
        return [f"{v:.1f}" for v in values[0]]
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    return [f"{m:.1f} ({a:.1f}–{b:.1f})" for m, a, b in zip(values.mean(axis=0), low, high, strict=True)]


def following_figures(bank: Bank, week: Week) -> dict[str, str]:
    """The week after the data end: the plan, the weeks before it, and the counts that another file holds."""
    size = len(bank.scenario.hotline.lines)
    mean, edges = week.total()
    end = pd.Timestamp(NEXT)
    recorded = bank.six_minute[pd.Index(bank.six_minute.index.date).isin(bank.imported.days)].sum()
    first_attempts = bank.actuals(date(1999, 1, 1), 59)["first_attempts"].sum()
    counts = bank.six_minute[(bank.six_minute.index >= end) & (bank.six_minute.index < end + pd.Timedelta(days=7))]
    came = counts.resample(f"{week.grid.interval_min}min").sum().to_numpy() * first_attempts / recorded
    earlier = [
        by_day(measured.matrix(bank.actuals(NEXT - timedelta(days=7 * back), 7), "first_attempts", size).sum(axis=0))
        for back in (4, 3, 2, 1)
    ]
    is_open = week.is_open
    day_edges = np.quantile(by_day(week.forecast.paths.sum(axis=1)).sum(axis=2), [0.025, 0.1, 0.9, 0.975], axis=0)
    totals = [by_day(np.where(is_open, x, 0.0)).sum(axis=1) for x in (mean, came)]
    pictures.forecast_picture(
        PICTURES / "validation-next-forecast.svg",
        "Calls of 1–7 March 1999, forecast when the records end",
        dates_of(NEXT),
        by_day(mean),
        by_day(edges),
        by_day(came),
        (totals[0], day_edges, totals[1]),
        "6-minute counts (later)",
        np.array(earlier),
    )
    pictures.heads_picture(
        PICTURES / "validation-next-heads.svg",
        "Agents of 1–7 March 1999: required and rostered",
        dates_of(NEXT),
        by_day(week.column("heads")),
        by_day(week.rostered()),
        None,
        by_day(week.column("load_erlang")),
        ("line: required", "bar: rostered"),
    )
    past = np.array([(e * by_day(is_open)).sum(axis=1) for e in earlier])
    rows = [
        [
            f"{DAYS[pd.Timestamp(day).weekday()]} {pd.Timestamp(day).day}",
            f"{totals[0][d]:,.0f}",
            f"{day_edges[0, d]:,.0f}–{day_edges[3, d]:,.0f}",
            f"{past[:, d].min():,.0f}–{past[:, d].max():,.0f}",
            f"{totals[1][d]:,.0f}",
            f"{by_day(week.column('heads'))[d].max():.0f}",
            f"{by_day(week.rostered())[d].sum() * week.grid.interval_s / 3600:,.0f}",
        ]
        for d, day in enumerate(dates_of(NEXT))
    ]
    ordinary = np.arange(7) != 1
    busier = [
        DAYS[pd.Timestamp(day).weekday()] for d, day in enumerate(dates_of(NEXT)) if totals[1][d] > past[:, d].max()
    ]
    silent = by_day(came)[1] == 0
    silent_h = np.flatnonzero(silent & by_day(is_open)[1]) * week.grid.interval_s / 3600
    score = {row.target: row for row in week.plan.scorecard}["mean-answer-time"]
    assert score.value is not None
    assert score.low is not None
    assert score.high is not None
    return {
        "next-table": table(
            [
                "day",
                "forecast",
                "95 % band",
                "four weeks before",
                "6-minute counts",
                "heads, peak",
                "agent-hours rostered",
            ],
            rows,
        ),
        "next-wape": percent(measured.wape(mean[is_open], came[is_open])),
        "next-bias": percent(mean[is_open].sum() / came[is_open].sum() - 1),
        "next-day-wape": percent(measured.wape(totals[0][ordinary], totals[1][ordinary])),
        "next-busier": f"{len(busier)} of the 7 days ({', '.join(busier)})",
        "next-silent": f"{silent_h.min():.1f} to {silent_h.max() + week.grid.interval_s / 3600:.1f} h",
        "next-above": f"{sum(totals[1] > day_edges[3])}",
        "next-scale": f"{first_attempts / recorded:.3f}",
        "next-asa": f"{score.value:.1f} s ({score.low:.1f}–{score.high:.1f} s)",
        "next-legal": "legal" if week.plan.roster.legal and not week.plan.roster.unfilled else "not legal",
        "next-agents": str(week.plan.roster.agents_used),
        "next-history": str(week.plan.history_days),
    }


if __name__ == "__main__":
    sys.exit(main())
