"""``wfm standards`` and ``wfm show`` as a person and as a machine reads them."""

from __future__ import annotations

import io
import json

import pytest
import typer
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from wfm.cli import show, standards
from wfm.errors import BadInput
from wfm.hotline import library_names
from wfm.hotline.reading import find_hotline
from wfm.i18n import use_language
from wfm.standards import load_standard, standard_ids

RUNNER = CliRunner()


def run(*arguments: str) -> str:
    app = typer.Typer()
    show.register(app)
    standards.register(app)
    result = RUNNER.invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def printed(function, value, width: int) -> str:
    out = io.StringIO()
    function(value, Console(file=out, width=width, highlight=False))
    return out.getvalue()


def test_standards_are_listed():
    text = run("standards")
    for name in standard_ids():
        assert name in text
    rows = json.loads(run("standards", "--json"))
    assert [row["id"] for row in rows] == standard_ids()
    assert next(row for row in rows if row["id"] == "DB32/T3837")["targets"] == 0


def test_one_standard_shows_each_target_with_limit_and_clause():
    text = run("standards", "DB330503/T02.3")
    flat = " ".join(text.replace("│", " ").split())
    for words in ("< 15 s", "≥ 90 %", "≤ 20 s", "≥ 99 %", "服务质量指标", "附录A", "asa_s"):
        assert words in flat
    shown = json.loads(run("standards", "DB330503/T02.3", "--json"))
    row = next(t for t in shown["targets"] if t["target"] == "total-connection-rate")
    assert (row["operator"], row["limit"], row["source"]) == (">=", 0.9, "published")
    assert row["definition"]["zh"]
    satisfaction = next(t for t in shown["targets"] if t["target"] == "satisfaction")
    assert satisfaction["limit"] is None


def test_an_unknown_standard_is_one_sentence():
    with pytest.raises(BadInput, match="known: "):
        run("standards", "DB1")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_tables_keep_inside_the_screen(width, language):
    with use_language(language):
        pages = [printed(standards.print_standard, load_standard(name), width) for name in standard_ids()]
        pages += [printed(show.print_hotline, show.look_at(find_hotline(name)), width) for name in library_names()]
    for page in pages:
        assert max(cell_len(line) for line in page.splitlines()) <= width


def test_published_and_assumed_numbers_are_apart():
    text = run("show", "guizhou-12348")
    published, rest = text.split("Numbers from secondary sources")
    published = published.split("Published numbers")[1]
    assumed = rest.split("Assumed numbers")[1]
    assert "seats.built" in published
    assert "58" in published
    assert "seats.built" not in assumed
    assert "lines.*.handling.talk_s" in assumed
    assert "talk_s" not in published


@pytest.mark.parametrize("name", library_names())
def test_show_as_json_counts_every_number_once(name):
    shown = json.loads(run("show", name, "--json"))
    paths = [row["path"] for kind in ("published", "secondary", "assumed") for row in shown[kind]]
    assert len(set(paths)) == len(paths)
    assert shown["without_source"] == []
    assert all(row["clause"] for kind in ("published", "secondary") for row in shown[kind])
    assert all(row["why"]["zh"] and row["why"]["en"] for row in shown["assumed"])
    assert shown["hotline"]["id"] == name
    assert shown["agents"] > 0


def test_guizhou_shows_what_is_published_of_it():
    """58 lawyer seats built, 30 opened; 380 lawyers of 80 firms."""
    shown = json.loads(run("show", "guizhou-12348", "--json"))
    published = {row["path"]: row["value"] for row in shown["published"]}
    assert (published["seats.built"], published["seats.opened"]) == (58, 30)
    assert (shown["agents"], shown["firms"]) == (380, 80)


def test_show_in_chinese():
    with use_language("zh"):
        text = printed(show.print_hotline, show.look_at(find_hotline("nanxun-12368")), 100)
    for words in ("已公布的数值", "假定的数值", "平均应答时限", "服务质量指标"):
        assert words in text


def test_a_hotline_without_people_or_sources_says_so(tmp_path):
    (tmp_path / "hotline.yaml").write_text(
        "id: bare\nnumber: '12345'\nname: {en: '[bold]Bare', zh: 空}\nseats: {built: 2, opened: 1}\n"
        "lines: [{id: a, name: {en: A, zh: 甲}, demand: {calls_per_day: 1}, handling: {talk_s: 9}, patience: {mean_s: 9}}]\n"
        "groups: [{id: g, name: {en: G, zh: 组}, lines: [a]}]\n"
        "contracts: [{id: c, name: {en: C, zh: 合同}, employee: true}]\n"
        "shifts: [{id: s, name: {en: S, zh: 班}, short: {en: S, zh: 班}, start: 00:00, end: 24:00}]\n",
        encoding="utf-8",
    )
    text = run("show", str(tmp_path))
    assert "[bold]Bare" in text
    assert "no agents.csv" in text
    assert "No source is given for:" in text
    shown = json.loads(run("show", str(tmp_path), "--json"))
    assert shown["agents"] is None
    assert "seats.built" in shown["without_source"]
