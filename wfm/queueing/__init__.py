"""Queueing formulas: Erlang B, C and A, exact and vectorised over intervals, and the seats they ask for."""

from wfm.queueing.attempts import Redials
from wfm.queueing.built_seats import BuiltSeats, best_of_built
from wfm.queueing.delay import Delay, delay
from wfm.queueing.erlang import erlang_b, erlang_c
from wfm.queueing.general_patience import GeneralDelay, general_delay
from wfm.queueing.goal import Goal, goal_terms, keeps
from wfm.queueing.patience_laws import PatienceLaw, exponential_patience, lognormal_patience, weibull_patience
from wfm.queueing.patience_mixtures import hyperexponential_patience, mixed_patience
from wfm.queueing.performance import Performance, performance, wait_exceeds, wait_quantile
from wfm.queueing.recorded_patience import empirical_patience, patience_from_waits
from wfm.queueing.retrials import RetrialPerformance, retrial_performance, retrial_seats
from wfm.queueing.sizing import Sizing, minimal_seats, size_seats
from wfm.queueing.solve import solve
from wfm.queueing.tabled_patience import tabled_patience
from wfm.queueing.trade_off import OneQueue, TradeOff, trade_off
from wfm.queueing.trunks import TrunkPerformance, circuits_for, trunk_performance
from wfm.queueing.waiting import Waiting

__all__ = [
    "BuiltSeats",
    "Delay",
    "GeneralDelay",
    "Goal",
    "OneQueue",
    "PatienceLaw",
    "Performance",
    "Redials",
    "RetrialPerformance",
    "Sizing",
    "TradeOff",
    "TrunkPerformance",
    "Waiting",
    "best_of_built",
    "circuits_for",
    "delay",
    "empirical_patience",
    "erlang_b",
    "erlang_c",
    "exponential_patience",
    "general_delay",
    "goal_terms",
    "hyperexponential_patience",
    "keeps",
    "lognormal_patience",
    "minimal_seats",
    "mixed_patience",
    "patience_from_waits",
    "performance",
    "retrial_performance",
    "retrial_seats",
    "size_seats",
    "solve",
    "tabled_patience",
    "trade_off",
    "trunk_performance",
    "wait_exceeds",
    "wait_quantile",
    "weibull_patience",
]
