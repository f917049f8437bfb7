"""Drafts of rosters: what each began from, and every change of a cell since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
BIG_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "roster_drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hotline", sa.String(80), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(80), nullable=False),
        sa.Column("origin", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("duties", sa.LargeBinary(), nullable=False),
        sa.Column("posts", sa.JSON(), nullable=True),
        sa.Column("edits", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("closed", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_roster_drafts"),
    )
    op.create_index("ix_roster_drafts_hotline_first", "roster_drafts", ["hotline", "first"])
    op.create_table(
        "roster_edits",
        sa.Column("id", BIG_KEY, nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("of_step", sa.Integer(), nullable=True),
        sa.Column("agent", sa.String(80), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("who", sa.String(80), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["roster_drafts.id"], name="fk_roster_edits_draft_id_roster_drafts"),
        sa.PrimaryKeyConstraint("id", name="pk_roster_edits"),
        sa.UniqueConstraint("draft_id", "number", name="uq_roster_edits_draft_id_number"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER roster_edits_no_{action.lower()} BEFORE {action} ON roster_edits "
                "BEGIN SELECT RAISE(ABORT, 'roster_edits is append-only'); END"
            )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    for table in ("roster_edits", "roster_drafts"):
        op.drop_table(table)
