"""Make the pictures of the dashboard's guide: a rehearsal centre, every page in both languages. ``make pictures``.

Needs Chromium. ``--centre FOLDER`` takes a centre that ``wfm rehearse`` made for the same moment; scenarios are run in
it where their results are missing. Names after that choose pictures, as in ``mine compare``.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from make_pictures import shrink

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.desk import Desk

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures" / "dashboard"
HOTLINE = "guizhou-12348"
NOW = datetime(2026, 11, 26, 10, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SCENARIOS = (HOTLINE, f"{HOTLINE}-volume-plus-20", f"{HOTLINE}-half-seats")
"""Scenarios that are compared, the others with the first."""
RUN_FIRST, RUN_DAYS = date(2026, 12, 7), 7

DESK = {
    "today": ("/today", 1500),
    "plan": ("/plan", 1300),
    "plan-sliders": ("/plan?view=sliders&volume=120&aht=110", 1300),
    "roster": ("/roster?tab=month", 1100),
    "roster-fairness": ("/roster?tab=fairness", 1100),
    "review": ("/review", 1300),
    "scenarios": ("/scenarios", 1100),
    "compare": ("/scenarios?tab=compare&plans={runs}", 1140),
    "data": ("/data", 1300),
    "orders": ("/orders", 1300),
    "reports": ("/reports", 1100),
    "admin": ("/admin", 900),
}
"""Pages as a desk shows them: address, and how much of it, px."""

PHONE = {"today": ("/today", 1500)}
OWN = {"mine": ("/mine", 1100)}
"""What somebody with the role agent sees, on a phone."""


def main() -> None:
    """Make the centre, run the scenarios, photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--centre", type=Path, help="a rehearsal centre that is there already")
    parser.add_argument("names", nargs="*", help="pictures to make (default: all)")
    chosen = parser.parse_args()
    from playwright.sync_api import sync_playwright

    from dashboard.desk import Desk
    from dashboard.screenshots import BROWSER_ARGUMENTS, find_browser, running

    def wanted(pages: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
        return {name: page for name, page in pages.items() if not chosen.names or name in chosen.names}

    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        centre = chosen.centre or _rehearsal(Path(folder) / "centre")
        os.environ["WFM_HOME"] = str(centre / "home")
        desk = Desk(centre / "plans", home=centre / "home", clock=lambda: NOW)
        runs = ",".join(_runs(desk)) if "compare" in wanted(DESK) or "scenarios" in wanted(DESK) else ""
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(BROWSER_ARGUMENTS))
        with running(desk) as base, running(desk, _as_agent(desk)) as own:
            for language in ("en", "zh"):
                for width, address, pages in ((1440, base, DESK), (390, base, PHONE), (390, own, OWN)):
                    for name, (path, height) in wanted(pages).items():
                        kept = PICTURES / f"{name}{'-phone' if pages is PHONE else ''}-{language}.png"
                        where = address + _looked_at(path.format(runs=runs))
                        _photograph(browser, where, language, width, height, kept)
        browser.close()


def _looked_at(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}hotline={HOTLINE}&at={NOW:%Y-%m-%dT%H:%M}"


def _rehearsal(folder: Path) -> Path:
    from dashboard.reports import render_report
    from scenarios.rehearsal import rehearse
    from scenarios.scenario import load_scenario

    rehearse(load_scenario(HOTLINE), folder, NOW, render_report)
    return folder


def _runs(desk: Desk) -> list[str]:
    """Names of the runs of the scenarios, those made that are missing."""
    from dashboard.pages.scenarios.desk import scenario_desk
    from dashboard.reports import render_report
    from scenarios.pipeline import PlanSettings
    from scenarios.scenario_runs import run_name, run_scenario

    settings = PlanSettings(RUN_FIRST, RUN_DAYS, allow_gaps=True)
    mine = scenario_desk(desk)
    there = {run.name for run in mine.runs()}
    names = []
    for key in SCENARIOS:
        scenario = mine.shelf.scenario(key)
        name = run_name(key, scenario, settings, desk.home)
        if name not in there:
            run_scenario(key, scenario, settings, desk.home, desk.store, render_report)
        names.append(name)
    return names


def _as_agent(desk: Desk) -> Callable[[Flask], None]:
    """Lets whoever asks be the person with the most duties in the four weeks, with no role but an agent's."""
    from dashboard.person import Person, remember

    duties = desk.store.roster(desk.store.rosters(HOTLINE)[0].id).duties
    number = min(Counter(duties["agent"]).items(), key=lambda found: (-found[1], found[0]))[0]
    person = Person(number, ("agent",), f"{HOTLINE}:{number}")

    def protect(server: Flask) -> None:
        server.before_request(lambda: remember(person))

    return protect


def _photograph(browser: Any, address: str, language: str, width: int, height: int, target: Path) -> None:
    from dashboard.screenshots import open_page, page_ready

    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.png"
        with open_page(browser, address, language=language, width=width) as visit:
            page_ready(visit.page)
            # A screen as long as the picture: what is fixed to its edges stays there.
            page_height = visit.page.evaluate("document.documentElement.scrollHeight")
            visit.page.set_viewport_size({"width": width, "height": min(height, page_height)})
            page_ready(visit.page)
            visit.page.screenshot(path=whole)
            if visit.errors:
                sys.stderr.write(f"{address}: {visit.errors}\n")
        shrink(whole, target, height)


if __name__ == "__main__":
    main()
