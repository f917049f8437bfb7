"""A plan's tables cut to what one picture or page shows. Nothing is estimated here, only chosen, summed and joined.

Times come out as local clock times without a zone, which is what an axis shows.
"""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from dashboard.once_a_plan import once_a_plan
from scenarios.daily_compliance import ALL_TARGETS
from scenarios.plan import Plan, ScoreRow
from scenarios.scorecard import P_MET
from wfm.i18n import both

__all__ = [
    "binding_by_group",
    "binding_by_hour",
    "busiest_line",
    "coverage_by_group",
    "coverage_by_hour",
    "daily_rows",
    "day_list",
    "demand",
    "demand_by_day",
    "duties_by_shift",
    "duty_counts",
    "group_ids",
    "kpi_by_day",
    "reason_hours",
    "reasons_of",
    "seats",
    "typical_week",
    "weakest_day",
]


def day_list(plan: Plan) -> list[date]:
    """The days of the period."""
    return [plan.first + timedelta(days=d) for d in range(plan.days)]


@once_a_plan
def group_ids(plan: Plan) -> list[str]:
    """Groups that the requirement names, in the hotline's order."""
    found = set(plan.requirement["group"].astype(str))
    known = [group.id for group in plan.hotline.groups if group.id in found]
    return known + sorted(found - set(known))


def _local(plan: Plan, times: pd.Series) -> pd.Series:
    local: pd.Series = times.dt.tz_convert(plan.hotline.time_zone).dt.tz_localize(None)
    return local


def _cut(frame: pd.DataFrame, day: date | None) -> pd.DataFrame:
    if day is None:
        return frame
    start = pd.Timestamp(day)
    return frame[(frame["interval"] >= start) & (frame["interval"] < start + pd.Timedelta(days=1))]


@once_a_plan
def demand(plan: Plan, line: str = "", day: date | None = None) -> pd.DataFrame:
    """Forecast per interval: ``interval, mean, p025, p10, p50, p90, p975, aht_s`` of one line.

    For all lines together (``line`` empty) only ``interval, mean``: quantiles of lines do not add up.
    """
    frame = plan.forecast.assign(interval=_local(plan, plan.forecast["interval"]))
    frame = _cut(frame, day)
    if not line:
        return frame.groupby("interval", as_index=False)[["mean"]].sum()
    return frame[frame["line"] == line].drop(columns="line").sort_values("interval").reset_index(drop=True)


@once_a_plan
def demand_by_day(plan: Plan) -> pd.DataFrame:
    """Mean calls a day: one row a date, one column a line in the hotline's order."""
    frame = plan.forecast.assign(date=_local(plan, plan.forecast["interval"]).dt.normalize())
    table = frame.pivot_table(index="date", columns="line", values="mean", aggfunc="sum", fill_value=0.0)
    order = [line for line in plan.hotline.line_ids if line in table.columns]
    return table[order + [c for c in table.columns if c not in order]]


def busiest_line(plan: Plan) -> str:
    """The line with the most calls."""
    return str(demand_by_day(plan).sum().idxmax())


@once_a_plan
def seats(plan: Plan, group: str = "", day: date | None = None) -> pd.DataFrame:
    """Required against rostered, per interval, of one group or of all together (``group`` empty).

    Columns: ``interval, interval_s, seats, heads, rostered_a, rostered_b, short_heads, short_seats``;
    for one group also ``gap`` (rostered less heads), ``reason`` and the predicted KPIs. ``short_heads``
    adds up what single groups lack: the surplus of one group does not hide the want of another.
    """
    joined = plan.requirement.merge(plan.cover, on=["group", "interval"], how="left")
    joined = joined.assign(interval=_local(plan, joined["interval"]))
    joined = _cut(joined, day)
    rostered = joined[["rostered_a", "rostered_b"]].fillna(0.0)
    joined = joined.assign(**{name: rostered[name] for name in rostered.columns})
    joined["gap"] = joined["rostered_a"] - joined["heads"]
    joined["short_heads"] = (-joined["gap"]).clip(lower=0.0)
    if group:
        return joined[joined["group"] == group].sort_values("interval").reset_index(drop=True)
    sums = ["seats", "heads", "rostered_a", "rostered_b", "short_heads", "short_seats", "load_erlang"]
    return joined.groupby(["interval", "interval_s"], as_index=False)[sums].sum().sort_values("interval")


