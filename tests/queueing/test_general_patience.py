"""M/M/n+G against birth–death equations, closed forms and plain quadrature."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special, stats

from wfm.errors import BadInput
from wfm.queueing import (
    GeneralDelay,
    Goal,
    PatienceLaw,
    delay,
    empirical_patience,
    erlang_c,
    exponential_patience,
    general_delay,
    goal_terms,
    hyperexponential_patience,
    lognormal_patience,
    mixed_patience,
    patience_from_waits,
    performance,
    solve,
    wait_exceeds,
    wait_quantile,
    weibull_patience,
)

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
REL = 1e-9


def near(value: float, true: float) -> bool:
    return abs(value - true) <= REL * abs(true) if abs(true) >= 1e-12 else abs(value) < 2e-12


def one(law: PatienceLaw, load: float, aht: float, seats: float) -> GeneralDelay:
    return general_delay(np.array([load / aht]), np.array([aht]), np.array([float(seats)]), law)


def all_outputs(solved: GeneralDelay, t: float) -> dict[str, float]:
    at = np.array([t])
    over, later = solved.waits_over(at)
    return {
        "wait": solved.wait[0],
        "abandon": solved.abandon_share[0],
        "answered": solved.answered_share[0],
        "asa_s": solved.asa_s()[0],
        "mean_wait_s": solved.mean_wait_s()[0],
        "over": over[0],
        "later": later[0],
        "within": solved.answered_within(at)[0],
        "gone": solved.abandoned_within(at)[0],
    }


@pytest.mark.parametrize(
    ("load", "aht", "seats", "patience", "t"),
    [
        (0.05, 180, 1, 60, 20),
        (0.5, 180, 2, 300, 1e-6),
        (10, 180, 14, 300, 20),
        (10, 180, 6, 120, 200),
        (10, 600, 13, 5, 3),
        (4, 30, 5, 3600, 20),
        (120, 360, 117, 120, 20),
        (200, 300, 150, 60, 20),
        (40, 60, 50, 30_000, 5),
        (17, 22.5, 1, 32.6, 30),
        (300, 240, 300, 900, 1),
    ],
)
def test_exponential_patience_keeps_the_birth_death_equations(  # type: ignore[no-untyped-def]
    birth_death, load: float, aht: float, seats: int, patience: float, t: float
) -> None:
    true = birth_death(load / aht, aht, seats, patience, t)
    found = all_outputs(one(exponential_patience(patience), load, aht, seats), t)
    assert near(found["wait"], true.wait)
    assert near(found["abandon"], true.abandon)
    assert near(found["asa_s"], true.asa_s)
    assert near(found["mean_wait_s"], true.mean_wait_s)
    assert near(found["over"], true.waits_over)
    assert near(found["within"], true.answered_within)
    assert near(found["gone"], true.abandoned_within)


def test_exponential_patience_is_erlang_a_over_the_whole_range() -> None:
    rng = np.random.default_rng(20261114)
    cells = 1500
    load, patience = 10 ** rng.uniform(-3, 4, cells), 10 ** rng.uniform(0, 4.93, cells)
    aht = 10 ** rng.uniform(0, 3.6, cells)
    near_load = np.round(load + rng.normal(size=cells) * rng.choice([1.0, 5.0], cells) * np.sqrt(load))
    seats = np.clip(np.where(rng.random(cells) < 0.8, near_load, rng.integers(1, 10_000, cells)), 1, 10_000)
    t = patience * 10 ** rng.uniform(-9, 0.3, cells)
    law = general_delay(load / aht, aht, seats, exponential_patience(patience))
    exact = delay(load / aht, aht, seats, patience)
    pairs = {
        "wait": (law.wait, exact.wait),
        "at_once": (law.at_once, exact.at_once),
        "abandon": (law.abandon_share, exact.abandon_share),
        "asa_s": (law.asa_s(), exact.asa_s()),
        "mean_wait_s": (law.mean_wait_s(), exact.mean_wait_s()),
        "over": (law.waits_over(t)[0], exact.waits_over(t)[0]),
        "later": (law.waits_over(t)[1], exact.waits_over(t)[1]),
        "within": (law.answered_within(t), exact.answered_within(t)),
        "gone": (law.abandoned_within(t), exact.abandoned_within(t)),
    }
    for name, (found, true) in pairs.items():
        assert (np.abs(found - true) <= np.where(true >= 1e-12, REL * true, 2e-12)).all(), name


@pytest.mark.parametrize(("load", "seats"), [(3.0, 2), (8.0, 10), (12.0, 10), (0.2, 1), (40.0, 41), (90.0, 60)])
@pytest.mark.parametrize("limit", [5.0, 60.0, 900.0])
def test_all_callers_giving_up_at_one_time_has_a_closed_form(load: float, seats: int, limit: float) -> None:
    # Density ∝ e^((λ−nμ)x) up to the limit D and e^(λD − nμx) beyond.
    aht, t = 120.0, 0.4 * limit
    rate, drain = load / aht, seats / aht
    free = rate - drain

    def before(x: float) -> float:
        return float(np.expm1(free * x) / free) if free else x

    beyond = np.exp(free * limit) / drain
    whole = before(limit) + beyond
    inverse = 1.0
    for n in range(1, seats):
        inverse = 1 + inverse * n / load
    wait = rate * whole / (inverse + rate * whole)
    found = all_outputs(one(empirical_patience([limit]), load, aht, seats), t)
    moment = (limit * np.exp(free * limit) - before(limit)) / free if free else limit**2 / 2
    assert near(found["wait"], wait)
    assert near(found["abandon"], wait * beyond / whole)
    assert near(found["asa_s"], wait * moment / whole / (1 - wait * beyond / whole))
    assert near(found["mean_wait_s"], wait * (moment + limit * beyond) / whole)
    assert near(found["over"], wait * (whole - before(t)) / whole)
    assert near(found["within"], 1 - wait + wait * before(t) / whole)
    assert found["gone"] == 0


def by_plain_quadrature(
    survival: Callable[[float], float], load: float, aht: float, seats: int, t: float, scale: float
) -> dict[str, float]:
    """Zeltyn and Mandelbaum's integrals on a fine grid; H and φ from the survival function alone."""
    rate, drain = load / aht, seats / aht
    nodes, weights = np.polynomial.legendre.leggauss(20)
    end = 2 * max(scale, 40 / drain)
    while rate * integrate.quad(survival, 0, end, limit=500)[0] - drain * end > -60:
        end *= 2
    edges = np.unique(np.concatenate([[0.0, t], np.geomspace(1e-8 * scale, end, 700), np.linspace(0, end, 700)]))
    half = np.diff(edges) / 2
    x = edges[:-1, None] + half[:, None] * (nodes + 1)
    alive = survival(x)
    lagrange = np.polynomial.legendre.legvander(nodes, 19) * weights[:, None] * (np.arange(20) + 0.5)
    primitive = np.polynomial.legendre.legval(nodes, np.polynomial.legendre.legint(np.eye(20), lbnd=-1))
    within = half[:, None] * (alive @ (lagrange @ primitive))
    spent = np.concatenate([[0.0], np.cumsum(half * (alive @ weights))[:-1]])[:, None] + within
    log_density = rate * spent - drain * x
    density = np.exp(log_density - log_density.max()) * weights * half[:, None]
    inverse = 1.0
    for n in range(1, seats):
        inverse = 1 + inverse * n / load
    whole = density.sum()
    wait = special.expit(np.log(rate * whole) + log_density.max() - np.log(inverse))
    part, late = wait * density / whole, x > t
    at_t = float(survival(t))
    answered = 1 - wait + (part * alive).sum()
    return {
        "wait": wait,
        "abandon": (part * (1 - alive)).sum(),
        "answered": answered,
        "asa_s": (part * alive * x).sum() / answered,
        "mean_wait_s": (part * spent).sum(),
        "over": at_t * part[late].sum(),
        "later": (part * alive)[late].sum(),
        "within": 1 - wait + (part * alive)[~late].sum(),
        "gone": (part * (1 - alive))[~late].sum() + (1 - at_t) * part[late].sum(),
    }


