"""The forecasting models that can be asked for by name."""

from __future__ import annotations

from collections.abc import Callable

from wfm.errors import BadInput
from wfm.forecast.arrivals import forecast_calls
from wfm.forecast.boosting import forecast_boosted
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.recent_mean import forecast_recent_mean
from wfm.i18n import list_words, say

__all__ = ["MODELS", "find_model"]

MODELS: dict[str, Callable[..., Forecast]] = {
    "default": forecast_calls,
    "recent-mean": forecast_recent_mean,
    "boosted": forecast_boosted,
}
"""``default``: days by a Gaussian process, intervals by profiles; ``recent-mean``: the last six days of the same type;
``boosted``: the default averaged with gradient-boosted trees (optional extra ``forecast``)."""


def find_model(name: str) -> Callable[..., Forecast]:
    """The model of this name.

    Raises:
        BadInput: there is none.
    """
    if name not in MODELS:
        raise BadInput(
            say("--model: found {found!r}, allowed are {allowed}", found=name, allowed=list_words(list(MODELS)))
        )
    return MODELS[name]
