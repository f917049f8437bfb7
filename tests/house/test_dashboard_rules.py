"""Rules that hold for the whole dashboard: one door for figures, one for callbacks, nothing from outside."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "dashboard"
SOURCES = sorted(DASHBOARD.rglob("*.py"))
ASSETS = sorted(p for p in (DASHBOARD / "assets").rglob("*") if p.is_file())
SHELL_IDS = {"url", "language", "screen", "shown", "notices", "hotline", "page", "nav"}


def _found(pattern, files, apart):
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        if path.name not in apart
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_a_figure_reaches_a_page_through_one_door():
    """Elsewhere plotly's button that uploads the data would come back."""
    assert _found(r"dcc\.Graph\(|import Graph\b", SOURCES, {"graph.py"}) == []
    assert _found(r"dcc\.Graph\(", SOURCES, set()) != []


def test_a_callback_is_registered_through_one_door():
    """Elsewhere nobody would ask who may."""
    pattern = r"\bapp\.callback\(|@callback|dash\.callback|clientside_callback\(|from dash import .*\bcallback\b"
    assert _found(pattern, SOURCES, {"answering.py"}) == []
    assert _found(pattern, SOURCES, set()) != []


def test_who_takes_a_file_along_is_noted_wherever_files_are_given_out():
    serving = [
        p for p in SOURCES if re.search(r"""(get|add_url_rule)\("(/download/|/data/)""", p.read_text(encoding="utf-8"))
    ]
    assert len(serving) > 10
    noted = r"csv_file\(|note_export\(|trail\.note\("
    assert [p.name for p in serving if not re.search(noted, p.read_text(encoding="utf-8"))] == []


def test_no_asset_names_another_host():
    pattern = r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    found = _found(pattern, ASSETS, set())
    svg_names = _found(r'xmlns="http://www\.w3\.org/2000/svg"', ASSETS, set())
    assert [place for place in found if place not in svg_names] == []


def test_no_asset_makes_code_from_text():
    assert (
        _found(
            r"\beval\(|new Function\(|innerHTML\s*=|document\.write\(", [p for p in ASSETS if p.suffix == ".js"], set()
        )
        == []
    )


@pytest.mark.parametrize("path", sorted((DASHBOARD / "pages").iterdir()), ids=lambda p: p.stem)
def test_the_ids_of_a_page_begin_with_its_key(path):
    """So that two pages never answer each other's controls."""
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    named = r"\b(?:id|select_id|graph_id)=f?\"([a-z][a-z0-9-]*)"
    asked = r"\b(?:Input|Output|State)\(f?\"([a-z][a-z0-9-]*)"
    ids = {
        name
        for file in files
        if file.suffix == ".py"
        for pattern in (named, asked)
        for name in re.findall(pattern, file.read_text(encoding="utf-8"))
    }
    key = path.stem
    assert {
        i for i in ids if i != key and not i.startswith((f"{key}-", "jobs-", "job-")) and i not in SHELL_IDS
    } == set()


def test_every_page_has_its_icon():
    from dashboard.pages import PAGES

    look = (DASHBOARD / "assets" / "look.css").read_text(encoding="utf-8")
    for page in PAGES:
        assert (DASHBOARD / "assets" / "icons" / f"{page.key}.svg").is_file(), page.key
        assert f".icon-{page.key} " in look, page.key
    assert len({page.key for page in PAGES}) == len(PAGES)
