"""Who covers a post at a moment: its A, and who takes over when A is absent.

The order in which people take over: the B of the post; A's standing partner, who keeps the own post meanwhile; another B
on duty who answers the post's lines, of the same shift first, then by the delay. A B takes over after
``rules.standby_delay_min``; one who stands by away from the centre and does not answer remotely also needs the way.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from scheduler.problem import RosterProblem
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Agent
from wfm.i18n import Text, both, list_words, say

__all__ = ["PostCover", "StandIn", "posts_at", "who_covers"]

How = Literal["backup", "partner", "other_backup"]


@dataclass(frozen=True, slots=True)
class StandIn:
    """Somebody who takes a post over.

    Attributes:
        agent: who.
        how: the post's ``backup``, A's standing ``partner``, or an ``other_backup``.
        delay_min: minutes until the post is served again.
        keeps: the post that the stand-in goes on holding, empty for none.
        text: the same in one sentence.
    """

    agent: str
    how: How
    delay_min: float
    keeps: str
    text: Text


@dataclass(frozen=True, slots=True)
class PostCover:
    """Who covers a post at a moment.

    Attributes:
        post: identifier of the post.
        at: the moment.
        a: the A on duty, empty where the post has none.
        until: end of the A's duty.
        absent: whether that A is absent.
        stand_ins: who takes over, in their order; empty when nobody can.
        text: the whole answer, in both languages.
    """

    post: str
    at: datetime
    a: str
    until: datetime | None
    absent: bool
    stand_ins: tuple[StandIn, ...]
    text: Text

    @property
    def covered_by(self) -> str:
        """Who serves the post now: A, or the first who takes over; empty for nobody."""
        if self.a and not self.absent:
            return self.a
        return self.stand_ins[0].agent if self.stand_ins else ""


@dataclass(frozen=True, slots=True)
class _Post:
    """A post's team: date, shift and group, and its number within it."""

    day: str
    shift: str
    group: str
    number: int


def posts_at(problem: RosterProblem, duties: pd.DataFrame, at: datetime) -> list[str]:
    """Posts with an A on duty at the moment, in their order; ``at`` without an offset is local time."""
    return sorted({str(r.post) for r in _on_duty(duties, _local(problem, at)) if r.role == "A"})


def who_covers(
    problem: RosterProblem,
    duties: pd.DataFrame,
    post: str,
    at: datetime,
    *,
    absent: Collection[str] = (),
) -> PostCover:
    """Who is A on the post at the moment, and who takes over if A is absent.

    Args:
        problem: people, shifts and rules.
        duties: the roster (``tables.DUTIES``).
        post: the post's identifier, as ``2026-09-14/day/all/01``; its date may be left out.
        at: the moment; local time unless it has an offset.
        absent: people who are not there; an absent stand-in is passed over.

    Raises:
        BadInput: no such post is on at the moment, or somebody absent is unknown.
    """
    moment = _local(problem, at)
    known = {a.id for a in problem.agents} | set(duties["agent"])
    for agent in absent:
        if agent not in known:
            raise BadInput(say("unknown agent {agent}", agent=agent))
    there = _on_duty(duties, moment)
    place, name, until = _find_post(problem, duties, there, post, moment)
    primary = next((r for r in there if r.role == "A" and str(r.post) == name), None)
    holder = "" if primary is None else str(primary.agent)
    gone = {*absent, holder} - {""}
    stand_ins: list[StandIn] = []
    reasons: list[Text] = []
    people = {a.id: a for a in problem.agents}

    span = max(1, problem.hotline.group(place.group).posts_per_backup)
    backups = [r for r in there if r.role == "B"]
    same = [r for r in backups if _same_team(_post_of(str(r.post)), place)]
    own = [r for r in same if 0 <= place.number - _number(str(r.post)) < span]
    if not own:
        reasons.append(both("the post has no B"))
    for row in own:
        busy = _serves_another(there, row, name, span, absent)
        if str(row.agent) in gone:
            reasons.append(both("its B, {agent}, is absent too", agent=row.agent))
        elif busy:
            reasons.append(both("its B, {agent}, already stands in on {post}", agent=row.agent, post=busy))
        else:
            stand_ins.append(_stand_in(problem, people, row, "backup", ""))
    partner = people[holder].pair if holder in people else ""
    if partner and partner not in {s.agent for s in stand_ins}:
        row = next((r for r in there if str(r.agent) == partner), None)
        if row is None or partner in gone:
            reasons.append(both("the partner, {agent}, is not on duty", agent=partner))
        elif row.role == "A":
            stand_ins.append(_stand_in(problem, people, row, "partner", str(row.post)))
        else:
            stand_ins.append(_stand_in(problem, people, row, "partner", ""))
    found = {s.agent for s in stand_ins} | gone | {str(r.agent) for r in own}
    others = [
        (row not in same, _delay_min(problem, people, row), str(row.agent), row)
        for row in backups
        if str(row.agent) not in found and _answers(problem, people.get(str(row.agent)), place)
    ]
    for _, _, _, row in sorted(others, key=lambda o: o[:3]):
        stand_ins.append(_stand_in(problem, people, row, "other_backup", ""))
    text = _answer(name, moment, holder, until, holder in set(absent), stand_ins, reasons)
    return PostCover(name, moment, holder, until, holder in set(absent), tuple(stand_ins), text)


def _local(problem: RosterProblem, at: datetime) -> datetime:
    moment = pd.Timestamp(at)
    if moment.tzinfo is None:
        moment = moment.tz_localize(problem.zone, ambiguous=True, nonexistent="shift_forward")
    found: datetime = moment.tz_convert(problem.zone).to_pydatetime()
    return found


