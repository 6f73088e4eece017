"""Prompts: two or three sentences that the recruiter can say or ask, for each kind of action."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.rules.wording import Detail, DetailReader

_FIRST_IMPRESSIONS_LAST = timedelta(days=7)
"""The time after an interview during which the prompts ask for first impressions."""


def prompt_name(kind: str, detail: Detail, now: datetime) -> str:
    """Return the key in `PROMPTS` for an action of this kind and detail, as of `now`."""
    if kind in ("follow_up_hiring_manager", "retry_follow_up", "debrief_candidate"):
        return f"{kind}_late" if _is_old(detail, now) else kind
    if kind == "update_candidate":
        if detail["passed"]:
            return "update_candidate_date_passed"
        return "update_candidate_booking" if detail["stage"] == "interview_scheduled" else kind
    if kind == "check_in_candidate" and detail.get("stage") in ("offer", "accepted", "interview_scheduled"):
        # Only a booked interview has a time that may no longer suit.
        return kind if detail.get("nothing_booked") else f"check_in_candidate_{detail['stage']}"
    if kind == "chase_decision" and detail["basis"] not in ("contact_from", "decision_by"):
        return "chase_decision_no_date"
    if kind == "close_loop" and detail["stage"] == "cancelled":
        return "close_loop_cancelled"
    if kind == "notice_check_in" and not detail["employed"]:
        return "notice_check_in_free"
    if kind == "chase_check":
        return f"chase_check_{detail['owed_by']}"
    if kind == "take_reference" and detail["check"] != "reference":
        return "take_result"
    if kind == "start_call" and DetailReader(detail, now).on("first_day") < DetailReader(detail, now).today:
        return "start_call_late"
    return kind


def _is_old(detail: Detail, now: datetime) -> bool:
    ended_at = detail.get("ended_at")
    return ended_at is not None and now - datetime.fromisoformat(ended_at) >= _FIRST_IMPRESSIONS_LAST


PROMPTS: dict[str, tuple[str, ...]] = {
    "follow_up_hiring_manager": (
        "How did it go from your side of the table?",
        "What would you still like to know about them?",
        "When do you expect to decide, and what happens until then?",
    ),
    "retry_follow_up": (
        "I left you a message about the interview; do you have two minutes now?",
        "Would another time or channel suit you better?",
        "What was your first impression?",
    ),
    "follow_up_hiring_manager_late": (
        "I should have asked you sooner: where do you stand on this candidate today?",
        "What would you still like to know about them?",
        "When do you expect to decide, and what happens until then?",
    ),
    "retry_follow_up_late": (
        "I left you a message about the interview; do you have two minutes now?",
        "Would another time or channel suit you better?",
        "Where do you stand on this candidate today?",
    ),
    "debrief_candidate_late": (
        "Looking back at the interview, how do you see the role now?",
        "Is there anything that you would like the client to know?",
        "Has anything changed for you since?",
    ),
    "debrief_candidate": (
        "How did it go, and how do you feel about it now?",
        "Which question caught you off guard, and why?",
        "Could you see yourself working there? What would hold you back?",
    ),
    "remind_thank_you": (
        "Have you written a short note of thanks yet? Four or five lines are plenty.",
        "Pick one thing from the conversation and say why it interested you.",
        "Read it twice before you send it, and leave out what you forgot to say.",
    ),
    "ask_timeline": (
        "By which day do you expect to have decided?",
        "Who else has to agree, and when do you meet?",
        "When may the candidate expect to hear from us?",
    ),
    "chase_decision": (
        "You hoped to know by now: where do you stand?",
        "Has anything changed about the role or the date?",
        "Is there anything about the candidate that I can still find out for you?",
    ),
    "chase_decision_no_date": (
        "Where are you in the process with this candidate?",
        "By which day do you expect to have decided?",
        "Is there anything about the candidate that I can still find out for you?",
    ),
    "chase_client": (
        "I asked you something a few days ago; may I have a short word, even if it is not the answer yet?",
        "Is somebody else the right person to ask?",
        "What may I tell the candidate in the meantime?",
    ),
    "check_in_candidate": (
        "I only want to hear how you are; is everything all right?",
        "Has anything changed for you, another offer perhaps?",
        "Are you still interested? A short yes or no is a fine answer.",
    ),
    "check_in_candidate_offer": (
        "How does the offer look to you today? You may tell me what you hesitate about.",
        "Is there anything in it that I can ask the client to explain or change?",
        "By which day would you like to decide?",
    ),
    "check_in_candidate_accepted": (
        "I only want to hear how you are; is everything all right?",
        "Has anything changed for you since you said yes?",
        "Is there anything that you need from the client before your first day?",
    ),
    "check_in_candidate_interview_scheduled": (
        "Does the time of your interview still suit you?",
        "Is there anything that you would like to know before you go?",
        "Are you still interested? A short yes or no is a fine answer.",
    ),
    "reply_to_candidate": (
        "Thank you for asking. This is what I know today:",
        "I do not have an answer yet; I will call you by this day:",
        "Is there anything else on your mind?",
    ),
    "coach_candidate": (
        "I understand the waiting is hard. Let us agree when one of us asks next.",
        "Bring it to me first; I can ask in a way that helps you.",
        "Once a week, and not before the day they named, keeps you in a good light.",
    ),
    "keep_commitment": (
        "I promised you this; here it is.",
        "It takes longer than I said; you will have it by this day:",
    ),
    "chase_commitment": (
        "You were going to send this; is anything in the way?",
        "By which day can I count on it?",
        "Can I help you to get it done?",
    ),
    "book_interview": (
        "Which two or three times would suit you for the interview?",
        "Who will be in the room, and how long will it take?",
        "Is the interview still wanted, or has something changed?",
    ),
    "close_loop": (
        "I am sorry, it was not you this time. Here is what they said:",
        "What they liked about you was this:",
        "May I keep you in mind for what comes next?",
    ),
    "close_loop_cancelled": (
        "I am sorry, this will not go ahead. Here is what I know:",
        "Is anything open that you need from us or from them?",
        "May I keep you in mind for what comes next?",
    ),
    "reply_to_client": (
        "Thank you for asking. This is what I know today:",
        "I do not have the answer yet; you will have it by this day:",
        "Is anything else open on your side?",
    ),
    "update_candidate": (
        "There is no news yet, and I did not want to leave you without a word.",
        "This is where the client stands, as far as I know:",
        "You will hear from me again by this day, with or without news:",
    ),
    "update_candidate_date_passed": (
        "The day that they named has passed and they have not decided yet. I am asking them.",
        "You will hear from me again by this day, with or without news:",
        "Has anything changed for you in the meantime?",
    ),
    "update_candidate_booking": (
        "The interview is not booked yet, and I did not want to leave you without a word.",
        "Which two or three times would suit you?",
        "You will hear from me again by this day, with or without a date:",
    ),
    "close_application": (
        "The job is no longer open. I wanted you to hear it from me.",
        "Here is what I know about how they decided:",
        "May I keep you in mind for what comes next?",
    ),
    "collect_referees": (
        "Which two people, whom you have worked for, may we ask about you?",
        "Do they know that a call may come, and when can they be reached?",
        "Is there anybody whom we should not ask yet?",
    ),
    "warn_referee": (
        "Have you told your referee that somebody will ring, and what the role is?",
        "When can they best be reached, and on which number?",
    ),
    "prepare_for_check": (
        "This is what happens, and how long it takes:",
        "Have these papers ready:",
        "Does anything about it worry you? You may ask me.",
    ),
    "take_reference": (
        "How did you work together, and for how long?",
        "What should a new employer know to help them do well?",
        "Would you work with them again?",
    ),
    "take_result": (
        "The candidate's part is done; is anything missing from your side?",
        "By which day do you expect to have finished?",
    ),
    "chase_check_candidate": (
        "Is anything in the way of it that I can help with?",
        "By which day can I count on it?",
    ),
    "chase_check_client": (
        "The candidate's part is done; is anything missing from our side?",
        "By which day do you expect to have finished?",
        "What may I tell the candidate in the meantime?",
    ),
    "get_in_writing": (
        "They have said yes; when can the written offer be with them?",
        "Does it hold what was agreed: pay, start, notice and conditions?",
    ),
    "support_resignation": (
        "The offer is in writing and nothing holds you back: when do you plan to tell your manager?",
        "Shall we go through what you will say? Short, thankful and final is best.",
        "What will you answer if they ask you to stay?",
    ),
    "call_after_resignation": (
        "How did they take it, and how are you?",
        "Did they ask you to stay, or offer you something?",
        "What is your last day there?",
    ),
    "talk_counter_offer": (
        "What made you look for something new? Has that changed with their offer?",
        "Why did it take your resignation for them to offer it?",
        "What would help you to decide in peace, and by when?",
    ),
    "agree_start": (
        "Which first day would suit you both?",
        "How long is the notice, and is there leave to take before it ends?",
        "Who will receive them, where and at what time?",
    ),
    "start_call": (
        "Do you know where to go on your first day, when, and whom to ask for?",
        "Is anything still open that you need from them?",
        "I will ring you after your first day; when suits you?",
    ),
    "start_call_late": (
        "How was the first day? Did you start as agreed?",
        "Is anything not as you expected?",
    ),
    "notice_check_in": (
        "How is the time until you start?",
        "Has your present employer said anything that makes you think again?",
        "Is there anything that you need from the new one before your first day?",
    ),
    "notice_check_in_free": (
        "How is the time until you start?",
        "Has another offer or question come up since you said yes?",
        "Is there anything that you need from the new employer before your first day?",
    ),
    "keep_in_touch": (
        "How have you been since we last spoke?",
        "Are you still open to something new, and has what you look for changed?",
        "Something similar may come up with them or elsewhere; may I ring you then?",
    ),
}
