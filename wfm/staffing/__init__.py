"""From forecast calls to the seats that a hotline's standard asks for."""

from wfm.staffing.back_office import BackOfficeCover, back_office_cover
from wfm.staffing.clock import ClockMethod
from wfm.staffing.day_values import day_values_of
from wfm.staffing.deferred_items import DeferredWork, deferred_items
from wfm.staffing.goals import goal_of, sized_targets, unreachable_targets
from wfm.staffing.requirement import compute_requirement
from wfm.staffing.separation_price import price_of_hotline, skill_groups_of_hotline
from wfm.staffing.sizing_inputs import Level, SizingInputs, sizing_inputs
from wfm.staffing.valley_filling import TrainingPlan, training_plan
from wfm.staffing.workload import Workload, compute_workload

__all__ = [
    "BackOfficeCover",
    "ClockMethod",
    "DeferredWork",
    "Level",
    "SizingInputs",
    "TrainingPlan",
    "Workload",
    "back_office_cover",
    "compute_requirement",
    "compute_workload",
    "day_values_of",
    "deferred_items",
    "goal_of",
    "price_of_hotline",
    "sized_targets",
    "sizing_inputs",
    "skill_groups_of_hotline",
    "training_plan",
    "unreachable_targets",
]
