"""Measure the calibration page: how often days comply whose seats were sized for a probability.

``python docs/make_calibration.py`` plays generated days of shipped hotlines by the event-driven reference model and
replays the days of a bank (records in the folder named by ``WFM_BENCH_DATA``, default ``../shared/data`` beside the
repository). It fills ``docs/calibration.md`` and draws its picture. It takes about a quarter of an hour of one core.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import calibration_measures as measured
import numpy as np
from calibration_measures import RealDay
from make_validation import data_folder
from matplotlib.figure import Figure
from scipy import stats
from validation_page import fill, percent, table
from validation_pictures import ACCENT, GREY, INK, VERMILION, save

DOCS = Path(__file__).resolve().parent
ASKED = (0.8, 0.9, 0.95)
GENERATED = (
    ("guizhou-12348", "day", ASKED),
    ("guizhou-12348", "interval", (0.9,)),
    ("convenience-lines", "day", ASKED),
)
ASKED_REAL = (0.5, 0.8, 0.9)
PATHS, DAYS, FRESH, REPLAYS = 1000, 500, 1000, 20
REAL_PATHS, REAL_DAYS = 400, 200
FEBRUARY = [date(1999, 1, 31) + timedelta(days=7 * n) for n in range(4)]
LATER = [date(1999, 2, 28) + timedelta(days=7 * n) for n in range(30)]
DAY_GROUPS = {"Sunday to Thursday": (6, 0, 1, 2, 3), "Friday and Saturday": (4, 5)}


def main() -> int:
    """Measure, draw, fill the page."""
    data = data_folder()
    if not (data / measured.RECORDS_FILE).is_file():
        sys.stderr.write(f"no real call records in {data}; set WFM_BENCH_DATA\n")
        return 2
    found, dots = generated_figures()
    sys.stderr.write("February …\n")
    effort = {"paths": REAL_PATHS, "days": REAL_DAYS, "replays": REPLAYS}
    recorded = measured.RecordedCalls(data)
    february = list(measured.real_days(recorded, FEBRUARY, ASKED_REAL, **effort))
    sys.stderr.write("March to September …\n")
    later = list(measured.real_days(measured.SixMinuteCounts(data), LATER, ASKED_REAL, **effort))
    found |= {
        "february-own": real_table(february),
        "february-drawn": real_table([replace(r, complied=r.complied_as_planned) for r in february]),
        "february-handling": percent(measured.handling_ratio(recorded, FEBRUARY) - 1),
        "february-ranks": rank_table(february),
        "later": real_table(later),
        "later-spread": real_table([replace(r, complied=r.complied_as_planned) for r in later]),
        "later-ranks": rank_table(later),
        "later-groups": group_table(later),
        "later-days": str(len({r.sized.day for r in later})),
        "february-days": str(len({r.sized.day for r in february})),
    }
    picture(DOCS / "pictures" / "calibration.svg", dots, later, february)
    fill(DOCS / "calibration.md", found)
    return 0


def interval(share: float, days: int) -> tuple[float, float]:
    """95 % interval of a share of days, by Clopper and Pearson; replays of one day count as that day."""
    hits = share * days
    low = stats.beta.ppf(0.025, hits, days - hits + 1) if hits > 0 else 0.0
    high = stats.beta.ppf(0.975, hits + 1, days - hits) if hits < days else 1.0
    return float(low), float(high)


def generated_figures() -> tuple[dict[str, str], list[tuple[float, float]]]:
    """Stated probabilities beside :data:`FRESH` days of the reference model."""
    rows, dots, worst = [], [], 0.0
    for name, level, asked in GENERATED:
        ready = measured.prepared(name, PATHS)
        fresh = measured.other_forecast(ready, FRESH, seed=77)
        for sized in measured.sized_days(ready.hotline, ready.forecast, asked, DAYS, level):
            sys.stderr.write(f"{name}, {level}, {sized.confidence:.2f} …\n")
            came = float(measured.played_by_events(ready, fresh, sized.seats, seed=78).mean())
            worst = max(worst, abs(came - sized.stated))
            dots.append((sized.stated, came))
            rows.append(
                [
                    f"{name}, {level}",
                    percent(sized.confidence, 0),
                    f"{sized.factor:.2f}",
                    f"{sized.seats.sum() * ready.grid.interval_s / 3600:,.1f}",
                    f"{percent(sized.stated)} ± {sized.half_width * 100:.1f}",
                    percent(came),
                    f"{(came - sized.stated) * 100:+.1f}".replace("-", "−"),
                ]
            )
    head = ["hotline, level", "asked", "demand sized for", "seat-hours", "stated", "came", "difference, points"]
    return {"generated": table(head, rows), "generated-worst": f"{worst * 100:.1f}", "fresh": f"{FRESH:,}"}, dots


def by_confidence(rows: list[RealDay]) -> dict[float, list[RealDay]]:
    """The days of each probability asked for."""
    return {c: [r for r in rows if r.sized.confidence == c] for c in ASKED_REAL}


def real_table(rows: list[RealDay]) -> str:
    """Stated and complied, over all days."""
    lines = []
    for confidence, days in by_confidence(rows).items():
        came = float(np.mean([r.complied for r in days]))
        low, high = interval(came, len(days))
        stated = float(np.mean([r.sized.stated for r in days]))
        lines.append(
            [
                percent(confidence, 0),
                percent(stated),
                percent(came),
                f"{percent(low)} – {percent(high)}",
                f"{(came - stated) * 100:+.1f}".replace("-", "−"),
            ]
        )
    return table(["asked", "stated, mean", "complied", "95 % interval", "difference, points"], lines)


def group_table(rows: list[RealDay]) -> str:
    """The same by kind of day."""
    lines = []
    for name, weekdays in DAY_GROUPS.items():
        for confidence, days in by_confidence([r for r in rows if r.sized.day.weekday() in weekdays]).items():
            came = float(np.mean([r.complied for r in days]))
            low, high = interval(came, len(days))
            stated = float(np.mean([r.sized.stated for r in days]))
            lines.append(
                [
                    f"{name}, {len(days)} days",
                    percent(confidence, 0),
                    percent(stated),
                    percent(came),
                    f"{percent(low)} – {percent(high)}",
                ]
            )
    return table(["days", "asked", "stated, mean", "complied", "95 % interval"], lines)


def rank_table(rows: list[RealDay]) -> str:
    """How often the day's calls lay below quantiles of the forecast: the forecast alone, without any queue."""
    days = by_confidence(rows)[ASKED_REAL[0]]
    ranks = np.array([r.rank for r in days])
    lines = []
    for q in (0.1, *ASKED_REAL):
        share = float((ranks <= q).mean())
        low, high = interval(share, len(ranks))
        lines.append([percent(q, 0), percent(share), f"{percent(low)} – {percent(high)}"])
    return table(["forecast's quantile of the day's calls", "days below it", "95 % interval"], lines)


