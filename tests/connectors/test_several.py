"""The generic endpoint: an activity about several applications, and words that nobody knows."""

from datetime import timedelta

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import call, fetch, interview, person
from tests.service import Clock


def test_a_call_about_two_candidates_counts_for_each(crm: Sender, workers: Workers, clock: Clock) -> None:
    for number in (1, 2, 3):
        data = interview(clock.now - timedelta(hours=number), application=person(number)) | {"id": f"i{number}"}
        assert crm.send("interview.created", data).status_code == 200
    workers.process()
    crm.send("activity.created", call(clock.now, applications=["a1", "a2"]))
    workers.process()
    counted = []
    for number in (1, 2, 3):
        id = fetch(crm, f"applications/by-ref/standard/a{number}")["id"]
        counted.append(len(fetch(crm, f"applications/{id}/interactions")["items"]))
    assert counted == [1, 1, 0]


def test_a_word_that_nobody_knows_is_listed_and_the_job_is_kept(crm: Sender, workers: Workers) -> None:
    job = {"id": "j7", "title": "Baker", "organisation": {"id": "o1", "name": "Acme Foods"}, "status": "frozen"}
    crm.send("job.created", job)
    workers.process()
    assert fetch(crm, "jobs/by-ref/standard/j7")["status"] == "open"
    assert "job status: frozen" in str(crm.health()["unmapped"])
    [event] = crm.events()
    assert event["state"] == "applied"


def test_an_activity_of_an_unknown_type_waits_for_the_activity_map(crm: Sender, workers: Workers, clock: Clock) -> None:
    crm.send("interview.created", interview(clock.now - timedelta(hours=1), application=person(1)))
    crm.send("activity.created", call(clock.now, type="Client call", application_id="a1"))
    workers.process()
    assert "Client call" in str(crm.health()["unmapped"])
    meaning = {"channel": "phone", "from_party": "recruiter", "to_party": "client"}
    crm.admin.patch(f"/v1/connections/{crm.id}", {"activity_map": {"Client call": meaning}})
    workers.process()
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    assert len(fetch(crm, f"applications/{id}/interactions")["items"]) == 1
