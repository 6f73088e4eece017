"""The activity timeline of an application: every fact, stage move and flag in the order of time, one sentence each."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from app.access.queries import get_agency_calendar
from app.access.unit_of_work import UnitOfWork
from app.applications.activity_sentences import call_words, labelled, sentences, shortened
from app.applications.history_loader import load
from app.applications.models import (
    application,
    check,
    commitment,
    flag,
    interaction,
    interview,
    keep_warm_mark,
    milestone,
    transition,
    waiver,
)
from app.applications.queries import get_application
from app.applications.schemas import HistoryItem, HistoryKind, HistoryOut
from app.jobs.models import timeline_revision
from app.kit.damaged_rows import check_damage
from app.rules.calendar import Calendar
from app.rules.history import History
from app.rules.stages import stage_history
from app.rules.wording import date_text, moment_text

_PARTY = {"candidate": "the candidate", "recruiter": "the recruiter", "client": "the client"}
_CHANNEL = {
    "phone": "by phone",
    "voicemail": "by voicemail",
    "email": "by email",
    "sms": "by SMS",
    "whatsapp": "by WhatsApp",
    "video": "by video",
    "in_person": "in person",
    "linkedin": "on LinkedIn",
    "facebook": "on Facebook",
    "other_social": "on social media",
    "portal": "through the portal",
    "other": "in another way",
}
_PURPOSE = {
    "thank_you": "said thank you to",
    "debrief": "debriefed the interview with",
    "interview_follow_up": "followed up the interview with",
    "chase": "chased",
    "feedback_request": "asked for feedback from",
    "question": "asked a question of",
    "answer": "answered",
    "information": "informed",
    "scheduling": "arranged times with",
    "check_in": "checked in with",
    "coaching": "coached",
    "offer": "spoke about the offer with",
    "unspecified": "contacted",
}

_CHECK = {
    "reference": "reference",
    "medical": "medical",
    "drug_alcohol": "drug and alcohol screen",
    "background": "background check",
    "right_to_work": "right-to-work check",
    "licence": "licence check",
    "other": "check",
}
_MILESTONE = {
    "written_offer": "The offer was made in writing",
    "resigned": "The candidate resigned",
    "nothing_to_resign": "The candidate has no job to resign from",
    "counter_offer": "The candidate's employer made a counter-offer",
    "counter_offer_declined": "The candidate declined the counter-offer",
    "start_agreed": "The first day was agreed",
    "started": "The candidate started",
}
_JOB_STATUS = {
    "on_hold": "The job was put on hold.",
    "filled": "The job was filled.",
    "closed": "The job was closed.",
}
_CAUSE = {
    "follow_up": "the follow-up was made",
    "interview_booked": "another interview was booked",
    "started": "the candidate started",
}


@check_damage(application)
def get_history(work: UnitOfWork, application_id: UUID) -> HistoryOut:
    """Return the activity timeline of an application, with flags, and with voided facts marked as voided."""
    application = get_application(work, application_id)
    days = get_agency_calendar(work)
    items = [item for part in _PARTS for item in part(work, application_id, days)]
    loaded = load(work.conn, [(work.agency_id, application_id)])[work.agency_id, application_id]
    for step in stage_history(loaded.history, work.now):
        if step.cause == "opened":
            items.append(
                _item(application.opened_at, "opened", f"Opened in {_plain(step.stage)}.", None, {"stage": step.stage})
            )
        elif step.cause != "told":
            sentence = f"Counted as {_plain(step.stage)}, since {_CAUSE[step.cause]}."
            data = {"stage": step.stage, "cause": step.cause}
            items.append(_item(step.at, "stage_followed", sentence, None, data))
    items.extend(_job_status(loaded.history, work.now))
    return HistoryOut(application_id=application_id, items=sorted(items, key=_in_order))


def _job_status(history: History, now: datetime) -> Iterator[HistoryItem]:
    """Yield one timeline entry for the job's last change of status, unless the job is open.

    Earlier changes are not stored.
    """
    at, status = history.job_status_at, history.job_status
    if status != "open" and at is not None and at <= now:
        yield _item(at, "job_status", _JOB_STATUS[status], None, {"status": status})


_AT_ONE_INSTANT = (
    *("opened", "interview_booked", "interview_cancelled", "interview_no_show", "interview_held"),
    *("interaction", "timeline_revision", "commitment_made", "commitment_kept", "commitment_dropped"),
    *("check_asked", "check_booked", "check_prepared", "check_ready", "check_done", "check_cancelled", "milestone"),
    *("job_status", "follow_up_waived", "stage_moved", "stage_followed"),
    *("keep_warm_marked", "keep_warm_ended"),
    *("flag_raised", "flag_changed", "flag_handled", "flag_cleared"),
)
"""The order of timeline entries that have the same instant: causes before effects."""


def _in_order(item: HistoryItem) -> tuple[datetime, int, str]:
    return item.at, _AT_ONE_INSTANT.index(item.type), str(item.fact_id)


def _item(
    at: datetime, type: str, text: str, fact_id: UUID | None, data: dict[str, Any], *, voided: bool = False
) -> HistoryItem:
    return HistoryItem(at=at, type=cast("HistoryKind", type), text=text, fact_id=fact_id, voided=voided, data=data)


def _rows(work: UnitOfWork, table: sa.Table, application_id: UUID) -> Iterator[Any]:
    yield from work.conn.execute(
        sa.select(table).where(table.c.agency_id == work.agency_id, table.c.application_id == application_id)
    )


def _interactions(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, interaction, application_id):
        both = ", both speaking" if row.two_way else ""
        by_itself = " automatically" if row.automatic else ""
        text = sentences(
            f"{_PARTY[row.from_party].capitalize()}{by_itself} {_PURPOSE[row.purpose]} {_PARTY[row.to_party]} "
            f"{_CHANNEL[row.channel]}{both}{_said(row.summary)}",
            *call_words(row.details),
            *_taken_back(row),
        )
        data = {"purpose": row.purpose, "channel": row.channel, "two_way": row.two_way, "details": row.details}
        yield _item(row.occurred_at, "interaction", text, row.id, data, voided=row.voided_at is not None)


def _interviews(work: UnitOfWork, application_id: UUID, days: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, interview, application_id):
        data = {"round": row.round, "kind": row.kind, "status": row.status}
        when = moment_text(row.starts_at, days)
        yield _item(row.booked_at, "interview_booked", f"Interview {row.round} was booked for {when}.", row.id, data)
        if row.status in ("cancelled", "no_show"):
            became = "was cancelled" if row.status == "cancelled" else "was missed"
            yield _item(row.status_at, f"interview_{row.status}", f"Interview {row.round} {became}.", row.id, data)
        elif row.ends_at <= work.now:
            yield _item(row.ends_at, "interview_held", f"Interview {row.round} ended.", row.id, data)


def _commitments(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, commitment, application_id):
        who, voided = _PARTY[row.owed_by].capitalize(), row.voided_at is not None
        what = shortened(row.description).rstrip(".")
        promised = sentences(f"{who} promised: {what}, by {date_text(row.due_on)}", *_taken_back(row))
        data = {"owed_by": row.owed_by, "due_on": row.due_on.isoformat()}
        yield _item(row.made_at, "commitment_made", promised, row.id, data, voided=voided)
        for at, became in ((row.fulfilled_at, "kept"), (row.cancelled_at, "dropped")):
            if at is not None:
                text = sentences(f"The promise was {became}: {what}")
                yield _item(at, f"commitment_{became}", text, row.id, data, voided=voided)


def _checks(work: UnitOfWork, application_id: UUID, days: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, check, application_id):
        voided, name = row.voided_at is not None, f"{_CHECK[row.kind]}{_labelled(row.label)}"
        data = {"kind": row.kind, "result_from": row.result_from}
        asked = sentences(
            f"A {name} was asked for; the result comes from {_PARTY[row.result_from]}",
            f"The result is expected by {date_text(row.result_by)}" if row.result_by else "",
            f"It is booked for {moment_text(row.booked_for, days)}" if row.booked_for else "",
            *_taken_back(row),
        )
        yield _item(row.asked_at, "check_asked", asked, row.id, data, voided=voided)
        prepared = "the referee was warned" if row.kind == "reference" else "the candidate was informed"
        steps = {
            "check_booked": (row.booked_for, f"This was the appointment for the {name}."),
            "check_prepared": (row.prepared_at, f"The {name} was prepared: {prepared}."),
            "check_ready": (row.ready_at, f"The candidate's part of the {name} was done."),
            "check_done": (row.done_at, f"The {name} was concluded."),
            "check_cancelled": (row.cancelled_at, f"The {name} was cancelled."),
        }
        for what, (at, sentence) in steps.items():
            if at is not None and (what != "check_booked" or at <= work.now):
                yield _item(at, what, sentence, row.id, data, voided=voided)


def _milestones(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, milestone, application_id):
        first_day = f" for {date_text(row.on)}" if row.on else ""
        happened = sentences(f"{_MILESTONE[row.kind]}{first_day}{_said(row.note)}", *_taken_back(row))
        data = {"kind": row.kind, "on": row.on and row.on.isoformat()}
        yield _item(row.at, "milestone", happened, row.id, data, voided=row.voided_at is not None)


def _transitions(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, transition, application_id):
        text = sentences(f"Moved to {_plain(row.to)}{_said(row.reason)}", *_taken_back(row))
        yield _item(row.at, "stage_moved", text, row.id, {"to": row.to}, voided=row.voided_at is not None)


def _waivers(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, waiver, application_id):
        text = sentences(f"The follow-up was waived{_said(row.reason)}", *_taken_back(row))
        data = {"interview_id": str(row.interview_id)}
        yield _item(row.waived_at, "follow_up_waived", text, row.id, data, voided=row.voided_at is not None)


def _keep_warm(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, keep_warm_mark, application_id):
        marked = f"Marked to keep warm until {date_text(row.until)}{_said(row.note)}"
        data, voided = {"until": row.until.isoformat()}, row.voided_at is not None
        yield _item(row.at, "keep_warm_marked", sentences(marked, *_taken_back(row)), row.id, data, voided=voided)
        if row.ended_at is not None:
            ended = "No longer to be kept warm."
            yield _item(row.ended_at, "keep_warm_ended", ended, row.id, data, voided=voided)


def _revisions(work: UnitOfWork, application_id: UUID, _: Calendar) -> Iterator[HistoryItem]:
    job_id = get_application(work, application_id).job_id
    columns = timeline_revision.c
    rows = work.conn.execute(
        sa.select(timeline_revision).where(columns.agency_id == work.agency_id, columns.job_id == job_id)
    )
    for row in rows:
        parts = [
            f"a decision by {date_text(row.decision_by)}" if row.decision_by else "",
            f"contact from {date_text(row.contact_from)}" if row.contact_from else "",
            f"a start by {date_text(row.start_by)}" if row.start_by else "",
            f"confidence {row.confidence}" if row.confidence else "",
            f"next: {shortened(row.next_step)}" if row.next_step else "",
        ]
        said = "; ".join(part for part in parts if part) or "nothing about dates"
        text = sentences(
            f"{_PARTY[row.stated_by].capitalize()} gave the hiring timeline: {said}",
            labelled("Note", row.note),
            *_taken_back(row),
        )
        data = {"stated_by": row.stated_by}
        yield _item(row.stated_at, "timeline_revision", text, row.id, data, voided=row.voided_at is not None)


def _flags(work: UnitOfWork, application_id: UUID, days: Calendar) -> Iterator[HistoryItem]:
    for row in _rows(work, flag, application_id):
        data = {"kind": row.kind}
        for step, (at, severity) in enumerate((datetime.fromisoformat(s["at"]), s["severity"]) for s in row.steps):
            what, verb = ("flag_raised", "raised") if step == 0 else ("flag_changed", "now")
            yield _item(at, what, f"Flag {_plain(row.kind)} {verb}: {severity}.", row.id, data | {"severity": severity})
        if row.handled_at is not None:
            until = f" until {moment_text(row.snoozed_until, days)}" if row.state == "snoozed" else ""
            text = sentences(f"Flag {_plain(row.kind)} is {row.state}{until}{_said(row.reason)}")
            yield _item(row.handled_at, "flag_handled", text, row.id, data)
        if row.cleared_at is not None:
            yield _item(row.cleared_at, "flag_cleared", f"Flag {_plain(row.kind)} cleared.", row.id, data)


def _plain(word: str) -> str:
    """Return a stage or a kind of flag with spaces in place of underscores: `reference check`."""
    return word.replace("_", " ")


def _said(text: str | None) -> str:
    return f": {shortened(text)}" if text and text.strip() else ""


def _labelled(text: str | None) -> str:
    return f" ({shortened(text)})" if text else ""


def _taken_back(row: Any) -> Iterator[str]:
    if row.voided_at is not None:
        yield f"This was taken back{_said(row.void_reason)}"


_PARTS = (
    *(_interactions, _interviews, _commitments, _checks, _milestones, _transitions, _waivers, _keep_warm, _revisions),
    _flags,
)
