"""Requests as the contract reads them: JSON without duplicate names, NaN or endless nesting; known query names."""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from app.kit.errors import Problem
from app.kit.query import KnownQuery

MAX_DEPTH = 32
MAX_DIGITS = 32
_JSON = re.compile(r"application/([\w.+-]+\+)?json\s*(;|$)", re.ASCII | re.IGNORECASE)


def loads(body: bytes) -> Any:
    """Parse a request body; raises `json.JSONDecodeError` that says what a strict reader refuses."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("The body is not valid UTF-8", "", error.start) from None
    if text.startswith("\ufeff"):
        raise json.JSONDecodeError("The body starts with a byte order mark", "", 0)
    _refuse_depth(text)

    def refuse(message: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(message, "", 0)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise refuse("A name stands twice in one object")
        return found

    def constant(name: str) -> Any:
        raise refuse(f"{name} is not JSON")

    def number(digits: str) -> int:
        if len(digits) > MAX_DIGITS:
            raise refuse("A number has too many digits")
        return int(digits)

    def fraction(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise refuse("A number is past every range")
        return value

    return json.loads(text, object_pairs_hook=unique, parse_constant=constant, parse_int=number, parse_float=fraction)


def _refuse_depth(text: str) -> None:
    """Brackets are counted before parsing, since the parser itself recurses."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    inside = escaped = False
    for character in text:
        if inside:
            inside = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            inside = True
        elif character in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise json.JSONDecodeError("The body is nested too deeply", "", 0)
        elif character in "]}":
            depth -= 1


class StrictRequest(Request):
    """A request whose JSON is read strictly, and whose query has the present names of its parameters."""

    known_query = KnownQuery(())
    """What its operation takes; the route sets it."""

    def check_query(self) -> None:
        """Raise 422 for query parameters that the operation does not take."""
        self.known_query.check(super().query_params)

    @property
    def query_params(self) -> QueryParams:
        """The query, with old names of parameters replaced."""
        return self.known_query.renamed(super().query_params)

    async def json(self) -> Any:
        """The body, parsed once."""
        if not hasattr(self, "_json"):
            self._json = loads(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """A route that reads body and query strictly; every router of the service consists of them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a request that parses strictly. A body that does not say it is JSON is a 415."""
        handle, takes_json = super().get_route_handler(), self.body_field is not None
        known_query = KnownQuery((field.alias, field.field_info.annotation) for field in self.dependant.query_params)

        async def strict(request: Request) -> Response:
            told = StrictRequest(request.scope, request.receive)
            told.known_query = known_query
            if takes_json and not _JSON.match(told.headers.get("content-type", "")) and await told.body():
                raise Problem(
                    415,
                    "unsupported_media_type",
                    "Send the body as Content-Type: application/json.",
                    headers={"Accept": "application/json"},
                )
            return await handle(told)

        return strict


def router() -> APIRouter:
    """A feature's router under the contract's base path."""
    return APIRouter(prefix="/v1", route_class=StrictRoute)
