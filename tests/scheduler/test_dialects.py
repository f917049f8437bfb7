"""Posts that ask for dialects and languages: who may hold them, what the checker says, what is explained, who stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler import build_roster, explain_shortage
from scheduler.checker import assert_roster_legal, check_roster
from scheduler.problem import dialects_in
from scheduler.relaxed_problem import relaxed_problem
from scheduler.who import who_covers
from wfm.errors import BadInput
from wfm.hotline import Agent, Contract, Group, Pin

MIAO, LOCAL = "苗语", "贵阳话"


def speakers(*spoken: tuple[str, ...]) -> list[Agent]:
    return [Agent(id=f"a{n}", lines=("general",), dialects=words) for n, words in enumerate(spoken)]


def asking(make, rows, words):
    """Posts of which each asks for the dialects beside it."""
    return make.posts(rows).assign(dialects=words)


@pytest.mark.parametrize("where", ["group", "shift", "posts"])
def test_it_bites_wherever_it_is_asked_for_and_only_there(make, where):
    """§92: the group's, the shift's and the posts' own dialects; whoever lacks one stays off."""
    group = Group(id="all", name=make.text("all"), lines=("general",), dialects=(MIAO,) if where == "group" else ())
    shifts = [
        s.model_copy(update={"dialects": (MIAO,)}) if where == "shift" and s.id == "day" else s
        for s in make.standard_shifts
    ]
    hotline = make.hotline(groups=(group,), shifts=tuple(shifts))
    rows = [(0, "day", 2, 0)]
    posts = asking(make, rows, [MIAO]) if where == "posts" else make.posts(rows)
    problem = make.problem(hotline, speakers((), (LOCAL,), (LOCAL, MIAO)), posts)
    roster = build_roster(problem, seconds=5)
    assert list(roster.duties["agent"]) == ["a2"]
    assert roster.unfilled["missing"].sum() == 1
    assert_roster_legal(problem, roster.duties)

    planted = make.duties(hotline, [("a1", 0, "day", "A"), ("a2", 0, "day", "A")])
    broken = [v for v in check_roster(problem, planted) if v.breaks_law]
    assert [(v.rule, v.agent) for v in broken] == [("dialects", "a1")]
    assert broken[0].text.en == "a1, 2026-09-14: day of all needs 苗语, which a1 does not speak"
    assert "苗语" in broken[0].text.zh
    assert broken[0].text.zh != broken[0].text.en

    able = replace(problem, agents=speakers((), (MIAO,), (LOCAL, MIAO)))
    full = build_roster(able, seconds=5)
    assert set(full.duties["agent"]) == {"a1", "a2"}
    assert check_roster(able, full.duties) == []


def test_all_dialects_are_asked_for_together_in_both_roles(make):
    problem = make.problem(
        make.hotline(),
        speakers((MIAO,), (LOCAL,), (LOCAL, MIAO), (MIAO, LOCAL, "布依语")),
        asking(make, [(0, "day", 1, 1), (1, "day", 2, 0)], [f"{MIAO}；{LOCAL}", None]),
    )
    roster = build_roster(problem, seconds=5)
    assert roster.unfilled.empty
    first = roster.duties[roster.duties["date"] == roster.duties["date"].min()]
    assert set(first["agent"]) == {"a2", "a3"}


@pytest.mark.parametrize(
    ("cell", "words"),
    [("苗语; 贵阳话", (MIAO, LOCAL)), ("苗语、贵阳话", (MIAO, LOCAL)), ("苗语+苗语", (MIAO,)), ("", ()), (None, ()), (float("nan"), ())],
)  # fmt: skip
def test_how_several_are_written(cell, words):
    assert dialects_in(cell) == words


def test_nobody_speaks_it(make):
    problem = make.problem(make.hotline(), speakers((), (LOCAL,)), asking(make, [(0, "day", 1, 0)], [MIAO]))
    roster = build_roster(problem, seconds=5)
    assert roster.reasons[-1].en == (
        "2026-09-14 day (all): 1 of the A posts unfilled: nobody able to answer all its lines speaks 苗语"
    )
    assert "苗语" in roster.reasons[-1].zh


