"""A figure is drawn once of what it shows, and again of anything else."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.figures.kept import kept_figure
from wfm.i18n import use_language


class Shown:
    pass


def test_it_is_drawn_once_of_each_thing_language_and_choice() -> None:
    drawn: list[str] = []

    def draw(name: str) -> go.Figure:
        drawn.append(name)
        return go.Figure()

    one, other = Shown(), Shown()
    first = kept_figure(one, ("calls",), lambda: draw("one"))
    assert kept_figure(one, ("calls",), lambda: draw("one again")) is first
    kept_figure(one, ("people",), lambda: draw("another choice"))
    kept_figure(other, ("calls",), lambda: draw("another thing"))
    with use_language("zh"):
        kept_figure(one, ("calls",), lambda: draw("another language"))
    assert drawn == ["one", "another choice", "another thing", "another language"]


def test_what_is_held_is_bounded_and_never_mistaken() -> None:
    """Things that are gone leave their number to others: what a figure shows is held beside it."""
    for n in range(200):
        figure = kept_figure(Shown(), ("x",), lambda n=n: go.Figure(layout={"height": n + 10}))
        assert figure.layout.height == n + 10
