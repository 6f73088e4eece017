"""An .xlsx workbook's bytes as records: read in a process apart, its typed cells as the text that an import reads."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.kit.errors import Problem
from app.spreadsheets.workbook_reader import MOST_SECONDS

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_READER = Path(__file__).with_name("workbook_reader.py")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MOST_DIGITS = 15
"""How many digits of a number spreadsheets keep."""
_STATUS = {"too_large": 413, "malformed_xlsx": 400, "no_such_sheet": 422}
_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001  days are counted without a zone
# From 1970 to 2199, the years that times may have: no count of anything else is likely to be taken for a day.
_SERIALS = range(25569, 109575)


@dataclass(frozen=True, slots=True)
class TypedCell:
    """A cell of a workbook that is not text: its kind, its value, and how many digits its format shows at least."""

    kind: str
    value: Any
    digits: int = 0
    date1904: bool = False


def is_workbook(body: bytes) -> bool:
    """Return True for what begins as a zip archive does. Raises 415 for the older format and for passwords."""
    if body.startswith(_OLE):
        detail = "This is an .xls file, or a workbook with a password. Save it as .xlsx without a password, or as CSV."
        raise Problem(415, "unsupported_media_type", detail)
    return body.startswith(_ZIP)


def read_workbook(body: bytes, sheet: str | None) -> Iterator[tuple[int, list[str | TypedCell]]]:
    """Return the rows of the sheet of this name, or of the first visible one, without the empty cells at their ends.

    Raises 400 `malformed_xlsx`, 413 `too_large` or 422 `no_such_sheet`.
    """
    command = [sys.executable, "-I", str(_READER), *([] if sheet is None else [sheet])]
    try:
        done = subprocess.run(command, input=body, capture_output=True, timeout=2 * MOST_SECONDS, check=False)  # noqa: S603
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        answer = None
    if answer is None:
        answer = {
            "code": "too_large",
            "detail": "The workbook takes too much memory or time to be read. Save the sheet as CSV.",
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
    """A typed cell that stands for no value of its column."""


def as_text(cell: TypedCell, *, is_id: bool, is_time: bool) -> str:
    """Return the cell as the text that its column reads. Raises UnreadableCell."""
    match cell.kind:
        case "error":
            raise UnreadableCell(f"The cell holds the error {cell.value}; correct its formula, or empty it.")
        case "uncalculated":
            raise UnreadableCell("The cell holds a formula that was never calculated; open and save the file once.")
        case "time":
            raise UnreadableCell("The cell holds a time without a date, or a duration.")
        case "date":
            if is_id:
                raise UnreadableCell(
                    "The spreadsheet has turned this id into a date; give the column the format Text and write the id "
                    "again."
                )
            return str(cell.value)
        case "truth":
            return str(cell.value).upper()
        case _:
            return _moment(cell) if is_time else _number(cell, is_id=is_id)


def _number(cell: TypedCell, *, is_id: bool) -> str:
    value = float(cell.value)
    if not value.is_integer():
        return repr(value)
    text = f"{value:.0f}"
    if is_id and len(text.lstrip("-")) > _MOST_DIGITS:
        raise UnreadableCell(
            "Spreadsheets keep 15 digits of a number, so the last ones of this id are lost; give the column the format "
            "Text and write the ids again."
        )
    return text.zfill(cell.digits)


def _moment(cell: TypedCell) -> str:
    """Return a spreadsheet's count of days as a date, with a time where it has one."""
    days = float(cell.value) + (1462 if cell.date1904 else 0)
    if int(days) not in _SERIALS:
        raise UnreadableCell("The cell holds a number that is no date; give the column a date format.")
    moment = _EPOCHS[cell.date1904] + timedelta(milliseconds=round(float(cell.value) * 86_400_000))
    return moment.date().isoformat() if moment == datetime.combine(moment, datetime.min.time()) else moment.isoformat()
