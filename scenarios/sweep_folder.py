"""A sweep on disk: what it asks, its finished points, and the table of its results.

``sweeps/HASH/`` under the home folder, ``HASH`` of all that decides the results: the hotline, what the store of records holds,
parameters and values, settings, the product's version and the simulator's sources. So the same question is one folder, and asking
it again goes on where it stopped.

===================  =============================================================================
``sweep.json``       the question, with seed, version and hashes of the inputs
``points/N.parquet``   a finished point: a row a replication, a column a measure
``formula/N.parquet``  the same point by formula, one row
``results.parquet``  a row a point and measure, once every point is finished; seed, version and inputs in its metadata
===================  =============================================================================
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scenarios.ledger import simulation_sources_hash
from scenarios.scenario import Scenario, content_hash
from scenarios.scenario_runs import records_stamp
from scenarios.sweep import COMPLIES, SweepPoint, SweepSettings, SweptParameter, sweep_points
from scenarios.trade_off import wilson
from simulation.estimates import estimate
from wfm import __version__
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.json_text import to_json
from wfm.os_reason import os_reason

__all__ = [
    "KeptSweep",
    "PointFolder",
    "SweepQuestion",
    "ask_sweep",
    "find_sweeps",
    "finish_sweep",
    "formula_of",
    "points_of",
    "read_sweep",
    "sweeps_folder",
]

HEAD, RESULTS = "sweep.json", "results.parquet"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SweepQuestion:
    """What a sweep asks, and what its answer rests on."""

    name: str
    """Hash of all of it: the folder's name."""
    scenario: str
    """Key of the scenario."""
    hotline: str
    parameters: tuple[SweptParameter, ...]
    settings: SweepSettings
    version: str
    inputs: dict[str, str]
    """Hash of each input."""
    asked_at: datetime
    who: str

    @property
    def points(self) -> int:
        """How many points it has."""
        return math.prod(len(p.values) for p in self.parameters)


@dataclass(frozen=True, slots=True)
class KeptSweep:
    """A sweep as far as it is."""

    question: SweepQuestion
    table: pd.DataFrame
    """``method, point, x, y, measure, mean, low, high, ci_low, ci_high, replications``: low and high are the 2.5 and 97.5 %
    quantiles of the period, ci_low and ci_high the 95 % confidence interval of the mean; y is NaN with one parameter."""
    done: int
    """Points that are simulated."""

    @property
    def finished(self) -> bool:
        """Whether every point is."""
        return self.done == self.question.points


def sweeps_folder(home: Path) -> Path:
    """Where sweeps are kept."""
    return home / "sweeps"


def ask_sweep(
    key: str,
    scenario: Scenario,
    parameters: Sequence[SweptParameter],
    settings: SweepSettings,
    home: Path,
    *,
    who: str = "",
) -> SweepQuestion:
    """The question, with its name; writes ``sweep.json`` where it was not asked before.

    Raises:
        BadInput: there are too many points, or the folder cannot be written.
    """
    sweep_points(parameters)
    inputs = {
        "hotline": scenario.input_hashes()["hotline"],
        "records": records_stamp(home, scenario.hotline.id),
        "simulator": simulation_sources_hash(),
    }
    asked = _asked(parameters, settings)
    name = content_hash({**inputs, **asked, "version": __version__, "format": _FORMAT})
    folder = sweeps_folder(home) / name
    known = _read_question(folder)
    if known is not None:
        return known
    head = {
        "format": _FORMAT,
        "scenario": key,
        "hotline": scenario.hotline.id,
        **asked,
        "version": __version__,
        "inputs": inputs,
        "asked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": who,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / HEAD, (to_json(head) + "\n").encode())
    except OSError as error:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=os_reason(error))) from None
    found = _read_question(folder)
    if found is None:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=folder, reason=HEAD))
    return found


def _asked(parameters: Sequence[SweptParameter], settings: SweepSettings) -> dict[str, Any]:
    return {
        "parameters": [{"path": p.path, "values": list(p.values), "relative": p.relative} for p in parameters],
        "settings": {
            "first": settings.first.isoformat(),
            "days": settings.days,
            "seed": settings.seed,
            "replications": settings.replications,
            "staffing": settings.staffing,
        },
    }


