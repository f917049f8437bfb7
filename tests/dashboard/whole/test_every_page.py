"""Every page opens in both languages, on desk and phone, with the outside cut off: no error, nothing foreign, nothing cut off."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dashboard.pages import PAGES
from dashboard.screenshots import open_page, page_ready

pytestmark = pytest.mark.browser

KEYS = [page.key for page in PAGES]

SMALL_TEXT = """() => [...document.querySelectorAll('#page *, .nav *')].filter(e =>
  [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length
  && parseFloat(getComputedStyle(e).fontSize) < 11.9).map(e => e.textContent.slice(0, 40))"""

NAMES = re.compile(r"WFM_HOME|wfm [a-z-]+[^\n]*|[\w./-]+\.(?:csv|xlsx|yaml|html|pdf|ics|parquet)|\S*[-_/:=]\S*")
"""Commands, files and identifiers, which are the same in every language."""


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", KEYS)
def test_page_opens(browser: Any, centre: Any, keep_picture: Any, key: str, language: str, width: int) -> None:
    with open_page(browser, centre.address(f"/{key}"), language=language, width=width) as visit:
        page = visit.page
        page_ready(page)
        keep_picture(page, f"{key}-{language}-{width}")
        assert visit.errors == []
        assert visit.foreign == []
        assert centre.faults == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TEXT) == []
        words = NAMES.sub(" ", page.inner_text("#page"))
        if language == "zh":
            assert re.findall(r"[A-Za-z]{3,} [a-z]{2,} [a-z]{2,}", words) == []
            assert page.get_attribute("html", "lang") == "zh-CN"
        else:
            assert page.get_attribute("html", "lang") == "en"
        assert page.query_selector("#page h1") is not None
        assert page.title().endswith("WFM")


@pytest.mark.parametrize("key", KEYS)
def test_page_opens_in_the_dark(browser: Any, centre: Any, keep_picture: Any, key: str) -> None:
    with open_page(browser, centre.address(f"/{key}"), language="zh", width=1440, dark=True) as visit:
        page_ready(visit.page)
        keep_picture(visit.page, f"{key}-zh-1440-dark")
        assert visit.errors == []
        assert visit.page.get_attribute("html", "data-mantine-color-scheme") == "dark"
