"""Forecasts of arrivals and handling times, as coherent sample paths."""

from wfm.forecast.arrivals import KIND_FACTORS, forecast_calls
from wfm.forecast.counts import count_quantile, smooth_quantile
from wfm.forecast.forecast_table import Forecast
from wfm.forecast.history import History, read_history
from wfm.forecast.intraday import reforecast, rest_of_day
from wfm.forecast.intraday_learning import IntradayLearning, learn_intraday
from wfm.forecast.intraday_seen import SeenDay, seen_today

__all__ = [
    "KIND_FACTORS",
    "Forecast",
    "History",
    "IntradayLearning",
    "SeenDay",
    "count_quantile",
    "forecast_calls",
    "learn_intraday",
    "read_history",
    "reforecast",
    "rest_of_day",
    "seen_today",
    "smooth_quantile",
]
