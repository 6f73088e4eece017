"""The court: who owes the next word, and since when."""

from __future__ import annotations

from datetime import datetime

from tests.rules.literal.checks import open_checks
from tests.rules.literal.joining import resigned_without_a_talk
from tests.rules.literal.moment import Moment
from tests.rules.literal.overdue import closed_job_opening, closing_word_is_owed
from tests.rules.literal.silence import quiet_clock

Court = tuple[str | None, datetime | None]


def court(m: Moment) -> Court:
    """Return the party that owes the next word, and since when. It reads facts, and one switch: `closure_owed`'s."""
    closing = m.policy.closure_owed.enabled
    if m.ended:
        owed = [m.entry.at] if closing and closing_word_is_owed(m) else []
        if m.in_reply_days:
            owed += [x.at for x in m.asks_of_candidate[:1]]
        return _recruiter_or_nobody(owed)
    asked = [x.at for x in (*m.asks_of_candidate[:1], *m.asks_of_client[:1])]
    if m.paused:
        opens_at = closed_job_opening(m) if closing else None
        return _recruiter_or_nobody([*asked, *([opens_at] if opens_at else [])])
    return _active(m, asked)


def _recruiter_or_nobody(owed: list[datetime]) -> Court:
    return ("recruiter", min(owed)) if owed else (None, None)


def _active(m: Moment, asked: list[datetime]) -> Court:
    last, waiting = m.last, open_checks(m)
    owed = list(asked)
    if last is not None and (m.follow_up_missing or m.debrief_missing):
        owed.append(last.ends_at)
    owed += [x.ready_at for x in waiting if x.ready_at is not None and x.result_from == "recruiter"]
    resigned_at = resigned_without_a_talk(m)
    if resigned_at is not None:
        owed.append(resigned_at)
    if owed:
        return "recruiter", min(owed)

    owed = [x.asked_at for x in waiting if x.ready_at is None]
    start = quiet_clock(m)
    if start is not None and start <= m.now:
        owed.append(start)
    if owed:
        return "candidate", min(owed)

    if m.asks_to_client:
        return "client", m.asks_to_client[0].at
    results = [x.ready_at for x in waiting if x.ready_at is not None and x.result_from == "client"]
    if results:
        return "client", min(results)
    if m.pending:
        if last is None:
            return "client", m.entry.at
        return "client", m.follow_ups[0].at if m.follow_ups else last.ends_at
    return None, None
