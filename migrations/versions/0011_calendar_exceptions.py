"""Calendar exceptions of agencies and organisations."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Json

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("agency", "organisation"):
        op.add_column(table, sa.Column("calendar_exceptions", Json, server_default="[]", nullable=False))


def downgrade() -> None:
    for table in ("organisation", "agency"):
        op.drop_column(table, "calendar_exceptions")
