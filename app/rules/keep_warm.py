"""The action `keep_in_touch`, for a candidate of an ended application whom the recruiter has marked to keep warm.

The advice behind the action: the company might have a similar position soon (CareerBuilder). Keeping in touch is
important for future opportunities (Do's and don'ts). The default of 45 days is our own choice. Dates are on the
agency's calendar.
"""

from __future__ import annotations

from datetime import timedelta

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.history import KeepWarmMark

_DAYS_TO_CALL = timedelta(days=7)


def active_mark(s: Situation) -> KeepWarmMark | None:
    """Return the latest keep-warm mark that has not been ended and was made since the last reopening.

    Return None if there is no such mark.
    """
    reopened_at = s.state.reopened_at
    for mark in reversed(s.history.keep_warm):
        stands = mark.at <= s.now and (mark.ended_at is None or mark.ended_at > s.now)
        if stands and (reopened_at is None or mark.at >= reopened_at):
            return mark
    return None


def keep_in_touch(s: Situation, found: Findings) -> None:
    """List the action to contact the candidate `every_days` days after the last contact.

    Contacts on all the candidate's applications count. Without a contact, the days count from the mark.
    """
    rule, calendar, mark = s.policy.keep_warm, s.agency, active_mark(s)
    if not rule.enabled or mark is None:
        return
    last, latest_at = s.conversation.last_contact, mark.at
    if last is not None:
        latest_at = max(latest_at, last.at)
    for word in s.history.contacts_elsewhere:
        if word.at <= s.now:
            latest_at = max(latest_at, word.at)
    opens_on = calendar.day(latest_at) + timedelta(days=rule.every_days)
    if s.agency_today >= mark.until or opens_on >= mark.until:
        return
    found.recheck_at(calendar.sod(mark.until))
    detail = {
        **calendar_fields(calendar),
        "marked_at": mark.at.isoformat(),
        "last_contact": latest_at.isoformat() if latest_at > mark.at else None,
        "until": mark.until.isoformat(),
        "every_days": rule.every_days,
    }
    due_at = calendar.eod(calendar.roll(opens_on + _DAYS_TO_CALL))
    found.add_action(ActionKind.KEEP_IN_TOUCH, calendar.sod(opens_on), due_at, detail)
