"""What ``wfm hire`` prints: months, contracts, the pool by firm, and the numbers behind them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from wfm.cli.hire_numbers import numbers_behind, print_numbers
from wfm.i18n import say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from scenarios.hire import HirePlan, TeamPlan
    from scenarios.scenario import Scenario
    from wfm.hotline import Hotline
    from wfm.staffing.pool import PoolSize

__all__ = ["hire_json", "months_table", "print_hire"]

FIRMS_SHOWN = 10
AIRY_FROM_WIDTH = 116
"""Two blanks between columns from here on, else one."""
HOURS_FROM_WIDTH = 90
"""Narrower terminals do without the column of hours."""


def months_table(plan: HirePlan) -> pd.DataFrame:
    """One row a team and month."""
    rows = []
    for team in plan.teams:
        for work, month in zip(plan.work, team.months, strict=True):
            rows.append(
                {
                    "team": team.team.role,
                    "month": f"{month.month:%Y-%m}",
                    **{f"{kind}_days": count for kind, count in work.days.items()},
                    "provisional": work.provisional,
                    "calls_per_day": round(work.calls_per_day, 2),
                    "required_h": round(month.hours, 2),
                    "needed": round(month.needed, 3),
                    "reason": month.reason,
                    "heads": round(month.heads, 3),
                    "low": month.low,
                    "high": month.high,
                    "p_enough": round(month.p_enough, 4),
                    "deciding": month.deciding,
                    "joining": month.joining,
                    "leaving": round(month.leaving, 3),
                    "gap": round(month.gap, 3),
                    "cost": round(month.cost, 2),
                }
            )
    return pd.DataFrame(rows)


def hire_json(plan: HirePlan, scenario: Scenario) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "hotline": plan.hotline.id,
        "first": f"{plan.first:%Y-%m}",
        "months": plan.months,
        "confidence": plan.reserve,
        "inputs": scenario.input_hashes(),
        "by_month": months_table(plan).to_dict("records"),
        "work": [
            {
                "month": f"{work.month:%Y-%m}",
                "factor": work.factor,
                "seat_h": work.seat_h,
                "duty_a_h": work.rostered.paid_a_h,
                "duty_b_h": work.rostered.paid_b_h,
                "counted_h": work.counted_h,
                "duties": sum(work.rostered.duties.values()),
                "nights": work.rostered.nights,
                "back_office_h": work.back_office_h,
                "short_seats": work.short_seats,
            }
            for work in plan.work
        ],
        "teams": [
            {
                "team": team.team.role,
                "contracts": [
                    {
                        "contract": one.member.contract.id,
                        "heads_now": one.member.people,
                        "deciding": one.plan.deciding[: plan.months].tolist(),
                        "joining": one.plan.joining[: plan.months].tolist(),
                        "heads": one.plan.heads[: plan.months].tolist(),
                        "status": one.plan.status,
                        "objective": one.plan.objective,
                        "bound": one.plan.bound,
                    }
                    for one in team.members
                ],
            }
            for team in plan.teams
        ],
        "pool": None if plan.pool is None else _pool_json(plan.pool),
        "numbers": [
            {"keys": [{"key": key, "value": value} for key, value in keys], "kind": kind, "why": why}
            for keys, kind, why in numbers_behind(plan)
        ],
        "notes": [note.as_dict() for note in plan.notes],
    }


def _pool_json(pool: PoolSize) -> dict[str, Any]:
    tight = pool.tightest
    return {
        "month": f"{pool.month:%Y-%m}",
        "people": pool.people,
        "needed": pool.needed,
        "duties_a_per_4_weeks": pool.duties_a,
        "duties_b_per_4_weeks": pool.duties_b,
        "duties_per_head": pool.duties_per_head,
        "firms_least": pool.firms_least,
        "unshared_duties": pool.unshared,
        "away_share": pool.away_share,
        "tightest": None
        if tight is None
        else {
            "date": tight.day.isoformat(),
            "scope": tight.scope,
            "group": tight.group,
            "posts": tight.posts,
            "able": tight.able,
            "p_enough": tight.p_enough,
            "able_least": tight.able_least,
        },
        "firms": [
            {
                "firm": firm.firm,
                "people": firm.people,
                "capacity": firm.capacity,
                "limit_a": firm.limit_a,
                "duties": firm.duties,
                "use": firm.use,
                "needed": firm.needed,
            }
            for firm in pool.firms
        ],
    }


def print_hire(plan: HirePlan, out: Path | None) -> None:
    """Tables for people."""
    from wfm.cli.console import make_console

    console = make_console()
    last = plan.work[-1].month
    console.print(f"{plan.hotline.name} · {plan.first:%Y-%m} – {last:%Y-%m}", style="bold", markup=False)
    for team in plan.teams:
        _print_team(plan, team, console)
    if plan.pool is not None:
        _print_pool(plan.hotline, plan.pool, console)
    for note in plan.notes:
        console.print(f"· {note}", markup=False)
    print_numbers(plan, _simple_table(say("Numbers behind this view (long_view in hotline.yaml)")), console)
    if out is not None:
        console.print(say("The months are written to {path}.", path=out))


def _simple_table(title: str, *, gap: int = 2) -> Table:
    """A table without lines; ``gap`` blanks stand between columns."""
    from rich import box
    from rich.table import Table

    padding = (0, gap - 1, 0, 0)
    return Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=padding)


def _print_team(plan: HirePlan, team: TeamPlan, console: Console) -> None:
    from scenarios.hire import team_name

    answering = team.team.role == "answering"
    costly = any(month.cost > 0 for month in team.months)
    with_hours = console.width >= HOURS_FROM_WIDTH
    table = _simple_table(str(team_name(team.team.role)), gap=2 if console.width >= AIRY_FROM_WIDTH else 1)
    headings = (
        [say("Month")] + ([say("Calls a day")] if answering else []) + ([say("Paid hours")] if with_hours else [])
    )
    headings += [say("Needed"), say("On board"), say("80 % band"), say("Enough"), say("Decide")]
    headings += [say("Join"), say("Leave"), say("Gap")] + ([say("Cost (1000)")] if costly else [])
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=number == 0)
    for work, month in zip(plan.work, team.months, strict=True):
        cells = [f"{month.month:%Y-%m}" + ("*" if work.provisional else "")]
        cells += [f"{work.calls_per_day:,.0f}"] if answering else []
        cells += [f"{month.hours:,.0f}"] if with_hours else []
        cells += [f"{month.needed:.1f}", f"{month.heads:.1f}", f"{month.low}–{month.high}", f"{month.p_enough:.0%}"]
        cells += [_whole(month.deciding), _whole(month.joining), f"{month.leaving:.1f}"]
        cells += [f"{month.gap:.1f}" if month.gap >= 0.05 else "–"]
        cells += [f"{month.cost / 1000:,.0f}"] if costly else []
        table.add_row(*cells)
    table.add_section()
    sums = [say("Sum")] + ([""] if answering else [])
    sums += [f"{sum(m.hours for m in team.months):,.0f}"] if with_hours else []
    sums += ["", "", "", "", _whole(sum(m.deciding for m in team.months)), _whole(sum(m.joining for m in team.months))]
    sums += [f"{sum(m.leaving for m in team.months):.1f}", ""]
    sums += [f"{sum(m.cost for m in team.months) / 1000:,.0f}"] if costly else []
    table.add_row(*sums)
    console.print(table)
    for sentence in _team_sentences(plan, team):
        console.print(f"· {sentence}", markup=False)


def _whole(count: int) -> str:
    return str(count) if count else "–"


def _team_sentences(plan: HirePlan, team: TeamPlan) -> list[str]:
    words = {
        "hours": say("paid hours"),
        "duties": say("duties in four weeks"),
        "nights": say("nights in four weeks"),
        "presence": say("duties of the fullest day"),
    }
    counts = {reason: sum(m.reason == reason for m in team.months) for reason in words}
    joiner = say("; ")
    decides = joiner.join(say("{reason} in {n} months", reason=words[reason], n=n) for reason, n in counts.items() if n)
    found = [say("Heads are decided by: {decides}.", decides=decides)]
    for one in team.members:
        if len(team.members) > 1 or one.plan.status != "optimal":
            found.append(
                say(
                    "{contract}: {now} today, {joining} join, {end:.1f} at the end; {status}.",
                    contract=one.member.contract.name,
                    now=one.member.people,
                    joining=int(one.plan.joining[: plan.months].sum()),
                    end=float(one.plan.heads[plan.months - 1]),
                    status=say("proven cheapest") if one.plan.status == "optimal" else say("not proven cheapest"),
                )
            )
    return found


def _print_pool(hotline: Hotline, pool: PoolSize, console: Console) -> None:
    title = say(
        "Pool in {month}: {needed} of {people} people needed, {duties:,.0f} duties in four weeks",
        month=f"{pool.month:%Y-%m}",
        needed=pool.needed,
        people=pool.people,
        duties=pool.duties_a + pool.duties_b,
    )
    table = _simple_table(title)
    table.add_column(say("Firm"))
    for heading in (
        say("People"),
        say("Duties they take up"),
        say("Duties asked"),
        say("Used"),
        say("Needed"),
        say("Spare"),
    ):
        table.add_column(heading, justify="right")
    shown, others = pool.firms[:FIRMS_SHOWN], pool.firms[FIRMS_SHOWN:]
    for firm in shown:
        at_limit = "△" if firm.duties > 0 and firm.limit_a < firm.capacity and firm.use < _use(pool) - 1e-6 else ""
        name = firm.firm or say("without a firm")
        table.add_row(
            f"{name}{at_limit}",
            str(firm.people),
            f"{firm.capacity:.0f}",
            f"{firm.duties:.0f}",
            f"{firm.use:.0%}",
            str(firm.needed),
            f"{firm.people - firm.needed:+d}",
        )
    if others:
        people, needed = sum(f.people for f in others), sum(f.needed for f in others)
        duties, capacity = sum(f.duties for f in others), sum(f.capacity for f in others)
        table.add_row(
            say("{n} other firms", n=len(others)),
            str(people),
            f"{capacity:.0f}",
            f"{duties:.0f}",
            f"{duties / capacity:.0%}" if capacity else "–",
            str(needed),
            f"{people - needed:+d}",
        )
    console.print(table)
    for sentence in _pool_sentences(hotline, pool):
        console.print(f"· {sentence}", markup=False)


def _use(pool: PoolSize) -> float:
    capacity = sum(f.capacity for f in pool.firms)
    return sum(f.duties for f in pool.firms) / capacity if capacity else 0.0


def _pool_sentences(hotline: Hotline, pool: PoolSize) -> list[str]:
    share = hotline.rules.firm_share_max
    firms = sum(1 for firm in pool.firms if firm.firm)
    found = []
    if share < 1:
        found.append(
            say(
                "A firm fills at most {share:.0%} of a shift's A posts: at least {least} firms are needed, the pool has {firms}.",
                share=share,
                least=pool.firms_least,
                firms=firms,
            )
        )
        if pool.unshared > 0.5:
            found.append(
                say("{duties:.0f} A duties in four weeks are left that no firm may take.", duties=pool.unshared)
            )
        if any(f.limit_a < f.capacity and f.use < _use(pool) - 1e-6 for f in pool.firms):
            found.append(say("△ held back by this limit."))
    elif firms:
        largest = max(firm.people for firm in pool.firms if firm.firm)
        found.append(
            say(
                "No limit on a firm's share: all firms are used alike; the largest of {firms} has {share:.1%} of the people.",
                firms=firms,
                share=largest / pool.people,
            )
        )
    tight = pool.tightest
    if tight is not None:
        posts = {
            "all": say("all posts"),
            "night": say("night posts"),
            "group": str(hotline.group(tight.group).name) if tight.group else "",
        }[tight.scope]
        found.append(
            say(
                "Tightest day {date}, {posts}: {count} posts, {able} people can come, each away with {away:.1%}; enough come with {p}. For 95 % it takes {least} who can come.",
                date=tight.day.isoformat(),
                posts=posts,
                count=tight.posts,
                able=tight.able,
                away=pool.away_share,
                p=_probability(tight.p_enough),
                least=tight.able_least,
            )
        )
    return found


def _probability(p: float) -> str:
    return f"> {0.9999:.2%}" if p > 0.9999 else f"{p:.2%}"
