"""Where marks are kept: one small file for each time that something was proposed, accepted or undone; none is ever changed."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from wfm.errors import BadInput
from wfm.i18n import Text, list_words, say
from wfm.records.cleaning.marks import Mark
from wfm.records.whole_files import write_whole

__all__ = ["MarkEvent", "MarkHistory"]

Event = Literal["proposed", "withdrawn", "accepted", "undone"]


@dataclass(frozen=True, slots=True)
class MarkEvent:
    """What happened to a mark."""

    mark_id: str
    event: Event
    by: str
    at: datetime
    mark: Mark | None
    """As it was found or added; None where only its status changed."""


class MarkHistory:
    """The marks of one hotline under ``home``: ``records/HOTLINE/marks/*.jsonl``, a line for each event."""

    def __init__(self, home: Path, hotline_id: str) -> None:
        self.folder = Path(home) / "records" / hotline_id / "marks"

    def events(self) -> list[MarkEvent]:
        """Everything that happened, in order.

        Raises:
            BadInput: a file cannot be read.
        """
        found = []
        for path in sorted(self.folder.glob("*.jsonl")):
            try:
                rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
                found += [_event(row) for row in rows]
            except (ValueError, KeyError, TypeError, OSError):
                raise BadInput(say("{path}: is no readable file of marks", path=path)) from None
        return sorted(found, key=lambda event: event.at)

    def marks(self) -> list[Mark]:
        """Each mark as it stands, by time; proposals that were not found again are left out."""
        return sorted(self._standing().values(), key=lambda mark: (mark.start, mark.line or "", mark.kind))

    def _standing(self) -> dict[str, Mark]:
        standing: dict[str, Mark] = {}
        known: dict[str, Mark] = {}
        for event in self.events():
            if event.mark is not None:
                known[event.mark_id] = event.mark
            if event.event == "withdrawn":
                standing.pop(event.mark_id, None)
            elif event.mark_id in known:
                standing[event.mark_id] = replace(known[event.mark_id], status=event.event, by=event.by, at=event.at)
        return standing

    def propose(self, found: Sequence[Mark], by: str, *, start: datetime, end: datetime) -> list[Mark]:
        """Keep what was found between two moments, and return the marks that touch them as they now stand.

        What was accepted or undone before stays so. A proposal inside the stretch that is not found any more is withdrawn.
        """
        standing = self._standing()
        now = datetime.now(UTC)
        rows: list[dict[str, Any]] = []
        for mark in found:
            before = standing.get(mark.id)
            if before is None or (before.status == "proposed" and before.reason != mark.reason):
                rows.append(_row("proposed", mark.id, by, now, mark))
        again = {mark.id for mark in found}
        for mark in standing.values():
            if mark.status == "proposed" and mark.id not in again and start <= mark.start and mark.end <= end:
                rows.append(_row("withdrawn", mark.id, by, now))
        self._append(rows)
        return [mark for mark in self.marks() if mark.start < end and mark.end > start]

    def add(self, mark: Mark, by: str) -> Mark:
        """Keep a mark that a person made, accepted at once."""
        now = datetime.now(UTC)
        self._append([_row("accepted", mark.id, by, now, mark)])
        return replace(mark, status="accepted", by=by, at=now)

    def accept(self, ids: Iterable[str], by: str) -> list[Mark]:
        """Accept marks; those accepted before stay as they are.

        Raises:
            BadInput: there is no such mark.
        """
        return self._change(ids, "accepted", by)

    def undo(self, ids: Iterable[str], by: str) -> list[Mark]:
        """Undo marks: they are not applied any more, and not proposed again.

        Raises:
            BadInput: there is no such mark.
        """
        return self._change(ids, "undone", by)

    def _change(self, ids: Iterable[str], event: Literal["accepted", "undone"], by: str) -> list[Mark]:
        standing = self._standing()
        wanted = list(dict.fromkeys(ids))
        unknown = [name for name in wanted if name not in standing]
        if unknown:
            raise BadInput(
                say(
                    "found mark {found}, allowed are {allowed}",
                    found=unknown[0],
                    allowed=list_words(sorted(standing)) or say("none: nothing is marked"),
                )
            )
        now = datetime.now(UTC)
        self._append([_row(event, name, by, now) for name in wanted if standing[name].status != event])
        after = self._standing()
        return [after[name] for name in wanted]

    def _append(self, rows: list[dict[str, Any]]) -> None:
        """A new file under a name of its own, whole or not at all."""
        if not rows:
            return
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(4)}"
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        write_whole(self.folder / f"{name}.jsonl", text.encode())


def _row(event: Event, name: str, by: str, at: datetime, mark: Mark | None = None) -> dict[str, Any]:
    row: dict[str, Any] = {"event": event, "id": name, "by": by, "at": at.isoformat()}
    if mark is not None:
        row["mark"] = mark.as_dict()
    return row


def _event(row: dict[str, Any]) -> MarkEvent:
    kept = row.get("mark")
    at = datetime.fromisoformat(row["at"])
    mark = None
    if kept is not None:
        mark = Mark(
            id=row["id"],
            line=kept["line"],
            start=datetime.fromisoformat(kept["start"]),
            end=datetime.fromisoformat(kept["end"]),
            kind=kept["kind"],
            reason=Text(**kept["reason"]),
            name=None if kept["name"] is None else Text(**kept["name"]),
            by=row["by"],
            at=at,
            found=kept["found"],
            usual=kept["usual"],
            spread=kept["spread"],
        )
    return MarkEvent(row["id"], row["event"], row["by"], at, mark)
