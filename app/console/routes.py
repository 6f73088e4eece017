"""HTTP: the console at `/docs`, its files, and the document."""

import json
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from app.console.document import describe
from app.kit.errors import Problem

_OWN = files("app.console") / "static"
_SWAGGER_UI = files("fastapi_offline") / "static"
_TYPES = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}
_FILES: dict[str, Traversable] = {
    "console.css": _OWN / "console.css",
    "console.js": _OWN / "console.js",
    "dates.js": _OWN / "dates.js",
    "icon.svg": _OWN / "icon.svg",
    "swagger-ui.css": _SWAGGER_UI / "swagger-ui.css",
    "swagger-ui-bundle.js": _SWAGGER_UI / "swagger-ui-bundle.js",
}
# Swagger UI's stylesheet draws its icons from data: addresses; nothing else comes from anywhere but here.
_ONLY_SELF = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Give an app its console, and FastAPI's `openapi()` the whole house's document."""
    app.include_router(router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]


@router.get("/")
async def get_start() -> Response:
    """The service's front door leads to the console."""
    return RedirectResponse("/docs", 307)


@router.get("/docs")
async def get_console() -> Response:
    """The page."""
    return _file(_OWN / "index.html", "html")


@router.get("/docs/{name}")
async def get_console_file(name: str) -> Response:
    """One of the files that the page is made of."""
    if name not in _FILES:
        raise Problem(404, "no_such_route", "There is nothing at this address. /docs lists all operations.")
    return _file(_FILES[name], name.rpartition(".")[2])


@router.get("/openapi.json")
def get_document(request: Request) -> Response:
    """The OpenAPI document, the same as the file in openapi/."""
    return Response(json.dumps(describe(request.app)), media_type="application/json")


def _file(path: Traversable, kind: str) -> Response:
    headers = {
        "Content-Security-Policy": _ONLY_SELF,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return Response(path.read_bytes(), headers=headers, media_type=_TYPES[kind])
