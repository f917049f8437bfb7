"""Generated work orders and answers: as many as the classes say, due by the hotline's deadlines, nothing of the future."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from wfm.hotline import find_hotline, load_hotline
from wfm.hotline.opening import calendar_of
from wfm.records import generate_calls
from wfm.records.generating_orders import generate_answers, generate_orders

UNTIL = datetime(2026, 9, 30, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(scope="module")
def made():
    hotline = load_hotline(find_hotline("guizhou-12348"))
    calls = generate_calls(hotline, date(2026, 9, 1), 30, 3)
    orders = generate_orders(hotline, calls, calendar_of(hotline), UNTIL, 3)
    return hotline, calls, orders, generate_answers(hotline, calls, UNTIL, 3)


def test_each_class_has_its_share_of_the_answered_calls(made):
    hotline, calls, orders, _ = made
    answered = int((calls["answered_at"].notna() & (calls["ended_at"] <= UNTIL)).sum())
    for order in hotline.work_orders:
        count = int((orders["class"] == order.id).sum())
        expected = answered * order.per_answered_call
        assert abs(count - expected) < 5 * expected**0.5 + 1


def test_deadlines_in_working_days_leave_out_weekends_and_the_day_of_receipt(made):
    """2026-09-25 to 27 are the Mid-Autumn days off; 09-20 is a make-up day."""
    hotline, _, orders, _ = made
    days = {o.id: o.deadline_working_days for o in hotline.work_orders}
    one = next(key for key, count in days.items() if count == 1)
    of_one = orders[orders["class"] == one]
    received = of_one["received_at"].dt.date
    due = of_one["due_at"].dt.date
    assert set(due[received == date(2026, 9, 24)]) <= {date(2026, 9, 28)}
    assert set(due[received == date(2026, 9, 19)]) <= {date(2026, 9, 20)}


def test_nothing_of_the_future_is_known(made):
    _, _, orders, answers = made
    for frame, columns in (
        (orders, ("received_at", "first_contact_at", "told_at", "closed_at", "called_back_at")),
        (answers, ("asked_at", "called_back_at")),
    ):
        for column in columns:
            assert not (frame[column] > UNTIL).any()
    assert orders["closed_at"].isna().any()
    assert orders.loc[orders["closed_at"].isna(), "satisfaction"].isna().all()


def test_only_those_who_were_not_satisfied_are_called_back(made):
    _, calls, _, answers = made
    back = answers[answers["called_back_at"].notna()]
    assert set(back["answer"]) <= {"basically_satisfied", "not_satisfied"}
    assert (back["called_back_at"] > back["asked_at"]).all()
    assert set(answers["item"]) <= set(calls["call"])


def test_the_same_seed_gives_the_same_orders(made):
    hotline, calls, orders, _ = made
    again = generate_orders(hotline, calls, calendar_of(hotline), UNTIL, 3)
    pd.testing.assert_frame_equal(orders, again)
