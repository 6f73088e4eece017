"""Reasons of actions and of the follow-up window: one sentence for each, built from the stored `detail`."""

from __future__ import annotations

from datetime import datetime

from app.rules.flag_reasons import (
    CHECKS,
    check_step,
    client_quiet,
    closing,
    counter_offer_open,
    going_quiet,
    undated,
    update_owed,
)
from app.rules.wording import PARTIES, Detail, DetailReader, Reason, counted, listed, sentence


def _basis(read: DetailReader) -> str:
    """Return the clause that names the date on which a follow-up window, or a `chase_decision` action, is based."""
    on = read.day("basis_on")
    decision = "was" if read.on("basis_on") < read.today else "is"
    return {
        "contact_from": f"the client asked not to be contacted before {on}",
        "decision_by": f"the decision {decision} expected on {on}",
        "thanks": f"no date is known, and the thank-you note went on {on}",
        "interview": f"no date is known, and the interview was on {on}",
    }[read.detail["basis"]]


def window_reason(detail: Detail, now: datetime) -> str:
    """Return a sentence that says why the follow-up window opens on its date. `detail` is that of the window."""
    read = DetailReader(detail, now)
    text = _basis(read)
    if detail["basis"] == "decision_by":
        text += "; the next business day is right"
    elif detail["basis"] != "contact_from":
        text += f"; {counted(detail['wait_days'], 'day')} later is right"
    if "last_contact_on" in detail:
        spacing = counted(detail["spacing_days"], "day")
        text += f"; the candidate got in touch on {read.day('last_contact_on')}, and {spacing} should lie between"
    return sentence(text)


def _follow_up_hiring_manager(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"the interview ended on {read.moment('ended_at')} and the hiring manager has had no follow-up yet")


def _retry_follow_up(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"the follow-up of {read.day('tried_at')} was one-way, and the client has not been heard from since"
    )


def _debrief_candidate(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    talked = f"; you talked on {read.day('talked_at')}, but no debrief is recorded" if detail.get("talked_at") else ""
    return sentence(
        f"the interview ended on {read.moment('ended_at')} and the candidate has not said how it went{talked}"
    )


def _remind_thank_you(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    way = "; this organisation wants it to go through you" if detail["thank_you"] == "via_recruiter" else ""
    return sentence(f"no thank-you note since the interview ended on {read.moment('ended_at')}{way}")


def _ask_timeline(detail: Detail, now: datetime) -> str:
    return sentence(undated(DetailReader(detail, now)))


def _chase_decision(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    asked = f"; your last word to the client was on {read.day('asked_on')}" if "asked_on" in detail else ""
    return sentence(f"{_basis(read)}{asked}; ask from {read.day('opens_on')} on")


def _reply_to_candidate(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"the candidate asked you on {read.days_of(detail['asked_on'])} and waits for your answer")


def _reply_to_client(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"the client asked you on {read.days_of(detail['asked_on'])} and waits for your answer")


_COACHED = {
    "over_contacting": "too often",
    "premature_contact": "too early",
    "off_channel_contact": "in the wrong place",
}


def _coach_candidate(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    why = listed([_COACHED[kind] for kind in detail.get("flags", _COACHED)])
    on = read.day("contacted_at")
    return sentence(f"the candidate got in touch {why}, last on {on}, and no coaching is recorded since")


def _keep_commitment(detail: Detail, now: datetime) -> str:
    return sentence(f"you promised this for {DetailReader(detail, now).day('due_on')}")


def _chase_commitment(detail: Detail, now: datetime) -> str:
    who = PARTIES[detail["owed_by"]]
    return sentence(f"{who} promised this for {DetailReader(detail, now).day('due_on')} and has not kept it yet")


def _book_interview(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    if detail["missed_at"]:
        return sentence(f"the interview fell through on {read.day('missed_at')} and no other is booked")
    return sentence(f"the next step is an interview, and none has been booked since {read.day('start')}")


def _close(detail: Detail, now: datetime) -> str:
    return sentence(closing(DetailReader(detail, now)))


def _collect_referees(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"in reference check since {read.day('start')} and no reference has been asked for")


def _warn_referee(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"a reference was asked for on {read.day('asked_at')}{_booked(read)} and the referee has not been warned yet"
    )


def _prepare_for_check(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    asked = f"{CHECKS[detail['check']]} was asked for on {read.day('asked_at')}{_booked(read)}"
    return sentence(f"{asked} and the candidate has not been told what to expect yet")


def _booked(read: DetailReader) -> str:
    return f", booked for {read.moment('booked_for')}," if read.detail["booked_for"] else ""


def _take_reference(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"{CHECKS[detail['check']]} has been ready since {read.day('ready_at')} and the result is yours to get"
    )


def _chase_check(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"{check_step(read)}; it was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}")


def _get_in_writing(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"accepted on {read.day('accepted_at')} and no written offer is recorded")


def _support_resignation(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"the offer is in writing and nothing has held the resignation back since {read.day('free_at')}; "
        f"it is due by {read.day('due_on')}"
    )


def _call_after_resignation(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"the candidate resigned on {read.moment('resigned_at')} and you have not talked with them since")


def _agree_start(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"accepted on {read.day('accepted_at')} and no first day is agreed yet")


def _start_call(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    on = read.day("first_day")
    if read.on("first_day") > read.today:
        return sentence(f"the first day is {on}; talk with the candidate on the business day before")
    if read.on("first_day") == read.today:
        return sentence(f"the first day is {on}, and you have not talked with the candidate just before it")
    return sentence(f"the first day was to be {on}, and you have not talked with the candidate since just before it")


def _notice_check_in(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    if detail["talked_at"]:
        talked = f"you last talked with the candidate on {read.day('talked_at')}"
    else:
        talked = f"accepted on {read.day('accepted_at')}, and you have not talked with the candidate since"
    return sentence(f"{talked}; a talk every {counted(detail['every_days'], 'day')} is right until they start")


def _keep_in_touch(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    if detail["last_contact"]:
        since = f"you were last in touch with the candidate on {read.day('last_contact')}"
    else:
        since = f"kept warm since {read.day('marked_at')}, and not in touch since"
    every = counted(detail["every_days"], "day")
    return sentence(f"{since}; a word every {every} is right, until {read.day('until')}")


ACTION_REASONS: dict[str, Reason] = {
    "follow_up_hiring_manager": _follow_up_hiring_manager,
    "retry_follow_up": _retry_follow_up,
    "debrief_candidate": _debrief_candidate,
    "remind_thank_you": _remind_thank_you,
    "ask_timeline": _ask_timeline,
    "chase_decision": _chase_decision,
    "chase_client": client_quiet,
    "check_in_candidate": going_quiet,
    "reply_to_candidate": _reply_to_candidate,
    "reply_to_client": _reply_to_client,
    "update_candidate": update_owed,
    "coach_candidate": _coach_candidate,
    "keep_commitment": _keep_commitment,
    "chase_commitment": _chase_commitment,
    "book_interview": _book_interview,
    "close_loop": _close,
    "close_application": _close,
    "collect_referees": _collect_referees,
    "warn_referee": _warn_referee,
    "prepare_for_check": _prepare_for_check,
    "take_reference": _take_reference,
    "chase_check": _chase_check,
    "get_in_writing": _get_in_writing,
    "support_resignation": _support_resignation,
    "call_after_resignation": _call_after_resignation,
    "talk_counter_offer": counter_offer_open,
    "agree_start": _agree_start,
    "start_call": _start_call,
    "notice_check_in": _notice_check_in,
    "keep_in_touch": _keep_in_touch,
}
