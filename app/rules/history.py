"""The facts of one application as frozen values, and `History`, which can be reduced to what was known earlier.

Instants are aware datetimes in UTC; dates lie in the years 1900 to 2199. Ids are opaque. `recorded` is a key that sorts
facts in the order in which they were recorded. It decides only between facts of the same instant.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from operator import attrgetter

from app.rules.calendar import Calendar

CANDIDATE, RECRUITER, CLIENT = "candidate", "recruiter", "client"


@dataclass(frozen=True, slots=True)
class Interaction:
    """One message or talk between two of the three parties.

    The rules ignore `automatic` interactions, such as bulk mail.
    """

    id: str
    at: datetime
    sender: str
    receiver: str
    channel: str
    purpose: str
    two_way: bool = False
    automatic: bool = False
    in_reply_to: str | None = None
    expects_reply: bool | None = None
    interview_id: str | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview. A status other than `scheduled` holds from `status_at`, or from `ends_at` if that is None."""

    id: str
    booked_at: datetime
    starts_at: datetime
    ends_at: datetime
    round: int = 1
    status: str = "scheduled"
    status_at: datetime | None = None

    def status_as_of(self, at: datetime) -> str:
        """Return the status of the interview as known at an instant: `scheduled` until another status applied."""
        if self.status == "scheduled" or (self.status_at or self.ends_at) <= at:
            return self.status
        return "scheduled"


@dataclass(frozen=True, slots=True)
class Revision:
    """A statement about the client's decision date for the job: the dates, the party that made it, and when."""

    id: str
    stated_at: datetime
    stated_by: str
    decision_by: date | None = None
    contact_from: date | None = None
    recorded: str = ""

    @property
    def date_named(self) -> date | None:
        """The later of `decision_by` and `contact_from`, or None if the statement named neither date."""
        if self.decision_by is None or self.contact_from is None:
            return self.decision_by or self.contact_from
        return max(self.decision_by, self.contact_from)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A promise of the candidate, the recruiter or the client. No rule reads the description and no flag repeats it."""

    id: str
    owed_by: str
    made_at: datetime
    due_on: date
    fulfilled_at: datetime | None = None
    cancelled_at: datetime | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A move of the application to another stage, recorded by a person or by a CRM."""

    id: str
    to: str
    at: datetime
    recorded: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """The decision that an interview needs no follow-up."""

    id: str
    interview_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A check before the candidate's first day, such as a reference.

    It holds dates only. A result is never stored, since it can be health data.
    """

    id: str
    kind: str
    result_from: str
    asked_at: datetime
    booked_for: datetime | None = None
    prepared_at: datetime | None = None
    ready_at: datetime | None = None
    result_by: date | None = None
    done_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def ended_at(self) -> datetime | None:
        """The earlier of `done_at` and `cancelled_at`, or None while the check is not ended."""
        if self.done_at is None or self.cancelled_at is None:
            return self.done_at or self.cancelled_at
        return min(self.done_at, self.cancelled_at)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated step between the offer and the first day. `on` is the first day, set for the kind `start_agreed` only."""

    id: str
    kind: str
    at: datetime
    on: date | None = None
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class KeepWarmMark:
    """The recruiter's wish to stay in touch with the candidate of an ended application.

    The last day of the wish is the day before `until`.
    """

    id: str
    at: datetime
    until: date
    ended_at: datetime | None = None
    recorded: str = ""


@dataclass(frozen=True, slots=True)
class OtherContact:
    """An interaction on another application of the same candidate at this agency."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ContactStyle:
    """The wishes of the hiring organisation about contact by candidates."""

    direct_contact: str = "welcome"
    social: str = "discouraged"
    thank_you: str = "direct"


_CLOSED_JOB = frozenset({"filled", "closed"})

_BY_TIME = attrgetter("at", "id")
_BY_RECORDING = attrgetter("at", "recorded", "id")
statement_order = attrgetter("stated_at", "recorded", "id")
"""Sort key of statements about the client's decision date: by `stated_at`, then in the order of recording."""
_BY_ASKING = attrgetter("asked_at", "id")
_BY_ID = attrgetter("id")


