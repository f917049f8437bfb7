"""Both pages in a real browser: both languages, desk and phone, no error, no request to another host."""

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


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "path"), [("plan", PLAN), ("compare", COMPARE)])
def test_pages_open(browser: Any, base: str, name: str, path: str, language: str, width: int) -> None:
    with open_page(browser, base + path, language=language, width=width) as visit:
        page = visit.page
        settle(page)
        _keep(page, f"{name}-{language}-{width}")
        assert visit.errors == []
        assert visit.foreign == []
        words = page.inner_text("#page")
        expected = {
            ("plan", "en"): ("Scorecard", "Day by day", "The weak hour is Tue 15 Sep 09:00–09:30"),
            ("plan", "zh"): ("记分卡", "逐日", "薄弱时段"),
            ("compare", "en"): ("Scorecards side by side", "Agent-hours"),
            ("compare", "zh"): ("记分卡对照", "工时"),
        }[name, language]
        for part in expected:
            assert part in words
        if language == "zh":
            # Two English words in a row would be an untranslated sentence; plans' names have hyphens.
            assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", words) == []
        # Nothing is wider than the screen, and nothing on an axis overlaps.
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERLAPS) == []
        small = page.evaluate(SMALL_TEXT)
        assert small == []


OVERLAPS = """() => {
  const bad = [];
  for (const axis of document.querySelectorAll('.xaxislayer-above, .yaxislayer-above')) {
    const boxes = [...axis.querySelectorAll('text')].filter(t => t.textContent.trim()).flatMap(t => {
      const spans = t.querySelectorAll('tspan');
      return (spans.length ? [...spans] : [t]).map(s => [s.getBoundingClientRect(), s.textContent]);
    });
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [a, x] = boxes[i], [b, y] = boxes[j];
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) bad.push(x + ' / ' + y);
    }
  }
  return bad;
}"""

SMALL_TEXT = """() => [...document.querySelectorAll('#page *, .nav *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
  && parseFloat(getComputedStyle(e).fontSize) < 11.9).map(e => e.textContent.slice(0, 40))"""


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
