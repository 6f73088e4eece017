"""Tables: the outbox of events. Their delivery reads it; nothing else does."""

import sqlalchemy as sa

from app.kit.db import tenant_table
from app.kit.dialects import Id, Instant, Json

event = tenant_table(
    "event",
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("application_id", Id),
    # Counts the events of one application, so that a receiver can tell the newer from the older.
    sa.Column("sequence", sa.Integer),
    sa.Column("data", Json, nullable=False),
)
