"""A month from the first request to the last fee, on a small hotline and a store of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from scenarios.collected_requests import collected
from scenarios.duties_now import duties_at, roster_on
from scenarios.month_changes import name_lawyer, swap_in_month
from scenarios.month_repair import propose_repairs, take_repair
from scenarios.month_settled import record_attendance, settle_month
from scenarios.published_before import published_before
from scenarios.roster_at_hand import RosterAtHand, counted_posts, stored_roster
from scenarios.roster_month import collect_requests, look_at_month, month_end, publish_roster, published_roster
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, load_scenario
from scheduler.firm_duties import places_to_name
from scheduler.grid_words import CellDuty
from scheduler.roster_grid import GridDuty, duties_from_grid
from scheduler.swaps import Swap
from wfm.errors import BadInput
from wfm.hotline import RosterCycle
from wfm.i18n import use_language
from wfm.store import PublishedAlready, StaleVersion, open_store

FIRST = date(2026, 9, 14)
LAST = date(2026, 9, 20)
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def store(tmp_path: Path):
    return open_store(f"sqlite:///{tmp_path / 'wfm.sqlite'}")


@pytest.fixture
def scenario() -> Scenario:
    """Nanxun's court line with two firms, its deadlines said outright."""
    found = load_scenario("nanxun-12368")
    cycle = RosterCycle(collect_by_days=10, publish_by_days=5, swap_until_h=24)
    agents = [
        a.model_copy(update={"firm": "甲所" if n % 2 else "乙所", "pair": ""}) for n, a in enumerate(found.agents)
    ]
    contracts = tuple(c.model_copy(update={"cost_per_h": 60.0, "employee": False}) for c in found.hotline.contracts)
    hotline = found.hotline.model_copy(update={"roster_cycle": cycle, "contracts": contracts})
    return replace(found, hotline=hotline, agents=agents, leave=[])


def roster_of(scenario: Scenario, people: list[tuple[str, int, str]], posts_known: bool = True) -> RosterAtHand:
    """A roster of (agent, day, role) in the shift day-1 (08:30 to 17:30, an hour's unpaid break)."""
    empty = pd.DataFrame(columns=["date", "group", "shift", "posts_a", "posts_b"])
    problem = roster_problem(scenario, FIRST, 7, empty)
    cells = [GridDuty(a, FIRST + timedelta(days=d), CellDuty("day-1", role, "court")) for a, d, role in people]
    duties = duties_from_grid(problem, cells)
    problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    return RosterAtHand("small", scenario, problem, duties, posts_known)


@pytest.fixture
def small(scenario) -> RosterAtHand:
    return roster_of(scenario, [("A001", 0, "A"), ("A002", 0, "B"), ("A003", 1, "A"), ("A004", 1, "B")])


def test_a_calendar_month_ends_with_it():
    assert month_end(date(2026, 2, 1)) == date(2026, 2, 28)
    assert month_end(date(2026, 12, 1)) == date(2026, 12, 31)
    assert month_end(date(2026, 9, 14)) == date(2026, 10, 11)


def test_a_month_of_which_nothing_is_known_collects(scenario, store):
    view = look_at_month(scenario, store, FIRST, at("2026-08-01"))
    assert (view.state, view.requests, view.publications, view.amount) == ("collecting", (), (), None)
    assert look_at_month(scenario, store, FIRST, at("2026-09-10")).state == "building"
    assert store.months.month(scenario.hotline.id, FIRST) is None  # looking writes nothing


