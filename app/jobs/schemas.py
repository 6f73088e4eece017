"""Wire shapes of jobs and of what is told about their hiring timelines."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.fields import At, Day, ExternalRef, Id, In, Line, Note, Out
from app.kit.parents import Referring, Refers
from app.organisations.schemas import ClientContactId, OrganisationId

JobStatus = Literal["open", "on_hold", "filled", "closed"]
JobId = Annotated[Id, Refers("job")]
"""A job, by its id or by reference."""
Party = Literal["client", "recruiter", "candidate"]
Confidence = Literal["low", "medium", "high"]
_CONTENT_FIELDS = ("decision_by", "contact_from", "next_step", "start_by", "note")
_ANY_CONTENT: list[Any] = [{"required": [name], "properties": {name: {"type": "string"}}} for name in _CONTENT_FIELDS]


class JobIn(Referring):
    """A new job: a vacancy at an organisation."""

    title: Line
    organisation_id: OrganisationId
    hiring_manager_id: ClientContactId | None = None
    """A client contact at the same organisation."""
    status: JobStatus = "open"
    status_at: At | None = None
    """Since when the status holds; the time of recording, if left out. It may lie in the past, not in the future."""
    external_ref: ExternalRef | None = None


class JobChange(Referring):
    """What to change of a job; what is left out stays, null resets. A job stays with its organisation."""

    # These two may be left out and not be null: the defaults are never read.
    title: Line = Field(default_factory=str)
    status: JobStatus = Field(default_factory=lambda: "open")
    status_at: At | None = None
    """Since when the status holds. Left out, it is now where the change closes, opens or holds the job, and stays as it
    was otherwise: from `filled` to `closed` is no new closing."""
    hiring_manager_id: ClientContactId | None = None
    external_ref: ExternalRef | None = None


class JobOut(Out):
    """A job."""

    id: Id
    title: str
    organisation_id: Id
    hiring_manager_id: Id | None
    status: JobStatus
    status_at: At
    """Since when the status holds."""
    external_ref: ExternalRef | None
    created_at: At


class TimelineRevisionIn(In):
    """What was said, and when, about the decision on a job: at least a date, a next step, a start or a note."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _ANY_CONTENT})

    stated_at: At | None = None
    """When it was said; now, if left out. It may lie in the past, not in the future."""
    stated_by: Party
    """Who said it. What only the candidate has heard counts where client and recruiter named no date."""
    decision_by: Day | None = None
    """The day by which the client said it would decide."""
    contact_from: Day | None = None
    """The day from which the client said to get in touch."""
    next_step: Note | None = None
    start_by: Day | None = None
    """The day on which the client wants the person to start."""
    confidence: Confidence | None = None
    note: Note | None = None
    external_ref: ExternalRef | None = None

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if all(getattr(self, name) is None for name in _CONTENT_FIELDS):
            raise ValueError(f"give at least one of {', '.join(_CONTENT_FIELDS)}")
        return self


class TimelineRevisionPut(Referring, TimelineRevisionIn):
    """A timeline revision as another system tells of it."""

    job_id: JobId


class TimelineRevisionOut(Out):
    """What was said, and when, about the decision on a job. A voided revision counts for nothing."""

    id: Id
    job_id: Id
    stated_at: At
    stated_by: Party
    decision_by: Day | None
    contact_from: Day | None
    next_step: str | None
    start_by: Day | None
    confidence: Confidence | None
    note: str | None
    external_ref: ExternalRef | None
    recorded_at: At
    voided_at: At | None
    void_reason: str | None


class TimelineRevisionVoid(In):
    """Why a revision was wrong."""

    reason: Line


class TimelineEntry(TimelineRevisionOut):
    """A revision in its place in the timeline."""

    slip: int | None
    """Business days by which it put off the decision named before it; null where there is nothing to compare."""


class TimelineOut(Out):
    """A job's hiring timeline as told up to now, on the client's calendar."""

    job_id: Id
    current: TimelineEntry | None
    """The revision that stands, before any application is looked at: one whose last interview ended after the
    revision's date takes it for outdated, and says so in its own assessment."""
    date: Day | None
    """The later of the current revision's `decision_by` and `contact_from`."""
    first_decision_by: Day | None
    slip: int | None
    """Business days from the job's first `decision_by` to the current one; 0 when it was brought forward."""
    revisions: list[TimelineEntry]
    """Every revision in the order in which it was said, voided ones too."""
