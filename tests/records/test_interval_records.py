"""Interval records and call records in one table: what is known, what wins, and what stays empty."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.history import find_history
from wfm.calendar import TimeGrid, WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast.history import read_history
from wfm.hotline import find_hotline, grid_of, load_hotline
from wfm.i18n import use_language
from wfm.records import (
    FeedStore,
    LayoutSettings,
    RecordStore,
    aggregate_actuals,
    days_in_part,
    days_told_twice,
    demand_column,
    generate_calls,
    import_feed,
    keep_partial_days,
)
from wfm.records.feed_mapping import FeedMapping
from wfm.records.layouts import recipe_of
from wfm.records.partial_days import PartialDay, find_partial_days
from wfm.tables import ACTUALS, check_table

ZONE = ZoneInfo("Asia/Shanghai")
HOTLINE = load_hotline(find_hotline("guizhou-12348"))
MONDAY = date(2026, 9, 14)
GRID = grid_of(HOTLINE, MONDAY, 1)


@pytest.fixture
def add(tmp_path: Path):
    """Import lines of a file of interval records into the store."""

    def run(*rows: str, header: str = "interval,line,offered,answered", name: str = "a.csv", **more):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        layout = more.pop("layout", "interval-table")
        recipe = recipe_of(path, LayoutSettings(layout=layout, **more)).recipe
        return FeedStore(tmp_path, HOTLINE.id).add(import_feed(path, recipe, hotline=HOTLINE), layout)

    return run


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return RecordStore(tmp_path, HOTLINE.id)


def actuals_of(store: RecordStore, grid: TimeGrid = GRID) -> pd.DataFrame:
    found = store.actuals(grid, HOTLINE.line_ids, HOTLINE.short_abandon_s)
    return check_table(ACTUALS, found).set_index(["line", "interval"])


def at(clock: str, day: date = MONDAY) -> pd.Timestamp:
    return pd.Timestamp(f"{day} {clock}", tz="Asia/Shanghai")


def quarter_rows(first: str, counts: list[int], line: str = "general") -> list[str]:
    start = at(first)
    return [f"{start + timedelta(minutes=15 * n):%Y-%m-%d %H:%M},{line},{c},{c // 2}" for n, c in enumerate(counts)]


def test_shorter_intervals_are_added_up_and_the_rest_is_empty(add, store: RecordStore) -> None:
    """§94 and §95"""
    add(*quarter_rows("08:00", [3, 5, 7, 0, 2]))
    table = actuals_of(store)
    assert table.loc[("general", at("08:00")), ["offered", "answered"]].tolist() == [8, 3]
    assert table.loc[("general", at("08:30")), ["offered", "answered"]].tolist() == [7, 3]
    # Half of this interval is not in the file, which writes intervals without calls: it is not known.
    assert np.isnan(table.loc[("general", at("09:00")), "offered"])
    assert table.loc[("general", at("08:00")), ["first_attempts", "handle_s", "abandoned"]].isna().all()
    assert table.loc["consumer", "offered"].eq(0).all()  # no feed tells of this line
    assert np.isnan(table.loc[("general", at("03:00")), "offered"])
    assert store.days() == [MONDAY]


def test_a_feed_without_rows_of_zero_calls_leaves_them_out_because_none_came(add, store: RecordStore) -> None:
    """§95"""
    add(*quarter_rows("08:00", [3, 5]), *quarter_rows("09:00", [4, 1]))
    table = actuals_of(store).loc["general", "offered"]
    assert table[at("08:00")] == 8
    assert table[at("08:30")] == 0
    assert table[at("09:00")] == 5
    assert np.isnan(table[at("09:30")])
    assert np.isnan(table[at("07:30")])


def test_a_sum_with_an_unknown_part_is_unknown(add, store: RecordStore) -> None:
    """§95: two queues of one line, of which one does not tell its answers in one interval."""
    add(
        "2026-09-14 08:00,a,3,2",
        "2026-09-14 08:00,b,4,",
        "2026-09-14 08:30,a,3,2",
        "2026-09-14 08:30,b,4,4",
        header="interval,queue,offered,answered",
        lines={"a": "general", "b": "general"},
    )
    table = actuals_of(store).loc["general"]
    assert table.loc[at("08:00"), "offered"] == 7
    assert np.isnan(table.loc[at("08:00"), "answered"])
    assert table.loc[at("08:30"), ["offered", "answered"]].tolist() == [7, 6]


def test_the_same_file_counts_once_and_a_later_one_replaces(add, store: RecordStore, tmp_path: Path) -> None:
    """§96, and §41 for interval records."""
    rows = quarter_rows("08:00", [3, 5, 7, 9])
    assert add(*rows).added
    again = add(*rows)
    assert (again.added, again.replaced) == (False, 0)
    later = add(*quarter_rows("08:30", [1, 1]), name="b.csv")
    assert (later.added, later.replaced) == (True, 2)
    table = actuals_of(store).loc["general", "offered"]
    assert (table[at("08:00")], table[at("08:30")]) == (8, 2)
    # The same file read by another mapping withdraws what it was read as before; the queue is the other line now.
    add(*rows, lines={"general": "consumer"})
    moved = actuals_of(store)["offered"]
    assert (moved[("consumer", at("08:00"))], moved[("consumer", at("08:30"))]) == (8, 16)
    assert moved["general"].eq(0).all()  # no records of this line are left
    assert len(FeedStore(tmp_path, HOTLINE.id).batches()) == 2


def test_queues_of_one_layout_add_up_and_of_two_layouts_the_later_counts(add, store: RecordStore) -> None:
    """§96: a file a queue, as some systems export; and the same calls told by two systems."""
    header = "skillId,statStartTime,inCallNum,connectedNum"
    for skill, count in ((7, 4), (8, 6)):
        rows = [f"{skill},2026-09-14 08:{minute:02d}:00,{count},1" for minute in range(0, 30, 5)]
        add(*rows, header=header, layout="huawei-skills", name=f"{skill}.csv", lines={str(skill): "general"})
    assert actuals_of(store).loc[("general", at("08:00")), "offered"] == 60
    add("2026-09-14 08:00,general,58,50", "2026-09-14 08:30,general,0,0", name="own.csv")
    assert actuals_of(store).loc[("general", at("08:00")), "offered"] == 58


def test_calls_win_line_by_line(add, store: RecordStore, tmp_path: Path) -> None:
    """§96"""
    calls = generate_calls(HOTLINE, MONDAY, 1, 7)
    calls = calls[calls["line"] == "general"].reset_index(drop=True)
    store.add(calls, "a" * 32, "recorded", time_zone=HOTLINE.time_zone)
    add(*quarter_rows("08:00", [100] * 8), *quarter_rows("08:00", [7] * 8, "consumer"))
    table = actuals_of(store)
    own = aggregate_actuals(calls, GRID, HOTLINE.line_ids, HOTLINE.short_abandon_s).set_index(["line", "interval"])
    pd.testing.assert_frame_equal(
        table.loc[["general"]], check_table(ACTUALS, own.reset_index()).set_index(["line", "interval"]).loc[["general"]]
    )
    assert table.loc[("consumer", at("08:00")), "offered"] == 14
    assert days_told_twice(store.folder) == [MONDAY]


def test_an_hours_feed_of_a_shorter_grid_is_refused_on_reading_too(add, store: RecordStore) -> None:
    """§94: the hotline's interval was changed after the import."""
    add("2026-09-14 08:00,general,58,50", "2026-09-14 08:30,general,0,0")
    with use_language("en"), pytest.raises(BadInput, match=r"30 minutes at a time.*intervals of 15 minutes"):
        store.actuals(TimeGrid(MONDAY, 1, 15, "Asia/Shanghai"), HOTLINE.line_ids, 5)
    half_days = store.actuals(TimeGrid(MONDAY, 1, 60, "Asia/Shanghai"), HOTLINE.line_ids, 5)
    assert half_days["offered"].sum() == 58


