"""Parts that the tabs of a roster's month and one's own page share: choices of people, days and shifts, and small forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dash_mantine_components as dmc
from dash import html

from dashboard.attributes import UNSPOKEN
from dashboard.month_words import SWAP_STATES
from dashboard.pages.parts import day_field
from scenarios.scenario import Scenario
from wfm.hotline import Hotline
from wfm.i18n import say

__all__ = [
    "button",
    "choose_day",
    "choose_person",
    "choose_shift",
    "choose_time",
    "form",
    "marked",
    "pick",
    "state_mark",
]

_HALF_HOURS = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(0, 24 * 60, 30)]


def pick(
    select_id: str,
    label: str,
    options: Sequence[tuple[str, str]],
    value: str | None = None,
    *,
    width: int = 220,
    clearable: bool = False,
    hint: str = "",
    search: bool = True,
) -> dmc.Select:
    """A choice of one of many; ``hint`` stands in it while nothing is chosen.

    With ``search`` it is found by typing; without, a phone opens no keyboard.
    """
    return dmc.Select(
        id=select_id,
        label=label,
        data=[{"value": key, "label": words} for key, words in options],
        value=value,
        w=width,
        size="sm",
        searchable=search,
        clearable=clearable,
        placeholder=hint,
        allowDeselect=clearable,
        nothingFoundMessage=say("Nothing of that name"),
        checkIconPosition="right",
        comboboxProps={"withinPortal": True},
        maxDropdownHeight=280,
        limit=60 if search else None,
    )


def choose_person(
    select_id: str, label: str, scenario: Scenario, value: str | None = None, hint: str = ""
) -> dmc.Select:
    """A person by number, name or firm."""
    options = []
    for agent in scenario.agents:
        words = " ".join(w for w in (agent.id, agent.name if agent.name != agent.id else "", agent.firm) if w)
        options.append((agent.id, words))
    return pick(select_id, label, options, value, width=260, hint=hint or say("number, name or firm"), clearable=True)


def choose_day(
    field_id: str,
    label: str,
    days: Sequence[date],
    value: date | None = None,
    *,
    hint: str = "",
    clearable: bool = False,
) -> dmc.DatePickerInput:
    """One of some days."""
    return day_field(field_id, label, value, 170, days, clearable=clearable, placeholder=hint)


def choose_shift(select_id: str, label: str, hotline: Hotline, hint: str = "") -> dmc.Select:
    """A shift; none means any."""
    options = [(s.id, f"{s.name} {s.start}–{s.end}") for s in hotline.shifts]
    return pick(select_id, label, options, width=220, hint=hint, clearable=True)


def choose_time(select_id: str, label: str, hint: str) -> dmc.Select:
    """A clock by the half hour; none means the whole day."""
    return pick(select_id, label, [(t, t) for t in _HALF_HOURS], width=130, hint=hint, clearable=True, search=False)


def button(button_id: Any, words: str, *, first: bool = False, **more: Any) -> html.Button:
    """A button; ``first``: what the form is for."""
    return html.Button(
        words, id=button_id, className="button" if first else "button quiet-button", type="button", **more
    )


def form(parts: Sequence[Any], buttons: Sequence[Any]) -> html.Div:
    """Fields in a row, on a phone below each other, then the buttons."""
    return html.Div([*parts, html.Div(list(buttons), className="form-buttons")], className="controls month-form")


def marked(icon: str, look: str, words: Any) -> list[Any]:
    """A mark and its words."""
    return [html.Span(icon, className=f"mark {look}", **UNSPOKEN), " ", words]


def state_mark(state: str) -> list[Any]:
    """State of a swap, with its icon."""
    icon, look, word = SWAP_STATES[state]
    return marked(icon, look, word.of())
