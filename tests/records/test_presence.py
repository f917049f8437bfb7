"""Presence, skills and pauses read back from records whose truth is known: a plain queue, played call by call."""

from __future__ import annotations

import heapq
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.calendar import TimeGrid
from wfm.errors import BadInput
from wfm.records.asked_calls import asked_calls, waiting_of
from wfm.records.pace import handling_pace
from wfm.records.pauses import LENGTHS_S, PauseLaw, Pauses, drawn_pauses, pause_law, pauses_of
from wfm.records.precedence import head_starts
from wfm.records.presence import stays_of
from wfm.records.skills import answered_lines

GRID = TimeGrid(date(2026, 3, 2), 1, 30, "Asia/Shanghai")
LINES = ("law", "wages")
HEAD_S = {"law": 0.0, "wages": 90.0}
AGENTS = {"a1": (LINES, 1.0), "a2": (LINES, 1.0), "a3": (("law",), 1.5), "a4": (("law",), 0.7), "a5": (LINES, 1.0)}
"""Agent → lines, pace."""
OPEN_S, CLOSE_S = 8 * 3600.0, 20 * 3600.0
LUNCH_S = 1800.0
AWAY_S = 120.0


class Truth(NamedTuple):
    """Records of a played day, and who was there: (agent, start, end) of each stay, and the pause after each call."""

    calls: pd.DataFrame
    stays: list[tuple[str, float, float]]
    pauses_s: list[float]


def play_day(seed: int, per_hour: float = 110.0) -> Truth:
    """First come first served with a head start; agents of two skills, a lunch each, pauses of 10 s on average.

    An implementation of its own: it steps from moment to moment and asks everybody.
    """
    rng = np.random.default_rng(seed)
    stays, events, number = [], [], 0
    for n, agent in enumerate(AGENTS):
        lunch_s = 11 * 3600.0 + n * 2400.0
        for start_s, end_s in ((OPEN_S, lunch_s), (lunch_s + LUNCH_S, CLOSE_S)):
            stays.append((agent, start_s, end_s))
            events += [(start_s, 0, n, "on"), (end_s, 1, n, "off")]
    arrivals_s = np.sort(rng.uniform(OPEN_S, CLOSE_S, rng.poisson(per_hour * (CLOSE_S - OPEN_S) / 3600)))
    events += [(float(t), 2, n, "call") for n, t in enumerate(arrivals_s)]
    heapq.heapify(events)
    line = np.where(rng.random(len(arrivals_s)) < 0.3, "wages", "law")
    patience_s = rng.exponential(400.0, len(arrivals_s))
    names = list(AGENTS)
    on_duty, busy, free_since = (dict.fromkeys(names, value) for value in (False, False, 0.0))
    waiting: list[int] = []
    rows, pauses_s = [], []

    def take(call: int, name: str, now: float) -> None:
        talk_s, pause_s = rng.exponential(150.0) * AGENTS[name][1], rng.exponential(10.0)
        rows.append((call, line[call], arrivals_s[call], now, now + talk_s, "answered", name))
        pauses_s.append(pause_s)
        busy[name] = True
        heapq.heappush(events, (now + talk_s + pause_s, 3, names.index(name), "free"))

    while events:
        now, _, number, what = heapq.heappop(events)
        for call in [c for c in waiting if arrivals_s[c] + patience_s[c] <= now]:
            waiting.remove(call)
            rows.append(
                (call, line[call], arrivals_s[call], np.nan, arrivals_s[call] + patience_s[call], "abandoned", None)
            )
        if what == "call":
            able = [a for a in names if on_duty[a] and not busy[a] and line[number] in AGENTS[a][0]]
            if able:
                take(number, min(able, key=lambda a: free_since[a]), now)
            else:
                waiting.append(number)
            continue
        name = names[number]
        if what == "off":
            on_duty[name] = False
            continue
        if what == "on":
            on_duty[name] = True
        else:
            busy[name] = False
        if on_duty[name] and not busy[name]:
            free_since[name] = now
            mine = [c for c in waiting if line[c] in AGENTS[name][0]]
            if mine:
                first = min(mine, key=lambda c: arrivals_s[c] - HEAD_S[str(line[c])])
                waiting.remove(first)
                take(first, name, now)
    return Truth(records(rows), stays, pauses_s)


def records(rows: list[tuple[int, str, float, float, float, str, str | None]]) -> pd.DataFrame:
    """Call records of (call, line, asked, picked up, ended, outcome, agent)."""
    table = pd.DataFrame(rows, columns=["call", "line", "queued_at", "answered_at", "ended_at", "outcome", "agent"])
    for name in ("queued_at", "answered_at", "ended_at"):
        table[name] = GRID.starts[0] + pd.to_timedelta(table[name].astype(float), unit="s")
    return table.assign(wrap_s=np.nan)


