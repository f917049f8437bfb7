"""The scheduler's month as pure rules: collecting → building → published → running → settled.

The state follows from facts: whether the deadline for requests has passed, whether a roster is published, whether its
first day has begun, whether it is settled. Deadlines are parameters of the hotline (``roster_cycle``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import Text, say

__all__ = [
    "MONTH_STATES",
    "MonthDates",
    "MonthState",
    "month_dates",
    "refuse_late_swap",
    "refuse_settled",
    "state_of_month",
]

MonthState = Literal["collecting", "building", "published", "running", "settled"]

MONTH_STATES: dict[MonthState, Text] = {
    "collecting": Text("collecting requests", "收集请假与意愿"),
    "building": Text("building", "排班中"),
    "published": Text("published", "已发布"),
    "running": Text("running", "执行中"),
    "settled": Text("settled", "已结算"),
}
"""States in their order, with the words shown."""


@dataclass(frozen=True, slots=True)
class MonthDates:
    """A roster's month and its deadlines (times with time zone; each deadline is the first moment that is too late).

    Attributes:
        first: first day of the roster.
        last: its last day.
        begins: the first day's midnight.
        collect_until: requests that come in from here on are late.
        publish_until: a roster published from here on is late.
        swap_until: how long before its begin a duty may still be swapped.
        handover_min: minutes that consecutive duties of a post overlap.
    """

    first: date
    last: date
    begins: datetime
    collect_until: datetime
    publish_until: datetime
    swap_until: timedelta
    handover_min: int


def month_dates(hotline: Hotline, first: date, last: date) -> MonthDates:
    """The deadlines of the roster from ``first`` to ``last``.

    Raises:
        BadInput: ``last`` lies before ``first``.
    """
    if last < first:
        raise BadInput(say("the month ends ({last}) before it starts ({first})", last=last, first=first))
    cycle, zone = hotline.roster_cycle, ZoneInfo(hotline.time_zone)

    def end_of(days_before: int) -> datetime:
        day = first - timedelta(days=days_before - 1)
        return datetime(day.year, day.month, day.day, tzinfo=zone)

    return MonthDates(
        first=first,
        last=last,
        begins=datetime(first.year, first.month, first.day, tzinfo=zone),
        collect_until=end_of(cycle.collect_by_days),
        publish_until=end_of(cycle.publish_by_days),
        swap_until=timedelta(hours=cycle.swap_until_h),
        handover_min=cycle.handover_min,
    )


def state_of_month(dates: MonthDates, now: datetime, *, published: bool, settled: bool) -> MonthState:
    """What the month is at ``now`` (with time zone). A month that began without a roster is still building."""
    if settled:
        return "settled"
    if published:
        return "running" if now >= dates.begins else "published"
    return "building" if now >= dates.collect_until else "collecting"


def refuse_settled(dates: MonthDates, *, settled: bool) -> None:
    """Refuse a change of a month that is settled.

    Raises:
        BadInput: it is settled.
    """
    if settled:
        raise BadInput(
            say(
                "the roster from {first} to {last} is settled; it is not changed any more",
                first=dates.first,
                last=dates.last,
            )
        )


def refuse_late_swap(dates: MonthDates, begins: datetime, now: datetime) -> None:
    """Refuse to swap a duty that ``begins`` too soon after ``now``, or has begun.

    Raises:
        BadInput: the deadline has passed.
    """
    latest = begins - dates.swap_until
    if now > latest:
        raise BadInput(
            say(
                "the duty that begins at {begins} could be swapped until {latest} ({hours:g} h before)",
                begins=f"{begins:%Y-%m-%d %H:%M}",
                latest=f"{latest.astimezone(begins.tzinfo):%Y-%m-%d %H:%M}",
                hours=dates.swap_until.total_seconds() / 3600,
            )
        )
