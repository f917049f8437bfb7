"""Accounts in the planning store: users, what they may do, their passwords, and signing in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.engine import RowMapping

from wfm.errors import BadInput
from wfm.i18n import say
from wfm.store.account_models import UserRow
from wfm.store.account_records import ADMINISTRATOR, AccountLimits, SignInRefused, User
from wfm.store.account_rows import (
    clean_agent,
    clean_name,
    clean_roles,
    end_sessions_of,
    find_user,
    forget_failures,
    locked_until,
    note_failure,
    read_user,
    user_record,
)
from wfm.store.audit import write_audit
from wfm.store.calendar_links import end_links_of
from wfm.store.connection import reading, writing
from wfm.store.passwords import EARLIER_KEPT, Passwords, name_key
from wfm.store.rows import insert_row
from wfm.store.session_store import SessionStore

__all__ = ["AccountStore"]


def _now() -> datetime:
    return datetime.now(UTC)


class AccountStore:
    """Users in one database; every method is one transaction and stands in the audit.

    Several processes share it: nothing is kept in memory.

    Args:
        engine: of the store.
        limits: how long sessions, passwords and locks hold; from the environment by default.
        passwords: how passwords are hashed.
        clock: the time.
    """

    def __init__(
        self,
        engine: Engine,
        limits: AccountLimits | None = None,
        passwords: Passwords | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._engine = engine
        self.limits = limits or AccountLimits.from_environ()
        self._passwords = passwords or Passwords()
        self._clock = clock

    @cached_property
    def sessions(self) -> SessionStore:
        """Who is signed in, and links that work once."""
        return SessionStore(self._engine, self.limits, self._clock)

    # Users

    def users(self) -> list[User]:
        """All users by name."""
        now = self._clock()
        with reading(self._engine) as connection:
            rows = connection.execute(select(UserRow.__table__).order_by(UserRow.name_key)).mappings().all()
            return [self._record(connection, row, now) for row in rows]

    def user(self, name: str) -> User:
        """One user.

        Raises:
            BadInput: there is none of this name.
        """
        with reading(self._engine) as connection:
            return self._record(connection, read_user(connection, name), self._clock())

    def add(
        self,
        name: str,
        roles: Sequence[str],
        *,
        password: str | None = None,
        agent: str = "",
        must_change: bool = True,
        who: str = "",
    ) -> User:
        """Make an account.

        Args:
            name: what the person types to sign in; unique without regard to case.
            roles: of ``USER_ROLES``.
            password: the first one; None: the person signs in through the organisation's own service (OIDC).
            agent: the person's number in the roster.
            must_change: whether the password is to be changed at the first sign-in.
            who: who makes it.

        Raises:
            BadInput: the name is taken or none, a role is unknown, or the password is weak.
        """
        kept, right = clean_name(name), clean_roles(roles)
        now = self._clock()
        if password is not None:
            self._passwords.expect_good(password, kept, ())
        values: dict[str, Any] = {
            "name": kept,
            "name_key": name_key(kept),
            "roles": right,
            "agent": clean_agent(agent),
            "disabled": False,
            "password": self._passwords.hash(password) if password is not None else "",
            "earlier_passwords": [],
            "password_at": now if password is not None else None,
            "must_change": must_change and password is not None,
            "issuer": "",
            "subject": None,
            "created_at": now,
            "changed_at": now,
            "signed_in_at": None,
        }
        with writing(self._engine) as connection:
            if find_user(connection, kept) is not None:
                raise BadInput(say("there is a user {name} already", name=kept))
            insert_row(connection, UserRow, values)
            write_audit(connection, who, "add user", f"user {kept}", {"roles": right, "agent": values["agent"]})
            return self._record(connection, read_user(connection, kept), now)

    def set_roles(self, name: str, roles: Sequence[str], *, agent: str | None = None, who: str = "") -> User:
        """Give other roles, and the number in the roster if ``agent`` is not None; ends the user's sessions.

        With another number the user's calendar links, which show the duties of the one before, are withdrawn.

        Raises:
            BadInput: there is no such user, a role is unknown, or nobody could administer any more.
        """
        right = clean_roles(roles)
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            changes: dict[str, Any] = {"roles": right} | ({} if agent is None else {"agent": clean_agent(agent)})
            if all(row[key] == value for key, value in changes.items()):
                return self._record(connection, row, self._clock())
            if ADMINISTRATOR not in right:
                self._expect_another_administrator(connection, row)
            self._change(connection, row, changes)
            ended = end_sessions_of(connection, row["id"])
            if changes.get("agent", row["agent"]) != row["agent"]:
                end_links_of(connection, row["name"], self._clock())
            details = {"from": row["roles"], **changes, "sessions ended": ended}
            write_audit(connection, who, "change roles", f"user {row['name']}", details)
            return self._record(connection, read_user(connection, name), self._clock())

    def disable(self, name: str, *, who: str = "") -> User:
        """Let a user no longer in; ends the user's sessions and calendar links.

        Raises:
            BadInput: there is no such user, or nobody could administer any more.
        """
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            if not row["disabled"]:
                self._expect_another_administrator(connection, row)
                self._change(connection, row, {"disabled": True})
                ended = end_sessions_of(connection, row["id"])
                links = end_links_of(connection, row["name"], self._clock())
                details = {"sessions ended": ended, "calendar links withdrawn": links}
                write_audit(connection, who, "disable user", f"user {row['name']}", details)
            return self._record(connection, read_user(connection, name), self._clock())

    def enable(self, name: str, *, who: str = "") -> User:
        """Let a disabled user in again.

        Raises:
            BadInput: there is no such user.
        """
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            if row["disabled"]:
                self._change(connection, row, {"disabled": False})
                write_audit(connection, who, "enable user", f"user {row['name']}", {})
            return self._record(connection, read_user(connection, name), self._clock())

    def unlock(self, name: str, *, who: str = "") -> User:
        """Forget the failed sign-ins of a name, so that it is no longer locked.

        Raises:
            BadInput: there is no such user.
        """
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            forget_failures(connection, name)
            write_audit(connection, who, "unlock user", f"user {row['name']}", {})
            return self._record(connection, row, self._clock())

    # Passwords

    def reset_password(self, name: str, *, password: str | None = None, who: str = "") -> str:
        """Give a password that the user must change at once; ends the user's sessions and the lock.

        Returns the password: one made at random, if none was given. It is told nowhere else.

        Raises:
            BadInput: there is no such user, or the password is weak.
        """
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            given = self._passwords.make(row["name"]) if password is None else password
            self._set_password(connection, row, given, must_change=True)
            forget_failures(connection, name)
            ended = end_sessions_of(connection, row["id"])
            write_audit(connection, who, "reset password", f"user {row['name']}", {"sessions ended": ended})
            return given

    def change_password(self, name: str, old: str, new: str, *, address: str = "") -> None:
        """Let users choose their own password; ends all their sessions. Wrong old ones count as failed sign-ins.

        Raises:
            SignInRefused: the old password is wrong, or the name is locked.
            WeakPassword: the new one breaks a rule.
        """
        self._check(name, old, address)
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            self._set_password(connection, row, new, must_change=False)
            ended = end_sessions_of(connection, row["id"])
            write_audit(connection, row["name"], "change password", f"user {row['name']}", {"sessions ended": ended})

    # Signing in

    def sign_in(self, name: str, password: str, *, address: str = "", browser: str = "") -> str:
        """Open a session; returns its token, of which the store keeps a digest only.

        Raises:
            SignInRefused: name or password is wrong, the name or the address is locked, or the account disabled.
        """
        seen = self._check(name, password, address)
        with writing(self._engine) as connection:
            row = read_user(connection, name)
            if row["password"] != seen["password"] or row["disabled"]:  # changed while the password was checked
                raise _wrong()
            changes: dict[str, Any] = {"signed_in_at": self._clock()}
            if self._passwords.outdated(row["password"]):
                changes["password"] = self._passwords.hash(password)
            connection.execute(update(UserRow).where(UserRow.id == row["id"]).values(changes))
            return self.sessions.begin(connection, row["id"], row["name"], address, browser)

    def sign_in_from(
        self,
        issuer: str,
        subject: str,
        name: str,
        roles: Sequence[str] | None,
        *,
        address: str = "",
        browser: str = "",
    ) -> str:
        """Open a session for somebody whom the organisation's own service has recognised; returns its token.

        The account is the one that this ``subject`` signed in to before; else the one of this name, if it was made
        without a password for this and nobody signed in to it yet; else it is made, if ``roles`` names any.

        Args:
            issuer: the service.
            subject: the person's unchanging identifier there.
            name: the person's name there.
            roles: what the service says of the roles; None: it says nothing, and the account's own hold.
            address: where from.
            browser: which browser.

        Raises:
            SignInRefused: there is no account, or it is disabled, or the service gives it no role here.
        """
        if roles is not None and not roles:
            raise self._refused_from(issuer, name, address, "no role")
        with writing(self._engine) as connection:
            row = self._known_from(connection, issuer, subject, name)
            now = self._clock()
            if row is None and roles is not None and find_user(connection, name) is None:
                row = self._make_from(connection, issuer, subject, name, clean_roles(roles))
            if row is not None and not row["disabled"]:
                changes: dict[str, Any] = {"issuer": issuer, "subject": subject, "signed_in_at": now}
                if roles is not None and clean_roles(roles) != row["roles"]:
                    changes |= {"roles": clean_roles(roles), "changed_at": now}
                    end_sessions_of(connection, row["id"])
                    details = {"from": row["roles"], "roles": changes["roles"], "by": issuer}
                    write_audit(connection, row["name"], "change roles", f"user {row['name']}", details)
                connection.execute(update(UserRow).where(UserRow.id == row["id"]).values(changes))
                return self.sessions.begin(connection, row["id"], row["name"], address, browser)
        raise self._refused_from(issuer, name, address, "disabled" if row is not None else "no account")

    # Within

    def _check(self, name: str, password: str, address: str) -> RowMapping:
        """The user's row, if the password is right. The failure is counted first, so that many at once do not slip by."""
        now = self._clock()
        with writing(self._engine) as connection:
            row = find_user(connection, name)
            if row is not None:
                row = read_user(connection, name)
            until = locked_until(connection, name, self.limits, now, address)
            if until is None:
                note_failure(connection, name, address, now)
        if until is not None:
            raise _locked(until, now)
        if row is None or not row["password"]:
            self._passwords.waste_time(password)
            fits = False
        else:
            fits = self._passwords.fits(password, row["password"])
        if row is not None and fits and not row["disabled"]:
            with writing(self._engine) as connection:
                forget_failures(connection, name)
            return row
        reason = "unknown name" if row is None else "disabled" if row["disabled"] else "wrong password"
        with writing(self._engine) as connection:
            who = "" if row is None else str(row["name"])
            write_audit(connection, who, "sign-in failed", "sign-in", {"address": address, "reason": reason})
            until = locked_until(connection, name, self.limits, now, address)
            if until is not None:
                write_audit(connection, who, "lock", "sign-in", {"address": address, "until": until.isoformat()})
        if fits:
            raise SignInRefused(say("this account is disabled; ask whoever administers the dashboard"))
        raise _wrong()

    def _set_password(self, connection: Connection, row: RowMapping, password: str, *, must_change: bool) -> None:
        earlier = [row["password"], *row["earlier_passwords"]] if row["password"] else []
        self._passwords.expect_good(password, row["name"], earlier[:EARLIER_KEPT])
        kept = {"password": self._passwords.hash(password), "earlier_passwords": earlier[: EARLIER_KEPT - 1]}
        self._change(connection, row, {**kept, "password_at": self._clock(), "must_change": must_change})

    def _change(self, connection: Connection, row: RowMapping, changes: Mapping[str, Any]) -> None:
        values = {**changes, "changed_at": self._clock()}
        connection.execute(update(UserRow).where(UserRow.id == row["id"]).values(values))

    def _record(self, connection: Connection, row: RowMapping, now: datetime) -> User:
        return user_record(row, self.limits, now, locked_until(connection, row["name"], self.limits, now))

    def _expect_another_administrator(self, connection: Connection, row: RowMapping) -> None:
        """Refuse what would leave nobody who administers."""
        if row["disabled"] or ADMINISTRATOR not in row["roles"]:
            return
        query = select(UserRow.__table__).where(UserRow.id != row["id"]).with_for_update()
        others = connection.execute(query).mappings().all()
        if not any(ADMINISTRATOR in other["roles"] and not other["disabled"] for other in others):
            raise BadInput(
                say("{name} is the last one with the role manager; give it to somebody else first", name=row["name"])
            )

    def _known_from(self, connection: Connection, issuer: str, subject: str, name: str) -> RowMapping | None:
        query = select(UserRow.__table__).where(UserRow.issuer == issuer, UserRow.subject == subject).with_for_update()
        row = connection.execute(query).mappings().one_or_none()
        if row is None:
            row = find_user(connection, name)
            if row is not None and (row["password"] or row["subject"] is not None):
                return None  # whoever chooses a name there may not take over another's account here
        return row

    def _make_from(
        self, connection: Connection, issuer: str, subject: str, name: str, roles: Sequence[str]
    ) -> RowMapping:
        now, kept = self._clock(), clean_name(name)
        values: dict[str, Any] = {"name": kept, "name_key": name_key(kept), "roles": list(roles), "agent": ""}
        values |= {"disabled": False, "password": "", "earlier_passwords": [], "password_at": None}
        values |= {"must_change": False, "issuer": issuer, "subject": subject}
        insert_row(connection, UserRow, {**values, "created_at": now, "changed_at": now, "signed_in_at": None})
        write_audit(connection, kept, "add user", f"user {kept}", {"roles": list(roles), "by": issuer})
        return read_user(connection, kept)

    def _refused_from(self, issuer: str, name: str, address: str, reason: str) -> SignInRefused:
        with writing(self._engine) as connection:
            details = {"address": address, "reason": reason, "by": issuer}
            write_audit(connection, name[:80], "sign-in failed", "sign-in", details)
        return SignInRefused(
            say("{name} has no account here; ask whoever administers the dashboard", name=name)
            if reason == "no account"
            else say("{name} may not sign in here; ask whoever administers the dashboard", name=name)
        )


def _wrong() -> SignInRefused:
    return SignInRefused(say("name or password is wrong"))


def _locked(until: datetime, now: datetime) -> SignInRefused:
    minutes = max(1, -int(-(until - now).total_seconds() // 60))
    return SignInRefused(
        say("too many sign-ins have failed; try again in {minutes} minutes, or ask for an unlock", minutes=minutes),
        until=until,
    )
