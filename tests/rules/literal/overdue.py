"""Section *Duty*: duties with a due date, and their actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.calendar import Calendar
from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import DAY, Moment, highest, on


def late(m: Moment, place: Calendar, due_on: date, warning: int, critical: int | None = None) -> str | None:
    """Return the severity of what was due at the end of a date: it goes up by business days after that date."""
    if m.now < place.eod(due_on):
        return None
    n = place.bdays(due_on, place.day(m.now))
    if critical is not None and n >= critical:
        return "critical"
    return "warning" if n >= warning else "watch"


def follow_up(m: Moment, found: Findings) -> None:
    """Ring the hiring manager the same day, and once more where nobody answered."""
    last, client, rule = m.last, m.client, m.policy.follow_up_overdue
    if last is None:
        return
    ended_on = client.day(last.ends_at)
    if m.follow_up_missing:
        due_at = client.eod(ended_on)
        if rule.late_after is not None and (
            client.clock(last.ends_at) >= rule.late_after or not client.is_bday(ended_on)
        ):
            due_at = client.at(client.next_bday(ended_on), rule.late_due)
        if m.now >= due_at:
            critical = m.now >= client.eod(client.next_bday(ended_on))
            found.flag("follow_up_overdue", "critical" if critical else "warning", due_at, [last.id])
        found.act("follow_up_hiring_manager", "follow_up_overdue", last.ends_at, due_at)
    tries = m.follow_ups
    if not tries or any(x.two_way for x in tries) or m.follow_up_lapsed:
        return
    answers = [x.at for x in m.words_to("client", "recruiter")]
    answers += [x.stated_at for x in m.history.revisions if x.stated_by == "client"]
    if not any(at >= tries[0].at for at in answers):
        again_on = client.next_bday(client.day(tries[-1].at))
        found.act("retry_follow_up", "follow_up_overdue", client.sod(again_on), client.eod(again_on))


def debrief(m: Moment, found: Findings) -> None:
    """Ask the candidate how it went."""
    if m.last is None or not m.debrief_missing:
        return
    due_on = m.candidate.next_bday(m.candidate.day(m.last.ends_at))
    if not any(x.at >= m.last.ends_at for x in m.talks("candidate", "recruiter")):
        severity = late(m, m.candidate, due_on, m.policy.debrief_overdue.warning)
        found.flag("debrief_overdue", severity, m.candidate.eod(due_on), [m.last.id])
    found.act("debrief_candidate", "debrief_overdue", m.last.ends_at, m.candidate.eod(due_on))


def thank_you(m: Moment, found: Findings) -> None:
    """Remind the candidate of a note of thanks."""
    last, rule = m.last, m.policy.thank_you
    if last is None or m.before_the_reopening(last.ends_at) or m.history.style.thank_you == "unwelcome":
        return
    if m.thanks or m.now >= last.ends_at + timedelta(hours=rule.expires_hours):
        return
    ended_on = m.client.day(last.ends_at)
    due_at = m.client.at(ended_on + DAY, rule.morning_before)
    if m.client.clock(last.ends_at) < rule.morning_before:
        due_at = m.client.eod(ended_on)
    found.act("remind_thank_you", "thank_you", last.ends_at, due_at)


def timelines(m: Moment, found: Findings) -> None:
    """Require a decision date, and flag one that has passed."""
    if not m.pending:
        return
    client, timeline = m.client, m.timeline
    if timeline is not None:
        due_at = client.sod(client.next_bday(on(timeline)))
        if m.now >= due_at:
            n = client.bdays(on(timeline), client.day(m.now))
            severity = "critical" if n >= m.policy.timeline_overdue.critical else "warning"
            found.flag("timeline_overdue", severity, due_at, [timeline.id])
    elif m.last is not None:
        rule, start, evidence = m.policy.timeline_missing, m.last.ends_at, [m.last.id]
        if m.reopened_at is not None:
            start = max(start, m.reopened_at)
        due_on = client.next_bday(client.day(start))
        latest = m.history.revisions[-1] if m.history.revisions else None
        if latest is not None and latest.stated_at >= m.last.ends_at and not latest.date_named:
            due_on = max(due_on, client.nth_bday(client.day(latest.stated_at), rule.grace))
            evidence.append(latest.id)
        found.flag("timeline_missing", late(m, client, due_on, rule.warning), client.eod(due_on), evidence)
        found.act("ask_timeline", "timeline_missing", m.last.ends_at, client.eod(due_on))


def chase_decision(m: Moment, found: Findings) -> None:
    """Ask the client for its decision, and not more than once a week."""
    opens_on = m.window()
    if opens_on is None or m.upcoming or m.follow_up_missing:
        return
    asked = [m.client.day(x.at) for x in m.words.between("recruiter", "client")]
    asked = [d for d in asked if d >= opens_on]
    if asked:
        opens_on = max(opens_on, asked[-1] + m.policy.chase_spacing_days * DAY)
    due_at = m.client.eod(m.client.roll(opens_on))
    found.act("chase_decision", "timeline_overdue", m.client.sod(opens_on), due_at)


def commitments(m: Moment, found: Findings) -> None:
    """Require promises to be kept: the recruiter's own and those of others."""
    rule, severities, evidence, dues = m.policy.commitment_overdue, [], [], []
    for x in m.history.commitments:
        if x.fulfilled_at is not None or x.cancelled_at is not None:
            continue
        place = m.place(x.owed_by)
        due_on = place.roll(x.due_on)
        due_at = place.eod(due_on)
        severity = late(m, place, due_on, rule.warning)
        if severity is not None:
            severities.append(severity)
            evidence.append(x.id)
            dues.append(due_at)
        if x.owed_by == "recruiter":
            opens_at = max(x.made_at, m.agency.sod(x.due_on - rule.ahead_days * DAY))
            found.act("keep_commitment", "commitment_overdue", opens_at, due_at, x.id)
        elif severity is not None:
            due_today = m.agency.eod(m.agency.day(m.now))
            found.act("chase_commitment", "commitment_overdue", due_at, due_today, x.id)
    if severities:
        found.flag("commitment_overdue", highest(severities), min(dues), evidence)


