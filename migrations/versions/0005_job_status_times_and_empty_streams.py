"""Job status times, since when each job has its status; streams of a CRM that are empty."""

import sqlalchemy as sa
from alembic import op

from app.kit import clock
from app.kit.dialects import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_JOB = sa.table("job", sa.column("status"), sa.column("status_at", Instant()), sa.column("created_at", Instant()))


def upgrade() -> None:
    op.add_column("job", sa.Column("status_at", Instant(), nullable=True))
    # An open job has been open since it was recorded. When another one closed was not recorded: from now on it is.
    op.execute(sa.update(_JOB).where(_JOB.c.status == "open").values(status_at=_JOB.c.created_at))
    op.execute(sa.update(_JOB).where(_JOB.c.status != "open").values(status_at=clock.system_now()))
    op.add_column("walk", sa.Column("empty", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("walk", "empty")
    op.drop_column("job", "status_at")
