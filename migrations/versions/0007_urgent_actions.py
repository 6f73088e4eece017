"""Urgent actions: the worklist is ordered by severity, and names the interview that an action is about."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from app.kit import clock
from app.kit.dialects import Id, Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FLAGS = {
    "follow_up_hiring_manager": ("follow_up_overdue",),
    "retry_follow_up": ("follow_up_overdue",),
    "debrief_candidate": ("debrief_overdue",),
    "ask_timeline": ("timeline_missing",),
    "chase_decision": ("timeline_overdue",),
    "chase_client": ("client_quiet",),
    "check_in_candidate": ("going_quiet",),
    "reply_to_candidate": ("reply_owed",),
    "coach_candidate": ("over_contacting", "premature_contact", "off_channel_contact"),
    "keep_commitment": ("commitment_overdue",),
    "chase_commitment": ("commitment_overdue",),
    "book_interview": ("nothing_booked",),
    "close_loop": ("closure_owed",),
}
"""The flags that each kind of action answers, as the rules had them at this revision."""
_ABOUT_THE_LAST_INTERVIEW = (
    "follow_up_hiring_manager",
    "retry_follow_up",
    "debrief_candidate",
    "remind_thank_you",
    "ask_timeline",
    "chase_decision",
)


def upgrade() -> None:
    op.add_column("action", sa.Column("interview_id", Id(), nullable=True))
    op.add_column("action", sa.Column("urgency", sa.SmallInteger(), server_default="3", nullable=False))
    _backfill()
    op.drop_index("ix_action_due", "action")
    op.drop_index("ix_action_recruiter_due", "action")
    op.create_index("ix_action_urgency", "action", ["agency_id", "urgency", "due_at", "id"])
    op.create_index("ix_action_recruiter_urgency", "action", ["agency_id", "recruiter_id", "urgency", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_action_recruiter_urgency", "action")
    op.drop_index("ix_action_urgency", "action")
    op.create_index("ix_action_recruiter_due", "action", ["agency_id", "recruiter_id", "due_at", "id"])
    op.create_index("ix_action_due", "action", ["agency_id", "due_at", "id"])
    op.drop_column("action", "urgency")
    op.drop_column("action", "interview_id")


def _backfill() -> None:
    """Give every action its order now, so that the worklist is right before the sweep has assessed everything again."""
    action = _table("action", "kind", "subject", "application_id", "interview_id", "urgency")
    flag = _table("flag", "kind", "severity", "state", "evidence", "application_id", "cleared_at")
    interview = _table("interview", "application_id", "status", "round", "ends_at")
    answers = sa.or_(
        *(sa.and_(action.c.kind == kind, flag.c.kind.in_(flags)) for kind, flags in _FLAGS.items()),
    )
    about = sa.or_(action.c.subject == "", sa.cast(flag.c.evidence, sa.Text).contains(action.c.subject))
    stands = [
        flag.c.agency_id == action.c.agency_id,
        flag.c.application_id == action.c.application_id,
        flag.c.cleared_at.is_(None),
        flag.c.state.in_(("open", "snoozed")),
    ]
    rank = sa.case({"critical": 0, "warning": 1, "watch": 2}, value=flag.c.severity, else_=3)
    most = sa.select(sa.func.min(rank)).where(*stands, answers, about).scalar_subquery()
    op.execute(sa.update(action).where(sa.exists().where(*stands)).values(urgency=sa.func.coalesce(most, 3)))
    held = (
        sa.select(interview.c.id)
        .where(
            interview.c.agency_id == action.c.agency_id,
            interview.c.application_id == action.c.application_id,
            interview.c.status.in_(("scheduled", "completed")),
            interview.c.ends_at <= sa.literal(clock.system_now(), Instant()),
        )
        .order_by(interview.c.ends_at.desc(), interview.c.round.desc(), interview.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    op.execute(sa.update(action).where(action.c.kind.in_(_ABOUT_THE_LAST_INTERVIEW)).values(interview_id=held))


def _table(name: str, *columns: str) -> sa.TableClause:
    types: dict[str, Any] = {
        "id": Id(),
        "agency_id": Id(),
        "application_id": Id(),
        "interview_id": Id(),
        "ends_at": Instant(),
    }
    return sa.table(name, *(sa.column(column, types.get(column)) for column in ("agency_id", "id", *columns)))
