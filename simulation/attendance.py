"""Who answers when: the roster as arrays, and who of it came on one replication.

An A duty whose agent does not come is taken over by its B after the hotline's delay; without a B
nobody comes (paragraphs 40–46 of the semantics).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.keyed import Purpose, draw, key_of, stream
from wfm.errors import BadInput
from wfm.i18n import say

if TYPE_CHECKING:
    from wfm.calendar import TimeGrid

__all__ = ["Presence", "RosteredDuties", "present", "rostered_duties"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Presence(NamedTuple):
    """One unbroken stay of an agent at a seat."""

    agent: int
    group: int
    start_s: float
    end_s: float


@dataclass(frozen=True, eq=False, kw_only=True)
class RosteredDuties:
    """The roster of a period as arrays; times in seconds from its start, one entry a duty.

    Duties stand in the order (start, agent). ``pauses`` holds each duty's breaks, ``backups`` for
    each A duty the B duties that may stand in, first choice first: those of its own post (``paired``),
    or those that its group shares.
    """

    agent_ids: tuple[str, ...]
    agent: Integers
    group: Integers
    standby: NDArray[np.bool_]
    start_s: Floats
    end_s: Floats
    key: NDArray[np.uint64]
    pauses: tuple[tuple[tuple[float, float], ...], ...]
    backups: tuple[tuple[int, ...], ...]
    paired: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.agent)


def present(
    duties: RosteredDuties, absence_share: float, standby_delay_s: float, *, seed: int, replication: int
) -> list[Presence]:
    """Who is at a seat in this replication, in the order (start, agent).

    Each A duty is absent with ``absence_share``, drawn by the key of its agent and start, so that a
    longer roster leaves the others' fate as it was.
    """
    base = stream(seed, replication, Purpose.ABSENCE)
    came: list[Presence] = []
    missing: list[int] = []
    for duty in np.flatnonzero(~duties.standby).tolist():
        if absence_share > 0 and draw(base, int(duties.key[duty]), 0) < absence_share:
            missing.append(duty)
        else:
            came += _stays(duties, duty, duties.start_s[duty], duties.end_s[duty], duties.group[duty])
    taken: set[int] = set()
    # Pairs first, so that nobody's own B stands in elsewhere; then the shared ones, in order of duty.
    for duty in sorted(missing, key=lambda duty: not duties.paired[duty]):
        backup = next((b for b in duties.backups[duty] if b not in taken), None)
        if backup is None:
            continue
        taken.add(backup)
        start = max(duties.start_s[duty] + standby_delay_s, duties.start_s[backup])
        end = min(duties.end_s[duty], duties.end_s[backup])
        came += _stays(duties, backup, start, end, duties.group[duty])
    return sorted(came, key=lambda stay: (stay.start_s, stay.agent))


def _stays(duties: RosteredDuties, duty: int, start_s: float, end_s: float, group: int) -> list[Presence]:
    agent = int(duties.agent[duty])
    stays = []
    at = max(0.0, float(start_s))
    for pause_start, pause_end in (*duties.pauses[duty], (float(end_s), float(end_s))):
        until = min(pause_start, float(end_s))
        if until > at:
            stays.append(Presence(agent, int(group), at, until))
        at = max(at, pause_end)
    return stays


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
