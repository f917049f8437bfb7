"""The scheduler's month in the planning store: requests, publications, swaps, attendance, settlements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select, update

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.audit import write_audit
from wfm.store.connection import reading, writing
from wfm.store.models import RosterRow
from wfm.store.month_models import (
    AttendanceRow,
    MonthRow,
    PublicationRow,
    RosterPostsRow,
    SettlementRow,
    SwapRow,
)
from wfm.store.month_records import (
    AttendanceRecord,
    MonthRecord,
    MonthRequest,
    Publication,
    PublishedAlready,
    SettlementRecord,
    SwapRecord,
)
from wfm.store.month_requests import insert_requests, open_requests, withdraw_row, withdrawn_requests
from wfm.store.records import StaleVersion
from wfm.store.rows import duty_rows, insert_row, insert_version, read_agents, read_row

__all__ = ["MonthStore"]


class MonthStore:
    """Months of rosters in one database; every method is one transaction and stands in the audit."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # Months

    def open_month(self, hotline: str, first: date, last: date, *, who: str = "") -> MonthRecord:
        """The month that begins on ``first``; made if there is none yet.

        Raises:
            BadInput: there is one with another last day.
        """
        with writing(self._engine) as connection:
            row = _find_month(connection, hotline, first)
            if row is None:
                now = _now()
                values = {"hotline": hotline, "first": first, "last": last, "version": 1}
                number = insert_row(connection, MonthRow, {**values, "created_at": now, "changed_at": now})
                write_audit(connection, who, "open month", f"month {number}", {"hotline": hotline, "first": str(first)})
                row = _find_month(connection, hotline, first)
            assert row is not None
            if row.last != last:
                raise BadInput(
                    say(
                        "the month of {hotline} from {first} on ends on {found}, not on {asked}",
                        hotline=hotline,
                        first=first,
                        found=row.last,
                        asked=last,
                    )
                )
            return row

    def month(self, hotline: str, first: date) -> MonthRecord | None:
        """The month that begins on ``first``; None if there is none yet."""
        with reading(self._engine) as connection:
            return _find_month(connection, hotline, first)

    def months(self, hotline: str) -> list[MonthRecord]:
        """Months of a hotline, the latest first."""
        query = select(MonthRow.__table__).where(MonthRow.hotline == hotline).order_by(MonthRow.first.desc())
        with reading(self._engine) as connection:
            return [MonthRecord(**row) for row in connection.execute(query).mappings()]

    # Requests

    def collect(self, month: MonthRecord, requests: Iterable[MonthRequest], *, who: str = "") -> int:
        """Keep requests with the time at which they came in; one that stands already is not kept twice.

        Returns how many were new.
        """
        with writing(self._engine) as connection:
            fresh = insert_requests(connection, month.id, requests, who)
            if fresh:
                details = {"requests": len(fresh), "late": sum(r.late for r in fresh)}
                write_audit(connection, who, "collect", f"month {month.id}", details)
            return len(fresh)

    def requests(self, month: MonthRecord) -> list[MonthRequest]:
        """What came in for the month and stands, in its order."""
        with reading(self._engine) as connection:
            return open_requests(connection, month.id)

    def withdrawn(self, month: MonthRecord) -> list[MonthRequest]:
        """What came in for the month and was withdrawn, in its order."""
        with reading(self._engine) as connection:
            return withdrawn_requests(connection, month.id)

    def withdraw(self, request: int, *, who: str = "", at: datetime | None = None) -> MonthRequest:
        """Withdraw a request; it stays in the store as withdrawn. Returns what was withdrawn.

        Args:
            request: its number.
            who: who withdraws it.
            at: when, with time zone; the clock's time by default.

        Raises:
            BadInput: there is no such request, or it was withdrawn before.
        """
        with writing(self._engine) as connection:
            month, found = withdraw_row(connection, request, who, at or _now())
            details = {"request": request, "kind": found.kind, "agent": found.agent}
            write_audit(connection, who, "withdraw request", f"month {month}", details)
            return found

    # Publications

    def publish(
        self,
        month: MonthRecord,
        duties: pd.DataFrame,
        content: str,
        *,
        over: int | None,
        late: bool,
        posts: Sequence[Mapping[str, Any]] | None = None,
        note: str = "",
        who: str = "",
        at: datetime | None = None,
    ) -> Publication:
        """Make a roster known for the month: as a new version of its roster, with all earlier ones kept.

        The same content as the version last published is published once: nothing is written.

        Args:
            month: the month.
            duties: all duties, columns of ``tables.DUTIES``.
            content: hash of the duties.
            over: the published version that this one replaces; None where there is none yet.
            late: whether the deadline has passed.
            posts: the posts that were to fill, as plain values.
            note: what was changed.
            who: who publishes.
            at: when, with time zone; the clock's time by default.

        Raises:
            PublishedAlready: another roster is published and ``over`` does not say that it is to be replaced.
            StaleVersion: another version than ``over`` was published in the meantime; nothing was written.
        """
        rows = duty_rows(duties)
        now = _now()
        with writing(self._engine) as connection:
            roster = read_row(connection, MonthRow, month.id)["roster_id"]
            last = _publications(connection, roster)[-1] if roster is not None else None
            if last is not None and last.content == content:
                return Publication(**{**_plain(last), "unchanged": True})
            _expect(month, last, over)
            if roster is None:
                values = {"hotline": month.hotline, "first": month.first, "last": month.last, "version": 1}
                zone = {"time_zone": str(duties["start"].dt.tz), "published_version": 1, "plan_id": None}
                roster = insert_row(connection, RosterRow, {**values, **zone, "created_at": now, "changed_at": now})
                version = 1
            else:
                version = int(read_row(connection, RosterRow, roster)["version"]) + 1
                changes: dict[str, Any] = {"version": version, "published_version": version, "changed_at": now}
                connection.execute(update(RosterRow).where(RosterRow.id == roster).values(changes))
            insert_version(connection, roster, version, rows, note, who, now)
            if posts is not None and _posts(connection, roster) is None:
                connection.execute(insert(RosterPostsRow).values(roster_id=roster, posts=[dict(p) for p in posts]))
            row: dict[str, Any] = {"roster_id": roster, "version": version, "content": content, "late": late}
            insert_row(connection, PublicationRow, {**row, "who": who, "note": note, "at": at or now})
            connection.execute(
                update(MonthRow)
                .where(MonthRow.id == month.id)
                .values(roster_id=roster, version=MonthRow.version + 1, changed_at=now)
            )
            details = {"month": month.id, "version": version, "content": content, "late": late}
            write_audit(connection, who, "publish roster", f"roster {roster}", details)
            return Publication(roster, version, content, late, who, note, at or now)

    def publications(self, roster: int) -> list[Publication]:
        """Versions of a roster that were made known, the first one first."""
        with reading(self._engine) as connection:
            return _publications(connection, roster)

    def agents_on(self, roster: int, version: int) -> list[str]:
        """Who stands in each duty of a version of a roster, in the order of its duties."""
        with reading(self._engine) as connection:
            return read_agents(connection, roster, version)

    def posts_of(self, roster: int) -> pd.DataFrame | None:
        """The posts that the roster was to fill; None where they were not kept."""
        with reading(self._engine) as connection:
            return _posts(connection, roster)

    # Swaps

    def ask_swap(self, month: MonthRecord, asked: Mapping[str, Any], *, who: str = "") -> int:
        """Keep a swap that was asked for. Returns its number."""
        values: dict[str, Any] = {"month_id": month.id, "asked": dict(asked), "state": "asked", "reasons": []}
        with writing(self._engine) as connection:
            number = insert_row(connection, SwapRow, {**values, "who": who, "asked_at": _now()})
            write_audit(connection, who, "ask swap", f"swap {number}", dict(asked))
        return number

    def decide_swap(
        self,
        swap: int,
        *,
        agreed: bool,
        reasons: Sequence[Mapping[str, str]] = (),
        roster_version: int | None = None,
        who: str = "",
    ) -> None:
        """Agree to a swap or refuse it, once.

        Raises:
            BadInput: there is no such swap, or it was decided before.
        """
        state = "agreed" if agreed else "refused"
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(SwapRow)
                .where(SwapRow.id == swap, SwapRow.state == "asked")
                .values(
                    state=state, reasons=[dict(r) for r in reasons], roster_version=roster_version, decided_at=_now()
                )
            )
            if changed.rowcount != 1:
                raise BadInput(say("swap {swap}: there is none that waits for a decision", swap=swap))
            write_audit(connection, who, f"{state} swap", f"swap {swap}", {"reasons": [dict(r) for r in reasons]})

    def withdraw_swap(self, swap: int, *, who: str = "") -> None:
        """Withdraw a swap that waits for a decision.

        Raises:
            BadInput: there is no such swap, or it was decided or withdrawn before.
        """
        waits = (SwapRow.id == swap, SwapRow.state == "asked")
        with writing(self._engine) as connection:
            changed = connection.execute(update(SwapRow).where(*waits).values(state="withdrawn", decided_at=_now()))
            if changed.rowcount != 1:
                raise BadInput(say("swap {swap}: there is none that waits for a decision", swap=swap))
            write_audit(connection, who, "withdraw swap", f"swap {swap}", {})

    def swaps(self, month: MonthRecord) -> list[SwapRecord]:
        """Swaps of the month, the first one first."""
        columns = [c for c in SwapRow.__table__.columns if c.name != "month_id"]
        query = select(*columns).where(SwapRow.month_id == month.id).order_by(SwapRow.id)
        with reading(self._engine) as connection:
            return [SwapRecord(**row) for row in connection.execute(query).mappings()]

    # Attendance and settlement

    def attend(self, hotline: str, records: Iterable[AttendanceRecord], *, who: str = "") -> int:
        """Keep who was signed in when; a record that stands already is not kept twice. Returns how many were new.

        Raises:
            BadInput: a record begins like one that is kept, but ends otherwise.
        """
        now = _now()
        with writing(self._engine) as connection:
            kept = {(r.agent, r.signed_in): r.signed_out for r in _attendance(connection, hotline)}
            rows = []
            for record in records:
                key = (record.agent, record.signed_in.astimezone(UTC))
                if key not in kept:
                    kept[key] = record.signed_out.astimezone(UTC)
                    rows.append({**asdict(record), "hotline": hotline, "who": who, "at": now})
                elif kept[key] != record.signed_out:
                    raise BadInput(
                        say(
                            "attendance of {agent} from {begin} is kept with another end ({end})",
                            agent=record.agent,
                            begin=f"{record.signed_in:%Y-%m-%d %H:%M}",
                            end=f"{kept[key].astimezone(record.signed_in.tzinfo):%Y-%m-%d %H:%M}",
                        )
                    )
            if rows:
                connection.execute(insert(AttendanceRow), rows)
                write_audit(connection, who, "attendance", f"hotline {hotline}"[:120], {"records": len(rows)})
            return len(rows)

    def attendance(self, hotline: str, begin: datetime, end: datetime) -> list[AttendanceRecord]:
        """Who was signed in at any time between ``begin`` and ``end``, by time."""
        with reading(self._engine) as connection:
            found = _attendance(connection, hotline)
        return [r for r in found if r.signed_in < end and r.signed_out > begin]

    def settle(self, month: MonthRecord, amount: str, people: Sequence[Mapping[str, Any]], *, who: str = "") -> None:
        """Keep what the month cost, once.

        Raises:
            BadInput: the month is settled already.
        """
        values: dict[str, Any] = {"month_id": month.id, "amount": amount, "people": [dict(p) for p in people]}
        with writing(self._engine) as connection:
            if _settlement(connection, month.id) is not None:
                raise BadInput(
                    say("the roster from {first} to {last} is settled already", first=month.first, last=month.last)
                )
            insert_row(connection, SettlementRow, {**values, "who": who, "at": _now()})
            write_audit(connection, who, "settle", f"month {month.id}", {"amount": amount, "people": len(people)})

    def settlement(self, month: MonthRecord) -> SettlementRecord | None:
        """What the month cost; None until it is settled."""
        with reading(self._engine) as connection:
            return _settlement(connection, month.id)


