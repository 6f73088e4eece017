"""The data map: for each database column that may hold personal data, what an erasure does with the column.

A test compares the map with the tables: a new column of text, JSON or bytes must be listed here. Keepwarm's ids,
instants, dates, numbers and booleans are not personal data once the person is erased.
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
"""The replacement for erased text in columns that must not be empty."""

CANDIDATE_VALUES: Mapping[str, Any] = {
    "name": "Erased candidate",
    "email": None,
    "phone": None,
    "time_zone": None,
    "holiday_region": None,
    "away": [],
}
"""The values that an erasure writes into the row of the candidate."""

APPLICATION_VALUES: Mapping[sa.Table, Mapping[str, Any]] = {
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
"""The values, by table, that an erasure writes into every row of the person's applications."""

ERASED_BY_RULE: Mapping[str, str] = {
    "timeline_revision.next_step": "if from a call about the person, or if they name the person: redaction.py",
    "timeline_revision.note": "the same",
    "timeline_revision.void_reason": "the same",
    "inbound_event.sealed": "of every event about the person: inbound_events.py",
    "inbound_event.reason": "the same",
    "inbound_event.outcome": "the same: its ids stay, its texts are deleted",
    "inbound_event.waits_for": "the same: the event is not applied any more",
    "inbound_event_wait_key.waits_for": "the same: the rows are deleted",
    "inbound_event_unmapped.value": "of those events: the rows are deleted",
    "external_entity.detail": "of their applications: ids stay, the status and reason are deleted: inbound_events.py",
    "delivery.outcome": "of events about their applications: the CRM's response: redaction.py",
    "webhook_attempt.sealed_answer": "of the same events: the receiver's response: redaction.py",
    "search_word.word": "of their name: the rows are deleted: redaction.py",
    "idempotency_key.sealed_body": "of the whole agency: Keepwarm cannot know which of them concern the person",
}
"""Columns, as `table.column`, that are not set to a fixed value but erased by code of their own. The text says which
rows are erased, and in which module."""

KEPT: Mapping[str, Sequence[str]] = {
    "external ids: no personal data by themselves; by them a CRM's later data about the person is recognised. A "
    "system whose ids contain names of people keeps these names": (
        "candidate.external_system", "candidate.external_id", "application.external_system",
        "application.external_id", "interview.external_system", "interview.external_id",
        "interaction.external_system", "interaction.external_id", "commitment.external_system",
        "commitment.external_id", "application_check.external_system", "application_check.external_id",
        "milestone.external_system", "milestone.external_id", "transition.external_system", "transition.external_id",
        "timeline_revision.external_system", "timeline_revision.external_id", "stage_move.external_id",
        "external_entity.external_id", "external_entity.merged_into", "inbound_event.key",
        "inbound_event.signed_digest",
        "keep_warm_mark.external_system", "keep_warm_mark.external_id",
    ),
    "values from a list in the code": (
        "application.opening_stage", "application.stage", "application.effective_stage", "application.court",
        "interview.kind", "interview.status", "interaction.from_party", "interaction.to_party",
        "interaction.channel", "interaction.purpose", "commitment.owed_by", "application_check.kind",
        "application_check.result_from", "milestone.kind", "transition.to", "transition.cause",
        "flag.kind", "flag.severity", "flag.state", "action.kind", "timeline_revision.stated_by",
        "timeline_revision.confidence", "stage_move.stage", "stage_move.state", "external_entity.kind",
        "inbound_event.source", "inbound_event.state", "inbound_event_unmapped.map", "event.type", "delivery.state",
        "webhook_delivery.state", "webhook_attempt.error", "subscription.type", "subscription.kind",
        "policy_change.level", "reassessment.scope", "api_key.role", "client_contact.role", "job.status",
        "spreadsheet_import.table_name", "spreadsheet_import.state", "spreadsheet_import.stopped_reason",
        "spreadsheet_import.dates", "spreadsheet_error.column_name", "spreadsheet_error.code", "connection.system",
        "sync_run.stream", "backfill.reason", "search_word.kind",
    ),
    "a CRM's name for a kind of record or for a stage": (
        "inbound_event.type", "stage_move.status",
    ),
    "ids, instants, severities and limits in JSON; outgoing events never hold personal data": (
        "interview.interviewer_ids", "flag.evidence", "flag.detail", "flag.steps", "flag.dismissed_evidence",
        "action.subject", "action.detail", "event.data", "sync_run.cursor",
    ),
    "times as written in a file and as read, by row and column, without a name": (
        "spreadsheet_import.read",
    ),
    "data of others: the agency, its recruiters, its clients, its systems": (
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
        "webhook_endpoint.event_types", "webhook_endpoint.disabled_reason", "webhook_secret.sealed",
        "spreadsheet_import.system", "spreadsheet_import.columns", "spreadsheet_import.time_zone",
    ),
    "error messages of Keepwarm; of the data sent they quote at most a time": (
        "connection.failure", "connection.refusal", "sync_run.failure", "webhook_endpoint.failure",
        "spreadsheet_error.detail",
    ),
    "deleted within minutes, when the file is imported": (
        "spreadsheet_part.sealed_rows",
    ),
    "the caller's own key and a digest, deleted after 48 hours": (
        "idempotency_key.key", "idempotency_key.fingerprint",
    ),
}  # fmt: skip
"""Columns that an erasure does not change, as `table.column`, by the reason why they may stay."""


def listed_columns() -> list[str]:
    """Return all columns of the data map as `table.column`. A column that is listed twice is returned twice."""
    blanked = [(candidate, CANDIDATE_VALUES), *APPLICATION_VALUES.items()]
    return [
        *(f"{table.name}.{column}" for table, columns in blanked for column in columns),
        *ERASED_BY_RULE,
        *(column for columns in KEPT.values() for column in columns),
    ]
