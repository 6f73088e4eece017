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
    """The numbers of rows that were imported, by outcome. For a dry run: the outcomes that an import would have."""

    created: int
    changed: int
    unchanged: int
    """The number of rows that equal the recorded data. If the same file is sent again, all its rows are unchanged."""


class TimeRead(Out):
    """A time in a cell of the file, as written there and as Keepwarm has read it."""

    row: int
    column: str
    written: str
    """The text of the cell. A date cell of a workbook is shown as `2026-03-05` or `2026-03-05T09:00:00`."""
    read_as: str
    """The meaning of the cell: an instant with its offset, a day, or days of absence."""
    time_zone: str | None
    """The time zone that gave the offset; null for days, and for a time that is written with its own offset."""


class RowError(Out):
    """An error in a row of an imported file. A row with errors changes nothing."""

    row: int
    """The number of the row in the file; the header is row 1."""
    column: str | None
    """The column with the error, by Keepwarm's name; null if the error is about the whole row."""
    code: str
    detail: str


class ImportOut(Out):
    """An import of a file, with its options and its progress."""

    id: Id
    table: TableName
    system: str
    """The system to which the file's ids belong, for rows that do not name a system."""
    time_zone: str
    """The time zone of the file's times that have no offset."""
    dates: DateOrder
    """The order of day, month and year in the file's dates. `iso` accepts only unambiguous dates."""
    dry_run: bool
    state: State
    stopped_reason: str | None
    rows: int
    """The number of rows in the file, without the header and empty rows."""
    applied: Applied
    refused: int
    created_at: At
    finished_at: At | None


class ImportReport(ImportOut):
    """An import with examples of how the file's times were read, and with its first errors."""

    read: list[TimeRead]
    """The first three times of each column that holds times."""
    errors: list[RowError]
    """The first hundred errors of the import."""
