"""The table of candidates."""

import sqlalchemy as sa

from app.kit.db import external_ref_columns, tenant_table
from app.kit.dialects import Instant, Json

candidate = tenant_table(
    "candidate",
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("email", sa.String(320)),
    sa.Column("phone", sa.String(200)),
    # A missing value is taken from the agency, each field on its own.
    sa.Column("time_zone", sa.String(64)),
    sa.Column("holiday_region", sa.String(40)),
    # [{"from": date, "to": date}], both ends included.
    sa.Column("away", Json, nullable=False, default=list),
    sa.Column("created_at", Instant, nullable=False),
    # Since when the candidate is erased; the row keeps no personal data.
    sa.Column("erased_at", Instant),
    *external_ref_columns(),
)
