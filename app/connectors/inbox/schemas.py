"""Wire shapes of what arrived from a CRM, what became of it, and trying an event without consequences."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.kit.fields import At, Id, In, Out

State = Literal["waiting", "applied", "ignored", "parked"]


class ArrivalOut(Out):
    """An event that arrived from a CRM, and what became of it."""

    id: Id
    type: str
    key: str
    """The system's own key against telling twice."""
    source: str
    """`webhook`, `poll` or `backfill`."""
    arrived_at: At
    occurred_at: At | None
    state: State
    reason: str | None
    """Why it was not, or not wholly, applied; or why it waits."""
    outcome: list[dict[str, Any]]
    """Each thing that it told of: `kind`, `external_id`, `what` became of it, our `id`, and the `reason`."""
    attempts: int
    next_attempt_at: At | None
    settled_at: At | None


class ReplayIn(In):
    """Which kept events to apply again."""

    states: Annotated[list[State], Field(min_length=1, max_length=4)] = ["parked", "ignored"]
    since: At | None = None
    """Only what arrived from then on."""
    until: At | None = None
    """Only what arrived before."""


class ReplayOut(Out):
    """How many events are applied again."""

    replayed: int


class DryRunOut(Out):
    """What a request would do, had it come from the CRM. Nothing was changed."""

    signature: str
    """`good`, or what is wrong with it."""
    answer: str
    """What the sender would be answered: `accepted`, `known`, `hello` or `refused`."""
    type: str | None
    key: str | None
    asks: list[str]
    """The requests to the CRM's API that it would need; they are not made here."""
    ignored: str | None
    """Why nothing, or not everything, comes out of it."""
    records: list[dict[str, Any]]
    """What it says, in canonical records."""
    outcome: list[dict[str, Any]]
    """What keeping them would do."""
    waits_for: str | None
    """The thing that it speaks of and that nobody has told of yet."""
