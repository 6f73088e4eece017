"""Builds workbooks as XML, so that a test can make any part of one unusual."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/>
<numFmt numFmtId="165" formatCode="00000"/><numFmt numFmtId="166" formatCode="[h]:mm"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf numFmtId="165"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs>
</styleSheet>"""


@dataclass(frozen=True)
class Cell:
    """Return the XML of a cell: its value, type and style (1 a date, 2 five digits, 3 a duration)."""

    inner: str
    type: str = "n"
    style: int = 0


def number(value: float, style: int = 0) -> Cell:
    """Return a number cell with these digits."""
    return Cell(f"<v>{value!r}</v>", style=style)


def dated(days: float) -> Cell:
    """Return a date cell: a count of days with a date format."""
    return number(days, style=1)


def error(text: str) -> Cell:
    """Return a formula cell whose value is an error."""
    return Cell(f"<f>1/0</f><v>{text}</v>", "e")


def sheet(rows: Sequence[Sequence[str | Cell]]) -> str:
    """Return a sheet's XML. Texts are inline, as LibreOffice and most libraries also accept them."""
    lines = []
    for at, row in enumerate(rows, 1):
        cells = []
        for column, cell in enumerate(row):
            if cell == "":
                continue
            one = (
                Cell(f"<is><t xml:space='preserve'>{escape(cell)}</t></is>", "inlineStr")
                if isinstance(cell, str)
                else cell
            )
            cells.append(f'<c r="{chr(65 + column)}{at}" t="{one.type}" s="{one.style}">{one.inner}</c>')
        lines.append(f'<row r="{at}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def package(
    sheets: Mapping[str, str], *, date1904: bool = False, hidden: Sequence[str] = (), shared: str = ""
) -> bytes:
    """Return a workbook of sheets by name. `shared` is the text of cells of type `s`."""
    numbered = list(enumerate(sheets, 1))
    state = dict.fromkeys(hidden, ' state="hidden"')
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"{state.get(name, "")}/>' for at, name in numbered
    )
    related = "".join(
        f'<Relationship Id="rId{at}" Type="{_R}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at, _ in numbered
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_R}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_R}"><workbookPr date1904="{int(date1904)}"/>'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{related}<Relationship Id="rId99" '
        f'Type="{_R}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"><si><t>{shared}</t></si></sst>',
    }
    parts |= {f"xl/worksheets/sheet{at}.xml": sheets[name] for at, name in numbered}
    return archive(parts)


def archive(parts: Mapping[str, str]) -> bytes:
    """Return a zip archive of parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package_file:
        for name, content in parts.items():
            package_file.writestr(name, content)
    return file.getvalue()


def workbook(*rows: Sequence[str | Cell], date1904: bool = False) -> bytes:
    """Return a workbook of one sheet with these rows."""
    return package({"Sheet1": sheet(rows)}, date1904=date1904)
