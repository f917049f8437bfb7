"""Runs of scenarios: a plan folder each, kept apart from the plans that a hotline works by.

A run lies in a folder named for its scenario and a hash of all that it was made from, so that the same scenario, period,
seed and inputs are one run. Beside the plan's own files stands ``run.json``: which scenario, its version, and what the
store of records held. From it follows whether the results still say what a run would say now.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from scenarios.input_names import input_words
from scenarios.kept_plans import WHAT_IF
from scenarios.pipeline import STAGES, PlanSettings, plan_hotline
from scenarios.plan import Plan
from scenarios.plan_folder import check_target_folder, plan_files, scorecard_json
from scenarios.preparation import StageProgress, silent
from scenarios.scenario import Scenario, content_hash
from scenarios.trade_off import complying
from scenarios.whole_folder import write_folder
from wfm import __version__
from wfm.i18n import Text, both
from wfm.json_text import to_json
from wfm.records import RecordStore
from wfm.store import Store

__all__ = [
    "RUN_FILE",
    "RUN_STAGES",
    "ScenarioRun",
    "read_runs",
    "records_stamp",
    "remove_runs",
    "run_name",
    "run_scenario",
    "runs_folder",
    "stale_parts",
]

RUN_FILE = "run.json"
RUN_STAGES: dict[str, Text] = {**STAGES, "report": both("Report")}
_FORMAT = 1
_SCENARIO_INPUTS = ("hotline", "agents", "leave", "wishes", "pins", "busy", "balances")


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """One finished run, as lists show it."""

    name: str
    """Name of its folder."""
    scenario: str
    """Key of the scenario."""
    first: date
    days: int
    seed: int
    replications: int
    version: str
    """Version of the product."""
    finished_at: datetime
    inputs: dict[str, str]
    """Hash of each input."""
    records: str
    """What the store of records held."""
    who: str
    scorecard: tuple[dict[str, Any], ...]
    """Rows of the scorecard as plain values."""
    hours: float
    """Agent-hours of A duties."""
    complies: float | None
    """Probability that the period keeps every target over calls; None where none decides."""

    def value(self, kpi: str) -> tuple[float, str] | None:
        """Value and status of the first row of this KPI; None if it has none."""
        found = next((r for r in self.scorecard if r["kpi"] == kpi and r["value"] is not None), None)
        return None if found is None else (float(found["value"]), str(found["status"]))

    @property
    def status(self) -> str:
        """The worst status of the targets that a limit decides: ``met``, ``at risk``, ``missed`` or ``unknown``."""
        found = {str(row["status"]) for row in self.scorecard}
        return next((s for s in ("missed", "at risk", "met") if s in found), "unknown")


def runs_folder(home: Path) -> Path:
    """Where runs are kept."""
    return home / "scenario-runs"


def records_stamp(home: Path, hotline: str) -> str:
    """A hash of which records the store holds of the hotline and how days are marked; costs no reading of calls."""
    folder = RecordStore(home, hotline).folder
    digest = hashlib.sha256()
    for path in sorted(folder.glob("manifests/*")):
        digest.update(f"{path.name}\n".encode())
    for path in sorted(folder.glob("marks/*")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def run_name(key: str, scenario: Scenario, settings: PlanSettings, home: Path) -> str:
    """Name of the folder of the run that these inputs make."""
    asked = {k: str(v) for k, v in asdict(settings).items() if k != "workers"}
    made_from = {
        **scenario.input_hashes(),
        "records": records_stamp(home, scenario.hotline.id),
        "version": __version__,
        **asked,
    }
    return f"{key}.{content_hash(made_from)[:10]}"


def run_scenario(
    key: str,
    scenario: Scenario,
    settings: PlanSettings,
    home: Path,
    store: Store,
    render_report: Callable[[Plan], bytes],
    watch: StageProgress = silent,
    *,
    who: str = "",
) -> str:
    """Plan a scenario and keep the run; returns its name. Nothing is written before the plan is whole.

    In the store stands the plan alone, marked as a what-if: no roster and no forecast that somebody could work by.

    Args:
        key: the scenario's key in the tree.
        scenario: what to plan.
        settings: period, seed and effort; runs with the same seed, period and replications are compared in pairs.
        home: where records and runs live.
        store: the planning store.
        render_report: makes ``report.html``.
        watch: told of each stage of :data:`RUN_STAGES`.
        who: who asked for it.

    Raises:
        BadInput: as :func:`scenarios.pipeline.plan_hotline`, or the folder cannot be written.
    """
    name = run_name(key, scenario, settings, home)
    folder = runs_folder(home) / name
    check_target_folder(folder)
    stamp = records_stamp(home, scenario.hotline.id)
    plan = plan_hotline(scenario, settings, home, watch)
    report = watch("report")
    report(0, 1)
    head = {
        "format": _FORMAT,
        "scenario": key,
        "root": scenario.folder.name,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "records": stamp,
        "complies": complying(plan).p,
        "who": who,
        "settings": {k: str(v) if isinstance(v, date) else v for k, v in asdict(settings).items()},
    }
    write_folder(folder, {**plan_files(plan, render_report), RUN_FILE: (to_json(head) + "\n").encode()})
    store.save_plan(
        hotline=plan.hotline.id,
        first=plan.first,
        days=plan.days,
        seed=plan.seed,
        version=plan.version,
        inputs=plan.inputs | {WHAT_IF: key},
        folder=str(folder.resolve()),
        scorecard=scorecard_json(plan),
        who=who,
    )
    report(1, 1)
    return name


def read_runs(home: Path, known: Mapping[str, ScenarioRun] | None = None) -> list[ScenarioRun]:
    """The runs that are kept, the latest first; those that cannot be read are left out.

    Args:
        home: where runs live.
        known: runs read before, by ``name`` and time of the file (see :func:`run_mark`), which are not read again.
    """
    folder = runs_folder(home)
    found = []
    for path in folder.glob(f"*/{RUN_FILE}") if folder.is_dir() else ():
        if path.parent.name.startswith("."):
            continue
        run = (known or {}).get(run_mark(path)) or _read_run(path.parent)
        if run is not None:
            found.append(run)
    return sorted(found, key=lambda run: (run.finished_at, run.name), reverse=True)


def run_mark(path: Path) -> str:
    """What tells one state of a run's file from another."""
    return f"{path.parent.name}:{path.stat().st_mtime_ns}"