@dataclass(frozen=True, slots=True)
class History:
    """All facts of one application, which the rules assess. Facts can be given in any order and are sorted by time."""

    opened_at: datetime
    opening_stage: str
    agency: Calendar
    client: Calendar
    candidate: Calendar
    away: tuple[tuple[date, date], ...] = ()
    style: ContactStyle = field(default_factory=ContactStyle)
    interactions: tuple[Interaction, ...] = ()
    interviews: tuple[Interview, ...] = ()
    revisions: tuple[Revision, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    transitions: tuple[Transition, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    checks: tuple[Check, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    keep_warm: tuple[KeepWarmMark, ...] = ()
    heard_elsewhere: tuple[OtherContact, ...] = ()
    """Messages from the candidate, and talks with the candidate, on the candidate's other applications."""
    contacts_elsewhere: tuple[OtherContact, ...] = ()
    """Interactions between recruiter and candidate on the candidate's other applications."""
    job_status: str = "open"
    job_status_at: datetime | None = None
    """Since when the job has its status. None means since before the application."""

    def __post_init__(self) -> None:
        for name, order in (
            ("interactions", _BY_TIME),
            ("interviews", _BY_ID),
            ("revisions", statement_order),
            ("commitments", _BY_ID),
            ("transitions", _BY_RECORDING),
            ("waivers", _BY_TIME),
            ("checks", _BY_ASKING),
            ("milestones", _BY_RECORDING),
            ("keep_warm", _BY_RECORDING),
            ("heard_elsewhere", _BY_TIME),
            ("contacts_elsewhere", _BY_TIME),
        ):
            facts = getattr(self, name)
            if len(facts) > 1:
                object.__setattr__(self, name, tuple(sorted(facts, key=order)))

    def as_of(self, now: datetime) -> History:
        """Return the history as known at the instant `now`, without later facts.

        Three things have no past: moved interview times, away periods and contact styles are those of today.
        """
        return replace(
            self,
            interactions=tuple(x for x in self.interactions if x.at <= now),
            interviews=tuple(_interview_as_of(x, now) for x in self.interviews if x.booked_at <= now),
            revisions=tuple(x for x in self.revisions if x.stated_at <= now),
            commitments=tuple(_commitment_as_of(x, now) for x in self.commitments if x.made_at <= now),
            transitions=tuple(x for x in self.transitions if x.at <= now),
            waivers=tuple(x for x in self.waivers if x.at <= now),
            checks=tuple(_check_as_of(x, now) for x in self.checks if x.asked_at <= now),
            milestones=tuple(x for x in self.milestones if x.at <= now),
            keep_warm=tuple(_mark_as_of(x, now) for x in self.keep_warm if x.at <= now),
            heard_elsewhere=tuple(x for x in self.heard_elsewhere if x.at <= now),
            contacts_elsewhere=tuple(x for x in self.contacts_elsewhere if x.at <= now),
            job_status=self.job_status if self.job_status_at is None or self.job_status_at <= now else "open",
            job_status_at=self.job_status_at if self.job_status_at is None or self.job_status_at <= now else None,
        )

    def job_closed_at(self, at: datetime) -> datetime | None:
        """Return when the job was filled or closed, or None if the job was neither at the instant `at`."""
        if self.job_status not in _CLOSED_JOB:
            return None
        closed_at = self.job_status_at or self.opened_at
        return closed_at if closed_at <= at else None

    def next_fact_after(self, now: datetime) -> datetime | None:
        """Return the first instant after `now` at which a recorded fact takes effect, or None.

        Clocks differ, so a fact may be dated a little ahead. `next_change_at` of an assessment leaves such facts out,
        so schedule a reassessment for this instant too.
        """
        instants: list[datetime | None] = [
            *(x.at for x in self.interactions),
            *(x.at for x in self.transitions),
            *(x.at for x in self.waivers),
            *(x.at for x in self.heard_elsewhere),
            *(x.at for x in self.contacts_elsewhere),
            *(x.at for x in self.milestones),
            *(at for x in self.checks for at in (x.asked_at, x.prepared_at, x.ready_at, x.done_at, x.cancelled_at)),
            *(at for x in self.keep_warm for at in (x.at, x.ended_at)),
            self.job_status_at,
            *(at for x in self.interviews for at in (x.booked_at, x.status_at)),
            *(x.stated_at for x in self.revisions),
            *(at for x in self.commitments for at in (x.made_at, x.fulfilled_at, x.cancelled_at)),
        ]
        return min((at for at in instants if at is not None and at > now), default=None)


def _interview_as_of(interview: Interview, now: datetime) -> Interview:
    status = interview.status_as_of(now)
    return interview if status == interview.status else replace(interview, status=status, status_at=None)


def _commitment_as_of(commitment: Commitment, now: datetime) -> Commitment:
    return replace(
        commitment,
        fulfilled_at=_known(commitment.fulfilled_at, now),
        cancelled_at=_known(commitment.cancelled_at, now),
    )


def _check_as_of(check: Check, now: datetime) -> Check:
    return replace(
        check,
        prepared_at=_known(check.prepared_at, now),
        ready_at=_known(check.ready_at, now),
        done_at=_known(check.done_at, now),
        cancelled_at=_known(check.cancelled_at, now),
    )


def _mark_as_of(mark: KeepWarmMark, now: datetime) -> KeepWarmMark:
    return replace(mark, ended_at=_known(mark.ended_at, now))


def _known(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is None or at <= now else None
