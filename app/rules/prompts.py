"""Prompts: two or three things to say or ask for each kind of action, in Keepwarm's own words."""

from __future__ import annotations

PROMPTS_BY_NAME: dict[str, tuple[str, ...]] = {
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
    "debrief_candidate": (
        "How do you feel about it, now that you have walked out?",
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
}
