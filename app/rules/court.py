"""The court of an application: which party owes the next message, and since when.

The switches of the policy have no effect here, except that of `closure_owed`.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.candidate_checks import is_ready, open_checks
from app.rules.finding_collector import Findings
from app.rules.history import CANDIDATE, CLIENT, RECRUITER
from app.rules.notice_period import NoticePeriod, has_started
from app.rules.stages import ENDED, PAUSED


class Court(NamedTuple):
    """The party that owes the next message, and since when. Both fields are None if no party owes a message."""

    party: str | None
    since: datetime | None


NOBODY = Court(None, None)
"""The value of `Court` when no party owes a message."""


def court(s: Situation, found: Findings) -> Court:
    """Return the party that owes the next message, and since when.

    If several parties owe a message, the recruiter comes before the candidate, and the candidate before the client.
    """
    stage, conversation = s.state.change.stage, s.conversation
    if stage in ENDED:
        owed = [s.state.change.at] if _is_listed(found, ActionKind.CLOSE_LOOP) else []
        if conversation.asks_of_candidate and s.now < s.closes_at(s.state.change.at):
            owed.append(conversation.asks_of_candidate[0].at)
        return _first(RECRUITER, owed) or NOBODY
    asked = [asks[0].at for asks in (conversation.asks_of_candidate, conversation.asks_of_client) if asks]
    if stage in PAUSED or s.job_closed_at is not None:
        if s.job_closed_at is not None and _is_listed(found, ActionKind.CLOSE_APPLICATION):
            asked.append(s.job_closed_at)
        return _first(RECRUITER, asked) or NOBODY
    ready: list[tuple[datetime, str]] = []
    waiting: list[datetime] = []
    for check in open_checks(s):
        if check.ready_at is not None and is_ready(check, s.now):
            ready.append((check.ready_at, check.result_from))
        else:
            waiting.append(check.asked_at)
    if s.quiet_since is not None:
        waiting.append(s.quiet_since)
    return (
        _first(RECRUITER, [*asked, *(at for at, party in ready if party == RECRUITER), *_duties(s)])
        or _first(CANDIDATE, waiting)
        or _first(CLIENT, [x.at for x in s.asks_to_client])
        or _first(CLIENT, [at for at, _ in ready])
        or _decision(s)
    )


def _duties(s: Situation) -> list[datetime]:
    """Return the instants since which the recruiter owes a follow-up, a debrief, or a call after a resignation."""
    last = s.state.last
    owed = [last.ends_at] if last is not None and (s.follow_up_missing or s.debrief_missing) else []
    if s.state.change.stage == "accepted":
        notice = NoticePeriod(s)
        resigned_at = None if has_started(notice) else notice.call_missing_since()
        if resigned_at is not None:
            owed.append(resigned_at)
    return owed


def _decision(s: Situation) -> Court:
    """Return the client as the party that owes the decision, or nobody if no decision is pending.

    The client owes it since the first follow-up; without a follow-up, since the interview or the stage change.
    """
    if not s.state.pending:
        return NOBODY
    if s.follow_ups:
        return Court(CLIENT, s.follow_ups[0].at)
    return Court(CLIENT, s.state.change.at if s.state.last is None else s.state.last.ends_at)


def _first(party: str, since: list[datetime]) -> Court | None:
    return Court(party, min(since)) if since else None


def _is_listed(found: Findings, kind: ActionKind) -> bool:
    return any(action.kind is kind for action in found.actions)
