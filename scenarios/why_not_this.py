"""Why not this person on that duty: what the roster would break with it, in the words of the independent checker."""

from __future__ import annotations

from datetime import date

import pandas as pd

from scenarios.roster_at_hand import RosterAtHand
from scheduler.duties import post_id
from scheduler.duties_table import duties_frame
from scheduler.roster_grid import usual_remote
from scheduler.shift_times import break_words, duty_times
from scheduler.swaps import broken_by
from wfm.errors import BadInput
from wfm.i18n import Text, both, list_words, say

__all__ = ["why_not_this"]


def why_not_this(found: RosterAtHand, agent: str, day: date, shift: str, group: str, role: str) -> tuple[Text, ...]:
    """What speaks against the person taking over a duty of that day, shift, group and role; empty where nothing does.

    Raises:
        BadInput: nobody of that number, no such shift or group, or a day outside the roster.
    """
    problem, duties = found.problem, found.duties
    hotline = problem.hotline
    person = next((a for a in problem.agents if a.id == agent), None)
    known_shift = next((s for s in hotline.shifts if s.id == shift), None)
    if person is None:
        raise BadInput(say("unknown agent {agent}", agent=agent))
    if known_shift is None:
        known = list_words([s.id for s in hotline.shifts])
        raise BadInput(say("unknown shift {shift}; known: {known}", shift=shift, known=known))
    if group not in {g.id for g in hotline.groups}:
        known = list_words([g.id for g in hotline.groups])
        raise BadInput(say("unknown group {group}; known: {known}", group=group, known=known))
    if not problem.first <= day <= problem.last:
        raise BadInput(
            say("{day} is not a day of the roster ({first} to {last})", day=day, first=problem.first, last=problem.last)
        )
    stamp = pd.Timestamp(day)
    same = (
        (duties["date"] == stamp) & (duties["shift"] == shift) & (duties["group"] == group) & (duties["role"] == role)
    )
    if (same & (duties["agent"] == agent)).any():
        return (both("{agent} has this duty", agent=agent),)
    near = duties[(duties["agent"] == agent) | (duties["date"] == stamp)].reset_index(drop=True)
    held = near.index[
        (near["date"] == stamp) & (near["shift"] == shift) & (near["group"] == group) & (near["role"] == role)
    ]
    start, end = duty_times(day, known_shift, problem.zone)
    post = str(near.loc[held[0], "post"]) if len(held) else post_id(day.isoformat(), shift, group, 1)
    fresh = duties_frame(
        [
            {
                "agent": agent,
                "date": stamp,
                "shift": shift,
                "group": group,
                "post": post,
                "role": role,
                "start": start,
                "end": end,
                "breaks": break_words(known_shift),
                "remote": usual_remote(problem, person, role),
            }
        ],
        hotline.time_zone,
    )
    rest = near.drop(index=held[:1])
    after = pd.concat([rest, fresh[near.columns]], ignore_index=True) if len(rest) else fresh
    # Who hands the duty over has fewer hours then, which is nothing against the one who takes it.
    return tuple(v.text for v in broken_by(problem, near, after) if v.rule != "posts_filled" and v.agent in ("", agent))
