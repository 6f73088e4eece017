"""Request and response schemas of webhook endpoints, deliveries and attempts."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.kit.field_types import At, Id, In, Line, Out, YesNo
from app.webhooks.event_types import AnyEventType, EventType

Url = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=20)]
Rate = Annotated[int, Field(ge=1, le=1000, strict=True)]
Concurrency = Annotated[int, Field(ge=1, le=50, strict=True)]
DeliveryState = Literal["waiting", "delivered", "failed"]


class EndpointIn(In):
    """A new webhook endpoint."""

    url: Url
    """An https address on a public host."""
    description: Line | None = None
    event_types: EventTypes | None = None
    """The event types that the endpoint receives. Left out: every type, future ones included."""
    rate_per_second: Rate = 20
    """The most attempts started in a second, by all workers together."""
    concurrency: Concurrency = 5
    """The most attempts running at once. A failing endpoint gets one at a time."""
    paused: YesNo = False
    """True: the endpoint's deliveries wait until it is resumed."""


class EndpointChange(In):
    """Changes of a webhook endpoint. Fields that are left out stay as they are."""

    url: Url = Field(default_factory=str)
    description: Line | None = None
    event_types: EventTypes | None = None
    """The event types that the endpoint receives from now on. Null: every type, future ones included."""
    rate_per_second: Rate = Field(default_factory=int)
    concurrency: Concurrency = Field(default_factory=int)
    paused: YesNo = Field(default_factory=bool)
    """True: deliveries wait. False: waiting deliveries are sent."""
    disabled: YesNo = Field(default_factory=bool)
    """`false` enables an endpoint that Keepwarm disabled, and sends what waits. To stop an endpoint, set `paused`."""


class EndpointSecretOut(Out):
    """A signing secret of a webhook endpoint, without the text of the secret."""

    id: Id
    created_at: At
    ends_at: At | None


class EndpointHealth(Out):
    """The health of a webhook endpoint."""

    status: Literal["ok", "paused", "failing", "throttled", "disabled"]
    success_rate: float | None
    """The successful fraction of the attempts of the last 24 hours; null without attempts."""
    attempts: int
    waiting: int
    succeeded_at: At | None
    failing_since: At | None
    failure: str | None
    throttled_until: At | None
    disabled_at: At | None
    disabled_reason: str | None


class EndpointOut(Out):
    """A webhook endpoint."""

    id: Id
    url: str
    description: str | None
    event_types: list[EventType] | None
    rate_per_second: int
    concurrency: int
    paused: bool
    disabled_reason: str | None
    """Why Keepwarm disabled the endpoint; null if it is enabled."""
    secrets: list[EndpointSecretOut]
    created_at: At


class EndpointMade(Out):
    """A new webhook endpoint with its signing secret, which is shown only in this response."""

    endpoint: EndpointOut
    secret: str


class EndpointSecretIn(In):
    """A signing secret to add to a webhook endpoint."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """How many hours the earlier secrets keep signing beside the new one."""


class EndpointSecretMade(Out):
    """A new signing secret of a webhook endpoint. The text of the secret is shown only in this response."""

    id: Id
    created_at: At
    secret: str


class AttemptOut(Out):
    """One attempt to send an event to a webhook endpoint."""

    number: int
    at: At
    milliseconds: int
    status: int | None
    error: str | None
    """Why there was no response: `timeout`, `unreachable`, `tls`, `protocol` or `refused_url`. `no_secret`: nothing was
    sent, because the signing secrets cannot be opened. `lost`: the attempt began, and the sender ended before it
    recorded a result."""
    answer: str | None
    """The beginning of the response body, at most 4 KiB. Null without a body, or if it was sealed under another secret
    key.
    """


class DeliveryOut(Out):
    """The delivery of one event to one endpoint."""

    id: Id
    event_id: Id
    """The id of the event. It is the same in every attempt, as the header `webhook-id`."""
    type: AnyEventType
    state: DeliveryState
    created_at: At
    settled_at: At | None
    next_attempt_at: At | None
    attempts: list[AttemptOut]


class EventReplayIn(In):
    """The period and the types of the events to replay."""

    since: At
    until: At | None = None
    """The end of the period, itself excluded; null: no end."""
    event_types: EventTypes | None = None
    only_failed: YesNo = False
    """True: of the events that have a delivery, send only those whose delivery failed."""


class EventReplayOut(Out):
    """The result of a replay: the number of events, and where to continue."""

    replayed: int
    continue_since: At | None
    """The `since` of the next call, if there were too many events for one; null if no events are left."""
