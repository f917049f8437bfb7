"""A small centre to experiment with: one line, one day of two busy hours, an agent more or less."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulation import Centre
from simulation.attendance import RosteredDuties
from simulation.draws import exponential, lognormal


def plain(agents: int) -> Centre:
    rng = np.random.default_rng(3)
    counts = np.zeros((50, 1, 24), dtype=np.int64)
    counts[:, 0, 9:11] = rng.poisson(40, (50, 2))
    duties = RosteredDuties(
        agent_ids=tuple(f"a{k}" for k in range(agents)),
        agent=np.arange(agents),
        group=np.zeros(agents, dtype=np.int64),
        standby=np.zeros(agents, dtype=bool),
        start_s=np.zeros(agents),
        end_s=np.full(agents, 86_400.0),
        key=np.arange(1, agents + 1, dtype=np.uint64),
        pauses=(((43_200.0, 45_000.0),),) * agents,
        backups=((),) * agents,
        paired=(False,) * agents,
        remote=np.zeros(agents, dtype=bool),
    )
    return Centre(
        line_ids=("general",),
        group_ids=("all",),
        dates=np.array(["2026-09-14"], dtype="datetime64[D]"),
        interval_date=np.zeros(24, dtype=np.int64),
        interval_s=3600.0,
        arrivals=counts,
        is_open=np.ones(24, dtype=bool),
        by_day=np.ones(24, dtype=bool),
        serving=np.zeros((1, 24), dtype=np.int64),
        talk_scale=np.ones((1, 24)),
        duties=duties,
        talk=(lognormal(200, 0.7),),
        hold=(exponential(10),),
        wrap=(exponential(20),),
        short_call_share=(0.05,),
        short_call_s=(10.0,),
        patience=(exponential(150),),
        redial_share=(0.2,),
        redial_delay=(exponential(300),),
        attempts_max=(3,),
        absence_share=0.05,
    )


@pytest.fixture
def plain_centre() -> Callable[[int], Centre]:
    return plain
