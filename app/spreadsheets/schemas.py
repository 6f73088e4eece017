"""Wire shapes of imports: how far a file has come, and what was refused of it."""

from typing import Literal

from app.kit.fields import At, Id, Out
from app.spreadsheets.dates import DateOrder

TableName = Literal[
    "candidates", "organisations", "client-contacts", "jobs", "applications", "interviews", "transitions",
    "interactions", "checks", "milestones", "keep-warm-marks",
]  # fmt: skip
State = Literal["running", "done", "stopped"]


class Applied(Out):
    """How many rows were taken, by what they did; for a dry run, what they would have done."""

    created: int
    changed: int
    unchanged: int
    """Rows that say what is recorded already: a file sent again has nothing else."""


class TimeRead(Out):
    """How one time of the file was read."""

    row: int
    column: str
    written: str
    """The cell's text. A date cell of a workbook is shown as `2026-03-05` or `2026-03-05T09:00:00`."""
    read_as: str
    """The instant with the offset it was given, the day, or the days of an absence."""
    time_zone: str | None
    """The zone that gave the offset; null for days, and for an instant that has an offset of its own."""


class RowError(Out):
    """Why a row was refused. A row that was refused did nothing at all."""

    row: int
    """As a spreadsheet counts: the header is row 1."""
    column: str | None
    """The column that is not right, by the name that Keepwarm gives it; null where it is the row as a whole."""
    code: str
    detail: str


class ImportOut(Out):
    """A file that was sent in, and how far it has come."""

    id: Id
    table: TableName
    system: str
    """Whose ids the file's are, where a row does not name its own system."""
    time_zone: str
    """The zone of its times that have no offset."""
    dates: DateOrder
    """The order of numbers in its dates: `iso` takes only dates that cannot be confused."""
    dry_run: bool
    state: State
    stopped_because: str | None
    rows: int
    """The file's rows without the header and empty ones."""
    applied: Applied
    refused: int
    created_at: At
    finished_at: At | None


class ImportReport(ImportOut):
    """The same with how its first times were read, and with what was refused."""

    read: list[TimeRead]
    """The first three times of each column that holds times."""
    errors: list[RowError]
    """The first hundred."""
