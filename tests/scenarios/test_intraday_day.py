"""Where a day ends and which moves help: against Erlang's formula, conservation, and the independent checker."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from scenarios.intraday import look_at_day
from scenarios.intraday_closed import closed_counts_to_come
from scenarios.intraday_kpi import DayEnd, DayKpi, done_counts, status_of
from scenarios.intraday_moves import find_moves
from scenarios.intraday_proposals import helping_proposals, home_proposals
from scenarios.intraday_roster import agents_on_duty, seats_expected
from scenarios.intraday_situation import Situation
from scenarios.roster_at_hand import counted_posts
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, load_scenario
from scheduler.duties_table import duties_frame
from scheduler.firm_duties import check_with_places
from scheduler.shift_times import break_words, duty_times
from scheduler.swaps import newly_broken
from wfm.errors import BadInput
from wfm.hotline import calendar_of, grid_of, targets_of
from wfm.metrics import COUNTS, KPIS
from wfm.records import RecordStore, generate_calls
from wfm.tables import CALLS, empty_table

DAY = date(2026, 9, 14)
ZONE = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


@pytest.fixture(scope="module")
def court() -> Scenario:
    return load_scenario("nanxun-12368")


def duties_of(court: Scenario, plan: list[tuple[str, str, str]], day: date = DAY) -> pd.DataFrame:
    """Rows of (agent, shift, role) on one day; the k-th A and the k-th B of a shift hold its post k."""
    rows, number = [], dict.fromkeys([(s, r) for _, s, r in plan], 0)
    for agent, shift, role in plan:
        number[shift, role] += 1
        kind = next(s for s in court.hotline.shifts if s.id == shift)
        start, end = duty_times(day, kind, ZONE)
        rows.append(
            {
                "agent": agent,
                "date": pd.Timestamp(day),
                "shift": shift,
                "group": "court",
                "post": f"{day}/{shift}/court/{number[shift, role]:02}",
                "role": role,
                "start": start,
                "end": end,
                "breaks": break_words(kind),
                "remote": False,
            }
        )
    return duties_frame(rows, "Asia/Shanghai")


USUAL = [("A001", "day-1", "A"), ("A002", "day-1", "B"), ("A003", "day-2", "A"), ("A004", "day-2", "B")]


def situation_of(court: Scenario, duties: pd.DataFrame, now: datetime, heads: float, calls: np.ndarray) -> Situation:
    hotline = court.hotline
    grid = grid_of(hotline, DAY, 1)
    posts = counted_posts(hotline, duties)
    on_duty = agents_on_duty(hotline, duties, grid)
    since = (pd.Timestamp(now) - grid.starts).total_seconds().to_numpy() / grid.interval_s
    clock = np.asarray(grid.minutes)
    is_open = (clock >= 510) & (clock < (1050 if hotline.groups[0].to == "17:30" else 1200))
    return Situation(
        hotline=hotline,
        grid=grid,
        now=now,
        problem=roster_problem(court, DAY, 1, posts),
        duties=duties,
        on_duty=on_duty,
        heads=np.where(is_open, heads, 0.0)[None],
        minimum=np.array([2.0]),
        blended_erlang=np.where(is_open, 0.6, 0.0)[None],
        load_erlang=np.where(is_open, 2.4, 0.0)[None],
        passed=np.clip(since, 0, 1),
        calls=calls * is_open * (1 - np.clip(since, 0, 1)),
    )


def end_of(situation: Situation) -> DayEnd:
    hotline = situation.hotline
    zero = np.zeros_like(situation.calls)
    return DayEnd(
        hotline,
        situation.grid,
        calendar_of(hotline),
        targets=[t for t in targets_of(hotline) if t.id in ("mean-answer-time", "total-connection-rate")],
        done=dict.fromkeys(COUNTS, 0.0),
        so_far=zero,
        passed=situation.passed,
        handling_s=np.full_like(zero, 240.0),
    )


def kpis_of(end: DayEnd, situation: Situation, p_met: float) -> tuple[DayKpi, ...]:
    values = end.values(situation.calls, seats_expected(situation.hotline, situation.on_duty))
    return tuple(
        DayKpi(
            t.id,
            t.name,
            t.kpi,
            KPIS[t.kpi].unit,
            t.operator or "",
            t.limit or 0.0,
            0.0,
            0.0,
            values[t.id],
            0.0,
            0.0,
            p_met,
        )
        for t in end.targets
    )


# Where the day ends


def erlang_a_served(load: float, seats: int, patience_over_handling: float) -> float:
    """Share of callers answered in M/M/n+M, from the birth–death chain's own balance."""
    weights, served = [1.0], [0.0]
    for n in range(1, 400):
        out = min(n, seats) + max(n - seats, 0) / patience_over_handling
        weights.append(weights[-1] * load / out)
        served.append(min(n, seats))
    return float(np.dot(weights, served) / np.sum(weights) / load)


