"""Later data from a CRM about an erased person: nothing is recorded or parked, and the reason is stored."""

import dataclasses
import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.ingest import dispatch
from app.connectors.loaded_connection import load_connection
from app.connectors.models import inbound_event
from app.connectors.write_back.notes import Skipped, compose
from app.webhooks.models import event
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import APPLICATION, BARE, CANDIDATE, ORGANISATION, interview
from tests.service import Clock, Service

REASON = "the candidate was erased; records about them are skipped"


@pytest.fixture
def erased(crm: Sender, workers: Workers, clock: Clock) -> dict[str, Any]:
    """Ana, with an application, an interview and a note from the CRM, who was erased."""
    crm.send("interview.created", interview(clock.now, application=APPLICATION))
    crm.send("activity.created", note(clock))
    workers.process()
    clock.advance(days=1)
    ana = crm.admin.get("/v1/candidates/by-ref/standard/c1").json()
    answer = crm.admin.post(f"/v1/candidates/{ana['id']}/erasure")
    assert answer.status_code == 200, answer.text
    shell: dict[str, Any] = answer.json()
    return shell


def note(clock: Clock, **more: Any) -> dict[str, Any]:
    return {"id": "n1", "type": "note", "occurred_at": clock.now.isoformat(), "application_id": "a1"} | more


def left_out(crm: Sender, workers: Workers, service: Service, shell: dict[str, Any]) -> None:
    """The newest event recorded nothing, has a reason, and its body is not stored."""
    workers.process()
    newest = crm.events()[0]
    assert newest["reason"] == REASON
    assert newest["state"] in ("ignored", "applied")
    assert crm.events("parked") == crm.events("waiting") == []
    assert [row.id for row in rows(service, inbound_event) if row.sealed is not None] == []
    assert crm.admin.get("/v1/candidates").json()["items"] == [shell]
    for item in crm.admin.get("/v1/applications").json()["items"]:
        assert item["stage"] == "cancelled"
        for said in crm.admin.get(f"/v1/applications/{item['id']}/interactions").json()["items"]:
            assert said["summary"] is None


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("candidate.updated", CANDIDATE | {"name": "Ana Maria Petrova", "phone": "+49 171 5550101"}),
        ("candidate.deleted", {"id": "c1"}),
        ("application.updated", APPLICATION | {"status": {"value": "Offer", "reason": "Ana is good"}}),
        ("application.updated", BARE | {"status": {"value": "Offer"}}),
        ("application.created", {"id": "a8", "candidate_id": "c1", "job_id": "j1", "status": {"value": "Interview"}}),
        ("application.deleted", {"id": "a1"}),
        ("interview.deleted", {"id": "i1"}),
        ("activity.deleted", {"id": "n1"}),
        ("candidate.merged", {"id": "c1", "into": "c5"}),
        ("candidate.merged", {"id": "c5", "into": "c1"}),
    ],
)
def test_later_data_about_them_is_left_out(
    type: str, data: dict[str, Any], crm: Sender, workers: Workers, service: Service, erased: dict[str, Any]
):
    crm.send(type, data)
    left_out(crm, workers, service, erased)


def test_an_interview_and_a_note_are_left_out(
    crm: Sender, workers: Workers, service: Service, clock: Clock, erased: dict[str, Any]
):
    crm.send("interview.updated", interview(clock.now, application_id="a1", status="completed"))
    left_out(crm, workers, service, erased)
    crm.send("interview.created", interview(clock.now, candidate_id="c1", job_id="j1") | {"id": "i2"})
    left_out(crm, workers, service, erased)
    crm.send("activity.updated", note(clock, text="Ana was good."))
    left_out(crm, workers, service, erased)
    crm.send("activity.created", note(clock, id="n2", application_id=None, candidate_id="c1", text="Ana was good."))
    left_out(crm, workers, service, erased)


def test_what_names_an_application_that_was_never_opened_is_left_out_too(
    crm: Sender, workers: Workers, service: Service, clock: Clock, erased: dict[str, Any]
):
    crm.send("activity.created", note(clock, id="n3", application_id="a8", text="Ana was good."))
    workers.process()
    assert crm.events()[0]["reason"] != REASON, "nobody has said yet whose it is"
    crm.send(
        "application.created", {"id": "a8", "candidate_id": "c1", "job_id": "j1", "status": {"value": "Interview"}}
    )
    left_out(crm, workers, service, erased)
    assert [one["reason"] for one in crm.events()[:2]] == [REASON, REASON]


