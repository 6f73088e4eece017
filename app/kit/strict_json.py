"""Requests as the contract reads them: JSON without duplicate names, NaN or endless nesting; known query names."""

import asyncio
import json
import re
from array import array
from collections.abc import Callable, Coroutine, Iterator
from itertools import accumulate
from typing import Any

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app.kit.errors import Problem
from app.kit.query_parameters import KnownQuery

MAX_DEPTH = 32
MAX_DIGITS = 32
SMALL_BODY = 64 * 1024
"""A larger body is parsed in a thread, so that other requests are answered in the meantime."""
_LARGE_NUMBER = re.compile(rf"[0-9]{{{MAX_DIGITS}}}|[0-9][eE][+-]?[0-9]{{3}}")
_STEPS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
"""An opening bracket is one step down, a closing one a step up (-1 as a signed byte)."""
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_JSON = re.compile(r"application/([\w.+-]+\+)?json\s*(;|$)", re.ASCII | re.IGNORECASE)


def loads(body: bytes) -> Any:
    """Parse a request body; raises `json.JSONDecodeError` that says what a strict reader refuses."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise json.JSONDecodeError("The body is not valid UTF-8", "", error.start) from None
    if text.startswith("\ufeff"):
        raise json.JSONDecodeError("The body starts with a byte order mark", "", 0)
    outside = _outside_strings(text)
    _refuse_depth(outside)

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

    # The parser in C calls nothing for each number unless the text holds one that may have to be refused.
    numbers: dict[str, Any] = {"parse_int": number, "parse_float": fraction} if _LARGE_NUMBER.search(outside) else {}
    return json.loads(text, object_pairs_hook=unique, parse_constant=constant, **numbers)


def _outside_strings(text: str) -> str:
    """Return the text without its strings. Every step is one call of a function in C."""
    return "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])


def _refuse_depth(outside: str) -> None:
    """Refuse nesting beyond MAX_DEPTH before parsing, since the parser itself recurses. The sum runs in C."""
    if outside.count("[") + outside.count("{") <= MAX_DEPTH:
        return
    steps = array("b", outside.encode().translate(_STEPS, _NO_BRACKETS))
    if any(map(MAX_DEPTH.__lt__, accumulate(steps))):
        raise json.JSONDecodeError("The body is nested too deeply", "", 0)


class StrictRequest(Request):
    """A request whose JSON is read strictly, and whose query has the present names of its parameters."""

    known_query = KnownQuery(())
    """The query parameters of the operation; the route sets them."""

    def check_query(self) -> None:
        """Raise 422 for query parameters that the operation does not take."""
        self.known_query.check(super().query_params)

    @property
    def query_params(self) -> QueryParams:
        """The query parameters under their present names."""
        return self.known_query.renamed(super().query_params)

    async def json(self) -> Any:
        """Return the body, parsed once."""
        if not hasattr(self, "_json"):
            body = await self.body()
            self._json = loads(body) if len(body) <= SMALL_BODY else await asyncio.to_thread(loads, body)
        return self._json


class StrictRoute(APIRoute):
    """A route that reads body and query strictly; every router of the service consists of them.

    A dependency may have a function `before_body`: it is given the request before anything of its body is read.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, given a request that parses strictly. A body that does not say it is JSON is a 415."""
        handle, takes_json = super().get_route_handler(), self.body_field is not None
        checks = [check for call in _calls(self.dependant) if (check := getattr(call, "before_body", None))]
        known_query = KnownQuery((field.alias, field.field_info.annotation) for field in self.dependant.query_params)

        async def strict(request: Request) -> Response:
            strict_request = StrictRequest(request.scope, request.receive)
            strict_request.known_query = known_query
            for check in checks:
                await check(strict_request)
            if (too_large := request.scope.get("state", {}).get("too_large")) is not None:
                raise HTTPException(413, too_large)
            if (
                takes_json
                and not _JSON.match(strict_request.headers.get("content-type", ""))
                and await strict_request.body()
            ):
                raise Problem(
                    415,
                    "unsupported_media_type",
                    "Send the body as Content-Type: application/json.",
                    headers={"Accept": "application/json"},
                )
            return await handle(strict_request)

        return strict


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any] | None]:
    """Yield the functions of every dependency, nested ones too."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def router() -> APIRouter:
    """Return a feature's router under the contract's base path."""
    return APIRouter(prefix="/v1", route_class=StrictRoute, generate_unique_id_function=operation_id)


def operation_id(route: APIRoute) -> str:
    """Return the name of an operation in the contract: that of its function."""
    return route.name
