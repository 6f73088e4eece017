"""The SELECT that reads the facts of applications for a `History`, each row as one JSON array."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.access.models import agency
from app.applications.models import (
    action,
    application,
    check,
    commitment,
    flag,
    interaction,
    interview,
    keep_warm_mark,
    milestone,
    transition,
    waiver,
)
from app.candidates.models import candidate
from app.jobs.models import job, timeline_revision
from app.kit.dialects import json_array, requested_keys_cte
from app.organisations.models import organisation

_CANDIDATE: sa.ColumnElement[str] = sa.literal_column("'candidate'")
_RECRUITER: sa.ColumnElement[str] = sa.literal_column("'recruiter'")


Fields = Mapping[str, sa.ColumnElement[Any]]
"""A mapping from field names of a fact to the table columns that fill them."""


def _text(document: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Cast a JSON column to text, because the loader uses its value as the key of a cache."""
    return sa.cast(document, sa.Text)


def _same_names(table: sa.Table, *names: str) -> Fields:
    return {name: table.c[name] for name in names}


FIELDS: Mapping[str, Fields] = {
    "context": {
        **_same_names(
            application, "opened_at", "opening_stage", "stage", "recruiter_id", "event_sequence", "assessed_at"
        ),
        "zone": agency.c.time_zone,
        "region": agency.c.holiday_region,
        "exceptions": _text(agency.c.calendar_exceptions),
        "policy_version": agency.c.policy_version,
        "agency_policy": agency.c.policy,
        "client_zone": organisation.c.time_zone,
        "client_region": organisation.c.holiday_region,
        "client_exceptions": _text(organisation.c.calendar_exceptions),
        "style": organisation.c.contact_style,
        "client_policy": organisation.c.policy,
        "candidate_zone": candidate.c.time_zone,
        "candidate_region": candidate.c.holiday_region,
        "away": candidate.c.away,
        "erased_at": candidate.c.erased_at,
        "job_policy": job.c.policy,
        "job_status": job.c.status,
        "job_status_at": job.c.status_at,
    },
    "interaction": {
        "id": interaction.c.id,
        "at": interaction.c.occurred_at,
        "sender": interaction.c.from_party,
        "receiver": interaction.c.to_party,
        **_same_names(
            interaction,
            *("channel", "purpose", "two_way", "automatic", "in_reply_to", "expects_reply", "interview_id"),
        ),
    },
    "interview": _same_names(interview, "id", "booked_at", "starts_at", "ends_at", "round", "status", "status_at"),
    "commitment": _same_names(
        commitment, "id", "owed_by", "made_at", "due_on", "fulfilled_at", "cancelled_at", "description"
    ),
    "transition": _same_names(transition, "id", "to", "at", "reason", "recorded_at"),
    "waiver": {"id": waiver.c.id, "interview_id": waiver.c.interview_id, "at": waiver.c.waived_at},
    "check": _same_names(
        check,
        *("id", "kind", "result_from", "asked_at", "booked_for", "prepared_at", "ready_at", "result_by"),
        *("done_at", "cancelled_at"),
    ),
    "milestone": _same_names(milestone, "id", "kind", "at", "on", "recorded_at"),
    "mark": _same_names(keep_warm_mark, "id", "at", "until", "ended_at", "recorded_at"),
    "word": {"id": interaction.c.id, "at": interaction.c.occurred_at},
    "contact": {"id": interaction.c.id, "at": interaction.c.occurred_at},
    "revision": _same_names(
        timeline_revision, "id", "stated_at", "stated_by", "decision_by", "contact_from", "recorded_at"
    ),
    "flag": _same_names(
        flag,
        *("id", "kind", "severity", "since", "evidence", "detail", "steps", "state", "snoozed_until"),
        "dismissed_evidence",
    ),
    "dismissal": {"kind": flag.c.kind, "evidence": flag.c.dismissed_evidence},
    "action": _same_names(
        action,
        *("id", "kind", "subject", "opens_at", "due_at", "detail", "hidden_until", "recruiter_id"),
        *("interview_id", "urgency"),
    ),
}
"""The fields of each kind of row. The statement selects them in this order, and `named_fields` restores their names."""


def named_fields(row: Sequence[Any]) -> tuple[str, str, str, dict[str, Any]]:
    """Convert one decoded row of the statement to (kind, agency id, application id, values by field name)."""
    kind, agency_id, application_id, *values = row
    return kind, agency_id, application_id, dict(zip(FIELDS[kind], values, strict=True))


@lru_cache(maxsize=2)
def history_statement(dialect: str) -> sa.CompoundSelect[Any]:
    """Return the SELECT of all facts, flags and actions of the applications whose keys are bound as parameters.

    Each row is one JSON array: [kind, agency id, application id, *fields]. Voided facts are left out.
    """
    keys = requested_keys_cte(dialect)
    own = _own(keys)
    elsewhere = _elsewhere(own)
    return sa.union_all(
        _context(own),
        _facts(keys, "interaction", interaction.c.voided_at.is_(None)),
        _facts(keys, "interview"),
        _facts(keys, "commitment", commitment.c.voided_at.is_(None)),
        _facts(keys, "transition", transition.c.voided_at.is_(None)),
        _facts(keys, "waiver", waiver.c.voided_at.is_(None)),
        _facts(keys, "check", check.c.voided_at.is_(None)),
        _facts(keys, "milestone", milestone.c.voided_at.is_(None)),
        _facts(keys, "mark", keep_warm_mark.c.voided_at.is_(None)),
        _messages_elsewhere(elsewhere),
        _contacts_elsewhere(elsewhere),
        _revisions(own),
        _facts(keys, "flag", flag.c.cleared_at.is_(None)),
        _facts(keys, "dismissal", flag.c.dismissed_at.is_not(None)),
        _facts(keys, "action"),
    )


