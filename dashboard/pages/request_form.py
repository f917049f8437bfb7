"""The form of a request (leave, busy hours, a wish) as the scheduler's tab and one's own page have it, and its withdrawal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

from dash import State, dcc, html

from dashboard.month_words import KIND_NAMES
from dashboard.pages.month_parts import button, choose_day, choose_shift, choose_time, pick
from scenarios.month_files import REQUEST_KINDS
from scenarios.request_by_hand import AskedByHand
from scenarios.withdrawn_requests import Withdrawn
from wfm.hotline import Hotline
from wfm.i18n import Text, say

__all__ = [
    "hidden_fields",
    "request_entered",
    "request_fields",
    "request_states",
    "withdraw_id",
    "withdraw_part",
    "withdrawn_words",
]

_ENTERED = ("kind", "first", "last", "begin", "end", "shift", "reason")


def request_fields(prefix: str, days: Sequence[date], hotline: Hotline) -> list[Any]:
    """The fields but the person; their ids begin with ``prefix``."""
    kinds = [(kind, KIND_NAMES[kind].of()) for kind in REQUEST_KINDS]
    return [
        pick(f"{prefix}-kind", say("Kind"), kinds, "leave", width=180),
        choose_day(f"{prefix}-first", say("From"), days, None, hint=say("first day")),
        choose_day(f"{prefix}-last", say("To"), days, None, hint=say("the same day"), clearable=True),
        html.Div(
            [
                choose_time(f"{prefix}-begin", say("From (clock)"), say("whole day")),
                choose_time(f"{prefix}-end", say("To (clock)"), say("whole day")),
            ],
            id=f"{prefix}-clock",
            className="controls",
            hidden=True,
        ),
        html.Div(
            choose_shift(f"{prefix}-shift", say("Shift"), hotline, say("any duty")),
            id=f"{prefix}-of-shift",
            hidden=True,
        ),
        html.Div(
            [
                html.Label(say("Reason"), htmlFor=f"{prefix}-reason"),
                dcc.Input(id=f"{prefix}-reason", type="text", maxLength=200, value="", className="text-input"),
            ],
            className="field",
        ),
    ]


def request_states(prefix: str) -> list[State]:
    """What :func:`request_entered` reads."""
    return [State(f"{prefix}-{name}", "value") for name in _ENTERED]


def request_entered(agent: str, values: Sequence[str | None]) -> AskedByHand | None:
    """What was entered for a person; None where the kind or the first day is missing."""
    kind, first, last, begin, end, shift, reason = values
    if not kind or not first:
        return None
    return AskedByHand(
        kind,
        agent,
        date.fromisoformat(first),
        date.fromisoformat(last or first),
        time.fromisoformat(begin) if begin and kind == "busy" else None,
        time.fromisoformat(end) if end and kind == "busy" else None,
        (shift or "") if kind.startswith("wish") else "",
        reason or "",
    )


def hidden_fields(kind: str | None) -> tuple[bool, bool]:
    """Whether the clock and the shift are hidden: each belongs to some kinds only."""
    return kind != "busy", kind not in ("wish_on", "wish_off")


def withdraw_id(page: str, what: str, number: int) -> dict[str, Any]:
    """Id of the button that withdraws a ``request`` or a ``swap``."""
    return {"part": f"{page}-withdraw", "what": what, "number": number}


def withdraw_part(button_id: dict[str, Any], stands: Text | None) -> html.Details | html.Span:
    """The button, which asks once; or why what was asked for can no longer be withdrawn."""
    if stands is not None:
        return html.Span(say("Not to be withdrawn: {reason}", reason=stands), className="small quiet")
    return html.Details(
        [
            html.Summary(say("Withdraw …")),
            html.P(
                say("It counts no more. Asked for again, it comes in anew, perhaps after the deadline."),
                className="small",
            ),
            button(button_id, say("Withdraw")),
        ],
        className="withdraw",
    )


def withdrawn_words(found: Withdrawn) -> str:
    """What is said once a request was withdrawn."""
    if found.stand:
        return say("Withdrawn for the coming roster; for another one it stands: {reason}.", reason=found.stand[0])
    return say("Withdrawn.")
