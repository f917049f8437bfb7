"""The smallest centres that make the compiled engine compile all of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulation.attendance import RosteredDuties
from simulation.centre import NOTHING, Centre
from simulation.draws import exponential

__all__ = ["trial_centres"]

_LENGTH_S = 900.0


def trial_centres() -> tuple[Centre, Centre]:
    """A plain queue, and a centre that is none because its callers try again; one line, one agent, one interval."""
    whole, yes = np.zeros((1, 1), dtype=np.int64), np.ones(1, dtype=bool)
    duties = RosteredDuties(
        agent_ids=("trial",),
        agent=whole[0],
        group=whole[0],
        standby=~yes,
        start_s=np.zeros(1),
        end_s=np.full(1, _LENGTH_S),
        key=np.ones(1, dtype=np.uint64),
        pauses=((),),
        backups=((),),
        paired=(False,),
    )
    plain = Centre(
        line_ids=("trial",),
        group_ids=("trial",),
        dates=np.array(["2026-01-01"], dtype="datetime64[D]"),
        interval_date=whole[0],
        interval_s=_LENGTH_S,
        arrivals=np.full((1, 1, 1), 20, dtype=np.int64),
        is_open=yes,
        by_day=yes,
        serving=whole,
        talk_scale=np.ones((1, 1)),
        duties=duties,
        talk=(exponential(60.0),),
        hold=(NOTHING,),
        wrap=(NOTHING,),
        short_call_share=(0.0,),
        short_call_s=(0.0,),
        patience=(exponential(60.0),),
        redial_share=(0.0,),
        redial_delay=(exponential(60.0),),
        attempts_max=(2,),
    )
    return plain, replace(plain, redial_share=(0.5,))
