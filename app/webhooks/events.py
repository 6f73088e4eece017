"""The payloads of outgoing events, a class for each type: ids, kinds and instants, never personal data.

An event is emitted by its payload, `emit(work, EndpointDisabled(…))`. The OpenAPI document renders the same classes.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, PlainSerializer, WithJsonSchema

from app.kit.field_types import At, Id, Out
from app.rules.flags import FlagKind, Severity
from app.rules.stages import STAGES
from app.webhooks.event_types import AnyEventType


def _one_of(values: Iterable[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """Return two annotations for a text field that accept only these values and list them in the JSON schema.

    An enumeration as the type itself would add a second schema to the OpenAPI document, beside the shared one.
    """
    allowed = [str(value) for value in values]

    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return str(text)

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": allowed})


FlagState = Literal["open", "acknowledged", "snoozed", "dismissed", "cleared"]
"""The states of a flag."""
_Kind = Annotated[str, *_one_of(FlagKind)]
_Severity = Annotated[str, *_one_of(Severity)]
_Stage = Annotated[str, *_one_of(STAGES)]
# Receivers have always got these instants with the offset `+00:00`, and `stated_at` with `Z`.
_Instant = Annotated[
    AwareDatetime,
    PlainSerializer(datetime.isoformat, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Payload(Out):
    """The data of an event. The envelope adds the event's id, type, time and application."""

    model_config = ConfigDict(populate_by_name=True)

    type: ClassVar[AnyEventType]

    def data(self) -> dict[str, Any]:
        """Convert the payload to the JSON object that is stored and sent."""
        return self.model_dump(mode="json", by_alias=True)


class FlagEvent(Payload):
    """A flag as it was at the time of the event. The reasons of the flag are read with `GET /v1/flags/{id}`."""

    flag_id: Id
    kind: _Kind
    severity: _Severity
    state: FlagState
    since: _Instant


class FlagRaised(FlagEvent):
    """A flag was raised on an application."""

    type = "flag.raised"


class FlagChanged(FlagEvent):
    """A flag's severity changed, or a dismissed flag is open again because of a new fact."""

    type = "flag.changed"


class FlagCleared(FlagEvent):
    """A flag was cleared, because its reason no longer exists."""

    type = "flag.cleared"


class Missed(Payload):
    """A missed deadline: the flag that was raised for it, and the facts as evidence."""

    flag_id: Id
    severity: _Severity
    since: _Instant
    evidence: list[Id]


class FollowUpMissed(Missed):
    """The follow-up with the hiring manager did not happen on the day it was due."""

    type = "follow_up.missed"


class TimelineOverdue(Missed):
    """The day passed by which the organisation wanted to decide."""

    type = "timeline.overdue"


class CommitmentOverdue(Missed):
    """A commitment is overdue."""

    type = "commitment.overdue"


class StageChanged(Payload):
    """An application moved to another stage, by a recruiter, a CRM or a fact."""

    type = "application.stage_changed"

    from_: _Stage = Field(alias="from")
    to: _Stage
    at: _Instant


class FollowUpLogged(Payload):
    """A recruiter followed up with the hiring manager after an interview."""

    type = "follow_up.logged"

    interview_id: Id | None
    """The interview that the follow-up is about; null if none was named."""
    interaction_id: Id
    reached: bool
    occurred_at: _Instant


class TimelineRevised(Payload):
    """A timeline revision of a job was recorded, changed or voided."""

    type = "timeline.revised"

    timeline_revision_id: Id
    job_id: Id
    stated_at: At
    change: Literal["recorded", "changed", "voided"]


class CandidateErased(Payload):
    """A candidate was erased at their request. Erase your own data about them too."""

    type = "candidate.erased"

    candidate_id: Id


class EndpointDisabled(Payload):
    """A webhook endpoint was disabled: it answered 410, or all attempts failed for 120 hours."""

    type = "endpoint.disabled"

    endpoint_id: Id
    reason: str


class EndpointTested(Payload):
    """A test event, sent to the tested endpoint only, for any subscribed types."""

    type = "endpoint.test"

    endpoint_id: Id


class ConnectionUnhealthy(Payload):
    """A CRM has suspended its webhooks, or its requests have failed for a while."""

    type = "connection.unhealthy"

    connection_id: Id
    status: Literal["suspended", "failing"]


PAYLOADS: tuple[type[Payload], ...] = (
    FlagRaised,
    FlagChanged,
    FlagCleared,
    StageChanged,
    FollowUpLogged,
    FollowUpMissed,
    TimelineOverdue,
    CommitmentOverdue,
    CandidateErased,
    EndpointDisabled,
    EndpointTested,
    ConnectionUnhealthy,
    TimelineRevised,
)
"""The payload classes of all events, in the order of the OpenAPI document."""
