"""Helpers of the tests of JobAdder: a webhook that hints, and the API with one of each thing."""

import json
from datetime import UTC, datetime
from typing import Any

from app.connectors.contract import Account, ApiRequest, ApiResponse, DatedEvent, InboundRequest, Translation
from app.connectors.crm.jobadder.connector import JobAdder
from tests.connectors.documents import own
from tests.connectors.exchanges import run

JOBADDER = JobAdder()
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ACCOUNT = Account(session={"token": "t", "address": "https://api.jobadder.com/v2"})
APPLICATION = "880123456789"
SINGLE = {
    f"applications/{APPLICATION}": "application",
    "companies/7101": "company",
    "contacts/6201": "contact",
    "candidates/4401": "candidate",
    "jobs/5301": "job",
    "placements/2001": "placement",
    "notes/5f6c1d0a-2b77-4e8e-9a53-0c4d1e2f3a4b": "note",
}
LISTED = {"applications": "application", "candidates": "candidate", "jobs": "job", "placements": "placement"}


def api(ask: ApiRequest) -> Any:
    """JobAdder with one of each thing."""
    if ask.path in SINGLE:
        return own("jobadder", SINGLE[ask.path])
    if ask.path == "interviews":
        return own("jobadder", "interviews")
    if ask.path == "notes":
        short = {part: own("jobadder", "note")[part] for part in ("noteId", "type", "createdAt")}
        return {"items": [short], "totalCount": 1}
    if ask.path in LISTED:
        return {"items": [own("jobadder", LISTED[ask.path])], "totalCount": 1}
    return ApiResponse(404, None)


def arrived(document: Any, authorization: str = "Bearer s3cret") -> InboundRequest:
    return InboundRequest(json.dumps(document).encode(), {"authorization": authorization}, {}, NOW)


def hint(name: str) -> DatedEvent:
    return JOBADDER.parse_event(arrived(own("jobadder", f"event_{name}"))).dated(NOW)


def said(event: DatedEvent, replies: Any = api, asked: list[ApiRequest] | None = None) -> Translation:
    return run(JOBADDER.translate(event, ACCOUNT), replies, asked)
