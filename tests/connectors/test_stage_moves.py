"""A stage that changed in Keepwarm is proposed to the CRM, and moved there after a recruiter's word alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.connectors.models import stage_move
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from tests.agencies import as_role
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import APPLICATION, STAGES, fetch, interview
from tests.crms.small import SmallCrm, connected, small_crm
from tests.service import Client, Clock, Service


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallCrm]:
    with small_crm(monkeypatch) as running:
        yield running


@pytest.fixture
def link(admin: Client, crm: SmallCrm, workers: Workers, clock: Clock) -> Sender:
    """A connection that proposes moves, and that has sent an interview which has just ended."""
    sender = connected(admin, crm, stage_map=STAGES, write_back={"propose_moves": True})
    said = {**APPLICATION, "status": "Interview"}
    sender.send("interview.updated", interview(clock.now, application=said))
    workers.everything()
    clock.advance(hours=1)
    return sender


def move_here(link: Sender, to: str) -> None:
    at = fetch(link, "applications/by-ref/small/a1")["id"]
    answer = link.admin.post(f"/v1/applications/{at}/transitions", {"to": to, "reason": "The client said so"})
    assert answer.status_code == 201, answer.text


def moves(link: Sender) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fetch(link, "stage-moves")["items"]
    return found


def decide(link: Sender, what: str) -> Any:
    return link.admin.post(f"/v1/stage-moves/{moves(link)[0]['id']}/{what}")


def test_a_stage_that_the_crm_itself_sent_is_not_proposed_to_it(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    for status in ("Offer", "Rejected"):
        clock.advance(hours=1)
        link.send("application.updated", {**APPLICATION, "status": status})
        workers.everything()
    assert fetch(link, "applications/by-ref/small/a1")["stage"] == "rejected"
    assert (moves(link), crm.moves) == ([], [])


def test_nothing_moves_before_a_recruiter_approves_that_very_move(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    move_here(link, "offer")
    workers.everything()
    [move] = moves(link)
    assert (move["stage"], move["status"], move["state"]) == ("offer", "Offer", "proposed")
    clock.advance(days=10)
    workers.everything()
    assert crm.moves == []
    assert as_role(link.admin, "viewer").post(f"/v1/stage-moves/{move['id']}/approve").status_code == 403
    recruiter = as_role(link.admin, "recruiter")
    assert recruiter.post(f"/v1/stage-moves/{move['id']}/approve").json()["state"] == "approved"
    workers.everything()
    assert crm.moves == [("a1", "Offer")]
    assert [(move["state"], move["moved_at"] is not None) for move in moves(link)] == [("moved", True)]


def test_a_declined_move_is_never_made_and_nothing_is_decided_twice(link: Sender, crm: SmallCrm, workers: Workers):
    move_here(link, "offer")
    workers.everything()
    assert decide(link, "decline").json()["state"] == "declined"
    for again in ("approve", "decline"):
        refused = decide(link, again)
        assert (refused.status_code, refused.json()["code"]) == (409, "already_decided")
    workers.everything()
    assert crm.moves == []


def test_a_move_whose_application_has_moved_on_cannot_be_approved(link: Sender, crm: SmallCrm, workers: Workers):
    move_here(link, "offer")
    workers.everything()
    move_here(link, "rejected")
    refused = decide(link, "approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "moved_on")


def test_nor_is_it_made_where_it_moved_on_while_the_crm_was_away(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock
):
    move_here(link, "offer")
    workers.everything()
    decide(link, "approve")
    crm.fail_next(503)
    workers.write_back()
    clock.advance(hours=2)
    link.send("application.updated", {**APPLICATION, "status": "Rejected"})
    workers.process()
    workers.everything()
    assert crm.moves == []
    assert [(move["state"], move["failure"]) for move in moves(link)] == [
        ("failed", "it has moved on since it was approved")
    ]


def test_a_crm_that_is_away_is_moved_later_and_once(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock):
    move_here(link, "offer")
    workers.everything()
    decide(link, "approve")
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        crm.fail_next(503)
        workers.write_back()
        clock.advance(hours=1)
    workers.everything()
    assert crm.moves == [("a1", "Offer")]


def test_a_move_that_the_crm_refuses_fails_and_says_so(link: Sender, crm: SmallCrm, workers: Workers, clock: Clock):
    move_here(link, "offer")
    workers.everything()
    decide(link, "approve")
    for _ in range(2 * MAX_CLAIM_ATTEMPTS):
        crm.fail_next(422)
        workers.write_back()
        clock.advance(hours=3)
        crm._failures.clear()
    [move] = moves(link)
    assert (move["state"], move["failure"]) == ("failed", "Small CRM rejected the request (422).")


def test_a_stage_for_which_the_crm_has_no_word_of_its_own_is_not_proposed(
    admin: Client, link: Sender, workers: Workers
):
    change = {"stage_map": {"Offer": None}}
    assert admin.patch(f"/v1/connections/{link.id}", change).status_code == 200
    move_here(link, "offer")
    workers.everything()
    assert moves(link) == []
    [item] = fetch(link, f"connections/{link.id}/written")["items"][:1]
    assert item["outcome"] == "0 of the CRM's statuses mean offer; a move needs exactly one"


def test_what_workers_died_of_is_left_alone(
    link: Sender, crm: SmallCrm, workers: Workers, clock: Clock, service: Service
):
    move_here(link, "offer")
    workers.everything()
    decide(link, "approve")
    dead = sa.update(stage_move).values(attempts=MAX_CLAIM_ATTEMPTS, due_at=clock.now)
    service.write(lambda conn: conn.execute(dead).rowcount)
    workers.everything()
    [move] = moves(link)
    assert (move["state"], move["failure"]) == ("failed", "the worker crashed each time while this was being written")
    assert crm.moves == []
