"""Schemas of the write-back settings, of proposed stage moves, and of events written into the CRM."""

from typing import Literal

from app.applications.facts.schemas import Stage
from app.kit.field_types import At, Id, In, Out, YesNo
from app.webhooks.event_types import EventType

MoveState = Literal["proposed", "approved", "declined", "moved", "failed"]


class WriteBack(In):
    """The kinds of notes that Keepwarm writes into the CRM; none until they are turned on. Never a message to a
    candidate or a client."""

    flags: YesNo = False
    """Flags that are raised and cleared, as notes on the candidate."""
    follow_ups: YesNo = False
    """Follow-ups that were logged in Keepwarm, as notes."""
    as_tasks: YesNo = False
    """Raised flags as tasks, where the CRM has tasks."""
    least_severity: Literal["watch", "warning", "critical"] = "warning"
    """The least severity of the flags that are written."""
    propose_moves: YesNo = False
    """Propose a stage move in the CRM when the application's stage changed here. It is made only after a recruiter
    approved it."""


class StageMoveOut(Out):
    """A stage move of an application in the CRM. It waits until a recruiter approves it: moving a stage can send mail
    to candidates."""

    id: Id
    connection_id: Id
    application_id: Id
    stage: Stage
    """The application's stage in Keepwarm."""
    status: str
    """The CRM's status for this stage."""
    state: MoveState
    proposed_at: At
    decided_at: At | None
    recruiter_id: Id | None
    """The recruiter who decided; null if the key belongs to no recruiter."""
    moved_at: At | None
    failure: str | None


class WrittenOut(Out):
    """The write-back of one event of Keepwarm into the CRM, with its result."""

    id: Id
    event_id: Id
    type: EventType
    application_id: Id | None
    state: Literal["waiting", "unsure", "delivered", "skipped", "failed"]
    """`unsure`: the CRM did not respond; the note is searched for before it is written again."""
    outcome: str | None
    """The CRM's id of the note or task, or why there is none. `proposed`: a stage move was proposed."""
    delivered_at: At | None
    next_attempt_at: At | None
