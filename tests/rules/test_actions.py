"""Opening and due times of actions, in local time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.rules.action_kinds import Action, ActionKind, party_to_contact, prompts_for
from app.rules.assess import Assessment, assess
from app.rules.calendar import calendar
from app.rules.history import Commitment, ContactStyle, History, Interaction, Interview, Revision, Transition, Waiver
from app.rules.policy import DEFAULTS, overlay

SYDNEY = calendar("Australia/Sydney", "AU-NSW")
PERTH = calendar("Australia/Perth", "AU-WA")


def at(day: int, hour: int = 0, minute: int = 0, zone: str = "Australia/Sydney") -> datetime:
    """Return a local time in March 2026, in which the 3rd is a Tuesday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))


def said(line: str, day: int, hour: int, purpose: str, **more: Any) -> Interaction:
    sender, receiver = line.split(" to ")
    return Interaction(f"{purpose}-{day}-{hour}", at(day, hour), sender, receiver, "email", purpose, **more)


INTERVIEW = Interview("i1", at(2, 9), at(3, 10), at(3, 11))
HISTORY = History(at(1, 9), "interview_scheduled", SYDNEY, SYDNEY, SYDNEY, interviews=(INTERVIEW,))
FOLLOW_UP = said("recruiter to client", 3, 15, "interview_follow_up", two_way=True)
DEBRIEF = said("candidate to recruiter", 3, 12, "debrief", two_way=True)


def found(history: History, now: datetime, **policy: Any) -> Assessment:
    return assess(history, overlay(policy) if policy else DEFAULTS, now)


def action(history: History, now: datetime, kind: str, **policy: Any) -> Action:
    (only,) = [x for x in found(history, now, **policy).actions if x.kind == kind]
    return only


def times(history: History, now: datetime, kind: str, **policy: Any) -> tuple[datetime, datetime]:
    only = action(history, now, kind, **policy)
    return only.opens_at, only.due_at


def kinds(history: History, now: datetime, **policy: Any) -> set[str]:
    return {x.kind.value for x in found(history, now, **policy).actions}


def test_the_follow_up_is_due_the_same_day_on_the_clients_calendar():
    assert times(HISTORY, at(3, 11), "follow_up_hiring_manager") == (at(3, 11), at(4))
    perth = replace(HISTORY, client=PERTH)
    assert times(perth, at(3, 11), "follow_up_hiring_manager") == (at(3, 11), at(4, zone="Australia/Perth"))
    late = {"late_after": "11:00", "late_due": "09:30"}
    assert times(HISTORY, at(3, 11), "follow_up_hiring_manager", follow_up_overdue=late) == (at(3, 11), at(4, 9, 30))


def test_a_one_way_follow_up_is_tried_again_on_the_next_business_day_after_the_last():
    friday = replace(HISTORY, interactions=(said("recruiter to client", 6, 15, "interview_follow_up"),))
    assert times(friday, at(6, 16), "retry_follow_up") == (at(9), at(10))
    again = replace(
        friday, interactions=(*friday.interactions, said("recruiter to client", 9, 9, "interview_follow_up"))
    )
    assert times(again, at(9, 16), "retry_follow_up") == (at(10), at(11))


def test_the_debrief_is_due_on_the_candidates_next_business_day():
    assert times(replace(HISTORY, candidate=PERTH), at(3, 11), "debrief_candidate") == (
        at(3, 11),
        at(5, zone="Australia/Perth"),
    )


def test_thanks_are_due_the_same_day_after_a_morning_and_the_next_noon_after_an_afternoon():
    assert times(HISTORY, at(3, 11), "remind_thank_you") == (at(3, 11), at(4))
    noon = replace(HISTORY, interviews=(replace(INTERVIEW, ends_at=at(3, 12)),))
    assert times(noon, at(3, 12), "remind_thank_you") == (at(3, 12), at(4, 12))
    assert "remind_thank_you" in kinds(noon, at(5, 11, 59))
    assert "remind_thank_you" not in kinds(noon, at(5, 12))
    unwelcome = replace(noon, style=ContactStyle(thank_you="unwelcome"))
    assert "remind_thank_you" not in kinds(unwelcome, at(3, 12))


def test_the_timeline_is_asked_for_by_the_next_business_day():
    assert times(HISTORY, at(3, 11), "ask_timeline") == (at(3, 11), at(5))
    vague = replace(HISTORY, revisions=(Revision("r1", at(4, 10), "client"),))
    assert times(vague, at(4, 11), "ask_timeline") == (at(3, 11), at(10))


