"""HTTP: sending tables in as CSV files, what became of them, and taking tables out."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.access.call import AdminCall
from app.kit.errors import Problem
from app.kit.fields import RefSystem
from app.kit.pages import Cursor, Limit, Page
from app.kit.strict_json import router as feature_router
from app.spreadsheets import queries
from app.spreadsheets.exporting import export_page
from app.spreadsheets.reading import MOST_BYTES
from app.spreadsheets.schemas import ImportOut, ImportReport, RowError
from app.spreadsheets.service import read_file, start_import
from app.spreadsheets.tables import TABLES, Table

router = feature_router()
TAGS: list[str | Enum] = ["9 · Tables in and out"]
LARGER = {"/v1/imports/": MOST_BYTES}
"""The addresses whose bodies may be larger than all others."""

_CSV = re.compile(r"text/csv\s*(;.*)?", re.ASCII | re.IGNORECASE)
_OTHER_CHARSET = re.compile(r";\s*charset\s*=\s*(?!\"?utf-?8\b)", re.ASCII | re.IGNORECASE)
_BODY = {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}

DryRun = Annotated[bool, Query(description="Do everything, keep nothing, and answer what would have become of it.")]
System = Annotated[
    RefSystem, Query(description="Whose ids the file's are, where its rows do not name a `system` themselves.")
]


class CsvResponse(Response):
    """A table as a file."""

    media_type = "text/csv"


def _importing(table: Table) -> Callable[..., Awaitable[Response]]:
    async def import_table(
        request: Request, call: AdminCall, dry_run: DryRun = False, system: System = "csv"
    ) -> Response:
        body = await _csv(request)
        file = await asyncio.to_thread(partial(read_file, body, table, system, dry_run=dry_run))
        return await call.create(start_import, file)

    return import_table


def _exporting(table: Table) -> Callable[..., Awaitable[Response]]:
    async def export_table(call: AdminCall) -> Response:
        return await call.download(f"{table.name}.csv", CsvResponse.media_type, export_page, table)

    return export_table


async def _csv(request: Request) -> bytes:
    body = await request.body()
    kind = request.headers.get("content-type", "")
    if body and (not _CSV.fullmatch(kind) or _OTHER_CHARSET.search(kind)):
        detail = "Send the file as Content-Type: text/csv, in UTF-8."
        raise Problem(415, "unsupported_media_type", detail, headers={"Accept": "text/csv"})
    return body


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
        description=f"Bring in {what} from a CSV file. Its first row names the columns; it needs {needed}, and takes "
        f"{', '.join(f'`{column}`' for column in table.taken)}. An empty cell is left out. A file sent again changes "
        "only what it says otherwise. Try it with `dry_run=true` first.",
        openapi_extra={"requestBody": _BODY},
        **options,
    )
    router.add_api_route(
        f"/exports/{table.name}.csv",
        _exporting(table),
        methods=["GET"],
        response_class=CsvResponse,
        name=f"export_{name}",
        description=f"Take out all {what} as a CSV file, with the columns that an import takes. A cell that a "
        "spreadsheet would run as a formula begins with an apostrophe, which an import takes off again.",
        **options,
    )


for _table in TABLES.values():
    _add_routes(_table)


# An import's id is told from a table's name by its form: `/imports/jobs` is no import.


@router.get("/imports", response_model=Page[ImportOut], tags=TAGS)
async def list_imports(call: AdminCall, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """The files that were sent in, in their order."""
    return await call.read(queries.list_imports, call.paging(limit, cursor))


@router.get("/imports/{import_id:uuid}", response_model=ImportReport, tags=TAGS)
async def get_import(import_id: UUID, call: AdminCall) -> Response:
    """How far a file has come, and what was refused of it."""
    return await call.read(queries.get_import, import_id)


@router.get("/imports/{import_id:uuid}/errors", response_model=Page[RowError], tags=TAGS)
async def list_import_errors(import_id: UUID, call: AdminCall, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """Everything that was refused of a file, row by row."""
    return await call.read(queries.list_errors, import_id, call.paging(limit, cursor))