def lognormal_survival(mean: float, cv: float) -> Callable[[float], float]:
    variance = np.log1p(cv**2)
    return stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2)).sf


def weibull_survival(mean: float, shape: float) -> Callable[[float], float]:
    return stats.weibull_min(shape, scale=mean / special.gamma(1 + 1 / shape)).sf


SMOOTH = [
    (lognormal_patience(120, 1.0), lognormal_survival(120, 1.0), 120.0),
    (lognormal_patience(60, 0.15), lognormal_survival(60, 0.15), 60.0),
    (lognormal_patience(300, 4.0), lognormal_survival(300, 4.0), 60.0),
    (weibull_patience(90, 0.5), weibull_survival(90, 0.5), 90.0),
    (weibull_patience(90, 5.0), weibull_survival(90, 5.0), 90.0),
    (
        hyperexponential_patience([8, 100, 2000], [0.3, 0.5, 0.2]),
        lambda x: 0.3 * np.exp(-x / 8) + 0.5 * np.exp(-x / 100) + 0.2 * np.exp(-x / 2000),
        100.0,
    ),
    (
        mixed_patience([lognormal_patience(40, 0.7), weibull_patience(500, 1.6)], [0.4, 0.6]),
        lambda x: 0.4 * lognormal_survival(40, 0.7)(x) + 0.6 * weibull_survival(500, 1.6)(x),
        100.0,
    ),
]


