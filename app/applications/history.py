"""The bridge in: rows become a `History`, in one statement, for one application or a thousand."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.applications.facts_in_rows import (
    check_fact,
    commitment_fact,
    instant,
    interaction_fact,
    interview_fact,
    keep_warm_fact,
    listed_action,
    maybe_instant,
    milestone_fact,
    revision_fact,
    standing_flag,
    transition_fact,
)
from app.applications.history_query import statement
from app.kit.dialects import wanted_keys
from app.rules.assess import Assessment, assess
from app.rules.calendar import Calendar, calendar, party_calendar
from app.rules.calendar_exceptions import exceptions_from_json
from app.rules.court import NOBODY
from app.rules.history import ContactStyle, History, OtherContact, Waiver
from app.rules.policy import Policy, overlay

Key = tuple[UUID, UUID]
"""(agency id, application id)"""
_STYLE = ("direct_contact", "social", "thank_you")


@dataclass(slots=True)
class Loaded:
    """One application as the rules need it, and what stands in the rows that an assessment may change."""

    key: Key
    history: History
    policy: Policy
    policy_version: int
    row: dict[str, Any]
    erased_at: datetime | None
    """Since when nothing is known of the candidate any more."""
    flags: list[dict[str, Any]] = field(default_factory=list)
    dismissals: dict[str, set[str]] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)

    def assessed(self, at: datetime) -> Assessment:
        """What the rules say as of an instant. About somebody who was erased, nobody owes anything to anybody."""
        found = assess(self.history, self.policy, at)
        if self.erased_at is None or at < self.erased_at:
            return found
        return replace(found, flags=(), actions=(), follow_up_window=None, court=NOBODY, next_change_at=None)


def load(conn: sa.Connection, keys: Collection[Key]) -> dict[Key, Loaded]:
    """Everything about these applications in one round trip; an unknown key is left out."""
    if not keys:
        return {}
    dialect = conn.dialect.name
    rows = conn.scalars(statement(dialect), wanted_keys(dialect, keys)).all()
    parts: defaultdict[tuple[str, str], defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    # They are parsed as one document: to start the parser costs more than a row.
    for kind, agency_id, application_id, *columns in json.loads(f"[{','.join(rows)}]"):
        parts[agency_id, application_id][kind].append(columns)
    found = ((key, parts.get((str(key[0]), str(key[1])))) for key in keys)
    return {key: _loaded(key, part) for key, part in found if part is not None}


def _loaded(key: Key, parts: dict[str, list[Any]]) -> Loaded:
    context, agency, organisation, candidate, job = _sliced(parts["context"][0])
    opened_at, opening_stage, stage, recruiter_id, sequence, assessed_at = context
    zone, region, exceptions, policy_version, agency_policy = agency
    client_zone, client_region, client_exceptions, style, client_policy = organisation
    candidate_zone, candidate_region, away, erased_at = candidate
    job_policy, job_status, job_status_at = job

    home, client, own = _calendars(
        *(zone, region, exceptions),
        *(client_zone, client_region, client_exceptions),
        *(candidate_zone, candidate_region),
    )

    def facts(kind: str, build: Callable[..., Any]) -> tuple[Any, ...]:
        return tuple([build(*columns) for columns in parts.get(kind, ())])

    history = History(
        opened_at=instant(opened_at),
        opening_stage=opening_stage,
        agency=home,
        client=client,
        candidate=own,
        away=tuple((date.fromisoformat(span["from"]), date.fromisoformat(span["to"])) for span in away),
        style=ContactStyle(**{name: value for name, value in style.items() if name in _STYLE}),
        interactions=facts("interaction", interaction_fact),
        interviews=facts("interview", interview_fact),
        revisions=facts("revision", revision_fact),
        commitments=facts("commitment", commitment_fact),
        transitions=facts("transition", transition_fact),
        waivers=facts("waiver", lambda id, interview_id, at: Waiver(id, interview_id, instant(at))),
        checks=facts("check", check_fact),
        milestones=facts("milestone", milestone_fact),
        keep_warm=facts("mark", keep_warm_fact),
        heard_elsewhere=facts("word", lambda id, at: OtherContact(id, instant(at))),
        contacts_elsewhere=facts("contact", lambda id, at: OtherContact(id, instant(at))),
        job_status=job_status,
        job_status_at=maybe_instant(job_status_at),
    )
    dismissals: dict[str, set[str]] = {}
    for kind, evidence in parts.get("dismissal", ()):
        dismissals.setdefault(kind, set()).update(evidence or ())
    return Loaded(
        key,
        history,
        _policy(*(json.dumps(level) for level in (agency_policy, client_policy, job_policy))),
        policy_version,
        {
            "stage": stage,
            "recruiter_id": recruiter_id and UUID(recruiter_id),
            "event_sequence": sequence,
            "assessed_at": maybe_instant(assessed_at),
        },
        maybe_instant(erased_at),
        [standing_flag(*columns) for columns in parts.get("flag", ())],
        dismissals,
        [listed_action(*columns) for columns in parts.get("action", ())],
    )


def _sliced(columns: list[Any]) -> tuple[list[Any], list[Any], list[Any], list[Any], list[Any]]:
    """The context's columns as they belong together: application, agency, organisation, candidate, job."""
    return columns[:6], columns[6:11], columns[11:16], columns[16:20], columns[20:]


@lru_cache(maxsize=4096)
def _calendars(
    zone: str,
    region: str,
    exceptions: str,
    client_zone: str | None,
    client_region: str | None,
    client_exceptions: str,
    candidate_zone: str | None,
    candidate_region: str | None,
) -> tuple[Calendar, Calendar, Calendar]:
    """Return the calendars of the agency, the client and the candidate; the exceptions are JSON text."""
    agency = calendar(zone, region, exceptions_from_json(exceptions))
    client = party_calendar(agency, client_zone, client_region, exceptions_from_json(client_exceptions))
    return agency, client, party_calendar(agency, candidate_zone, candidate_region)


@lru_cache(maxsize=4096)
def _policy(*levels: str) -> Policy:
    return overlay(*(json.loads(level) for level in levels))
