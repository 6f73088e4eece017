"""What becomes of every column that could hold a person's data: decided here, once, for all tables.

A test holds this against the tables: a new column of text, JSON or bytes that nobody decided about fails it. Ids that
Keepwarm makes, instants, dates, numbers and yes-or-no are facts without a person once the person is gone.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.applications.models import (
    check,
    commitment,
    flag,
    interaction,
    keep_warm_mark,
    milestone,
    transition,
    waiver,
)
from app.candidates.models import candidate
from app.connectors.models import stage_move

ERASED = "Erased"
"""What stands where a text must stand."""

OF_THE_CANDIDATE: Mapping[str, Any] = {
    "name": "Erased candidate",
    "email": None,
    "phone": None,
    "time_zone": None,
    "holiday_region": None,
    "away": [],
}
"""What the candidate's own row says from then on."""

OF_THEIR_APPLICATIONS: Mapping[sa.Table, Mapping[str, Any]] = {
    interaction: {"summary": None, "details": None, "void_reason": None},
    commitment: {"description": ERASED, "void_reason": None},
    check: {"label": None, "void_reason": None},
    milestone: {"note": None, "void_reason": None},
    transition: {"reason": None, "void_reason": None},
    waiver: {"reason": ERASED, "void_reason": None},
    keep_warm_mark: {"note": None, "void_reason": None},
    flag: {"reason": None},
    stage_move: {"failure": None},
}
"""What every row says that belongs to an application of theirs."""

ERASED_ELSEWHERE: Mapping[str, str] = {
    "timeline_revision.next_step": "of what was said in a call about them or names them: words.py",
    "timeline_revision.note": "the same",
    "timeline_revision.void_reason": "the same",
    "arrival.sealed": "of every event that tells of them: arrivals.py",
    "arrival.reason": "the same",
    "arrival.outcome": "the same: its ids stay, its words go",
    "arrival.waits_for": "the same: nothing is left that could come of it",
    "arrival_further_wait.waits_for": "the same: the rows go",
    "arrival_unmapped.value": "of those events: the rows go",
    "known_thing.detail": "of their applications: ids stay, the status and its reason go: arrivals.py",
    "delivery.outcome": "of the events of their applications: what a CRM answered: words.py",
    "webhook_attempt.sealed_answer": "of the same events: what a receiver answered: words.py",
    "search_word.word": "of their name: the rows go: words.py",
    "idempotency_key.sealed_body": "of the whole agency: nobody but their callers can tell whom they speak of",
}
"""What is erased by its own rule, and where."""

KEPT: Mapping[str, Sequence[str]] = {
    "how another system calls a thing: it tells nothing by itself, and by it a CRM that tells of them again is "
    "recognised. Whoever makes names of people their ids must not be surprised": (
        "candidate.external_system", "candidate.external_id", "application.external_system",
        "application.external_id", "interview.external_system", "interview.external_id",
        "interaction.external_system", "interaction.external_id", "commitment.external_system",
        "commitment.external_id", "application_check.external_system", "application_check.external_id",
        "milestone.external_system", "milestone.external_id", "transition.external_system", "transition.external_id",
        "timeline_revision.external_system", "timeline_revision.external_id", "stage_move.external_id",
        "known_thing.external_id", "known_thing.merged_into", "arrival.key",
        "arrival.signed_digest",
        "keep_warm_mark.external_system", "keep_warm_mark.external_id",
    ),
    "words of our own, from a list that the code holds": (
        "application.opening_stage", "application.stage", "application.effective_stage", "application.court",
        "interview.kind", "interview.status", "interaction.from_party", "interaction.to_party",
        "interaction.channel", "interaction.purpose", "commitment.owed_by", "application_check.kind",
        "application_check.result_from", "milestone.kind", "transition.to", "transition.cause",
        "flag.kind", "flag.severity", "flag.state", "action.kind", "timeline_revision.stated_by",
        "timeline_revision.confidence", "stage_move.stage", "stage_move.state", "known_thing.kind",
        "arrival.source", "arrival.state", "arrival_unmapped.map", "event.type", "delivery.state",
        "webhook_delivery.state", "webhook_attempt.error", "subscription.type", "subscription.kind",
        "policy_change.level", "reassessment.scope", "api_key.role", "client_contact.role", "job.status",
        "spreadsheet_import.table_name", "spreadsheet_import.state", "spreadsheet_import.stopped_because",
        "spreadsheet_import.dates", "spreadsheet_error.column_name", "spreadsheet_error.code", "connection.system",
        "walk.stream", "backfill.why", "search_word.kind",
    ),
    "a CRM's word for a kind of thing or for a place in its process": (
        "arrival.type", "stage_move.status",
    ),
    "ids, instants, severities and limits in JSON; an event of ours never holds personal data": (
        "interview.interviewer_ids", "flag.evidence", "flag.detail", "flag.steps", "flag.dismissed_evidence",
        "action.subject", "action.detail", "event.data", "walk.cursor",
    ),
    "times as a file wrote them and as they were read, by row and column, without a name": (
        "spreadsheet_import.read",
    ),
    "somebody else's: the agency's, its recruiters', its clients', its systems'": (
        "agency.name", "agency.time_zone", "agency.holiday_region", "agency.calendar_exceptions", "agency.policy",
        "recruiter.name", "recruiter.email", "api_key.name", "api_key.secret_hash", "policy_change.fields",
        "organisation.name", "organisation.time_zone", "organisation.holiday_region",
        "organisation.calendar_exceptions", "organisation.contact_style", "organisation.policy",
        "organisation.external_system", "organisation.external_id", "client_contact.name", "client_contact.email",
        "client_contact.phone", "client_contact.external_system", "client_contact.external_id", "job.title",
        "job.policy", "job.external_system", "job.external_id", "connection.name", "connection.ref_system",
        "connection.organisation_name", "connection.settings", "connection.stage_map", "connection.activity_map",
        "connection.write_back", "connection.sealed_credentials", "connection.sealed_session",
        "connection_secret.sealed", "webhook_endpoint.url", "webhook_endpoint.description",
        "webhook_endpoint.event_types", "webhook_endpoint.disabled_because", "webhook_secret.sealed",
        "spreadsheet_import.system", "spreadsheet_import.columns", "spreadsheet_import.time_zone",
    ),
    "sentences of ours that name what failed and where, and of what was sent at most a time": (
        "connection.failure", "connection.refusal", "walk.failure", "webhook_endpoint.failure",
        "spreadsheet_error.detail",
    ),
    "gone by itself: within minutes, as the file is taken, which tells nothing of them any more": (
        "spreadsheet_part.sealed_rows",
    ),
    "the caller's own key and a digest, gone after 48 hours": (
        "idempotency_key.key", "idempotency_key.fingerprint",
    ),
}  # fmt: skip
"""What stays as it is, by why it may."""


def decided() -> list[str]:
    """Every column that was decided about, as `table.column`; one that stands here twice was decided twice."""
    blanked = [(candidate, OF_THE_CANDIDATE), *OF_THEIR_APPLICATIONS.items()]
    return [
        *(f"{table.name}.{column}" for table, columns in blanked for column in columns),
        *ERASED_ELSEWHERE,
        *(column for columns in KEPT.values() for column in columns),
    ]
