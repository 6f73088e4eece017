"""API schemas of the facts of an application: interviews, interactions, commitments, transitions, calls and waivers."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from app.applications.facts.call_notes import CallDetails, Rating
from app.jobs.schemas import TimelineRevisionIn, TimelineRevisionOut
from app.kit.field_types import At, Count, Day, ExternalRef, Id, In, Line, Note, Out, Sentence, YesNo
from app.kit.parent_refs import Referring, Refers
from app.organisations.schemas import ClientContactId

Party = Literal["candidate", "recruiter", "client"]
Channel = Literal[
    "phone",
    "voicemail",
    "email",
    "sms",
    "whatsapp",
    "video",
    "in_person",
    "linkedin",
    "facebook",
    "other_social",
    "portal",
    "other",
]
Purpose = Literal[
    "thank_you",
    "debrief",
    "interview_follow_up",
    "chase",
    "feedback_request",
    "question",
    "answer",
    "information",
    "scheduling",
    "check_in",
    "coaching",
    "offer",
    "unspecified",
]
Stage = Literal[
    "interview_scheduled",
    "interviewed",
    "awaiting_decision",
    "reference_check",
    "screening",
    "offer",
    "accepted",
    "on_hold",
    "placed",
    "rejected",
    "withdrawn",
    "offer_declined",
    "cancelled",
]
InterviewStatus = Literal["scheduled", "completed", "cancelled", "no_show"]
InterviewKind = Literal["phone", "video", "in_person", "panel", "assessment", "other"]
ApplicationId = Annotated[Id, Refers("application")]
"""The id of an application, or a reference to it in another system."""
InterviewId = Annotated[Id, Refers("interview")]
"""The id of an interview, or a reference to it in another system."""
InteractionId = Annotated[Id, Refers("interaction")]
"""The id of an interaction, or a reference to it in another system."""


class Voidable(Out):
    """The fields of a fact that can be voided. A voided fact stays visible and has no effect."""

    voided_at: At | None
    void_reason: str | None


class VoidIn(In):
    """The reason for voiding a fact that was recorded wrongly."""

    reason: Line


class InterviewIn(Referring):
    """An interview of the candidate with the organisation."""

    booked_at: At | None = None
    """When the interview was agreed. Default: now, or `starts_at` if that is earlier."""
    starts_at: At
    ends_at: At
    round: Count | None = None
    """The number of the interview's round. Default: one more than the highest round so far, cancelled interviews not
    counted."""
    kind: InterviewKind = "other"
    status: InterviewStatus = "scheduled"
    status_at: At | None = None
    """Since when the interview has this status. Default: now or `ends_at`, the earlier of the two."""
    interviewer_ids: Annotated[list[ClientContactId], Field(max_length=20)] = []
    external_ref: ExternalRef | None = None


class InterviewChange(Referring):
    """Changes of an interview, such as new times or the outcome."""

    starts_at: At | None = None
    ends_at: At | None = None
    round: Count | None = None
    kind: InterviewKind | None = None
    status: InterviewStatus | None = None
    status_at: At | None = None
    interviewer_ids: Annotated[list[ClientContactId], Field(max_length=20)] | None = None
    external_ref: ExternalRef | None = None


class InterviewPut(InterviewIn):
    """An interview to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId


class InterviewOut(Out):
    """An interview of the candidate with the organisation."""

    id: Id
    application_id: Id
    booked_at: At
    starts_at: At
    ends_at: At
    round: int
    kind: InterviewKind
    status: InterviewStatus
    status_at: At | None
    interviewer_ids: list[Id]
    recorded_at: At
    external_ref: ExternalRef | None


class InteractionIn(Referring):
    """One communication between two of the three parties: candidate, recruiter and client."""

    from_party: Party
    to_party: Party
    channel: Channel = "other"
    purpose: Purpose = "unspecified"
    occurred_at: At | None = None
    """When the communication happened. Default: now."""
    two_way: YesNo = False
    """True if both sides spoke: a connected call or a meeting."""
    automatic: YesNo = False
    """True for an out-of-office reply or a bulk mail. Such an interaction is stored, and no rule reads it."""
    in_reply_to: InteractionId | None = None
    """The earlier interaction that is answered: its id, or its reference in another system."""
    expects_reply: YesNo | None = None
    """Whether an answer is expected. Default: derived from the purpose."""
    interview_id: InterviewId | None = None
    client_contact_id: ClientContactId | None = None
    summary: Note | None = None
    external_ref: ExternalRef | None = None

    @model_validator(mode="after")
    def _two_parties(self) -> "InteractionIn":
        if self.from_party == self.to_party:
            raise ValueError("`from_party` and `to_party` must be two different parties")
        return self


