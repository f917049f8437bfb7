"""A sweep's points do not depend on order, executor or interruption; what they say agrees with formulas and with runs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scenarios.scenario import load_scenario
from scenarios.simulate import SimulateSettings, simulate_scenario
from scenarios.sweep import COMPLIES, HEAD_HOURS, SEAT_HOURS, SweepSettings, prepare_sweep, run_sweep, sweep_points
from scenarios.sweep_folder import PointFolder, ask_sweep, find_sweeps, finish_sweep, formula_of, points_of, read_sweep
from scenarios.sweep_shown import axes_of, crossings, measures_of, sweep_sentence
from scenarios.sweep_values import SweptParameter, stepped
from wfm.errors import BadInput
from wfm.execution import InProcess, LocalProcesses

COURT = load_scenario("nanxun-12368")
SCALE = SweptParameter("lines.*.demand.scale", (0.8, 1.2, 2.4), True)
PATIENCE = SweptParameter("lines.*.patience.mean_s", (60.0, 240.0))
SETTINGS = SweepSettings(date(2026, 11, 30), 2, seed=3, replications=4, staffing="kept")


class Shuffled:
    """Runs the tasks here in an order of chance."""

    def completions(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        order = list(range(len(tasks)))
        random.Random(7).shuffle(order)
        for index in order:
            yield index, function(tasks[index])


class Stopped(BaseException):
    """As a job that is called off raises it."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return prepare_sweep(COURT, (SCALE, PATIENCE), SETTINGS, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def tables(prepared: Any) -> list[pd.DataFrame]:
    return run_sweep(prepared, executor=InProcess())


def test_points_are_every_combination_the_last_fastest() -> None:
    points = sweep_points((SCALE, PATIENCE))
    assert [p.values for p in points] == [
        (0.8, 60), (0.8, 240), (1.2, 60), (1.2, 240), (2.4, 60), (2.4, 240),
    ]  # fmt: skip
    assert [p.number for p in points] == list(range(6))


def test_the_order_of_points_changes_none(prepared: Any, tables: list[pd.DataFrame]) -> None:
    again = run_sweep(prepared, executor=Shuffled())
    for one, other in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_other_processes_compute_the_same_points(prepared: Any, tables: list[pd.DataFrame]) -> None:
    fewer = replace(
        prepared,
        parameters=(SweptParameter(SCALE.path, SCALE.values[:2], True), SweptParameter(PATIENCE.path, (60.0,))),
    )
    again = run_sweep(fewer, executor=LocalProcesses(2))
    for number, table in zip((0, 2), again, strict=True):
        pd.testing.assert_frame_equal(tables[number], table, check_exact=True)


def test_a_point_is_what_the_simulation_of_its_scenario_says(tmp_path: Path) -> None:
    own = prepare_sweep(
        COURT,
        (SweptParameter("lines.*.demand.scale", (1.0,), True),),
        SweepSettings(date(2026, 11, 30), 2, 3, 4),
        tmp_path,
    )
    (table,) = run_sweep(own, executor=InProcess())
    view = simulate_scenario(COURT, SimulateSettings(date(2026, 11, 30), 2, seed=3, replications=4), tmp_path)
    for kpi in ("asa_s", "connection_rate_daily_mean", "abandon_share", "occupancy"):
        np.testing.assert_allclose(table[kpi], view.kpis[kpi], rtol=1e-12)


def test_more_calls_for_the_same_seats_wait_longer(tables: list[pd.DataFrame]) -> None:
    values = {p.values: t for p, t in zip(sweep_points((SCALE, PATIENCE)), tables, strict=True)}
    for patience in (60.0, 240.0):
        waits = [values[scale, patience]["mean_wait_s"].mean() for scale in SCALE.values]
        assert waits == sorted(waits)
        assert waits[0] < waits[-1]
    # Nobody reacts: the seats are the same everywhere; the impatient give up more.
    assert len({t[SEAT_HOURS].iloc[0] for t in tables}) == 1
    assert values[2.4, 60.0]["abandon_share"].mean() > values[2.4, 240.0]["abandon_share"].mean()
    assert all(set(t[COMPLIES]) <= {0.0, 1.0} for t in tables)
    assert all((t[HEAD_HOURS] >= t[SEAT_HOURS]).all() for t in tables)


def test_what_was_called_off_goes_on_where_it_stopped(tmp_path: Path, tables: list[pd.DataFrame]) -> None:
    question = ask_sweep("nanxun-12368", COURT, (SCALE, PATIENCE), SETTINGS, tmp_path, who="Li")
    prepared = prepare_sweep(COURT, question.parameters, question.settings, tmp_path)

    def watch(stage: str) -> Callable[[int, int], None]:
        def progress(done: int, total: int, /) -> None:
            if stage == "points" and done == 2:
                raise Stopped

        return progress

    with pytest.raises(Stopped):
        run_sweep(prepared, executor=InProcess(), ledger=points_of(tmp_path, question), watch=watch)
    half = read_sweep(tmp_path, question.name)
    assert (half.done, half.finished) == (2, False)
    computed = []

    class Counting:
        def completions(self, function: Callable[[Any], Any], tasks: Sequence[Any]) -> Iterator[tuple[int, Any]]:
            computed.extend(tasks)
            yield from InProcess().completions(function, tasks)

    again = run_sweep(prepared, executor=Counting(), ledger=points_of(tmp_path, question))
    assert [p.number for p in computed] == [2, 3, 4, 5]
    for one, other in zip(tables, again, strict=True):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    finish_sweep(tmp_path, question)
    whole = read_sweep(tmp_path, question.name)
    assert whole.finished
    mean = whole.table.set_index(["point", "measure"])["mean"]
    for number, table in enumerate(tables):
        assert mean[number, "asa_s"] == pytest.approx(table["asa_s"].mean())
    import pyarrow.parquet as pq

    told = pq.read_schema(tmp_path / "sweeps" / question.name / "results.parquet").metadata
    assert told[b"seed"] == b"3"
    assert told[b"sweep"].decode() == question.name
    assert [q.name for q in find_sweeps(tmp_path)] == [question.name]


