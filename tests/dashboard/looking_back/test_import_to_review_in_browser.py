"""The whole job of operations in a real browser: bring in a file, see what is taken, import it, and review the days."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from dashboard.desk import Desk
from dashboard.screenshots import open_page, running
from scenarios.scenario import load_scenario
from wfm.records import generate_calls

pytestmark = pytest.mark.browser

COURT = "nanxun-12368"
FATES = {
    "answered": "接通", "abandoned": "放弃", "ivr_completed": "自助", "ivr_abandoned": "导航挂机", "blocked": "遇忙", "closed": "下班",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An empty home, looked at on the Monday after the calls."""
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    (tmp_path / "plans").mkdir()
    moment = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = Desk(tmp_path / "plans", home=tmp_path / "home", clock=lambda: moment)
    assert found.store.jobs.recent() == []
    return found


@pytest.fixture
def worker(desk: Desk) -> Iterator[None]:
    """Does waiting jobs, as a worker process would."""
    stop = threading.Event()

    def work() -> None:
        mine = Desk(desk.plans.folder, home=desk.home, clock=desk.clock)
        while not stop.wait(0.1):
            for job in mine.jobs.recent(limit=5):
                if job.state == "waiting":
                    mine.jobs.run_here(job.id)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(timeout=20)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of the court line as an ordinary export in GBK, and one row that cannot be used."""
    hotline = load_scenario(COURT).hotline
    calls = generate_calls(hotline, date(2026, 11, 9), 14, 3)
    clock = {n: calls[n].dt.strftime("%Y-%m-%d %H:%M:%S") for n in ("arrived_at", "answered_at", "ended_at")}
    frame = pd.DataFrame(
        {
            "专线": hotline.lines[0].name.zh, "来电时间": clock["arrived_at"], "接通时间": clock["answered_at"],
            "挂机时间": clock["ended_at"], "结果": calls["outcome"].map(FATES), "座席工号": calls["agent"],
            "主叫号码": [f"138{n:08}" for n in range(len(calls))], "满意度": "",
        }
    )  # fmt: skip
    frame.loc[5, "来电时间"] = "昨天"
    path = tmp_path_factory.mktemp("export") / "十一月话单.csv"
    frame.to_csv(path, index=False, encoding="gbk")
    return path


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("WFM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def _fits(page: Any, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("zh", 1440),
        ("en", 390),
        pytest.param("en", 1440, marks=pytest.mark.endure),
        pytest.param("zh", 390, marks=pytest.mark.endure),
    ],
)
def test_a_file_is_imported_and_its_days_are_reviewed(
    browser: Any, desk: Desk, export: Path, language: str, width: int
) -> None:
    told = {
        "zh": ("新增14天", "实际来电"),
        "en": ("14 days are new", "What came"),
    }[language]
    with (
        running(desk) as base,
        open_page(browser, f"{base}/data?hotline={COURT}&tab=import", language=language, width=width) as visit,
    ):
        page = visit.page
        page.set_default_timeout(60_000)
        page.wait_for_selector("#data-file", state="attached")
        page.set_input_files("#data-file", str(export))
        page.wait_for_selector("#data-taken")
        assert "file=" in page.url
        words = page.inner_text("#page")
        assert export.name in words
        assert "1380000" not in words
        _keep(page, f"data-preview-{language}-{width}")
        _fits(page, width)
        page.click("#data-import")
        page.wait_for_selector("#data-outcome")
        words = page.inner_text("#page")
        assert told[0] in words
        _keep(page, f"data-imported-{language}-{width}")
        _fits(page, width)
        page.click("#data-to-review")
        page.wait_for_selector("#review-against-frame .js-plotly-plot .main-svg")
        assert "from=2026-11-09&to=2026-11-22" in page.url
        assert told[1] in page.inner_text("#page")
        _keep(page, f"review-{language}-{width}")
        _fits(page, width)
        assert visit.errors == []
        assert visit.foreign == []
    assert not list((desk.home / "uploads").rglob(export.name))


def test_the_picker_is_reached_by_keyboard_and_bad_files_are_told(browser: Any, desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "话单.pdf"
    bad.write_bytes(b"%PDF-1.7 nothing")
    with (
        running(desk) as base,
        open_page(browser, f"{base}/data?hotline={COURT}&tab=import", language="en", width=1440) as visit,
    ):
        page = visit.page
        page.set_default_timeout(60_000)
        page.wait_for_selector("#data-file", state="attached")
        page.focus(".page-tabs li[aria-current] a")
        for _ in range(4):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "data-file":
                break
        assert page.evaluate("document.activeElement.id") == "data-file"
        page.set_input_files("#data-file", str(bad))
        page.wait_for_selector(".file-said.error")
        assert "kind PDF" in page.inner_text(".file-said")
        assert [e for e in visit.errors if "422" not in e] == []


def test_days_are_annotated_and_taken_back(browser: Any, desk: Desk) -> None:
    from wfm.records import RecordStore

    hotline = load_scenario(COURT).hotline
    calls = generate_calls(hotline, date(2026, 11, 9), 10, 3)
    RecordStore(desk.home, COURT).add(calls, "made", "recorded", time_zone=hotline.time_zone)
    with (
        running(desk) as base,
        open_page(browser, f"{base}/review?hotline={COURT}&tab=days", language="zh", width=1440) as visit,
    ):
        page = visit.page
        page.set_default_timeout(60_000)
        page.wait_for_selector("#review-mark-add")
        page.fill("#review-mark-words", "新条例施行")
        page.click("#review-mark-add")
        page.wait_for_selector(".mark-row")
        assert "新条例施行" in page.inner_text(".mark-row")
        page.click(".mark-row .quiet-button")
        page.wait_for_function("() => !document.querySelector('.card .mark-row')")
        assert "已撤销（1）" in page.inner_text("#page")
        assert visit.errors == []
        assert visit.foreign == []
