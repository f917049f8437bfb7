"""数据: what records there are, bringing in new ones, and what is kept of callers."""

from dashboard.pages.data.layout import PAGE

__all__ = ["PAGE"]
