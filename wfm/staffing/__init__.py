"""From forecast calls to the seats that a hotline's standard asks for."""

from wfm.staffing.goals import goal_of, sized_targets, unreachable_targets
from wfm.staffing.requirement import compute_requirement
from wfm.staffing.workload import Workload, compute_workload

__all__ = [
    "Workload",
    "compute_requirement",
    "compute_workload",
    "goal_of",
    "sized_targets",
    "unreachable_targets",
]
