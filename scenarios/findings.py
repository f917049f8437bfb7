"""What a plan's reader must know, in sentences: what is missed, where, by how much, what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from scenarios.plan import Finding, RosterSummary, ScoreRow, Severity
from scenarios.roster_measures import ROSTER_MEASURES
from wfm.hotline import Hotline
from wfm.i18n import LANGUAGES, Text, both
from wfm.metrics import KPIS
from wfm.standards import Target

__all__ = ["WeakSpot", "build_findings", "headline", "limit_text", "percent", "value_text", "weak_spots"]


REASONS_SHOWN = 6
"""Reasons of unfilled posts that are told one by one; the scheduler gives the weightiest first."""


@dataclass(frozen=True, slots=True)
class WeakSpot:
    """A run of intervals in which fewer agents are on duty than required."""

    group: Text
    start: pd.Timestamp
    end: pd.Timestamp
    short: float

    @property
    def where(self) -> Text:
        """Day, clock and group, in both languages."""
        days_en = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        days_zh = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
        clock = f"{self.start:%m-%d} {{day}} {self.start:%H:%M}–{self.end:%H:%M}"
        weekday = self.start.weekday()
        return Text(
            clock.format(day=days_en[weekday]) + f", {self.group.en}",
            clock.format(day=days_zh[weekday]) + f"，{self.group.zh}",
        )


def weak_spots(hotline: Hotline, requirement: pd.DataFrame, cover: pd.DataFrame) -> list[WeakSpot]:
    """Runs of neighbouring intervals where A agents on duty fall short of the heads, worst first.

    Ordered by missing agent-hours.
    """
    both_sides = requirement.merge(cover, on=["group", "interval"], how="left")
    both_sides["short"] = (both_sides["heads"] - both_sides["rostered_a"].fillna(0)).clip(lower=0)
    spots = []
    for group_id, part in both_sides.groupby("group", sort=False):
        rows = part.sort_values("interval").reset_index(drop=True)
        short = rows["short"].to_numpy(float)
        step = pd.to_timedelta(rows["interval_s"], unit="s")
        joined = (short > 1e-9).astype(int)
        gap = rows["interval"].diff().ne(step.shift())
        runs = (np.diff(joined, prepend=0) == 1) | (gap.to_numpy() & (joined == 1))
        labels = np.cumsum(runs) * joined
        for label in np.unique(labels[labels > 0]):
            inside = np.flatnonzero(labels == label)
            end = rows["interval"].iloc[inside[-1]] + step.iloc[inside[-1]]
            hours = float((short[inside] * step.iloc[inside].dt.total_seconds()).sum() / 3600)
            spot = WeakSpot(
                hotline.group(str(group_id)).name, rows["interval"].iloc[inside[0]], end, short[inside].max()
            )
            spots.append((hours, spot))
    return [spot for _hours, spot in sorted(spots, key=lambda item: -item[0])]


def percent(share: float, digits: int = 0) -> Text:
    """A share as each language writes it: ``94 %`` and ``94%``."""
    return both("{number} %", number=f"{100 * share:.{digits}f}")


def value_text(value: float | None, unit: str) -> Text:
    """A value with its unit, as each language writes it: ``12.3 s`` and ``12.3秒``, ``94.5 %`` and ``94.5%``."""
    if value is None:
        return Text("–", "–")
    if unit == "share":
        return percent(value, 1)
    if unit == "s":
        return both("{number} s", number=f"{value:,.1f}")
    if unit == "flag":
        return both("yes") if value else both("no")
    if unit == "h":
        return both("{number} h", number=f"{value:,.1f}")
    return Text(f"{value:,.0f}", f"{value:,.0f}")


def limit_text(operator: str, limit: float | None, unit: str) -> Text:
    """``≤ 15.0 s``."""
    if unit == "flag":
        return both("required")
    sign = {"<=": "≤", ">=": "≥"}.get(operator, operator)
    value = value_text(limit, unit)
    return Text(f"{sign} {value.en}".strip(), f"{sign} {value.zh}".strip())


def build_findings(
    hotline: Hotline,
    scorecard: tuple[ScoreRow, ...],
    roster: RosterSummary,
    requirement: pd.DataFrame,
    cover: pd.DataFrame,
    reasons: tuple[Text, ...],
    unreachable: list[tuple[Target, Text]],
    notes: tuple[Text, ...],
) -> tuple[Finding, ...]:
    """Findings in the order of their weight: the headline first, then problems, warnings, notices."""
    found = [headline(scorecard)]
    spots = weak_spots(hotline, requirement, cover)
    hopeless = {target.id: why for target, why in unreachable}
    for row in scorecard:
        if row.status in ("missed", "at risk"):
            remedy = hopeless.pop(row.target) if row.target in hopeless else _remedy(row, spots)
            found.append(_target(hotline, row, remedy))
    found += [Finding("problem", why) for why in hopeless.values()]
    found += _seats(hotline, requirement)
    found += _roster(roster, spots, reasons)
    found += [Finding("notice", note) for note in notes]
    return tuple(found)


def headline(scorecard: tuple[ScoreRow, ...]) -> Finding:
    """Whether the targets hold, and which one is least sure."""
    decided = [r for r in scorecard if r.p_met is not None]
    if not decided:
        return Finding("notice", both("The standard sets no limit that a simulation could decide."))
    weakest = min(decided, key=lambda r: r.p_met or 0.0)
    share = percent(weakest.p_met or 0.0)
    missed = sum(r.status == "missed" for r in decided)
    if missed:
        text = both(
            "{missed} of {all} targets missed; worst: {name}, kept with {share} probability.",
            missed=missed,
            all=len(decided),
            name=weakest.name,
            share=share,
        )
        return Finding("problem", text)
    risky = sum(r.status == "at risk" for r in decided)
    if risky:
        text = both(
            "{risky} of {all} targets at risk; weakest: {name}, kept with {share} probability.",
            risky=risky,
            all=len(decided),
            name=weakest.name,
            share=share,
        )
        return Finding("warning", text)
    if weakest.p_met == 1:
        return Finding("good", both("All {all} targets are kept in every simulated period.", all=len(decided)))
    text = both(
        "All {all} targets are kept; the least sure, {name}, with {share} probability.",
        all=len(decided),
        name=weakest.name,
        share=share,
    )
    return Finding("good", text)


def _target(hotline: Hotline, row: ScoreRow, remedy: Text) -> Finding:
    severity: Severity = "problem" if row.status == "missed" else "warning"
    text = both(
        "{name}: {value} against a limit of {limit}, kept with {p} probability{where}.",
        name=row.name,
        value=value_text(row.value, row.unit),
        limit=limit_text(row.operator, row.limit, row.unit),
        p=percent(row.p_met or 0.0),
        where=_where(hotline, row),
    )
    return Finding(severity, text, remedy)


def _where(hotline: Hotline, row: ScoreRow) -> Text:
    """The line and the day on which the KPI is worst."""
    known = KPIS.get(row.kpi)
    if known is None or not row.by_day:
        return Text("", "")
    worst = max if known.better == "lower" else min
    day = worst(row.by_day, key=lambda d: row.by_day[d])
    value = value_text(row.by_day[day], row.unit)
    if len(row.by_line) < 2:
        return both("; weakest day {day} ({value})", day=day, value=value)
    line = worst(row.by_line, key=lambda k: row.by_line[k])
    return both(
        "; weakest day {day} ({value}), weakest line {line} ({line_value})",
        day=day,
        value=value,
        line=hotline.line(line).name,
        line_value=value_text(row.by_line[line], row.unit),
    )


def _remedy(row: ScoreRow, spots: list[WeakSpot]) -> Text:
    if row.kpi in ROSTER_MEASURES:
        return both("Fill the posts that stay open; where none does, give the group a B.")
    if row.kpi not in KPIS:
        return both("Change the setting: it alone decides this target.")
    if spots:
        places = _places(spots[:3])
        return both("Fill the weak hours first: {places}.", places=places)
    if row.kpi == "asa_from_dialling_s":
        return both("Seats cannot mend this: shorten announcement and menu.")
    return both(
        "The roster meets the requirement in every interval; plan with a higher unplanned shrinkage "
        "or a tighter limit, so that the requirement itself rises."
    )


def _places(spots: list[WeakSpot]) -> Text:
    parts = [both("{where} ({short:.0f} short)", where=s.where, short=s.short) for s in spots]
    return Text("; ".join(p.en for p in parts), "；".join(p.zh for p in parts))


def _seats(hotline: Hotline, requirement: pd.DataFrame) -> list[Finding]:
    totals = requirement.groupby("interval")[["heads", "short_seats"]].sum()
    short = totals["short_seats"]
    if (short > 0).any():
        worst = short.idxmax()
        text = both(
            "{opened} seats opened are too few: {short:.0f} more are wanted at {when}.",
            opened=hotline.seats.opened,
            short=short.max(),
            when=f"{worst:%m-%d %H:%M}",
        )
        spare = hotline.seats.built - hotline.seats.opened
        if spare >= short.max():
            mend = both("Open {n:.0f} of the {spare} seats built but not opened.", n=short.max(), spare=spare)
        else:
            mend = both("{spare} seats are built but not opened; the rest must be built.", spare=spare)
        return [Finding("problem", text, mend)]
    text = both(
        "At most {heads:.0f} of the {opened} opened seats are needed at once; {spare:.0f} to spare.",
        heads=totals["heads"].max(),
        opened=hotline.seats.opened,
        spare=hotline.seats.opened - totals["heads"].max(),
    )
    return [Finding("notice", text)]


def _roster(roster: RosterSummary, spots: list[WeakSpot], reasons: tuple[Text, ...]) -> list[Finding]:
    found = []
    if roster.unfilled:
        text = both("{n} of {posts} posts stay unfilled.", n=roster.unfilled, posts=roster.posts)
        found.append(Finding("problem", text, both("Fill: {places}.", places=_places(spots[:3])) if spots else None))
    elif spots:
        text = both("The shifts leave {n} gaps in the requirement: {places}.", n=len(spots), places=_places(spots[:3]))
        found.append(Finding("warning", text, both("Add a shift that covers these hours, or lengthen one.")))
    found += [Finding("problem" if roster.unfilled else "notice", reason) for reason in reasons[:REASONS_SHOWN]]
    if len(reasons) > REASONS_SHOWN:
        found.append(
            Finding("notice", both("… and {n} more reasons of the same kinds.", n=len(reasons) - REASONS_SHOWN))
        )
    if not roster.legal:
        for violation in roster.violations[:5]:
            found.append(Finding("problem", violation))
    return found


def day_names(kinds: dict[date, tuple[str, Text | None]]) -> dict[str, dict[str, str]]:
    """ISO date → kind and name in both languages, as a plan carries them."""
    named = {}
    for day, (kind, name) in kinds.items():
        names: dict[str, str] = {chosen: name.of(chosen) if name is not None else "" for chosen in LANGUAGES}
        named[day.isoformat()] = {"kind": kind} | names
    return named