@once_a_plan
def coverage_by_group(plan: Plan, day: date) -> pd.DataFrame:
    """Rostered less required heads: one row a group, one column an interval; NaN where the group is off."""
    joined = pd.concat([seats(plan, group, day) for group in group_ids(plan)], ignore_index=True)
    table = joined.pivot_table(index="group", columns="interval", values="gap", aggfunc="sum")
    return table.reindex(group_ids(plan))


@once_a_plan
def coverage_by_hour(plan: Plan, group: str = "") -> pd.DataFrame:
    """Cover of each hour: one row an hour of the day, one column a date; NaN when closed.

    Where a group is short, what the worst one lacks (negative); else the agents left over in the
    tightest interval of the hour, all groups together. Surplus in one group hides no want in another.
    """
    groups = [group] if group else group_ids(plan)
    joined = pd.concat([seats(plan, one) for one in groups], ignore_index=True)
    moments = joined.groupby("interval")["gap"].agg(["min", "sum"])
    moments["cover"] = moments["min"].where(moments["min"] < 0, moments["sum"])
    moments["date"] = pd.DatetimeIndex(moments.index).normalize()
    moments["hour"] = pd.DatetimeIndex(moments.index).hour
    table = moments.pivot_table(index="hour", columns="date", values="cover", aggfunc="min")
    return table.reindex(range(24))


@once_a_plan
def reasons_of(plan: Plan) -> list[str]:
    """Everything that decides seats somewhere in the plan, most seat-hours first, closed last."""
    hours = reason_hours(plan)
    found = [str(reason) for reason in hours.index]
    return found + (["closed"] if (plan.requirement["reason"] == "closed").any() else [])


@once_a_plan
def reason_hours(plan: Plan) -> pd.Series:
    """Seat-hours by what decides them, most first; closed hours left out."""
    table = plan.requirement[plan.requirement["reason"] != "closed"]
    hours = (table["seats"] * table["interval_s"] / 3600).groupby(table["reason"].astype(str)).sum()
    return hours.sort_values(ascending=False, kind="stable")


@once_a_plan
def binding_by_group(plan: Plan, day: date) -> pd.DataFrame:
    """What decides the seats of one day: one row a group, one column an interval; ``closed`` where the group is off."""
    frame = _cut(plan.requirement.assign(interval=_local(plan, plan.requirement["interval"])), day)
    table = frame.pivot_table(index="group", columns="interval", values="reason", aggfunc="first")
    return table.reindex(group_ids(plan)).fillna("closed")


@once_a_plan
def binding_by_hour(plan: Plan, group: str = "") -> pd.DataFrame:
    """What decides most seats of each hour: one row an hour of the day, one column a date; ``closed`` when off."""
    frame = plan.requirement.assign(interval=_local(plan, plan.requirement["interval"]))
    frame = frame[frame["reason"] != "closed"]
    if group:
        frame = frame[frame["group"] == group]
    frame = frame.assign(
        date=pd.DatetimeIndex(frame["interval"]).normalize(), hour=pd.DatetimeIndex(frame["interval"]).hour
    )
    sums = frame.groupby(["hour", "date", "reason"], sort=True)["seats"].sum().reset_index()
    most = sums.sort_values("seats", ascending=False, kind="stable").drop_duplicates(["hour", "date"])
    table = most.pivot(index="hour", columns="date", values="reason")
    dates = pd.DatetimeIndex([pd.Timestamp(d) for d in day_list(plan)])
    whole = table.reindex(index=range(24), columns=dates).astype(object)
    return whole.where(whole.notna(), "closed")


