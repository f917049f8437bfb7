"""What happens to calls: the reference model, keyed random numbers, replications."""

from simulation.calls import SimulatedCalls, assert_conservation, assert_little, assert_one_fate
from simulation.centre import Centre, centre_of
from simulation.estimates import Estimate, Interval, estimate, half_width, paired_difference
from simulation.experiment import run_replications
from simulation.keyed import Purpose, uniform
from simulation.simpy_model import simulate
from simulation.tallying import tally

__all__ = [
    "Centre",
    "Estimate",
    "Interval",
    "Purpose",
    "SimulatedCalls",
    "assert_conservation",
    "assert_little",
    "assert_one_fate",
    "centre_of",
    "estimate",
    "half_width",
    "paired_difference",
    "run_replications",
    "simulate",
    "tally",
    "uniform",
]
