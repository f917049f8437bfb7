"""Agents' presence out of Asterisk's ``queue_log``: who was a member of a queue, and who paused.

A line is ``epoch|call|queue|agent|EVENT|data…``. Somebody is signed in while a member of at least one queue in which no
pause holds; paused in all of them is a break, or what the pause's reason says. Events of calls are left out here: the
import of calls reads them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from wfm.errors import BadInput
from wfm.execution import Progress, no_progress
from wfm.i18n import say
from wfm.records.item_importing import ItemImport, import_result
from wfm.records.reading import need_file, text_encoding
from wfm.records.rejecting import Rejected
from wfm.records.state_importing import LONGEST_H
from wfm.tables import AGENT_STATES

if TYPE_CHECKING:
    from wfm.hotline import Hotline

__all__ = ["import_queue_log_states", "is_queue_log"]

JOINS = {"ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"}
LEAVES = {"REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"}
PAUSES = {"PAUSE", "PAUSEALL"}
RESUMES = {"UNPAUSE", "UNPAUSEALL"}
EVERY_QUEUE = {"", "NONE", "ALL"}
"""Queue of events that hold for every queue of the agent."""

_LINE = re.compile(r"^\d{9,11}(\.\d+)?\|[^|]*\|[^|]*\|[^|]*\|[A-Z]+")
_REASONS = {"wrap": "wrap_up", "acw": "wrap_up", "整理": "wrap_up", "后处理": "wrap_up"} | dict.fromkeys(
    ("train", "meet", "coach", "admin", "培训", "会议", "办公", "外出"), "other"
)


def is_queue_log(path: Path) -> bool:
    """Whether the first lines of the file are those of a queue log."""
    try:
        with path.open("rb") as file:
            lines = [line.decode("utf-8", "replace").strip() for line in islice(file, 5)]
    except OSError:
        return False
    lines = [line.lstrip("\ufeff") for line in lines if line]
    return bool(lines) and all(_LINE.match(line) for line in lines)


@dataclass(slots=True)
class _Agent:
    """Queues of one agent → whether paused there, and the state since when."""

    queues: dict[str, bool] = field(default_factory=dict)
    reason: str = ""
    state: str = ""
    since: float = 0.0
    row: int = 0

    def now(self) -> str:
        if not self.queues:
            return "offline"
        if not all(self.queues.values()):
            return "signed_in"
        plain = unicodedata.normalize("NFKC", self.reason).casefold()
        return next((state for word, state in _REASONS.items() if word in plain), "break")


def import_queue_log_states(
    path: str | Path, *, hotline: Hotline, names: dict[str, str] | None = None, progress: Progress = no_progress
) -> ItemImport:
    """States ``signed_in``, ``break``, ``wrap_up``, ``other`` and ``offline`` of every agent of a queue log.

    The state that holds at the end of the log is known until the log's last line; a later log that begins before
    continues it.

    Args:
        path: the log.
        hotline: whose agents they are.
        names: members as the log names them → agents; others keep what stands behind the last slash, as 1001 of PJSIP/1001.
        progress: told when the log is read.

    Raises:
        BadInput: the file cannot be read, or nobody's presence stands in it.
    """
    path = Path(path)
    need_file(path)
    told: list[Rejected] = []
    left_out: list[Rejected] = []
    agents: dict[str, _Agent] = {}
    rows: list[tuple[str, str, float, float, int]] = []
    rows_read, events, last = 0, 0, 0.0
    for number, line in _lines(path):
        rows_read += 1
        cells = line.split("|")
        if len(cells) < 5:
            told.append(Rejected(number, "torn", found=str(len(cells)), allowed="5"))
            continue
        try:
            moment = float(cells[0])
        except ValueError:
            told.append(Rejected(number, "bad_time", "epoch", repr(cells[0][:20])))
            continue
        last = max(last, moment)
        event = cells[4].strip()
        if event not in JOINS | LEAVES | PAUSES | RESUMES:
            left_out.append(Rejected(number, "no_presence_event", found=event[:40]))
            continue
        member = cells[3].strip()
        if member in EVERY_QUEUE:
            told.append(Rejected(number, "no_item", "agent"))
            continue
        name = (names or {}).get(member) or member.rpartition("/")[2]
        events += 1
        agent = agents.setdefault(name, _Agent())
        _apply(agent, event, cells[2].strip(), cells[5].strip() if len(cells) > 5 else "")
        state = agent.now()
        if state != agent.state:
            if agent.state:
                rows.append((name, agent.state, agent.since, max(moment, agent.since), agent.row))
            agent.state, agent.since, agent.row = state, moment, number
    progress(1, 1)
    rows += [(name, a.state, a.since, max(last, a.since), a.row) for name, a in agents.items()]
    if not rows:
        raise BadInput(say("{name}: tells of nobody's presence: no member joins, leaves or pauses", name=path.name))
    long = [row for row in rows if row[3] - row[2] > LONGEST_H * 3600 and row[1] != "offline"]
    told += [Rejected(row[4], "too_long", "agent", repr(row[1])) for row in long]
    items = pd.DataFrame(
        [row for row in rows if row not in long], columns=["agent", "state", "start", "end", "row"]
    ).astype({"agent": "string", "state": "string"})
    for column in ("start", "end"):
        moments = pd.to_datetime((items[column] * 1000).round(), unit="ms", utc=True)
        items[column] = moments.astype("datetime64[ns, UTC]").dt.tz_convert(hotline.time_zone)
    items = items[(items["end"] > items["start"]) | ~items.duplicated(["agent", "start"], keep=False)]
    found = import_result(path, AGENT_STATES, items, rows_read, repr(sorted((names or {}).items())), hotline)
    return ItemImport(
        AGENT_STATES,
        found.items,
        rows_read,
        found.content_hash,
        found.source_hash,
        sorted(told, key=lambda r: r.row),
        left_out,
        columns=("agent", "state", "start", "end"),
        events=events - len(long),
    )


def _apply(agent: _Agent, event: str, queue: str, data: str) -> None:
    everywhere = queue in EVERY_QUEUE or event.endswith("ALL")
    if event in JOINS:
        agent.queues["" if everywhere else queue] = data == "PAUSED"
    elif event in LEAVES:
        if everywhere:
            agent.queues.clear()
        agent.queues.pop(queue, None)
    else:
        # Members that the configuration lists never join: that they pause or resume tells that they are members.
        concerned = (list(agent.queues) or [""]) if everywhere else [queue]
        agent.queues.update(dict.fromkeys(concerned, event in PAUSES))
        if event in PAUSES:
            agent.reason = data


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding=text_encoding(path)) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, line.rstrip("\r\n")
