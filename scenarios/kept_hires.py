"""The long view of a hotline, kept under a name that holds what it was made from, so that it opens at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from scenarios.hire import HirePlan, Watch, plan_hires
from scenarios.scenario import Scenario, content_hash
from wfm import __version__
from wfm.errors import BadInput
from wfm.i18n import Text
from wfm.json_text import to_json
from wfm.records import RecordStore

__all__ = ["KeptHires", "KeptMonth", "KeptTeam", "find_hires", "hires_key", "look_ahead_and_keep"]


@dataclass(frozen=True, slots=True)
class KeptMonth:
    """One month of a team; as ``scenarios.hire.TeamMonth``."""

    month: date
    calls_per_day: float
    hours: float
    needed: float
    reason: str
    heads: float
    low: int
    high: int
    p_enough: float
    deciding: int
    joining: int
    leaving: float
    gap: float
    cost: float
    provisional: bool
    """Whether the calendar of the month is not announced yet."""


@dataclass(frozen=True, slots=True)
class KeptTeam:
    """A team with its months, and the hires of each contract: name, people now, deciding and joining by month."""

    role: str
    people: int
    months: tuple[KeptMonth, ...]
    contracts: tuple[tuple[Text, int, tuple[int, ...], tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class KeptHires:
    """The long view as it was made."""

    hotline: str
    first: date
    months: int
    reserve: float | None
    """Probability of enough heads in every month that was asked for; None: enough on average."""
    teams: tuple[KeptTeam, ...]
    notes: tuple[Text, ...]


def hires_key(scenario: Scenario, first: date, months: int, home: Path) -> str:
    """Digest of what the long view is made from: the hotline with its people, the records, the months, the version."""
    records = RecordStore(home, scenario.hotline.id)
    manifests = sorted((p.name, p.stat().st_size) for p in records.folder.glob("**/manifests/*.json"))
    return content_hash([scenario.input_hashes(), manifests, first.replace(day=1), months, __version__])


def find_hires(scenario: Scenario, first: date, months: int, home: Path) -> KeptHires | None:
    """The long view as kept; None where nobody has made it from what is there now."""
    path = _path(scenario, first, months, home)
    try:
        return _read(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def look_ahead_and_keep(
    scenario: Scenario, first: date, months: int, home: Path, *, workers: int = 1, watch: Watch
) -> KeptHires:
    """Make the long view and keep it.

    Raises:
        BadInput: as :func:`scenarios.hire.plan_hires`.
    """
    document = _document(plan_hires(scenario, first, months, home, workers=workers, watch=watch))
    path = _path(scenario, first, months, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{threading.get_ident()}.part")
    part.write_text(to_json(document), encoding="utf-8")
    part.replace(path)
    found = find_hires(scenario, first, months, home)
    if found is None:
        raise BadInput(f"{path}")
    return found


def _path(scenario: Scenario, first: date, months: int, home: Path) -> Path:
    return home / "hires" / f"{scenario.hotline.id}-{hires_key(scenario, first, months, home)}.json"


def _document(plan: HirePlan) -> dict[str, Any]:
    return {
        "hotline": plan.hotline.id,
        "first": plan.first.isoformat(),
        "months": plan.months,
        "reserve": plan.reserve,
        "teams": [
            {
                "role": team.team.role,
                "people": team.team.people,
                "months": [
                    {
                        "month": month.month.isoformat(),
                        "calls_per_day": work.calls_per_day,
                        "provisional": bool(work.provisional),
                        **{
                            name: getattr(month, name)
                            for name in (
                                *("hours", "needed", "reason", "heads", "low", "high", "p_enough", "deciding"),
                                *("joining", "leaving", "gap", "cost"),
                            )
                        },
                    }
                    for work, month in zip(plan.work, team.months, strict=True)
                ],
                "contracts": [
                    {
                        "name": one.member.contract.name.as_dict(),
                        "people": one.member.people,
                        "deciding": [int(n) for n in one.plan.deciding[: plan.months]],
                        "joining": [int(n) for n in one.plan.joining[: plan.months]],
                    }
                    for one in team.members
                ],
            }
            for team in plan.teams
        ],
        "notes": [note.as_dict() for note in plan.notes],
    }


def _read(kept: Mapping[str, Any]) -> KeptHires:
    teams = tuple(
        KeptTeam(
            role=team["role"],
            people=team["people"],
            months=tuple(
                KeptMonth(**{**month, "month": date.fromisoformat(month["month"])}) for month in team["months"]
            ),
            contracts=tuple(
                (Text(**one["name"]), one["people"], tuple(one["deciding"]), tuple(one["joining"]))
                for one in team["contracts"]
            ),
        )
        for team in kept["teams"]
    )
    return KeptHires(
        hotline=kept["hotline"],
        first=date.fromisoformat(kept["first"]),
        months=kept["months"],
        reserve=kept["reserve"],
        teams=teams,
        notes=tuple(Text(**note) for note in kept["notes"]),
    )
