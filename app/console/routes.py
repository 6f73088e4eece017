"""HTTP routes of the start page, of the console at `/docs` with its files, and of the OpenAPI document."""

import asyncio
import json
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from app.access.caller import Role
from app.access.request_context import AppState
from app.console import fixture_ids
from app.console.browser_pages import STATIC, answer_browsers, file_response, prefers_html
from app.console.document import build_document, document_for_reader, document_without_agency, has_demo

_SWAGGER_UI = files("fastapi_offline") / "static"
_FILES: dict[str, Traversable] = {
    "console.css": STATIC / "console.css",
    "console.js": STATIC / "console.js",
    "dates.js": STATIC / "dates.js",
    "keys.js": STATIC / "keys.js",
    "icon.svg": STATIC / "icon.svg",
    "swagger-ui.css": _SWAGGER_UI / "swagger-ui.css",
    "swagger-ui-bundle.js": _SWAGGER_UI / "swagger-ui-bundle.js",
}

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the console to an app, and replace FastAPI's `openapi()` with the completed document."""
    app.include_router(router)
    app.openapi = partial(build_document, app)  # type: ignore[method-assign]
    answer_browsers(app)


@router.get("/")
async def get_start(request: Request) -> Response:
    """Return the start page to a browser; redirect other clients to the console."""
    response = file_response(STATIC / "start.html") if prefers_html(request) else RedirectResponse("/docs", 307)
    response.headers["Vary"] = "Accept"
    return response


@router.get("/favicon.ico")
async def get_icon() -> Response:
    """Return the icon that browsers request by default."""
    return file_response(STATIC / "favicon.ico")


@router.get("/docs")
async def get_console() -> Response:
    """Return the console's page."""
    return file_response(STATIC / "index.html")


@router.get("/docs/document.json")
async def get_console_document(request: Request) -> Response:
    """Return the OpenAPI document for the console.

    With an agency's API key, the examples contain the ids of the agency's own records.
    """
    shared: AppState = request.app.state.shared
    authorization = request.headers.get("authorization")
    agency_id = None
    if authorization is not None:
        address = request.client.host if request.client else ""
        caller, request.state.answer_headers = await shared.authenticator.admit(authorization, address)
        agency_id = None if caller.role is Role.operator else caller.agency_id

    if agency_id in (None, fixture_ids.AGENCY):
        body = await asyncio.to_thread(
            _written, request.app, with_demo=await shared.database.of(fixture_ids.AGENCY).read(has_demo)
        )
    else:
        scope = shared.database.of(agency_id)
        body = await scope.read(lambda conn: json.dumps(document_for_reader(request.app, conn, agency_id)).encode())
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


@router.get("/docs/{name}")
async def get_console_file(name: str) -> Response:
    """Return a script, stylesheet or image of the console's page. Raises 404 for another name."""
    if name not in _FILES:
        raise HTTPException(404)
    return file_response(_FILES[name])


@router.get("/openapi.json")
def get_document(request: Request) -> Response:
    """Return the OpenAPI document with neutral examples, equal to the file in openapi/."""
    return Response(_written(request.app, with_demo=False), media_type="application/json")


def _written(app: FastAPI, *, with_demo: bool) -> bytes:
    """Return the OpenAPI document as JSON bytes. They are built once, since anyone may request them."""
    name = f"document_with_demo_{with_demo}"
    if (kept := getattr(app.state, name, None)) is None:
        kept = json.dumps(document_without_agency(app, with_demo=with_demo)).encode()
        setattr(app.state, name, kept)
    written: bytes = kept
    return written
