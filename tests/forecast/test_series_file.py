"""Files of a time and a count, as foreign systems write them, become series of intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.calendar import WorkingCalendar
from wfm.errors import BadInput
from wfm.forecast.series_file import LINE, is_series_file, read_series

CALENDAR = WorkingCalendar(None)


def read(path, interval_min=30, time_column="timestamp", count_column="calls", time_zone="UTC"):
    return read_series(
        path,
        CALENDAR,
        time_column=time_column,
        count_column=count_column,
        interval_min=interval_min,
        time_zone=time_zone,
    )


def written(tmp_path, text, name="calls.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def rows_of(start, count, step_min, value=lambda n: n % 7):
    times = pd.date_range(start, periods=count, freq=f"{step_min}min")
    return pd.DataFrame({"timestamp": times, "calls": [value(n) for n in range(count)]})


def csv_of(frame):
    return frame.to_csv(index=False, date_format="%Y-%m-%d %H:%M:%S")


def whole(series):
    """Counts of every interval of the grid, NaN where not recorded."""
    found = pd.Series(np.nan, index=series.grid.starts)
    found[pd.DatetimeIndex(series.actuals["interval"])] = series.actuals["first_attempts"].to_numpy(float)
    assert found.notna().to_numpy().tolist() == series.observed.tolist()
    return found


def test_counts_are_added_up_to_intervals(tmp_path):
    frame = rows_of("2025-03-03", 3 * 288, 5)
    series = read(written(tmp_path, csv_of(frame)))
    assert (series.grid.days, len(series.grid), series.lines) == (3, 144, (LINE,))
    assert series.observed.all()
    wanted = frame.set_index("timestamp")["calls"].resample("30min").sum()
    assert whole(series).tolist() == wanted.tolist()
    assert series.notes == ()
    assert series.actuals["line"].unique().tolist() == [LINE]


@pytest.mark.parametrize("kind", ["gbk", "bom", "semicolon", "xlsx", "parquet", "parquet_zone"])
def test_every_kind_of_file_says_the_same(tmp_path, kind):
    frame = rows_of("2025-03-03", 96, 30)
    named = frame.rename(columns={"timestamp": "时间", "calls": "来电量"})
    if kind == "xlsx":
        path = tmp_path / "calls.xlsx"
        named.to_excel(path, index=False)
    elif kind == "parquet":
        path = tmp_path / "calls.parquet"
        named.to_parquet(path)
    elif kind == "parquet_zone":
        path = tmp_path / "calls.parquet"
        named.assign(时间=named["时间"].dt.tz_localize("UTC").dt.tz_convert("Asia/Shanghai")).to_parquet(path)
    elif kind == "semicolon":
        path = written(tmp_path, csv_of(named).replace(",", ";"))
    else:
        path = written(tmp_path, csv_of(named), encoding="gb18030" if kind == "gbk" else "utf-8-sig")
    series = read(path, interval_min=60, time_column="时间", count_column="来电量")
    assert whole(series).tolist() == [frame["calls"][2 * n] + frame["calls"][2 * n + 1] for n in range(48)]


def test_an_interval_in_part_is_left_out_and_said(tmp_path):
    frame = rows_of("2025-03-03", 192, 15, lambda n: 1).drop(index=[5, 6, 40])  # 01:15, 01:30 and 10:00
    series = read(written(tmp_path, csv_of(frame)))
    found = whole(series)
    assert np.flatnonzero(found.isna()).tolist() == [2, 3, 20]
    assert (found.dropna() == 2).all()
    assert [note.en for note in series.notes] == ["3 intervals that the file has only in part are left out"]
    assert series.notes[0].zh != series.notes[0].en


def test_an_interval_without_rows_is_not_recorded(tmp_path):
    frame = rows_of("2025-03-03", 192, 15, lambda n: 3).drop(index=range(40, 44))  # 10:00 to 11:00
    series = read(written(tmp_path, csv_of(frame)))
    assert np.flatnonzero(whole(series).isna()).tolist() == [20, 21]
    assert series.notes == ()


def test_rows_of_one_time_are_added_and_said(tmp_path):
    frame = rows_of("2025-03-03", 48, 30, lambda n: 10)
    again = pd.DataFrame({"timestamp": [frame["timestamp"][7]] * 2, "calls": [1, 2]})
    series = read(written(tmp_path, csv_of(pd.concat([frame, again]))))
    assert whole(series).tolist() == [10] * 7 + [13] + [10] * 40
    assert [note.en for note in series.notes] == ["2 rows have the time of another row; their counts are added up"]


def test_rows_in_any_order_say_the_same(tmp_path):
    frame = rows_of("2025-03-03", 96, 30)
    mixed = frame.sample(frac=1, random_state=1)
    one, other = read(written(tmp_path, csv_of(frame))), read(written(tmp_path, csv_of(mixed), "mixed.csv"))
    pd.testing.assert_frame_equal(one.actuals, other.actuals)


def test_a_missing_count_is_no_zero(tmp_path):
    frame = rows_of("2025-03-03", 48, 30, lambda n: "" if n in (3, 4) else "1,250" if n == 5 else 0)
    found = whole(read(written(tmp_path, csv_of(frame))))
    assert np.flatnonzero(found.isna()).tolist() == [3, 4]
    assert found.iloc[5] == 1250
    assert (found.dropna() == 0).sum() == 45


def test_a_missing_count_in_a_workbook_or_parquet_is_no_zero(tmp_path):
    frame = rows_of("2025-03-03", 48, 30, lambda n: np.nan if n == 3 else float(n))
    frame.to_excel(tmp_path / "calls.xlsx", index=False)
    frame.to_parquet(tmp_path / "calls.parquet")
    for name in ("calls.xlsx", "calls.parquet"):
        assert np.flatnonzero(whole(read(tmp_path / name)).isna()).tolist() == [3]


@pytest.mark.parametrize(
    ("row", "cells", "column", "allowed"),
    [
        (4, "yesterday,3", "timestamp", "a time"),
        (4, ",3", "timestamp", "a time"),
        (9, "2025-02-30 00:00:00,3", "timestamp", "a time"),
        (2, "2025-03-03 00:00:00,many", "calls", "a number from 0"),
        (50, "2025-03-04 00:00:00,-1", "calls", "a number from 0"),
        (50, "2025-03-04 00:00:00,inf", "calls", "a number from 0"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line(tmp_path, row, cells, column, allowed):
    lines = csv_of(rows_of("2025-03-03", 60, 30)).splitlines()
    lines[row - 1] = cells
    with pytest.raises(BadInput) as refusal:
        read(written(tmp_path, "\n".join(lines)))
    assert str(refusal.value) == f"calls.csv:{row}: column '{column}' should be {allowed} (rows like this: 1)"


def test_the_first_of_many_bad_cells_is_named(tmp_path):
    lines = csv_of(rows_of("2025-03-03", 60, 30)).splitlines()
    for row in (12, 30, 31):
        lines[row - 1] = lines[row - 1].split(",")[0] + ",-5"
    with pytest.raises(BadInput, match=r"^calls\.csv:12: .*\(rows like this: 3\)$"):
        read(written(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize(("step", "wanted"), [(60, 30), (15, 20), (1440, 60)])
def test_a_step_that_does_not_fit_is_refused(tmp_path, step, wanted):
    path = written(tmp_path, csv_of(rows_of("2025-03-03", 50, step)))
    with pytest.raises(BadInput) as refusal:
        read(path, interval_min=wanted)
    assert str(refusal.value) == (
        f"--interval-min: found {wanted}, but calls.csv has a row every {step} min; allowed are multiples of it"
    )


def test_one_gap_does_not_hide_the_step(tmp_path):
    frame = rows_of("2025-03-03", 96, 30, lambda n: 1).drop(index=range(10, 30))
    series = read(written(tmp_path, csv_of(frame)), interval_min=60)
    assert np.flatnonzero(whole(series).isna()).tolist() == list(range(5, 15))


def test_what_is_no_series_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(BadInput, match="holds no row"):
        read(written(tmp_path, "timestamp,calls\n"))
    with pytest.raises(BadInput, match="holds no row"):
        read(written(tmp_path, "timestamp,calls\n2025-03-03 00:00:00,\n", "blank.csv"))
    with pytest.raises(BadInput, match="did you mean 'calls'"):
        read(written(tmp_path, "timestamp,calls\n2025-03-03,1\n"), count_column="call")
    with pytest.raises(BadInput, match="there is no such file"):
        read(tmp_path / "none.csv")
    with pytest.raises(BadInput, match="is empty"):
        read(written(tmp_path, "", "empty.csv"))


def test_a_day_of_23_and_one_of_25_hours(tmp_path):
    """New York 2025: clocks go forward on 9 March and back on 2 November. Times carry their offset."""
    for first, hours in (("2025-03-09", 23), ("2025-11-02", 25)):
        times = pd.date_range(first, periods=2 * hours, freq="30min", tz="America/New_York")
        frame = pd.DataFrame({"timestamp": [t.isoformat() for t in times], "calls": range(2 * hours)})
        series = read(written(tmp_path, frame.to_csv(index=False)), interval_min=60, time_zone="America/New_York")
        assert (series.grid.days, len(series.grid)) == (1, hours)
        assert series.observed.all()
        assert whole(series).tolist() == [4 * n + 1 for n in range(hours)]


def test_a_clock_time_that_was_skipped_is_refused(tmp_path):
    text = "timestamp,calls\n2025-03-09 01:00:00,4\n2025-03-09 02:00:00,5\n2025-03-09 03:00:00,6\n"
    with pytest.raises(BadInput, match=r"^calls\.csv:3: "):
        read(written(tmp_path, text), interval_min=60, time_zone="America/New_York")
    assert whole(read(written(tmp_path, text), interval_min=60)).dropna().tolist() == [4, 5, 6]


def test_days_are_those_of_the_zone(tmp_path):
    """16:00 UTC is midnight in Shanghai."""
    frame = rows_of("2025-03-02 16:00", 48, 30)
    frame["timestamp"] = frame["timestamp"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    series = read(written(tmp_path, frame.to_csv(index=False)), time_zone="Asia/Shanghai")
    assert [d.isoformat() for d in series.grid.day_list] == ["2025-03-03"]
    assert whole(series).tolist() == frame["calls"].tolist()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("a.csv", True), ("b.PARQUET", True), ("c.xlsx", True), ("hotline.yaml", False), ("12345", False), ("csv", False)],
)
def test_files_are_told_from_hotlines_by_their_names(name, wanted):
    assert is_series_file(name) is wanted


def lines_of(tmp_path, rows, **how):
    file = tmp_path / "calls.csv"
    file.write_text("timestamp,calls\n" + "\n".join(rows), encoding="utf-8")
    return read(file, **how)


def quarters(count="5"):
    return [f"2025-03-03 {n // 4:02d}:{15 * (n % 4):02d}:00,{count}" for n in range(96)]


def test_an_unknown_time_zone_is_refused(tmp_path):
    with pytest.raises(BadInput, match="time zone"):
        lines_of(tmp_path, ["2025-03-03,1"], time_zone="Mars/Olympus")


def test_rows_with_another_number_of_fields_are_said(tmp_path):
    rows = quarters()
    rows[7] = "2025-03-03 01:45:00;5"
    series = lines_of(tmp_path, rows)
    assert series.notes[-1].en.startswith("1 rows with another number of fields")
    assert not series.observed[3]


def test_a_row_told_twice_does_not_stand_for_a_missing_one(tmp_path):
    rows = quarters()
    rows[5] = rows[4]  # 01:00 twice, 01:15 missing
    assert not lines_of(tmp_path, rows).observed[2]


def test_the_hour_that_comes_twice_is_told_in_order(tmp_path):
    hours = [0, 1, 1, *range(2, 24)]
    rows = [f"2025-11-02 {hour:02d}:00:00,10" for hour in hours]
    series = lines_of(tmp_path, rows, interval_min=60, time_zone="America/New_York")
    assert series.actuals["first_attempts"].tolist() == [10.0] * 25


def test_the_step_is_that_of_all_rows_counted_or_not(tmp_path):
    rows = [row if n % 2 == 0 else row.split(",")[0] + "," for n, row in enumerate(quarters())]
    assert not lines_of(tmp_path, rows).observed.any()
