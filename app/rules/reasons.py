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
    """The candidate's silence: what was asked or offered, and when they were last heard."""
    read = Reading(detail, now)
    left_out = ", days away left out" if detail["away"] else ""
    waited = f"{read.business_days(read.on('start'))}{left_out}"
    heard = _last_heard(read)
    if detail.get("asked_on"):
        offered = f"; in offer since {read.day('offer_since')}" if "offer_since" in detail else ""
        return sentence(
            f"asked on {read.days_of(detail['asked_on'])}, the candidate owes an answer; {heard}{offered}; {waited}"
        )
    if "offer_since" in detail:
        ours = f"; your last word to them was on {read.day('our_word')}" if detail.get("our_word") else ""
        offered = f"in offer since {read.day('offer_since')}, and the candidate has not given an answer"
        return sentence(f"{offered}; {heard}{ours}; {waited}")
    where = {"accepted": "since they said yes", "interview_scheduled": "though an interview is booked"}
    why = where.get(detail["stage"], "though nobody has asked them anything")
    return sentence(f"the candidate is silent {why}; {heard}; {waited}")


def _last_heard(read: Reading) -> str:
    """When the candidate was last heard, and how."""
    if not read.detail["heard"]:
        return "never heard yet"
    on = read.day("heard")
    return {
        "booked": f"last heard on {on}, when an interview was booked",
        "held": f"last heard at the interview of {on}",
        "elsewhere": f"last heard on {on}, about another application",
    }.get(read.detail["heard_how"], f"last heard on {on}")


def client_quiet(detail: Detail, now: datetime) -> str:
    """The client's silence: what we asked, when they were last heard, and the day that they named."""
    read = Reading(detail, now)
    text = f"asked on {read.days_of(detail['asked_on'])}, the client owes you an answer"
    text += f"; last heard on {read.day('heard')}" if detail["heard"] else "; never heard yet"
    if detail["named"]:
        text += f"; their own date was {read.day('named')}"
    return sentence(f"{text}; {read.business_days(read.on('start'))}")


def _reply_owed(detail: Detail, now: datetime) -> str:
    owed = []
    for asked in detail["waiting"]:
        read = Reading({**detail, **asked}, now)
        waited = read.business_days(read.on("start"))
        owed.append(f"{PARTIES[asked['asker']]} asked on {read.days_of(asked['asked_on'])} ({waited})")
    return sentence(f"{listed(owed)}, and you have not answered")


def update_owed(detail: Detail, now: datetime) -> str:
    """Our silence towards the candidate: the last word that they had, and the date that they wait for."""
    read = Reading(detail, now)
    waited = read.business_days(read.on("start"))
    if detail["passed"]:
        passed = f"the decision was promised for {read.day('named')}, and that day has passed"
        return sentence(f"{passed} without a word from us to the candidate; {_last_word(read)}; {waited}")
    if detail["knows"]:
        return sentence(
            f"the candidate waits for the decision promised for {read.day('named')}; {_last_word(read)}; {waited}"
        )
    waits = "a date for the interview" if detail["stage"] == "interview_scheduled" else "the decision"
    return sentence(f"the candidate waits for {waits} and has not heard from us; {_last_word(read)}; {waited}")


def _last_word(read: Reading) -> str:
    """The last word that the candidate had, and from whom."""
    if not read.detail["word"]:
        return f"no word to them since {read.day('start')}"
    on = read.day("word")
    if read.detail["word_with"] == "client":
        return f"their last word with the client was on {on}"
    return f"you last spoke on {on}" if read.detail["word_two_way"] else f"your last word to them was on {on}"


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
    late = f"due by {read.day('due_on')}; {read.lateness(read.on('due_on'))}"
    return sentence(f"{closing(read)}; {late}")


def closing(read: Reading) -> str:
    """What has closed, and what the candidate has heard of it."""
    detail = read.detail
    heard = (
        f"your last word to them was on {read.day('heard')}" if detail["heard"] else "they have had no word from you"
    )
    if "job_status" in detail:
        how = "filled" if detail["job_status"] == "filled" else "closed"
        waits = f"the job was {how} on {read.day('job_closed_on')} and this application still waits"
        return f"{waits}: tell the candidate, and close it or move it on; {heard}"
    return f"{detail['stage']} on {read.day('closed_on')} and the candidate has not been told since; {heard}"


CHECKS = {
    "reference": "the reference",
    "medical": "the medical",
    "drug_alcohol": "the drug and alcohol screening",
    "background": "the background check",
    "right_to_work": "the proof of the right to work",
    "licence": "the licence",
    "other": "the check",
}


def check_step(read: Reading) -> str:
    """Who owes which step of a check since when: `the candidate is to arrange the medical, asked for on Thu 5 Mar`."""
    detail = read.detail
    check, who = CHECKS[detail["check"]], PARTIES[detail["owed_by"]]
    if detail["step"] == "to_conclude":
        verb = "are" if who == "you" else "is"
        return f"{who} {verb} to conclude {check}, ready since {read.day('ready_at')}"
    if detail["step"] == "to_attend":
        return f"{who} has not been said to have attended {check}, booked for {read.moment('booked_for')}"
    return f"{who} is to arrange {check}, asked for on {read.day('asked_at')}"


def _check_overdue(detail: Detail, now: datetime) -> str:
    overdue = []
    for check in detail["checks"]:
        read = Reading({**detail, **check}, now)
        late = read.lateness(read.on("due_on"))
        overdue.append(f"{check_step(read)} (due by {read.day('due_on')}, {late})")
    return sentence("; ".join(overdue))


def _resignation_overdue(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    return sentence(
        f"the candidate has been free to resign since {read.day('free_at')} and is not known to have done so; "
        f"due by {read.day('due_on')}; {read.lateness(read.on('due_on'))}"
    )


def counter_offer_open(detail: Detail, now: datetime) -> str:
    """A counter-offer that stands, and whether anybody has talked about it."""
    read = Reading(detail, now)
    talked = f"you last talked on {read.day('talked_at')}" if detail["talked_at"] else "you have not talked since"
    waited = read.business_days(read.on("offered_at"))
    return sentence(f"a counter-offer was made on {read.day('offered_at')} and is not declined; {talked}; {waited}")


def _start_unsettled(detail: Detail, now: datetime) -> str:
    read = Reading(detail, now)
    if "first_day" in detail:
        passed = read.business_days(read.on("first_day"))
        return sentence(f"the first day was to be {read.day('first_day')} and is not known to have come; {passed}")
    return sentence(
        f"accepted on {read.day('accepted_at')} and no first day is agreed; "
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