SLOTS = st.dictionaries(
    st.tuples(st.sampled_from("ab"), st.integers(30, 41)), st.integers(0, 9), min_size=1, max_size=14
)


@given(st.lists(SLOTS, min_size=1, max_size=3))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_batches_of_two_queues_against_a_count_by_hand(
    tmp_path_factory: pytest.TempPathFactory, batches: list[dict[tuple[str, int], int]]
) -> None:
    """§95 and §96, quarter-hour by quarter-hour: the latest row of each queue, gaps as each file writes them."""
    home = tmp_path_factory.mktemp("home")
    for number, batch in enumerate(batches):
        rows = [f"{at('00:00') + timedelta(minutes=15 * n):%Y-%m-%d %H:%M},{q},{c}" for (q, n), c in batch.items()]
        path = home / f"{number}.csv"
        path.write_text("\n".join(["interval,queue,offered", *rows, f"# {number}"]) + "\n", encoding="utf-8")
        told = LayoutSettings(layout="interval-table", interval_min=15, lines={"a": "general", "b": "general"})
        FeedStore(home, HOTLINE.id).add(import_feed(path, recipe_of(path, told).recipe, hotline=HOTLINE))
    latest = {key: count for batch in batches for key, count in batch.items()}

    def by_hand(slot: int) -> float:
        rows = [latest[q, slot] for q in "ab" if (q, slot) in latest]
        covered = gap = False
        for batch in batches:
            if 0 not in batch.values():
                covered |= min(n for _, n in batch) <= slot <= max(n for _, n in batch)
                continue
            for queue in "ab":
                mine = [n for q, n in batch if q == queue]
                gap |= bool(mine) and min(mine) <= slot <= max(mine) and (queue, slot) not in latest
        return float("nan") if gap or not (rows or covered) else float(sum(rows))

    found = actuals_of(RecordStore(home, HOTLINE.id)).loc["general", "offered"].to_numpy()
    expected = [by_hand(2 * n) + by_hand(2 * n + 1) for n in range(48)]
    np.testing.assert_array_equal(found, expected)


