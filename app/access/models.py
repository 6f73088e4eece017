"""Tables: agencies, recruiters, API keys, the log of policy changes, and requests to reassess applications."""

import sqlalchemy as sa

from app.kit.db import agency_foreign_key, metadata, tenant_table
from app.kit.dialects import Id, Instant, Json

agency = sa.Table(
    "agency",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column("holiday_region", sa.String(40), nullable=False),
    # A list, each item {"date": date, "working": yes or no} or {"name": holiday, "working": true}.
    sa.Column("calendar_exceptions", Json, nullable=False, server_default="[]"),
    sa.Column("policy", Json, nullable=False),
    sa.Column("policy_version", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

recruiter = tenant_table(
    "recruiter",
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320)),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
)

api_key = tenant_table(
    "api_key",
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("recruiter_id", Id),
    sa.Column("secret_hash", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("revoked_at", Instant),
    agency_foreign_key("recruiter_id", "recruiter"),
)

policy_change = tenant_table(
    "policy_change",
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("level", sa.String(20), nullable=False),
    sa.Column("subject_id", Id),
    sa.Column("fields", Json, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("api_key_id", Id, nullable=False),
    sa.UniqueConstraint("agency_id", "version"),
)

reassessment = tenant_table(
    "reassessment",
    # Which applications: the whole agency's, or those of one organisation, job or candidate.
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("subject_id", Id),
    # The last application that was set due: a large agency is walked in steps.
    sa.Column("after_id", Id),
    sa.Column("due_at", Instant, nullable=False, index=True),
)
