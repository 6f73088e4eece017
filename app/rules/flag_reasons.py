"""Reasons of flags: one sentence for each kind, built from the stored `detail` whenever a flag is read."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from app.rules.wording import PARTIES, Detail, DetailReader, Reason, as_date, counted, listed, sentence

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
    """Return an interaction's channel as text: `by phone`, `on LinkedIn`, or `directly` for an unnamed channel."""
    return _CHANNELS.get(channel, "directly")


def going_quiet(detail: Detail, now: datetime) -> str:
    """Return the reason of the flag `going_quiet`: the ask or the offer, and when the candidate was last heard from."""
    read = DetailReader(detail, now)
    left_out = ", not counting days away" if detail["away"] else ""
    waited = f"{read.business_days(read.on('start'))}{left_out}"
    heard = _last_heard(read)
    if detail.get("asked_on"):
        offered = f"; in offer since {read.day('offer_since')}" if "offer_since" in detail else ""
        asked = f"asked on {read.days_of(detail['asked_on'])}, the candidate has not answered ({waited})"
        return sentence(f"{asked}; {heard}{offered}")
    if detail["heard"] and read.on("heard") == read.on("start"):
        heard += f" ({waited})"
    else:
        heard += f"; {read.business_days(read.on('start'))} since {read.day('start')}{left_out}"
    if "offer_since" in detail:
        ours = f"; your last word to them was on {read.day('our_word')}" if detail.get("our_word") else ""
        offered = f"in offer since {read.day('offer_since')}, and the candidate has not given an answer"
        return sentence(f"{offered}{ours}; {heard}")
    where = {"accepted": "has said yes and is silent", "interview_scheduled": "has an interview ahead and is silent"}
    return sentence(f"the candidate {where.get(detail.get('stage', ''), 'is silent')}; {heard}")


def _last_heard(read: DetailReader) -> str:
    """Return the clause that says when and how the candidate was last heard from."""
    if not read.detail["heard"]:
        return "not heard from yet"
    on = read.day("heard")
    return {
        "booked": f"last heard from on {on}, when an interview was booked",
        "held": f"last heard from at the interview of {on}",
        "elsewhere": f"last heard from on {on}, about another application",
    }.get(read.detail.get("heard_how", ""), f"last heard from on {on}")


def client_quiet(detail: Detail, now: datetime) -> str:
    """Return the reason of the flag `client_quiet`: when the client was asked and was last heard from.

    The reason also names the decision date, if the client has named one.
    """
    read = DetailReader(detail, now)
    asked, waited = read.days_of(detail["asked_on"]), read.business_days(read.on("start"))
    heard = f"last heard from on {read.day('heard')}" if detail["heard"] else "not heard from yet"
    if detail["named"]:
        named = f"the date named was {read.day('named')} ({waited} since {read.day('start')})"
        return sentence(f"you asked on {asked} and the client has not answered; {heard}; {named}")
    return sentence(f"you asked on {asked} and the client has not answered ({waited}); {heard}")


def _reply_owed(detail: Detail, now: datetime) -> str:
    owed = []
    # Version 2 of the rules stored the candidate's asks only.
    for asked in detail.get("waiting") or [{**detail, "asker": "candidate"}]:
        read = DetailReader({**detail, **asked}, now)
        waited = read.business_days(read.on("start"))
        owed.append(f"{PARTIES[asked['asker']]} asked you on {read.days_of(asked['asked_on'])} ({waited})")
    return sentence(f"{listed(owed)}, and you have not answered")


def update_owed(detail: Detail, now: datetime) -> str:
    """Return the reason of the flag `update_owed`: what the candidate waits for, and when they had the last message."""
    read = DetailReader(detail, now)
    since = f"since {read.day('start')} ({read.business_days(read.on('start'))})"
    if detail["passed"]:
        passed = f"the client's answer was expected on {read.day('named')} and has not come"
        return sentence(f"{passed}; the candidate has waited {since}; {_last_word(read)}")
    waits = "a date for the interview" if detail["stage"] == "interview_scheduled" else "the decision"
    if detail["knows"]:
        waits += f", expected on {read.day('named')},"
    return sentence(f"the candidate has waited for {waits} {since}; {_last_word(read)}")


