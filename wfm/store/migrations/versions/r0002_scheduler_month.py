"""The scheduler's month: requests, publications, swaps, attendance, settlements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

APPEND_ONLY = ("publications", "requests", "attendance", "settlements")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "months",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hotline", sa.String(80), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name="fk_months_roster_id_rosters"),
        sa.PrimaryKeyConstraint("id", name="pk_months"),
        sa.UniqueConstraint("hotline", "first", name="uq_months_hotline_first"),
    )
    op.create_table(
        "roster_posts",
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name="fk_roster_posts_roster_id_rosters"),
        sa.PrimaryKeyConstraint("roster_id", name="pk_roster_posts"),
    )
    op.create_table(
        "publications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("roster_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(16), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["roster_id"], ["rosters.id"], name="fk_publications_roster_id_rosters"),
        sa.PrimaryKeyConstraint("id", name="pk_publications"),
        sa.UniqueConstraint("roster_id", "version", name="uq_publications_roster_id_version"),
    )
    op.create_table(
        "requests",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["month_id"], ["months.id"], name="fk_requests_month_id_months"),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
    )
    op.create_index("ix_requests_month_id", "requests", ["month_id"])
    op.create_table(
        "swaps",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("roster_version", sa.Integer(), nullable=True),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["month_id"], ["months.id"], name="fk_swaps_month_id_months"),
        sa.PrimaryKeyConstraint("id", name="pk_swaps"),
    )
    op.create_index("ix_swaps_month_id", "swaps", ["month_id"])
    op.create_table(
        "attendance",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("hotline", sa.String(80), nullable=False),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("signed_in", MOMENT, nullable=False),
        sa.Column("signed_out", MOMENT, nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attendance"),
        sa.UniqueConstraint("hotline", "agent", "signed_in", name="uq_attendance_hotline_agent_signed_in"),
    )
    op.create_table(
        "settlements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.String(40), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["month_id"], ["months.id"], name="fk_settlements_month_id_months"),
        sa.PrimaryKeyConstraint("id", name="pk_settlements"),
        sa.UniqueConstraint("month_id", name="uq_settlements_month_id"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for action in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    for table in ("settlements", "attendance", "swaps", "requests", "publications", "roster_posts", "months"):
        op.drop_table(table)
