"""Quick answers of the plans that are looked at, each prepared once and kept as long as its plan is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date

from scenarios.plan import Plan
from scenarios.quick_answer import QuickAnswer, QuickAnswers
from scenarios.quick_change import Change

__all__ = ["QUICK", "QuickShelf"]

_PLANS, _ANSWERS = 6, 96


class QuickShelf:
    """Quick answers by plan, and the last answers themselves. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[int, tuple[Plan, QuickAnswers]] = OrderedDict()
        self._told: OrderedDict[tuple[object, ...], QuickAnswer] = OrderedDict()

    def of(self, plan: Plan) -> QuickAnswers:
        """Those of a plan, made when they are first asked for."""
        with self._lock:
            found = self._made.get(id(plan))
            if found is not None and found[0] is plan:
                self._made.move_to_end(id(plan))
                return found[1]
        made = QuickAnswers(plan)
        with self._lock:
            self._made[id(plan)] = (plan, made)
            while len(self._made) > _PLANS:
                gone, _ = self._made.popitem(last=False)
                for key in [key for key in self._told if key[0] == gone]:
                    del self._told[key]
        return made

    def answer(self, plan: Plan, change: Change, days: Sequence[date]) -> QuickAnswer:
        """The answer for these days, kept from the last time if it was asked before.

        Raises:
            BadInput: the change is out of range.
        """
        quick = self.of(plan)
        limits = tuple(sorted(change.limits.items()))
        numbers = (change.volume, change.aht, change.patience, change.shrinkage, change.ivr, change.confidence)
        key = (id(plan), *numbers, limits, tuple(days))
        with self._lock:
            if key in self._told:
                self._told.move_to_end(key)
                return self._told[key]
        found = quick.answer(change, days)
        with self._lock:
            self._told[key] = found
            while len(self._told) > _ANSWERS:
                self._told.popitem(last=False)
        return found


QUICK = QuickShelf()
"""The shelf of this process."""