class InteractionPut(InteractionIn):
    """An interaction to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId


class InteractionOut(Voidable):
    """One communication between two of the three parties: candidate, recruiter and client."""

    id: Id
    application_id: Id
    from_party: Party
    to_party: Party
    channel: Channel
    purpose: Purpose
    occurred_at: At
    two_way: bool
    automatic: bool
    in_reply_to: Id | None
    expects_reply: bool | None
    interview_id: Id | None
    client_contact_id: Id | None
    summary: str | None
    details: CallDetails | None
    """The structured notes, if the interaction is a follow-up or a debrief; otherwise null."""
    recorded_at: At
    external_ref: ExternalRef | None


class CommitmentIn(In):
    """A promise that one of the parties made."""

    owed_by: Party
    description: Sentence
    made_at: At | None = None
    """When the commitment was made. Default: now."""
    due_on: Day
    external_ref: ExternalRef | None = None


class CommitmentPut(Referring, CommitmentIn):
    """A commitment to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId
    fulfilled_at: At | None = None
    cancelled_at: At | None = None


class CommitmentChange(In):
    """Changes of a commitment: kept or dropped, a new date, a new text."""

    description: Sentence | None = None
    due_on: Day | None = None
    fulfilled_at: At | None = None
    cancelled_at: At | None = None
    external_ref: ExternalRef | None = None


class CommitmentOut(Voidable):
    """A promise that one of the parties made."""

    id: Id
    application_id: Id
    owed_by: Party
    description: str
    made_at: At
    due_on: Day
    fulfilled_at: At | None
    cancelled_at: At | None
    recorded_at: At
    external_ref: ExternalRef | None


class TransitionIn(In):
    """A move of an application to another stage."""

    to: Stage
    at: At | None = None
    """When the application moved. Default: now."""
    reason: Line | None = None
    """The reason for the move. Required for `rejected`, `withdrawn`, `offer_declined`, `cancelled`, and for
    reopening."""
    reopen: YesNo = False
    """Must be true to move an ended application back to an active stage."""
    external_ref: ExternalRef | None = None


class TransitionPut(Referring, TransitionIn):
    """A stage transition to create by its id in another system, with the application it belongs to."""

    application_id: ApplicationId


class TransitionOut(Voidable):
    """A recorded move of an application to another stage."""

    id: Id
    application_id: Id
    to: Stage
    at: At
    reason: str | None
    reopen: bool
    cause: Literal["api", "crm"]
    """Where the move was recorded: `api` for this API, `crm` for a connected CRM."""
    recorded_at: At
    external_ref: ExternalRef | None


class StageChangeOut(Out):
    """A step of the stage history: a recorded transition, or a move that follows from another fact."""

    stage: Stage
    at: At
    cause: Literal["opened", "told", "follow_up", "interview_booked", "started"]
    fact_id: Id | None


class StageHistoryOut(Out):
    """The recorded transitions of an application, its stage history, and the stages it may move to."""

    items: list[TransitionOut]
    stages: list[StageChangeOut]
    legal_moves: list[Stage]


class CommitmentDuring(In):
    """A promise that a party made during the call."""

    owed_by: Party
    description: Sentence
    due_on: Day


class CallIn(Referring):
    """Fields that a follow-up call and a debrief call have in common."""

    occurred_at: At | None = None
    """When the call took place. Default: now."""
    channel: Channel = "phone"
    reached: YesNo = True
    """True if both sides spoke. False for a voicemail or an email that has no answer yet."""
    client_contact_id: ClientContactId | None = None
    summary: Note | None = None
    commitments: Annotated[list[CommitmentDuring], Field(max_length=20)] = []
    external_ref: ExternalRef | None = None


class TimelineDuring(TimelineRevisionIn):
    """A statement of the organisation, made during the call, about when it will decide."""


class FollowUpIn(CallIn):
    """The recruiter's same-day follow-up call with the hiring manager."""

    enthusiasm_conveyed: YesNo | None = None
    feedback: Note | None = None
    next_step: Note | None = None
    timeline: TimelineDuring | None = None


class FollowUpOut(Out):
    """The records that a follow-up call created: interaction, timeline revision and commitments."""

    interaction: InteractionOut
    timeline_revision: TimelineRevisionOut | None
    commitments: list[CommitmentOut]


class Struggle(In):
    """A question that the candidate found hard, and why."""

    question: Line
    why: Line | None = None


class CompanyFit(In):
    """The candidate's ratings of the organisation, each from 1 (not at all) to 5 (wholly)."""

    fit: Rating | None = None
    growth: Rating | None = None
    culture: Rating | None = None
    values: Rating | None = None
    happy: Rating | None = None


class DebriefIn(CallIn):
    """A debrief call with the candidate: their view of the interview, in structured notes."""

    went_well: Note | None = None
    struggled_with: Annotated[list[Struggle], Field(max_length=20)] = []
    interviewer_reactions: Note | None = None
    learned: Note | None = None
    company_fit: CompanyFit | None = None
    interest: Rating | None = None
    concerns: Note | None = None


class DebriefOut(Out):
    """The records that a debrief call created: the interaction and the commitments."""

    interaction: InteractionOut
    commitments: list[CommitmentOut]


class WaiverIn(In):
    """A waiver: an interview needs no follow-up call by the recruiter."""

    waived_at: At | None = None
    """When the follow-up was waived. Default: now."""
    reason: Line


class WaiverOut(Voidable):
    """A waiver: an interview needs no follow-up call by the recruiter."""

    id: Id
    interview_id: Id
    application_id: Id
    waived_at: At
    reason: str
    recorded_at: At
