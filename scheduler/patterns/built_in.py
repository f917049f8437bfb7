"""The patterns that every hotline can ask for by name, made from the hotline's own shifts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from wfm.errors import BadInput
from wfm.hotline import OFF, Break, DayPosts, Hotline, PatternCycle, PatternTurns, RosterPattern, Shift
from wfm.hotline.parts import minutes_of
from wfm.i18n import Text, list_words, say

__all__ = ["BUILT_IN", "BuiltIn", "OfferedPattern", "find_pattern", "model_shifts", "offered_patterns"]

LIKENESS_MIN = 0.5
"""A shift stands for a model time when their common time is at least this share of their joint time."""
OFFICE_DAY_MIN = 9 * 60
ROUND_THE_CLOCK_MIN = 20 * 60
"""Minutes of the day that the shifts of a round-the-clock pattern cover at least together."""


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A pattern known by name.

    Attributes:
        id: its identifier; ``name`` is understood too.
        name: its name.
        model: the times of its shifts: role → (start, end, counts as a night).
        round_the_clock: its shifts must cover the day together.
        make: the pattern, from the shift that stands for each role.
    """

    id: str
    name: Text
    model: dict[str, tuple[str, str, bool]]
    round_the_clock: bool
    make: Callable[[BuiltIn, dict[str, str]], RosterPattern]


@dataclass(frozen=True, slots=True)
class OfferedPattern:
    """A pattern of a hotline, or why it has none of this name."""

    id: str
    name: Text
    pattern: RosterPattern | None
    lacking: str = ""
    own: bool = False


def _four_crews(built: BuiltIn, at: dict[str, str]) -> RosterPattern:
    days = (at["early"], at["early"], at["middle"], at["middle"], at["night"], at["night"], OFF, OFF)
    return RosterPattern(id=built.id, name=built.name, cycles=(PatternCycle(days=days, crews=4),))


def _three_crews(built: BuiltIn, at: dict[str, str]) -> RosterPattern:
    return RosterPattern(
        id=built.id, name=built.name, cycles=(PatternCycle(days=(at["day"], at["night"], OFF), crews=3),)
    )


def _fixed_week(built: BuiltIn, at: dict[str, str]) -> RosterPattern:
    week = PatternCycle(days=(*[at["day"]] * 5, OFF, OFF), working_days_only=True)
    return RosterPattern(id=built.id, name=built.name, cycles=(week,))


def _rotating_lawyers(built: BuiltIn, _at: dict[str, str]) -> RosterPattern:
    return RosterPattern(id=built.id, name=built.name, turns=(PatternTurns(),))


def _small_night_line(built: BuiltIn, at: dict[str, str]) -> RosterPattern:
    # Shijiazhuang 12348 (secondary source): 6 seats by day, 2 on holidays; weekends assumed as holidays.
    return RosterPattern(
        id=built.id,
        name=built.name,
        cycles=(PatternCycle(days=(at["night"], OFF), crews=2, people=1),),
        turns=(PatternTurns(shifts=(at["day"],), posts=(DayPosts(shift=at["day"], weekday=6, weekend=2, holiday=2),)),),
    )


BUILT_IN: dict[str, BuiltIn] = {
    built.id: built
    for built in (
        BuiltIn(
            "four-crews-three-shifts",
            Text("Four crews, three shifts", "四班三运转"),
            {
                "early": ("08:00", "16:00", False),
                "middle": ("16:00", "24:00", False),
                "night": ("00:00", "08:00", True),
            },
            True,
            _four_crews,
        ),
        BuiltIn(
            "three-crews-two-shifts",
            Text("Three crews, two shifts", "三班两运转"),
            {"day": ("08:00", "20:00", False), "night": ("20:00", "08:00", True)},
            True,
            _three_crews,
        ),
        BuiltIn(
            "fixed-week",
            Text("Fixed week", "固定周班"),
            {"day": ("08:30", "17:30", False)},
            False,
            _fixed_week,
        ),
        BuiltIn("rotating-lawyers", Text("Lawyers in turn", "值班律师轮值"), {}, False, _rotating_lawyers),
        BuiltIn(
            "small-night-line",
            Text("Small night line", "小型夜间专线"),
            {"day": ("08:00", "18:00", False), "night": ("18:00", "08:00", True)},
            False,
            _small_night_line,
        ),
    )
}
"""Patterns by identifier."""


