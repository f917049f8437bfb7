"""Accounts, sessions, links that work once; the audit becomes a chain that can be verified."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)

KEPT_DAYS = 183
"""Six months: no command may remove what is younger."""

SQLITE_TRIGGERS = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    f"""CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN OLD.id > (SELECT removed_id FROM audit_head) OR OLD.at > datetime('now', '-{KEPT_DAYS} days')
    BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END""",  # noqa: S608
    "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head "
    "BEGIN SELECT RAISE(ABORT, 'the head of the audit is append-only'); END",
    """CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head
    WHEN NEW.last_id < OLD.last_id OR NEW.removed_id < OLD.removed_id OR NEW.removed_id > NEW.last_id
    BEGIN SELECT RAISE(ABORT, 'the head of the audit is append-only'); END""",
)
POSTGRESQL_TRIGGERS = (
    f"""CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            IF OLD.id <= (SELECT removed_id FROM audit_head) AND OLD.at <= now() - interval '{KEPT_DAYS} days' THEN
                RETURN OLD;
            END IF;
        END IF;
        RAISE EXCEPTION 'audit is append-only';
    END $$""",  # noqa: S608
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    """CREATE FUNCTION audit_head_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF NEW.last_id >= OLD.last_id AND NEW.removed_id >= OLD.removed_id AND NEW.removed_id <= NEW.last_id THEN
                RETURN NEW;
            END IF;
        END IF;
        RAISE EXCEPTION 'the head of the audit is append-only';
    END $$""",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE OR DELETE ON audit_head "
    "FOR EACH ROW EXECUTE FUNCTION audit_head_refuse()",
    "CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_head_refuse()",
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("earlier_passwords", sa.JSON(), nullable=False),
        sa.Column("password_at", MOMENT, nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("signed_in_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
        sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(80), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_sessions_user_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "sign_in_links",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_links"),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_name_at", "sign_in_attempts", ["name", "at"])
    op.create_index("ix_sign_in_attempts_address_at", "sign_in_attempts", ["address", "at"])
    _chain_the_audit()


def _chain_the_audit() -> None:
    """Give every entry the digest of the one before and its own, and refuse changes on every database."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        op.execute("DROP TRIGGER audit_no_update")
        op.execute("DROP TRIGGER audit_no_delete")
    for name in ("previous", "digest"):
        op.add_column("audit", sa.Column(name, sa.String(64), nullable=True))
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("last_digest", sa.String(64), nullable=False),
        sa.Column("removed_id", sa.BigInteger(), nullable=False),
        sa.Column("removed_digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    audit = sa.table(
        "audit",
        sa.column("id", sa.BigInteger()),
        sa.column("at", MOMENT),
        *(sa.column(name, sa.String()) for name in ("who", "action", "object", "previous", "digest")),
        sa.column("details", sa.JSON()),
    )
    last, before = 0, ""
    for row in connection.execute(sa.select(audit).order_by(audit.c.id)).mappings().all():
        digest = _digest(before, row)
        connection.execute(sa.update(audit).where(audit.c.id == row["id"]).values(previous=before, digest=digest))
        last, before = int(row["id"]), digest
    with op.batch_alter_table("audit") as batch:
        for name in ("previous", "digest"):
            batch.alter_column(name, existing_type=sa.String(64), nullable=False)
    first = {"id": 1, "last_id": last, "last_digest": before, "removed_id": 0, "removed_digest": ""}
    connection.execute(sa.insert(head).values(first))
    for statement in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)


def _digest(before: str, row: Any) -> str:
    """As in ``wfm.store.audit`` when this was written; that one may change, what stands in stores may not."""
    at: datetime = row["at"]
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    told = [before, row["id"], at.isoformat(timespec="microseconds"), row["who"], row["action"], row["object"]]
    text = json.dumps([*told, row["details"]], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        for name in ("audit_no_update", "audit_no_delete"):
            op.execute(f"DROP TRIGGER {name}")
    else:
        for name in ("audit_no_change", "audit_no_truncate"):
            op.execute(f"DROP TRIGGER {name} ON audit")
    op.drop_table("audit_head")
    if not sqlite:
        op.execute("DROP FUNCTION audit_refuse")
        op.execute("DROP FUNCTION audit_head_refuse")
    for name in ("previous", "digest"):
        op.drop_column("audit", name)
    if sqlite:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit "
                f"BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
            )
    for table in ("sign_in_attempts", "sign_in_links", "sessions", "users"):
        op.drop_table(table)
