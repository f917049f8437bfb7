"""Whether a centre can be played at all: durations, shares, groups, roster and given calls, each refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isnan

import numpy as np

from simulation.centre import Centre
from simulation.clock import ATTEMPTS
from simulation.draws import Law, Shape
from wfm.errors import BadInput
from wfm.i18n import say

__all__ = ["require_sound"]

CALLS_MAX = 2**20 - 1
"""Calls of a line in one interval that have keys of their own."""

_LAWS_OF_LINES = ("talk", "hold", "wrap", "three_way", "patience", "redial_delay")
_LAWS = ("menu", "self_service", "hang_up", "follow_up", "late")
_ENDLESS = ("patience", "redial_delay")
"""What may last for ever."""

_SECONDS_OF_LINES = ("short_call_s", "head_start_s", "announced_handling_s")
_LIMITS_OF_LINES = ("offer_over_s", "balk_over_s")
_SECONDS = (
    "ring_s",
    "short_abandon_s",
    "announcement_s",
    "call_back_delay_s",
    "call_back_unreached_s",
    "standby_delay_s",
)
_SHARES_OF_LINES = ("short_call_share", "redial_share", "accept_share", "balk_share", "three_way_share")
_SHARES = (
    "self_service_share",
    "hang_up_share",
    "call_back_reached_share",
    "follow_up_share",
    "absence_share",
    "late_share",
)


def require_sound(centre: Centre) -> None:
    """Refuse a centre that no engine can play.

    Takes well under a millisecond for a centre of a few lines and a month; once a centre is enough.

    Raises:
        BadInput: a duration is negative, endless or not a number, a share lies outside 0 … 1, a group or a line is
            not there, nobody is on duty, a line has calls and nobody who could answer them, or given calls are out of
            order.
    """
    _require_durations(centre)
    _require_shares(centre)
    _require_groups(centre)
    _require_calls(centre)
    _require_agents(centre)


def _require_durations(centre: Centre) -> None:
    for where, law in _laws(centre):
        least, most = _range_of(law, centre)
        if not least >= 0 or isnan(most):
            found = least if least < 0 else float("nan")
            raise BadInput(
                say("simulation: {where} must be a duration of at least 0 s, found {found:g}", where=where, found=found)
            )
        if most == inf and not where.startswith(_ENDLESS):
            raise BadInput(say("simulation: {where} must end at some time, found a duration without end", where=where))
    for where, value in _seconds(centre):
        if not 0 <= value < inf:
            raise BadInput(
                say(
                    "simulation: {where} must be a number of seconds of at least 0, found {found:g}",
                    where=where,
                    found=value,
                )
            )
    for where, value in _of_lines(centre, _LIMITS_OF_LINES):
        if not value >= 0:
            raise BadInput(
                say(
                    "simulation: {where} must be a number of seconds of at least 0, found {found:g}",
                    where=where,
                    found=value,
                )
            )
    if not (centre.talk_scale >= 0).all() or not np.isfinite(centre.talk_scale).all():
        raise BadInput(say("simulation: talk_scale must be numbers of at least 0"))
    if not (centre.pace > 0).all() or not np.isfinite(centre.pace).all():
        raise BadInput(say("simulation: an agent's pace must be a number above 0"))
    if np.isnan(centre.order_due_s).any():
        raise BadInput(say("simulation: the deadline of a work order must be a time"))


def _laws(centre: Centre) -> Iterator[tuple[str, Law]]:
    for name in _LAWS_OF_LINES:
        for line, law in zip(centre.line_ids, getattr(centre, name), strict=True):
            yield f"{name} ({line})", law
    for name in _LAWS:
        yield name, getattr(centre, name)
    for number, law in enumerate(centre.order_work):
        yield f"order_work ({number})", law


def _range_of(law: Law, centre: Centre) -> tuple[float, float]:
    """The shortest and the longest mean or value that the law is made of; NaN where it is none."""
    shape, first, second, third = law
    if shape in (Shape.CONSTANT, Shape.EXPONENTIAL):
        return first, first
    if shape == Shape.LOGNORMAL:
        return min(0.0, second), first + second
    if shape == Shape.WEIBULL:
        return min(first, second), first + second
    if shape == Shape.HYPEREXPONENTIAL:
        return (min(second, third), second + third) if 0 <= first <= 1 else (float("nan"), float("nan"))
    if shape == Shape.EMPIRICAL and 0 <= first < len(centre.tables):
        row = centre.tables[int(first)]
        falls = bool((row[1:] < row[:-1]).any())
        return (float("nan") if falls else float(row[0])), float(row.max())
    return float("nan"), float("nan")


def _of_lines(centre: Centre, names: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for name in names:
        for line, value in zip(centre.line_ids, getattr(centre, name), strict=True):
            yield f"{name} ({line})", value


def _seconds(centre: Centre) -> Iterator[tuple[str, float]]:
    yield from _of_lines(centre, _SECONDS_OF_LINES)
    for name in _SECONDS:
        yield name, getattr(centre, name)
    for line, steps in zip(centre.line_ids, centre.overflow, strict=True):
        for step in steps:
            yield f"overflow ({line})", step.after_s


def _require_shares(centre: Centre) -> None:
    shares = [*_of_lines(centre, _SHARES_OF_LINES), *((name, getattr(centre, name)) for name in _SHARES)]
    shares += [(f"order_share ({number})", share) for number, share in enumerate(centre.order_share)]
    for where, share in shares:
        if not 0 <= share <= 1:
            raise BadInput(
                say("simulation: {where} must lie between 0 and 1, found {found:g}", where=where, found=share)
            )
    inside = centre.self_service_share + centre.hang_up_share
    if inside > 1 + 1e-12:
        raise BadInput(
            say(
                "simulation: self_service_share and hang_up_share must not exceed 1 together, found {found:g}",
                found=inside,
            )
        )
    for line, attempts in zip(centre.line_ids, centre.attempts_max, strict=True):
        if not 1 <= attempts < ATTEMPTS:
            raise BadInput(
                say(
                    "simulation: attempts_max ({line}) must lie between 1 and {most}, found {found}",
                    line=line,
                    most=ATTEMPTS - 1,
                    found=attempts,
                )
            )


def _require_groups(centre: Centre) -> None:
    groups = len(centre.group_ids)
    named = [centre.serving.ravel(), centre.duties.group]
    named.append(np.array([step.group for steps in centre.overflow for step in steps], dtype=np.int64))
    for numbers in named:
        strange = numbers[(numbers < 0) | (numbers >= groups)]
        if len(strange):
            raise BadInput(
                say(
                    "simulation: there is no group {number}; the centre's groups are numbered from 0 to {last}",
                    number=int(strange[0]),
                    last=groups - 1,
                )
            )


def _require_calls(centre: Centre) -> None:
    given = centre.given
    if given is None:
        if (centre.arrivals < 0).any() or (centre.arrivals > CALLS_MAX).any():
            raise BadInput(
                say("simulation: the calls of a line in one interval must lie between 0 and {most}", most=CALLS_MAX)
            )
        return
    if len(given.time_s) != len(given.line):
        raise BadInput(
            say(
                "simulation: given calls need a line each, found {times} times and {lines} lines",
                times=len(given.time_s),
                lines=len(given.line),
            )
        )
    if not ((given.time_s >= 0) & (given.time_s < centre.horizon_s)).all():
        raise BadInput(
            say(
                "simulation: given calls must come between 0 s and {end:g} s, the end of the period",
                end=centre.horizon_s,
            )
        )
    if (np.diff(given.time_s) < 0).any():
        first = int(np.flatnonzero(np.diff(given.time_s) < 0)[0]) + 1
        raise BadInput(
            say(
                "simulation: given calls must stand in order of time; call {number} comes before the one that precedes it",
                number=first,
            )
        )
    if len(given.line) and not (0 <= int(given.line.min()) <= int(given.line.max()) < len(centre.line_ids)):
        raise BadInput(
            say(
                "simulation: given calls must name a line from 0 to {last}",
                last=len(centre.line_ids) - 1,
            )
        )


def _require_agents(centre: Centre) -> None:
    answering = centre.duties.group[~centre.duties.standby]
    if not len(answering):
        raise BadInput(say("simulation: the roster has no A duty in the period, so nobody would answer"))
    if centre.places < 1 and not centre.duties.remote.any():
        raise BadInput(say("simulation: no seat is open and nobody works remotely, so nobody would answer"))
    staffed = np.bincount(answering, minlength=len(centre.group_ids)) > 0
    if centre.given is None:
        calls = centre.arrivals.sum(axis=(0, 2))
    else:
        calls = np.bincount(centre.given.line, minlength=len(centre.line_ids))
    for line, name in enumerate(centre.line_ids):
        groups = {*np.unique(centre.serving[line]).tolist(), *(step.group for step in centre.overflow[line])}
        if calls[line] and not any(staffed[group] for group in groups):
            raise BadInput(
                say(
                    "simulation: nobody can answer line {line}: the roster has no A duty in {groups}",
                    line=name,
                    groups=", ".join(centre.group_ids[group] for group in sorted(groups)),
                )
            )
