"""Every page in both languages, on desk and phone, light and dark, with the outside cut off.

No error in the browser's console or the server's log, no request to another host, nothing wider than the screen, no text
under 12 px, no word untranslated, and (axe-core, WCAG 2.1 AA) no serious violation of accessibility.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboard.pages import PAGES
from dashboard.screenshots import open_page, page_ready
from wfm.i18n import use_language

pytestmark = pytest.mark.browser

SMALL_TEXT = """() => [...document.querySelectorAll('#page *, .nav *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
  && parseFloat(getComputedStyle(e).fontSize) < 11.9).map(e => e.textContent.slice(0, 40))"""

GO = """([key, query]) => window.dash_clientside.set_props('url', {pathname: '/' + key, search: '?' + query})"""

NAMES = re.compile(r"WFM_HOME|wfm [a-z-]+[^\n]*|[\w./-]+\.(?:csv|xlsx|yaml|html|pdf|ics|parquet)|\S*[-_/:=]\S*")
"""Commands, files and identifiers, which are the same in every language."""

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def _violations(page: Any) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]


@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 1440, False), ("zh", 1440, True), ("en", 390, False), ("zh", 390, False), ("zh", 1440, False)],
)
def test_every_page_stands(browser: Any, centre: Any, keep_picture: Any, language: str, width: int, dark: bool) -> None:
    wrong: dict[str, list[object]] = {}
    with open_page(browser, centre.address("/"), language=language, width=width, dark=dark) as visit:
        page = visit.page
        page_ready(page)
        for one in PAGES:
            with use_language(language):  # type: ignore[arg-type]
                title = f"{one.name.of()} · WFM"
            page.evaluate(GO, [one.key, centre.query])
            page.wait_for_function("title => document.title === title", arg=title)
            page_ready(page)
            keep_picture(page, f"{one.key}-{language}-{width}{'-dark' if dark else ''}")
            found: list[object] = [*visit.errors, *visit.foreign, *centre.faults]
            visit.errors.clear()
            centre.faults.clear()
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append("wider than the screen")
            found += [f"small text: {words}" for words in page.evaluate(SMALL_TEXT)]
            words = NAMES.sub(" ", page.inner_text("#page"))
            if language == "zh":
                found += re.findall(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", words)
            if width == 1440 and (dark or language == "en"):
                found += _violations(page)
            if found:
                wrong[one.key] = found
        assert page.get_attribute("html", "lang") == ("zh-CN" if language == "zh" else "en")
        assert page.get_attribute("html", "data-mantine-color-scheme") == ("dark" if dark else "light")
    assert wrong == {}
