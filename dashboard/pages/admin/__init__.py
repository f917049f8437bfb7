"""Administration: accounts, sessions, the audit, and what else is set for everybody."""

from dashboard.pages.admin.layout import PAGE, PARTS

__all__ = ["PAGE", "PARTS"]
