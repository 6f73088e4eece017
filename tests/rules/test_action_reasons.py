"""Reasons and prompts of actions, and the reason of the window."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.rules.action_kinds import explain_action, prompts_for
from app.rules.follow_up_window import Window, explain_window
from tests.rules.test_reasons import CLOCK, FRIDAY, NOW, SYDNEY, THURSDAY, TUESDAY, action


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "follow_up_hiring_manager",
            {"ended_at": TUESDAY},
            f"The interview ended on Tue 3 Mar at {CLOCK} and the hiring manager has had no follow-up yet.",
        ),
        (
            "retry_follow_up",
            {"tried_at": TUESDAY},
            "The follow-up of Tue 3 Mar was one-way, and the client has not been heard from since.",
        ),
        (
            "debrief_candidate",
            {"ended_at": TUESDAY, "talked_at": None},
            f"The interview ended on Tue 3 Mar at {CLOCK} and the candidate has not said how it went.",
        ),
        (
            "debrief_candidate",
            {"ended_at": TUESDAY, "talked_at": THURSDAY},
            f"The interview ended on Tue 3 Mar at {CLOCK} and the candidate has not said how it went; "
            "you talked on Thu 5 Mar, but no debrief is recorded.",
        ),
        (
            "remind_thank_you",
            {"ended_at": TUESDAY, "thank_you": "via_recruiter"},
            f"No thank-you note since the interview ended on Tue 3 Mar at {CLOCK}; "
            "this organisation wants it to go through you.",
        ),
        (
            "ask_timeline",
            {"ended_at": TUESDAY, "stated_on": "2026-03-04"},
            "The decision has no date, and the interview was on Tue 3 Mar; what was said on Wed 4 Mar named none.",
        ),
        (
            "chase_decision",
            {"basis": "thanks", "basis_on": "2026-03-04", "opens_on": "2026-03-18", "asked_on": "2026-03-11"},
            "No date is known, and the thank-you note went on Wed 4 Mar; "
            "your last word to the client was on Wed 11 Mar; ask from Wed 18 Mar on.",
        ),
        (
            "chase_decision",
            {"basis": "decision_by", "basis_on": "2026-03-20", "opens_on": "2026-03-23"},
            "The decision is expected on Fri 20 Mar; ask from Mon 23 Mar on.",
        ),
        (
            "reply_to_candidate",
            {"start": TUESDAY, "asked_on": ["2026-03-03"]},
            "The candidate asked you on 3 Mar and waits for your answer.",
        ),
        (
            "reply_to_client",
            {"start": TUESDAY, "asked_on": ["2026-03-03", "2026-03-05"]},
            "The client asked you on 3 and 5 Mar and waits for your answer.",
        ),
        (
            "coach_candidate",
            {"contacted_at": TUESDAY, "flags": ["over_contacting", "off_channel_contact"]},
            "The candidate got in touch too often and in the wrong place, last on Tue 3 Mar, "
            "and no coaching is recorded since.",
        ),
        ("keep_commitment", {"owed_by": "recruiter", "due_on": "2026-03-12"}, "You promised this for Thu 12 Mar."),
        (
            "chase_commitment",
            {"owed_by": "client", "due_on": "2026-03-06"},
            "The client promised this for Fri 6 Mar and has not kept it yet.",
        ),
        (
            "book_interview",
            {"start": TUESDAY, "missed_at": None},
            "The next step is an interview, and none has been booked since Tue 3 Mar.",
        ),
        (
            "book_interview",
            {"start": TUESDAY, "missed_at": TUESDAY},
            "The interview fell through on Tue 3 Mar and no other is booked.",
        ),
        (
            "close_loop",
            {"stage": "rejected", "closed_on": "2026-03-06", "heard": TUESDAY},
            "Rejected on Fri 6 Mar and the candidate has not been told since; your last word to them was on Tue 3 Mar.",
        ),
        (
            "close_application",
            {"job_status": "filled", "job_closed_on": "2026-03-06", "closed_on": "2026-03-06", "heard": None},
            "The job was filled on Fri 6 Mar: tell the candidate, and close this application or move it on; "
            "they have had no word from you.",
        ),
        (
            "collect_referees",
            {"start": TUESDAY},
            "In reference check since Tue 3 Mar and no reference has been asked for.",
        ),
        (
            "warn_referee",
            {"asked_at": TUESDAY, "booked_for": None},
            "A reference was asked for on Tue 3 Mar and the referee has not been warned yet.",
        ),
        (
            "prepare_for_check",
            {"check": "medical", "asked_at": TUESDAY, "booked_for": FRIDAY},
            f"The medical was asked for on Tue 3 Mar, booked for Fri 6 Mar at {CLOCK}, "
            "and the candidate has not been told what to expect yet.",
        ),
        (
            "take_reference",
            {"check": "reference", "ready_at": TUESDAY},
            "The reference has been ready since Tue 3 Mar and the result is yours to get.",
        ),
        ("get_in_writing", {"accepted_at": TUESDAY}, "Accepted on Tue 3 Mar and no written offer is recorded."),
        (
            "support_resignation",
            {"free_at": TUESDAY, "due_on": "2026-03-05"},
            "The offer is in writing and nothing has held the resignation back since Tue 3 Mar; "
            "it is due by Thu 5 Mar.",
        ),
        (
            "call_after_resignation",
            {"resigned_at": TUESDAY},
            f"The candidate resigned on Tue 3 Mar at {CLOCK} and you have not talked with them since.",
        ),
        ("agree_start", {"accepted_at": TUESDAY}, "Accepted on Tue 3 Mar and no first day is agreed yet."),
        (
            "start_call",
            {"first_day": "2026-03-16"},
            "The first day is Mon 16 Mar; talk with the candidate on the business day before.",
        ),
        (
            "start_call",
            {"first_day": "2026-03-09"},
            "The first day was to be Mon 9 Mar, and you have not talked with the candidate since just before it.",
        ),
        (
            "notice_check_in",
            {"accepted_at": TUESDAY, "talked_at": None, "every_days": 7},
            "Accepted on Tue 3 Mar, and you have not talked with the candidate since; "
            "a talk every 7 days is right until they start.",
        ),
        (
            "keep_in_touch",
            {"marked_at": TUESDAY, "last_contact": None, "until": "2027-03-03", "every_days": 45},
            "Kept warm since Tue 3 Mar, and not in touch since; a word every 45 days is right, until Wed 3 Mar 2027.",
        ),
    ],
)
def test_an_action_says_why(kind: str, detail: dict[str, Any], said: str):
    assert explain_action(action(kind, **detail), NOW) == said


@pytest.mark.parametrize("kind", ["follow_up_hiring_manager", "retry_follow_up", "debrief_candidate"])
def test_nobody_asks_for_a_first_impression_after_a_week(kind: str):
    fresh, old = (prompts_for(action(kind, ended_at=TUESDAY), NOW - timedelta(days=days)) for days in (7, 0))
    assert fresh != old
    assert not any("impression" in prompt or "How did it go" in prompt for prompt in old)


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        ("close_loop", {"stage": "rejected"}, "it was not you this time"),
        ("close_loop", {"stage": "cancelled"}, "this will not go ahead"),
        ("update_candidate", {"passed": True, "stage": "awaiting_decision"}, "has passed"),
        ("update_candidate", {"passed": False, "stage": "interview_scheduled"}, "not booked yet"),
        ("start_call", {"first_day": "2026-03-11"}, "where to go on your first day"),
        ("start_call", {"first_day": "2026-03-10"}, "How was the first day"),
        ("chase_check", {"owed_by": "client"}, "missing from our side"),
        ("take_reference", {"check": "licence"}, "missing from your side"),
    ],
)
def test_the_prompts_fit_the_case(kind: str, detail: dict[str, Any], said: str):
    assert said in " ".join(prompts_for(action(kind, **detail), NOW))


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"basis": "contact_from"}, "The client asked not to be contacted before Thu 5 Mar."),
        ({"basis": "decision_by"}, "The decision was expected on Thu 5 Mar; the next business day is right."),
        ({"basis": "thanks"}, "No date is known, and the thank-you note went on Thu 5 Mar; 7 days later is right."),
        (
            {"basis": "interview", "last_contact_on": "2026-03-10", "spacing_days": 7},
            "No date is known, and the interview was on Thu 5 Mar; 7 days later is right; "
            "the candidate got in touch on Tue 10 Mar, and 7 days should lie between.",
        ),
    ],
)
def test_the_window_says_why(detail: dict[str, Any], said: str):
    window = Window(NOW.date(), NOW.date(), {**SYDNEY, "basis_on": "2026-03-05", "wait_days": 7, **detail})
    assert explain_window(window, NOW) == said


def test_somebody_with_nothing_to_resign_from_is_not_asked_about_an_employer():
    for employed, asked in ((True, True), (False, False)):
        said = prompts_for(action("notice_check_in", employed=employed), NOW)
        assert any("present employer" in one for one in said) == asked
