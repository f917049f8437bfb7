"""A B on every post and somebody on duty at every hour, counted by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from scenarios.roster_measures import measure_roster
from scenarios.scenario import load_scenario
from wfm.hotline import grid_of

DAY = date(2026, 9, 14)


def _duties(rows):
    return pd.DataFrame(rows, columns=["agent", "role", "group", "shift", "post"]).assign(date=pd.Timestamp(DAY))


def _cover(hotline, grid, absent=()):
    rows = [
        {"group": g.id, "interval": t, "rostered_a": float(i not in absent and g.covers(int(grid.minutes[i])))}
        for g in hotline.groups
        for i, t in enumerate(grid.starts)
    ]
    return pd.DataFrame(rows).assign(rostered_b=0.0)


def test_share_of_posts_with_a_b():
    hotline = load_scenario("guizhou-12348").hotline
    group = hotline.groups[0]
    hotline = hotline.model_copy(
        update={"groups": (group.model_copy(update={"posts_per_backup": 2}), *hotline.groups[1:])}
    )
    grid = grid_of(hotline, DAY, 1)
    shift = hotline.shifts_of(group.id)[0].id
    duties = _duties(
        [(f"a{i}", "A", group.id, shift, f"p{i}") for i in range(3)] + [("b0", "B", group.id, shift, "p0")]
    )
    found = measure_roster(hotline, duties, _cover(hotline, grid), grid)
    assert found["backup_on_every_post"] == pytest.approx(2 / 3)  # one B backs two of three posts
    nobody = measure_roster(hotline, duties.iloc[0:0], _cover(hotline, grid), grid)
    assert np.isnan(nobody["backup_on_every_post"])


def test_share_of_hours_with_every_line_staffed():
    hotline = load_scenario("guizhou-12348").hotline
    grid = grid_of(hotline, DAY, 1)
    full = measure_roster(hotline, _duties([]), _cover(hotline, grid), grid)
    assert full["staffed_share_of_every_day"] == 1
    gap = measure_roster(hotline, _duties([]), _cover(hotline, grid, absent={3, 4, 30}), grid)
    assert gap["staffed_share_of_every_day"] == pytest.approx(45 / 48)
