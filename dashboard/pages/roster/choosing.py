"""Choices at the top of the roster page: each is an address."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output

from dashboard.answering import Answering

__all__ = ["wire_choices"]


def wire_choices(answer: Answering) -> None:
    """Register the callbacks of the choices of month, roster and person."""
    for choice in ("month", "which", "person"):

        @answer(
            Output("roster-url", "search", allow_duplicate=True),
            Input(f"roster-{choice}", "value"),
            right="see",
            prevent_initial_call=True,
        )
        def go(place: str | None) -> Any:
            """Open what was chosen."""
            if not place or not dash.ctx.triggered:
                raise dash.exceptions.PreventUpdate
            return place.partition("/roster")[2]
