"""A story that only JobAdder has: it suspends a webhook that fails."""

from datetime import timedelta

from tests.applications.agency_client import day
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import JobAdder, of
from tests.connectors.stories.drivers.driver import Id
from tests.steps import sync_once


@of(JobAdder)
def test_a_suspended_webhook_is_enabled_and_the_changes_since_are_fetched(
    agency: Agency, driver: JobAdder, people: dict[str, Id]
):
    """Ten failures in an hour, and JobAdder sends no more and forgets the events that it had."""
    crm = driver.crm
    driver.connect(agency)
    agency.work()
    agency.backfill(day(1, month=4))
    agency.work()
    [webhook] = crm.webhooks.values()
    other = {"name": "Keepwarm of the other branch", "url": "https://other.example/hooks/1", "status": "Suspended"}
    crm.webhooks["other"] = {"webhookId": "other", "events": [], **other}
    crm.advance(minutes=1)
    driver.move(people["Felix"], "offer")
    for _ in range(9):
        crm.change("candidates", driver.candidate(people["Ben"]), "candidate_updated")
    assert set(crm.send(lambda delivery: 503)) == {503}
    assert (webhook["status"], crm.deliveries) == ("Suspended", [])
    crm.change("companies", crm.rows["jobs"][driver.job]["company"], name="Acme")
    agency.clock.now += timedelta(minutes=5)
    agency.service.run(sync_once, agency.workers.context)
    health = agency.health()
    assert (health["status"], health["suspended_at"]) == ("suspended", "2026-05-04T09:05:00Z")
    [enabled] = [each for each in crm.webhooks.values() if each["status"] == "Enabled"]
    assert (enabled["url"], enabled["authorization"]) == (webhook["url"], f"Bearer {agency.secret}")
    assert crm.webhooks["other"]["status"] == "Suspended"
    agency.work()
    [backfill] = [
        each for each in agency.see(agency.path("/backfills"))["items"] if "stopped sending" in each["reason"]
    ]
    assert (backfill["since"], bool(backfill["finished_at"])) == ("2026-05-04T09:00:00Z", True)
    assert agency.stage(people["Felix"]) == "offer"
    assert [each["name"] for each in agency.see("/v1/organisations")["items"]] == ["Acme"]
    agency.wait(until=day(4, 9, 10))
    assert agency.health()["status"] == "ok"
    driver.move(people["Elena"], "offer")
    assert crm.send(agency.hook) == [200]
    agency.work()
    assert agency.stage(people["Elena"]) == "offer"
