"""The tab of the comparison: runs and plans side by side, their differences with intervals, cost against compliance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.asked import Asked, address
from dashboard.attributes import cell_label
from dashboard.colours import Screen, line_colour, status_of
from dashboard.desk import Desk
from dashboard.figures import differences_figure
from dashboard.figures.differences import units_of
from dashboard.figures.trade_off import trade_off_figure
from dashboard.graph import graph
from dashboard.pages.parts import STATUS_CLASS, card, error_page, key, select
from dashboard.pages.scenarios.desk import ScenarioDesk, scenario_desk
from dashboard.wording import difference_range, difference_words, limit_words, period_words, value_words
from scenarios.comparison import Comparison, ComparisonRow, compare_plans
from scenarios.plan import Plan, ScoreRow
from scenarios.trade_off import PERIOD, measure_text, plan_cost, trade_off
from wfm.errors import BadInput
from wfm.hotline import Agent
from wfm.i18n import say
from wfm.metrics import KPIS

__all__ = ["Side", "compare_body", "compare_tab", "sides_of", "trade_off_card"]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a run or a plan, and what it is called."""

    name: str
    title: str
    run: bool

    @property
    def href(self) -> str:
        """Where it is seen in whole."""
        if self.run:
            return address("/download/scenarios/report", run=self.name)
        return address("/plan", plan=self.name)


def sides_of(desk: Desk) -> dict[str, Side]:
    """What may be compared, by name: the latest run of each scenario and older ones, then the plans."""
    mine = scenario_desk(desk)
    nodes = {node.key: node for node in mine.shelf.nodes()}
    plans = mine.plan_names()
    found: dict[str, Side] = {}
    titles: dict[str, int] = {}
    for run in mine.runs():
        if run.name in plans:
            continue
        node = nodes.get(run.scenario)
        title = node.title.of() if node is not None else run.scenario
        titles[title] = titles.get(title, 0) + 1
        if titles[title] > 1:
            title = f"{title} ({run.finished_at:%m-%d %H:%M})"
        found[run.name] = Side(run.name, title, True)
    return found | {name: Side(name, name, False) for name in plans}


def compare_tab(asked: Asked, desk: Desk) -> list[Any]:
    """The choice of what is compared, and under it the comparison."""
    sides = sides_of(desk)
    chosen = [name for name in asked.names("plans") if name in sides]
    runs = [{"value": s.name, "label": s.title} for s in sides.values() if s.run]
    plans = [{"value": s.name, "label": s.title} for s in sides.values() if not s.run]
    groups = [{"group": say("Runs of scenarios"), "items": runs}] if runs else []
    groups += [{"group": say("Plans"), "items": plans}] if plans else []
    return [
        html.Div(
            [
                dmc.MultiSelect(
                    id="scenarios-pick-plans",
                    label=say("Runs and plans; differences are against the first"),
                    data=groups,
                    value=chosen,
                    w=720,
                    size="sm",
                    searchable=True,
                    nothingFoundMessage=say("No plan of that name"),
                    clearable=True,
                )
            ],
            className="controls choices",
        ),
        html.Div(compare_body(desk, asked.names("plans"), asked.screen, asked), id="scenarios-compare"),
    ]


def compare_body(desk: Desk, chosen: Sequence[str], screen: Screen, asked: Asked) -> list[Any]:
    """The comparison of these runs and plans, or a sentence that says why there is none."""
    sides = sides_of(desk)
    if len(chosen) < 2 and all(name in sides for name in chosen):
        return [choose_two(len(sides))]
    mine = scenario_desk(desk)
    try:
        plans = [mine.plan(name) for name in chosen]
        comparison = compare_plans(plans)
    except BadInput as error:
        return [error_page(str(error))]
    shown = [sides[name] for name in chosen]
    agents = [_agents(mine, side, plan, desk) for side, plan in zip(shown, plans, strict=True)]
    picture = html.Div(
        trade_off_card(plans, [s.title for s in shown], agents, asked.get("measure"), asked.get("cost"), screen),
        id="scenarios-trade-off",
    )
    return [*comparison_body(comparison, shown, screen, picture), *_exports(chosen)]


