"""Examples of how the times of a file were read. In a dry run, they show a wrong time zone or order of dates."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.spreadsheets.cells import INSTANT
from app.spreadsheets.dates import UnreadableTime
from app.spreadsheets.escaping import unescape
from app.spreadsheets.file_reader import Row
from app.spreadsheets.importable_tables import Column, Table
from app.spreadsheets.times import TimeFormat, read_instant

FIRST_ROWS = 20
"""The number of rows at the start of a file in which examples are searched."""
_EXAMPLES_PER_COLUMN = 3
"""The number of examples for each column."""


def times_read(table: Table, columns: Sequence[str], rows: Sequence[Row], times: TimeFormat) -> list[dict[str, Any]]:
    """Return the first times of each column that holds times, as mappings for `TimeRead`.

    Unreadable times are skipped.
    """
    found: list[dict[str, Any]] = []
    for column in table.columns:
        if column.kind.is_time and column.name in columns:
            found += list(_of_column(column, columns.index(column.name), rows, times))[:_EXAMPLES_PER_COLUMN]
    return found


def _of_column(column: Column, index: int, rows: Sequence[Row], times: TimeFormat) -> Iterator[dict[str, Any]]:
    for row in rows:
        text = unescape(row.cells[index]) if index < len(row.cells) else ""
        if not text:
            continue
        try:
            read_as, zone = _read(column, text, times)
        except UnreadableTime:
            continue
        yield {"row": row.number, "column": column.name, "written": text, "read_as": read_as, "time_zone": zone}


def _read(column: Column, text: str, times: TimeFormat) -> tuple[str, str | None]:
    if column.kind is INSTANT:
        instant: datetime = read_instant(text, times)
        return instant.isoformat(), instant.tzinfo.key if isinstance(instant.tzinfo, ZoneInfo) else None
    value = column.kind.read(text, times)
    return column.kind.write(value), None
