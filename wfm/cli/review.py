"""``wfm review``: which targets were missed on which days and why, and how good the forecasts were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wfm.cli import options
from wfm.i18n import say

if TYPE_CHECKING:
    from scenarios.review import Review, ReviewSettings
    from wfm.review.forecast_accuracy import Accuracy
    from wfm.review.missed import DayReview, TargetReview


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("review", help=say("Look back: which targets were missed and why, and how good the forecasts were."))
    def review(
        scenario: Annotated[str, options.scenario()],
        first: Annotated[str, typer.Option("--from", help=say("first day to look at, YYYY-MM-DD"))],
        last: Annotated[str, typer.Option("--to", help=say("last day to look at, YYYY-MM-DD (default: --from)"))] = "",
        by: Annotated[
            str, typer.Option("--by", help=say("what tells causes apart: simulation (of whole days), or formula"))
        ] = "simulation",
        plan: Annotated[
            Path | None, typer.Option("--plan", help=say("folder of the plan (default: the planning store's last)"))
        ] = None,
        all_days: Annotated[
            bool, typer.Option("--all-days", help=say("explain days that kept their targets too"))
        ] = False,
        seed: Annotated[int, options.seed()] = 1,
        replications: Annotated[
            int, typer.Option("--replications", help=say("simulated days of each combination of causes"))
        ] = 100,
        as_json: Annotated[bool, options.as_json()] = False,
    ) -> None:
        from scenarios.day_causes import METHODS
        from scenarios.review import ReviewSettings
        from wfm.cli.plan import one_of
        from wfm.execution import usable_cores

        begin = _day("--from", first)
        settings = ReviewSettings(
            first=begin,
            last=_day("--to", last) if last else begin,
            by=one_of("--by", by, METHODS),  # type: ignore[arg-type]
            seed=seed,
            replications=replications,
            workers=usable_cores(),
            all_days=all_days,
            plan=plan,
        )
        run_review(scenario, settings, as_json)


def _day(option: str, text: str) -> Any:
    from datetime import date

    from wfm.errors import BadInput

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            say("{option}: found {found!r}, allowed is a date such as 2026-09-14", option=option, found=text)
        ) from None


def run_review(name: str, settings: ReviewSettings, as_json: bool) -> None:
    """Look back, and print what was found."""
    from scenarios.review import STAGES, review_period
    from scenarios.scenario import load_scenario
    from wfm.cli.console import print_json, stage_bars
    from wfm.cli.engine_told import tell_engine
    from wfm.home import home_folder
    from wfm.store import open_store

    scenario = load_scenario(name)
    store = None if settings.plan is not None else open_store()
    tell_engine()
    with stage_bars({key: text.of() for key, text in STAGES.items()}) as bars:
        review = review_period(scenario, settings, home_folder(), store, bars.watch)
    if as_json:
        print_json(review_json(review))
    else:
        print_review(review)


def print_review(review: Review) -> None:
    """What was missed and why, then the table of all days, then the forecasts."""
    from wfm.cli.console import make_console, make_table
    from wfm.review.sentences import day_text, review_sentences

    console = make_console()
    settings = review.settings
    console.print(f"{review.hotline.name} · {settings.first} – {settings.last}", style="bold")
    for note in review.notes:
        console.print(f"· {note}")
    for day in review.days:
        if day.day not in review.explained:
            continue
        for target in day.targets if settings.all_days else day.missed:
            sentences = review_sentences(day, target)
            console.print(f"{'✓' if target.met else '✕'} {sentences[0]}")
            for sentence in sentences[1:]:
                console.print(f"  {sentence}")
            _print_lines(day, target, review)
    if review.explained:
        console.print(
            say(
                "± holds in about nine cases of ten: what other callers of such a day would bring, and the simulation's own error. "
                "An effect smaller than its ± may be chance."
            ),
            style="dim",
        )
    if not any(day.missed for day in review.days):
        console.print(say("Every target was kept on every day."))
    table = make_table(console, say("Targets by day"))
    table.add_column(say("Day"))
    for target_of in review.targets:
        table.add_column(target_of.name.of(), justify="right")
    for day in review.days:
        values = {t.target.id: t for t in day.targets}
        cells = [_cell(values.get(t.id)) for t in review.targets]
        table.add_row(day_text(day.day).of(), *cells)
    console.print(table)
    _print_forecast(review)


def _print_lines(day: DayReview, target: TargetReview, review: Review) -> None:
    """The same target line by line, the heaviest cause beside it."""
    from scenarios.findings import value_text
    from wfm.i18n import list_words
    from wfm.review.sentences import cause_name

    names = {line.id: line.name for line in review.hotline.lines}
    told = []
    for row in (r for r in day.by_line if r.target.id == target.target.id and not r.met):
        heaviest = max(row.causes, key=lambda c: abs(c.value), default=None)
        words = say(
            "{line} {observed} for {planned}",
            line=names[row.line],
            observed=value_text(row.observed, row.target.unit),
            planned=value_text(row.planned, row.target.unit),
        )
        told.append(
            words if heaviest is None else say("{words} ({cause})", words=words, cause=cause_name(heaviest.factor))
        )
    if told:
        from wfm.cli.console import make_console

        make_console().print("  " + say("By line: {lines}.", lines=list_words(told)))


def _cell(row: TargetReview | None) -> str:
    from scenarios.findings import value_text

    if row is None:
        return "–"
    return f"{value_text(row.observed, row.target.unit)} {'✓' if row.met else '✕'}"


def _print_forecast(review: Review) -> None:
    from wfm.cli.console import make_console, make_table

    console = make_console()
    found = review.forecast
    if found.overall is None:
        return
    table = make_table(console, say("Forecast against what came"))
    for heading in (
        "",
        say("Calls"),
        say("WAPE"),
        say("Bias"),
        say("Day WAPE"),
        say("MASE"),
        say("In 80 % band"),
        say("In 95 % band"),
    ):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row(say("all"), *_accuracy_cells(found.overall))
    names = {line.id: line.name.of() for line in review.hotline.lines}
    for line, accuracy in found.by_line.items():
        table.add_row(names.get(line, line), *_accuracy_cells(accuracy))
    for lead, accuracy in found.by_lead.items():
        words = say("{n} days ahead", n=lead) if lead else say("on the evening before")
        table.add_row(words, *_accuracy_cells(accuracy))
    console.print(table)
    console.print(
        say(
            "Tracking signal of daily totals: Trigg {trigg:+.2f}, Brown {brown:+.1f}.",
            trigg=found.overall.trigg,
            brown=found.overall.brown,
        )
    )


def _accuracy_cells(accuracy: Accuracy) -> list[str]:
    def percent(value: float, sign: str = "") -> str:
        return say("{number} %", number=f"{100 * value:{sign}.1f}") if value == value else "–"

    bands = [
        say("{share} ({low}–{high})", share=percent(c.share), low=f"{100 * c.low:.0f}", high=f"{100 * c.high:.0f}")
        for c in accuracy.coverage
    ]
    return [
        f"{accuracy.calls:,.0f}",
        percent(accuracy.wape),
        percent(accuracy.bias, "+"),
        percent(accuracy.day_wape),
        f"{accuracy.mase:.2f}" if accuracy.mase == accuracy.mase else "–",
        *bands,
    ]


def review_json(review: Review) -> dict[str, Any]:
    """What ``--json`` prints."""
    settings, found = review.settings, review.forecast

    def all_of(table: Any) -> dict[str, Any]:
        return {str(key): _accuracy_json(value) for key, value in table.items()}

    return {
        "hotline": review.hotline.id,
        "first": settings.first.isoformat(),
        "last": settings.last.isoformat(),
        "by": settings.by,
        "seed": settings.seed,
        "replications": settings.replications,
        "notes": [note.as_dict() for note in review.notes],
        "days": [_day_json(day, review) for day in review.days],
        "forecast": None
        if found.overall is None
        else {
            **_accuracy_json(found.overall),
            "by_line": all_of(found.by_line),
            "by_day": all_of(found.by_day),
            "by_hour": all_of(found.by_hour),
            "by_lead_days": all_of(found.by_lead),
        },
    }


def _day_json(day: DayReview, review: Review) -> dict[str, Any]:
    from wfm.review.sentences import review_sentences

    plan = review.plans[day.day]
    explained = day.day in review.explained
    return {
        "day": day.day.isoformat(),
        "plan": plan.name,
        "plan_made_before": plan.before_the_day,
        "explained": explained,
        "not_recorded": list(day.unknown),
        "facts": {
            name: {
                "planned": fact.planned,
                "actual": fact.actual,
                "start": _moment(fact.start),
                "end": _moment(fact.end),
            }
            for name, fact in day.facts.items()
        },
        "targets": [
            _target_json(row)
            | {
                "plan_expected": plan.expected.get(row.target.id),
                "sentences": [s.as_dict() for s in review_sentences(day, row)] if explained else [],
            }
            for row in day.targets
        ],
        "by_line": [_target_json(row) | {"line": row.line} for row in day.by_line],
    }


def _moment(at: Any) -> str | None:
    return None if at is None else at.isoformat()


def _target_json(row: TargetReview) -> dict[str, Any]:
    return {
        "target": row.target.id,
        "kpi": row.target.kpi,
        "unit": row.target.unit,
        "operator": row.target.operator,
        "limit": row.target.limit,
        "met": row.met,
        "observed": row.observed,
        "planned": row.planned,
        "explained": row.explained,
        "causes": [
            {
                "factor": cause.factor,
                "value": cause.value,
                "half_width": cause.half_width,
                "mc_half_width": cause.mc_half_width,
                "alone": cause.alone,
            }
            for cause in row.causes
        ],
        "luck": row.luck,
        "usual_low": row.usual_low,
        "usual_high": row.usual_high,
        "verdict": row.verdict,
    }


def _accuracy_json(accuracy: Accuracy) -> dict[str, Any]:
    return {
        "cells": accuracy.cells,
        "days": accuracy.days,
        "calls": accuracy.calls,
        "forecast": accuracy.forecast,
        "wape": accuracy.wape,
        "bias": accuracy.bias,
        "day_wape": accuracy.day_wape,
        "mase": accuracy.mase,
        "tracking_brown": accuracy.brown,
        "tracking_trigg": accuracy.trigg,
        "coverage": [
            {"band": c.nominal, "share": c.share, "low": c.low, "high": c.high, "cells": c.cells, "by_days": c.by_days}
            for c in accuracy.coverage
        ],
    }
