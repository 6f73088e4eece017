"""How an operation may refuse: the problem documents of RFC 9457, and which of them each operation can give."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.access.caller import Role

MEDIA_TYPE = "application/problem+json"

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457). `code` is stable; `errors` name the fields that are not right.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "One plain sentence."},
        "instance": {"type": "string", "description": "The address that was asked."},
        "code": {"type": "string", "description": "What went wrong, as a stable word for programs."},
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

# Python's own phrases for these differ from version to version; the document must not.
_MEANINGS: dict[int, tuple[str, str, str, str]] = {
    400: (
        "Bad Request",
        "malformed_json",
        "The body is not valid JSON: Expecting value.",
        "What was sent could not be read.",
    ),
    401: (
        "Unauthorized",
        "not_authenticated",
        "Send an API key: `Authorization: Bearer kw_…`.",
        "There is no key, or not a good one.",
    ),
    403: (
        "Forbidden",
        "not_allowed",
        "This needs a key with the role admin; yours has the role viewer.",
        "The key may not do this.",
    ),
    404: (
        "Not Found",
        "not_found",
        "There is no such application; check the id.",
        "Something that is named here does not exist at your agency.",
    ),
    409: (
        "Conflict",
        "duplicate_external_ref",
        "Another record of this kind has this external_ref. Change that one by PUT …/by-ref/…, or use another.",
        "It clashes with what is already so.",
    ),
    410: (
        "Gone",
        "cursor_expired",
        "Events after this cursor are no longer stored. Begin again without a cursor.",
        "Events after the cursor are no longer stored; begin again without a cursor.",
    ),
    412: (
        "Precondition Failed",
        "precondition_failed",
        "This has changed since you read it. Read it again and send the change with the new ETag in If-Match.",
        "`If-Match` names another state than the one to be changed.",
    ),
    413: (
        "Content Too Large",
        "too_large",
        "The body must not be larger than 1048576 bytes.",
        "The body is larger than 1 MiB; a table, than 16 MiB.",
    ),
    422: ("Unprocessable Content", "invalid", "Some fields are not right; see errors.", "Something sent is not right."),
    429: (
        "Too Many Requests",
        "too_many_requests",
        "This key may make 60000 requests a minute. Try again in 2 seconds.",
        "Too many requests with this key, or wrong keys from this address; wait as long as `Retry-After` says.",
    ),
    503: (
        "Service Unavailable",
        "database_unavailable",
        "The database is unavailable. Try again after the time that Retry-After names.",
        "Not possible just now; try again after as long as `Retry-After` says.",
    ),
}

_CLASHING_WITHOUT_REFERENCE = {"end_webhook_secret", "revoke_api_key"}
"""Operations that can clash (409) though nothing about their request shows it."""

_CHANGING_NOTHING_THAT_WAS_READ = {"check_thank_you", "replay_connection_events", "replay_events", "try_connection"}
"""Operations that look like a change of a thing and are none: of many at once, or of nothing at all."""

REHEARSING = {"check_thank_you", "try_connection"}
"""POST operations that store nothing, and so read no Idempotency-Key."""

_FORGETTING = {"read_events", "stream_events"}
"""Operations that go on from a place before which things are let go in time."""

_CHANGING_BY_MAKING = {"rotate_api_key"}
"""Operations that make something new out of a thing that was read before."""


def responses() -> dict[str, Any]:
    """The reusable responses, one a status, by the phrase of the status."""
    return {name_of(status): _response(status) for status in _MEANINGS}


def name_of(status: int) -> str:
    """The name of a status's response among the components, such as `NotFound`."""
    return _MEANINGS[status][0].replace(" ", "")


def honours_if_match(method: str, operation: Mapping[str, Any]) -> bool:
    """Whether it refuses with 412 when If-Match names another state: it changes a thing, rather than make one."""
    if operation["operationId"] in _CHANGING_NOTHING_THAT_WAS_READ:
        return False
    if method == "post":
        return "200" in operation["responses"] or operation["operationId"] in _CHANGING_BY_MAKING
    return method != "get"


def refusals(method: str, operation: Mapping[str, Any], role: Role | None, body: Mapping[str, Any]) -> Iterator[int]:
    """The statuses with which an operation can refuse; `body` holds every property its body may have, at any depth."""
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    named = any(
        parameter["in"] == "path" or parameter.get("schema", {}).get("format") == "uuid"
        for parameter in operation.get("parameters", ())
    )
    posts, told = method == "post", "requestBody" in operation
    if told or posts or "cursor" in names:
        yield 400
    if role is not None:
        yield from (401, 403)
    if named or any(schema.get("format") == "uuid" for schema in _plain(body)):
        yield 404
    if posts or "external_ref" in body or operation["operationId"] in _CLASHING_WITHOUT_REFERENCE:
        yield 409
    if operation["operationId"] in _FORGETTING:
        yield 410
    if honours_if_match(method, operation):
        yield 412
    if told:
        yield 413
    if told or posts or names or role is not None:  # a query parameter that it does not take is refused
        yield 422
    if role is not None and role is not Role.operator:
        yield 429
    if role is not None or operation["operationId"] == "get_readiness":
        yield 503


def _plain(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The properties' schemas, those inside `anyOf` and `items` too."""
    for schema in body.values():
        yield schema
        inner = [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())]
        yield from _plain(dict(enumerate(inner)))  # type: ignore[arg-type]


def _response(status: int) -> dict[str, Any]:
    title, code, detail, description = _MEANINGS[status]
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
