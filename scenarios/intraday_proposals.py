"""Moves worth trying for the rest of a day, each with its seats and the roster it would make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.intraday_breaks import moved_breaks
from scenarios.intraday_sentences import people_text
from scenarios.intraday_situation import Proposal, Situation, duties_ahead, how_many, more_posts, shift_name
from scheduler.duties import post_id
from scheduler.duties_table import duties_frame
from scheduler.roster_grid import usual_remote
from scheduler.shift_times import break_words, duty_times
from wfm.i18n import both

__all__ = ["helping_proposals", "home_proposals"]

Floats = NDArray[np.float64]

NOTICE_MIN = 60
"""Who is off today, or begins later, is asked so long before."""
STEPS_MIN = (60, 120)
"""Duties are made longer by so much."""
ASKED_MAX = 6
"""People off today who are tried for one shift."""
HOME_LEAST_MIN = 60
"""Nobody is sent home for less."""


def helping_proposals(situation: Situation) -> Iterator[Proposal]:
    """Moves that bring seats where they are missing, or ease them."""
    yield from _backups(situation)
    yield from moved_breaks(situation)
    yield from _longer(situation)
    yield from _earlier(situation)
    yield from _off_today(situation)
    yield from _put_off(situation)


def _hours(situation: Situation, change: Floats) -> float:
    return float((change * situation.ahead).sum()) * situation.grid.interval_s / 3600


def _clock(situation: Situation, moment: Any) -> str:
    return f"{situation.local(moment):%H:%M}"


def _backups(situation: Situation) -> Iterator[Proposal]:
    """B who answer too."""
    rules = situation.hotline.rules
    people = {a.id: a for a in situation.problem.agents}
    for group, shift, part in duties_ahead(situation, "B"):
        delay = rules.standby_delay_min
        away = rules.standby_remote
        ways = [
            0.0 if people[a].remote or not away else float(people[a].travel_min or 0.0)
            for a in part["agent"].astype(str)
        ]
        begin = situation.local(situation.now) + pd.Timedelta(minutes=delay + max(ways))
        part = part.assign(start=part["start"].where(part["start"] > begin, begin))
        part = part[part["end"] > part["start"]]
        if part.empty:
            continue
        count = how_many(situation, group, situation.presence(part), len(part))
        if count == 0:
            continue
        chosen = part.iloc[:count]
        duties = situation.duties.copy()
        called = duties.index.isin(chosen.index)
        duties.loc[called, "role"] = "A"
        day = pd.Timestamp(chosen["date"].iloc[0])
        same = (situation.duties["date"] == day) & (situation.duties["group"] == group)
        taken = situation.duties.loc[same & (situation.duties["shift"] == shift), "post"].nunique()
        # Each of them holds a post of their own.
        duties.loc[called, "post"] = [
            post_id(day.date().isoformat(), shift, group, taken + n + 1) for n in range(int(called.sum()))
        ]
        change = situation.presence(chosen)
        names = tuple(chosen["agent"].astype(str))
        yield Proposal(
            "backup",
            both(
                "Let {n} B of the shift {shift} answer too ({people}), from {start} to {end}; their posts are then without a B",
                n=count,
                shift=shift_name(situation, shift),
                people=people_text(names),
                start=_clock(situation, chosen["start"].max()),
                end=_clock(situation, chosen["end"].min()),
            ),
            group,
            names,
            chosen["start"].min(),
            chosen["end"].max(),
            _hours(situation, change),
            change,
            duties,
            more_posts(situation.problem, day, group, shift, a=count, b=-count),
            shift=shift,
        )


def _longer(situation: Situation) -> Iterator[Proposal]:
    """Duties that end later than they should, where somebody is missing after them."""
    for group, shift, part in duties_ahead(situation, "A"):
        if pd.Timestamp(part["end"].iloc[0]) > situation.grid.ends[-1]:
            continue
        for more in STEPS_MIN:
            end = pd.Timestamp(part["end"].iloc[0])
            after = part.assign(start=end, end=end + pd.Timedelta(minutes=more), breaks="")
            yield from _at_the_edge(situation, group, shift, part, after, more, "longer")


def _earlier(situation: Situation) -> Iterator[Proposal]:
    """Duties of later today that begin earlier."""
    for group, shift, part in duties_ahead(situation, "A"):
        start = pd.Timestamp(part["start"].iloc[0])
        for more in STEPS_MIN:
            if start - pd.Timedelta(minutes=more + NOTICE_MIN) < pd.Timestamp(situation.now):
                continue
            before = part.assign(start=start - pd.Timedelta(minutes=more), end=start, breaks="")
            yield from _at_the_edge(situation, group, shift, part, before, more, "earlier")


def _at_the_edge(
    situation: Situation, group: str, shift: str, part: pd.DataFrame, added: pd.DataFrame, more: int, kind: str
) -> Iterator[Proposal]:
    """The duties with ``added`` before or after them, where at least one head is missing then."""
    number = situation.group_number(group)
    change = situation.presence(added)
    there = change[number] > 0
    if not there.any() or situation.short[number, there].max() <= 0:
        return
    count = how_many(situation, group, change, len(part))
    if count == 0:
        return
    chosen, spell = part.iloc[:count], added.iloc[:count]
    duties = situation.duties.copy()
    here = duties.index.isin(chosen.index)
    column, moment = ("end", spell["end"].iloc[0]) if kind == "longer" else ("start", spell["start"].iloc[0])
    duties.loc[here, column] = moment
    names = tuple(chosen["agent"].astype(str))
    facts = {
        "n": count,
        "shift": shift_name(situation, shift),
        "people": people_text(names),
        "time": _clock(situation, moment),
        "minutes": more,
    }
    action = (
        both("Let {n} of the shift {shift} ({people}) stay until {time}, {minutes} min longer", **facts)
        if kind == "longer"
        else both("Let {n} of the shift {shift} ({people}) begin at {time}, {minutes} min earlier", **facts)
    )
    change = situation.presence(spell)
    yield Proposal(
        kind,
        action,
        group,
        names,
        spell["start"].iloc[0],
        spell["end"].iloc[0],
        _hours(situation, change),
        change,
        duties,
        but=("shift_times",),
        shift=shift,
    )


def _off_today(situation: Situation) -> Iterator[Proposal]:
    """People without a duty today who take a shift that begins later."""
    hotline, problem, grid = situation.hotline, situation.problem, situation.grid
    day = pd.Timestamp(grid.first)
    busy = set(situation.duties.loc[situation.duties["date"] == day, "agent"].astype(str))
    carried = situation.duties["agent"].astype(str).value_counts()
    kind = str(problem.kind_of(grid.first))
    earliest = pd.Timestamp(situation.now) + pd.Timedelta(minutes=NOTICE_MIN)
    for shift in hotline.shifts:
        start, end = duty_times(grid.first, shift, problem.zone)
        if pd.Timestamp(start) < earliest or kind not in shift.days:
            continue
        for number, group in enumerate(hotline.groups):
            if shift.groups and group.id not in shift.groups:
                continue
            able = [a for a in problem.agents if a.id not in busy and set(group.lines) <= set(a.lines)]
            able.sort(key=lambda a: (int(carried.get(a.id, 0)), a.id))
            for agent in able[:ASKED_MAX]:
                there = situation.duties[(situation.duties["date"] == day) & (situation.duties["group"] == group.id)]
                taken = there.loc[there["shift"] == shift.id, "post"].nunique()
                row = duties_frame(
                    [
                        {
                            "agent": agent.id,
                            "date": day,
                            "shift": shift.id,
                            "group": group.id,
                            "post": post_id(grid.first.isoformat(), shift.id, group.id, taken + 1),
                            "role": "A",
                            "start": start,
                            "end": end,
                            "breaks": break_words(shift),
                            "remote": usual_remote(problem, agent, "A"),
                        }
                    ],
                    hotline.time_zone,
                )
                change = situation.presence(row)
                missing = situation.short[number, change[number] > 0].max(initial=0.0)
                if missing <= 0 or how_many(situation, group.id, change, 1) == 0:
                    break
                yield Proposal(
                    "extra",
                    both(
                        "Ask {agent}, who is off today, for the shift {shift} ({start}–{end})",
                        agent=agent.id,
                        shift=shift.name,
                        start=_clock(situation, start),
                        end=_clock(situation, end),
                    ),
                    group.id,
                    (agent.id,),
                    start,
                    end,
                    _hours(situation, change),
                    change,
                    pd.concat([situation.duties, row], ignore_index=True),
                    more_posts(problem, day, group.id, shift.id, a=1, b=0),
                    shift=shift.id,
                )


def _put_off(situation: Situation) -> Iterator[Proposal]:
    """Work between calls, in intervals that are fuller than the cap on occupancy lets them be."""
    cap = situation.hotline.occupancy_max
    seats = np.maximum(situation.on_duty, 1e-9)
    full = (situation.load_erlang > cap * seats) & (situation.blended_erlang > 0) & (situation.ahead > 0)
    for number, group in enumerate(situation.hotline.groups):
        here = full[number]
        if not here.any():
            continue
        part = situation.ahead * here
        hours = float((situation.blended_erlang[number] * part).sum()) * situation.grid.interval_s / 3600
        if hours < 0.25:
            continue
        load = float((situation.load_erlang[number] * part).sum()) / float((seats[number] * part).sum())
        rest = load - float((situation.blended_erlang[number] * part).sum()) / float((seats[number] * part).sum())
        start, end = situation.grid.starts[here][0], situation.grid.ends[here][-1]
        yield Proposal(
            "postpone",
            both(
                "Put off {hours:.1f} h of work between calls of {group} from {start}–{end} as far as its deadlines allow: "
                "occupancy then falls from {load:.0%} to {rest:.0%}; it yields to calls, so waits stay as they are",
                hours=hours,
                group=group.name,
                start=_clock(situation, start),
                end=_clock(situation, end),
                load=min(load, 1.0),
                rest=min(rest, 1.0),
            ),
            group.id,
            (),
            start.to_pydatetime(),
            end.to_pydatetime(),
            0.0,
            np.zeros_like(situation.on_duty),
        )


def home_proposals(situation: Situation) -> Iterator[Proposal]:
    """Duties that may end early, since nobody is missing until their end without them."""
    over = situation.on_duty - np.maximum(situation.heads, situation.minimum[:, None] * (situation.heads > 0))
    ahead = situation.ahead > 0
    for group, shift, part in duties_ahead(situation, "A"):
        number = situation.group_number(group)
        end = pd.Timestamp(part["end"].iloc[0])
        begin = max(situation.local(situation.now), pd.Timestamp(part["start"].iloc[0]))
        starts = [t for t in situation.grid.starts if begin <= t and end - t >= pd.Timedelta(minutes=HOME_LEAST_MIN)]
        for moment in [begin, *starts]:
            if end - moment < pd.Timedelta(minutes=HOME_LEAST_MIN):
                continue
            rest = part.assign(start=moment)
            one = situation.presence(rest.iloc[:1])[number]
            there = ahead & (one > 1e-9)
            if not there.any():
                continue
            count = int(min(len(part), np.floor(float((over[number, there] / one[there]).min()) + 1e-9)))
            if count < 1:
                continue
            # The last posts go first, so that posts stay numbered without holes.
            chosen = part.iloc[::-1].iloc[:count]
            change = -situation.presence(chosen.assign(start=moment))
            names = tuple(chosen["agent"].astype(str))
            yield Proposal(
                "home",
                both(
                    "Let {n} of the shift {shift} ({people}) go at {time} instead of {end}",
                    n=count,
                    shift=shift_name(situation, shift),
                    people=people_text(names),
                    time=_clock(situation, moment),
                    end=_clock(situation, end),
                ),
                group,
                names,
                moment.to_pydatetime(),
                end.to_pydatetime(),
                _hours(situation, change),
                change,
                shift=shift,
            )
            break
