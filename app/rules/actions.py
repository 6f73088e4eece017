"""Actions: the fourteen kinds, the rules they belong to, and why each is to be done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.rules.action_reasons import ACTION_REASONS
from app.rules.history import CANDIDATE, CLIENT
from app.rules.prompts import PROMPTS_BY_NAME


class ActionKind(StrEnum):
    """What a recruiter may have to do next."""

    FOLLOW_UP_HIRING_MANAGER = "follow_up_hiring_manager"
    RETRY_FOLLOW_UP = "retry_follow_up"
    DEBRIEF_CANDIDATE = "debrief_candidate"
    REMIND_THANK_YOU = "remind_thank_you"
    ASK_TIMELINE = "ask_timeline"
    CHASE_DECISION = "chase_decision"
    CHASE_CLIENT = "chase_client"
    CHECK_IN_CANDIDATE = "check_in_candidate"
    REPLY_TO_CANDIDATE = "reply_to_candidate"
    COACH_CANDIDATE = "coach_candidate"
    KEEP_COMMITMENT = "keep_commitment"
    CHASE_COMMITMENT = "chase_commitment"
    BOOK_INTERVIEW = "book_interview"
    CLOSE_LOOP = "close_loop"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do: right from `opens_at`, due by `due_at`.

    `subject` is the commitment that it is about and `interview_id` the interview, each "" where there is none.
    """

    kind: ActionKind
    opens_at: datetime
    due_at: datetime
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict, hash=False)
    interview_id: str = ""


def explain_action(action: Action, now: datetime) -> str:
    """Why it is to be done, as one plain sentence."""
    return ACTION_REASONS[action.kind](action.detail, now)


_PARTY: dict[ActionKind, str] = {
    ActionKind.FOLLOW_UP_HIRING_MANAGER: CLIENT,
    ActionKind.RETRY_FOLLOW_UP: CLIENT,
    ActionKind.DEBRIEF_CANDIDATE: CANDIDATE,
    ActionKind.REMIND_THANK_YOU: CANDIDATE,
    ActionKind.ASK_TIMELINE: CLIENT,
    ActionKind.CHASE_DECISION: CLIENT,
    ActionKind.CHASE_CLIENT: CLIENT,
    ActionKind.CHECK_IN_CANDIDATE: CANDIDATE,
    ActionKind.REPLY_TO_CANDIDATE: CANDIDATE,
    ActionKind.COACH_CANDIDATE: CANDIDATE,
    ActionKind.BOOK_INTERVIEW: CLIENT,
    ActionKind.CLOSE_LOOP: CANDIDATE,
}


def party_to_contact(action: Action) -> str | None:
    """The party that the recruiter contacts to do it, or None where the facts do not name one.

    A promise of another party's is asked of that party. A promise of the recruiter's does not say to whom it was made.
    """
    if action.kind is ActionKind.CHASE_COMMITMENT:
        return str(action.detail["owed_by"])
    return _PARTY.get(action.kind)


PROMPTS: dict[ActionKind, tuple[str, ...]] = {kind: PROMPTS_BY_NAME[kind.value] for kind in ActionKind}
"""Two or three things to say or ask, in Keepwarm's own words."""

SWITCH: dict[ActionKind, tuple[str, ...]] = {
    ActionKind.FOLLOW_UP_HIRING_MANAGER: ("follow_up_overdue",),
    ActionKind.RETRY_FOLLOW_UP: ("follow_up_overdue",),
    ActionKind.DEBRIEF_CANDIDATE: ("debrief_overdue",),
    ActionKind.REMIND_THANK_YOU: ("thank_you",),
    ActionKind.ASK_TIMELINE: ("timeline_missing",),
    ActionKind.CHASE_DECISION: ("timeline_overdue",),
    ActionKind.CHASE_CLIENT: ("client_quiet",),
    ActionKind.CHECK_IN_CANDIDATE: ("going_quiet",),
    ActionKind.REPLY_TO_CANDIDATE: ("reply_owed",),
    ActionKind.COACH_CANDIDATE: ("over_contacting", "premature_contact", "off_channel_contact"),
    ActionKind.KEEP_COMMITMENT: ("commitment_overdue",),
    ActionKind.CHASE_COMMITMENT: ("commitment_overdue",),
    ActionKind.BOOK_INTERVIEW: ("nothing_booked",),
    ActionKind.CLOSE_LOOP: ("closure_owed",),
}
"""The sections of the policy whose `enabled` switches an action; it is off when all of them are."""
