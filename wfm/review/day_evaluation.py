"""What a day is expected to come to, by the queueing formulas: counts of every line, of which KPIs are made.

Each group is one queue (M/M/n+G with the lines' laws of patience mixed by their calls, as in sizing). What earlier
intervals left is carried on: the rate that a queue sees in an interval is the modified rate of
:func:`wfm.staffing.backlog.backlog_performance`, so that an overload lasts until it is worked off; of that rate the
stationary queue's waits are taken. Seats that are no whole number are taken as a mixture in time of the two next to
them. Callers who fail call again as :mod:`wfm.queueing.attempts` has it, attempts and abandonment settled together.

Left out: busy circuits, overflow to other groups, priorities among a group's lines (they wait alike here), call-backs
and other work that occupies idle seats. Where these matter, the simulation is to be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.hotline import Hotline, open_intervals, serving_groups
from wfm.metrics import COUNTS, THREE_RINGS_S
from wfm.queueing import PatienceLaw, solve
from wfm.review.day_inputs import DayInputs, hotline_with
from wfm.staffing.backlog import backlog_performance
from wfm.staffing.pooled_patience import patience_of
from wfm.tables import WAIT_THRESHOLDS_S

__all__ = ["DayFormulas"]

Floats = NDArray[np.float64]

_SETTLED = 4
"""Rounds in which redials and abandonment settle: the error shrinks by redials × abandonment with each."""


class DayFormulas:
    """The formulas of one day of a hotline; the inputs are told to :meth:`counts`."""

    def __init__(
        self,
        hotline: Hotline,
        grid: TimeGrid,
        calendar: WorkingCalendar,
        *,
        carry_over: bool = True,
        needed: Collection[str] = COUNTS,
    ) -> None:
        """Make ready for a day.

        Args:
            hotline: its settings; those that a day's inputs hold are taken from them.
            grid: the day.
            calendar: for opening hours.
            carry_over: follow what earlier intervals left; without it many times faster, and rougher.
            needed: counts that are asked for; others may be zero.
        """
        self.hotline, self.grid, self.carry_over = hotline, grid, carry_over
        self.needed = set(needed)
        opened = open_intervals(hotline, grid, calendar)
        number = {group.id: k for k, group in enumerate(hotline.groups)}
        named = serving_groups(hotline, grid)
        serving = np.array([[number.get(str(g), -1) for g in named[line]] for line in hotline.line_ids])
        self.serving = np.where(opened, serving, -1)
        self.belongs = self.serving[None] == np.arange(len(hotline.groups))[:, None, None]
        """``(G, L, T)`` the group serves the line."""

    def counts(self, inputs: DayInputs) -> dict[str, Floats]:
        """Expected :data:`wfm.metrics.COUNTS` of each line over the day, ``(L,)``; ``blocked`` is zero."""
        return {name: cells.sum(axis=1) for name, cells in self.cells(inputs).items()}

    def cells(self, inputs: DayInputs) -> dict[str, Floats]:
        """The same of each interval, ``(L, T)``."""
        hotline = hotline_with(self.hotline, inputs)
        offered = inputs.arrivals
        asking = offered * max(1 - sum(inputs.ivr), 0.0)
        first = np.where(self.serving >= 0, asking, 0.0)
        attempts = first
        shares = np.array([[line.redial.share] for line in hotline.lines])
        most = np.array([[line.redial.attempts_max] for line in hotline.lines])
        rounds = _SETTLED if (shares > 0).any() else 1
        for _ in range(rounds):
            found = self._queues(hotline, inputs, attempts)
            again = shares * found["abandoned"]
            with np.errstate(divide="ignore", invalid="ignore"):
                tries = np.where(again < 1, (1 - again**most) / (1 - again), most)
            attempts = first * tries if rounds > 1 else attempts
        return self._counted(hotline, inputs, offered, attempts, attempts - first, found)

    def _queues(self, hotline: Hotline, inputs: DayInputs, attempts: Floats) -> dict[str, Floats]:
        """Measures per attempt of each line and interval, ``(L, T)``; zero where no group serves the line."""
        calls = np.where(self.belongs, attempts, 0.0)
        total = calls.sum(axis=1)
        even = self.belongs.astype(float)
        weights = np.where((total > 0)[:, None], calls, even)
        weights = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, 1.0)
        weights = weights / weights.sum(axis=1, keepdims=True)
        aht_s = (weights * inputs.handling).sum(axis=1)
        law = patience_of(hotline, np.moveaxis(weights, 1, 2))
        hazard = np.array([1 / line.patience.mean_s for line in hotline.lines])
        mean_s = 1 / (weights * hazard[None, :, None]).sum(axis=1)
        serves = self.belongs.any(axis=1)
        seats = np.where(serves, inputs.seats, 0.0)
        low = np.floor(seats + 1e-9)
        part = np.clip(seats - low, 0.0, 1.0)
        parts = [self._measures(hotline, total, aht_s, low, law, mean_s, serves)]
        if (part > 0).any():
            parts.append(self._measures(hotline, total, aht_s, np.ceil(seats - 1e-9), law, mean_s, serves))
        group = np.maximum(self.serving, 0)
        place = np.arange(len(self.grid))
        found = {}
        for name, values in parts[0].items():
            mixed = values if len(parts) == 1 else (1 - part) * values + part * parts[1][name]
            found[name] = np.where(self.serving >= 0, mixed[group, place], 0.0)
        return found

    def _measures(
        self,
        hotline: Hotline,
        calls: Floats,
        aht_s: Floats,
        seats: Floats,
        law: Floats | PatienceLaw,
        mean_s: Floats,
        serves: NDArray[np.bool_],
    ) -> dict[str, Floats]:
        """Per attempt of each group and interval, ``(G, T)``: shares, and waits that answered ones add up to."""
        rate = per_s = calls / self.grid.interval_s
        if self.carry_over:
            load = (per_s * aht_s)[:, 0]
            carried = backlog_performance(
                per_s, self.grid.interval_s, aht_s, seats, mean_s, in_system=load, is_open=serves
            )
            rate = np.where(np.isfinite(carried.rate_per_s), carried.rate_per_s, per_s)
        patience = law.ravel() if isinstance(law, np.ndarray) else law
        solved = solve(rate.ravel(), aht_s.ravel(), seats.ravel(), patience)

        def at(t_s: float) -> Floats:
            return np.full(rate.size, t_s)

        ring = hotline.ring_s
        answered = solved.answered_share
        found: dict[str, Callable[[], Floats]] = {
            "answered": lambda: answered,
            "abandoned": lambda: solved.abandon_share,
            "short_abandoned": lambda: solved.abandoned_within(at(hotline.short_abandon_s)),
            "abandoned_within_15_s": lambda: solved.abandoned_within(at(15.0)),
            "wait_answered_s": lambda: np.where(answered > 0, (solved.asa_s() + ring) * answered, 0.0),
            "wait_all_s": lambda: solved.mean_wait_s() + ring * answered,
            "waited_over_40_s": lambda: solved.waits_over(at(40.0 - ring))[0],
        }
        for threshold in WAIT_THRESHOLDS_S:
            found[f"answered_within_{threshold}_s"] = partial(solved.answered_within, at(threshold - ring))
        asked = self.needed | {"answered", "abandoned"}
        if "wait_dialling_s" in asked:
            asked.add("wait_answered_s")
        nothing = np.zeros(rate.shape)
        with np.errstate(invalid="ignore"):
            return {
                name: np.nan_to_num(values()).reshape(rate.shape) if name in asked else nothing
                for name, values in found.items()
            }

    def _counted(
        self,
        hotline: Hotline,
        inputs: DayInputs,
        offered: Floats,
        attempts: Floats,
        redials: Floats,
        found: dict[str, Floats],
    ) -> dict[str, Floats]:
        """Counts of each line and interval."""
        ivr, back = hotline.ivr, hotline.call_back
        served = self.serving >= 0
        came = offered + redials
        heard = came if ivr.open_24_h else np.where(served, came, 0.0)
        asking = offered * max(1 - sum(inputs.ivr), 0.0)
        closed = np.where(served, 0.0, asking if ivr.open_24_h else offered)
        lost = attempts * found["abandoned"] - redials
        called_back = back.reached_share * (back.missed_calls * np.maximum(lost, 0.0) + back.closed_calls * closed)
        each = {name: attempts * values for name, values in found.items()}
        cells = {
            **each,
            "offered": came,
            "blocked": np.zeros_like(came),
            "closed": closed,
            "ivr_answered": heard,
            "ivr_completed": heard * inputs.ivr.self_service,
            "ivr_abandoned": heard * inputs.ivr.hang_up,
            "queued": attempts,
            "called_back": called_back,
            "wait_dialling_s": each["wait_answered_s"] + each["answered"] * (ivr.announcement_s + ivr.menu_s),
            "rang_over_three": each["answered"] * (hotline.ring_s > THREE_RINGS_S),
            "handle_s": each["answered"] * inputs.handling,
            "staffed_s": self._staffed_s(inputs.seats, attempts),
        }
        return {name: cells[name] for name in COUNTS}

    def _staffed_s(self, seats: Floats, attempts: Floats) -> Floats:
        """Staffed time of each group split over its lines by their calls, ``(L, T)``."""
        calls = np.where(self.belongs, attempts, 0.0)
        weights = np.where(calls.sum(axis=1, keepdims=True) > 0, calls, self.belongs.astype(float))
        total = weights.sum(axis=1, keepdims=True)
        share = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        split: Floats = (share * seats[:, None, :]).sum(axis=0) * self.grid.interval_s
        return split
