"""Kinds of actions, with the policy sections that switch them, the party to contact, and the flags that they answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.rules.action_reasons import ACTION_REASONS
from app.rules.history import CANDIDATE, CLIENT
from app.rules.talking_points import PROMPTS, prompt_name


class ActionKind(StrEnum):
    """A kind of task for the recruiter."""

    FOLLOW_UP_HIRING_MANAGER = "follow_up_hiring_manager"
    RETRY_FOLLOW_UP = "retry_follow_up"
    DEBRIEF_CANDIDATE = "debrief_candidate"
    REMIND_THANK_YOU = "remind_thank_you"
    ASK_TIMELINE = "ask_timeline"
    CHASE_DECISION = "chase_decision"
    CHASE_CLIENT = "chase_client"
    CHECK_IN_CANDIDATE = "check_in_candidate"
    REPLY_TO_CANDIDATE = "reply_to_candidate"
    REPLY_TO_CLIENT = "reply_to_client"
    UPDATE_CANDIDATE = "update_candidate"
    COACH_CANDIDATE = "coach_candidate"
    KEEP_COMMITMENT = "keep_commitment"
    CHASE_COMMITMENT = "chase_commitment"
    BOOK_INTERVIEW = "book_interview"
    CLOSE_LOOP = "close_loop"
    CLOSE_APPLICATION = "close_application"
    COLLECT_REFEREES = "collect_referees"
    WARN_REFEREE = "warn_referee"
    PREPARE_FOR_CHECK = "prepare_for_check"
    TAKE_REFERENCE = "take_reference"
    CHASE_CHECK = "chase_check"
    GET_IN_WRITING = "get_in_writing"
    SUPPORT_RESIGNATION = "support_resignation"
    CALL_AFTER_RESIGNATION = "call_after_resignation"
    TALK_COUNTER_OFFER = "talk_counter_offer"
    AGREE_START = "agree_start"
    START_CALL = "start_call"
    NOTICE_CHECK_IN = "notice_check_in"
    KEEP_IN_TOUCH = "keep_in_touch"


@dataclass(frozen=True, slots=True)
class Action:
    """A task for the recruiter, which can be done from `opens_at` on and is due at `due_at`.

    `subject` is the id of the commitment or check that the task is about, or "". `interview_id` is the id of the
    interview that the task is about, or "". `detail` holds the values for the sentence that explains the task.
    """

    kind: ActionKind
    opens_at: datetime
    due_at: datetime
    subject: str = ""
    detail: dict[str, Any] = field(default_factory=dict, hash=False)
    interview_id: str = ""


def explain_action(action: Action, now: datetime) -> str:
    """Return a sentence that says why the action is to be done, as of `now`."""
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
    ActionKind.REPLY_TO_CLIENT: CLIENT,
    ActionKind.UPDATE_CANDIDATE: CANDIDATE,
    ActionKind.COACH_CANDIDATE: CANDIDATE,
    ActionKind.BOOK_INTERVIEW: CLIENT,
    ActionKind.CLOSE_LOOP: CANDIDATE,
    ActionKind.CLOSE_APPLICATION: CANDIDATE,
    ActionKind.COLLECT_REFEREES: CANDIDATE,
    ActionKind.WARN_REFEREE: CANDIDATE,
    ActionKind.PREPARE_FOR_CHECK: CANDIDATE,
    ActionKind.GET_IN_WRITING: CLIENT,
    ActionKind.SUPPORT_RESIGNATION: CANDIDATE,
    ActionKind.CALL_AFTER_RESIGNATION: CANDIDATE,
    ActionKind.TALK_COUNTER_OFFER: CANDIDATE,
    ActionKind.AGREE_START: CLIENT,
    ActionKind.START_CALL: CANDIDATE,
    ActionKind.NOTICE_CHECK_IN: CANDIDATE,
    ActionKind.KEEP_IN_TOUCH: CANDIDATE,
}


def party_to_contact(action: Action) -> str | None:
    """Return the party to contact for the action: `candidate`, `recruiter` or `client`. Return None if no party fits.

    An overdue commitment or check is chased at the party that owes it. None is returned for the recruiter's own
    promises, whose receiver is not recorded, and for referees, who are none of the parties.
    """
    if action.kind in (ActionKind.CHASE_COMMITMENT, ActionKind.CHASE_CHECK):
        return str(action.detail["owed_by"])
    return _PARTY.get(action.kind)


def prompts_for(action: Action, now: datetime) -> tuple[str, ...]:
    """Return two or three sentences that the recruiter can say or ask when doing the action, as of `now`."""
    return PROMPTS[prompt_name(action.kind, action.detail, now)]


POLICY_SECTIONS: dict[ActionKind, tuple[str, ...]] = {
    ActionKind.FOLLOW_UP_HIRING_MANAGER: ("follow_up_overdue",),
    ActionKind.RETRY_FOLLOW_UP: ("follow_up_overdue",),
    ActionKind.DEBRIEF_CANDIDATE: ("debrief_overdue",),
    ActionKind.REMIND_THANK_YOU: ("thank_you",),
    ActionKind.ASK_TIMELINE: ("timeline_missing",),
    ActionKind.CHASE_DECISION: ("timeline_overdue",),
    ActionKind.CHASE_CLIENT: ("client_quiet",),
    ActionKind.CHECK_IN_CANDIDATE: ("going_quiet",),
    ActionKind.REPLY_TO_CANDIDATE: ("reply_owed",),
    ActionKind.REPLY_TO_CLIENT: ("reply_owed",),
    ActionKind.UPDATE_CANDIDATE: ("update_owed",),
    ActionKind.COACH_CANDIDATE: ("over_contacting", "premature_contact", "off_channel_contact"),
    ActionKind.KEEP_COMMITMENT: ("commitment_overdue",),
    ActionKind.CHASE_COMMITMENT: ("commitment_overdue",),
    ActionKind.BOOK_INTERVIEW: ("nothing_booked",),
    ActionKind.CLOSE_LOOP: ("closure_owed",),
    ActionKind.CLOSE_APPLICATION: ("closure_owed",),
    ActionKind.COLLECT_REFEREES: ("check_overdue",),
    ActionKind.WARN_REFEREE: ("check_overdue",),
    ActionKind.PREPARE_FOR_CHECK: ("check_overdue",),
    ActionKind.TAKE_REFERENCE: ("check_overdue",),
    ActionKind.CHASE_CHECK: ("check_overdue",),
    ActionKind.GET_IN_WRITING: ("written_offer",),
    ActionKind.SUPPORT_RESIGNATION: ("resignation_overdue",),
    ActionKind.CALL_AFTER_RESIGNATION: ("resignation_overdue",),
    ActionKind.TALK_COUNTER_OFFER: ("counter_offer_open",),
    ActionKind.AGREE_START: ("start_unsettled",),
    ActionKind.START_CALL: ("start_unsettled",),
    ActionKind.NOTICE_CHECK_IN: ("notice",),
    ActionKind.KEEP_IN_TOUCH: ("keep_warm",),
}
"""The policy sections that switch each kind of action. An action is off when `enabled` is false in all its sections."""


def answers_flag(action: Action, kind: str, evidence: Collection[str], detail: Mapping[str, Any]) -> bool:
    """Return True if doing the action is the remedy for a flag of this kind, evidence and detail.

    Action and flag must belong to the same rule, and be about the same fact. For the flag `reply_owed`, the action must
    be a reply to a party that waits.
    """
    if kind not in POLICY_SECTIONS[action.kind] or action.kind is ActionKind.COLLECT_REFEREES:
        return False
    if kind == "reply_owed" and "waiting" in detail:
        return any(asked["asker"] == action.detail["asker"] for asked in detail["waiting"])
    return not action.subject or action.subject in evidence
