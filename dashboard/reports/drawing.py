"""SVG by hand: a panel with scales, and the few marks that reports need.

Text stays text, so that the reader's own fonts draw the Chinese; the same numbers give the same
bytes. Colours come from classes of ``report.css``, patterns carry the meaning in black and white.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Panel",
    "band_path",
    "line_path",
    "nice_ticks",
    "number",
    "picture",
    "rect",
    "rule",
    "step_area",
    "step_path",
    "text",
    "y_axis",
]

Values = NDArray[np.float64]


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    return f"{round(value, 1) + 0.0:g}"


@dataclass(frozen=True, slots=True)
class Panel:
    """A rectangle of the picture (px) and the data it spans."""

    left: float
    top: float
    width: float
    height: float
    x_from: float
    x_to: float
    y_from: float
    y_to: float

    def x(self, value: float) -> float:
        """Pixels across of a value."""
        return self.left + self.width * (value - self.x_from) / (self.x_to - self.x_from)

    def y(self, value: float) -> float:
        """Pixels down of a value."""
        return self.top + self.height * (1 - (value - self.y_from) / (self.y_to - self.y_from))

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width


def nice_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round values between ``low`` and ``high``, at most ``most`` steps apart."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def text(x: float, y: float, words: str, cls: str = "", anchor: str = "start") -> str:
    """A text at a point."""
    kind = f' class="{cls}"' if cls else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{number(x)}" y="{number(y)}"{kind}{where}>{escape(words)}</text>'


def rect(x: float, y: float, width: float, height: float, cls: str, title: str = "", style: str = "") -> str:
    """A rectangle, with a title shown on hover."""
    inside = f"<title>{escape(title)}</title></rect>" if title else "</rect>"
    look = f' style="{style}"' if style else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(max(width, 0))}" height="{number(max(height, 0))}"'
        f' class="{cls}"{look}>{inside}'
    )


def rule(x1: float, y1: float, x2: float, y2: float, cls: str) -> str:
    """A straight line."""
    return f'<path d="M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}" class="{cls}"/>'


def _runs(values: Values) -> list[slice]:
    """Unbroken runs of known values."""
    known = np.isfinite(values)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(int)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def line_path(panel: Panel, x: Values, y: Values, cls: str, style: str = "") -> str:
    """A line through points; it breaks where a value is missing."""
    parts = []
    for run in _runs(y):
        points = [f"{number(panel.x(a))} {number(panel.y(b))}" for a, b in zip(x[run], y[run], strict=True)]
        parts.append("M" + "L".join(points))
    look = f' style="{style}"' if style else ""
    return f'<path d="{"".join(parts)}" class="{cls}"{look}/>'


def band_path(panel: Panel, x: Values, low: Values, high: Values, cls: str, style: str = "") -> str:
    """The area between two curves."""
    upper = [f"{number(panel.x(a))} {number(panel.y(b))}" for a, b in zip(x, high, strict=True)]
    lower = [f"{number(panel.x(a))} {number(panel.y(b))}" for a, b in zip(x[::-1], low[::-1], strict=True)]
    look = f' style="{style}"' if style else ""
    return f'<path d="M{"L".join(upper + lower)}Z" class="{cls}"{look}/>'


def _steps(panel: Panel, starts: Values, ends: Values, values: Values) -> list[str]:
    """One sub-path a run of touching intervals, as SVG ``H``/``V`` moves; equal neighbours share one."""
    paths: list[str] = []
    current = ""
    last_end = last_value = float("nan")
    for start, end, value in zip(starts, ends, values, strict=True):
        if not math.isfinite(value):
            continue
        x, y = number(panel.x(start)), number(panel.y(value))
        if current and abs(start - last_end) < 1e-9:
            if value != last_value:
                current += f"H{x}V{y}"
        else:
            if current:
                paths.append(f"{current}H{number(panel.x(last_end))}")
            current = f"M{x} {y}"
        last_end, last_value = end, value
    if current:
        paths.append(f"{current}H{number(panel.x(last_end))}")
    return paths


def step_path(panel: Panel, starts: Values, ends: Values, values: Values, cls: str) -> str:
    """A step line over intervals; it breaks between intervals that do not touch."""
    return f'<path d="{"".join(_steps(panel, starts, ends, values))}" class="{cls}"/>'


def step_area(panel: Panel, starts: Values, ends: Values, values: Values, cls: str) -> str:
    """A filled step line down to zero."""
    base = number(panel.y(panel.y_from))
    closed = []
    for path in _steps(panel, starts, ends, values):
        x = path[1:].split("H")[0].split("V")[0].split(" ")[0]
        closed.append(f"{path}V{base}H{x}Z")
    return f'<path d="{"".join(closed)}" class="{cls}"/>'


def y_axis(panel: Panel, unit: str, shown: Callable[[float], str], ticks: Sequence[float] | None = None) -> str:
    """Grid lines with their values at the left, and the unit above."""
    marks = nice_ticks(panel.y_from, panel.y_to) if ticks is None else ticks
    parts = [rule(panel.left, panel.y(v), panel.right, panel.y(v), "grid") for v in marks]
    parts += [text(panel.left - 6, panel.y(v) + 4, shown(v), "tick", "end") for v in marks]
    if unit:
        parts.append(text(0, panel.top - 10, unit, "tick"))
    return "".join(parts)


def picture(width: float, height: float, label: str, parts: Sequence[str]) -> str:
    """The whole picture, with what it shows for those who cannot see it."""
    name = escape(label, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" role="img"'
        f' aria-label="{name}">{"".join(parts)}</svg>'
    )
