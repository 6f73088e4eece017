"""Loading of applications for the rules: one SELECT for any number of applications, mapped to a `History` each."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.applications.history_query import history_statement, named_fields
from app.applications.mappers import (
    action_row,
    check_fact,
    commitment_fact,
    flag_row,
    instant,
    interaction_fact,
    interview_fact,
    keep_warm_fact,
    maybe_instant,
    milestone_fact,
    other_contact,
    revision_fact,
    transition_fact,
    waiver_fact,
)
from app.applications.models import application
from app.kit.damaged_rows import is_undecodable, raise_if_damaged
from app.kit.dialects import requested_keys_parameters
from app.kit.errors import DamagedRecord
from app.rules.assess import Assessment, assess
from app.rules.calendar import Calendar, calendar, party_calendar
from app.rules.calendar_exceptions import exceptions_from_json
from app.rules.court import NOBODY
from app.rules.history import ContactStyle, History
from app.rules.policy import Policy, overlay

Key = tuple[UUID, UUID]
"""The key of an application: (agency id, application id)."""
Fields = dict[str, Any]
_STYLE = ("direct_contact", "social", "thank_you")


@dataclass(slots=True)
class LoadedApplication:
    """One application with its history and policy, as the rules read them, and its stored flags and actions."""

    key: Key
    history: History
    policy: Policy
    policy_version: int
    row: dict[str, Any]
    erased_at: datetime | None
    """When the candidate was erased; None if the candidate is not erased."""
    flags: list[dict[str, Any]] = field(default_factory=list)
    dismissals: dict[str, set[str]] = field(default_factory=dict)
    actions: list[dict[str, Any]] = field(default_factory=list)

    def assessed(self, at: datetime) -> Assessment:
        """Return the assessment as of an instant. For an erased candidate, it has no flags and no actions."""
        found = assess(self.history, self.policy, at)
        if self.erased_at is None or at < self.erased_at:
            return found
        return replace(found, flags=(), actions=(), follow_up_window=None, court=NOBODY, next_change_at=None)


def load(conn: sa.Connection, keys: Collection[Key]) -> dict[Key, LoadedApplication]:
    """Return a mapping from key to loaded application, read in one statement. Unknown keys are left out.

    Raises DamagedRecord if a stored value of an application cannot be decoded.
    """
    if not keys:
        return {}
    dialect = conn.dialect.name
    try:
        rows = conn.scalars(history_statement(dialect), requested_keys_parameters(dialect, keys)).all()
    except sa.exc.DBAPIError as error:
        if len(keys) == 1 and is_undecodable(error):
            raise DamagedRecord(application.name, next(iter(keys))[1]) from error
        raise
    parts: defaultdict[tuple[str, str], defaultdict[str, list[Fields]]] = defaultdict(lambda: defaultdict(list))
    # One document is parsed: starting the parser for each row costs more than the row.
    for kind, agency_id, application_id, fields in map(named_fields, json.loads(f"[{','.join(rows)}]")):
        parts[agency_id, application_id][kind].append(fields)
    found = ((key, parts.get((str(key[0]), str(key[1])))) for key in keys)
    return {key: _checked(key, part) for key, part in found if part is not None}


def _checked(key: Key, parts: Mapping[str, list[Fields]]) -> LoadedApplication:
    with raise_if_damaged(application, key[1]):
        return _loaded(key, parts)


def _loaded(key: Key, parts: Mapping[str, list[Fields]]) -> LoadedApplication:
    context = parts["context"][0]
    agency, client, candidate = _calendars(**{name: context[name] for name in _CALENDAR_FIELDS})

    def facts(kind: str, build: Callable[..., Any]) -> tuple[Any, ...]:
        return tuple([build(**fields) for fields in parts.get(kind, ())])

    history = History(
        opened_at=instant(context["opened_at"]),
        opening_stage=context["opening_stage"],
        agency=agency,
        client=client,
        candidate=candidate,
        away=tuple((date.fromisoformat(span["from"]), date.fromisoformat(span["to"])) for span in context["away"]),
        style=ContactStyle(**{name: value for name, value in context["style"].items() if name in _STYLE}),
        interactions=facts("interaction", interaction_fact),
        interviews=facts("interview", interview_fact),
        revisions=facts("revision", revision_fact),
        commitments=facts("commitment", commitment_fact),
        transitions=facts("transition", transition_fact),
        waivers=facts("waiver", waiver_fact),
        checks=facts("check", check_fact),
        milestones=facts("milestone", milestone_fact),
        keep_warm=facts("mark", keep_warm_fact),
        heard_elsewhere=facts("word", other_contact),
        contacts_elsewhere=facts("contact", other_contact),
        job_status=context["job_status"],
        job_status_at=maybe_instant(context["job_status_at"]),
    )
    dismissals: dict[str, set[str]] = {}
    for dismissal in parts.get("dismissal", ()):
        dismissals.setdefault(dismissal["kind"], set()).update(dismissal["evidence"] or ())
    return LoadedApplication(
        key=key,
        history=history,
        policy=_policy(*(json.dumps(context[level]) for level in ("agency_policy", "client_policy", "job_policy"))),
        policy_version=context["policy_version"],
        row={
            "stage": context["stage"],
            "recruiter_id": context["recruiter_id"] and UUID(context["recruiter_id"]),
            "event_sequence": context["event_sequence"],
            "assessed_at": maybe_instant(context["assessed_at"]),
        },
        erased_at=maybe_instant(context["erased_at"]),
        flags=[flag_row(**fields) for fields in parts.get("flag", ())],
        dismissals=dismissals,
        actions=[action_row(**fields) for fields in parts.get("action", ())],
    )


_CALENDAR_FIELDS = (
    *("zone", "region", "exceptions"),
    *("client_zone", "client_region", "client_exceptions"),
    *("candidate_zone", "candidate_region"),
)


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
    """Return the calendars of agency, client and candidate.

    Time zones and regions that are None are taken from the agency. The exceptions are JSON text, so that the arguments
    can be the key of a cache.
    """
    agency = calendar(zone, region, exceptions_from_json(exceptions))
    client = party_calendar(agency, client_zone, client_region, exceptions_from_json(client_exceptions))
    return agency, client, party_calendar(agency, candidate_zone, candidate_region)


@lru_cache(maxsize=4096)
def _policy(*levels: str) -> Policy:
    return overlay(*(json.loads(level) for level in levels))
