"""Wire shapes of the worklist and the pipeline."""

from app.applications.facts.schemas import Party, Stage
from app.applications.flags.schemas import FlagKindName, SeverityName
from app.applications.schemas import PromiseFound
from app.kit.fields import At, Day, Id, Out
from app.kit.pages import Page
from app.rules.actions import ActionKind


class Named(Out):
    """A thing and what people call it."""

    id: Id
    name: str


class WorklistItem(Out):
    """One thing to do, with everything needed to pick up the phone."""

    id: Id
    kind: ActionKind
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


class Worklist(Page[WorklistItem]):
    """One page of the actions of a day, the most urgent first."""

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
