"""HTTP routes of imports from CSV files and workbooks, their progress and errors, and of exports."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.access.request_context import AdminContext
from app.access.schemas import TimeZone
from app.kit.errors import Problem
from app.kit.field_types import Line, RefSystem
from app.kit.pagination import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.spreadsheets import queries
from app.spreadsheets.dates import DateOrder
from app.spreadsheets.delimited import CHARSETS, known_charset
from app.spreadsheets.exporting import export_page
from app.spreadsheets.file_reader import MAX_BYTES
from app.spreadsheets.importable_tables import TABLES, Table
from app.spreadsheets.schemas import ImportOut, ImportReport, RowError
from app.spreadsheets.service import ImportOptions, read_file, start_import
from app.spreadsheets.xlsx_records import XLSX

router = feature_router()
TAGS: list[str | Enum] = ["9 · Tables in and out"]
_READING = ThreadPoolExecutor(1, "reading files")
"""A pool of one thread that reads files, so that several workbooks at once cannot multiply the memory needed."""
LARGE_BODY_PATHS = {"/v1/imports/": MAX_BYTES}
"""Paths that accept larger request bodies than all other paths, with the maximum size in bytes."""

_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s\";]+)", re.ASCII | re.IGNORECASE)
# Browsers on Windows use the third name for a CSV file, and the last for a file of unknown type.
_TYPES = ("text/csv", "text/tab-separated-values", "application/vnd.ms-excel", XLSX, "application/octet-stream")
_BODY = {
    "required": True,
    "content": {
        "text/csv": {"schema": {"type": "string"}},
        XLSX: {"schema": {"type": "string", "format": "binary"}},
    },
}

DryRun = Annotated[bool, Query(description="Check every row and report the outcome, without recording anything.")]
System = Annotated[RefSystem, Query(description="The system of the file's ids, for rows that do not name a `system`.")]
FileZone = Annotated[
    TimeZone | None,
    Query(description="The zone of the file's times without an offset. Default: the agency's."),
]
Dates = Annotated[
    DateOrder,
    Query(
        description="The order of numbers in the file's dates: `dmy` is 31/12/2026, `mdy` is 12/31/2026. `iso` takes "
        "2026-12-31 and unambiguous dates such as 31/12/2026 or 31 Dec 2026, and refuses 03/04/2026."
    ),
]
SheetName = Annotated[Line | None, Query(description="The sheet of an .xlsx workbook. Default: the first visible one.")]


class CsvResponse(Response):
    """A response with a table as a CSV file."""

    media_type = "text/csv"


def _importing(table: Table) -> Callable[..., Awaitable[Response]]:
    async def import_table(
        request: Request,
        context: AdminContext,
        dry_run: DryRun = False,
        system: System = "csv",
        time_zone: FileZone = None,
        dates: Dates = "iso",
        sheet: SheetName = None,
    ) -> Response:
        body, charset = await _file(request)
        options = ImportOptions(system, dry_run, time_zone, dates, charset, sheet)
        file = await asyncio.get_running_loop().run_in_executor(_READING, partial(read_file, body, table, options))
        return await context.create(start_import, file)

    return import_table


def _exporting(table: Table) -> Callable[..., Awaitable[Response]]:
    async def export_table(context: AdminContext) -> Response:
        return await context.download(f"{table.name}.csv", CsvResponse.media_type, export_page, table)

    return export_table


async def _file(request: Request) -> tuple[bytes, str | None]:
    """Return the request's body and its declared text encoding, or None for the latter.

    Raises 415 for a media type that is no table, or an encoding that is not supported.
    """
    body = await request.body()
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    named = _CHARSET.search(parameters)
    charset = named[1] if named else None
    if body and kind.strip().lower() not in _TYPES:
        detail = f"Send the file as Content-Type: text/csv, or a workbook as {XLSX}."
        raise Problem(415, "unsupported_media_type", detail, headers={"Accept": f"text/csv, {XLSX}"})
    if charset is not None and not known_charset(charset):
        detail = f"Send the file in UTF-8, or in one of these and name it: {', '.join(CHARSETS)}."
        raise Problem(415, "unsupported_media_type", detail, headers={"Accept": f"text/csv, {XLSX}"})
    return body, charset


def _add_routes(table: Table) -> None:
    what, name = table.name.replace("-", " "), table.name.replace("-", "_")
    needed = ", ".join(" or ".join(f"`{column}`" for column in either) for either in table.required())
    options: dict[str, Any] = {"tags": TAGS}
    router.add_api_route(
        f"/imports/{table.name}",
        _importing(table),
        methods=["POST"],
        status_code=201,
        response_model=ImportReport,
        name=f"import_{name}",
        description=f"Import {what} from a CSV file or an .xlsx workbook. Its first row names the columns; it needs "
        f"{needed}, and takes "
        f"{', '.join(f'`{column}`' for column in table.imported_columns)}. Empty cells are left out. A file sent again "
        "changes only what differs. Use `dry_run=true` first: `read` shows how the file's times were read.",
        openapi_extra={"requestBody": _BODY},
        **options,
    )
    router.add_api_route(
        f"/exports/{table.name}.csv",
        _exporting(table),
        methods=["GET"],
        response_class=CsvResponse,
        name=f"export_{name}",
        description=f"Export all {what} as a CSV file, with the columns of an import. A cell that a spreadsheet would "
        "run as a formula, or change, begins with an apostrophe. An import removes it.",
        **options,
    )


for _table in TABLES.values():
    _add_routes(_table)


# An import's id and a table's name have different forms: `/imports/jobs` is no import.


@router.get("/imports", response_model=Page[ImportOut], tags=TAGS)
async def list_imports(context: AdminContext, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """List imports in the order in which they were sent."""
    return await context.read(queries.list_imports, context.paging(limit, cursor))


@router.get("/imports/{import_id:uuid}", response_model=ImportReport, tags=TAGS)
async def get_import(import_id: UUID, context: AdminContext) -> Response:
    """Get an import with its progress and its first errors."""
    return await context.read(queries.get_import, import_id)


@router.get("/imports/{import_id:uuid}/errors", response_model=Page[RowError], tags=TAGS)
async def list_import_errors(
    import_id: UUID, context: AdminContext, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """List all errors of an import in the order of its rows."""
    return await context.read(queries.list_errors, import_id, context.paging(limit, cursor))
