"""axe-core finds no serious or critical violation on any page, light or dark (WCAG 2.1 AA)."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.pages import PAGES
from dashboard.screenshots import open_page, page_ready

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("key", [page.key for page in PAGES])
def test_no_serious_violation(browser: Any, centre: Any, key: str, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with open_page(browser, centre.address(f"/{key}"), language="en", width=1440, dark=dark) as visit:
        page_ready(visit.page)
        found = Axe().run(visit.page, options=RULES).response["violations"]
    serious = [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"][:3]
    ]
    assert serious == []
