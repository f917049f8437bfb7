"""A plan on disk: written whole or not at all, read back as the same value.

======================  ==========================================================================
``plan.json``           hotline, period, seed, version, hashes of the inputs, roster, findings
``forecast.csv``        mean and quantiles per line and interval
``requirement.csv``     seats and heads per group and interval, with the target that decides
``coverage.csv``        A and B agents on duty per group and interval
``duties.csv``          who works when
``days.csv``            mean daily counts per line, from which every KPI of a day comes
``replications.csv``    KPIs of each replication, which comparisons pair
``compliance.csv``      how surely each day by itself keeps each target
``scorecard.json``      one row a target
``report.html``         the report, in both languages
======================  ==========================================================================

Times are ISO 8601 with their offset; numbers are written in full.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.plan import Finding, Plan, RosterSummary, ScoreRow
from scenarios.whole_folder import check_folder, read_head, write_folder
from wfm.errors import BadInput
from wfm.hotline import Hotline
from wfm.i18n import Text, say
from wfm.json_text import plain_values, to_json

__all__ = ["check_target_folder", "find_plans", "plan_files", "read_plan", "score_rows_json", "write_plan"]

FORMAT = 2
"""Version of the folder's layout, written to ``plan.json``."""

HEAD = "plan.json"

_FRAMES = {
    "forecast": "forecast.csv",
    "requirement": "requirement.csv",
    "cover": "coverage.csv",
    "duties": "duties.csv",
    "daily": "days.csv",
    "replication_kpis": "replications.csv",
    "compliance": "compliance.csv",
}
_TIMES = {"forecast": ("interval",), "requirement": ("interval",), "cover": ("interval",), "duties": ("start", "end")}
_DATES = {"duties": ("date",), "daily": ("date",), "compliance": ("date",)}
_SIMPLE = (
    "days",
    "seed",
    "version",
    "inputs",
    "history",
    "history_days",
    "forecast_model",
    "replications",
    "reproducible",
    "level",
    "confidence",
    "day_kinds",
)
"""Fields of a plan that ``plan.json`` holds as they are."""
_WORDS = ("line", "group", "agent", "shift", "post", "role", "breaks", "lines", "reason")


def _row(item: object) -> dict[str, Any]:
    return {f.name: plain_values(getattr(item, f.name)) for f in fields(item)}  # type: ignore[arg-type]


def _csv(frame: pd.DataFrame, dates: tuple[str, ...]) -> bytes:
    shown = frame.copy(deep=False)
    for column in shown.columns:
        if column in dates:
            shown[column] = pd.to_datetime(shown[column]).dt.strftime("%Y-%m-%d")
        elif isinstance(shown[column].dtype, pd.DatetimeTZDtype):
            shown[column] = [t.isoformat() for t in shown[column]]
    buffer = StringIO()
    shown.to_csv(buffer, index=False, lineterminator="\n")
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()  # the mark tells Chinese Excel that this is UTF-8


def _json(value: object) -> bytes:
    return (to_json(value) + "\n").encode()


def scorecard_json(plan: Plan) -> list[dict[str, Any]]:
    """The scorecard as plain values, undefined ones null."""
    return score_rows_json(plan.scorecard)


def score_rows_json(rows: Iterable[ScoreRow]) -> list[dict[str, Any]]:
    """Rows of a scorecard as plain values, undefined ones null."""
    return [_row(row) for row in rows]


def _head(plan: Plan) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "hotline": plan.hotline.model_dump(mode="json", by_alias=True),
        "first": plan.first.isoformat(),
        **{key: plain_values(getattr(plan, key)) for key in _SIMPLE},
        "roster": _row(plan.roster),
        "findings": [_row(f) for f in plan.findings],
    }


def plan_files(plan: Plan, render_report: Callable[[Plan], bytes] | None = None) -> dict[str, bytes]:
    """Every file of the plan's folder by name. The same plan gives the same bytes."""
    files = {name: _csv(getattr(plan, key), _DATES.get(key, ())) for key, name in _FRAMES.items()}
    files["scorecard.json"] = _json(scorecard_json(plan))
    if render_report is not None:
        files["report.html"] = render_report(plan)
    files[HEAD] = _json(_head(plan))
    return files


def check_target_folder(folder: Path) -> None:
    """Refuse a place where a plan must not be written, before any work is done.

    Raises:
        BadInput: the place is a file, holds something that is no plan, or cannot be written.
    """
    check_folder(
        folder,
        HEAD,
        if_file=say("{folder} is a file; a plan needs a folder", folder=folder),
        if_others=say("{folder} holds files that are no plan; choose an empty or a new folder", folder=folder),
    )


def write_plan(plan: Plan, folder: Path, render_report: Callable[[Plan], bytes]) -> None:
    """Write the plan's folder; it appears complete or not at all. An older plan there is replaced.

    Raises:
        BadInput: see :func:`check_target_folder`.
    """
    check_target_folder(folder)
    write_folder(folder, plan_files(plan, render_report))


def _text(value: Any) -> Text | None:
    return None if value is None else Text(**value)


def _score_row(row: dict[str, Any]) -> ScoreRow:
    texts = {key: _text(row[key]) for key in ("name", "definition", "quote", "note")}
    return ScoreRow(**{**row, **texts})


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(row["severity"], Text(**row["text"]), _text(row["remedy"]))


def _frame(path: Path, key: str, time_zone: str) -> pd.DataFrame:
    words = dict.fromkeys(_WORDS, "string")
    frame = pd.read_csv(path, encoding="utf-8-sig", dtype=words, keep_default_na=False, na_values=[""])
    for column in _WORDS:
        if column in frame:
            frame[column] = frame[column].fillna("")
    for column in _TIMES.get(key, ()):
        frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_convert(time_zone)
    for column in _DATES.get(key, ()):
        frame[column] = pd.to_datetime(frame[column])
    return frame


def read_plan(folder: Path | str) -> Plan:
    """The plan in ``folder``.

    Raises:
        BadInput: there is no plan, it is of a layout this version does not know, or a file is damaged.
    """
    folder = Path(folder)
    path = folder / HEAD
    if not path.is_file():
        raise BadInput(say("{folder} holds no plan (no plan.json); make one with wfm plan", folder=folder))
    try:
        head = read_head(path, FORMAT)
        hotline = Hotline.model_validate(head["hotline"])
        frames = {key: _frame(folder / name, key, hotline.time_zone) for key, name in _FRAMES.items()}
        rows = json.loads((folder / "scorecard.json").read_text(encoding="utf-8"))
        roster = {**head["roster"], "violations": tuple(Text(**v) for v in head["roster"]["violations"])}
        rest: dict[str, Any] = {key: head[key] for key in _SIMPLE} | frames
        return Plan(
            hotline=hotline,
            first=date.fromisoformat(head["first"]),
            roster=RosterSummary(**roster),
            findings=tuple(_finding(row) for row in head["findings"]),
            scorecard=tuple(_score_row(row) for row in rows),
            **rest,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            say(
                "{folder}: the plan there is damaged ({reason}); make it again with wfm plan",
                folder=folder,
                reason=f"{type(error).__name__}: {str(error).splitlines()[0]}",
            )
        ) from None


def find_plans(folder: Path | str) -> list[Path]:
    """Plan folders in ``folder`` and ``folder`` itself if it is one, by name."""
    folder = Path(folder)
    if not folder.is_dir():
        return []
    here = [folder] if (folder / HEAD).is_file() else []
    return here + sorted(p for p in folder.iterdir() if not p.name.startswith(".") and (p / HEAD).is_file())
