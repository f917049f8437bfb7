"""A roster built by the solver for a month in the planning store: it becomes a draft, and nothing is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from scenarios.collected_requests import requests_of_month
from scenarios.preparation import StageProgress, silent
from scenarios.published_before import published_before
from scenarios.roster import RosterAsked, build_scenario_roster
from scenarios.roster_at_hand import RosterAtHand
from scenarios.roster_draft import DraftAtHand, begin_draft, open_draft
from scenarios.roster_problem import roster_problem
from scenarios.roster_result import RosterResult
from scenarios.scenario import Scenario
from scheduler.roster_cells import Cell, CellPlace
from wfm.hotline import Pin
from wfm.store import DraftRecord, Store

__all__ = ["BuildAsked", "build_draft", "pins_of_cells"]


@dataclass(frozen=True, slots=True)
class BuildAsked:
    """How a draft is to be built.

    Attributes:
        first: first day.
        days: length of the period.
        like: number of a draft whose pinned cells are kept and whose posts are filled; None: posts that the forecast
            asks for, and no pins but the hotline's own.
        seconds: what the search may take.
        seed: seed of every random number.
        workers: threads of the solver.
        allow_gaps: build on where nobody is able to serve a group.
    """

    first: date
    days: int
    like: int | None = None
    seconds: float = 40.0
    seed: int = 1
    workers: int = 1
    allow_gaps: bool = True


def pins_of_cells(cells: Iterable[tuple[CellPlace, Cell]]) -> list[Pin]:
    """Pinned cells as pins of the roster's problem: the duties that stand there, or a day off."""
    found = []
    for (agent, day), cell in cells:
        if cell.pinned and not cell.duties:
            found.append(Pin(agent=agent, date=day))
        elif cell.pinned:
            # A day holds one pin; of several duties the first one is kept.
            duty = cell.duties[0]
            found.append(
                Pin(agent=agent, date=day, shift=duty.shift, group=duty.group, role="A" if duty.role == "A" else "B")
            )
    return found


def build_draft(
    scenario: Scenario, store: Store, home: Path, asked: BuildAsked, *, watch: StageProgress = silent, who: str = ""
) -> tuple[DraftRecord, RosterResult]:
    """Build a roster and keep it as a draft.

    Args:
        scenario: hotline, people and leave.
        store: the planning store: requests collected, rosters published before, the draft to follow.
        home: where call records live.
        asked: period, posts and effort.
        watch: called with a stage's key, returns the progress to tell of it.
        who: who asks for it.

    Raises:
        BadInput: the period's calendar is not announced, pins cannot be kept, or the month is settled.
    """
    like = None if asked.like is None else open_draft(scenario, store, asked.like)
    pins = [] if like is None else pins_of_cells(like.live.cells.items())
    decided = {(p.agent, p.date) for p in pins}
    scenario = replace(scenario, pins=(*(p for p in scenario.pins if (p.agent, p.date) not in decided), *pins))
    history, notes = published_before(scenario, asked.first, store)
    result = build_scenario_roster(
        scenario,
        RosterAsked(
            first=asked.first,
            days=asked.days,
            posts=_posts(like),
            notes=notes,
            history=history,
            requests=requests_of_month(scenario.hotline.id, asked.first),
            allow_gaps=asked.allow_gaps,
            seed=asked.seed,
            seconds=asked.seconds,
            workers=asked.workers,
        ),
        home,
        watch=watch,
    )
    problem = roster_problem(scenario, asked.first, asked.days, result.posts)
    found = RosterAtHand(scenario.hotline.id, scenario, problem, result.duties, posts_known=True)
    origin = {"kind": "built", "seconds": asked.seconds, "seed": asked.seed, "status": result.status}
    record = begin_draft(store, found, origin, pinned=sorted(decided), who=who)
    return record, result


def _posts(like: DraftAtHand | None) -> pd.DataFrame | None:
    return None if like is None else like.live.problem.posts