def test_the_same_question_is_one_folder_and_another_another(tmp_path: Path) -> None:
    first = ask_sweep("nanxun-12368", COURT, (SCALE,), SETTINGS, tmp_path, who="Li")
    assert ask_sweep("nanxun-12368", COURT, (SCALE,), SETTINGS, tmp_path, who="Wang") == first
    others = [
        ask_sweep("nanxun-12368", COURT, (PATIENCE,), SETTINGS, tmp_path),
        ask_sweep("nanxun-12368", COURT, (SCALE,), SweepSettings(SETTINGS.first, 2, 4, 4, "kept"), tmp_path),
    ]
    assert len({first.name, *(q.name for q in others)}) == 3
    with pytest.raises(BadInput):
        read_sweep(tmp_path, "../../etc")


def test_a_damaged_point_is_computed_again(tmp_path: Path) -> None:
    folder, point = PointFolder(tmp_path / "points", 2), sweep_points((SCALE,))[1]
    table = pd.DataFrame({"replication": [0, 1], "asa_s": [3.0, 4.0]})
    folder.keep(point, table)
    found = folder.recall(point)
    assert found is not None
    pd.testing.assert_frame_equal(found, table)
    path = tmp_path / "points" / "00001.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    assert folder.recall(point) is None
    folder.keep(point, table.head(1))
    assert folder.recall(point) is None
    assert folder.numbers() == [1]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ((), "one parameter or two"),
        ((SCALE, SCALE), "must differ"),
        ((SweptParameter("no.such.key", (1.0,)),), "no number of this name"),
        ((SweptParameter("seats.opened", (99.0,)),), "seats.opened = 99.*seats built"),
        ((SweptParameter("lines.*.patience.shape", (1.0, 2.0), True),), "no value now"),
        ((SweptParameter("ivr.open_24_h", (1.0,)),), "no number of this name"),
    ],
)
def test_what_cannot_be_swept_is_refused_in_a_sentence(
    tmp_path: Path, parameters: tuple[SweptParameter, ...], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WFM_LANG", "en")
    with pytest.raises(BadInput, match=words):
        prepare_sweep(COURT, parameters, SETTINGS, tmp_path)


def test_steps_divide_a_range_evenly() -> None:
    assert stepped(0.8, 1.2, 5) == (0.8, 0.9, 1.0, 1.1, 1.2)
    assert stepped(2, 4, 9, whole=True) == (2.0, 3.0, 4.0)
    assert stepped(3, 3, 1) == (3.0,)
    for wrong in ((1, 1, 3), (0, 1, 0), (0, float("nan"), 2), (0, 1, 10_000)):
        with pytest.raises(BadInput):
            stepped(*wrong)


def test_where_a_limit_is_crossed_is_found_between_the_points() -> None:
    line = pd.DataFrame({"x": [0.0, 1.0, 2.0], "mean": [10.0, 14.0, 22.0]})
    assert crossings(line, 15.0) == [pytest.approx(1.125)]  # 14 + 8·t = 15
    assert crossings(line, 30.0) == []


def test_the_sentence_says_up_to_where_the_limit_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFM_LANG", "en")
    question = ask_sweep("nanxun-12368", COURT, (SweptParameter(SCALE.path, (1.0, 2.0), True),), SETTINGS, tmp_path)
    for number, asa in enumerate((10.0, 20.0)):
        rows = pd.DataFrame({"replication": range(4), "asa_s": [asa] * 4})
        points_of(tmp_path, question).keep(sweep_points(question.parameters)[number], rows)
    kept = read_sweep(tmp_path, question.name)
    words = sweep_sentence(kept, axes_of(COURT.hotline, kept), measures_of(COURT.hotline)["asa_s"]).en
    assert words == "Mean answer time keeps its limit up to call volume +50 %."  # 15 s lies halfway


def test_the_formula_answers_first(tmp_path: Path) -> None:
    parameters = (SweptParameter(SCALE.path, (1.0,), True),)
    question = ask_sweep("nanxun-12368", COURT, parameters, SETTINGS, tmp_path)
    prepared = prepare_sweep(COURT, parameters, SETTINGS, tmp_path)
    stages: list[str] = []

    def watch(stage: str) -> Callable[[int, int], None]:
        stages.append(stage)
        return lambda done, total: None

    run_sweep(
        prepared,
        executor=InProcess(),
        ledger=points_of(tmp_path, question),
        formula=formula_of(tmp_path, question),
        watch=watch,
    )
    assert stages.index("formula") < stages.index("points")
    table = read_sweep(tmp_path, question.name).table.set_index(["method", "measure"])
    assert table.loc[("formula", SEAT_HOURS), "mean"] == table.loc[("simulation", SEAT_HOURS), "mean"]
    # Ringing alone takes three seconds; the court's line is quiet: formula and simulation agree within a second.
    assert table.loc[("formula", "asa_s"), "mean"] == pytest.approx(table.loc[("simulation", "asa_s"), "mean"], abs=1.0)
