"""A small hotline of one line and one group, whose day can be reckoned by hand."""

from __future__ import annotations

from datetime import date

import pytest

from scenarios.scenario import load_scenario
from wfm.hotline import Hotline, calendar_of, grid_of

DAY = date(2026, 9, 15)


@pytest.fixture(scope="session")
def court() -> Hotline:
    """The shipped court line without what the formulas leave out (call-backs, busy circuits), and without an IVR that keeps callers."""
    hotline = load_scenario("nanxun-12368").hotline
    quiet = {
        "ivr": hotline.ivr.model_copy(update={"self_service_share": 0.0, "hang_up_share": 0.0}),
        "call_back": hotline.call_back.model_copy(update={"missed_calls": False, "closed_calls": False}),
        "satisfaction": hotline.satisfaction.model_copy(update={"asked_share": 0.0}),
        "trunks": hotline.trunks.model_copy(update={"circuits": None}),
    }
    return hotline.model_copy(update=quiet)


@pytest.fixture(scope="session")
def court_day(court):
    """Grid and calendar of a working Tuesday."""
    return grid_of(court, DAY, 1), calendar_of(court)
