"""Rules that list the right next actions before any deadline has passed. They raise no flags."""

from __future__ import annotations

from datetime import timedelta

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.history import CLIENT

_DAY = timedelta(days=1)


def retry_follow_up(s: Situation, found: Findings) -> None:
    """List a second follow-up with the client if the first brought no talk and no answer.

    The action is for the next business day on the client's calendar.
    """
    follow_ups, last, calendar = s.follow_ups, s.state.last, s.client
    if not s.policy.follow_up_overdue.enabled or last is None or not follow_ups:
        return
    tried_first_at = follow_ups[0].at
    if s.conversation.client_to_recruiter_at >= tried_first_at or any(x.two_way for x in follow_ups):
        return
    if any(x.stated_by == CLIENT and tried_first_at <= x.stated_at <= s.now for x in s.history.revisions):
        return
    lapses_at = s.follow_up_lapses_at(last)
    if s.state.last_is_closed or s.now >= lapses_at:
        return
    found.recheck_at(lapses_at)
    tried_at = follow_ups[-1].at
    again_on = calendar.next_bday(calendar.day(tried_at))
    detail = {**calendar_fields(calendar), "ended_at": last.ends_at.isoformat(), "tried_at": tried_at.isoformat()}
    found.add_action(
        ActionKind.RETRY_FOLLOW_UP, calendar.sod(again_on), calendar.eod(again_on), detail, interview_id=last.id
    )


def remind_thank_you(s: Situation, found: Findings) -> None:
    """List the action to remind the candidate of the thank-you note.

    The note is due the same day or the next morning (Staff Finders). The action ends 48 hours after the interview by
    default (CareerBuilder).
    """
    rule, last, calendar = s.policy.thank_you, s.state.last, s.client
    if not rule.enabled or last is None or s.state.last_is_closed or s.history.style.thank_you == "unwelcome":
        return
    expires_at = last.ends_at + timedelta(hours=rule.expires_hours)
    if s.now >= expires_at or (s.conversation.thanks and s.conversation.thanks[-1].at >= last.ends_at):
        return
    ended_on = calendar.day(last.ends_at)
    if calendar.clock(last.ends_at) < rule.morning_before:
        due_at = calendar.eod(ended_on)
    else:
        due_at = calendar.at(ended_on + _DAY, rule.morning_before)
    detail = {**calendar_fields(calendar), "ended_at": last.ends_at.isoformat(), "thank_you": s.history.style.thank_you}
    found.add_action(ActionKind.REMIND_THANK_YOU, last.ends_at, due_at, detail, interview_id=last.id)
    found.recheck_at(expires_at)


def chase_decision(s: Situation, found: Findings) -> None:
    """List the action to ask the client for the decision from the date of the follow-up window on.

    After a message to the client, the action opens again `chase_spacing_days` days later. Dates are on the client's
    calendar.
    """
    state, last, judged_window, calendar = s.state, s.state.last, s.judged_window, s.client
    if not s.policy.timeline_overdue.enabled or judged_window is None or last is None or state.upcoming is not None:
        return
    if s.follow_up_missing:
        return
    opens_on = judged_window.opens_on
    detail = {**calendar_fields(calendar), "basis": judged_window.basis, "basis_on": judged_window.basis_on.isoformat()}
    asked = s.conversation.last_to_client
    if asked is not None:
        asked_on = calendar.day(asked.at)
        if asked_on >= opens_on:
            opens_on = asked_on + timedelta(days=s.policy.chase_spacing_days)
            detail["asked_on"] = asked_on.isoformat()
    detail["opens_on"] = opens_on.isoformat()
    due_at = calendar.eod(calendar.roll(opens_on))
    found.add_action(ActionKind.CHASE_DECISION, calendar.sod(opens_on), due_at, detail, interview_id=last.id)
