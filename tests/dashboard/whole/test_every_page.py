"""Every page and every part of it in both languages, on desk and phone, light and dark, with the outside cut off.

No error in the browser's console or the server's log, no request to another host, nothing wider than the screen, no text
under 12 px or on other text of an axis, no word untranslated, and (axe-core, WCAG 2.1 AA) no serious violation of accessibility.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs

import pytest

from dashboard.pages import PAGES
from dashboard.screenshots import open_page, page_ready
from wfm.i18n import use_language

pytestmark = pytest.mark.browser

SMALL_TEXT = """() => [...document.querySelectorAll('#page *, .nav *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
  && parseFloat(getComputedStyle(e).fontSize) < 11.9).map(e => e.textContent.slice(0, 40))"""

OVERLAPS = """() => {
  const bad = [];
  for (const axis of document.querySelectorAll('.xaxislayer-above, .yaxislayer-above')) {
    const boxes = [...axis.querySelectorAll('text')].filter(t => t.textContent.trim()).flatMap(t => {
      const spans = [...t.querySelectorAll('tspan')].filter(s => !s.querySelector('tspan'));
      return (spans.length ? spans : [t]).map(s => [s.getBoundingClientRect(), s.textContent]);
    });
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [a, x] = boxes[i], [b, y] = boxes[j];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) bad.push(x + ' / ' + y);
    }
  }
  return bad;
}"""

OWN_WORDS = """() => {
  const quoted = [...document.querySelectorAll('#page [lang]')].filter(e => e.lang !== document.documentElement.lang);
  quoted.forEach(e => e.style.display = 'none');
  const words = document.getElementById('page').innerText;
  quoted.forEach(e => e.style.display = '');
  return words;
}"""
"""The page's text without what it quotes in another language."""

GO = """([path, query]) => window.dash_clientside.set_props('url', {pathname: path, search: query})"""

PARTS = """path => [...document.querySelectorAll('#page nav li:not([aria-current]) a')].map(a => new URL(a.href))
  .filter(to => to.pathname === path).map(to => to.search)"""
"""Addresses of the other parts of a page."""

NAMES = re.compile(r"WFM_HOME|wfm [a-z-]+[^\n]*|[\w./-]+\.(?:csv|xlsx|yaml|html|pdf|ics|parquet)|\S*[-_/:=]\S*")
"""Commands, files and identifiers, which are the same in every language."""

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def _violations(page: Any, rules: dict[str, Any]) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={**rules, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]


def _faults(visit: Any, centre: Any, language: str, width: int, rules: dict[str, Any]) -> list[object]:
    """What is wrong with the page as it stands."""
    page = visit.page
    found: list[object] = [*visit.errors, *visit.foreign, *centre.faults]
    visit.errors.clear()
    centre.faults.clear()
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append("wider than the screen")
    found += [f"small text: {words}" for words in page.evaluate(SMALL_TEXT)]
    found += [f"on each other: {words}" for words in page.evaluate(OVERLAPS)]
    if language == "zh":
        found += re.findall(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", NAMES.sub(" ", page.evaluate(OWN_WORDS)))
    return found + (_violations(page, rules) if rules else [])


@pytest.mark.parametrize(
    ("language", "width", "dark", "parts"),
    [
        ("en", 1440, False, True),
        ("zh", 390, False, True),
        ("zh", 1440, False, False),
        ("zh", 1440, True, False),
        ("en", 390, False, False),
    ],
)
def test_every_page_stands(
    browser: Any, centre: Any, keep_picture: Any, language: str, width: int, dark: bool, parts: bool
) -> None:
    wrong: dict[str, list[object]] = {}
    rules = CONTRAST if dark else RULES if parts and width == 1440 else {}
    with open_page(browser, centre.address("/"), language=language, width=width, dark=dark) as visit:
        page = visit.page
        page_ready(page)
        for one in PAGES:
            with use_language(language):  # type: ignore[arg-type]
                title = f"{one.name.of()} · WFM"
            page.evaluate(GO, [f"/{one.key}", f"?{centre.query}"])
            page.wait_for_function("title => document.title === title", arg=title)
            others = page.evaluate(PARTS, f"/{one.key}") if parts else []
            for place in ["", *others]:
                if place:
                    page.evaluate(GO, [f"/{one.key}", place])
                page_ready(page)
                part = [parse_qs(place[1:]).get(key, [""])[0] for key in ("tab", "view")]
                name = "-".join(filter(None, (one.key, *part)))
                keep_picture(page, f"{name}-{language}-{width}{'-dark' if dark else ''}")
                found = _faults(visit, centre, language, width, rules)
                if found:
                    wrong[name] = found
        assert page.get_attribute("html", "lang") == ("zh-CN" if language == "zh" else "en")
        assert page.get_attribute("html", "data-mantine-color-scheme") == ("dark" if dark else "light")
    assert not wrong, "\n".join(f"{name}: {fault}" for name, found in wrong.items() for fault in found)
