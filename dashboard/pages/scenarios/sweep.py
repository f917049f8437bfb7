"""The tab of sweeps: one or two parameters over a range, as a curve or a heatmap against the limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.figures.sweep import sweep_curve, sweep_heatmap
from dashboard.graph import graph
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import card, key, select
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.pages.scenarios.run_settings import default_settings, run_controls
from dashboard.person import here
from dashboard.wording import interval_words, value_words
from scenarios.parameters import COMMON, VARIES, Parameter, parameters_of, sections_of
from scenarios.scenario_differences import parameter_text
from scenarios.scenario_shelf import ScenarioNode
from scenarios.sweep import COMPLIES, STAFFING
from scenarios.sweep_folder import KeptSweep, SweepQuestion, find_sweeps, read_sweep
from scenarios.sweep_shown import Measure, SweptAxis, axes_of, measures_of, sweep_sentence
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import say
from wfm.store import JobRecord

__all__ = ["SWEEP_JOB", "default_range", "job_of", "result_parts", "sweep_tab"]

SWEEP_JOB = "sweep"
"""Kind of the jobs that compute sweeps."""
REFRESHED_EVERY_MS = 3000


def sweep_tab(asked: Asked, desk: Desk) -> list[Any]:
    """The whole tab."""
    mine = scenario_desk(desk)
    kept = _opened(asked, desk)
    node = _base(asked, desk, kept)
    hotline = mine.shelf.scenario(node.key).hotline
    sweeps = [q for q in find_sweeps(desk.home) if _node_of(q, mine.shelf.nodes()) is not None]
    chosen = kept.question.name if kept else ""
    controls = []
    if sweeps:
        nodes = {n.key: n for n in mine.shelf.nodes()}
        options = [
            (q.name, _title(q, nodes, mine.shelf.scenario(q.scenario).hotline)) for q in sweeps if q.scenario in nodes
        ]
        controls = [select("scenarios-sweep-pick", say("Sweeps made"), [("", say("a new one")), *options], chosen, 520)]
    return [
        html.Div(result_parts(asked, desk, kept), id="scenarios-sweep-result"),
        dcc.Store(id="scenarios-sweep-done"),
        dcc.Interval(
            id="scenarios-sweep-tick",
            interval=REFRESHED_EVERY_MS,
            disabled=kept is None or job_of(desk, chosen) is None,
        ),
        html.Div(controls, className="controls"),
        _form(node, hotline, asked, desk) if here().may("scenarios") else None,
    ]


def _opened(asked: Asked, desk: Desk) -> KeptSweep | None:
    """The sweep that the address names; None for a new one."""
    return read_sweep(desk.home, asked.get("sweep")) if asked.get("sweep") else None


def _base(asked: Asked, desk: Desk, kept: KeptSweep | None) -> ScenarioNode:
    shelf = scenario_desk(desk).shelf
    wanted = asked.get("base") or (kept.question.scenario if kept else "") or desk.hotline_of(asked)
    return shelf.node(wanted)


def _node_of(question: SweepQuestion, nodes: Sequence[ScenarioNode]) -> ScenarioNode | None:
    return next((n for n in nodes if n.key == question.scenario and not n.error), None)


def _title(question: SweepQuestion, nodes: dict[str, ScenarioNode], hotline: Hotline) -> str:
    names = {p.path: parameter_text(p).of() for p in parameters_of(hotline)}
    swept = " × ".join(names.get(p.path, p.path) for p in question.parameters)
    return (
        f"{nodes[question.scenario].title}: {swept} · {question.points} · {question.asked_at.astimezone():%m-%d %H:%M}"
    )


def job_of(desk: Desk, sweep: str) -> JobRecord | None:
    """The unfinished job of a sweep, if there is one."""
    jobs = desk.jobs.recent(kind=SWEEP_JOB, limit=50) if sweep else []
    return next((j for j in jobs if j.parameters.get("sweep") == sweep and not j.finished), None)


def result_parts(asked: Asked, desk: Desk, kept: KeptSweep | None) -> list[Any]:
    """What the sweep says so far; without one, what will be here."""
    if kept is None:
        return [
            html.P(
                say("A sweep varies one or two parameters and shows where the targets give way."),
                className="headline none",
                id="scenarios-headline",
            )
        ]
    scenario = scenario_desk(desk).shelf.scenario(kept.question.scenario)
    axes = axes_of(scenario.hotline, kept)
    measures = measures_of(scenario.hotline)
    measure = measures.get(asked.get("kpi"), measures[COMPLIES])
    job = job_of(desk, kept.question.name)
    parts: list[Any] = [_headline(kept, axes, measure)]
    if job is not None:
        parts.append(job_panel(job, done="scenarios-sweep-done"))
    elif not kept.finished and here().may("scenarios"):
        parts.append(
            html.P(
                [
                    say(
                        "{done} of {all} points are simulated; the others were called off.",
                        done=kept.done,
                        all=kept.question.points,
                    ),
                    " ",
                    html.Button(
                        say("Go on"),
                        id={"type": "scenarios-sweep-go-on", "key": kept.question.name},
                        className="linklike",
                    ),
                ]
            )
        )
    known = [m for m in measures.values() if (kept.table["measure"] == m.key).any()] or [measure]
    options = [(m.key, m.name.of()) for m in known]
    if measure.key not in dict(options):
        options.append((measure.key, measure.name.of()))
    picker = select("scenarios-kpi", say("Measure"), options, measure.key, 320)
    parts.append(
        card(
            _subject(kept, axes),
            [*_picture(kept, axes, measure, asked.screen), _note(kept), *_table(kept, axes, measure)],
            [picker],
        )
    )
    parts.append(_exports(kept))
    return parts


def _headline(kept: KeptSweep, axes: list[SweptAxis], measure: Measure) -> html.P:
    table = kept.table[(kept.table["measure"] == measure.key)]
    good = [measure.keeps(float(v)) for v in table["mean"]] if measure.limit is not None else []
    look = "none" if not good else "met" if all(good) else "risk" if any(good) else "missed"
    words = sweep_sentence(kept, axes, measure).of()
    return html.P(words[:1].upper() + words[1:], className=f"headline {look}", id="scenarios-headline")


def _subject(kept: KeptSweep, axes: list[SweptAxis]) -> str:
    return " × ".join(axis.name.of()[:1].upper() + axis.name.of()[1:] for axis in axes) or kept.question.name


def _picture(kept: KeptSweep, axes: list[SweptAxis], measure: Measure, screen: Screen) -> list[Any]:
    if len(axes) != len(kept.question.parameters):
        return [html.P(say("The scenario no longer has what this sweep varies; its table is below."), className="note")]
    if not (kept.table["measure"] == measure.key).any():
        return [html.P(say("No point is finished yet."), className="quiet")]
    if len(axes) == 2:
        return [graph("scenarios-sweep", sweep_heatmap(kept.table, (axes[0], axes[1]), measure, screen))]
    marks = [
        (say("mean"), {"borderTop": "2px solid var(--accent)", "height": "0"}, ""),
        (say("95 % interval of the mean"), {"background": "var(--accent)", "opacity": "0.45"}, ""),
    ]
    if measure.key != COMPLIES:
        marks.append((say("95 % of periods"), {"background": "var(--accent)", "opacity": "0.18"}, ""))
    if ((kept.table["measure"] == measure.key) & (kept.table["method"] == "formula")).any():
        marks.append(
            (say("by formula, for the expected demand"), {"borderTop": "2px dotted var(--soft)", "height": "0"}, "")
        )
    return [key(marks), graph("scenarios-sweep", sweep_curve(kept.table, axes[0], measure, screen))]


def _note(kept: KeptSweep) -> html.P:
    settings = kept.question.settings
    return html.P(
        say(
            "{first}, {days} days · {replications} replications · seed {seed} · version {version} · {staffing}; seats are "
            "always manned, without a roster.",
            first=settings.first.isoformat(),
            days=settings.days,
            replications=settings.replications,
            seed=settings.seed,
            version=kept.question.version,
            staffing=STAFFING[settings.staffing],
        ),
        className="note",
    )


def _table(kept: KeptSweep, axes: list[SweptAxis], measure: Measure) -> list[Any]:
    table = kept.table[kept.table["measure"] == measure.key]
    rows = [_table_row(row, axes, measure) for row in table.sort_values(["method", "point"]).itertuples()]
    heads = [
        *(axis.name.of() for axis in axes),
        say("how"),
        say("mean"),
        say("95 % interval of the mean"),
        say("95 % of periods"),
    ]
    return [
        html.Details(
            [
                html.Summary(say("Table")),
                html.Div(
                    html.Table(
                        [html.Thead(html.Tr([html.Th(h, scope="col") for h in heads])), html.Tbody(rows)],
                        className="score",
                    ),
                    className="wide scenarios-sweep-table",
                ),
            ]
        )
    ]


def _table_row(row: Any, axes: list[SweptAxis], measure: Measure) -> html.Tr:
    how = say("simulated") if row.method == "simulation" else say("by formula")
    values = [axis.words(v) for axis, v in zip(axes, (row.x, row.y), strict=False)]
    cells = [
        *values,
        how,
        value_words(row.mean, measure.unit),
        interval_words(row.ci_low, row.ci_high, measure.unit),
        interval_words(row.low, row.high, measure.unit),
    ]
    return html.Tr([html.Td(cell) for cell in cells])


def _exports(kept: KeptSweep) -> html.Div:
    links = [
        html.A(
            [html.Span(className="icon icon-download"), words],
            href=address(f"/download/scenarios/sweep.{kind}", sweep=kept.question.name),
            className="download",
            download="",
        )
        for words, kind in ((say("Table (CSV)"), "csv"), (say("Table (Parquet)"), "parquet"))
    ]
    return html.Div(links, className="controls")


def _form(node: ScenarioNode, hotline: Hotline, asked: Asked, desk: Desk) -> html.Section:
    nodes = scenario_desk(desk).shelf.nodes()
    options = _parameter_options(hotline)
    first = "lines.*.demand.scale"
    known = {p.path: p for p in parameters_of(hotline)}
    return card(
        say("A new sweep"),
        [
            html.Div(
                [
                    dmc.Select(
                        id="scenarios-sweep-base",
                        label=say("Scenario"),
                        data=[{"value": n.key, "label": n.title.of()} for n in nodes if not n.error],
                        value=node.key,
                        allowDeselect=False,
                        searchable=True,
                        w=360,
                        size="sm",
                    ),
                    dmc.Select(
                        id="scenarios-staffing",
                        label=say("Seats"),
                        data=[{"value": key_, "label": words.of()} for key_, words in STAFFING.items()],
                        value="kept",
                        allowDeselect=False,
                        w=360,
                        size="sm",
                    ),
                ],
                className="controls",
            ),
            _swept(1, say("First parameter"), options, first, known.get(first)),
            _swept(2, say("Second parameter (none: a curve)"), options, None, None),
            html.Div(id="scenarios-sweep-told", className="note", role="status"),
            run_controls(default_settings(scenario_desk(desk).runs(), desk.now(asked).date())),
            html.Div(
                html.Button(say("Run the sweep"), id="scenarios-sweep-run", className="button"),
                className="controls scenarios-below",
            ),
        ],
    )


def _swept(number: int, label: str, options: list[Any], chosen: str | None, parameter: Parameter | None) -> html.Div:
    how, least, most = default_range(parameter) if parameter is not None else ("change", -20.0, 40.0)
    return html.Div(
        [
            dmc.Select(
                id=f"scenarios-swept-{number}",
                label=label,
                data=options,
                value=chosen,
                searchable=True,
                clearable=number == 2,
                allowDeselect=number == 2,
                nothingFoundMessage=say("No parameter holds these words."),
                w=360,
                size="sm",
            ),
            dmc.Select(
                id=f"scenarios-how-{number}",
                label=say("Range"),
                data=[{"value": "change", "label": say("change in %")}, {"value": "value", "label": say("values")}],
                value=how,
                allowDeselect=False,
                w=140,
                size="sm",
            ),
            dmc.NumberInput(id=f"scenarios-least-{number}", label=say("from"), value=least, w=110, size="sm"),
            dmc.NumberInput(id=f"scenarios-most-{number}", label=say("to"), value=most, w=110, size="sm"),
            dmc.NumberInput(
                id=f"scenarios-steps-{number}",
                label=say("Steps"),
                value=7 if number == 1 else 5,
                min=1,
                max=200,
                allowDecimal=False,
                w=90,
                size="sm",
            ),
        ],
        className="controls scenarios-swept",
    )


def default_range(parameter: Parameter) -> tuple[str, float, float]:
    """How a parameter is swept where nothing is said: a change in per cent, or values where it is a share or nothing."""
    now = parameter.now
    if now is VARIES or (isinstance(now, (int, float)) and now > 0 and parameter.unit != "0–1"):
        return "change", -20.0, 40.0
    if parameter.unit == "0–1":
        about = float(now or 0.0)
        return "value", round(max(0.0, about - 0.1), 3), round(min(1.0, about + 0.3), 3)
    return "value", 0.0, 10.0


def _parameter_options(hotline: Hotline) -> list[dict[str, Any]]:
    """The numbers of the hotline, those asked for most first."""
    numbers = [p for p in parameters_of(hotline) if p.numeric]
    sections = sections_of(hotline)
    groups: list[dict[str, Any]] = []
    order = {key_: n for n, key_ in enumerate(COMMON)}
    common = sorted((p for p in numbers if p.path in order), key=lambda p: order[p.path])
    groups.append({"group": say("Asked for most"), "items": [_option(p) for p in common]})
    for section in sections:
        items = [_option(p) for p in numbers if p.section == section.key and p.path not in order]
        if items:
            title = section.title.of() if section.of is None else f"{section.of} · {section.title}"
            groups.append({"group": title[:1].upper() + title[1:], "items": items})
    return groups


def _option(parameter: Parameter) -> dict[str, str]:
    name = parameter_text(parameter).of()
    return {"value": parameter.path, "label": f"{name[:1].upper()}{name[1:]} ({parameter.path})"}


def sweep_frame(kept: KeptSweep) -> pd.DataFrame:
    """The results as one table, the parameters by their key paths."""
    paths = [p.path for p in kept.question.parameters]
    table = kept.table.rename(columns=dict(zip(("x", "y"), paths, strict=False)))
    return table if len(paths) == 2 else table.drop(columns="y")


def refuse_unknown(hotline: Hotline, path: str | None) -> Parameter:
    """The number of the hotline at this path.

    Raises:
        BadInput: there is none.
    """
    found = next((p for p in parameters_of(hotline) if p.path == path and p.numeric), None)
    if found is None:
        raise BadInput(say("Choose a parameter to vary."))
    return found
