"""Adherence and conformance against hand-computed days, and conservation of scheduled time."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.calendar import TimeGrid
from wfm.review.adherence import FATES, measure_adherence
from wfm.review.duty_times import duty_times
from wfm.tables import AGENT_STATES, DUTIES, STATES, WORKING_STATES, check_table, empty_table

ZONE = "Asia/Shanghai"
DAY = "2026-09-14"
GRID = TimeGrid(date(2026, 9, 14), 1, 30, ZONE)


def duties(*rows):
    """(agent, start, end, breaks) on DAY, clock times; an end before its start is on the next day."""
    found = []
    for agent, start, end, breaks in rows:
        begin = pd.Timestamp(f"{DAY} {start}", tz=ZONE)
        finish = pd.Timestamp(f"{DAY} {end}", tz=ZONE)
        finish += pd.Timedelta(days=int(finish <= begin))
        found.append(
            {
                "agent": agent,
                "date": pd.Timestamp(DAY),
                "shift": "day",
                "group": "g",
                "post": "p",
                "role": "A",
                "start": begin,
                "end": finish,
                "breaks": breaks,
                "remote": False,
            }
        )
    return check_table(DUTIES, pd.DataFrame(found))


def states(*rows):
    frame = pd.DataFrame(rows, columns=["agent", "state", "start", "end"])
    for name in ("start", "end"):
        full = [t if "-" in t else f"{DAY} {t}" for t in frame[name]]
        frame[name] = pd.to_datetime(pd.Series(full, dtype=object)).dt.tz_localize(ZONE)
    return frame


def minutes(found, column):
    return found.total(column) / 60


def test_a_day_by_hand():
    """§103"""
    found = measure_adherence(
        duties(("A", "08:00", "17:00", "12:00-13:00")),
        states(
            ("A", "available", "08:10", "10:00"),  # ten minutes late
            ("A", "break", "10:00", "10:20"),  # an unscheduled break
            ("A", "handling", "10:20", "11:00"),
            ("A", "other", "11:00", "11:05"),  # five minutes at a meeting
            ("A", "signed_in", "11:05", "12:06"),  # six minutes into the break
            ("A", "break", "12:06", "13:15"),  # back fifteen minutes late
            ("A", "signed_in", "13:15", "16:30"),  # half an hour early
        ),
        GRID,
    )
    assert minutes(found, "scheduled_s") == 540
    assert minutes(found, "scheduled_work_s") == 480
    assert {fate: minutes(found, f"{fate}_s") for fate in FATES} == {
        "adherent": 540 - 10 - 20 - 5 - 6 - 15 - 30,
        "absent": 0,
        "late": 10,
        "left_early": 30,
        "break_overrun": 20 + 15,
        "away": 5,
        "worked_in_break": 6,
    }
    assert found.adherence == pytest.approx(454 / 540)
    # worked: 110 + 40 + 61 + 195 minutes
    assert found.conformance == pytest.approx(406 / 480)
    day = found.days.iloc[0]
    assert (day["adherence"], day["conformance"], day["duties"]) == (454 / 540, 406 / 480, 1)


def test_work_outside_the_duty_conforms_but_does_not_adhere():
    found = measure_adherence(
        duties(("A", "09:00", "12:00", "")),
        states(("A", "signed_in", "07:00", "08:30"), ("A", "signed_in", "10:30", "12:00")),
        GRID,
    )
    assert found.conformance == 1.0  # 90 + 90 of 180 minutes
    assert found.adherence == 0.5
    assert minutes(found, "late_s") == 90
    assert found.unrostered_s == {}


def test_work_far_from_every_duty_was_not_rostered():
    found = measure_adherence(
        duties(("A", "16:00", "20:00", "")),
        states(("A", "signed_in", "08:00", "09:00"), ("B", "signed_in", "08:00", "08:30")),
        GRID,
    )
    assert found.unrostered_s == {"A": 3600.0, "B": 1800.0}
    assert found.conformance != found.conformance  # the duty begins after the last known state: not measured
    assert found.not_measured == 1


def test_an_absent_person_has_kept_no_break_either():
    found = measure_adherence(
        duties(("A", "08:00", "12:00", "10:00-10:30"), ("B", "08:00", "12:00", "")),
        states(("B", "signed_in", "08:00", "12:00")),
        GRID,
    )
    assert minutes(found, "absent_s") == 240
    assert found.never_seen == ("A",)
    assert found.adherence == 0.5


def test_who_leaves_before_the_break_and_stays_away_left_early_by_all_of_it():
    """§103"""
    found = measure_adherence(
        duties(("A", "08:00", "17:00", "12:00-13:00")), states(("A", "signed_in", "08:00", "11:30")), GRID
    )
    assert minutes(found, "left_early_s") == 330
    # But a break at the very end is no leaving early.
    found = measure_adherence(
        duties(("A", "08:00", "12:00", "11:30-12:00")), states(("A", "signed_in", "08:00", "11:30")), GRID
    )
    assert found.adherence == 1.0


def test_a_night_duty_and_its_break_after_midnight():
    grid = TimeGrid(date(2026, 9, 14), 1, 30, ZONE)
    found = measure_adherence(
        duties(("A", "22:00", "06:00", "02:00-02:30")),
        states(
            ("A", "signed_in", "22:00", "2026-09-15 02:00"), ("A", "signed_in", "2026-09-15 02:40", "2026-09-15 06:00")
        ),
        grid,
    )
    assert minutes(found, "scheduled_s") == 480
    assert minutes(found, "away_s") == 10
    assert minutes(found, "left_early_s") == 0


def test_a_moment_that_counts_as_now_leaves_out_what_is_still_to_come():
    asked, seen = duties(("A", "08:00", "17:00", "12:00-13:00")), states(("A", "signed_in", "08:00", "12:30"))
    now = pd.Timestamp(f"{DAY} 12:30", tz=ZONE)
    assert measure_adherence(asked, seen, GRID, now=now).total("scheduled_s") == 4.5 * 3600
    assert minutes(measure_adherence(asked, seen, GRID, now=now), "worked_in_break_s") == 30
    assert minutes(measure_adherence(asked, seen, GRID), "left_early_s") == 270


def test_a_backup_stands_by_and_is_not_measured():
    asked = duties(("A", "08:00", "12:00", ""), ("B", "08:00", "12:00", ""))
    asked.loc[1, "role"] = "B"
    found = measure_adherence(asked, states(("A", "signed_in", "08:00", "12:00")), GRID)
    assert found.adherence == 1.0
    assert list(found.duties["agent"]) == ["A"]


def test_seats_by_interval():
    found = measure_adherence(
        duties(("A", "08:00", "09:00", "08:30-08:45"), ("B", "08:00", "09:00", "")),
        states(("A", "signed_in", "08:15", "09:00"), ("C", "signed_in", "08:00", "08:30")),
        GRID,
    ).intervals.set_index("interval")
    rows = found.loc[pd.Timestamp(f"{DAY} 08:00", tz=ZONE) : pd.Timestamp(f"{DAY} 08:30", tz=ZONE)]
    assert rows["scheduled_seats"].tolist() == [2.0, 1.5]
    assert rows["present_seats"].tolist() == [1.5, 1.0]
    assert rows["kept_seats"].tolist() == [0.5, 0.5]


def test_nothing_known_measures_nothing():
    found = measure_adherence(
        duties(("A", "08:00", "17:00", "")),
        empty_table(AGENT_STATES, ZONE),
        GRID,
    )
    assert found.duties.empty
    assert np.isnan(found.adherence)
    assert (found.not_measured, found.known_until) == (1, None)


def test_breaks_are_clipped_to_their_duty():
    found = duty_times(duties(("A", "09:00", "12:00", "11:45-12:15;09:00-09:05")), ZONE)[0]
    assert int((found.breaks[:, 1] - found.breaks[:, 0]).sum()) == 20 * 60_000
    assert int((found.work[:, 1] - found.work[:, 0]).sum()) == 160 * 60_000


minute = st.integers(0, 24 * 60 - 1)
one_state = st.tuples(st.sampled_from("AB"), st.sampled_from(STATES), minute, st.integers(1, 400))
one_duty = st.tuples(st.sampled_from("AB"), st.integers(0, 12 * 60), st.integers(60, 600), st.integers(0, 600))


@settings(max_examples=60, deadline=None)
@given(st.lists(one_duty, min_size=1, max_size=2, unique_by=lambda d: d[0]), st.lists(one_state, max_size=8))
def test_scheduled_time_is_conserved_and_conformance_is_bounded(asked, seen):
    midnight = pd.Timestamp(DAY, tz=ZONE)

    def clock(minute):
        return f"{minute // 60 % 24:02d}:{minute % 60:02d}"

    roster = duties(
        *(
            (agent, clock(start), clock(start + length), f"{clock(start + rest)}-{clock(start + rest + 30)}")
            for agent, start, length, rest in asked
        )
    )
    frame = pd.DataFrame(
        [
            (a, s, midnight + pd.Timedelta(minutes=b), midnight + pd.Timedelta(minutes=b + n))
            for a, s, b, n in [*seen, ("Z", "offline", 0, 1440)]
        ],
        columns=["agent", "state", "start", "end"],
    )
    found = measure_adherence(roster, frame, GRID)
    rows = found.duties
    total = sum(rows[f"{fate}_s"] for fate in FATES)
    np.testing.assert_allclose(total, rows["scheduled_s"])
    assert (rows["adherent_s"] >= 0).all()
    # An independent count, minute by minute.
    for row in rows.itertuples():
        worked = {m for a, s, b, n in seen if a == row.agent and s in WORKING_STATES for m in range(b, b + n)}
        start = int((row.start - midnight).total_seconds() // 60)
        length, rest = next((n, r) for a, s, n, r in asked if a == row.agent)
        on_break = {m for m in range(start + rest, start + rest + 30) if start <= m < start + length}
        whole = set(range(start, start + length))
        inside = worked & whole
        assert row.scheduled_work_s == 60 * len(whole - on_break)
        assert row.worked_in_break_s == 60 * len(inside & on_break)
        if not inside:
            assert row.absent_s == row.scheduled_s
            continue
        assert row.late_s + row.left_early_s + row.away_s + row.break_overrun_s >= 60 * len(whole - on_break - inside)
        belongs = {m for m in worked if start - 240 <= m < start + length + 240}
        assert row.worked_s == 60 * len(belongs)
        assert row.worked_s <= 60 * len(worked)
    seconds = found.intervals[["scheduled_seats", "kept_seats"]].sum() * GRID.interval_s
    inside_day = rows["scheduled_work_s"].sum()
    assert seconds["scheduled_seats"] <= inside_day + 1e-6
    assert (found.intervals["kept_seats"] <= found.intervals["scheduled_seats"] + 1e-9).all()
