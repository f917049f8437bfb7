"""The reports page: what stands without records, and that every file can be had by those who may see."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.app import make_app
from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.pages.reports import PAGE, kind_in
from dashboard.pages.reports.rates import rates_headline, rates_part
from dashboard.person import Person, remember
from scenarios.plan import Plan
from scenarios.recorded_rates import PeriodRates, period_of, rate_rows
from wfm.hotline import library_folder, load_hotline
from wfm.i18n import use_language


@pytest.fixture(scope="module")
def desk(plans_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(plans_folder, home=tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize(("language", "words"), [("en", "No call records yet"), ("zh", "尚无通话记录")])
def test_without_records_the_first_step_is_said(
    desk: Desk, language: Any, words: str, texts: Callable[[Any], str]
) -> None:
    with use_language(language):
        assert words in texts(PAGE.show(Asked("/reports", {"hotline": "nanxun-12368"}), desk))


def test_the_headline_names_what_the_last_whole_period_missed(texts: Callable[[Any], str]) -> None:
    hotline = load_hotline(library_folder() / "nanxun-12368")
    rows = rate_rows(hotline)
    day = pd.Timestamp("2026-10-05").date()
    first, last = period_of(day, "month")
    good = {"mean-answer-time": 9.0, "total-connection-rate": 0.93, "ivr-to-agent": 0.01}
    part = PeriodRates(
        "month", *period_of(pd.Timestamp("2026-11-05").date(), "month"), 3, 10.0, {"mean-answer-time": 99.0}
    )
    whole = PeriodRates("month", first, last, 31, 300.0, good)
    with use_language("en"):
        assert rates_headline(rows, [part, whole]) == ("October 2026: all 3 rates with a limit are kept.", "met")
        missed = PeriodRates("month", first, last, 31, 300.0, good | {"total-connection-rate": 0.88})
        words, look = rates_headline(rows, [part, missed])
        assert look == "missed"
        assert "1 of 3" in words
        assert "88.0" in words
        table = texts(rates_part(hotline, [part, missed], "month"))
        assert "3 of 30 days" in table
        assert "▼ +90.0\u00a0s" in table  # 99 s after 9 s is worse
    with use_language("zh"):
        assert "2026年10月" in rates_headline(rows, [whole])[0]


def test_files_are_for_those_who_may_see(desk: Desk, month_plan: Plan) -> None:
    client = make_app(desk).server.test_client()
    book = client.get("/download/reports/scorecard.xlsx?plan=four-weeks")
    assert book.status_code == 200
    table = pd.read_excel(BytesIO(book.data), engine="calamine")
    assert table["target"].tolist() == [row.target for row in month_plan.scorecard]
    assert client.get("/download/reports/scorecard.pdf?plan=four-weeks").status_code == 404
    assert client.get("/download/reports/rates.csv?hotline=nanxun-12368&period=month").status_code == 404
    assert client.get("/download/reports/rates.csv?hotline=nanxun-12368&period=decade").status_code == 404
    closed = make_app(
        desk, lambda server: server.before_request(lambda: remember(Person("a", ("agent",), "L001")))
    ).server
    assert closed.test_client().get("/download/reports/scorecard.xlsx?plan=four-weeks").status_code == 403


def test_periods_are_months_unless_the_address_says_otherwise() -> None:
    assert kind_in(Asked("/reports", {})) == "month"
    assert kind_in(Asked("/reports", {"period": "week"})) == "week"
    assert kind_in(Asked("/reports", {"period": "decade"})) == "month"
