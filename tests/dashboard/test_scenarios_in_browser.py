"""The analyst's job in a real browser: derive a scenario, run it, compare it; nothing asked of another host, no error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.desk import Desk
from dashboard.pages.scenarios.desk import scenario_desk
from dashboard.screenshots import open_page, running
from scenarios.own_scenarios import OwnScenario, save_scenario
from scenarios.plan import Plan
from wfm.i18n import Text

pytestmark = pytest.mark.browser

COURT = "nanxun-12368"
WIDE = "document.documentElement.scrollWidth"


@pytest.fixture
def desk(tmp_path: Path, plans_folder: Path, monkeypatch: pytest.MonkeyPatch, plan_maker: Callable[..., Plan]) -> Desk:
    """A desk over an own home, with made-up planning."""
    monkeypatch.setenv("WFM_HOME", str(tmp_path))

    def planned(scenario: Any, settings: Any, home: Path, watch: Any) -> Plan:
        plan = plan_maker(settings.first, settings.days, settings.seed, 1.0 if scenario.differences else 0.0)
        return replace(plan, inputs={**scenario.input_hashes(), "records": "x"})

    monkeypatch.setattr("scenarios.scenario_runs.plan_hotline", planned)
    made = Desk(plans_folder, home=tmp_path, clock=lambda: datetime(2026, 9, 10, tzinfo=UTC))
    save_scenario(
        scenario_desk(made).shelf.own, OwnScenario("calm", COURT, Text("Calm", "平日"), None, {"seats.opened": 3})
    )
    return made


def work_off(desk: Desk) -> None:
    """Do all jobs that wait, as a worker process would."""
    for job in reversed(desk.jobs.recent(limit=50)):
        if job.state == "waiting":
            desk.jobs.run_here(job.id)


LONG = pytest.mark.endure
WORDS = {
    "en": {
        "seats": "Seats opened",
        "refused": "must not exceed the seats built (6), found 99",
        "volume": "Call volume",
        "preview": "call volume +20 %",
        "title": "Busy week",
        "report": "Report",
        "run": "Run: Nanxun",
        "aside": "Scorecards side by side",
    },
    "zh": {
        "seats": "开通座席",
        "refused": "不得超过已建座席数（6），现为99",
        "volume": "话务量",
        "preview": "话务量 +20 %",
        "title": "忙周",
        "report": "报告",
        "run": "运行: 南浔",
        "aside": "记分卡对照",
    },
}


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("en", 1440),
        ("zh", 390),
        pytest.param("zh", 1440, marks=LONG),
        pytest.param("en", 390, marks=LONG),
    ],
)
def test_derive_run_and_compare(browser: Any, desk: Desk, language: str, width: int) -> None:
    said = WORDS[language]
    title = said["title"]
    with (
        running(desk) as base,
        open_page(browser, f"{base}/scenarios?tab=derive&hotline={COURT}", language=language, width=width) as visit,
    ):
        page = visit.page
        page.get_by_label(said["seats"]).fill("99")
        page.get_by_text(said["refused"]).first.wait_for()
        page.get_by_label(said["seats"]).fill("")
        page.get_by_label(said["volume"]).fill("+20 %")
        page.locator("#scenarios-preview").get_by_text(said["preview"]).wait_for()
        page.wait_for_function("() => decodeURIComponent(location.search).includes('lines.*.demand.scale=+20')")
        page.locator("#scenarios-find").fill("talk")
        page.get_by_text("lines.*.handling.talk_s").first.wait_for()
        page.locator("#scenarios-name").fill("busy")
        page.locator(f"#scenarios-title-{language}").fill(title)
        page.locator("#scenarios-save-run").click()
        page.get_by_text(title).first.wait_for()
        page.locator("#scenarios-jobs .job").first.wait_for()
        worker = threading.Thread(target=work_off, args=(desk,))
        worker.start()
        page.locator("tr", has_text=title).get_by_text(said["report"]).wait_for(timeout=30_000)
        worker.join()
        page.get_by_role("button", name=said["run"], exact=False).first.click()
        page.locator("#scenarios-jobs .job").first.wait_for()
        work_off(desk)
        page.locator(".scenarios-tree tr", has_text="nanxun-12368").first.get_by_text(said["report"]).wait_for(
            timeout=30_000
        )
        for box in page.locator("#scenarios-tree input[type=checkbox]").all():
            box.check()
        page.locator("#scenarios-compare-chosen").click()
        page.get_by_text(said["aside"]).wait_for()
        page.locator("#scenarios-trade .main-svg").first.wait_for()
        assert title in page.inner_text("#page")
        assert page.evaluate(WIDE) <= width
        assert visit.errors == []
        assert visit.foreign == []


def test_a_scenario_is_removed_after_asking_and_put_back(browser: Any, desk: Desk) -> None:
    with (
        running(desk) as base,
        open_page(browser, f"{base}/scenarios?hotline={COURT}", language="en", width=1440) as visit,
    ):
        page = visit.page
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove Calm").click()
        page.get_by_role("button", name="Put it back").wait_for()
        assert page.locator(".scenarios-name", has_text="Calm").count() == 0
        page.get_by_role("button", name="Put it back").click()
        page.locator(".scenarios-name", has_text="Calm").wait_for()
        assert visit.errors == []
