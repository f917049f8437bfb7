"""The tables and the words that may stand in them."""

from __future__ import annotations

from wfm.i18n import Text
from wfm.tables.columns import Column, Table

__all__ = [
    "ACTUALS",
    "AGENT_STATES",
    "ANSWERS",
    "CALLS",
    "DUTIES",
    "FORECAST",
    "OUTCOMES",
    "REQUIREMENT",
    "SATISFACTION",
    "SCORECARD",
    "SIMULATED_CALLS",
    "SIMULATED_OUTCOMES",
    "STATES",
    "STATUSES",
    "TABLES",
    "WAIT_THRESHOLDS_S",
    "WORKING_STATES",
    "WORK_ORDERS",
    "WRITTEN_CALLS",
]

OUTCOMES = ("blocked", "ivr_abandoned", "ivr_completed", "answered", "abandoned", "closed")
"""The one fate of a call: trunks busy; hung up inside announcement or IVR; served by the IVR without
an agent; answered by an agent; gave up while waiting for an agent; came outside opening hours."""

SIMULATED_OUTCOMES = (*OUTCOMES, "call_back_accepted")
"""Fates of a simulated call: those of a recorded one, and a caller who accepts a call-back instead of waiting."""

STATUSES = ("met", "at risk", "missed", "unknown", "reported")
"""Status of a scorecard row; ``reported`` rows have a value but no limit that decides."""

ANSWERS = ("satisfied", "basically_satisfied", "not_satisfied")
"""Answers to the satisfaction survey: 满意, 基本满意, 不满意."""

WORKING_STATES = ("signed_in", "available", "handling", "wrap_up")
"""States in which an agent is there for calls; ``signed_in`` where the source knows no more than that."""

STATES = (*WORKING_STATES, "break", "other", "offline")
"""States of an agent; ``other`` is work that keeps from calls: training, meetings, errands."""

WAIT_THRESHOLDS_S = (10, 15, 20, 30, 40, 60)
"""Answer times that actuals count answered calls within."""


CALLS = Table(
    "calls",
    ("call",),
    (
        Column("call", "text", "identifier of the call, unique within the hotline"),
        Column("line", "text", "line the caller asked for"),
        Column("arrived_at", "time", "first contact with the hotline: dialling done, trunk seized"),
        Column("ivr_s", "seconds", "time in announcement and IVR", nullable=True),
        Column("queued_at", "time", "start of ring-back after transfer to the agents' queue", nullable=True),
        Column("ring_s", "seconds", "ringing at the agent until pick-up, inside the answer time", nullable=True),
        Column("answered_at", "time", "pick-up by an agent", nullable=True),
        Column("ended_at", "time", "end of the call for the caller", nullable=True),
        Column("outcome", "text", "the one fate of the call", allowed=OUTCOMES),
        Column("talk_s", "seconds", "conversation", nullable=True),
        Column("hold_s", "seconds", "on hold", nullable=True),
        Column("wrap_s", "seconds", "after-call work", nullable=True),
        Column("agent", "text", "agent who answered", nullable=True),
        Column("caller_key", "text", "keyed hash of the caller's number, to see redials", nullable=True),
        Column("called_back_at", "time", "a missed call's call-back that reached the caller", nullable=True),
        Column("topic", "text", "topic of the matter", nullable=True),
        Column("satisfaction", "text", "satisfied, basically_satisfied or not_satisfied", nullable=True),
    ),
    Text("Call records", "通话记录"),
)

ACTUALS = Table(
    "actuals",
    ("line", "interval"),
    (
        Column("line", "text", "line"),
        Column("interval", "time", "start of the interval in which the call arrived"),
        Column(
            "offered",
            "count",
            "calls that arrived, busy ones included; empty where nothing was recorded",
            nullable=True,
        ),
        Column(
            "first_attempts",
            "count",
            "offered less redials (same caller within 30 min after giving up); empty where callers are not known",
            nullable=True,
        ),
        Column("blocked", "count", "calls that met busy trunks", nullable=True),
        Column("ivr_answered", "count", "calls that entered announcement or IVR", nullable=True),
        Column("ivr_completed", "count", "calls served by the IVR without an agent", nullable=True),
        Column("ivr_abandoned", "count", "calls hung up inside announcement or IVR", nullable=True),
        Column("queued", "count", "calls that asked for an agent", nullable=True),
        Column("answered", "count", "calls answered by an agent", nullable=True),
        Column("abandoned", "count", "calls given up while waiting for an agent", nullable=True),
        Column("short_abandoned", "count", "of these, given up within the short-abandon threshold", nullable=True),
        Column("closed", "count", "calls outside opening hours", nullable=True),
        Column("called_back", "count", "missed calls whose call-back reached the caller", nullable=True),
        Column("wait_answered_s", "seconds", "answer time (queue and ring) summed over answered calls", nullable=True),
        Column("wait_all_s", "seconds", "wait for an agent summed over all queued calls", nullable=True),
        *(
            Column(f"answered_within_{t}_s", "count", f"calls answered within {t} s of ring-back", nullable=True)
            for t in WAIT_THRESHOLDS_S
        ),
        Column("handle_s", "seconds", "talk, hold and wrap-up summed over answered calls", nullable=True),
        Column("seats_staffed", "number", "seats signed in, mean over the interval", nullable=True),
    ),
    Text("Interval actuals", "时段实绩"),
)

