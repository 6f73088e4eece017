"""Batching: a file's rows in an order that respects references, split into batches."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.spreadsheets.escaping import unescape
from app.spreadsheets.file_reader import Row, Sheet
from app.spreadsheets.importable_tables import Table

BATCH_SIZE = 200
"""How many rows are imported in one transaction."""

RecordKey = tuple[str, str]
"""The system and id of a record."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are imported in one transaction.

    A dry run rolls every batch back. Its batches repeat in `before` the rows of earlier batches that they refer to;
    these are not counted.
    """

    rows: Sequence[Row]
    before: Sequence[Row] = ()

    def to_bytes(self) -> bytes:
        """Return the batch as bytes for storage."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def from_bytes(content: bytes) -> "Batch":
        """Return the batch from its bytes."""
        whole = json.loads(content)
        return Batch(*([_row(**row) for row in whole[name]] for name in ("rows", "before")))


def _row(number: int, cells: list[str], fault: list[Any] | None) -> Row:
    return Row(number, cells, None if fault is None else (fault[0], fault[1], fault[2]))


class Batcher:
    """Orders the rows of one file and splits them into batches."""

    def __init__(self, table: Table, sheet: Sheet, system: str) -> None:
        self._table, self._system = table, system
        self._indexes = {name: index for index, name in enumerate(sheet.columns)}
        rows = self._mark_duplicates(sheet.rows)
        self._keyed = {self._key(row): row for row in rows if row.fault is None}
        self.rows = self._parents_first(rows)

    def batches(self, *, dry_run: bool) -> Iterator[Batch]:
        """Return batches of BATCH_SIZE rows."""
        for start in range(0, len(self.rows), BATCH_SIZE):
            rows = self.rows[start : start + BATCH_SIZE]
            yield Batch(rows, self._earlier_parents(rows) if dry_run else ())

    def _cell(self, row: Row, name: str) -> str:
        index = self._indexes.get(name)
        return unescape(row.cells[index]) if index is not None and index < len(row.cells) else ""

    def _key(self, row: Row) -> RecordKey:
        return self._cell(row, "system").lower() or self._system, self._cell(row, "id")

    def _parent(self, row: Row) -> Row | None:
        parent = self._table.parent
        if parent is None or row.fault is not None or not (id := self._cell(row, parent.name)):
            return None
        return self._keyed.get((self._cell(row, parent.system).lower() or self._key(row)[0], id))

    def _mark_duplicates(self, rows: Sequence[Row]) -> list[Row]:
        """Mark rows whose id was used by an earlier row as faulty."""
        seen: dict[RecordKey, int] = {}
        checked = []
        for row in rows:
            first = seen.setdefault(self._key(row), row.number) if self._key(row)[1] else row.number
            duplicate = (None, "id_twice", f"Row {first} has the same id.")
            checked.append(row if first == row.number or row.fault else replace(row, fault=duplicate))
        return checked

    def _parents_first(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in their own order, except that parents precede their children."""
        if self._table.parent is None:
            return list(rows)
        ordered: dict[int, Row] = {}
        for row in rows:
            chain: dict[int, Row] = {}
            ancestor: Row | None = row
            while ancestor is not None and ancestor.number not in ordered and ancestor.number not in chain:
                chain[ancestor.number] = ancestor
                ancestor = self._parent(ancestor)
            ordered |= dict(reversed(chain.items()))
        return list(ordered.values())

    def _earlier_parents(self, rows: Sequence[Row]) -> list[Row]:
        """Return the parents of these rows that are in earlier batches, without their own parents."""
        in_batch = {row.number for row in rows}
        found = {
            parent.number: parent
            for row in rows
            if (parent := self._parent(row)) is not None and parent.number not in in_batch
        }
        return [self._without_parent(row) for row in found.values()]

    def _without_parent(self, row: Row) -> Row:
        parent = self._table.parent
        assert parent is not None
        indexes = [index for name in (parent.name, parent.id) if (index := self._indexes.get(name)) is not None]
        return replace(row, cells=["" if index in indexes else cell for index, cell in enumerate(row.cells)])
