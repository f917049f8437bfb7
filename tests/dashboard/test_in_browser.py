"""Plans and their reports in a real browser: chosen, compared, in both languages and in both lights."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.screenshots import open_page, running, settle

pytestmark = pytest.mark.browser

PLAN = "/plan?plan=four-weeks"
COMPARE = "/compare?plans=four-weeks,more-seats"


@pytest.fixture(scope="module")
def base(plans_folder: Path) -> Iterator[str]:
    with running(plans_folder) as address:
        yield address


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("WFM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "width", "expected"),
    [("en", 1440, ("Scorecards side by side", "Agent-hours")), ("zh", 390, ("记分卡对照", "工时"))],
)
def test_plans_stand_side_by_side(
    browser: Any, base: str, language: str, width: int, expected: tuple[str, ...]
) -> None:
    with open_page(browser, base + COMPARE, language=language, width=width) as visit:
        page = visit.page
        settle(page)
        _keep(page, f"compare-{language}-{width}")
        assert visit.errors == []
        assert visit.foreign == []
        words = page.inner_text("#page")
        for part in expected:
            assert part in words
        if language == "zh":
            # Two English words in a row would be an untranslated sentence; plans' names have hyphens.
            assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", words) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_another_plan_is_one_choice_away(browser: Any, base: str) -> None:
    with open_page(browser, base + PLAN, language="en", width=1440) as visit:
        page = visit.page
        settle(page)
        page.click("#plan-pick")
        page.click("[role=option]:has-text('one-week')")
        page.wait_for_url(re.compile(r"plan=one-week"))
        page.wait_for_function("() => (document.getElementById('page')?.innerText ?? '').includes('(7 days)')")
        settle(page)
        page.click("a.entry:has-text('Scenarios')")
        # The plans of this folder are of a hotline that is nowhere on this machine: the page says so.
        page.get_by_text("There is no hotline “sample-12348”").wait_for()
        assert visit.errors == []


def test_the_language_and_the_light_can_be_changed(browser: Any, base: str) -> None:
    with open_page(browser, base + PLAN, language="en", width=1440) as visit:
        page = visit.page
        settle(page)
        page.click("#theme")
        page.wait_for_function("() => document.documentElement.getAttribute('data-mantine-color-scheme') === 'dark'")
        page.wait_for_function(
            """() => { const tick = document.querySelector('#plan-daily .xtick text');
            return tick && getComputedStyle(tick).fill === 'rgb(154, 167, 179)'; }"""
        )
        _keep(page, "plan-en-1440-dark")
        page.click("a.entry:has-text('中文')")
        page.wait_for_function("() => (document.getElementById('page')?.innerText ?? '').includes('记分卡')")
        settle(page)
        # The choice holds on the next visit, without the address saying so.
        page.goto(base + PLAN)
        page.wait_for_function("() => (document.getElementById('page')?.innerText ?? '').includes('记分卡')")
        assert visit.errors == []
        assert visit.foreign == []


@pytest.mark.parametrize(
    ("path", "words"),
    [("/plan?plan=nothing", "There is no plan “nothing”"), ("/compare?plans=one-week", "Choose two or more plans")],
)
def test_what_is_not_there_is_said(browser: Any, base: str, path: str, words: str) -> None:
    with open_page(browser, base + path, language="en", width=390) as visit:
        visit.page.get_by_text(words).first.wait_for()
        assert visit.errors == []


@pytest.mark.parametrize("width", [1440, 390])
def test_the_report_speaks_the_browser_s_language(browser: Any, base: str, width: int) -> None:
    address = f"{base}/report?plan=four-weeks"
    with open_page(browser, address, language="zh", width=width) as visit:
        page = visit.page
        assert "达标记分卡" in page.inner_text("body") or "记分卡" in page.inner_text("body")
        assert "Scorecard" not in page.inner_text("body")
        _keep(page, f"report-zh-{width}")
        page.click("#switch")
        assert "Scorecard" in page.inner_text("body")
        assert "记分卡" not in page.inner_text("body")
        _keep(page, f"report-en-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.errors == []
        assert visit.foreign == []
    with open_page(browser, f"{address}&lang=en", language="zh", width=width) as visit:
        assert "Scorecard" in visit.page.inner_text("body")
