"""Long work: what is under way, and what came of what was asked for before."""

from dashboard.pages.jobs.layout import PAGE

__all__ = ["PAGE"]
