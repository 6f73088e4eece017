"""Wire shapes of webhook endpoints, their deliveries and attempts."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.kit.fields import At, Id, In, Line, Out, YesNo
from app.webhooks.types import AnyEventType, EventType

Url = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=20)]
Rate = Annotated[int, Field(ge=1, le=1000, strict=True)]
Concurrency = Annotated[int, Field(ge=1, le=50, strict=True)]
DeliveryState = Literal["waiting", "delivered", "failed"]


class EndpointIn(In):
    """Where events are to be sent."""

    url: Url
    """An https address on a public host."""
    description: Line | None = None
    event_types: EventTypes | None = None
    """Left out: every type, those too that are still to come."""
    rate_per_second: Rate = 20
    """The most deliveries begun in a second, by all workers together."""
    concurrency: Concurrency = 5
    """The most deliveries under way at once; while it fails, one after the other."""
    paused: YesNo = False
    """Made paused, it is sent what happens from now on once it goes on."""


class EndpointChange(In):
    """What to change of an endpoint; what is left out stays."""

    url: Url = Field(default_factory=str)
    description: Line | None = None
    event_types: EventTypes | None = None
    """Null: every type."""
    rate_per_second: Rate = Field(default_factory=int)
    concurrency: Concurrency = Field(default_factory=int)
    paused: YesNo = Field(default_factory=bool)
    """Paused, its deliveries wait; afterwards they are sent."""
    disabled: YesNo = Field(default_factory=bool)
    """`false` brings back one that was disabled; what waited is sent. To stop one yourself, pause it."""


class EndpointSecretOut(Out):
    """A secret that signs, without its text."""

    id: Id
    created_at: At
    ends_at: At | None


class EndpointHealth(Out):
    """How an endpoint fares."""

    status: Literal["ok", "paused", "failing", "throttled", "disabled"]
    success_rate: float | None
    """Of the attempts of the last 24 hours; null: there were none."""
    attempts: int
    waiting: int
    succeeded_at: At | None
    failing_since: At | None
    failure: str | None
    throttled_until: At | None
    disabled_at: At | None
    disabled_because: str | None


class EndpointOut(Out):
    """Where events are sent."""

    id: Id
    url: str
    description: str | None
    event_types: list[EventType] | None
    rate_per_second: int
    concurrency: int
    paused: bool
    disabled_because: str | None
    """Why Keepwarm sends to it no longer; null while it does."""
    secrets: list[EndpointSecretOut]
    created_at: At


class EndpointMade(Out):
    """A new endpoint and its secret: shown this once."""

    endpoint: EndpointOut
    secret: str


class EndpointSecretIn(In):
    """A new secret for an endpoint."""

    overlap_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """How long the ones before it still sign beside it."""


class EndpointSecretMade(Out):
    """A new secret: shown this once."""

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
    """Why there was no answer: `timeout`, `unreachable`, `tls`, `protocol` or `refused_url`; `no_secret`: nothing was
    sent, as the signing secrets cannot be opened; `lost`: the attempt was begun and nobody lived to tell of it."""
    answer: str | None
    """The beginning of what was answered, at most 4 KiB. Null too where it was sealed under another secret key."""


class DeliveryOut(Out):
    """One event for one endpoint."""

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
    """Which events to send again, or for the first time."""

    since: At
    until: At | None = None
    """What happened then or later is left alone."""
    event_types: EventTypes | None = None
    only_failed: YesNo = False
    """Leave alone what was delivered."""


class EventReplayOut(Out):
    """How many events are sent, and whether there are more."""

    replayed: int
    continue_since: At | None
    """Where to go on: the `since` of the next call. Null: that was all."""
