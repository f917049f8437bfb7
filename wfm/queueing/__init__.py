"""Queueing formulas: Erlang B, C and A, exact and vectorised over intervals, and the seats they ask for."""

from wfm.queueing.delay import Delay, delay
from wfm.queueing.erlang import erlang_b, erlang_c
from wfm.queueing.goal import Goal, goal_terms, keeps
from wfm.queueing.performance import Performance, performance, wait_exceeds, wait_quantile
from wfm.queueing.sizing import Sizing, minimal_seats, size_seats
from wfm.queueing.waiting import Waiting

__all__ = [
    "Delay",
    "Goal",
    "Performance",
    "Sizing",
    "Waiting",
    "delay",
    "erlang_b",
    "erlang_c",
    "goal_terms",
    "keeps",
    "minimal_seats",
    "performance",
    "size_seats",
    "wait_exceeds",
    "wait_quantile",
]
