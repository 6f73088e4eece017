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
    """Left out: every type, future ones included."""
    rate_per_second: Rate = 20
    """The most attempts started in a second, by all workers together."""
    concurrency: Concurrency = 5
    """The most attempts running at once. A failing endpoint gets one at a time."""
    paused: YesNo = False
    """True: its deliveries wait until the endpoint is resumed."""


class EndpointChange(In):
    """Changes of a webhook endpoint. Fields that are left out stay as they are."""

    url: Url = Field(default_factory=str)
    description: Line | None = None
    event_types: EventTypes | None = None
    """Null: every type."""
    rate_per_second: Rate = Field(default_factory=int)
    concurrency: Concurrency = Field(default_factory=int)
    paused: YesNo = Field(default_factory=bool)
    """True: deliveries wait. False: waiting deliveries are sent."""
    disabled: YesNo = Field(default_factory=bool)
    """`false` enables an endpoint that Keepwarm disabled, and sends what waits. To stop an endpoint, set `paused`."""


class EndpointSecretOut(Out):
    """A signing secret, without its text."""

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
    """A new endpoint with its secret. The secret is shown this once."""

    endpoint: EndpointOut
    secret: str


class EndpointSecretIn(In):
    """A new signing secret of an endpoint."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """How long the earlier secrets keep signing."""


class EndpointSecretMade(Out):
    """A new signing secret. It is shown this once."""

    id: Id
    created_at: At
    secret: str


class AttemptOut(Out):
    """One attempt to deliver an event."""

    number: int
    at: At
    milliseconds: int
    status: int | None
    error: str | None
    """Why there was no response: `timeout`, `unreachable`, `tls`, `protocol` or `refused_url`. `no_secret`: nothing was
    sent, because the signing secrets cannot be opened. `lost`: the attempt began, and the sender ended before it
    recorded a result."""
    answer: str | None
    """The beginning of the response body, at most 4 KiB. Null also if it was sealed under another secret key."""


class DeliveryOut(Out):
    """The delivery of one event to one endpoint."""

    id: Id
    event_id: Id
    """The same in every attempt, as `webhook-id`."""
    type: AnyEventType
    state: DeliveryState
    created_at: At
    settled_at: At | None
    next_attempt_at: At | None
    attempts: list[AttemptOut]


class EventReplayIn(In):
    """The events to replay."""

    since: At
    until: At | None = None
    """The end of the period, excluded; null: no end."""
    event_types: EventTypes | None = None
    only_failed: YesNo = False
    """Skip events that were delivered."""


class EventReplayOut(Out):
    """The result of a replay: the number of events, and where to continue."""

    replayed: int
    continue_since: At | None
    """The `since` of the next call; null if no events are left."""
