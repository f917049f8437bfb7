"""What ``wfm seats`` was asked: words read into one queue, its goals and its seats, or refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.queueing import Goal, PatienceLaw, lognormal_patience, weibull_patience
from wfm.queueing.attempts import Redials
from wfm.queueing.trade_off import OneQueue

__all__ = ["LAWS", "Question", "read_question"]

LAWS = ("exponential", "weibull", "lognormal")
_LONG_WAIT_S = 40.0
_SEATS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """The queue, and what is asked of it."""

    queue: OneQueue
    goals: tuple[Goal, ...]
    seats: int | None
    built: int | None
    patience_s: float
    law: str
    spread: float
    """Shape of Weibull patience, or cv of lognormal patience."""
    redial_share: float
    """Of those who gave up."""
    redial_blocked_share: float
    """Of those who met a busy tone."""
    long_waits: bool
    """Whether the share of long waits is asked for."""
    interval_s: float


def read_question(words: Mapping[str, str], *, curve: bool) -> Question:
    """Read the options, each a word or empty.

    Raises:
        BadInput: an option cannot be used, or goes with none of the others.
    """
    given = {option: word for option, word in words.items() if word}
    within_s = _at_least_zero(given, "--within-s")
    long_wait_s = _at_least_zero(given, "--long-wait-s") if "--long-wait-s" in given else _LONG_WAIT_S
    goals = _goals(given, within_s, long_wait_s)
    seats = _whole(given, "--seats") if "--seats" in given else None
    built = _whole(given, "--built") if "--built" in given else None
    if goals and seats is not None:
        raise BadInput(say("give either --seats or goals such as --service-level"))
    if not (goals or seats is not None or curve):
        raise BadInput(say("give --seats, a goal such as --service-level, or --curve"))
    if built is not None and not goals:
        raise BadInput(say("--built: give a goal such as --service-level, for which these seats may be too few"))
    law, spread, patience = _patience(given)
    interval_s = 60 * _above_zero(given, "--interval-min")
    calls_per_s = _at_least_zero(given, "--calls") / interval_s
    circuits = math.inf
    if "--trunks" in given:
        circuits = float(_whole(given, "--trunks"))
        if law != "exponential":
            raise BadInput(say("--trunks: goes with exponential patience only, found {law}", law=law))
    again, abandoned, blocked, most = _redials(given)
    queue = OneQueue(
        calls_per_s,
        _above_zero(given, "--aht-s"),
        within_s,
        patience,
        Redials(abandoned, blocked, most) if again else None,
        circuits,
        long_wait_s,
    )
    mean = patience if isinstance(patience, float) else _above_zero(given, "--patience-s")
    long_waits = bool({"--long-wait-s", "--long-wait-max"} & given.keys())
    return Question(queue, goals, seats, built, mean, law, spread, abandoned, blocked, long_waits, interval_s)


def _goals(given: Mapping[str, str], within_s: float, long_wait_s: float) -> tuple[Goal, ...]:
    goals = []
    if "--service-level" in given:
        allowed = say("a share above 0 and below 1, such as 0.8 (no number of seats answers every call in time)")
        goals.append(Goal("service_level", _share(given, "--service-level", allowed), t_s=within_s))
    if "--asa-s" in given:
        goals.append(Goal("asa_s", _above_zero(given, "--asa-s")))
    if "--abandoned-max" in given:
        goals.append(Goal("abandon_share", _share(given, "--abandoned-max")))
    if "--long-wait-max" in given:
        goals.append(Goal("wait_exceeds", _share(given, "--long-wait-max"), t_s=long_wait_s))
    if "--occupancy-max" in given:
        goals.append(Goal("occupancy", _share(given, "--occupancy-max")))
    return tuple(goals)


def _patience(given: Mapping[str, str]) -> tuple[str, float, float | PatienceLaw]:
    """The name of the law, its shape or cv, and the patience itself."""
    law = given.get("--patience-law", "exponential")
    if law not in LAWS:
        raise BadInput(
            say("{option}: found {found!r}, must be {allowed}", option="--patience-law", found=law,
                allowed=say("exponential, weibull or lognormal"))
        )  # fmt: skip
    for option, owner in (("--patience-shape", "weibull"), ("--patience-cv", "lognormal")):
        if option in given and law != owner:
            raise BadInput(say("{option}: goes with --patience-law {law} only", option=option, law=owner))
        if law == owner and option not in given:
            raise BadInput(say("--patience-law {law}: give {option} too", option=option, law=owner))
    if "--patience-s" not in given:
        if "--patience-law" in given:
            raise BadInput(say("--patience-law: give the mean patience too, --patience-s"))
        return law, 1.0, math.inf
    if law == "exponential":
        return law, 1.0, _patience_s(given)
    mean = _above_zero(given, "--patience-s")
    if law == "weibull":
        shape = _above_zero(given, "--patience-shape")
        return law, shape, weibull_patience(mean, shape)
    cv = _above_zero(given, "--patience-cv")
    return law, cv, lognormal_patience(mean, cv)


def _patience_s(given: Mapping[str, str]) -> float:
    allowed = say("a number of seconds, zero or more (where nobody gives up, leave it out)")
    value = _parse(given, "--patience-s", allowed)
    if not (math.isfinite(value) and value >= 0):
        raise _refusal(given, "--patience-s", allowed)
    return value


def _redials(given: Mapping[str, str]) -> tuple[bool, float, float, float]:
    """Whether anybody calls again; the shares after giving up and after a busy tone; attempts at most."""
    options = ("--redial-share", "--redial-blocked-share")
    again = any(option in given for option in options)
    if not again and "--attempts-max" in given:
        raise BadInput(say("--attempts-max: give the share that calls again too, --redial-share"))
    if "--redial-blocked-share" in given and "--trunks" not in given:
        raise BadInput(say("--redial-blocked-share: without --trunks nobody meets a busy tone"))
    allowed = say("a share from 0 to 1, such as 0.5")
    abandoned = _share_or_all(given, options[0], allowed) if options[0] in given else 0.0
    blocked = _share_or_all(given, options[1], allowed) if options[1] in given else abandoned
    most = float(_whole(given, "--attempts-max")) if "--attempts-max" in given else math.inf
    return again, abandoned, blocked, most


def _share_or_all(given: Mapping[str, str], option: str, allowed: str) -> float:
    value = _parse(given, option, allowed)
    if not 0 <= value <= 1:
        raise _refusal(given, option, allowed)
    return value


def _parse(given: Mapping[str, str], option: str, allowed: str) -> float:
    try:
        return float(given.get(option, ""))
    except ValueError:
        raise _refusal(given, option, allowed) from None


def _refusal(given: Mapping[str, str], option: str, allowed: str) -> BadInput:
    found = given.get(option, "")
    return BadInput(say("{option}: found {found!r}, must be {allowed}", option=option, found=found, allowed=allowed))


def _at_least_zero(given: Mapping[str, str], option: str) -> float:
    allowed = say("a number, zero or more")
    value = _parse(given, option, allowed)
    if not (math.isfinite(value) and value >= 0):
        raise _refusal(given, option, allowed)
    return value


def _above_zero(given: Mapping[str, str], option: str) -> float:
    allowed = say("a number above zero")
    value = _parse(given, option, allowed)
    if not (math.isfinite(value) and value > 0):
        raise _refusal(given, option, allowed)
    return value


def _share(given: Mapping[str, str], option: str, allowed: str = "") -> float:
    allowed = allowed or say("a share above 0 and below 1, such as 0.05")
    value = _parse(given, option, allowed)
    if not 0 < value < 1:
        raise _refusal(given, option, allowed)
    return value


def _whole(given: Mapping[str, str], option: str) -> int:
    allowed = say("a whole number from 1 to 1,000,000")
    value = _parse(given, option, allowed)
    if not (1 <= value <= _SEATS_MAX and value == int(value)):
        raise _refusal(given, option, allowed)
    return int(value)
