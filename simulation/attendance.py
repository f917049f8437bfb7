"""Who answers when: the roster as arrays, and who of it came on one replication.

An A duty whose agent does not come is taken over by its B after the hotline's delay; without a B
nobody comes (§22–§27 of the semantics). An A duty may begin late (§70).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.draws import NO_TABLES, Law, constant, sample
from simulation.keyed import Purpose, draw, key_of, stream, uniforms
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["Attendance", "Presence", "RosteredDuties", "attendance", "present", "rostered_duties"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

ON_TIME: Law = constant(0.0)
"""The lateness of centres that know none."""


class Presence(NamedTuple):
    """One unbroken stay of an agent at a seat, or, ``remote``, away from the centre."""

    agent: int
    group: int
    start_s: float
    end_s: float
    remote: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Attendance:
    """The stays of one replication in the order (start, agent), one entry each."""

    agent: Integers
    group: Integers
    start_s: Floats
    end_s: Floats
    remote: Flags

    def __len__(self) -> int:
        return len(self.agent)


@dataclass(frozen=True, eq=False, kw_only=True)
class RosteredDuties:
    """The roster of a period as arrays; times in seconds from its start, one entry a duty.

    Duties stand in the order (start, agent). ``pauses`` holds each duty's breaks, ``backups`` for
    each A duty the B duties that may stand in, first choice first: those of its own post (``paired``),
    or those that its group shares. Without ``remote`` all are at the centre.
    """

    agent_ids: tuple[str, ...]
    agent: Integers
    group: Integers
    standby: Flags
    start_s: Floats
    end_s: Floats
    key: NDArray[np.uint64]
    pauses: tuple[tuple[tuple[float, float], ...], ...]
    backups: tuple[tuple[int, ...], ...]
    paired: tuple[bool, ...]
    remote: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))

    def __post_init__(self) -> None:
        if len(self.remote) != len(self.agent):
            object.__setattr__(self, "remote", np.zeros(len(self.agent), dtype=bool))

    def __len__(self) -> int:
        return len(self.agent)

    @cached_property
    def stretches(self) -> tuple[Integers, Floats, Floats]:
        """Duty, start and end of each time between breaks; all duties, from the start of the period on."""
        duty: list[int] = []
        start_s: list[float] = []
        end_s: list[float] = []
        for number, (begins, ends) in enumerate(zip(self.start_s.tolist(), self.end_s.tolist(), strict=True)):
            at = max(0.0, begins)
            for pause_start, pause_end in (*self.pauses[number], (ends, ends)):
                until = min(pause_start, ends)
                if until > at:
                    duty.append(number)
                    start_s.append(at)
                    end_s.append(until)
                at = max(at, pause_end)
        return np.array(duty, dtype=np.int64), np.array(start_s), np.array(end_s)


def attendance(
    duties: RosteredDuties,
    absence_share: float,
    standby_delay_s: float,
    *,
    seed: int,
    replication: int,
    late_share: float = 0.0,
    late: Law = ON_TIME,
    tables: Floats = NO_TABLES,
) -> Attendance:
    """Who is there in this replication.

    Each A duty is absent with ``absence_share``, else late with ``late_share`` by a time of the law ``late``,
    drawn by the key of its agent and start, so that a longer roster leaves the others' fate as it was.
    """
    comes = ~duties.standby
    group = duties.group
    # What may be worked of each duty: an A's from its late start on, a B's of what it stands in for.
    start_s, end_s = duties.start_s, duties.end_s
    absent = np.zeros(len(duties), dtype=bool)
    if absence_share > 0:
        absent = comes & (uniforms(stream(seed, replication, Purpose.ABSENCE), duties.key, 0) < absence_share)
        comes = comes & ~absent
    if late_share > 0:
        start_s = start_s.copy()
        tardy = comes & (uniforms(stream(seed, replication, Purpose.LATE), duties.key, 0) < late_share)
        base = stream(seed, replication, Purpose.LATE_TIME)
        for duty in np.flatnonzero(tardy).tolist():
            start_s[duty] += sample(*late, draw(base, int(duties.key[duty]), 0), tables)
    if absent.any():
        start_s, end_s, group = start_s.copy(), end_s.copy(), group.copy()
        for duty, backup in _stand_ins(duties, np.flatnonzero(absent).tolist()):
            comes[backup] = True
            group[backup] = duties.group[duty]
            start_s[backup] = max(duties.start_s[duty] + standby_delay_s, duties.start_s[backup])
            end_s[backup] = min(duties.end_s[duty], duties.end_s[backup])
    of, begins, ends = duties.stretches
    begins, ends = np.maximum(begins, start_s[of]), np.minimum(ends, end_s[of])
    kept = np.flatnonzero(comes[of] & (ends > begins))
    kept = kept[np.lexsort((duties.agent[of[kept]], begins[kept]))]
    return Attendance(
        agent=duties.agent[of[kept]],
        group=group[of[kept]],
        start_s=begins[kept],
        end_s=ends[kept],
        remote=duties.remote[of[kept]],
    )


def present(
    duties: RosteredDuties,
    absence_share: float,
    standby_delay_s: float,
    *,
    seed: int,
    replication: int,
    late_share: float = 0.0,
    late: Law = ON_TIME,
    tables: Floats = NO_TABLES,
) -> list[Presence]:
    """The stays of :func:`attendance`, one by one."""
    there = attendance(
        duties,
        absence_share,
        standby_delay_s,
        seed=seed,
        replication=replication,
        late_share=late_share,
        late=late,
        tables=tables,
    )
    columns = (there.agent, there.group, there.start_s, there.end_s, there.remote)
    return [Presence(*stay) for stay in zip(*(column.tolist() for column in columns), strict=True)]


def _stand_ins(duties: RosteredDuties, missing: list[int]) -> list[tuple[int, int]]:
    """Pairs of an absent A's duty and the B's that takes it over."""
    taken: dict[int, int] = {}
    # Pairs first, so that nobody's own B stands in elsewhere; then the shared ones, in order of duty.
    for duty in sorted(missing, key=lambda duty: not duties.paired[duty]):
        backup = next((b for b in duties.backups[duty] if b not in taken), None)
        if backup is not None:
            taken[backup] = duty
    return [(duty, backup) for backup, duty in taken.items()]


def rostered_duties(duties: pd.DataFrame, group_ids: Sequence[str], grid: TimeGrid) -> RosteredDuties:
    """The duties that touch the grid's period, as arrays.

    Args:
        duties: Columns of ``wfm.tables.DUTIES``.
        group_ids: The hotline's groups in their written order.
        grid: The period; a duty may begin before it and end after it.

    Raises:
        BadInput: a duty names an unknown group, ends before it starts, has a break that cannot be
            read, or two duties of one agent overlap.
    """
    origin, horizon_s = grid.starts[0], len(grid) * grid.interval_s
    start = pd.DatetimeIndex(duties["start"]).tz_convert(grid.time_zone)
    end = pd.DatetimeIndex(duties["end"]).tz_convert(grid.time_zone)
    table = pd.DataFrame(
        {
            "agent": duties["agent"].astype(str).to_numpy(),
            "group": duties["group"].astype(str).to_numpy(),
            "post": duties["post"].astype(str).to_numpy(),
            "role": duties["role"].astype(str).to_numpy(),
            "breaks": duties["breaks"].fillna("").astype(str).to_numpy(),
            "remote": duties["remote"].fillna(False).to_numpy(bool) if "remote" in duties else False,
            "local_start": start.tz_localize(None),
            "start_s": _seconds(start, origin),
            "end_s": _seconds(end, origin),
        }
    )
    _require_sound(table, group_ids)
    table = table[(table["end_s"] > 0) & (table["start_s"] < horizon_s)]
    table = table.sort_values(["start_s", "agent", "role"], kind="stable").reset_index(drop=True)
    agent_ids = tuple(sorted(set(table["agent"])))
    number = {agent: k for k, agent in enumerate(agent_ids)}
    backups, paired = _backups(table)
    return RosteredDuties(
        agent_ids=agent_ids,
        agent=np.array([number[a] for a in table["agent"]], dtype=np.int64),
        group=np.array([list(group_ids).index(g) for g in table["group"]], dtype=np.int64),
        standby=(table["role"] == "B").to_numpy(bool),
        start_s=table["start_s"].to_numpy(float),
        end_s=table["end_s"].to_numpy(float),
        key=np.array(
            [key_of(a, s.isoformat()) for a, s in zip(table["agent"], table["local_start"], strict=True)],
            dtype=np.uint64,
        ),
        pauses=_pauses(table, grid),
        backups=backups,
        paired=paired,
        remote=table["remote"].to_numpy(bool),
    )


def _seconds(times: pd.DatetimeIndex, origin: pd.Timestamp) -> Floats:
    seconds: Floats = ((times - origin) / pd.Timedelta(seconds=1)).to_numpy(float)
    return seconds


def _require_sound(table: pd.DataFrame, group_ids: Sequence[str]) -> None:
    unknown = sorted(set(table["group"]) - set(group_ids))
    if unknown:
        raise BadInput(
            say(
                "duties: unknown group {group!r}; the hotline's groups are {known}",
                group=unknown[0],
                known=", ".join(group_ids),
            )
        )
    backward = table[table["end_s"] <= table["start_s"]]
    if len(backward):
        first = backward.iloc[0]
        raise BadInput(
            say(
                "duties: the duty of {agent} from {start:%Y-%m-%d %H:%M} must end after it starts",
                agent=first["agent"],
                start=first["local_start"],
            )
        )
    ordered = table.sort_values(["agent", "start_s"], kind="stable")
    same = ordered["agent"].to_numpy()[1:] == ordered["agent"].to_numpy()[:-1]
    clash = same & (ordered["start_s"].to_numpy()[1:] < ordered["end_s"].to_numpy()[:-1])
    if clash.any():
        second = ordered.iloc[int(np.flatnonzero(clash)[0]) + 1]
        raise BadInput(
            say(
                "duties: two duties of {agent} overlap at {start:%Y-%m-%d %H:%M}",
                agent=second["agent"],
                start=second["local_start"],
            )
        )


def _pauses(table: pd.DataFrame, grid: TimeGrid) -> tuple[tuple[tuple[float, float], ...], ...]:
    owners: list[int] = []
    times: list[pd.Timestamp] = []
    for duty, (text, start) in enumerate(zip(table["breaks"], table["local_start"], strict=True)):
        for part in filter(None, (p.strip() for p in text.split(";"))):
            owners.append(duty)
            times += _clock_pair(part, start, table["agent"].iloc[duty])
    found: list[list[tuple[float, float]]] = [[] for _ in range(len(table))]
    if times:
        local = pd.DatetimeIndex(times).tz_localize(
            grid.time_zone, ambiguous=np.ones(len(times), dtype=bool), nonexistent="shift_forward"
        )
        seconds = _seconds(local, grid.starts[0]).tolist()
        for owner, start_s, end_s in zip(owners, seconds[::2], seconds[1::2], strict=True):
            found[owner].append((start_s, end_s))
    return tuple(tuple(sorted(pauses)) for pauses in found)


def _clock_pair(part: str, start: pd.Timestamp, agent: str) -> list[pd.Timestamp]:
    """Break ``HH:MM-HH:MM`` of a duty that began at local time ``start``: the next such moments."""
    midnight = start.normalize()
    moments: list[pd.Timestamp] = []
    after = start
    for clock in part.split("-"):
        hours, colon, minutes = clock.partition(":")
        if not (colon and hours.isdigit() and minutes.isdigit()):
            break
        moment = midnight + pd.Timedelta(minutes=int(hours) * 60 + int(minutes))
        while moment < after:
            moment += pd.Timedelta(days=1)
        moments.append(moment)
        after = moment
    if len(moments) != 2:
        raise BadInput(
            say("duties: a break of {agent} should be HH:MM-HH:MM, found {found!r}", agent=agent, found=part)
        )
    return moments


def _backups(table: pd.DataFrame) -> tuple[tuple[tuple[int, ...], ...], tuple[bool, ...]]:
    """For each A duty its own post's B, or, where the post has none, the Bs that its group shares."""
    start, end = table["start_s"].to_numpy(float), table["end_s"].to_numpy(float)
    group, post = table["group"].to_numpy(object), table["post"].to_numpy(object)
    standby = (table["role"] == "B").to_numpy(bool)
    found: list[tuple[int, ...]] = [()] * len(table)
    paired = [False] * len(table)
    for duty in np.flatnonzero(~standby).tolist():
        near = np.flatnonzero(standby & (group == group[duty]) & (start < end[duty]) & (end > start[duty])).tolist()
        own = [b for b in near if post[b] == post[duty]]
        found[duty] = tuple(own or near)
        paired[duty] = bool(own)
    return tuple(found), tuple(paired)
