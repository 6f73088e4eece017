"""The flag `closure_owed` and its actions, for a candidate not informed that an application or a job has ended.

The advice behind the flag: waiting to hear is the candidates' first complaint (Paxus). A candidate should accept a
rejection gracefully, which requires to hear of it (CareerBuilder). Dates are on the agency's calendar.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind
from app.rules.thresholds import overdue_severity

NEEDS_CLOSING_MESSAGE = frozenset({"rejected", "cancelled"})


def close_loop(s: Situation, found: Findings) -> None:
    """Require a message to the candidate after the application was rejected or cancelled.

    Any message since then fulfils it. So does a message earlier on the same day that can have carried the news.
    """
    change, heard, news = s.state.change, s.conversation.last_word_to_candidate, s.conversation.last_news_to_candidate
    if change.stage not in NEEDS_CLOSING_MESSAGE or (heard is not None and heard.at >= change.at):
        return
    if news is not None and s.agency.day(news.at) == s.agency.day(change.at):
        return
    about = {"stage": change.stage, "heard": heard and heard.at.isoformat()}
    evidence = (change.fact_id,) if change.fact_id else ()
    _closure_owed(s, found, ActionKind.CLOSE_LOOP, change.at, about, evidence)


def close_application(s: Situation, found: Findings) -> None:
    """Require an application that is still open after its job was filled or closed to be closed or moved on."""
    heard = s.conversation.last_word_to_candidate
    if s.job_closed_at is None:
        return
    status_at = s.history.job_closed_at(s.now) or s.job_closed_at
    about = {
        "stage": s.state.change.stage,
        "job_status": s.history.job_status,
        "job_closed_on": s.agency.day(status_at).isoformat(),
        "heard": heard and heard.at.isoformat(),
    }
    evidence = (s.state.change.fact_id,) if s.job_closed_at == s.state.change.at else ()
    _closure_owed(s, found, ActionKind.CLOSE_APPLICATION, s.job_closed_at, about, tuple(one for one in evidence if one))


def _closure_owed(
    s: Situation,
    found: Findings,
    kind: ActionKind,
    closed_at: datetime,
    about: dict[str, Any],
    evidence: tuple[str, ...],
) -> None:
    """List the action of this kind, and raise the flag `closure_owed` once the action is overdue.

    Both end `open_days` days after `closed_at`. `about` is added to their detail.
    """
    rule, calendar = s.policy.closure_owed, s.agency
    closes_at = s.closes_at(closed_at)
    if not rule.enabled or s.now >= closes_at:
        return
    found.recheck_at(closes_at)
    closed_on = calendar.day(closed_at)
    due_on = calendar.next_bday(closed_on)
    detail = {
        **calendar_fields(calendar),
        **about,
        "closed_on": closed_on.isoformat(),
        "closed_at": closed_at.isoformat(),
        "due_on": due_on.isoformat(),
        "limits": [rule.warning, rule.critical],
    }
    found.add_action(kind, closed_at, calendar.eod(due_on), detail)
    severity = overdue_severity(found, calendar, due_on, rule.warning, rule.critical)
    if severity is not None:
        found.add_flag(FlagKind.CLOSURE_OWED, severity, calendar.eod(due_on), evidence, detail)
