"""Time settings of imports: zone, order of dates, and sample times as they were parsed."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Json

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "spreadsheet_import", sa.Column("time_zone", sa.String(length=64), server_default="UTC", nullable=False)
    )
    op.add_column("spreadsheet_import", sa.Column("dates", sa.String(length=3), server_default="iso", nullable=False))
    op.add_column("spreadsheet_import", sa.Column("read", Json, nullable=True))
    # Earlier imports took only instants with an offset; those that still run get the default of the later ones.
    op.execute(
        "UPDATE spreadsheet_import SET time_zone = "
        "(SELECT agency.time_zone FROM agency WHERE agency.id = spreadsheet_import.agency_id)"
    )


def downgrade() -> None:
    for column in ("read", "dates", "time_zone"):
        op.drop_column("spreadsheet_import", column)
