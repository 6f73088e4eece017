"""Reasons are plain sentences with real dates, made when somebody reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.rules.action_kinds import Action, ActionKind, explain_action, prompts_for
from app.rules.assess import assess
from app.rules.flag_reasons import FLAG_REASONS
from app.rules.flags import CLEARS, GUIDANCE, Flag, FlagKind, Severity, explain
from app.rules.follow_up_window import WINDOW_QUESTIONS
from tests.rules.scenario import history_of, instant, policy_of
from tests.rules.test_rule_book import WORKED

SYDNEY = {"zone": "Australia/Sydney", "region": "AU-NSW"}
NOW = datetime(2026, 3, 11, 1, tzinfo=UTC)  # Wednesday 11 March, noon in Sydney
TUESDAY = "2026-03-03T00:00:00+00:00"  # 3 March, 11:00 in Sydney
THURSDAY = "2026-03-04T23:00:00+00:00"  # 5 March, 10:00 in Sydney
FRIDAY = "2026-03-06T00:00:00+00:00"  # 6 March, 11:00 in Sydney
CLOCK = "11:00 AEDT (Australia/Sydney)"


def reason(kind: str, now: datetime = NOW, **detail: Any) -> str:
    return explain(Flag(FlagKind(kind), Severity.WATCH, NOW, (), {**SYDNEY, **detail}), now)


def action(kind: str, **detail: Any) -> Action:
    return Action(ActionKind(kind), NOW, NOW, "", {**SYDNEY, **detail})


def quiet(now: datetime = NOW, **detail: Any) -> str:
    facts: dict[str, Any] = {"start": THURSDAY, "heard": TUESDAY, "heard_how": "word", "stage": "screening", "away": []}
    return reason("going_quiet", now, **{**facts, **detail})


def waiting(**detail: Any) -> str:
    facts: dict[str, Any] = {"start": THURSDAY, "word": TUESDAY, "word_with": "recruiter", "word_two_way": True}
    facts |= {"stage": "awaiting_decision", "named": None, "knows": False, "passed": False}
    return reason("update_owed", **{**facts, **detail})


def test_the_candidate_was_asked_and_is_silent():
    assert quiet(asked_on=["2026-03-05", "2026-03-06"]) == (
        "Asked on 5 and 6 Mar, the candidate has not answered (4 business days); last heard from on Tue 3 Mar."
    )
    assert quiet(asked_on=["2026-02-27", "2026-03-05"], heard=None) == (
        "Asked on 27 Feb and 5 Mar, the candidate has not answered (4 business days); not heard from yet."
    )


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("booked", "last heard from on Tue 3 Mar, when an interview was booked."),
        ("held", "last heard from at the interview of Tue 3 Mar."),
        ("elsewhere", "last heard from on Tue 3 Mar, about another application."),
    ],
)
def test_the_reason_says_how_the_candidate_was_last_heard_from(how: str, said: str):
    assert quiet(asked_on=["2026-03-05"], heard_how=how).endswith(said)


def test_days_are_counted_when_the_reason_is_read():
    assert "(no business day since)" in quiet(now=NOW - timedelta(days=6), asked_on=["2026-03-05"])
    assert "(1 business day)" in quiet(now=NOW - timedelta(days=5), asked_on=["2026-03-05"])
    assert "(5 business days)" in quiet(now=NOW + timedelta(days=1), asked_on=["2026-03-05"])
    away = quiet(asked_on=["2026-03-05"], away=[["2026-03-06", "2026-03-09"]])
    assert "(2 business days, not counting days away)" in away


def test_the_year_is_said_only_where_it_is_another():
    found = quiet(now=NOW.replace(year=2027), asked_on=["2026-03-05"])
    assert found.startswith("Asked on 5 Mar 2026, the candidate has not answered")
    assert found.endswith("last heard from on Tue 3 Mar 2026.")


def test_the_candidate_thinks_about_an_offer():
    assert quiet(offer_since=THURSDAY, our_word=TUESDAY, stage="offer") == (
        "In offer since Thu 5 Mar, and the candidate has not given an answer; your last word to them was on Tue 3 Mar; "
        "last heard from on Tue 3 Mar; 4 business days since Thu 5 Mar."
    )
    assert quiet(offer_since=TUESDAY, heard=THURSDAY, stage="offer").endswith(
        "has not given an answer; last heard from on Thu 5 Mar (4 business days)."
    )
    assert quiet(offer_since=THURSDAY, asked_on=["2026-03-05"], stage="offer").endswith("; in offer since Thu 5 Mar.")


def test_the_candidate_is_silent_though_nobody_has_asked():
    assert quiet(stage="accepted", start=TUESDAY) == (
        "The candidate has said yes and is silent; last heard from on Tue 3 Mar (6 business days)."
    )
    assert quiet(stage="interview_scheduled", heard=None) == (
        "The candidate has an interview ahead and is silent; not heard from yet; 4 business days since Thu 5 Mar."
    )


def test_the_client_is_silent():
    facts: dict[str, Any] = {"start": TUESDAY, "heard": None, "asked_on": ["2026-03-03"], "limits": [2, 4, 7]}
    assert reason("client_quiet", **facts, named=None) == (
        "You asked on 3 Mar and the client has not answered (6 business days); not heard from yet."
    )
    facts |= {"start": "2026-03-08T13:00:00+00:00", "heard": TUESDAY}
    assert reason("client_quiet", **facts, named="2026-03-06") == (
        "You asked on 3 Mar and the client has not answered; last heard from on Tue 3 Mar; "
        "the date named was Fri 6 Mar (2 business days since Mon 9 Mar)."
    )


def test_the_candidate_and_the_client_wait_for_a_reply():
    candidate = {"asker": "candidate", "start": TUESDAY, "asked_on": ["2026-03-03", "2026-03-10"]}
    client = {"asker": "client", "start": FRIDAY, "asked_on": ["2026-03-06"]}
    assert reason("reply_owed", waiting=[candidate]) == (
        "The candidate asked you on 3 and 10 Mar (6 business days), and you have not answered."
    )
    assert reason("reply_owed", waiting=[candidate, client]) == (
        "The candidate asked you on 3 and 10 Mar (6 business days) and "
        "the client asked you on 6 Mar (3 business days), and you have not answered."
    )


def test_the_candidate_waits_for_an_update():
    assert waiting() == (
        "The candidate has waited for the decision since Thu 5 Mar (4 business days); "
        "you last spoke with them on Tue 3 Mar."
    )
    assert waiting(stage="interview_scheduled", word=None) == (
        "The candidate has waited for a date for the interview since Thu 5 Mar (4 business days); "
        "they have had no word from us."
    )
    assert waiting(knows=True, named="2026-03-20", word_two_way=False) == (
        "The candidate has waited for the decision, expected on Fri 20 Mar, since Thu 5 Mar (4 business days); "
        "your last word to them was on Tue 3 Mar."
    )
    assert waiting(passed=True, named="2026-03-09", word_with="client") == (
        "The client's answer was expected on Mon 9 Mar and has not come; "
        "the candidate has waited since Thu 5 Mar (4 business days); their last word was with the client, on Tue 3 Mar."
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
    assert reason("premature_contact", asked=[early, again]) == (
        "The candidate asked the client on Tue 3 Mar (the day of the interview) and you on Thu 5 Mar; "
        "it was too early before Tue 10 Mar."
    )


def test_the_candidate_contacts_in_the_wrong_place():
    contacts = [
        {"on": "2026-03-04", "channel": "linkedin", "why": "social"},
        {"on": "2026-03-04", "channel": "facebook", "why": "social"},
        {"on": "2026-03-05", "channel": "email", "why": "thank_you"},
        {"on": "2026-03-06", "channel": "other", "why": "via_recruiter"},
    ]
    assert reason("off_channel_contact", contacts=[contacts[0], *contacts[:2]]) == (
        "The candidate contacted the client on LinkedIn on Wed 4 Mar and on Facebook on Wed 4 Mar, "
        "which this organisation does not welcome."
    )
    assert reason("off_channel_contact", contacts=contacts[1:]) == (
        "The candidate contacted the client on Facebook on Wed 4 Mar, which this organisation does not welcome; "
        "by email on Thu 5 Mar, where this organisation does not want thank-you notes sent directly; "
        "directly on Fri 6 Mar, where this organisation wants word through you."
    )


def test_duties_are_late():
    ended = f"The interview ended on Tue 3 Mar at {CLOCK} and the hiring manager has had no follow-up; it was due"
    assert reason("follow_up_overdue", ended_at=TUESDAY) == f"{ended} the same day; 6 business days late."
    assert reason("follow_up_overdue", ended_at=TUESDAY, late_due_at="2026-03-04T01:00:00+00:00") == (
        f"{ended} by Wed 4 Mar at 12:00 AEDT (Australia/Sydney); 5 business days late."
    )
    assert reason("debrief_overdue", ended_at=TUESDAY, due_on="2026-03-10", limits=[2]) == (
        "You have not talked with the candidate since the interview of Tue 3 Mar; "
        "the debrief was due by Tue 10 Mar; 1 business day late."
    )
    assert reason("timeline_missing", ended_at=TUESDAY, due_on="2026-03-11", limits=[3]) == (
        "The decision has no date, and the interview was on Tue 3 Mar; one was due by Wed 11 Mar; late."
    )
    assert reason("timeline_missing", ended_at=TUESDAY, stated_on="2026-03-04", due_on="2026-03-09", limits=[3]) == (
        "The decision has no date, and the interview was on Tue 3 Mar; what was said on Wed 4 Mar named none; "
        "one was due by Mon 9 Mar; 2 business days late."
    )
    stated: dict[str, Any] = {"stated_at": TUESDAY, "stated_by": "client", "limits": [5], "date": "2026-03-06"}
    assert reason("timeline_overdue", decision_by="2026-03-06", **stated) == (
        "The decision was expected on Fri 6 Mar (said by the client on Tue 3 Mar) and has not come; "
        "3 business days late."
    )
    assert reason("timeline_overdue", decision_by=None, **stated).startswith("Word was expected on Fri 6 Mar")


def test_promises_are_late():
    late = {**SYDNEY, "owed_by": "candidate", "due_on": "2026-03-07", "rolled_to": "2026-03-09"}
    own = {**SYDNEY, "owed_by": "recruiter", "due_on": "2026-03-06", "rolled_to": "2026-03-06"}
    assert reason("commitment_overdue", promises=[late], limits=[2]) == (
        "A promise was not kept: the candidate's for Sat 7 Mar (2 business days late)."
    )
    assert reason("commitment_overdue", promises=[late, own], limits=[2]) == (
        "Two promises were not kept: the candidate's for Sat 7 Mar (2 business days late) "
        "and yours for Fri 6 Mar (3 business days late)."
    )


def test_nothing_is_booked():
    assert reason("nothing_booked", start=TUESDAY, missed_at=None, due_on="2026-03-04", limits=[2]) == (
        "No interview has been booked since Tue 3 Mar; one was due by Wed 4 Mar; 5 business days late."
    )
    assert reason("nothing_booked", start=TUESDAY, missed_at=TUESDAY, due_on="2026-03-04", limits=[2]) == (
        "The interview fell through on Tue 3 Mar and none is booked; one was due by Wed 4 Mar; 5 business days late."
    )


def test_the_door_has_closed_and_the_candidate_has_not_been_told():
    closed: dict[str, Any] = {"closed_on": "2026-03-06", "due_on": "2026-03-09", "heard": None}
    closed["closed_at"] = "2026-03-06T03:00:00+00:00"
    assert reason("closure_owed", stage="cancelled", **closed) == (
        "Cancelled on Fri 6 Mar and the candidate has not been told since; they have had no word from you; "
        "due by Mon 9 Mar; 2 business days late."
    )
    filled = {**closed, "stage": "screening", "job_status": "filled", "job_closed_on": "2026-03-06"}
    assert reason("closure_owed", **{**filled, "heard": TUESDAY}) == (
        "The job was filled on Fri 6 Mar: tell the candidate, and close this application or move it on; "
        "your last word to them was on Tue 3 Mar; due by Mon 9 Mar; 2 business days late."
    )
    later_that_day = "2026-03-06T05:00:00+00:00"
    assert "close this application or move it on; your last word to the candidate was on Fri 6 Mar" in reason(
        "closure_owed", **{**filled, "heard": later_that_day}
    )
    assert reason("closure_owed", **{**filled, "heard": "2026-03-10T00:00:00+00:00", "job_status": "closed"}) == (
        "The job was closed on Fri 6 Mar: close this application or move it on; "
        "your last word to the candidate was on Tue 10 Mar; due by Mon 9 Mar; 2 business days late."
    )


def check(step: str, owed_by: str, **detail: Any) -> dict[str, Any]:
    facts = {"check": "medical", "step": step, "owed_by": owed_by, "asked_at": TUESDAY, "due_on": "2026-03-09"}
    return {**SYDNEY, **facts, "booked_for": FRIDAY, "ready_at": THURSDAY, **detail}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (check("to_arrange", "candidate"), "The candidate has not arranged the medical, asked for on Tue 3 Mar"),
        (
            check("to_attend", "candidate"),
            f"The medical was booked for Fri 6 Mar at {CLOCK}, and the candidate's part is not recorded as done",
        ),
        (check("to_conclude", "client"), "The client owes the result of the medical, ready since Thu 5 Mar"),
        (
            check("to_conclude", "recruiter", check="reference"),
            "You owe the result of the reference, ready since Thu 5 Mar",
        ),
    ],
)
def test_a_check_says_who_owes_which_step(found: dict[str, Any], said: str):
    late = "2 business days late"
    assert reason("check_overdue", checks=[found]) == f"{said} (due by Mon 9 Mar, {late})."
    assert explain_action(action("chase_check", **found), NOW) == f"{said}; it was due by Mon 9 Mar; {late}."


def test_what_is_open_between_yes_and_the_first_day():
    assert reason("resignation_overdue", free_at=TUESDAY, due_on="2026-03-05") == (
        "The candidate has been free to resign since Tue 3 Mar and is not known to have done so; "
        "it was due by Thu 5 Mar; 4 business days late."
    )
    offered = "A counter-offer was made on Thu 5 Mar (4 business days) and has not been declined; "
    assert reason("counter_offer_open", offered_at=THURSDAY, talked_at=None) == (
        f"{offered}you have not talked with the candidate since."
    )
    assert reason("counter_offer_open", offered_at=THURSDAY, talked_at=FRIDAY) == (
        f"{offered}you last talked with the candidate on Fri 6 Mar."
    )
    assert reason("start_unsettled", accepted_at=TUESDAY, due_on="2026-03-06") == (
        "Accepted on Tue 3 Mar and no first day is agreed; one was due by Fri 6 Mar; 3 business days late."
    )
    assert reason("start_unsettled", first_day="2026-03-09", agreed_at=TUESDAY) == (
        "The first day was to be Mon 9 Mar and no start is recorded; 2 business days late."
    )


@pytest.mark.parametrize(("kind", "case"), WORKED)
def test_every_kind_explains_itself_in_the_rule_books_examples(kind: str, case: dict[str, Any]):
    for shown in case["checks"]:
        now = instant(shown["as_of"])
        found = assess(history_of(case), policy_of(case), now)
        sentences = [explain(flag, now) for flag in found.flags]
        sentences += [explain_action(one, now) for one in found.actions]
        assert all(text.endswith(".") and "None" not in text for text in sentences)
        assert all("May" in explain(flag, now) for flag in found.flags if flag.kind == kind)
        assert all(2 <= len(prompts_for(one, now)) <= 3 for one in found.actions)


def test_every_kind_has_its_guidance_and_says_what_ends_it():
    assert set(GUIDANCE) == set(CLEARS) == set(FlagKind)
    assert len(FlagKind) == 18
    assert len(ActionKind) == 30
    assert len(WINDOW_QUESTIONS) == 3


def test_what_the_rules_before_have_stored_is_still_explained():
    """Flags stored by version 2 of the rules keep their reasons until they are assessed again."""
    asked = {"start": "2026-03-09T00:00:00+00:00", "asked_on": ["2026-03-09"], "limits": [2, 3, 5]}
    old: dict[str, Any] = {"heard": None, "away": [], **SYDNEY}
    assert FLAG_REASONS["reply_owed"]({**SYDNEY, **asked}, NOW).startswith("The candidate asked you on 9 Mar")
    assert FLAG_REASONS["going_quiet"]({**old, **asked}, NOW).startswith("Asked on 9 Mar")
    closed = {"stage": "rejected", "closed_on": "2026-03-09", "due_on": "2026-03-10", **SYDNEY}
    assert FLAG_REASONS["closure_owed"](closed, NOW).startswith("Rejected on Mon 9 Mar")
