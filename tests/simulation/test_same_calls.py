"""The readable engine and the compiled one return the same calls, bit for bit, whatever the centre."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable
from dataclasses import replace
from math import inf, nan, nextafter
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.attendance import RosteredDuties
from simulation.calls import SimulatedCalls, assert_same_calls
from simulation.centre import AgentChoice, Centre, GivenCalls, Overflow
from simulation.compiled import play_compiled, simulate_compiled
from simulation.compiled_floor import AHEAD
from simulation.draws import (
    Law,
    constant,
    empirical,
    exponential,
    hyperexponential,
    lognormal,
    quantile_table,
    weibull,
)
from simulation.event_heap import as_time, as_whole, event_at, no_events, pop, push, replace_first
from simulation.pointers import address_of
from simulation.simpy_model import simulate
from wfm.tables import SIMULATED_OUTCOMES

INTERVAL_S = 600.0
PER_DAY = 8
GRID_S = 30.0
"""What lasts constantly lasts so many seconds, or a multiple, so that much happens at the same instant."""

RULES = (
    "absence", "announced", "busy", "by_rate", "call_back_closed", "call_back_missed", "choice", "closing", "empirical",
    "follow_up", "head_start", "ivr", "late", "morning", "orders", "overflow", "pace", "places", "priority", "random",
    "redial", "ring", "short", "switching", "three_way",
)  # fmt: skip

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Maker:
    """A centre of up to four lines, three groups and nine agents over one to three short days, with these rules on."""

    def __init__(self, rules: set[str], seed: int) -> None:
        self.rules = rules
        self.random = np.random.default_rng(seed)
        self.lines = int(self.random.integers(1, 5))
        self.groups = int(self.random.integers(1, 4))
        self.agents = int(self.random.integers(1, 10))
        self.days = int(self.random.integers(1, 4))
        self.intervals = self.days * PER_DAY
        self.horizon_s = self.intervals * INTERVAL_S

    def one(self, *values: Any) -> Any:
        return values[int(self.random.integers(len(values)))]

    def if_on(self, rule: str, *values: Any, otherwise: Any) -> Any:
        """One of the values if the rule is on."""
        return self.one(*values) if rule in self.rules else otherwise

    def of_lines(self, rule: str, *values: Any, otherwise: Any) -> tuple[Any, ...]:
        return tuple(self.if_on(rule, *values, otherwise=otherwise) for _ in range(self.lines))

    def on_grid(self, most: float) -> float:
        return GRID_S * int(self.random.integers(0, most / GRID_S + 1))

    def law(self, most_s: float) -> Law:
        laws = [constant(self.on_grid(most_s))]
        if "random" in self.rules:
            laws += [exponential(most_s / 2), lognormal(most_s / 2, 1.0), weibull(most_s / 2, 0.7)]
            laws += [hyperexponential(0.3, most_s / 9, most_s)]
        if "empirical" in self.rules:
            laws += [empirical(0)]
        return self.one(*laws)

    def laws(self, most_s: float) -> tuple[Law, ...]:
        return tuple(self.law(most_s) for _ in range(self.lines))

    def tables(self) -> Floats:
        return quantile_table((0, 0.4, 1), (0, 60, 400))[None, :]

    def roster(self) -> RosteredDuties:
        duties = []
        for agent in range(self.agents):
            at = self.on_grid(2 * INTERVAL_S) - INTERVAL_S
            while at < self.horizon_s and len(duties) < 24:
                end = at + GRID_S * int(self.random.integers(10, 160))
                duties.append((at, agent, end))
                at = end + self.one(0.0, GRID_S, 20 * GRID_S)
        duties.sort()
        start_s, agent, end_s = (np.array(column) for column in zip(*duties, strict=True))
        standby = self.random.random(len(duties)) < (0.3 if "absence" in self.rules else 0.0)
        standby[0] = False
        paired = tuple(bool(self.random.random() < 0.5) for _ in duties)
        backups = [
            tuple(b for b in np.flatnonzero(standby).tolist() if start_s[b] < end_s[k] and end_s[b] > start_s[k])
            for k in range(len(duties))
        ]
        return RosteredDuties(
            agent_ids=tuple(f"agent-{k}" for k in range(self.agents)),
            agent=agent.astype(np.int64),
            group=self.random.integers(0, self.groups, len(duties)),
            standby=standby,
            start_s=start_s,
            end_s=end_s,
            key=self.random.integers(0, 2**63, len(duties)).astype(np.uint64),
            pauses=tuple(self.pauses(begin, end) for begin, _, end in duties),
            backups=tuple(() if standby[k] else backups[k] for k in range(len(duties))),
            paired=paired,
            remote=self.random.random(len(duties)) < 0.3,
        )

    def pauses(self, start_s: float, end_s: float) -> tuple[tuple[float, float], ...]:
        begin = start_s + GRID_S * int(self.random.integers(1, 8))
        return self.one((), ((begin, begin + GRID_S),), ((begin, begin + 60), (end_s - 60, end_s + 60)))

    def serving(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        served = np.repeat(self.random.integers(0, self.groups, (self.lines, 1)), self.intervals, axis=1)
        if "switching" in self.rules:
            for interval in self.random.integers(1, self.intervals, 3):
                served[:, interval:] = self.random.integers(0, self.groups, (self.lines, 1))
        return served.astype(np.int64)

    def open_hours(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        flags = np.ones(self.intervals, dtype=bool)
        if "closing" in self.rules:
            flags = self.random.random(self.intervals) < 0.7
        return flags

    def overflow(self) -> tuple[tuple[Overflow, ...], ...]:
        if "overflow" not in self.rules:
            return ()
        return tuple(
            tuple(
                Overflow(int(self.random.integers(self.groups)), self.one(0.0, 0.0, GRID_S, 60.0, 61.5, inf))
                for _ in range(int(self.random.integers(0, 4)))
            )
            for _ in range(self.lines)
        )

    def demand(self) -> dict[str, Any]:
        """Calls at given times, most on the grid and some a hair before or after; or drawn within their intervals."""
        calls = int(self.random.integers(0, 30 * self.days))
        arrivals = np.zeros((1, self.lines, self.intervals), dtype=np.int64)
        if "by_rate" in self.rules:
            arrivals = self.random.poisson(calls / arrivals.size, (2, *arrivals.shape[1:])).astype(np.int64)
            return {"arrivals": arrivals}
        time_s = [self.on_grid(min(self.horizon_s, self.one(2, 8, 24) * INTERVAL_S) - GRID_S) for _ in range(calls)]
        time_s = [max(0.0, self.one(t, t, t, nextafter(t, 0.0), nextafter(t, inf), t + 0.1)) for t in time_s]
        line = self.random.integers(0, self.lines, calls)
        return {"arrivals": arrivals, "given": GivenCalls(np.sort(np.array(time_s, dtype=float)), line)}

    def orders(self) -> dict[str, Any]:
        if "orders" not in self.rules:
            return {}
        classes = int(self.random.integers(1, 4))
        return {
            "order_share": tuple(self.one(0.3, 1.0) for _ in range(classes)),
            "order_work": tuple(self.law(900) for _ in range(classes)),
            "order_due_s": self.random.choice([1e4, 2e4, inf], (classes, self.intervals)),
            "order_by_day": tuple(self.one(True, False) for _ in range(classes)),
            "order_groups": self.random.random(self.groups) < 0.7,
        }

    def announced(self) -> dict[str, Any]:
        return {
            "announced_handling_s": self.of_lines("announced", 60.0, 200.0, otherwise=0.0),
            "offer_over_s": self.of_lines("announced", 0.0, 60.0, inf, otherwise=inf),
            "accept_share": self.of_lines("announced", 0.0, 0.6, 1.0, otherwise=0.0),
            "balk_over_s": self.of_lines("announced", 0.0, 200.0, inf, otherwise=inf),
            "balk_share": self.of_lines("announced", 0.0, 0.5, 1.0, otherwise=0.0),
        }

    def ivr(self) -> dict[str, Any]:
        return {
            "announcement_s": self.if_on("ivr", 0.0, GRID_S, otherwise=0.0),
            "menu": self.if_on("ivr", constant(0.0), constant(GRID_S), exponential(20.0), otherwise=constant(0.0)),
            "self_service_share": self.if_on("ivr", 0.0, 0.2, otherwise=0.0),
            "self_service": self.law(120),
            "hang_up_share": self.if_on("ivr", 0.0, 0.2, otherwise=0.0),
            "hang_up": self.law(60),
            "ivr_open_24_h": self.if_on("closing", True, False, otherwise=True),
        }

    def centre(self) -> Centre:
        is_open = self.open_hours()
        patience = tuple(self.one(constant(inf), self.law(600)) for _ in range(self.lines))
        return Centre(
            line_ids=tuple(f"line-{k}" for k in range(self.lines)),
            group_ids=tuple(f"group-{k}" for k in range(self.groups)),
            dates=np.datetime64("2026-09-14") + np.arange(self.days),
            interval_date=np.repeat(np.arange(self.days), PER_DAY),
            interval_s=INTERVAL_S,
            is_open=is_open,
            by_day=is_open & (self.random.random(self.intervals) < 0.7),
            serving=self.serving(),
            talk_scale=self.random.choice([1.0, 1.0, 0.8], (self.lines, self.intervals)),
            duties=self.roster(),
            circuits=self.if_on("busy", 1, 3, otherwise=2**31 - 1),
            ring_s=self.if_on("ring", 3.0, GRID_S, otherwise=0.0),
            talk=self.laws(400),
            hold=self.laws(60),
            wrap=tuple(self.one(constant(0.0), self.law(120)) for _ in range(self.lines)),
            short_call_share=self.of_lines("short", 0.0, 0.4, otherwise=0.0),
            short_call_s=self.of_lines("short", 0.0, GRID_S, otherwise=0.0),
            patience=patience,
            redial_share=self.of_lines("redial", 0.0, 0.7, 1.0, otherwise=0.0),
            redial_delay=self.laws(300),
            attempts_max=self.of_lines("redial", 2, 20, otherwise=1),
            call_back_missed=self.if_on("call_back_missed", True, otherwise=False),
            call_back_closed=self.if_on("call_back_closed", True, otherwise=False),
            call_back_reached_share=self.one(0.0, 0.6, 1.0),
            call_back_delay_s=self.one(0.0, 60.0, 300.0),
            call_back_next_morning=self.if_on("morning", True, otherwise=False),
            follow_up_share=self.if_on("follow_up", 0.4, 1.0, otherwise=0.0),
            follow_up=self.law(200),
            absence_share=self.if_on("absence", 0.5, otherwise=0.0),
            standby_delay_s=self.one(0.0, 300.0),
            tables=self.tables(),
            priority=self.of_lines("priority", 1, 2, otherwise=1),
            head_start_s=self.of_lines("head_start", 0.0, 30.0, 90.0, otherwise=0.0),
            overflow=self.overflow(),
            agent_choice=self.if_on("choice", *AgentChoice, otherwise=AgentChoice.IN_ORDER),
            three_way_share=self.of_lines("three_way", 0.0, 0.5, otherwise=0.0),
            three_way=self.laws(200),
            late_share=self.if_on("late", 0.5, 1.0, otherwise=0.0),
            late=self.law(1200),
            pace=self.random.choice([0.7, 1.0, 1.3], self.agents) if "pace" in self.rules else np.ones(self.agents),
            places=self.if_on("places", 1, 2, 4, otherwise=2**31 - 1),
            **self.demand(),
            **self.orders(),
            **self.announced(),
            **self.ivr(),
        )


def some_rules() -> st.SearchStrategy[set[str]]:
    """None, few, or nearly all."""
    some = st.sets(st.sampled_from(RULES))
    return st.one_of(some, some.map(lambda off: set(RULES) - off))


@settings(max_examples=1000, deadline=None)
@given(rules=some_rules(), seed=st.integers(0, 2**32))
def test_both_engines_return_the_same_calls(rules: set[str], seed: int) -> None:
    """§78 Every column, agents, other work, orders, stays, areas and busy seconds, on 1,000 random centres."""
    centre = Maker(rules, seed).centre()
    for replication in (0, 1):
        assert_same_calls(simulate(centre, seed, replication), simulate_compiled(centre, seed, replication))
        assert played(centre, seed, replication, areas=True) == played(centre, seed, replication, areas=False)


def played(centre: Centre, seed: int, replication: int, *, areas: bool) -> dict[str, bytes]:
    """All that counts are made of, to the last bit."""
    found = play_compiled(centre, seed, replication, areas=areas)
    rows = found.rows[list(set(found.rows.dtype.names) - {"inside", "settled", "waits", "next"})]
    parts = {"rows": rows, "works": found.works, "orders": found.orders, "busy_s": found.agents["busy_s"]}
    stays = {name: found.stays[name] for name in ("agent", "group", "start_s", "end_s")}
    return {name: str(part.tolist()).encode() for name, part in (parts | stays).items()}


def test_the_random_centres_meet_every_rule() -> None:
    """§78 What is compared holds every fate and every kind of other work, and much that happens at one instant."""
    fates: set[int] = set()
    kinds: set[int] = set()
    met = dict.fromkeys(("redials", "put aside", "same instant", "seated later", "overflowed", "due first"), 0)
    for seed in range(150):
        centre = Maker(set(RULES) - {RULES[seed % len(RULES)], "random", "by_rate"}, seed).centre()
        calls = simulate_compiled(centre, seed, 0)
        fates |= set(calls.outcome.tolist())
        kinds |= set(calls.other_work.kind.tolist())
        times = np.concatenate([calls.arrived_s, calls.ended_s, calls.other_work.end_s, calls.stays.start_s])
        met["same instant"] += len(times) - len(np.unique(times))
        met["redials"] += int((calls.attempt > 1).sum())
        met["put aside"] += int((np.bincount(calls.other_work.row[calls.other_work.kind == 3]) > 1).sum())
        met["seated later"] += int((~np.isin(calls.stays.start_s, centre.duties.start_s)).sum())
        answered = calls.agent >= 0
        group_of = {int(agent): int(group) for agent, group in zip(calls.stays.agent, calls.stays.group, strict=True)}
        if centre.serving.min() == centre.serving.max():
            met["overflowed"] += sum(group_of[a] != centre.serving[0, 0] for a in calls.agent[answered].tolist())
        met["due first"] += int((np.diff(calls.orders.row[~np.isnan(calls.orders.finished_s)]) < 0).sum())
    assert fates == set(range(len(SIMULATED_OUTCOMES)))
    assert kinds == {0, 1, 2, 3}
    assert met["same instant"] > 5000
    assert all(times > 20 for times in met.values()), met


def test_arrays_grow_and_are_used_again() -> None:
    """§78 A fresh thread's arrays are small; they grow while it plays, and the next replication finds them as new."""
    rules = {"orders", "redial", "call_back_missed", "follow_up", "overflow", "places"}
    small, large = Maker(rules, 1).centre(), Maker(rules, 2).centre()
    random = np.random.default_rng(1)
    time_s = np.sort(random.uniform(0, large.horizon_s, 30 * AHEAD))
    line = random.integers(0, len(large.line_ids), len(time_s))
    large = replace(large, given=GivenCalls(time_s, line))
    found: list[SimulatedCalls] = []

    def play() -> None:
        found.extend(simulate_compiled(centre, 3, 0) for centre in (small, large, small))

    thread = threading.Thread(target=play)
    thread.start()
    thread.join()
    for calls, centre in zip(found, (small, large, small), strict=True):
        assert_same_calls(calls, simulate(centre, 3, 0))
    assert len(found[1]) > 30 * AHEAD