def _last_word(read: DetailReader) -> str:
    """Return the clause that says when the candidate had the last message, and from whom."""
    if not read.detail["word"]:
        return "they have had no word from us"
    on = read.day("word")
    if read.detail["word_with"] == "client":
        return f"their last word was with the client, on {on}"
    return f"you last spoke with them on {on}" if read.detail["word_two_way"] else f"your last word to them was on {on}"


def _over_contacting(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    times = counted(len(detail["contacted_on"]), "time")
    days = counted(detail["window_days"], "day")
    text = f"the candidate got in touch {times} within {days}, on {read.days_of(detail['contacted_on'])}"
    if "let_off_on" in detail:
        text += f", not counting the contact of {read.days_of(detail['let_off_on'])}, which was right"
    return sentence(text if detail["pressing"] else f"{text}, though without pressing for an answer")


def _premature_contact(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    asked = []
    for contact in detail["asked"]:
        whom = "the client" if contact["to_client"] else "you"
        same_day = " (the day of the interview)" if contact["same_day"] else ""
        asked.append(f"{whom} on {read.day_of(as_date(contact['on'], read.calendar))}{same_day}")
    opens_on = read.day_of(as_date(detail["asked"][-1]["opens_on"], read.calendar))
    return sentence(f"the candidate asked {listed(asked)}; it was too early before {opens_on}")


def _off_channel_contact(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    contacts = []
    for why, alike in groupby(detail["contacts"], key=lambda contact: str(contact["why"])):
        ways = [f"{channel_text(x['channel'])} on {read.day_of(as_date(x['on'], read.calendar))}" for x in alike]
        contacts.append(f"{listed(list(dict.fromkeys(ways)))}, {UNWELCOME[why]}")
    return sentence(f"the candidate contacted the client {'; '.join(contacts)}")


def _follow_up_overdue(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    due, limit = "ended_at", "the same day"
    if "late_due_at" in detail:
        due, limit = "late_due_at", f"by {read.moment('late_due_at')}"
    return sentence(
        f"the interview ended on {read.moment('ended_at')} and the hiring manager has had no follow-up; "
        f"it was due {limit}; {read.late_text(read.on(due))}"
    )


def _debrief_overdue(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"you have not talked with the candidate since the interview of {read.day('ended_at')}; "
        f"the debrief was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}"
    )


def undated(read: DetailReader) -> str:
    """Return the clause that the client's decision has no date.

    The last statement about the decision is named by date.
    """
    said = f"; what was said on {read.day('stated_on')} named none" if "stated_on" in read.detail else ""
    return f"the decision has no date, and the interview was on {read.day('ended_at')}{said}"


def _timeline_missing(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(f"{undated(read)}; one was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}")


def _timeline_overdue(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    expected = "the decision" if detail["decision_by"] == detail["date"] else "word"
    said = f"said by {PARTIES[detail['stated_by']]} on {read.day('stated_at')}"
    late = read.late_text(read.on("date"))
    return sentence(f"{expected} was expected on {read.day('date')} ({said}) and has not come; {late}")


def _commitment_overdue(detail: Detail, now: datetime) -> str:
    promises = []
    for promise in detail["promises"]:
        read = DetailReader({**detail, **promise}, now)
        owner = "yours" if promise["owed_by"] == "recruiter" else f"{PARTIES[promise['owed_by']]}'s"
        promises.append(f"{owner} for {read.day('due_on')} ({read.late_text(read.on('rolled_to'))})")
    if len(promises) == 1:
        return sentence(f"a promise was not kept: {promises[0]}")
    return sentence(f"{_in_words(len(promises))} promises were not kept: {listed(promises)}")


def _nothing_booked(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    since = f"the interview fell through on {read.day('missed_at')}" if detail["missed_at"] else ""
    head = f"{since} and none is booked" if since else f"no interview has been booked since {read.day('start')}"
    return sentence(f"{head}; one was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}")


def _closure_owed(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    late = f"due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}"
    return sentence(f"{closing(read)}; {late}")


def closing(read: DetailReader) -> str:
    """Return the clause on the closed application or job, the remaining task, and the last message to the candidate."""
    detail = read.detail
    heard = "they have had no word from you"
    if detail.get("heard"):
        heard = f"your last word to them was on {read.day('heard')}"
    if "job_status" not in detail:
        return f"{detail['stage']} on {read.day('closed_on')} and the candidate has not been told since; {heard}"
    how = "filled" if detail["job_status"] == "filled" else "closed"
    closed = f"the job was {how} on {read.day('job_closed_on')}"
    if detail["heard"] and datetime.fromisoformat(detail["heard"]) >= datetime.fromisoformat(detail["closed_at"]):
        word = f"your last word to the candidate was on {read.day('heard')}"
        return f"{closed}: close this application or move it on; {word}"
    return f"{closed}: tell the candidate, and close this application or move it on; {heard}"


CHECKS = {
    "reference": "the reference",
    "medical": "the medical",
    "drug_alcohol": "the drug and alcohol screening",
    "background": "the background check",
    "right_to_work": "the right-to-work check",
    "licence": "the licence check",
    "other": "the check",
}


def check_step(read: DetailReader) -> str:
    """Return the clause that says which party owes which step of a check (a reference, a medical), and since when."""
    detail = read.detail
    check, who = CHECKS[detail["check"]], PARTIES[detail["owed_by"]]
    if detail["step"] == "to_conclude":
        owes = "you owe" if detail["owed_by"] == "recruiter" else f"{who} owes"
        return f"{owes} the result of {check}, ready since {read.day('ready_at')}"
    if detail["step"] == "to_attend":
        return f"{check} was booked for {read.moment('booked_for')}, and {who}'s part is not recorded as done"
    return f"{who} has not arranged {check}, asked for on {read.day('asked_at')}"


def _check_overdue(detail: Detail, now: datetime) -> str:
    overdue = []
    for check in detail["checks"]:
        read = DetailReader({**detail, **check}, now)
        late = read.late_text(read.on("due_on"))
        overdue.append(f"{check_step(read)} (due by {read.day('due_on')}, {late})")
    return sentence("; ".join(overdue))


def _resignation_overdue(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    return sentence(
        f"the candidate has been free to resign since {read.day('free_at')} and is not known to have done so; "
        f"it was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}"
    )


def counter_offer_open(detail: Detail, now: datetime) -> str:
    """Return the reason of the flag `counter_offer_open`, with the date of the last talk with the candidate."""
    read = DetailReader(detail, now)
    waited = read.business_days(read.on("offered_at"))
    offered = f"a counter-offer was made on {read.day('offered_at')} ({waited}) and has not been declined"
    if detail["talked_at"]:
        return sentence(f"{offered}; you last talked with the candidate on {read.day('talked_at')}")
    return sentence(f"{offered}; you have not talked with the candidate since")


def _start_unsettled(detail: Detail, now: datetime) -> str:
    read = DetailReader(detail, now)
    if "first_day" in detail:
        late = read.late_text(read.on("first_day"))
        return sentence(f"the first day was to be {read.day('first_day')} and no start is recorded; {late}")
    return sentence(
        f"accepted on {read.day('accepted_at')} and no first day is agreed; "
        f"one was due by {read.day('due_on')}; {read.late_text(read.on('due_on'))}"
    )


def _in_words(n: int) -> str:
    """Return a number below ten in words, for the start of a sentence. Higher numbers are returned as digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[n] if n < len(words) else str(n)


FLAG_REASONS: dict[str, Reason] = {
    "going_quiet": going_quiet,
    "client_quiet": client_quiet,
    "reply_owed": _reply_owed,
    "update_owed": update_owed,
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
    "check_overdue": _check_overdue,
    "resignation_overdue": _resignation_overdue,
    "counter_offer_open": counter_offer_open,
    "start_unsettled": _start_unsettled,
}
