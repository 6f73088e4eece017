"""API schemas of jobs and of their hiring timelines."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.kit.field_types import At, Day, ExternalRef, Id, In, Line, Note, Out
from app.kit.parent_refs import Referring, Refers
from app.organisations.schemas import ClientContactId, OrganisationId

JobStatus = Literal["open", "on_hold", "filled", "closed"]
JobId = Annotated[Id, Refers("job")]
"""The id of a job, or a reference to it in another system."""
Party = Literal["client", "recruiter", "candidate"]
Confidence = Literal["low", "medium", "high"]
_CONTENT_FIELDS = ("decision_by", "contact_from", "next_step", "start_by", "note")
_ANY_CONTENT: list[Any] = [{"required": [name], "properties": {name: {"type": "string"}}} for name in _CONTENT_FIELDS]


class JobIn(Referring):
    """A new job: a vacancy at an organisation."""

    title: Line
    organisation_id: OrganisationId
    hiring_manager_id: ClientContactId | None = None
    """The hiring manager: a client contact at the job's organisation."""
    status: JobStatus = "open"
    status_at: At | None = None
    """Since when the job has this status. Default: the time of recording. It must not be in the future."""
    external_ref: ExternalRef | None = None


class JobChange(Referring):
    """Changes of a job. Fields left out keep their values; null resets a field. A job stays with its organisation."""

    # Optional but not nullable: the defaults are never read.
    title: Line = Field(default_factory=str)
    status: JobStatus = Field(default_factory=lambda: "open")
    status_at: At | None = None
    """Since when the job has this status. Default: now if the change closes, opens or holds the job, else unchanged. A
    change from `filled` to `closed` is no new closing."""
    hiring_manager_id: ClientContactId | None = None
    external_ref: ExternalRef | None = None


class JobOut(Out):
    """A job: a vacancy at an organisation."""

    id: Id
    title: str
    organisation_id: Id
    hiring_manager_id: Id | None
    status: JobStatus
    status_at: At
    """Since when the job has this status."""
    external_ref: ExternalRef | None
    created_at: At


class TimelineRevisionIn(In):
    """A statement about when a job will be decided. Needs a date, a next step, a start or a note."""

    model_config = ConfigDict(json_schema_extra={"anyOf": _ANY_CONTENT})

    stated_at: At | None = None
    """When the statement was made. Default: now. It must not be in the future."""
    stated_by: Party
    """Who made the statement. A candidate's statement counts only if client and recruiter named no date."""
    decision_by: Day | None = None
    """The day by which the client said it would decide."""
    contact_from: Day | None = None
    """The day from which the client wants to be contacted."""
    next_step: Note | None = None
    start_by: Day | None = None
    """The day on which the client wants the new employee to start."""
    confidence: Confidence | None = None
    note: Note | None = None
    external_ref: ExternalRef | None = None

    @model_validator(mode="after")
    def _has_content(self) -> Self:
        if all(getattr(self, name) is None for name in _CONTENT_FIELDS):
            raise ValueError(f"give at least one of {', '.join(_CONTENT_FIELDS)}")
        return self


class TimelineRevisionPut(Referring, TimelineRevisionIn):
    """A statement about when a job will be decided, to create or update by its id in another system. Names the job."""

    job_id: JobId


class TimelineRevisionOut(Out):
    """A statement about when a job will be decided. A voided statement has no effect."""

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
    """The reason for voiding a statement about when a job will be decided."""

    reason: Line


class TimelineEntry(TimelineRevisionOut):
    """A timeline revision, with how far it postponed the decision."""

    slip: int | None
    """Business days by which this revision postponed the decision date stated before; null if there is nothing to
    compare."""


class TimelineOut(Out):
    """A job's hiring timeline as of now. Business days are those of the client's calendar."""

    job_id: Id
    current: TimelineEntry | None
    """The current revision of the job: the latest revision that names a date. Candidates' statements count last. An
    application can treat the revision as stale, if its last interview ended after the revision's date: see its
    assessment."""
    date: Day | None
    """The later of the current revision's `decision_by` and `contact_from`."""
    first_decision_by: Day | None
    slip: int | None
    """Business days from the job's first `decision_by` to the current one; 0 when the date was brought forward."""
    revisions: list[TimelineEntry]
    """All revisions in the order in which they were stated, voided revisions included."""
