"""The pictures of the validation page: SVG with real text, the same bytes on every run."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INK, PAPER, ACCENT, GREY, VERMILION = "#1b2733", "#fbfbf9", "#1f6fb2", "#8a949e", "#b8402a"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "hotline-wfm",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 10,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.titlesize": 10,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "figure.facecolor": PAPER,
        "axes.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "path.simplify": True,
    }
)


def save(figure: Figure, path: Path) -> None:
    """Write the figure complete, without a date."""
    temporary = path.with_suffix(".tmp")
    figure.savefig(temporary, format="svg", metadata={"Date": None, "Creator": None})
    lines = [line.rstrip() for line in temporary.read_text(encoding="utf-8").splitlines()]
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    temporary.replace(path)


def day_panels(ylabel: str, title: str) -> tuple[Figure, list[Axes], Axes]:
    """Seven panels of a day each, one scale for all, and an eighth for something else."""
    figure = Figure(figsize=(11, 5.4), layout="constrained")
    grid = figure.subplots(2, 4)
    axes = list(grid.ravel())
    for number, ax in enumerate(axes[:7]):
        ax.sharey(axes[0])
        ax.set_xlim(6, 24)
        ax.set_xticks([6, 12, 18, 24], ["06", "12", "18", "24"])
        if number % 4 == 0:
            ax.set_ylabel(ylabel)
        else:
            ax.tick_params(labelleft=False)
    figure.suptitle(title, x=0.01, ha="left", fontweight="bold", fontsize=12)
    return figure, axes[:7], axes[7]


def band(ax: Axes, x: Floats, edges: Floats, middle: Floats) -> None:
    """Mean with its 80 and 95 % band; ``edges`` (4, n) are the quantiles 2.5, 10, 90, 97.5 %."""
    ax.fill_between(x, edges[0], edges[3], color=ACCENT, alpha=0.15, lw=0)
    ax.fill_between(x, edges[1], edges[2], color=ACCENT, alpha=0.28, lw=0)
    ax.plot(x, middle, color=ACCENT, lw=1.5)


def key(ax: Axes, *entries: tuple[str, str]) -> None:
    """Direct labels in the panel's corner: words in their own colour."""
    for n, (words, colour) in enumerate(entries):
        ax.text(0.98, 0.97 - 0.09 * n, words, color=colour, transform=ax.transAxes, ha="right", va="top", fontsize=9)


def title_of(day: np.datetime64) -> str:
    """Weekday and date."""
    moment = day.astype("datetime64[D]").astype(object)
    return f"{DAYS[moment.weekday()]} {moment.day} {moment:%b}"


def forecast_picture(
    path: Path,
    title: str,
    days: NDArray[np.datetime64],
    mean: Floats,
    edges: Floats,
    came: Floats,
    totals: tuple[Floats, Floats, Floats],
    came_word: str,
    before: Floats | None = None,
) -> None:
    """Calls per half-hour, (7, S) each and ``edges`` (4, 7, S); ``totals``: mean (7,), edges (4, 7), came (7,).

    ``before`` (W, 7, S): the same weekdays of earlier weeks.
    """
    figure, axes, last = day_panels("calls per half-hour", title)
    hours = (np.arange(mean.shape[1]) + 0.5) * 24 / mean.shape[1]
    seen = hours > 6
    for d, ax in enumerate(axes):
        for week in () if before is None else before:
            ax.plot(hours[seen], week[d, seen], color=GREY, lw=0.6, alpha=0.8)
        band(ax, hours[seen], edges[:, d, seen], mean[d, seen])
        ax.plot(hours[seen], came[d, seen], "o", ms=2.6, color=INK, mec="none")
        ax.set_title(title_of(days[d]))
    axes[0].set_ylim(0, 1.05 * max(edges[3].max(), np.nanmax(came)))
    earlier = () if before is None else ((f"{len(before)} weeks before", GREY),)
    key(axes[5], ("forecast, 80 and 95 %", ACCENT), (came_word, INK), *earlier)
    middle, ends, came_total = totals
    x = np.arange(7)
    last.bar(x, ends[3] - ends[0], bottom=ends[0], width=0.7, color=ACCENT, alpha=0.15, lw=0)
    last.bar(x, ends[2] - ends[1], bottom=ends[1], width=0.7, color=ACCENT, alpha=0.28, lw=0)
    last.hlines(middle, x - 0.35, x + 0.35, color=ACCENT, lw=1.5)
    last.plot(x, came_total, "o", ms=4, color=INK, mec="none")
    last.set_xticks(x, [title_of(d)[:2] for d in days])
    last.set_ylim(0)
    last.set_title("Calls per day")
    save(figure, path)


