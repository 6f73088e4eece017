"""*Between yes and the first day*, and *Keep warm*."""

from __future__ import annotations

from datetime import datetime

from app.rules.history import Interaction, Milestone
from tests.rules.literal.checks import open_checks
from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import DAY, Moment
from tests.rules.literal.overdue import late
from tests.rules.literal.words import is_between

HOLDS_BACK = ("reference", "medical", "drug_alcohol", "background")


def latest_milestone(m: Moment, kind: str) -> Milestone | None:
    """Return the latest milestone of a kind since the last reopening."""
    facts = [x for x in m.history.milestones if x.kind == kind and not m.before_the_reopening(x.at)]
    return max(facts, key=lambda x: (x.at, x.recorded, x.id), default=None)


def talks_since(m: Moment, at: datetime) -> list[Interaction]:
    """Return the talks between candidate and recruiter since an instant."""
    return [x for x in m.talks("candidate", "recruiter") if x.at >= at]


def resigned_without_a_talk(m: Moment) -> datetime | None:
    """Return the instant of the resignation (R) while `call_after_resignation` is due."""
    resigned = latest_milestone(m, "resigned")
    if m.effective != "accepted" or latest_milestone(m, "started") or resigned is None or talks_since(m, resigned.at):
        return None
    return resigned.at


def milestones(m: Moment, found: Findings) -> None:
    """Apply the rules of the notice period."""
    if latest_milestone(m, "started") is not None or m.effective not in ("offer", "accepted"):
        return
    _counter_offer(m, found)
    if m.effective == "accepted":
        _resignation(m, found)
        _start(m, found)
        _notice(m, found)


def _counter_offer(m: Moment, found: Findings) -> None:
    offer, declined, place = (
        latest_milestone(m, "counter_offer"),
        latest_milestone(m, "counter_offer_declined"),
        m.candidate,
    )
    if offer is None or (declined is not None and declined.at >= offer.at):
        return
    critical = m.now >= place.eod(place.next_bday(place.day(offer.at)))
    found.flag("counter_offer_open", "critical" if critical else "warning", offer.at)
    opens_at, talks = offer.at, talks_since(m, offer.at)
    if talks:
        opens_at = place.sod(place.next_bday(place.day(talks[-1].at)))
    due_at = place.eod(place.roll(place.day(opens_at)))
    found.act("talk_counter_offer", "counter_offer_open", opens_at, due_at)


def nothing_holds_back_since(m: Moment) -> datetime | None:
    """Return W, the instant from which it is right to resign."""
    written = latest_milestone(m, "written_offer")
    if written is None or any(x.kind in HOLDS_BACK for x in open_checks(m)):
        return None
    ends = [x.ended_at for x in m.history.checks if x.kind in HOLDS_BACK and x.ended_at is not None]
    return max([m.entry.at, written.at, *ends])


def _resignation(m: Moment, found: Findings) -> None:
    place, rule = m.candidate, m.policy.resignation_overdue
    free_at = nothing_holds_back_since(m)
    if free_at is not None and not latest_milestone(m, "resigned") and not latest_milestone(m, "nothing_to_resign"):
        due_on = place.nth_bday(place.day(free_at), rule.resign_days)
        severity = late(m, place, due_on, rule.warning, rule.critical)
        found.flag("resignation_overdue", severity, place.eod(due_on))
        found.act("support_resignation", "resignation_overdue", free_at, place.eod(due_on))
    resigned_at = resigned_without_a_talk(m)
    if resigned_at is not None:
        due_at = place.eod(place.day(resigned_at))
        found.act("call_after_resignation", "resignation_overdue", resigned_at, due_at)


def _start(m: Moment, found: Findings) -> None:
    client, rule, accepted_at = m.client, m.policy.start_unsettled, m.entry.at
    accepted_on, agreed = client.day(accepted_at), latest_milestone(m, "start_agreed")
    if latest_milestone(m, "written_offer") is None:
        due_at = client.eod(client.nth_bday(accepted_on, m.policy.written_offer.days))
        found.act("get_in_writing", "written_offer", accepted_at, due_at)
    if agreed is None:
        due_on = client.nth_bday(accepted_on, rule.agree_days)
        found.flag("start_unsettled", late(m, client, due_on, rule.warning), client.eod(due_on))
        found.act("agree_start", "start_unsettled", accepted_at, client.eod(due_on))
        return
    starts_on = agreed.on
    assert starts_on is not None
    if m.now >= client.eod(starts_on):
        critical = m.now >= client.eod(client.next_bday(starts_on))
        found.flag("start_unsettled", "critical" if critical else "warning", client.eod(starts_on))
    eve = starts_on - DAY
    while not client.is_bday(eve):
        eve -= DAY
    opens_at = max(accepted_at, client.sod(eve))
    if not talks_since(m, opens_at):
        found.act("start_call", "start_unsettled", opens_at, client.eod(client.day(opens_at)))


def _notice(m: Moment, found: Findings) -> None:
    if "going_quiet" in found.severities:
        return
    place, talks = m.candidate, talks_since(m, m.entry.at)
    talked_on = place.day(talks[-1].at if talks else m.entry.at)
    opens_on = talked_on + m.policy.notice.every_days * DAY
    found.act("notice_check_in", "notice", place.sod(opens_on), place.eod(place.roll(opens_on)))


def keep_in_touch(m: Moment, found: Findings) -> None:
    """Stay in touch with a candidate whose application has ended."""
    marks = [x for x in m.history.keep_warm if x.ended_at is None and not m.before_the_reopening(x.at)]
    if not marks:
        return
    agency, mark = m.agency, max(marks, key=lambda x: (x.at, x.recorded, x.id))
    words = [x.at for x in m.log if is_between(x, "recruiter", "candidate")]
    words += [x.at for x in m.history.contacts_elsewhere]
    opens_on = agency.day(max([mark.at, *words])) + m.policy.keep_warm.every_days * DAY
    if agency.day(m.now) < mark.until and opens_on < mark.until:
        due_at = agency.eod(agency.roll(opens_on + 7 * DAY))
        found.act("keep_in_touch", "keep_warm", agency.sod(opens_on), due_at)
