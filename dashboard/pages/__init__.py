"""The pages, in the order of the navigation: each asks other rooms and shows what they say."""

from dashboard.page import Page
from dashboard.pages import compare, jobs, plan

__all__ = ["PAGES"]

PAGES: tuple[Page, ...] = (plan.PAGE, compare.PAGE, jobs.PAGE)
