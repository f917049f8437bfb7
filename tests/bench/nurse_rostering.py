"""Shift-scheduling benchmark instances (Curtois and Qu 2014) through the product's own rules.

    python tests/bench/nurse_rostering.py INSTANCE [--cpu-s 60] [--workers 2] [--seed 1]

INSTANCE is a number (read from ``WFM_BENCH_DATA``/nurse_rostering) or a file in the benchmark's text format. The roster is
built by ``build_roster``; its objective is recomputed here from the instance's own file, apart from the product.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from scheduler import RosterProblem, build_roster
from scheduler.checker import check_roster
from wfm.hotline import (
    Agent,
    CalendarSetting,
    Contract,
    CountLimit,
    Demand,
    Group,
    HandlingTime,
    Hotline,
    Leave,
    Line,
    Patience,
    RosterRules,
    Seats,
    Shift,
    Wish,
)
from wfm.i18n import Text

BEST_KNOWN = {
    1: 607,
    2: 828,
    3: 1001,
    4: 1716,
    5: 1143,
    6: 1950,
    7: 1056,
    8: 1300,
    10: 4631,
    12: 4040,
    16: 3225,
    20: 4769,
    24: 42463,
}
"""Best known objective values, schedulingbenchmarks.org."""
MONDAY = date(2026, 1, 5)


@dataclass
class Instance:
    """One instance as its file gives it. ``maxima`` (staff, shifts); ``on`` and ``off`` by (staff, day, shift)."""

    days: int
    shifts: list[str] = field(default_factory=list)
    minutes: list[int] = field(default_factory=list)
    bans: list[list[str]] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)
    maxima: list[dict[str, int]] = field(default_factory=list)
    numbers: list[list[int]] = field(default_factory=list)
    days_off: list[set[int]] = field(default_factory=list)
    on: dict[tuple[str, int, str], int] = field(default_factory=dict)
    off: dict[tuple[str, int, str], int] = field(default_factory=dict)
    cover: dict[tuple[int, str], tuple[int, int, int]] = field(default_factory=dict)


def read_instance(path: Path) -> Instance:
    """Read the benchmark's text format."""
    sections: dict[str, list[str]] = {}
    section = ""
    for line in path.read_text().splitlines():
        line = line.strip()
        if line.startswith("SECTION_"):
            section = line
            sections[section] = []
        elif line and not line.startswith("#"):
            sections[section].append(line)
    found = Instance(int(sections["SECTION_HORIZON"][0]))
    for line in sections["SECTION_SHIFTS"]:
        name, minutes, bans = line.split(",")
        found.shifts.append(name)
        found.minutes.append(int(minutes))
        found.bans.append([b for b in bans.split("|") if b])
    for line in sections["SECTION_STAFF"]:
        name, maxima, *numbers = line.split(",")
        found.staff.append(name)
        found.maxima.append({k: int(v) for k, v in (pair.split("=") for pair in maxima.split("|"))})
        found.numbers.append([int(n) for n in numbers])
    away = {line.split(",")[0]: {int(d) for d in line.split(",")[1:]} for line in sections.get("SECTION_DAYS_OFF", [])}
    found.days_off = [away.get(name, set()) for name in found.staff]
    for key, table in (("SECTION_SHIFT_ON_REQUESTS", found.on), ("SECTION_SHIFT_OFF_REQUESTS", found.off)):
        for line in sections.get(key, []):
            name, day, shift, weight = line.split(",")
            table[name, int(day), shift] = int(weight)
    for line in sections["SECTION_COVER"]:
        day, shift, need, under, over = line.split(",")
        found.cover[int(day), shift] = (int(need), int(under), int(over))
    return found


def _text(word: str) -> Text:
    return Text(word, word)