FORECAST = Table(
    "forecast",
    ("line", "interval", "origin", "path"),
    (
        Column("line", "text", "line"),
        Column("interval", "time", "start of the interval"),
        Column("origin", "time", "moment up to which the past was known"),
        Column("path", "count", "number of the sample path"),
        Column("arrivals", "number", "first attempts in the interval on this path"),
        Column("aht_s", "seconds", "expected handling time of a call answered by an agent"),
        Column("model", "text", "name of the forecasting model"),
    ),
    Text("Forecast", "话务预测"),
)

REQUIREMENT = Table(
    "requirement",
    ("group", "interval"),
    (
        Column("group", "text", "agent group that serves the lines"),
        Column("lines", "text", "its lines at this time, joined by ;"),
        Column("interval", "time", "start of the interval"),
        Column("interval_s", "seconds", "length of the interval"),
        Column("arrivals", "number", "calls that ask for an agent, mean"),
        Column("aht_s", "seconds", "handling time, mean"),
        Column("load_erlang", "number", "offered load including call-backs and blended work"),
        Column("seats", "count", "agents that must answer (post A)"),
        Column("heads", "count", "seats divided by 1 less unplanned shrinkage, rounded up"),
        Column("reason", "text", "what decides: a KPI, occupancy_max, minimum_cover, built_seats, or closed"),
        Column("short_seats", "count", "seats wanted beyond those that may be opened"),
        Column("asa_s", "seconds", "predicted mean answer time, ring included", nullable=True),
        Column("mean_wait_s", "seconds", "predicted mean wait of all queued callers", nullable=True),
        Column("service_level", "share", "predicted share answered within the standard's threshold", nullable=True),
        Column("wait_probability", "share", "predicted share of callers who wait", nullable=True),
        Column("abandon_share", "share", "predicted share of queued callers who give up", nullable=True),
        Column("occupancy", "share", "predicted share of staffed time spent handling"),
    ),
    Text("Requirement", "人力需求"),
)

DUTIES = Table(
    "duties",
    ("agent", "start", "role"),
    (
        Column("agent", "text", "agent"),
        Column("date", "date", "day on which the shift starts"),
        Column("shift", "text", "shift"),
        Column("group", "text", "agent group whose lines the duty serves"),
        Column("post", "text", "post: the seat-duty filled; A and B of one post share it"),
        Column("role", "text", "A answers, B stands by", allowed=("A", "B")),
        Column("start", "time", "start of the duty"),
        Column("end", "time", "end of the duty"),
        Column("breaks", "text", "breaks as start/end pairs HH:MM-HH:MM joined by ;"),
        Column("remote", "flag", "answered away from the centre"),
    ),
    Text("Duties", "值班表"),
)

SCORECARD = Table(
    "scorecard",
    ("target",),
    (
        Column("target", "text", "identifier of the target within the standard"),
        Column("kpi", "text", "KPI measured"),
        Column("value", "number", "mean over replications", nullable=True),
        Column("low", "number", "2.5 % quantile over replications, forecast uncertainty included", nullable=True),
        Column("high", "number", "97.5 % quantile over replications", nullable=True),
        Column("p_met", "share", "share of replications that keep the limit", nullable=True),
        Column("mc_half_width", "number", "half-width of the 95 % Monte-Carlo interval of the mean", nullable=True),
        Column("operator", "text", "how value and limit compare", allowed=("<", "<=", ">", ">=", "")),
        Column("limit", "number", "limit of the target", nullable=True),
        Column("unit", "text", "unit of value and limit"),
        Column("clause", "text", "clause of the standard"),
        Column("source", "text", "how surely known", allowed=("published", "secondary", "assumed")),
        Column("status", "text", "met, at risk, missed, unknown or reported", allowed=STATUSES),
        Column("definition", "text", "the KPI's formula in words"),
    ),
    Text("Scorecard", "达标记分卡"),
)

