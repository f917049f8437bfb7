"""Requests, swaps and duties of a roster's month in words, for the scheduler's tabs and for one's own page alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from dashboard.wording import day_label, shift_name, span_label
from scenarios.collected_requests import ABSENT
from scenarios.scenario import Scenario
from scheduler.firm_places import firm_of_place
from wfm.hotline import Hotline
from wfm.i18n import Text, both, say
from wfm.store import MonthRequest, SwapRecord

__all__ = [
    "KIND_NAMES",
    "SWAP_STATES",
    "clock_words",
    "day_clock_words",
    "days_of",
    "kind_name",
    "moment_words",
    "person_name",
    "request_when",
    "swap_words",
]

KIND_NAMES: dict[str, Text] = {
    "leave": both("leave"),
    "busy": both("busy"),
    "wish_on": both("would like to work"),
    "wish_off": both("would like to be off"),
    ABSENT: both("absent"),
}
"""Kinds of requests."""

SWAP_STATES: dict[str, tuple[str, str, Text]] = {
    "asked": ("△", "risk", both("waits for a decision")),
    "agreed": ("✓", "met", both("agreed")),
    "refused": ("✕", "missed", both("refused")),
    "withdrawn": ("–", "none", both("withdrawn")),
}
"""Icon, look and word of each state of a swap."""


def kind_name(kind: str) -> str:
    """What a kind of request is called; an unknown one by itself."""
    return KIND_NAMES[kind].of() if kind in KIND_NAMES else kind


def person_name(scenario: Scenario, number: str) -> str:
    """``L003 律师003``; of a duty for which a firm has still to name somebody, the firm."""
    firm = firm_of_place(number)
    if firm is not None:
        return say("{firm}, to be named", firm=firm)
    name = next((a.name for a in scenario.agents if a.id == number), "")
    return f"{number} {name}" if name and name != number else number


def days_of(first: date, last: date) -> list[date]:
    """All days from ``first`` to ``last``."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def request_when(request: MonthRequest, hotline: Hotline) -> str:
    """The days or hours asked for, and of a wish the shift."""
    said = request.details
    if "start" in said:
        start, end = datetime.fromisoformat(said["start"]), datetime.fromisoformat(said["end"])
        last = end - timedelta(minutes=1)
        if start.date() == last.date() and not (_is_midnight(start) and _is_midnight(end)):
            return f"{day_label(start.date())} {start:%H:%M}–{clock_words(end)}"
        if _is_midnight(start) and _is_midnight(end):
            return span_label(start.date(), last.date())
        return f"{day_label(start.date())} {start:%H:%M} – {day_label(end.date())} {end:%H:%M}"
    words = span_label(date.fromisoformat(said["first"]), date.fromisoformat(said["last"]))
    shift = said.get("shift", "")
    return f"{words} · {shift_name(hotline, shift)}" if shift else words


def clock_words(moment: datetime) -> str:
    """``17:30``; midnight as the end of its day."""
    return "24:00" if _is_midnight(moment) else f"{moment:%H:%M}"


def day_clock_words(start: datetime, end: datetime) -> str:
    """``Tue 15 Sep 08:30–17:30``; an end on the next day says so."""
    until = clock_words(end) if end.date() == start.date() or _is_midnight(end) else f"{end:%H:%M}"
    if end.date() != start.date() and not _is_midnight(end):
        until = say("{clock} the next day", clock=until)
    return f"{day_label(start.date())} {start:%H:%M}–{until}"


def moment_words(at: datetime, zone: tzinfo) -> str:
    """A day and a clock in the hotline's time."""
    local = at.astimezone(zone)
    return f"{day_label(local.date(), weekday=False)} {local:%H:%M}"


def swap_words(swap: SwapRecord, names: Sequence[str]) -> str:
    """``A001, Mon 14 Sep → A005, for Tue 15 Sep``; ``names`` are giver and taker."""
    giver, taker = names
    day = day_label(date.fromisoformat(swap.asked["date"]))
    if swap.asked.get("back"):
        back = day_label(date.fromisoformat(swap.asked["back"]))
        return say("{giver}, {day} ↔ {taker}, {back}", giver=giver, day=day, taker=taker, back=back)
    return say("{giver}, {day} → {taker}", giver=giver, day=day, taker=taker)


def _is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute) == (0, 0)
