"""Tables of agencies, records, facts of applications, flags, actions and the outbox."""

import sqlalchemy as sa
from alembic import op

from app.kit.dialects import Id, Instant, Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agency",
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("holiday_region", sa.String(length=40), nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("api_key_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sealed_body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("agency_id", "api_key_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index(op.f("ix_idempotency_key_created_at"), "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "candidate",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("holiday_region", sa.String(length=40), nullable=True),
        sa.Column("away", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_candidate_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_candidate")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_candidate_agency_id_external_system_external_id"),
        ),
    )
    op.create_table(
        "event",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("application_id", Id(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("data", Json, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_event_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_event")),
    )
    op.create_table(
        "organisation",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("holiday_region", sa.String(length=40), nullable=True),
        sa.Column("contact_style", Json, nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_organisation_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_organisation")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_organisation_agency_id_external_system_external_id"),
        ),
    )
    op.create_table(
        "policy_change",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("api_key_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_policy_change_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_policy_change")),
        sa.UniqueConstraint("agency_id", "version", name=op.f("uq_policy_change_agency_id_version")),
    )
    op.create_table(
        "reassessment",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("scope", sa.String(length=20), nullable=False),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("after_id", Id(), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_reassessment_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_reassessment")),
    )
    op.create_index(op.f("ix_reassessment_due_at"), "reassessment", ["due_at"], unique=False)
    op.create_table(
        "recruiter",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_recruiter_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_recruiter")),
    )
    op.create_table(
        "api_key",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("recruiter_id", Id(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "recruiter_id"],
            ["recruiter.agency_id", "recruiter.id"],
            name=op.f("fk_api_key_agency_id_recruiter_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_api_key_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "client_contact",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("organisation_id", Id(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=200), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "organisation_id"],
            ["organisation.agency_id", "organisation.id"],
            name=op.f("fk_client_contact_agency_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_client_contact_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_client_contact")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_client_contact_agency_id_external_system_external_id"),
        ),
    )
    op.create_index(
        "ix_client_contact_organisation", "client_contact", ["agency_id", "organisation_id", "id"], unique=False
    )
    op.create_table(
        "job",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", Id(), nullable=False),
        sa.Column("hiring_manager_id", Id(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("policy", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "hiring_manager_id"],
            ["client_contact.agency_id", "client_contact.id"],
            name=op.f("fk_job_agency_id_hiring_manager_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "organisation_id"],
            ["organisation.agency_id", "organisation.id"],
            name=op.f("fk_job_agency_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_job_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_job")),
        sa.UniqueConstraint(
            "agency_id", "external_system", "external_id", name=op.f("uq_job_agency_id_external_system_external_id")
        ),
    )
    op.create_index("ix_job_hiring_manager", "job", ["agency_id", "hiring_manager_id"], unique=False)
    op.create_index("ix_job_organisation", "job", ["agency_id", "organisation_id", "id"], unique=False)
    op.create_index("ix_job_status", "job", ["agency_id", "status", "id"], unique=False)
    op.create_table(
        "application",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("candidate_id", Id(), nullable=False),
        sa.Column("job_id", Id(), nullable=False),
        sa.Column("organisation_id", Id(), nullable=False),
        sa.Column("recruiter_id", Id(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("opening_stage", sa.String(length=30), nullable=False),
        sa.Column("stage", sa.String(length=30), nullable=False),
        sa.Column("effective_stage", sa.String(length=30), nullable=False),
        sa.Column("stage_since", Instant(), nullable=False),
        sa.Column("in_progress", sa.Boolean(), nullable=False),
        sa.Column("court", sa.String(length=20), nullable=True),
        sa.Column("court_since", Instant(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("assessed_at", Instant(), nullable=True),
        sa.Column("next_change_at", Instant(), nullable=True),
        sa.Column("event_sequence", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("claim", Id(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "candidate_id"],
            ["candidate.agency_id", "candidate.id"],
            name=op.f("fk_application_agency_id_candidate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "job_id"], ["job.agency_id", "job.id"], name=op.f("fk_application_agency_id_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "organisation_id"],
            ["organisation.agency_id", "organisation.id"],
            name=op.f("fk_application_agency_id_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "recruiter_id"],
            ["recruiter.agency_id", "recruiter.id"],
            name=op.f("fk_application_agency_id_recruiter_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_application_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_application")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_application_agency_id_external_system_external_id"),
        ),
    )
    op.create_index("ix_application_candidate", "application", ["agency_id", "candidate_id"], unique=False)
    op.create_index(
        "ix_application_due",
        "application",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index("ix_application_job", "application", ["agency_id", "job_id"], unique=False)
    op.create_index("ix_application_organisation", "application", ["agency_id", "organisation_id"], unique=False)
    op.create_index("ix_application_recruiter", "application", ["agency_id", "recruiter_id", "id"], unique=False)
    op.create_index(op.f("ix_application_rules_version"), "application", ["rules_version"], unique=False)
    op.create_index(
        "ix_application_stage", "application", ["agency_id", "effective_stage", "stage_since", "id"], unique=False
    )
    op.create_table(
        "timeline_revision",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("job_id", Id(), nullable=False),
        sa.Column("stated_at", Instant(), nullable=False),
        sa.Column("stated_by", sa.String(length=10), nullable=False),
        sa.Column("decision_by", sa.Date(), nullable=True),
        sa.Column("contact_from", sa.Date(), nullable=True),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("start_by", sa.Date(), nullable=True),
        sa.Column("confidence", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "job_id"], ["job.agency_id", "job.id"], name=op.f("fk_timeline_revision_agency_id_job_id")
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_timeline_revision_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_timeline_revision")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_timeline_revision_agency_id_external_system_external_id"),
        ),
    )
    op.create_index(
        "ix_timeline_revision_job", "timeline_revision", ["agency_id", "job_id", "stated_at", "id"], unique=False
    )
    op.create_table(
        "action",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("recruiter_id", Id(), nullable=True),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("hidden_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_action_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_action_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_action")),
        sa.UniqueConstraint(
            "agency_id",
            "application_id",
            "kind",
            "subject",
            name=op.f("uq_action_agency_id_application_id_kind_subject"),
        ),
    )
    op.create_index("ix_action_due", "action", ["agency_id", "due_at", "id"], unique=False)
    op.create_index("ix_action_recruiter_due", "action", ["agency_id", "recruiter_id", "due_at", "id"], unique=False)
    op.create_table(
        "commitment",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("owed_by", sa.String(length=10), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fulfilled_at", Instant(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_commitment_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_commitment_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_commitment")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_commitment_agency_id_external_system_external_id"),
        ),
    )
    op.create_index("ix_commitment_application", "commitment", ["agency_id", "application_id"], unique=False)
    op.create_table(
        "flag",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("severity", sa.String(length=10), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("evidence", Json, nullable=False),
        sa.Column("detail", Json, nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("cleared_at", Instant(), nullable=True),
        sa.Column("steps", Json, nullable=False),
        sa.Column("state", sa.String(length=15), nullable=False),
        sa.Column("handled_at", Instant(), nullable=True),
        sa.Column("handled_by", Id(), nullable=True),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("dismissed_evidence", Json, nullable=True),
        sa.Column("dismissed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_flag_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_flag_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_flag")),
    )
    op.create_index("ix_flag_application", "flag", ["agency_id", "application_id", "id"], unique=False)
    op.create_index("ix_flag_kind", "flag", ["agency_id", "kind"], unique=False)
    op.create_index(
        "ix_flag_standing",
        "flag",
        ["agency_id", "id"],
        unique=False,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_index(
        "uq_flag_standing",
        "flag",
        ["agency_id", "application_id", "kind"],
        unique=True,
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.create_table(
        "interview",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("booked_at", Instant(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("status_at", Instant(), nullable=True),
        sa.Column("interviewer_ids", Json, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_interview_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_interview_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_interview")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_interview_agency_id_external_system_external_id"),
        ),
    )
    op.create_index("ix_interview_application", "interview", ["agency_id", "application_id"], unique=False)
    op.create_table(
        "transition",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("to", sa.String(length=30), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("reopen", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(length=60), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_transition_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_transition_agency_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_transition")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_transition_agency_id_external_system_external_id"),
        ),
    )
    op.create_index("ix_transition_application", "transition", ["agency_id", "application_id", "at"], unique=False)
    op.create_table(
        "follow_up_waiver",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("interview_id", Id(), nullable=False),
        sa.Column("waived_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_follow_up_waiver_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "interview_id"],
            ["interview.agency_id", "interview.id"],
            name=op.f("fk_follow_up_waiver_agency_id_interview_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_follow_up_waiver_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_follow_up_waiver")),
    )
    op.create_index(
        "ix_follow_up_waiver_application", "follow_up_waiver", ["agency_id", "application_id"], unique=False
    )
    op.create_table(
        "interaction",
        sa.Column("agency_id", Id(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("application_id", Id(), nullable=False),
        sa.Column("from_party", sa.String(length=10), nullable=False),
        sa.Column("to_party", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("two_way", sa.Boolean(), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("in_reply_to", Id(), nullable=True),
        sa.Column("expects_reply", sa.Boolean(), nullable=True),
        sa.Column("interview_id", Id(), nullable=True),
        sa.Column("client_contact_id", Id(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("details", Json, nullable=True),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("voided_at", Instant(), nullable=True),
        sa.Column("void_reason", sa.String(length=200), nullable=True),
        sa.Column("external_system", sa.String(length=40), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["agency_id", "application_id"],
            ["application.agency_id", "application.id"],
            name=op.f("fk_interaction_agency_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "client_contact_id"],
            ["client_contact.agency_id", "client_contact.id"],
            name=op.f("fk_interaction_agency_id_client_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "in_reply_to"],
            ["interaction.agency_id", "interaction.id"],
            name=op.f("fk_interaction_agency_id_in_reply_to"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id", "interview_id"],
            ["interview.agency_id", "interview.id"],
            name=op.f("fk_interaction_agency_id_interview_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agency_id"], ["agency.id"], name=op.f("fk_interaction_agency_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agency_id", "id", name=op.f("pk_interaction")),
        sa.UniqueConstraint(
            "agency_id",
            "external_system",
            "external_id",
            name=op.f("uq_interaction_agency_id_external_system_external_id"),
        ),
    )
    op.create_index(
        "ix_interaction_application", "interaction", ["agency_id", "application_id", "occurred_at", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_interaction_application", table_name="interaction")
    op.drop_table("interaction")
    op.drop_index("ix_follow_up_waiver_application", table_name="follow_up_waiver")
    op.drop_table("follow_up_waiver")
    op.drop_index("ix_transition_application", table_name="transition")
    op.drop_table("transition")
    op.drop_index("ix_interview_application", table_name="interview")
    op.drop_table("interview")
    op.drop_index(
        "uq_flag_standing",
        table_name="flag",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_index(
        "ix_flag_standing",
        table_name="flag",
        sqlite_where=sa.text("cleared_at IS NULL"),
        postgresql_where=sa.text("cleared_at IS NULL"),
    )
    op.drop_index("ix_flag_kind", table_name="flag")
    op.drop_index("ix_flag_application", table_name="flag")
    op.drop_table("flag")
    op.drop_index("ix_commitment_application", table_name="commitment")
    op.drop_table("commitment")
    op.drop_index("ix_action_recruiter_due", table_name="action")
    op.drop_index("ix_action_due", table_name="action")
    op.drop_table("action")
    op.drop_index("ix_timeline_revision_job", table_name="timeline_revision")
    op.drop_table("timeline_revision")
    op.drop_index("ix_application_stage", table_name="application")
    op.drop_index(op.f("ix_application_rules_version"), table_name="application")
    op.drop_index("ix_application_recruiter", table_name="application")
    op.drop_index("ix_application_organisation", table_name="application")
    op.drop_index("ix_application_job", table_name="application")
    op.drop_index(
        "ix_application_due",
        table_name="application",
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.drop_index("ix_application_candidate", table_name="application")
    op.drop_table("application")
    op.drop_index("ix_job_status", table_name="job")
    op.drop_index("ix_job_organisation", table_name="job")
    op.drop_index("ix_job_hiring_manager", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_client_contact_organisation", table_name="client_contact")
    op.drop_table("client_contact")
    op.drop_table("api_key")
    op.drop_table("recruiter")
    op.drop_index(op.f("ix_reassessment_due_at"), table_name="reassessment")
    op.drop_table("reassessment")
    op.drop_table("policy_change")
    op.drop_table("organisation")
    op.drop_table("event")
    op.drop_table("candidate")
    op.drop_index(op.f("ix_idempotency_key_created_at"), table_name="idempotency_key")
    op.drop_table("idempotency_key")
    op.drop_table("agency")
