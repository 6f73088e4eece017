"""Tables of jobs, and of timeline revisions: statements about when a job will be decided."""

import sqlalchemy as sa

from app.kit.db import agency_foreign_key, external_ref_columns, tenant_table
from app.kit.dialects import Id, Instant, Json

job = tenant_table(
    "job",
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("organisation_id", Id, nullable=False),
    sa.Column("hiring_manager_id", Id),
    sa.Column("status", sa.String(10), nullable=False, default="open"),
    # Since when the status holds. Never null, but SQLite cannot add a column that is not nullable.
    sa.Column("status_at", Instant),
    sa.Column("policy", Json, nullable=False, default=dict),
    sa.Column("created_at", Instant, nullable=False),
    *external_ref_columns(),
    agency_foreign_key("organisation_id", "organisation"),
    agency_foreign_key("hiring_manager_id", "client_contact"),
    sa.Index("ix_job_organisation", "agency_id", "organisation_id", "id"),
    sa.Index("ix_job_status", "agency_id", "status", "id"),
    sa.Index("ix_job_hiring_manager", "agency_id", "hiring_manager_id"),
)

timeline_revision = tenant_table(
    "timeline_revision",
    sa.Column("job_id", Id, nullable=False),
    sa.Column("stated_at", Instant, nullable=False),
    sa.Column("stated_by", sa.String(10), nullable=False),
    sa.Column("decision_by", sa.Date),
    sa.Column("contact_from", sa.Date),
    sa.Column("next_step", sa.Text),
    sa.Column("start_by", sa.Date),
    sa.Column("confidence", sa.String(10)),
    sa.Column("note", sa.Text),
    sa.Column("recorded_at", Instant, nullable=False),
    # A voided revision stays visible and has no effect.
    sa.Column("voided_at", Instant),
    sa.Column("void_reason", sa.String(200)),
    *external_ref_columns(),
    agency_foreign_key("job_id", "job"),
    sa.Index("ix_timeline_revision_job", "agency_id", "job_id", "stated_at", "id"),
)
