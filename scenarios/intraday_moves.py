"""What would help for the rest of today: who could answer too, when a break could be, who could go home.

Each move is tried: its seats are put into the formulas of the day, and its roster is given to the independent
checker; a move that breaks a rule which the roster keeps without it is not offered. Offered are

* B of a post who answers too, after the hotline's delay;
* somebody who is off today and comes for a shift that begins later;
* a break at another time (within the shift design's window for meals, else within an hour of its place);
* duties that end later or begin earlier by up to two hours;
* work between calls put off, where seats are fuller than the cap on occupancy;
* duties that end now, where seats are over.

They are ranked by what each does by itself for the target that gains most of those not sure, in parts of what their limits allow. Ways to
save hours come last, where every target is sure; each of them is judged with those before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from scenarios.intraday_kpi import DayEnd, DayKpi
from scenarios.intraday_proposals import helping_proposals, home_proposals
from scenarios.intraday_roster import seats_expected
from scenarios.intraday_sentences import sentence_of, with_loss
from scenarios.intraday_situation import Proposal, Situation
from scheduler.firm_duties import check_with_places
from scheduler.swaps import newly_broken
from wfm.execution import Progress, no_progress
from wfm.i18n import Text

__all__ = ["Move", "find_moves"]

MOVES_SHOWN = 12
SAVED_MAX = 8
AT_RISK = 0.9
"""Probability under which a target asks for help."""
LEAST_GAIN = 1e-3
"""Of what a limit allows: less is not worth asking anybody."""


@dataclass(frozen=True)
class Move:
    """A move that keeps the rules, with its effect.

    Attributes:
        kind: ``backup``, ``extra``, ``break``, ``longer``, ``earlier``, ``postpone`` or ``home``.
        text: the move and its effect in one sentence.
        group: whose seats change.
        people: who is asked.
        start: begin of the change.
        end: its end.
        hours: hours of presence more, or fewer where negative.
        target: the target whose KPI is told.
        before: its expected value over the day without the move.
        after: with it.
        shift: whose duties change; empty where none does.
    """

    kind: str
    text: Text
    group: str
    people: tuple[str, ...]
    start: datetime
    end: datetime
    hours: float
    target: str
    before: float
    after: float
    shift: str = ""


def find_moves(
    situation: Situation, end: DayEnd, kpis: tuple[DayKpi, ...], progress: Progress = no_progress
) -> tuple[Move, ...]:
    """The moves that help, the most first; then those that save hours and keep every target as expected."""
    progress(0, 1)
    known = [k for k in kpis if np.isfinite(k.value) and np.isfinite(k.p_met)]
    if not known or not (situation.ahead > 0).any() or situation.calls.sum() <= 0:
        progress(1, 1)
        return ()
    unsure = [k for k in known if k.p_met < AT_RISK]
    helped: list[tuple[float, Move]] = []
    asked: set[tuple[object, ...]] = set()
    proposals = list(helping_proposals(situation)) if unsure or situation.short.max() > 0 else []
    for n, proposal in enumerate(proposals):
        progress(n, len(proposals) + 1)
        same = (proposal.kind, proposal.group, proposal.start, proposal.end)
        if proposal.kind == "extra" and same in asked:
            continue  # somebody else comes for the same shift
        found = _tried(situation, end, unsure or known, proposal)
        if found is not None:
            asked.add(same)
            helped.append(found)
    helped.sort(key=lambda f: (-round(f[0], 6), f[1].hours))
    saved = [] if unsure else _saved(situation, end, min(known, key=lambda k: k.p_met))
    progress(1, 1)
    return (*(move for _, move in helped[:MOVES_SHOWN]), *saved)


def _gain(kpi: DayKpi, after: float) -> float:
    """How much nearer the limit's good side, in parts of what the limit allows (a second of 15, a lost call of 5 %)."""
    higher = kpi.operator in (">", ">=")
    allowed = 1.0 - kpi.limit if higher and kpi.unit == "share" else kpi.limit
    return (after - kpi.value) * (1.0 if higher else -1.0) / max(abs(allowed), 1e-9)


def _saved(situation: Situation, end: DayEnd, deciding: DayKpi) -> list[Move]:
    """Who may go early, one move after the other: each is judged with those before it, the most hours first."""
    found: list[Move] = []
    value = deciding.value
    refused: set[tuple[str, ...]] = set()
    while len(found) < SAVED_MAX:
        proposals = [p for p in home_proposals(situation) if p.people not in refused]
        if not proposals:
            break
        proposal = min(proposals, key=lambda p: (p.hours, p.people))
        values = end.values(situation.calls, seats_expected(situation.hotline, situation.on_duty + proposal.change))
        if any(not t.met(values[t.id]) for t in end.targets if np.isfinite(values[t.id])):
            refused.add(proposal.people)
            continue
        after = values[deciding.target]
        found.append(_move(proposal, deciding, value, after))
        value = after
        situation = replace(
            situation,
            on_duty=situation.on_duty + proposal.change,
            duties=situation.duties[~situation.duties["agent"].isin(proposal.people)],
        )
    return found


def _tried(situation: Situation, end: DayEnd, kpis: list[DayKpi], proposal: Proposal) -> tuple[float, Move] | None:
    """The most that one of these targets gains, and the move; None where it helps none, or breaks a rule.

    Its sentence tells that target, and the one that loses most where one does: a line that is open longer answers
    more callers and lets them wait longer.
    """
    values = {k.target: k.value for k in kpis}
    if proposal.change.any():
        seats = seats_expected(situation.hotline, situation.on_duty + proposal.change)
        values = end.values(situation.calls, seats)
    gains = {k.target: _gain(k, values[k.target]) for k in kpis}
    told = max(kpis, key=lambda k: gains[k.target])
    gain = gains[told.target]
    if proposal.kind != "postpone" and not gain > LEAST_GAIN:
        return None
    worst = min(kpis, key=lambda k: gains[k.target])
    loses = worst if gains[worst.target] < -LEAST_GAIN else None
    if proposal.duties is not None:
        problem = proposal.problem or situation.problem
        broken = newly_broken(situation.broken_already, check_with_places(problem, proposal.duties))
        if any(v.breaks_law and v.rule not in proposal.but for v in broken):
            return None
    move = _move(proposal, told, told.value, values[told.target])
    if loses is not None:
        move = replace(move, text=with_loss(move.text, loses, values[loses.target]))
    return gain, move


def _move(proposal: Proposal, deciding: DayKpi, before: float, after: float) -> Move:
    return Move(
        proposal.kind,
        sentence_of(proposal, deciding, before, after),
        proposal.group,
        proposal.people,
        proposal.start,
        proposal.end,
        proposal.hours,
        deciding.target,
        before,
        after,
        proposal.shift,
    )
