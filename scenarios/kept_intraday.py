"""Looks at a running day, kept so that a page opens on the latest at once.

``WFM_HOME/intraday/HOTLINE/DAY/HHMMSS-HASH.json`` holds one look: when it was made, of which moment, and by which inputs
(:func:`intraday_inputs`), so that a reader can tell whether something has come since. A file appears whole or not at all
and is never changed; the oldest of a day go when there are more than :data:`KEPT_OF_A_DAY`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from scenarios.intraday import Intraday, look_at_day
from scenarios.intraday_kpi import DayKpi
from scenarios.intraday_moves import Move
from scenarios.intraday_roster import roster_of_day
from scenarios.preparation import StageProgress, silent
from scenarios.scenario import Scenario, content_hash
from wfm import __version__
from wfm.errors import BadInput
from wfm.i18n import Text
from wfm.json_text import plain_values
from wfm.records.records_version import records_version
from wfm.records.whole_files import write_whole

__all__ = [
    "KEPT_OF_A_DAY",
    "KeptIntraday",
    "intraday_inputs",
    "keep_intraday",
    "latest_intraday",
    "look_and_keep",
]

KEPT_OF_A_DAY = 60
"""Looks that are kept of a day."""

_FRAMES = ("lines", "intervals", "seats", "line_intervals")
_MOMENTS = ("interval",)


@dataclass(frozen=True, slots=True)
class KeptIntraday:
    """A look at a day as it was kept; tables as in :class:`scenarios.intraday.Intraday`, times in the hotline's zone.

    ``line_intervals``: line, interval, mean, p025, p10, p50, p90, p975, aht_s of the whole day as updated at ``now``
    (what was recorded up to then stands in it as it was).
    """

    hotline: str
    day: date
    now: datetime
    """The moment that was looked from."""
    made_at: datetime
    seed: int
    version: str
    """Of the product that made it."""
    inputs: str
    """Names what it was made from; compare with :func:`intraday_inputs` of now."""
    roster: str
    days_learned: int
    lines: pd.DataFrame
    intervals: pd.DataFrame
    seats: pd.DataFrame
    line_intervals: pd.DataFrame
    kpis: tuple[DayKpi, ...]
    moves: tuple[Move, ...]
    notes: tuple[Text, ...]


def intraday_inputs(scenario: Scenario, home: Path, seed: int = 1) -> str:
    """Names what a look at the day is made from, beside its moment: hotline, people, records and seed."""
    return content_hash([scenario.input_hashes(), records_version(home, scenario.hotline.id), seed])


def look_and_keep(
    scenario: Scenario,
    now: datetime,
    home: Path,
    *,
    made_at: datetime,
    plans: Sequence[Path] = (),
    seed: int = 1,
    watch: StageProgress = silent,
) -> KeptIntraday:
    """Look at the day that holds ``now`` and keep the look.

    Args:
        scenario: hotline and people.
        now: the moment, with a time zone.
        home: where call records live, and looks are kept.
        made_at: the clock's moment.
        plans: folders of plans of this hotline, best first: the first that holds the day gives the roster where the
            planning store knows of none.
        seed: seed of the forecast's paths.
        watch: as :func:`scenarios.intraday.look_at_day` takes it.

    Raises:
        BadInput: as :func:`scenarios.intraday.look_at_day` says.
    """
    day = now.astimezone(ZoneInfo(scenario.hotline.time_zone)).date()
    asked, inputs = str(scenario.folder), intraday_inputs(scenario, home, seed)
    roster = ""
    try:
        roster_of_day(scenario, asked, day)
    except BadInput:
        roster = next((str(folder) for folder in plans if _holds(folder, day)), "")
    found = look_at_day(scenario, asked, now, home, roster=roster, seed=seed, watch=watch)
    return keep_intraday(found, home, made_at, inputs)


def _holds(folder: Path, day: date) -> bool:
    """Whether the plan in this folder holds the day."""
    try:
        told = json.loads((folder / "plan.json").read_bytes())
        return 0 <= (day - date.fromisoformat(told["first"])).days < int(told["days"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def keep_intraday(found: Intraday, home: Path, made_at: datetime, inputs: str) -> KeptIntraday:
    """Keep a look, and return it as it is read again.

    Args:
        found: what :func:`scenarios.intraday.look_at_day` returned.
        home: where the product keeps what it must remember.
        made_at: when it was made, by the clock.
        inputs: :func:`intraday_inputs`, taken before the look began.
    """
    summary = found.forecast.summary()
    told: dict[str, Any] = {
        "hotline": found.hotline.id,
        "time_zone": found.hotline.time_zone,
        "now": found.now.isoformat(),
        "made_at": made_at.isoformat(),
        "seed": found.seed,
        "version": __version__,
        "inputs": inputs,
        "roster": found.roster,
        "days_learned": found.days_learned,
        "lines": _columns(found.lines),
        "intervals": _columns(found.intervals),
        "seats": _columns(found.seats),
        "line_intervals": _columns(summary[[c for c in summary.columns if c != "model"]]),
        "kpis": [asdict(kpi) | {"name": kpi.name.as_dict()} for kpi in found.kpis],
        "moves": [
            asdict(m) | {"text": m.text.as_dict(), "start": m.start.isoformat(), "end": m.end.isoformat()}
            for m in found.moves
        ],
        "notes": [note.as_dict() for note in found.notes],
    }
    content = json.dumps(plain_values(told), ensure_ascii=False, allow_nan=False, default=float).encode()
    folder = _folder(home, found.hotline.id, found.now.date())
    path = folder / f"{found.now:%H%M%S}-{content_hash(content.decode())}.json"
    write_whole(path, content)
    for old in sorted(folder.glob("*.json"))[:-KEPT_OF_A_DAY]:
        old.unlink(missing_ok=True)
    return _read(path)


def latest_intraday(home: Path, hotline: str, day: date, until: datetime | None = None) -> KeptIntraday | None:
    """The kept look from the latest moment of a day; of several from one moment the one made last. None if there is none.

    Args:
        home: where looks are kept.
        hotline: whose.
        day: local date.
        until: looks from later moments are passed over.
    """
    found = sorted(_folder(home, hotline, day).glob("*.json"), reverse=True)
    latest: KeptIntraday | None = None
    for path in found:
        if latest is not None and path.name[:6] != f"{latest.now:%H%M%S}":
            break
        try:
            one = _read(path)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # an unreadable look is made again, nothing is lost with it
        if until is not None and one.now > until:
            continue
        if latest is None or one.made_at > latest.made_at:
            latest = one
    return latest


def _folder(home: Path, hotline: str, day: date) -> Path:
    return home / "intraday" / hotline / day.isoformat()


def _columns(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """Columns of a table as plain values."""
    found = {}
    for name in frame.columns:
        column = frame[name]
        if name in _MOMENTS:
            found[str(name)] = [moment.isoformat() for moment in column]
        elif pd.api.types.is_numeric_dtype(column):
            found[str(name)] = column.astype(float).tolist()
        else:
            found[str(name)] = column.astype(str).tolist()
    return found


def _frame(columns: Mapping[str, list[Any]], time_zone: str) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            name: values
            if any(isinstance(v, str) for v in values)
            else [float("nan") if v is None else v for v in values]
            for name, values in columns.items()
        }
    )
    for name in _MOMENTS:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(time_zone)
    return frame


def _read(path: Path) -> KeptIntraday:
    told = json.loads(path.read_bytes())
    now = datetime.fromisoformat(told["now"])
    return KeptIntraday(
        hotline=told["hotline"],
        day=now.date(),
        now=now,
        made_at=datetime.fromisoformat(told["made_at"]),
        seed=told["seed"],
        version=told["version"],
        inputs=told["inputs"],
        roster=told["roster"],
        days_learned=told["days_learned"],
        **{name: _frame(told[name], told["time_zone"]) for name in _FRAMES},
        kpis=tuple(_kpi(kpi) for kpi in told["kpis"]),
        moves=tuple(_move(move) for move in told["moves"]),
        notes=tuple(Text(**note) for note in told["notes"]),
    )


def _kpi(told: Mapping[str, Any]) -> DayKpi:
    numbers = {"planned", "so_far", "value", "low", "high", "p_met"}
    values: dict[str, Any] = {
        f.name: float("nan") if f.name in numbers and told[f.name] is None else told[f.name] for f in fields(DayKpi)
    }
    return DayKpi(**{**values, "name": Text(**told["name"])})


def _move(told: Mapping[str, Any]) -> Move:
    return Move(
        **{
            **told,
            "text": Text(**told["text"]),
            "people": tuple(told["people"]),
            "start": datetime.fromisoformat(told["start"]),
            "end": datetime.fromisoformat(told["end"]),
        }
    )
