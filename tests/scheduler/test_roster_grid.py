"""The grid of people and days, its words, and its reading back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.grid_words import CellDuty, CellWords, UnknownWord, leave_word, read_cell, shift_labels, write_cell
from scheduler.roster_changes import Held, roster_changes, roster_figures
from scheduler.roster_grid import GridDuty, cover_rows, duties_from_grid, roster_grid
from wfm.calendar import DayKind
from wfm.hotline import Agent, Contract, Group, Leave, RosterRules, Shift
from wfm.i18n import Text


def shift(name, en, zh, start, end, **more):
    return Shift(id=name, name=Text(f"{name} shift", zh + "班"), short=Text(en, zh), start=start, end=end, **more)


EARLY, LATE, NIGHT = (
    shift("early", "E", "早", "08:00", "16:00"),
    shift("late", "L", "中", "16:00", "24:00"),
    shift("night", "N", "夜", "00:00", "08:00", night=True),
)


@pytest.fixture
def hotline(make):
    return make.hotline(
        lines=(make.line("general"), make.line("wage")),
        groups=(
            Group(id="all", name=Text("General", "综合组"), lines=("general",)),
            Group(id="wages", name=Text("Wages", "讨薪组"), lines=("wage",)),
        ),
        shifts=(EARLY, LATE, NIGHT),
        rules=RosterRules(standby_hours_share=0.25),
        contracts=(
            Contract(id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, cost_per_h=10),
        ),
    )


@pytest.fixture
def agents():
    both = ("general", "wage")
    return [
        Agent(id="L1", name="甲", firm="一所", lines=both, remote=True),
        Agent(id="L2", name="乙", firm="二所", lines=("general",)),
        Agent(id="L3", name="丙", lines=both, night=False),
    ]


@pytest.fixture
def problem(make, hotline, agents):
    posts = make.posts([(d, s, 1, 1) for d in range(7) for s in ("early", "late", "night")])
    kinds = {make.monday + timedelta(days=2): DayKind.HOLIDAY}
    found = make.problem(hotline, agents, posts, leave=[Leave(agent="L3", first=make.monday, last=make.monday)])
    return replace(found, day_kinds=kinds)


def test_a_row_counts_what_a_person_carries(make, hotline, problem):
    duties = make.duties(
        hotline,
        [("L1", 0, "early", "A"), ("L1", 2, "late", "B"), ("L1", 5, "night", "A"), ("L1", 6, "night", "A")],
    )
    row = roster_grid(problem, duties).rows[0]
    # 8 h + a quarter of 8 h + 2 × 8 h; Wednesday is a holiday; Saturday and Sunday are one weekend
    assert (row.agent, row.name, row.firm) == ("L1", "甲", "一所")
    assert (row.hours, row.duties, row.nights, row.weekends, row.rest_days, row.standbys) == (26.0, 4, 2, 1, 3, 1)
    assert [bool(cell) for cell in row.cells] == [True, False, True, False, False, True, True]


def test_leave_stands_in_the_row_and_everybody_has_one(make, hotline, problem):
    grid = roster_grid(problem, make.duties(hotline, [("L2", -1, "night", "A")]))
    assert [row.agent for row in grid.rows] == ["L1", "L2", "L3"]
    assert grid.days[0] == make.monday - timedelta(days=1)  # the eve, whose night serves the first hours
    assert grid.rows[2].leave == (False, True, False, False, False, False, False, False)


def test_the_usual_group_is_left_out_of_the_cells(make, hotline, problem):
    first = make.duties(hotline, [("L1", 0, "early", "A"), ("L1", 1, "early", "A"), ("L2", 0, "late", "A")], "all")
    other = make.duties(hotline, [("L1", 3, "early", "A")], "wages")
    import pandas as pd

    rows = roster_grid(problem, pd.concat([first, other], ignore_index=True)).rows
    assert rows[0].group == "all"
    assert [c.group for cell in rows[0].cells for c in cell] == [None, None, "wages"]
    assert rows[1].group == ""  # a person with one line can serve one group only
    words = CellWords.of(hotline, "zh")
    assert write_cell(words, list(rows[0].cells[3])) == "早@讨薪组"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("早", [("early", "A")]),
        (" 早 ", [("early", "A")]),
        ("早·B", [("early", "B")]),
        ("早B", [("early", "B")]),
        ("早(B)", [("early", "B")]),
        ("早（B）", [("early", "B")]),
        ("早/B", [("early", "B")]),
        ("早-B", [("early", "B")]),
        ("早 b", [("early", "B")]),
        ("早B岗", [("early", "B")]),
        ("早班", [("early", "A")]),
        ("早班备勤", [("early", "B")]),
        ("E", [("early", "A")]),
        ("EB", [("early", "B")]),
        ("Late shift B", [("late", "B")]),
        ("night", [("night", "A")]),
        ("早/夜", [("early", "A"), ("night", "A")]),
        ("早、夜B", [("early", "A"), ("night", "B")]),
        ("早\n夜", [("early", "A"), ("night", "A")]),
        ("", []),
        ("休", []),
        ("-", []),
        ("年假", []),
        ("OFF", []),
    ],
)
def test_cells_are_read_as_schedulers_write_them(hotline, text, expected):
    for language in ("zh", "en"):
        found = read_cell(CellWords.of(hotline, language), text)
        assert [(d.shift, d.role) for d in found] == expected


def test_remote_duty_and_another_group_are_read(hotline):
    words = CellWords.of(hotline, "zh")
    assert read_cell(words, "早·远") == [CellDuty("early", "A", None, True)]
    assert read_cell(words, "夜·B·场@讨薪组") == [CellDuty("night", "B", "wages", False)]
    assert read_cell(words, "夜B远@wages") == [CellDuty("night", "B", "wages", True)]


@pytest.mark.parametrize("text", ["早早", "晚", "B", "早C", "早@没有的组", "早夜"])
def test_what_is_no_shift_is_refused(hotline, text):
    with pytest.raises(UnknownWord):
        read_cell(CellWords.of(hotline, "zh"), text)


def test_a_word_that_two_shifts_share_is_refused_and_never_written(make):
    hotline = make.hotline(
        shifts=(
            shift("day-1", "D", "日", "08:00", "16:00"),
            shift("day-2", "D", "日", "09:00", "17:00"),
            shift("rest", "off", "休", "12:00", "20:00"),
        )
    )
    assert shift_labels(hotline, "zh") == {"day-1": "day-1", "day-2": "day-2", "rest": "rest"}
    words = CellWords.of(hotline, "zh")
    with pytest.raises(UnknownWord) as refused:
        read_cell(words, "日")
    assert refused.value.known == ["day-1", "day-2"]
    assert read_cell(words, "day-2B") == [CellDuty("day-2", "B")]


duty_cells = st.builds(
    CellDuty,
    st.sampled_from(["early", "late", "night", "b", "x-ray"]),
    st.sampled_from(["A", "B"]),
    st.sampled_from([None, "all", "wages"]),
    st.sampled_from([None, True, False]),
)


@given(st.lists(duty_cells, max_size=3), st.sampled_from(["en", "zh"]), st.sampled_from(["en", "zh"]))
def test_every_cell_that_is_written_is_read_as_the_same(make, cells, spoken, reader):
    hotline = make.hotline(
        lines=(make.line("general"), make.line("wage")),
        groups=(
            Group(id="all", name=Text("General/all", "综合组（日）"), lines=("general",)),
            Group(id="wages", name=Text("Wages", "讨薪组"), lines=("wage",)),
        ),
        # short names that look like marks, like leave, like each other
        shifts=(
            EARLY,
            LATE,
            NIGHT,
            shift("b", "B", "备", "09:00", "13:00"),
            shift("x-ray", "EB", "假", "10:00", "14:00"),
        ),
    )
    text = write_cell(CellWords.of(hotline, spoken), cells)
    assert read_cell(CellWords.of(hotline, reader), text) == cells


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["L1", "L2", "L3"]),
            st.integers(-1, 6),
            st.sampled_from(["early", "late", "night"]),
            st.sampled_from(["A", "B"]),
            st.sampled_from(["all", "wages"]),
        ),
        max_size=20,
        unique_by=lambda r: r[:3],
    )
)
def test_grid_and_duties_are_the_same_roster(make, rows):
    """There and back: what the grid shows, written as cells and read again, are the same duties."""
    both = ("general", "wage")
    agents = [Agent(id=n, lines=both, remote=n == "L1") for n in ("L1", "L2", "L3")]
    hotline = make.hotline(
        lines=(make.line("general"), make.line("wage")),
        groups=(
            Group(id="all", name=Text("General", "综合组"), lines=("general",)),
            Group(id="wages", name=Text("Wages", "讨薪组"), lines=("wage",)),
        ),
        shifts=(EARLY, LATE, NIGHT),
    )
    problem = make.problem(hotline, agents, make.posts([]))
    cells = [GridDuty(a, make.monday + timedelta(days=d), CellDuty(s, role, group)) for a, d, s, role, group in rows]
    duties = duties_from_grid(problem, cells)
    assert len(duties) == len(rows)
    assert not duties.duplicated(["post", "role"]).any()
    words = CellWords.of(hotline, "zh")
    grid = roster_grid(problem, duties)
    again = []
    for row in grid.rows:
        for day, cell in zip(grid.days, row.cells, strict=True):
            for duty in read_cell(words, write_cell(words, list(cell))):
                again.append(GridDuty(row.agent, day, replace(duty, group=duty.group or row.group)))
    assert roster_changes(duties, duties_from_grid(problem, again)) == []


def test_cover_sets_posts_beside_duties(make, hotline, problem):
    duties = make.duties(hotline, [("L1", 0, "early", "A"), ("L2", 0, "early", "A"), ("L3", 1, "late", "B")])
    rows = {(r.group, r.shift, r.role): r for r in cover_rows(problem, duties, roster_grid(problem, duties).days)}
    assert rows["all", "early", "A"].posts == (1,) * 7
    assert rows["all", "early", "A"].filled == (2, 0, 0, 0, 0, 0, 0)
    assert rows["all", "late", "B"].filled == (0, 1, 0, 0, 0, 0, 0)
    assert ("wages", "early", "A") not in rows


def test_changes_say_who_lost_and_who_gained(make, hotline):
    before = make.duties(hotline, [("L1", 0, "early", "A"), ("L2", 1, "late", "B"), ("L3", 2, "night", "A")])
    after = make.duties(hotline, [("L2", 0, "early", "A"), ("L2", 1, "late", "A"), ("L3", 2, "night", "A")])
    found = [(c.agent, c.date, c.lost, c.gained) for c in roster_changes(before, after)]
    monday = make.monday
    assert found == [
        ("L1", monday, (Held("early", "all", "A"),), ()),
        ("L2", monday, (), (Held("early", "all", "A"),)),
        ("L2", date(2026, 9, 15), (Held("late", "all", "B"),), (Held("late", "all", "A"),)),
    ]
    assert roster_changes(before, before.sample(frac=1, random_state=1)) == []


def test_figures_are_those_of_the_duties(make, hotline, problem):
    duties = make.duties(
        hotline, [("L1", 0, "night", "A"), ("L2", 1, "night", "A"), ("L2", 2, "night", "A"), ("L3", 5, "early", "B")]
    )
    found = roster_figures(problem, duties)
    assert (found.duties_a, found.duties_b, found.people) == (3, 1, 3)
    assert found.open_posts == 7 * 3 * 2 - 4
    assert (found.hours, found.cost) == (26.0, 260.0)  # 3 × 8 h and a quarter of 8 h, at 10 an hour
    assert (found.nights_most, found.nights_least) == (2, 1)  # L3 works no nights and does not count
    assert (found.rest_days_most, found.rest_days_least) == (1, 0)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("english", "chinese"), [("L", "晚"), ("l", "假"), ("E2", "早二")])
def test_the_word_for_leave_is_no_shift_of_the_hotline(make, english, chinese, language):
    late = shift("late", english, chinese, "16:00", "24:00")
    words = CellWords.of(make.hotline(shifts=(EARLY, late)), language)
    assert read_cell(words, leave_word(words)) == []
    assert read_cell(words, write_cell(words, [CellDuty("late", "A")])) == [CellDuty("late", "A")]