def _read_question(folder: Path) -> SweepQuestion | None:
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        if head["format"] != _FORMAT:
            return None
        settings = {**head["settings"], "first": date.fromisoformat(head["settings"]["first"])}
        return SweepQuestion(
            name=folder.name,
            scenario=head["scenario"],
            hotline=head["hotline"],
            parameters=tuple(
                SweptParameter(p["path"], tuple(float(v) for v in p["values"]), bool(p["relative"]))
                for p in head["parameters"]
            ),
            settings=SweepSettings(**settings),
            version=head["version"],
            inputs=head["inputs"],
            asked_at=datetime.fromisoformat(head["asked_at"]),
            who=head["who"],
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_sweeps(home: Path) -> list[SweepQuestion]:
    """The sweeps that are kept, the latest first."""
    folder = sweeps_folder(home)
    found = [_read_question(p.parent) for p in folder.glob(f"*/{HEAD}")] if folder.is_dir() else []
    return sorted((q for q in found if q is not None), key=lambda q: (q.asked_at, q.name), reverse=True)


class PointFolder:
    """A ledger of points in a folder: a Parquet file each, which appears whole or not at all.

    A file that is damaged or of another shape is passed over: its point is computed again.
    """

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder = folder
        self.rows = rows
        """Rows of a sound file."""

    def recall(self, point: SweepPoint) -> pd.DataFrame | None:
        """What the point gave before; None if that is not known."""
        path = self._file(point.number)
        if not path.is_file():
            return None
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table: pd.DataFrame = pq.read_table(path, page_checksum_verification=True).to_pandas()
        except (pa.ArrowException, OSError, ValueError):
            return None
        return table if len(table) == self.rows and "replication" in table.columns else None

    def keep(self, point: SweepPoint, result: pd.DataFrame) -> None:
        """Write the point down.

        Raises:
            BadInput: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            _write_parquet(self._file(point.number), result, {})
        except OSError as error:
            raise BadInput(
                say("cannot write to {folder}: {reason}", folder=self.folder, reason=os_reason(error))
            ) from None

    def numbers(self) -> list[int]:
        """Numbers of the points that are there, rising."""
        found = self.folder.glob("[0-9]*.parquet") if self.folder.is_dir() else ()
        return sorted(int(p.stem) for p in found)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:05d}.parquet"


def points_of(home: Path, question: SweepQuestion) -> PointFolder:
    """The ledger of the sweep's simulated points."""
    return PointFolder(sweeps_folder(home) / question.name / "points", question.settings.replications)


def formula_of(home: Path, question: SweepQuestion) -> PointFolder:
    """The ledger of its points by formula."""
    return PointFolder(sweeps_folder(home) / question.name / "formula", 1)


def read_sweep(home: Path, name: str) -> KeptSweep:
    """A sweep as far as it is: finished points of one that runs, stopped or was called off are there, too.

    Raises:
        BadInput: there is no such sweep.
    """
    folder = sweeps_folder(home) / Path(name).name
    question = _read_question(folder) if name else None
    if question is None:
        raise BadInput(say("There is no sweep {name}; ask for it again.", name=f"“{name[:40]}”"))
    if (folder / RESULTS).is_file():
        table = pd.read_parquet(folder / RESULTS)
        return KeptSweep(question, table, question.points)
    points = points_of(home, question)
    done = points.numbers()
    return KeptSweep(question, _summary(home, question), len(done))


def finish_sweep(home: Path, question: SweepQuestion) -> Path:
    """Write the table of results of a sweep whose points are all there; returns its file.

    Raises:
        BadInput: the folder cannot be written.
    """
    path = sweeps_folder(home) / question.name / RESULTS
    told = {
        "seed": str(question.settings.seed),
        "version": question.version,
        "inputs": json.dumps(question.inputs, sort_keys=True),
        "sweep": question.name,
    }
    try:
        _write_parquet(path, _summary(home, question), told)
    except OSError as error:
        raise BadInput(say("cannot write to {folder}: {reason}", folder=path.parent, reason=os_reason(error))) from None
    return path


_COLUMNS = ["method", "point", "x", "y", "measure", "mean", "low", "high", "ci_low", "ci_high", "replications"]


def _summary(home: Path, question: SweepQuestion) -> pd.DataFrame:
    """A row a point and measure, of the points that are there."""
    rows: list[tuple[Any, ...]] = []
    for method, folder in (("formula", formula_of(home, question)), ("simulation", points_of(home, question))):
        for point in sweep_points(question.parameters):
            table = folder.recall(point)
            if table is not None:
                rows += _point_rows(method, point, table)
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"point": "int64", "replications": "int64"})


def _point_rows(method: str, point: SweepPoint, table: pd.DataFrame) -> list[tuple[Any, ...]]:
    x, y = point.values[0], point.values[1] if len(point.values) > 1 else float("nan")
    rows = []
    for measure in table.columns:
        if measure == "replication":
            continue
        values = table[measure].to_numpy(float)
        found = estimate(values)
        low, high, half = found.low, found.high, found.half_width
        ends = (found.mean - half, found.mean + half)
        if measure == COMPLIES:
            ends = _wilson(values)
            low, high = ends
        if method == "formula":
            low = high = float("nan")
            ends = (float("nan"), float("nan"))
        rows.append((method, point.number, x, y, measure, found.mean, low, high, *ends, found.replications))
    return rows


def _wilson(kept: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    found = wilson(int(kept.sum()), len(kept))
    return float(found.low or 0.0), float(1.0 if found.high is None else found.high)


def _write(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _write_parquet(path: Path, table: pd.DataFrame, told: dict[str, str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.Table.from_pandas(table, preserve_index=False)
    content = content.replace_schema_metadata({**(content.schema.metadata or {}), **told})
    sink = pa.BufferOutputStream()
    pq.write_table(content, sink, compression="zstd", write_page_checksum=True)
    _write(path, sink.getvalue().to_pybytes())
