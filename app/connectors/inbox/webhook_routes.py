"""HTTP: the endpoint that receives the webhooks of the CRMs."""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from app.access.api_keys import parse_public_id
from app.access.request_context import AppState
from app.access.unit_of_work import UnitOfWork
from app.connectors.contract import Handshake, InboundRequest
from app.connectors.inbox.receive import (
    StaleTimestamp,
    load_hook,
    pack_request,
    record_rejection,
    store,
    verify_request,
)
from app.kit.errors import Problem, not_found
from app.kit.strict_json import operation_id

router = APIRouter(generate_unique_id_function=operation_id)
_CONTENT_TYPES = ("application/json", "text/plain", "application/octet-stream", "")
_MAX_HEADERS, _MAX_HEADER_LENGTH = 100, 16_384


@router.post("/hooks/{connection}", include_in_schema=False)
async def receive(connection: str, request: Request) -> Response:
    """Verify a webhook of a CRM, store it once and answer 200; a worker applies it later.

    Some CRMs retry on any other status.
    """
    shared: AppState = request.app.state.shared
    if (named := parse_public_id(connection)) is None:
        raise not_found("hook")
    now, seal = shared.clock(), shared.seal
    scope = shared.database.of(named[0])
    loaded, secrets = await scope.read(lambda conn: load_hook(conn, seal, *named, now))
    arrived = await read_request(request, now)
    try:
        event = verify_request(loaded, secrets, arrived)
    except StaleTimestamp as stale:
        refusal = stale.detail
        await scope.write(lambda conn: record_rejection(conn, loaded, refusal, now))
        raise
    if isinstance(event, Handshake):
        return Response(b'{"status":"hello"}', 200, dict(event.headers), "application/json")
    kept = [(event, pack_request(arrived))]
    new = await scope.write(
        lambda conn: store(UnitOfWork(conn, now, loaded.caller, shared.make_id, None, seal), loaded, "webhook", kept)
    )
    return Response(b'{"status":"accepted"}' if new else b'{"status":"known"}', 200, media_type="application/json")


async def read_request(request: Request, at: datetime) -> InboundRequest:
    """Convert an HTTP request to the form that connectors read. Raise a 415 for a content type that no CRM sends."""
    return InboundRequest(await request.body(), _headers(request), dict(request.query_params), at)


def _headers(request: Request) -> dict[str, str]:
    """Return the headers by lower-case name, repeated headers joined by commas.

    Raise a 415 for a content type that no CRM sends, and a 400 for too many headers.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _CONTENT_TYPES and not kind.endswith("+json"):
        raise Problem(
            415,
            "unsupported_media_type",
            "Send the body as Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )
    if len(request.headers) > _MAX_HEADERS:
        raise Problem(400, "too_many_headers", f"Send at most {_MAX_HEADERS} headers.")
    return {name: ", ".join(request.headers.getlist(name))[:_MAX_HEADER_LENGTH] for name in request.headers}
