"""Replay two months of real calls and write the section of the validation page about it, with its picture.

``python docs/make_replay.py`` reads the call records in the folder named by ``WFM_BENCH_DATA`` (default
``../shared/data`` beside the repository) and fills the marks of ``docs/validation.md`` that begin with ``replay-``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import replay_measures as measured
from matplotlib.figure import Figure
from numpy.typing import NDArray
from replay_measures import BOTH, FEBRUARY, JANUARY, Replay
from validation_page import fill, table
from validation_pictures import INK, VERMILION, key, save

from scenarios.replay import AWAY_S, floor_of, habits_of
from scenarios.scenario import load_scenario
from wfm.records import import_calls, load_mapping
from wfm.records.pauses import Pauses, pause_law

DOCS = Path(__file__).resolve().parent
FOLDER = DOCS.parent / "tests" / "data" / "anonymous-bank"
RECORDS_FILE = "anonymous_bank_1999_calls_jan_feb.parquet"
REPLICATIONS, TRIES = 24, 8
HOURS = np.arange(7, 24)
Floats = NDArray[np.float64]


def main() -> int:
    """Measure, draw, fill the section."""
    data = Path(os.environ.get("WFM_BENCH_DATA") or DOCS.parents[1] / "shared" / "data").resolve()
    if not (data / RECORDS_FILE).is_file():
        sys.stderr.write(f"no real call records in {data}; set WFM_BENCH_DATA\n")
        return 2
    hotline = load_scenario(FOLDER).hotline
    calls = import_calls(
        data / RECORDS_FILE, load_mapping("anonymous-bank"), hotline=hotline, key=b"validation".ljust(32)
    ).calls
    ring_s = measured.ring_of(calls)
    sys.stderr.write("replaying January, February and both …\n")
    months = {name: measured.ask(calls, span, ring_s) for name, span in (("January", JANUARY), ("February", FEBRUARY))}
    floors = {name: floor_of(asked) for name, asked in months.items()}
    habits = {name: habits_of(asked, floors[name]) for name, asked in months.items()}
    both = measured.ask(calls, BOTH, ring_s)
    both_floor = floor_of(both)
    parts = {
        "January": ("January", "January"),
        "February": ("February", "February"),
        "February with January's habits": ("February", "January"),
    }
    replays = {
        words: measured.played(months[month], floors[month], habits[source], REPLICATIONS)
        for words, (month, source) in parts.items()
    }
    whole = measured.played(both, both_floor, habits_of(both, both_floor), REPLICATIONS)
    replays["both months"] = whole
    picture(DOCS / "pictures" / "validation-replay.svg", list(replays.values())[:2])
    sys.stderr.write("trying what else could be done …\n")
    tried = {
        month: {
            words: measured.played(asked, floor, habit, TRIES, away_s)
            for words, (floor, habit, away_s) in measured.variants(asked).items()
        }
        for month, asked in months.items()
    }
    names = {line.id: line.name.of("en") for line in hotline.lines}
    more, longer_s = (np.nanmean(whole.played[n]) - np.nanmean(whole.recorded[n]) for n in (0, 2))
    quiet_s, busy_s = pauses_by_queue(both, both_floor.pauses)
    calls_by_hour, real, found = whole.by(whole.hour)
    gap = np.where(calls_by_hour[HOURS] > 0, (found - real)[0, HOURS], 0.0) * 100
    worst = int(np.argmax(np.abs(gap)))
    off, chance = whole.off(whole.hour_of_day), whole.chance(whole.hour_of_day)
    fill(
        DOCS / "validation.md",
        {
            "replay-ring": f"{ring_s:.0f}",
            "replay-away": f"{AWAY_S:.0f}",
            "replay-replications": str(REPLICATIONS),
            "replay-tries": str(TRIES),
            "replay-parts": parts_table(replays),
            "replay-hours": hours_table(whole),
            "replay-lines": lines_table(whole, names),
            "replay-variants": variants_table(tried),
            "replay-more": signed(more * 100),
            "replay-longer": signed(longer_s),
            "replay-pause-quiet": f"{quiet_s:.0f}",
            "replay-pause-busy": f"{busy_s:.0f}",
            "replay-worst-hour": f"{HOURS[worst]}–{HOURS[worst] + 1} h",
            "replay-worst": signed(gap[worst]),
            "replay-changes": f"{changes(both, int(HOURS[worst])) * 100:.0f} %",
            "replay-single": f"{off[0] * 100:.1f}",
            "replay-single-chance": f"{chance[0] * 100:.1f}",
        },
        "replay-",
    )
    return 0


def signed(value: float) -> str:
    """One decimal, with a true minus."""
    return f"{value:.1f}".replace("-", "−")


def parts_table(replays: dict[str, Replay]) -> str:
    """Recorded, replayed and by how much they differ, for each part of the records."""
    rows = []
    for words, replay in replays.items():
        found, real = replay.played.mean(axis=1), replay.recorded
        hour, single = replay.off(replay.hour) * 100, replay.off(replay.hour_of_day) * 100
        chance = replay.chance(replay.hour_of_day) * 100
        for measure, name in enumerate(("within 20 s", "abandoned")):
            rows.append(
                [
                    f"{words}: {name}",
                    *(f"{x[measure].mean() * 100:.1f} %" for x in (real, found)),
                    signed((found[measure].mean() - real[measure].mean()) * 100),
                    *(f"{x[measure]:.1f}" for x in (hour, single, chance)),
                ]
            )
    return table(
        ["", "recorded", "replayed", "difference", "by hour", "by hour of each day", "by chance"],
        rows,
    )


def hours_table(replay: Replay) -> str:
    """Every hour of the day: calls, and three measures recorded and replayed."""
    calls, real, found = replay.by(replay.hour)
    rows = []
    for hour in HOURS:
        row = [f"{hour}–{hour + 1}", f"{calls[hour]:,}"]
        for measure in range(2):
            row += [f"{x[measure, hour] * 100:.1f}" for x in (real, found)]
        rows.append([*row, *(f"{x[2, hour]:.0f}" for x in (real, found))])
    return table(["hour", "calls", *heads()], rows)


def lines_table(replay: Replay, names: dict[str, str]) -> str:
    """The same by line."""
    calls, real, found = replay.by(replay.asked.line)
    rows = []
    for line in np.argsort(-calls):
        row = [names[replay.asked.line_ids[line]], f"{calls[line]:,}"]
        for measure in range(2):
            row += [f"{x[measure, line] * 100:.1f}" for x in (real, found)]
        rows.append([*row, *(f"{x[2, line]:.0f}" for x in (real, found))])
    return table(["line", "calls", *heads()], rows)


def heads() -> list[str]:
    """Heads of the six columns."""
    return [
        f"{name}, {kind}"
        for name in ("within 20 s, %", "abandoned, %", "mean wait, s")
        for kind in ("recorded", "replayed")
    ]


def variants_table(tried: dict[str, dict[str, Replay]]) -> str:
    """Errors by hour of every variant, month by month."""
    rows = []
    for words in next(iter(tried.values())):
        row = [words]
        for month in tried.values():
            row += [f"{x * 100:.1f}" for x in month[words].off(month[words].hour)]
        rows.append(row)
    columns = [f"{month}: {name}" for month in tried for name in ("within 20 s", "abandoned")]
    return table(["", *columns], rows)


def pauses_by_queue(asked: measured.AskedCalls, pauses: Pauses) -> tuple[float, float]:
    """Mean pause where nobody, and where somebody, of any line is waiting when the agent has done with a call."""
    begun = np.sort(asked.queued_s[asked.waited])
    ended = np.sort(asked.left_s[asked.waited])
    waiting = np.searchsorted(begun, pauses.done_s, "right") - np.searchsorted(ended, pauses.done_s, "right")
    found = []
    for mine in (waiting <= 0, waiting > 0):
        columns = (pauses.before, pauses.after, pauses.done_s, pauses.least_s, pauses.most_s)
        found.append(pause_law(Pauses(*(column[mine] for column in columns))).mean_s)
    return found[0], found[1]


def changes(asked: measured.AskedCalls, hour: int) -> float:
    """Share of the agents' days whose first or last call falls into the hour or the next."""
    by = asked.agent >= 0
    day = asked.agent[by] * (asked.day.max() + 1) + asked.day[by]
    hours = (asked.minute // 60)[by]
    ends = [
        np.flatnonzero(np.diff(day[np.argsort(day, kind="stable")], **edge))
        for edge in ({"prepend": -1}, {"append": -1})
    ]
    hours = hours[np.argsort(day, kind="stable")]
    near = [np.isin(hours[places], (hour, hour + 1)) for places in ends]
    return float((near[0] | near[1]).mean())


def picture(path: Path, months: list[Replay]) -> None:
    """Three measures by hour of each month: recorded points, replayed means with the band of the replications."""
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    axes = figure.subplots(2, 3, sharex=True)
    titles = ("Mean wait of answered calls, s", "Answered within 20 s, %", "Abandoned, %")
    for row, (replay, month) in enumerate(zip(months, ("January", "February"), strict=True)):
        _, real, found = replay.by(replay.hour)
        runs = np.stack([replay.by(replay.hour, slice(n, n + 1))[2] for n in range(replay.played.shape[1])])
        low, high = np.nanquantile(runs[:, :, HOURS], [0.025, 0.975], axis=0)
        for ax, measure, title in zip(axes[row], (2, 0, 1), titles, strict=True):
            scale = 1 if measure == 2 else 100
            ax.fill_between(HOURS + 0.5, low[measure] * scale, high[measure] * scale, color=VERMILION, alpha=0.2, lw=0)
            ax.plot(HOURS + 0.5, found[measure, HOURS] * scale, color=VERMILION, lw=1.5)
            ax.plot(HOURS + 0.5, real[measure, HOURS] * scale, "o", ms=4, color=INK, mec="none")
            ax.set_title(f"{month}: {title}" if measure == 2 else title)
            ax.set_xlim(7, 24)
            ax.set_xticks([8, 12, 16, 20, 24])
            ax.set_ylim(0, 100 if measure == 0 else None)
    key(axes[0, 0], ("recorded", INK), ("replayed, 95 % of replications", VERMILION))
    for ax in axes[1]:
        ax.set_xlabel("hour of asking for an agent")
    figure.suptitle(
        "Every call of January and February 1999 played again", x=0.01, ha="left", fontweight="bold", fontsize=12
    )
    save(figure, path)


if __name__ == "__main__":
    sys.exit(main())