def problem_of(instance: Instance) -> RosterProblem:
    """The instance as a roster problem of the product: one line, one group, a contract for each person."""
    ids = {name: f"s-{name.lower()}" for name in instance.shifts}
    shifts = tuple(
        Shift(
            id=ids[name],
            name=_text(name),
            short=_text(name),
            start="00:00",
            end=f"{minutes // 60:02d}:{minutes % 60:02d}",
            not_followed_by=tuple(ids[b] for b in bans),
        )
        for name, minutes, bans in zip(instance.shifts, instance.minutes, instance.bans, strict=True)
    )
    contracts, agents = [], []
    for number, (name, maxima, (most, least, in_row, in_row_min, off_min, weekends)) in enumerate(
        zip(instance.staff, instance.maxima, instance.numbers, strict=True)
    ):
        limits = [
            CountLimit(count="hours", least=least / 60, most=most / 60),
            CountLimit(count="weekends", most=weekends),
        ]
        limits += [CountLimit(count="shift", shift=ids[s], most=m) for s, m in maxima.items() if m < instance.days]
        contracts.append(
            Contract(
                id=f"c{number}",
                name=_text(name),
                employee=False,
                hours_per_week_max=168,
                consecutive_days_max=in_row,
                consecutive_days_min=in_row_min,
                days_off_in_a_row_min=off_min,
                limits=tuple(limits),
            )
        )
        agents.append(Agent(id=name, contract=f"c{number}", lines=("ward",)))
    hotline = Hotline(
        id="benchmark",
        number="12348",
        name=_text("benchmark"),
        calendar=CalendarSetting(country=None),
        seats=Seats(built=10_000, opened=10_000),
        lines=(
            Line(
                id="ward",
                name=_text("ward"),
                demand=Demand(calls_per_day=1),
                handling=HandlingTime(talk_s=300),
                patience=Patience(mean_s=200),
            ),
        ),
        groups=(Group(id="ward", name=_text("ward"), lines=("ward",)),),
        contracts=tuple(contracts),
        shifts=shifts,
        rules=RosterRules(
            rest_between_shifts_h=0,
            weekly_rest_days_min=0,
            consecutive_days_max=28,
            consecutive_nights_max=28,
            fairness_weight=0,
        ),
    )
    leave = [
        Leave(agent=name, first=MONDAY + timedelta(days=d), last=MONDAY + timedelta(days=d))
        for name, off in zip(instance.staff, instance.days_off, strict=True)
        for d in sorted(off)
    ]
    posts = pd.DataFrame(
        [
            (pd.Timestamp(MONDAY + timedelta(days=d)), "ward", ids[s], need, 0, float(under), float(over))
            for (d, s), (need, under, over) in instance.cover.items()
        ],
        columns=["date", "group", "shift", "posts_a", "posts_b", "short_cost", "surplus_cost"],
    )
    wishes = [
        Wish(agent=name, date=MONDAY + timedelta(days=d), shift=ids[s], wanted=wanted, weight=w)
        for wanted, table in ((True, instance.on), (False, instance.off))
        for (name, d, s), w in table.items()
    ]
    return RosterProblem(hotline, agents, leave, MONDAY, instance.days, posts, None, {}, wishes=wishes)


