"""Which line a queue, split or skill of a foreign file is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wfm.errors import BadInput
from wfm.i18n import list_words, say
from wfm.records.mapping_parts import SKIP

if TYPE_CHECKING:
    from wfm.hotline import Hotline
    from wfm.records.mapping_parts import ChoiceColumn, TextColumn

__all__ = ["QueueLines", "need_line_column", "read_line_pairs"]


class QueueLines:
    """Finds the line of a queue: by the mapping given, else by a line's id or name.

    A hotline with one line needs no mapping: every queue is that line. Once a mapping is given, it says them all.

    Raises:
        BadInput: the mapping names a line that the hotline does not have.
    """

    def __init__(self, hotline: Hotline, given: Mapping[str, str]) -> None:
        for queue, wanted in given.items():
            if wanted != SKIP and wanted not in hotline.line_ids:
                raise BadInput(
                    say(
                        "lines: {queue} = {found!r}: {hotline} has no such line; known: {known}",
                        queue=queue,
                        found=wanted,
                        hotline=hotline.id,
                        known=list_words([*hotline.line_ids, SKIP]),
                    )
                )
        named = {line.id: line.id for line in hotline.lines}
        for line in hotline.lines:
            named |= {line.name.zh: line.id, line.name.en: line.id}
        self._known = {**named, **given}
        self._only = hotline.line_ids[0] if len(hotline.lines) == 1 and not given else None
        self._told = list_words(sorted(given) if given else hotline.line_ids)

    @property
    def known(self) -> str:
        """The queues that are known, as a message names them."""
        return self._told

    def find(self, *names: str) -> str | None:
        """Line of the first of ``names`` that is known; ``skip`` for a queue left out; None for an unknown one."""
        for name in names:
            if name in self._known:
                return self._known[name]
        return self._only


def need_line_column(column: TextColumn | ChoiceColumn | None, hotline: Hotline) -> None:
    """Refuse a mapping that does not tell the line, which only a hotline with one line can do without.

    Raises:
        BadInput: ``column`` is None, and the hotline has several lines.
    """
    if column is None and len(hotline.lines) > 1:
        raise BadInput(
            say(
                "mapping: columns.line is missing; {hotline} has several lines: {known}",
                hotline=hotline.id,
                known=list_words(hotline.line_ids),
            )
        )


def read_line_pairs(text: str) -> dict[str, str]:
    """``queue=line,queue=line`` as the command line takes it.

    Raises:
        BadInput: a part is no pair, or a queue stands twice with different lines.
    """
    found: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        queue, sign, line = part.rpartition("=")
        if not (sign and queue.strip() and line.strip()):
            raise BadInput(say("--lines: found {found!r}, allowed is QUEUE=LINE,QUEUE=LINE", found=part))
        if found.setdefault(queue.strip(), line.strip()) != line.strip():
            raise BadInput(say("--lines: {queue} stands twice", queue=queue.strip()))
    return found
