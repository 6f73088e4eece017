"""A separate program that reads one sheet of an .xlsx workbook: the file on stdin, JSON on stdout.

The program runs under limits of memory and time, since a small file can require any amount of either. calamine
allocates the whole used area (ToucanToco/fastexcel#487: one cell in column XFD, 52 GB). If that fails, it aborts its
process. The program imports nothing of the service.

calamine reads an error such as #N/A, and a formula without a calculated value, as an empty cell. These cells are found
in the sheet's XML, as are numbers whose format shows leading zeros.
"""

import io
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_MEMORY = 1024 * 1024 * 1024
MAX_SECONDS = 60
MAX_UNPACKED = 256 * 1024 * 1024
"""The maximum size of all files inside the workbook's archive, unpacked, in bytes."""
MAX_AREA = 5_000_000
"""The maximum number of cells in a sheet's used area, empty cells included."""
MAX_TEXT = 64 * 1024 * 1024
"""The maximum number of characters in all cells of a sheet together."""

_CHUNK = 64 * 1024
_ZEROS = re.compile(r"0{2,30}")


class UnreadableWorkbook(Exception):
    """Raised for a workbook that cannot be read, with a stable code and a sentence for the user."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


class Parts:
    """The files inside an .xlsx archive, unpacked up to MAX_UNPACKED bytes in all."""

    def __init__(self, body: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(body))
        self._left = MAX_UNPACKED
        if sum(part.file_size for part in self._zip.infolist()) > MAX_UNPACKED:
            raise _too_large("unpacked")

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of a file inside the archive in chunks. Raises UnreadableWorkbook beyond MAX_UNPACKED."""
        with self._zip.open(name) as part:
            while chunk := part.read(_CHUNK):
                self._left -= len(chunk)
                if self._left < 0:
                    raise _too_large("unpacked")
                yield chunk

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """Return the XML elements of a file inside the archive, as pairs of a name without prefix and the attributes.

        The list is empty if the archive has no such file.
        """
        found: list[tuple[str, dict[str, str]]] = []
        if name in self._zip.namelist():
            parser = _parser()
            parser.StartElementHandler = lambda tag, attributes: found.append((_local(tag), attributes))
            for chunk in self.chunks(name):
                parser.Parse(chunk)
            parser.Parse(b"", True)
        return found


def _too_large(what: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        "too_large", f"The workbook is too large {what}. Save the sheet as CSV, or delete empty areas."
    )


def _local(tag: str) -> str:
    return tag.rpartition(" ")[2].rpartition(":")[2]


def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: Any) -> None:
        raise UnreadableWorkbook("malformed_xlsx", "The workbook declares XML entities. Save it again.")

    parser.EntityDeclHandler = refuse
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    return parser


class SheetMarks:
    """The cells of a sheet that calamine cannot read correctly: errors, formulas without a value, and padded numbers.

    Each cell is a pair of row and column, counted from 0.
    """

    def __init__(self, padded: dict[str, int]) -> None:
        self.errors: dict[tuple[int, int], str] = {}
        self.uncalculated: set[tuple[int, int]] = set()
        self.padded: dict[tuple[int, int], int] = {}
        self._styles = padded
        self._row, self._column = -1, -1
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._cell: dict[str, str] = {}
        self._formula = self._value = False
        self._text: list[str] | None = None

    def feed(self, chunks: Iterator[bytes]) -> None:
        """Parse the XML of the sheet, given in chunks. Raises UnreadableWorkbook if the used area is too large."""
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
                self._column = -1
            case "c":
                self._cell, self._formula, self._value = attributes, False, False
                self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            case "f":
                self._formula = True
            case "v":
                self._value, self._text = True, []
            case "is":
                self._value = True
            case _:
                pass

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        if _local(tag) != "c":
            return
        text, self._text = "".join(self._text or ()), None
        if not (self._value or self._formula):
            return
        position = (self._row, self._column)
        self._widen(position)
        if self._cell.get("t") == "e":
            self.errors[position] = text[:20] or "#N/A"
        elif self._formula and not (text or self._cell.get("t") == "str"):
            self.uncalculated.add(position)
        elif width := self._styles.get(self._cell.get("s", "")):
            self.padded[position] = width

    def _widen(self, position: tuple[int, int]) -> None:
        ranges = (self._rows, self._columns)
        for ends, index in zip(ranges, position, strict=True):
            ends[:] = [min([index, *ends]), max([index, *ends])]
        if (self._rows[1] + 1) * (self._columns[1] + 1) > MAX_AREA:
            raise _too_large("between its first and its last filled cell")


