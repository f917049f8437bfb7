"""Draw the first pages once before anybody asks: the first time costs a second or two, of modules, calendars and plans."""

from __future__ import annotations

import logging
import threading

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.pages import PAGES
from wfm.errors import BadInput

__all__ = ["warm_up"]

_LOG = logging.getLogger("wfm.web")
_FIRST = ("today", "plan")


def warm_up(desk: Desk) -> threading.Thread:
    """Begin to draw them, beside whatever is asked meanwhile; what cannot be drawn is told to whoever opens it."""
    thread = threading.Thread(target=_draw, args=(desk,), daemon=True, name="warm up")
    thread.start()
    return thread


def _draw(desk: Desk) -> None:
    for page in PAGES:
        if page.key not in _FIRST:
            continue
        try:
            page.show(Asked(f"/{page.key}"), desk)
        except BadInput:
            continue
        except Exception:  # noqa: BLE001 - a page's fault is its own; the server goes on
            _LOG.exception("page cannot be drawn", extra={"page": page.key})
