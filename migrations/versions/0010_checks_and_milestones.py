"""Checks and milestones: proofs that are due before the first day, and the dated steps up to it."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_fact(
        "application_check",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=True),
        sa.Column("result_from", sa.String(length=10), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("booked_for", Instant(), nullable=True),
        sa.Column("prepared_at", Instant(), nullable=True),
        sa.Column("ready_at", Instant(), nullable=True),
        sa.Column("result_by", sa.Date(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
    )
    _create_fact(
        "milestone",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
    )


def _create_fact(table: str, *columns: sa.Column[Any]) -> None:
    """Create a table with these columns and those that every fact of an application has."""
    indexed: Sequence[str] = ["agency_id", "application_id"]
    op.create_table(
        table,
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        *columns,
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f(f"fk_{table}_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{table}_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f(f"uq_{table}_agency_id_external_system_external_id"),
        ),
    )
    op.create_index(f"ix_{table}_application", table, indexed, unique=False)


def downgrade() -> None:
    for table in ("milestone", "application_check"):
        op.drop_index(f"ix_{table}_application", table_name=table)
        op.drop_table(table)
