"""Stories of what a failure lost between Bullhorn and Keepwarm, and of how it is found again."""

import pytest

from app.connectors.sync import worker
from tests.applications.agency_client import day
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.bullhorn import connect, crm, job, note, people
from tests.crms.bullhorn import BullhornStandIn
from tests.steps import sync_once

__all__ = ["crm", "job", "people"]


def reads(crm: BullhornStandIn) -> list[str]:
    """The reads of the queue: of what is new, or of a batch by its request's id."""
    asked = (each.query for each in crm.heard if each.path.endswith("/event/subscription/keepwarm"))
    return [each.get("requestId", "new") for each in asked if "maxEvents" in each]


def test_a_backfill_goes_on_where_bullhorn_failed_in_the_middle(
    agency: Agency, crm: BullhornStandIn, people: dict[str, int]
):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, 1), (500, 60)):
        agency.service.run(sync_once, agency.workers.context)
        crm.fail_next(status)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        assert [each["failure"] for each in progress["streams"] if each["failure"]] == [f"Bullhorn answered {status}."]
        agency.clock.advance(seconds=wait)
    crm.expire_sessions()
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert agency.health()["failure"] is None
    assert agency.pipeline().keys() == {"Elena Kovač", "Felix Ande"}
    once = [(event["type"], event["key"]) for event in agency.events()]
    assert len(once) == len(set(once)) == 16


@pytest.mark.parametrize("lost", ["before it was kept", "on its way"])
def test_a_batch_of_events_that_was_lost_is_read_again_by_its_request(
    agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int], lost: str, monkeypatch: pytest.MonkeyPatch
):
    """Reading empties the queue. A process that dies between reading and keeping loses nothing, doubles nothing."""
    connect(agency, crm)
    agency.backfill(day(1, month=4))
    agency.work()
    elena, felix = people["Elena"], people["Felix"]
    note(crm, job, elena, "Client Call", "Rang Iris")
    crm.change("JobSubmission", felix, status="Offer Extended")
    with monkeypatch.context() as patch:
        if lost == "on its way":
            crm.lose_next_answer()
        else:
            patch.setattr(worker, "store", dies)
        agency.wait(minutes=1)
    assert (crm.queue, agency.stage(felix), agency.interactions(elena)) == ([], "awaiting_decision", [])
    assert agency.health()["polls"][0]["failure"]
    note(crm, job, elena, "Client Call", "Rang Iris again")  # and life goes on meanwhile
    agency.wait(minutes=2)
    assert reads(crm)[-2:] == ["1", "new"]
    assert [said["summary"] for said in agency.interactions(elena)] == ["Rang Iris", "Rang Iris again"]
    assert agency.stage(felix) == "offer"
    keys = [event["key"] for event in agency.events() if event["type"].startswith("event.")]
    assert len(keys) == len(set(keys)) == 3
    assert (agency.health()["status"], agency.health()["polls"][0]["failure"]) == ("ok", None)


def dies(*_: object) -> int:
    raise SystemError("the process ends here")


def test_what_nobody_read_for_more_than_a_week_is_fetched(
    agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]
):
    """Bullhorn keeps events for seven days: whoever comes later fetches all that changed since the last good read."""
    connect(agency, crm)
    agency.backfill(day(1, month=4))
    agency.work()
    agency.change(paused=True)
    crm.now = agency.clock.now = day(5)
    crm.change("JobSubmission", people["Felix"], status="Offer Extended")
    agency.wait(day(13))
    assert agency.health()["status"] == "paused"
    agency.change(paused=False)
    agency.service.run(sync_once, agency.workers.context)
    health = agency.health()
    assert (health["status"], health["suspended_at"]) == ("suspended", "2026-05-13T09:00:00Z")
    agency.wait(minutes=1)
    assert (agency.stage(people["Felix"]), agency.health()["status"]) == ("offer", "ok")
