"""Transitions: legal moves, required reasons, and their order."""

import pytest

from tests.applications.agency_client import AgencyClient, at, day, done, refused

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
def test_an_application_moves_where_the_table_says_and_nowhere_else(agency: AgencyClient, stage: str):
    legal = TABLE.get(stage, ACTIVE)
    for to in STAGES:
        application = agency.open(stage=stage, opened_at=day(1))
        path = f"applications/{application['id']}/transitions"
        body = {"to": to, "reason": "So it was recorded", "reopen": stage in ENDED}
        if to in legal:
            assert done(agency.post(path, **body))["to"] == to
            assert agency.stage(application["id"]) == to
        else:
            problem = refused(agency.post(path, **body), 409, "illegal_transition")
            assert (problem["stage"], sorted(problem["legal_moves"])) == (stage, sorted(legal))
            assert agency.stage(application["id"]) == stage
    assert sorted(agency.get(f"applications/{agency.open(stage=stage)['id']}/transitions")["legal_moves"]) == sorted(
        legal
    )


@pytest.mark.parametrize("stage", ENDED)
def test_an_ended_application_is_reopened_on_purpose_and_with_a_reason(agency: AgencyClient, stage: str):
    path = f"applications/{agency.open(stage=stage)['id']}/transitions"
    refused(agency.post(path, to="interviewed", reason="They called again"), 409, "illegal_transition")
    refused(agency.post(path, to="interviewed", reopen=True), 422, pointer="/reason")
    assert done(agency.post(path, to="interviewed", reopen=True, reason="They called again"))["reopen"] is True


@pytest.mark.parametrize("to", NEEDS_REASON)
def test_an_ending_needs_its_reason(agency: AgencyClient, to: str):
    path = f"applications/{agency.open(stage='offer')['id']}/transitions"
    refused(agency.post(path, to=to), 422, pointer="/reason")
    refused(agency.post(path, to=to, reason="  "), 422, pointer="/reason")
    assert done(agency.post(path, to=to, reason="Pay"))["reason"] == "Pay"


def test_a_placement_and_a_pause_need_no_reason(agency: AgencyClient):
    for stage, to in (("accepted", "placed"), ("offer", "on_hold"), ("on_hold", "offer")):
        done(agency.post(f"applications/{agency.open(stage=stage)['id']}/transitions", to=to))


def test_a_move_is_legal_from_the_effective_stage_too(agency: AgencyClient):
    refused(agency.moves("offer"), 409, "illegal_transition")
    agency.interview(ended=day(2))
    assert agency.get(f"applications/{agency.id}")["effective_stage"] == "interviewed"
    legal = agency.get(f"applications/{agency.id}/transitions")["legal_moves"]
    assert set(legal) == {*TABLE["interview_scheduled"], *TABLE["interviewed"]}
    refused(agency.moves("offer", at=day(1, 23)), 409, "illegal_transition")
    done(agency.moves("offer", at=day(2)))


def test_a_move_before_the_opening_is_refused(agency: AgencyClient):
    refused(agency.moves("interviewed", at=day(1, 8, 59)), 422, pointer="/at")
    done(agency.moves("interviewed", at=day(1)))


def test_a_move_before_the_latest_is_refused(agency: AgencyClient):
    done(agency.moves("interviewed", at=day(2)))
    refused(agency.moves("on_hold", at=day(1, 23)), 409, "before_the_latest")
    done(agency.moves("on_hold", at=day(3)))


def test_at_one_instant_the_later_recorded_wins(agency: AgencyClient):
    done(agency.moves("interviewed", at=day(2)))
    done(agency.moves("offer", at=day(2)))
    done(agency.moves("accepted", at=day(2)))
    assert agency.stage() == "accepted"
    page = agency.get(f"applications/{agency.id}/transitions")
    assert [item["to"] for item in page["items"]] == ["interviewed", "offer", "accepted"]
    assert [(step["stage"], at(step["at"])) for step in page["stages"]][-1] == ("accepted", day(2))


def test_only_the_latest_move_can_be_voided_then_the_one_before(agency: AgencyClient):
    first, second = done(agency.moves("interviewed", at=day(2))), done(agency.moves("offer", at=day(2)))
    refused(agency.post(f"transitions/{first['id']}/void", reason="No"), 409, "not_the_latest")
    done(agency.post(f"transitions/{second['id']}/void", reason="Another candidate"), 200)
    assert agency.stage() == "interviewed"
    refused(agency.post(f"transitions/{second['id']}/void", reason="Again"), 409, "already_voided")
    done(agency.post(f"transitions/{first['id']}/void", reason="Another candidate"), 200)
    assert agency.stage() == "interview_scheduled"
    assert [item["void_reason"] for item in agency.get(f"applications/{agency.id}/transitions")["items"]] == [
        "Another candidate"
    ] * 2


def test_a_voided_move_no_longer_stands_in_the_way(agency: AgencyClient):
    late = done(agency.moves("on_hold", at=day(4)))
    refused(agency.moves("interviewed", at=day(3)), 409, "before_the_latest")
    done(agency.post(f"transitions/{late['id']}/void", reason="Wrong day"), 200)
    done(agency.moves("interviewed", at=day(3)))


def test_an_ended_application_owes_an_answer_and_a_closing_word(agency: AgencyClient):
    agency.interview(ended=day(1, 10))
    agency.says("candidate", "recruiter", "question", occurred_at=day(1, 11))
    assert set(agency.active_flags()) == {"follow_up_overdue"}
    done(agency.moves("rejected", reason="Another candidate", at=day(4)))
    assert (agency.active_flags(), agency.actions()) == ({}, ["reply_to_candidate", "close_loop"])
    agency.wait(day(6, 0))
    assert agency.active_flags() == {"closure_owed": "watch", "reply_owed": "warning"}
    agency.says("recruiter", "candidate", "information")
    assert (agency.active_flags(), agency.actions()) == ({}, [])


def test_a_paused_application_owes_only_replies_and_promises(agency: AgencyClient):
    agency.interview(ended=day(1, 10))
    agency.says("candidate", "recruiter", "question", occurred_at=day(1, 11))
    done(agency.moves("on_hold"))
    agency.wait(day(11))
    assert (agency.active_flags(), agency.actions()) == ({"reply_owed": "critical"}, ["reply_to_candidate"])


def test_a_move_that_left_no_end_is_no_reopening(agency: AgencyClient):
    assert done(agency.moves("interviewed", reopen=True))["reopen"] is False
    done(agency.moves("rejected", reason="Pay"))
    assert done(agency.moves("interviewed", reopen=True, reason="They rang again"))["reopen"] is True
