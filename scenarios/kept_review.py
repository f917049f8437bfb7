"""Reviews that are kept: a look back is worked out once, and opens at once ever after.

``WFM_HOME/reviews/HOTLINE/FIRST-LAST-HASH.json`` holds one: its days, targets, causes with their intervals and sentences, and by which inputs it
was made, so that a reader can tell whether records, people or plans have changed since. A file appears whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scenarios.review import Review, ReviewSettings
from scenarios.scenario import Scenario, content_hash
from wfm import __version__
from wfm.i18n import Text
from wfm.json_text import plain_values
from wfm.records.records_version import records_version
from wfm.records.whole_files import write_whole
from wfm.review.missed import DayReview, TargetReview
from wfm.review.sentences import cause_name, review_sentences
from wfm.store import Store

__all__ = [
    "KeptCause",
    "KeptDay",
    "KeptReview",
    "KeptTarget",
    "find_review",
    "keep_review",
    "kept_reviews",
    "review_inputs",
]

KEPT_OF_A_HOTLINE = 100


@dataclass(frozen=True, slots=True)
class KeptCause:
    """What one input brought, in the KPI's own unit."""

    factor: str
    name: Text
    value: float
    half_width: float
    """Of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class KeptTarget:
    """One target on one day, over one line or (empty) all of them."""

    target: str
    name: Text
    kpi: str
    unit: str
    operator: str
    limit: float
    clause: str
    line: str
    met: bool
    observed: float
    planned: float
    causes: tuple[KeptCause, ...]
    luck: float
    usual_low: float
    usual_high: float
    verdict: str
    sentences: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class KeptDay:
    """One day: all lines together, and line by line."""

    day: date
    plan: str
    before_the_day: bool
    explained: bool
    targets: tuple[KeptTarget, ...]
    by_line: tuple[KeptTarget, ...]
    not_recorded: tuple[str, ...]

    @property
    def missed(self) -> tuple[KeptTarget, ...]:
        """Targets that were not kept."""
        return tuple(t for t in self.targets if not t.met)


@dataclass(frozen=True, slots=True)
class KeptReview:
    """A look back at a period."""

    hotline: str
    first: date
    last: date
    by: str
    seed: int
    replications: int
    all_days: bool
    version: str
    made_at: datetime
    inputs: str
    days: tuple[KeptDay, ...]
    notes: tuple[Text, ...]

    def day(self, wanted: date) -> KeptDay | None:
        """The review of a day; None if it is not in it."""
        return next((one for one in self.days if one.day == wanted), None)


def review_inputs(scenario: Scenario, home: Path, store: Store) -> str:
    """Names what a look back is made from: hotline, people, records, plans and rosters."""
    hotline = scenario.hotline.id
    plans = sorted(plan.id for plan in store.plans(hotline))
    rosters = sorted((r.id, r.version, r.published_version or 0) for r in store.rosters(hotline))
    return content_hash([scenario.input_hashes(), records_version(home, hotline), plans, rosters])


def keep_review(found: Review, home: Path, made_at: datetime, inputs: str) -> KeptReview:
    """Keep a review, and return it as it is read again.

    Args:
        found: what :func:`scenarios.review.review_period` returned.
        home: where the product keeps what it must remember.
        made_at: when it was made.
        inputs: :func:`review_inputs`, taken before the work began.
    """
    settings = found.settings
    told = {
        "hotline": found.hotline.id,
        "first": settings.first.isoformat(),
        "last": settings.last.isoformat(),
        "by": settings.by,
        "seed": settings.seed,
        "replications": settings.replications,
        "all_days": settings.all_days,
        "version": __version__,
        "made_at": made_at.isoformat(),
        "inputs": inputs,
        "days": [_day(found, day) for day in found.days],
        "notes": [note.as_dict() for note in found.notes],
    }
    content = json.dumps(plain_values(told), ensure_ascii=False, allow_nan=False).encode()
    folder = _folder(home, found.hotline.id)
    path = folder / f"{settings.first}-{settings.last}-{content_hash(_asked(settings))}.json"
    write_whole(path, content)
    kept = sorted(folder.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)
    for old in kept[:-KEPT_OF_A_HOTLINE]:
        old.unlink(missing_ok=True)
    return _read(path)


def find_review(home: Path, hotline: str, first: date, last: date) -> KeptReview | None:
    """The kept review of exactly this period that was made last; None if there is none."""
    found = [_read_or_none(path) for path in _folder(home, hotline).glob(f"{first}-{last}-*.json")]
    return max((one for one in found if one is not None), key=lambda one: one.made_at, default=None)


def kept_reviews(home: Path, hotline: str) -> list[tuple[date, date]]:
    """Periods of which a review is kept, the one made last first."""
    paths = sorted(_folder(home, hotline).glob("*.json"), key=lambda p: -p.stat().st_mtime_ns)
    found: list[tuple[date, date]] = []
    for path in paths:
        try:
            period = date.fromisoformat(path.name[:10]), date.fromisoformat(path.name[11:21])
        except ValueError:
            continue
        if period not in found:
            found.append(period)
    return found


def _asked(settings: ReviewSettings) -> list[object]:
    return [settings.by, settings.seed, settings.replications, settings.all_days]


def _folder(home: Path, hotline: str) -> Path:
    return home / "reviews" / hotline


def _day(found: Review, day: DayReview) -> dict[str, Any]:
    plan = found.plans[day.day]
    explained = day.day in found.explained
    return {
        "day": day.day.isoformat(),
        "plan": plan.name,
        "before_the_day": plan.before_the_day,
        "explained": explained,
        "not_recorded": list(day.unknown),
        "targets": [_target(day, row, explained) for row in day.targets],
        "by_line": [_target(day, row, False) for row in day.by_line],
    }


def _target(day: DayReview, row: TargetReview, with_sentences: bool) -> dict[str, Any]:
    target = row.target
    return {
        "target": target.id,
        "name": target.name.as_dict(),
        "kpi": target.kpi,
        "unit": target.unit,
        "operator": target.operator or "",
        "limit": target.limit,
        "clause": target.clause,
        "line": row.line,
        "met": row.met,
        "observed": row.observed,
        "planned": row.planned,
        "causes": [
            {"factor": c.factor, "name": cause_name(c.factor).as_dict(), "value": c.value, "half_width": c.half_width}
            for c in row.causes
        ],
        "luck": row.luck,
        "usual_low": row.usual_low,
        "usual_high": row.usual_high,
        "verdict": row.verdict,
        "sentences": [s.as_dict() for s in review_sentences(day, row)] if with_sentences else [],
    }


def _read_or_none(path: Path) -> KeptReview | None:
    """An unreadable review counts as none: it is made again, and nothing is lost with it."""
    try:
        return _read(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read(path: Path) -> KeptReview:
    told = json.loads(path.read_bytes())
    plain = ("hotline", "by", "seed", "replications", "all_days", "version", "inputs")
    return KeptReview(
        **{name: told[name] for name in plain},
        first=date.fromisoformat(told["first"]),
        last=date.fromisoformat(told["last"]),
        made_at=datetime.fromisoformat(told["made_at"]),
        days=tuple(_read_day(day) for day in told["days"]),
        notes=tuple(Text(**note) for note in told["notes"]),
    )


def _read_day(told: Mapping[str, Any]) -> KeptDay:
    return KeptDay(
        day=date.fromisoformat(told["day"]),
        plan=told["plan"],
        before_the_day=told["before_the_day"],
        explained=told["explained"],
        targets=tuple(_read_target(row) for row in told["targets"]),
        by_line=tuple(_read_target(row) for row in told["by_line"]),
        not_recorded=tuple(told["not_recorded"]),
    )


def _read_target(told: Mapping[str, Any]) -> KeptTarget:
    plain = ("target", "kpi", "unit", "operator", "clause", "line", "met", "verdict")
    values: dict[str, Any] = {name: told[name] for name in plain}
    values |= {
        name: _number(told[name]) for name in ("limit", "observed", "planned", "luck", "usual_low", "usual_high")
    }
    return KeptTarget(
        **values,
        name=Text(**told["name"]),
        causes=tuple(
            KeptCause(c["factor"], Text(**c["name"]), _number(c["value"]), _number(c["half_width"]))
            for c in told["causes"]
        ),
        sentences=tuple(Text(**s) for s in told["sentences"]),
    )


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
