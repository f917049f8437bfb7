"""Who works when, as arrays that change while a roster grows: the state that rules look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.slots import Slot, Slots

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
        paid_min: minutes that count toward the hours band, training included.
        start: start in UTC minutes; far in the future where there is no duty.
        end: end in UTC minutes; far in the past where there is no duty.
        filled: (slots,) how many agents each slot has.
        shift: number of the shift in the hotline's order, -1 for none or one that is no longer known.
        minute: minute of the local day at which the duty begins, -1 for none.
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
    shift: NDArray[np.int64]
    minute: NDArray[np.int64]

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
            paid_min=slots.training_min.copy(),
            start=np.full(shape, NEVER_AFTER, dtype=np.int64),
            end=np.full(shape, NEVER_BEFORE, dtype=np.int64),
            filled=np.zeros(len(slots.all), dtype=np.int64),
            shift=np.full(shape, -1, dtype=np.int64),
            minute=np.full(shape, -1, dtype=np.int64),
        )
        work._add_history()
        return work

    def _add_history(self) -> None:
        numbers = self.slots.shift_numbers
        for duty in self.slots.past:
            agent, day = duty.agent, duty.day
            if day < 0:
                continue
            self.on[agent, day] = True
            self.slot[agent, day] = -2
            self.night[agent, day] |= bool(duty.shift and duty.shift.night)
            self.paid_min[agent, day] += duty.paid_min
            self.start[agent, day] = min(self.start[agent, day], duty.start)
            self.end[agent, day] = max(self.end[agent, day], duty.end)
            self.spill[agent, day + 1] |= duty.spills
            self.shift[agent, day] = numbers.get(duty.shift_id, -1)
            self.minute[agent, day] = duty.minute

    def assign(self, agent: int, slot: Slot) -> None:
        """Give the slot to the agent, who must have no duty on that day."""
        day = slot.day
        self.slot[agent, day] = slot.index
        self.on[agent, day] = True
        self.night[agent, day] = slot.shift.night
        self.spill[agent, day + 1] = slot.spills
        self.paid_min[agent, day] = slot.paid_min + self.slots.training_min[agent, day]
        self.start[agent, day] = slot.start
        self.end[agent, day] = slot.end
        self.shift[agent, day] = self.slots.shift_numbers[slot.shift.id]
        self.minute[agent, day] = slot.shift.start_min
        self.filled[slot.index] += 1

    def release(self, agent: int, day: int) -> None:
        """Take back the duty that begins on ``day``."""
        self.filled[self.slot[agent, day]] -= 1
        self.slot[agent, day] = -1
        self.on[agent, day] = False
        self.night[agent, day] = False
        self.spill[agent, day + 1] = False
        self.paid_min[agent, day] = self.slots.training_min[agent, day]
        self.start[agent, day] = NEVER_AFTER
        self.end[agent, day] = NEVER_BEFORE
        self.shift[agent, day] = -1
        self.minute[agent, day] = -1

    def copy(self) -> Work:
        """A copy that can go another way."""
        arrays = ("slot", "on", "night", "spill", "paid_min", "start", "end", "filled", "shift", "minute")
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
