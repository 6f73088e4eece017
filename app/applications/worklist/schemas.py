"""Wire shapes of the worklist and the pipeline."""

from typing import Literal

from app.applications.facts.check_schemas import CheckFound
from app.applications.facts.schemas import Party, Stage
from app.applications.flags.schemas import FlagKindName, SeverityName
from app.applications.schemas import PromiseFound
from app.kit.fields import At, Day, Id, Out
from app.kit.pages import Page
from app.organisations.schemas import ContactRole
from app.rules.actions import ActionKind


class Named(Out):
    """A thing and what people call it."""

    id: Id
    name: str


class WorklistContact(Out):
    """The person to contact, with the means to do so."""

    party: Literal["candidate", "client"]
    """`candidate`: the candidate of this application. `client`: a client contact."""
    id: Id
    """The candidate's or the client contact's."""
    name: str
    role: ContactRole | None
    """What a client contact does at the organisation; null for a candidate."""
    phone: str | None
    email: str | None


class WorklistItem(Out):
    """One thing to do, with everything needed to pick up the phone."""

    id: Id
    kind: ActionKind
    severity: SeverityName | None
    """The highest severity of the open flags that it answers; null where there is none."""
    opens_at: At
    due_at: At
    overdue: bool
    reason: str
    prompts: list[str]
    application_id: Id
    candidate: Named
    job: Named
    organisation: Named
    recruiter_id: Id | None
    commitment: PromiseFound | None
    """Which promise it is about, where it is about one."""
    check: CheckFound | None
    """Which check it is about, where it is about one."""
    interview_id: Id | None
    """Which interview it is about, where it is about one: the one to log the follow-up or the debrief of."""
    contact: WorklistContact | None
    """Whom to contact. At the client: the hiring manager, else the first interviewer, else the contact met last.
    Null where nobody is known, and for a promise of the recruiter's."""


class Worklist(Page[WorklistItem]):
    """One page of the actions of a day: critical, warning, watch, none, and among these the first to fall due."""

    on: Day
    """The day it is for, in the agency's time zone."""


class StageCount(Out):
    """How many stand in a stage, and who has stood there longest."""

    stage: Stage
    count: int
    oldest_application_id: Id | None
    oldest_since: At | None


class CardFlag(Out):
    """A flag on a card."""

    kind: FlagKindName
    severity: SeverityName


class Card(Out):
    """One application on the board."""

    application_id: Id
    stage: Stage
    since: At
    court: Party | None
    """Who owes the next word."""
    candidate: Named
    job: Named
    organisation: Named
    recruiter_id: Id | None
    flags: list[CardFlag]


class Pipeline(Page[Card]):
    """Where everybody stands: counts by effective stage, and the cards, longest in their stage first."""

    stages: list[StageCount]
