"""What ``wfm seats`` found: figures of one number of seats with its goals, or one row per number of seats."""

from __future__ import annotations

import math
from dataclasses import dataclass

from wfm.cli.seats_asked import Question
from wfm.queueing import Goal
from wfm.queueing.goal import HIGH
from wfm.queueing.retrials import RetrialPerformance
from wfm.queueing.trade_off import trade_off

__all__ = ["Answer", "Figures", "GoalFound", "answer", "curve_rows"]

Figures = dict[str, float | int | bool | None]
"""Figures by name; undefined values are None."""

_PLAIN = (
    "load_erlang",
    "wait_probability",
    "asa_s",
    "mean_wait_s",
    "service_level",
    "abandon_share",
    "occupancy",
)
_FIELD = {"wait_exceeds": "long_wait_share"}
"""Names of figures where they are not those of the measures."""


@dataclass(frozen=True, slots=True)
class GoalFound:
    """One goal, what was reached, and the seats that it alone asks for."""

    goal: Goal
    value: float | None
    kept: bool
    seats: int

    @property
    def gap(self) -> float | None:
        """How far the value lies on the wrong side of the limit; 0 where the goal is kept, None where undefined."""
        if self.kept or self.value is None:
            return 0.0 if self.kept else None
        return self.goal.limit - self.value if self.goal.measure in HIGH else self.value - self.goal.limit


@dataclass(frozen=True, slots=True)
class Answer:
    """Figures of the chosen seats, and what became of the goals."""

    figures: Figures
    goals: tuple[GoalFound, ...]
    binding: Goal | None
    """The first goal that needs so many seats; None where none are needed."""
    required: int
    """Seats that keep all goals, or the seats asked about."""
    built: int | None

    @property
    def missing(self) -> int:
        """Seats required beyond those built."""
        return 0 if self.built is None else max(self.required - self.built, 0)

    def as_dict(self) -> dict[str, object]:
        """What ``--json`` prints."""
        found: dict[str, object] = dict(self.figures)
        if self.goals:
            found["binding"] = self.binding.measure if self.binding else None
            found["goals"] = [
                {"measure": g.goal.measure, "limit": g.goal.limit}
                | ({"t_s": g.goal.t_s} if g.goal.measure in ("service_level", "wait_exceeds") else {})
                | {"value": g.value, "kept": g.kept, "gap": g.gap, "seats": g.seats}
                for g in self.goals
            ]
        if self.built is not None:
            found |= {"built": self.built, "seats_required": self.required, "seats_missing": self.missing}
        return found


def answer(question: Question) -> Answer:
    """Solve the queue with the seats asked about, or with the fewest that keep the goals, as far as they are built.

    Raises:
        BadInput: no number of seats keeps a goal.
    """
    queue, goals = question.queue, question.goals
    if question.seats is not None:
        return Answer(_figures(queue.at([question.seats]), 0, question.seats, question), (), None, question.seats, None)
    sizing = queue.size(goals)
    required, first = int(sizing.seats), int(sizing.binding)
    seats = required if question.built is None else min(required, question.built)
    figures = _figures(queue.at([seats]), 0, seats, question)
    found = tuple(_goal_found(goal, figures, question, seats, required) for goal in goals)
    return Answer(figures, found, goals[first] if first >= 0 else None, required, question.built)


def curve_rows(question: Question) -> list[Figures]:
    """The whole trade-off: figures per number of seats, whether they keep the goals, and which row was asked for.

    Raises:
        BadInput: no number of seats keeps a goal.
    """
    curve = trade_off(question.queue, question.goals, seats=question.seats)
    chosen = question.seats if question.seats is not None else curve.fewest
    rows = []
    for place, seats in enumerate(int(n) for n in curve.seats):
        row = _figures(curve.found, place, seats, question)
        row["kept"] = bool(curve.kept[place]) if question.goals else None
        row["chosen"] = seats == chosen
        if question.built is not None:
            row["built"] = seats <= question.built
        rows.append(row)
    return rows


def _figures(found: RetrialPerformance, place: int, seats: int, question: Question) -> Figures:
    fields = list(_PLAIN)
    if question.long_waits:
        fields.append("wait_exceeds")
    if math.isfinite(question.queue.circuits):
        fields.append("blocked_share")
    if question.queue.redials is not None:
        fields += ["attempts_per_call", "finally_answered_share"]
    figures: Figures = {"seats": seats}
    for name in fields:
        value = float(getattr(found, name)[place])
        figures[_FIELD.get(name, name)] = value if math.isfinite(value) else None
    return figures | {"steady_state": bool(found.steady_state[place])}


def _goal_found(goal: Goal, figures: Figures, question: Question, seats: int, required: int) -> GoalFound:
    value = figures[_FIELD.get(goal.measure, goal.measure)]
    alone = int(question.queue.size([goal]).seats)
    return GoalFound(goal, None if value is None else float(value), seats >= alone or required == 0, alone)
