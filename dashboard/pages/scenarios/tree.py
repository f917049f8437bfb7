"""The tab of the tree: every scenario under what it extends, what differs, how far its results are, and its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import UNSPOKEN, aria_label, cell_label
from dashboard.colours import status_of
from dashboard.desk import Desk
from dashboard.jobs.panel import job_panel
from dashboard.pages.parts import STATUS_CLASS, card
from dashboard.pages.scenarios.desk import RUN, ScenarioDesk, State, scenario_desk
from dashboard.pages.scenarios.run_settings import default_settings, run_controls
from dashboard.person import here
from dashboard.wording import day_label, number_words, probability_words, value_words
from scenarios.scenario_differences import changes_text
from scenarios.scenario_runs import ScenarioRun
from scenarios.scenario_shelf import ScenarioNode
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["shown_root", "tree_rows", "tree_tab", "under_way"]


def shown_root(asked: Asked, desk: Desk) -> str:
    """Hotline whose tree is shown; empty for all."""
    return "" if asked.get("scope") == "all" else desk.hotline_of(asked)


def tree_tab(asked: Asked, desk: Desk) -> list[Any]:
    """The whole tab."""
    mine = scenario_desk(desk)
    root = shown_root(asked, desk)
    runs = mine.runs()
    may = here().may("scenarios")
    today = desk.now(asked).date()
    scope = asked.with_(scope="" if not root else "all")
    controls = [
        dcc.Link(say("All hotlines") if root else say("This hotline only"), href=scope, className="scope"),
        html.Button(say("Compare those chosen"), id="scenarios-compare-chosen", className="button quiet-button"),
    ]
    return [
        html.Div(tree_rows(root, desk), id="scenarios-tree"),
        html.Div(controls, className="controls scenarios-below"),
        card(
            say("Run"),
            [
                html.P(
                    say(
                        "A run plans and simulates a scenario over these days. Scenarios run over the same days with the "
                        "same seed meet the same callers, so that their differences are sharp."
                    ),
                    className="note",
                ),
                run_controls(default_settings([r for r in runs if _of_root(r, mine, root)], today)),
                html.Div(
                    html.Button(
                        say("Run all that have no current results"), id="scenarios-run-all", className="button"
                    ),
                    className="controls scenarios-below",
                ),
            ],
        )
        if may
        else html.Div(html.Button(id="scenarios-run-all", hidden=True)),
        html.Div(under_way(desk), id="scenarios-jobs"),
    ]


def _of_root(run: ScenarioRun, mine: ScenarioDesk, root: str) -> bool:
    return not root or run.scenario in {node.key for node in mine.shelf.nodes(root)}


def under_way(desk: Desk) -> list[Any]:
    """Panels of runs that are not finished, and of the last one that failed or was called off."""
    jobs = desk.jobs.recent(kind=RUN, limit=20)
    open_jobs = [job for job in jobs if not job.finished]
    failed = [job for job in jobs[:1] if job.state in ("failed", "cancelled")]
    shown = [*failed, *open_jobs]
    if not shown:
        return []
    panels = [job_panel(job, done="scenarios-run-done") for job in shown]
    return [card(say("Under way") if open_jobs else say("The last run"), panels)]


def tree_rows(root: str, desk: Desk) -> list[Any]:
    """The sentence above the tree, and the tree."""
    mine = scenario_desk(desk)
    nodes = mine.shelf.nodes(root)
    states = mine.states(nodes, desk)
    changes = mine.shelf.changes_of(nodes)
    may = here().may("scenarios")
    heads = [
        (say("Scenario"), ""),
        (say("What differs"), ""),
        (say("Results"), ""),
        (say("All targets kept"), "n"),
        (say("Connection rate"), "n"),
        (KPIS["asa_s"].name.of(), "n"),
        (say("Agent-hours a week"), "n"),
        ("", ""),
    ]
    rows = [
        _row(node, states.get(node.key, State(None, None, ())), changes_text(changes.get(node.key, [])).of(), may)
        for node in nodes
    ]
    return [
        _headline(nodes, states),
        html.Div(
            html.Table(
                [
                    html.Thead(html.Tr([html.Th(words, className=cls, scope="col") for words, cls in heads])),
                    html.Tbody(rows),
                ],
                className="score scenarios-tree",
            ),
            className="wide",
        ),
    ]


def _headline(nodes: Sequence[ScenarioNode], states: Mapping[str, State]) -> html.P:
    have = [(n, s.run) for n in nodes if (s := states.get(n.key)) and s.run is not None and not s.stale]
    sure = [(n, r) for n, r in have if r.complies is not None and r.complies >= 0.9]
    words = say("{count} scenarios, none with current results yet: run the first one.", count=len(nodes))
    look = "none"
    if have and sure:
        node, run = min(sure, key=lambda pair: (pair[1].hours * 7 / pair[1].days, pair[0].key))
        look = "met"
        words = say(
            "{sure} of {have} scenarios with current results keep all targets with at least 90 % probability; of these "
            "“{name}” takes the fewest agent-hours: {hours} a week.",
            sure=len(sure),
            have=len(have),
            name=node.title,
            hours=number_words(run.hours * 7 / run.days),
        )
    elif have:
        node, run = max(have, key=lambda pair: (pair[1].complies or 0.0, pair[0].key))
        look = "missed"
        words = say(
            "None of the {have} scenarios with current results keeps all targets with 90 % probability; the surest is "
            "“{name}” with {share}.",
            have=len(have),
            name=node.title,
            share=probability_words(run.complies),
        )
    return html.P(words, className=f"headline {look}", id="scenarios-headline")


def _row(node: ScenarioNode, state: State, differs: str, may: bool) -> html.Tr:
    run = state.run
    box = (
        dmc.Checkbox(
            id={"type": "scenarios-pick", "key": run.name},
            size="sm",
            **aria_label(say("Choose {name}", name=node.title)),
        )
        if run is not None
        else html.Span(className="scenarios-nobox")
    )
    name = html.Div(
        [
            *_branches(node),
            box,
            html.Span(
                [html.Span(node.title.of(), className="scenarios-name"), html.Span(node.key, className="small")],
                title=node.about.of() if node.about else None,
            ),
        ],
        className="scenarios-node",
        style={"--depth": str(node.depth)},
    )
    told: Any = differs or (say("hotline") if node.origin == "hotline" else say("nothing"))
    if node.error:
        told = html.Span([html.Span("✕", className="mark missed", **UNSPOKEN), " ", node.error])
    return html.Tr(
        [
            html.Td(name, className="full"),
            html.Td(told, className="full scenarios-differs", **cell_label(say("What differs"))),
            html.Td(_state(state), className="full"),
            *_figures(run),
            html.Td(_actions(node, state, may), className="full scenarios-actions"),
        ],
        className="scenarios-stale" if state.stale else "",
    )


def _branches(node: ScenarioNode) -> list[html.Span]:
    """The lines of the tree before a name: one for each level above, an elbow for its own."""
    parts = [html.Span(className="branch gap" if last else "branch through", **UNSPOKEN) for last in node.last[:-1]]
    if node.last:
        parts.append(html.Span(className="branch elbow" if node.last[-1] else "branch tee", **UNSPOKEN))
    return parts


def _state(state: State) -> list[Any]:
    if state.job is not None:
        word = say("running") if state.job.state == "running" else say("waiting")
        return [html.Span("▸", className="mark none", **UNSPOKEN), f" {word}"]
    run = state.run
    if run is None:
        return [html.Span("–", className="mark none", **UNSPOKEN), " ", say("never run")]
    told = say(
        "{first}, {days} days · version {version}", first=day_label(run.first), days=run.days, version=run.version
    )
    small = html.Span(told, className="small")
    if state.stale:
        words = say("out of date: {parts} changed", parts="、".join(state.stale))
        return [html.Span("△", className="mark risk", **UNSPOKEN), f" {words}", small]
    look = status_of(run.status)
    return [
        html.Span(look.icon, className=f"mark {STATUS_CLASS.get(run.status, 'none')}", **UNSPOKEN),
        f" {look.word}",
        small,
    ]


def _figures(run: ScenarioRun | None) -> list[html.Td]:
    names = (say("All targets kept"), say("Connection rate"), KPIS["asa_s"].name.of(), say("Agent-hours a week"))
    if run is None:
        return [html.Td("", className="n") for _ in names]
    connection = next(
        (r for r in run.scorecard if str(r["kpi"]).startswith("connection_rate") and r["value"] is not None), None
    )
    asa = run.value("asa_s")
    values = (
        (probability_words(run.complies), say("share of the replications that keep every target over calls")),
        (
            value_words(connection["value"], connection["unit"]) if connection else "–",
            KPIS[connection["kpi"]].definition.of() if connection and connection["kpi"] in KPIS else "",
        ),
        (value_words(asa[0], "s") if asa else "–", KPIS["asa_s"].definition.of()),
        (number_words(run.hours * 7 / run.days), say("hours of A duties ÷ days × 7")),
    )
    return [
        html.Td(
            dmc.Tooltip(
                html.Span(words, className="defined", tabIndex="0"),
                label=meaning,
                multiline=True,
                w=280,
                events={"hover": True, "focus": True, "touch": True},
            )
            if meaning
            else words,
            className="n",
            **cell_label(name),
        )
        for name, (words, meaning) in zip(names, values, strict=True)
    ]


def _actions(node: ScenarioNode, state: State, may: bool) -> list[Any]:
    """What can be done with a scenario."""
    shown: list[Any] = []
    if state.run is not None:
        shown.append(html.A(say("Report"), href=f"/download/scenarios/report?run={state.run.name}", target="_blank"))
    if not may or (node.error and node.origin != "own"):
        return shown
    if not node.error:
        if state.job is None:
            words = say("Run") if state.run is None else say("Run again")
            shown.append(
                html.Button(
                    words,
                    id={"type": "scenarios-run", "key": node.key},
                    className="linklike",
                    **aria_label(f"{words}: {node.title}"),
                )
            )
        shown.append(
            dcc.Link(say("Derive"), href=address("/scenarios", tab="derive", base=node.key, hotline=node.root))
        )
    if node.origin == "own":
        if not node.error:
            shown.append(
                dcc.Link(say("Change"), href=address("/scenarios", tab="derive", edit=node.key, hotline=node.root))
            )
        shown.append(
            html.Button(
                say("Remove"),
                id={"type": "scenarios-remove", "key": node.key},
                className="linklike",
                **aria_label(say("Remove {name}", name=node.title)),
            )
        )
    return shown