def nothing_booked(m: Moment, found: Findings) -> None:
    """Require the next round to be booked."""
    if not m.nothing_booked:
        return
    start = max([m.history.opened_at, m.entry.at, *m.missed_at])
    due_on = m.agency.next_bday(m.agency.day(start))
    due_at = m.agency.eod(due_on)
    found.flag("nothing_booked", late(m, m.agency, due_on, m.policy.nothing_booked.warning), due_at)
    found.act("book_interview", "nothing_booked", start, due_at)


def closing_word_is_owed(m: Moment) -> bool:
    """Return whether the candidate has not been informed of the end, and it is not too late."""
    if m.entry.stage not in ("rejected", "cancelled"):
        return False
    end, day = m.entry.at, m.agency.day
    if day(m.now) >= day(end) + m.policy.closure_owed.open_days * DAY:
        return False
    return not any(
        x.at >= end or (day(x.at) == day(end) and x.purpose in ("answer", "information", "unspecified"))
        for x in m.words_to("recruiter", "candidate")
    )


def closed_job_opening(m: Moment) -> datetime | None:
    """Return from when `close_application` stands, or None where it does not."""
    if m.closed_at is None or not m.waits_for_nothing:
        return None
    opens_at = max(m.closed_at, m.entry.at)
    last_on = m.agency.day(opens_at) + m.policy.closure_owed.open_days * DAY
    return opens_at if m.agency.day(m.now) < last_on else None


def closure(m: Moment, found: Findings) -> None:
    """Require a closing message to the candidate of an ended application."""
    if closing_word_is_owed(m):
        _closure(m, found, "close_loop", m.entry.at)


def closed_job(m: Moment, found: Findings) -> None:
    """Require a closing message, and the closing of the application, on a closed job."""
    opens_at = closed_job_opening(m)
    if opens_at is not None:
        _closure(m, found, "close_application", opens_at)


def _closure(m: Moment, found: Findings, kind: str, opens_at: datetime) -> None:
    rule = m.policy.closure_owed
    due_on = m.agency.next_bday(m.agency.day(opens_at))
    due_at = m.agency.eod(due_on)
    found.flag("closure_owed", late(m, m.agency, due_on, rule.warning, rule.critical), due_at)
    found.act(kind, "closure_owed", opens_at, due_at)
