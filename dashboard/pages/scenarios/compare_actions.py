"""What the tab of the comparison answers: other plans, another measure or cost of the picture."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State

from dashboard.answering import Answering
from dashboard.asked import Asked, asked_of
from dashboard.desk import Desk
from dashboard.pages.scenarios.compare import compare_body, sides_of

__all__ = ["wire_compare"]


def wire_compare(answer: Answering, desk: Desk) -> None:
    """Register the callbacks of the tab."""

    @answer(
        Output("scenarios-compare-url", "search", allow_duplicate=True),
        Output("scenarios-compare", "children"),
        Input("scenarios-pick-plans", "value"),
        State("scenarios-compare-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def pick(picked: list[str] | None, search: str | None, told: dict[str, bool] | None) -> Any:
        """The comparison of the chosen runs and plans."""
        asked = asked_of("/scenarios", search, told)
        if asked.get("tab") != "compare" or asked.names("plans") == (picked or []):
            raise dash.exceptions.PreventUpdate
        there = Asked(asked.path, {**asked.query, "plans": ",".join(picked or [])}, asked.screen)
        return _search(there), compare_body(desk, there.names("plans"), there.screen, there)

    @answer(
        Output("scenarios-pick-plans", "value"),
        Output("scenarios-compare", "children", allow_duplicate=True),
        Input("scenarios-compare-url", "search"),
        State("scenarios-pick-plans", "value"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def follow(search: str | None, picked: list[str] | None, told: dict[str, bool] | None) -> Any:
        """Going back shows what was compared before."""
        asked = asked_of("/scenarios", search, told)
        known = [name for name in asked.names("plans") if name in sides_of(desk)]
        if asked.get("tab") != "compare" or known == (picked or []):
            raise dash.exceptions.PreventUpdate
        return known, compare_body(desk, asked.names("plans"), asked.screen, asked)

    @answer(
        Output("scenarios-compare-url", "search", allow_duplicate=True),
        Output("scenarios-compare", "children", allow_duplicate=True),
        Input("scenarios-measure", "value"),
        Input("scenarios-cost", "value"),
        State("scenarios-compare-url", "search"),
        State("screen", "data"),
        right="see",
        prevent_initial_call=True,
    )
    def picture(measure: str | None, cost: str | None, search: str | None, told: dict[str, bool] | None) -> Any:
        """Another measure of compliance, or another cost."""
        asked = asked_of("/scenarios", search, told)
        wanted = {"measure": "" if measure in (None, "period") else measure, "cost": cost if cost == "money" else ""}
        if asked.get("tab") != "compare" or all(asked.get(k) == v for k, v in wanted.items()):
            raise dash.exceptions.PreventUpdate
        there = Asked(asked.path, {**asked.query, **{k: str(v) for k, v in wanted.items()}}, asked.screen)
        return _search(there), compare_body(desk, there.names("plans"), there.screen, there)


def _search(asked: Asked) -> str:
    return asked.search()
