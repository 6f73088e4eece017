"""The bridge in: rows become a `History`, in one statement, for one application or a thousand."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.models import agency
from app.applications.models import (
    action,
    application,
    commitment,
    flag,
    interaction,
    interview,
    transition,
    waiver,
)
from app.candidates.models import candidate
from app.jobs.models import job, timeline_revision
from app.kit.dialects import json_array
from app.organisations.models import organisation
from app.rules.calendar import calendar
from app.rules.history import (
    Commitment,
    ContactStyle,
    History,
    Interaction,
    Interview,
    Revision,
    Transition,
    Waiver,
    Word,
)
from app.rules.policy import Policy, overlay

Key = tuple[UUID, UUID]
"""(agency id, application id)"""


@dataclass(slots=True)
class Loaded:
    """One application as the rules need it, and what stands in the rows that an assessment may change."""

    key: Key
    history: History
    policy: Policy
    policy_version: int
    row: dict[str, Any]
    flags: list[dict[str, Any]] = field(default_factory=list)
    dismissals: dict[str, set[str]] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)


def load(conn: sa.Connection, keys: Collection[Key]) -> dict[Key, Loaded]:
    """Everything about these applications in one round trip. Voided facts are left out: they never happened."""
    if not keys:
        return {}
    parts: dict[Key, dict[str, list[Any]]] = {key: {} for key in keys}
    for agency_id, application_id, kind, data in conn.execute(_statement(), _parameters(keys)):
        parts[agency_id, application_id].setdefault(kind, []).append(json.loads(data))
    return {key: _loaded(key, found) for key, found in parts.items() if "context" in found}


def _parameters(keys: Collection[Key]) -> dict[str, Any]:
    return {"agency_ids": list({agency_id for agency_id, _ in keys}), "application_ids": [id for _, id in keys]}


@lru_cache(maxsize=1)
def _statement() -> sa.CompoundSelect[Any]:
    """One UNION ALL: a row a fact, its columns folded into one JSON array."""
    agencies = sa.bindparam("agency_ids", expanding=True, type_=application.c.agency_id.type)
    applications = sa.bindparam("application_ids", expanding=True, type_=application.c.id.type)

    def of(table: sa.Table, kind: str, *columns: Any, where: Sequence[sa.ColumnElement[bool]] = ()) -> sa.Select[Any]:
        return sa.select(
            table.c.agency_id,
            table.c.application_id,
            sa.literal_column(f"'{kind}'").label("kind"),
            json_array(*columns).label("data"),
        ).where(table.c.agency_id.in_(agencies), table.c.application_id.in_(applications), *where)

    def told(table: sa.Table) -> list[sa.ColumnElement[bool]]:
        return [table.c.voided_at.is_(None)]

    a, i, c, t, w, r, v = application.c, interaction.c, commitment.c, transition.c, waiver.c, timeline_revision.c, None
    mine = [a.agency_id.in_(agencies), a.id.in_(applications)]
    context = (
        sa.select(
            a.agency_id,
            a.id.label("application_id"),
            sa.literal_column("'context'").label("kind"),
            json_array(
                a.opened_at,
                a.opening_stage,
                a.stage,
                a.effective_stage,
                a.in_progress,
                a.recruiter_id,
                a.event_sequence,
                a.candidate_id,
                a.job_id,
                a.organisation_id,
                agency.c.time_zone,
                agency.c.holiday_region,
                agency.c.policy_version,
                agency.c.policy,
                organisation.c.time_zone,
                organisation.c.holiday_region,
                organisation.c.contact_style,
                organisation.c.policy,
                candidate.c.time_zone,
                candidate.c.holiday_region,
                candidate.c.away,
                job.c.policy,
            ).label("data"),
        )
        .join(agency, agency.c.id == a.agency_id)
        .join(organisation, _same(organisation, a.organisation_id))
        .join(candidate, _same(candidate, a.candidate_id))
        .join(job, _same(job, a.job_id))
        .where(*mine)
    )
    other = application.alias("other")
    words = (
        sa.select(
            a.agency_id,
            a.id.label("application_id"),
            sa.literal_column("'word'").label("kind"),
            json_array(i.id, i.occurred_at).label("data"),
        )
        .join(
            other, sa.and_(other.c.agency_id == a.agency_id, other.c.candidate_id == a.candidate_id, other.c.id != a.id)
        )
        .join(interaction, sa.and_(i.agency_id == other.c.agency_id, i.application_id == other.c.id))
        .where(
            *mine,
            i.voided_at.is_(None),
            sa.not_(i.automatic),
            sa.or_(
                i.from_party == sa.literal_column("'candidate'"),
                sa.and_(i.two_way, i.to_party == sa.literal_column("'candidate'")),
            ),
        )
    )
    revisions = (
        sa.select(
            a.agency_id,
            a.id.label("application_id"),
            sa.literal_column("'revision'").label("kind"),
            json_array(r.id, r.stated_at, r.stated_by, r.decision_by, r.contact_from, r.recorded_at).label("data"),
        )
        .join(timeline_revision, sa.and_(r.agency_id == a.agency_id, r.job_id == a.job_id))
        .where(*mine, r.voided_at.is_(None))
    )
    v = interview.c
    return sa.union_all(
        context,
        of(
            interaction,
            "interaction",
            i.id,
            i.occurred_at,
            i.from_party,
            i.to_party,
            i.channel,
            i.purpose,
            i.two_way,
            i.automatic,
            i.in_reply_to,
            i.expects_reply,
            i.interview_id,
            where=told(interaction),
        ),
        of(interview, "interview", v.id, v.booked_at, v.starts_at, v.ends_at, v.round, v.status, v.status_at),
        of(
            commitment,
            "commitment",
            c.id,
            c.owed_by,
            c.made_at,
            c.due_on,
            c.fulfilled_at,
            c.cancelled_at,
            c.description,
            where=told(commitment),
        ),
        of(transition, "transition", t.id, t.to, t.at, t.reason, t.recorded_at, where=told(transition)),
        of(waiver, "waiver", w.id, w.interview_id, w.waived_at, where=told(waiver)),
        words,
        revisions,
        of(
            flag,
            "flag",
            flag.c.id,
            flag.c.kind,
            flag.c.severity,
            flag.c.since,
            flag.c.evidence,
            flag.c.detail,
            flag.c.steps,
            flag.c.state,
            flag.c.snoozed_until,
            flag.c.dismissed_evidence,
            where=[flag.c.cleared_at.is_(None)],
        ),
        of(flag, "dismissal", flag.c.kind, flag.c.dismissed_evidence, where=[flag.c.dismissed_at.is_not(None)]),
        of(
            action,
            "action",
            action.c.id,
            action.c.kind,
            action.c.subject,
            action.c.opens_at,
            action.c.due_at,
            action.c.detail,
            action.c.hidden_until,
            action.c.recruiter_id,
        ),
    )


def _same(table: sa.Table, id_column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.agency_id == application.c.agency_id, table.c.id == id_column)


def _loaded(key: Key, parts: dict[str, list[Any]]) -> Loaded:
    (
        opened_at, opening_stage, stage, effective_stage, in_progress, recruiter_id, sequence,
        candidate_id, job_id, organisation_id,
        zone, region, policy_version, agency_policy, client_zone, client_region, style, client_policy,
        candidate_zone, candidate_region, away, job_policy,
    ) = parts["context"][0]  # fmt: skip

    def facts(kind: str, build: Callable[..., Any]) -> tuple[Any, ...]:
        return tuple(build(*columns) for columns in parts.get(kind, ()))

    history = History(
        opened_at=_at(opened_at),
        opening_stage=opening_stage,
        agency=calendar(zone, region),
        client=calendar(client_zone or zone, client_region or region),
        candidate=calendar(candidate_zone or zone, candidate_region or region),
        away=tuple((date.fromisoformat(period["from"]), date.fromisoformat(period["to"])) for period in _json(away)),
        style=ContactStyle(**{name: value for name, value in _json(style).items() if name in _STYLE}),
        interactions=facts("interaction", _interaction),
        interviews=facts("interview", _interview),
        revisions=facts("revision", _revision),
        commitments=facts("commitment", _commitment),
        transitions=facts("transition", _transition),
        waivers=facts("waiver", lambda id, interview_id, at: Waiver(id, interview_id, _at(at))),
        heard_elsewhere=facts("word", lambda id, at: Word(id, _at(at))),
    )
    dismissals: dict[str, set[str]] = {}
    for kind, evidence in parts.get("dismissal", ()):
        dismissals.setdefault(kind, set()).update(_json(evidence) or ())
    row = {
        "stage": stage,
        "effective_stage": effective_stage,
        "in_progress": bool(in_progress),
        "recruiter_id": recruiter_id and UUID(recruiter_id),
        "event_sequence": sequence,
        "candidate_id": candidate_id,
        "job_id": job_id,
        "organisation_id": organisation_id,
    }
    policy = _policy(
        *(json.dumps(_json(level), sort_keys=True) for level in (agency_policy, client_policy, job_policy))
    )
    return Loaded(
        key,
        history,
        policy,
        policy_version,
        row,
        [_flag(*columns) for columns in parts.get("flag", ())],
        dismissals,
        [_action(*columns) for columns in parts.get("action", ())],
    )


_STYLE = ("direct_contact", "social", "thank_you")


@lru_cache(maxsize=4096)
def _policy(*levels: str) -> Policy:
    return overlay(*(json.loads(level) for level in levels))


def _json(value: Any) -> Any:
    """A document inside the array: PostgreSQL nests it, SQLite hands over its text."""
    return json.loads(value) if isinstance(value, str) else value


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _maybe_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _interaction(
    id: str,
    at: str,
    sender: str,
    receiver: str,
    channel: str,
    purpose: str,
    two_way: Any,
    automatic: Any,
    in_reply_to: str | None,
    expects_reply: Any,
    interview_id: str | None,
) -> Interaction:
    return Interaction(
        id,
        _at(at),
        sender,
        receiver,
        channel,
        purpose,
        bool(two_way),
        bool(automatic),
        in_reply_to,
        None if expects_reply is None else bool(expects_reply),
        interview_id,
    )


def _interview(
    id: str, booked_at: str, starts_at: str, ends_at: str, round: int, status: str, status_at: str | None
) -> Interview:
    return Interview(id, _at(booked_at), _at(starts_at), _at(ends_at), round, status, _maybe_at(status_at))


def _revision(
    id: str, stated_at: str, stated_by: str, decision_by: str | None, contact_from: str | None, recorded_at: str
) -> Revision:
    return Revision(
        id, _at(stated_at), stated_by, _maybe_day(decision_by), _maybe_day(contact_from), f"{recorded_at} {id}"
    )


def _commitment(
    id: str,
    owed_by: str,
    made_at: str,
    due_on: str,
    fulfilled_at: str | None,
    cancelled_at: str | None,
    description: str,
) -> Commitment:
    return Commitment(
        id,
        owed_by,
        _at(made_at),
        date.fromisoformat(due_on),
        _maybe_at(fulfilled_at),
        _maybe_at(cancelled_at),
        description,
    )


def _transition(id: str, to: str, at: str, reason: str | None, recorded_at: str) -> Transition:
    return Transition(id, to, _at(at), f"{recorded_at} {id}", reason)


def _flag(
    id: str,
    kind: str,
    severity: str,
    since: str,
    evidence: Any,
    detail: Any,
    steps: Any,
    state: str,
    snoozed_until: str | None,
    dismissed_evidence: Any,
) -> dict[str, Any]:
    return {
        "id": UUID(id),
        "kind": kind,
        "severity": severity,
        "since": _at(since),
        "evidence": _json(evidence),
        "detail": _json(detail),
        "steps": _json(steps),
        "state": state,
        "snoozed_until": _maybe_at(snoozed_until),
        "dismissed_evidence": _json(dismissed_evidence) or [],
    }


def _action(
    id: str,
    kind: str,
    subject: str,
    opens_at: str,
    due_at: str,
    detail: Any,
    hidden_until: str | None,
    recruiter_id: str | None,
) -> dict[str, Any]:
    return {
        "id": UUID(id),
        "kind": kind,
        "subject": subject,
        "opens_at": _at(opens_at),
        "due_at": _at(due_at),
        "detail": _json(detail),
        "hidden_until": _maybe_at(hidden_until),
        "recruiter_id": recruiter_id and UUID(recruiter_id),
    }