def picture(path: Path, dots: list[tuple[float, float]], later: list[RealDay], february: list[RealDay]) -> None:
    """Stated along, complied up; bars are 95 % intervals."""
    figure = Figure(figsize=(5.2, 5.0), layout="constrained")
    ax = figure.subplots()
    ax.plot([0.4, 1], [0.4, 1], color=GREY, lw=1)
    for shift, (rows, colour) in zip((0.0, 0.004), ((later, VERMILION), (february, INK)), strict=True):
        for days in by_confidence(rows).values():
            stated = float(np.mean([r.sized.stated for r in days])) + shift
            came = float(np.mean([r.complied for r in days]))
            low, high = interval(came, len(days))
            ax.plot([stated, stated], [low, high], color=colour, lw=1.2)
            ax.plot([stated], [came], "o", color=colour, ms=5)
    ax.plot(*zip(*dots, strict=True), "o", color=ACCENT, ms=4)
    words = (("generated days", ACCENT), ("bank, March–September", VERMILION), ("bank, February", INK))
    for n, (text, colour) in enumerate(words):
        ax.text(0.03, 0.96 - 0.06 * n, text, color=colour, transform=ax.transAxes, va="top")
    ax.set_xlim(0.4, 1.0)
    ax.set_ylim(0.2, 1.0)
    ax.set_xlabel("stated probability that the day complies")
    ax.set_ylabel("share of days that complied")
    save(figure, path)


if __name__ == "__main__":
    raise SystemExit(main())
