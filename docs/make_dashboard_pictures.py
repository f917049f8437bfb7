"""Make the pictures of the dashboard's guide: a rehearsal centre, every page in both languages. ``make pictures``.

Needs Chromium. ``--centre FOLDER`` takes a centre that ``wfm rehearse`` made for the same moment.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from make_pictures import shrink

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures" / "dashboard"
HOTLINE = "guizhou-12348"
NOW = datetime(2026, 11, 26, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
LONG_WORK = ("intraday", "review", "hire")
"""Kinds of long work whose results the pages show."""

DESK = {
    "today": ("/today", 1500),
    "plan": ("/plan", 1300),
    "plan-sliders": ("/plan?view=sliders", 1300),
    "roster": ("/roster?tab=month", 1100),
    "roster-coverage": ("/roster?tab=coverage", 1000),
    "roster-fairness": ("/roster?tab=fairness", 1100),
    "review": ("/review", 1300),
    "scenarios": ("/scenarios", 1100),
    "data": ("/data", 1300),
    "orders": ("/orders", 1300),
    "reports": ("/reports", 1100),
    "admin": ("/admin", 900),
}
"""Pages as a desk shows them: address, and how much of it, px."""

PHONE = {"today": ("/today", 1500), "roster": ("/roster?tab=month", 1200)}


def main() -> None:
    """Make the centre, do the long work, photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centre", type=Path, help="a rehearsal centre that is there already")
    chosen = parser.parse_args()
    from playwright.sync_api import sync_playwright

    from dashboard.desk import Desk
    from dashboard.screenshots import BROWSER_ARGUMENTS, find_browser, running

    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        centre = chosen.centre or _rehearsal(Path(folder) / "centre")
        os.environ["WFM_HOME"] = str(centre / "home")
        desk = Desk(centre / "plans", home=centre / "home", clock=lambda: NOW)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        with running(desk) as base:
            for language in ("en", "zh"):
                for width, pages in ((1440, DESK), (390, PHONE)):
                    for name, (path, height) in pages.items():
                        kept = PICTURES / f"{name}{'-phone' if width == 390 else ''}-{language}.png"
                        _photograph(browser, base + _address(path), language, width, height, kept)
        browser.close()


def _address(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}hotline={HOTLINE}&at={NOW:%Y-%m-%dT%H:%M}"


def _rehearsal(folder: Path) -> Path:
    from dashboard.reports import render_report
    from scenarios.rehearsal import rehearse
    from scenarios.scenario import load_scenario

    rehearse(load_scenario(HOTLINE), folder, NOW, render_report)
    return folder


def _photograph(browser: Any, address: str, language: str, width: int, height: int, target: Path) -> None:
    from dashboard.screenshots import open_page, page_ready

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.png"
        with open_page(browser, address, language=language, width=width) as visit:
            page_ready(visit.page)
            visit.page.screenshot(path=whole, full_page=True)
            if visit.errors:
                sys.stderr.write(f"{address}: {visit.errors}\n")
        shrink(whole, target, height)


if __name__ == "__main__":
    main()
