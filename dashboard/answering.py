"""The one way in which a callback is registered: it names the right it needs, and checks it itself."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

import dash
from dash import Output, State, set_props

from dashboard.person import Forbidden, require
from dashboard.rights import Right
from dashboard.still import still
from wfm.errors import BadInput
from wfm.i18n import say, use_language

__all__ = ["Answering", "tell"]

_LOG = logging.getLogger("wfm.dashboard")


def tell(message: str, *, kind: str = "done") -> None:
    """Show a short notice at the corner of the page, from within a callback. ``kind``: done, warning or problem."""
    set_props("notices", {"sendNotifications": [_notice(message, kind)]})


def _notice(message: str, kind: str) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(8),
        "action": "show",
        "message": message,
        "className": f"notice {kind}",
        "autoClose": 6000 if kind == "done" else 12000,
        "withCloseButton": True,
        "position": "bottom-right",
        "role": "status" if kind == "done" else "alert",
    }


class Answering:
    """Registers callbacks of an application.

    A callback speaks the language of the page that asks, and answers only those who may: each names its
    right, which is checked before the callback runs, whatever the page shows. Bad input becomes a notice of
    one sentence; any other fault is logged under a number, which the notice names.
    """

    def __init__(self, app: dash.Dash) -> None:
        self.app = app
        self.rights: dict[str, Right | None] = {}
        """Right of every registered function, by its qualified name; a test looks for callbacks that are missing."""

    def __call__(self, *dependencies: Any, right: Right | None, **options: Any) -> Callable[[Any], Any]:
        """Decorator. ``right`` None: everybody, also agents; the function itself asks who it is."""

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            self.rights[f"{function.__module__}.{function.__qualname__}"] = right

            fills = any(
                isinstance(d, Output) for given in dependencies for d in (given if isinstance(given, list) else [given])
            )

            @wraps(function)
            def answer(*values: Any) -> Any:
                *given, chosen = values
                with use_language("zh" if chosen == "zh" else "en"):
                    try:
                        if right is not None:
                            require(right)
                        return still(function(*given))
                    except Forbidden:
                        raise
                    except BadInput as error:
                        tell(str(error), kind="problem")
                    except dash.exceptions.PreventUpdate:
                        raise
                    except Exception:  # noqa: BLE001 - logged in whole; the reader gets its number
                        number = secrets.token_hex(4)
                        _LOG.exception("callback failed", extra={"fault": number})
                        tell(
                            say("This did not work. The log tells more under the number {number}.", number=number),
                            kind="problem",
                        )
                # Not PreventUpdate, which would leave the notice behind as well.
                return dash.no_update if fills else None

            self.app.callback(*dependencies, State("language", "data"), **options)(answer)
            return function

        return register

    def in_browser(self, *dependencies: Any, **options: Any) -> None:
        """Register a callback that runs in the browser alone and asks nothing of the server."""
        self.app.clientside_callback(*dependencies, **options)  # type: ignore[no-untyped-call]
