"""The hotline model: what a centre is, who works in it, and how it is read from disk."""

from wfm.hotline.lines import (
    CallBack,
    Demand,
    Group,
    HandlingTime,
    Ivr,
    Line,
    OpeningHours,
    Patience,
    Redial,
    SatisfactionSurvey,
    Trunks,
    WorkOrderClass,
    minutes_of,
)
from wfm.hotline.model import CalendarSetting, ExtraDay, Hotline, Seats, Source, TargetOverride
from wfm.hotline.people import Agent, Break, Contract, Leave, RosterRules, Shift, Shrinkage, StaffKind

__all__ = [
    "Agent",
    "Break",
    "CalendarSetting",
    "CallBack",
    "Contract",
    "Demand",
    "ExtraDay",
    "Group",
    "HandlingTime",
    "Hotline",
    "Ivr",
    "Leave",
    "Line",
    "OpeningHours",
    "Patience",
    "Redial",
    "RosterRules",
    "SatisfactionSurvey",
    "Seats",
    "Shift",
    "Shrinkage",
    "Source",
    "StaffKind",
    "TargetOverride",
    "Trunks",
    "WorkOrderClass",
    "minutes_of",
]
