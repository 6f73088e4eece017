"""Canonical records: what every CRM's own words are translated to, before anything is kept."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

UNDATED = datetime(1970, 1, 2, tzinfo=UTC)
"""The version of a record that is only mentioned inside another and has no time of change of its own.

It fills a gap and outdates nothing.
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
    """A thing as the CRM tells of it. A field that is None was not told and stays as it is known.

    `id` is the CRM's own; every reference to another thing is the CRM's id of that thing. `version` is when the CRM
    last changed it: what is older than what is known changes nothing.
    """

    id: str
    version: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation(Record):
    """The agency's client, the employer."""

    name: str
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientContact(Record):
    """A person at an organisation; a new one without is at the connection's own (an employer's own ATS)."""

    name: str
    organisation_id: str | None = None
    email: str | None = None
    phone: str | None = None
    role: Literal["hiring_manager", "interviewer", "hr", "other"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Record):
    """The person looking for work."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Record):
    """The vacancy; a new one without an organisation is the connection's own (an employer's own ATS)."""

    title: str
    organisation_id: str | None = None
    hiring_manager_id: str | None = None
    status: Literal["open", "on_hold", "filled", "closed"] | None = None
    status_at: datetime | None = None
    """When the status began; None where the CRM does not say: then `version` stands for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Where the CRM says an application stands: its own id of the status, what recruiters read, and since when.

    A value that starts with `@` is a signal whose meaning the system itself defines, such as `@hired`. Of several
    statuses the one whose application has the newest `version` stands, whatever `at` says: a rejection that was taken
    back leads to a stage that was entered before it. `at` dates the move.
    """

    value: str
    label: str | None = None
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Record):
    """One candidate on one job. `recruiter_email` says whose it is, where the CRM knows."""

    candidate_id: str
    job_id: str
    status: Status | None = None
    recruiter_email: str | None = None
    as_of: datetime | None = None
    """When the CRM last changed what the payload shows, for a CRM some of whose versions are arrivals. A payload older
    than one applied before counts as of this instant, so that a late or repeated event undoes nothing newer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview(Record):
    """One round. Where `application_id` is None, candidate and job name the application."""

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
    """The round whose later day this is, by its id. A version older than the round's changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One of several applications that an activity is about, named as an activity names its own."""

    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Record):
    """A note, call, email, message or meeting in the CRM; the connection's activity map says what it means.

    `type` is `<what>: <the CRM's own type>`, such as `note: Client follow-up`; `<what>` alone is one of note, call,
    email, sms, meeting, task. `direction` is `out` where the recruiter spoke or wrote, `in` where the other side did.
    `party` is whom it was with, where the CRM tells. `mark` is ours where we wrote it ourselves. `also` names further
    applications that it is about: it counts for each.
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
    """A dated step between the offer and the first day. Where `application_id` is None, candidate and job name it.

    One whose `on` differs from the last version's is a first day that was moved. It counts from its own `at`, or from
    its version where `at` is unchanged; what was agreed before stays in the history. Anything else is a correction.
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
    """When it happened; None where the CRM does not say: then the first version dates it."""
    at_is_day: bool = False
    """`at` stands for a whole day. A day that has begun somewhere does not lie ahead."""
    on: date | None = None
    """The first day at work, for `start_agreed` only."""
    application_id: str | None = None
    candidate_id: str | None = None
    job_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check(Record):
    """Something to be proved before the first day. It holds dates and never a result; a referee is named by initials.

    `undated` names the steps whose date the CRM does not tell: the first version that has reached one dates it, and a
    later one leaves it.
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
    """A thing that was deleted in the CRM; `version` is when."""

    kind: Kind
    parts_from: int | None = None
    """Set for a round of several days: its days from this number on are gone; 1 means the whole round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged(Record):
    """A candidate (`id`) who turned out to be another one (`into`): what was theirs is the other's from now on."""

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
