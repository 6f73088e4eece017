"""Canonical records: the common form to which connectors translate the objects of every CRM before the import."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

UNDATED = datetime(1970, 1, 2, tzinfo=UTC)
"""The version of a record that is only mentioned inside another and has no time of change.

Such a record is created if it is new and never replaces a dated version.
"""
Kind = Literal[
    "organisation",
    "client_contact",
    "candidate",
    "job",
    "application",
    "interview",
    "activity",
    "check",
    "milestone",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of the CRM. A field that is None was not sent and keeps its present value.

    `id` and every reference are the CRM's own ids. `version` is when the CRM last changed the record: an older version
    changes nothing.
    """

    id: str
    version: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Record):
    """An organisation that hires: the agency's client and the employer."""

    name: str
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientContact(Record):
    """A contact person at a client organisation.

    A new one without `organisation_id` belongs to the connection's own organisation.
    """

    name: str
    organisation_id: str | None = None
    email: str | None = None
    phone: str | None = None
    role: Literal["hiring_manager", "interviewer", "hr", "other"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Record):
    """A candidate: a person who applies for jobs."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Record):
    """A vacancy.

    A new one without `organisation_id` belongs to the connection's own organisation, as in an employer's ATS.
    """

    title: str
    organisation_id: str | None = None
    hiring_manager_id: str | None = None
    status: Literal["open", "on_hold", "filled", "closed"] | None = None
    status_at: datetime | None = None
    """When the job's status began. If the CRM gives no time, this is None and `version` is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The CRM's status of an application: its id, its label for recruiters, and since when it holds.

    A value that starts with `@` is a signal that the CRM itself defines, such as `@hired`.

    If several statuses are known, the one in the newest `version` of the application counts; `at` only dates the move.
    The status after a withdrawn rejection therefore counts, although it was entered before the rejection.
    """

    value: str
    label: str | None = None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Record):
    """The application of one candidate for one job.

    `recruiter_email` is the email of the recruiter, if the CRM has one.
    """

    candidate_id: str
    job_id: str
    status: Status | None = None
    recruiter_email: str | None = None
    as_of: datetime | None = None
    """When the CRM last changed the content of the payload, for a CRM whose versions can be times of receipt. A payload
    with an older instant than one applied before counts as of that instant, so a late event undoes nothing newer.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview(Record):
    """One interview round. Without `application_id`, `candidate_id` and `job_id` identify the application."""

    starts_at: datetime
    ends_at: datetime
    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None
    booked_at: datetime | None = None
    kind: Literal["phone", "video", "in_person", "panel", "assessment", "other"] | None = None
    status: Literal["scheduled", "completed", "cancelled", "no_show"] | None = None
    status_at: datetime | None = None
    part_of: str | None = None
    """Set for the second and later days of an interview round: the id of the round. A version older than the version of
    the round changes nothing.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One of several applications that a note, call, email or meeting is about."""

    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Record):
    """A note, call, email, message or meeting. The connection's activity map gives its meaning.

    `type` is `<what>: <the CRM's own type>`, such as `note: Client follow-up`. `<what>` alone is one of note, call,
    email, sms, meeting, task. `direction` is `out` if the recruiter spoke or wrote, else `in`. `party` is the other
    side, if the CRM names it. `mark` is set on a note of ours. `also` names further applications, and the activity
    counts for each.
    """

    type: str
    occurred_at: datetime
    text: str | None = None
    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None
    client_contact_id: str | None = None
    organisation_id: str | None = None
    direction: Literal["in", "out"] | None = None
    party: Literal["candidate", "client"] | None = None
    two_way: bool | None = None
    mark: str | None = None
    also: tuple[Subject, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Record):
    """A dated step between the offer and the first day. Without `application_id`, candidate and job name the
    application.

    A version with another `on` moves the first day. It counts from its own `at`, or from its version if `at` is
    unchanged; the former agreement stays in the history. Any other change is a correction.
    """

    kind: Literal[
        "written_offer",
        "resigned",
        "nothing_to_resign",
        "counter_offer",
        "counter_offer_declined",
        "start_agreed",
        "started",
    ]
    at: datetime | None = None
    """When the milestone was reached. If the CRM gives no time, this is None and the `version` of the first import is
    used.
    """
    at_is_day: bool = False
    """True if the CRM gives a whole day for `at`. A day that has begun in some time zone is not in the future."""
    on: date | None = None
    """The first day at work, for `start_agreed` only."""
    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Record):
    """A check of the candidate that is needed before the first day, such as a reference. It holds dates and never a
    result.

    A referee is stored by initials only. `undated` names the steps that the CRM does not date. The first version that
    has reached such a step dates it; a later version keeps that date.
    """

    kind: Literal["reference", "medical", "drug_alcohol", "background", "right_to_work", "licence", "other"]
    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None
    label: str | None = None
    result_from: Literal["recruiter", "client"] | None = None
    asked_at: datetime | None = None
    booked_for: datetime | None = None
    prepared_at: datetime | None = None
    ready_at: datetime | None = None
    result_by: date | None = None
    done_at: datetime | None = None
    cancelled_at: datetime | None = None
    undated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(Record):
    """The deletion of a record in the CRM. `version` is the instant of the deletion."""

    kind: Kind
    parts_from: int | None = None
    """For a round of several days: the number of the first day that is deleted; 1 means the whole round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Record):
    """The merge of a candidate (`id`) into another candidate (`into`), to whom all records of both
    belong from then on.
    """

    into: str


AnyRecord = (
    Organisation
    | ClientContact
    | Candidate
    | Job
    | Application
    | Interview
    | Activity
    | Check
    | Milestone
    | Gone
    | Merged
)
