"""The client of Ashby's API: every request is a POST, and an error may have status 200 with `success: false`."""

from collections.abc import Mapping
from typing import Any

from app.connectors.contract import ApiError, ApiExchange, ApiRequest
from app.connectors.parsing import mapping, one_line, sequence, value_at


def call(method: str, body: Mapping[str, Any], *, optional: bool = False) -> ApiExchange[Mapping[str, Any]]:
    """Send a request to a method of Ashby's API and return the parsed JSON answer.

    An object that does not exist gives an empty mapping, and so does a missing permission if `optional` is set. Raise
    ApiError for any other error.
    """
    response = yield ApiRequest(
        f"/{method}", method="POST", json=dict(body), expects=(403, 404) if optional else (404,)
    )
    if not response.ok:
        return {}
    answer = mapping(response.document)
    if answer.get("success") is not False:
        return answer
    codes = [one_line(code, 80) or "" for code in sequence(answer.get("errors"))]
    codes.append(one_line(value_at(answer, "errorInfo", "code"), 80) or "")
    if optional or any("not_found" in code for code in codes):
        return {}
    reasons = ", ".join(code for code in codes if code) or "no reason"
    raise ApiError(f"Ashby refused {method}: {reasons}."[:500])


def list_all(method: str, body: Mapping[str, Any]) -> ApiExchange[Mapping[str, Any]]:
    """Return one page of an Ashby list as the parsed JSON answer. Raise ApiError for an answer without records: it does
    not mean the end of the list.
    """
    answer = yield from call(method, body)
    if not isinstance(answer.get("results"), list):
        raise ApiError(f"Ashby answered {method} without a list.")
    return answer


def cursor_of(answer: Mapping[str, Any]) -> str | None:
    """Return the cursor of the next page of a list; None on the last page."""
    return one_line(answer.get("nextCursor"), 10_000) if answer.get("moreDataAvailable") is True else None
