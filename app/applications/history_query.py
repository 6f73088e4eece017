"""The one SELECT behind a `History`: a row a fact, its kind and its columns folded into one JSON array."""

from collections.abc import Sequence
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
from app.kit.dialects import json_array, wanted
from app.organisations.models import organisation

_CANDIDATE: sa.ColumnElement[str] = sa.literal_column("'candidate'")
_RECRUITER: sa.ColumnElement[str] = sa.literal_column("'recruiter'")


@lru_cache(maxsize=2)
def statement(dialect: str) -> sa.CompoundSelect[Any]:
    """Rows of one text: [kind, agency id, application id, …]. Voided facts are left out: they never happened.

    It takes the keys of the applications as `wanted_keys` gives them, one or a thousand.
    """
    keys = wanted(dialect)
    own = _own(keys)
    elsewhere, marks = _elsewhere(own), keep_warm_mark.c
    i, v, c, t, w = interaction.c, interview.c, commitment.c, transition.c, waiver.c
    k, m = check.c, milestone.c
    return sa.union_all(
        _context(own),
        _facts(
            keys,
            "interaction",
            [
                *(i.id, i.occurred_at, i.from_party, i.to_party, i.channel, i.purpose),
                *(i.two_way, i.automatic, i.in_reply_to, i.expects_reply, i.interview_id),
            ],
            i.voided_at.is_(None),
        ),
        _facts(keys, "interview", [v.id, v.booked_at, v.starts_at, v.ends_at, v.round, v.status, v.status_at]),
        _facts(
            keys,
            "commitment",
            [c.id, c.owed_by, c.made_at, c.due_on, c.fulfilled_at, c.cancelled_at, c.description],
            c.voided_at.is_(None),
        ),
        _facts(keys, "transition", [t.id, t.to, t.at, t.reason, t.recorded_at], t.voided_at.is_(None)),
        _facts(keys, "waiver", [w.id, w.interview_id, w.waived_at], w.voided_at.is_(None)),
        _facts(
            keys,
            "check",
            [
                *(k.id, k.kind, k.result_from, k.asked_at, k.booked_for, k.prepared_at, k.ready_at, k.result_by),
                *(k.done_at, k.cancelled_at),
            ],
            k.voided_at.is_(None),
        ),
        _facts(keys, "milestone", [m.id, m.kind, m.at, m.on, m.recorded_at], m.voided_at.is_(None)),
        _facts(
            keys,
            "mark",
            [marks.id, marks.at, marks.until, marks.ended_at, marks.recorded_at],
            marks.voided_at.is_(None),
        ),
        _words_elsewhere(elsewhere),
        _contacts_elsewhere(elsewhere),
        _revisions(own),
        *_findings(keys),
    )


