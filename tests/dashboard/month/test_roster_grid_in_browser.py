"""The scheduler's month in a real browser: typed, judged, undone, dragged, published; two at once; 400 people × 31 days."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.desk import Desk
from dashboard.screenshots import open_page, running

pytestmark = pytest.mark.browser

ZONE = ZoneInfo("Asia/Shanghai")
PLACE = "/roster?hotline=nanxun-12368&month=2026-09-14&at=2026-09-13T12:00"
READY = "#roster-grid[data-ready]"
PATIENT_MS = 90_000
"""Waits end when what they wait for is there; a busy machine takes its time."""


@pytest.fixture
def desk(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shutil.copytree(published_home, tmp_path / "home")
    (tmp_path / "plans").mkdir()
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    return Desk(tmp_path / "plans", home=tmp_path / "home", clock=lambda: datetime(2026, 9, 13, 12, tzinfo=ZONE))


@pytest.fixture
def base(desk: Desk) -> Iterator[str]:
    with running(desk) as address:
        yield address


def cell(agent: str, day: int) -> str:
    return f'#roster-grid .ag-center-cols-container [row-id="{agent}"] [col-id="d{day}"]'


def holds(page: Any, agent: str, day: int, words: str, look: str = "") -> None:
    """Wait until the cell shows these words, saved."""
    page.wait_for_function(
        """([where, words, look]) => { const c = document.querySelector(where);
        return c && c.textContent.trim() === words && !c.classList.contains('waiting')
          && (!look || c.classList.contains(look)); }""",
        arg=[cell(agent, day), words, look],
        timeout=PATIENT_MS,
    )


def calm(visit: Any, width: int) -> None:
    assert visit.errors == []
    assert visit.foreign == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


def keep(page: Any, name: str) -> None:
    folder = os.environ.get("WFM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_the_schedulers_whole_job(browser: Any, base: str, desk: Desk) -> None:
    with open_page(browser, base + PLACE, language="en", width=1440) as visit:
        page = visit.page
        page.set_default_timeout(PATIENT_MS)
        page.wait_for_selector(READY)
        holds(page, "A001", 0, "D1", "answers")
        holds(page, "A003", 0, "D1", "standby")
        # The first change begins a draft, and the cell typed into is shown with what follows.
        page.click(cell("A001", 1))
        page.keyboard.type("D1")
        page.keyboard.press("Enter")
        page.wait_for_function("() => location.search.includes('draft=1')")
        page.wait_for_selector("#roster-grid[data-ready='1']")
        holds(page, "A001", 1, "D1", "answers")
        # A sixth day of eight hours: the corner turns red, and the sentence says the rule.
        for day in (3, 5):
            page.click(cell("A001", day))
            page.keyboard.press("1")
            holds(page, "A001", day, "D1")
        page.click(cell("A001", 0))
        page.wait_for_function(
            "() => document.getElementById('roster-cell').textContent.includes('48 h in the week of 2026-09-14; 40 h are allowed')"
        )
        assert page.locator(cell("A003", 0) + ".mate").count() == 1  # the B of the same post is marked
        keep(page, "roster-month-en-1440")
        assert "breaks" in page.inner_text("#roster-headline")
        for day in (5, 3, 1):
            page.keyboard.press("Control+z")
            holds(page, "A001", day, "")
        page.wait_for_function("() => document.getElementById('roster-headline').className.includes('met')")
        # Take a duty by dragging it to somebody else; the arrow keys and Delete work as in a spreadsheet.
        start, end = (page.locator(cell(a, 2)).bounding_box() for a in ("A001", "A002"))
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        page.mouse.move(start["x"] + 8, start["y"] + 20, steps=3)
        page.mouse.move(end["x"] + 8, end["y"] + 8, steps=3)
        page.mouse.up()
        holds(page, "A002", 2, "D1", "answers")
        holds(page, "A001", 2, "")
        page.click(cell("A001", 3))
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Delete")
        holds(page, "A001", 4, "")
        page.keyboard.press("Control+z")
        holds(page, "A001", 4, "D1")
        page.keyboard.press("Control+y")
        holds(page, "A001", 4, "")
        page.keyboard.press("Control+z")
        holds(page, "A001", 4, "D1")
        page.keyboard.press("p")
        holds(page, "A001", 4, "D1", "pinned")
        # Another process finds the draft as it stands here.
        assert desk.store.drafts.draft(1).edits == 13
        # Who is shown stands in the address: whoever opens it again sees the same people.
        page.fill("#roster-q", "座席00")
        page.wait_for_function("() => new URLSearchParams(location.search).get('q') === '座席00'")
        page.reload()
        page.wait_for_selector("#roster-grid[data-ready='1']")
        page.wait_for_selector(cell("A011", 1), state="detached")
        assert page.input_value("#roster-q") == "座席00"
        holds(page, "A002", 2, "D1", "answers")
        holds(page, "A001", 4, "D1", "pinned")
        page.fill("#roster-q", "")
        page.wait_for_selector(cell("A011", 1))
        page.wait_for_function("() => !location.search.includes('q=') && location.search.includes('draft=1')")
        page.click("#roster-publish")
        page.wait_for_selector("#roster-publish-words :text('It replaces version 1')")
        assert "A002 座席002: D1 added" in page.inner_text("#roster-publish-words")
        page.fill("#roster-note", "A001 is in court")
        page.click("#roster-publish-now")
        page.wait_for_function("() => !location.search.includes('draft=')")
        page.click(".roster-tabs >> text=Versions")
        page.wait_for_selector("#roster-versions-sentence:has-text('Version 2 is published')")
        words = page.inner_text("#page")
        assert "A001 is in court" in words
        assert "A001 座席001: D1 taken away" in words
        keep(page, "roster-versions-en-1440")
        calm(visit, 1440)


def test_two_schedulers_at_once(browser: Any, base: str) -> None:
    with open_page(browser, base + PLACE, language="en", width=1440) as first:
        first.page.set_default_timeout(PATIENT_MS)
        first.page.wait_for_selector(READY)
        first.page.click(cell("A002", 1))
        first.page.keyboard.press("1")
        first.page.wait_for_selector("#roster-grid[data-ready='1']")
        holds(first.page, "A002", 1, "D1")
        with open_page(browser, base + PLACE + "&draft=1", language="en", width=1440) as second:
            second.page.set_default_timeout(PATIENT_MS)
            second.page.wait_for_selector("#roster-grid[data-ready='1']")
            holds(second.page, "A002", 1, "D1")
            # The second browser hears nothing for a while: it still shows what the first one changes now.
            second.page.evaluate("() => Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
            second.page.wait_for_function("() => document.hidden")
            first.page.click(cell("A004", 1))
            first.page.keyboard.press("1")
            holds(first.page, "A004", 1, "D1")
            first.page.click(cell("A006", 2))
            first.page.keyboard.press("1")
            holds(first.page, "A006", 2, "D1")
            # Another cell: both changes stand, and the second browser learns of the first one's.
            second.page.click(cell("A008", 3))
            second.page.keyboard.press("2")
            holds(second.page, "A008", 3, "D2")
            holds(second.page, "A004", 1, "D1")
            # The same cell, which the first one changes before the second one sends.
            first.page.click(cell("A010", 4))
            first.page.keyboard.press("1")
            holds(first.page, "A010", 4, "D1")
            second.page.click(cell("A010", 4))
            second.page.keyboard.press("2")
            second.page.wait_for_selector("#roster-conflict-words li")
            said = second.page.inner_text("#roster-conflict-words")
            assert re.search(r"Fri 18 Sep, 座席010: the owner of this machine changed free to D1 at .*\.", said)
            assert "You want: D2." in said
            keep(second.page, "roster-conflict-en-1440")
            second.page.click("#roster-theirs")
            holds(second.page, "A010", 4, "D1")
            # This time the second one insists, and the first one is told.
            first.page.click(cell("A011", 4))
            first.page.keyboard.press("1")
            holds(first.page, "A011", 4, "D1")
            second.page.click(cell("A011", 4))
            second.page.keyboard.press("2")
            second.page.wait_for_selector("#roster-conflict-words :text('座席011')")
            second.page.click("#roster-mine")
            holds(second.page, "A011", 4, "D2")
            holds(first.page, "A011", 4, "D2")
            holds(first.page, "A008", 3, "D2")
            calm(second, 1440)
        calm(first, 1440)


@pytest.mark.parametrize(("language", "width"), [("zh", 1440), ("en", 390), ("zh", 390)])
@pytest.mark.parametrize("tab", ["", "coverage", "versions"])
def test_every_part_opens(browser: Any, base: str, language: str, width: int, tab: str) -> None:
    with open_page(browser, f"{base}{PLACE}&tab={tab}&day=2026-09-16", language=language, width=width) as visit:
        page = visit.page
        page.set_default_timeout(PATIENT_MS)
        page.wait_for_selector("#roster-headline")
        ready = {"": READY if width > 700 else ".roster-card", "coverage": "#roster-coverage-one .hm"}
        page.wait_for_selector(ready.get(tab, "#roster-versions-sentence"), state="attached")
        keep(page, f"roster-{tab or 'month'}-{language}-{width}")
        if language == "zh":
            assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", page.inner_text("#page")) == []
        calm(visit, width)


FRAMES = """() => new Promise(done => {
  const view = document.querySelector('#roster-grid .ag-body-viewport'), gaps = [];
  let last = performance.now(), at = 0;
  function step(now) {
    gaps.push(now - last); last = now; at += 130; view.scrollTop = at;
    if (gaps.length < 70) requestAnimationFrame(step);
    else done({gaps: gaps.slice(5).sort((a, b) => a - b), scrolled: view.scrollTop});
  }
  requestAnimationFrame(step);
})"""


def test_four_hundred_people_and_thirty_one_days(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    """It stands, scrolls and answers changes; how long that takes stands in the report of the run."""
    from scenarios.roster_at_hand import RosterAtHand
    from scenarios.roster_problem import roster_problem
    from scheduler.roster_cells import Cell, StandingDuty, live_roster
    from wfm.hotline import library_folder
    from wfm.tables import DUTIES, empty_table

    place = tmp_path / "home" / "hotlines" / "guizhou-12348"
    shutil.copytree(library_folder() / "guizhou-12348", place)
    people = (place / "agents.csv").read_text(encoding="utf-8-sig").splitlines()
    people += [people[-1].replace(people[-1].split(",")[0], f"L9{n:02d}", 1) for n in range(400 - len(people) + 1)]
    (place / "agents.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    (tmp_path / "plans").mkdir()
    large = Desk(tmp_path / "plans", clock=lambda: datetime(2026, 12, 1, 12, tzinfo=ZONE))
    scenario = large.hotlines.scenario("guizhou-12348")
    assert len(scenario.agents) == 400
    import pandas as pd

    first, days = date(2026, 12, 1), pd.date_range("2026-12-01", periods=31)
    shifts = ("early", "afternoon", "evening")
    posts = pd.DataFrame(
        [(day, "day-general" if s != "evening" else "night", s, 60, 20) for day in days for s in shifts],
        columns=["date", "group", "shift", "posts_a", "posts_b"],
    )
    problem = roster_problem(scenario, first, 31, posts)
    wanted = {
        (agent.id, day.date()): Cell(
            (StandingDuty(shifts[(n + d) % 5], "night" if (n + d) % 5 == 2 else "day-general", "AB"[n % 4 == 3]),)
        )
        for d, day in enumerate(days)
        for n, agent in enumerate(scenario.agents)
        if (n + d) % 5 < 3
    }
    duties = live_roster(problem, empty_table(DUTIES, "Asia/Shanghai")).with_cells(wanted).duties()
    assert len(duties) > 7000
    found = RosterAtHand("large", scenario, problem, duties, True)
    from scenarios.roster_draft import begin_draft

    draft = begin_draft(large.store, found, {"kind": "version", "version": 0}).id
    with running(large) as address:
        where = f"{address}/roster?hotline=guizhou-12348&draft={draft}"
        with open_page(browser, where, language="zh", width=1440) as warm:
            warm.page.wait_for_selector(READY, timeout=PATIENT_MS)
        begun = time.perf_counter()
        with open_page(browser, where, language="zh", width=1440) as visit:
            page = visit.page
            page.set_default_timeout(PATIENT_MS)
            page.wait_for_selector(READY, timeout=PATIENT_MS)
            page.wait_for_selector(cell(scenario.agents[0].id, 30))
            stands_s = time.perf_counter() - begun
            inside = page.evaluate(
                "() => { const v = document.querySelector('#roster-grid .ag-center-cols-viewport'); return [v.scrollWidth, v.clientWidth]; }"
            )
            assert inside[0] <= inside[1]  # 31 days without sideways scrolling
            frames = page.evaluate(FRAMES)
            assert frames["scrolled"] > 3000
            page.wait_for_function(
                """where => { document.querySelector('#roster-grid .ag-body-viewport').scrollTop = 0;
                return document.querySelector(where); }""",
                arg=cell(scenario.agents[3].id, 2),
            )
            took = []
            for n, day in ((0, 4), (1, 3), (2, 2)):
                page.click(cell(scenario.agents[n].id, day))
                begun = time.perf_counter()
                page.keyboard.press("Delete" if page.inner_text(cell(scenario.agents[n].id, day)) else "1")
                page.wait_for_function(
                    "([n]) => document.querySelectorAll('#roster-grid .waiting').length === 0"
                    " && document.getElementById('roster-draft-words').textContent.includes(String(n))",
                    arg=[f"已修改{n + 1}格"],
                )
                took.append(time.perf_counter() - begun)
            gaps = frames["gaps"]
            measured = {
                "stands_s": round(stands_s, 2),
                "frame_median_ms": round(gaps[len(gaps) // 2], 1),
                "frame_p95_ms": round(gaps[int(len(gaps) * 0.95)], 1),
                "change_s": [round(t, 2) for t in took],
            }
            record_property("measured", measured)
            print(measured)
            keep(page, "roster-400-zh-1440")
            calm(visit, 1440)