# Demand -----------------------------------------------------------------------------------------


def test_demand_is_what_is_known_of_first_attempts() -> None:
    """§95"""
    nan = float("nan")
    table = pd.DataFrame(
        {"first_attempts": [3, nan, nan, nan], "offered": [4, 5, nan, nan], "queued": [2, 2, 6, nan]}, dtype=float
    )
    assert demand_column(table).tolist()[:3] == [3, 5, 6]
    assert np.isnan(demand_column(table).iloc[3])


def test_a_forecast_learns_nothing_from_what_was_not_recorded() -> None:
    """§95: three mornings of interval records are no three days without afternoons."""
    grid = TimeGrid(MONDAY, 3, 60, "Asia/Shanghai")
    offered = np.where(grid.minutes < 720, 50.0, np.nan)
    table = pd.DataFrame({"line": "general", "interval": grid.starts, "first_attempts": np.nan, "offered": offered})
    history = read_history(table, grid, WorkingCalendar("CN"), ["general"], origin=datetime(2026, 9, 17, tzinfo=ZONE))
    assert history.calls[0, :, :12].tolist() == [[50.0] * 12] * 3
    assert history.exposure[0, :, :12].tolist() == [[1.0] * 12] * 3
    assert not history.exposure[0, :, 12:].any()


# Days at the ends --------------------------------------------------------------------------------


def test_days_cut_off_at_either_end_are_known_in_part() -> None:
    """§98: three weeks of calls, from a Monday noon to a Friday noon, against the cut that was made."""
    calls = generate_calls(HOTLINE, MONDAY, 19, 5)
    whole = find_partial_days(calls["arrived_at"], HOTLINE)
    assert whole == ()
    cut = calls[(calls["arrived_at"] >= at("12:00")) & (calls["arrived_at"] < at("14:00", date(2026, 10, 2)))]
    first, last = find_partial_days(cut["arrived_at"], HOTLINE)
    assert (first.day, last.day) == (MONDAY, date(2026, 10, 2))
    assert first.known_from == cut["arrived_at"].min().to_pydatetime()
    assert first.clock_span[1] == "24:00"
    assert last.known_to == cut["arrived_at"].max().to_pydatetime()
    assert last.clock_span[0] == "00:00"


def test_a_single_day_is_judged_by_the_lines_settings() -> None:
    """§98"""
    day = generate_calls(HOTLINE, MONDAY, 1, 5)["arrived_at"]
    assert find_partial_days(day, HOTLINE) == ()
    (part,) = find_partial_days(day[day < at("11:00")], HOTLINE)
    assert part.clock_span[0] == "00:00"
    (part,) = find_partial_days(day[(day >= at("09:00")) & (day < at("11:00"))], HOTLINE)
    assert part.known_from >= at("09:00")
    assert part.known_to < at("11:00")


