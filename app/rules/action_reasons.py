"""Why an action is to be done and why a window opens when it does: a sentence each, made from the detail."""

from __future__ import annotations

from datetime import datetime

from app.rules.reasons import client_quiet, going_quiet
from app.rules.wording import PARTIES, Detail, Reading, Reason, counted, sentence


def _basis(read: Reading) -> str:
    """What a window, and the moment to chase a decision, rest on."""
    on = read.day("basis_on")
    return {
        "contact_from": f"the client asked not to be contacted before {on}",
        "decision_by": f"the decision was promised for {on}",
        "thanks": f"no date is known, and the thank-you note went on {on}",
        "interview": f"no date is known, and the interview was on {on}",
    }[read.detail["basis"]]


def window_reason(detail: Detail, now: datetime) -> str:
    """Why the follow-up window opens when it does."""
    read = Reading(detail, now)
    text = _basis(read)
    if detail["basis"] == "decision_by":
        text += "; the next business day is right"
    elif detail["basis"] != "contact_from":
        text += f"; {counted(detail['wait_days'], 'day')} later is right"
    if "last_contact_on" in detail:
        spacing = counted(detail["spacing_days"], "day")
        text += f"; the candidate asked on {read.day('last_contact_on')}, and {spacing} should lie between"
    return sentence(text)


def _follow_up_hiring_manager(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(f"the interview ended on {read.moment('ended_at')} and the hiring manager has had no follow-up yet")


def _retry_follow_up(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(f"the follow-up of {read.day('tried_at')} was one-way and the client has not been heard since")


def _debrief_candidate(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(f"the interview ended on {read.moment('ended_at')} and the candidate has not told how it went")


def _remind_thank_you(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    way = "; here it goes through you" if detail["thank_you"] == "via_recruiter" else ""
    return sentence(f"no thank-you note since the interview ended on {read.moment('ended_at')}{way}")


def _ask_timeline(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    said = f"; the word of {read.day('stated_on')} named none" if "stated_on" in detail else ""
    return sentence(f"no date for the decision is known since the interview of {read.day('ended_at')}{said}")


def _chase_decision(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    asked = f"; you last spoke to the client on {read.day('asked_on')}" if "asked_on" in detail else ""
    return sentence(f"{_basis(read)}{asked}; ask from {read.day('opens_on')} on")


def _reply_to_candidate(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(f"the candidate asked on {read.days_of(detail['asked_on'])} and waits for your answer")


def _coach_candidate(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(
        f"the contact of {read.day('contacted_at')} was too often, too early or in the wrong place, "
        "and nobody has talked about it with the candidate since"
    )


def _keep_commitment(detail: Detail, now: datetime) -> str:
    return sentence(f"you promised this for {Reading(detail, now).day('due_on')}")


def _chase_commitment(detail: Detail, now: datetime) -> str:
    who = PARTIES[detail["owed_by"]]
    return sentence(f"{who} promised this for {Reading(detail, now).day('due_on')} and has not kept it yet")


def _book_interview(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    if detail["missed_at"]:
        return sentence(f"the interview fell through on {read.day('missed_at')} and no other is booked")
    return sentence(f"an interview is to come since {read.day('start')} and none is booked")


def _close_loop(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(f"{detail['stage']} on {read.day('closed_on')}, and the candidate has not been told since")


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
    "coach_candidate": _coach_candidate,
    "keep_commitment": _keep_commitment,
    "chase_commitment": _chase_commitment,
    "book_interview": _book_interview,
    "close_loop": _close_loop,
}
