"""The page of work orders: what it lists and says against the deadlines of the law, its list, its tables and its rights."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

from dashboard.pages.orders import PAGE
from dashboard.person import Person
from wfm.i18n import use_language

SEARCH = "?hotline=convenience-lines&at=2026-11-24T10:00"
WHOLE = {"startRow": 0, "endRow": 100, "sortModel": []}


def _drawn(site: Any, words: Callable[[Any], str], **query: str) -> str:
    return words(PAGE.show(site.asked("/orders", **{"hotline": "convenience-lines", **query}), site.desk))


def test_it_says_what_is_overdue_and_due(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = _drawn(site, words)
    # GD001 was due on Thursday 19 November: Friday, Monday and Tuesday are three working days late.
    assert "Overdue work orders: 1, call-backs: 1, the oldest late by 3 working days; items due today: 1." in told
    assert "Work orders overdue ✕ 1 of 3 open" in told
    assert "A back office of 1 at work at once" in told
    assert "4 of 4 open items" in told
    assert "How the standard is kept this month" in told


def test_it_speaks_chinese_throughout(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("zh"):
        told = _drawn(site, words)
    assert "1 件工单、1 件回访逾期" in told
    assert re.findall(r"[A-Za-z]{3,} [a-z]{2,}", told) == []


def test_a_hotline_without_orders_is_told_how_to_import(site: Any, words: Callable[[Any], str]) -> None:
    with use_language("en"):
        told = _drawn(site, words, hotline="guiyang-12345")
    assert "No work orders and no satisfaction answers of this hotline are imported yet." in told
    assert "wfm import-orders FILE.csv --hotline guiyang-12345" in told


def _rows(site: Any, **values: Any) -> dict[str, Any]:
    given = {"orders-grid.getRowsRequest": WHOLE, "orders-url.search": SEARCH, **values}
    answer = site.press("_rows.<locals>.rows", given, "orders-grid.getRowsRequest")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json["response"]["orders-grid"]["getRowsResponse"]
    return found


def test_the_list_holds_what_is_chosen_and_no_more(site: Any) -> None:
    every = _rows(site)
    assert every["rowCount"] == 4
    assert [row["item"] for row in every["rowData"]] == ["GD001", "GD004", "GD003", "=GD002"]
    assert every["rowData"][0]["late"] == 3
    assert every["rowData"][1]["answer"] == "not satisfied"
    late = _rows(site, **{"orders-state.value": "overdue", "orders-kind.value": "order"})
    assert [row["item"] for row in late["rowData"]] == ["GD001"]
    city = _rows(site, **{"orders-department.value": "城管局"})
    assert {row["item"] for row in city["rowData"]} == {"GD001", "=GD002"}
    second = {"startRow": 1, "endRow": 2, "sortModel": [{"colId": "due", "sort": "desc"}]}
    part = _rows(site, **{"orders-grid.getRowsRequest": second})
    assert (part["rowCount"], [row["item"] for row in part["rowData"]]) == (4, ["GD003"])


def test_filters_stand_in_the_address(site: Any) -> None:
    values = {"orders-url.search": SEARCH, "orders-state.value": "overdue"}
    answer = site.press("_filters.<locals>.follow", values, "orders-state.value").json["response"]
    assert "state=overdue" in answer["orders-url"]["search"]
    assert answer["orders-count"]["children"] == "2 of 4 open items"
    assert "state=overdue" in answer["orders-items-csv"]["href"]
    back = {"orders-url.search": SEARCH, "orders-state.value": "overdue"}
    there = site.press("_filters.<locals>.follow", back, "orders-url.search").json["response"]
    assert there["orders-state"]["value"] == "all"


def test_another_time_to_clear_changes_the_cover(site: Any) -> None:
    values = {"orders-url.search": SEARCH, "orders-clear.value": "0"}
    answer = site.press("_cover.<locals>.clear", values, "orders-clear.value").json["response"]
    assert "clear=0" in answer["orders-url"]["search"]
    assert "2026-11-24 18:00" in str(answer["orders-cover"])


def test_the_table_holds_no_formula_and_no_telephone(site: Any) -> None:
    answer = site.client.get(f"/download/orders/items.csv{SEARCH}&state=ahead")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["item"] for row in rows] == ["'=GD002"]
    assert "caller_key" not in rows[0]
    assert rows[0]["due_at"] == "2026-11-26 18:00"
    rates = site.client.get(f"/download/orders/rates.csv{SEARCH}")
    assert "timely_closure" in rates.data.decode()
    assert site.client.get(f"/download/orders/other.csv{SEARCH}").status_code == 404


def test_who_takes_a_table_along_stands_in_the_audit(site: Any) -> None:
    assert site.client.get(f"/download/orders/items.csv{SEARCH}&state=ahead").status_code == 200
    entry = site.desk.store.audit(limit=1)[0]
    assert (entry.who, entry.action) == ("zhang", "export table")
    assert entry.object == "table convenience-lines-2026-11-24-items.csv"
    assert (entry.details["state"], entry.details["rows"]) == ("ahead", 1)
    assert site.client.get(f"/download/orders/other.csv{SEARCH}").status_code == 404
    assert site.desk.store.audit(limit=1)[0].id == entry.id


def test_an_agent_sees_nothing_of_it(site: Any) -> None:
    site.who[0] = Person("a001", ("agent",), "nanxun-12368:A001")
    values = {"orders-grid.getRowsRequest": WHOLE, "orders-url.search": SEARCH}
    assert site.press("_rows.<locals>.rows", values, "orders-grid.getRowsRequest").status_code == 403
    assert site.client.get(f"/download/orders/items.csv{SEARCH}").status_code == 403
