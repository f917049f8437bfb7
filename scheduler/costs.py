"""What each shortfall of a roster costs: parameters that the model and the checker share.

Costs are in the objective's own unit; they order what matters: what has been decided or is owed without exception, then
A posts, standing pairs, B posts, then hours, wishes and fairness.
"""

from __future__ import annotations

__all__ = ["COST_HOUR_OWED", "COST_OWED", "COST_PAIR", "COST_UNFILLED", "FAIRNESS_SCALE"]

COST_OWED = 1_000_000
"""Cost of each unit (of hours: each hour begun) below the least of a limit without weight, and of each pinned duty
that nobody has: above all posts, so that it is left open only where nothing else is possible."""
COST_UNFILLED = {"A": 100_000, "B": 10_000}
"""Cost of a post nobody fills: the last resort, A much more than B. Posts may name their own ``short_cost``."""
COST_PAIR = 20_000
"""Cost of a standing pair away together on a day."""
COST_HOUR_OWED = 5
"""Cost of an hour below the lower end of the contract's band, in a full week."""
FAIRNESS_SCALE = 100
"""Cost of one unit of unfairness at ``fairness_weight`` 1."""
