"""What the page works with beside the desk: the tree of scenarios, their runs, and the plans that may be compared."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from dashboard.desk import Desk
from dashboard.shelf import PlanShelf
from scenarios.plan import Plan
from scenarios.scenario_runs import RUN_FILE, ScenarioRun, read_runs, records_stamp, run_mark, runs_folder, stale_parts
from scenarios.scenario_shelf import ScenarioNode, ScenarioShelf
from wfm.errors import BadInput
from wfm.store import JobRecord

__all__ = ["RUN", "ScenarioDesk", "State", "scenario_desk"]

RUN = "scenario-run"
"""Kind of the jobs that run a scenario."""


@dataclass(frozen=True, slots=True)
class State:
    """How far the results of a scenario are."""

    run: ScenarioRun | None
    """The latest run."""
    job: JobRecord | None
    """Work on it that is not finished."""
    stale: tuple[str, ...]
    """Names of the inputs that changed since the run."""


class ScenarioDesk:
    """The scenarios of one desk. Safe for several threads."""

    def __init__(self, desk: Desk) -> None:
        self.home = desk.home
        self.shelf = ScenarioShelf(
            desk.hotlines.places, desk.hotlines.scenario, desk.hotlines.folders, desk.home / "scenarios"
        )
        self.run_plans = PlanShelf(runs_folder(desk.home))
        self._plans = desk.plans
        self._lock = threading.Lock()
        self._runs: dict[str, ScenarioRun] = {}

    def runs(self) -> list[ScenarioRun]:
        """Finished runs, the latest first; those that did not change are not read again."""
        with self._lock:
            known = dict(self._runs)
        found = read_runs(self.home, known)
        folder = runs_folder(self.home)
        with self._lock:
            self._runs = {run_mark(folder / run.name / RUN_FILE): run for run in found}
        return found

    def latest(self, runs: list[ScenarioRun]) -> dict[str, ScenarioRun]:
        """The latest run of each scenario."""
        found: dict[str, ScenarioRun] = {}
        for run in runs:
            found.setdefault(run.scenario, run)
        return found

    def states(self, nodes: list[ScenarioNode], desk: Desk) -> dict[str, State]:
        """How far the results of each scenario are."""
        latest = self.latest(self.runs())
        jobs = {job.parameters.get("scenario"): job for job in reversed(desk.jobs.recent(kind=RUN, limit=50))}
        stamps: dict[str, str] = {}
        found = {}
        for node in nodes:
            run, job = latest.get(node.key), jobs.get(node.key)
            stale: list[str] = []
            if run is not None and not node.error:
                try:
                    scenario = self.shelf.scenario(node.key)
                except BadInput:
                    continue
                stamp = stamps.setdefault(scenario.hotline.id, records_stamp(self.home, scenario.hotline.id))
                stale = stale_parts(run, scenario, stamp)
            found[node.key] = State(run, job if job is not None and not job.finished else None, tuple(stale))
        return found

    def plan(self, name: str) -> Plan:
        """A plan of the desk, or a run.

        Raises:
            BadInput: there is neither, or it cannot be read.
        """
        if name not in self._plans.folders() and name in self.run_plans.folders():
            return self.run_plans.plan(name)
        return self._plans.plan(name)

    def plan_names(self) -> list[str]:
        """Names of the plans beside the runs, the newest first."""
        return self._plans.names()


_desks: WeakKeyDictionary[Desk, ScenarioDesk] = WeakKeyDictionary()
_lock = threading.Lock()


def scenario_desk(desk: Desk) -> ScenarioDesk:
    """The scenarios of this desk; made once."""
    with _lock:
        if desk not in _desks:
            _desks[desk] = ScenarioDesk(desk)
        return _desks[desk]
