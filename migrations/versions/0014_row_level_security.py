"""Row-level security on PostgreSQL. `keepwarm migrate` adds the policies after the last migration of each run."""

from alembic import op

from app.kit.row_security import remove_policies

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do nothing: roles and rights are needed again after a restore, and policies for each new table."""


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        remove_policies(op.get_bind())
