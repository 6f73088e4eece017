"""Wire shapes of what arrived from a CRM, what became of it, and trying an event without consequences."""

from typing import Annotated, Literal, Required

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from app.connectors.canonical_records import Kind
from app.connectors.ingest.import_context import OutcomeType
from app.kit.field_types import At, Id, In, Out

State = Literal["waiting", "applied", "ignored", "parked"]


class OutcomeOut(TypedDict, total=False):
    """The result for one record of an event."""

    kind: Required[Kind | Literal["word"]]
    """The kind of record. `word`: a word of the CRM that the connector does not know and replaced by a default."""
    external_id: Required[str]
    """The CRM's id of the record; the word itself for a `word`."""
    what: Required[OutcomeType]
    id: Id
    """Keepwarm's id of the record, where it has one."""
    reason: str
    """Why the record was not, or not wholly, applied."""


@with_config(ConfigDict(extra="allow"))
class RecordOut(TypedDict):
    """A canonical record: the translation of one CRM object. Its other fields depend on `record`."""

    record: Literal[
        "Organisation", "ClientContact", "Candidate", "Job", "Application", "Interview", "Activity", "Gone", "Merged"
    ]
    id: str
    """The CRM's id."""
    version: str


class ArrivalOut(Out):
    """An event that arrived from a CRM, and what became of it."""

    id: Id
    type: str
    key: str
    """The system's own key against telling twice."""
    source: Literal["webhook", "poll", "backfill"]
    """How it arrived."""
    arrived_at: At
    occurred_at: At | None
    state: State
    reason: str | None
    """Why it was not, or not wholly, applied; or why it waits."""
    outcome: list[OutcomeOut]
    """The result for each record of the event."""
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
    answer: Literal["accepted", "known", "hello", "refused"]
    """The answer that the sender would receive."""
    type: str | None
    key: str | None
    asks: list[str]
    """The requests to the CRM's API that it would need; they are not made here."""
    ignored: str | None
    """Why nothing, or not everything, comes out of it."""
    records: list[RecordOut]
    """What it says, in canonical records."""
    outcome: list[OutcomeOut]
    """What keeping them would do."""
    waits_for: str | None
    """The thing that it speaks of and that nobody has told of yet."""
