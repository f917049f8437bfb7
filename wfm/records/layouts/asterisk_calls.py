"""Events of Asterisk's ``queue_log`` into calls: who entered which queue, who was answered, who gave up.

Events of one second have no order in the file: of those the one comes first that can happen, so that the calls do not
depend on the order of the lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from wfm.records.mapping_parts import SKIP
from wfm.records.privacy import caller_key, hide_numbers
from wfm.records.rejecting import Rejected
from wfm.tables import CALLS, check_table, empty_table

if TYPE_CHECKING:
    from wfm.hotline import Hotline
    from wfm.records.queue_lines import QueueLines

__all__ = ["CALL_EVENTS", "CallMaker"]

ENTER, CONNECT = "ENTERQUEUE", "CONNECT"
DONE = {"COMPLETEAGENT": 1, "COMPLETECALLER": 1, "TRANSFER": 3, "BLINDTRANSFER": 3, "ATTENDEDTRANSFER": 3}
"""Ends of an answered call → place of the talk among the event's data; the wait stands before it."""
LOST = {"ABANDON": 2, "EXITWITHTIMEOUT": 2, "EXITEMPTY": 2, "EXITWITHKEY": 3, "SYSCOMPAT": -1}
"""Ends of a wait without an answer → place of the wait among the event's data; −1: it tells none."""
BESIDE = frozenset({"RINGNOANSWER", "RINGCANCELED", "AGENTDUMP", "DID"})
"""Events of a call that change nothing about it: a member who did not pick up, the number that was dialled."""
CALL_EVENTS = frozenset({ENTER, CONNECT, *DONE, *LOST, *BESIDE})
NO_CALL = frozenset({"", "NONE", "REALTIME"})
NOBODY = frozenset({"", "-", "s", "null", "none", "unknown", "<unknown>", "anonymous", "restricted", "unavailable"})
GOES_ON_S = 4 * 3600.0
"""A call begun not longer than this before the file's end, and not ended, goes on in the next file."""
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class _Event:
    time_s: float
    event: str
    queue: str
    member: str
    data: tuple[str, ...]
    row: int

    @property
    def told(self) -> tuple[float, str, str, str, tuple[str, ...]]:
        """All but where it stands."""
        return self.time_s, self.event, self.queue, self.member, self.data

    def seconds(self, place: int) -> float | None:
        """The number among the event's data; None where it is missing or none."""
        try:
            value = float(self.data[place])
        except (ValueError, IndexError):
            return None
        return value if 0 <= value <= 1e8 else None


@dataclass(slots=True)
class _Visit:
    """A caller in one queue."""

    queue: str
    entered_s: float
    rows: list[int]
    caller: str = ""
    answered_s: float | None = None
    member: str = ""
    ring_s: float | None = None
    talk_s: float | None = None
    ended_s: float | None = None


@dataclass(slots=True)
class _Open:
    """What is known of one channel so far."""

    events: list[_Event] = field(default_factory=list)
    last_s: float = float("-inf")


