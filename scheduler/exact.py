"""The end of a search: proof by all lines of work of better rosters, where these are few."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from scheduler.lines.diving import nothing_decided, work_of_lines
from scheduler.lines.proof import judge

if TYPE_CHECKING:
    from scheduler.search import Search

__all__ = ["prove_by_lines"]

LINES_MAX = 40_000
LINE_S = 6e-4
"""Seconds of one core for each line, about, and the share of what is left that they may take."""
SHARE = 0.6
NEAR, LATE = 0.005, 0.5
"""Gap up to which a proof is tried at once; later than this share of the effort it is tried anyway."""
KEEP_LINES = 12
NEVER_S = 1e6
FEW_LINES, NODES = 5_000, 100
"""Lines, and nodes of the solver's tree, at most in a reproducible run, in place of a clock."""


def prove_by_lines(search: Search) -> bool:
    """Raise the bound, or find a better roster, by programs over all lines that can be in one; whether the best is proven.

    Nothing where column generation gave no bound, or where too many lines are left; ``search.provable`` remembers which
    rosters they are few enough for.
    """
    generator, effort = search.generator, search.effort
    if generator is None or search.cost - 1 > search.provable:
        return False
    if effort.done_share < LATE and search.cost - search.bound > NEAR * search.cost:
        return False  # a better roster first
    limit_s = SHARE * effort.left_s
    lines_max = min(LINES_MAX, int(limit_s / LINE_S))
    if lines_max <= 0:
        return False
    if effort.reproducible:
        settings, limit_s, lines_max = f"limits/totalnodes = {NODES}", NEVER_S, min(lines_max, FEW_LINES)
    else:
        settings = f"timing/clocktype = {1 if effort.clock is time.process_time else 2}"
    if generator.master.kept:
        generator.master.restart((), (), nothing_decided(generator), KEEP_LINES)
    ends = effort.left_s - limit_s
    cost = search.cost
    found = judge(generator, cost, lambda: effort.left_s - ends, search.heard, lines_max=lines_max, settings=settings)
    search.provable = -np.inf if found is None else min(found.ceiling, cost - 2)
    if found is None:
        return False
    effort.spend(LINE_S * found.tried * effort.UNITS_PER_S)
    if found.lines is not None:
        search.offer(work_of_lines(generator, found.lines))
    search.raise_bound(found.bound)
    return search.proven