@pytest.fixture(scope="module", params=range(3))
def truth(request):
    return play_day(request.param)


@pytest.fixture(scope="module")
def read(truth):
    """What is read back: the calls, head starts, skills, pauses."""
    asked = asked_calls(truth.calls, GRID)
    head_s = head_starts(asked)
    answers = answered_lines(asked, head_s[None])
    return asked, head_s, answers, pauses_of(asked, answers)


def test_every_call_is_there_once(truth, read) -> None:
    asked = read[0]
    assert sorted(asked.row.tolist()) == list(range(len(truth.calls)))
    assert asked.answered.sum() == (truth.calls["outcome"] == "answered").sum()
    assert (np.diff(asked.queued_s) >= 0).all()
    assert (asked.wait_s >= 0).all()


def test_the_head_start_is_read_from_who_overtook_whom(read) -> None:
    asked, head_s, *_ = read
    found = dict(zip(asked.line_ids, head_s.tolist(), strict=True))
    assert found["law"] == 0
    assert found["wages"] == pytest.approx(HEAD_S["wages"], abs=45)


def test_skills_are_read_from_who_was_passed_over(read) -> None:
    asked, _, answers, _ = read
    for agent, (lines, _) in AGENTS.items():
        found = {line for n, line in enumerate(asked.line_ids) if answers[asked.agent_ids.index(agent), 0, n]}
        assert found == set(lines), agent


def test_bounds_hold_the_true_pause(read, truth) -> None:
    """Where an agent took the next call in the same stay, the true pause lies within what is known of it."""
    asked, _, _, pauses = read
    answered = truth.calls[truth.calls["outcome"] == "answered"]
    pause_of = dict(zip(answered.index, truth.pauses_s, strict=True))
    back_s = {name: start_s for name, start_s, _ in truth.stays if start_s > OPEN_S}
    checked = 0
    for before, done_s, least, most in zip(pauses.before, pauses.done_s, pauses.least_s, pauses.most_s, strict=True):
        if done_s < back_s[asked.agent_ids[asked.agent[before]]] <= done_s + most + 1:
            continue  # lunch
        assert least - 1 <= pause_of[asked.row[before]] <= most + 1
        checked += 1
    assert checked > 500


def test_the_law_of_pauses_is_found(read) -> None:
    *_, pauses = read
    short = pause_law(pauses).up_to(AWAY_S)
    assert short.mean_s == pytest.approx(10.0, rel=0.15)
    # Quartiles of the exponential that the pauses were drawn from.
    assert short.quantile(np.array([0.25, 0.5, 0.75])) == pytest.approx([2.9, 6.9, 13.9], abs=1.7)


def test_presence_is_found_again(read, truth) -> None:
    """Of all agent-seconds the reading and the truth share 95 %; lunches are seen; stays of an agent stay apart."""
    asked, _, _, pauses = read
    law = pause_law(pauses)
    length_s = drawn_pauses(pauses, law, np.random.default_rng(5).random(len(pauses.before)))
    stays = stays_of(asked, pauses, length_s, AWAY_S)
    moments = np.arange(OPEN_S, CLOSE_S, 10.0)
    same = found_total = true_total = 0
    for agent in AGENTS:
        number = asked.agent_ids.index(agent)
        mine = stays.agent == number
        found, true = np.zeros((2, len(moments)), dtype=bool)
        for start_s, end_s in zip(stays.start_s[mine], stays.end_s[mine], strict=True):
            found |= (moments >= start_s) & (moments < end_s)
        for name, start_s, end_s in truth.stays:
            true |= (name == agent) & (moments >= start_s) & (moments < end_s)
        same += (found & true).sum()
        found_total += found.sum()
        true_total += true.sum()
        assert (stays.start_s[mine][1:] >= stays.end_s[mine][:-1]).all()
        gaps = stays.start_s[mine][1:] - stays.end_s[mine][:-1]
        assert gaps.max() == pytest.approx(LUNCH_S, abs=700), "lunch"
    assert same / max(found_total, true_total) > 0.95


def test_pace_is_read_from_handling_times(read) -> None:
    asked = read[0]
    pace = handling_pace(asked)
    told = pace.pace
    middle = np.mean([told["a1"], told["a2"], told["a5"]])
    assert 1.15 < told["a3"] / middle < 1.75
    assert 0.5 < told["a4"] / middle < 0.95
    assert set(pace.times_s) == set(LINES)