def objective_of(instance: Instance, worked: dict[str, list[str]]) -> tuple[int, list[str]]:
    """Objective and broken rules of a roster given as the shift (or "") of each day by person; of the file alone."""
    broken = []
    cost = 0
    for name, maxima, (most, least, in_row, in_row_min, off_min, weekends), off in zip(
        instance.staff, instance.maxima, instance.numbers, instance.days_off, strict=True
    ):
        row = worked[name]
        broken += [f"{name}: duty on day off {d}" for d in off if row[d]]
        for d in range(instance.days - 1):
            if row[d] and row[d + 1] in instance.bans[instance.shifts.index(row[d])]:
                broken.append(f"{name}: {row[d]} then {row[d + 1]} on {d}")
        broken += [f"{name}: {row.count(s)} of {s}" for s in instance.shifts if row.count(s) > maxima[s]]
        minutes = sum(instance.minutes[instance.shifts.index(s)] for s in row if s)
        if not least <= minutes <= most:
            broken.append(f"{name}: {minutes} minutes")
        runs: list[tuple[bool, int, int]] = []
        for d in range(instance.days):
            if not runs or runs[-1][0] != bool(row[d]):
                runs.append((bool(row[d]), d, 0))
            runs[-1] = (runs[-1][0], runs[-1][1], runs[-1][2] + 1)
        for number, (on, first, length) in enumerate(runs):
            inner = 0 < number < len(runs) - 1
            if on and (length > in_row or (inner and length < in_row_min)):
                broken.append(f"{name}: {length} days in a row from {first}")
            if not on and inner and length < off_min:
                broken.append(f"{name}: {length} days off from {first}")
        spent = sum(bool(row[d] or (d + 1 < instance.days and row[d + 1])) for d in range(5, instance.days, 7))
        if spent > weekends:
            broken.append(f"{name}: {spent} weekends")
    cost += sum(w for (name, d, s), w in instance.on.items() if worked[name][d] != s)
    cost += sum(w for (name, d, s), w in instance.off.items() if worked[name][d] == s)
    for (d, s), (need, under, over) in instance.cover.items():
        there = sum(row[d] == s for row in worked.values())
        cost += under * max(0, need - there) + over * max(0, there - need)
    return cost, broken


def shifts_of(instance: Instance, duties: pd.DataFrame) -> dict[str, list[str]]:
    """The shift of each day by person, of a duties table."""
    names = {f"s-{name.lower()}": name for name in instance.shifts}
    worked = {name: [""] * instance.days for name in instance.staff}
    for row in duties.itertuples():
        worked[row.agent][(pd.Timestamp(row.date).date() - MONDAY).days] = names[row.shift]
    return worked


def instance_path(name: str) -> Path:
    """The file of an instance given by number or path."""
    if not name.isdigit():
        return Path(name)
    data = Path(os.environ.get("WFM_BENCH_DATA", Path(__file__).parents[3] / "shared" / "data"))
    return data / "nurse_rostering" / f"Instance{name}.txt"


def main() -> int:
    """Build the roster of one instance and print what was reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("--cpu-s", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    path = instance_path(asked.instance)
    if not path.exists():
        print(f"{path}: there is no such file; set WFM_BENCH_DATA", file=sys.stderr)
        return 2
    instance = read_instance(path)
    problem = problem_of(instance)
    began, cpu = time.monotonic(), time.process_time()
    told = [began]

    def watch(objective: float, bound: float) -> None:
        if time.monotonic() - told[0] > 5:
            told[0] = time.monotonic()
            print(f"  {time.process_time() - cpu:6.1f} CPU-s  {objective:10.0f}  bound {bound:.1f}", flush=True)

    roster = build_roster(problem, seed=asked.seed, cpu_seconds=asked.cpu_s, workers=asked.workers, watch=watch)
    cpu_s, wall_s = time.process_time() - cpu, time.monotonic() - began
    cost, broken = objective_of(instance, shifts_of(instance, roster.duties))
    judged = [v.text.en for v in check_roster(problem, roster.duties) if v.breaks_law]
    best = BEST_KNOWN.get(int(asked.instance)) if asked.instance.isdigit() else None
    gap = "" if best is None else f"  best known {best}  {100 * (cost / best - 1):+.2f} %"
    print(
        f"{path.stem}: objective {cost}  bound {np.ceil(roster.bound - 1e-6):.0f}  {roster.status}{gap}  "
        f"CPU {cpu_s:.1f} s  wall {wall_s:.1f} s"
    )
    print(f"  legal by the instance's own rules: {not broken}; by the product's checker: {not judged}")
    for sentence in (*broken[:5], *judged[:5]):
        print(f"  {sentence}")
    if abs(cost - roster.objective) > 1e-6 and not broken:
        print(f"  the product says {roster.objective}")
    return 1 if broken or judged else 0


if __name__ == "__main__":
    raise SystemExit(main())
