"""A roster on disk: written whole or not at all, read back as the same value.

===============  ==========================================================================
``roster.json``  hotline, period, seed, version, hashes of the inputs, status, objective, quality
``duties.csv``   who works when (``scheduler.export``)
``posts.csv``    the posts that were to fill
===============  ==========================================================================

A plan's folder holds duties too; :func:`read_any_roster` reads either, and a bare duties file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.posts_file import posts_csv, read_posts
from scenarios.roster_result import RosterResult
from scenarios.whole_folder import check_folder, read_head, write_folder
from scheduler import read_duties
from scheduler.export import duties_csv
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import Text, say
from wfm.json_text import to_json

__all__ = [
    "AnyRoster",
    "check_roster_target",
    "read_any_roster",
    "read_roster",
    "roster_files",
    "roster_head",
    "write_roster",
]

FORMAT = 1
"""Version of the folder's layout, written to ``roster.json``."""

HEAD = "roster.json"
_SIMPLE = (
    "scenario",
    "days",
    "seed",
    "version",
    "reproducible",
    "inputs",
    "status",
    "objective",
    "bound",
    "parts",
    "legal",
    "quality",
    "pattern",
)
"""Fields of a roster that ``roster.json`` holds as they are."""


@dataclass(frozen=True, slots=True)
class AnyRoster:
    """Duties from wherever they were kept.

    Attributes:
        hotline: the hotline whose roster it is.
        scenario: name or path under which its people are found; empty where the source does not say.
        first: first day of the period; of a bare file, of the duties.
        days: length of the period.
        duties: ``tables.DUTIES``.
        posts: posts to fill; None where the source does not keep them.
        result: the whole result, of a roster folder only.
    """

    hotline: Hotline
    scenario: str
    first: date
    days: int
    duties: pd.DataFrame
    posts: pd.DataFrame | None
    result: RosterResult | None = None

    @property
    def last(self) -> date:
        """Last day of the period."""
        return self.first + timedelta(days=self.days - 1)


def roster_head(result: RosterResult) -> dict[str, Any]:
    """What ``roster.json`` holds, as plain values."""
    return {
        "format": FORMAT,
        "scenario": result.scenario,
        "first": result.first.isoformat(),
        **{key: getattr(result, key) for key in _SIMPLE if key != "scenario"},
        "gap": result.gap,
        "violations": [t.as_dict() for t in result.violations],
        "reasons": [t.as_dict() for t in result.reasons],
        "conflicts": list(result.conflicts),
        "hotline": result.hotline.model_dump(mode="json", by_alias=True),
    }


def roster_files(result: RosterResult) -> dict[str, bytes]:
    """The folder's files by name."""
    return {
        HEAD: (to_json(roster_head(result)) + "\n").encode(),
        "duties.csv": duties_csv(result.duties),
        "posts.csv": posts_csv(result.posts),
    }


def check_roster_target(folder: Path) -> None:
    """Refuse a place where a roster must not be written, before any work is done.

    Raises:
        BadInput: the place is a file, holds something that is no roster, or cannot be written.
    """
    check_folder(
        folder,
        HEAD,
        if_file=say("{folder} is a file; a roster needs a folder", folder=folder),
        if_others=say("{folder} holds files that are no roster; choose an empty or a new folder", folder=folder),
    )


def write_roster(result: RosterResult, folder: Path) -> None:
    """Write the roster's folder; it appears complete or not at all. An older roster there is replaced.

    Raises:
        BadInput: see :func:`check_roster_target`.
    """
    check_roster_target(folder)
    write_folder(folder, roster_files(result))


def read_roster(folder: Path | str) -> RosterResult:
    """The roster in ``folder``.

    Raises:
        BadInput: there is no roster, it is of a layout this version does not know, or a file is damaged.
    """
    folder = Path(folder)
    path = folder / HEAD
    if not path.is_file():
        raise BadInput(say("{folder} holds no roster (no roster.json); make one with wfm roster build", folder=folder))
    try:
        head = read_head(path, FORMAT)
        hotline = Hotline.model_validate(head["hotline"])
        first, days = date.fromisoformat(head["first"]), int(head["days"])
        simple: dict[str, Any] = {key: head[key] for key in _SIMPLE}
        texts: dict[str, Any] = {key: tuple(Text(**t) for t in head[key]) for key in ("violations", "reasons")}
        conflicts = tuple(head.get("conflicts", ()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            say(
                "{folder}: the roster there is damaged ({reason}); make it again with wfm roster build",
                folder=folder,
                reason=f"{type(error).__name__}: {str(error).splitlines()[0]}",
            )
        ) from None
    duties = read_duties(folder / "duties.csv", hotline.time_zone)
    posts = read_posts(folder / "posts.csv", hotline, first, days)
    return RosterResult(
        hotline=hotline, first=first, duties=duties, posts=posts, conflicts=conflicts, **simple, **texts
    )


def read_any_roster(path: Path | str, hotline: Hotline | None = None) -> AnyRoster:
    """Duties of a roster folder, a plan folder, or a bare duties file with its ``hotline``.

    Raises:
        BadInput: nothing there can be read as a roster; a bare file without a hotline or without a duty; the
            folder's roster is of another hotline than asked for.
    """
    path = Path(path)
    if (path / HEAD).is_file():
        result = read_roster(path)
        found = AnyRoster(
            result.hotline, result.scenario, result.first, result.days, result.duties, result.posts, result
        )
    elif (path / "plan.json").is_file():
        found = _of_plan(path)
    elif path.is_file():
        return _of_file(path, hotline)
    else:
        raise BadInput(
            say(
                "{path} is neither a roster folder (roster.json), a plan folder (plan.json) nor a duties file",
                path=path,
            )
        )
    if hotline is not None and hotline.id != found.hotline.id:
        raise BadInput(
            say(
                "{path} is a roster of {found}, not of {wanted}",
                path=path,
                found=found.hotline.id,
                wanted=hotline.id,
            )
        )
    return found


def _of_plan(folder: Path) -> AnyRoster:
    from scenarios.plan_folder import read_plan

    plan = read_plan(folder)
    duties = read_duties(folder / "duties.csv", plan.hotline.time_zone)
    return AnyRoster(plan.hotline, plan.hotline.id, plan.first, plan.days, duties, None)


def _of_file(path: Path, hotline: Hotline | None) -> AnyRoster:
    if hotline is None:
        raise BadInput(
            say("{path}: a duties file does not say whose it is; name the hotline with --hotline", path=path)
        )
    duties = read_duties(path, hotline.time_zone)
    if duties.empty:
        raise BadInput(say("{path}: holds no duty", path=path))
    known = {s.id for s in hotline.shifts}
    foreign = sorted(set(duties["shift"]) - known)
    if foreign:
        raise BadInput(
            say(
                "{path} is no roster of {hotline}: it has no shift {shift}",
                path=path,
                hotline=hotline.id,
                shift=foreign[0],
            )
        )
    first, last = duties["date"].min().date(), duties["date"].max().date()
    return AnyRoster(hotline, "", first, (last - first).days + 1, duties, None)