def test_done_and_rest_add_up_before_they_are_divided(court: Scenario) -> None:
    """§117: ten of twenty answered so far; the rest follows the birth–death chain of its constant load."""
    plain = court.hotline.model_copy(
        update={
            "lines": tuple(
                x.model_copy(update={"redial": x.redial.model_copy(update={"share": 0.0})}) for x in court.hotline.lines
            )
        }
    )
    grid = grid_of(plain, DAY, 1)
    clock = np.asarray(grid.minutes)
    is_open = (clock >= 510) & (clock < 1050)
    passed = (clock < 780).astype(float)
    rest = (12.0 * is_open * (1 - passed))[None]
    so_far = (12.0 * is_open * passed)[None]
    done = dict.fromkeys(COUNTS, 0.0) | {"offered": 20.0, "queued": 20.0, "answered": 10.0, "abandoned": 10.0}
    end = DayEnd(
        plain, grid, calendar_of(plain), targets=list(targets_of(plain))[:1], done=done, so_far=so_far, passed=passed,
        handling_s=np.full((1, 48), 300.0),
    )  # fmt: skip
    counts = end.counts(rest, np.full((1, 48), 1.0))
    asking = 12 * 9 * (1 - plain.ivr.self_service_share - plain.ivr.hang_up_share)
    share = erlang_a_served(asking / 9 / 1800 * 300, 1, plain.lines[0].patience.mean_s / 300)
    assert counts["offered"] == pytest.approx(20 + 12 * 9)
    assert counts["queued"] == pytest.approx(20 + asking)
    assert counts["answered"] + counts["abandoned"] == pytest.approx(counts["queued"])
    assert counts["answered"] == pytest.approx(10 + asking * share, rel=0.01)


def test_a_day_that_is_over_is_what_was_counted(court: Scenario) -> None:
    """§117: nothing of the formulas is left in it."""
    situation = situation_of(
        court, duties_of(court, USUAL), at(23, 59) + timedelta(minutes=1), 2, np.full((1, 48), 9.0)
    )
    end = end_of(situation)
    end.done |= {"offered": 90.0, "ivr_completed": 30.0, "answered": 50.0, "queued": 60.0, "staffed_s": 3600.0}
    assert end.counts(np.zeros((1, 48)), situation.on_duty) == pytest.approx(end.done)


def test_counts_so_far_come_from_single_calls_or_from_intervals(court: Scenario) -> None:
    calls = generate_calls(court.hotline, DAY, 1, 5)
    by_hand = {
        "offered": len(calls),
        "answered": (calls["outcome"] == "answered").sum(),
        "abandoned": (calls["outcome"] == "abandoned").sum(),
    }
    found = done_counts(court.hotline, calls, pd.DataFrame())
    assert {k: found[k] for k in by_hand} == by_hand
    cells = pd.DataFrame({"offered": [5.0, 7.0], "answered": [4.0, np.nan], "blocked": [np.nan, np.nan]})
    from_intervals = done_counts(court.hotline, calls.iloc[:0], cells)
    assert (from_intervals["offered"], from_intervals["answered"]) == (12.0, 4.0)
    assert np.isnan(from_intervals["blocked"])
    assert [status_of(p) for p in (0.95, 0.9, 0.7, 0.2, np.nan)] == ["met", "met", "at risk", "missed", "unknown"]


