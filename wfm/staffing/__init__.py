"""From forecast calls to the seats that a hotline's standard asks for."""

from wfm.staffing.clock import ClockMethod
from wfm.staffing.day_values import day_values_of
from wfm.staffing.goals import goal_of, sized_targets, unreachable_targets
from wfm.staffing.requirement import compute_requirement
from wfm.staffing.sizing_inputs import Level, SizingInputs, sizing_inputs
from wfm.staffing.workload import Workload, compute_workload

__all__ = [
    "ClockMethod",
    "Level",
    "SizingInputs",
    "Workload",
    "compute_requirement",
    "compute_workload",
    "day_values_of",
    "goal_of",
    "sized_targets",
    "sizing_inputs",
    "unreachable_targets",
]
