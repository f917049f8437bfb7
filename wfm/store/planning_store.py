"""The planning store: plans, rosters and their versions, forecasts, audit. Plain data in, plain data out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Engine, func, select, update

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.account_store import AccountStore
from wfm.store.audit import write_audit
from wfm.store.audit_trail import AuditTrail
from wfm.store.calendar_links import CalendarLinks
from wfm.store.connection import connect_engine, default_url, reading, shown_url, writing
from wfm.store.draft_store import DraftStore
from wfm.store.forecast_store import ForecastStore
from wfm.store.job_store import JobStore
from wfm.store.models import DutyRow, PlanRow, RosterRow, RosterVersionRow
from wfm.store.month_store import MonthStore
from wfm.store.records import (
    AuditEntry,
    PlanRecord,
    RosterRecord,
    RosterVersionRecord,
    SavedRoster,
)
from wfm.store.rows import duty_rows, expect_version, insert_row, insert_version, read_duties, read_row, roster_record
from wfm.store.schema import migrate

__all__ = ["Store", "open_store"]


def open_store(url: str | None = None) -> Store:
    """Open the planning store; an empty database gets its tables.

    Args:
        url: SQLAlchemy URL; None: ``WFM_DATABASE_URL``, else SQLite at ``WFM_HOME/wfm.sqlite``.

    Raises:
        BadInput: the store cannot be opened or written, is damaged, or has another schema.
    """
    engine = connect_engine(url or default_url())
    state, revision = migrate(engine, only_empty=True)
    if state == "older":
        raise BadInput(
            say(
                "{place}: the planning store is of an earlier version ({found}); run: wfm db upgrade",
                place=shown_url(engine),
                found=revision,
            )
        )
    if state == "unknown":
        raise BadInput(
            say(
                "{place}: no planning store of this version ({found}); a later version made it, or another program",
                place=shown_url(engine),
                found=revision or "–",
            )
        )
    return Store(engine)


class Store:
    """Plans, rosters, forecasts and audit in one database.

    Every method is one transaction: it happens wholly or not at all, and what it wrote stands in the
    audit. Several processes may use the same store; writers wait for each other.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def place(self) -> str:
        """File or address of the store, without a password."""
        return shown_url(self._engine)

    @property
    def months(self) -> MonthStore:
        """The scheduler's months in the same database."""
        return MonthStore(self._engine)

    @cached_property
    def accounts(self) -> AccountStore:
        """Users and sessions in the same database."""
        return AccountStore(self._engine)

    @property
    def trail(self) -> AuditTrail:
        """The audit, for those who look into it."""
        return AuditTrail(self._engine)

    @property
    def forecasts(self) -> ForecastStore:
        """Forecasts, each beside all earlier ones, in the same database."""
        return ForecastStore(self._engine)

    @property
    def calendars(self) -> CalendarLinks:
        """Links under which calendars read one person's duties."""
        return CalendarLinks(self._engine)

    @property
    def drafts(self) -> DraftStore:
        """Drafts of rosters in the same database."""
        return DraftStore(self._engine)

    @property
    def jobs(self) -> JobStore:
        """Long work in the same database."""
        return JobStore(self._engine)

    # Plans

    def save_plan(
        self,
        *,
        hotline: str,
        first: date,
        days: int,
        seed: int,
        version: str,
        inputs: Mapping[str, str],
        folder: str,
        scorecard: Sequence[Mapping[str, Any]],
        who: str = "",
    ) -> int:
        """Keep a finished plan: its scorecard, the hashes of its inputs and the folder of its files.

        Returns its number.
        """
        values: dict[str, Any] = {
            "hotline": hotline,
            "first": first,
            "days": days,
            "seed": seed,
            "version": version,
            "inputs": dict(inputs),
            "folder": folder,
            "scorecard": [dict(row) for row in scorecard],
            "created_at": _now(),
        }
        with writing(self._engine) as connection:
            plan = insert_row(connection, PlanRow, values)
            write_audit(connection, who, "save plan", f"plan {plan}", {"hotline": hotline, "folder": folder})
        return plan

    def plans(self, hotline: str | None = None) -> list[PlanRecord]:
        """Plans, the latest first."""
        query = select(PlanRow.__table__).order_by(PlanRow.id.desc())
        if hotline is not None:
            query = query.where(PlanRow.hotline == hotline)
        with reading(self._engine) as connection:
            return [PlanRecord(**row) for row in connection.execute(query).mappings()]

    def plan(self, plan_id: int) -> PlanRecord:
        """One plan.

        Raises:
            BadInput: there is none with this number.
        """
        with reading(self._engine) as connection:
            return PlanRecord(**read_row(connection, PlanRow, plan_id))

    # Rosters

    def save_roster(
        self,
        *,
        hotline: str,
        first: date,
        last: date,
        duties: pd.DataFrame,
        plan_id: int | None = None,
        published: bool = False,
        note: str = "",
        who: str = "",
    ) -> RosterRecord:
        """Keep a new roster as version 1.

        Args:
            hotline: identifier of the hotline.
            first: first day of the roster.
            last: its last day.
            duties: columns of ``tables.DUTIES``; they are given back in the same time zone.
            plan_id: number of the plan it came from.
            published: whether it is made known at once; a draft otherwise.
            note: why.
            who: who saves it.
        """
        rows = duty_rows(duties)
        now = _now()
        values: dict[str, Any] = {
            "hotline": hotline,
            "first": first,
            "last": last,
            "time_zone": str(duties["start"].dt.tz),
            "version": 1,
            "published_version": 1 if published else None,
            "plan_id": plan_id,
            "created_at": now,
            "changed_at": now,
        }
        with writing(self._engine) as connection:
            if plan_id is not None:
                read_row(connection, PlanRow, plan_id)
            roster = insert_row(connection, RosterRow, values)
            insert_version(connection, roster, 1, rows, note, who, now)
            write_audit(connection, who, "save roster", f"roster {roster}", {"version": 1, "published": published})
            return roster_record(read_row(connection, RosterRow, roster))

    def save_roster_version(
        self,
        roster: int,
        duties: pd.DataFrame,
        *,
        expected_version: int,
        published: bool = False,
        note: str = "",
        who: str = "",
    ) -> RosterRecord:
        """Keep a changed roster as a new version; earlier versions stay.

        Args:
            roster: number of the roster.
            duties: all its duties, columns of ``tables.DUTIES``.
            expected_version: version that was worked on.
            published: whether the new version is made known at once.
            note: what was changed.
            who: who changed it.

        Raises:
            StaleVersion: someone saved a version in the meantime; nothing was written.
            BadInput: there is no such roster.
        """
        rows = duty_rows(duties)
        now = _now()
        with writing(self._engine) as connection:
            expect_version(connection, roster, expected_version)
            version = expected_version + 1
            values: dict[str, Any] = {"version": version, "changed_at": now}
            if published:
                values["published_version"] = version
            connection.execute(update(RosterRow).where(RosterRow.id == roster).values(values))
            insert_version(connection, roster, version, rows, note, who, now)
            write_audit(
                connection, who, "save roster version", f"roster {roster}", {"version": version, "published": published}
            )
            return roster_record(read_row(connection, RosterRow, roster))

    def publish_roster(self, roster: int, *, expected_version: int, who: str = "") -> RosterRecord:
        """Make the latest version known.

        Raises:
            StaleVersion: the latest version is another one than expected.
            BadInput: there is no such roster.
        """
        with writing(self._engine) as connection:
            expect_version(connection, roster, expected_version)
            changes = {"published_version": expected_version, "changed_at": _now()}
            connection.execute(update(RosterRow).where(RosterRow.id == roster).values(changes))
            write_audit(connection, who, "publish roster", f"roster {roster}", {"version": expected_version})
            return roster_record(read_row(connection, RosterRow, roster))

    def rosters(self, hotline: str | None = None) -> list[RosterRecord]:
        """Rosters, the latest period first."""
        query = select(RosterRow.__table__).order_by(RosterRow.first.desc(), RosterRow.id.desc())
        if hotline is not None:
            query = query.where(RosterRow.hotline == hotline)
        with reading(self._engine) as connection:
            return [roster_record(row) for row in connection.execute(query).mappings()]

    def roster_versions(self, roster: int) -> list[RosterVersionRecord]:
        """All versions of a roster, the first one first.

        Raises:
            BadInput: there is no such roster.
        """
        counted = select(func.count()).where(DutyRow.roster_version_id == RosterVersionRow.id).scalar_subquery()
        query = (
            select(RosterVersionRow.__table__, counted.label("duties"))
            .where(RosterVersionRow.roster_id == roster)
            .order_by(RosterVersionRow.version)
        )
        with reading(self._engine) as connection:
            record = roster_record(read_row(connection, RosterRow, roster))
            return [
                RosterVersionRecord(
                    roster=roster,
                    version=row["version"],
                    who=row["who"],
                    note=row["note"],
                    created_at=row["created_at"],
                    duties=row["duties"],
                    published=row["version"] == record.published_version,
                )
                for row in connection.execute(query).mappings()
            ]

    def roster(self, roster: int, version: int | None = None) -> SavedRoster:
        """A roster with the duties of one version, the latest by default.

        Raises:
            BadInput: there is no such roster or version.
        """
        with reading(self._engine) as connection:
            record = roster_record(read_row(connection, RosterRow, roster))
            return read_duties(connection, record, version or record.version)

    def latest_roster(self, hotline: str, before: date) -> SavedRoster | None:
        """The tail that the next roster continues: the last roster begun before ``before``.

        Its published version if there is one, else its latest; only duties of days before ``before``.
        """
        query = (
            select(RosterRow.__table__)
            .where(RosterRow.hotline == hotline, RosterRow.first < before)
            .order_by(RosterRow.first.desc(), RosterRow.published_version.is_(None), RosterRow.changed_at.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                return None
            record = roster_record(row)
            return read_duties(connection, record, record.published_version or record.version, before=before)

    # Audit

    def audit(self, limit: int | None = None) -> list[AuditEntry]:
        """Who did what, the latest first; at most ``limit`` entries."""
        return self.trail.entries(limit=limit)


def _now() -> datetime:
    return datetime.now(UTC)
