"""Pages for browsers in addition to the console: the start page, and the page for an unknown path."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

STATIC = files("app.console") / "static"
_TYPES = {
    "css": "text/css",
    "html": "text/html",
    "ico": "image/vnd.microsoft.icon",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}
# Swagger UI's stylesheet uses data: URLs for its icons; everything else comes from this service.
_ONLY_SELF = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def file_response(path: Traversable, *, status: int = 200) -> Response:
    """Return a response with a static file of the console. Its headers forbid browsers to load from other servers."""
    headers = {
        "Content-Security-Policy": _ONLY_SELF,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    kind = path.name.rpartition(".")[2]
    return Response(path.read_bytes(), status, headers, _TYPES[kind])


def prefers_html(request: Request) -> bool:
    """Return True if the caller prefers HTML to JSON, as browsers do."""
    accepted = _accepted(request.headers.get("accept", ""))
    html, json = (_quality(accepted, name) for name in ("text/html", "application/json"))
    return html > json


def answer_browsers(app: FastAPI) -> None:
    """Make an app answer an unknown path with an HTML page for browsers, and with a problem document otherwise."""
    problem = app.exception_handlers[HTTPException]

    async def missing(request: Request, error: Exception) -> Response:
        if request.method in ("GET", "HEAD") and prefers_html(request):
            response = file_response(STATIC / "missing.html", status=404)
        else:
            response = await problem(request, error)  # type: ignore[misc]  # ours are coroutines
        response.headers["Vary"] = "Accept"
        return response

    app.add_exception_handler(404, missing)


def _accepted(header: str) -> dict[str, float]:
    """Parse an Accept header. Return a mapping of media range to quality, such as `text/*` to 0.8."""
    found: dict[str, float] = {}
    for part in header.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            found[name] = float(quality)
        except ValueError:
            found[name] = 0.0
    return found


def _quality(accepted: dict[str, float], name: str) -> float:
    """Return the quality of a media type, taken from the most specific range that covers the type. Return 0 if none
    does.
    """
    ranges = (name, f"{name.partition('/')[0]}/*", "*/*")
    return next((accepted[one] for one in ranges if one in accepted), 0.0)
