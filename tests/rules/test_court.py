"""The court: the worked examples of the specification, and cases beyond them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Protocol

import pytest

from app.rules.assess import assess
from app.rules.history import Check, History, Interaction, Interview, Milestone, Transition, Waiver
from app.rules.policy import DEFAULTS, Policy, overlay
from tests.rules.literal import Literal
from tests.rules.test_actions import DEBRIEF, FOLLOW_UP, HISTORY, SYDNEY, at, said

Court = tuple[str | None, datetime | None]
NOBODY: Court = (None, None)


class Asked(Protocol):
    """Rules that say who owes the next word."""

    def __call__(self, history: History, now: datetime, policy: Policy = DEFAULTS) -> Court: ...


def engine(history: History, now: datetime, policy: Policy = DEFAULTS) -> Court:
    court = assess(history, policy, now).court
    return court.party, court.since


def literal(history: History, now: datetime, policy: Policy = DEFAULTS) -> Court:
    return Literal(history, policy, now).court


@pytest.fixture(params=[engine, literal], ids=lambda rules: rules.__name__)
def court(request: pytest.FixtureRequest) -> Asked:
    rules: Asked = request.param
    return rules


MEDICAL = Check("q1", "medical", "client", at(5, 10), ready_at=at(9, 9))
DECIDED = History(
    at(1, 9),
    "interview_scheduled",
    SYDNEY,
    SYDNEY,
    SYDNEY,
    interviews=(Interview("i1", at(2, 12), at(3, 10), at(3, 11)),),
    interactions=(
        DEBRIEF,
        FOLLOW_UP,
        said("recruiter to client", 6, 10, "question"),
        said("candidate to recruiter", 10, 9, "question"),
        said("recruiter to candidate", 11, 12, "answer"),
        said("recruiter to candidate", 12, 11, "information"),
    ),
    checks=(MEDICAL,),
    transitions=(Transition("t", "rejected", at(12, 10), reason="another was chosen"),),
    job_status="filled",
    job_status_at=at(11, 10),
)
OFFERED = History(
    at(9, 10),
    "offer",
    SYDNEY,
    SYDNEY,
    SYDNEY,
    interactions=(
        said("candidate to recruiter", 9, 16, "information"),
        said("recruiter to candidate", 12, 17, "information", two_way=True),
        said("recruiter to candidate", 16, 9, "check_in"),
    ),
    checks=(Check("q1", "reference", "recruiter", at(10, 12), ready_at=at(11, 9), done_at=at(11, 15)),),
    milestones=(Milestone("m1", "resigned", at(12, 12)),),
    transitions=(Transition("t1", "accepted", at(10, 10), "1"), Transition("t2", "on_hold", at(17, 9), "2")),
)

DECISION: tuple[tuple[datetime, Court], ...] = (
    (at(2, 12), NOBODY),
    (at(3, 11), ("recruiter", at(3, 11))),
    (at(3, 12), ("recruiter", at(3, 11))),
    (at(3, 15), ("client", at(3, 15))),
    (at(5, 10), ("candidate", at(5, 10))),
    (at(6, 10), ("candidate", at(5, 10))),
    (at(9, 9), ("client", at(6, 10))),
    (at(10, 9), ("recruiter", at(10, 9))),
    (at(11, 10), ("recruiter", at(10, 9))),
    (at(11, 12), ("recruiter", at(11, 10))),
    (at(12, 10), ("recruiter", at(12, 10))),
    (at(12, 11), NOBODY),
)
OFFER: tuple[tuple[datetime, Court], ...] = (
    (at(9, 10), ("candidate", at(9, 10))),
    (at(9, 16), ("candidate", at(9, 16))),
    (at(10, 10), NOBODY),
    (at(10, 12), ("candidate", at(10, 12))),
    (at(11, 9), ("recruiter", at(11, 9))),
    (at(11, 15), NOBODY),
    (at(12, 12), ("recruiter", at(12, 12))),
    (at(12, 17), NOBODY),
    (at(16, 9), ("candidate", at(16, 9))),
    (at(17, 9), NOBODY),
)
EXAMPLES = [(DECIDED, now, wanted) for now, wanted in DECISION] + [(OFFERED, now, wanted) for now, wanted in OFFER]


@pytest.mark.parametrize(("history", "now", "wanted"), EXAMPLES, ids=[f"{x[1]:%d-%H}" for x in EXAMPLES])
def test_the_worked_examples_hold(court: Asked, history: History, now: datetime, wanted: Court):
    assert court(history, now) == wanted


DONE = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP))


def with_words(*words: Interaction) -> History:
    return replace(DONE, interactions=(*DONE.interactions, *words))


def test_the_recruiter_owes_the_follow_up_and_the_debrief_until_they_lapse(court: Asked):
    assert court(HISTORY, at(2, 10)) == NOBODY
    assert court(HISTORY, at(3, 12)) == ("recruiter", at(3, 11))
    waived = replace(HISTORY, interactions=(DEBRIEF,), waivers=(Waiver("w", "i1", at(3, 12)),))
    assert court(waived, at(3, 13)) == ("client", at(3, 11))
    assert court(HISTORY, at(17, 23)) == ("recruiter", at(3, 11))
    assert court(HISTORY, at(18)) == ("client", at(3, 11))


def test_the_recruiter_owes_the_first_of_the_asks_of_candidate_and_client(court: Asked):
    asks = (said("candidate to recruiter", 5, 9, "question"), said("client to recruiter", 4, 9, "question"))
    assert court(with_words(*asks), at(5, 10)) == ("recruiter", at(4, 9))
    assert court(with_words(asks[0]), at(5, 10)) == ("recruiter", at(5, 9))


def test_the_candidate_owes_an_answer_before_the_client_does(court: Asked):
    asks = said("recruiter to candidate", 4, 9, "question"), said("recruiter to client", 4, 8, "question")
    assert court(with_words(*asks), at(4, 10)) == ("candidate", at(4, 9))
    assert court(with_words(asks[1]), at(4, 10)) == ("client", at(4, 8))


def test_the_client_owes_a_result_before_the_decision(court: Asked):
    checked = replace(DONE, checks=(replace(MEDICAL, ready_at=at(6, 9)),))
    assert court(checked, at(6, 10)) == ("client", at(6, 9))
    imported = replace(HISTORY, opening_stage="screening", interviews=())
    assert court(imported, at(4, 10)) == ("client", at(1, 9))


def test_an_interview_of_a_run_that_is_over_asks_nothing_of_the_recruiter(court: Asked):
    reopened = (Transition("t1", "rejected", at(4, 9), "1"), Transition("t2", "awaiting_decision", at(5, 9), "2"))
    assert court(replace(HISTORY, transitions=reopened), at(5, 9)) == ("client", at(3, 11))


def test_on_hold_only_asks_count(court: Asked):
    held = replace(HISTORY, transitions=(Transition("t", "on_hold", at(4, 9)),))
    assert court(held, at(4, 10)) == NOBODY
    asked = replace(held, interactions=(said("client to recruiter", 5, 9, "question"),))
    assert court(asked, at(5, 10)) == ("recruiter", at(5, 9))


def test_on_a_closed_job_the_recruiter_owes_the_closing_while_it_can_help(court: Asked):
    filled = replace(DONE, job_status="filled", job_status_at=at(5, 9))
    assert court(filled, at(5, 9)) == ("recruiter", at(5, 9))
    assert court(filled, datetime.fromisoformat("2026-04-03T23:59:59+11:00")) == ("recruiter", at(5, 9))
    assert court(filled, datetime.fromisoformat("2026-04-04T00:00:00+11:00")) == NOBODY


def test_after_the_end_the_recruiter_owes_the_closing_word_and_for_thirty_days_an_answer(court: Asked):
    closed = replace(DONE, transitions=(Transition("t", "rejected", at(5, 9)),))
    assert court(closed, at(5, 9)) == ("recruiter", at(5, 9))
    answered = replace(closed, interactions=(*DONE.interactions, said("recruiter to candidate", 6, 9, "information")))
    assert court(answered, at(6, 9)) == NOBODY
    asked = replace(answered, interactions=(*answered.interactions, said("candidate to recruiter", 9, 9, "question")))
    assert court(asked, at(9, 9)) == ("recruiter", at(9, 9))
    assert court(asked, datetime.fromisoformat("2026-04-04T00:00:00+11:00")) == NOBODY


def test_it_reads_facts_and_of_the_switches_only_that_of_the_closing(court: Asked):
    off = {name: {"enabled": False} for name in ("follow_up_overdue", "debrief_overdue", "going_quiet", "reply_owed")}
    assert court(HISTORY, at(3, 12), overlay(off)) == ("recruiter", at(3, 11))
    closed = replace(DONE, transitions=(Transition("t", "rejected", at(5, 9)),))
    assert court(closed, at(5, 9), overlay({"closure_owed": {"enabled": False}})) == NOBODY


def test_before_the_application_opened_nobody_owes_a_word(court: Asked):
    assert court(replace(HISTORY, opened_at=at(9, 9)), at(8)) == NOBODY
