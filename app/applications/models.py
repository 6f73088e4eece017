"""Tables of applications, their facts, and the flags and actions that the rules found."""

import sqlalchemy as sa

from app.kit.db import agency_foreign_key, external_ref_columns, tenant_table
from app.kit.dialects import Id, Instant, Json
from app.kit.due_rows import due_columns, due_index


def _voidable() -> list[sa.Column[object]]:
    """Return the columns `voided_at` and `void_reason`, which a table has if its facts can be voided."""
    return [sa.Column("voided_at", Instant), sa.Column("void_reason", sa.String(200))]


application = tenant_table(
    "application",
    sa.Column("candidate_id", Id, nullable=False),
    sa.Column("job_id", Id, nullable=False),
    sa.Column("organisation_id", Id, nullable=False),
    sa.Column("recruiter_id", Id),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opening_stage", sa.String(30), nullable=False),
    # The following columns are a projection of the assessment; only `projection` writes them.
    sa.Column("stage", sa.String(30), nullable=False),
    sa.Column("effective_stage", sa.String(30), nullable=False),
    sa.Column("stage_since", Instant, nullable=False),
    sa.Column("in_progress", sa.Boolean, nullable=False),
    sa.Column("court", sa.String(20)),
    sa.Column("court_since", Instant),
    sa.Column("policy_version", sa.Integer, nullable=False),
    sa.Column("rules_version", sa.Integer, nullable=False, index=True),
    sa.Column("assessed_at", Instant),
    sa.Column("next_change_at", Instant),
    sa.Column("event_sequence", sa.Integer, nullable=False),
    *due_columns(),
    sa.Column("created_at", Instant, nullable=False),
    *external_ref_columns(),
    agency_foreign_key("candidate_id", "candidate"),
    agency_foreign_key("job_id", "job"),
    agency_foreign_key("organisation_id", "organisation"),
    agency_foreign_key("recruiter_id", "recruiter"),
    due_index("application"),
    sa.Index("ix_application_candidate", "agency_id", "candidate_id"),
    sa.Index("ix_application_job", "agency_id", "job_id"),
    sa.Index("ix_application_organisation", "agency_id", "organisation_id"),
    sa.Index("ix_application_recruiter", "agency_id", "recruiter_id", "id"),
    sa.Index("ix_application_stage", "agency_id", "effective_stage", "stage_since", "id"),
)

