"""The client of Lever's lists, which reads all pages of a list by Lever's `offset`."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.connectors.contract import ApiExchange, ApiRequest
from app.connectors.parsing import one_line, sequence, value_at

_MAX_PAGES = 10


def listed(
    path: str, query: Mapping[str, str] | None = None, expects: tuple[int, ...] = (404,)
) -> ApiExchange[Sequence[Any] | None]:
    """Return all records of a Lever list, up to a thousand. Return None if the answer has a status of `expects`."""
    found: list[Any] = []
    asked = {"limit": "100", **(query or {})}
    for _ in range(_MAX_PAGES):
        response = yield ApiRequest(path, asked, expects=expects)
        if not response.ok:
            return found or None
        found += sequence(value_at(response.document, "data"))
        offset = one_line(value_at(response.document, "next"), 500)
        if value_at(response.document, "hasNext") is not True or offset is None:
            break
        asked = {**asked, "offset": offset}
    return found