def test_hours_in_which_nobody_answers_are_not_missing() -> None:
    """§98: a centre open from 9 to 17, whose lines' settings would have people call at any hour."""
    office = HOTLINE.opening.model_copy(update=dict.fromkeys(("weekday", "weekend", "holiday"), ("09:00", "17:00")))
    there = HOTLINE.model_copy(update={"opening": office})
    day = generate_calls(HOTLINE, MONDAY, 1, 5)["arrived_at"]
    hours = day[(day >= at("09:00")) & (day < at("17:00"))]
    assert find_partial_days(hours, there) == ()
    assert len(find_partial_days(hours, HOTLINE)) == 1


def test_the_rest_of_a_day_cut_off_is_empty_until_another_file_tells_it(store: RecordStore) -> None:
    """§98"""
    calls = generate_calls(HOTLINE, MONDAY, 2, 5)
    noon = at("12:10", date(2026, 9, 15))
    early, late = calls[calls["arrived_at"] < noon], calls[calls["arrived_at"] >= at("12:00", date(2026, 9, 15))]
    grid = grid_of(HOTLINE, MONDAY, 2)

    def put(part: pd.DataFrame, name: str) -> tuple[PartialDay, ...]:
        cut = find_partial_days(part["arrived_at"], HOTLINE)
        keep_partial_days(store.folder, name, cut)
        store.add(part, name, "recorded", time_zone=HOTLINE.time_zone)
        return cut

    assert [cut.day for cut in put(early, "a" * 32)] == [date(2026, 9, 15)]
    offered = actuals_of(store, grid)["offered"]
    assert offered[("general", at("11:00", date(2026, 9, 15)))] > 0
    assert offered.unstack("line").loc[at("12:30", date(2026, 9, 15)) :].isna().all(axis=None)
    assert offered.unstack("line").loc[: at("23:30")].notna().all(axis=None)
    assert [part.day for part in days_in_part(store.folder)] == [date(2026, 9, 15)]
    put(late, "b" * 32)
    offered = actuals_of(store, grid)["offered"]
    expected = aggregate_actuals(calls, grid, HOTLINE.line_ids, 5).set_index(["line", "interval"])["offered"]
    known = offered.notna()
    assert (offered[known] == expected[known]).all()
    # Nobody can say of the half-hour in which one file ends and the other begins whether it is whole.
    assert set(offered[~known].index.get_level_values("interval")) <= {at("12:00", date(2026, 9, 15))}
    assert days_in_part(store.folder) == ()


def test_a_plan_learns_from_interval_records_and_says_what_they_lack(add, tmp_path: Path) -> None:
    """§96: a fortnight of interval records alone are a history."""
    rows = []
    for day in range(14):
        for half in range(48):
            start = at("00:00") + timedelta(days=day, minutes=30 * half)
            busy = 40 if 16 <= half < 36 else 2
            rows += [f"{start:%Y-%m-%d %H:%M},{line},{busy},{busy}" for line in HOTLINE.line_ids]
    add(*rows[: -len(HOTLINE.line_ids) * 20], header="interval,line,offered,queued")
    history = find_history(HOTLINE, date(2026, 9, 28), 1, tmp_path)
    assert (history.kind, history.days) == ("records", 14)
    assert history.actuals["offered"].sum() == 14 * 4 * (20 * 40 + 28 * 2) - 4 * (8 * 40 + 12 * 2)
    with use_language("en"):
        notes = [str(note) for note in history.notes]
    assert any("2026-09-27 was recorded from 00:00 to 14:00 only" in note for note in notes)
    assert any("hold no call that ended in the voice response" in note for note in notes)


def test_a_line_and_an_interval_count_only_in_the_rows_that_when_names(tmp_path: Path) -> None:
    """Two kinds of row: those of a day total have another line column and no interval."""
    path = tmp_path / "mixed.csv"
    path.write_text(
        "kind,queue,group,start,calls\n"
        "Q,general,,2026-09-14 10:00,5\n"
        "G,labour,general,2026-09-14 10:30,7\n"
        "T,general,,2026-09-14 11:00,99\n",
        encoding="utf-8",
    )
    mapping = FeedMapping.model_validate(
        {
            "level": "intervals",
            "interval_min": 30,
            "columns": {
                "interval": {"from": "start", "when": {"kind": ["Q", "G"]}},
                "line": {"from": ["group", "queue"], "when": {"kind": "Q"}},
                "offered": "calls",
            },
        }
    )
    found = import_feed(path, mapping, hotline=HOTLINE)
    assert found.cells["offered"].tolist() == [5]
    assert sorted(r.row for r in found.rejected) == [3, 4]  # one without a line, one without an interval
