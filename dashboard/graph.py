"""The one way in which a figure reaches a page."""

from __future__ import annotations

from typing import Any, cast

import plotly.graph_objects as go
from dash import dcc, html

from dashboard.attributes import aria_label
from dashboard.figures.frame import aria

__all__ = ["GRAPH_CONFIG", "graph"]

GRAPH_CONFIG: dict[str, Any] = {
    # Plotly's share button would upload the data to a foreign server.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "showLink": False,
    "displaylogo": False,
    # Its buttons and tips speak English only; days and groups are chosen by the page's own controls.
    "displayModeBar": False,
    "showTips": False,
    "doubleClick": False,
    "scrollZoom": False,
    "responsive": True,
}


def graph(graph_id: str, figure: go.Figure) -> html.Div:
    """A figure that shares nothing and says what it shows. Its height is the figure's own."""
    return html.Div(
        dcc.Graph(id=graph_id, figure=figure, config=cast("Any", GRAPH_CONFIG)),
        id=f"{graph_id}-frame",
        role="img",
        className="graph",
        **aria_label(aria(figure)),
    )
