"""Which piece of a roster is looked at anew: a few people on all days, or everybody on a few days."""

from __future__ import annotations

import numpy as np

from scheduler.fairness import fairness_cost
from scheduler.goal import Goal
from scheduler.work import Work

__all__ = ["choose_piece"]


def choose_piece(work: Work, goal: Goal, size: int, rng: np.random.Generator) -> tuple[list[int], list[int]]:
    """Agents and days with about ``size`` possible assignments: around an open post, around the worst off, or a few days of all."""
    slots = work.slots
    missing = work.missing()
    everyone = np.arange(slots.n_agents)
    every_day = list(slots.period)
    chances = np.maximum(slots.eligible.sum(axis=1), 1)
    how = rng.random()
    pull = 1e-3 + fairness_cost(slots, goal.burdens, work.slot).astype(float)
    if how < 0.25:
        per_day = max(1.0, float(slots.eligible.sum()) / max(1, len(every_day)))
        width = max(2, min(len(every_day), int(size / per_day)))
        start = int(rng.integers(len(every_day)))
        if (missing > 0).any():
            open_slot = slots.all[int(rng.choice(np.flatnonzero(missing > 0)))]
            start = max(0, every_day.index(open_slot.day) - int(rng.integers(width)))
        return everyone.tolist(), every_day[start : start + width]
    if (missing > 0).any() and how < 0.8:
        open_slot = slots.all[int(rng.choice(np.flatnonzero(missing > 0)))]
        pull += 5.0 * slots.eligible[:, open_slot.index] * rng.random(slots.n_agents)
    order = np.argsort(-pull * rng.random(slots.n_agents), kind="stable")
    half = order[: int(np.searchsorted(np.cumsum(chances[order]), size / 2)) + 1]
    others = rng.permutation(np.setdiff1d(everyone, half))
    rest = others[: int(np.searchsorted(np.cumsum(chances[others]), size / 2)) + 1]
    return sorted(int(a) for a in np.concatenate([half, rest])), every_day
