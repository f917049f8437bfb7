"""What one slot is, a shift of a group on a date in a role, and the slots that a problem's posts make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from scheduler.shift_times import duty_times, utc_minutes
from scheduler.table_rows import rows_of
from wfm.hotline import Shift

if TYPE_CHECKING:
    from scheduler.slots import Slots

__all__ = ["Role", "Slot", "slots_in_time"]

Role = Literal["A", "B"]
ROLES: tuple[Role, ...] = ("A", "B")


@dataclass(frozen=True, slots=True)
class Slot:
    """All posts of one (date, group, shift, role).

    ``day`` counts from the first day of the arrays, ``PAST_DAYS`` before the period.
    """

    index: int
    day: int
    group: str
    shift: Shift
    role: Role
    need: int
    start: int
    """Start and end in UTC minutes."""
    end: int
    spills: bool
    """Whether the duty reaches into the next calendar day."""
    paid_min: int
    """Minutes that count toward the hours band: a standby's by ``rules.standby_hours_share``."""
    rest_day: bool
    """Begun on a weekend day or holiday."""
    short_cost: int | None = None
    """Cost of each of the posts that nobody fills, where the posts name it."""
    surplus_cost: int | None = None
    """Cost of each person beyond the posts; None: nobody beyond them."""


def slots_in_time(slots: Slots) -> tuple[Slot, ...]:
    """Every (date, group, shift, role) with at least one post, or one to which people may be added, by time."""
    share = slots.problem.hotline.rules.standby_hours_share
    found: list[Slot] = []
    rows = sorted(
        (pd.Timestamp(r.date).date(), slots.shifts[r.shift].start_min, r.group, r.shift, number)
        for number, r in enumerate(rows_of(slots.problem.posts))
    )
    posts = list(rows_of(slots.problem.posts))
    for day, _, group, shift_id, number in rows:
        row = posts[number]
        shift = slots.shifts[shift_id]
        start, end = duty_times(day, shift, slots.problem.zone)
        paid = round(shift.paid_h * 60)
        short, surplus = _cost(row, "short_cost"), _cost(row, "surplus_cost")
        for role in ROLES:
            need = int(row.posts_a if role == "A" else row.posts_b)
            if need > 0 or (role == "A" and surplus is not None):
                found.append(
                    Slot(
                        index=len(found),
                        day=slots.day_of(day),
                        group=group,
                        shift=shift,
                        role=role,
                        need=need,
                        start=utc_minutes(start),
                        end=utc_minutes(end),
                        spills=shift.start_min + shift.length_min > 1440,
                        paid_min=paid if role == "A" else round(paid * share),
                        rest_day=slots.is_rest_day(slots.day_of(day)),
                        short_cost=short if role == "A" else None,
                        surplus_cost=surplus if role == "A" else None,
                    )
                )
    return tuple(found)


def _cost(row: object, column: str) -> int | None:
    """A cost of a posts row; None where the column is missing or empty."""
    value = getattr(row, column, None)
    return None if value is None or pd.isna(value) else round(float(value))
