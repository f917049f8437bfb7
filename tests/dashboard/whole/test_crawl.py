"""Every control of every page is clicked once, of links to one part of one page three.

Nothing is written to the browser's console or the server's log as an error.
"""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.pages import PAGES
from dashboard.screenshots import answered, open_page, page_ready

pytestmark = pytest.mark.browser

CONTROLS = """() => {
  const found = [...document.querySelectorAll(
    '#page button, #page a[href], #page summary, #page [role=tab], #page [role=switch], #page input, #page [role=slider]')];
  const ways = new Map();
  const another = e => {
    if (!e.href) return true;
    const to = new URL(e.href), part = to.pathname + (to.searchParams.get('tab') ?? '') + (to.searchParams.get('view') ?? '');
    ways.set(part, (ways.get(part) ?? 0) + 1);
    return ways.get(part) <= 3;
  };
  return found.map((e, i) => [i, e]).filter(([i, e]) => e.getClientRects().length && !e.disabled && !e.closest('[aria-hidden=true]')
    && !e.hasAttribute('download') && e.getAttribute('target') !== '_blank' && e.type !== 'file'
    && !e.closest('.ag-root-wrapper') && another(e)).map(([i, e]) => [i, (e.id || e.innerText || e.getAttribute('aria-label') || e.className).slice(0, 60)]);
}"""

CLICK = """i => { const e = [...document.querySelectorAll(
    '#page button, #page a[href], #page summary, #page [role=tab], #page [role=switch], #page input, #page [role=slider]')][i];
  if (e) { e.scrollIntoView({block: 'center'}); e.click(); e.focus && e.focus(); } return !!e; }"""

GO = "to => window.dash_clientside.set_props('url', {pathname: to.pathname, search: to.search})"

DRAWER = ".mantine-Modal-content, .mantine-Drawer-content"


@pytest.mark.parametrize("key", [page.key for page in PAGES])
def test_every_control_answers(browser: Any, centre: Any, key: str) -> None:
    address = centre.address(f"/{key}")
    centre.faults.clear()
    with open_page(browser, address, language="en", width=1440) as visit:
        page = visit.page
        page_ready(page)
        controls = page.evaluate(CONTROLS)
        for number, (index, name) in enumerate(controls):
            before = page.url
            page.evaluate(CLICK, index)
            answered(page)
            assert visit.errors == [], f"after clicking {name!r}"
            assert centre.faults == [], f"after clicking {name!r}"
            if page.query_selector(DRAWER):
                page.goto(address)
                page_ready(page)
            elif page.url != before:
                page.evaluate(GO, {"pathname": f"/{key}", "search": f"?{centre.query}"})
                page_ready(page)
            elif number % 8 == 7:
                page.keyboard.press("Escape")
        assert visit.errors == []
        assert visit.foreign == []
        assert centre.faults == []
