"""Handing over: how long consecutive duties of a post overlap."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from scheduler.table_rows import rows_of
from wfm.i18n import Text, both

__all__ = ["Handover", "handovers", "short_handovers"]


@dataclass(frozen=True, slots=True)
class Handover:
    """The A of one duty hands the post over to the A of the next.

    Attributes:
        group: whose post.
        number: number of the post within its group.
        from_agent: who leaves, at ``ends``.
        to_agent: who comes, at ``begins``.
        overlap_min: minutes from the begin of the next duty to the end of this one.
    """

    group: str
    number: str
    from_agent: str
    to_agent: str
    begins: datetime
    ends: datetime

    @property
    def overlap_min(self) -> float:
        """Minutes that both are there."""
        return (self.ends - self.begins).total_seconds() / 60


def handovers(duties: pd.DataFrame) -> list[Handover]:
    """Every handing over of an A post, by time: the next duty of the same group and number, begun while this one lasts
    or at its end. A post that closes or that the same person keeps is not handed over.

    Args:
        duties: ``tables.DUTIES``; the post's number is the last part of its identifier.
    """
    posts: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows_of(duties[duties["role"] == "A"].sort_values(["start", "end", "agent"], kind="stable")):
        posts[str(row.group), str(row.post).rpartition("/")[2]].append(row)
    found = []
    for (group, number), rows in posts.items():
        for n, row in enumerate(rows):
            after = next((x for x in rows[n + 1 :] if x.start > row.start and x.end > row.end), None)
            if after is not None and after.start <= row.end and after.agent != row.agent:
                moments = (pd.Timestamp(after.start).to_pydatetime(), pd.Timestamp(row.end).to_pydatetime())
                found.append(Handover(group, number, str(row.agent), str(after.agent), *moments))
    return sorted(found, key=lambda h: (h.ends, h.group, h.number))


def short_handovers(duties: pd.DataFrame, least_min: float) -> list[Text]:
    """One sentence for each handing over that overlaps less than ``least_min`` minutes."""
    return [
        both(
            "{at}, {group} post {number}: {leaver} and {comer} overlap {found:g} min; {least:g} min are needed",
            at=f"{h.ends:%Y-%m-%d %H:%M}",
            group=h.group,
            number=h.number,
            leaver=h.from_agent,
            comer=h.to_agent,
            found=h.overlap_min,
            least=least_min,
        )
        for h in handovers(duties)
        if h.overlap_min < least_min - 1e-9
    ]
