"""The manager's way through the plan page in a real browser: seats, sliders, strictness, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.screenshots import open_page, running, settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base(plans_folder: Path) -> Iterator[str]:
    with running(plans_folder) as address:
        yield address


def test_seats_sliders_and_strictness(browser: Any, base: str) -> None:
    with open_page(browser, base + "/plan?plan=one-week", language="en", width=1440) as visit:
        page = visit.page
        settle(page)
        page.click("text=Show it")
        page.wait_for_url("**view=seats**")
        page.wait_for_function(
            "() => document.getElementById('plan-seats-frame')?.getAttribute('aria-label').includes('95 % of days')"
        )
        page.click("#plan-views >> text=What if")
        page.wait_for_selector("#plan-sliders-hours .score")
        before = page.inner_text("#plan-sliders-sentence")
        page.locator("[role=slider]").first.focus()
        for _step in range(10):
            page.keyboard.press("ArrowRight")
        page.wait_for_url("**volume=110**")
        page.wait_for_function(
            "words => document.getElementById('plan-sliders-sentence').innerText !== words", arg=before
        )
        assert "agent-hours instead of" in page.inner_text("#plan-sliders-sentence")
        page.click("#plan-views >> text=Cost of strictness")
        page.wait_for_selector("#plan-cost-frame")
        assert "agent-hours" in page.inner_text("#plan-strictness-sentence")
        assert visit.errors == []
        assert visit.foreign == []
