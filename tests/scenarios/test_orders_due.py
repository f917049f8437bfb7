"""What is open of work orders and call-backs, against the example of the documentation, and the cover worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.orders_cover import clearing_cover, item_seconds
from scenarios.orders_due import ITEM_COLUMNS, OrdersDue, count_by_due_day, counts_by, look_at_orders, working_days_late
from scenarios.orders_sentences import cover_sentence, orders_headline, orders_status
from scenarios.scenario import load_scenario
from wfm.hotline import Hotline, calendar_of
from wfm.records.item_mapping import OrderMapping, choose_item_mapping
from wfm.records.item_store import ItemStore
from wfm.records.order_importing import import_orders
from wfm.tables import WORK_ORDERS

ZONE = ZoneInfo("Asia/Shanghai")

EXAMPLE = """工单编号,受理时间,工单类型,承办单位,首次联系时间,答复时间,办结时间,回访时间,满意度
GD001,2026-09-30 10:00,一般性投诉,城管局,2026-10-08 09:10,2026-10-10 15:00,2026-10-10 16:00,2026-10-12,满意
GD002,2026-09-30 10:20,一般性投诉,城管局,2026-10-09 09:00,2026-10-11 10:00,2026-10-11 10:30,,不满意
GD003,2026-09-30,投诉,人社局,,,,,
GD004,2026-09-08 09:00,建议,交通局,,2026-09-29 17:00,2026-09-29 17:30,2026-09-30,基本满意
GD005,2026-10-11 09:00,咨询,人社局,,,,,
GD008,2026-10-10 09:00,举报,,,,,,
"""
"""As in docs/work-order-records.md; there GD003 is overdue since Saturday 10 October, a day worked for the holiday."""


@pytest.fixture(scope="module")
def lines() -> Hotline:
    return load_scenario("convenience-lines").hotline


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, lines: Hotline) -> Path:
    folder = tmp_path_factory.mktemp("home")
    file = folder / "orders.csv"
    file.write_text(EXAMPLE, encoding="utf-8")
    mapping = choose_item_mapping("orders", file)
    assert isinstance(mapping, OrderMapping)
    found = import_orders(file, mapping, hotline=lines, key=b"k" * 32)
    ItemStore(folder, lines.id, WORK_ORDERS).add(found.items, "example")
    return folder


def now(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_the_documented_orders_stand_as_documented(lines: Hotline, home: Path) -> None:
    due = look_at_orders(lines, home, now("2026-10-12T12:00"))
    orders = due.items[due.items["kind"] == "order"].set_index("item")
    assert orders["state"].to_dict() == {"GD003": "overdue", "GD008": "ahead", "GD005": "none"}
    assert orders.loc["GD003", "due_at"] == pd.Timestamp("2026-10-10T18:00", tz=ZONE)
    assert orders.loc["GD003", "days_late"] == 1  # Sunday is none, Monday the 12th is one
    # Ten working days after Saturday the 10th, which is worked but is the day of receipt: Friday the 23rd.
    assert orders.loc["GD008", "due_at"] == pd.Timestamp("2026-10-23T18:00", tz=ZONE)
    # 不满意 of GD002, answered at closure on Sunday the 11th, is owed a call-back.
    owed = due.items[due.items["kind"] == "call_back"]
    assert owed["item"].tolist() == ["GD002"]
    assert owed["answer"].tolist() == ["not_satisfied"]
    assert due.review is not None
    assert len(due.review.overdue) == 1


def test_nothing_is_known_of_what_comes_later(lines: Hotline, home: Path) -> None:
    due = look_at_orders(lines, home, now("2026-10-09T12:00"))
    assert set(due.items["item"]) == {"GD001", "GD002", "GD003"}
    assert set(due.items["state"]) == {"ahead"}
    assert due.reach == now("2026-10-09T12:00")  # the records reach beyond the moment


def test_without_records_there_is_nothing_to_say(lines: Hotline, tmp_path: Path) -> None:
    due = look_at_orders(lines, tmp_path, now("2026-10-12T12:00"))
    assert due.reach is None
    assert due.items.empty
    assert orders_status(due) == "unknown"


def test_days_late_are_working_days(lines: Hotline) -> None:
    calendar = calendar_of(lines)
    # National Day 2026: off from 1 to 7 October, Saturday the 10th worked.
    assert working_days_late(calendar, date(2026, 9, 30), date(2026, 10, 8)) == 1
    assert working_days_late(calendar, date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert working_days_late(calendar, date(2026, 10, 12), date(2026, 10, 12)) == 0


def _due(rows: list[tuple[str, str, str, str]], moment: str) -> OrdersDue:
    """Open items from (item, kind, class, due); states by hand."""
    here = now(moment)
    items = pd.DataFrame(rows, columns=["item", "kind", "class", "due"])
    items["due_at"] = pd.to_datetime(items["due"]).dt.tz_localize(ZONE)
    items["begun_at"] = pd.Timestamp(here) - pd.Timedelta(days=5)
    items["state"] = [
        "overdue" if d < here else "today" if d.date() == here.date() else "ahead" for d in items["due_at"]
    ]
    items["days_late"] = [2 if s == "overdue" else 0 for s in items["state"]]
    items = items.assign(department="", answer="", contacted=False)
    return OrdersDue(here, here, items[ITEM_COLUMNS], 0, 0, None, pd.DataFrame(columns=["class", "per_day"]))


def test_work_per_item_is_that_of_its_class(lines: Hotline) -> None:
    due = _due(
        [("1", "order", "complaint", "2026-11-27T18:00"), ("2", "call_back", "", "2026-11-27T18:00")],
        "2026-11-23T08:00",
    )
    items = due.items.assign(contacted=[True, False])
    # hotline.yaml: 90 s a general complaint, 30 of them the first contact.
    assert item_seconds(lines, items).tolist() == [60.0, lines.satisfaction.call_back_s]


def test_the_smallest_cover_is_that_of_the_demand_bound(lines: Hotline) -> None:
    # 600 overdue complaints of 90 s are 54,000 s; one person does 8 h × 0.85 = 24,480 s on a working day.
    due = _due([(str(n), "order", "complaint", "2026-11-20T18:00") for n in range(600)], "2026-11-23T07:00")
    at_once = clearing_cover(lines, due, 0)
    assert at_once.clear_by == now("2026-11-23T18:00")
    assert at_once.smallest.people == 3  # 54,000 ÷ 24,480 = 2.2
    assert at_once.unavoidable == 0
    assert at_once.hours == pytest.approx(15.0)
    assert at_once.smallest.hours_per_day == 24
    tomorrow = clearing_cover(lines, due, 1)
    assert tomorrow.smallest.people == 2  # 54,000 ÷ 48,960 = 1.1
    by_people = {one.people: one for one in at_once.others}
    # Two do 48,960 of 54,000 s in time: 56 of 600 items are late.
    assert by_people[2].late == pytest.approx(56, abs=0.01)
    assert by_people[3].cleared_at is not None
    assert by_people[3].cleared_at <= now("2026-11-23T18:00")
    assert "3" in cover_sentence(due, at_once).en


def test_deadlines_nobody_can_keep_ask_for_nobody(lines: Hotline) -> None:
    # Saturday: the office is closed until Monday, and the item is due on Sunday.
    due = _due([("1", "order", "complaint", "2026-11-22T18:00")], "2026-11-21T10:00")
    cover = clearing_cover(lines, due, 3)
    assert cover.unavoidable == pytest.approx(1)
    assert cover.smallest.people == 1
    assert "cannot be in time" in cover_sentence(due, cover).en


def test_counts_by_day_and_class(lines: Hotline) -> None:
    due = _due(
        [
            ("1", "order", "complaint", "2026-11-20T18:00"),
            ("2", "order", "report", "2026-11-23T18:00"),
            ("3", "order", "report", "2026-11-25T18:00"),
            ("4", "call_back", "", "2026-11-25T18:00"),
        ],
        "2026-11-23T08:00",
    )
    table = count_by_due_day(due, calendar_of(lines), 5)
    days = [d for d in dict.fromkeys(table["day"]) if not pd.isna(d)]
    assert days == [date(2026, 11, n) for n in range(23, 31)]  # five working days reach over the weekend
    orders = table[table["kind"] == "order"]
    assert orders["count"].tolist() == [1, 1, 0, 1, 0, 0, 0, 0, 0]
    assert table[table["kind"] == "call_back"]["count"].sum() == 1
    by_class = counts_by(due, "class").set_index("group")
    assert by_class.loc["complaint", "overdue"] == 1
    assert by_class.loc["report", ["today", "ahead", "open"]].tolist() == [1, 1, 2]
    words = orders_headline(due)
    assert words.en == "Overdue work orders: 1, the oldest late by 2 working days; items due today: 1."
    assert "逾期" in words.zh
    assert orders_status(due) == "missed"