@pytest.mark.parametrize(("law", "survival", "scale"), SMOOTH)
@pytest.mark.parametrize(
    ("load", "aht", "seats", "t"),
    [(12.0, 240.0, 14, 20.0), (12.0, 240.0, 9, 35.0), (0.3, 900.0, 1, 5.0), (150.0, 180.0, 150, 3.0)],
)
def test_smooth_laws_are_the_plain_integrals(
    law: PatienceLaw, survival: Callable[[float], float], scale: float, load: float, aht: float, seats: int, t: float
) -> None:
    true = by_plain_quadrature(survival, load, aht, seats, t, scale)
    for name, value in all_outputs(one(law, load, aht, seats), t).items():
        # 1 − survival, as the plain integrals have it, is off by roundings of 1.
        assert value == pytest.approx(true[name], rel=REL, abs=1e-14), name


def test_survival_that_falls_at_the_very_edge_of_a_piece_is_seen() -> None:
    # Patience of about a second beside calls of twelve minutes: who is answered falls within 1e-5 of the density.
    true = by_plain_quadrature(lognormal_survival(1.114, 0.176), 3.25, 740.0, 1, 1.0, 1.0)
    for name, value in all_outputs(one(lognormal_patience(1.114, 0.176), 3.25, 740.0, 1), 1.0).items():
        assert value == pytest.approx(true[name], rel=1e-8), name


laws = st.one_of(
    st.builds(lognormal_patience, st.floats(5, 3000), st.floats(0.1, 3)),
    st.builds(weibull_patience, st.floats(5, 3000), st.floats(0.3, 5)),
    st.builds(empirical_patience, st.lists(st.floats(0, 3000), min_size=1, max_size=20)),
    st.builds(
        lambda a, b, w: mixed_patience([exponential_patience(a), lognormal_patience(b, 1.0)], [w, 1 - w]),
        st.floats(5, 3000),
        st.floats(5, 3000),
        st.floats(0.0, 1.0),
    ),
)


