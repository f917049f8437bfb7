"""Pages say what the plan holds; addresses keep the state; nothing on disk can be reached but plans."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.app import make_app
from dashboard.asked import Asked, address, asked_of
from dashboard.colours import Screen
from dashboard.desk import Desk
from dashboard.pages import PAGES
from dashboard.pages.plan import Place, chosen_place
from dashboard.pages.plan.charts import Charts
from dashboard.pages.plan.scorecard import scorecard_view
from dashboard.pages.scenarios.compare import compare_body
from dashboard.sentences import headline
from dashboard.shelf import PlanShelf
from dashboard.shell import nav_links, switched
from dashboard.wording import value_words
from scenarios.plan import Plan
from scenarios.plan_folder import read_plan
from wfm.errors import BadInput
from wfm.i18n import Language, use_language


@pytest.mark.parametrize("language", ["en", "zh"])
def test_plan_page_says_what_matters(month_plan: Plan, language: Language, texts: Callable[[Any], str]) -> None:
    with use_language(language):
        words = texts(scorecard_view(Charts(month_plan, chosen_place(month_plan, Place(plan="a")), Screen())))
        for row in month_plan.scorecard:
            assert row.name.of() in words
            assert row.clause in words
            assert row.definition.of() in words
            assert value_words(row.value, row.unit) in words
        for finding in month_plan.findings[1:]:  # the headline says the first
            assert finding.text.of() in words
            assert finding.remedy is None or finding.remedy.of() in words


def test_headline_is_the_first_finding_and_the_weak_hour(month_plan: Plan) -> None:
    for language in ("en", "zh"):
        with use_language(language):
            assert headline(month_plan).startswith(month_plan.findings[0].text.of())
            assert headline(month_plan) != month_plan.findings[0].text.of()


@pytest.mark.parametrize(
    "query",
    [
        {"plan": "a b/ü"},
        {"plan": "p", "line": "all", "group": "day-special", "day": "2026-09-15", "target": "asa_s"},
        {"plan": "p&q=1", "line": "农民工"},
        {"plans": "a,b,c"},
        {},
    ],
)
def test_addresses_round_trip(query: dict[str, str]) -> None:
    path, _, search = address("/plan", **query).partition("?")
    assert asked_of(path, search).query == query
    assert asked_of(path, asked_of(path, search).search()).query == query


@pytest.mark.parametrize(
    ("written", "number"),
    [("12", 12), ("0", 0), ("", None), ("²", None), ("-1", None), ("1e3", None), ("9" * 40, None)],
)
def test_numbers_of_the_address_are_plain_ones(written: str, number: int | None) -> None:
    assert asked_of("/roster", f"draft={written}").number("draft") == number


def test_choices_that_do_not_fit_are_replaced(month_plan: Plan) -> None:
    odd = Place(plan="p", line="nobody", group="nowhere", day="1999-01-01", target="nothing")
    assert chosen_place(month_plan, odd) == Place(plan="p", line="general", group="", day="", target="asa_s")
    assert chosen_place(month_plan, Place(plan="p", line="")).line == ""


@pytest.mark.parametrize("day", ["rubbish", "2026-09-31", "15.9.2026", "0001-01-01", "2026-09-15 10:00"])
def test_a_day_of_the_address_that_is_none_is_told(month_plan: Plan, day: str) -> None:
    with pytest.raises(BadInput, match=f"Address, day: found “{re.escape(day)}”, needed is a day such as 2026-09-14"):
        chosen_place(month_plan, Place(plan="p", day=day))


def test_the_shelf_reads_once_and_again_after_a_change(plans_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def reading(path: Path) -> Plan:
        reads.append(path)
        return read_plan(path)

    monkeypatch.setattr("dashboard.shelf.read_plan", reading)
    shelf = PlanShelf(plans_folder)
    first = shelf.plan("one-week")
    assert shelf.plan("one-week") is first
    assert len(reads) == 1
    head = plans_folder / "one-week" / "plan.json"
    import os

    os.utime(head, ns=(head.stat().st_atime_ns, head.stat().st_mtime_ns + 1_000_000_000))
    shelf.plan("one-week")
    assert len(reads) == 2


def test_only_plans_can_be_asked_for(plans_folder: Path) -> None:
    shelf = PlanShelf(plans_folder)
    assert sorted(shelf.names()) == ["four-weeks", "more-seats", "one-week"]
    for name in ("nothing", "../one-week", "/etc", "one-week/../one-week", ""):
        with pytest.raises(BadInput, match=r"no plan|没有"):
            shelf.plan(name)


def test_comparison_shows_sentences_differences_and_costs(
    plans_folder: Path, tmp_path: Path, texts: Callable[[Any], str]
) -> None:
    desk = Desk(plans_folder, home=tmp_path)
    with use_language("en"):
        words = texts(compare_body(desk, ["four-weeks", "more-seats"], Screen(), Asked()))
    assert "−1.5\u00a0s" in words
    assert "1,234.0\u00a0h" in words
    assert "+66.0\u00a0h" in words
    assert "Paired" in words
    assert "<\u00a015\u00a0s" in words


def test_comparison_needs_two_known_plans(plans_folder: Path, tmp_path: Path, texts: Callable[[Any], str]) -> None:
    desk = Desk(plans_folder, home=tmp_path)
    with use_language("en"):
        assert "Choose two" in texts(compare_body(desk, ["one-week"], Screen(), Asked()))
        words = texts(compare_body(desk, ["one-week", "nothing"], Screen(), Asked()))
        assert "no plan “nothing”" in words


def test_navigation_keeps_the_hotline_and_changes_the_language() -> None:
    asked = asked_of("/plan", "?plan=p&day=2026-09-15&at=2026-09-15T10:30")
    with use_language("en"):
        links = [item.children.href for item in nav_links(PAGES, "plan", "line", asked, "en")]
    assert "/plan?hotline=line&at=2026-09-15T10:30" in links
    assert links[-1] == "/plan?plan=p&day=2026-09-15&at=2026-09-15T10:30&lang=zh"
    assert switched("/compare", "?plans=a,b&lang=zh&token=x", "zh") == "/compare?plans=a,b&lang=en"


@pytest.fixture(scope="module")
def client(plans_folder: Path) -> Any:
    return make_app(Desk(plans_folder)).server.test_client()


def test_tables_hold_what_the_charts_show(client: Any, month_plan: Plan) -> None:
    answer = client.get("/data/seats.csv?plan=four-weeks&group=day-special&day=2026-09-15")
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "four-weeks-seats-2026-09-15.csv" in answer.headers["Content-Disposition"]
    table = pd.read_csv(StringIO(answer.data.decode("utf-8-sig")))
    assert set(table["group"]) == {"day-special"}
    assert len(table) == 28  # 08:00–22:00 in half hours
    assert table["short_heads"].max() == 2
    demand = pd.read_csv(StringIO(client.get("/data/demand.csv?plan=four-weeks&line=all").data.decode("utf-8-sig")))
    assert demand["mean"].sum() == pytest.approx(month_plan.forecast["mean"].sum())
    for name in ("coverage", "daily", "scorecard"):
        assert len(client.get(f"/data/{name}.csv?plan=four-weeks").data.splitlines()) > 5


def test_unknown_tables_and_plans_are_refused_in_a_sentence(client: Any) -> None:
    assert client.get("/data/secrets.csv?plan=four-weeks").status_code == 404
    answer = client.get("/data/seats.csv?plan=../../etc", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "There is no plan" in answer.text


def test_report_is_opened_in_place(client: Any) -> None:
    answer = client.get("/report?plan=four-weeks")
    assert answer.status_code == 200
    assert b'data-in="zh"' in answer.data
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in policy
    import base64
    import hashlib
    import re

    script = re.search(r"<script>(.*?)</script>", answer.text, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script.group(1).encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
