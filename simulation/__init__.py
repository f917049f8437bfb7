"""What happens to calls: the reference model, many days at once, keyed random numbers, replications."""

from simulation.calls import SimulatedCalls, assert_conservation, assert_little, assert_one_fate
from simulation.centre import Centre
from simulation.centre_of_hotline import centre_of
from simulation.control_variate import Controlled, controlled_kpi
from simulation.day_calls import DayCalls, draw_day_calls
from simulation.demand import draw_counts
from simulation.engine import Engine, daily_counts, engine_available, play
from simulation.estimates import Estimate, Interval, estimate, half_width, paired_difference
from simulation.experiment import run_replications
from simulation.keyed import Purpose, uniform
from simulation.many_days import days_kept, play_days
from simulation.pairs import PairedDifference, compare
from simulation.precision import Precision, Replicated, replicate_until
from simulation.selection import Choice, choose_best
from simulation.simpy_model import simulate
from simulation.steady_state import SteadyState, simulate_queue
from simulation.tallying import tally

__all__ = [
    "Centre",
    "Choice",
    "Controlled",
    "DayCalls",
    "Engine",
    "Estimate",
    "Interval",
    "PairedDifference",
    "Precision",
    "Purpose",
    "Replicated",
    "SimulatedCalls",
    "SteadyState",
    "assert_conservation",
    "assert_little",
    "assert_one_fate",
    "centre_of",
    "choose_best",
    "compare",
    "controlled_kpi",
    "daily_counts",
    "days_kept",
    "draw_counts",
    "draw_day_calls",
    "engine_available",
    "estimate",
    "half_width",
    "paired_difference",
    "play",
    "play_days",
    "replicate_until",
    "run_replications",
    "simulate",
    "simulate_queue",
    "tally",
    "uniform",
]