def _facts(
    keys: sa.CTE, kind: str, columns: Sequence[sa.Column[Any]], *where: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    table = columns[0].table
    mine = sa.and_(table.c.agency_id == keys.c.agency_id, table.c.application_id == keys.c.id)
    return _select(kind, keys.c.agency_id, keys.c.id, columns).join_from(keys, table, mine).where(*where)


def _select(kind: str, agency_id: Any, application_id: Any, columns: Sequence[Any]) -> sa.Select[Any]:
    named: sa.ColumnElement[str] = sa.literal_column(f"'{kind}'")
    return sa.select(json_array(named, agency_id, application_id, *columns).label("fact"))


def _own(keys: sa.CTE) -> sa.CTE:
    """The applications themselves, found first.

    Every table's key begins with the agency. Left to itself, and before it has counted what is in a new database,
    PostgreSQL joins candidates to jobs by the agency alone and looks for the applications last.
    """
    mine = sa.and_(application.c.agency_id == keys.c.agency_id, application.c.id == keys.c.id)
    columns = [column for column in application.c if not column.name.startswith("external_")]
    return sa.select(*columns).join_from(keys, application, mine).cte("own").prefix_with("MATERIALIZED")


def _context(own: sa.CTE) -> sa.Select[Any]:
    at, client, person = own.c, organisation.c, candidate.c
    columns = [
        *(at.opened_at, at.opening_stage, at.stage, at.recruiter_id, at.event_sequence, at.assessed_at),
        *(agency.c.time_zone, agency.c.holiday_region, _text(agency.c.calendar_exceptions)),
        *(agency.c.policy_version, agency.c.policy),
        *(client.time_zone, client.holiday_region, _text(client.calendar_exceptions)),
        *(client.contact_style, client.policy),
        *(person.time_zone, person.holiday_region, person.away, person.erased_at),
        *(job.c.policy, job.c.status, job.c.status_at),
    ]
    # Each is there; an outer join says that none of them is looked for before the application that names it.
    return (
        _select("context", at.agency_id, at.id, columns)
        .join_from(own, agency, agency.c.id == at.agency_id, isouter=True)
        .outerjoin(organisation, _same(organisation, at.agency_id, at.organisation_id))
        .outerjoin(candidate, _same(candidate, at.agency_id, at.candidate_id))
        .outerjoin(job, _same(job, at.agency_id, at.job_id))
    )


def _text(document: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """A JSON column as text: what is made from it is cached by the text."""
    return sa.cast(document, sa.Text)


def _elsewhere(own: sa.CTE) -> sa.CTE:
    """The candidate's other applications: each pair of an application (`id`) and another one (`other_id`)."""
    at, other = own.c, application.alias("other")
    theirs = sa.and_(other.c.agency_id == at.agency_id, other.c.candidate_id == at.candidate_id, other.c.id != at.id)
    # Left to itself, SQLite walks through every interaction of the agency and looks whose it is.
    return (
        sa.select(at.agency_id, at.id, other.c.id.label("other_id"))
        .join_from(own, other, theirs)
        .cte("elsewhere")
        .prefix_with("MATERIALIZED")
    )


def _words_elsewhere(elsewhere: sa.CTE) -> sa.Select[Any]:
    """Select what counts of the candidate elsewhere (rule book, "Contact on other applications")."""
    said = interaction.c
    heard = sa.or_(said.from_party == _CANDIDATE, sa.and_(said.two_way, said.to_party == _CANDIDATE))
    return _said_elsewhere("word", elsewhere).where(heard)


def _contacts_elsewhere(elsewhere: sa.CTE) -> sa.Select[Any]:
    """Contacts between recruiter and candidate on the other applications of one that is kept warm.

    Few applications have a mark, so that the others read nothing here.
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
        _select(kind, pairs.c.agency_id, pairs.c.id, [said.id, said.occurred_at])
        .join_from(pairs, interaction, there)
        .where(said.voided_at.is_(None), sa.not_(said.automatic))
    )


def _revisions(own: sa.CTE) -> sa.Select[Any]:
    at, told = own.c, timeline_revision.c
    columns = [told.id, told.stated_at, told.stated_by, told.decision_by, told.contact_from, told.recorded_at]
    of_job = sa.and_(told.agency_id == at.agency_id, told.job_id == at.job_id)
    return (
        _select("revision", at.agency_id, at.id, columns)
        .join_from(own, timeline_revision, of_job)
        .where(told.voided_at.is_(None))
    )


def _findings(keys: sa.CTE) -> list[sa.Select[Any]]:
    """What earlier assessments left: standing flags, dismissals to remember, and actions."""
    f, a = flag.c, action.c
    standing = [f.id, f.kind, f.severity, f.since, f.evidence, f.detail, f.steps, f.state, f.snoozed_until]
    return [
        _facts(keys, "flag", [*standing, f.dismissed_evidence], f.cleared_at.is_(None)),
        _facts(keys, "dismissal", [f.kind, f.dismissed_evidence], f.dismissed_at.is_not(None)),
        _facts(
            keys,
            "action",
            [
                *(a.id, a.kind, a.subject, a.opens_at, a.due_at, a.detail, a.hidden_until, a.recruiter_id),
                *(a.interview_id, a.urgency),
            ],
        ),
    ]


def _same(table: sa.Table, agency_id: Any, id: Any) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == agency_id, table.c.id == id)
