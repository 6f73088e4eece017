"""Error responses in the OpenAPI document: problem documents (RFC 9457), and the error statuses of each operation."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.access.caller import Role

MEDIA_TYPE = "application/problem+json"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "An error (RFC 9457). `code` is stable; `errors` lists the invalid fields.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "One plain sentence."},
        "instance": {"type": "string", "description": "The address of the request."},
        "code": {"type": "string", "description": "The error, as a stable code for programs."},
        "request_id": {"type": "string", "description": "Names this request in the service's log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "A JSON pointer into the body, or `/query/…`."},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

# Python's own phrases for these differ between versions, and the document must not.
_ERRORS: dict[int, tuple[str, str, str, str]] = {
    400: (
        "Bad Request",
        "malformed_json",
        "The body is not valid JSON: Expecting value.",
        "The request cannot be read.",
    ),
    401: (
        "Unauthorized",
        "not_authenticated",
        "Send an API key: `Authorization: Bearer kw_…`.",
        "The API key is missing or invalid.",
    ),
    403: (
        "Forbidden",
        "not_allowed",
        "This needs a key with the role admin; yours has the role viewer.",
        "The key's role does not allow this.",
    ),
    404: (
        "Not Found",
        "not_found",
        "There is no such application; check the id.",
        "A record named in the request does not exist at your agency.",
    ),
    409: (
        "Conflict",
        "duplicate_external_ref",
        "Another record of this kind has this external_ref. Change that one by PUT …/by-ref/…, or use another.",
        "The request conflicts with the current state.",
    ),
    410: (
        "Gone",
        "cursor_expired",
        "Events after this cursor are no longer stored. Begin again without a cursor.",
        "Events after the cursor are no longer stored. Begin again without a cursor.",
    ),
    412: (
        "Precondition Failed",
        "precondition_failed",
        "This has changed since you read it. Read it again and send the change with the new ETag in If-Match.",
        "The record has changed since it was read: `If-Match` names an older state.",
    ),
    413: (
        "Content Too Large",
        "too_large",
        "The body must not be larger than 1048576 bytes.",
        "The body is larger than 1 MiB, or a table larger than 16 MiB.",
    ),
    422: (
        "Unprocessable Content",
        "invalid",
        "Some fields are not right; see errors.",
        "Fields or parameters are invalid.",
    ),
    429: (
        "Too Many Requests",
        "too_many_requests",
        "This key may make 60000 requests a minute. Try again in 2 seconds.",
        "Too many requests with this key, or wrong keys from this address. Retry after `Retry-After`.",
    ),
    503: (
        "Service Unavailable",
        "database_unavailable",
        "The database is unavailable. Try again after the time that Retry-After names.",
        "Temporarily unavailable. Retry after `Retry-After`.",
    ),
}

_CONFLICTING = {"end_webhook_secret", "revoke_api_key"}
"""The names of operations that can answer 409, although neither method nor body shows that."""

_WITHOUT_IF_MATCH = {"check_thank_you", "replay_connection_events", "replay_events", "try_connection"}
"""The names of POST operations that ignore If-Match, because they change many records or none."""

DRY_RUNS = {"check_thank_you", "try_connection"}
"""The names of POST operations that store nothing and therefore ignore the Idempotency-Key header."""

_WITH_EXPIRING_CURSOR = {"read_events", "stream_events"}
"""The names of operations that answer 410 if the events after their cursor were deleted by retention."""

_CREATING_WITH_IF_MATCH = {"rotate_api_key"}
"""The names of POST operations that answer 201 and nevertheless honour If-Match, since they also change an older
record.
"""


def responses() -> dict[str, Any]:
    """Return the reusable error responses of the OpenAPI document as a mapping of name to response, one for each
    status.
    """
    return {response_name(status): _response(status) for status in _ERRORS}


def response_name(status: int) -> str:
    """Return the name of the reusable response for an error status, such as `NotFound` for 404."""
    return _ERRORS[status][0].replace(" ", "")


def honours_if_match(method: str, operation: Mapping[str, Any]) -> bool:
    """Return True if an operation changes an existing record and therefore checks If-Match, answering 412 if it
    differs.
    """
    if operation["operationId"] in _WITHOUT_IF_MATCH:
        return False
    if method == "post":
        return "200" in operation["responses"] or operation["operationId"] in _CREATING_WITH_IF_MATCH
    return method != "get"


def error_statuses(
    method: str, operation: Mapping[str, Any], role: Role | None, body: Mapping[str, Any]
) -> Iterator[int]:
    """Yield the error statuses that an operation can answer with.

    `role` is the role that the operation requires, or None if it needs no key. `body` maps the name of each property of
    the request body, at any depth, to its schema.
    """
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    has_ids = any(
        parameter["in"] == "path" or parameter.get("schema", {}).get("format") == "uuid"
        for parameter in operation.get("parameters", ())
    )
    is_post, has_body = method == "post", "requestBody" in operation
    if has_body or is_post or "cursor" in names:
        yield 400
    if role is not None:
        yield from (401, 403)
    if has_ids or any(schema.get("format") == "uuid" for schema in _flattened(body)):
        yield 404
    if is_post or "external_ref" in body or operation["operationId"] in _CONFLICTING:
        yield 409
    if operation["operationId"] in _WITH_EXPIRING_CURSOR:
        yield 410
    if honours_if_match(method, operation):
        yield 412
    if has_body:
        yield 413
    if has_body or is_post or names or role is not None:  # an unknown query parameter is refused
        yield 422
    if role is not None and role is not Role.operator:
        yield 429
    if role is not None or operation["operationId"] == "get_readiness":
        yield 503


def _flattened(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the schemas of a body's properties, followed by the schemas inside their `anyOf` and `items`."""
    for schema in body.values():
        yield schema
        inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
        yield from _flattened(dict(enumerate(inner)))  # type: ignore[arg-type]


def _response(status: int) -> dict[str, Any]:
    title, code, detail, description = _ERRORS[status]
    example: dict[str, Any] = {
        "type": f"urn:keepwarm:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "/v1/applications",
        "code": code,
        "request_id": "5f0c2a5be1f94c0a8a4b6f8f0f6f2b11",
    }
    if status == 422:
        example["errors"] = [{"pointer": "/due_on", "detail": "must be a date, such as 2026-03-05"}]
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    if status in (429, 503):
        headers["Retry-After"] = {"$ref": "#/components/headers/Retry-After"}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WWW-Authenticate"}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": description, "headers": headers, "content": content}