def test_the_decision_is_chased_when_the_window_opens_and_then_once_a_week():
    history = replace(
        HISTORY, interactions=(DEBRIEF, FOLLOW_UP), revisions=(Revision("r1", at(3, 15), "client", date(2026, 3, 13)),)
    )
    assert times(history, at(3, 16), "chase_decision") == (at(16), at(17))
    before = replace(history, interactions=(*history.interactions, said("recruiter to client", 13, 9, "chase")))
    assert times(before, at(13, 10), "chase_decision") == (at(16), at(17))
    asked = replace(history, interactions=(*history.interactions, said("recruiter to client", 21, 9, "chase")))
    assert times(asked, at(21, 10), "chase_decision") == (at(28), at(31))  # a Saturday rolls to Monday the 30th
    assert times(asked, at(21, 10), "chase_decision", chase_spacing_days=2) == (at(23), at(24))


def test_the_decision_is_chased_only_when_the_follow_up_is_done_or_waived_and_no_round_is_to_come():
    assert "chase_decision" not in kinds(HISTORY, at(4))
    waived = replace(HISTORY, waivers=(Waiver("w1", "i1", at(3, 12)),))
    assert "chase_decision" in kinds(waived, at(4))
    assert "chase_decision" not in kinds(waived, at(3, 11, 59))
    second = Interview("i2", at(5, 9), at(12, 9), at(12, 10), 2)
    transitions = (Transition("t1", "awaiting_decision", at(6)),)
    assert "chase_decision" not in kinds(
        replace(waived, interviews=(INTERVIEW, second), transitions=transitions), at(7)
    )


def test_the_client_is_chased_today():
    asked = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP, said("recruiter to client", 4, 9, "question")))
    for day in (6, 7, 10):
        assert times(asked, at(day, 13), "chase_client") == (at(day), at(day + 1))


def test_the_candidate_is_asked_again_today_or_on_the_next_business_day_when_asked_today():
    asked = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP, said("recruiter to candidate", 4, 9, "question")))
    assert times(asked, at(6, 13), "check_in_candidate") == (at(6), at(7))
    assert times(asked, at(7, 13), "check_in_candidate") == (at(7), at(10))  # a Saturday rolls to Monday
    again = replace(asked, interactions=(*asked.interactions, said("recruiter to candidate", 6, 9, "question")))
    assert times(again, at(6, 13), "check_in_candidate") == (at(9), at(10))
    assert found(again, at(6, 13)).next_change_at == at(7)


def test_the_candidate_is_answered_by_the_next_business_day():
    asks = (said("candidate to recruiter", 6, 16, "question"), said("candidate to recruiter", 7, 9, "question"))
    asked = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP, *asks))
    assert times(asked, at(7, 10), "reply_to_candidate") == (at(6, 16), at(10))


def test_coaching_is_wanted_since_the_latest_contact_and_until_somebody_coaches():
    early = said("candidate to client", 4, 9, "chase")
    history = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP, early))
    assert times(history, at(4, 10), "coach_candidate") == (at(4, 9), at(6))
    coached = replace(history, interactions=(*history.interactions, said("recruiter to candidate", 4, 9, "coaching")))
    assert "coach_candidate" not in kinds(coached, at(4, 10))
    again = replace(coached, interactions=(*coached.interactions, said("candidate to client", 5, 9, "chase")))
    assert times(again, at(5, 9), "coach_candidate") == (at(5, 9), at(7))
    off: dict[str, Any] = {kind: {"enabled": False} for kind in ("over_contacting", "premature_contact")}
    assert "coach_candidate" not in kinds(again, at(5, 9), **off)


def test_each_promise_has_an_action_of_its_own():
    own = Commitment("c1", "recruiter", at(3, 12), date(2026, 3, 7))
    theirs = Commitment("c2", "candidate", at(3, 12), date(2026, 3, 7))
    other = Commitment("c3", "client", at(3, 12), date(2026, 3, 9))
    history = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP), commitments=(own, theirs, other))
    assert times(history, at(3, 13), "keep_commitment") == (at(3, 12), at(10))
    assert party_to_contact(action(history, at(3, 13), "keep_commitment")) is None
    assert "chase_commitment" not in kinds(history, at(9, 23, 59))
    chased = [x for x in found(history, at(11, 9)).actions if x.kind is ActionKind.CHASE_COMMITMENT]
    assert [(x.subject, x.opens_at, x.due_at) for x in chased] == [("c2", at(10), at(12)), ("c3", at(10), at(12))]
    assert [party_to_contact(x) for x in chased] == ["candidate", "client"]


