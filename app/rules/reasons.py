"""Why a flag stands: one plain sentence for each kind, made from the flag's detail when somebody reads it."""

from __future__ import annotations

from datetime import datetime

from app.rules.wording import PARTIES, Detail, Reading, Reason, as_date, counted, listed, sentence

_CHANNELS = {
    "phone": "by phone",
    "voicemail": "by voicemail",
    "email": "by email",
    "sms": "by text message",
    "whatsapp": "on WhatsApp",
    "video": "by video call",
    "in_person": "in person",
    "linkedin": "on LinkedIn",
    "facebook": "on Facebook",
    "other_social": "on social media",
    "portal": "through the portal",
}

UNWELCOME = {
    "social": "which this organisation does not welcome",
    "thank_you": "where this organisation does not want thank-you notes sent directly",
    "via_recruiter": "where this organisation wants word through you",
}


def channel_text(channel: str) -> str:
    """`by phone`, `on LinkedIn`, or `directly` for a channel without a name."""
    return _CHANNELS.get(channel, "directly")


def going_quiet(detail: Detail, now: datetime) -> str:
    """The candidate's silence."""
    read = Reading(detail, now)
    heard = (
        f"no word from the candidate since {read.day('heard')}" if detail["heard"] else "no word from the candidate yet"
    )
    if detail.get("asked_on"):
        heard += f"; asked on {read.days_of(detail['asked_on'])}"
    elif "offer_since" not in detail:
        heard += (
            f", nor a question to them, since {read.day('start')}"
            if not detail["heard"]
            else " and no question to them"
        )
    if "offer_since" in detail:
        heard += f"; in offer since {read.day('offer_since')}"
    left_out = ", days away left out" if detail["away"] else ""
    return sentence(f"{heard}; {read.business_days(read.on('start'))}{left_out}")


def client_quiet(detail: Detail, now: datetime) -> str:
    """The client's silence."""
    read = Reading(detail, now)
    text = f"no word from the client since {read.day('heard')}" if detail["heard"] else "no word from the client yet"
    text += f"; asked on {read.days_of(detail['asked_on'])}"
    if detail["named"]:
        text += f"; their own date was {read.day('named')}"
    return sentence(f"{text}; {read.business_days(read.on('start'))}")


def _reply_owed(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    waited = read.business_days(read.on("start"))
    return sentence(f"the candidate asked on {read.days_of(detail['asked_on'])} and has had no answer; {waited}")


def _over_contacting(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    times = counted(len(detail["contacted_on"]), "time")
    days = counted(detail["window_days"], "day")
    text = f"the candidate got in touch {times} within {days}, on {read.days_of(detail['contacted_on'])}"
    return sentence(text if detail["pressing"] else f"{text}, though without pressing for an answer")


def _premature_contact(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    told = []
    for asked in detail["asked"]:
        whom = "the client" if asked["to_client"] else "you"
        on = read.day_of(as_date(asked["on"], read.calendar))
        same_day = ", the day of the interview" if asked["same_day"] else ""
        told.append(f"{whom} on {on}{same_day}")
    opens_on = read.day_of(as_date(detail["asked"][-1]["opens_on"], read.calendar))
    return sentence(f"the candidate asked {listed(told)}; it was too early before {opens_on}")


def _off_channel_contact(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    told = []
    for contact in detail["contacts"]:
        how = channel_text(contact["channel"])
        on = read.day_of(as_date(contact["on"], read.calendar))
        told.append(f"{how} on {on}, {UNWELCOME[contact['why']]}")
    return sentence(f"the candidate contacted the client {listed(told)}")


def _follow_up_overdue(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    limit = f"by {read.moment('late_due_at')}" if "late_due_at" in detail else "the same day"
    since = read.business_days(read.on("ended_at"))
    return sentence(
        f"the interview ended on {read.moment('ended_at')} and the hiring manager has had no follow-up; "
        f"it was due {limit}; {since}"
    )


def _debrief_overdue(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(
        f"no debrief with the candidate since the interview of {read.day('ended_at')}; "
        f"it was due on {read.day('due_on')}; {read.lateness(read.on('due_on'))}"
    )


def _timeline_missing(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    said = f"; the word of {read.day('stated_on')} named none" if "stated_on" in detail else ""
    return sentence(
        f"no date for the decision since the interview of {read.day('ended_at')}{said}; "
        f"one was due by {read.day('due_on')}; {read.lateness(read.on('due_on'))}"
    )


def _timeline_overdue(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    named = "the decision was promised for" if detail["decision_by"] == detail["date"] else "word was promised for"
    said = PARTIES[detail["stated_by"]]
    since = read.business_days(read.on("date"))
    return sentence(f"{named} {read.day('date')} (said by {said} on {read.day('stated_at')}) and has not come; {since}")


def _commitment_overdue(detail: Detail, now: datetime) -> str:
    told = []
    for promise in detail["promises"]:
        own = Reading({**detail, **promise}, now)
        owner = "your own" if promise["owed_by"] == "recruiter" else f"{PARTIES[promise['owed_by']]}'s"
        told.append(f"{owner} for {own.day('due_on')}")
    kept = "a promise was not kept" if len(told) == 1 else f"{_in_words(len(told))} promises were not kept"
    first = min(detail["promises"], key=lambda promise: str(promise["rolled_to"]))
    own = Reading({**detail, **first}, now)
    return sentence(f"{kept}: {listed(told)}; {own.lateness(own.on('rolled_to'))}")


def _nothing_booked(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    since = f"the interview fell through on {read.day('missed_at')}" if detail["missed_at"] else ""
    head = f"{since} and none is booked" if since else f"no interview has been booked since {read.day('start')}"
    return sentence(f"{head}; one was due by {read.day('due_on')}; {read.lateness(read.on('due_on'))}")


def _closure_owed(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(
        f"{detail['stage']} on {read.day('closed_on')} and the candidate has not been told since; "
        f"due by {read.day('due_on')}; {read.lateness(read.on('due_on'))}"
    )


def _in_words(n: int) -> str:
    """Small numbers in words, for the head of a sentence."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n] if n < len(words) else str(n)


FLAG_REASONS: dict[str, Reason] = {
    "going_quiet": going_quiet,
    "client_quiet": client_quiet,
    "reply_owed": _reply_owed,
    "over_contacting": _over_contacting,
    "premature_contact": _premature_contact,
    "off_channel_contact": _off_channel_contact,
    "follow_up_overdue": _follow_up_overdue,
    "debrief_overdue": _debrief_overdue,
    "timeline_missing": _timeline_missing,
    "timeline_overdue": _timeline_overdue,
    "commitment_overdue": _commitment_overdue,
    "nothing_booked": _nothing_booked,
    "closure_owed": _closure_owed,
}
