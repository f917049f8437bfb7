"""What the store holds of a hotline, read once and again only when something is added, and the sentence that sums it up."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Lock

from dashboard.desk import Desk
from dashboard.wording import dated_label, number_words
from scenarios.scenario import Scenario, content_hash
from wfm.i18n import list_words, say
from wfm.records import RecordStore
from wfm.records.feed_store import FeedBatch, FeedStore
from wfm.records.held_days import HeldDay, held_days
from wfm.records.item_reach import ItemReach, item_reach
from wfm.records.record_store import Label
from wfm.records.records_version import records_version

__all__ = ["Stock", "headline_of", "run_words", "runs_of", "stock_of"]

_KEPT = 16
_read: OrderedDict[tuple[Path, str, str, date], Stock] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Stock:
    """Everything that is stored of one hotline."""

    days: tuple[HeldDay, ...]
    """From the first stored day to yesterday, and today if something of it is stored."""
    labels: tuple[Label, ...]
    feeds: tuple[FeedBatch, ...]
    items: tuple[ItemReach, ...]

    @property
    def missing(self) -> list[date]:
        """Days in between on which the hotline was open and of which nothing is stored."""
        return [one.day for one in self.days if one.state == "missing"]

    @property
    def last(self) -> date | None:
        """The last day of which something is stored."""
        return max((one.day for one in self.held), default=None)

    @property
    def held(self) -> list[HeldDay]:
        """Days of which something is stored, the one under way included."""
        return [one for one in self.days if one.state in ("whole", "part", "under way")]

    @property
    def in_part(self) -> list[date]:
        """Days that are stored in part only."""
        return [one.day for one in self.days if one.state == "part"]


def stock_of(desk: Desk, scenario: Scenario, today: date) -> Stock:
    """What is stored; of ``today`` the rest is still to come."""
    hotline = scenario.hotline
    version = records_version(desk.home, hotline.id)
    key = (desk.home, version, content_hash(scenario.input_hashes()["hotline"]) + hotline.id, today)
    with _lock:
        if key in _read:
            _read.move_to_end(key)
            return _read[key]
    stock = Stock(
        days=tuple(held_days(desk.home, hotline, today - timedelta(days=1), today=today)),
        labels=tuple(RecordStore(desk.home, hotline.id).labels()),
        feeds=tuple(FeedStore(desk.home, hotline.id).batches()),
        items=tuple(item_reach(desk.home, hotline.id, hotline.time_zone)),
    )
    with _lock:
        _read[key] = stock
        while len(_read) > _KEPT:
            _read.popitem(last=False)
    return stock


def headline_of(stock: Stock) -> tuple[str, str]:
    """Look and sentence: until when the records reach, and what is missing."""
    held = stock.held
    if stock.last is None:
        return "none", say("No records yet: bring in the first file to forecast, plan and review by what really came.")
    reach = say(
        "Records of {count} days, {first} to {last}.",
        count=number_words(len(held)),
        first=dated_label(held[0].day),
        last=dated_label(stock.last),
    )
    if "synthetic" in stock.labels:
        reach = say("{reach} They are generated, not recorded.", reach=reach)
    missing = stock.missing
    if missing:
        late = [day for day in missing if day > stock.last]
        gaps = [day for day in missing if day < stock.last]
        if gaps:
            shown = list_words([run_words(run) for run in runs_of(gaps)[-3:]])
            return "risk", say(
                "{reach} {count} open days are missing, lastly {days}.", reach=reach, count=len(gaps), days=shown
            )
        if len(late) == 1:
            return "risk", say("{reach} Yesterday is not there yet.", reach=reach)
        return "risk", say("{reach} The last {count} open days are not there yet.", reach=reach, count=len(late))
    if stock.in_part:
        shown = list_words([dated_label(day) for day in stock.in_part[-3:]])
        return "risk", say("{reach} Only a part is there of {days}.", reach=reach, days=shown)
    return "met", say("{reach} No day is missing.", reach=reach)


def runs_of(days: list[date]) -> list[tuple[date, date]]:
    """Days that follow one another, as (first, last)."""
    runs: list[tuple[date, date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def run_words(run: tuple[date, date]) -> str:
    """A run of days in words."""
    first, last = run
    return (
        dated_label(first)
        if first == last
        else say("{first} to {last}", first=dated_label(first), last=dated_label(last))
    )
