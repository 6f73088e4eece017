"""Wire shapes of applications, their assessment, their history as a reader would tell it, and contact checks."""

from typing import Any, Literal

from app.applications.facts.check_schemas import CheckFound
from app.applications.facts.schemas import Channel, Party, Stage
from app.applications.flags.schemas import FlagKindName, SeverityName
from app.candidates.schemas import CandidateId
from app.jobs.schemas import JobId
from app.kit.fields import At, Day, ExternalRef, Id, In, Out
from app.kit.parents import Referring
from app.rules.actions import ActionKind


class ApplicationIn(Referring):
    """One candidate on one job: the unit that moves through stages and is assessed."""

    candidate_id: CandidateId
    job_id: JobId
    recruiter_id: Id | None = None
    """Default: the recruiter whom the key belongs to, if any."""
    stage: Stage = "interview_scheduled"
    opened_at: At | None = None
    """Since when it stands in `stage`. Default: now."""
    external_ref: ExternalRef | None = None


class ApplicationChange(In):
    """What to change of an application. Its stage moves by transitions."""

    recruiter_id: Id | None = None
    external_ref: ExternalRef | None = None


class ApplicationOut(Out):
    """An application and where it stands."""

    id: Id
    candidate_id: Id
    job_id: Id
    organisation_id: Id
    recruiter_id: Id | None
    opened_at: At
    opening_stage: Stage
    stage: Stage
    effective_stage: Stage
    """`interviewed` as soon as the interview has ended, whether or not anybody moved it."""
    stage_since: At
    court: Party | None
    """Who owes the next word."""
    court_since: At | None
    created_at: At
    external_ref: ExternalRef | None


class FlagFound(Out):
    """A finding of one rule, with its reasons."""

    kind: FlagKindName
    severity: SeverityName
    since: At
    """The instant its cause began."""
    reason: str
    evidence: list[str]
    """Ids of the facts it rests on."""
    clears: str
    """What would end it."""
    guidance: str
    """The article it comes from."""


class PromiseFound(Out):
    """The commitment that an action is about."""

    id: Id
    description: str


class ActionFound(Out):
    """What to do, from when it is right, and by when it is due."""

    kind: ActionKind
    opens_at: At
    due_at: At
    reason: str
    prompts: list[str]
    """What to say or ask."""
    commitment: PromiseFound | None
    """Which promise it is about, where it is about one."""
    check: CheckFound | None
    """Which check it is about, where it is about one."""


class WindowFound(Out):
    """When it is right for the candidate to ask."""

    opens_on: Day
    reason: str
    questions: list[str]


class CourtFound(Out):
    """Who owes the next word, and since when."""

    party: Party | None
    since: At | None


class AssessmentOut(Out):
    """Everything the rules say of one application at one instant."""

    application_id: Id
    as_of: At
    policy_version: int
    stage: Stage
    effective_stage: Stage
    stage_since: At
    court: CourtFound
    flags: list[FlagFound]
    actions: list[ActionFound]
    follow_up_window: WindowFound | None
    next_change_at: At | None
    """Until then time alone changes nothing; null: it never will."""
    note: str
    """What was read as it is today rather than as it was."""


HistoryKind = Literal[
    "opened", "interview_booked", "interview_cancelled", "interview_no_show", "interview_held", "interaction",
    "timeline_revision", "commitment_made", "commitment_kept", "commitment_dropped", "check_asked", "check_booked",
    "check_prepared", "check_ready", "check_done", "check_cancelled", "milestone", "follow_up_waived", "stage_moved",
    "keep_warm_marked", "keep_warm_ended", "job_status",
    "stage_followed", "flag_raised", "flag_changed", "flag_handled", "flag_cleared",
]  # fmt: skip


class HistoryItem(Out):
    """One thing that happened."""

    at: At
    what: HistoryKind
    """The kind of entry."""
    told: str
    """One sentence, as a reader would tell it."""
    fact_id: Id | None
    voided: bool
    data: dict[str, Any]


class HistoryOut(Out):
    """Everything that happened on an application, in the order of its times."""

    application_id: Id
    items: list[HistoryItem]


class ContactCheckOut(Out):
    """May this contact be made at `at`?"""

    verdict: Literal["ok", "wait", "other_channel"]
    """`other_channel`: only the channel is wrong. The contact would raise no flag by one of `channels`."""
    at: At
    until: At | None
    """With `wait`: the first time at which the contact would raise no flag; null where none is in sight."""
    channels: list[Channel]
    """Where the channel is wrong: other channels that would raise no flag, at once or, with `wait`, from `until` on."""
    reasons: list[str]
    """A sentence for each of `flags`: what the contact would be or do."""
    flags: list[FlagFound]
    """The flags it would raise or step up. `evidence` names the facts that it would join."""
    note: str | None
    """On an application that has ended: when it ended, and what may still be done."""
