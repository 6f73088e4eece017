"""Wire shapes of moves proposed for the CRM, and of what was written there."""

from typing import Literal

from app.applications.facts.schemas import Stage
from app.kit.field_types import At, Id, In, Out, YesNo
from app.webhooks.event_types import EventType

MoveState = Literal["proposed", "approved", "declined", "moved", "failed"]


class WriteBack(In):
    """What Keepwarm writes into the CRM: nothing, until it is turned on. Never a message to a candidate or a client."""

    flags: YesNo = False
    """Flags that are raised and cleared, as notes on the candidate."""
    follow_ups: YesNo = False
    """Follow-ups that were logged in Keepwarm, as notes."""
    as_tasks: YesNo = False
    """Raised flags as tasks, where the CRM has tasks."""
    least_severity: Literal["watch", "warning", "critical"] = "warning"
    """Flags below it are not written."""
    propose_moves: YesNo = False
    """Propose to move the application in the CRM when its stage changed here. Nothing moves before a recruiter approves
    that very move."""


class StageMoveOut(Out):
    """A move of an application in the CRM. It waits until a recruiter approves this very move: moving a stage can send
    mail to candidates."""

    id: Id
    connection_id: Id
    application_id: Id
    stage: Stage
    """Where it stands in Keepwarm."""
    status: str
    """The CRM's word for it."""
    state: MoveState
    proposed_at: At
    decided_at: At | None
    recruiter_id: Id | None
    """Who decided, where the key belongs to a recruiter."""
    moved_at: At | None
    failure: str | None


class WrittenOut(Out):
    """What became of one event that was to be written into the CRM."""

    id: Id
    event_id: Id
    type: EventType
    application_id: Id | None
    state: Literal["waiting", "unsure", "delivered", "skipped", "failed"]
    """`unsure`: the CRM did not answer; the note is searched for before it is written again."""
    outcome: str | None
    """The CRM's id of what was made, or why nothing was."""
    delivered_at: At | None
    next_attempt_at: At | None
