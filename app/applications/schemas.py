"""API schemas of applications, their assessment, their history and contact checks."""

from typing import Any, Literal

from app.applications.facts.check_schemas import CheckFound
from app.applications.facts.schemas import Channel, Party, Stage
from app.applications.flags.schemas import FlagKindName, SeverityName
from app.candidates.schemas import CandidateId
from app.jobs.schemas import JobId
from app.kit.field_types import At, Day, ExternalRef, Id, In, Out
from app.kit.parent_refs import Referring
from app.rules.action_kinds import ActionKind


class ApplicationIn(Referring):
    """An application: one candidate on one job."""

    candidate_id: CandidateId
    job_id: JobId
    recruiter_id: Id | None = None
    """The recruiter in charge. Default: the recruiter whom the API key belongs to, if any."""
    stage: Stage = "interview_scheduled"
    opened_at: At | None = None
    """Since when the application is in `stage`. Default: now."""
    external_ref: ExternalRef | None = None


class ApplicationChange(In):
    """Changes of an application: its recruiter or its external reference. The stage changes by transitions."""

    recruiter_id: Id | None = None
    external_ref: ExternalRef | None = None


class ApplicationOut(Out):
    """An application and its current state."""

    id: Id
    candidate_id: Id
    job_id: Id
    organisation_id: Id
    recruiter_id: Id | None
    opened_at: At
    opening_stage: Stage
    stage: Stage
    effective_stage: Stage
    """The stage that the facts imply: `interviewed` once the interview has ended, even if no transition is recorded."""
    stage_since: At
    court: Party | None
    """The party that has to act next; null if none has to."""
    court_since: At | None
    created_at: At
    external_ref: ExternalRef | None


class FlagFound(Out):
    """A finding of one rule about an application, with its reason."""

    kind: FlagKindName
    severity: SeverityName
    since: At
    """The instant at which the cause of the flag began."""
    reason: str
    evidence: list[str]
    """The ids of the facts that raised the flag."""
    clears: str
    """The facts that would clear the flag."""
    guidance: str
    """The source on which the rule is based."""


class PromiseFound(Out):
    """The commitment that an action is about."""

    id: Id
    description: str


class ActionFound(Out):
    """A task for the recruiter, with the time from which it may be done and its due time."""

    kind: ActionKind
    opens_at: At
    due_at: At
    reason: str
    prompts: list[str]
    """Things to say or ask during the contact."""
    commitment: PromiseFound | None
    """The commitment that the action is about; null if there is none."""
    check: CheckFound | None
    """The check that the action is about; null if there is none."""


class WindowFound(Out):
    """The follow-up window: the day from which the candidate may ask for news."""

    opens_on: Day
    reason: str
    questions: list[str]


class CourtFound(Out):
    """The party that has to act next, and since when."""

    party: Party | None
    since: At | None


class AssessmentOut(Out):
    """The assessment of one application at one instant."""

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
    """When the assessment changes next without a new fact; null if it never does."""
    note: str
    """A note on which values are those of today rather than those at `as_of`."""


HistoryKind = Literal[
    "opened", "interview_booked", "interview_cancelled", "interview_no_show", "interview_held", "interaction",
    "timeline_revision", "commitment_made", "commitment_kept", "commitment_dropped", "check_asked", "check_booked",
    "check_prepared", "check_ready", "check_done", "check_cancelled", "milestone", "follow_up_waived", "stage_moved",
    "keep_warm_marked", "keep_warm_ended", "job_status",
    "stage_followed", "flag_raised", "flag_changed", "flag_handled", "flag_cleared",
]  # fmt: skip


class HistoryItem(Out):
    """One entry of the history: a fact, a stage move, or a step of a flag."""

    at: At
    type: HistoryKind
    """The kind of entry, such as `interaction` or `flag_raised`."""
    text: str
    """The entry as a sentence."""
    fact_id: Id | None
    voided: bool
    data: dict[str, Any]


class HistoryOut(Out):
    """The history of an application, in the order of its times."""

    application_id: Id
    items: list[HistoryItem]


class ContactCheckOut(Out):
    """The answer to a contact check: whether the contact would raise flags, and what would raise none."""

    verdict: Literal["ok", "wait", "other_channel"]
    """`other_channel`: only the channel is wrong; the contact would raise no flag by one of `channels`."""
    at: At
    until: At | None
    """If the verdict is `wait`: the first time at which the contact would raise no flag. Null if none was found."""
    channels: list[Channel]
    """If the channel is wrong: channels that would raise no flag. This holds at once or, if the verdict is `wait`, from
    `until` on."""
    reasons: list[str]
    """One sentence for each of `flags`: why the contact would raise the flag."""
    flags: list[FlagFound]
    """The flags that the contact would raise or make more severe. `evidence` names earlier facts that count together
    with the contact."""
    note: str | None
    """For an ended application: when the application ended, and which contacts remain possible."""
