"""Batching: the rows of an imported file, ordered so that referenced rows come first, and split into batches."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.spreadsheets.escaping import unescape
from app.spreadsheets.file_reader import Row, Sheet
from app.spreadsheets.importable_tables import Table

BATCH_SIZE = 200
"""The number of rows that are imported in one transaction."""

RecordKey = tuple[str, str]
"""The external key of a row's record: a system, and the record's id in that system."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows that are imported in one transaction.

    A dry run rolls every batch back, so rows of later batches would not find the rows that they refer to. `before`
    therefore repeats these rows of earlier batches. Rows in `before` are not counted.
    """

    rows: Sequence[Row]
    before: Sequence[Row] = ()

    def to_bytes(self) -> bytes:
        """Return the batch as JSON bytes for storage."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def from_bytes(content: bytes) -> "Batch":
        """Return the batch parsed from the bytes that `to_bytes` returned."""
        whole = json.loads(content)
        return Batch(*([_row(**row) for row in whole[name]] for name in ("rows", "before")))


def _row(number: int, cells: list[str], fault: list[Any] | None) -> Row:
    return Row(number, cells, None if fault is None else (fault[0], fault[1], fault[2]))


class Batcher:
    """The rows of one file in import order. Duplicates are marked as faulty, and `batches` splits the rows."""

    def __init__(self, table: Table, sheet: Sheet, system: str) -> None:
        self._table, self._system = table, system
        self._indexes = {name: index for index, name in enumerate(sheet.columns)}
        rows = self._mark_duplicates(sheet.rows)
        self._keyed = {self._key(row): row for row in rows if row.fault is None}
        self.rows = self._parents_first(rows)

    def batches(self, *, dry_run: bool) -> Iterator[Batch]:
        """Yield batches of at most BATCH_SIZE rows.

        For a dry run, `before` of each batch has the earlier rows that are needed.
        """
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
        """Return the rows, with a fault on each row that has the same system and id as an earlier row.

        Rows with a fault are refused at the import.
        """
        seen: dict[RecordKey, int] = {}
        checked = []
        for row in rows:
            first = seen.setdefault(self._key(row), row.number) if self._key(row)[1] else row.number
            duplicate = (None, "id_twice", f"Row {first} has the same id.")
            checked.append(row if first == row.number or row.fault else replace(row, fault=duplicate))
        return checked

    def _parents_first(self, rows: Sequence[Row]) -> list[Row]:
        """Return the rows in the order of the file, except that a row comes after the row that it refers to.

        Only references within the same table count.
        """
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
        """Return copies of the rows in earlier batches to which these rows refer.

        In the copies, references to rows of the same table are blanked.
        """
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