def _now() -> datetime:
    return datetime.now(UTC)


def _find_month(connection: Connection, hotline: str, first: date) -> MonthRecord | None:
    query = select(MonthRow.__table__).where(MonthRow.hotline == hotline, MonthRow.first == first)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else MonthRecord(**row)


def _publications(connection: Connection, roster: int) -> list[Publication]:
    columns = [c for c in PublicationRow.__table__.columns if c.name != "id"]
    query = select(*columns).where(PublicationRow.roster_id == roster).order_by(PublicationRow.version)
    return [Publication(**row) for row in connection.execute(query).mappings()]


def _plain(publication: Publication) -> dict[str, Any]:
    return asdict(publication)


def _expect(month: MonthRecord, last: Publication | None, over: int | None) -> None:
    found = last.version if last is not None else 0
    if over is None and last is not None:
        raise PublishedAlready(
            say(
                "{hotline}: version {version} of the roster from {first} on is published; publish over it with --over {version}",
                hotline=month.hotline,
                version=found,
                first=month.first,
            ),
            version=found,
        )
    if over is not None and over != found:
        raise StaleVersion(
            say(
                "{hotline}: the published version of the roster from {first} on is {found}, yours replaces {expected}; "
                "look at it again and repeat the change",
                hotline=month.hotline,
                first=month.first,
                found=found or say("none"),
                expected=over,
            ),
            found=found,
            expected=over,
        )


def _posts(connection: Connection, roster: int) -> pd.DataFrame | None:
    query = select(RosterPostsRow.posts).where(RosterPostsRow.roster_id == roster)
    kept = connection.execute(query).scalar_one_or_none()
    if kept is None:
        return None
    frame = pd.DataFrame(kept, columns=None if kept else ["date", "group", "shift", "posts_a", "posts_b"])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[ns]")
    return frame


def _attendance(connection: Connection, hotline: str) -> list[AttendanceRecord]:
    table = AttendanceRow.__table__
    query = (
        select(table.c.agent, table.c.signed_in, table.c.signed_out)
        .where(AttendanceRow.hotline == hotline)
        .order_by(AttendanceRow.signed_in, AttendanceRow.agent)
    )
    return [AttendanceRecord(**row) for row in connection.execute(query).mappings()]


def _settlement(connection: Connection, month: int) -> SettlementRecord | None:
    table = SettlementRow.__table__
    query = select(table.c.amount, table.c.people, table.c.who, table.c.at).where(SettlementRow.month_id == month)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else SettlementRecord(**row)