def test_too_few_speakers_under_a_cap_of_nights(make):
    """Eleven nights, three speakers with three nights each: one night more for two of them is the cheapest way."""
    contract = Contract(
        id="contract", name=make.text("c"), employee=False, hours_per_week_max=168, nights_per_4_weeks_max=3
    )
    nights = [(d, "night", 1, 0) for d in range(0, 22, 2)]
    agents = speakers((MIAO,), (MIAO, LOCAL), (MIAO,), (), (), (LOCAL,))
    problem = make.problem(
        make.hotline(contracts=(contract,)), agents, asking(make, nights, [MIAO] * len(nights)), days=28
    )
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    assert conflict.people == ("a0", "a1", "a2")
    assert {"nights_in_four_weeks", "dialects"} >= {r.rule for r in conflict.rules} >= {"nights_in_four_weeks"}
    assert "with 苗语" in conflict.text.en
    assert "苗语" in conflict.text.zh
    cheapest = conflict.relaxations[0]
    assert {c.rule for c in cheapest.changes} == {"nights_in_four_weeks"}
    assert {c.after for c in cheapest.changes} == {"4"}
    assert len(cheapest.changes) == 2
    assert {c.agent for c in cheapest.changes} <= {"a0", "a1", "a2"}
    assert build_roster(relaxed_problem(problem, cheapest.changes), seconds=5).unfilled.empty


def test_serving_without_the_dialect_is_offered_where_it_is_in_the_way(make):
    problem = make.problem(make.hotline(), speakers((MIAO,), (LOCAL,)), asking(make, [(0, "day", 2, 0)], [MIAO]))
    conflict = explain_shortage(problem, seconds=20, reproducible=True)[0]
    assert "dialects" in {r.rule for r in conflict.rules}
    way = next(w for w in conflict.relaxations if w.changes[0].rule == "dialects")
    assert way.text.en == "letting a1 serve on 2026-09-14 without 苗语 resolves it"
    assert way.text.zh != way.text.en
    assert build_roster(relaxed_problem(problem, way.changes), seconds=5).unfilled.empty


def test_who_takes_over_speaks_it_too(make):
    """The other B on duty answers the line, but speaks no Miao: nobody takes over."""
    problem = make.problem(
        make.hotline(), speakers((MIAO,), ()), asking(make, [(0, "day", 1, 0), (0, "evening", 0, 1)], [MIAO, None])
    )
    duties = make.duties(problem.hotline, [("a0", 0, "day", "A"), ("a1", 0, "evening", "B")])
    duties["post"] = ["2026-09-14/day/all/01", "2026-09-14/evening/all/01"]
    duties.loc[1, ["start", "end"]] = duties.loc[0, ["start", "end"]].to_numpy()
    at = datetime.combine(make.monday, datetime.min.time()) + timedelta(hours=10)
    assert who_covers(problem, duties, "day/all/01", at, absent=["a0"]).stand_ins == ()
    anybody = replace(problem, posts=problem.posts.drop(columns="dialects"))
    assert [s.agent for s in who_covers(anybody, duties, "day/all/01", at, absent=["a0"]).stand_ins] == ["a1"]


def test_a_pin_of_somebody_who_does_not_speak_it_is_refused(make):
    problem = make.problem(make.hotline(), speakers((), (MIAO,)), asking(make, [(0, "day", 1, 0)], [MIAO]))
    with pytest.raises(BadInput, match="a0 cannot work day on 2026-09-14: the person does not speak 苗语"):
        replace(problem, pins=[Pin(agent="a0", date=make.monday, shift="day")])
    kept = replace(problem, pins=[Pin(agent="a1", date=make.monday, shift="day")])
    assert list(build_roster(kept, seconds=5).duties["agent"]) == ["a1"]


def test_some_posts_of_a_shift_ask_for_it_and_others_do_not(make):
    """Two shifts of the same hours: of four posts two ask for a dialect, and nobody is asked for both at once."""
    both = make.shift("day-local", "08:00", "16:00", dialects=(LOCAL,))
    hotline = make.hotline(shifts=(*make.standard_shifts, both))
    posts = make.posts([(0, "day", 2, 0), (0, "day-local", 2, 0)])
    problem = make.problem(hotline, speakers((), (LOCAL,), (), (LOCAL,)), posts)
    duties = build_roster(problem, seconds=5).duties
    assert set(duties[duties["shift"] == "day-local"]["agent"]) == {"a1", "a3"}
    assert set(duties["agent"]) == {"a0", "a1", "a2", "a3"}
    assert check_roster(problem, duties) == []