def test_calls_of_closed_evenings_are_still_to_come(court: Scenario, tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Four Mondays to Thursdays before: five calls at 20:00 each, two of them called back, and one at 07:00."""
    start = DAY - timedelta(days=28)
    days = [start + timedelta(days=n) for n in range(28)]
    calendar = calendar_of(court.hotline)
    rows = []
    for day in (d for d in days if calendar.is_working_day(d)):
        rows += [(at(20, n, day), n < 2) for n in range(5)] + [(at(7, 0, day), False)]
    calls = empty_table(CALLS, court.hotline.time_zone).reindex(range(len(rows)))
    calls["call"] = pd.array([f"c{n}" for n in range(len(rows))], dtype="string")
    calls["line"] = court.hotline.line_ids[0]
    calls["arrived_at"] = pd.DatetimeIndex([moment for moment, _ in rows])
    calls["ended_at"] = calls["arrived_at"]
    back = [moment + timedelta(hours=13) if told else pd.NaT for moment, told in rows]
    calls["called_back_at"] = pd.DatetimeIndex(back).tz_localize(None).tz_localize(court.hotline.time_zone)
    calls["outcome"] = "closed"
    store = RecordStore(tmp_path, court.hotline.id)
    store.add(calls, "closed", "recorded")
    found = closed_counts_to_come(store, court.hotline, calendar, at(12))
    assert (found["offered"], found["closed"], found["called_back"]) == (5, 5, 2)
    assert found["answered"] == 0
    assert closed_counts_to_come(store, court.hotline, calendar, at(0))["offered"] == 6
    assert closed_counts_to_come(store, court.hotline, calendar, at(12, 0, date(2026, 9, 13))) == {}  # a Sunday


def test_unplanned_absence_is_taken_off_but_for_a_single_seat_with_its_b(court: Scenario) -> None:
    hotline = court.hotline.model_copy(
        update={"shrinkage": court.hotline.shrinkage.model_copy(update={"unplanned_share": 0.1})}
    )
    assert seats_expected(hotline, np.array([[0.0, 0.5, 1.0, 2.0, 10.0]])).ravel() == pytest.approx([0, 0.5, 1, 1.8, 9])


# Moves


@pytest.fixture(scope="module")
def lacking(court: Scenario) -> tuple[Situation, DayEnd]:
    situation = situation_of(court, duties_of(court, USUAL), at(9, 10), 3.0, np.full((1, 48), 11.0))
    return situation, end_of(situation)


def test_moves_keep_the_rules_and_tell_their_true_effect(lacking: tuple[Situation, DayEnd]) -> None:
    """§117: every proposal's roster is judged by the checker again; seats and KPI are worked out anew here."""
    situation, end = lacking
    kpis = kpis_of(end, situation, 0.3)
    moves = find_moves(situation, end, kpis)
    kinds = {m.kind for m in moves}
    assert kinds == {"backup", "postpone"}  # lunch elsewhere gains less than is worth asking
    by_text = {p.action.en: p for p in helping_proposals(situation)}
    before = check_with_places(situation.problem, situation.duties)
    for move in moves:
        proposal = next(p for words, p in by_text.items() if move.text.en.startswith(words))
        if proposal.duties is not None:
            broken = newly_broken(before, check_with_places(proposal.problem or situation.problem, proposal.duties))
            assert not [v for v in broken if v.breaks_law and v.rule != "shift_times"]
        if move.kind == "postpone":
            assert move.after == move.before
            continue
        seats = situation.on_duty + proposal.change
        assert move.after == pytest.approx(end.values(situation.calls, seats)[move.target])
        told = next(k for k in kpis if k.target == move.target)
        assert move.before == told.value
        better = 1.0 if told.operator == ">=" else -1.0
        assert better * (move.after - move.before) > 0
        assert str(told.name.en) in move.text.en
        assert move.text.zh != move.text.en
    assert [m.people for m in moves if m.kind == "backup"] == [("A002",), ("A004",)]
    assert moves[0].kind == "backup"


def test_a_b_answers_after_the_delay_until_the_duty_ends(lacking: tuple[Situation, DayEnd]) -> None:
    """§117: at 09:10 with two minutes' delay: 18 of the half-hour's 30 minutes, then whole half-hours but for the break."""
    situation, _ = lacking
    found = [p for p in helping_proposals(situation) if p.kind == "backup"]
    assert {p.people for p in found} == {("A002",), ("A004",)}
    first = next(p for p in found if p.people == ("A002",))
    assert first.change[0, 18] == pytest.approx(18 / 30)
    assert first.change[0, 19] == 1
    assert first.change[0, 23] == 0  # the early lunch, 11:30 to 12:30
    assert first.change[0, 34] == 1
    assert first.change[0, 35] == 0
    assert (first.change >= 0).all()


def test_a_break_goes_where_fewer_are_missing(court: Scenario) -> None:
    """§117: lunch moves out of the busy hours, within an hour of its place, and nobody works more or less by it."""
    duties = duties_of(
        court, [("A001", "day-1", "A"), ("A003", "day-1", "A"), ("A002", "day-1", "B"), ("A004", "day-1", "B")]
    )
    situation = situation_of(court, duties, at(9), 2.0, np.full((1, 48), 10.0))
    busy = situation.heads.copy()
    busy[0, 25:] = 1.0
    busy[0, 23:25] = 2.0
    calm = replace(situation, heads=busy)
    move = next(p for p in helping_proposals(calm) if p.kind == "break")
    assert move.change.sum() == pytest.approx(0.0)
    assert move.duties is not None
    assert set(move.duties.loc[move.duties["agent"].isin(move.people), "breaks"]) == {"12:30-13:30"}
    assert "11:30-12:30" in move.action.en
    assert "12:30-13:30" in move.action.en


def test_nobody_goes_home_who_is_needed(court: Scenario) -> None:
    """§117: seats over are saved one after the other; no interval falls below its heads or the minimum cover."""
    people = [(f"A{n:03}", f"day-{1 + n % 2}", "A") for n in range(1, 9)]
    situation = situation_of(court, duties_of(court, people), at(13, 40), 3.0, np.full((1, 48), 4.0))
    end = end_of(situation)
    moves = find_moves(situation, end, kpis_of(end, situation, 1.0))
    assert moves
    assert {m.kind for m in moves} == {"home"}
    gone = [p for m in moves for p in m.people]
    assert len(gone) == len(set(gone)) == 5
    left = situation.duties[~situation.duties["agent"].isin(gone)]
    ahead = situation.passed == 0
    there = agents_on_duty(situation.hotline, left, situation.grid)
    assert (there[:, ahead] >= situation.heads[:, ahead]).all()
    assert not list(home_proposals(replace(situation, duties=left, on_duty=there)))


def test_somebody_with_the_day_off_is_asked_only_within_the_rules(court: Scenario) -> None:
    """§117: no shift begins after 08:30 in the court, so that before it people are asked, and on leave they are not."""
    situation = situation_of(court, duties_of(court, USUAL), at(6), 3.0, np.full((1, 48), 11.0))
    asked = [p for p in helping_proposals(situation) if p.kind == "extra"]
    assert asked
    assert not {p.people[0] for p in asked} & {"A001", "A002", "A003", "A004"}
    end = end_of(situation)
    offered = [m for m in find_moves(situation, end, kpis_of(end, situation, 0.1)) if m.kind == "extra"]
    assert len({(m.start, m.end, m.group) for m in offered}) == len(offered)
    late = situation_of(court, duties_of(court, USUAL), at(8), 3.0, np.full((1, 48), 11.0))
    assert not [p for p in helping_proposals(late) if p.kind == "extra"]


@pytest.mark.parametrize(("rest_h", "offered"), [(11.0, True), (15.0, False)])
def test_a_rule_that_a_move_would_break_keeps_it_from_being_offered(
    court: Scenario, rest_h: float, offered: bool
) -> None:
    """§117: open until 20:00, duties could end later; not where too little rest would be left until the next day's."""
    old = court.hotline
    hotline = old.model_copy(
        update={
            "rules": old.rules.model_copy(update={"rest_between_shifts_h": rest_h}),
            "opening": old.opening.model_copy(update={"weekday": ("08:30", "20:00")}),
            "groups": tuple(g.model_copy(update={"to": "20:00"}) for g in old.groups),
        }
    )
    scenario = replace(court, hotline=hotline)
    today, tomorrow = duties_of(scenario, USUAL), duties_of(scenario, USUAL, DAY + timedelta(days=1))
    one = situation_of(scenario, today, at(9, 10), 2.0, np.full((1, 48), 11.0))
    both_days = pd.concat([today, tomorrow], ignore_index=True)
    two = replace(one, duties=both_days, problem=roster_problem(scenario, DAY, 2, counted_posts(hotline, both_days)))
    end = end_of(two)
    longer = [p for p in helping_proposals(two) if p.kind == "longer"]
    assert {p.end for p in longer} == {pd.Timestamp(at(18, 30)), pd.Timestamp(at(19, 30))}
    moves = [m for m in find_moves(two, end, kpis_of(end, two, 0.2)) if m.kind == "longer"]
    assert bool(moves) == offered
    assert all(m.hours > 0 and m.target == "total-connection-rate" for m in moves)
    # Who is answered in the evening waits longer than nobody.
    assert all("; but Mean answer time goes from" in m.text.en for m in moves)


# The whole way


@pytest.fixture
def few_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to see that bands are in order."""
    monkeypatch.setattr("scenarios.intraday.PATHS", 200)
    monkeypatch.setattr("scenarios.intraday_kpi.PATHS_PLAYED", 4)


@pytest.fixture(scope="module")
def home(court: Scenario, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("intraday-home")
    calls = generate_calls(court.hotline, DAY - timedelta(days=34), 35, 3)
    RecordStore(folder, court.hotline.id).add(calls, "made", "synthetic", time_zone="Asia/Shanghai")
    return folder


@pytest.fixture(scope="module")
def roster(court: Scenario, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("roster") / "duties.csv"
    week = [duties_of(court, USUAL, DAY + timedelta(days=n)) for n in range(6)]
    table = pd.concat(week, ignore_index=True)
    for column in ("start", "end"):
        table[column] = [t.isoformat() for t in table[column]]
    table.assign(date=table["date"].dt.strftime("%Y-%m-%d")).to_csv(path, index=False)
    return str(path)


@pytest.mark.usefixtures("few_paths")
def test_a_morning_is_looked_at_from_its_records_alone(court: Scenario, home, roster: str, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """§114 §117: so far as recorded before now; done and rest make the day; later records change nothing."""
    monkeypatch.setenv("WFM_HOME", str(home))
    found = look_at_day(court, "nanxun-12368", at(11, 10), home, roster=roster)
    calls = RecordStore(home, court.hotline.id).calls(DAY, DAY, time_zone="Asia/Shanghai")
    before = calls[calls["arrived_at"] < pd.Timestamp(at(11, 10))]
    line = found.lines.iloc[0]
    assert line["so_far"] == found.intervals["recorded"].sum()
    assert 0 < line["so_far"] <= len(before) < len(calls)
    assert line["so_far"] + line["rest"] == pytest.approx(line["day"])
    assert line["p025"] <= line["p10"] <= line["p50"] <= line["p90"] <= line["p975"]
    assert found.seats["interval"].min() == pd.Timestamp(at(11))
    assert {k.status for k in found.kpis} <= {"met", "at risk", "missed"}
    rate = next(k for k in found.kpis if k.target == "total-connection-rate")
    done = done_counts(court.hotline, before, pd.DataFrame())
    assert rate.so_far == pytest.approx(
        (done["ivr_completed"] + done["answered"] + done["called_back"]) / done["offered"]
    )


@pytest.mark.usefixtures("few_paths")
def test_outside_the_hours_and_on_closed_days_it_says_so(court: Scenario, home, roster: str, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """§116."""
    monkeypatch.setenv("WFM_HOME", str(home))
    early = look_at_day(court, "nanxun-12368", at(6), home, roster=roster)
    assert any("agents answer from 08:30 on" in n.en for n in early.notes)
    late = look_at_day(court, "nanxun-12368", at(19), home, roster=roster)
    assert any("answered until 17:30" in n.en for n in late.notes)
    assert late.moves == ()
    saturday = look_at_day(court, "nanxun-12368", at(10, day=DAY + timedelta(days=5)), home, roster=roster)
    assert any("closed" in n.en for n in saturday.notes)
    assert any("开放" in n.zh for n in saturday.notes)


def test_without_records_or_roster_it_is_refused(court: Scenario, home, roster: str, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("WFM_HOME", str(tmp_path))
    monkeypatch.delenv("WFM_DATABASE_URL", raising=False)
    with pytest.raises(BadInput, match="call records of 0 days"):
        look_at_day(court, "nanxun-12368", at(10), tmp_path, roster=roster)
    with pytest.raises(BadInput, match="no plan or roster of nanxun-12368 holds 2026-09-14"):
        look_at_day(court, "nanxun-12368", at(10), home)
    with pytest.raises(BadInput, match="without 2026-09-28"):
        look_at_day(court, "nanxun-12368", at(10, day=date(2026, 9, 28)), home, roster=roster)
