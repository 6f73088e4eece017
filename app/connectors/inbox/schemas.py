"""Schemas of inbound events: their results, their replay, and dry runs."""

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
    """The CRM's id of the record. For a `word`: the word itself."""
    what: Required[OutcomeType]
    """The result for the record."""
    id: Id
    """Keepwarm's id of the record, if the record is stored."""
    reason: str
    """Why the record was not, or not wholly, applied."""


@with_config(ConfigDict(extra="allow"))
class RecordOut(TypedDict):
    """A canonical record: one CRM object, translated to the common form. Its other fields depend on `record`."""

    record: Literal[
        "Organisation", "ClientContact", "Candidate", "Job", "Application", "Interview", "Activity", "Gone", "Merged"
    ]
    id: str
    """The CRM's id of the object."""
    version: str


class InboundEventOut(Out):
    """An event that arrived from a CRM, with its result."""

    id: Id
    type: str
    key: str
    """The idempotency key: the CRM's id of the event, or a digest of its content."""
    source: Literal["webhook", "poll", "backfill"]
    """The way in which the event arrived."""
    arrived_at: At
    occurred_at: At | None
    state: State
    reason: str | None
    """Why the event was not or not completely applied, or why it waits."""
    outcome: list[OutcomeOut]
    """The result for each record of the event."""
    attempts: int
    next_attempt_at: At | None
    settled_at: At | None


class ReplayIn(In):
    """The stored events to apply again."""

    states: Annotated[list[State], Field(min_length=1, max_length=4)] = ["parked", "ignored"]
    since: At | None = None
    """The start of the period of arrival; null: no limit."""
    until: At | None = None
    """The end of the period of arrival; null: no limit."""


class ReplayOut(Out):
    """The number of events that are applied again."""

    replayed: int


class DryRunOut(Out):
    """The result of a dry run: what the request would do if the CRM had sent it. Nothing was changed."""

    signature: str
    """`good`, or what is wrong with the signature."""
    answer: Literal["accepted", "known", "hello", "refused"]
    """The answer that Keepwarm would give to the CRM."""
    type: str | None
    key: str | None
    asks: list[str]
    """The requests to the CRM's API that the translation would need. A dry run does not send them."""
    ignored: str | None
    """Why the event has no records, or not all."""
    records: list[RecordOut]
    """The canonical records of the event."""
    outcome: list[OutcomeOut]
    """The result that importing each record would have."""
    waits_for: str | None
    """The kind and the CRM's id of a record that the event refers to and the CRM has not sent."""
