"""Tables of organisations and client contacts."""

import sqlalchemy as sa

from app.kit.db import agency_foreign_key, external_ref_columns, tenant_table
from app.kit.dialects import Id, Instant, Json

organisation = tenant_table(
    "organisation",
    sa.Column("name", sa.String(200), nullable=False),
    # A missing value is taken from the agency, each field on its own.
    sa.Column("time_zone", sa.String(64)),
    sa.Column("holiday_region", sa.String(40)),
    # They are added to the agency's, unless the organisation has a holiday region of its own.
    sa.Column("calendar_exceptions", Json, nullable=False, server_default="[]"),
    # Only the values that were set; the others follow the cautious defaults of the rules.
    sa.Column("contact_style", Json, nullable=False, default=dict),
    sa.Column("policy", Json, nullable=False, default=dict),
    sa.Column("created_at", Instant, nullable=False),
    *external_ref_columns(),
)

client_contact = tenant_table(
    "client_contact",
    sa.Column("organisation_id", Id, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320)),
    sa.Column("phone", sa.String(200)),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    *external_ref_columns(),
    agency_foreign_key("organisation_id", "organisation"),
    sa.Index("ix_client_contact_organisation", "agency_id", "organisation_id", "id"),
)
