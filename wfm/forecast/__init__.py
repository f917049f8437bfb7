"""Forecasts of arrivals and handling times, as coherent sample paths."""

from wfm.forecast.arrivals import KIND_FACTORS, forecast_calls
from wfm.forecast.counts import count_quantile, smooth_quantile
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.history import History, read_history

__all__ = [
    "KIND_FACTORS",
    "Forecast",
    "History",
    "count_quantile",
    "forecast_calls",
    "read_history",
    "smooth_quantile",
]
