"""More seats asked for than there are: the best of what there is, and what is missing."""

from __future__ import annotations

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.queueing import Goal, best_of_built, minimal_seats, weibull_patience


def test_all_built_seats_open_where_they_are_too_few(birth_death) -> None:  # type: ignore[no-untyped-def]
    level, lost = Goal("service_level", 0.8, t_s=20), Goal("abandon_share", 0.03)
    # 600 calls / 30 min, AHT 6 min, patience 2 min ask for 117 seats at 80/20.
    found = best_of_built([600 / 1800, 0.02], 360, [level, lost], 110, 120)
    assert minimal_seats(600 / 1800, 360, level, 120) == 117
    assert found.required[0] >= 117
    assert found.seats[0] == 110
    assert found.missing.tolist() == [found.required[0] - 110, 0]
    true = birth_death(600 / 1800, 360, 110, 120, 20)
    assert found.value[:, 0] == pytest.approx([true.answered_within, true.abandon], rel=1e-9)
    assert found.gap[:, 0] == pytest.approx([0.8 - true.answered_within, true.abandon - 0.03], rel=1e-7)
    assert not found.kept[:, 0].any()


def test_enough_seats_leave_no_gap() -> None:
    goals = [Goal("service_level", 0.8, t_s=20), Goal("asa_s", 15, strict=True), Goal("occupancy", 0.85)]
    found = best_of_built([0.01, 0.05], 180, goals, 58, 90)
    assert (found.seats == minimal_seats([0.01, 0.05], 180, goals, 90)).all()
    assert found.kept.all()
    assert not found.gap.any()
    assert not found.missing.any()


def test_a_queue_that_grows_without_end_has_a_gap_without_end() -> None:
    found = best_of_built(0.1, 180, Goal("asa_s", 15), 10)
    assert found.seats == 10
    assert np.isnan(found.value).all()
    assert np.isinf(found.gap).all()


def test_no_calls_ask_for_nothing() -> None:
    found = best_of_built(0.0, 180, Goal("asa_s", 15), 0, 60)
    assert found.required == found.missing == 0
    assert found.kept.all()


def test_a_law_of_patience_is_used() -> None:
    law = weibull_patience(120.0, 1.0)  # Weibull of shape 1 is exponential.
    goal = Goal("abandon_share", 0.02)
    one, other = best_of_built(0.1, 180, goal, 12, law), best_of_built(0.1, 180, goal, 12, 120)
    assert one.required == other.required
    assert one.value == pytest.approx(other.value, rel=1e-8)


@pytest.mark.parametrize("built", [-1, 2.5, np.nan, np.inf])
def test_built_seats_are_a_whole_number(built: float) -> None:
    with pytest.raises(BadInput, match="built seats"):
        best_of_built(0.1, 180, Goal("asa_s", 15), built, 60)
