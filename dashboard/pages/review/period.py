"""Which days the page looks back at, and what is read for them; read once and again only when something has come."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any

from dashboard.asked import Asked
from dashboard.desk import Desk
from dashboard.figures.review import Kinds
from scenarios.findings import day_names
from scenarios.forecast_against import DAYS_MAX, ForecastAgainst, forecast_against
from scenarios.forecast_review import LEADS_DAYS
from scenarios.scenario import Scenario, content_hash
from wfm.errors import BadInput
from wfm.hotline import calendar_of
from wfm.i18n import say
from wfm.records import RecordStore
from wfm.records.records_version import records_version

__all__ = ["SPANS", "Period", "against_of", "kinds_of", "last_recorded", "lead_of", "line_of", "period_of"]

SPANS = (7, 14, 28, 84)
"""Lengths that are offered, days."""
USUAL = 14
_KEPT = 12
_read: OrderedDict[str, ForecastAgainst] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def list(self) -> list[date]:
        """All of them."""
        return [self.first + timedelta(days=n) for n in range(self.days)]


def last_recorded(desk: Desk, scenario: Scenario) -> date | None:
    """The last day that holds a record; None if there is none."""
    days = RecordStore(desk.home, scenario.hotline.id).days()
    return days[-1] if days else None


def period_of(asked: Asked, last: date) -> Period:
    """The days that are asked for, else the latest two weeks that are recorded.

    Raises:
        BadInput: a day is none, the first is after the last, or they are too many.
    """
    to = asked.day("to") or last
    span = asked.number("span") or USUAL
    first = asked.day("from") or to - timedelta(days=min(span, DAYS_MAX) - 1)
    earliest = to - timedelta(days=DAYS_MAX - 1)
    if not earliest <= first <= to:
        raise BadInput(
            say(
                "Address, from: found {found}, allowed are {first} to {last} (at most {days} days).",
                found=first,
                first=earliest,
                last=to,
                days=DAYS_MAX,
            )
        )
    return Period(first, to)


def lead_of(asked: Asked) -> int:
    """How far ahead the forecast stood, days."""
    return int(asked.get("lead")) if asked.get("lead") in {str(n) for n in LEADS_DAYS} else 0


def line_of(asked: Asked, scenario: Scenario) -> str:
    """The line that is asked for; ``""``: all together. A hotline with one line has no other choice."""
    lines = scenario.hotline.line_ids
    if len(lines) == 1:
        return lines[0]
    return asked.get("line") if asked.get("line") in lines else ""


def against_of(
    desk: Desk, scenario: Scenario, period: Period, lead: int, now: datetime | None = None
) -> ForecastAgainst:
    """The period's forecasts and records; of the day of ``now`` what was recorded by then.

    Raises:
        BadInput: the records cannot be read.
    """
    hotline = scenario.hotline
    newest = max((f.id for f in desk.store.forecasts.records(hotline.id)), default=0)
    told: list[Any] = [
        str(desk.home), hotline.id, scenario.input_hashes()["hotline"], records_version(desk.home, hotline.id),
        period.first.isoformat(), period.last.isoformat(), lead, newest, f"{now:%Y-%m-%d %H}{now.minute // 10}" if now else "",
    ]  # fmt: skip
    key = content_hash(told)
    with _lock:
        if key in _read:
            _read.move_to_end(key)
            return _read[key]
    found = forecast_against(hotline, period.first, period.last, desk.home, desk.store, lead, now)
    with _lock:
        _read[key] = found
        while len(_read) > _KEPT:
            _read.popitem(last=False)
    return found


def kinds_of(scenario: Scenario, period: Period) -> Kinds:
    """Kinds and names of the days, as axes ask for them."""
    calendar = calendar_of(scenario.hotline)
    kinds = {day: (str(calendar.kind(day).value), calendar.name(day)) for day in period.list}
    named: Mapping[str, Mapping[str, str]] = day_names(kinds)
    return Kinds(named)
