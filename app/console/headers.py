"""The headers that operations take and answer with, as reusable parts of the document."""

from collections.abc import Iterator
from typing import Any

_ETAG = '"9f86d081884c7d659a2feaa0c55ad015"'


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"} | schema}


HEADERS: dict[str, Any] = {
    "ETag": _header("Names this state of what was answered; send it back in `If-Match` or `If-None-Match`."),
    "X-Request-ID": _header("Names this request in the service's log; the one you sent, if you sent one."),
    "RateLimit": _header('How many requests the key has left, and for how many seconds: `"default";r=5990;t=42`.'),
    "RateLimit-Policy": _header('The key\'s quota: `"default";q=60000;w=60` is 60000 requests in 60 seconds.'),
    "Retry-After": _header("After how many seconds to try again.", type="integer", minimum=1),
    "WWW-Authenticate": _header("The scheme that opens this service."),
    "Idempotent-Replayed": _header("`true`: this is the stored answer to an earlier request.", enum=["true"]),
}


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False} | _header(description, **schema)


PARAMETERS: dict[str, Any] = {
    "If-Match": _parameter(
        "If-Match", f"The `ETag` of what you read, such as `{_ETAG}`: if it has changed since, nothing is done (412)."
    ),
    "If-None-Match": _parameter(
        "If-None-Match",
        "The `ETag` of the answer you already have: if it still holds, the answer is 304 without a body.",
    ),
    "Idempotency-Key": _parameter(
        "Idempotency-Key",
        "A name of your own for this request. Sent again within 48 hours, it answers what it answered the first time.",
        pattern="^[!-~]([ -~]*[!-~])?$",
        maxLength=255,
    ),
}


def asked(method: str, *, keyed: bool, tagged: bool, if_match: bool) -> Iterator[dict[str, str]]:
    """References to the header parameters that an operation honours."""
    if tagged and method == "get":
        yield {"$ref": "#/components/parameters/If-None-Match"}
    if if_match:
        yield {"$ref": "#/components/parameters/If-Match"}
    if keyed and method == "post":
        yield {"$ref": "#/components/parameters/Idempotency-Key"}


def answered(method: str, status: int, *, keyed: bool, tagged: bool, limited: bool) -> dict[str, Any]:
    """The headers of a successful answer; `tagged`: it names its state."""
    names = ["X-Request-ID"]
    if tagged and status != 204:
        names.append("ETag")
    if limited:
        names += ["RateLimit", "RateLimit-Policy"]
    if keyed and method == "post":
        names.append("Idempotent-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
