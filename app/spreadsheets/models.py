"""Database tables of imports: imports, their batches that are not imported yet, and the errors of refused rows."""

import sqlalchemy as sa

from app.kit.db import agency_foreign_key, tenant_table
from app.kit.dialects import Id, Instant, Json
from app.kit.due_rows import due_columns, due_index

spreadsheet_import = tenant_table(
    "spreadsheet_import",
    sa.Column("table_name", sa.String(30), nullable=False),
    sa.Column("system", sa.String(40), nullable=False),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("stopped_reason", sa.String(200)),
    # The file's columns in order, by Keepwarm's names.
    sa.Column("columns", Json, nullable=False),
    # The format of the file's times, and examples of how they were read; null for older imports.
    sa.Column("time_zone", sa.String(64), nullable=False, server_default="UTC"),
    sa.Column("dates", sa.String(3), nullable=False, server_default="iso"),
    sa.Column("read", Json),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("finished_at", Instant),
    *due_columns(),
    due_index("spreadsheet_import"),
)

# A batch is deleted in the transaction that imports it. The stored ones are still to do.
spreadsheet_part = tenant_table(
    "spreadsheet_part",
    sa.Column("import_id", Id, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("sealed_rows", sa.LargeBinary, nullable=False),
    agency_foreign_key("import_id", "spreadsheet_import"),
    sa.UniqueConstraint("agency_id", "import_id", "number"),
)

spreadsheet_error = tenant_table(
    "spreadsheet_error",
    sa.Column("import_id", Id, nullable=False),
    sa.Column("row_number", sa.Integer, nullable=False),
    sa.Column("column_name", sa.String(40)),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
    agency_foreign_key("import_id", "spreadsheet_import"),
    sa.Index("ix_spreadsheet_error_import", "agency_id", "import_id", "row_number", "id"),
)
