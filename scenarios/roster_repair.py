"""Repair of a roster at hand: what happened, the ways out of it, and what the checker says of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from scenarios.roster import result_of
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_result import RosterResult
from scenarios.scenario import content_hash
from scheduler import Alternative, ChangeCosts, RosterProblem, find_alternatives
from scheduler.alternatives import RepairInterrupted
from scheduler.checker import check_roster
from scheduler.export import duties_csv
from scheduler.requests_checked import check_away
from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.hotline import Hotline, Leave
from wfm.i18n import Text, list_words, say

__all__ = ["Happened", "MovedShift", "Repair", "changed_problem", "repair_roster", "repaired_result"]


@dataclass(frozen=True, slots=True)
class MovedShift:
    """A shift that begins and ends at other times from now on, ``HH:MM``."""

    shift: str
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Happened:
    """What changed since the roster was published.

    Attributes:
        away: people who cannot come, with the first and last day; the last may be None: to the end of the roster.
        posts: the posts as they are now (``scheduler.POST_COLUMNS``), where lines or posts were added or taken away.
        moved: shifts with other times.
        reason: reason of the absence.
    """

    away: tuple[tuple[str, date, date | None], ...] = ()
    posts: pd.DataFrame | None = None
    moved: tuple[MovedShift, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Repair:
    """The alternatives for a roster.

    Attributes:
        found: the roster as published.
        problem: people, leave and posts as they are now.
        now: what began before stays.
        alternatives: each judged: ``bends`` names what it breaks and the published roster did not, pairs away included.
        legal: whether each alternative breaks no rule that the published one kept.
        interrupted: whether the user interrupted the search; the alternatives are those found until then.
    """

    found: RosterAtHand
    problem: RosterProblem
    now: datetime
    alternatives: tuple[Alternative, ...]
    legal: tuple[bool, ...]
    interrupted: bool = False


def changed_problem(problem: RosterProblem, happened: Happened) -> RosterProblem:
    """The problem after what happened.

    Raises:
        BadInput: an unknown person or shift, or days that do not touch the roster.
    """
    leave = list(problem.leave)
    for agent, first, last in happened.away:
        until = problem.last if last is None else last
        check_away(problem, agent, first, until)
        leave.append(Leave(agent=agent, first=first, last=until, reason=happened.reason))
    hotline = _with_moved(problem.hotline, happened.moved)
    posts = problem.posts if happened.posts is None else happened.posts
    return replace(problem, leave=leave, hotline=hotline, posts=posts)


def _with_moved(hotline: Hotline, moved: Sequence[MovedShift]) -> Hotline:
    shifts = {s.id: s for s in hotline.shifts}
    for one in moved:
        if one.shift not in shifts:
            raise BadInput(
                say("unknown shift {shift}; known: {known}", shift=one.shift, known=list_words(list(shifts)))
            )
        raw = {**shifts[one.shift].model_dump(), "start": one.start, "end": one.end}
        try:
            shifts[one.shift] = type(shifts[one.shift]).model_validate(raw)
        except ValueError:
            raise BadInput(
                say(
                    "the shift {shift} cannot last from {start} to {end} with its breaks",
                    shift=one.shift,
                    start=one.start,
                    end=one.end,
                )
            ) from None
    return hotline.model_copy(update={"shifts": tuple(shifts.values())})


def repair_roster(
    found: RosterAtHand,
    happened: Happened,
    now: datetime,
    *,
    costs: ChangeCosts | None = None,
    seconds: float = 10.0,
    seed: int = 1,
    reproducible: bool = False,
    workers: int = 1,
    fill_open: bool = False,
    progress: Progress = no_progress,
) -> Repair:
    """Alternatives for a roster after what happened, each judged by the independent checker.

    Posts that the roster left open already stay open unless ``fill_open``.

    Raises:
        BadInput: what happened does not fit the roster, or is over by now.
        KeyboardInterrupt: interrupted before the first alternative was found.
    """
    problem = changed_problem(found.problem, happened)
    _refuse_what_is_over(found, happened, now)
    interrupted = False
    try:
        alternatives = find_alternatives(
            problem,
            found.duties,
            now,
            costs=costs or ChangeCosts(),
            seconds=seconds,
            seed=seed,
            reproducible=reproducible,
            workers=workers,
            as_published=None if fill_open else found.problem,
            progress=progress,
        )
    except RepairInterrupted as stopped:
        alternatives, interrupted = stopped.alternatives, True
    before = _broken(problem, found.duties)
    judged, legal = [], []
    for one in alternatives:
        fresh = _broken(problem, one.duties) - before
        judged.append(replace(one, bends=tuple(text for text, _ in fresh.elements())))
        legal.append(not any(breaks_law for _, breaks_law in fresh))
    return Repair(found, problem, now, tuple(judged), tuple(legal), interrupted)


def _refuse_what_is_over(found: RosterAtHand, happened: Happened, now: datetime) -> None:
    """What began before now stays, so that nothing would come of an absence, or of a roster, that is over."""
    moment = f"{now.astimezone(found.problem.zone):%Y-%m-%d %H:%M}"
    if not found.duties.empty and found.duties["end"].max() <= now:
        raise BadInput(
            say(
                "{roster}: its last duty has ended by now ({now}); say with --now when it happened",
                roster=found.name,
                now=moment,
            )
        )
    for agent, first, last in happened.away:
        if last is not None and last < now.astimezone(found.problem.zone).date():
            raise BadInput(
                say(
                    "{agent} is away {first} to {last}, which is over by now ({now}); say with --now when it happened",
                    agent=agent,
                    first=first,
                    last=last,
                    now=moment,
                )
            )


def _broken(problem: RosterProblem, duties: pd.DataFrame) -> Counter[tuple[Text, bool]]:
    """What the checker finds, but for open posts, which alternatives list by themselves; and whether it is a matter of law."""
    return Counter((v.text, v.breaks_law) for v in check_roster(problem, duties) if v.rule != "posts_filled")


def repaired_result(repair: Repair, number: int, *, seed: int = 1, reproducible: bool = False) -> RosterResult:
    """One alternative (counted from 1) as a roster to be written.

    Raises:
        BadInput: there is no such alternative.
    """
    if not 1 <= number <= len(repair.alternatives):
        raise BadInput(
            say("--take: found {number}, allowed are 1 to {most}", number=number, most=len(repair.alternatives))
        )
    chosen = repair.alternatives[number - 1]
    scenario = replace(repair.found.scenario, hotline=repair.problem.hotline, leave=repair.problem.leave)
    return result_of(
        scenario,
        repair.problem,
        chosen.duties,
        name=repair.found.scenario.name,
        seed=seed,
        reproducible=reproducible,
        status="partial" if len(chosen.unfilled) else "feasible",
        objective=chosen.objective,
        reasons=tuple(m.text for m in chosen.moves),
        inputs={"repaired": content_hash(duties_csv(repair.found.duties).decode())},
    )
