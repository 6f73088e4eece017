"""The tables that can be imported and exported: columns, references, and the use-case that records a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications import models as facts
from app.applications.facts.check_schemas import CheckPut
from app.applications.facts.checks import put_check
from app.applications.facts.interactions import put_interaction
from app.applications.facts.interviews import put_interview
from app.applications.facts.milestone_schemas import MilestonePut
from app.applications.facts.milestones import put_milestone
from app.applications.facts.schemas import InteractionPut, InterviewPut, TransitionPut
from app.applications.facts.stages import put_transition
from app.applications.keep_warm.marks import put_keep_warm_mark
from app.applications.keep_warm.schemas import KeepWarmMarkPut
from app.applications.schemas import ApplicationIn
from app.applications.service import put_application
from app.candidates.models import candidate
from app.candidates.schemas import CandidateIn
from app.candidates.service import put_candidate
from app.jobs.models import job
from app.jobs.schemas import JobIn
from app.jobs.service import put_job
from app.kit.field_types import ExternalRef, In
from app.organisations.models import client_contact, organisation
from app.organisations.schemas import ClientContactPut, OrganisationIn
from app.organisations.service import put_client_contact, put_organisation
from app.spreadsheets.cells import CHOICE, CHOICES, DAY, INSTANT, NUMBER, PERIODS, TEXT, YES_NO, Kind

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the field of the request body that an import fills, and the database field for an export."""

    name: str
    kind: Kind = TEXT
    required: bool = False
    field: Path = ()
    stored: Path = ()

    @property
    def field_path(self) -> Path:
        """The path of the column's value in the request body; by default the column's name."""
        return self.field or (self.name,)

    @property
    def stored_path(self) -> Path:
        """The path of the column's value in a database row; by default the same as `field_path`."""
        return self.stored or self.field_path


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference of a row to another record, by external id or by Keepwarm's id.

    The column `name` has the external id, the column `system` names its system, and the column `id` has Keepwarm's id.
    """

    name: str
    field: str
    table: sa.Table
    required: bool = False
    many: bool = False

    @property
    def system(self) -> str:
        """The name of the column that has the external id's system.

        An empty cell means the system of the row itself.
        """
        return f"{self.name}_system"

    @property
    def id(self) -> str:
        """The name of the column that has Keepwarm's own id of the record."""
        return f"{self.name.removesuffix('s')}_ids" if self.many else f"{self.name}_id"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be imported and exported.

    An imported row is validated as a `shape` (a request body), which `put` records under the row's external reference.
    """

    name: str
    shape: type[In]
    put: Callable[[UnitOfWork, ExternalRef, Any], tuple[Any, bool]]
    stored: sa.Table
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    takes_recruiter: bool = False

    @property
    def exported_columns(self) -> list[str]:
        """The names of the columns of an export, in order."""
        references = [name for reference in self.references for name in (reference.system, reference.name)]
        recruiter = ["recruiter"] if self.takes_recruiter else []
        return ["system", "id", *references, *recruiter, *(column.name for column in self.columns)]

    @property
    def imported_columns(self) -> list[str]:
        """The names of the columns that an import accepts: the exported columns, and columns for Keepwarm's own ids."""
        recruiter = ["recruiter_id"] if self.takes_recruiter else []
        return [*self.exported_columns, *(reference.id for reference in self.references), *recruiter]

    @property
    def parent(self) -> Reference | None:
        """The reference of a row to another row of the same table; None if the table has none."""
        return next((reference for reference in self.references if reference.table is self.stored), None)

    @property
    def ids(self) -> set[str]:
        """The names of the columns that hold ids of records."""
        return {"id", *(name for reference in self.references for name in (reference.name, reference.id))}

    @property
    def lists(self) -> set[str]:
        """The names of the columns that hold lists of ids."""
        return {name for reference in self.references if reference.many for name in (reference.name, reference.id)}

    @property
    def times(self) -> set[str]:
        """The names of the columns that hold times."""
        return {column.name for column in self.columns if column.kind.is_time}

    def required(self) -> Iterator[tuple[str, ...]]:
        """Yield the columns that a file must have. Of a tuple of two names, the file must have at least one."""
        yield ("id",)
        yield from ((reference.name, reference.id) for reference in self.references if reference.required)
        yield from ((column.name,) for column in self.columns if column.required)


_CALENDAR = (Column("time_zone"), Column("holiday_region"))
_APPLICATION = Reference("application", "application_id", facts.application, required=True)