@once_a_plan
def weakest_day(plan: Plan) -> date:
    """The day to look at first: most head-hours missing, else the worst daily value, else the busiest day."""
    frame = seats(plan)
    missing = (frame["short_heads"] * frame["interval_s"]).groupby(frame["interval"].dt.normalize()).sum()
    if missing.max() > 0:
        return pd.Timestamp(str(missing.idxmax())).date()
    for row in plan.scorecard:
        if row.limit is not None and len(row.by_day) > 1:
            worst = (min if row.operator.startswith(">") else max)(row.by_day, key=lambda d: row.by_day[d])
            return date.fromisoformat(worst)
    return pd.Timestamp(str(demand_by_day(plan).sum(axis=1).idxmax())).date()


def typical_week(plan: Plan) -> list[date]:
    """Seven days in a row with the fewest holidays and make-up days, the first of them a Monday if possible."""
    days = day_list(plan)
    if len(days) <= 7:
        return days

    def oddness(start: int) -> tuple[int, bool, int]:
        week = days[start : start + 7]
        odd = sum(plan.day_kinds.get(d.isoformat(), {}).get("kind") in ("holiday", "makeup") for d in week)
        return (odd, week[0].weekday() != 0, start)

    start = min(range(len(days) - 6), key=oddness)
    return days[start : start + 7]


def kpi_by_day(row: ScoreRow) -> tuple[list[date], list[float]]:
    """Dates and mean values of a scorecard row, in order."""
    pairs = sorted(row.by_day.items())
    return [date.fromisoformat(d) for d, _ in pairs], [float(v) for _, v in pairs]


def daily_rows(plan: Plan) -> list[ScoreRow]:
    """Targets that have a value for each day, and last the probability that the day keeps them all."""
    rows = [row for row in plan.scorecard if len(row.by_day) > 1]
    if len(plan.compliance) > 1:
        rows.append(_compliance_row(plan))
    return rows


def _compliance_row(plan: Plan) -> ScoreRow:
    dates = pd.to_datetime(plan.compliance["date"]).dt.strftime("%Y-%m-%d")
    name = both("Probability that the day keeps every target")
    return ScoreRow(
        target=ALL_TARGETS,
        name=name,
        kpi="",
        value=float(plan.compliance[ALL_TARGETS].mean()),
        low=None,
        high=None,
        p_met=None,
        mc_half_width=None,
        operator=">=",
        limit=P_MET,
        unit="share",
        clause="",
        source="assumed",
        status="reported",
        definition=both("replications in which the day by itself keeps every target ÷ all replications"),
        quote=name,
        by_day=dict(zip(dates, plan.compliance[ALL_TARGETS].astype(float), strict=True)),
    )


def duties_by_shift(plan: Plan) -> pd.DataFrame:
    """Duties of each shift: one row a shift in the hotline's order, columns ``A, B`` and ``night``."""
    counts = pd.crosstab(plan.duties["shift"], plan.duties["role"])
    known = [s.id for s in plan.hotline.shifts if s.id in counts.index]
    counts = counts.reindex(known + [s for s in counts.index if s not in known])
    nights = {s.id for s in plan.hotline.shifts if s.night}
    table = counts.reindex(columns=["A", "B"], fill_value=0)
    return table.assign(night=[shift in nights for shift in table.index])


@once_a_plan
def duty_counts(plan: Plan) -> pd.DataFrame:
    """What each agent on the roster carries: columns ``duties, nights, rest_days, hours`` (A and B; hours of A only)."""
    shifts = {s.id: s for s in plan.hotline.shifts}
    rest = {d for d, kind in plan.day_kinds.items() if kind.get("kind") in ("weekend", "holiday")}
    duties = plan.duties
    held = pd.DataFrame(
        {
            "agent": duties["agent"].astype(str),
            "duties": 1,
            "nights": [int(s in shifts and shifts[s].night) for s in duties["shift"]],
            "rest_days": [int(d in rest) for d in pd.to_datetime(duties["date"]).dt.strftime("%Y-%m-%d")],
            "hours": [
                shifts[s].paid_h if role == "A" and s in shifts else 0.0
                for s, role in zip(duties["shift"], duties["role"], strict=True)
            ],
        }
    )
    return held.groupby("agent").sum()
