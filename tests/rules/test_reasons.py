"""Reasons are plain sentences with real dates, made when somebody reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.rules.actions import Action, ActionKind, explain_action
from app.rules.assess import assess
from app.rules.flags import CLEARS, GUIDANCE, Flag, FlagKind, Severity, explain
from app.rules.window import WINDOW_QUESTIONS, Window, explain_window
from tests.rules.scenario import history_of, instant, policy_of
from tests.rules.test_rule_book import example

SYDNEY = {"zone": "Australia/Sydney", "region": "AU-NSW"}
NOW = datetime(2026, 3, 11, 1, tzinfo=UTC)  # Wednesday 11 March, noon in Sydney
TUESDAY = "2026-03-03T00:00:00+00:00"  # 3 March, 11:00 in Sydney


def reason(kind: str, now: datetime = NOW, **detail: Any) -> str:
    return explain(Flag(FlagKind(kind), Severity.WATCH, NOW, (), {**SYDNEY, **detail}), now)


def quiet(now: datetime = NOW, **detail: Any) -> str:
    facts = {"start": "2026-03-04T23:00:00+00:00", "heard": "2026-03-04T22:00:00+00:00", "limits": [2], "away": []}
    return reason("going_quiet", now, **{**facts, **detail})


def test_the_candidate_was_asked_and_is_silent():
    assert quiet(asked_on=["2026-03-05", "2026-03-06"]) == (
        "No word from the candidate since Thu 5 Mar; asked on 5 and 6 Mar; 4 business days."
    )
    assert quiet(asked_on=["2026-02-27", "2026-03-05"], heard=None) == (
        "No word from the candidate yet; asked on 27 Feb and 5 Mar; 4 business days."
    )


def test_days_are_counted_when_the_reason_is_read():
    assert quiet(now=NOW - timedelta(days=6), asked_on=["2026-03-05"]).endswith("; no business day since.")
    assert quiet(now=NOW - timedelta(days=5), asked_on=["2026-03-05"]).endswith("; 1 business day.")
    assert quiet(now=NOW + timedelta(days=1), asked_on=["2026-03-05"]).endswith("; 5 business days.")


def test_the_year_is_said_only_where_it_is_another():
    assert quiet(now=NOW.replace(year=2027), asked_on=["2026-03-05"]).startswith(
        "No word from the candidate since Thu 5 Mar 2026; asked on 5 Mar 2026; "
    )


def test_the_candidate_was_away_or_thinks_about_an_offer_or_was_never_asked():
    assert quiet(asked_on=["2026-03-05"], away=[["2026-03-06", "2026-03-09"]]) == (
        "No word from the candidate since Thu 5 Mar; asked on 5 Mar; 2 business days, days away left out."
    )
    assert quiet(asked_on=[], offer_since="2026-03-04T23:00:00+00:00") == (
        "No word from the candidate since Thu 5 Mar; in offer since Thu 5 Mar; 4 business days."
    )
    assert quiet() == "No word from the candidate since Thu 5 Mar and no question to them; 4 business days."
    assert quiet(heard=None) == (
        "No word from the candidate yet, nor a question to them, since Thu 5 Mar; 4 business days."
    )


def test_the_client_is_silent():
    facts: dict[str, Any] = {"start": TUESDAY, "heard": None, "asked_on": ["2026-03-03"], "limits": [2, 4, 7]}
    assert reason("client_quiet", **facts, named=None) == (
        "No word from the client yet; asked on 3 Mar; 6 business days."
    )
    facts |= {"start": "2026-03-08T13:00:00+00:00", "heard": TUESDAY}
    assert reason("client_quiet", **facts, named="2026-03-06") == (
        "No word from the client since Tue 3 Mar; asked on 3 Mar; their own date was Fri 6 Mar; 2 business days."
    )


def test_the_candidate_waits_for_a_reply():
    assert reason("reply_owed", start=TUESDAY, asked_on=["2026-03-03", "2026-03-10"], limits=[]) == (
        "The candidate asked on 3 and 10 Mar and has had no answer; 6 business days."
    )


def test_the_candidate_contacts_too_often():
    on = ["2026-03-05", "2026-03-07", "2026-03-11"]
    assert reason("over_contacting", contacted_on=on, window_days=7, pressing=True, limits=[]) == (
        "The candidate got in touch 3 times within 7 days, on 5, 7 and 11 Mar."
    )
    assert reason("over_contacting", contacted_on=on[:2], window_days=7, pressing=False, limits=[]) == (
        "The candidate got in touch 2 times within 7 days, on 5 and 7 Mar, though without pressing for an answer."
    )


def test_the_candidate_asks_too_early():
    early = {"on": "2026-03-03", "to_client": True, "same_day": True, "opens_on": "2026-03-10"}
    again = {"on": "2026-03-05", "to_client": False, "same_day": False, "opens_on": "2026-03-10"}
    assert reason("premature_contact", asked=[early]) == (
        "The candidate asked the client on Tue 3 Mar, the day of the interview; it was too early before Tue 10 Mar."
    )
    assert reason("premature_contact", asked=[early, again]) == (
        "The candidate asked the client on Tue 3 Mar, the day of the interview and you on Thu 5 Mar; "
        "it was too early before Tue 10 Mar."
    )


def test_the_candidate_contacts_in_the_wrong_place():
    contacts = [
        {"on": "2026-03-04", "channel": "linkedin", "why": "social"},
        {"on": "2026-03-05", "channel": "email", "why": "thank_you"},
        {"on": "2026-03-06", "channel": "other", "why": "via_recruiter"},
    ]
    assert reason("off_channel_contact", contacts=contacts[:1]) == (
        "The candidate contacted the client on LinkedIn on Wed 4 Mar, which this organisation does not welcome."
    )
    assert reason("off_channel_contact", contacts=contacts) == (
        "The candidate contacted the client on LinkedIn on Wed 4 Mar, which this organisation does not welcome, "
        "by email on Thu 5 Mar, where this organisation does not want thank-you notes sent directly and "
        "directly on Fri 6 Mar, where this organisation wants word through you."
    )


def test_duties_are_late():
    assert reason("follow_up_overdue", ended_at=TUESDAY) == (
        "The interview ended on Tue 3 Mar at 11:00 AEDT (Australia/Sydney) and the hiring manager has had "
        "no follow-up; it was due the same day; 6 business days."
    )
    assert reason("follow_up_overdue", ended_at=TUESDAY, late_due_at="2026-03-04T01:00:00+00:00") == (
        "The interview ended on Tue 3 Mar at 11:00 AEDT (Australia/Sydney) and the hiring manager has had "
        "no follow-up; it was due by Wed 4 Mar at 12:00 AEDT (Australia/Sydney); 6 business days."
    )
    assert reason("debrief_overdue", ended_at=TUESDAY, due_on="2026-03-10", limits=[2]) == (
        "No debrief with the candidate since the interview of Tue 3 Mar; it was due on Tue 10 Mar; 1 business day late."
    )
    assert reason("timeline_missing", ended_at=TUESDAY, due_on="2026-03-11", limits=[3]) == (
        "No date for the decision since the interview of Tue 3 Mar; one was due by Wed 11 Mar; late."
    )
    assert reason("timeline_missing", ended_at=TUESDAY, stated_on="2026-03-04", due_on="2026-03-09", limits=[3]) == (
        "No date for the decision since the interview of Tue 3 Mar; the word of Wed 4 Mar named none; "
        "one was due by Mon 9 Mar; 2 business days late."
    )
    stated: dict[str, Any] = {"stated_at": TUESDAY, "stated_by": "client", "limits": [5]}
    assert reason("timeline_overdue", date="2026-03-06", decision_by="2026-03-06", **stated) == (
        "The decision was promised for Fri 6 Mar (said by the client on Tue 3 Mar) and has not come; 3 business days."
    )
    assert reason("timeline_overdue", date="2026-03-06", decision_by=None, **stated) == (
        "Word was promised for Fri 6 Mar (said by the client on Tue 3 Mar) and has not come; 3 business days."
    )


def test_promises_are_late():
    late = {**SYDNEY, "owed_by": "candidate", "due_on": "2026-03-07", "rolled_to": "2026-03-09"}
    own = {**SYDNEY, "owed_by": "recruiter", "due_on": "2026-03-06", "rolled_to": "2026-03-06"}
    assert reason("commitment_overdue", promises=[late], limits=[2]) == (
        "A promise was not kept: the candidate's for Sat 7 Mar; 2 business days late."
    )
    assert reason("commitment_overdue", promises=[late, own], limits=[2]) == (
        "Two promises were not kept: the candidate's for Sat 7 Mar and your own for Fri 6 Mar; 3 business days late."
    )


def test_nothing_is_booked_and_nobody_was_told():
    assert reason("nothing_booked", start=TUESDAY, missed_at=None, due_on="2026-03-04", limits=[2]) == (
        "No interview has been booked since Tue 3 Mar; one was due by Wed 4 Mar; 5 business days late."
    )
    assert reason("nothing_booked", start=TUESDAY, missed_at=TUESDAY, due_on="2026-03-04", limits=[2]) == (
        "The interview fell through on Tue 3 Mar and none is booked; one was due by Wed 4 Mar; 5 business days late."
    )
    assert reason("closure_owed", stage="cancelled", closed_on="2026-03-06", due_on="2026-03-09", limits=[]) == (
        "Cancelled on Fri 6 Mar and the candidate has not been told since; due by Mon 9 Mar; 2 business days late."
    )


@pytest.mark.parametrize(
    ("kind", "detail", "said"),
    [
        (
            "follow_up_hiring_manager",
            {"ended_at": TUESDAY},
            "The interview ended on Tue 3 Mar at 11:00 AEDT (Australia/Sydney) and the hiring manager "
            "has had no follow-up yet.",
        ),
        (
            "retry_follow_up",
            {"tried_at": TUESDAY},
            "The follow-up of Tue 3 Mar was one-way and the client has not been heard since.",
        ),
        (
            "debrief_candidate",
            {"ended_at": TUESDAY},
            "The interview ended on Tue 3 Mar at 11:00 AEDT (Australia/Sydney) and the candidate "
            "has not told how it went.",
        ),
        (
            "remind_thank_you",
            {"ended_at": TUESDAY, "thank_you": "via_recruiter"},
            "No thank-you note since the interview ended on Tue 3 Mar at 11:00 AEDT (Australia/Sydney); "
            "here it goes through you.",
        ),
        (
            "ask_timeline",
            {"ended_at": TUESDAY, "stated_on": "2026-03-04"},
            "No date for the decision is known since the interview of Tue 3 Mar; the word of Wed 4 Mar named none.",
        ),
        (
            "chase_decision",
            {"basis": "thanks", "basis_on": "2026-03-04", "opens_on": "2026-03-18", "asked_on": "2026-03-11"},
            "No date is known, and the thank-you note went on Wed 4 Mar; you last spoke to the client on Wed 11 Mar; "
            "ask from Wed 18 Mar on.",
        ),
        (
            "reply_to_candidate",
            {"start": TUESDAY, "asked_on": ["2026-03-03"]},
            "The candidate asked on 3 Mar and waits for your answer.",
        ),
        (
            "coach_candidate",
            {"contacted_at": TUESDAY},
            "The contact of Tue 3 Mar was too often, too early or in the wrong place, "
            "and nobody has talked about it with the candidate since.",
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
            "An interview is to come since Tue 3 Mar and none is booked.",
        ),
        (
            "close_loop",
            {"stage": "rejected", "closed_on": "2026-03-06"},
            "Rejected on Fri 6 Mar, and the candidate has not been told since.",
        ),
    ],
)
def test_an_action_says_why(kind: str, detail: dict[str, Any], said: str):
    assert explain_action(Action(ActionKind(kind), NOW, NOW, "", {**SYDNEY, **detail}), NOW) == said


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ({"basis": "contact_from"}, "The client asked not to be contacted before Thu 5 Mar."),
        ({"basis": "decision_by"}, "The decision was promised for Thu 5 Mar; the next business day is right."),
        ({"basis": "thanks"}, "No date is known, and the thank-you note went on Thu 5 Mar; 7 days later is right."),
        (
            {"basis": "interview", "last_contact_on": "2026-03-10", "spacing_days": 7},
            "No date is known, and the interview was on Thu 5 Mar; 7 days later is right; "
            "the candidate asked on Tue 10 Mar, and 7 days should lie between.",
        ),
    ],
)
def test_the_window_says_why(detail: dict[str, Any], said: str):
    window = Window(NOW.date(), NOW.date(), {**SYDNEY, "basis_on": "2026-03-05", "wait_days": 7, **detail})
    assert explain_window(window, NOW) == said


@pytest.mark.parametrize("kind", FlagKind)
def test_every_kind_explains_itself_in_the_rule_books_example(kind: FlagKind):
    case = example(kind)
    for shown in case["checks"]:
        now = instant(shown["as_of"])
        for flag in assess(history_of(case), policy_of(case), now).flags:
            if flag.kind is kind:
                assert explain(flag, now).endswith(".")
                assert "May" in explain(flag, now)


def test_every_kind_has_its_guidance_and_says_what_ends_it():
    assert set(GUIDANCE) == set(CLEARS) == set(FlagKind)
    assert len(FlagKind) == 13
    assert len(ActionKind) == 14
    assert len(WINDOW_QUESTIONS) == 3
