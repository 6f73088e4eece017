"""Kinds of cells: conversion between the text of a cell and a value. Reading a written cell gives the same value."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kit.field_types import format_instant
from app.spreadsheets.escaping import escape, unescape
from app.spreadsheets.times import TimeFormat, read_day, read_instant

_YES, _NO = {"true", "yes", "1"}, {"false", "no", "0"}
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value in a column: `read` converts a cell's text to the value, and `write` converts a value to text.

    For a time, `read` raises `UnreadableTime`. Other invalid text is returned unchanged, and is refused by the schema.
    """

    read: Callable[[str, TimeFormat], Any]
    write: Callable[[Any], str]
    is_time: bool = False


def _plain(read: Callable[[str], Any]) -> Callable[[str, TimeFormat], Any]:
    return lambda text, _: read(text)


def _choice(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text).lower()


def _yes_no(text: str) -> Any:
    answer = text.lower()
    return answer in _YES if answer in _YES | _NO else text


def _number(text: str) -> Any:
    return int(text) if _NUMBER.fullmatch(text) else text


def raw_items(text: str) -> list[str]:
    """Return the items of a cell that holds a list, without removing escapes. Items are separated by semicolons."""
    try:
        rows = list(csv.reader([text.replace("\r", " ").replace("\n", " ")], delimiter=";", skipinitialspace=True))
    except csv.Error:
        return [text]
    return rows[0] if rows else []


def items(text: str) -> list[str]:
    """Return the items of a cell that holds a list, without escapes and without empty items."""
    return [item for written_item in raw_items(text) if (item := unescape(written_item))]


def listed(values: Sequence[str]) -> str:
    """Return the text of one cell that holds a list of values, separated by semicolons."""
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="").writerow([escape(value) for value in values])
    return line.getvalue()


def _periods(text: str, times: TimeFormat) -> list[dict[str, str]]:
    """Return the days of absence in a cell as mappings with `from` and `to`.

    A period is one day, or a first and a last day with a slash or `to` between them.
    """
    return [
        {"from": read_day(first, times).isoformat(), "to": read_day(last, times).isoformat()}
        for first, last in map(_ends, items(text))
    ]


def _ends(item: str) -> tuple[str, str]:
    """Return the texts of the first and the last day of a period; twice the same text for one day.

    Only the middle slash separates the two, since days contain slashes too.
    """
    ends = re.split(r"\s+(?:to|until|[-–—/])\s+|\s*[–—]\s*", item)
    if len(ends) == 1:
        parts = item.split("/")
        middle = len(parts) // 2
        ends = [item] if len(parts) % 2 else ["/".join(parts[:middle]), "/".join(parts[middle:])]
    return (ends[0], ends[-1]) if len(ends) <= 2 else (item, item)


def _write_periods(periods: Sequence[Mapping[str, str]]) -> str:
    return listed([f"{period['from']}/{period['to']}" for period in periods])


def _instant(text: str, times: TimeFormat) -> str:
    return read_instant(text, times).isoformat()


def _day(text: str, times: TimeFormat) -> str:
    return read_day(text, times).isoformat()


def _choices(text: str) -> list[str]:
    return [_choice(item) for item in items(text)]


TEXT = Kind(_plain(str), str)
CHOICE = Kind(_plain(_choice), str)
YES_NO = Kind(_plain(_yes_no), lambda value: "true" if value else "false")
NUMBER = Kind(_plain(_number), str)
INSTANT = Kind(_instant, format_instant, is_time=True)
DAY = Kind(_day, str, is_time=True)
CHOICES = Kind(_plain(_choices), listed)
PERIODS = Kind(_periods, _write_periods, is_time=True)
