"""Spreadsheet imports: uploaded files, pending rows and refused rows."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spreadsheet_import",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("table_name", sa.String(length=30), nullable=False),
        sa.Column("system", sa.String(length=40), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stopped_because", sa.String(length=200), nullable=True),
        sa.Column("columns", Json, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_spreadsheet_import_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_spreadsheet_import")),
    )
    op.create_index(
        "ix_spreadsheet_import_due",
        "spreadsheet_import",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "spreadsheet_part",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("import_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed_rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_spreadsheet_part_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "import_id"],
            ["spreadsheet_import.agency_id", "spreadsheet_import.id"],
            name=op.f("fk_spreadsheet_part_agency_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_spreadsheet_part")),
        sa.UniqueConstraint(
            "agency_id", "import_id", "number", name=op.f("uq_spreadsheet_part_agency_id_import_id_number")
        ),
    )
    op.create_table(
        "spreadsheet_error",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("import_id", Id(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("column_name", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_spreadsheet_error_agency_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "import_id"],
            ["spreadsheet_import.agency_id", "spreadsheet_import.id"],
            name=op.f("fk_spreadsheet_error_agency_id_import_id"),
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_spreadsheet_error")),
    )
    op.create_index(
        "ix_spreadsheet_error_import",
        "spreadsheet_error",
        ["agency_id", "import_id", "row_number", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("spreadsheet_error")
    op.drop_table("spreadsheet_part")
    op.drop_table("spreadsheet_import")
