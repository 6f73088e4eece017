"""Changes that time alone makes, and their instants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from app.rules.history import Commitment, History, Revision, Transition
from app.rules.policy import DEFAULTS
from tests.rules.literal import Literal
from tests.rules.test_actions import DEBRIEF, FOLLOW_UP, HISTORY, at, found, said

DONE = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP))
DATED = replace(DONE, revisions=(Revision("r", at(3, 15), "client", date(2026, 3, 20)),))
PROMISED = replace(DATED, commitments=(Commitment("c", "client", at(3, 15), date(2026, 3, 12)),))


def answer(history: History, now: datetime) -> object:
    literal = Literal(history, DEFAULTS, now)
    return literal.flags, literal.kinds(), literal.window


@pytest.mark.parametrize(
    ("history", "now", "change"),
    [
        (HISTORY, at(2, 10), at(3, 11)),
        (HISTORY, at(3, 11), at(4)),
        (DATED, at(6), at(10)),
        (PROMISED, at(12), at(13)),
    ],
)
def test_the_promise_reaches_no_further_than_the_first_change(history: History, now: datetime, change: datetime):
    hours = [now + timedelta(hours=n) for n in range(24 * 30)]
    assert next(at for at in hours if answer(history, at) != answer(history, now)) == change
    promised = found(history, now).next_change_at
    assert promised is not None
    assert now < promised <= change


def test_before_the_application_opened_there_is_nothing_to_say():
    assert found(HISTORY, at(1, 8)).next_change_at == at(1, 9)
    early = replace(HISTORY, opened_at=at(9, 9))
    assert found(early, at(8)).flags == ()
    assert found(early, at(8)).actions == ()
    assert found(early, at(8)).next_change_at == at(9, 9)


def test_the_next_change_is_the_very_next_thing_that_time_does():
    assert found(DATED, at(10)).next_change_at == at(13)
    informed = replace(DATED, interactions=(*DATED.interactions, said("client to candidate", 3, 16, "information")))
    assert found(informed, at(6)).next_change_at == at(17)  # they know the date, and still
    assert found(informed, at(17)).next_change_at == at(21)  # a follow-up that was made does not lapse
    assert found(PROMISED, at(13)).next_change_at == at(14)  # a chase of a promise moves with the day


def test_an_end_that_the_candidate_knows_of_changes_no_more():
    closed = replace(DONE, transitions=(Transition("t", "rejected", at(5, 9)),))
    answered = replace(closed, interactions=(*DONE.interactions, said("recruiter to candidate", 6, 9, "information")))
    assert found(answered, at(6, 9)).next_change_at is None