def _agents(mine: ScenarioDesk, side: Side, plan: Plan, desk: Desk) -> Sequence[Agent]:
    """The people behind a run or a plan, as far as they are known."""
    try:
        if side.run:
            run = next((r for r in mine.runs() if r.name == side.name), None)
            return mine.shelf.scenario(run.scenario).agents if run is not None else ()
        return desk.hotlines.scenario(plan.hotline.id).agents
    except BadInput:
        return ()


def choose_two(count: int) -> html.Div:
    """What is said while fewer than two runs or plans are chosen."""
    if count > 1:
        return html.Div(html.P(say("Choose two or more plans above.")), className="empty")
    return html.Div(
        [
            html.P(
                say(
                    "Here stand scorecards side by side, with the differences between them. A comparison needs two results: "
                    "run a scenario in the tree, or make a plan:"
                )
            ),
            html.Code("wfm plan guizhou-12348 --seed 2 --out out/guizhou-12348-b"),
            dcc.Link(say("To the tree"), href=address("/scenarios", tab="tree")),
        ],
        className="empty",
    )


def trade_off_card(
    plans: Sequence[Plan],
    names: Sequence[str],
    agents: Sequence[Sequence[Agent]],
    measure: str,
    cost: str,
    screen: Screen,
) -> list[Any]:
    """Cost against compliance, with the choice of both."""
    measures = [(PERIOD, measure_text(plans[0], PERIOD).of())]
    decided = [row for row in plans[0].scorecard if row.limit is not None and row.p_met is not None]
    measures += [(row.target, row.name.of()) for row in decided]
    wanted = measure if measure in dict(measures) else PERIOD
    prices = [plan_cost(plan, its) for plan, its in zip(plans, agents, strict=True)]
    priced = all(price is not None for price in prices)
    by_money = cost == "money" and priced
    title = say("yuan a week") if by_money else say("agent-hours a week (A duties)")
    points = trade_off(plans, wanted, prices if by_money else None)
    costs = [("hours", say("Agent-hours"))] + ([("money", say("Cost of duties (yuan)"))] if priced else [])
    body: list[Any]
    if points:
        words = dict(measures)[wanted]
        body = [
            graph("scenarios-trade", trade_off_figure(points, names, words, title, screen)),
            html.P(
                say(
                    "Filled points joined by the line are those that no other beats in both. Bars: 95 % interval of the "
                    "probability over the replications. Dashed: 90 %, from which a target counts as met."
                ),
                className="note",
            ),
        ]
    else:
        body = [html.P(say("No target here is decided by a limit."), className="quiet")]
    return [
        card(
            say("Cost against compliance"),
            body,
            [
                select("scenarios-measure", say("Compliance"), measures, wanted, 300),
                select("scenarios-cost", say("Cost"), costs, "money" if by_money else "hours", 180),
            ],
        )
    ]


def _exports(chosen: Sequence[str]) -> list[Any]:
    where = address("/download/scenarios/comparison.xlsx", plans=list(chosen))
    table = address("/download/scenarios/comparison.csv", plans=list(chosen))
    links = [
        html.A([html.Span(className="icon icon-download"), words], href=href, className="download", download="")
        for words, href in (
            (say("Comparison (Excel)"), where),
            (say("Table (CSV)"), table),
            *(
                (say("Files of {name} (ZIP)", name=name), address("/download/scenarios/plan.zip", run=name))
                for name in chosen
            ),
        )
    ]
    return [html.Div(links, className="controls")]


