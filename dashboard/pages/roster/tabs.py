"""The tabs of the roster page, in their order."""

from __future__ import annotations

from dashboard.pages.roster import coverage, downloads, fairness, month, repair, requests, versions
from dashboard.pages.roster.tab import Tab

__all__ = ["TABS", "Tab"]

TABS: tuple[Tab, ...] = (month.TAB, coverage.TAB, versions.TAB, requests.TAB, repair.TAB, fairness.TAB, downloads.TAB)
"""``month, coverage, versions``, then ``requests, repair, fairness, downloads``; each is a file of this package."""
