"""``wfm seats --simulate``: the steady state simulated call by call, beside the formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from wfm.cli.console import STATUS_ICON, STATUS_STYLE, stage_bars
from wfm.cli.seats_asked import Question
from wfm.cli.seats_found import Figures
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console

    from simulation.draws import Law
    from simulation.steady_state import SteadyState

__all__ = ["Simulated", "SimulationAsked", "print_simulated", "read_simulation", "simulate_seats"]

_ENGINES = ("compiled", "simpy")
_MEASURES = (
    "wait_probability",
    "asa_s",
    "mean_wait_s",
    "service_level",
    "long_wait_share",
    "abandon_share",
    "blocked_share",
    "occupancy",
)
_OTHER_PROCESSES = 200_000
"""Calls from which SimPy plays on all cores: fewer are played sooner than other processes start."""


@dataclass(frozen=True, slots=True)
class SimulationAsked:
    """How many calls to simulate, by which engine, from which seed."""

    calls: int
    engine: str
    seed: int


@dataclass(frozen=True, slots=True)
class _Measure:
    formula: float | None
    simulated: float | None
    low: float | None
    high: float | None
    inside: bool | None
    """Whether the formula lies within the interval; None where either is undefined."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """Formula and simulation, measure by measure, and how the simulation was made."""

    measures: Mapping[str, _Measure]
    calls: int
    replications: int
    warm_up_s: float
    engine: str
    seed: int

    def as_dict(self) -> dict[str, object]:
        """What ``--json`` adds under ``simulation``."""
        return {
            "calls": self.calls,
            "replications": self.replications,
            "warm_up_s": self.warm_up_s,
            "engine": self.engine,
            "seed": self.seed,
            "measures": {name: asdict(measure) for name, measure in self.measures.items()},
        }


def read_simulation(words: Mapping[str, str], question: Question, *, curve: bool) -> SimulationAsked | None:
    """Read ``--simulate``, ``--engine`` and ``--seed``, each a word or empty; None where nothing is to be simulated.

    Raises:
        BadInput: an option cannot be used, or does not go with the question.
    """
    given = {option: word for option, word in words.items() if word}
    if "--simulate" not in given:
        if given:
            raise BadInput(say("{option}: goes with --simulate only", option=next(iter(given))))
        return None
    if curve:
        raise BadInput(say("--simulate: one number of seats is simulated, not a --curve"))
    if question.queue.redials is not None:
        raise BadInput(
            say("--simulate: the formula for redials lets callers try again long after; give --redial-share without it")
        )
    engine = given.get("--engine", _ENGINES[0])
    if engine not in _ENGINES:
        raise BadInput(
            say("{option}: found {found!r}, must be {allowed}", option="--engine", found=engine,
                allowed=say("compiled or simpy"))
        )  # fmt: skip
    from simulation.steady_state import CALLS_LEAST, CALLS_MOST

    calls = _whole(given["--simulate"], "--simulate", CALLS_LEAST, CALLS_MOST)
    return SimulationAsked(calls, engine, _whole(given.get("--seed", "1"), "--seed", 0, 2**64 - 1))


def _whole(word: str, option: str, least: int, most: int) -> int:
    allowed = say("a whole number from {least} to {most}", least=f"{least:,}", most=f"{most:,}")
    try:
        value = int(word) if word.strip().lstrip("+-").isdecimal() else float(word)
    except ValueError:
        value = math.nan
    if not (least <= value <= most and value == math.floor(value)):
        raise BadInput(say("{option}: found {found!r}, must be {allowed}", option=option, found=word, allowed=allowed))
    return int(value)


def simulate_seats(question: Question, figures: Figures, asked: SimulationAsked) -> Simulated:
    """Simulate the queue of the question with the seats of its figures.

    Raises:
        BadInput: there is no steady state, or too few calls to see it.
    """
    from simulation.engine import Engine, engine_available
    from simulation.steady_state import simulate_queue
    from wfm.cli.engine_told import tell_engine
    from wfm.execution import usable_cores

    queue = question.queue
    if not figures["steady_state"]:
        raise BadInput(
            say("--simulate: the load reaches the seats and nobody gives up: there is no steady state to simulate")
        )
    engine = Engine(asked.engine)
    tell_engine(engine)
    if not engine_available(engine):
        engine = Engine.SIMPY
    many = engine is Engine.SIMPY and asked.calls >= _OTHER_PROCESSES
    with stage_bars({"simulation": say("Simulation")}) as bars:
        found = simulate_queue(
            queue.calls_per_s,
            queue.aht_s,
            int(figures["seats"] or 0),
            _law(question),
            asked.calls,
            within_s=queue.within_s,
            long_wait_s=queue.long_wait_s,
            circuits=int(queue.circuits) if math.isfinite(queue.circuits) else None,
            engine=engine,
            seed=asked.seed,
            workers=usable_cores() if many else 1,
            progress=bars.watch("simulation"),
        )
    measures = {name: _compared(figures[name], found, name) for name in _MEASURES if name in figures}
    return Simulated(measures, found.calls, found.replications, found.warm_up_s, engine.value, asked.seed)


def _law(question: Question) -> Law | None:
    """The question's patience as the simulation draws it."""
    from simulation.draws import exponential, lognormal, weibull

    if math.isinf(question.patience_s):
        return None
    match question.law:
        case "weibull":
            return weibull(question.patience_s, question.spread)
        case "lognormal":
            return lognormal(question.patience_s, question.spread)
        case _:
            return exponential(question.patience_s)


def _compared(formula: float | None, found: SteadyState, name: str) -> _Measure:
    mean, low, high = (value if math.isfinite(value) else None for value in getattr(found, name))
    known = formula is not None and low is not None and high is not None
    return _Measure(formula, mean, low, high, low <= formula <= high if known else None)  # type: ignore[operator]


def print_simulated(simulated: Simulated, names: Mapping[str, str], console: Console) -> None:
    """A table of the measures, with their ``names``, and sentences on how they were found."""
    from rich.table import Table

    table = Table(title=say("Simulated steady state"))
    table.add_column(say("Figure"))
    for head in (say("Formula"), say("Simulated"), say("95 % interval")):
        table.add_column(head, justify="right")
    table.add_column(say("Formula inside"), justify="center")
    for name, found in simulated.measures.items():
        status = {True: "met", False: "at risk", None: "unknown"}[found.inside]
        table.add_row(
            names[name],
            _shown(name, found.formula),
            _shown(name, found.simulated),
            "–" if found.low is None else f"{_shown(name, found.low)} … {_shown(name, found.high)}",
            f"[{STATUS_STYLE[status]}]{STATUS_ICON[status]}[/]",
        )
    console.print(table)
    console.print(
        say(
            "{calls} calls in {replications} repetitions, each begun empty, without its first {minutes} min (engine: {engine}, "
            "seed {seed}).",
            calls=f"{simulated.calls:,}",
            replications=simulated.replications,
            minutes=f"{simulated.warm_up_s / 60:,.0f}",
            engine=simulated.engine,
            seed=simulated.seed,
        )
    )
    console.print(say("One interval in twenty misses the true value by chance."))


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" if name.endswith("_s") else f"{100 * value:.2f}%"