_TABLES: Mapping[str, sa.Table] = {
    "interaction": interaction,
    "interview": interview,
    "commitment": commitment,
    "transition": transition,
    "waiver": waiver,
    "check": check,
    "milestone": milestone,
    "mark": keep_warm_mark,
    "flag": flag,
    "dismissal": flag,
    "action": action,
}
"""The table of each kind of row that belongs directly to an application, by its column `application_id`."""


def _facts(keys: sa.CTE, kind: str, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    table = _TABLES[kind]
    mine = sa.and_(table.c.agency_id == keys.c.agency_id, table.c.application_id == keys.c.id)
    return _select(kind, keys.c.agency_id, keys.c.id).join_from(keys, table, mine).where(*where)


def _select(
    kind: str, agency_id: Any, application_id: Any, columns: Iterable[sa.ColumnElement[Any]] | None = None
) -> sa.Select[Any]:
    named: sa.ColumnElement[str] = sa.literal_column(f"'{kind}'")
    columns = FIELDS[kind].values() if columns is None else columns
    return sa.select(json_array(named, agency_id, application_id, *columns).label("fact"))


def _own(keys: sa.CTE) -> sa.CTE:
    """Return a materialised CTE of the requested applications, so that the database finds them first.

    Every key begins with the agency. Without statistics, PostgreSQL would otherwise join candidates to jobs by the
    agency alone and look for the applications last.
    """
    mine = sa.and_(application.c.agency_id == keys.c.agency_id, application.c.id == keys.c.id)
    columns = [column for column in application.c if not column.name.startswith("external_")]
    return sa.select(*columns).join_from(keys, application, mine).cte("own").prefix_with("MATERIALIZED")


def _context(own: sa.CTE) -> sa.Select[Any]:
    at = own.c
    columns = [
        at[column.name] if getattr(column, "table", None) is application else column
        for column in FIELDS["context"].values()
    ]
    # Every row exists. Outer joins keep the planner from reading another table before the application.
    return (
        _select("context", at.agency_id, at.id, columns)
        .join_from(own, agency, agency.c.id == at.agency_id, isouter=True)
        .outerjoin(organisation, _same(organisation, at.agency_id, at.organisation_id))
        .outerjoin(candidate, _same(candidate, at.agency_id, at.candidate_id))
        .outerjoin(job, _same(job, at.agency_id, at.job_id))
    )


def _elsewhere(own: sa.CTE) -> sa.CTE:
    """Return a CTE of pairs: a requested application (`id`) and another application of its candidate (`other_id`)."""
    at, other = own.c, application.alias("other")
    theirs = sa.and_(other.c.agency_id == at.agency_id, other.c.candidate_id == at.candidate_id, other.c.id != at.id)
    # Without the CTE, SQLite scans every interaction of the agency.
    return (
        sa.select(at.agency_id, at.id, other.c.id.label("other_id"))
        .join_from(own, other, theirs)
        .cte("elsewhere")
        .prefix_with("MATERIALIZED")
    )


def _messages_elsewhere(elsewhere: sa.CTE) -> sa.Select[Any]:
    """Return the SELECT of the candidate's interactions on other applications that count for the requested application.

    The rule book, "Contact on other applications", says which interactions count.
    """
    said = interaction.c
    heard = sa.or_(said.from_party == _CANDIDATE, sa.and_(said.two_way, said.to_party == _CANDIDATE))
    return _said_elsewhere("word", elsewhere).where(heard)


def _contacts_elsewhere(elsewhere: sa.CTE) -> sa.Select[Any]:
    """Return the SELECT of contacts between recruiter and candidate on other applications of the candidate.

    The SELECT reads contacts only for requested applications with a keep-warm mark, which most do not have.
    """
    said, mark, pairs = interaction.c, keep_warm_mark.c, elsewhere.c
    marked = sa.exists().where(
        mark.agency_id == pairs.agency_id, mark.application_id == pairs.id, mark.voided_at.is_(None)
    )
    kept = sa.select(*pairs).where(marked).cte("kept_warm").prefix_with("MATERIALIZED")
    return _said_elsewhere("contact", kept).where(
        sa.or_(
            sa.and_(said.from_party == _RECRUITER, said.to_party == _CANDIDATE),
            sa.and_(said.from_party == _CANDIDATE, said.to_party == _RECRUITER),
        )
    )


def _said_elsewhere(kind: str, pairs: sa.CTE) -> sa.Select[Any]:
    said = interaction.c
    there = sa.and_(said.agency_id == pairs.c.agency_id, said.application_id == pairs.c.other_id)
    return (
        _select(kind, pairs.c.agency_id, pairs.c.id)
        .join_from(pairs, interaction, there)
        .where(said.voided_at.is_(None), sa.not_(said.automatic))
    )


def _revisions(own: sa.CTE) -> sa.Select[Any]:
    at, revision = own.c, timeline_revision.c
    of_job = sa.and_(revision.agency_id == at.agency_id, revision.job_id == at.job_id)
    return (
        _select("revision", at.agency_id, at.id)
        .join_from(own, timeline_revision, of_job)
        .where(revision.voided_at.is_(None))
    )


def _same(table: sa.Table, agency_id: Any, id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == agency_id, table.c.id == id)
