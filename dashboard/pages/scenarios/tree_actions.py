"""What the tab of the tree answers: run, run all, choose for comparison, remove and put back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx, dcc, html

from dashboard.answering import Answering, tell
from dashboard.asked import address, asked_of
from dashboard.desk import Desk
from dashboard.pages.scenarios.desk import RUN, scenario_desk
from dashboard.pages.scenarios.jobs import run_parameters
from dashboard.pages.scenarios.run_settings import RUN_CONTROLS, settings_of
from dashboard.pages.scenarios.tree import shown_root, tree_rows, under_way
from dashboard.person import here
from scenarios.own_scenarios import put_back_scenario, remove_scenario
from scenarios.pipeline import PlanSettings
from wfm.errors import BadInput
from wfm.i18n import both, say

__all__ = ["submit_run", "wire_tree"]


def submit_run(desk: Desk, key: str, settings: PlanSettings) -> int:
    """Ask for a run of a scenario; returns the job's number.

    Raises:
        BadInput: there is no such scenario, it cannot be read, or it is being run already.
    """
    mine = scenario_desk(desk)
    node = mine.shelf.node(key)
    if node.error:
        raise BadInput(node.error)
    for job in desk.jobs.recent(kind=RUN, limit=50):
        if not job.finished and job.parameters.get("scenario") == key:
            raise BadInput(say("“{name}” is being run already.", name=node.title))
    scenario = mine.shelf.scenario(key)
    return desk.jobs.submit(
        RUN,
        run_parameters(key, node.root, settings),
        title=both("Run of “{name}”", name=node.title),
        who=here().name,
        hotline=scenario.hotline.id,
    )


def wire_tree(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the tab."""
    settings = [State(control, "value", allow_optional=True) for control in RUN_CONTROLS]

    @answer(
        Output("scenarios-jobs", "children"),
        Output("scenarios-tree", "children"),
        Input({"type": "scenarios-run", "key": ALL}, "n_clicks"),
        Input("scenarios-run-all", "n_clicks"),
        *settings,
        State("url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def run(_clicks: list[int | None], _all: int | None, *given: Any) -> Any:
        """Run one scenario, or all that have no current results."""
        if not _pressed():
            raise dash.exceptions.PreventUpdate
        *values, search = given
        asked_settings = settings_of(*values)
        asked = asked_of("/scenarios", search)
        root = shown_root(asked, desk)
        which = ctx.triggered_id
        if isinstance(which, Mapping):
            submit_run(desk, str(which["key"]), asked_settings)
        else:
            mine = scenario_desk(desk)
            nodes = mine.shelf.nodes(root)
            states = mine.states(nodes, desk)
            wanted = [
                n.key for n in nodes if not n.error and (s := states[n.key]).job is None and (s.run is None or s.stale)
            ]
            if not wanted:
                tell(say("Every scenario shown has current results."))
            for key in wanted:
                submit_run(desk, key, asked_settings)
        return under_way(desk), tree_rows(root, desk)

    @answer(
        Output("scenarios-tree", "children", allow_duplicate=True),
        Output("scenarios-jobs", "children", allow_duplicate=True),
        Input("scenarios-run-done", "data"),
        State("url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def ended(_done: Any, search: str | None) -> Any:
        """A run ended: its figures stand in the tree."""
        root = shown_root(asked_of("/scenarios", search), desk)
        return tree_rows(root, desk), under_way(desk)

    @answer(
        Output("scenarios-tree-url", "href", allow_duplicate=True),
        Input("scenarios-compare-chosen", "n_clicks"),
        State({"type": "scenarios-pick", "key": ALL}, "checked"),
        State({"type": "scenarios-pick", "key": ALL}, "id"),
        State("url", "search"),
        right="see",
        prevent_initial_call=True,
    )
    def compare(clicks: int | None, checked: list[bool | None], ids: list[dict[str, str]], search: str | None) -> Any:
        """The comparison of the runs that are ticked, in the tree's order."""
        if not clicks:
            raise dash.exceptions.PreventUpdate
        chosen = [one["key"] for one, ticked in zip(ids, checked, strict=True) if ticked]
        if len(chosen) < 2:
            raise BadInput(say("Tick two scenarios or more, which have been run."))
        hotline = asked_of("/scenarios", search).get("hotline")
        return address("/scenarios", tab="compare", hotline=hotline, plans=chosen)

    @answer(
        Output("scenarios-confirm", "displayed"),
        Output("scenarios-confirm", "message"),
        Output("scenarios-removing", "data"),
        Input({"type": "scenarios-remove", "key": ALL}, "n_clicks"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def ask(_clicks: list[int | None]) -> Any:
        """Ask once before a scenario is removed; one that others extend stays."""
        if not _pressed() or not isinstance(ctx.triggered_id, Mapping):
            raise dash.exceptions.PreventUpdate
        key = str(ctx.triggered_id["key"])
        shelf = scenario_desk(desk).shelf
        node, above = shelf.node(key), shelf.extended_by(key)
        if above:
            raise BadInput(
                say("“{name}” is what {others} extends; remove that first.", name=node.title, others=above[0])
            )
        return True, say("Remove “{name}”? Its runs stay, and it can be put back.", name=node.title), key

    @answer(
        Output("scenarios-tree", "children", allow_duplicate=True),
        Output("scenarios-undo", "children"),
        Input("scenarios-confirm", "submit_n_clicks"),
        State("scenarios-removing", "data"),
        State("url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def remove(clicks: int | None, key: str | None, search: str | None) -> Any:
        """Remove the scenario, and offer to put it back."""
        if not clicks or not key:
            raise dash.exceptions.PreventUpdate
        shelf = scenario_desk(desk).shelf
        node = shelf.node(key)
        if node.origin != "own" or shelf.extended_by(key):
            raise BadInput(say("“{name}” cannot be removed here.", name=node.title))
        token = remove_scenario(shelf.own, node.path.stem)
        desk.store.trail.note(here().name, "remove scenario", f"scenario {key}", {"version": node.version})
        back = html.Div(
            [
                say("“{name}” is removed.", name=node.title),
                " ",
                html.Button(say("Put it back"), id={"type": "scenarios-back", "key": token}, className="linklike"),
            ],
            className="scenarios-removed",
            role="status",
        )
        return tree_rows(shown_root(asked_of("/scenarios", search), desk), desk), back

    @answer(
        Output("scenarios-tree", "children", allow_duplicate=True),
        Output("scenarios-undo", "children", allow_duplicate=True),
        Input({"type": "scenarios-back", "key": ALL}, "n_clicks"),
        State("url", "search"),
        right="scenarios",
        prevent_initial_call=True,
    )
    def back(_clicks: list[int | None], search: str | None) -> Any:
        """Put the removed scenario back."""
        if not _pressed() or not isinstance(ctx.triggered_id, Mapping):
            raise dash.exceptions.PreventUpdate
        name = put_back_scenario(scenario_desk(desk).shelf.own, str(ctx.triggered_id["key"]))
        desk.store.trail.note(here().name, "put scenario back", f"scenario {name}", {})
        return tree_rows(shown_root(asked_of("/scenarios", search), desk), desk), None


def tree_parts() -> list[Any]:
    """What the tab needs beside what it shows."""
    return [
        dcc.Store(id="scenarios-run-done"),
        dcc.Store(id="scenarios-removing"),
        dcc.ConfirmDialog(id="scenarios-confirm"),
        html.Div(id="scenarios-undo"),
    ]


def _pressed() -> bool:
    """Whether somebody pressed the button, and it did not just appear."""
    return any(one.get("value") for one in ctx.triggered)
