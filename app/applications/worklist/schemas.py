"""API schemas of the worklist and the pipeline."""

from typing import Literal

from app.applications.facts.check_schemas import CheckFound
from app.applications.facts.schemas import Party, Stage
from app.applications.flags.schemas import FlagKindName, SeverityName
from app.applications.schemas import PromiseFound
from app.kit.field_types import At, Day, Id, Out
from app.kit.pagination import Page
from app.organisations.schemas import ContactRole
from app.rules.action_kinds import ActionKind


class Named(Out):
    """The id and the name of a candidate, a job or an organisation."""

    id: Id
    name: str


class WorklistContact(Out):
    """The person to contact, with phone and e-mail address."""

    party: Literal["candidate", "client"]
    """`candidate`: the candidate of this application. `client`: a client contact."""
    id: Id
    """The id of the candidate or the client contact."""
    name: str
    role: ContactRole | None
    """The client contact's role at the organisation; null for a candidate."""
    phone: str | None
    email: str | None


class WorklistItem(Out):
    """One action of a recruiter, with its reason, prompts and the person to contact."""

    id: Id
    kind: ActionKind
    severity: SeverityName | None
    """The highest severity of the open flags that the action answers; null if there is none."""
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
    """The commitment that the action is about; null if there is none."""
    check: CheckFound | None
    """The check that the action is about; null if there is none."""
    interview_id: Id | None
    """The interview that the action is about, if any: use its id to log the follow-up or the debrief."""
    contact: WorklistContact | None
    """The person to contact. At the client this is the hiring manager, else the first interviewer, else the last
    contact. Null if nobody is known, and for an action about the recruiter's own promise."""


class Worklist(Page[WorklistItem]):
    """One page of the actions of a day, by severity (critical, warning, watch, none), then by due time."""

    on: Day
    """The day of the worklist, in the agency's time zone."""


class StageCount(Out):
    """The number of applications in a stage, and the application that has been in the stage longest."""

    stage: Stage
    count: int
    oldest_application_id: Id | None
    oldest_since: At | None


class CardFlag(Out):
    """An active flag of the application on a card of the pipeline."""

    kind: FlagKindName
    severity: SeverityName


class Card(Out):
    """One application in the pipeline."""

    application_id: Id
    stage: Stage
    since: At
    court: Party | None
    """The party that has to act next; null if none has to."""
    candidate: Named
    job: Named
    organisation: Named
    recruiter_id: Id | None
    flags: list[CardFlag]


class Pipeline(Page[Card]):
    """The pipeline: counts by effective stage, and applications as cards, those longest in their stage first."""

    stages: list[StageCount]
