"""A roster from wherever it is kept, with the problem it belongs to: folder, plan, workbook, CSV file or planning store."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from scenarios.posts_file import read_posts
from scenarios.roster_folder import read_any_roster
from scenarios.roster_in_month import in_the_store_if_any
from scenarios.roster_problem import roster_problem
from scenarios.scenario import Scenario, load_scenario
from scheduler import POST_COLUMNS, RosterProblem, read_duties
from scheduler.read_book import find_grid, kept_posts, read_book, read_facts
from scheduler.sheet_cells import read_sheets
from scheduler.table_rows import rows_of
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.hotline.reading import HOTLINE_FILE
from wfm.i18n import say
from wfm.tables import DUTIES

if TYPE_CHECKING:
    from wfm.store import Store

__all__ = ["RosterAtHand", "counted_posts", "roster_at_hand", "stored_roster"]

TABLES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv")


@dataclass(frozen=True, slots=True)
class RosterAtHand:
    """A roster and its problem.

    Attributes:
        name: where it was found, as asked for.
        scenario: hotline, people and leave.
        problem: people, rules, period and posts.
        duties: ``tables.DUTIES``.
        posts_known: whether the posts are the ones to fill; otherwise they are counted from the duties.
        version: its version, of a roster in the planning store or a workbook; 1 elsewhere.
        before: duties of the version published before it, of a roster in the planning store.
    """

    name: str
    scenario: Scenario
    problem: RosterProblem
    duties: pd.DataFrame
    posts_known: bool
    version: int = 1
    before: pd.DataFrame | None = None


def roster_at_hand(
    place: str,
    *,
    hotline: str = "",
    start: date | None = None,
    posts: Path | None = None,
    original: RosterAtHand | None = None,
    after: str = "",
) -> RosterAtHand:
    """The roster at ``place``: a folder of ``wfm roster build`` or ``wfm plan``, a workbook or CSV file of people ×
    days, a duties file, or a hotline, whose roster from ``start`` on is then taken from the planning store.

    Args:
        place: path, or name of a hotline.
        hotline: name or path of the hotline, where the roster itself does not say it.
        start: first day, for the store and for headings without a year or month.
        posts: file of the posts to fill, instead of the roster's own.
        original: the roster from which a workbook was made: it gives posts and period.
        after: the roster before, as ``place``; rules reach across the border. Without it they reach across to the one
            published before, where there is one. What was collected in time for the roster's month counts always.

    Raises:
        BadInput: nothing there can be read as a roster, or it does not fit the hotline.
    """
    path = Path(place)
    if not path.exists() and path.suffix.lower() in TABLES:
        raise BadInput(say("{path}: there is no such file", path=path))
    if path.is_file() and path.suffix.lower() in TABLES:
        found = _of_file(path, hotline, start, posts, original)
    elif (path / "roster.json").is_file() or (path / "plan.json").is_file():
        found = _of_folder(path, hotline, posts)
    else:
        from wfm.store import open_store

        scenario = _hotline_of(place)
        if start is None:
            raise BadInput(
                say(
                    "{name} is a hotline; name the first day of its roster in the planning store with --start",
                    name=place,
                )
            )
        found = stored_roster(scenario, start, open_store())
    problem = found.problem
    if after:
        problem = replace(problem, history=roster_at_hand(after, hotline=hotline or found.scenario.name).duties)
    return replace(found, problem=in_the_store_if_any(problem))


def _hotline_of(place: str) -> Scenario:
    """The hotline that ``place`` names, whose roster is then in the planning store."""
    path = Path(place)
    try:
        return load_scenario(place)
    except BadInput as error:
        if not path.exists():
            raise BadInput(
                say("{place}: there is no such folder or file; {reason}", place=place, reason=error)
            ) from None
        if path.is_dir() and not (path / HOTLINE_FILE).exists():
            raise BadInput(
                say("{path}: holds no roster; neither roster.json nor plan.json is in this folder", path=path)
            ) from None
        raise


def stored_roster(scenario: Scenario, start: date, store: Store) -> RosterAtHand:
    """The roster in the planning store that begins on ``start``: the one published for its month, else the latest kept.

    Raises:
        BadInput: there is no such roster.
    """
    hotline = scenario.hotline
    month = store.months.month(hotline.id, start)
    known = [r for r in store.rosters(hotline.id) if r.first == start]
    if month is not None and month.roster_id is not None:
        record = next(r for r in known if r.id == month.roster_id)
    elif known:
        record = max(known, key=lambda r: (r.published_version is not None, r.id))
    else:
        raise BadInput(
            say("the planning store holds no roster of {hotline} from {start} on", hotline=hotline.id, start=start)
        )
    version = record.published_version or record.version
    duties = store.roster(record.id, version).duties
    earlier = [p for p in store.months.publications(record.id) if p.version < version]
    before = store.roster(record.id, earlier[-1].version).duties if earlier else None
    kept = store.months.posts_of(record.id)
    days = (record.last - record.first).days + 1
    needed = counted_posts(hotline, duties) if kept is None else kept
    problem = roster_problem(scenario, start, days, needed)
    return RosterAtHand(hotline.id, scenario, problem, duties, kept is not None, version, before)


def counted_posts(hotline: Hotline, duties: pd.DataFrame) -> pd.DataFrame:
    """Posts as the duties fill them (``POST_COLUMNS``): all A, and the B that the group's A posts ask for."""
    there = Counter((pd.Timestamp(r.date), str(r.group), str(r.shift), str(r.role)) for r in rows_of(duties))
    rows = []
    for day, group, shift in sorted({key[:3] for key in there}):
        answering, standing_by = there[day, group, shift, "A"], there[day, group, shift, "B"]
        found = next((g for g in hotline.groups if g.id == group), None)
        if found is None or not any(s.id == shift for s in hotline.shifts):
            continue  # the checker tells of names that are not known
        per_backup = found.posts_per_backup
        wanted = -(-answering // per_backup) if per_backup else 0
        rows.append((day, group, shift, answering, max(wanted, standing_by)))
    return pd.DataFrame(rows, columns=list(POST_COLUMNS)).astype({"posts_a": "int64", "posts_b": "int64"})


def _of_folder(path: Path, hotline: str, posts: Path | None) -> RosterAtHand:
    found = read_any_roster(path)
    asked = hotline or found.scenario
    try:
        named = load_scenario(asked)
    except BadInput as error:
        if hotline:
            raise
        raise BadInput(
            say("{path}: its hotline is not found ({reason}); name it with --hotline", path=path, reason=error)
        ) from None
    if named.hotline.id != found.hotline.id:
        raise BadInput(
            say(
                "{path} is a roster of {found}, not of {wanted}",
                path=path,
                found=found.hotline.id,
                wanted=named.hotline.id,
            )
        )
    scenario = replace(named, hotline=found.hotline)
    needed = found.posts if posts is None else read_posts(posts, found.hotline, found.first, found.days)
    known = needed is not None
    if needed is None:
        needed = counted_posts(found.hotline, found.duties)
    problem = roster_problem(scenario, found.first, found.days, needed)
    return RosterAtHand(str(path), scenario, problem, found.duties, known)


def _of_file(
    path: Path, hotline: str, start: date | None, posts: Path | None, original: RosterAtHand | None
) -> RosterAtHand:
    sheets = read_sheets(path)
    facts = read_facts(sheets)
    name = hotline or (facts.hotline if facts else "")
    if not name and original is None:
        raise BadInput(
            say("{path}: the file does not say whose roster it is; name the hotline with --hotline", path=path)
        )
    scenario = load_scenario(name) if original is None or hotline else original.scenario
    heads = {sheets[0].text(0, column) for column in range(len(sheets[0].rows[0]))} if sheets[0].rows else set()
    if path.suffix.lower() == ".csv" and heads >= set(DUTIES.column_names):
        duties = read_duties(path, scenario.hotline.time_zone)
        if duties.empty:
            raise BadInput(say("{path}: holds no duty", path=path))
        first = start or duties["date"].min().date()
        problem, known = _problem(scenario, first, (duties["date"].max().date() - first).days + 1, posts, original)
        if not known:
            problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
        return RosterAtHand(str(path), scenario, problem, duties, known)
    grid = find_grid(path, scenario.hotline, start or (original.problem.first if original else None))
    first = start or (original.problem.first if original else grid.first)
    problem, known = _problem(scenario, first, (max(grid.days.values()) - first).days + 1, posts, original, grid.length)
    kept = None if known else kept_posts(sheets, scenario.hotline)
    if kept is not None and first == grid.first:
        problem, known = replace(problem, posts=kept), True
    duties = read_book(problem, grid, original.duties if original else None)
    if not known:
        problem = replace(problem, posts=counted_posts(scenario.hotline, duties))
    version = int(facts.version) if facts and facts.version.isdigit() else 1
    return RosterAtHand(str(path), scenario, problem, duties, known, version)


def _problem(
    scenario: Scenario, first: date, days: int, posts: Path | None, original: RosterAtHand | None, at_least: int = 1
) -> tuple[RosterProblem, bool]:
    """The problem with the posts given, else the original's, else none yet; and whether they are known."""
    if original is not None and posts is None:
        return original.problem, original.posts_known
    if days < 1:
        last = first + timedelta(days=days - 1)
        raise BadInput(say("--start: the roster ends on {last}, before {start}", last=last, start=first))
    length = max(days, at_least)
    if posts is not None:
        return roster_problem(scenario, first, length, read_posts(posts, scenario.hotline, first, length)), True
    return roster_problem(scenario, first, length, pd.DataFrame(columns=list(POST_COLUMNS))), False
