"""Holding a quick answer to the calls themselves: the work that simulates it, and its result beside the formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dash import html

from dashboard.asked import Asked, address
from dashboard.attributes import cell_label
from dashboard.desk import Desk
from dashboard.jobs.kinds import JobKind
from dashboard.jobs.panel import job_panel
from dashboard.jobs.work import JobWork
from dashboard.pages.parts import status_cell
from dashboard.wording import error_words, interval_words, limit_words, probability_words, value_words
from scenarios.plan import Plan
from scenarios.quick_change import Change
from scenarios.quick_verify import VERIFY_STAGES, change_from, change_json, verify_answer
from wfm.i18n import Text, both, say
from wfm.store import JobRecord

__all__ = ["VERIFY", "verified_part", "verify_parameters", "verify_title"]


def verify_parameters(plan: str, change: Change, days: Sequence[date], asked: Asked) -> dict[str, Any]:
    """Parameters of the work; ``asked`` is where its result is seen."""
    return {
        "plan": plan,
        "change": change_json(change),
        "days": [day.isoformat() for day in days],
        "query": {key: value for key, value in asked.query.items() if key != "token"},
    }


def verify_title(plan: Plan, days: Sequence[date]) -> Text:
    """What the work is called."""
    when = days[0].isoformat() if len(days) == 1 else f"{days[0].isoformat()} – {days[-1].isoformat()}"
    return both("Verify seats of {hotline}, {when}", hotline=plan.hotline.name, when=when)


def _run(work: JobWork) -> Mapping[str, Any]:
    from wfm.execution import usable_cores

    asked = work.parameters
    found = verify_answer(
        work.desk.plans.plan(asked["plan"]),
        change_from(asked["change"]),
        [date.fromisoformat(day) for day in asked["days"]],
        workers=usable_cores(),
        watch=work.watch,
    )
    rows = [
        {
            "target": row.target,
            "name": row.name.as_dict(),
            "unit": row.unit,
            "operator": row.operator,
            "limit": row.limit,
            "status": row.status,
            "formula": found.answer.kpis.get(row.target),
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "p_met": row.p_met,
            "half": row.mc_half_width,
        }
        for row in found.rows
    ]
    return {"rows": rows, "replications": found.replications, "plan": asked["plan"]}


def _opens(job: JobRecord) -> str:
    query = dict(job.parameters.get("query", {}))
    return address("/plan", **{**query, "plan": job.parameters.get("plan"), "view": "sliders"})


VERIFY = JobKind("verify", both("verification of seats"), "plan", _run, stages=VERIFY_STAGES, opens=_opens)


def verified_part(desk: Desk, plan: Plan, name: str, change: Change, days: Sequence[date]) -> Any:
    """The simulation of this change and these days, as far as it is; a sentence where nobody asked for it."""
    wanted = {"plan": name, "change": change_json(change), "days": [day.isoformat() for day in days]}
    for job in desk.jobs.recent(kind="verify", hotline=plan.hotline.id, limit=30):
        if {key: job.parameters.get(key) for key in wanted} == wanted:
            return _result(job) if job.state == "done" else job_panel(job, done="plan-verified")
    return html.P(say("These seats have not been simulated yet."), className="quiet")


def _result(job: JobRecord) -> html.Div:
    heads = [
        say("status"),
        say("target"),
        say("limit"),
        say("formula"),
        say("simulated"),
        say("95 % of repetitions"),
        say("kept with"),
    ]
    rows = []
    for row in job.result.get("rows", []):
        error = error_words(row["half"], row["unit"])
        name = Text(**row["name"])
        rows.append(
            html.Tr(
                [
                    status_cell(row["status"]),
                    html.Td(name.of(), className="full"),
                    html.Td(
                        limit_words(row["operator"], row["limit"], row["unit"]), className="n", **cell_label(heads[2])
                    ),
                    html.Td(value_words(row["formula"], row["unit"]), className="n", **cell_label(heads[3])),
                    html.Td(
                        [
                            value_words(row["value"], row["unit"]),
                            html.Span(error, className="small") if error else None,
                        ],
                        className="n",
                        **cell_label(heads[4]),
                    ),
                    html.Td(
                        interval_words(row["low"], row["high"], row["unit"]), className="n", **cell_label(heads[5])
                    ),
                    html.Td(probability_words(row["p_met"]), className="n", **cell_label(heads[6])),
                ]
            )
        )
    return html.Div(
        [
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(w, className="n" if n > 1 else "", scope="col") for n, w in enumerate(heads)])),
                    html.Tbody(rows),
                ],
                className="score",
            ),
            html.P(
                say(
                    "{n} repetitions of these days with Poisson calls around the expected ones. Where formula and simulation differ, "
                    "believe the simulation: it holds queues over intervals, whole handling times and the order of callers.",
                    n=job.result.get("replications", 0),
                ),
                className="note",
            ),
        ],
        id="plan-verified-table",
    )  # fmt: skip