def _column(reference: str) -> int:
    """Return the number of the column in a cell reference such as AB12, counted from 0."""
    number = 0
    for letter in reference[:4].upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _padded_styles(parts: Parts) -> dict[str, int]:
    """Return the cell styles that show leading zeros: a mapping from the style's number to the number of digits."""
    widths: dict[str, int] = {}
    styles: dict[str, int] = {}
    inside, number = False, 0
    for tag, attributes in parts.elements("xl/styles.xml"):
        if tag == "numFmt" and _ZEROS.fullmatch(attributes.get("formatCode", "")):
            widths[attributes.get("numFmtId", "")] = len(attributes["formatCode"])
        elif tag in ("cellXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            if width := widths.get(attributes.get("numFmtId", "")):
                styles[str(number)] = width
            number += 1
    return styles


def _sheet_part(parts: Parts, name: str) -> str:
    """Return the path of the named sheet inside the archive, or "" if the workbook has no such sheet."""
    targets = {a.get("Id"): a.get("Target", "") for tag, a in parts.elements("xl/_rels/workbook.xml.rels")
               if tag == "Relationship"}  # fmt: skip
    for tag, attributes in parts.elements("xl/workbook.xml"):
        if tag == "sheet" and attributes.get("name") == name:
            id = next((value for key, value in attributes.items() if _local(key) == "id" and " " in key), None)
            return posixpath.normpath(posixpath.join("/xl", targets.get(id, ""))).lstrip("/")
    return ""


def read(body: bytes, wanted: str | None) -> dict[str, Any]:
    """Return the rows of the named sheet, or of the first visible sheet if `wanted` is None. Raises UnreadableWorkbook.

    The result is a mapping with `rows`, as pairs of number and cells, and `date1904`, True if days count from 1904.
    """
    parts = Parts(body)
    dated = any(a.get("date1904") in ("1", "true") for tag, a in parts.elements("xl/workbook.xml")
                if tag == "workbookPr")  # fmt: skip
    with CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        name = wanted if wanted is not None else (visible or [""])[0]
        if name not in {sheet.name for sheet in sheets}:
            names = ", ".join(f"“{one[:40]}”" for one in visible[:20]) or "none"
            raise UnreadableWorkbook("no_such_sheet", f"The workbook has no such sheet. Its visible sheets: {names}.")
        marks = SheetMarks(_padded_styles(parts))
        marks.feed(parts.chunks(_sheet_part(parts, name)))
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {"date1904": dated, "rows": list(_rows(rows, marks))}


def _rows(rows: list[list[Any]], marks: SheetMarks) -> Iterator[tuple[int, list[Any]]]:
    marked = marks.errors.keys() | marks.uncalculated
    height = max([len(rows), *(row + 1 for row, _ in marked)])
    width = max([0, *(len(row) for row in rows), *(column + 1 for _, column in marked)])
    left = MAX_TEXT
    for row in range(height):
        values = rows[row] if row < len(rows) else []
        cells = [_cell(values[at] if at < len(values) else "", (row, at), marks) for at in range(width)]
        while cells and cells[-1] == "":
            cells.pop()
        left -= sum(len(cell) for cell in cells if isinstance(cell, str))
        if left < 0:
            raise _too_large("to be read")
        if cells:
            yield row + 1, cells


def _cell(value: Any, position: tuple[int, int], marks: SheetMarks) -> Any:
    """Return a cell's value for JSON: text as it is, other values as a list of kind and value."""
    if position in marks.errors:
        return ["error", marks.errors[position]]
    if position in marks.uncalculated:
        return ["uncalculated", None]
    match value:
        case str():
            return value
        case bool():
            return ["truth", value]
        case int() | float():
            return ["number", value, marks.padded.get(position, 0)]
        case datetime() | date():
            return ["date", value.isoformat()]
        case time() | timedelta():
            return ["time", str(value)]
        case _:
            return ""


def _limit_resources() -> None:
    with suppress(ImportError):  # Windows has no such limits
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))


def main() -> None:
    """Read the workbook from stdin, and write its rows or an error to stdout as JSON."""
    _limit_resources()
    try:
        answer = read(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else None)
    except UnreadableWorkbook as refused:
        answer = {"code": refused.code, "detail": refused.detail}
    except MemoryError:
        answer = {"code": "too_large", "detail": _too_large("to be read").detail}
    except (CalamineError, zipfile.BadZipFile, expat.ExpatError, ValueError, KeyError, OSError, NotImplementedError,
            RuntimeError, zipfile.LargeZipFile):  # fmt: skip
        answer = {
            "code": "malformed_xlsx",
            "detail": "The .xlsx workbook cannot be read. Save it again, or save the sheet as CSV.",
        }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
