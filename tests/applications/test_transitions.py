"""Transitions: legal moves, required reasons, and their order."""

import pytest

from tests.applications.desk import Desk, at, day, done, refused

CLOSED = ("rejected", "withdrawn", "cancelled")
ACTIVE = (
    "interview_scheduled", "interviewed", "awaiting_decision", "reference_check", "screening", "offer", "accepted"
)  # fmt: skip
ENDED = ("placed", "rejected", "withdrawn", "offer_declined", "cancelled")
STAGES = (*ACTIVE, "on_hold", *ENDED)
TABLE: dict[str, tuple[str, ...]] = {
    "interview_scheduled": ("interviewed", "on_hold", *CLOSED),
    "interviewed": (
        "interview_scheduled", "awaiting_decision", "reference_check", "screening", "offer", "on_hold", *CLOSED
    ),
    "awaiting_decision": ("interview_scheduled", "reference_check", "screening", "offer", "on_hold", *CLOSED),
    "reference_check": ("interview_scheduled", "awaiting_decision", "screening", "offer", "on_hold", *CLOSED),
    "screening": (
        "interview_scheduled", "awaiting_decision", "reference_check", "offer", "accepted", "on_hold", *CLOSED
    ),
    "offer": ("awaiting_decision", "reference_check", "screening", "accepted", "offer_declined", "on_hold", *CLOSED),
    "accepted": ("screening", "placed", "offer_declined", "on_hold", *CLOSED),
    "on_hold": (*ACTIVE, *CLOSED),
}  # fmt: skip
"""The legal moves (rule book, "Stages"), written a second time on purpose."""
NEEDS_REASON = ("rejected", "withdrawn", "offer_declined", "cancelled")


@pytest.mark.parametrize("stage", STAGES)
def test_an_application_moves_where_the_table_says_and_nowhere_else(desk: Desk, stage: str):
    legal = TABLE.get(stage, ACTIVE)
    for to in STAGES:
        application = desk.open(stage=stage, opened_at=day(1))
        path = f"applications/{application['id']}/transitions"
        body = {"to": to, "reason": "So it was told", "reopen": stage in ENDED}
        if to in legal:
            assert done(desk.post(path, **body))["to"] == to
            assert desk.stage(application["id"]) == to
        else:
            problem = refused(desk.post(path, **body), 409, "illegal_transition")
            assert (problem["stage"], sorted(problem["legal_moves"])) == (stage, sorted(legal))
            assert desk.stage(application["id"]) == stage
    assert sorted(desk.get(f"applications/{desk.open(stage=stage)['id']}/transitions")["legal_moves"]) == sorted(legal)


@pytest.mark.parametrize("stage", ENDED)
def test_an_ended_application_is_reopened_on_purpose_and_with_a_reason(desk: Desk, stage: str):
    path = f"applications/{desk.open(stage=stage)['id']}/transitions"
    refused(desk.post(path, to="interviewed", reason="They called again"), 409, "illegal_transition")
    refused(desk.post(path, to="interviewed", reopen=True), 422, pointer="/reason")
    assert done(desk.post(path, to="interviewed", reopen=True, reason="They called again"))["reopen"] is True


@pytest.mark.parametrize("to", NEEDS_REASON)
def test_an_ending_needs_its_reason(desk: Desk, to: str):
    path = f"applications/{desk.open(stage='offer')['id']}/transitions"
    refused(desk.post(path, to=to), 422, pointer="/reason")
    refused(desk.post(path, to=to, reason="  "), 422, pointer="/reason")
    assert done(desk.post(path, to=to, reason="Pay"))["reason"] == "Pay"


def test_a_placement_and_a_pause_need_no_reason(desk: Desk):
    for stage, to in (("accepted", "placed"), ("offer", "on_hold"), ("on_hold", "offer")):
        done(desk.post(f"applications/{desk.open(stage=stage)['id']}/transitions", to=to))