def _on_duty(duties: pd.DataFrame, moment: datetime) -> list[Any]:
    there = duties[(duties["start"] <= moment) & (duties["end"] > moment)]
    return sorted(rows_of(there), key=lambda r: (str(r.post), str(r.role), str(r.agent)))


def _post_of(post: str) -> _Post | None:
    """Read ``2026-09-14/day-1/general/03``; None where a post is named otherwise (a roster made elsewhere)."""
    parts = post.split("/")
    if len(parts) != 4 or not parts[3].isdigit():
        return None
    return _Post(parts[0], parts[1], parts[2], int(parts[3]))


def _number(post: str) -> int:
    place = _post_of(post)
    return 1 if place is None else place.number


def _same_team(one: _Post | None, other: _Post) -> bool:
    return one is not None and (one.day, one.shift, one.group) == (other.day, other.shift, other.group)


def _find_post(
    problem: RosterProblem, duties: pd.DataFrame, there: list[Any], post: str, moment: datetime
) -> tuple[_Post, str, datetime | None]:
    """The post's team, its whole identifier and the end of its duty."""
    for row in there:
        if row.role == "A" and post in (str(row.post), str(row.post).partition("/")[2]):
            name = str(row.post)
            place = _post_of(name) or _Post(f"{row.date:%Y-%m-%d}", str(row.shift), str(row.group), 1)
            return place, name, row.end
    for day in (moment.date(), (pd.Timestamp(moment.date()) - pd.Timedelta(days=1)).date()):
        for name in dict.fromkeys((post, f"{day}/{post}")):
            open_post = _post_of(name)
            if open_post is not None and open_post.day == day.isoformat() and _is_on(problem, open_post, moment):
                return open_post, name, None
    clock = moment.strftime("%Y-%m-%d %H:%M")
    known = posts_at(problem, duties, moment)
    if not known:
        raise BadInput(say("no post {post} at {at}: nobody is on duty then", post=post, at=clock))
    raise BadInput(say("no post {post} at {at}; then on: {known}", post=post, at=clock, known=list_words(known)))


def _is_on(problem: RosterProblem, place: _Post, moment: datetime) -> bool:
    """Whether the problem has such a post, filled or not, and its shift is on at the moment."""
    for row in rows_of(problem.posts):
        if (f"{row.date:%Y-%m-%d}", str(row.shift), str(row.group)) != (place.day, place.shift, place.group):
            continue
        shift = next(s for s in problem.hotline.shifts if s.id == place.shift)
        minutes = (moment.replace(tzinfo=None) - pd.Timestamp(place.day)).total_seconds() / 60 - shift.start_min
        return 1 <= place.number <= row.posts_a and 0 <= minutes < shift.length_min
    return False


def _serves_another(there: list[Any], backup: Any, post: str, span: int, absent: Collection[str]) -> str:
    """The post before this one whose absent A the B already stands in for, empty for none."""
    first = _post_of(str(backup.post))
    for row in there:
        place = _post_of(str(row.post))
        if first is None or place is None or row.role != "A" or str(row.agent) not in absent:
            continue
        if _same_team(place, first) and 0 <= place.number - first.number < span and str(row.post) < post:
            return str(row.post)
    return ""


def _answers(problem: RosterProblem, person: Agent | None, place: _Post) -> bool:
    if person is None or not set(problem.hotline.group(place.group).lines) <= set(person.lines):
        return False
    return set(problem.dialects_for(date.fromisoformat(place.day), place.group, place.shift)) <= set(person.dialects)


def _delay_min(problem: RosterProblem, people: dict[str, Agent], row: Any) -> float:
    """Minutes until the person on the duty ``row`` serves the post."""
    rules = problem.hotline.rules
    person = people.get(str(row.agent))
    travels = row.role == "B" and rules.standby_remote and not row.remote
    way = person.travel_min if person is not None and travels else None
    return max(rules.standby_delay_min, way or 0.0)


def _stand_in(problem: RosterProblem, people: dict[str, Agent], row: Any, how: How, keeps: str) -> StandIn:
    delay = _delay_min(problem, people, row)
    words = {"agent": str(row.agent), "delay": f"{delay:g}"}
    if how == "backup":
        text = both("{agent}, B of the post, after {delay} min", **words)
    elif keeps:
        text = both("{agent}, the standing partner, who keeps post {keeps}, after {delay} min", keeps=keeps, **words)
    elif how == "partner":
        text = both("{agent}, the standing partner, after {delay} min", **words)
    else:
        text = both("{agent}, B of {shift}, after {delay} min", shift=row.shift, **words)
    return StandIn(str(row.agent), how, delay, keeps, text)


def _answer(
    post: str,
    at: datetime,
    holder: str,
    until: datetime | None,
    absent: bool,
    stand_ins: list[StandIn],
    reasons: list[Text],
) -> Text:
    where = {"at": f"{at:%Y-%m-%d %H:%M}", "post": post}
    if not holder:
        first = both("{at}, {post}: nobody is A", **where)
    elif absent:
        first = both("{at}, {post}: the A, {agent}, is absent", agent=holder, **where)
    else:
        first = both("{at}, {post}: A is {agent} until {until:%H:%M}", agent=holder, until=until, **where)
    why = Text("; ".join(r.en for r in reasons), "；".join(r.zh for r in reasons))
    if not stand_ins:
        return both("{first}. Nobody would take over: {why}.", first=first, why=why)
    line = Text(", then ".join(s.text.en for s in stand_ins), "，其次".join(s.text.zh for s in stand_ins))
    if reasons:
        line = both("{line} ({why})", line=line, why=why)
    if holder and not absent:
        return both("{first}. If A is absent, takes over: {line}.", first=first, line=line)
    return both("{first}. Takes over: {line}.", first=first, line=line)
