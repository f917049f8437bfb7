"""情景比较: scenarios as a tree, deriving them, comparing their results, sweeping their parameters."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.answering import Answering
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.page import Page
from dashboard.pages.parts import tabs
from dashboard.pages.scenarios.compare import compare_tab
from dashboard.pages.scenarios.compare_actions import wire_compare
from dashboard.pages.scenarios.derive import derive_tab
from dashboard.pages.scenarios.derive_actions import wire_derive
from dashboard.pages.scenarios.exports import serve_scenario_files
from dashboard.pages.scenarios.sweep import sweep_tab
from dashboard.pages.scenarios.sweep_actions import wire_sweep
from dashboard.pages.scenarios.tree import tree_tab
from dashboard.pages.scenarios.tree_actions import tree_parts, wire_tree
from wfm.i18n import Text, both, say

__all__ = ["PAGE", "TABS"]

TABS: dict[str, Text] = {
    "tree": both("Tree"),
    "derive": both("Derive"),
    "compare": both("Compare"),
    "sweep": both("Sweep"),
}
"""The tabs, in their order."""

_FOLLOWED = {
    "tree": ("tab", "hotline", "scope", "at"),
    "derive": ("tab", "hotline", "base", "edit", "at"),
    "compare": ("tab",),
    "sweep": ("tab", "hotline", "base", "sweep"),
}
"""What of the address draws a tab anew; its own callbacks follow the rest."""


def _tab(asked: Asked) -> str:
    return asked.get("tab") if asked.get("tab") in TABS else "tree"


def _show(asked: Asked, desk: Desk) -> list[Any]:
    tab = _tab(asked)
    draw = {"tree": tree_tab, "derive": derive_tab, "compare": compare_tab, "sweep": sweep_tab}[tab]
    return [
        dcc.Location(id=f"scenarios-{tab}-url", refresh="callback-nav"),
        dcc.Store(id=f"scenarios-{tab}-to"),
        *tree_parts(),
        html.Div(html.Div([html.H1(say("Scenarios"))], className="title"), className="top"),
        tabs(asked, [(key, name.of()) for key, name in TABS.items()], tab),
        *draw(asked, desk),
    ]


def _drawn_for(asked: Asked) -> str:
    tab = _tab(asked)
    return str([tab, *(asked.get(name) for name in _FOLLOWED[tab])])


def _wire(answer: Answering, desk: Desk) -> None:
    wire_tree(answer, desk)
    wire_derive(answer, desk)
    wire_compare(answer, desk)
    wire_sweep(answer, desk)
    serve_scenario_files(answer.app.server, desk)


PAGE = Page("scenarios", both("Scenarios"), _show, wire=_wire, drawn_for=_drawn_for)
