"""Stories that only Bullhorn has: a queue that forgets, placements beside submissions, notes about several people."""

import pytest

from app.connectors.sync import worker
from tests.applications.agency_client import day
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import Bullhorn, of
from tests.connectors.stories.drivers.bullhorn import millis
from tests.connectors.stories.drivers.driver import Id
from tests.steps import sync_once

pytestmark = of(Bullhorn)
People = dict[str, Id]


@pytest.fixture
def people(agency: Agency, driver: Bullhorn) -> People:
    """The submissions by first names, once a backfill has imported them."""
    found = driver.fill()
    driver.connect(agency)
    agency.backfill(day(1, month=4))
    agency.work()
    return found


def test_a_placement_that_fell_through_is_corrected_and_a_job_that_is_placed_is_filled(
    agency: Agency, driver: Bullhorn, people: People
):
    crm, elena = driver.crm, people["Elena"]
    driver.hire(elena)
    agency.wait(minutes=2)
    assert agency.stage(elena) == "accepted"
    crm.change("JobSubmission", elena, comments="Looks forward to it")
    agency.wait(minutes=2)
    assert agency.stage(elena) == "accepted", "a comment on the submission changes no placement"
    driver.move(elena, "offer")
    driver.move(elena, "interview")
    agency.wait(minutes=2)
    assert agency.stage(elena) == "interview_scheduled"
    crm.change("JobOrder", driver.job, isOpen=False, status="Placed", dateClosed=millis(day(3)))
    agency.wait(minutes=2)
    vacancy = agency.see(f"/v1/jobs/by-ref/bullhorn/{driver.job}")
    assert (vacancy["status"], vacancy["status_at"]) == ("filled", "2026-05-03T09:00:00Z")


def test_one_note_on_a_whole_day_of_interviews_counts_for_each_candidate(
    agency: Agency, driver: Bullhorn, people: People
):
    both = [driver.candidate(people[name]) for name in ("Elena", "Felix")]
    driver.crm.add("Note", action="Client Call", comments="Iris likes both", candidates=both, jobOrders=[driver.job])
    agency.wait(minutes=2)
    for name in ("Elena", "Felix"):
        assert [each["summary"] for each in agency.interactions(people[name])][-1:] == ["Iris likes both"], name


def reads(driver: Bullhorn) -> list[str]:
    """Return the reads of the queue: `new`, or the id of the batch that was read again."""
    queries = (each.query for each in driver.crm.heard if each.path.endswith("/event/subscription/keepwarm"))
    return [query.get("requestId", "new") for query in queries if "maxEvents" in query]


@pytest.mark.parametrize("lost", ["before it was stored", "on its way"])
def test_a_batch_of_events_that_was_lost_is_read_again_by_its_request(
    agency: Agency, driver: Bullhorn, people: People, lost: str, monkeypatch: pytest.MonkeyPatch
):
    """Reading empties the queue. A process that dies before it stores the batch loses and doubles nothing."""
    crm, elena, felix = driver.crm, people["Elena"], people["Felix"]
    driver.note(elena, "Rang Iris")
    driver.move(felix, "offer")
    with monkeypatch.context() as patch:
        if lost == "on its way":
            crm.lose_next_answer()
        else:
            patch.setattr(worker, "store", dies)
        agency.wait(minutes=1)
    assert (crm.queue, agency.stage(felix), agency.interactions(elena)) == ([], "awaiting_decision", [])
    assert agency.health()["polls"][0]["failure"]
    driver.note(elena, "Rang Iris again")
    agency.wait(minutes=2)
    assert reads(driver)[-2:] == ["1", "new"]
    assert [each["summary"] for each in agency.interactions(elena)] == ["Rang Iris", "Rang Iris again"]
    assert agency.stage(felix) == "offer"
    keys = [event["key"] for event in agency.events() if event["type"].startswith("event.")]
    assert len(keys) == len(set(keys)) == 3
    assert (agency.health()["status"], agency.health()["polls"][0]["failure"]) == ("ok", None)


def dies(*_: object) -> int:
    """Raise, as if the process ended here."""
    raise SystemError("the process ends here")


def test_events_that_nobody_read_for_more_than_a_week_are_fetched(agency: Agency, driver: Bullhorn, people: People):
    """Bullhorn keeps events for seven days; after that, the changes since the last good read are fetched."""
    agency.change(paused=True)
    driver.crm.now = agency.clock.now = day(5)
    driver.move(people["Felix"], "offer")
    agency.wait(until=day(13))
    assert agency.health()["status"] == "paused"
    agency.change(paused=False)
    agency.service.run(sync_once, agency.workers.context)
    health = agency.health()
    assert (health["status"], health["suspended_at"]) == ("suspended", "2026-05-13T09:00:00Z")
    agency.wait(minutes=1)
    assert (agency.stage(people["Felix"]), agency.health()["status"]) == ("offer", "ok")
