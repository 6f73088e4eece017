"""In whose court the ball is, and since when; and what time alone will change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.rules.assess import assess
from app.rules.history import Commitment, History, Interaction, Revision, Transition, Waiver
from app.rules.policy import DEFAULTS
from tests.rules.test_actions import DEBRIEF, FOLLOW_UP, HISTORY, at, found, said

DONE = replace(HISTORY, interactions=(DEBRIEF, FOLLOW_UP))


def with_words(*words: Interaction) -> History:
    return replace(DONE, interactions=(*DONE.interactions, *words))


def test_nobody_owes_a_word_before_the_interview():
    assert found(HISTORY, at(2, 10)).court == (None, None)


def test_the_recruiter_owes_the_follow_up_and_the_debrief_since_the_interview():
    assert found(HISTORY, at(3, 12)).court == ("recruiter", at(3, 11))
    assert found(replace(HISTORY, interactions=(DEBRIEF,)), at(3, 13)).court == ("recruiter", at(3, 11))
    waived = replace(HISTORY, interactions=(DEBRIEF,), waivers=(Waiver("w", "i1", at(3, 12)),))
    assert found(waived, at(3, 13)).court == ("client", at(3, 11))


def test_the_recruiter_owes_the_first_of_the_candidates_asks():
    asks = (said("candidate to recruiter", 4, 9, "question"), said("candidate to recruiter", 5, 9, "question"))
    assert found(with_words(*asks), at(5, 10)).court == ("recruiter", at(4, 9))


def test_the_candidate_owes_an_answer_before_the_client_does():
    asked = with_words(said("recruiter to candidate", 4, 9, "question"), said("recruiter to client", 4, 8, "question"))
    assert found(asked, at(4, 10)).court == ("candidate", at(4, 9))


def test_the_client_owes_an_answer_or_else_the_decision():
    assert found(DONE, at(4, 10)).court == ("client", at(3, 15))
    assert found(with_words(said("recruiter to client", 4, 8, "question")), at(4, 10)).court == ("client", at(4, 8))
    imported = replace(HISTORY, opening_stage="screening", interviews=())
    assert found(imported, at(4, 10)).court == ("client", at(1, 9))


def test_in_offer_the_candidate_has_the_word():
    offered = replace(DONE, transitions=(Transition("t", "offer", at(5, 9)),))
    assert found(offered, at(5, 10)).court == ("candidate", at(5, 9))


def test_on_hold_only_the_candidates_asks_count():
    held = replace(HISTORY, transitions=(Transition("t", "on_hold", at(4, 9)),))
    assert found(held, at(4, 10)).court == (None, None)
    asked = replace(held, interactions=(said("candidate to recruiter", 5, 9, "question"),))
    assert found(asked, at(5, 10)).court == ("recruiter", at(5, 9))


def test_the_recruiter_owes_the_closing_word_while_it_can_help():
    closed = replace(DONE, transitions=(Transition("t", "rejected", at(5, 9)),))
    assert found(closed, at(5, 9)).court == ("recruiter", at(5, 9))
    told = replace(closed, interactions=(*closed.interactions, said("recruiter to candidate", 6, 9, "information")))
    assert found(told, at(6, 9)).court == (None, None)
    assert found(told, at(6, 9)).next_change_at is None


def test_the_next_change_is_the_very_next_thing_that_time_does():
    assert found(HISTORY, at(1, 8)).next_change_at == at(1, 9)
    assert found(HISTORY, at(2, 10)).next_change_at == at(3, 11)
    assert found(HISTORY, at(3, 11)).next_change_at == at(4)
    dated = replace(DONE, revisions=(Revision("r", at(3, 15), "client", date(2026, 3, 20)),))
    assert found(dated, at(6)).next_change_at == at(10)  # we owe the candidate a word
    assert found(dated, at(10)).next_change_at == at(13)
    informed = replace(dated, interactions=(*dated.interactions, said("client to candidate", 3, 16, "information")))
    assert found(informed, at(6)).next_change_at == at(17)  # they know the date, and still
    assert found(informed, at(17)).next_change_at == at(18)  # the follow-up of a fortnight ago lapses
    assert assess(informed, DEFAULTS, at(18)).next_change_at == at(21)
    promised = replace(dated, commitments=(Commitment("c", "client", at(3, 15), date(2026, 3, 12)),))
    assert found(promised, at(10)).next_change_at == at(13)
    assert found(promised, at(13)).next_change_at == at(14)  # a chase of a promise moves with the day


def test_before_the_application_opened_there_is_nothing_to_say():
    early = replace(HISTORY, opened_at=at(9, 9))
    assert found(early, at(8)).flags == ()
    assert found(early, at(8)).actions == ()
    assert found(early, at(8)).next_change_at == at(9, 9)