CANDIDATES = Table(
    "candidates",
    CandidateIn,
    put_candidate,
    candidate,
    (Column("name", required=True), Column("email"), Column("phone"), *_CALENDAR, Column("away", PERIODS)),
)
ORGANISATIONS = Table(
    "organisations",
    OrganisationIn,
    put_organisation,
    organisation,
    (
        Column("name", required=True),
        *_CALENDAR,
        Column("direct_contact", CHOICE, field=("contact_style", "direct_contact")),
        Column("social", CHOICE, field=("contact_style", "social")),
        Column("thank_you", CHOICE, field=("contact_style", "thank_you")),
        Column("preferred_channels", CHOICES, field=("contact_style", "preferred_channels")),
        Column("contact_note", field=("contact_style", "note")),
    ),
)
CLIENT_CONTACTS = Table(
    "client-contacts",
    ClientContactPut,
    put_client_contact,
    client_contact,
    (Column("name", required=True), Column("email"), Column("phone"), Column("role", CHOICE, required=True)),
    (Reference("organisation", "organisation_id", organisation, required=True),),
)
JOBS = Table(
    "jobs",
    JobIn,
    put_job,
    job,
    (Column("title", required=True), Column("status", CHOICE), Column("status_at", INSTANT)),
    (
        Reference("organisation", "organisation_id", organisation, required=True),
        Reference("hiring_manager", "hiring_manager_id", client_contact),
    ),
)
APPLICATIONS = Table(
    "applications",
    ApplicationIn,
    put_application,
    facts.application,
    # The stage at the opening. Later moves are rows of `transitions`.
    (Column("stage", CHOICE, stored=("opening_stage",)), Column("opened_at", INSTANT)),
    (
        Reference("candidate", "candidate_id", candidate, required=True),
        Reference("job", "job_id", job, required=True),
    ),
    takes_recruiter=True,
)
INTERVIEWS = Table(
    "interviews",
    InterviewPut,
    put_interview,
    facts.interview,
    (
        Column("starts_at", INSTANT, required=True),
        Column("ends_at", INSTANT, required=True),
        Column("booked_at", INSTANT),
        Column("round", NUMBER),
        Column("kind", CHOICE),
        Column("status", CHOICE),
        Column("status_at", INSTANT),
    ),
    (_APPLICATION, Reference("interviewers", "interviewer_ids", client_contact, many=True)),
)
INTERACTIONS = Table(
    "interactions",
    InteractionPut,
    put_interaction,
    facts.interaction,
    (
        Column("from_party", CHOICE, required=True),
        Column("to_party", CHOICE, required=True),
        Column("channel", CHOICE),
        Column("purpose", CHOICE),
        Column("occurred_at", INSTANT),
        Column("two_way", YES_NO),
        Column("automatic", YES_NO),
        Column("expects_reply", YES_NO),
        Column("summary"),
    ),
    (
        _APPLICATION,
        Reference("in_reply_to", "in_reply_to", facts.interaction),
        Reference("interview", "interview_id", facts.interview),
        Reference("client_contact", "client_contact_id", client_contact),
    ),
)
TRANSITIONS = Table(
    "transitions",
    TransitionPut,
    put_transition,
    facts.transition,
    (
        Column("to", CHOICE, required=True),
        Column("at", INSTANT),
        Column("reason"),
        Column("reopen", YES_NO),
    ),
    (_APPLICATION,),
)
CHECKS = Table(
    "checks",
    CheckPut,
    put_check,
    facts.check,
    (
        Column("kind", CHOICE, required=True),
        Column("label"),
        Column("result_from", CHOICE),
        Column("asked_at", INSTANT),
        Column("booked_for", INSTANT),
        Column("prepared_at", INSTANT),
        Column("ready_at", INSTANT),
        Column("result_by", DAY),
        Column("done_at", INSTANT),
        Column("cancelled_at", INSTANT),
    ),
    (_APPLICATION,),
)
MILESTONES = Table(
    "milestones",
    MilestonePut,
    put_milestone,
    facts.milestone,
    (Column("kind", CHOICE, required=True), Column("at", INSTANT), Column("on", DAY), Column("note")),
    (_APPLICATION,),
)
KEEP_WARM_MARKS = Table(
    "keep-warm-marks",
    KeepWarmMarkPut,
    put_keep_warm_mark,
    facts.keep_warm_mark,
    (Column("at", INSTANT), Column("until", DAY), Column("note"), Column("ended_at", INSTANT)),
    (_APPLICATION,),
)

TABLES = {
    table.name: table
    for table in (
        ORGANISATIONS, CLIENT_CONTACTS, CANDIDATES, JOBS, APPLICATIONS, INTERVIEWS, INTERACTIONS, TRANSITIONS, CHECKS,
        MILESTONES, KEEP_WARM_MARKS,
    )
}  # fmt: skip
"""All tables by name, in the order in which to import them: each table refers only to earlier tables."""