def _read_run(folder: Path) -> ScenarioRun | None:
    try:
        head = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        rows = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
        return ScenarioRun(
            name=folder.name,
            scenario=head["scenario"],
            first=date.fromisoformat(plan["first"]),
            days=plan["days"],
            seed=plan["seed"],
            replications=plan["replications"],
            version=plan["version"],
            finished_at=datetime.fromisoformat(head["finished_at"]),
            inputs=plan["inputs"],
            records=head["records"],
            who=head["who"],
            scorecard=tuple(rows),
            hours=float(plan["roster"]["hours"]),
            complies=head.get("complies"),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def stale_parts(run: ScenarioRun, scenario: Scenario, records: str) -> list[str]:
    """Which inputs are no longer those of the run, named in the language of the moment; empty while it is current.

    Args:
        run: the run.
        scenario: its scenario as it is now.
        records: :func:`records_stamp` now.
    """
    now = scenario.input_hashes()
    changed = [k for k in _SCENARIO_INPUTS if k in run.inputs | now and run.inputs.get(k) != now.get(k)]
    changed += ["records"] if run.records != records else []
    return [words.rpartition(" ")[0] for words in input_words(dict.fromkeys(changed, "·"))]


def remove_runs(home: Path, names: Sequence[str]) -> None:
    """Take runs away; those that are not there are no error."""
    for name in names:
        folder = runs_folder(home) / Path(name).name
        if name and (folder / RUN_FILE).is_file():
            shutil.rmtree(folder, ignore_errors=True)