class CallMaker:
    """Takes events in any order, and makes calls of those that nothing more can come of."""

    def __init__(self, hotline: Hotline, lines: QueueLines, key: bytes) -> None:
        self.hotline, self.lines, self.key = hotline, lines, key
        self.newest_s = float("-inf")
        self.rejected: list[Rejected] = []
        self.left_out: list[Rejected] = []
        self.duplicates: list[Rejected] = []
        self.rows_used = 0
        self._open: dict[str, _Open] = {}
        self._found: dict[str, list[Any]] = {name: [] for name in CALLS.column_names}
        self._keys: dict[str, str] = {}

    def take(self, row: int, time_s: float, fields: list[str]) -> None:
        """Take one line of the log."""
        self.newest_s = max(self.newest_s, time_s)
        callid, queue, member, event, *data = (part.strip() for part in fields[1:])
        if event not in CALL_EVENTS or callid in NO_CALL:
            self.left_out.append(Rejected(row, "no_call_event", "event", hide_numbers(event[:40])))
            return
        if event == ENTER:
            data = data[:2]  # the caller's name goes no further
        channel = self._open.setdefault(callid, _Open())
        channel.events.append(_Event(time_s, event, queue, member, tuple(data), row))
        channel.last_s = max(channel.last_s, time_s)

    def finish(self, *, before_s: float, end_s: float) -> None:
        """Make calls of the channels whose last event lies before a moment; ``end_s`` is the file's last."""
        ready = [callid for callid, channel in self._open.items() if channel.last_s < before_s]
        for callid in ready:
            self._make(callid, self._once(self._open.pop(callid).events), end_s)

    def calls(self) -> pd.DataFrame:
        """The calls made so far, columns of ``tables.CALLS``, by arrival."""
        if not self._found["call"]:
            return empty_table(CALLS, self.hotline.time_zone)
        table: dict[str, Any] = {}
        for column in CALLS.columns:
            values = self._found[column.name]
            if column.kind == "time":
                ms = pd.Series([None if v is None else round(v * 1000) for v in values], dtype="Int64")
                moments = pd.to_datetime(ms, unit="ms", utc=True).astype("datetime64[ns, UTC]")
                table[column.name] = moments.dt.tz_convert(self.hotline.time_zone)
            elif column.kind == "text":
                table[column.name] = pd.Series(values, dtype="string")
            else:
                table[column.name] = np.array([np.nan if v is None else v for v in values], dtype=float)
        calls = pd.DataFrame(table).sort_values(["arrived_at", "call"], kind="stable", ignore_index=True)
        return check_table(CALLS, calls)

    def _once(self, events: list[_Event]) -> list[_Event]:
        """Each event once; the lines that tell it again are listed."""
        first: dict[object, _Event] = {}
        for event in sorted(events, key=lambda e: (e.told, e.row)):
            if event.told in first:
                self.duplicates.append(Rejected(event.row, "duplicate_row", found=str(first[event.told].row)))
            else:
                first[event.told] = event
        return list(first.values())

    def _make(self, callid: str, events: list[_Event], end_s: float) -> None:
        visits, beside = _visits(events, self.rejected)
        kept = []
        for visit in visits:
            line = self._line(visit.queue, visit.rows)
            if line is not None:
                kept.append((line, visit))
        used = 0
        for number, chain in enumerate(_chains(kept), 1):
            used += self._add(callid if number == 1 else f"{callid}#{number}", chain, end_s)
        here = [event for event in beside if self._line(event.queue, [event.row]) is not None]
        if used:
            self.rows_used += used + len(here)
        else:
            self.left_out += [Rejected(e.row, "no_call_event", "event", e.event) for e in here]

    def _line(self, queue: str, rows: list[int]) -> str | None:
        """The queue's line; None, and the rows listed, where it is unknown or left out."""
        line = self.lines.find(queue)
        if line is None:
            self.rejected += [
                Rejected(row, "unknown_queue", "queue", repr(hide_numbers(queue)), self.lines.known) for row in rows
            ]
        elif line == SKIP:
            self.left_out += [Rejected(row, "left_out", "queue", repr(hide_numbers(queue))) for row in rows]
        return None if line == SKIP else line

    def _add(self, name: str, chain: list[tuple[str, _Visit]], end_s: float) -> int:
        """Keep a call; how many rows tell of it, 0 if it cannot be kept."""
        first, last = chain[0][1], chain[-1][1]
        rows = [row for _, visit in chain for row in visit.rows]
        if last.ended_s is None:
            goes_on = end_s - first.entered_s <= GOES_ON_S
            shown = f"{pd.Timestamp(end_s, unit='s', tz='UTC').tz_convert(self.hotline.time_zone):%Y-%m-%d %H:%M:%S}"
            code = "goes_on" if goes_on else "never_ends"
            (self.left_out if goes_on else self.rejected).extend(Rejected(row, code, found=shown) for row in rows)
            return 0
        if last.ended_s - first.entered_s > DAY_S:
            shown = f"{last.ended_s - first.entered_s:g} s"
            self.rejected += [Rejected(row, "too_long", "queue_log", shown) for row in rows]
            return 0
        answered = last.answered_s is not None
        caller = next((visit.caller for _, visit in chain if visit.caller), "")
        values: dict[str, Any] = dict.fromkeys(CALLS.column_names)
        values |= {
            "call": name,
            "line": chain[0][0],
            "arrived_at": first.entered_s,
            "queued_at": first.entered_s,
            "ended_at": last.ended_s,
            "outcome": "answered" if answered else "abandoned",
            "caller_key": self._caller(caller),
        }
        if last.answered_s is not None:
            values |= {
                "answered_at": last.answered_s,
                "ring_s": last.ring_s,
                "talk_s": last.ended_s - last.answered_s if last.talk_s is None else last.talk_s,
                "agent": self._agent(last.member),
            }
        for column, kept in self._found.items():
            kept.append(values[column])
        return len(rows)

    def _caller(self, number: str) -> str | None:
        if number.lower() in NOBODY:
            return None
        if number not in self._keys:
            self._keys[number] = caller_key(number, self.key, self.hotline.id)
        return self._keys[number]

    def _agent(self, member: str) -> str | None:
        """The member's channel or name; where a telephone number stands in it, a name made of its keyed hash."""
        if not member or member == "NONE":
            return None
        if hide_numbers(member) == member:
            return member
        return f"agent-{caller_key(member, self.key, self.hotline.id)[:10]}"


