"""The charts are drawn by a part of plotly.js: it must be of the same version, and know every kind of trace."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dash
import plotly.basedatatypes
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs_version

from dashboard.person import OWNER
from dashboard.server.chart_script import ADDRESS, SCRIPT

ROOT = Path(__file__).parents[2]
CARTESIAN = {"bar", "box", "contour", "heatmap", "histogram", "histogram2d", "image", "pie", "scatter", "violin"}
"""Kinds of trace in the bundle, as plotly.js's dist/README lists them."""


def _kinds() -> set[str]:
    return {
        name.lower()
        for name in dir(go)
        if isinstance(one := getattr(go, name), type) and issubclass(one, plotly.basedatatypes.BaseTraceType)
    }


def test_it_is_of_the_version_that_makes_the_figures() -> None:
    version = get_plotlyjs_version()
    said = f"npm pack plotly.js-cartesian-dist-min@{version}, and put its file into dashboard/vendor"
    assert f"plotly.js (cartesian - minified) v{version}\n" in SCRIPT.read_text(encoding="utf-8")[:200], said
    assert f"-{version}." in SCRIPT.name, said


def test_it_knows_every_kind_of_trace_that_is_drawn() -> None:
    kinds = _kinds()
    drawn = set()
    for path in (ROOT / "dashboard").rglob("*.py"):
        words = path.read_text(encoding="utf-8")
        drawn |= {name for name in re.findall(r"\.add_([a-z0-9]+)\(", words) if name in kinds}
        drawn |= {name.lower() for name in re.findall(r"\bgo\.([A-Z]\w+)\(", words) if name.lower() in kinds}
    assert {"bar", "scatter", "heatmap"} <= drawn
    assert drawn <= CARTESIAN


def test_it_stands_where_the_renderer_asks_for_it() -> None:
    renderer = Path(dash.__file__).parent / "dash-renderer" / "build" / "dash_renderer.min.js"
    assert f'"{ADDRESS.lstrip("/")}"' in renderer.read_text(encoding="utf-8")


def test_it_is_served_and_asked_for_again_only_when_it_changed(open_site: Any) -> None:
    client = open_site(datetime(2026, 11, 26, 10, 30, tzinfo=UTC), OWNER, {}).client
    with client.get(ADDRESS) as first:
        assert first.mimetype == "text/javascript"
        assert first.data == SCRIPT.read_bytes()
        tag = first.headers["ETag"]
        assert "no-cache" in first.headers["Cache-Control"]
    with client.get(ADDRESS, headers={"If-None-Match": tag}) as again:
        assert again.status_code == 304
