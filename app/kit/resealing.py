"""Sealed values in the database: whether the service's keys open them, and resealing them under the first key."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from app.kit.agency_guard import across_agencies
from app.kit.clock import monotonic
from app.kit.db import Database, metadata
from app.kit.dialects import lock_for_update
from app.kit.due_rows import Key
from app.kit.logs import log
from app.kit.sealing import CannotOpen, Seal

RESEAL_STEP = 200
"""How many values one transaction of `keepwarm reseal` reseals."""
SAMPLE = 20
"""How many of the newest values of each lasting kind are tried."""
CHECKED_FOR = 60.0
"""Seconds for which the result of a sample is remembered: `/readyz` may be asked often."""
_LASTING = ("connection.sealed_credentials", "connection_secret.sealed", "webhook_secret.sealed")
"""Columns whose values cannot be recovered once their key is lost. Values of the others expire."""

Outcome = Literal["renewed", "current", "lost"]


@dataclass(frozen=True, slots=True)
class Sampled:
    """The result of a sample: how many sealed values could be opened, and how many could not."""

    opened: int
    unopened: int

    @property
    def is_foreign(self) -> bool:
        """True if there are sealed values and the service's keys open none of them."""
        return self.unopened > 0 and self.opened == 0


def sealed_columns() -> list[sa.Column[Any]]:
    """Return every column that holds values sealed under the service's keys."""
    tables = [table for table in metadata.sorted_tables if {"agency_id", "id"} <= set(table.c.keys())]
    return [
        column
        for table in tables
        for column in table.c
        if column.name.startswith("sealed") and isinstance(column.type, sa.LargeBinary)
    ]


def sample(conn: sa.Connection, seal: Seal) -> Sampled:
    """Try to open the newest sealed values of each column whose values are kept permanently."""
    found: Counter[bool] = Counter()
    for column in sealed_columns():
        if str(column) in _LASTING:
            columns = column.table.c
            newest = sa.select(columns.agency_id, column).where(column.is_not(None))
            newest = newest.options(across_agencies("a key opens the values of every agency"))
            rows = conn.execute(newest.order_by(columns.id.desc()).limit(SAMPLE))
            found.update(seal.opens(agency_id, value) for agency_id, value in rows)
    return Sampled(found[True], found[False])


class SealCheck:
    """The result of a sample, remembered for a minute."""

    def __init__(self, seal: Seal) -> None:
        self._seal, self._until, self._found = seal, 0.0, Sampled(0, 0)

    def sampled(self, conn: sa.Connection) -> Sampled:
        """Return the newest result; a value that cannot be opened is logged."""
        if monotonic() >= self._until:
            self._found, self._until = sample(conn, self._seal), monotonic() + CHECKED_FOR
            if self._found.unopened:
                log.warning("the secret keys do not open every sealed value", **asdict(self._found))
        return self._found


async def reseal(database: Database, seal: Seal, *, drop_lost: bool) -> dict[str, Counter[Outcome]]:
    """Reseal every value under the first key, in bounded steps; return what became of how many, by column.

    `drop_lost` deletes what no key opens: a connection then needs new credentials, an event cannot be replayed.
    """
    counts: dict[str, Counter[Outcome]] = {}
    for column in sealed_columns():
        counts[str(column)] = Counter()
        after: Key | None = None
        while True:
            step = partial(_reseal_step, seal=seal, column=column, after=after, drop_lost=drop_lost)
            outcomes, after = await database.across_agencies().write(step)
            counts[str(column)].update(outcomes)
            if after is None:
                break
    await database.scrub()
    return counts


def _reseal_step(
    conn: sa.Connection, seal: Seal, column: sa.Column[Any], after: Key | None, *, drop_lost: bool
) -> tuple[Sequence[Outcome], Key | None]:
    """Reseal the values of a column after a key. Return the counts by result and the last key, or None at the end."""
    table = column.table
    key = sa.tuple_(table.c.agency_id, table.c.id)
    statement = sa.select(table.c.agency_id, table.c.id, column).where(column.is_not(None))
    if after is not None:
        statement = statement.where(key > sa.tuple_(*(sa.literal(part, table.c.id.type) for part in after)))
    statement = statement.options(across_agencies("the values of every agency are sealed again"))
    rows = conn.execute(lock_for_update(statement.order_by(table.c.agency_id, table.c.id).limit(RESEAL_STEP))).all()
    outcomes: list[Outcome] = []
    for agency_id, id, value in rows:
        try:
            renewed = seal.renewed(agency_id, value)
        except CannotOpen:
            outcomes.append("lost")
            if drop_lost:
                _drop(conn, column, agency_id, id)
            continue
        outcomes.append("current" if renewed is None else "renewed")
        if renewed is not None:
            conn.execute(sa.update(table).where(*_is(table, agency_id, id)).values({column.name: renewed}))
    return outcomes, (rows[-1][0], rows[-1][1]) if len(rows) == RESEAL_STEP else None


def _drop(conn: sa.Connection, column: sa.Column[Any], agency_id: UUID, id: UUID) -> None:
    this = _is(column.table, agency_id, id)
    if column.nullable:
        conn.execute(sa.update(column.table).where(*this).values({column.name: None}))
    else:
        conn.execute(sa.delete(column.table).where(*this))


def _is(table: sa.Table, agency_id: UUID, id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return table.c.agency_id == agency_id, table.c.id == id
