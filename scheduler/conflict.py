"""What a conflict is: posts that cannot all be filled, the rules and people in the way, and what would help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wfm.i18n import Text

__all__ = ["Change", "Conflict", "PostSpan", "Relaxation", "RuleHeld"]


@dataclass(frozen=True, slots=True)
class PostSpan:
    """Posts of one group, shift and role on days in a row.

    Attributes:
        group: the group.
        shift: the shift.
        role: A or B.
        first: first day.
        last: last day.
        needed: duties in all.
        dialects: dialects and languages that everybody on them speaks.
    """

    group: str
    shift: str
    role: str
    first: date
    last: date
    needed: int
    dialects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleHeld:
    """A rule that is needed for the conflict.

    Attributes:
        rule: its name, as the checker's.
        people: those whom it keeps off and who are needed for the conflict; empty where it concerns all alike.
        text: the rule in words.
    """

    rule: str
    people: tuple[str, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a relaxation changes.

    Attributes:
        rule: the rule that gives way, ``leave``, ``skills`` or ``posts_filled``.
        agent: the person for whom; empty where for all.
        before: the limit as it is (a number, days of leave, lines), in plain figures.
        after: the limit it would need.
        date: the day concerned, of leave, weekdays and posts left open.
        steps: how many steps the limit gives way.
    """

    rule: str
    agent: str
    before: str
    after: str
    date: date | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What would let the conflict's posts be filled; found, priced and tried out, never done.

    Attributes:
        text: the proposal in one sentence.
        cost: by ``scheduler.relaxations.RelaxationCosts``.
        changes: what it changes; with all of them the posts can be filled, which was tried.
        proven: no proposal of its kind costs less.
    """

    text: Text
    cost: int
    changes: tuple[Change, ...]
    proven: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """Posts that cannot all be filled while these rules hold.

    Attributes:
        posts: the posts; without any one day of them the others could be filled.
        rules: the rules; they alone are in the way, and if any one of them gave way, the others would not be.
        people: who is able to take one of the posts.
        text: the conflict in words.
        minimal: each post and each rule named was proven necessary; False where time ended the proof.
        relaxations: what would help, cheapest first.
        held_firm: of each rule that gives way in no relaxation, the rule and why.
        alike: further open posts each of which cannot be filled for the same rules.
    """

    posts: tuple[PostSpan, ...]
    rules: tuple[RuleHeld, ...]
    people: tuple[str, ...]
    text: Text
    minimal: bool
    relaxations: tuple[Relaxation, ...]
    alike: tuple[PostSpan, ...] = ()
    held_firm: tuple[tuple[str, Text], ...] = ()
