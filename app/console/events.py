"""The outbound events as the document tells of them: ids, kinds and instants, never personal data."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.applications.facts.schemas import Stage
from app.applications.flags.schemas import FlagKindName, FlagState, SeverityName
from app.kit.fields import At, Id, Out
from app.webhooks.envelope import envelope

Data = TypeVar("Data", bound=BaseModel)


class Event(Out, Generic[Data]):
    """What every event carries. Events may come twice and out of order: `id` tells the same, `sequence` the newer."""

    # Pydantic would look for the docstrings of each `Event[…]` in vain, and take half a second at every start for it.
    model_config = ConfigDict(use_attribute_docstrings=False)

    id: Id
    type: str
    timestamp: At = Field(description="When it happened.")
    application_id: Id | None
    sequence: Annotated[int, Field(ge=1)] | None = Field(description="Counts the events of one application.")
    data: Data
    links: dict[str, str] = Field(description="Where to read on, below this service's address.")


class FlagEvent(Out):
    """A flag as it stood then. Read the flag itself for its reasons."""

    flag_id: Id
    kind: FlagKindName
    severity: SeverityName
    state: FlagState
    since: At


class Missed(Out):
    """What was due and did not happen: the flag that was raised for it, and the facts that it rests on."""

    flag_id: Id
    severity: SeverityName
    since: At
    evidence: list[Id]


class CandidateErased(Out):
    """A person of whom nothing is kept any more."""

    candidate_id: Id


class EndpointDisabled(Out):
    """A webhook endpoint to which nothing is sent any more."""

    endpoint_id: Id
    because: str


class EndpointTested(Out):
    """The webhook endpoint that was to be tried."""

    endpoint_id: Id


class ConnectionUnhealthy(Out):
    """A CRM that has stopped sending, or refuses us."""

    connection_id: Id
    status: Literal["suspended", "failing"]


class StageChanged(Out):
    """An application's move, told by somebody or following from a fact."""

    from_: Stage = Field(alias="from")
    to: Stage
    at: At


class FollowUpLogged(Out):
    """The recruiter's follow-up with the hiring manager."""

    interview_id: Id | None
    """Null: it was told without saying after which."""
    interaction_id: Id
    reached: bool
    occurred_at: At


class TimelineRevised(Out):
    """What the organisation says of its decision date was told, changed or taken back."""

    timeline_revision_id: Id
    job_id: Id
    stated_at: At
    how: Literal["told", "changed", "voided"]


webhooks = APIRouter()


@webhooks.post("flag.raised")
def flag_raised(body: Event[FlagEvent]) -> None:
    """A rule found something on an application that it had not found before."""


@webhooks.post("flag.changed")
def flag_changed(body: Event[FlagEvent]) -> None:
    """A flag's severity stepped up or down, or a dismissed flag is open again because of a new fact."""


@webhooks.post("flag.cleared")
def flag_cleared(body: Event[FlagEvent]) -> None:
    """What a flag was raised for is over."""


@webhooks.post("application.stage_changed")
def application_stage_changed(body: Event[StageChanged]) -> None:
    """An application came to another stage."""


@webhooks.post("follow_up.logged")
def follow_up_logged(body: Event[FollowUpLogged]) -> None:
    """A recruiter followed up with the hiring manager after an interview."""


@webhooks.post("follow_up.missed")
def follow_up_missed(body: Event[Missed]) -> None:
    """The hiring manager had no follow-up on the day it was due."""


@webhooks.post("timeline.overdue")
def timeline_overdue(body: Event[Missed]) -> None:
    """The day by which the organisation said it would decide has passed."""


@webhooks.post("commitment.overdue")
def commitment_overdue(body: Event[Missed]) -> None:
    """Something that was promised is late."""


@webhooks.post("candidate.erased")
def candidate_erased(body: Event[CandidateErased]) -> None:
    """Everything about a candidate was erased at their wish; erase what you keep of them, too."""


@webhooks.post("endpoint.disabled")
def endpoint_disabled(body: Event[EndpointDisabled]) -> None:
    """Nothing is sent to an endpoint any more: it said that it is gone, or failed for 120 hours."""


@webhooks.post("endpoint.test")
def endpoint_test(body: Event[EndpointTested]) -> None:
    """A test send, to the endpoint that was tried and to no other, whatever its types are."""


@webhooks.post("connection.unhealthy")
def connection_unhealthy(body: Event[ConnectionUnhealthy]) -> None:
    """A CRM has stopped sending its webhooks, or has refused us for a while."""


@webhooks.post("timeline.revised")
def timeline_revised(body: Event[TimelineRevised]) -> None:
    """What was said about when a job will be decided was told, changed or taken back."""


_FLAG = {
    "flag_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a01",
    "kind": "follow_up_overdue",
    "severity": "warning",
    "state": "open",
    "since": "2026-11-12T13:00:00+00:00",
}
_MISSED = {name: _FLAG[name] for name in ("flag_id", "severity", "since")} | {
    "evidence": ["019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a02"]
}
_DATA: dict[str, dict[str, Any]] = {
    "flag.raised": _FLAG,
    "flag.changed": _FLAG | {"severity": "critical"},
    "flag.cleared": _FLAG | {"severity": "critical"},
    "follow_up.missed": _MISSED,
    "timeline.overdue": _MISSED,
    "commitment.overdue": _MISSED,
    "candidate.erased": {"candidate_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a0a"},
    "endpoint.disabled": {
        "endpoint_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a08",
        "because": "For 120 hours nothing but failures came back.",
    },
    "endpoint.test": {"endpoint_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a08"},
    "connection.unhealthy": {"connection_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a09", "status": "suspended"},
    "application.stage_changed": {"from": "interviewed", "to": "awaiting_decision", "at": "2026-11-13T01:30:00+00:00"},
    "follow_up.logged": {
        "interview_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a02",
        "interaction_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a03",
        "reached": True,
        "occurred_at": "2026-11-13T01:30:00+00:00",
    },
    "timeline.revised": {
        "timeline_revision_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a04",
        "job_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a05",
        "stated_at": "2026-11-13T01:30:00Z",
        "how": "told",
    },
}


_OF_NO_APPLICATION = {
    "timeline.revised",
    "candidate.erased",
    "endpoint.disabled",
    "endpoint.test",
    "connection.unhealthy",
}


def complete_webhook(type: str, operation: dict[str, Any]) -> None:
    """Say of one event's delivery what is sent and which answers count."""
    operation["summary"], operation["operationId"] = operation["description"].removesuffix("."), type
    content = operation["requestBody"]["content"]["application/json"]
    named = {"properties": {"type": {"const": type}}}
    content["schema"] = {"allOf": [content["schema"], named]}
    content["example"] = example_of(type)
    operation["security"] = []
    operation["responses"] = {"2XX": {"description": "Taken; any other answer is tried again later."}}


def example_of(type: str) -> dict[str, Any]:
    """An event as a receiver gets it: made by the code that makes the real ones."""
    of_application = type not in _OF_NO_APPLICATION
    row = {
        "id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a06",
        "type": type,
        "occurred_at": datetime(2026, 11, 13, 1, 30, 2, tzinfo=UTC),
        "application_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a07" if of_application else None,
        "sequence": 12 if of_application else None,
        "data": _DATA[type],
    }
    return envelope(row)
