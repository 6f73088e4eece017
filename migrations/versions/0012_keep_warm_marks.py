"""Keep-warm marks: the recruiter's wish to stay in touch with a candidate whose application has ended."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_STANDS = sa.text("ended_at IS NULL AND voided_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "keep_warm_mark",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_keep_warm_mark_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_keep_warm_mark_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_keep_warm_mark")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_keep_warm_mark_agency_id_external_system_external_id"),
        ),
    )
    op.create_index("ix_keep_warm_mark_application", "keep_warm_mark", ["agency_id", "application_id"], unique=False)
    op.create_index(
        "ix_keep_warm_mark_standing",
        "keep_warm_mark",
        ["agency_id", "application_id"],
        unique=False,
        sqlite_where=_STANDS,
        postgresql_where=_STANDS,
    )


def downgrade() -> None:
    op.drop_index("ix_keep_warm_mark_standing", table_name="keep_warm_mark")
    op.drop_index("ix_keep_warm_mark_application", table_name="keep_warm_mark")
    op.drop_table("keep_warm_mark")
