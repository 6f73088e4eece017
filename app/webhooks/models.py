"""Tables: the outbox of events, who subscribed to which, and what is still to be delivered to whom."""

import sqlalchemy as sa

from app.kit.db import belongs_to, metadata, tenant_table
from app.kit.dialects import Id, Instant, Json
from app.kit.due import due_columns, due_index

event = tenant_table(
    "event",
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("application_id", Id),
    # Counts the events of one application, so that a receiver can tell the newer from the older.
    sa.Column("sequence", sa.Integer),
    sa.Column("data", Json, nullable=False),
)

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    # Who wants to hear of events of this type: a connection that writes back to its CRM.
    sa.Column("subscriber_id", Id, primary_key=True),
    sa.Column("type", sa.String(60), primary_key=True),
    sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
    sa.Index("ix_subscription_type", "agency_id", "type"),
)

delivery = tenant_table(
    "delivery",
    sa.Column("event_id", Id, nullable=False),
    sa.Column("subscriber_id", Id, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("delivered_at", Instant),
    # What came of it: the receiver's id of what was made, or why it failed.
    sa.Column("outcome", sa.String(500)),
    *due_columns(),
    sa.UniqueConstraint("agency_id", "event_id", "subscriber_id"),
    belongs_to("event_id", "event"),
    due_index("delivery"),
    sa.Index("ix_delivery_subscriber", "agency_id", "subscriber_id", "state", "id"),
)
