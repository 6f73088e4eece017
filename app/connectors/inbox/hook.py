"""HTTP: the address that a CRM sends its webhooks to."""

from datetime import datetime

from fastapi import APIRouter, Request, Response

from app.access.call import House
from app.access.keys import parse_public_id
from app.access.work import Work
from app.connectors.connector import Arrived, Greeting
from app.connectors.inbox.receiving import (
    StaleTimestamp,
    examine,
    note_refusal,
    open_hook,
    packed_request,
    store,
)
from app.kit.errors import Problem, not_found
from app.kit.strict_json import operation_id

router = APIRouter(generate_unique_id_function=operation_id)
_TAKEN = ("application/json", "text/plain", "application/octet-stream", "")
_MOST_HEADERS, _LONGEST_HEADER = 100, 16_384


@router.post("/hooks/{connection}", include_in_schema=False)
async def receive(connection: str, request: Request) -> Response:
    """Verify a webhook, keep it once, and answer 200; it is applied afterwards. Some senders retry only on others."""
    house: House = request.app.state.house
    if (named := parse_public_id(connection)) is None:
        raise not_found("hook")
    now, seal = house.clock(), house.seal
    link, secrets = await house.database.read(lambda conn: open_hook(conn, seal, *named, now))
    arrived = await taken(request, now)
    try:
        told = examine(link, secrets, arrived)
    except StaleTimestamp as stale:
        refusal = stale.detail
        await house.database.write(lambda conn: note_refusal(conn, link, refusal, now))
        raise
    if isinstance(told, Greeting):
        return Response(b'{"status":"hello"}', 200, dict(told.headers), "application/json")
    kept = [(told, packed_request(arrived))]
    new = await house.database.write(
        lambda conn: store(Work(conn, now, link.caller, house.make_id, None, seal), link, "webhook", kept)
    )
    return Response(b'{"status":"accepted"}' if new else b'{"status":"known"}', 200, media_type="application/json")


async def taken(request: Request, at: datetime) -> Arrived:
    """The request as connectors read it. 415 for a body that no CRM sends."""
    return Arrived(await request.body(), _headers(request), dict(request.query_params), at)


def _headers(request: Request) -> dict[str, str]:
    """The headers by lower-case name; one that came twice is joined, so that a second signature never hides."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN and not kind.endswith("+json"):
        raise Problem(
            415,
            "unsupported_media_type",
            "Send the body as Content-Type: application/json.",
            headers={"Accept": "application/json"},
        )
    if len(request.headers) > _MOST_HEADERS:
        raise Problem(400, "too_many_headers", f"Send at most {_MOST_HEADERS} headers.")
    return {name: ", ".join(request.headers.getlist(name))[:_LONGEST_HEADER] for name in request.headers}