@settings(max_examples=40, deadline=None)
@given(laws, st.floats(0.01, 300), st.floats(20, 1200), st.floats(0, 900))
def test_everyone_is_answered_or_gives_up_and_each_seat_helps(
    law: PatienceLaw, load: float, aht: float, t: float
) -> None:
    middle = np.array([0.0, 1, 2, load / 2, load - np.sqrt(load), load, load + np.sqrt(load), 2 * load])
    seats = np.unique(np.concatenate([np.maximum(np.round(middle), 0), np.maximum(np.round(middle), 0) + 1]))
    cells = np.ones_like(seats)
    solved = general_delay(load / aht * cells, aht * cells, seats, law)
    at = t * cells
    over, later = solved.waits_over(at)
    within, gone = solved.answered_within(at), solved.abandoned_within(at)
    assert np.allclose(solved.answered_share + solved.abandon_share, 1, rtol=0, atol=1e-12)
    assert np.allclose(within + gone + over, 1, rtol=0, atol=1e-12)
    assert np.allclose(within + later, solved.answered_share, rtol=0, atol=1e-12)
    assert (solved.occupancy()[seats > 0] <= 1 + 1e-12).all()
    slack = 1e-10
    assert (np.diff(solved.wait) <= slack).all()
    assert (np.diff(solved.abandon_share) <= slack).all()
    assert (np.diff(within) >= -slack).all()
    assert (np.diff(solved.mean_wait_s()) <= slack * law.mean_s).all()
    longer = 1.3 * at + 1
    assert (solved.waits_over(longer)[0] <= over + slack).all()
    assert (solved.answered_within(longer) >= within - slack).all()
    assert (solved.abandoned_within(longer) >= gone - slack).all()
    most = np.full_like(at, 1e9)
    assert np.allclose(solved.answered_within(most), solved.answered_share, rtol=0, atol=1e-12)
    assert np.allclose(solved.abandoned_within(most), solved.abandon_share, rtol=0, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 300), st.floats(20, 1200), st.floats(0, 900), st.integers(1, 30))
def test_patience_without_end_is_erlang_c(load: float, aht: float, t: float, extra: int) -> None:
    seats = int(load) + extra
    endless = mixed_patience([exponential_patience(np.inf)], [1.0])
    found, true = performance(load / aht, aht, seats, t, endless), performance(load / aht, aht, seats, t)
    for name in ("wait_probability", "asa_s", "mean_wait_s", "service_level", "occupancy"):
        assert getattr(found, name) == pytest.approx(getattr(true, name), rel=1e-9, abs=1e-13), name
    assert found.abandon_share == 0
    nearly = performance(load / aht, aht, seats, t, lognormal_patience(1e14, 0.5))
    assert nearly.wait_probability == pytest.approx(float(erlang_c(load, seats)), rel=1e-9, abs=1e-13)


def test_those_who_never_give_up_may_overload_the_seats() -> None:
    law = mixed_patience([exponential_patience(np.inf), exponential_patience(60)], [0.5, 0.5])
    found = performance(10 / 180, 180, [4, 5, 6], 20, law)
    assert found.steady_state.tolist() == [False, False, True]
    assert np.isnan(found.service_level[:2]).all()
    assert np.isnan(found.mean_wait_s[:2]).all()
    assert 0 < found.service_level[2] < 1
    assert performance(10 / 180, 180, 0, 20, lognormal_patience(60, 1)).steady_state


def test_without_seats_everyone_waits_until_patience_ends_and_without_calls_nobody_does() -> None:
    law = lognormal_patience(90, 1)
    found = performance([1.0, 0.0, 0.0], 60, [0, 3, 0], 20, law)
    assert found.wait_probability[:2].tolist() == [1, 0]
    assert found.abandon_share[:2].tolist() == [1, 0]
    assert found.mean_wait_s[:2] == pytest.approx([90, 0])
    assert found.service_level[:2].tolist() == [0, 1]
    assert np.isnan(found.asa_s[0])
    assert np.isnan(found.service_level[2])
    gone = wait_exceeds(1.0, 60, 0, 50, law)
    assert gone == pytest.approx(law.survival(np.array([50.0]))[0])
    solved = general_delay(np.array([1.0]), np.array([60.0]), np.array([0.0]), law)
    assert solved.abandoned_within(np.array([50.0]))[0] == pytest.approx(1 - float(gone))


