"""Section *Silence*: missing answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import DAY, Moment, highest, on, step


def reply_owed(m: Moment, found: Findings) -> None:
    """Flag unanswered asks of the candidate and the client; after the end only the candidate's."""
    rule, day, today = m.policy.reply_owed, m.agency.day, m.agency.day(m.now)
    asked = []
    if m.in_reply_days and m.asks_of_candidate:
        asked.append(("reply_to_candidate", m.asks_of_candidate, rule.watch, rule.warning, rule.critical))
    if not m.ended and m.asks_of_client:
        thresholds = rule.client
        asked.append(("reply_to_client", m.asks_of_client, thresholds.watch, thresholds.warning, thresholds.critical))
    raised = []
    for kind, asks, *steps in asked:
        due_at = m.agency.eod(m.agency.next_bday(day(asks[0].at)))
        found.act(kind, "reply_owed", asks[0].at, due_at)
        severity = step(m.agency.bdays(day(asks[0].at), today), *steps)
        if severity is not None:
            raised.append((severity, asks))
    if raised:
        evidence = [x.id for _, asks in raised for x in asks]
        since = min(asks[0].at for _, asks in raised)
        found.flag("reply_owed", highest(severity for severity, _ in raised), since, evidence)


def present(m: Moment, a: date, b: date) -> int:
    """Count the candidate's business days d with a < d <= b on which they were not away."""
    if b <= a:
        return 0
    away = {
        d
        for first, last in m.history.away
        for d in (first + n * DAY for n in range((last - first).days + 1))
        if a < d <= b and m.candidate.is_bday(d)
    }
    return m.candidate.bdays(a, b) - len(away)


def quiet_clock(m: Moment) -> datetime | None:
    """Return when the clock of `going_quiet` starts, also in the future, or None where there is no clock."""
    if m.asks_to_candidate:
        return m.asks_to_candidate[0].at
    if m.effective != "offer":
        return None
    words = [x.at for x in m.words_to("recruiter", "candidate")]
    start = max([m.entry.at, *m.heard_candidate, *words])
    for x in m.history.commitments:
        if x.owed_by == "candidate" or x.made_at >= m.entry.at:
            freed = [m.candidate.sod(m.candidate.next_bday(x.due_on)), x.fulfilled_at, x.cancelled_at]
            start = max(start, min(at for at in freed if at is not None))
    return start


def attempts(m: Moment) -> list[datetime]:
    """Return the first ask of each attempt to reach the candidate."""
    found: list[datetime] = []
    for x in m.asks_to_candidate:
        if not found or x.at > found[-1] + timedelta(minutes=m.policy.episode_minutes):
            found.append(x.at)
    return found


def going_quiet(m: Moment, found: Findings) -> None:
    """Flag a candidate who does not answer, considers an offer, or has been silent for long."""
    rule, day, today = m.policy.going_quiet, m.candidate.day, m.candidate.day(m.now)
    start, severity = quiet_clock(m), None
    if start is not None:
        thresholds = rule.watch, rule.warning, rule.critical
        if m.asks_to_candidate and m.effective == "offer":
            thresholds = rule.offer.watch, rule.offer.warning, rule.offer.critical
        if start <= m.now:
            severity = step(present(m, day(start), today), *thresholds)
        tries = attempts(m)
        if len(tries) >= rule.attempts and len({day(at) for at in tries}) >= 2:
            severity = highest([severity, "warning"])
    elif not m.pending and m.effective != "offer" and not m.nothing_booked:
        limit = rule.max_silence_accepted if m.effective == "accepted" else rule.max_silence
        start = max([m.history.opened_at, *m.heard_candidate])
        severity = "watch" if present(m, day(start), today) >= limit else None
    if start is None or severity is None:
        return
    found.flag("going_quiet", severity, start)
    asks = [x.at for x in m.log if x.receiver == "candidate" and m.words.expects_reply(x)]
    opens_on = m.candidate.next_bday(today) if asks and day(asks[-1]) == today else today
    due_at = m.candidate.eod(m.candidate.roll(opens_on))
    found.act("check_in_candidate", "going_quiet", m.candidate.sod(opens_on), due_at)


def client_quiet(m: Moment, found: Findings) -> None:
    """Flag a client who does not answer after the day it named."""
    if not m.asks_to_client:
        return
    rule, client, start = m.policy.client_quiet, m.client, m.asks_to_client[0].at
    if m.timeline is not None:
        start = max(start, client.sod(client.next_bday(on(m.timeline))))
    today = client.day(m.now)
    severity = step(client.bdays(client.day(start), today), rule.watch, rule.warning, rule.critical)
    if severity is not None:
        found.flag("client_quiet", severity, start)
        found.act("chase_client", "client_quiet", client.sod(today), client.eod(today))


def update_owed(m: Moment, found: Findings) -> None:
    """Flag a candidate who waits to hear."""
    if not (m.pending or m.nothing_booked) or m.reply_severity() is not None:
        return
    rule, agency, client, today = m.policy.update_owed, m.agency, m.client, m.agency.day(m.now)
    words = [x.at for x in m.log if x.receiver == "candidate" or (x.two_way and x.sender == "candidate")]
    ended = [m.last.ends_at] if m.last else []
    booked = [x.booked_at for x in m.history.interviews]
    u = start = max([*words, m.entry.at, *ended, *booked, *m.missed_at])
    knows = m.timeline is not None and any(at >= m.timeline.stated_at for at in words)
    on_the_date = False
    if m.timeline is not None and knows and agency.sod(on(m.timeline)) > u:
        start, on_the_date = agency.sod(on(m.timeline)), True
    passed_on = None
    if m.timeline is not None and m.pending:
        passed_on = client.next_bday(on(m.timeline))
        if any(at >= client.sod(passed_on) for at in words):
            passed_on = None

    severity, since = step(agency.bdays(agency.day(start), today), rule.watch, rule.warning, rule.critical), start
    if severity is None and knows and agency.bdays(agency.day(u), today) >= rule.known_date:
        severity, since = "watch", u
    if severity is None and passed_on is not None and m.now >= client.eod(passed_on):
        severity, since = "watch", client.eod(passed_on)
    found.flag("update_owed", severity, since)

    d = agency.day(start)
    opens_at, due_at = agency.sod(agency.nth_bday(d, rule.watch - 1)), agency.eod(agency.nth_bday(d, rule.watch))
    if on_the_date:
        tenth = agency.nth_bday(agency.day(u), rule.known_date)
        if agency.sod(tenth) < opens_at:
            opens_at, due_at = agency.sod(tenth), agency.eod(tenth)
    date_has_passed = m.timeline is not None and m.now >= client.eod(on(m.timeline))
    if passed_on is not None and date_has_passed and client.sod(passed_on) < opens_at:
        opens_at, due_at = client.sod(passed_on), client.eod(passed_on)
    found.act("update_candidate", "update_owed", opens_at, due_at)