def heads_picture(
    path: Path,
    title: str,
    days: NDArray[np.datetime64],
    heads: Floats,
    rostered: Floats,
    seen: Floats | None,
    load: Floats,
    notes: tuple[str, ...],
) -> None:
    """Heads required (step), rostered (area) and agents seen (points) per half-hour, (7, S); agent-hours at the end."""
    figure, axes, last = day_panels("agents", title)
    edges = np.arange(heads.shape[1] + 1) * 24 / heads.shape[1]
    middle = (edges[1:] + edges[:-1]) / 2
    late = middle > 6
    for d, ax in enumerate(axes):
        ax.stairs(rostered[d], edges, fill=True, color=ACCENT, alpha=0.18, lw=0)
        ax.stairs(heads[d], edges, color=ACCENT, lw=1.5)
        ax.plot(middle[late], load[d, late], color=GREY, lw=1, ls="--")
        if seen is not None:
            ax.plot(middle[late], seen[d, late], "o", ms=2.6, color=INK, mec="none")
        ax.set_title(title_of(days[d]))
    axes[0].yaxis.set_major_locator(MaxNLocator(integer=True))
    axes[0].set_ylim(0, 1.08 * max(rostered.max(), heads.max(), 0.0 if seen is None else seen.max()))
    names = [("required heads", ACCENT), ("rostered (area)", ACCENT), ("offered load, erlang", GREY)]
    key(axes[5], *names, *(() if seen is None else (("agents seen", INK),)))
    size = 24 / heads.shape[1]
    x = np.arange(7)
    last.bar(x, rostered.sum(axis=1) * size, width=0.7, color=ACCENT, alpha=0.18, lw=0)
    last.hlines(heads.sum(axis=1) * size, x - 0.35, x + 0.35, color=ACCENT, lw=1.5)
    if seen is not None:
        last.plot(x, seen.sum(axis=1) * size, "o", ms=4, color=INK, mec="none")
    last.set_xticks(x, [title_of(d)[:2] for d in days])
    last.set_title("Agent-hours per day")
    last.set_ylim(0, 1.2 * last.get_ylim()[1])
    for n, words in enumerate(notes):
        last.text(0.98, 0.97 - 0.09 * n, words, transform=last.transAxes, ha="right", va="top", fontsize=9)
    save(figure, path)


def waits_picture(path: Path, hours: NDArray[np.int64], planned: Floats, replayed: Floats, observed: Floats) -> None:
    """Three measures by hour: ``planned`` and ``replayed`` (3, 3, H): low, mean, high; ``observed`` (3, H)."""
    figure = Figure(figsize=(11, 3.8), layout="constrained")
    names = ("Mean wait of answered calls, s", "Answered within 20 s, %", "Abandoned, %")
    axes = list(figure.subplots(1, 3))
    for m, ax in enumerate(axes):
        scale = 1 if m == 0 else 100
        for values, colour in ((planned, ACCENT), (replayed, VERMILION)):
            low, mean, high = values[m] * scale
            ax.fill_between(hours + 0.5, low, high, color=colour, alpha=0.2, lw=0)
            ax.plot(hours + 0.5, mean, color=colour, lw=1.5)
        ax.plot(hours + 0.5, observed[m] * scale, "o", ms=4, color=INK, mec="none")
        ax.set_title(names[m])
        ax.set_xlim(7, 24)
        ax.set_xticks([8, 12, 16, 20, 24])
        ax.set_ylim(0, 100 if m == 1 else None)
    axes[0].set_ylim(0, 1.35 * max(replayed[0, 2].max(), observed[0].max()))
    key(axes[0], ("observed", INK), ("simulated: real agents, real calls", VERMILION), ("simulated: plan", ACCENT))
    axes[0].set_xlabel("hour of arrival, Sunday to Thursday")
    figure.suptitle(
        "Waits of 21–27 February 1999, bands: 95 % of replications", x=0.01, ha="left", fontweight="bold", fontsize=12
    )
    save(figure, path)


def times_picture(
    path: Path,
    talk: tuple[Floats, Floats, Floats],
    patience: tuple[Floats, Floats, Floats],
) -> None:
    """Survival of handling time and of patience: times (n,), of the data (n,), of the model (n,)."""
    figure = Figure(figsize=(11, 3.8), layout="constrained")
    axes = list(figure.subplots(1, 2))
    for ax, (times, found, used), title, last in (
        (axes[0], talk, "Handling times that exceed t, %", 1200),
        (axes[1], patience, "Callers who would wait longer than t, %", 900),
    ):
        ax.plot(times, found * 100, color=INK, lw=2)
        ax.plot(times, used * 100, color=ACCENT, lw=1.5)
        ax.set_xlim(0, last)
        ax.set_ylim(0, 100)
        ax.set_xlabel("t, seconds")
        ax.set_title(title)
    key(axes[0], ("records, January and February 1999", INK), ("hotline.yaml, lines by their calls", ACCENT))
    key(axes[1], ("records, Kaplan–Meier", INK), ("hotline.yaml, exponential", ACCENT))
    save(figure, path)
