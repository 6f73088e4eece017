"""Events about several applications: the other applications that the event waits for."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "arrival_further_wait",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("arrival_id", Id(), nullable=False),
        sa.Column("waits_for", sa.String(length=230), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "arrival_id"],
            ["arrival.agency_id", "arrival.id"],
            name=op.f("fk_arrival_further_wait_agency_id_arrival_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agency_id", "arrival_id", "waits_for", name=op.f("pk_arrival_further_wait")),
    )
    op.create_index(
        "ix_arrival_further_wait_waits_for",
        "arrival_further_wait",
        ["agency_id", "connection_id", "waits_for"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_arrival_further_wait_waits_for", table_name="arrival_further_wait")
    op.drop_table("arrival_further_wait")