def test_rows_are_those_of_the_calls() -> None:
    """§78 The rows that daily counts are made of stand in order of arrival, redials behind."""
    centre = Maker({"redial", "busy", "by_rate"}, 11).centre()
    calls = simulate_compiled(centre, 1, 0)
    played = play_compiled(centre, 1, 0)
    place = np.argsort(played.order())
    assert sorted(played.order().tolist()) == list(range(len(calls)))
    assert played.callers == (calls.attempt == 1).sum() < len(calls)
    for name in ("call", "attempt", "line", "outcome", "arrived_s", "ended_s"):
        assert np.array_equal(played.rows[name], getattr(calls, name)[place])


@pytest.mark.parametrize("change", ["busy_s", "agent", "ended_s", "waiting_area_s", "stays", "fewer", "called_back_s"])
def test_a_difference_is_named(change: str) -> None:
    """§78 One bit is enough."""
    centre = Maker({"by_rate", "call_back_missed"}, 4).centre()
    calls = simulate(centre, 1, 0)
    assert_same_calls(calls, simulate(centre, 1, 0))
    other: dict[str, Callable[[], Any]] = {
        "busy_s": lambda: np.nextafter(calls.busy_s, inf),
        "agent": lambda: calls.agent[::-1] + 1,
        "ended_s": lambda: np.nextafter(calls.ended_s, inf),
        "waiting_area_s": lambda: nextafter(calls.waiting_area_s, inf),
        "stays": lambda: replace(calls.stays, end_s=calls.stays.end_s + 1),
        "fewer": lambda: calls.line[:-1],
        "called_back_s": lambda: np.where(np.isnan(calls.called_back_s), 0.0, nan),
    }
    name = {"fewer": "line"}.get(change, change)
    with pytest.raises(AssertionError, match=name):
        assert_same_calls(calls, replace(calls, **{name: other[change]()}))


