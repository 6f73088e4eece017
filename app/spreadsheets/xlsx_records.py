"""An .xlsx workbook as records: read in a separate process, with the values of typed cells converted to text."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.kit.errors import Problem
from app.spreadsheets.workbook_reader import MAX_SECONDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_READER = Path(__file__).with_name("workbook_reader.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_DIGITS = 15
"""The number of significant digits of a number that spreadsheet programs store."""
_STATUS = {"too_large": 413, "malformed_xlsx": 400, "no_such_sheet": 422}
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  days are counted without a zone

# From 1970 to 2199, the years that times may have: other counts are unlikely to fall into this range.
_SERIALS = range(25569, 109575)


@dataclass(frozen=True, slots=True)
class TypedCell:
    """A workbook cell that is not text: the kind of value, the value, and the least number of digits that are shown."""

    kind: str
    value: Any
    digits: int = 0
    date1904: bool = False


def is_workbook(body: bytes) -> bool:
    """Return True if the file is a zip archive, as .xlsx workbooks are.

    Raises 415 for the older format .xls and for a workbook with a password.
    """
    if body.startswith(_OLE):
        detail = "This is an .xls file, or a workbook with a password. Save it as .xlsx without a password, or as CSV."
        raise Problem(415, "unsupported_media_type", detail)
    return body.startswith(_ZIP)


def read_workbook(body: bytes, sheet: str | None) -> Iterator[tuple[int, list[str | TypedCell]]]:
    """Yield the rows of the named sheet, or of the first visible sheet, as pairs of row number and cells.

    Empty cells at the end of a row are left out. Raises 400 `malformed_xlsx`, 413 `too_large` or 422 `no_such_sheet`.
    """
    command = [sys.executable, "-I", str(_READER), *([] if sheet is None else [sheet])]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=2 * MAX_SECONDS, check=False)  # noqa: S603
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        answer = None
    if answer is None:
        answer = {
            "code": "too_large",
            "detail": "The workbook needs too much memory or time. Save the sheet as CSV.",
        }
    if "code" in answer:
        raise Problem(_STATUS[answer["code"]], answer["code"], answer["detail"])
    dated: bool = answer["date1904"]
    for number, cells in answer["rows"]:
        yield number, [cell if isinstance(cell, str) else _typed(cell, dated) for cell in cells]


def _typed(cell: list[Any], date1904: bool) -> TypedCell:
    kind, value, *digits = cell
    return TypedCell(kind, value, digits[0] if digits else 0, date1904)


class UnreadableCell(ValueError):
    """Raised for a cell whose value cannot be used in its column, with a sentence for the user."""


def as_text(cell: TypedCell, *, is_id: bool, is_time: bool) -> str:
    """Return the text of a typed cell for a column of ids, of times, or of other values. Raises UnreadableCell."""
    match cell.kind:
        case "error":
            raise UnreadableCell(f"The cell holds the error {cell.value}; correct its formula, or clear the cell.")
        case "uncalculated":
            raise UnreadableCell("The cell holds a formula that was never calculated. Open and save the file once.")
        case "time":
            raise UnreadableCell("The cell holds a time without a date, or a duration.")
        case "date":
            if is_id:
                raise UnreadableCell(
                    "The spreadsheet has turned this id into a date. Give the column the format Text and enter the id "
                    "again."
                )
            return str(cell.value)
        case "truth":
            return str(cell.value).upper()
        case _:
            return _date_text(cell) if is_time else _number(cell, is_id=is_id)


def _number(cell: TypedCell, *, is_id: bool) -> str:
    value = float(cell.value)
    if not value.is_integer():
        return repr(value)
    text = f"{value:.0f}"
    if is_id and len(text.lstrip("-")) > _MAX_DIGITS:
        raise UnreadableCell(
            "Spreadsheets keep 15 digits of a number, so the last ones of this id are lost. Give the column the format "
            "Text and enter the ids again."
        )
    return text.zfill(cell.digits)


def _date_text(cell: TypedCell) -> str:
    """Return the date for a cell that holds a count of days, with the time of day if the count has a fraction.

    Raises UnreadableCell for a count that is not a date from 1970 to 2199.
    """
    days = float(cell.value) + (1462 if cell.date1904 else 0)
    if int(days) not in _SERIALS:
        raise UnreadableCell("The cell holds a number that is not a date. Give the column a date format.")
    moment = _EPOCHS[cell.date1904] + timedelta(milliseconds=round(float(cell.value) * 86_400_000))
    return moment.date().isoformat() if moment == datetime.combine(moment, datetime.min.time()) else moment.isoformat()
