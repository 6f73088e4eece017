"""Schemas of applications, their assessment, their history and contact checks."""

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
    """The recruiter in charge. Default: the one whom the key belongs to, if any."""
    stage: Stage = "interview_scheduled"
    opened_at: At | None = None
    """Since when it is in `stage`. Default: now."""
    external_ref: ExternalRef | None = None


class ApplicationChange(In):
    """Changes of an application. Its stage changes by transitions."""

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
    """`interviewed` once the interview has ended, even if no transition is recorded."""
    stage_since: At
    court: Party | None
    """Who has to act next."""
    court_since: At | None
    created_at: At
    external_ref: ExternalRef | None


class FlagFound(Out):
    """A flag raised by one rule, with its reason."""

    kind: FlagKindName
    severity: SeverityName
    since: At
    """The instant at which its cause began."""
    reason: str
    evidence: list[str]
    """The ids of the facts that raised the flag."""
    clears: str
    """The facts that clear it."""
    guidance: str
    """The source of the rule."""


class PromiseFound(Out):
    """The commitment of an action."""

    id: Id
    description: str


class ActionFound(Out):
    """A task for the recruiter, with the time from which it may be done and its due time."""

    kind: ActionKind
    opens_at: At
    due_at: At
    reason: str
    prompts: list[str]
    """Things to say or ask."""
    commitment: PromiseFound | None
    """The id of the commitment that the action is about, if any."""
    check: CheckFound | None
    """The check it is about, if any."""


class WindowFound(Out):
    """The follow-up window: from when the candidate may ask for news."""

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
    """Until then nothing changes without a new fact; null: it never does."""
    note: str
    """Which values are the current ones rather than those at `as_of`."""


HistoryKind = Literal[
    "opened", "interview_booked", "interview_cancelled", "interview_no_show", "interview_held", "interaction",
    "timeline_revision", "commitment_made", "commitment_kept", "commitment_dropped", "check_asked", "check_booked",
    "check_prepared", "check_ready", "check_done", "check_cancelled", "milestone", "follow_up_waived", "stage_moved",
    "keep_warm_marked", "keep_warm_ended", "job_status",
    "stage_followed", "flag_raised", "flag_changed", "flag_handled", "flag_cleared",
]  # fmt: skip


class HistoryItem(Out):
    """One entry of the history."""

    at: At
    type: HistoryKind
    """The kind of entry."""
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
    """The answer to a contact check."""

    verdict: Literal["ok", "wait", "other_channel"]
    """`other_channel`: only the channel is wrong. The contact would raise no flag by one of `channels`."""
    at: At
    until: At | None
    """With `wait`: the first time at which the contact would raise no flag; null if none was found."""
    channels: list[Channel]
    """If the channel is wrong: channels that would raise no flag, at once or, with `wait`, from `until` on."""
    reasons: list[str]
    """One sentence for each of `flags`: what the contact would be or do."""
    flags: list[FlagFound]
    """The flags it would raise or step up. `evidence` names the facts that it would join."""
    note: str | None
    """For an ended application: when it ended, and which contacts remain possible."""
