"""Nothing that a user can set or read is undocumented, and the documentation builds and opens without a network."""

import contextlib
import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from wfm.cli.app import run
from wfm.hotline import reference_rows
from wfm.hotline.people import Agent, Leave
from wfm.i18n import say, use_language
from wfm.metrics import COUNTS, KPIS
from wfm.records.feed_mapping import CountColumn, FeedColumns, LayoutSettings
from wfm.records.item_mapping import AnswerColumns, OrderColumns, StateColumns
from wfm.records.mapping import Columns
from wfm.standards import load_standard, standard_ids
from wfm.tables import TABLES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages():
    spec = importlib.util.spec_from_file_location("reference_pages", ROOT / "docs" / "reference_pages.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs")  # as mkdocs does for its hooks
        spec.loader.exec_module(module)
    return {name.removeprefix("reference/"): _text(write()) for name, write in module.PAGES.items()}


def _text(markdown):
    """The page without marks: what a reader sees."""
    plain = re.sub(r"</?(?:code|wbr)>", "", markdown)
    return plain.replace("&#42;", "*").replace("&#96;", "`").replace("&lt;", "<").replace("&amp;", "&")


def _help(*command):
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, use_language("en"), contextlib.redirect_stdout(printed):
        patch.setenv("COLUMNS", "250")
        assert run([*command, "--help"]) == 0
    return printed.getvalue()


def _commands(*above):
    listed = re.search(r"^Commands:\n((?:  .*\n?)+)", _help(*above), re.MULTILINE)
    names = re.findall(r"^  ([a-z][a-z-]*)", listed[1], re.MULTILINE) if listed else []
    return [leaf for name in names for leaf in _commands(*above, name)] or [above]


def test_every_command_and_option_is_in_the_reference(pages):
    commands = _commands()
    assert len(commands) >= 10
    for command in [(), *commands]:
        title = " ".join(("wfm", *command))
        options = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", _help(*command))) - {"--help"}
        for name in ("commands.md", "commands.zh.md"):
            section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", pages[name], re.MULTILINE | re.DOTALL)
            assert section is not None, (name, title)
            missing = [o for o in options if not re.search(rf"{o}(?![\w-])", section[1])]
            assert missing == [], (name, title)
            rows = [r for r in section[1].splitlines() if r.startswith("| ") and not r.startswith(("| Arg", "| 参数"))]
            assert [r for r in rows if re.search(r"\|\s*\|$", r)] == [], "an option without a meaning"


@pytest.mark.parametrize("model", [None, Agent, Leave], ids=["hotline", "agents", "leave"])
def test_every_key_of_a_hotline_is_explained_in_both_languages(pages, model):
    for row in reference_rows(model):
        assert row.description, row.path
        with use_language("zh"):
            chinese = say(row.description)
        assert chinese != row.description, row.path
        for name in ("hotline.md", "hotline.zh.md"):
            assert f"| {row.path} |" in pages[name] or f"\n## {row.path}\n" in pages[name], (name, row.path)


def test_every_column_that_a_mapping_can_fill_is_explained(pages):
    for name, field in Columns.model_fields.items():
        assert f"| {name} | [" in pages["mapping.md"], name
        assert field.description, name


def test_every_key_of_an_interval_mapping_is_explained(pages):
    for model in (FeedColumns, CountColumn, LayoutSettings):
        for name, field in model.model_fields.items():
            assert field.description, name
            assert f"| {field.alias or name} |" in pages["feed-mapping.md"].replace("`", ""), name


def test_every_column_that_an_item_mapping_can_fill_is_explained(pages):
    for model in (OrderColumns, AnswerColumns, StateColumns):
        for name, field in model.model_fields.items():
            assert field.description, name
            assert f"| {field.alias or name} | {field.description} |" in pages["item-mapping.md"], name


def test_every_kpi_has_names_and_a_definition_in_both_languages(pages):
    for kpi in KPIS.values():
        for text in (kpi.name, kpi.definition):
            assert text.en, kpi.id
            assert re.search(r"[\u4e00-\u9fff]", text.zh), kpi.id
            assert text.en in pages["kpis.md"], kpi.id
            assert text.zh in pages["kpis.md"], kpi.id
        assert set(kpi.numerator) | set(kpi.denominator) <= set(COUNTS), kpi.id
    names = [kpi.name.zh for kpi in KPIS.values()]
    assert len(set(names)) == len(names), "two definitions under one name"


def test_every_table_column_has_a_meaning(pages):
    for table in TABLES:
        for column in table.columns:
            assert column.meaning, (table.name, column.name)
            assert re.search(rf"\| {column.name} \| {column.kind}.*\| {re.escape(column.meaning)}", pages["tables.md"])


def test_every_target_and_rule_stands_in_the_reference(pages):
    from scheduler.checker import CHECKS

    for standard_id in standard_ids():
        for target in load_standard(standard_id).targets:
            assert target.quote.zh in pages["standards.md"]
            assert target.clause in pages["standards.md"]
    for name, check in CHECKS.items():
        assert check.__doc__, name
        assert f"| {name} |" in pages["rules.md"]


class _Loads(HTMLParser):
    """Addresses that a page loads by itself; links that a reader follows are none."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        for name in ("src", "srcset", "data", "poster"):
            if given.get(name):
                self.found.append(given[name])
        if tag == "link" and given.get("href"):
            self.found.append(given["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr == ""
    return folder


def test_the_site_loads_nothing_from_other_hosts(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 12
    for page in pages:
        loads = _Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        assert [a for a in loads.found if re.match(r"(?:https?:)?//", a)] == [], page.name
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


@pytest.mark.browser
def test_pages_opened_from_disk_ask_no_host_and_can_be_searched(site):
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("WFM_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        assert not os.environ.get("WFM_REQUIRE_BROWSER"), "no chromium"
        pytest.skip("no chromium; name one in WFM_CHROMIUM")
    asked = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index", "guide.zh", "reference/hotline", "reference/standards", "reference/kpis"):
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                f"{name} is wider than the screen"
            )
        page.click("input.md-search__input")
        page.wait_for_function("!document.querySelector('.md-search-result__meta').textContent.includes('Init')")
        page.keyboard.type("occupancy")
        page.wait_for_selector(".md-search-result__item", state="attached")
        browser.close()
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
