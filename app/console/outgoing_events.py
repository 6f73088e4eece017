"""Keepwarm's own webhooks in the OpenAPI document: one for each type of event, with an example."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.kit.field_types import At, Id, Out
from app.rules.flags import FlagKind, Severity
from app.webhooks.envelope import envelope
from app.webhooks.events import (
    PAYLOADS,
    CandidateErased,
    CommitmentOverdue,
    ConnectionUnhealthy,
    EndpointDisabled,
    EndpointTested,
    FlagChanged,
    FlagCleared,
    FlagRaised,
    FollowUpLogged,
    FollowUpMissed,
    Payload,
    StageChanged,
    TimelineOverdue,
    TimelineRevised,
)

Data = TypeVar("Data", bound=BaseModel)


class Event(Out, Generic[Data]):
    """The envelope of every event. Events may arrive twice and out of order: `id` is the same in a repetition."""

    # Pydantic would look for the docstrings of each `Event[…]` in vain, and take half a second at every start for it.
    model_config = ConfigDict(use_attribute_docstrings=False)

    id: Id
    type: str
    timestamp: At = Field(description="When it happened.")
    application_id: Id | None
    sequence: Annotated[int, Field(ge=1)] | None = Field(
        description="Counts the events of one application: a newer event has a higher number."
    )
    data: Data
    links: dict[str, str] = Field(description="Addresses of the related records, relative to this service.")


webhooks = APIRouter()


def _receiver(payload: type[Payload]) -> Callable[..., None]:
    """Return a function from whose signature FastAPI reads the body of an event. Events with the same fields share a
    schema.
    """

    def receive(body: Any) -> None: ...

    fields = payload if payload.__base__ in (Payload, None) else payload.__base__
    receive.__annotations__["body"] = Event.__class_getitem__(fields)
    return receive


for _payload in PAYLOADS:
    webhooks.add_api_route(_payload.type, _receiver(_payload), methods=["POST"], description=_payload.__doc__)


def complete_webhook(type: str, operation: dict[str, Any]) -> None:
    """Add the type of an event, an example and the accepted responses to the webhook's operation in the OpenAPI
    document.
    """
    operation["summary"], operation["operationId"] = operation["description"].removesuffix("."), type
    content = operation["requestBody"]["content"]["application/json"]
    named = {"properties": {"type": {"const": type}}}
    content["schema"] = {"allOf": [content["schema"], named]}
    content["example"] = example_of(type)
    operation["security"] = []
    operation["responses"] = {"2XX": {"description": "Accepted. Any other response is retried later."}}


def example_of(type: str) -> dict[str, Any]:
    """Return an example event of a type, with its envelope. It is built by the code that sends events."""
    payload = _EXAMPLES[type]
    of_application = not isinstance(payload, _WITHOUT_APPLICATION)
    row = {
        "id": _id("06"),
        "type": type,
        "occurred_at": datetime(2026, 11, 13, 1, 30, 2, tzinfo=UTC),
        "application_id": _id("07") if of_application else None,
        "sequence": 12 if of_application else None,
        "data": payload.data(),
    }
    return envelope(row)


def _id(end: str) -> UUID:
    return UUID(f"019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a{end}")


_SINCE, _AT = datetime(2026, 11, 12, 13, tzinfo=UTC), datetime(2026, 11, 13, 1, 30, tzinfo=UTC)
_WARNING: dict[str, Any] = {
    "flag_id": _id("01"),
    "kind": FlagKind.FOLLOW_UP_OVERDUE,
    "severity": Severity.WARNING,
    "state": "open",
    "since": _SINCE,
}
_CRITICAL = _WARNING | {"severity": Severity.CRITICAL}
_MISSED: dict[str, Any] = {
    "flag_id": _id("01"),
    "severity": Severity.WARNING,
    "since": _SINCE,
    "evidence": [_id("02")],
}
_WITHOUT_APPLICATION = (TimelineRevised, CandidateErased, EndpointDisabled, EndpointTested, ConnectionUnhealthy)
_EXAMPLES: dict[str, Payload] = {
    payload.type: payload
    for payload in (
        FlagRaised(**_WARNING),
        FlagChanged(**_CRITICAL),
        FlagCleared(**_CRITICAL),
        FollowUpMissed(**_MISSED),
        TimelineOverdue(**_MISSED),
        CommitmentOverdue(**_MISSED),
        CandidateErased(candidate_id=_id("0a")),
        EndpointDisabled(endpoint_id=_id("08"), reason="All attempts failed for 120 hours."),
        EndpointTested(endpoint_id=_id("08")),
        ConnectionUnhealthy(connection_id=_id("09"), status="suspended"),
        StageChanged(from_="interviewed", to="awaiting_decision", at=_AT),
        FollowUpLogged(interview_id=_id("02"), interaction_id=_id("03"), reached=True, occurred_at=_AT),
        TimelineRevised(timeline_revision_id=_id("04"), job_id=_id("05"), stated_at=_AT, change="recorded"),
    )
}
