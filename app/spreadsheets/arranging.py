"""A file's rows in the order in which they can be taken, and in parts that are taken one at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from app.spreadsheets.escaping import unescape
from app.spreadsheets.reading import Row, Sheet
from app.spreadsheets.tables import Table

PART = 200
"""How many rows are taken in one transaction."""

RecordKey = tuple[str, str]
"""System and id, as other systems name a record."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows that are taken together. Of a dry run, which keeps nothing, `before` holds the rows of earlier parts that
    these refer to: they are put there again, uncounted."""

    rows: Sequence[Row]
    before: Sequence[Row] = ()

    def packed(self) -> bytes:
        """As bytes to be kept."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode()

    @staticmethod
    def unpacked(content: bytes) -> "Part":
        """The part again."""
        whole = json.loads(content)
        return Part(*([_row(**row) for row in whole[name]] for name in ("rows", "before")))


def _row(number: int, cells: list[str], fault: list[Any] | None) -> Row:
    return Row(number, cells, None if fault is None else (fault[0], fault[1], fault[2]))


class Arrangement:
    """The rows of one file with the keys by which they name themselves and each other."""

    def __init__(self, table: Table, sheet: Sheet, system: str) -> None:
        self._table, self._system = table, system
        self._place = {name: place for place, name in enumerate(sheet.columns)}
        rows = self._each_once(sheet.rows)
        self._keyed = {self._key(row): row for row in rows if row.fault is None}
        self.rows = self._parents_first(rows)

    def parts(self, *, dry_run: bool) -> Iterator[Part]:
        """The rows, PART at a time."""
        for start in range(0, len(self.rows), PART):
            rows = self.rows[start : start + PART]
            yield Part(rows, self._referred_to(rows) if dry_run else ())

    def _cell(self, row: Row, name: str) -> str:
        place = self._place.get(name)
        return unescape(row.cells[place]) if place is not None and place < len(row.cells) else ""

    def _key(self, row: Row) -> RecordKey:
        return self._cell(row, "system").lower() or self._system, self._cell(row, "id")

    def _parent(self, row: Row) -> Row | None:
        parent = self._table.parent
        if parent is None or row.fault is not None or not (id := self._cell(row, parent.name)):
            return None
        return self._keyed.get((self._cell(row, parent.system).lower() or self._key(row)[0], id))

    def _each_once(self, rows: Sequence[Row]) -> list[Row]:
        """A row whose id stands above already is at fault: which of the two is right, nobody can know."""
        seen: dict[RecordKey, int] = {}
        told = []
        for row in rows:
            first = seen.setdefault(self._key(row), row.number) if self._key(row)[1] else row.number
            twice = (None, "id_twice", f"Row {first} has the same id.")
            told.append(row if first == row.number or row.fault else replace(row, fault=twice))
        return told

    def _parents_first(self, rows: Sequence[Row]) -> list[Row]:
        """The rows in their own order, but none before the one that it refers to."""
        if self._table.parent is None:
            return list(rows)
        ordered: dict[int, Row] = {}
        for row in rows:
            line: dict[int, Row] = {}
            above: Row | None = row
            while above is not None and above.number not in ordered and above.number not in line:
                line[above.number] = above
                above = self._parent(above)
            ordered |= dict(reversed(line.items()))
        return list(ordered.values())

    def _referred_to(self, rows: Sequence[Row]) -> list[Row]:
        """The parents of these rows that stand in earlier parts, without parents of their own."""
        here = {row.number for row in rows}
        found = {
            parent.number: parent
            for row in rows
            if (parent := self._parent(row)) is not None and parent.number not in here
        }
        return [self._alone(row) for row in found.values()]

    def _alone(self, row: Row) -> Row:
        parent = self._table.parent
        assert parent is not None
        places = [place for name in (parent.name, parent.id) if (place := self._place.get(name)) is not None]
        return replace(row, cells=["" if place in places else cell for place, cell in enumerate(row.cells)])
