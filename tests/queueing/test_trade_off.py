"""The trade-off of one queue says what each number of seats asked for by itself does."""

from __future__ import annotations

import numpy as np
import pytest

from wfm.queueing import Goal, OneQueue, Redials, lognormal_patience, retrial_seats, size_seats, trade_off

GOALS = [Goal("service_level", 0.8, t_s=20), Goal("abandon_share", 0.03), Goal("wait_exceeds", 0.1, t_s=40)]


@pytest.mark.parametrize("load", [0.2, 10.0, 58.0, 900.0])
def test_the_fewest_seats_are_those_of_the_sizing(load: float) -> None:
    rate = load / 180
    redials, circuits = Redials(0.6, 0.6), np.ceil(1.6 * load) + 4
    plain = trade_off(OneQueue(rate, 180, 20, 120.0), GOALS)
    assert plain.fewest == size_seats(rate, 180, GOALS, 120.0).seats
    again = trade_off(OneQueue(rate, 180, 20, 120.0, redials), GOALS)
    assert again.fewest == retrial_seats(rate, 180, GOALS, 120.0, redials).seats
    behind = trade_off(OneQueue(rate, 180, 20, 120.0, redials, circuits), GOALS)
    assert behind.fewest == retrial_seats(rate, 180, GOALS, 120.0, redials, circuits=circuits).seats
    law = lognormal_patience(120.0, 1.5)
    assert trade_off(OneQueue(rate, 180, 20, law), GOALS).fewest == size_seats(rate, 180, GOALS, law).seats
    for curve in (plain, again, behind):
        found = curve.found
        kept = (found.service_level >= 0.8) & (found.abandon_share <= 0.03) & (found.wait_exceeds <= 0.1)
        assert (kept == curve.kept).all()
        assert curve.seats[-1] > curve.fewest
        assert (np.diff(curve.seats) == 1).all()
        assert found.steady_state.all()


def test_every_row_is_there_down_to_one_seat_or_a_steady_state() -> None:
    assert trade_off(OneQueue(0.1, 100, 20, 60.0)).seats[0] == 1
    assert trade_off(OneQueue(0.1, 100, 20)).seats[0] == 11
    assert trade_off(OneQueue(0.1, 100, 20, 60.0, Redials(1.0))).seats[0] == 11
    assert trade_off(OneQueue(0.1, 100, 20, 60.0), seats=40).seats[-1] > 40
    assert trade_off(OneQueue(0.1, 100, 20, 60.0, circuits=12), seats=5).seats[-1] == 12
    long = trade_off(OneQueue(10.0, 100, 20, 60.0), GOALS)
    assert long.seats.size >= 200
    assert long.seats[0] > 1


def test_goals_that_no_seats_at_all_keep() -> None:
    # Patience of five seconds: nobody waits over a minute, however few answer.
    curve = trade_off(OneQueue(0.1, 100, 20, 5.0, Redials(0.5), long_wait_s=60), [Goal("wait_exceeds", 0.1, t_s=60)])
    assert curve.fewest == 0
    assert curve.kept.all()
    assert trade_off(OneQueue(0.0, 100, 20, 5.0), GOALS).fewest == 0