def test_what_an_event_tells_beside_them_is_kept(
    crm: Sender, workers: Workers, service: Service, erased: dict[str, Any]
):
    job = {"id": "j2", "title": "Pastry chef", "organisation": ORGANISATION}
    crm.send("application.updated", {"id": "a7", "candidate": CANDIDATE, "job": job})
    left_out(crm, workers, service, erased)
    assert crm.admin.get("/v1/jobs/by-ref/standard/j2").json()["title"] == "Pastry chef"


def test_a_dry_run_says_that_it_would_be_left_out(crm: Sender, erased: dict[str, Any]):
    body = json.dumps({"type": "candidate.updated", "timestamp": "2026-05-05T09:00:00Z", "data": CANDIDATE}).encode()
    answer = crm.admin.request("POST", f"/v1/connections/{crm.id}/dry-run", crm.signed(body), content=body)
    assert [item["what"] for item in answer.json()["outcome"]] == ["erased"], answer.text


def test_what_was_sent_before_cannot_be_replayed(crm: Sender, workers: Workers, erased: dict[str, Any]):
    for one in crm.events():
        answer = crm.admin.post(f"/v1/connections/{crm.id}/events/{one['id']}/replay")
        assert (answer.status_code, answer.json()["code"]) == (409, "body_dropped")
    crm.admin.post(f"/v1/connections/{crm.id}/replay", json={"states": ["applied", "ignored"]})
    assert workers.process() == 0


def test_an_event_that_would_write_to_what_is_left_is_dropped(
    crm: Sender, workers: Workers, service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """The services refuse writes to an erased candidate, even if the connector missed it."""
    crm.send("application.updated", APPLICATION | {"status": {"value": "Interview"}})
    workers.process()
    ana = crm.admin.get("/v1/candidates/by-ref/standard/c1").json()
    shell = crm.admin.post(f"/v1/candidates/{ana['id']}/erasure").json()
    monkeypatch.setattr(dispatch, "is_erased", lambda agency, record: False)
    crm.send("candidate.updated", CANDIDATE | {"name": "Ana Maria Petrova"})
    left_out(crm, workers, service, shell)
    crm.send("activity.created", note(clock))
    left_out(crm, workers, service, shell)


def test_two_records_that_the_crm_has_merged_go_together(crm: Sender, workers: Workers, service: Service):
    crm.send("candidate.created", CANDIDATE)
    crm.send("candidate.created", {"id": "c5", "name": "Ana M. Petrova", "email": "ana.m@example.com"})
    crm.send("candidate.created", {"id": "c6", "name": "Ana Petrova"})
    crm.send("candidate.merged", {"id": "c5", "into": "c1"})
    workers.process()
    ids = {ref: crm.admin.get(f"/v1/candidates/by-ref/standard/{ref}").json()["id"] for ref in ("c1", "c5", "c6")}
    crm.admin.post(f"/v1/candidates/{ids['c1']}/erasure")
    left = {item["id"]: item["name"] for item in crm.admin.get("/v1/candidates").json()["items"]}
    assert left == {ids["c1"]: "Erased candidate", ids["c5"]: "Erased candidate", ids["c6"]: "Ana Petrova"}
    crm.send("candidate.updated", {"id": "c5", "name": "Ana M. Petrova"})
    workers.process()
    assert crm.events()[0]["reason"] == REASON


def test_nothing_is_written_back_about_them(crm: Sender, service: Service, erased: dict[str, Any]):
    shared = service.app.state.shared

    def step(conn: sa.Connection) -> Any:
        moved = conn.execute(sa.select(event).where(event.c.type == "application.stage_changed")).mappings().first()
        (row,) = {(row.agency_id, row.connection_id) for row in conn.execute(sa.select(inbound_event))}
        link = load_connection(conn, shared.seal, *row)
        assert link is not None
        assert moved is not None
        link = dataclasses.replace(link, write_back={**link.write_back, "propose_moves": True})
        return compose(UnitOfWork(conn, service.clock(), link.caller, seal=shared.seal), link, moved["id"], again=False)

    assert service.run(shared.database.across_agencies().write, step) == Skipped("the candidate was erased")
