"""What ``wfm shifts`` prints: the shifts, their posts by day, and what they cost beside the hotline's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from scheduler.table_rows import rows_of
from wfm.i18n import list_words, say

if TYPE_CHECKING:
    from rich.console import Console

    from scenarios.shifts import ShiftView
    from scheduler.shifts.chosen_shifts import ChosenShift

__all__ = ["print_shifts", "shifts_json"]

DAYS_SHOWN = 14
"""Posts of longer periods are shown by weekday."""


def shifts_json(view: ShiftView, out: Path | None) -> dict[str, Any]:
    """Everything as plain values."""
    choice, settings, given = view.choice, view.settings, view.given
    cover = choice.cover.to_dict("records")
    posts = choice.posts.to_dict("records")
    return {
        "hotline": view.prepared.hotline.id,
        "first": settings.first.isoformat(),
        "days": settings.days,
        "level": settings.level,
        "cyclic": settings.cyclic,
        "over_weeks": settings.over_weeks if settings.cyclic else None,
        "shared_skills": settings.shared_skills,
        "by": settings.by,
        "seed": settings.seed,
        "version": view.version,
        "inputs": view.inputs,
        "design": view.design.model_dump(mode="json"),
        "status": choice.status,
        "objective": choice.objective,
        "bound": choice.bound,
        "gap": choice.gap,
        "seconds": choice.seconds,
        "slot_min": choice.horizon.slot_min,
        "paid_h": choice.paid_h,
        "over_h": choice.over_h,
        "short_h": choice.short_h,
        "unreachable_h": choice.unreachable_h,
        "given": {
            "paid_h": given.paid_h,
            "work_h": given.work_h,
            "over_h": given.over_h,
            "short_h": given.short_h,
            "shifts": given.shifts,
            "posts": given.posts,
            "proven": given.proven,
        },
        "shifts": [
            {
                "id": shift.id,
                "start_min": shift.kind.start_min,
                "length_min": shift.kind.length_min,
                "night": shift.kind.night,
                "paid_h": shift.kind.paid_h,
                "posts": shift.posts,
                "breaks": [
                    {
                        "posts": count,
                        "places": [{"after_min": a, "length_min": n, "paid": p} for a, n, p in places],
                    }
                    for places, count in shift.breaks
                ],
            }
            for shift in choice.shifts
        ],
        "posts": [{**row, "date": None if row["date"] is pd.NaT else f"{row['date']:%Y-%m-%d}"} for row in posts],
        "cover": [
            {**row, "interval": None if row["interval"] is pd.NaT else row["interval"].isoformat()} for row in cover
        ],
        "serving": choice.serving.to_dict("records"),
        "simulation": None if view.searched is None else view.searched.as_values(),
        "out": None if out is None else str(out),
        "notes": [note.as_dict() for note in view.notes],
    }


def print_shifts(view: ShiftView, out: Path | None) -> None:
    """Tables for people."""
    from wfm.cli.console import make_console, print_origin

    console = make_console()
    settings = view.settings
    last = settings.first + timedelta(days=settings.days - 1)
    console.print(f"{view.prepared.hotline.name} · {settings.first:%Y-%m-%d} – {last:%Y-%m-%d}", style="bold")
    for note in view.notes:
        console.print(f"· {note}")
    if settings.cyclic:
        console.print(
            "· "
            + (
                say("One week that repeats; it needs the most of the period's weeks.")
                if settings.over_weeks == "most"
                else say("One week that repeats; it needs the mean of the period's weeks.")
            )
        )
    _print_chosen(view, console)
    _print_days(view, console)
    _print_comparison(view, console)
    console.print(_judgement(view))
    if view.choice.unreachable_h:
        console.print(
            say(
                "{hours:,.1f} head-hours needed lie where no shift of the design can be; they count as short.",
                hours=view.choice.unreachable_h,
            )
        )
    _print_short(view, console)
    if view.searched is not None:
        from wfm.cli.shifts_simulated import print_searched

        print_searched(view, view.searched, console)
    if out is not None:
        console.print(say("The shifts are written to {path}, as hotline.yaml holds them.", path=out))
    print_origin(console, settings.seed, view.version, view.inputs)


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _break_words(shift: ChosenShift) -> str:
    """When its breaks begin, over all posts, as ``10:00–10:45 (15)``."""
    spans = []
    for number in range(len(shift.kind.windows)):
        begins = [places[number][0] for places, _ in shift.breaks]
        length = shift.breaks[0][0][number][1]
        first, last = (_clock(shift.kind.start_min + m) for m in (min(begins), max(begins)))
        spans.append(f"{first} ({length})" if first == last else f"{first}–{last} ({length})")
    return " ".join(spans) or "–"


def _print_chosen(view: ShiftView, console: Console) -> None:
    from rich.table import Table

    table = Table(title=say("Shifts chosen"), title_justify="left")
    table.add_column(say("Shift"), overflow="fold")
    table.add_column(say("From – to"))
    for heading in (say("Paid hours"), say("Posts")):
        table.add_column(heading, justify="right")
    table.add_column(say("Breaks begin (min)"), overflow="fold")
    table.add_column(say("Variants"), justify="right")
    for shift in view.choice.shifts:
        kind = shift.kind
        night = " ☾" if kind.night else ""
        table.add_row(
            shift.id,
            f"{_clock(kind.start_min)} – {_clock(kind.start_min + kind.length_min)}{night}",
            f"{kind.paid_h:g}",
            f"{shift.posts}",
            _break_words(shift),
            f"{len(shift.breaks)}",
        )
    console.print(table)


def _print_days(view: ShiftView, console: Console) -> None:
    from rich.table import Table

    posts = view.choice.posts
    weekdays = [say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun")]
    days = sorted(set(posts["day"]))
    if view.settings.cyclic:
        heads = {day: weekdays[day] for day in days}
    else:
        names = {n: view.settings.first + timedelta(days=n) for n in days}
        if len(days) <= DAYS_SHOWN:
            heads = {n: f"{day:%m-%d}\n{weekdays[day.weekday()]}" for n, day in names.items()}
        else:
            posts = posts.assign(day=[names[n].weekday() for n in posts["day"]])
            days = list(range(7))
            heads = dict(zip(days, weekdays, strict=True))
    title = (
        say("Posts by day")
        if len(days) != 7 or view.settings.cyclic or view.settings.days <= DAYS_SHOWN
        else say("Posts by weekday, all weeks together")
    )
    table = Table(title=title, title_justify="left")
    table.add_column(say("Group"), overflow="fold")
    table.add_column(say("Shift"), overflow="fold")
    for day in days:
        table.add_column(heads[day], justify="right")
    sums: dict[tuple[str, str], dict[int, int]] = {}
    for row in rows_of(posts):
        mine = sums.setdefault((str(row.skill_set), str(row.shift)), {})
        mine[row.day] = mine.get(row.day, 0) + int(row.posts)
    for (people, shift), counts in sorted(sums.items()):
        table.add_row(people, shift, *(str(counts.get(day, "")) for day in days))
    console.print(table)


def _print_comparison(view: ShiftView, console: Console) -> None:
    from rich.table import Table

    choice, given = view.choice, view.given
    table = Table(title=say("Beside the hotline's own shifts"), title_justify="left")
    table.add_column(say("Measure"), overflow="fold")
    table.add_column(say("chosen"), justify="right")
    table.add_column(say("the hotline's own"), justify="right")
    rows = (
        (say("Paid hours"), f"{choice.paid_h:,.1f}", f"{given.paid_h:,.1f}"),
        (say("Head-hours beyond the need"), f"{choice.over_h:,.1f}", f"{given.over_h:,.1f}"),
        (say("Head-hours short"), f"{choice.short_h:,.1f}", f"{given.short_h:,.1f}"),
        (say("Posts"), f"{int(choice.posts['posts'].sum())}", f"{given.posts}"),
        (say("Distinct shifts"), f"{len(choice.shifts)}", f"{given.shifts}"),
    )
    for row in rows:
        table.add_row(*row)
    console.print(table)
    if not any(shift.breaks for shift in view.prepared.hotline.shifts) and any(s.kind.windows for s in choice.shifts):
        console.print(say("The hotline's own shifts have no breaks, those chosen have."))


def _judgement(view: ShiftView) -> str:
    choice = view.choice
    if view.searched is not None:
        return say("Cost {cost:,.1f}.", cost=choice.objective)
    if choice.status == "optimal":
        return say("Cost {cost:,.1f}: proven to be the least.", cost=choice.objective)
    said = say(
        "Cost {cost:,.1f}; no choice costs less than {bound:,.1f} (gap {gap:.2%}).",
        cost=choice.objective,
        bound=choice.bound,
        gap=choice.gap,
    )
    if choice.status == "interrupted":
        return said + " " + say("Interrupted: this is the best so far.")
    return said


def _print_short(view: ShiftView, console: Console) -> None:
    """When heads are short, the worst first."""
    cover = view.choice.cover
    short = cover[cover["short"] > 0]
    if not len(short):
        return
    slot_h = view.choice.horizon.slot_h
    times = []
    for row in short.sort_values(["short", "slot"], ascending=[False, True]).head(5).pipe(rows_of):
        minute = int(row.slot) * view.choice.horizon.slot_min
        when = f"{row.interval:%m-%d %H:%M}" if row.interval is not pd.NaT else f"{_weekday(minute)} {_clock(minute)}"
        times.append(f"{row.group} {when}: {row.short}")
    console.print(
        say(
            "{hours:,.1f} head-hours are short at {count} times, among them {times}.",
            hours=float(short["short"].sum() * slot_h),
            count=len(short),
            times=list_words(times),
        )
    )


def _weekday(minute: int) -> str:
    return [say("Mon"), say("Tue"), say("Wed"), say("Thu"), say("Fri"), say("Sat"), say("Sun")][minute // 1440]
