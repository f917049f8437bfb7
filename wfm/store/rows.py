"""Rows of the store: one by its number, a roster's versions, and duties as the table ``DUTIES`` in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select
from sqlalchemy.engine import RowMapping

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.models import DutyRow, ForecastRow, PlanRow, RosterRow, RosterVersionRow
from wfm.store.records import RosterRecord, SavedRoster, StaleVersion
from wfm.tables import DUTIES, check_table, empty_table

__all__ = [
    "duty_rows",
    "expect_version",
    "insert_row",
    "insert_version",
    "read_agents",
    "read_duties",
    "read_row",
    "roster_record",
]


def insert_row(connection: Connection, table: type[Any], values: Mapping[str, Any]) -> int:
    """Insert one row; returns its number."""
    key = connection.execute(insert(table).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def read_row(connection: Connection, table: type[Any], number: int) -> RowMapping:
    """One row by its number.

    Raises:
        BadInput: there is none.
    """
    row = connection.execute(select(table.__table__).where(table.id == number)).mappings().one_or_none()
    if row is not None:
        return row
    if table is PlanRow:
        raise BadInput(say("planning store: there is no plan {number}", number=number))
    if table is ForecastRow:
        raise BadInput(say("planning store: there is no forecast {number}", number=number))
    raise BadInput(say("planning store: there is no roster {number}", number=number))


def expect_version(connection: Connection, roster: int, version: int) -> None:
    """Insist that the roster's latest version is ``version``; StaleVersion otherwise."""
    found = int(read_row(connection, RosterRow, roster)["version"])
    if found != version:
        raise StaleVersion(
            say(
                "roster {roster}: version {found} was saved in the meantime, yours is {expected}; reload it and repeat the change",
                roster=roster,
                found=found,
                expected=version,
            ),
            found=found,
            expected=version,
        )


def roster_record(row: RowMapping) -> RosterRecord:
    """The plain value of a roster's row."""
    return RosterRecord(**{str(k): v for k, v in row.items()})


def duty_rows(duties: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for the database; refuses what is no table of duties before anything is written."""
    rows: list[dict[str, Any]] = []
    for duty in check_table(DUTIES, duties).to_dict("records"):
        row = {str(k): v for k, v in duty.items()}
        row["date"] = row["date"].date()
        row["starts_at"] = row.pop("start").to_pydatetime(warn=False)
        row["ends_at"] = row.pop("end").to_pydatetime(warn=False)
        row["agent_group"] = row.pop("group")
        rows.append(row)
    return rows


def insert_version(
    connection: Connection, roster: int, version: int, rows: list[dict[str, Any]], note: str, who: str, now: datetime
) -> None:
    """Write a version of a roster and its duties."""
    values = {"roster_id": roster, "version": version, "who": who, "note": note, "created_at": now}
    number = insert_row(connection, RosterVersionRow, values)
    if rows:
        connection.execute(insert(DutyRow), [{**row, "roster_version_id": number} for row in rows])


def read_duties(
    connection: Connection, record: RosterRecord, version: int, *, before: date | None = None
) -> SavedRoster:
    """The roster with the duties of one version, of days before ``before`` only if given."""
    found = connection.execute(
        select(RosterVersionRow.id).where(RosterVersionRow.roster_id == record.id, RosterVersionRow.version == version)
    ).scalar_one_or_none()
    if found is None:
        raise BadInput(say("roster {roster}: there is no version {version}", roster=record.id, version=version))
    query = select(DutyRow.__table__).where(DutyRow.roster_version_id == found).order_by(DutyRow.id)
    if before is not None:
        query = query.where(DutyRow.date < before)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    if not rows:
        return SavedRoster(record, version, empty_table(DUTIES, record.time_zone))
    frame = pd.DataFrame(rows).rename(columns={"starts_at": "start", "ends_at": "end", "agent_group": "group"})
    for column in ("start", "end"):
        frame[column] = pd.to_datetime(frame[column], utc=True).dt.tz_convert(record.time_zone)
    frame["date"] = pd.to_datetime(frame["date"])
    return SavedRoster(record, version, check_table(DUTIES, frame))


def read_agents(connection: Connection, roster: int, version: int) -> list[str]:
    """Who stands in each duty of a version of a roster, in the order of its duties."""
    query = (
        select(DutyRow.agent)
        .join(RosterVersionRow, RosterVersionRow.id == DutyRow.roster_version_id)
        .where(RosterVersionRow.roster_id == roster, RosterVersionRow.version == version)
        .order_by(DutyRow.id)
    )
    return list(connection.execute(query).scalars())