def test_a_promise_is_kept_from_a_week_before_its_day():
    """An action for a promise opens shortly before its date."""
    promised = replace(HISTORY, commitments=(Commitment("c1", "recruiter", at(3, 12), date(2030, 1, 15)),))
    opens_at, due_at = times(promised, at(3, 13), "keep_commitment")
    assert (opens_at, due_at) == (SYDNEY.sod(date(2030, 1, 8)), SYDNEY.eod(date(2030, 1, 15)))
    later = {"commitment_overdue": {"ahead_days": 30}}
    assert times(promised, at(3, 13), "keep_commitment", **later)[0] == SYDNEY.sod(date(2029, 12, 16))
    perth = replace(promised, agency=PERTH)
    assert times(perth, at(3, 13), "keep_commitment")[0] == PERTH.sod(date(2030, 1, 8))
    paused = replace(promised, opening_stage="on_hold", interviews=())
    known = found(paused, at(3, 13))
    assert known.next_change_at == due_at, "its opening before then changes nothing in the list"
    assert known == found(paused, opens_at) == found(paused, due_at - timedelta(microseconds=1))


def test_an_action_names_the_interview_that_it_is_about():
    about = {x.kind.value: x.interview_id for x in found(HISTORY, at(4)).actions}
    assert about.pop("update_candidate") == ""
    assert about == dict.fromkeys(about, "i1")
    second = Interview("i2", at(4, 9), at(5, 9), at(5, 10), 2)
    tried = said("recruiter to client", 5, 12, "interview_follow_up")
    one_way = replace(HISTORY, interviews=(INTERVIEW, second), interactions=(tried,))
    about = {x.kind.value: x.interview_id for x in found(one_way, at(5, 13)).actions}
    del about["update_candidate"]
    assert about == dict.fromkeys(about, "i2")
    assert {"retry_follow_up", "chase_decision", "ask_timeline", "debrief_candidate"} <= set(about)
    missed = replace(HISTORY, interviews=(replace(INTERVIEW, status="no_show", status_at=at(3, 10)),))
    assert action(missed, at(3, 11), "book_interview").interview_id == "i1"
    assert action(replace(HISTORY, interviews=()), at(1, 10), "book_interview").interview_id == ""


@pytest.mark.parametrize("kind", ActionKind)
def test_every_action_names_the_party_to_contact_where_the_facts_do(kind: ActionKind):
    party = party_to_contact(Action(kind, at(3), at(4), "c1", {"owed_by": "client"}))
    nobody = (ActionKind.KEEP_COMMITMENT, ActionKind.TAKE_REFERENCE)
    assert (party in ("candidate", "client")) == (kind not in nobody)
    if kind.value.endswith("_candidate"):
        assert party == "candidate"


def test_an_interview_is_booked_by_the_next_business_day_after_the_last_fell_through():
    missed = replace(HISTORY, interviews=(replace(INTERVIEW, status="no_show", status_at=at(3, 10)),))
    assert times(missed, at(3, 11), "book_interview") == (at(3, 10), at(5))
    assert times(replace(HISTORY, interviews=()), at(1, 10), "book_interview") == (at(1, 9), at(3))


def test_the_loop_is_closed_by_the_next_business_day():
    closed = replace(HISTORY, transitions=(Transition("t1", "cancelled", at(6, 16)),))
    assert times(closed, at(6, 17), "close_loop") == (at(6, 16), at(10))
    assert kinds(replace(HISTORY, transitions=(Transition("t1", "withdrawn", at(6, 16)),)), at(6, 17)) == set()


@pytest.mark.parametrize("rule", ["follow_up_overdue", "debrief_overdue", "timeline_missing", "thank_you"])
def test_a_rule_that_is_switched_off_takes_its_actions_along(rule: str):
    actions = {
        "follow_up_overdue": "follow_up_hiring_manager",
        "debrief_overdue": "debrief_candidate",
        "timeline_missing": "ask_timeline",
        "thank_you": "remind_thank_you",
    }
    policy: dict[str, Any] = {rule: {"enabled": False}}
    assert kinds(HISTORY, at(4, 9), **policy) == {"update_candidate", *actions.values()} - {actions[rule]}


def test_a_check_in_asks_about_the_time_of_an_interview_only_where_one_is_booked():
    question = said("recruiter to candidate", 3, 12, "question")
    missed = replace(INTERVIEW, status="no_show", status_at=at(3, 11))
    quiet = replace(HISTORY, interviews=(missed,), interactions=(question,))
    again = Interview("i2", at(3, 11, 30), at(20, 10), at(20, 11))
    ahead = replace(quiet, interviews=(missed, again))
    about_time = "Does the time of your interview still suit you?"
    assert about_time not in prompts_for(action(quiet, at(6, 9), "check_in_candidate"), at(6, 9))
    assert about_time in prompts_for(action(ahead, at(6, 9), "check_in_candidate"), at(6, 9))
