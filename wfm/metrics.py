"""KPI definitions, each written once: formula, estimator, unit, clause, English and Chinese name.

A KPI is a ratio of sums of daily counts. The several definitions of connection rate and of service
level are different KPIs; nobody writes a ratio a second time. Counts per day come from
``wfm.records.tally_calls`` for recorded and ``simulation.tally`` for simulated calls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from wfm.i18n import Text

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COUNTS", "KPIS", "THREE_RINGS_S", "Estimator", "Kpi", "kpi", "kpi_values"]

Unit = Literal["s", "share", "count"]

COUNTS = (
    "offered",
    "blocked",
    "closed",
    "ivr_answered",
    "ivr_completed",
    "ivr_abandoned",
    "queued",
    "answered",
    "abandoned",
    "short_abandoned",
    "called_back",
    "wait_answered_s",
    "wait_dialling_s",
    "wait_all_s",
    "answered_within_10_s",
    "answered_within_15_s",
    "answered_within_20_s",
    "answered_within_30_s",
    "answered_within_40_s",
    "answered_within_60_s",
    "abandoned_within_15_s",
    "waited_over_40_s",
    "rang_over_three",
    "handle_s",
    "staffed_s",
)
"""Daily counts that KPIs are made of, per line and day.

``wait_answered_s`` runs from ring-back to pick-up and includes ringing; ``wait_dialling_s`` runs from
the end of dialling; ``wait_all_s`` holds the waits of all queued callers. ``waited_over_40_s`` counts
queued callers, answered or not, whose wait for an agent exceeded 40 s. ``called_back`` counts missed
calls whose call-back reached the caller; such a call is never also ``answered`` or ``ivr_completed``.
"""

THREE_RINGS_S = 15.0
"""Three rings in seconds: the Chinese ring-back tone sounds for 1 s and rests for 4 s (GB/T 3380); whole cycles, assumed."""


class Estimator(StrEnum):
    """How a period's value comes from daily sums: not the same number, and never mixed."""

    RATIO_OF_TOTALS = "ratio_of_totals"
    MEAN_OF_DAILY_RATIOS = "mean_of_daily_ratios"
    WORST_DAY = "worst_day"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key performance indicator: (Σ numerator − Σ less) ÷ (Σ denominator − Σ denominator_less)."""

    id: str
    name: Text
    unit: Unit
    better: Literal["higher", "lower"]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    definition: Text
    clause: str = ""
    estimator: Estimator = Estimator.RATIO_OF_TOTALS
    denominator_less: tuple[str, ...] = ()

    def of(self, days: pd.DataFrame) -> float:
        """The period's value from daily counts (one row a day, columns of :data:`COUNTS`).

        Days whose denominator is zero are left out of daily means and worst days. NaN when nothing
        was counted.
        """
        above = _total(days, self.numerator)
        below = self._denominator(days)
        return _estimate(self.estimator, above, below)

    def _denominator(self, days: pd.DataFrame) -> NDArray[np.float64]:
        return _total(days, self.denominator) - _total(days, self.denominator_less)

    def daily(self, days: pd.DataFrame) -> NDArray[np.float64]:
        """The ratio of each day, NaN where nothing was counted; shape ``(days,)``."""
        above = _total(days, self.numerator)
        below = self._denominator(days)
        ratios: NDArray[np.float64] = np.divide(above, below, out=np.full(len(days), np.nan), where=below > 0)
        return ratios


def _total(days: pd.DataFrame, names: tuple[str, ...]) -> NDArray[np.float64]:
    """The sum of these columns, for each day; zeros where there are none."""
    total = np.zeros(len(days))
    for name in names:
        total += days[name].to_numpy(float)
    return total


def _estimate(estimator: Estimator, above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    counted = below > 0
    if not counted.any():
        return float("nan")
    if estimator is Estimator.RATIO_OF_TOTALS:
        return float(above.sum() / below.sum())
    ratios = above[counted] / below[counted]
    return float(ratios.mean() if estimator is Estimator.MEAN_OF_DAILY_RATIOS else ratios.min())


_COURT = "DB330503/T 02.3—2018 服务质量指标"

_ALL: tuple[Kpi, ...] = (
    Kpi(
        "asa_s",
        Text("Mean answer time", "平均应答时限"),
        "s",
        "lower",
        ("wait_answered_s",),
        ("answered",),
        Text(
            "ring-back after transfer to pick-up, ringing included, summed over answered calls ÷ answered calls",
            "转人工后自听到回铃音起至座席员应答（含振铃），已接来电之和 ÷ 已接来电",
        ),
        clause=_COURT,
    ),
    Kpi(
        "asa_from_dialling_s",
        Text("Mean answer time from dialling", "自拨号完毕起的平均应答时限"),
        "s",
        "lower",
        ("wait_dialling_s",),
        ("answered",),
        Text(
            "end of dialling to pick-up by an agent, announcement and menu included ÷ answered calls",
            "自拨号完毕起至座席员应答（含插播与语音导航）÷ 已接来电",
        ),
        clause=_COURT,
    ),
    Kpi(
        "mean_wait_s",
        Text("Mean wait of all queued callers", "全部排队来电平均等待"),
        "s",
        "lower",
        ("wait_all_s",),
        ("queued",),
        Text("wait of answered and abandoning callers ÷ queued calls", "已接与放弃来电的等待之和 ÷ 排队来电"),
    ),
    Kpi(
        "connection_rate_daily_mean",
        Text("Total connection rate (call-backs included, mean of daily ratios)", "总接通率（含漏话回拨，日均值）"),
        "share",
        "higher",
        ("ivr_completed", "answered", "called_back"),
        ("offered",),
        Text(
            "mean over days of (served by IVR + answered by agents + missed calls called back) ÷ calls offered",
            "每日（电脑座席接起+人工座席接起+漏话回拨）÷ 进入呼叫中心的呼叫总量，再取日均值",
        ),
        clause=_COURT,
        estimator=Estimator.MEAN_OF_DAILY_RATIOS,
    ),
    Kpi(
        "connection_rate_without_call_backs",
        Text(
            "Total connection rate by formula (no call-backs, mean of daily ratios)",
            "总接通率（公式口径，不含回拨，日均值）",
        ),
        "share",
        "higher",
        ("ivr_completed", "answered"),
        ("offered",),
        Text(
            "mean over days of (served by IVR + answered by agents) ÷ calls offered",
            "每日（电脑座席接起数+人工座席接起数）÷ 呼叫总量，再取日均值",
        ),
        clause=_COURT,
        estimator=Estimator.MEAN_OF_DAILY_RATIOS,
    ),
    Kpi(
        "connection_rate_ivr_pickup",
        Text("Total connection rate (any IVR pick-up counts)", "总接通率（语音接起即计）"),
        "share",
        "higher",
        ("ivr_answered",),
        ("offered",),
        Text(
            "mean over days of calls picked up by IVR or agent ÷ calls offered",
            "每日语音或人工接起 ÷ 呼叫总量，再取日均值",
        ),
        clause=_COURT,
        estimator=Estimator.MEAN_OF_DAILY_RATIOS,
    ),
    Kpi(
        "connection_rate_incoming",
        Text("Call connection rate (incoming calls only)", "呼叫接通率（仅来电）"),
        "share",
        "higher",
        ("answered",),
        ("offered",),
        Text("calls answered by agents ÷ incoming calls, totals", "人工接通的来电 ÷ 来电总量（总量之比）"),
        clause="DB5201/T 110—2020 呼叫接通率",
    ),
    Kpi(
        "connection_rate_incoming_ivr",
        Text("Call connection rate (incoming calls, IVR counts)", "呼叫接通率（仅来电，含语音自助）"),
        "share",
        "higher",
        ("answered", "ivr_completed"),
        ("offered",),
        Text(
            "calls answered by agents or served by IVR ÷ incoming calls, totals",
            "人工接通与语音自助办结的来电 ÷ 来电总量",
        ),
        clause="DB5201/T 110—2020 呼叫接通率",
    ),
    Kpi(
        "connection_rate_24h",
        Text("Connection rate of every 24 hours", "24小时接通率"),
        "share",
        "higher",
        ("answered", "ivr_completed"),
        ("offered",),
        Text(
            "(answered by agents + served by IVR) ÷ calls offered, mean over calendar days of 24 h",
            "每24小时（人工接通+语音自助办结）÷ 来电总量，各日平均",
        ),
        clause="GB/T 33358—2016 接通率",
        estimator=Estimator.MEAN_OF_DAILY_RATIOS,
    ),
    Kpi(
        "connection_rate_worst_day",
        Text("Connection rate of the worst day", "最差日接通率"),
        "share",
        "higher",
        ("answered", "ivr_completed"),
        ("offered",),
        Text(
            "lowest calendar day of (answered by agents + served by IVR) ÷ calls offered",
            "（人工接通+语音自助办结）÷ 来电总量的最低日值",
        ),
        clause="GB/T 33358—2016 接通率",
        estimator=Estimator.WORST_DAY,
    ),
    Kpi(
        "agent_connection_rate",
        Text("Answered share of calls that asked for an agent", "人工接通率"),
        "share",
        "higher",
        ("answered",),
        ("queued",),
        Text("answered ÷ queued", "人工接通 ÷ 请求人工"),
    ),
    Kpi(
        "service_level_15_offered",
        Text("Service level 15 s (of queued)", "15秒接通率（占排队来电）"),
        "share",
        "higher",
        ("answered_within_15_s",),
        ("queued",),
        Text("answered within 15 s ÷ queued calls", "15秒内接通 ÷ 排队来电"),
    ),
    Kpi(
        "service_level_15_answered",
        Text("Answered within 15 s (of answered)", "15秒内应答占比（占已接）"),
        "share",
        "higher",
        ("answered_within_15_s",),
        ("answered",),
        Text("answered within 15 s of ring-back ÷ answered calls", "回铃后15秒内接听 ÷ 已接来电"),
    ),
    Kpi(
        "service_level_15_less_short",
        Text("Service level 15 s (short abandons left out)", "15秒接通率（扣除短放弃）"),
        "share",
        "higher",
        ("answered_within_15_s",),
        ("queued",),
        Text("answered within 15 s ÷ (queued − short abandons)", "15秒内接通 ÷（排队来电 − 短放弃）"),
        denominator_less=("short_abandoned",),
    ),
    Kpi(
        "service_level_15_with_abandoned",
        Text("Served or gone within 15 s", "15秒内接通或放弃占比"),
        "share",
        "higher",
        ("answered_within_15_s", "abandoned_within_15_s"),
        ("queued",),
        Text("(answered + abandoned within 15 s) ÷ queued calls", "(15秒内接通+15秒内放弃)÷ 排队来电"),
    ),
    Kpi(
        "service_level_20_offered",
        Text("Service level 20 s (of queued)", "20秒接通率（占排队来电）"),
        "share",
        "higher",
        ("answered_within_20_s",),
        ("queued",),
        Text("answered within 20 s ÷ queued calls", "20秒内接通 ÷ 排队来电"),
    ),
    Kpi(
        "waited_over_40_s_share",
        Text("Waited over 40 s for an agent", "转人工等待超过40秒占比"),
        "share",
        "lower",
        ("waited_over_40_s",),
        ("queued",),
        Text(
            "queued callers who waited more than 40 s from IVR to agent ÷ queued calls",
            "转人工等待超过40秒的来电 ÷ 排队来电",
        ),
        clause=_COURT,
    ),
    Kpi(
        "rang_over_three_share",
        Text("Picked up after three rings", "铃响三声后接起占比"),
        "share",
        "lower",
        ("rang_over_three",),
        ("answered",),
        Text(
            "answered calls that rang at the agent for more than three rings ÷ answered calls",
            "铃响三声后才接起 ÷ 已接来电",
        ),
        clause="DB330503/T 02.3—2018 投诉处理",
    ),
    Kpi(
        "abandon_share",
        Text("Abandoned", "放弃率"),
        "share",
        "lower",
        ("abandoned",),
        ("queued",),
        Text("given up while waiting ÷ queued calls", "排队中放弃 ÷ 排队来电"),
    ),
    Kpi(
        "blocked_share",
        Text("Busy", "占线率"),
        "share",
        "lower",
        ("blocked",),
        ("offered",),
        Text("calls that met busy trunks ÷ calls offered", "遇忙来电 ÷ 来电总量"),
    ),
    Kpi(
        "aht_s",
        Text("Mean handling time", "平均处理时长"),
        "s",
        "lower",
        ("handle_s",),
        ("answered",),
        Text("talk + hold + wrap-up ÷ answered calls", "通话+保持+事后处理 ÷ 已接来电"),
    ),
    Kpi(
        "occupancy",
        Text("Occupancy", "座席利用率"),
        "share",
        "lower",
        ("handle_s",),
        ("staffed_s",),
        Text("handling ÷ staffed time", "处理时长 ÷ 在岗时长"),
    ),
)

KPIS: dict[str, Kpi] = {k.id: k for k in _ALL}
"""Every KPI by its identifier."""


def kpi(kpi_id: str) -> Kpi:
    """The KPI with this identifier; KeyError if there is none."""
    return KPIS[kpi_id]


def kpi_values(days: pd.DataFrame, kpi_ids: Iterable[str] | None = None) -> dict[str, float]:
    """Values of the KPIs over daily counts (one row a day, all lines summed)."""
    return {k: KPIS[k].of(days) for k in (kpi_ids or KPIS)}
