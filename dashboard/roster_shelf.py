"""The rosters that the dashboard shows: read once from store or plan, and again only when they change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar
from weakref import WeakKeyDictionary

import pandas as pd

from dashboard.desk import Desk
from scenarios.roster_at_hand import RosterAtHand, counted_posts
from scenarios.roster_draft import DraftAtHand, open_draft, up_to_date
from scenarios.roster_in_month import in_its_month
from scenarios.roster_month import MonthView, look_at_month, month_end
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario
from scheduler.roster_cells import LiveRoster, live_roster
from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store import DraftRecord, MonthRecord, RosterRecord

__all__ = ["FoundRoster", "RosterShelf", "roster_shelf"]

_KEPT = 48
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FoundRoster:
    """A month and the roster found for it; see :class:`dashboard.pages.roster.view.RosterView`."""

    first: date
    last: date
    months: tuple[date, ...]
    shown: Literal["published", "version", "draft", "plan", "nothing"]
    roster: RosterAtHand | None
    version: int
    published: int | None
    plan: str
    draft: int
    month: MonthView


class RosterShelf:
    """Rosters of a desk. Safe for several threads; what it keeps it finds again by what it was made from."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def find(
        self, scenario: Scenario, now: datetime, *, first: date | None, draft: int, version: int, plan: str
    ) -> FoundRoster:
        """The roster that is asked for, else the one that stands first for the month; see ``view.look``.

        Raises:
            BadInput: there is no such version or plan.
        """
        store, hotline = self._desk.store, scenario.hotline.id
        asked = store.drafts.draft(draft) if draft else None
        plans = {n: p for n, p in self._desk.plans.periods().items() if p[0] == hotline}
        if plan and plan not in plans:
            raise BadInput(say("There is no plan “{name}” of this hotline.", name=plan))
        spans = self._spans(hotline, plans)
        begin = asked.first if asked else plans[plan][1] if plan else first or _nearest(spans, now.date())
        begin = begin or now.date().replace(day=1)
        record = store.months.month(hotline, begin)
        last = record.last if record else spans.get(begin) or month_end(begin)
        drafts = store.drafts.drafts(hotline, begin)
        month = look_at_month(scenario, store, begin, now, last)
        published = month.publications[-1].version if month.publications else None
        empty = FoundRoster(
            begin,
            last,
            tuple(sorted(spans, reverse=True)),
            "nothing",
            None,
            published or 0,
            published,
            "",
            drafts[0].id if drafts else 0,
            month,
        )
        if asked:
            return self._of_draft(scenario, empty, asked.id)
        if plan:
            return self._of_plan(scenario, empty, plan)
        if record is not None and record.roster_id is not None:
            return self._of_version(scenario, empty, record, version or published or 0)
        if drafts:
            return self._of_draft(scenario, empty, drafts[0].id)
        newest = next((n for n, p in plans.items() if p[1] == begin), "")
        if newest:
            return self._of_plan(scenario, empty, newest)
        kept = [r for r in store.rosters(hotline) if r.first == begin]
        return self._of_kept(scenario, empty, max(kept, key=lambda r: r.id)) if kept else empty

    def _spans(self, hotline: str, plans: dict[str, tuple[str, date, int]]) -> dict[date, date]:
        """Last day of each known month by its first."""
        spans = {begin: begin + timedelta(days=days - 1) for _, begin, days in plans.values()}
        spans |= {r.first: r.last for r in self._desk.store.rosters(hotline)}
        spans |= {d.first: d.last for d in self._desk.store.drafts.drafts(hotline)}
        return spans | {m.first: m.last for m in self._desk.store.months.months(hotline)}

    def draft(self, scenario: Scenario, number: int) -> DraftAtHand:
        """The draft as it stands now.

        Raises:
            BadInput: there is none of this number, or it is of another hotline.
        """
        store = self._desk.store
        key = self._draft_key(scenario, store.drafts.draft(number))
        found = up_to_date(self.kept(key, lambda: open_draft(scenario, store, number)), store)
        self._keep(key, found)
        return found

    def keep_draft(self, scenario: Scenario, draft: DraftAtHand) -> None:
        """Keep a draft as it stands after a change, so that nobody works the change out a second time."""
        self._keep(self._draft_key(scenario, draft.record), draft)

    def _draft_key(self, scenario: Scenario, record: DraftRecord) -> Hashable:
        return ("draft", record.id, *self._surroundings(scenario, record.first))

    def live(self, scenario: Scenario, found: FoundRoster) -> LiveRoster:
        """The roster as cells, judged; of a draft as it stands now.

        Raises:
            BadInput: as :meth:`draft`.
        """
        assert found.roster is not None
        if found.shown == "draft":
            return self.draft(scenario, found.draft).live
        roster = found.roster
        # The roster is kept beside what was made of it, so that no other one comes to have its number.
        key = ("live", id(roster.problem), id(roster.duties))
        return self.kept(key, lambda: (roster, live_roster(roster.problem, roster.duties)))[1]

    def version_duties(self, found: FoundRoster, version: int) -> pd.DataFrame:
        """Duties of a version that was published for the month.

        Raises:
            BadInput: there is no such version.
        """
        roster = next((p.roster_id for p in found.month.publications if p.version == version), None)
        if roster is None:
            raise BadInput(say("there is no published version {version} of this month", version=version))
        return self.kept(("version", roster, version), lambda: self._desk.store.roster(roster, version).duties)

    def published_duties(self, found: FoundRoster) -> pd.DataFrame:
        """Duties of the published version of the month; there must be one."""
        assert found.published is not None
        return self.version_duties(found, found.published)

    def _surroundings(self, scenario: Scenario, first: date) -> tuple[Hashable, ...]:
        """What else a roster's problem is made of: the hotline, the month's requests, the rosters before."""
        store, hotline = self._desk.store, scenario.hotline.id
        month = store.months.month(hotline, first)
        requests = tuple(r.id for r in store.months.requests(month)) if month else ()
        before = tuple((r.id, r.version, r.published_version) for r in store.rosters(hotline) if r.first < first)
        return id(scenario), requests, before

    def _of_draft(self, scenario: Scenario, empty: FoundRoster, draft: int) -> FoundRoster:
        found = self.draft(scenario, draft)
        roster = self.kept(("duties", draft, found.latest, id(found.live.problem)), found.at_hand)
        return replace(empty, shown="draft", roster=roster, draft=draft)

    def _of_plan(self, scenario: Scenario, empty: FoundRoster, plan: str) -> FoundRoster:
        found = self._desk.plans.plan(plan)
        roster = self._roster(scenario, empty, ("plan", id(found)), found.duties, None, 1)
        return replace(empty, shown="plan", roster=roster, plan=plan)

    def _of_version(self, scenario: Scenario, empty: FoundRoster, record: MonthRecord, version: int) -> FoundRoster:
        store, number = self._desk.store, record.roster_id
        assert number is not None
        duties = self.kept(("version", number, version), lambda: store.roster(number, version).duties)
        posts = self.kept(("posts", number), lambda: store.months.posts_of(number))
        earlier = [p.version for p in empty.month.publications if p.version < version]
        before = (
            self.kept(("version", number, earlier[-1]), lambda: store.roster(number, earlier[-1]).duties)
            if earlier
            else None
        )
        roster = self._roster(scenario, empty, ("version", number, version), duties, posts, version)
        shown: Literal["published", "version"] = "published" if version == empty.published else "version"
        return replace(empty, shown=shown, roster=replace(roster, before=before), version=version)

    def _of_kept(self, scenario: Scenario, empty: FoundRoster, record: RosterRecord) -> FoundRoster:
        store = self._desk.store
        duties = self.kept(("kept", record.id, record.version), lambda: store.roster(record.id).duties)
        roster = self._roster(scenario, empty, ("kept", record.id, record.version), duties, None, record.version)
        return replace(empty, shown="plan", roster=roster)

    def _roster(
        self,
        scenario: Scenario,
        empty: FoundRoster,
        key: Hashable,
        duties: pd.DataFrame,
        posts: pd.DataFrame | None,
        version: int,
    ) -> RosterAtHand:
        """The roster with its problem, to which the month's requests and the roster before belong."""
        store, hotline, first = self._desk.store, scenario.hotline, empty.first
        days = (empty.last - first).days + 1
        made_of = ("problem", first, days, key, *self._surroundings(scenario, first))

        def make() -> tuple[Scenario, Any]:
            needed = counted_posts(hotline, duties) if posts is None else posts
            # The scenario is kept beside the problem, so that no other one comes to have its number.
            return scenario, in_its_month(roster_problem(scenario, first, days, needed), store)

        problem = self.kept(made_of, make)[1]
        return RosterAtHand(hotline.id, scenario, problem, duties, posts is not None, version)

    def kept(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """What was made under this key before, else what ``make`` gives."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: _T = self._kept[key]
                return found
        made = make()
        self._keep(key, made)
        return made

    def _keep(self, key: Hashable, made: object) -> None:
        with self._lock:
            self._kept[key] = made
            self._kept.move_to_end(key)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _nearest(spans: dict[date, date], today: date) -> date | None:
    """The first month that is not over, else the latest."""
    coming = [first for first, last in spans.items() if last >= today]
    return min(coming, default=None) or max(spans, default=None)


_SHELVES: WeakKeyDictionary[Desk, RosterShelf] = WeakKeyDictionary()
_SHELVES_LOCK = threading.Lock()


def roster_shelf(desk: Desk) -> RosterShelf:
    """The desk's shelf of rosters."""
    with _SHELVES_LOCK:
        if desk not in _SHELVES:
            _SHELVES[desk] = RosterShelf(desk)
        return _SHELVES[desk]