SIMULATED_CALLS = Table(
    "simulated_calls",
    ("replication", "call", "attempt"),
    (
        Column("replication", "count", "replication"),
        Column("call", "count", "number of the caller within the replication"),
        Column("attempt", "count", "1 for the first call, more for redials"),
        Column("line", "count", "index of the line"),
        Column("arrived_s", "seconds", "seconds from the start of the simulated period"),
        Column("ivr_s", "seconds", "time in announcement and IVR"),
        Column("queued_s", "seconds", "when the caller entered the queue", nullable=True),
        Column("answered_s", "seconds", "pick-up, ring included", nullable=True),
        Column("ended_s", "seconds", "when the caller left"),
        Column("outcome", "count", "index into SIMULATED_OUTCOMES"),
        Column("handle_s", "seconds", "talk, hold and wrap-up", nullable=True),
        Column("agent", "count", "index of the agent, -1 for none"),
        Column("called_back_s", "seconds", "when a call-back reached the caller", nullable=True),
    ),
    Text("Simulated calls", "仿真通话"),
)

WRITTEN_CALLS = Table(
    "written_calls",
    SIMULATED_CALLS.key,
    (
        *SIMULATED_CALLS.columns,
        Column("group", "count", "index of the answering agent's group, -1 for none"),
        Column("line_name", "text", "identifier of the line"),
        Column("group_name", "text", "identifier of the group", nullable=True),
        Column("agent_name", "text", "identifier of the agent", nullable=True),
        Column("outcome_name", "text", "the one fate of the call", allowed=SIMULATED_OUTCOMES),
    ),
    Text("Simulated calls in a file", "仿真通话文件"),
)

WORK_ORDERS = Table(
    "work_orders",
    ("item",),
    (
        Column("item", "text", "identifier of the work order, unique within the hotline"),
        Column("line", "text", "line over which it came", nullable=True),
        Column("class", "text", "class of the hotline, or the file's own word for one it does not have", nullable=True),
        Column("department", "text", "department that handles it", nullable=True),
        Column("received_at", "time", "receipt, from which deadlines run"),
        Column("due_at", "time", "when the result is due: as the file says, else by the class", nullable=True),
        Column("first_contact_due_at", "time", "when the first contact is due, by the class", nullable=True),
        Column("first_contact_at", "time", "first contact with the caller", nullable=True),
        Column("told_at", "time", "result told to the caller", nullable=True),
        Column("closed_at", "time", "closure", nullable=True),
        Column("reopened", "count", "times that it was opened again after closure", nullable=True),
        Column("follow_up_at", "time", "follow-up call after closure", nullable=True),
        Column("satisfaction", "text", "the caller's answer", nullable=True, allowed=ANSWERS),
        Column("called_back_at", "time", "call-back after an answer that was not satisfied", nullable=True),
        Column("caller_key", "text", "keyed hash of the caller's number", nullable=True),
        Column("told_of", "text", "columns that the file has, filled or not, joined by ;"),
        Column("days_only", "text", "moments of which only the day is known, joined by ;", nullable=True),
    ),
    Text("Work orders", "工单"),
)

SATISFACTION = Table(
    "satisfaction",
    ("item", "asked_at"),
    (
        Column("item", "text", "call or work order that the answer belongs to"),
        Column("line", "text", "line", nullable=True),
        Column("department", "text", "department that handled it", nullable=True),
        Column("agent", "text", "agent who answered", nullable=True),
        Column("asked_at", "time", "when the caller was asked"),
        Column("channel", "text", "how: after the call, text message, telephone or online", nullable=True),
        Column("answer", "text", "the answer; empty: none was given", nullable=True, allowed=ANSWERS),
        Column("called_back_at", "time", "call-back after an answer that was not satisfied", nullable=True),
        Column("told_of", "text", "columns that the file has, filled or not, joined by ;"),
        Column("days_only", "text", "moments of which only the day is known, joined by ;", nullable=True),
    ),
    Text("Satisfaction answers", "满意度评价"),
)

AGENT_STATES = Table(
    "agent_states",
    ("agent", "start"),
    (
        Column("agent", "text", "agent"),
        Column("state", "text", "what the agent is doing", allowed=STATES),
        Column("start", "time", "start of the state"),
        Column("end", "time", "end of the state"),
    ),
    Text("Agent states", "座席状态"),
)

TABLES: tuple[Table, ...] = (
    CALLS,
    ACTUALS,
    FORECAST,
    REQUIREMENT,
    DUTIES,
    SCORECARD,
    SIMULATED_CALLS,
    WRITTEN_CALLS,
    WORK_ORDERS,
    SATISFACTION,
    AGENT_STATES,
)
