"""The types of the events that Keepwarm sends to webhook endpoints, such as `flag.raised`."""

from typing import Literal, get_args

EventType = Literal[
    "flag.raised",
    "flag.changed",
    "flag.cleared",
    "application.stage_changed",
    "follow_up.logged",
    "follow_up.missed",
    "timeline.revised",
    "timeline.overdue",
    "commitment.overdue",
    "candidate.erased",
    "endpoint.disabled",
    "connection.unhealthy",
]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)

TEST: Literal["endpoint.test"] = "endpoint.test"
"""The type of a test event. Endpoints cannot subscribe to it."""

AnyEventType = Literal[EventType, "endpoint.test"]
"""Every type of event that an endpoint can receive: those to subscribe to, and the test event."""
