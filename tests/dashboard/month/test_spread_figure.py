"""The dots of a burden: a dot for everybody, at what is carried, told apart by shape as well as colour."""

from __future__ import annotations

from dashboard.colours import FULL_SCREEN
from dashboard.figures.frame import aria
from dashboard.figures.spread import HIGH, spread_figure


def test_everybody_is_a_dot_and_shape_tells_more_from_less() -> None:
    points = [("A", 0.0, -1), ("B", 2.0, 0), ("C", 2.0, 0), ("D", 5.0, 1)]
    figure = spread_figure(FULL_SCREEN, "nights of 4 people", "nights", points, (1.0, 2.0), hover="%{text}")
    (dots,) = figure.data
    assert list(dots.text) == ["A", "B", "C", "D"]
    assert list(dots.customdata) == [0.0, 2.0, 2.0, 5.0]
    assert list(dots.x) == [0.0, 2.0, 2.0, 5.0]
    assert list(dots.y) == [1, 1, 2, 1]
    assert list(dots.marker.symbol) == ["triangle-down", "circle", "circle", "triangle-up"]
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (1.0, 2.0)
    assert aria(figure) == "nights of 4 people"
    assert figure.layout.xaxis.dtick == 1


def test_many_alike_stand_in_a_block_around_their_amount() -> None:
    figure = spread_figure(FULL_SCREEN, "", "", [(str(n), 3.0, 0) for n in range(300)], None, hover="")
    (dots,) = figure.data
    assert max(dots.y) <= HIGH
    assert abs(sum(dots.x) / 300 - 3.0) < 0.05
    assert set(dots.customdata) == {3.0}
    assert len(set(zip(dots.x, dots.y, strict=True))) == 300
