"""Who is on duty today: the roster made known for the day, or the one at hand; seats that it brings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.kept_plans import working_plans, working_rosters
from scenarios.roster_at_hand import RosterAtHand, roster_at_hand, stored_roster
from scenarios.scenario import Scenario
from scheduler import rostered_agents
from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import say
from wfm.store import open_store, store_status

__all__ = ["agents_on_duty", "roster_of_day", "seats_expected"]

Floats = NDArray[np.float64]


def roster_of_day(scenario: Scenario, asked: str, day: date, place: str = "") -> RosterAtHand:
    """The roster that holds ``day``.

    Args:
        scenario: hotline and people.
        asked: the scenario as it was asked for: a name, folder or file.
        day: the day.
        place: folder, workbook or file of the roster; empty: the published roster of the planning store, else its
            latest, else the latest plan that the store knows and whose folder is still there.

    Raises:
        BadInput: there is none, it is another hotline's, or it does not hold the day.
    """
    found = roster_at_hand(place, hotline=asked) if place else _stored(scenario, asked, day)
    if not found.problem.first <= day <= found.problem.last:
        raise BadInput(
            say(
                "{place}: the roster runs from {first} to {last}, without {day}",
                place=found.name,
                first=found.problem.first,
                last=found.problem.last,
                day=day,
            )
        )
    return found


def _stored(scenario: Scenario, asked: str, day: date) -> RosterAtHand:
    hotline = scenario.hotline.id
    if store_status().state not in ("absent", "empty"):
        store = open_store()
        held = working_rosters(store, hotline, [r for r in store.rosters(hotline) if r.first <= day <= r.last])
        if held:
            best = max(held, key=lambda r: (r.published_version is not None, r.id))
            return stored_roster(scenario, best.first, store)
        plans = [p for p in store.plans(hotline) if 0 <= (day - p.first).days < p.days]
        for plan in working_plans([p for p in plans if (Path(p.folder) / "plan.json").is_file()]):
            return roster_at_hand(plan.folder, hotline=asked)
    raise BadInput(
        say(
            "no plan or roster of {hotline} holds {day}; make one (wfm plan, wfm roster publish) or name its folder with --roster",
            hotline=hotline,
            day=day,
        )
    )


def agents_on_duty(hotline: Hotline, duties: pd.DataFrame, grid: TimeGrid) -> Floats:
    """A on duty for each group and interval, breaks taken out, ``(G, T)``."""
    found: Floats = (
        rostered_agents(duties, hotline, grid)["rostered_a"]
        .to_numpy(dtype=np.float64)
        .reshape(len(hotline.groups), len(grid))
    )
    return found


def seats_expected(hotline: Hotline, on_duty: Floats) -> Floats:
    """Seats that so many on duty let expect: unplanned absence off, but for a single A whose B steps in, ``(G, T)``."""
    backed = np.array([[g.posts_per_backup > 0] for g in hotline.groups])
    found: Floats = np.where((on_duty <= 1) & backed, on_duty, on_duty * (1 - hotline.shrinkage.unplanned_share))
    return found
