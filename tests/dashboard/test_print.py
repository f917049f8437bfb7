"""A page that is printed from a dark screen: light, without what only a screen can use, its charts as wide as the paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dashboard.screenshots import open_page, running, settle

pytestmark = pytest.mark.browser

WIDTH = "document.querySelector('#plan-daily .main-svg').getBoundingClientRect().width"
A4_WITHIN_MARGINS_PX = (210 - 2 * 12) / 25.4 * 96


def test_a_plan_on_paper(browser: Any, plans_folder: Path) -> None:
    with (
        running(plans_folder) as base,
        open_page(browser, f"{base}/plan?plan=four-weeks", language="en", width=1440, dark=True) as visit,
    ):
        page = visit.page
        settle(page)
        on_screen = page.evaluate(WIDTH)
        assert on_screen > 1000
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.wait_for_function(f"{WIDTH} <= {A4_WITHIN_MARGINS_PX}")
        look = "(what, name) => getComputedStyle(document.querySelector(what))[name]"
        assert page.evaluate(f"({look})('body', 'backgroundColor')") == "rgb(255, 255, 255)"
        assert page.evaluate(f"({look})('#page h1', 'color')") == "rgb(27, 39, 51)"
        for hidden in (".nav", "#page .download"):
            assert page.evaluate(f"({look})('{hidden}', 'display')") == "none"
        page.emulate_media(media="screen")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        page.wait_for_function(f"{WIDTH} === {on_screen}")
        assert visit.errors == []
