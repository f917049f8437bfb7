"""The scheduler's month with the planning store: how it stands, what is collected for it, what is published."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.month_files import read_requests
from scenarios.roster_at_hand import RosterAtHand, stored_roster
from scenarios.roster_in_month import in_its_month
from scenarios.scenario import Scenario
from scheduler.checker import Violation
from scheduler.duties_hash import duties_hash
from scheduler.firm_duties import check_with_places, give_to_firms, places_to_name
from scheduler.firm_places import firm_of_place
from scheduler.handover import short_handovers
from scheduler.month import MonthDates, MonthState, month_dates, refuse_settled, state_of_month
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.i18n import Text, say
from wfm.store import MonthRecord, MonthRequest, Publication, Store, SwapRecord

__all__ = [
    "MonthView",
    "Published",
    "collect_requests",
    "look_at_month",
    "month_end",
    "plain_posts",
    "publish_roster",
    "published_roster",
    "roster_handovers",
]


@dataclass(frozen=True, slots=True)
class MonthView:
    """How a month stands.

    Attributes:
        dates: first and last day, deadlines.
        state: collecting, building, published, running or settled.
        requests: what came in and stands, late ones marked.
        withdrawn: what came in and was withdrawn.
        publications: versions made known, the first one first.
        swaps: swaps asked for.
        to_name: duties for which firms have still to name somebody.
        amount: what the month cost, once it is settled.
    """

    dates: MonthDates
    state: MonthState
    requests: tuple[MonthRequest, ...]
    publications: tuple[Publication, ...]
    swaps: tuple[SwapRecord, ...]
    to_name: int
    amount: str | None
    withdrawn: tuple[MonthRequest, ...] = ()


@dataclass(frozen=True, slots=True)
class Published:
    """A publication and what is to be said of the roster.

    Attributes:
        publication: version, whether late, whether nothing was new.
        violations: what the independent checker finds.
        handovers: a sentence for each handing over that is too short.
        to_name: duties for which firms have still to name somebody.
    """

    publication: Publication
    violations: tuple[Violation, ...]
    handovers: tuple[Text, ...]
    to_name: int


def month_end(first: date) -> date:
    """Last day of the calendar month that ``first`` begins; of another day, of the four weeks from it on."""
    if first.day == 1:
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first + timedelta(days=27)


def look_at_month(scenario: Scenario, store: Store, first: date, now: datetime, last: date | None = None) -> MonthView:
    """How the month from ``first`` on stands at ``now``; a month of which nothing is known yet is collecting or building.

    Raises:
        BadInput: ``last`` lies before ``first``.
    """
    record = store.months.month(scenario.hotline.id, first)
    dates = month_dates(scenario.hotline, first, record.last if record else last or month_end(first))
    if record is None:
        return MonthView(dates, state_of_month(dates, now, published=False, settled=False), (), (), (), 0, None)
    settlement = store.months.settlement(record)
    to_name = 0
    publications: list[Publication] = []
    if record.roster_id is not None:
        publications = store.months.publications(record.roster_id)
        agents = store.months.agents_on(record.roster_id, publications[-1].version)
        to_name = sum(firm_of_place(agent) is not None for agent in agents)
    return MonthView(
        dates=dates,
        state=state_of_month(dates, now, published=bool(publications), settled=settlement is not None),
        requests=tuple(store.months.requests(record)),
        publications=tuple(publications),
        swaps=tuple(store.months.swaps(record)),
        to_name=to_name,
        amount=settlement.amount if settlement else None,
        withdrawn=tuple(store.months.withdrawn(record)),
    )


def collect_requests(
    scenario: Scenario,
    store: Store,
    first: date,
    path: Path,
    now: datetime,
    *,
    last: date | None = None,
    who: str = "",
) -> tuple[int, int]:
    """Keep the requests of a file for the month from ``first`` on.

    Returns:
        how many were new, and how many of the file's are late.

    Raises:
        BadInput: the file cannot be read, or the month is settled.
    """
    month = store.months.open_month(scenario.hotline.id, first, last or _last(store, scenario, first), who=who)
    dates = month_dates(scenario.hotline, first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    found = read_requests(path, scenario.hotline, scenario.agents, now, dates.collect_until)
    return store.months.collect(month, found, who=who), sum(r.late for r in found)


def publish_roster(
    found: RosterAtHand,
    store: Store,
    now: datetime,
    *,
    over: int | None = None,
    to_firms: bool = False,
    despite_rules: bool = False,
    note: str = "",
    who: str = "",
) -> Published:
    """Publish a roster for its month.

    Args:
        found: the roster.
        store: the planning store.
        now: when; after the deadline the publication is marked late.
        over: the published version that this one replaces.
        to_firms: give the duties of firms' people to their firms, which name somebody later.
        despite_rules: publish even where rules are broken.
        note: what was changed.
        who: who publishes.

    Raises:
        BadInput: the month is settled; rules are broken; another version is published than the one to replace.
    """
    hotline, problem = found.problem.hotline, in_its_month(found.problem, store)
    duties = give_to_firms(problem, found.duties) if to_firms else found.duties
    violations = check_with_places(problem, duties)
    broken = [v for v in violations if v.breaks_law]
    if broken and not despite_rules:
        raise BadInput(
            say(
                "the roster breaks {n} rules and is not published, the first: {rule} (publish it nevertheless with "
                "--despite-rules)",
                n=len(broken),
                rule=broken[0].text,
            )
        )
    month = store.months.open_month(hotline.id, problem.first, problem.last, who=who)
    dates = month_dates(hotline, month.first, month.last)
    refuse_settled(dates, settled=store.months.settlement(month) is not None)
    publication = store.months.publish(
        month,
        duties,
        duties_hash(duties),
        over=over,
        late=now >= dates.publish_until and month.roster_id is None,
        posts=plain_posts(problem.posts) if found.posts_known else None,
        note=note,
        who=who,
        at=now,
    )
    return Published(
        publication, tuple(violations), roster_handovers(duties, dates.handover_min), len(places_to_name(duties))
    )


def _last(store: Store, scenario: Scenario, first: date) -> date:
    record = store.months.month(scenario.hotline.id, first)
    return record.last if record else month_end(first)


def published_roster(scenario: Scenario, store: Store, first: date) -> tuple[MonthRecord, RosterAtHand]:
    """The month from ``first`` on and its published roster, with what its problem knows of the month.

    Raises:
        BadInput: nothing is published.
    """
    month = store.months.month(scenario.hotline.id, first)
    if month is None or month.roster_id is None:
        raise BadInput(
            say(
                "no roster of {hotline} from {first} on is published; publish one with wfm roster publish",
                hotline=scenario.hotline.id,
                first=first,
            )
        )
    found = stored_roster(scenario, first, store)
    return month, replace(found, problem=in_its_month(found.problem, store))


def roster_handovers(duties: pd.DataFrame, least_min: int) -> tuple[Text, ...]:
    """A sentence for each handing over that is shorter than ``least_min`` minutes; none where that is 0."""
    return tuple(short_handovers(duties, least_min)) if least_min else ()


def plain_posts(posts: pd.DataFrame) -> list[dict[str, Any]]:
    """Posts to fill as plain values, as the store keeps them."""
    found = []
    for row in rows_of(posts):
        plain = {k: v for k, v in row._asdict().items() if not pd.isna(v)}
        plain["date"] = pd.Timestamp(plain["date"]).date().isoformat()
        found.append({k: (v.item() if hasattr(v, "item") else v) for k, v in plain.items()})
    return found
