"""The start of flags, as worked out in a table of the specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from app.rules.assess import assess
from app.rules.calendar import calendar
from app.rules.history import Check, History, Interview, Milestone, Revision, Transition
from app.rules.policy import DEFAULTS
from tests.rules.literal import Literal
from tests.rules.test_actions import DEBRIEF, FOLLOW_UP, HISTORY, PERTH, SYDNEY, at, said

Since = Callable[[History, datetime, str], datetime]


def engine(history: History, now: datetime, kind: str) -> datetime:
    (flag,) = [x for x in assess(history, DEFAULTS, now).flags if x.kind.value == kind]
    return flag.since


def literal(history: History, now: datetime, kind: str) -> datetime:
    return Literal(history, DEFAULTS, now).since[kind]


@pytest.fixture(params=[engine, literal], ids=lambda rules: rules.__name__)
def since(request: pytest.FixtureRequest) -> Since:
    rules: Since = request.param
    return rules


ACCEPTED = History(at(2, 9), "accepted", SYDNEY, SYDNEY, SYDNEY)
DONE = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP))


def with_milestones(*milestones: Milestone) -> History:
    return replace(ACCEPTED, milestones=milestones)


def test_a_closure_is_owed_since_its_due_instant(since: Since):
    rejected = replace(DONE, transitions=(Transition("t", "rejected", at(5, 9)),))
    assert since(rejected, at(12), "closure_owed") == at(7)
    filled = replace(DONE, job_status="filled", job_status_at=at(5, 9))
    assert since(filled, at(12), "closure_owed") == at(7)


def test_without_a_clock_the_silence_began_when_the_candidate_was_last_heard(since: Since):
    assert since(ACCEPTED, at(9), "going_quiet") == at(2, 9)
    heard = replace(ACCEPTED, interactions=(said("candidate to recruiter", 4, 9, "information"),))
    assert since(heard, at(18), "going_quiet") == at(4, 9)
    booked = replace(HISTORY, interviews=(Interview("i1", at(2, 9), at(30, 10), at(30, 11)),))
    assert since(booked, at(18), "going_quiet") == at(2, 9)


def test_an_update_is_owed_since_the_clock_started_or_since_the_day_they_named_had_passed(since: Since):
    agency = calendar("Australia/Perth", "AU-NSW")
    assert since(DONE, at(18), "update_owed") == at(3, 15)
    word = said("recruiter to candidate", 4, 9, "information")
    dated = replace(
        DONE,
        agency=agency,
        interactions=(*DONE.interactions, word),
        revisions=(Revision("r", at(3, 16), "client", date(2026, 3, 6)),),
    )
    passed = at(10)  # the end of the 9th, the business day after the day they named
    assert since(dated, at(10), "update_owed") == passed
    assert since(dated, at(14), "update_owed") == at(6, zone="Australia/Perth")
    far = replace(dated, revisions=(Revision("r", at(3, 16), "client", date(2026, 3, 27)),))
    assert since(far, at(19), "update_owed") == at(4, 9)


def test_a_check_is_overdue_since_the_first_due_instant(since: Since):
    checks = (Check("q1", "medical", "client", at(5, 10)), Check("q2", "licence", "client", at(3, 10)))
    assert since(replace(DONE, checks=checks), at(12), "check_overdue") == at(6)
    perth = replace(DONE, checks=checks, candidate=PERTH)
    assert since(perth, at(12), "check_overdue") == at(6, zone="Australia/Perth")


def test_between_yes_and_the_first_day_a_flag_stands_since_its_due_instant(since: Since):
    assert since(with_milestones(Milestone("m", "written_offer", at(3, 9))), at(9), "resignation_overdue") == at(6)
    assert since(with_milestones(Milestone("m", "counter_offer", at(4, 9))), at(9), "counter_offer_open") == at(4, 9)
    assert since(ACCEPTED, at(9), "start_unsettled") == at(6)
    agreed = with_milestones(Milestone("m", "start_agreed", at(4, 9), date(2026, 3, 7)))
    assert since(agreed, at(8, 9), "start_unsettled") == at(8)
