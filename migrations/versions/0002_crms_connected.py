"""CRM connections: inbound events, per-entity sync state, subscriptions and deliveries."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant, Json

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "subscription",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("subscriber_id", Id(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_subscription_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "subscriber_id", "type", name=op.f("pk_subscription")),
    )
    op.create_index("ix_subscription_type", "subscription", ["agency_id", "type"], unique=False)
    op.create_table(
        "connection",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("ref_system", sa.String(length=40), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("organisation_name", sa.String(length=200), nullable=True),
        sa.Column("default_recruiter_id", Id(), nullable=True),
        sa.Column("settings", Json, nullable=False),
        sa.Column("stage_map", Json, nullable=False),
        sa.Column("activity_map", Json, nullable=False),
        sa.Column("write_back", Json, nullable=False),
        sa.Column("sealed_credentials", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_session", sa.LargeBinary(), nullable=True),
        sa.Column("signing_in_until", Instant(), nullable=True),
        sa.Column("suspended_at", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "default_recruiter_id"],
            ["recruiter.agency_id", "recruiter.id"],
            name=op.f("fk_connection_agency_id_default_recruiter_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_connection_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_connection")),
        sa.UniqueConstraint("agency_id", "ref_system", name=op.f("uq_connection_agency_id_ref_system")),
    )
    op.create_table(
        "delivery",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("event_id", Id(), nullable=False),
        sa.Column("subscriber_id", Id(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("delivered_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "event_id"], ["event.agency_id", "event.id"], name=op.f("fk_delivery_agency_id_event_id")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_delivery_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "agency_id", "event_id", "subscriber_id", name=op.f("uq_delivery_agency_id_event_id_subscriber_id")
        ),
    )
    op.create_index(
        "ix_delivery_due",
        "delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_delivery_subscriber", "delivery", ["agency_id", "subscriber_id", "state", "id"], unique=False)
    op.create_table(
        "arrival",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("arrived_at", Instant(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("outcome", Json, nullable=False),
        sa.Column("waits_for", sa.String(length=230), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_arrival_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_arrival_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("agency_id", "connection_id", "key", name=op.f("uq_arrival_agency_id_connection_id_key")),
    )
    op.create_index("ix_arrival_connection", "arrival", ["agency_id", "connection_id", "arrived_at"], unique=False)
    op.create_index(
        "ix_arrival_due",
        "arrival",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_arrival_state", "arrival", ["agency_id", "connection_id", "state", "id"], unique=False)
    op.create_index("ix_arrival_waits_for", "arrival", ["agency_id", "connection_id", "waits_for"], unique=False)
    op.create_table(
        "backfill",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_backfill_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_backfill_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_backfill")),
    )
    op.create_index("ix_backfill_connection", "backfill", ["agency_id", "connection_id", "id"], unique=False)
    op.create_table(
        "connection_secret",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_connection_secret_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_connection_secret_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_connection_secret")),
    )
    op.create_index(
        "ix_connection_secret_connection", "connection_secret", ["agency_id", "connection_id"], unique=False
    )
    op.create_table(
        "known_thing",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("version", Instant(), nullable=True),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("ours", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(length=200), nullable=True),
        sa.Column("detail", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_known_thing_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agency_id", "connection_id", "kind", "external_id", name=op.f("pk_known_thing")),
    )
    op.create_table(
        "arrival_unmapped",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("arrival_id", Id(), nullable=False),
        sa.Column("map", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "arrival_id"],
            ["arrival.agency_id", "arrival.id"],
            name=op.f("fk_arrival_unmapped_agency_id_arrival_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("agency_id", "arrival_id", "map", "value", name=op.f("pk_arrival_unmapped")),
    )
    op.create_index(
        "ix_arrival_unmapped_value", "arrival_unmapped", ["agency_id", "connection_id", "map", "value"], unique=False
    )
    op.create_table(
        "walk",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("backfill_id", Id(), nullable=True),
        sa.Column("stream", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("cursor", Json, nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "backfill_id"],
            ["backfill.agency_id", "backfill.id"],
            name=op.f("fk_walk_agency_id_backfill_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_walk_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_walk_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_walk")),
    )
    op.create_index("ix_walk_connection", "walk", ["agency_id", "connection_id", "backfill_id"], unique=False)
    op.create_index(
        "ix_walk_due",
        "walk",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "stage_move",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("connection_id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("api_key_id", Id(), nullable=True),
        sa.Column("recruiter_id", Id(), nullable=True),
        sa.Column("moved_at", Instant(), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_stage_move_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "connection_id"],
            ["connection.agency_id", "connection.id"],
            name=op.f("fk_stage_move_agency_id_connection_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_stage_move_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_stage_move")),
    )
    op.create_index("ix_stage_move_connection", "stage_move", ["agency_id", "connection_id", "id"], unique=False)
    op.create_index(
        "ix_stage_move_due",
        "stage_move",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_stage_move_due",
        table_name="stage_move",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_stage_move_connection", table_name="stage_move")
    op.drop_table("stage_move")
    op.drop_index(
        "ix_walk_due",
        table_name="walk",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_walk_connection", table_name="walk")
    op.drop_table("walk")
    op.drop_index("ix_arrival_unmapped_value", table_name="arrival_unmapped")
    op.drop_table("arrival_unmapped")
    op.drop_table("known_thing")
    op.drop_index("ix_connection_secret_connection", table_name="connection_secret")
    op.drop_table("connection_secret")
    op.drop_index("ix_backfill_connection", table_name="backfill")
    op.drop_table("backfill")
    op.drop_index("ix_arrival_waits_for", table_name="arrival")
    op.drop_index("ix_arrival_state", table_name="arrival")
    op.drop_index(
        "ix_arrival_due",
        table_name="arrival",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_arrival_connection", table_name="arrival")
    op.drop_table("arrival")
    op.drop_index("ix_delivery_subscriber", table_name="delivery")
    op.drop_index(
        "ix_delivery_due",
        table_name="delivery",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_table("delivery")
    op.drop_table("connection")
    op.drop_index("ix_subscription_type", table_name="subscription")
    op.drop_table("subscription")