def test_requests_after_the_deadline_are_late_and_left_out(scenario, store, tmp_path):
    (tmp_path / "in.csv").write_text(
        "工号,类别,开始日期,结束日期,事由,收到时间\n"
        "A001,请假,2026-09-15,2026-09-16,年假,2026-09-04 23:59\n"
        "A002,请假,2026-09-17,,病假,2026-09-05 00:00\n"
        "A003,不想上,2026-09-18,2026-09-19,,2026/9/1 8:05\n"
        "A004,开庭,2026-09-16 09:00,2026-09-16 12:00,开庭,\n",
        encoding="utf-8",
    )
    new, late = collect_requests(scenario, store, FIRST, tmp_path / "in.csv", at("2026-09-02T10:00"), last=LAST)
    assert (new, late) == (4, 1)
    assert collect_requests(scenario, store, FIRST, tmp_path / "in.csv", at("2026-09-02T10:00"), last=LAST) == (0, 1)
    view = look_at_month(scenario, store, FIRST, at("2026-09-06"))
    assert {r.agent for r in view.requests if r.late} == {"A002"}
    leave, wishes, busy = collected(view.requests, late=False)
    assert [(x.agent, x.first, x.last, x.reason) for x in leave] == [
        ("A001", date(2026, 9, 15), date(2026, 9, 16), "年假")
    ]
    assert [(w.agent, w.date, w.wanted) for w in wishes] == [
        ("A003", date(2026, 9, 18), False),
        ("A003", date(2026, 9, 19), False),
    ]
    assert [(b.agent, b.start, b.end) for b in busy] == [("A004", at("2026-09-16T09:00"), at("2026-09-16T12:00"))]
    assert [x.agent for x in collected(view.requests, late=True)[0]] == ["A001", "A002"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A9999,请假,2026-09-15,,,", "in.csv:2: agent: unknown agent 'A9999'"),
        ("A001,旅游,2026-09-15,,,", "in.csv:2: kind: found '旅游'"),
        ("A001,请假,下周,,,", "in.csv:2: first: should be a date, as 2026-09-20 (found '下周')"),
        ("A001,请假,2026-09-15,2026-09-14,,", "in.csv:2: last: ends before it starts"),
        ("A001,请假,2026-09-15,,晚晚,", "in.csv:2: shift: found '晚晚', allowed are day-1"),
        ("A001,请假,2026-09-15,,,昨天", "in.csv:2: received: must be a time such as 2026-09-14 08:00, found '昨天'"),
    ],
)
def test_a_request_that_cannot_be_is_one_sentence(scenario, store, tmp_path, row, sentence):
    (tmp_path / "in.csv").write_text(f"工号,类别,开始日期,结束日期,班次,收到时间\n{row}\n", encoding="utf-8")
    with use_language("en"), pytest.raises(BadInput) as refused:
        collect_requests(scenario, store, FIRST, tmp_path / "in.csv", at("2026-09-02"))
    assert str(refused.value).startswith(sentence)
    assert look_at_month(scenario, store, FIRST, at("2026-09-02")).requests == ()


def test_publishing_in_time_late_and_twice(scenario, store, small):
    done = publish_roster(small, store, at("2026-09-09T23:59"))
    assert (done.publication.version, done.publication.late, done.publication.unchanged) == (1, False, False)
    assert publish_roster(small, store, at("2026-09-20")).publication.unchanged
    assert look_at_month(scenario, store, FIRST, at("2026-09-13")).state == "published"
    assert look_at_month(scenario, store, FIRST, at("2026-09-14")).state == "running"
    other = roster_of(scenario, [("A005", 0, "A"), ("A002", 0, "B"), ("A003", 1, "A"), ("A004", 1, "B")])
    with pytest.raises(PublishedAlready):
        publish_roster(other, store, at("2026-09-10"))
    second = publish_roster(other, store, at("2026-09-12"), over=1).publication
    assert (second.version, second.late) == (2, False)  # a correction is not late: the roster was out in time
    with pytest.raises(StaleVersion):
        publish_roster(small, store, at("2026-09-12"), over=1)


def test_a_first_publication_after_the_deadline_is_late(store, small):
    assert publish_roster(small, store, at("2026-09-10T00:00")).publication.late


def test_a_roster_that_breaks_rules_is_published_only_if_it_shall_be(scenario, store):
    twice = roster_of(scenario, [("A001", 0, "A"), ("A001", 0, "B")])
    with (
        use_language("en"),
        pytest.raises(BadInput, match=r"breaks \d rules and is not published, the first: A001 has 2 duties"),
    ):
        publish_roster(twice, store, at("2026-09-01"))
    assert store.months.month(scenario.hotline.id, FIRST) is None
    done = publish_roster(
        roster_of(scenario, [("A001", d, "A") for d in range(7)]), store, at("2026-09-01"), despite_rules=True
    )
    assert done.publication.version == 1
    assert "weekly_rest_day" in {v.rule for v in done.violations}


