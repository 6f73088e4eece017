"""The request and response headers of operations, as reusable parts of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

_ETAG = '"9f86d081884c7d659a2feaa0c55ad015"'


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"} | schema}


HEADERS: dict[str, Any] = {
    "ETag": _header("Identifies the state of the record. Send it in `If-Match` or `If-None-Match`."),
    "X-Request-ID": _header("Identifies the request in the service's log. It is yours if you sent one."),
    "RateLimit": _header('The key\'s requests left, and for how many seconds: `"default";r=5990;t=42`.'),
    "RateLimit-Policy": _header('The key\'s quota: `"default";q=60000;w=60` is 60000 requests in 60 seconds.'),
    "Retry-After": _header("Seconds to wait before the next try.", type="integer", minimum=1),
    "WWW-Authenticate": _header("The authentication scheme of this service."),
    "Idempotent-Replayed": _header("`true`: this is the stored response to an earlier request.", enum=["true"]),
}


def _parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False} | _header(description, **schema)


PARAMETERS: dict[str, Any] = {
    "If-Match": _parameter(
        "If-Match", f"The `ETag` of the record you read, such as `{_ETAG}`. If it has changed since: 412."
    ),
    "If-None-Match": _parameter(
        "If-None-Match",
        "The `ETag` of a response that you have. If it is still valid, the answer is 304 without a body.",
    ),
    "Idempotency-Key": _parameter(
        "Idempotency-Key",
        "Your own name for this request. Repeated within 48 hours, it returns the first response.",
        pattern="^[!-~]([ -~]*[!-~])?$",
        maxLength=255,
    ),
}


def request_headers(method: str, *, idempotent: bool, has_etag: bool, if_match: bool) -> Iterator[dict[str, str]]:
    """Yield references to the header parameters of an operation: If-None-Match, If-Match and Idempotency-Key, as they
    apply.
    """
    if has_etag and method == "get":
        yield {"$ref": "#/components/parameters/If-None-Match"}
    if if_match:
        yield {"$ref": "#/components/parameters/If-Match"}
    if idempotent and method == "post":
        yield {"$ref": "#/components/parameters/Idempotency-Key"}


def response_headers(method: str, status: int, *, idempotent: bool, has_etag: bool, limited: bool) -> dict[str, Any]:
    """Return `$ref`s to the headers of a successful response, by header name. `limited`: requests are rate limited."""
    names = ["X-Request-ID"]
    if has_etag and status != 204:
        names.append("ETag")
    if limited:
        names += ["RateLimit", "RateLimit-Policy"]
    if idempotent and method == "post":
        names.append("Idempotent-Replayed")
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
