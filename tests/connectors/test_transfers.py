"""References that change in the CRM: another job, another client, another employer, another application."""

from datetime import timedelta
from typing import Any

from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import CANDIDATE, JOB, call, fetch, interview
from tests.service import Clock

OTHER = {"id": "j2", "title": "Baker", "organisation": {"id": "o2", "name": "Bluegum Bakery"}}


def stands(crm: Sender, job: dict[str, Any], status: str = "Interview", **more: Any) -> None:
    data = {"id": "a1", "candidate": CANDIDATE, "job": job, "status": status} | more
    assert crm.send("application.updated", data).status_code == 200


def applications(crm: Sender) -> dict[str, tuple[str, dict[str, Any] | None]]:
    """The applications by the title of their job: stage and external reference."""
    titles = {job["id"]: job["title"] for job in fetch(crm, "jobs")["items"]}
    return {titles[one["job_id"]]: (one["stage"], one["external_ref"]) for one in fetch(crm, "applications")["items"]}


def test_an_application_that_is_transferred_goes_on_on_the_new_job(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    workers.process()
    clock.advance(days=2)
    stands(crm, OTHER)
    workers.process()
    found = applications(crm)
    assert found["Chef"][0] == "cancelled"
    assert found["Baker"] == ("interview_scheduled", {"system": "standard", "id": "a1"})
    former = next(one for one in fetch(crm, "applications")["items"] if one["stage"] == "cancelled")
    [end] = fetch(crm, f"applications/{former['id']}/transitions")["items"]
    assert end["reason"] == "Transferred to another job in Our Zapier"
    assert crm.events("parked") == []


def test_it_may_be_transferred_and_transferred_back(crm: Sender, workers: Workers, clock: Clock):
    for job in (JOB, OTHER, JOB):
        stands(crm, job)
        workers.process()
        clock.advance(days=1)
    living = [one for one in fetch(crm, "applications")["items"] if one["stage"] == "interview_scheduled"]
    assert [fetch(crm, f"jobs/{one['job_id']}")["title"] for one in living] == ["Chef"]
    assert len(fetch(crm, "applications")["items"]) == 3


def test_a_transfer_that_is_delivered_twice_happens_once(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    workers.process()
    clock.advance(days=1)
    for _ in range(2):
        stands(crm, OTHER)
    workers.process()
    assert len(fetch(crm, "applications")["items"]) == 2


def test_a_transfer_to_a_job_that_is_not_known_waits_for_it(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    workers.process()
    clock.advance(days=1)
    crm.send("application.updated", {"id": "a1", "candidate_id": "c1", "job_id": "j2", "status": "Interview"})
    workers.process()
    assert applications(crm) == {"Chef": ("interview_scheduled", {"system": "standard", "id": "a1"})}
    crm.send("job.created", OTHER)
    workers.process()
    assert applications(crm)["Baker"][0] == "interview_scheduled"


def test_an_end_that_is_transferred_stays_the_end_that_it_was(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    workers.process()
    clock.advance(days=1)
    stands(crm, JOB, "Rejected")
    workers.process()
    clock.advance(days=1)
    stands(crm, OTHER, "Interview")
    workers.process()
    found = applications(crm)
    assert (found["Chef"][0], found["Baker"][0]) == ("rejected", "interview_scheduled")


def test_what_happened_before_a_transfer_stays_with_the_former_job(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    workers.process()
    held, planned = clock.now - timedelta(days=1), clock.now + timedelta(days=5)
    for _ in range(2):  # and once more after the transfer
        crm.send("interview.updated", interview(held, application_id="a1"))
        crm.send("interview.updated", interview(planned, application_id="a1") | {"id": "i2"})
        crm.send("activity.updated", call(held, application_id="a1"))
        workers.process()
        clock.advance(days=1)
        stands(crm, OTHER)
        workers.process()
    by_stage = {one["stage"]: one["id"] for one in fetch(crm, "applications")["items"]}
    former = fetch(crm, f"applications/{by_stage['cancelled']}/interviews")["items"]
    assert [(one["status"], one["external_ref"] and one["external_ref"]["id"]) for one in former] == [
        ("scheduled", "i1"),
        ("cancelled", None),
    ]
    assert len(fetch(crm, f"applications/{by_stage['cancelled']}/interactions")["items"]) == 1
    now = fetch(crm, f"applications/{by_stage['interview_scheduled']}/interviews")["items"]
    assert [(one["status"], one["external_ref"]["id"]) for one in now] == [("scheduled", "i2")]
    assert fetch(crm, f"applications/{by_stage['interview_scheduled']}/interactions")["items"] == []


def test_an_interview_that_is_moved_to_another_application_is_cancelled_on_the_former(
    crm: Sender, workers: Workers, clock: Clock
):
    stands(crm, JOB)
    crm.send("application.updated", {"id": "a2", "candidate_id": "c1", "job": OTHER, "status": "Interview"})
    soon = clock.now + timedelta(days=1)
    crm.send("interview.created", interview(soon, application_id="a1"))
    workers.process()
    clock.advance(hours=1)
    crm.send("interview.updated", interview(soon, application_id="a2"))
    workers.process()
    found = {}
    for one in fetch(crm, "applications")["items"]:
        interviews = fetch(crm, f"applications/{one['id']}/interviews")["items"]
        found[one["external_ref"]["id"]] = [each["status"] for each in interviews]
    assert found == {"a1": ["cancelled"], "a2": ["scheduled"]}
    assert crm.events("parked") == []


def test_a_job_that_the_crm_gives_to_another_client_takes_its_applications_along(
    crm: Sender, workers: Workers, clock: Clock
):
    stands(crm, JOB)
    workers.process()
    clock.advance(hours=1)
    crm.send("job.updated", JOB | {"organisation": {"id": "o9", "name": "Acme Foods Holding"}})
    workers.process()
    organisation = fetch(crm, "organisations/by-ref/standard/o9")["id"]
    assert fetch(crm, "jobs/by-ref/standard/j1")["organisation_id"] == organisation
    assert fetch(crm, "applications/by-ref/standard/a1")["organisation_id"] == organisation
    assert crm.events("parked") == []


def test_a_contact_who_changes_employers_is_known_at_both(crm: Sender, workers: Workers, clock: Clock):
    person = {"id": "k1", "name": "Otto", "organisation": {"id": "o1", "name": "Acme Foods"}}
    crm.send("client_contact.created", person)
    workers.process()
    clock.advance(hours=1)
    crm.send("client_contact.updated", person | {"organisation": {"id": "o9", "name": "Other Ltd"}})
    workers.process()
    for id, reference in (("o1", None), ("o9", {"system": "standard", "id": "k1"})):
        organisation = fetch(crm, f"organisations/by-ref/standard/{id}")["id"]
        [contact] = fetch(crm, f"organisations/{organisation}/client-contacts")["items"]
        assert (contact["name"], contact["external_ref"]) == ("Otto", reference)
    assert crm.events("parked") == []


def test_a_reference_that_changes_over_the_api_is_still_refused(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, JOB)
    crm.send("job.created", OTHER)
    workers.process()
    application = fetch(crm, "applications/by-ref/standard/a1")
    other = fetch(crm, "jobs/by-ref/standard/j2")["id"]
    body = {"candidate_id": application["candidate_id"], "job_id": other}
    answer = crm.admin.put("/v1/applications/by-ref/standard/a1", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "another_application")


def test_an_older_word_about_an_application_that_is_not_opened_changes_no_job(
    crm: Sender, workers: Workers, clock: Clock
):
    crm.admin.patch(f"/v1/connections/{crm.id}", {"stage_map": {"Applied": "ignore"}})
    earlier = clock.now - timedelta(days=2)
    stands(crm, OTHER, "Applied")
    workers.process()
    stands(crm, JOB, "Applied", updated_at=earlier.isoformat())
    workers.process()
    crm.send("interview.created", interview(clock.now + timedelta(days=1), application_id="a1"))
    workers.process()
    assert list(applications(crm)) == ["Baker"]
