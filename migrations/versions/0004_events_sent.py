"""Webhooks: endpoints, secrets, deliveries and attempts; positions of the feed; erased candidates."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant, Json

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_feed",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("last_place", sa.BigInteger(), nullable=False),
        sa.Column("forgotten_place", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_event_feed_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", name=op.f("pk_event_feed")),
    )
    op.create_table(
        "webhook_endpoint",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.Column("event_types", Json, nullable=True),
        sa.Column("rate_per_second", sa.Integer(), nullable=False),
        sa.Column("concurrency", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("disabled_because", sa.String(length=200), nullable=True),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("succeeded_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("throttled_until", Instant(), nullable=True),
        sa.Column("throttle_seconds", sa.Integer(), nullable=False),
        sa.Column("second_began_at", Instant(), nullable=True),
        sa.Column("sent_in_second", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_webhook_endpoint_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("endpoint_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "endpoint_id"],
            ["webhook_endpoint.agency_id", "webhook_endpoint.id"],
            name=op.f("fk_webhook_delivery_agency_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "event_id"],
            ["event.agency_id", "event.id"],
            name=op.f("fk_webhook_delivery_agency_id_event_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_webhook_delivery_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "agency_id", "event_id", "endpoint_id", name=op.f("uq_webhook_delivery_agency_id_event_id_endpoint_id")
        ),
    )
    op.create_index(
        "ix_webhook_delivery_claimed",
        "webhook_delivery",
        ["agency_id", "endpoint_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("claim IS NOT NULL"),
        postgresql_where=sa.text("claim IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["agency_id", "endpoint_id", "due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_webhook_delivery_endpoint", "webhook_delivery", ["agency_id", "endpoint_id", "id"], unique=False
    )
    op.create_table(
        "webhook_secret",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("endpoint_id", Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "endpoint_id"],
            ["webhook_endpoint.agency_id", "webhook_endpoint.id"],
            name=op.f("fk_webhook_secret_agency_id_endpoint_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_webhook_secret_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_webhook_secret")),
    )
    op.create_index("ix_webhook_secret_endpoint", "webhook_secret", ["agency_id", "endpoint_id"], unique=False)
    op.create_table(
        "webhook_attempt",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("delivery_id", Id(), nullable=False),
        sa.Column("endpoint_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=20), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "delivery_id"],
            ["webhook_delivery.agency_id", "webhook_delivery.id"],
            name=op.f("fk_webhook_attempt_agency_id_delivery_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_webhook_attempt_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index("ix_webhook_attempt_delivery", "webhook_attempt", ["agency_id", "delivery_id", "id"], unique=False)
    op.create_index("ix_webhook_attempt_endpoint", "webhook_attempt", ["agency_id", "endpoint_id", "at"], unique=False)
    op.add_column("event", sa.Column("place", sa.BigInteger(), nullable=True))
    op.create_index("ix_event_occurred", "event", ["agency_id", "occurred_at", "id"], unique=False)
    op.create_index(
        "ix_event_unplaced",
        "event",
        ["id"],
        unique=False,
        sqlite_where=sa.text("place IS NULL"),
        postgresql_where=sa.text("place IS NULL"),
    )
    op.create_index("uq_event_place", "event", ["agency_id", "place"], unique=True)
    op.add_column("connection", sa.Column("failing_told_at", Instant(), nullable=True))
    op.add_column("subscription", sa.Column("since", Instant(), nullable=True))
    op.add_column("subscription", sa.Column("kind", sa.String(length=10), server_default="connection", nullable=False))
    op.add_column("candidate", sa.Column("erased_at", Instant(), nullable=True))


def downgrade() -> None:
    op.drop_column("candidate", "erased_at")
    # Without its kind, an endpoint that subscribed would be taken for a connection.
    op.execute("DELETE FROM subscription WHERE kind = 'endpoint'")
    op.drop_column("subscription", "kind")
    op.drop_column("subscription", "since")
    op.drop_column("connection", "failing_told_at")
    op.drop_index("uq_event_place", table_name="event")
    op.drop_index(
        "ix_event_unplaced",
        table_name="event",
        sqlite_where=sa.text("place IS NULL"),
        postgresql_where=sa.text("place IS NULL"),
    )
    op.drop_index("ix_event_occurred", table_name="event")
    op.drop_column("event", "place")
    op.drop_index("ix_webhook_attempt_endpoint", table_name="webhook_attempt")
    op.drop_index("ix_webhook_attempt_delivery", table_name="webhook_attempt")
    op.drop_table("webhook_attempt")
    op.drop_index("ix_webhook_secret_endpoint", table_name="webhook_secret")
    op.drop_table("webhook_secret")
    op.drop_index("ix_webhook_delivery_endpoint", table_name="webhook_delivery")
    op.drop_index(
        "ix_webhook_delivery_due",
        table_name="webhook_delivery",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_webhook_delivery_claimed",
        table_name="webhook_delivery",
        sqlite_where=sa.text("claim IS NOT NULL"),
        postgresql_where=sa.text("claim IS NOT NULL"),
    )
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
    op.drop_table("event_feed")
