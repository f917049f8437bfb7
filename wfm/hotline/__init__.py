"""The hotline model: what a centre is, who works in it, and how it is read from disk."""

from wfm.hotline.agents import load_agents, load_leave
from wfm.hotline.balances import Balance, load_balances
from wfm.hotline.labour_law import LabourLaw
from wfm.hotline.lines import (
    CallBack,
    Demand,
    Group,
    HandlingTime,
    Ivr,
    Line,
    OpeningHours,
    Redial,
    SatisfactionSurvey,
    Trunks,
    WorkOrderClass,
)
from wfm.hotline.long_view import ContractOutlook, LongView
from wfm.hotline.model import CalendarSetting, ExtraDay, Hotline, Seats, Source, TargetOverride
from wfm.hotline.office_work import OfficeWork, Watch
from wfm.hotline.opening import calendar_of, grid_of, open_intervals, opening_hours, serving_groups
from wfm.hotline.order_deadlines import order_deadlines_s
from wfm.hotline.parts import minutes_of
from wfm.hotline.patience import Patience, Quantile
from wfm.hotline.people import (
    Agent,
    Break,
    Contract,
    CountLimit,
    DateSpan,
    Leave,
    RosterRules,
    Shift,
    Shrinkage,
    StaffKind,
)
from wfm.hotline.provenance import Provenance, defaults_of, provenance
from wfm.hotline.reading import find_hotline, library_folder, library_names, load_hotline
from wfm.hotline.reference import ReferenceRow, reference_rows
from wfm.hotline.request_files import load_busy, load_pins, load_wishes
from wfm.hotline.requests import Busy, Pin, Wish
from wfm.hotline.roster_cycle import RosterCycle
from wfm.hotline.roster_patterns import (
    OFF,
    DayPosts,
    FirmShare,
    PatternCycle,
    PatternTurns,
    RosterPattern,
)
from wfm.hotline.routing import AnnouncedWait, OverflowStep
from wfm.hotline.shift_design import MealBreak, ShiftDesign, ShortBreaks
from wfm.hotline.special_day import SpecialDay
from wfm.hotline.targets import targets_of

__all__ = [
    "OFF",
    "Agent",
    "AnnouncedWait",
    "Balance",
    "Break",
    "Busy",
    "CalendarSetting",
    "CallBack",
    "Contract",
    "ContractOutlook",
    "CountLimit",
    "DateSpan",
    "DayPosts",
    "Demand",
    "ExtraDay",
    "FirmShare",
    "Group",
    "HandlingTime",
    "Hotline",
    "Ivr",
    "LabourLaw",
    "Leave",
    "Line",
    "LongView",
    "MealBreak",
    "OfficeWork",
    "OpeningHours",
    "OverflowStep",
    "Patience",
    "PatternCycle",
    "PatternTurns",
    "Pin",
    "Provenance",
    "Quantile",
    "Redial",
    "ReferenceRow",
    "RosterCycle",
    "RosterPattern",
    "RosterRules",
    "SatisfactionSurvey",
    "Seats",
    "Shift",
    "ShiftDesign",
    "ShortBreaks",
    "Shrinkage",
    "Source",
    "SpecialDay",
    "StaffKind",
    "TargetOverride",
    "Trunks",
    "Watch",
    "Wish",
    "WorkOrderClass",
    "calendar_of",
    "defaults_of",
    "find_hotline",
    "grid_of",
    "library_folder",
    "library_names",
    "load_agents",
    "load_balances",
    "load_busy",
    "load_hotline",
    "load_leave",
    "load_pins",
    "load_wishes",
    "minutes_of",
    "open_intervals",
    "opening_hours",
    "order_deadlines_s",
    "provenance",
    "reference_rows",
    "serving_groups",
    "targets_of",
]