def _chains(visits: list[tuple[str, _Visit]]) -> list[list[tuple[str, _Visit]]]:
    """Visits that are one call: a caller not answered in one queue waits on in the next."""
    chains: list[list[tuple[str, _Visit]]] = []
    for line, visit in visits:
        if chains and chains[-1][-1][1].answered_s is None:
            chains[-1].append((line, visit))
        else:
            chains.append([(line, visit)])
    return chains


def _visits(events: list[_Event], rejected: list[Rejected]) -> tuple[list[_Visit], list[_Event]]:
    """The queues that a channel visited, in order, and the events that change nothing."""
    visits: list[_Visit] = []
    beside = [event for event in events if event.event in BESIDE]
    waiting = sorted((e for e in events if e.event not in BESIDE), key=lambda e: (e.time_s, e.told))
    now: _Visit | None = None
    while waiting:
        moment = waiting[0].time_s
        ties = [event for event in waiting if event.time_s == moment]
        event = min(ties, key=lambda e: (_rank(e, now, ties), e.told))
        waiting.remove(event)
        if event.event == ENTER:
            if now is not None:
                now.ended_s = event.time_s  # the event of leaving is missing from the log
            now = _Visit(event.queue, event.time_s, [event.row], caller=event.data[1] if len(event.data) > 1 else "")
            visits.append(now)
            continue
        if now is not None and now.queue != event.queue:
            now.ended_s = event.time_s
            now = None
        if now is None:
            now = _from_its_end(event)
            if now is None:
                rejected.append(Rejected(event.row, "no_such_call", found=event.event))
                continue
            visits.append(now)
        else:
            now.rows.append(event.row)
        if event.event == CONNECT:
            now.answered_s, now.member, now.ring_s = event.time_s, event.member, event.seconds(2)
        else:
            if event.event in DONE:
                now.talk_s = event.seconds(DONE[event.event])
                if now.answered_s is None:
                    now.answered_s, now.member = max(now.entered_s, event.time_s - (now.talk_s or 0.0)), event.member
            now.ended_s = event.time_s
            now = None
    return visits, beside


def _rank(event: _Event, now: _Visit | None, ties: list[_Event]) -> int:
    """Which of the events of one second can happen next: the lowest."""
    if now is None:
        entered = any(other.queue == event.queue and other.event == ENTER for other in ties)
        if event.event != ENTER:
            return 3 if entered else 0
        left = any(other.queue == event.queue and other.event not in (ENTER, CONNECT) for other in ties)
        return 1 if left else 2
    if event.event == ENTER:
        return 3
    same = event.queue == now.queue
    if event.event == CONNECT:
        return 0 if same and now.answered_s is None else 2
    return 1 if same else 2


def _from_its_end(event: _Event) -> _Visit | None:
    """The visit of a call whose begin is not in the file, from the wait (and talk) that the event tells."""
    if event.event == CONNECT:
        wait_s, talk_s = event.seconds(0), 0.0
    elif event.event in DONE:
        place = DONE[event.event]
        wait_s, told_s = event.seconds(place - 1), event.seconds(place)
        if told_s is None:
            return None
        talk_s = told_s
    else:
        place = LOST[event.event]
        wait_s, talk_s = event.seconds(place) if place >= 0 else None, 0.0
    if wait_s is None:
        return None
    return _Visit(event.queue, event.time_s - talk_s - wait_s, [event.row])
