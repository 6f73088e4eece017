"""Tables: events, subscriptions, deliveries with their attempts, and webhook endpoints with their secrets."""

import sqlalchemy as sa

from app.access.signing_secrets import SigningSecrets
from app.kit.db import agency_foreign_key, cascading_foreign_key, metadata, tenant_table
from app.kit.dialects import Id, Instant, Json
from app.kit.due_rows import due_columns, due_index

_UNSEQUENCED = sa.text("position IS NULL")
_WAITS = sa.text("due_at IS NOT NULL")
_CLAIMED = sa.text("claim IS NOT NULL")


event = tenant_table(
    "event",
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("application_id", Id),
    # Counts the events of one application, so that receivers can order them.
    sa.Column("sequence", sa.Integer),
    sa.Column("data", Json, nullable=False),
    # The position in the agency's feed, given after the commit. Positions have no gaps that are filled later.
    sa.Column("position", sa.BigInteger),
    sa.Index("uq_event_position", "agency_id", "position", unique=True),
    sa.Index("ix_event_occurred", "agency_id", "occurred_at", "id"),
    sa.Index("ix_event_unsequenced", "id", sqlite_where=_UNSEQUENCED, postgresql_where=_UNSEQUENCED),
)

subscription = sa.Table(
    "subscription",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    # The subscriber: a connection that writes back to its CRM, or a webhook endpoint.
    sa.Column("subscriber_id", Id, primary_key=True),
    sa.Column("type", sa.String(60), primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False, server_default="connection"),
    # When the subscription began; null for those from before this column existed.
    sa.Column("since", Instant),
    sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
    sa.Index("ix_subscription_type", "agency_id", "type"),
)

delivery = tenant_table(
    "delivery",
    sa.Column("event_id", Id, nullable=False),
    sa.Column("subscriber_id", Id, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("delivered_at", Instant),
    # The receiver's id of the record that was written, or why writing failed.
    sa.Column("outcome", sa.String(500)),
    *due_columns(),
    sa.UniqueConstraint("agency_id", "event_id", "subscriber_id"),
    agency_foreign_key("event_id", "event"),
    due_index("delivery"),
    sa.Index("ix_delivery_subscriber", "agency_id", "subscriber_id", "state", "id"),
)

endpoint = tenant_table(
    "webhook_endpoint",
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("description", sa.String(200)),
    # The subscribed types; null for all types, future ones included.
    sa.Column("event_types", Json),
    sa.Column("rate_per_second", sa.Integer, nullable=False),
    sa.Column("concurrency", sa.Integer, nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("disabled_at", Instant),
    sa.Column("disabled_reason", sa.String(200)),
    # When the current run of failures began.
    sa.Column("failing_since", Instant),
    sa.Column("failed_at", Instant),
    sa.Column("succeeded_at", Instant),
    sa.Column("failure", sa.String(500)),
    # No attempt is made before this instant: the receiver was rate limited or overloaded.
    sa.Column("throttled_until", Instant),
    sa.Column("throttle_seconds", sa.Integer, nullable=False),
    # The second in which attempts are counted, and how many all workers started in it.
    sa.Column("second_began_at", Instant),
    sa.Column("sent_in_second", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

endpoint_secret = tenant_table(
    "webhook_secret",
    sa.Column("endpoint_id", Id, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # When an older secret stops signing.
    sa.Column("ends_at", Instant),
    cascading_foreign_key("endpoint_id", "webhook_endpoint"),
    sa.Index("ix_webhook_secret_endpoint", "agency_id", "endpoint_id"),
)

endpoint_secrets = SigningSecrets(endpoint_secret, "endpoint_id")

webhook_delivery = tenant_table(
    "webhook_delivery",
    sa.Column("event_id", Id, nullable=False),
    sa.Column("endpoint_id", Id, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    *due_columns(),
    sa.UniqueConstraint("agency_id", "event_id", "endpoint_id"),
    cascading_foreign_key("event_id", "event"),
    cascading_foreign_key("endpoint_id", "webhook_endpoint"),
    sa.Index(
        "ix_webhook_delivery_due",
        "agency_id",
        "endpoint_id",
        "due_at",
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    ),
    sa.Index(
        "ix_webhook_delivery_claimed",
        "agency_id",
        "endpoint_id",
        "due_at",
        sqlite_where=_CLAIMED,
        postgresql_where=_CLAIMED,
    ),
    sa.Index("ix_webhook_delivery_endpoint", "agency_id", "endpoint_id", "id"),
)

attempt = tenant_table(
    "webhook_attempt",
    sa.Column("delivery_id", Id, nullable=False),
    sa.Column("endpoint_id", Id, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("status", sa.Integer),
    # Why there was no response: timeout, unreachable, tls, protocol, refused_url; no_secret, lost.
    sa.Column("error", sa.String(20)),
    sa.Column("sealed_answer", sa.LargeBinary),
    cascading_foreign_key("delivery_id", "webhook_delivery"),
    sa.Index("ix_webhook_attempt_delivery", "agency_id", "delivery_id", "id"),
    sa.Index("ix_webhook_attempt_endpoint", "agency_id", "endpoint_id", "at"),
)

feed = sa.Table(
    "event_feed",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("last_position", sa.BigInteger, nullable=False),
    # The last position that retention deleted. Readers before it would miss events.
    sa.Column("expired_position", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], ondelete="CASCADE"),
)
