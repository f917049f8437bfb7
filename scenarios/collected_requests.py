"""What people asked for the month that a roster is built for: leave, busy hours and wishes in the planning store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from wfm.hotline import Busy, Leave, Wish
from wfm.i18n import Text, both
from wfm.store import MonthRequest, open_store, store_status

__all__ = ["ABSENT", "NO_REQUESTS", "Requests", "collected", "requests_of_month"]

ABSENT = "absent"
"""Kind of what is no request: somebody is known to be away, ill for instance. It counts whenever it came to be known."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests that a roster takes in.

    Attributes:
        leave: days away, beside those of ``leave.csv``.
        wishes: duties people would like or would like not to have.
        busy: hours in which people cannot be on duty.
        count: how many requests that is.
        late: how many came in after the deadline and are left out.
    """

    leave: tuple[Leave, ...] = ()
    wishes: tuple[Wish, ...] = ()
    busy: tuple[Busy, ...] = ()
    count: int = 0
    late: int = 0

    def plain(self) -> list[Any]:
        """All of them as plain values, for the hash of the inputs."""
        return [item.model_dump(mode="json") for item in (*self.leave, *self.wishes, *self.busy)]

    def notes(self) -> tuple[Text, ...]:
        """What was taken in and what was left out, in words."""
        found = []
        if self.count:
            found.append(both("taken in of the month's requests: {count}", count=self.count))
        if self.late:
            found.append(both("left out, as they came after the deadline (--late-requests): {late}", late=self.late))
        return tuple(found)


NO_REQUESTS = Requests()


def collected(requests: tuple[MonthRequest, ...], *, late: bool) -> tuple[list[Leave], list[Wish], list[Busy]]:
    """Requests as the roster's problem reads them; those that came in late only if asked for, absences always."""
    leave: list[Leave] = []
    wishes: list[Wish] = []
    busy: list[Busy] = []
    for request in requests:
        if request.late and not late and request.kind != ABSENT:
            continue
        said, agent = request.details, request.agent
        if request.kind == "busy":
            times = {key: datetime.fromisoformat(said[key]) for key in ("start", "end")}
            busy.append(Busy(agent=agent, reason=said["reason"], **times))
            continue
        first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
        if request.kind in ("leave", ABSENT):
            leave.append(Leave(agent=agent, first=first, last=last, reason=said["reason"]))
            continue
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        wanted = request.kind == "wish_on"
        wishes += [Wish(agent=agent, date=day, shift=said["shift"], wanted=wanted) for day in days]
    return leave, wishes, busy


def requests_of_month(hotline: str, first: date, *, late: bool = False) -> Requests:
    """What the planning store has collected for the month that begins on ``first``; nothing where there is no store.

    Args:
        hotline: identifier of the hotline.
        first: first day of the month.
        late: take in those that came after the deadline too.

    Raises:
        BadInput: the store cannot be opened, or is of another version.
    """
    if store_status().state in ("absent", "empty"):
        return NO_REQUESTS
    store = open_store()
    month = store.months.month(hotline, first)
    if month is None:
        return NO_REQUESTS
    asked = tuple(store.months.requests(month))
    leave, wishes, busy = collected(asked, late=late)
    left = 0 if late else sum(request.late and request.kind != ABSENT for request in asked)
    return Requests(tuple(leave), tuple(wishes), tuple(busy), len(asked) - left, left)
