"""*Checks*: references, medicals and the rest."""

from __future__ import annotations

from datetime import date

from app.rules.history import Check
from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import Moment, highest
from tests.rules.literal.overdue import late


def open_checks(m: Moment) -> list[Check]:
    """Return the checks neither done nor cancelled."""
    return [x for x in m.history.checks if x.done_at is None and x.cancelled_at is None]


def owed_by(x: Check) -> str:
    """Return the party that owes the step at which an open check is."""
    return "candidate" if x.ready_at is None else x.result_from


def due_on(m: Moment, x: Check) -> date:
    """Return the date at whose end the step of an open check is due, on the calendar of the party that owes it."""
    rule, place = m.policy.check_overdue, m.place(owed_by(x))
    if x.ready_at is not None:
        ready_on = place.day(x.ready_at)
        if x.result_by is None:
            return place.nth_bday(ready_on, rule.result_days)
        return place.roll(max(ready_on, x.result_by))
    asked_on = place.day(x.asked_at)
    if x.booked_for is None:
        return place.nth_bday(asked_on, rule.arrange_days)
    return max(asked_on, place.day(x.booked_for))


def checks(m: Moment, found: Findings) -> None:
    """Collect referees, warn them, prepare the candidate, take references, and chase what is overdue."""
    rule, candidate, severities, dues, evidence = m.policy.check_overdue, m.candidate, [], [], []
    references = [x for x in m.history.checks if x.kind == "reference" and x.cancelled_at is None]
    if m.effective == "reference_check" and not references:
        due_at = candidate.eod(candidate.next_bday(candidate.day(m.entry.at)))
        found.act("collect_referees", "check_overdue", m.entry.at, due_at)
    for x in open_checks(m):
        place, due = m.place(owed_by(x)), due_on(m, x)
        due_at = place.eod(due)
        severity = late(m, place, due, rule.warning, rule.critical)
        if severity is not None:
            severities.append(severity)
            dues.append(due_at)
            evidence.append(x.id)
        if x.prepared_at is None and x.ready_at is None and (x.booked_for is None or m.now < x.booked_for):
            kind = "warn_referee" if x.kind == "reference" else "prepare_for_check"
            warned_by = candidate.eod(candidate.next_bday(candidate.day(x.asked_at)))
            if x.booked_for is not None:
                warned_by = min(warned_by, x.booked_for)
            found.act(kind, "check_overdue", x.asked_at, warned_by, x.id)
        if x.ready_at is not None and x.result_from == "recruiter":
            found.act("take_reference", "check_overdue", x.ready_at, due_at, x.id)
        if severity is not None and owed_by(x) in ("candidate", "client"):
            found.act("chase_check", "check_overdue", due_at, m.agency.eod(m.agency.day(m.now)), x.id)
    if severities:
        found.flag("check_overdue", highest(severities), min(dues), evidence)
