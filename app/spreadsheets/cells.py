"""Cells: the text of one value, read the way people write it and written so that reading gives the same value."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.kit.fields import written

# What Excel and LibreOffice take for the start of a formula, after OWASP's “CSV Injection”.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001  the wide forms are formulas to Japanese editions
_MADE_HARMLESS = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")  # noqa: RUF001
_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


def harmless(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """A cell's text without blanks around it, and without the apostrophe that `harmless` puts before a formula."""
    text = cell.strip()
    return text[1:] if _MADE_HARMLESS.match(text) else text


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of value becomes a cell's text and comes back. What cannot be read is left to the shape to refuse."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _choice(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text).lower()


def _yes_no(text: str) -> Any:
    said = text.lower()
    return said in _YES if said in _YES | _NO else text


def _number(text: str) -> Any:
    return int(text) if _NUMBER.fullmatch(text) else text


def items(text: str) -> list[str]:
    """The items of a list in a cell: it is a row of its own, with semicolons between them."""
    try:
        rows = list(csv.reader([text.replace("\r", " ").replace("\n", " ")], delimiter=";", skipinitialspace=True))
    except csv.Error:
        return [text]
    return [item for cell in rows[0] if (item := cell.strip())] if rows else []


def listed(values: Sequence[str]) -> str:
    """A list as one cell."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow(values)
    return line.getvalue()


def _periods(text: str) -> list[dict[str, str]]:
    """Days of absence as ISO 8601 intervals; a day alone is its own end."""
    ends = (item.partition("/") for item in items(text))
    return [{"from": first.strip(), "to": (last if slash else first).strip()} for first, slash, last in ends]


def _write_periods(periods: Sequence[Mapping[str, str]]) -> str:
    return listed([f"{period['from']}/{period['to']}" for period in periods])


def _moment(value: datetime | date) -> str:
    return written(value) if isinstance(value, datetime) else value.isoformat()


TEXT = Kind(str, str)
CHOICE = Kind(_choice, str)
YES_NO = Kind(_yes_no, lambda value: "true" if value else "false")
NUMBER = Kind(_number, str)
MOMENT = Kind(str, _moment)
CHOICES = Kind(lambda text: [_choice(item) for item in items(text)], listed)
PERIODS = Kind(_periods, _write_periods)
