"""A plausible plan made up for tests: four lines, nights pooled, one short hour, one holiday."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from scenarios.plan import Finding, Plan, RosterSummary, ScoreRow
from wfm.hotline import (
    Contract,
    Demand,
    Group,
    HandlingTime,
    Hotline,
    Line,
    Patience,
    Seats,
    Shift,
    StaffKind,
)
from wfm.i18n import Text
from wfm.metrics import COUNTS, KPIS

ZONE = "Asia/Shanghai"


LINES = (
    ("general", "General advice", "综合咨询", 420),
    ("women", "Women and children", "妇女儿童", 70),
    ("consumer", "Consumers", "消费者", 60),
    ("wage", "Migrant workers' wages", "农民工讨薪", 90),
)


SHIFTS = (
    ("early", "Early", "早班", "M", "早", "08:00", "16:00", False, "day"),
    ("late", "Late", "晚班", "E", "晚", "14:00", "22:00", False, "day"),
    ("night", "Night", "夜班", "N", "夜", "22:00", "08:00", True, "pool"),
)


def _hotline() -> Hotline:
    return Hotline(
        id="sample-12348",
        number="12348",
        name=Text("Sample legal line", "示例法律服务热线"),
        seats=Seats(built=58, opened=30),
        lines=tuple(
            Line(
                id=key,
                name=Text(en, zh),
                demand=Demand(calls_per_day=calls),
                handling=HandlingTime(talk_s=300),
                patience=Patience(mean_s=180),
            )
            for key, en, zh, calls in LINES
        ),
        groups=(
            Group(
                id="day-general",
                name=Text("General, day", "综合(日间)"),
                lines=("general",),
                **{"from": "08:00", "to": "22:00"},
            ),
            Group(
                id="day-special",
                name=Text("Specialists, day", "专线(日间)"),
                lines=("women", "consumer", "wage"),
                **{"from": "08:00", "to": "22:00"},
            ),
            Group(
                id="night",
                name=Text("Night, all lines", "夜间(全部专线)"),
                lines=tuple(x[0] for x in LINES),
                **{"from": "22:00", "to": "08:00"},
            ),
        ),
        staff_kinds=(StaffKind(id="duty-officer", name=Text("Duty officer", "热线值班人员"), answers_calls=True),),
        contracts=(Contract(id="contract", name=Text("Contracted lawyer", "签约律师"), employee=False),),
        shifts=tuple(
            Shift(
                id=key,
                name=Text(en, zh),
                short=Text(short_en, short_zh),
                start=start,
                end=end,
                night=night,
                groups=("night",) if where == "pool" else ("day-general", "day-special"),
            )
            for key, en, zh, short_en, short_zh, start, end, night, where in SHIFTS
        ),
    )


def _kinds(first: date, days: int) -> dict[str, dict[str, str]]:
    kinds: dict[str, dict[str, str]] = {}
    for offset in range(days):
        day = first + timedelta(days=offset)
        found = {"kind": "weekend" if day.weekday() >= 5 else "weekday", "en": "", "zh": ""}
        if date(2026, 9, 25) <= day <= date(2026, 9, 27):
            found = {"kind": "holiday", "en": "Mid-Autumn Festival", "zh": "中秋节"}
        if date(2026, 10, 1) <= day <= date(2026, 10, 7):
            found = {"kind": "holiday", "en": "National Day", "zh": "国庆节"}
        if day in (date(2026, 9, 20), date(2026, 10, 10)):
            found = {"kind": "makeup", "en": "", "zh": ""}
        kinds[day.isoformat()] = found
    return kinds


def _forecast(starts: pd.DatetimeIndex, kinds: dict[str, dict[str, str]]) -> pd.DataFrame:
    minutes = np.asarray(starts.hour * 60 + starts.minute, float)
    shape = 0.12 + np.exp(-(((minutes - 600) / 110) ** 2)) + 0.9 * np.exp(-(((minutes - 930) / 120) ** 2))
    shape = shape / shape[:48].sum()
    factor = np.array(
        [{"weekend": 0.6, "holiday": 0.45, "makeup": 0.9}.get(kinds[d.date().isoformat()]["kind"], 1.0) for d in starts]
    )
    parts = []
    for key, _en, _zh, calls in LINES:
        mean = calls * shape * factor
        spread = np.sqrt(mean + (0.12 * mean) ** 2)
        parts.append(
            pd.DataFrame(
                {
                    "line": key,
                    "interval": starts,
                    "mean": mean,
                    "p025": np.clip(mean - 1.96 * spread, 0, None),
                    "p10": np.clip(mean - 1.28 * spread, 0, None),
                    "p50": mean,
                    "p90": mean + 1.28 * spread,
                    "p975": mean + 1.96 * spread,
                    "aht_s": 330.0,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _requirement(hotline: Hotline, forecast: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for group in hotline.groups:
        inside = forecast[forecast["line"].isin(group.lines)].groupby("interval", as_index=False)["mean"].sum()
        minutes = inside["interval"].dt.hour * 60 + inside["interval"].dt.minute
        inside = inside[[group.covers(int(m)) for m in minutes]]
        load = inside["mean"] * 330 / 1800
        heads = np.maximum(1, np.ceil((load + 1.1 * np.sqrt(load)) / 0.95))
        seats = np.maximum(1, np.ceil(load + 1.1 * np.sqrt(load)))
        rows.append(
            pd.DataFrame(
                {
                    "group": group.id,
                    "lines": ";".join(group.lines),
                    "interval": inside["interval"],
                    "interval_s": 1800.0,
                    "arrivals": inside["mean"],
                    "aht_s": 330.0,
                    "load_erlang": load,
                    "seats": seats,
                    "heads": heads,
                    "reason": np.where(load > 1, "asa_s", "minimum_cover"),
                    "short_seats": 0.0,
                    "asa_s": 9.0,
                    "mean_wait_s": 10.0,
                    "service_level": 0.86,
                    "wait_probability": 0.2,
                    "abandon_share": 0.02,
                    "occupancy": load / seats,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def _cover(requirement: pd.DataFrame, first: date) -> pd.DataFrame:
    cover = requirement[["group", "interval", "heads"]].copy()
    minutes = cover["interval"].dt.hour
    block = (minutes // 4).astype(int)
    day = cover["interval"].dt.normalize()
    cover["rostered_a"] = cover.groupby([cover["group"], day, block])["heads"].transform("max")
    # One hour of one day lacks two people, and the page must find it.
    at = pd.Timestamp(first + timedelta(days=1), tz=ZONE) + pd.Timedelta(hours=9)
    short = (cover["group"] == "day-special") & (cover["interval"] == at)
    cover.loc[short, "rostered_a"] = cover.loc[short, "heads"] - 2
    cover["rostered_b"] = np.where(cover["rostered_a"] > 0, 1.0, 0.0)
    return cover.drop(columns="heads")


def _duties(hotline: Hotline, first: date, days: int) -> pd.DataFrame:
    rows = []
    agent = 0
    for offset in range(days):
        day = first + timedelta(days=offset)
        for shift in hotline.shifts:
            start = pd.Timestamp(day, tz=ZONE) + pd.Timedelta(minutes=shift.start_min)
            for post in range(2 if shift.night else 8):
                for role in "AB":
                    agent = (agent + 7) % 120
                    rows.append(
                        {
                            "agent": f"L{agent:03d}",
                            "date": pd.Timestamp(day),
                            "shift": shift.id,
                            "group": shift.groups[post % len(shift.groups)],
                            "post": f"{shift.id}-{post}",
                            "role": role,
                            "start": start,
                            "end": start + pd.Timedelta(minutes=shift.length_min),
                            "breaks": "",
                            "remote": role == "B",
                        }
                    )
    return pd.DataFrame(rows)


def _daily(forecast: pd.DataFrame) -> pd.DataFrame:
    calls = forecast.assign(date=forecast["interval"].dt.tz_localize(None).dt.normalize())
    daily = calls.groupby(["date", "line"], as_index=False)["mean"].sum().rename(columns={"mean": "offered"})
    for count in COUNTS:
        if count not in daily:
            daily[count] = 0.0
    daily["queued"] = daily["offered"] * 0.95
    daily["answered"] = daily["offered"] * 0.93
    return daily


def _score(
    kpi: str, value: float | None, limit: float | None, operator: str, p: float | None, source: str, **more: object
) -> ScoreRow:
    known = KPIS[kpi]
    half = 0.03 * value if value is not None else None
    status = (
        "unknown"
        if value is None
        else "reported"
        if limit is None or p is None
        else "met"
        if p >= 0.9
        else "at risk"
        if p >= 0.5
        else "missed"
    )
    return ScoreRow(
        target=kpi,
        name=known.name,
        kpi=kpi,
        value=value,
        low=None if value is None or half is None else value - half,
        high=None
        if value is None or half is None
        else min(value + half, 1.0)
        if known.unit == "share"
        else value + half,
        p_met=p,
        mc_half_width=None if half is None else half / 10,
        operator=operator,
        limit=limit,
        unit=known.unit,
        clause="GB/T 33358—2016 接通率",
        source=source,
        status=status,
        definition=known.definition,
        quote=Text("answered within 15 s", "15秒内接听"),
        **more,  # type: ignore[arg-type]
    )


def build_plan(first: date = date(2026, 9, 21), days: int = 7, seed: int = 1, faster: float = 0.0) -> Plan:
    """The made-up plan; ``faster`` takes seconds off its answer times."""
    hotline = _hotline()
    starts = pd.date_range(pd.Timestamp(first, tz=ZONE), periods=48 * days, freq="30min")
    kinds = _kinds(first, days)
    forecast = _forecast(starts, kinds)
    requirement = _requirement(hotline, forecast)
    duties = _duties(hotline, first, days)
    draws = np.random.default_rng(7)
    noise = draws.normal(size=20)
    asa = 9.2 - faster + 0.6 * noise
    kpis = pd.DataFrame(
        {
            "asa_s": asa,
            "connection_rate_24h": 0.962 + 0.004 * draws.normal(size=20) + 0.002 * faster,
            "connection_rate_worst_day": 0.93 + 0.01 * draws.normal(size=20),
            "waited_over_40_s_share": 0.06 + 0.01 * noise - 0.004 * faster,
            "abandon_share": 0.031 + 0.003 * noise,
            "occupancy": 0.71 + 0.01 * noise,
        }
    )
    by_day = {(first + timedelta(days=d)).isoformat(): 0.97 - 0.004 * (d % 7) for d in range(days)}
    slow = {day: 9.0 + 0.9 * (i % 5) for i, day in enumerate(by_day)}
    return Plan(
        hotline=hotline,
        first=first,
        days=days,
        seed=seed,
        version="0.1.0",
        inputs={"hotline": "5f2c9a7b31d04e68", "agents": "0b1d44c2aa907712"},
        history="synthetic",
        history_days=182,
        forecast_model="profile",
        replications=20,
        reproducible=False,
        level="interval",
        confidence=None,
        forecast=forecast,
        requirement=requirement,
        cover=_cover(requirement, first),
        duties=duties,
        daily=_daily(forecast),
        replication_kpis=kpis,
        compliance=pd.DataFrame(
            {
                "date": pd.date_range(pd.Timestamp(first), periods=days),
                "asa_s": [0.99 - 0.01 * d for d in range(days)],
                "all": [0.97 - 0.02 * d for d in range(days)],
            }
        ),
        scorecard=(
            _score(
                "asa_s", 9.2 - faster, 15.0, "<", 1.0, "published", by_day=slow, by_line={"general": 8.8, "wage": 12.1}
            ),
            _score(
                "connection_rate_24h",
                0.962,
                0.95,
                ">=",
                0.95,
                "secondary",
                by_day=by_day,
                by_line={"general": 0.97, "wage": 0.93},
            ),
            _score("connection_rate_worst_day", 0.93, 0.92, ">=", 0.7, "assumed", by_day=by_day),
            _score(
                "waited_over_40_s_share",
                0.06,
                0.05,
                "<=",
                0.2,
                "published",
                note=Text("the clause gives no share; 5 % is assumed", "条文未给比例,假定为5%"),
            ),
            _score("occupancy", 0.71, None, "", None, "assumed"),
            _score("blocked_share", None, 0.01, "<=", None, "assumed"),
        ),
        roster=RosterSummary("feasible", True, 120.0, 100.0, len(duties), 3, 380, 120, 1234.0),
        findings=(
            Finding("problem", Text("1 of 4 targets is missed.", "4项指标中1项未达标。")),
            Finding(
                "problem",
                Text("Waits over 40 s: 6.0 % against a limit of 5 %.", "转人工等待超过40秒:6.0%,限值5%。"),
                Text(
                    "One more specialist from 09:00 to 10:00 on Tuesday would mend it.",
                    "周二09:00–10:00增加1名专线座席即可达标。",
                ),
            ),
            Finding("notice", Text("The forecast learned from generated records.", "预测依据合成记录。")),
        ),
        day_kinds=kinds,
    )