@numba.njit  # type: ignore[untyped-decorator]
def sorted_by_heap(time_s: Any, order: Any, events: int, replaced: int) -> Any:
    """Events as they leave the heap; the first ``replaced`` of them are put back half a second later."""
    size = 0
    for k in range(len(time_s)):
        push(events, size, time_s[k], order[k], k)
        size += 1
    left = np.empty((len(time_s) + replaced, 3))
    for k in range(len(left)):
        first = event_at(events, 0)
        now_s, its_order, what = as_time(first.when), first.order, first.what
        left[k, 0], left[k, 1], left[k, 2] = now_s, its_order, what
        if k < replaced:
            replace_first(events, size, as_whole(now_s + 0.5), its_order, what)
        else:
            pop(events, size)
            size -= 1
    return left


@pytest.mark.parametrize("size", [1, 2, 5, 6, 21, 22, 500])
def test_the_heap_sorts_as_pythons_does(size: int) -> None:
    """§34 By time, then by the written order, then by content; many are equal, some infinite."""
    random = np.random.default_rng(size)
    time_s = random.choice([0.0, 0.5, 1.0, 1.5, 7.25, 1e300, inf], size)
    order = random.integers(0, 3, size)
    events = no_events(size + 5)
    kept = list(zip(time_s.tolist(), order.tolist(), range(size), strict=True))
    heapq.heapify(kept)
    expected = []
    for _ in range(size // 2):
        expected.append(kept[0])
        heapq.heapreplace(kept, (kept[0][0] + 0.5, *kept[0][1:]))
    expected += [heapq.heappop(kept) for _ in range(size)]
    left = sorted_by_heap(time_s, order, address_of(events), size // 2)
    assert [tuple(event) for event in left.tolist()] == expected
