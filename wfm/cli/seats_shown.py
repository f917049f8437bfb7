"""Tables and sentences of ``wfm seats``: the figures, the goals, the trade-off, and by which formula."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wfm.cli.console import STATUS_ICON, STATUS_STYLE
from wfm.cli.seats_asked import Question
from wfm.cli.seats_found import Answer, Figures, GoalFound
from wfm.i18n import say
from wfm.queueing import Goal

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["figure_names", "print_answer", "print_curve"]

_ROWS_SHOWN = 40


def print_answer(answer: Answer, question: Question, console: Console) -> None:
    """The figures with their definitions, the goals, and sentences on what they rest on."""
    from rich.table import Table

    table = Table(say("Figure"), title=say("Seats"))
    table.add_column(say("Value"), justify="right")
    table.add_column(say("Definition"))
    for key, name, meaning in _definitions(question):
        if key in answer.figures:
            table.add_row(name, _shown(key, answer.figures[key]), meaning)
    console.print(table)
    if answer.goals:
        _print_goals(answer, console)
    if not answer.figures["steady_state"]:
        console.print(_unsteady(question))
    for sentence in _formula(question):
        console.print(sentence)


def print_curve(rows: Sequence[Figures], question: Question, console: Console) -> None:
    """One row per number of seats; the row that was asked for is marked."""
    from rich import box
    from rich.table import Table

    shown = _window(rows)
    columns = _columns(question)
    # Eighty columns are to hold them all.
    padding = (0, 1, 0, 0) if len(columns) < 9 else (0, 0)
    table = Table(box=box.SIMPLE_HEAD, padding=padding)
    table.add_column("", no_wrap=True)
    for _, head in columns:
        table.add_column(head.replace(" ", "\n", 1), justify="right", no_wrap=True)
    for row in shown:
        within = row.get("built") is not False
        mark = "▶" if row["chosen"] else STATUS_ICON["met"] if row["kept"] and within else ""
        if not within:
            mark += STATUS_ICON["missed"]
        style = "bold" if row["chosen"] else STATUS_STYLE["met"] if row["kept"] and within else None
        table.add_row(mark, *(_shown(key, row[key], digits=1) for key, _ in columns), style=style)
    console.print(_curve_title(question), style="italic")
    console.print(table)
    if not rows:
        console.print(_unsteady(question))
    if len(shown) < len(rows):
        console.print(say("{shown} of {all} rows are shown; --json gives them all.", shown=len(shown), all=len(rows)))
    if question.goals:
        console.print(say("▶ the fewest seats that keep all goals; ✓ more than that."))
        console.print(say("Goals: {goals}.", goals=_joined([_stated(goal) for goal in question.goals])))
    if question.built is not None:
        console.print(say("✕ more seats than the {built} that are built.", built=f"{question.built:,}"))
    for sentence in _formula(question):
        console.print(sentence)


def figure_names(question: Question) -> dict[str, str]:
    """What each figure is called."""
    return {key: name for key, name, _ in _definitions(question)}


def _definitions(question: Question) -> list[tuple[str, str, str]]:
    behind = math.isfinite(question.queue.circuits)
    again = question.queue.redials is not None
    within = f"{question.queue.within_s:g}"
    over = f"{question.queue.long_wait_s:g}"
    load = say("all calls × handling time ÷ interval") if again else say("calls × handling time ÷ interval")
    waited, waited_long = (
        (
            say("wait of all ÷ calls that got a circuit"),
            say("waited over {seconds} s ÷ calls that got a circuit", seconds=over),
        )
        if behind
        else (
            say("wait of answered and abandoned ÷ all calls"),
            say("waited over {seconds} s ÷ all calls", seconds=over),
        )
    )
    return [
        ("seats", say("Seats"), say("agents ready all through the interval")),
        ("load_erlang", say("Load (erlang)"), load),
        ("attempts_per_call", say("Calls per caller"), say("calls, redials included ÷ first calls")),
        ("wait_probability", say("Callers who wait"), say("calls that find every seat busy ÷ all calls")),
        ("asa_s", say("Mean answer time (s)"), say("wait of answered calls ÷ answered calls")),
        ("mean_wait_s", say("Mean wait of all (s)"), waited),
        ("service_level", say("Service level"), say("answered within {seconds} s ÷ all calls", seconds=within)),
        ("long_wait_share", say("Long waits"), waited_long),
        ("abandon_share", say("Abandoned"), say("calls given up while waiting ÷ all calls")),
        ("blocked_share", say("Busy tone"), say("calls that find no circuit free ÷ all calls")),
        ("finally_answered_share", say("Answered at last"), say("callers answered in one of their calls ÷ all")),
        ("occupancy", say("Occupancy"), say("handling ÷ staffed time")),
    ]


def _print_goals(answer: Answer, console: Console) -> None:
    from rich.table import Table

    table = Table(title=say("Goals"))
    table.add_column(say("Goal"))
    table.add_column(say("Reached"), justify="right")
    table.add_column("", no_wrap=True)
    table.add_column(say("Seats for it alone"), justify="right")
    for found in answer.goals:
        status = "met" if found.kept else "missed"
        icon = f"[{STATUS_STYLE[status]}]{STATUS_ICON[status]}[/]"
        table.add_row(_stated(found.goal), _value(found.goal, found.value), icon, f"{found.seats:,}")
    console.print(table)
    if answer.binding is not None:
        console.print(
            say("{seats} seats are needed; the goal that asks for them: {goal}.", seats=f"{answer.required:,}",
                goal=_stated(answer.binding))
        )  # fmt: skip
    if answer.built is None:
        return
    if not answer.missing:
        console.print(say("{built} are built: enough.", built=f"{answer.built:,}"))
        return
    console.print(
        say("{built} are built: {missing} short. The figures are the best that those can do.",
            built=f"{answer.built:,}", missing=f"{answer.missing:,}")
    )  # fmt: skip
    for found in answer.goals:
        if not found.kept and found.gap is not None:
            console.print(say("Missed by {gap}: {goal}.", gap=_gap(found), goal=_stated(found.goal)))


def _stated(goal: Goal) -> str:
    limit = _value(goal, goal.limit)
    seconds = f"{goal.t_s:g}"
    match goal.measure:
        case "service_level":
            return say("answered within {seconds} s ≥ {limit}", seconds=seconds, limit=limit)
        case "asa_s":
            return say("mean answer time ≤ {limit}", limit=limit)
        case "abandon_share":
            return say("abandoned ≤ {limit}", limit=limit)
        case "wait_exceeds":
            return say("waited over {seconds} s ≤ {limit}", seconds=seconds, limit=limit)
        case _:
            return say("occupancy ≤ {limit}", limit=limit)


def _value(goal: Goal, value: float | None) -> str:
    if value is None:
        return "–"
    return say("{seconds} s", seconds=f"{value:,.4g}") if goal.measure == "asa_s" else f"{100 * value:.4g}%"


def _gap(found: GoalFound) -> str:
    gap = found.gap or 0.0
    if found.goal.measure == "asa_s":
        return say("{seconds} s", seconds=f"{gap:,.3g}")
    return say("{points} points", points=f"{100 * gap:.3g}")


def _formula(question: Question) -> list[str]:
    """Which formulas the figures rest on, one sentence each."""
    queue, seconds = question.queue, f"{question.patience_s:g}"
    spread = f"{question.spread:g}"
    if math.isinf(question.patience_s):
        told = [say("Erlang C: every caller waits until answered.")]
    elif question.patience_s == 0:
        told = [say("Erlang B: who is not answered at once is gone.")]
    elif question.law == "weibull":
        told = [
            say("M/M/n+G: Weibull patience of shape {spread}, {seconds} s on average.", spread=spread, seconds=seconds)
        ]
    elif question.law == "lognormal":
        told = [
            say("M/M/n+G: lognormal patience of cv {spread}, {seconds} s on average.", spread=spread, seconds=seconds)
        ]
    else:
        told = [say("Erlang A: callers give up after {seconds} s of patience on average.", seconds=seconds)]
    if math.isfinite(queue.circuits):
        told.append(
            say("{circuits} circuits: a caller who finds them all busy hears the busy tone and is gone.",
                circuits=f"{queue.circuits:,.0f}")
        )  # fmt: skip
    if queue.redials is not None:
        told.append(
            say("Erlang X: {abandoned} of those who give up and {blocked} after a busy tone call again; each call counts.",
                abandoned=f"{100 * question.redial_share:.4g}%", blocked=f"{100 * question.redial_blocked_share:.4g}%")
            if math.isfinite(queue.circuits)
            else say("Erlang X: {abandoned} of those who give up call again; each call counts.",
                     abandoned=f"{100 * question.redial_share:.4g}%")
        )  # fmt: skip
    if queue.aht_s > question.interval_s:
        told.append(
            say(
                "A call lasts longer than the interval, which never settles; wfm staff follows the load through the day."
            )
        )
    return told


def _unsteady(question: Question) -> str:
    if question.queue.redials is not None and not math.isinf(question.patience_s):
        return say("The load reaches the seats and everybody calls until answered: redials grow without end.")
    return say("The load reaches the seats and nobody gives up: the queue grows without end.")


def _columns(question: Question) -> list[tuple[str, str]]:
    extra = []
    if question.long_waits:
        extra.append(("long_wait_share", say("over {seconds} s", seconds=f"{question.queue.long_wait_s:g}")))
    if math.isfinite(question.queue.circuits):
        extra.append(("blocked_share", say("busy tone")))
    if question.queue.redials is not None:
        extra += [("finally_answered_share", say("at last")), ("load_erlang", say("load"))]
    return [
        ("seats", say("seats")),
        ("service_level", say("in time")),
        ("asa_s", say("answer s")),
        ("mean_wait_s", say("wait s")),
        ("wait_probability", say("must wait")),
        ("abandon_share", say("gone")),
        ("occupancy", say("busy")),
        *extra,
    ]


def _curve_title(question: Question) -> str:
    return say("Seats: {load} erlangs of first calls, service level within {seconds} s",
               load=f"{question.queue.load_erlang:,.4g}", seconds=f"{question.queue.within_s:g}")  # fmt: skip


def _window(rows: Sequence[Figures]) -> Sequence[Figures]:
    """The last rows, around the chosen one if there is one."""
    if len(rows) <= _ROWS_SHOWN:
        return rows
    chosen = next((place for place, row in enumerate(rows) if row["chosen"]), len(rows))
    first = min(max(chosen - _ROWS_SHOWN * 3 // 4, 0), len(rows) - _ROWS_SHOWN)
    return rows[first : first + _ROWS_SHOWN]


def _joined(words: list[str]) -> str:
    return say("; ").join(words)


def _shown(key: str, value: float | bool | None, *, digits: int = 2) -> str:
    if value is None:
        return "–"
    if key == "seats":
        return f"{value:,}"
    if key == "load_erlang":
        return f"{value:,.4g}" if digits == 2 else f"{value:,.1f}"
    if key == "attempts_per_call":
        return f"{value:,.4g}"
    return f"{value:,.1f}" if key.endswith("_s") else f"{value:.{digits}%}"
