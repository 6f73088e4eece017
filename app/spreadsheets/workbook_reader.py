"""A program of its own that reads one sheet of an .xlsx workbook: the file on stdin, JSON on stdout.

It runs apart from the service, within limits of memory and time, since a small file can ask for any amount of either:
calamine allocates the whole used area (ToucanToco/fastexcel#487: one cell in column XFD, 52 GB) and aborts its process
when that fails. It imports nothing of the service.

calamine has no value for an error such as #N/A and for a formula that no program has calculated yet: both are empty
cells to it. They are found in the sheet's own XML, as are numbers that a format shows with leading zeros.
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

MOST_MEMORY = 1024 * 1024 * 1024
MOST_SECONDS = 60
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of one workbook's parts together, unpacked."""
MOST_AREA = 5_000_000
"""Cells of the used area, the empty ones between them included."""
MOST_TEXT = 64 * 1024 * 1024
"""Characters of all cells together."""

_PIECE = 64 * 1024
_ZEROS = re.compile(r"0{2,30}")


class Refused(Exception):
    """A workbook that cannot be read: a code and a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


class Parts:
    """The parts of the package, unpacked no further than MOST_UNPACKED together."""

    def __init__(self, body: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(body))
        self._left = MOST_UNPACKED
        if sum(part.file_size for part in self._zip.infolist()) > MOST_UNPACKED:
            raise _too_large("unpacked")

    def pieces(self, name: str) -> Iterator[bytes]:
        """One part, piece by piece."""
        with self._zip.open(name) as part:
            while piece := part.read(_PIECE):
                self._left -= len(piece)
                if self._left < 0:
                    raise _too_large("unpacked")
                yield piece

    def elements(self, name: str) -> list[tuple[str, dict[str, str]]]:
        """The elements of a small part, by their names without a prefix, with their attributes."""
        found: list[tuple[str, dict[str, str]]] = []
        if name in self._zip.namelist():
            parser = _parser()
            parser.StartElementHandler = lambda tag, attributes: found.append((_local(tag), attributes))
            for piece in self.pieces(name):
                parser.Parse(piece)
            parser.Parse(b"", True)
        return found


def _too_large(what: str) -> Refused:
    return Refused("too_large", f"The workbook is too large {what}. Save the sheet as CSV, or delete its empty areas.")


def _local(tag: str) -> str:
    return tag.rpartition(" ")[2].rpartition(":")[2]


def _parser() -> Any:
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: Any) -> None:
        raise Refused("malformed_xlsx", "The workbook declares entities, which no spreadsheet program writes.")

    parser.EntityDeclHandler = refuse
    parser.StartDoctypeDeclHandler = refuse
    parser.buffer_text = True
    return parser


class Marks:
    """What the sheet's XML says of its cells, by row and column, counted from 0."""

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

    def feed(self, pieces: Iterator[bytes]) -> None:
        """Read the sheet. Raises Refused where its used area is too large."""
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        for piece in pieces:
            parser.Parse(piece)
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
        place = (self._row, self._column)
        self._widen(place)
        if self._cell.get("t") == "e":
            self.errors[place] = text[:20] or "#N/A"
        elif self._formula and not (text or self._cell.get("t") == "str"):
            self.uncalculated.add(place)
        elif width := self._styles.get(self._cell.get("s", "")):
            self.padded[place] = width

    def _widen(self, place: tuple[int, int]) -> None:
        ranges = (self._rows, self._columns)
        for ends, position in zip(ranges, place, strict=True):
            ends[:] = [min([position, *ends]), max([position, *ends])]
        if (self._rows[1] + 1) * (self._columns[1] + 1) > MOST_AREA:
            raise _too_large("between its first and its last filled cell")


def _column(reference: str) -> int:
    """The column of a reference such as AB12, counted from 0."""
    number = 0
    for letter in reference[:4].upper():
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _padded(parts: Parts) -> dict[str, int]:
    """The cell styles, by their number, that show a whole number with zeros before it, and how wide."""
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
    """Where the package keeps the sheet of this name."""
    targets = {a.get("Id"): a.get("Target", "") for tag, a in parts.elements("xl/_rels/workbook.xml.rels")
               if tag == "Relationship"}  # fmt: skip
    for tag, attributes in parts.elements("xl/workbook.xml"):
        if tag == "sheet" and attributes.get("name") == name:
            id = next((value for key, value in attributes.items() if _local(key) == "id" and " " in key), None)
            return posixpath.normpath(posixpath.join("/xl", targets.get(id, ""))).lstrip("/")
    return ""


def read(body: bytes, wanted: str | None) -> dict[str, Any]:
    """Return the rows of the sheet of this name, or of the first visible one. Raises Refused."""
    parts = Parts(body)
    dated = any(a.get("date1904") in ("1", "true") for tag, a in parts.elements("xl/workbook.xml")
                if tag == "workbookPr")  # fmt: skip
    with CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        visible = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
        name = wanted if wanted is not None else (visible or [""])[0]
        if name not in {sheet.name for sheet in sheets}:
            names = ", ".join(f"“{one[:40]}”" for one in visible[:20]) or "none"
            raise Refused("no_such_sheet", f"The workbook has no such sheet. Its visible sheets: {names}.")
        marks = Marks(_padded(parts))
        marks.feed(parts.pieces(_sheet_part(parts, name)))
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return {"date1904": dated, "rows": list(_rows(rows, marks))}


def _rows(rows: list[list[Any]], marks: Marks) -> Iterator[tuple[int, list[Any]]]:
    marked = marks.errors.keys() | marks.uncalculated
    height = max([len(rows), *(row + 1 for row, _ in marked)])
    width = max([0, *(len(row) for row in rows), *(column + 1 for _, column in marked)])
    left = MOST_TEXT
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


def _cell(value: Any, place: tuple[int, int], marks: Marks) -> Any:
    """A cell as JSON: text as it is, anything else as its kind and its value."""
    if place in marks.errors:
        return ["error", marks.errors[place]]
    if place in marks.uncalculated:
        return ["uncalculated", None]
    match value:
        case str():
            return value
        case bool():
            return ["truth", value]
        case int() | float():
            return ["number", value, marks.padded.get(place, 0)]
        case datetime() | date():
            return ["date", value.isoformat()]
        case time() | timedelta():
            return ["time", str(value)]
        case _:
            return ""


def _limited() -> None:
    with suppress(ImportError):  # Windows has no such limits
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))


def main() -> None:
    """Read what stdin holds and write what becomes of it."""
    _limited()
    try:
        answer = read(sys.stdin.buffer.read(), sys.argv[1] if len(sys.argv) > 1 else None)
    except Refused as refused:
        answer = {"code": refused.code, "detail": refused.detail}
    except MemoryError:
        answer = {"code": "too_large", "detail": _too_large("to be read").detail}
    except (CalamineError, zipfile.BadZipFile, expat.ExpatError, ValueError, KeyError, OSError, NotImplementedError,
            RuntimeError, zipfile.LargeZipFile):  # fmt: skip
        answer = {
            "code": "malformed_xlsx",
            "detail": "The file is not an .xlsx workbook that can be read. Save it again, or save the sheet as CSV.",
        }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
