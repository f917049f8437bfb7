"""Reports: self-contained pages made from a finished plan; never imports dash."""

from dashboard.reports.page import render_report, script_hash

__all__ = ["render_report", "script_hash"]
