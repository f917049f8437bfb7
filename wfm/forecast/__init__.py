"""Forecasts of arrivals and handling times, as coherent sample paths."""
