"""Fields that an event leaves out stay as they are: defaults are for new records."""

from datetime import timedelta

import pytest

from app.kit.errors import conflict
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import APPLICATION, JOB, fetch, interview
from tests.service import Clock


def test_an_interview_keeps_its_status_and_its_kind(crm: Sender, workers: Workers, clock: Clock):
    crm.send("interview.created", interview(clock.now, application=APPLICATION, status="no_show", kind="panel"))
    workers.process()
    clock.advance(hours=1)
    crm.send("interview.updated", interview(clock.now, application_id="a1"))
    workers.process()
    kept = fetch(crm, "interviews/by-ref/standard/i1")
    assert (kept["status"], kept["kind"]) == ("no_show", "panel")
    assert kept["ends_at"] == clock.now.isoformat().replace("+00:00", "Z")


def test_one_that_was_deleted_and_is_sent_again_takes_place(crm: Sender, workers: Workers, clock: Clock):
    held = interview(clock.now + timedelta(days=1), application=APPLICATION)
    crm.send("interview.created", held)
    workers.process()
    for verb, status in (("deleted", "cancelled"), ("updated", "scheduled")):
        clock.advance(hours=1)
        crm.send(f"interview.{verb}", {"id": "i1"} if verb == "deleted" else held)
        workers.process()
        assert fetch(crm, "interviews/by-ref/standard/i1")["status"] == status


def test_a_person_keeps_their_role_and_their_organisation(crm: Sender, workers: Workers, clock: Clock):
    manager = {"id": "k1", "name": "Mia", "organisation": JOB["organisation"], "role": "hiring_manager"}
    crm.send("client_contact.created", manager)
    workers.process()
    before = fetch(crm, "client-contacts/by-ref/standard/k1")
    clock.advance(hours=1)
    crm.send("client_contact.updated", {"id": "k1", "name": "Mia Long"})
    workers.process()
    assert fetch(crm, "client-contacts/by-ref/standard/k1") == before | {"name": "Mia Long"}
    assert before["role"] == "hiring_manager"


def test_a_job_keeps_its_organisation(crm: Sender, workers: Workers, clock: Clock):
    crm.send("job.created", JOB)
    workers.process()
    before = fetch(crm, "jobs/by-ref/standard/j1")
    clock.advance(hours=1)
    crm.send("job.updated", {"id": "j1", "title": "Head Chef"})
    workers.process()
    assert fetch(crm, "jobs/by-ref/standard/j1") == before | {"title": "Head Chef"}
    assert [each["name"] for each in fetch(crm, "organisations")["items"]] == ["Acme Foods"]


def test_an_organisation_keeps_its_calendar_exceptions(crm: Sender, workers: Workers, clock: Clock):
    crm.send("job.created", JOB)
    workers.process()
    before = fetch(crm, "organisations/by-ref/standard/o1")
    exceptions = [{"date": "2026-12-29", "working": False}]
    crm.admin.patch(f"/v1/organisations/{before['id']}", json={"calendar_exceptions": exceptions})
    clock.advance(hours=1)
    crm.send("organisation.updated", {"id": "o1", "name": "Acme", "time_zone": "Australia/Perth"})
    workers.process()
    changed = {"name": "Acme", "time_zone": "Australia/Perth", "calendar_exceptions": exceptions}
    assert fetch(crm, "organisations/by-ref/standard/o1") == before | changed


def test_a_hiring_manager_of_another_firm_is_left_out_and_nothing_else(crm: Sender, workers: Workers, clock: Clock):
    crm.send("client_contact.created", {"id": "k9", "name": "Otto", "organisation": {"id": "o9", "name": "Other Ltd"}})
    workers.process()
    crm.send(
        "interview.created", interview(clock.now, application=APPLICATION | {"job": JOB | {"hiring_manager_id": "k9"}})
    )
    workers.process()
    assert {event["state"] for event in crm.events()} == {"applied"}
    assert fetch(crm, "jobs/by-ref/standard/j1")["hiring_manager_id"] is None


def test_what_a_service_refuses_is_parked_for_somebody_to_see(
    crm: Sender, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise conflict("not_this_one", "This job cannot be recorded.")

    monkeypatch.setattr("app.connectors.ingest.jobs.put_job", refuse)
    crm.send("job.created", JOB)
    workers.process()
    [parked] = crm.events("parked")
    assert parked["reason"] == "refused (not_this_one): This job cannot be recorded."
    assert crm.health()["status"] == "failing"
