"""Rates of work orders and answers, computed by hand over holidays and make-up days."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from wfm.hotline import find_hotline, load_hotline
from wfm.records.order_compliance import review_orders
from wfm.tables import SATISFACTION, WORK_ORDERS, check_table, empty_table

ZONE = "Asia/Shanghai"
STAGES = ("received_at", "first_contact_at", "told_at", "closed_at", "follow_up_at", "called_back_at")
EVERY_STAGE = "received_at;first_contact_at;told_at;closed_at;follow_up_at;reopened;satisfaction"
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)
NOW = pd.Timestamp("2026-10-31 20:00", tz=ZONE)


@pytest.fixture(scope="module")
def lines():
    return load_hotline(find_hotline("convenience-lines"))


@pytest.fixture(scope="module")
def court():
    return load_hotline(find_hotline("nanxun-12368"))


def orders(*rows, told_of=EVERY_STAGE):
    """Rows of {column: value}; ``at`` columns as local clock times."""
    found = []
    for number, row in enumerate(rows, 1):
        found.append({"item": f"G{number}", "told_of": told_of, **row})
    frame = pd.DataFrame(found)
    for column in WORK_ORDERS.columns:
        if column.kind == "time":
            values = frame.get(column.name, pd.Series([None] * len(frame), dtype=object))
            frame[column.name] = pd.to_datetime(values, format="mixed").astype("datetime64[ns]").dt.tz_localize(ZONE)
    return check_table(WORK_ORDERS, frame)


def answers(*rows, told_of="asked_at;answer;called_back_at"):
    frame = pd.DataFrame(rows, columns=["item", "asked_at", "answer", "called_back_at"])
    for name in ("asked_at", "called_back_at"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[ns]").dt.tz_localize(ZONE)
    return check_table(SATISFACTION, frame.assign(told_of=told_of))


NO_ANSWERS = empty_table(SATISFACTION, ZONE)
NO_ORDERS = empty_table(WORK_ORDERS, ZONE)


def rates(found):
    return {row.kpi: (row.kept, row.counted, row.not_told) for row in found.rows if not row.target.startswith("own-")}


def test_deadlines_kept_over_a_make_up_day(lines):
    """§101"""
    found = review_orders(
        lines,
        orders(
            # A complaint of 30 September is due on Saturday 10 October at 18:00, its first contact on 8 October.
            {
                "class": "complaint",
                "received_at": "2026-09-30 10:00",
                "first_contact_at": "2026-10-08 18:00",
                "told_at": "2026-10-10 17:59",
                "closed_at": "2026-10-10 18:00",
                "reopened": 0,
                "department": "A",
            },
            {
                "class": "complaint",
                "received_at": "2026-09-30 10:00",
                "first_contact_at": "2026-10-08 18:01",
                "told_at": "2026-10-10 18:00:01",
                "closed_at": "2026-10-10 18:00:01",
                "reopened": 1,
                "department": "A",
            },
            # Closed on the day by a file that knows days alone: the day counts until its end.
            {
                "class": "complaint",
                "received_at": "2026-09-30",
                "first_contact_at": "2026-10-08",
                "closed_at": "2026-10-10",
                "days_only": "received_at;first_contact_at;closed_at",
                "reopened": 0,
                "department": "B",
            },
            # Never contacted, never closed.
            {"class": "complaint", "received_at": "2026-09-30 10:00", "department": "B"},
            # Suggestions have 15 working days and no first contact: received on 8 September, due on 29 September, as
            # Sunday the 20th is worked and Friday the 25th is not.
            {"class": "suggestion", "received_at": "2026-09-08 10:00", "closed_at": "2026-09-29 18:00", "reopened": 0},
            # Due after the records end: not judged, though it is late by now nowhere.
            {"class": "suggestion", "received_at": "2026-10-30 10:00"},
            # A class that the hotline does not have has no deadline.
            {"class": "咨询", "received_at": "2026-09-30 10:00"},
        ),
        NO_ANSWERS,
        FIRST,
        LAST,
        now=NOW,
    )
    assert rates(found)["timely_response"] == (2, 4, 0)
    assert rates(found)["timely_reply"] == (1, 5, 0)
    assert rates(found)["timely_closure"] == (3, 5, 0)
    assert rates(found)["effective_closure"] == (3, 5, 0)
    assert rates(found)["complaints_handled"] == (3, 4, 0)
    assert found.overdue["item"].tolist() == ["G4"]
    assert found.overdue["due_at"].tolist() == [pd.Timestamp("2026-10-10 18:00", tz=ZONE)]
    assert found.without_deadline == 1
    assert any("orders without a deadline: 1" in note.en and "咨询" in note.en for note in found.notes)
    by = found.by_class.set_index(["group", "kpi"])
    assert by.loc[("complaint", "timely_closure"), ["kept", "counted"]].tolist() == [2, 4]
    assert by.loc[("suggestion", "timely_closure"), "value"] == 1.0
    departments = found.by_department.set_index(["group", "kpi"])
    assert departments.loc[("A", "timely_response"), "value"] == 0.5
    assert departments.loc[("B", "timely_closure"), ["kept", "counted"]].tolist() == [1, 2]
    own = {row.target: row for row in found.rows}["own-complaint-first-contact"]
    assert (own.value, own.limit, own.status) == (0.5, 0.99, "missed")


def test_orders_count_in_the_period_in_which_they_fall_due(lines):
    """§101"""
    order = orders({"class": "complaint", "received_at": "2026-09-30 10:00"})
    september = review_orders(lines, order, NO_ANSWERS, date(2026, 9, 1), date(2026, 9, 30), now=NOW)
    october = review_orders(lines, order, NO_ANSWERS, date(2026, 10, 1), date(2026, 10, 31), now=NOW)
    assert rates(september)["timely_closure"] == (0, 0, 0)
    assert rates(october)["timely_closure"] == (0, 1, 0)
    early = pd.Timestamp("2026-10-10 09:00", tz=ZONE)
    due_today = review_orders(lines, order, NO_ANSWERS, FIRST, LAST, now=early)
    assert rates(due_today)["timely_closure"] == (0, 0, 0), "not due yet"
    assert due_today.due_today["item"].tolist() == ["G1"]
    assert due_today.overdue.empty


def test_what_a_file_does_not_tell_is_no_data_and_never_zero(lines):
    """§101"""
    known = orders(
        {"class": "complaint", "received_at": "2026-09-01 10:00", "closed_at": "2026-09-02 10:00"},
        told_of="received_at;closed_at",
    )
    found = review_orders(lines, known, NO_ANSWERS, FIRST, LAST, now=NOW)
    assert rates(found)["timely_closure"] == (1, 1, 0)
    assert rates(found)["timely_response"] == (0, 0, 1)
    assert rates(found)["effective_closure"] == (0, 0, 1)
    by_kpi = {row.kpi: row for row in found.rows}
    assert by_kpi["timely_response"].value is None
    assert by_kpi["timely_response"].status == "unknown"
    card = found.scorecard().set_index("target")
    assert np.isnan(card["value"]["timely_response"])
    nothing = review_orders(lines, NO_ORDERS, NO_ANSWERS, FIRST, LAST)
    assert {row.status for row in nothing.rows} == {"unknown"}
    assert {row.value for row in nothing.rows} == {None}
    assert len(nothing.notes) == 2


def test_targets_of_the_court_line_are_decided(court):
    """§101"""
    first = court.work_orders[0]
    assert first.first_contact_working_days is not None
    rows = [
        {
            "class": first.id,
            "received_at": "2026-09-01 10:00",
            "first_contact_at": "2026-09-01 11:00",
            "told_at": "2026-09-01 12:00" if number < 96 else None,
            "closed_at": "2026-09-01 12:00",
            "reopened": 0,
        }
        for number in range(100)
    ]
    found = review_orders(court, orders(*rows), NO_ANSWERS, FIRST, LAST, now=NOW)
    by_target = {row.target: row for row in found.rows}
    assert by_target["timely-response"].status == "met"
    assert (by_target["timely-reply"].value, by_target["timely-reply"].status) == (0.96, "met")
    assert (by_target["timely-reply"].limit, by_target["timely-reply"].source) == (0.95, "published")
    assert by_target["effective-closure"].status == "met"
    assert by_target["satisfaction"].status == "unknown"
    worse = orders(*[{**row, "told_at": "2026-09-01 12:00" if n < 94 else None} for n, row in enumerate(rows)])
    by_target = {row.target: row for row in review_orders(court, worse, NO_ANSWERS, FIRST, LAST, now=NOW).rows}
    assert by_target["timely-reply"].status == "missed"


def test_who_was_not_called_back_is_listed(court):
    """§102"""
    given = answers(
        # Call-backs are due three working days after the answer: of 23 September on the 29th at 17:30, as the 25th is a holiday.
        ("C1", "2026-09-23 10:00", "satisfied", None),
        ("C2", "2026-09-23 10:00", "basically_satisfied", "2026-09-29 17:30"),
        ("C3", "2026-09-23 11:00", "not_satisfied", "2026-09-30 09:00"),
        ("C4", "2026-09-23 12:00", "not_satisfied", None),
        ("C5", "2026-09-28 12:00", "basically_satisfied", None),
        ("C6", "2026-08-31 12:00", "not_satisfied", None),
    )
    found = review_orders(court, NO_ORDERS, given, FIRST, LAST, now=pd.Timestamp("2026-09-30 10:00", tz=ZONE))
    assert found.not_called_back["item"].tolist() == ["C4", "C5"]
    assert found.not_called_back["overdue"].tolist() == [True, False]
    assert found.not_called_back["call_back_due_at"][1] == pd.Timestamp("2026-10-08 17:30", tz=ZONE)
    kept = {row.kpi: (row.kept, row.counted) for row in found.rows}
    assert kept["satisfaction_rate"] == (3, 5)
    assert kept["fully_satisfied_rate"] == (1, 5)
    assert kept["call_back_rate"] == (2, 3), "the call-back of C5 is not due yet"
    assert kept["timely_call_back"] == (1, 3)


def test_answers_count_once_wherever_they_stand(court):
    """§102"""
    order = {
        "class": court.work_orders[0].id,
        "received_at": "2026-09-14 10:00",
        "closed_at": "2026-09-15 10:00",
        "satisfaction": "not_satisfied",
    }
    known = orders(
        {**order, "follow_up_at": "2026-09-16 10:00"},
        {**order},
        {**order, "satisfaction": None},
    )
    calls = pd.DataFrame(
        {
            "call": ["C1", "C2"],
            "satisfaction": ["not_satisfied", "satisfied"],
            "arrived_at": [pd.Timestamp("2026-09-14 09:00", tz=ZONE)] * 2,
            "ended_at": [pd.Timestamp("2026-09-14 09:10", tz=ZONE), pd.NaT],
        }
    )
    given = answers(("G2", "2026-09-16 10:00", "satisfied", None))
    found = review_orders(court, known, given, FIRST, LAST, calls=calls, now=NOW)
    kept = {row.kpi: (row.kept, row.counted, row.not_told) for row in found.rows}
    # G1 and C1 not satisfied; G2 by its survey and C2 satisfied; G3 gave no answer.
    assert kept["satisfaction_rate"] == (2, 4, 0)
    assert kept["call_back_rate"] == (1, 1, 1), "the order's follow-up counts; of the call nobody tells"
    assert found.call_back_unknown == 1
    assert found.not_called_back.empty
    assert any("the follow-up call counts as one" in note.en for note in found.notes)
    # An order that tells its call-backs: the follow-up is none any more.
    own = known.assign(told_of=EVERY_STAGE + ";called_back_at")
    found = review_orders(court, own, NO_ANSWERS, FIRST, LAST, now=NOW)
    assert found.not_called_back["item"].tolist() == ["G1", "G2"] or found.not_called_back["item"].tolist() == [
        "G2",
        "G1",
    ]
    assert found.not_called_back["overdue"].all()


def test_the_records_reach_to_their_last_moment(lines):
    known = orders(
        {"class": "complaint", "received_at": "2026-09-14 10:00", "closed_at": "2026-09-15 16:00"},
        {"class": "complaint", "received_at": "2026-09-10 10:00"},
    )
    found = review_orders(lines, known, NO_ANSWERS, FIRST, LAST)
    # The second is due on 15 September at 18:00, two hours after the last moment that the file tells.
    assert found.as_of == pd.Timestamp("2026-09-15 16:00", tz=ZONE)
    assert rates(found)["timely_closure"] == (0, 0, 0)
    assert found.due_today["item"].tolist() == ["G2"]


def test_a_deadline_in_a_year_that_is_not_announced_is_said(lines):
    known = orders({"class": "suggestion", "received_at": "2031-09-20 10:00"})
    found = review_orders(lines, known, NO_ANSWERS, date(2031, 9, 1), date(2031, 10, 31))
    assert any("2031" in note.en and "not announced" in note.en for note in found.notes)
