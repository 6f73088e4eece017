"""Request middleware and error handlers: request ids, body limits, log lines, metrics and problem documents."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import iter_route_contexts
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import metrics
from app.kit.clock import stopwatch
from app.kit.damaged_rows import is_undecodable
from app.kit.errors import DAMAGED, DamagedRecord, Problem
from app.kit.logs import log
from app.kit.validation import error_sentence

MAX_BODY = 1024 * 1024
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
_CODES = {400: "bad_request", 404: "no_such_route", 405: "method_not_allowed", 413: "too_large"}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_UNFORESEEN = Problem(500, "internal_error", "The service failed. Try again; if it fails again, report the request_id.")
_LOCATIONS = {"body": "", "query": "/query", "path": "/path", "header": "/header"}


class RequestMiddleware:
    """ASGI middleware: gives every request an id, refuses large bodies, writes one log line and counts the answer.

    `larger` names addresses, by how they begin, whose bodies may hold more than MAX_BODY bytes.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self._app, self._larger = app, dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Process one ASGI request: limits, request id, log line, metrics and problem documents."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = {name: value for name, value in scope["headers"] if name in (b"x-request-id", b"content-length")}
        offered = asked.get(b"x-request-id", b"").decode("latin-1")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started, status, answered = stopwatch(), 500, False

        async def answer(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                headers.update(scope["state"].get("answer_headers", {}))
            await send(message)

        try:
            length, most = asked.get(b"content-length", b"0"), self._most(scope["path"])
            if length.isdigit() and int(length[:20]) > most:
                scope["state"]["too_large"] = _too_large(most)
            await self._app(scope, _limited(receive, most, scope["state"].get("too_large")), answer)
        except Exception as error:  # an unexpected error is logged once, and its response has no details
            damaged = is_undecodable(error)
            if damaged:
                log.warning("damaged row", route=_route(scope), exc_info=error)
            else:
                log.error("unhandled error", route=_route(scope), exc_info=error)
            if not answered:
                await problem_response(scope, DAMAGED if damaged else _UNFORESEEN)(scope, receive, answer)
        finally:
            seconds = stopwatch() - started
            method, route = scope["method"] if scope["method"] in _METHODS else "other", _route(scope)
            metrics.REQUESTS.labels(method, route, status).inc()
            metrics.DURATION.labels(method, route).observe(seconds)
            note = log.warning if status == 503 else log.info  # somebody may have to do something about it
            note("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))

    def _most(self, path: str) -> int:
        """Return the maximum size of a request body at this path, in bytes."""
        return next((most for start, most in self._larger.items() if path.startswith(start)), MAX_BODY)


def _route(scope: Scope) -> str:
    """Return the route's path template. The address itself may hold the external id of a person."""
    return getattr(scope.get("route"), "path", "unmatched")


def _limited(receive: Receive, most: int, too_large: str | None) -> Receive:
    """Refuse a body longer than `most`, or at once if its headers announce one (`too_large`).

    The body is refused when it is read, after the caller was authenticated.
    """
    seen = 0

    async def read() -> Message:
        nonlocal seen
        if too_large:
            raise HTTPException(413, too_large)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413, _too_large(most))
        return message

    return read


def _too_large(most: int) -> str:
    return f"The body must not be larger than {most} bytes."


def problem_response(scope: Mapping[str, Any], problem: Problem) -> Response:
    """Return the problem as a response. The text is ASCII JSON, so that any echoed text can be encoded."""
    document = problem.document(scope["path"], scope.get("state", {}).get("request_id", ""))
    return Response(json.dumps(document), problem.status, problem.headers, "application/problem+json")


def add_error_handlers(app: FastAPI) -> None:
    """Turn every error that a route or the routing raises into a problem document."""

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(request.scope, error)

    async def damaged(request: Request, error: Exception) -> Response:
        assert isinstance(error, DamagedRecord)
        log.warning("damaged row", table=error.table, id=str(error.id), fields=error.fields, exc_info=error)
        return problem_response(request.scope, DAMAGED)

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _CODES.get(error.status_code, "http_error")
        headers = {"Allow": _offered(request)} if error.status_code == 405 else error.headers
        return problem_response(request.scope, Problem(error.status_code, code, _sentence(error), headers=headers))

    async def validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return problem_response(request.scope, _from_validation(error))

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(DamagedRecord, damaged)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, validation)
    # An address with a slash too many is another address: a redirect would be built from the Host the client claims.
    app.router.redirect_slashes = False


def _offered(request: Request) -> str:
    """Return the methods of all routes at this path, for the `Allow` header of a 405."""
    path = request.scope["path"]
    contexts = [context for context in iter_route_contexts(request.app.routes) if context.methods]
    return ", ".join(sorted({name for one in contexts if one.path_regex.match(path) for name in one.methods or ()}))


def _sentence(error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "There is nothing at this address. /docs lists all operations."
        case 405:
            return "This address does not take this method; see Allow."
        case 400:
            return "The body could not be read."
        case _:
            return str(error.detail)


def _from_validation(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        reason = next(item["ctx"]["error"] for item in found if item["type"] == "json_invalid")
        return Problem(400, "malformed_json", f"The body is not valid JSON: {reason}.")
    errors = [{"pointer": _pointer(item["loc"]), "detail": error_sentence(item)} for item in found[:50]]
    return Problem(422, "invalid", "Some fields are not right; see errors.", errors=errors)


def _pointer(loc: tuple[Any, ...]) -> str:
    first = _LOCATIONS.get(str(loc[0]), f"/{loc[0]}") if loc else ""
    # For a wrong name, pydantic adds a last step that is not in the body.
    parts = (str(part).replace("~", "~0").replace("/", "~1")[:100] for part in loc[1:] if part != "[key]")
    return "/".join([first, *parts]) or "/"
