"""Who works when, as arrays that change while a roster grows: the state that rules look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scheduler.shift_times import utc_minutes
from scheduler.slots import Slot, Slots
from scheduler.table_rows import rows_of

__all__ = ["Work"]

NEVER_BEFORE = -(2**40)
NEVER_AFTER = 2**40


@dataclass
class Work:
    """Assignments so far. All arrays are (agents, days); days as in :class:`~scheduler.slots.Slots`.

    Attributes:
        slot: index of the slot worked, -1 for none; duties of the past carry -2.
        on: a duty begins on the day.
        night: a night duty begins on the day.
        spill: a duty begun the day before reaches into the day.
        paid_min: minutes that count toward the hours band.
        start: start in UTC minutes; far in the future where there is no duty.
        end: end in UTC minutes; far in the past where there is no duty.
        filled: (slots,) how many agents each slot has.
    """

    slots: Slots
    slot: NDArray[np.int64]
    on: NDArray[np.bool_]
    night: NDArray[np.bool_]
    spill: NDArray[np.bool_]
    paid_min: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    filled: NDArray[np.int64]

    @classmethod
    def of_history(cls, slots: Slots) -> Work:
        """Nobody works yet in the period; the past as its duties tell it."""
        shape = (slots.n_agents, slots.n_days)
        work = cls(
            slots=slots,
            slot=np.full(shape, -1, dtype=np.int64),
            on=np.zeros(shape, dtype=bool),
            night=np.zeros(shape, dtype=bool),
            spill=np.zeros(shape, dtype=bool),
            paid_min=np.zeros(shape, dtype=np.int64),
            start=np.full(shape, NEVER_AFTER, dtype=np.int64),
            end=np.full(shape, NEVER_BEFORE, dtype=np.int64),
            filled=np.zeros(len(slots.all), dtype=np.int64),
        )
        if slots.problem.history is not None:
            work._add_history(slots.problem.history)
        return work

    def _add_history(self, history: pd.DataFrame) -> None:
        rules = self.slots.problem.hotline.rules
        zone = self.slots.problem.zone
        for row in rows_of(history):
            agent = self.slots.agent_numbers.get(str(row.agent))
            day = self.slots.day_of(pd.Timestamp(row.date).date())
            if agent is None or not 0 <= day < self.slots.day_of(self.slots.problem.first):
                continue
            shift = self.slots.shifts.get(str(row.shift))
            start, end = utc_minutes(row.start), utc_minutes(row.end)
            paid = round(shift.paid_h * 60) if shift else end - start
            self.on[agent, day] = True
            self.slot[agent, day] = -2
            self.night[agent, day] |= bool(shift and shift.night)
            self.paid_min[agent, day] += paid if row.role == "A" else round(paid * rules.standby_hours_share)
            self.start[agent, day] = min(self.start[agent, day], start)
            self.end[agent, day] = max(self.end[agent, day], end)
            last = pd.Timestamp(row.end).tz_convert(zone) - pd.Timedelta(minutes=1)
            self.spill[agent, day + 1] |= last.date() > pd.Timestamp(row.date).date()

    def assign(self, agent: int, slot: Slot) -> None:
        """Give the slot to the agent, who must have no duty on that day."""
        day = slot.day
        self.slot[agent, day] = slot.index
        self.on[agent, day] = True
        self.night[agent, day] = slot.shift.night
        self.spill[agent, day + 1] = slot.spills
        self.paid_min[agent, day] = slot.paid_min
        self.start[agent, day] = slot.start
        self.end[agent, day] = slot.end
        self.filled[slot.index] += 1

    def release(self, agent: int, day: int) -> None:
        """Take back the duty that begins on ``day``."""
        self.filled[self.slot[agent, day]] -= 1
        self.slot[agent, day] = -1
        self.on[agent, day] = False
        self.night[agent, day] = False
        self.spill[agent, day + 1] = False
        self.paid_min[agent, day] = 0
        self.start[agent, day] = NEVER_AFTER
        self.end[agent, day] = NEVER_BEFORE

    def copy(self) -> Work:
        """A copy that can go another way."""
        arrays = ("slot", "on", "night", "spill", "paid_min", "start", "end", "filled")
        return Work(self.slots, *(getattr(self, name).copy() for name in arrays))

    def assignments(self) -> list[tuple[int, Slot]]:
        """All (agent, slot) of the period, by day."""
        found = []
        for day in self.slots.period:
            for agent in np.flatnonzero(self.slot[:, day] >= 0):
                found.append((int(agent), self.slots.all[int(self.slot[agent, day])]))
        return found

    def missing(self) -> NDArray[np.int64]:
        """(slots,): posts still to fill."""
        return np.array([s.need for s in self.slots.all], dtype=np.int64) - self.filled
