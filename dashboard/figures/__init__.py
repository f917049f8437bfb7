"""The dashboard's pictures: pure functions from a plan to a plotly figure."""

from dashboard.figures.coverage import coverage_figure
from dashboard.figures.daily import daily_figure
from dashboard.figures.demand import demand_figure
from dashboard.figures.differences import differences_figure
from dashboard.figures.seats import seats_figure

__all__ = ["coverage_figure", "daily_figure", "demand_figure", "differences_figure", "seats_figure"]
