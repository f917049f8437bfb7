"""The roster of a view as cells, and the sheet that shows them, each made once."""

from __future__ import annotations

from dashboard.desk import Desk
from dashboard.pages.roster.sheet import Sheet
from dashboard.pages.roster.view import RosterView
from dashboard.roster_shelf import roster_shelf
from scheduler.problem import RosterProblem
from scheduler.roster_cells import LiveRoster
from wfm.i18n import language

__all__ = ["live_of", "sheet_for", "sheet_of"]


def live_of(desk: Desk, view: RosterView) -> LiveRoster:
    """The roster that is looked at, as cells; there must be one."""
    return roster_shelf(desk).live(view.scenario, view.found)


def sheet_of(desk: Desk, view: RosterView) -> Sheet:
    """The sheet of the roster that is looked at, in the language of the moment."""
    return sheet_for(desk, live_of(desk, view).problem)


def sheet_for(desk: Desk, problem: RosterProblem) -> Sheet:
    """The sheet of a problem, in the language of the moment."""
    return roster_shelf(desk).kept(("sheet", id(problem), language()), lambda: Sheet(problem))