interview = tenant_table(
    "interview",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("booked_at", Instant, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("status_at", Instant),
    sa.Column("interviewer_ids", Json, nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_interview_application", "agency_id", "application_id"),
)

interaction = tenant_table(
    "interaction",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("from_party", sa.String(10), nullable=False),
    sa.Column("to_party", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("purpose", sa.String(30), nullable=False),
    sa.Column("occurred_at", Instant, nullable=False),
    sa.Column("two_way", sa.Boolean, nullable=False),
    sa.Column("automatic", sa.Boolean, nullable=False),
    sa.Column("in_reply_to", Id),
    sa.Column("expects_reply", sa.Boolean),
    sa.Column("interview_id", Id),
    sa.Column("client_contact_id", Id),
    sa.Column("summary", sa.Text),
    # Structured notes of a follow-up or a debrief: feedback, answers, ratings.
    sa.Column("details", Json),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    agency_foreign_key("in_reply_to", "interaction"),
    agency_foreign_key("interview_id", "interview"),
    agency_foreign_key("client_contact_id", "client_contact"),
    sa.Index("ix_interaction_application", "agency_id", "application_id", "occurred_at", "id"),
)

commitment = tenant_table(
    "commitment",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("owed_by", sa.String(10), nullable=False),
    sa.Column("description", sa.String(500), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("fulfilled_at", Instant),
    sa.Column("cancelled_at", Instant),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_commitment_application", "agency_id", "application_id"),
)

transition = tenant_table(
    "transition",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("to", sa.String(30), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", sa.String(200)),
    sa.Column("reopen", sa.Boolean, nullable=False),
    sa.Column("cause", sa.String(60), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_transition_application", "agency_id", "application_id", "at"),
)

waiver = tenant_table(
    "follow_up_waiver",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("interview_id", Id, nullable=False),
    sa.Column("waived_at", Instant, nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    agency_foreign_key("application_id", "application"),
    agency_foreign_key("interview_id", "interview"),
    sa.Index("ix_follow_up_waiver_application", "agency_id", "application_id"),
)

check = tenant_table(
    # `check` is a keyword of SQL.
    "application_check",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("label", sa.String(120)),
    sa.Column("result_from", sa.String(10), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("booked_for", Instant),
    sa.Column("prepared_at", Instant),
    sa.Column("ready_at", Instant),
    sa.Column("result_by", sa.Date),
    sa.Column("done_at", Instant),
    sa.Column("cancelled_at", Instant),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_application_check_application", "agency_id", "application_id"),
)

milestone = tenant_table(
    "milestone",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("on", sa.Date),
    sa.Column("note", sa.String(500)),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_milestone_application", "agency_id", "application_id"),
)

_UNCLEARED = sa.text("cleared_at IS NULL")

flag = tenant_table(
    "flag",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("severity", sa.String(10), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("evidence", Json, nullable=False),
    # Instants, dates and limits. The reason and its counts of days are computed when it is read.
    sa.Column("detail", Json, nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("cleared_at", Instant),
    # The severities so far: [{"at", "severity"}].
    sa.Column("steps", Json, nullable=False),
    sa.Column("state", sa.String(15), nullable=False),
    sa.Column("handled_at", Instant),
    sa.Column("handled_by", Id),
    sa.Column("snoozed_until", Instant),
    sa.Column("reason", sa.String(200)),
    # The evidence at the dismissal. The flag reopens only with a fact beyond it.
    sa.Column("dismissed_evidence", Json),
    sa.Column("dismissed_at", Instant),
    agency_foreign_key("application_id", "application"),
    sa.Index(
        "uq_flag_uncleared",
        "agency_id",
        "application_id",
        "kind",
        unique=True,
        sqlite_where=_UNCLEARED,
        postgresql_where=_UNCLEARED,
    ),
    sa.Index("ix_flag_uncleared", "agency_id", "id", sqlite_where=_UNCLEARED, postgresql_where=_UNCLEARED),
    sa.Index("ix_flag_application", "agency_id", "application_id", "id"),
    sa.Index("ix_flag_kind", "agency_id", "kind"),
)

action = tenant_table(
    "action",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("recruiter_id", Id),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("subject", sa.String(36), nullable=False),
    sa.Column("opens_at", Instant, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("detail", Json, nullable=False),
    # An acknowledged, snoozed or dismissed flag hides its action from the worklist until then.
    sa.Column("hidden_until", Instant),
    # The interview of the action, if any.
    sa.Column("interview_id", Id),
    # The highest severity of its flags: 0 critical, 1 warning, 2 watch, 3 none. The worklist sorts by it.
    sa.Column("urgency", sa.SmallInteger, nullable=False, server_default="3"),
    agency_foreign_key("application_id", "application"),
    sa.UniqueConstraint("agency_id", "application_id", "kind", "subject"),
    sa.Index("ix_action_urgency", "agency_id", "urgency", "due_at", "id"),
    sa.Index("ix_action_recruiter_urgency", "agency_id", "recruiter_id", "urgency", "due_at", "id"),
)

_CURRENT_MARK = sa.text("ended_at IS NULL AND voided_at IS NULL")

keep_warm_mark = tenant_table(
    "keep_warm_mark",
    sa.Column("application_id", Id, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("ended_at", Instant),
    sa.Column("recorded_at", Instant, nullable=False),
    *_voidable(),
    *external_ref_columns(),
    agency_foreign_key("application_id", "application"),
    sa.Index("ix_keep_warm_mark_application", "agency_id", "application_id"),
    sa.Index(
        "ix_keep_warm_mark_current",
        "agency_id",
        "application_id",
        sqlite_where=_CURRENT_MARK,
        postgresql_where=_CURRENT_MARK,
    ),
)