def test_the_quantile_stops_at_a_step_of_patience() -> None:
    # Half give up at 30 s: the share that waits longer jumps there, over many shares at once.
    law = empirical_patience([30, 600])
    before, after = wait_exceeds(12 / 100, 100, 8, [30 - 1e-6, 30], law)
    assert before > after
    for share in (1 - before + 1e-3, 1 - after - 1e-3):
        assert wait_quantile(12 / 100, 100, 8, share, law) == pytest.approx(30, rel=1e-12)
    wait = float(wait_quantile(12 / 100, 100, 8, 0.9, law))
    assert wait_exceeds(12 / 100, 100, 8, wait, law) == pytest.approx(0.1, rel=1e-9)


def test_one_way_in_chooses_the_formula() -> None:
    cells = [np.full(3, v) for v in (0.05, 200.0, 11.0)]
    mean = np.array([30.0, 90.0, 400.0])
    same = solve(*cells, exponential_patience(mean))
    assert np.array_equal(same.wait, delay(*cells, mean).wait)
    assert np.array_equal(solve(*cells, mean).wait, same.wait)
    law = lognormal_patience(mean, 1.0)
    solved = solve(*cells, law)
    for k, single in enumerate(mean):
        alone = solve(*(c[:1] for c in cells), lognormal_patience(single, 1.0))
        assert solved.answered_within(np.full(3, 20.0))[k] == pytest.approx(
            alone.answered_within(np.full(1, 20.0))[0], rel=1e-12
        )
    above, below = goal_terms(Goal("service_level_less_short", 0.8, t_s=20, short_s=5), solved)
    assert (above / below > solved.answered_within(np.full(3, 20.0))).all()


def test_cells_of_one_exponential_kind_are_erlang_a_beside_cells_of_any_other() -> None:
    laws = [exponential_patience(60), lognormal_patience(200, 1.0)]
    law = mixed_patience(laws, [[1, 0], [0, 1], [2, 1], [3, 0], [0, 0.5]])
    rate, aht, seats = np.array([0.05, 0.05, 0.05, 0.0, 0.2]), np.full(5, 200.0), np.array([11.0, 11, 11, 4, 0])
    joined, whole = solve(rate, aht, seats, law), general_delay(rate, aht, seats, law)
    exact = delay(rate[:1], aht[:1], seats[:1], np.array([60.0]))
    assert joined.wait[0] == exact.wait[0]
    assert joined.asa_s()[0] == exact.asa_s()[0]
    t = np.array([20.0, 3.0, 0.0, 5.0, 100.0])
    for name in ("arrivals_per_s", "seats", "steady", "wait", "load_erlang", "abandon_share", "answered_share"):
        assert np.allclose(getattr(joined, name), getattr(whole, name), rtol=1e-9, equal_nan=True), name
    for name in ("asa_s", "mean_wait_s", "occupancy"):
        assert np.allclose(getattr(joined, name)(), getattr(whole, name)(), rtol=1e-9, equal_nan=True), name
    for name in ("answered_within", "abandoned_within", "waits_over"):
        assert np.allclose(getattr(joined, name)(t), getattr(whole, name)(t), rtol=1e-9), name


def test_laws_of_cells_go_with_the_other_arguments() -> None:
    law = lognormal_patience(np.linspace(30, 300, 6), 1.0)
    found = performance(np.full((2, 1), 0.05), 200, [[9, 11, 13]], 20, law)
    assert found.service_level.shape == (2, 3)
    assert found.abandon_share[1, 2] == pytest.approx(
        float(performance(0.05, 200, 13, 20, lognormal_patience(300, 1.0)).abandon_share), rel=1e-12
    )
    with pytest.raises(BadInput):
        performance(0.05, 200, [9, 11], 20, law)


def test_recorded_waits_size_like_the_law_behind_them() -> None:
    # The estimate is itself random: about 1 % at 20,000 records.
    rng = np.random.default_rng(20261122)
    patience, offered = rng.exponential(100, 20_000), rng.exponential(150, 20_000)
    law = patience_from_waits(np.minimum(patience, offered), patience < offered)
    found, true = performance(0.06, 200, 12, 20, law), performance(0.06, 200, 12, 20, 100.0)
    assert found.service_level == pytest.approx(float(true.service_level), abs=0.005)
    assert found.abandon_share == pytest.approx(float(true.abandon_share), rel=0.05)
