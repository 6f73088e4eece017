"""Records found by name: the words of candidates, organisations, client contacts and jobs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kit.dialects import Id, Instant
from app.kit.search import index_names

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STEP = 1000
"""How many records are read at once."""

NAMED = {"candidate": "name", "organisation": "name", "client_contact": "name", "job": "title"}


def upgrade() -> None:
    op.create_table(
        "search_word",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column(
            "word",
            sa.String(length=100).with_variant(postgresql.VARCHAR(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("record_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_search_word_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "kind", "word", "record_id", name=op.f("pk_search_word")),
    )
    for kind, column in NAMED.items():
        _fill(kind, column)
    op.create_index("ix_search_word_record", "search_word", ["agency_id", "record_id", "word"], unique=False)
    op.add_column("connection", sa.Column("refused_at", Instant(), nullable=True))
    op.add_column("connection", sa.Column("refusal", sa.String(length=500), nullable=True))


def _fill(kind: str, name: str) -> None:
    """Index the existing records in steps. An erased candidate is not indexed."""
    table = sa.table(kind, *(sa.column(part, Id) for part in ("agency_id", "id")), sa.column(name, sa.String))
    key = (table.c.agency_id, table.c.id)
    records = sa.select(*key, table.c[name]).order_by(*key).limit(STEP)
    if kind == "candidate":
        records = records.where(sa.column("erased_at").is_(None))
    after: list[sa.ColumnElement[bool]] = []
    while rows := op.get_bind().execute(records.where(*after)).all():
        index_names(op.get_bind(), kind, [(agency_id, id, text) for agency_id, id, text in rows])
        last = sa.tuple_(*(sa.literal(value, Id) for value in rows[-1][:2]))
        after = [sa.tuple_(*key) > last]


def downgrade() -> None:
    op.drop_column("connection", "refusal")
    op.drop_column("connection", "refused_at")
    op.drop_table("search_word")
