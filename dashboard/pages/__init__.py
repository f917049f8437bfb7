"""The pages, in the order of the navigation: each asks other rooms and shows what they say."""

from dashboard.page import Page
from dashboard.pages import admin, data, jobs, mine, orders, plan, reports, review, roster, scenarios, today

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = (
    today.PAGE,
    plan.PAGE,
    roster.PAGE,
    review.PAGE,
    scenarios.PAGE,
    data.PAGE,
    orders.PAGE,
    reports.PAGE,
    admin.PAGE,
    mine.PAGE,
    jobs.PAGE,
)
