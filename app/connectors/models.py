"""Tables: connections and their secrets, inbound events, the sync state of external entities, and sync runs."""

import sqlalchemy as sa

from app.access.signing_secrets import SigningSecrets
from app.kit.db import agency_foreign_key, cascading_foreign_key, metadata, tenant_table
from app.kit.dialects import Id, Instant, Json
from app.kit.due_rows import due_columns, due_index

connection = tenant_table(
    "connection",
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    # The name in external references: the system for the agency's first connection of a CRM, another for a second one.
    sa.Column("ref_system", sa.String(40), nullable=False),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("organisation_name", sa.String(200)),
    sa.Column("default_recruiter_id", Id),
    sa.Column("settings", Json, nullable=False),
    sa.Column("stage_map", Json, nullable=False),
    sa.Column("activity_map", Json, nullable=False),
    sa.Column("write_back", Json, nullable=False),
    sa.Column("sealed_credentials", sa.LargeBinary),
    # The session of the last sign-in. It can be lost: a new sign-in replaces it.
    sa.Column("sealed_session", sa.LargeBinary),
    # When the login lock ends; null while nobody holds it.
    sa.Column("signing_in_until", Instant),
    sa.Column("suspended_at", Instant),
    # Since when the API fails, with which message, and when the agency was notified.
    sa.Column("failed_at", Instant),
    sa.Column("failure", sa.String(500)),
    sa.Column("failure_notified_at", Instant),
    # When a webhook with a good signature was last rejected, and why.
    sa.Column("refused_at", Instant),
    sa.Column("refusal", sa.String(500)),
    sa.Column("created_at", Instant, nullable=False),
    sa.UniqueConstraint("agency_id", "ref_system"),
    agency_foreign_key("default_recruiter_id", "recruiter"),
)

connection_secret = tenant_table(
    "connection_secret",
    sa.Column("connection_id", Id, nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    # When it ends, after a newer secret was added; null: not yet.
    sa.Column("ends_at", Instant),
    cascading_foreign_key("connection_id", "connection"),
    sa.Index("ix_connection_secret_connection", "agency_id", "connection_id"),
)

connection_secrets = SigningSecrets(connection_secret, "connection_id")

inbound_event = tenant_table(
    "inbound_event",
    sa.Column("connection_id", Id, nullable=False),
    # The idempotency key of the CRM.
    sa.Column("key", sa.String(200), nullable=False),
    # The digest of the signed bytes if the signature does not cover the key; else null.
    sa.Column("signed_digest", sa.String(64)),
    sa.Column("type", sa.String(80), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("arrived_at", Instant, nullable=False),
    sa.Column("occurred_at", Instant),
    # The request as received, or the document as fetched. Dropped after the retention period.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(500)),
    sa.Column("outcome", Json, nullable=False),
    # The wait key of an entity that is not known yet, such as "application 4711".
    sa.Column("waits_for", sa.String(230)),
    sa.Column("settled_at", Instant),
    *due_columns(),
    sa.UniqueConstraint("agency_id", "connection_id", "key"),
    cascading_foreign_key("connection_id", "connection"),
    due_index("inbound_event"),
    sa.Index(
        "uq_inbound_event_signed_digest",
        "agency_id",
        "connection_id",
        "signed_digest",
        unique=True,
        sqlite_where=sa.text("signed_digest IS NOT NULL"),
        postgresql_where=sa.text("signed_digest IS NOT NULL"),
    ),
    sa.Index("ix_inbound_event_connection", "agency_id", "connection_id", "arrived_at"),
    sa.Index("ix_inbound_event_state", "agency_id", "connection_id", "state", "id"),
    sa.Index("ix_inbound_event_waits_for", "agency_id", "connection_id", "waits_for"),
)

unmapped = sa.Table(
    "inbound_event_unmapped",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("inbound_event_id", Id, primary_key=True),
    # "stage" or "activity": the connection's map that lacks the label. "word": the connector itself does not know it.
    sa.Column("map", sa.String(10), primary_key=True),
    sa.Column("value", sa.String(200), primary_key=True),
    sa.Column("connection_id", Id, nullable=False),
    cascading_foreign_key("inbound_event_id", "inbound_event"),
    sa.Index("ix_inbound_event_unmapped_value", "agency_id", "connection_id", "map", "value"),
)

wait_key = sa.Table(
    "inbound_event_wait_key",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("inbound_event_id", Id, primary_key=True),
    # The further wait keys of an event about several applications. The first is `inbound_event.waits_for`.
    sa.Column("waits_for", sa.String(230), primary_key=True),
    sa.Column("connection_id", Id, nullable=False),
    cascading_foreign_key("inbound_event_id", "inbound_event"),
    sa.Index("ix_inbound_event_wait_key_waits_for", "agency_id", "connection_id", "waits_for"),
)

external_entity = sa.Table(
    "external_entity",
    metadata,
    sa.Column("agency_id", Id, primary_key=True),
    sa.Column("connection_id", Id, primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("external_id", sa.String(200), primary_key=True),
    # When the CRM last changed it; null if only its deletion or merge is known.
    sa.Column("version", Instant),
    sa.Column("deleted_at", Instant),
    # True if we wrote it, so that its echo is not imported.
    sa.Column("written_by_us", sa.Boolean, nullable=False),
    # The candidate that it was merged into.
    sa.Column("merged_into", sa.String(200)),
    # Of an application: its candidate, job and last status, also before it is opened.
    sa.Column("detail", Json),
    cascading_foreign_key("connection_id", "connection"),
)

backfill = tenant_table(
    "backfill",
    sa.Column("connection_id", Id, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    cascading_foreign_key("connection_id", "connection"),
    sa.Index("ix_backfill_connection", "agency_id", "connection_id", "id"),
)

sync_run = tenant_table(
    "sync_run",
    sa.Column("connection_id", Id, nullable=False),
    # Null for a polled stream.
    sa.Column("backfill_id", Id),
    sa.Column("stream", sa.String(40), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("finished_at", Instant),
    sa.Column("cursor", Json, nullable=False),
    sa.Column("seen", sa.Integer, nullable=False),
    sa.Column("new", sa.Integer, nullable=False),
    # Of a finished backfill: true if the CRM has no older records of this stream either.
    sa.Column("empty", sa.Boolean),
    sa.Column("failure", sa.String(500)),
    *due_columns(),
    cascading_foreign_key("connection_id", "connection"),
    cascading_foreign_key("backfill_id", "backfill"),
    due_index("sync_run"),
    sa.Index("ix_sync_run_connection", "agency_id", "connection_id", "backfill_id"),
)

stage_move = tenant_table(
    "stage_move",
    sa.Column("connection_id", Id, nullable=False),
    sa.Column("application_id", Id, nullable=False),
    sa.Column("external_id", sa.String(200), nullable=False),
    sa.Column("stage", sa.String(30), nullable=False),
    # The CRM's name of the status.
    sa.Column("status", sa.String(200), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("api_key_id", Id),
    sa.Column("recruiter_id", Id),
    sa.Column("moved_at", Instant),
    sa.Column("failure", sa.String(500)),
    *due_columns(),
    cascading_foreign_key("connection_id", "connection"),
    agency_foreign_key("application_id", "application"),
    due_index("stage_move"),
    sa.Index("ix_stage_move_connection", "agency_id", "connection_id", "id"),
)