def test_factors_add_up_to_the_time_of_each_line(read) -> None:
    asked = read[0]
    pace = handling_pace(asked)
    answered = asked.answered
    for number, line in enumerate(asked.line_ids):
        mine = answered & (asked.line == number)
        took_s = (asked.done_s - asked.left_s)[mine].sum()
        factor = (
            np.array([pace.pace[asked.agent_ids[a]] for a in asked.agent[mine]])
            * pace.by_hour[asked.minute[mine] // 60]
        )
        assert pace.times_s[line].mean() * factor.sum() == pytest.approx(took_s, rel=0.03)


@given(
    st.lists(st.tuples(st.floats(0, 900), st.floats(0, 600), st.booleans()), min_size=1, max_size=60),
    st.integers(0, 2**32 - 1),
)
def test_drawn_pauses_keep_to_what_is_known(bounds, seed) -> None:
    least = np.array([low for low, _, _ in bounds])
    most = np.array([low if exact else low + more for low, more, exact in bounds])
    none = np.zeros(len(bounds), dtype=np.int64)
    pauses = Pauses(none, none, least, least, most)
    law = pause_law(pauses)
    assert law.share.sum() == pytest.approx(1)
    assert (law.share >= 0).all()
    drawn = drawn_pauses(pauses, law, np.random.default_rng(seed).random(len(bounds)))
    assert ((drawn >= least) & (drawn <= most)).all()


def test_exactly_known_pauses_give_their_own_distribution() -> None:
    """Without censoring the estimate is the empirical distribution."""
    lengths = np.repeat([3.0, 8.0, 40.0], [5, 3, 2])
    none = np.zeros(len(lengths), dtype=np.int64)
    law = pause_law(Pauses(none, none, lengths, lengths, lengths))
    found = dict(zip(LENGTHS_S.tolist(), law.share.tolist(), strict=True))
    assert [found[x] for x in (3.0, 8.0, 40.0)] == pytest.approx([0.5, 0.3, 0.2], abs=1e-9)


def test_right_censored_pauses_agree_with_the_product_limit() -> None:
    """Known or cut off, nothing else: Turnbull's estimate is then Kaplan and Meier's, here worked out by hand.

    At risk 6, 4, 2 at 10, 20 and 30 s, one ends each time: survival 5/6, 5/6 · 3/4, 5/6 · 3/4 · 1/2.
    """
    least = np.array([10.0, 15.0, 20.0, 25.0, 30.0, 35.0])
    ends = np.array([True, False, True, False, True, False])
    most = np.where(ends, least, LENGTHS_S[-1])
    none = np.zeros(6, dtype=np.int64)
    law = pause_law(Pauses(none, none, least, least, np.minimum(most, 3600.0)))
    beyond = [law.share[x < LENGTHS_S].sum() for x in (10.0, 20.0, 30.0)]
    assert beyond == pytest.approx([5 / 6, 5 / 6 * 3 / 4, 5 / 6 * 3 / 4 / 2], abs=1e-6)


def test_a_law_cut_off_keeps_its_proportions() -> None:
    share = np.zeros(len(LENGTHS_S))
    share[[5, 10, 200]] = 0.4, 0.4, 0.2
    cut = PauseLaw(share).up_to(60.0)
    assert cut.share[[5, 10]].tolist() == [0.5, 0.5]
    assert cut.mean_s == pytest.approx((LENGTHS_S[5] + LENGTHS_S[10]) / 2)


def test_ringing_hidden_before_the_queue_is_given_back() -> None:
    """A call answered as it asked has rung before; one that waited was given to the agent a ring before pick-up."""
    start = OPEN_S
    calls = records(
        [
            (0, "law", start, start, start + 60, "answered", "a1"),
            (1, "law", start + 20, start + 70, start + 90, "answered", "a1"),
        ]
    )
    asked = asked_calls(calls, GRID, ring_s=4.0)
    assert asked.queued_s.tolist() == [start - 4, start + 20]
    assert asked.left_s.tolist() == [start - 4, start + 66]
    assert asked.wait_s.tolist() == [4, 50]
    assert asked.waited.tolist() == [False, True]
    (waiting,) = waiting_of(asked)
    assert (waiting.start_s.tolist(), waiting.end_s.tolist()) == ([start + 20], [start + 66])


def test_records_without_a_named_agent_are_refused() -> None:
    calls = records([(0, "law", OPEN_S, np.nan, OPEN_S + 9, "abandoned", None)])
    with pytest.raises(BadInput, match="no call of the period was answered by a named agent"):
        asked_calls(calls, GRID)