def comparison_body(comparison: Comparison, sides: Sequence[Side], screen: Screen, picture: Any = None) -> list[Any]:
    """Sentences, scorecards side by side, differences as pictures, and what each plan takes."""
    paired = (
        say("Paired: every plan met the same callers, so that differences are sharper than the values themselves.")
        if comparison.paired
        else say("Not paired: seed, period or replications differ; differences are those of independent samples.")
    )
    names = [side.title for side in sides]
    pictures = [
        graph(f"differences-{unit}", differences_figure(comparison, names, unit, screen))
        for unit in units_of(comparison)
    ]
    marks = key(
        [
            (name, {"background": line_colour(i), "width": "10px", "borderRadius": "5px"}, "")
            for i, name in enumerate(names[1:])
        ]
    )
    return [
        html.Ul(
            [html.Li(sentence.of()) for sentence in comparison.sentences],
            className="sentences",
            id="scenarios-sentences",
        ),
        html.P(paired, className="note"),
        card(say("Scorecards side by side"), [_table(comparison, sides)]),
        card(say("Differences"), [marks, html.Div(pictures, className="two")]),
        picture,
        card(say("What each plan takes"), [_costs(comparison, sides)]),
    ]


def _head(first: str, comparison: Comparison, sides: Sequence[Side]) -> html.Thead:
    cells = [html.Th(first)]
    for side, plan in zip(sides, comparison.plans, strict=True):
        link = html.A(side.title, href=side.href, target="_blank") if side.run else dcc.Link(side.title, href=side.href)
        cells.append(html.Th([link, html.Span(period_words(plan), className="small")], className="n"))
    return html.Thead(html.Tr(cells))


def _table(comparison: Comparison, sides: Sequence[Side]) -> html.Div:
    scored = [row for plan in comparison.plans for row in plan.scorecard]
    rows = [_row(row, sides, scored) for row in comparison.rows]
    head = _head(say("target"), comparison, sides)
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")


def _row(row: ComparisonRow, sides: Sequence[Side], scored: Sequence[ScoreRow]) -> html.Tr:
    cells = []
    for side, value, difference, status in zip(sides, row.values, row.differences, row.statuses, strict=True):
        mark = None
        if status:
            look = status_of(status)
            mark = html.Span(
                [html.Span(look.icon, className=f"mark {STATUS_CLASS.get(status, 'none')}"), f" {look.word} "],
                className="small",
            )
        change = None
        if difference is not None:
            change = html.Span(
                [
                    html.Span(difference_words(difference.mean, row.unit), className="sure" if difference.sure else ""),
                    f" ({difference_range(difference.low, difference.high, row.unit)})",
                ],
                className="small",
            )
        cells.append(html.Td([value_words(value, row.unit), change, mark], className="n", **cell_label(side.title)))
    kpi = KPIS.get(row.kpi)
    name_cell = dmc.Tooltip(
        html.Span(row.name.of(), className="defined", tabIndex="0"),
        label=kpi.definition.of() if kpi is not None else row.kpi,
        multiline=True,
        w=320,
        events={"hover": True, "focus": True, "touch": True},
    )
    limit = None
    if row.limit is not None:
        operator = next((s.operator for s in scored if s.kpi == row.kpi and s.limit is not None), "")
        limit = html.Span(say("limit {limit}", limit=limit_words(operator, row.limit, row.unit)), className="small")
    return html.Tr([html.Td([name_cell, limit], className="full"), *cells])


def _costs(comparison: Comparison, sides: Sequence[Side]) -> html.Div:
    rows = [
        html.Tr(
            [
                html.Td(row.name.of(), className="full"),
                *(
                    html.Td(
                        [
                            value_words(value, row.unit),
                            html.Span(difference_words(value - row.values[0], row.unit), className="small")
                            if index
                            else None,
                        ],
                        className="n",
                        **cell_label(sides[index].title),
                    )
                    for index, value in enumerate(row.values)
                ),
            ]
        )
        for row in comparison.costs
    ]
    head = _head(say("what"), comparison, sides)
    return html.Div(html.Table([head, html.Tbody(rows)], className="score"), className="wide")
