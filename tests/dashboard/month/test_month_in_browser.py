"""The scheduler's day in a real browser: somebody is ill, the ways out, one is taken, the new version shows; own duties on a phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.desk import Desk
from dashboard.screenshots import answered, open_page, running

pytestmark = pytest.mark.browser

PLACE = "hotline=nanxun-12368&month=2026-09-14&at=2026-09-13T12:00"


@pytest.fixture
def base(published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    shutil.copytree(published_home, tmp_path / "home")
    (tmp_path / "plans").mkdir()
    monkeypatch.setenv("WFM_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    zone = ZoneInfo("Asia/Shanghai")
    desk = Desk(tmp_path / "plans", home=tmp_path / "home", clock=lambda: datetime(2026, 9, 13, 12, tzinfo=zone))
    with running(desk) as address:
        yield address


def choose(page: Any, field: str, option: str) -> None:
    """Choose by typing, as one does among four hundred people."""
    page.click(f"#{field}")
    page.keyboard.type(option)
    page.click(f"[role=option]:visible:has-text('{option}')")


def choose_day(page: Any, field: str, day: int) -> None:
    """Of the month that the calendar opens with."""
    page.click(f"#{field}")
    page.click(f".mantine-DatePickerInput-day:not([data-outside]):text-is('{day}')")


def calm(visit: Any, width: int) -> None:
    assert visit.errors == []
    assert visit.foreign == []
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("en", 1440),
        ("zh", 390),
        pytest.param("zh", 1440, marks=pytest.mark.endure),
        pytest.param("en", 390, marks=pytest.mark.endure),
    ],
)
def test_somebody_is_ill_a_way_out_is_taken_and_the_new_version_shows(
    browser: Any, base: str, language: str, width: int
) -> None:
    taken, ways = ("Published as version 2", "1. fewest changes")
    if language == "zh":
        taken, ways = ("已放入草稿1", "1. 改动最少")
    with open_page(browser, f"{base}/roster?{PLACE}&tab=repair", language=language, width=width) as visit:
        page = visit.page
        page.wait_for_selector("#roster-repair-person")
        choose(page, "roster-repair-person", "A005")
        choose_day(page, "roster-repair-first", 15)
        page.click("#roster-repair-ask")
        page.wait_for_selector(f".repair-way:has-text('{ways}')")
        assert page.locator(".repair-way").count() in (2, 3)
        page.wait_for_url(re.compile(r"job=1\b"))
        calm(visit, width)
        page.reload()  # whoever comes back finds the same ways
        page.wait_for_selector(f".repair-way:has-text('{ways}')")
        # One publishes at once; the other puts it into the draft and looks at it there.
        page.click(f".repair-way .button >> nth={int(language == 'en')}")
        page.wait_for_selector(f"text={taken}")
        page.wait_for_url(re.compile(r"version=2" if language == "en" else r"draft=1.*step=1"))
        page.wait_for_selector("#roster-repair-person", state="detached")
        page.wait_for_function(
            "() => /(Version 2|草稿1)/.test(document.getElementById('roster-headline')?.innerText ?? '')"
        )
        if language == "zh":
            assert "9月15日 周二" in page.inner_text("#roster-put-in")
        assert visit.errors == []
        assert visit.foreign == []


def test_own_duties_on_a_phone(browser: Any, base: str) -> None:
    address = f"{base}/mine?hotline=nanxun-12368&agent=A003&at=2026-09-13T12:00"
    with open_page(browser, address, language="zh", width=390) as visit:
        visit.page.wait_for_selector(".my-week")
        answered(visit.page)
        calm(visit, 390)
        # Two English words in a row would be an untranslated sentence.
        assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", visit.page.inner_text("#page")) == []


def test_a_request_is_entered_and_a_swap_agreed_to(browser: Any, base: str) -> None:
    with open_page(browser, f"{base}/roster?{PLACE}&tab=requests", language="en", width=1440) as visit:
        page = visit.page
        page.wait_for_selector("#roster-requests-person")
        choose(page, "roster-requests-person", "A009")
        choose_day(page, "roster-requests-first", 16)
        page.fill("input#roster-requests-reason, #roster-requests-reason input", "年假")
        page.click("#roster-requests-add")
        page.wait_for_selector("#roster-requests-list >> text=年假")
        choose(page, "roster-requests-giver", "A001")
        choose_day(page, "roster-requests-day", 18)
        choose(page, "roster-requests-taker", "A011")
        page.click("#roster-requests-weigh")
        page.wait_for_selector("#roster-requests-weighed >> text=every rule is kept")
        page.click("#roster-requests-keep")
        page.wait_for_selector("#roster-requests-swaps >> text=waits for a decision")
        page.click("#roster-requests-swaps >> text=Agree")
        page.wait_for_url(re.compile(r"version=2"))
        page.wait_for_selector("#roster-requests-swaps >> text=version 2")
        assert visit.errors == []