def test_the_published_roster_comes_back_with_its_posts(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    found = stored_roster(scenario, FIRST, store)
    assert found.version == 1
    assert found.posts_known
    columns = ["agent", "date", "shift", "group", "post", "role", "start", "end", "breaks", "remote"]
    pd.testing.assert_frame_equal(found.duties[columns], small.duties[columns], check_dtype=False)
    pd.testing.assert_frame_equal(found.problem.posts, small.problem.posts, check_dtype=False)


def test_a_swap_is_checked_agreed_and_published(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    swap = Swap("A001", FIRST, "A005")
    only_asked = swap_in_month(scenario, store, FIRST, swap, at("2026-09-10"))
    assert (only_asked.refused, only_asked.published) == ((), None)
    assert look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps == ()
    agreed = swap_in_month(scenario, store, FIRST, swap, at("2026-09-10"), agree=True)
    assert agreed.published is not None
    assert agreed.published.version == 2
    found = stored_roster(scenario, FIRST, store)
    assert sorted(found.duties["agent"]) == ["A002", "A003", "A004", "A005"]
    assert found.before is not None
    assert sorted(found.before["agent"]) == ["A001", "A002", "A003", "A004"]
    (kept,) = look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps
    assert (kept.state, kept.roster_version) == ("agreed", 2)


def test_who_is_on_duty_follows_swaps_and_repairs(scenario, store, small):
    def on_duty(day: date) -> set[tuple[str, str]]:
        roster = roster_on(scenario.hotline, day, store, [])
        assert roster is not None
        assert roster.kind == "published"
        return {(d.agent, d.role) for d in duties_at(roster, scenario.agents, at(f"{day}T10:00"))}

    tuesday = FIRST + timedelta(days=1)
    publish_roster(small, store, at("2026-09-01"))
    assert on_duty(FIRST) == {("A001", "A"), ("A002", "B")}
    assert on_duty(tuesday) == {("A003", "A"), ("A004", "B")}
    swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A005"), at("2026-09-10"), agree=True)
    assert on_duty(FIRST) == {("A005", "A"), ("A002", "B")}
    away = (("A003", tuesday, tuesday),)
    _, found = published_roster(scenario, store, FIRST)
    best = propose_repairs(found, away, at("2026-09-14T12:00"), seconds=2)[0]
    assert on_duty(tuesday) == {("A003", "A"), ("A004", "B")}  # only proposed
    take_repair(scenario, store, FIRST, best, away, at("2026-09-14T12:00"), over=2)
    repaired = on_duty(tuesday)
    assert ("A003", "A") not in repaired
    assert sorted(role for _, role in repaired) == ["A", "B"]
    newest = roster_on(scenario.hotline, tuesday, store, [])
    assert newest is not None
    assert newest.name.en == "published roster 2026-09-14 – 2026-09-20, version 3"


def test_a_swap_that_breaks_a_rule_is_refused_with_its_sentence(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    answer = swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A002"), at("2026-09-10"), agree=True)
    assert answer.published is None
    assert "A002 has 2 duties on 2026-09-14; one is allowed" in [t.en for t in answer.refused]
    (kept,) = look_at_month(scenario, store, FIRST, at("2026-09-10")).swaps
    assert kept.state == "refused"
    assert {"en", "zh"} == set(kept.reasons[0])
    assert stored_roster(scenario, FIRST, store).version == 1


def test_leave_collected_in_time_stands_against_a_swap_and_late_leave_does_not(scenario, store, small, tmp_path):
    (tmp_path / "in.csv").write_text(
        "agent,first,received\nA005,2026-09-14,2026-09-01 08:00\nA006,2026-09-14,2026-09-08 08:00\n", encoding="utf-8"
    )
    collect_requests(scenario, store, FIRST, tmp_path / "in.csv", at("2026-09-08"), last=LAST)
    publish_roster(small, store, at("2026-09-01"))
    refused = swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A005"), at("2026-09-10")).refused
    assert [t.en for t in refused] == ["A005 is on leave on 2026-09-14, but has a duty"]
    assert swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A006"), at("2026-09-10")).refused == ()


def test_the_deadline_of_swaps_bites_at_its_minute(scenario, store, small):
    publish_roster(small, store, at("2026-09-01"))
    swap = Swap("A001", FIRST, "A005")
    assert swap_in_month(scenario, store, FIRST, swap, at("2026-09-13T08:30")).refused == ()
    (late,) = swap_in_month(scenario, store, FIRST, swap, at("2026-09-13T08:31")).refused
    assert "could be swapped until 2026-09-13 08:30 (24 h before)" in late.en
    assert "最迟可在 2026-09-13 08:30 换班" in late.zh


def test_firms_get_duties_first_and_name_people_later(scenario, store, small):
    done = publish_roster(small, store, at("2026-09-01"), to_firms=True)
    assert done.to_name == 4
    assert done.violations == ()
    waiting = places_to_name(stored_roster(scenario, FIRST, store).duties)
    post = str(waiting["post"].iloc[0])
    with use_language("en"), pytest.raises(BadInput, match="is for 乙所 to name; A002 is of 甲所"):
        name_lawyer(scenario, store, FIRST, post, "A", "A002")
    named = name_lawyer(scenario, store, FIRST, post, "A", "A007")
    assert (named.publication.version, named.to_name) == (2, 3)


def test_nothing_goes_on_before_publication(scenario, store):
    for act in (
        lambda: swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A005"), at("2026-09-01")),
        lambda: settle_month(scenario, store, FIRST, at("2026-10-01")),
        lambda: name_lawyer(scenario, store, FIRST, "p", "A", "A001"),
    ):
        with use_language("en"), pytest.raises(BadInput, match="is published; publish one with wfm roster publish"):
            act()


def test_attendance_is_settled_once_and_then_nothing_changes(scenario, store, small, tmp_path):
    publish_roster(small, store, at("2026-09-01"))
    (tmp_path / "att.csv").write_text(
        "工号,签到,签退\nA001,2026-09-14 08:30,2026-09-14 17:30\nA003,2026/9/15 8:30,2026/9/15 12:00\n",
        encoding="utf-8",
    )
    assert record_attendance(scenario, store, tmp_path / "att.csv") == (2, 2)
    assert record_attendance(scenario, store, tmp_path / "att.csv") == (0, 2)
    _, fees = settle_month(scenario, store, FIRST, at("2026-09-18"))
    # 9 h less an hour's unpaid break from 11:30 on, at 60; 3.5 h less the half hour of it that was worked through
    amounts = {p.agent: (p.paid_h, p.amount, p.missed) for p in fees.people if p.duties_a}
    assert amounts == {"A001": (8.0, Decimal("480.00"), 0), "A003": (3.0, Decimal("180.00"), 0)}
    assert fees.amount == sum(f.amount for f in fees.firms) == Decimal("660.00")
    with use_language("en"), pytest.raises(BadInput, match="the last duty ends at 2026-09-21 00:00"):
        settle_month(scenario, store, FIRST, at("2026-09-18"), final=True)
    settle_month(scenario, store, FIRST, at("2026-09-21"), final=True)
    view = look_at_month(scenario, store, FIRST, at("2026-09-21"))
    assert (view.state, view.amount) == ("settled", "660.00")
    (tmp_path / "more.csv").write_text("工号,签到,签退\nA002,2026-09-16 08:30,2026-09-16 09:30\n", encoding="utf-8")
    other = roster_of(scenario, [("A005", 0, "A")])
    for act in (
        lambda: settle_month(scenario, store, FIRST, at("2026-09-22"), final=True),
        lambda: record_attendance(scenario, store, tmp_path / "more.csv"),
        lambda: publish_roster(other, store, at("2026-09-22"), over=1),
        lambda: swap_in_month(scenario, store, FIRST, Swap("A001", FIRST, "A005"), at("2026-09-10"), agree=True),
        lambda: collect_requests(scenario, store, FIRST, tmp_path / "none.csv", at("2026-09-22")),
    ):
        with use_language("en"), pytest.raises(BadInput, match="settled"):
            act()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("A001,2026-09-14 17:30,2026-09-14 08:30", "att.csv:2: signed in from 2026-09-14 17:30 to 2026-09-14 08:30"),
        ("A001,2026-09-14 08:30,2026-09-16 08:30", "allowed are more than 0 and at most 24 h"),
        ("A001,2026-09-14,2026-09-14", "att.csv:2: signed_in: must be a time such as 2026-09-14 08:00"),
        ("A0001,2026-09-14 08:30,2026-09-14 09:30", "unknown agent 'A0001'; did you mean A001?"),
    ],
)
def test_attendance_that_cannot_be_is_one_sentence(scenario, store, tmp_path, row, sentence):
    (tmp_path / "att.csv").write_text(f"agent,signed_in,signed_out\n{row}\n", encoding="utf-8")
    with use_language("en"), pytest.raises(BadInput) as refused:
        record_attendance(scenario, store, tmp_path / "att.csv")
    assert sentence in str(refused.value)


def test_rules_reach_across_the_border_of_months(scenario, store):
    """Six duties to Sunday before, a seventh on Monday: the roster before is the store's."""
    before = roster_of(scenario, [("A001", 0, "A"), ("A002", 0, "B")])
    earlier = replace(before.problem, first=FIRST - timedelta(days=7), posts=before.problem.posts.iloc[:0])
    cells = [GridDuty("A001", FIRST - timedelta(days=n), CellDuty("day-1", "A", "court")) for n in range(6, 0, -1)]
    tail = replace(before, problem=earlier, duties=duties_from_grid(earlier, cells))
    publish_roster(tail, store, at("2026-08-01"), despite_rules=True)
    done = publish_roster(before, store, at("2026-09-01"), despite_rules=True)
    assert "consecutive_days" in {v.rule for v in done.violations}


def test_a_roster_continues_those_published_before_it(scenario, store, small):
    """Rules and fairness look back into every roster published in time, in its last version, up to the day before."""
    after = FIRST + timedelta(days=3)
    assert published_before(scenario, after, store) == (None, ())
    publish_roster(small, store, at("2026-09-02"))
    history, notes = published_before(scenario, after, store)
    assert history is not None
    expected = small.duties[small.duties["date"] < pd.Timestamp(after)]
    assert set(zip(history["agent"], history["date"], strict=True)) == set(
        zip(expected["agent"], expected["date"], strict=True)
    )
    assert "2026-09-14" in notes[0].en
    assert "2026-09-14" in notes[0].zh
    assert published_before(scenario, FIRST, store) == (None, ())
    assert published_before(scenario, FIRST + timedelta(days=200), store) == (None, ())
