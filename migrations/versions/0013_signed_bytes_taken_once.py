"""Deduplication of signed requests: the digest of the signed bytes, for CRMs whose event id is not signed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_IS_SET = sa.text("signed_digest IS NOT NULL")


def upgrade() -> None:
    op.add_column("arrival", sa.Column("signed_digest", sa.String(length=64), nullable=True))
    op.create_index(
        "uq_arrival_signed_digest",
        "arrival",
        ["agency_id", "connection_id", "signed_digest"],
        unique=True,
        sqlite_where=_IS_SET,
        postgresql_where=_IS_SET,
    )


def downgrade() -> None:
    op.drop_index("uq_arrival_signed_digest", table_name="arrival")
    op.drop_column("arrival", "signed_digest")