def test_a_move_is_legal_from_the_effective_stage_too(desk: Desk):
    refused(desk.moves("offer"), 409, "illegal_transition")
    desk.interview(ended=day(2))
    assert desk.get(f"applications/{desk.id}")["effective_stage"] == "interviewed"
    legal = desk.get(f"applications/{desk.id}/transitions")["legal_moves"]
    assert set(legal) == {*TABLE["interview_scheduled"], *TABLE["interviewed"]}
    refused(desk.moves("offer", at=day(1, 23)), 409, "illegal_transition")
    done(desk.moves("offer", at=day(2)))


def test_a_move_before_the_opening_is_refused(desk: Desk):
    refused(desk.moves("interviewed", at=day(1, 8, 59)), 422, pointer="/at")
    done(desk.moves("interviewed", at=day(1)))


def test_a_move_before_the_latest_is_refused(desk: Desk):
    done(desk.moves("interviewed", at=day(2)))
    refused(desk.moves("on_hold", at=day(1, 23)), 409, "before_the_latest")
    done(desk.moves("on_hold", at=day(3)))


def test_at_one_instant_the_later_told_wins(desk: Desk):
    done(desk.moves("interviewed", at=day(2)))
    done(desk.moves("offer", at=day(2)))
    done(desk.moves("accepted", at=day(2)))
    assert desk.stage() == "accepted"
    told = desk.get(f"applications/{desk.id}/transitions")
    assert [item["to"] for item in told["items"]] == ["interviewed", "offer", "accepted"]
    assert [(step["stage"], at(step["at"])) for step in told["stages"]][-1] == ("accepted", day(2))


def test_only_the_latest_move_can_be_voided_then_the_one_before(desk: Desk):
    first, second = done(desk.moves("interviewed", at=day(2))), done(desk.moves("offer", at=day(2)))
    refused(desk.post(f"transitions/{first['id']}/void", reason="No"), 409, "not_the_latest")
    done(desk.post(f"transitions/{second['id']}/void", reason="Another candidate"), 200)
    assert desk.stage() == "interviewed"
    refused(desk.post(f"transitions/{second['id']}/void", reason="Again"), 409, "already_voided")
    done(desk.post(f"transitions/{first['id']}/void", reason="Another candidate"), 200)
    assert desk.stage() == "interview_scheduled"
    assert [item["void_reason"] for item in desk.get(f"applications/{desk.id}/transitions")["items"]] == [
        "Another candidate"
    ] * 2


def test_a_voided_move_no_longer_stands_in_the_way(desk: Desk):
    late = done(desk.moves("on_hold", at=day(4)))
    refused(desk.moves("interviewed", at=day(3)), 409, "before_the_latest")
    done(desk.post(f"transitions/{late['id']}/void", reason="Wrong day"), 200)
    done(desk.moves("interviewed", at=day(3)))


def test_an_ended_application_owes_an_answer_and_a_closing_word(desk: Desk):
    desk.interview(ended=day(1, 10))
    desk.says("candidate", "recruiter", "question", occurred_at=day(1, 11))
    assert set(desk.standing()) == {"follow_up_overdue"}
    done(desk.moves("rejected", reason="Another candidate", at=day(4)))
    assert (desk.standing(), desk.actions()) == ({}, ["reply_to_candidate", "close_loop"])
    desk.wait(day(6, 0))
    assert desk.standing() == {"closure_owed": "watch", "reply_owed": "warning"}
    desk.says("recruiter", "candidate", "information")
    assert (desk.standing(), desk.actions()) == ({}, [])


def test_a_paused_application_owes_only_replies_and_promises(desk: Desk):
    desk.interview(ended=day(1, 10))
    desk.says("candidate", "recruiter", "question", occurred_at=day(1, 11))
    done(desk.moves("on_hold"))
    desk.wait(day(11))
    assert (desk.standing(), desk.actions()) == ({"reply_owed": "critical"}, ["reply_to_candidate"])


def test_a_move_that_left_no_end_is_no_reopening(desk: Desk):
    assert done(desk.moves("interviewed", reopen=True))["reopen"] is False
    done(desk.moves("rejected", reason="Pay"))
    assert done(desk.moves("interviewed", reopen=True, reason="They rang again"))["reopen"] is True