def offered_patterns(hotline: Hotline) -> list[OfferedPattern]:
    """The hotline's own patterns, then the built-in ones; one of its own hides the built-in one of the same name."""
    own = [OfferedPattern(p.id, p.name, p, own=True) for p in hotline.patterns]
    known = {p.id for p in hotline.patterns}
    return own + [_offered(hotline, built) for built in BUILT_IN.values() if built.id not in known]


def find_pattern(hotline: Hotline, name: str) -> RosterPattern:
    """The pattern of this identifier or name (English or Chinese).

    Raises:
        BadInput: there is none, or the hotline has no shifts for it.
    """
    offered = offered_patterns(hotline)
    asked = name.strip().casefold()
    for one in offered:
        if asked in (one.id, one.name.en.casefold(), one.name.zh):
            if one.pattern is None:
                raise BadInput(
                    say(
                        "the pattern {pattern} does not fit {hotline}: {why}",
                        pattern=one.id,
                        hotline=hotline.id,
                        why=one.lacking,
                    )
                )
            return one.pattern
    known = list_words([one.id for one in offered])
    close = get_close_matches(asked, [one.id for one in offered], n=1)
    if close:
        raise BadInput(
            say(
                "unknown pattern {name!r}; did you mean {close}? Known: {known}", name=name, close=close[0], known=known
            )
        )
    raise BadInput(say("unknown pattern {name!r}; known: {known}", name=name, known=known))


def model_shifts(built: BuiltIn) -> dict[str, Shift]:
    """The pattern's shifts as its model times have them, by role: for a hotline that is still to be drawn up.

    A day of nine hours has an unpaid hour for the meal; all other model times are paid in full.
    """
    found = {}
    for role, (start, end, night) in built.model.items():
        word = Text(role, role)
        shift = Shift(id=role, name=word, short=word, start=start, end=end, night=night)
        meal = (Break(after_min=210, length_min=60),) if shift.length_min == OFFICE_DAY_MIN else ()
        found[role] = shift.model_copy(update={"breaks": meal})
    return found


def _offered(hotline: Hotline, built: BuiltIn) -> OfferedPattern:
    chosen: dict[str, Shift] = {}
    for role, (start, end, night) in built.model.items():
        like = [
            (_likeness(shift, start, end), -n, shift)
            for n, shift in enumerate(hotline.shifts)
            if shift.night == night and shift not in chosen.values()
        ]
        best = max(like, default=None, key=lambda item: item[:2])
        if best is None or best[0] < LIKENESS_MIN:
            template = (
                say("it has no night shift like {start}–{end}", start=start, end=end)
                if night
                else say("it has no shift like {start}–{end}", start=start, end=end)
            )
            return OfferedPattern(built.id, built.name, None, template)
        chosen[role] = best[2]
    covered = len(set().union(*(_minutes(s.start_min, s.length_min) for s in chosen.values()))) if chosen else 0
    if built.round_the_clock and covered < ROUND_THE_CLOCK_MIN:
        words = list_words([f"{s.start}–{s.end}" for s in chosen.values()])
        return OfferedPattern(
            built.id, built.name, None, say("its shifts {shifts} do not go round the clock", shifts=words)
        )
    return OfferedPattern(built.id, built.name, built.make(built, {role: s.id for role, s in chosen.items()}))


def _likeness(shift: Shift, start: str, end: str) -> float:
    """Common time over joint time (Jaccard) of the shift and the model time, on the clock's circle."""
    begin = minutes_of(start) % 1440
    length = (minutes_of(end) - minutes_of(start)) % 1440 or 1440
    one, other = _minutes(shift.start_min, shift.length_min), _minutes(begin, length)
    return len(one & other) / len(one | other)


def _minutes(start: int, length: int) -> set[int]:
    return {(start + m) % 1440 for m in range(length)}
