"""Request and response schemas of imports."""

from typing import Literal

from app.kit.field_types import At, Id, Out
from app.spreadsheets.dates import DateOrder

TableName = Literal[
    "candidates", "organisations", "client-contacts", "jobs", "applications", "interviews", "transitions",
    "interactions", "checks", "milestones", "keep-warm-marks",
]  # fmt: skip
State = Literal["running", "done", "stopped"]


class Applied(Out):
    """The numbers of rows by outcome. For a dry run: the outcomes that an import would have."""

    created: int
    changed: int
    unchanged: int
    """Rows that equal the recorded data. If a file is sent again, all its rows are unchanged."""


class TimeRead(Out):
    """One time of the file, as written and as read."""

    row: int
    column: str
    written: str
    """The cell's text. A date cell of a workbook is shown as `2026-03-05` or `2026-03-05T09:00:00`."""
    read_as: str
    """The instant with its offset, the day, or the days of an absence."""
    time_zone: str | None
    """The zone that gave the offset; null for days, and for an instant with an offset of its own."""


class RowError(Out):
    """An error of a row. A row with errors changes nothing."""

    row: int
    """The number of the row; the header is row 1."""
    column: str | None
    """The column with the error, by Keepwarm's name; null if the error is about the whole row."""
    code: str
    detail: str


class ImportOut(Out):
    """An import of a file, and its progress."""

    id: Id
    table: TableName
    system: str
    """The system of the file's ids, for rows that do not name their own."""
    time_zone: str
    """The zone of times without an offset."""
    dates: DateOrder
    """The order of numbers in dates. `iso` accepts only unambiguous dates."""
    dry_run: bool
    state: State
    stopped_reason: str | None
    rows: int
    """The file's rows, without the header and empty rows."""
    applied: Applied
    refused: int
    created_at: At
    finished_at: At | None


class ImportReport(ImportOut):
    """An import with examples of its times and with its first errors."""

    read: list[TimeRead]
    """The first three times of each time column."""
    errors: list[RowError]
    """The first hundred errors."""
