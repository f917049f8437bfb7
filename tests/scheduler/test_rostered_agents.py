"""Agents on duty per group and interval, and the duties file."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scheduler import build_roster, read_duties, rostered_agents, write_duties
from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.hotline import Break

ZONE = "Asia/Shanghai"


def counts(make, hotline, rows, grid, breaks=""):
    duties = make.duties(hotline, rows).assign(breaks=breaks)
    table = rostered_agents(duties, hotline, grid)
    assert table["interval"].tolist() == [*grid.starts] * len(hotline.groups)
    return table


def test_breaks_are_out_and_parts_count(make):
    hotline = make.hotline(shifts=(make.shift("d", "08:15", "12:00"),))
    grid = TimeGrid(make.monday, 1, 30, ZONE)
    table = counts(make, hotline, [("a0", 0, "d", "A"), ("a1", 0, "d", "A"), ("a2", 0, "d", "B")], grid, "10:00-10:20")
    a = table["rostered_a"].to_numpy()
    assert a[16] == 1.0  # 08:00–08:30: two people for half of it
    assert a[20] == pytest.approx(2 * 10 / 30)
    assert a.sum() * 0.5 == pytest.approx(2 * (3.75 - 1 / 3))
    assert table["rostered_b"].sum() * 0.5 == pytest.approx(3.75 - 1 / 3)


def test_nights_reach_across_midnight_and_the_border(make):
    hotline = make.hotline(shifts=(make.shift("n", "22:00", "06:00", night=True),))
    grid = TimeGrid(make.monday, 2, 60, ZONE)
    a = counts(make, hotline, [("a0", -1, "n", "A"), ("a0", 1, "n", "A")], grid, "02:00-03:00")["rostered_a"].to_numpy()
    expected = np.zeros(48)
    expected[:6], expected[46:] = 1, 1
    expected[2] = 0
    assert a.tolist() == expected.tolist()


def test_the_hour_that_comes_twice_is_worked_twice(make):
    hotline = make.hotline(time_zone="Europe/Berlin", shifts=(make.shift("n", "22:00", "06:00", night=True),))
    grid = TimeGrid(date(2026, 10, 24), 2, 60, "Europe/Berlin")
    duties = make.duties(hotline, [("a0", 0, "n", "A")], first=date(2026, 10, 24))
    assert rostered_agents(duties, hotline, grid)["rostered_a"].sum() == 9


def test_built_duties_carry_breaks_post_ids_and_remote_standby(make):
    shift = make.shift("d", "08:00", "16:00", breaks=(Break(after_min=240, length_min=30),))
    hotline = make.hotline(shifts=(shift,))
    problem = make.problem(hotline, make.agents(3, remote=True), make.posts([(0, "d", 2, 1)]))
    duties = build_roster(problem, seconds=5).duties
    assert set(duties["breaks"]) == {"12:00-12:30"}
    assert duties.loc[duties["role"] == "A", "post"].tolist() == ["2026-09-14/d/all/01", "2026-09-14/d/all/02"]
    assert duties.loc[duties["role"] == "B", "post"].tolist() == ["2026-09-14/d/all/01"]
    assert duties["remote"].tolist() == (duties["role"] == "B").tolist()


def test_the_file_comes_back_as_written(make, tmp_path):
    problem = make.problem(make.hotline(), make.agents(4), make.posts([(0, "night", 1, 1), (1, "day", 1, 0)]))
    duties = build_roster(problem, seconds=5).duties
    duties.loc[0, "agent"] = "=HYPERLINK(1)"
    duties.loc[1, "agent"] = "'律师"
    path = tmp_path / "duties.csv"
    write_duties(duties, path)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n=" not in content
    assert [p.name for p in tmp_path.iterdir()] == ["duties.csv"]
    pd.testing.assert_frame_equal(read_duties(path, ZONE), duties)


def test_a_file_saved_by_chinese_excel_is_read(make, tmp_path):
    problem = make.problem(make.hotline(), make.agents(1), make.posts([(0, "day", 1, 0)]))
    duties = build_roster(problem, seconds=5).duties
    duties["agent"] = pd.Series(["张律师"], dtype="string")
    path = tmp_path / "duties.csv"
    write_duties(duties, path)
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gbk"))
    assert read_duties(path, ZONE)["agent"].tolist() == ["张律师"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("agent,date\n", "the column shift is missing"),
        ("agent,date,shift,group,post,role,start,end,breaks,remote\na,2026-09-14,d,g,p,C,2026-09-14,2026-09-14,,no\n", ":2: role must be A or B, found 'C'"),
        ("agent,date,shift,group,post,role,start,end,breaks,remote\na,2026-09-14,d,g,p,A,soon,2026-09-14,,no\n", ":2: start must be a date or time"),
    ],
)  # fmt: skip
def test_a_bad_file_is_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "duties.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=sentence):
        read_duties(path, ZONE)
    with pytest.raises(BadInput, match="no such file"):
        read_duties(tmp_path / "none.csv", ZONE)
