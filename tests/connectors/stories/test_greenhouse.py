"""Stories that only Greenhouse has: forged deliveries, and hires that have no time."""

import json

from tests.applications.agency_client import day
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import Greenhouse, of

pytestmark = of(Greenhouse)


def test_a_delivery_with_a_wrong_signature_is_refused_and_accepted_when_it_is_sent_again(
    agency: Agency, driver: Greenhouse
):
    driver.open_job()
    driver.connect(agency)
    secret, driver.crm.secret = driver.crm.secret, "mistyped"
    driver.apply()
    assert driver.crm.send(agency.hook) == [401]
    forged, driver.crm.secret = driver.crm.deliveries.pop(), secret
    assert agency.events() == []
    driver.crm._tell("new_candidate_application", json.loads(forged.body)["payload"])
    agency.work()
    assert [event["type"] for event in agency.events()] == ["new_candidate_application"]


def test_a_hire_that_arrives_before_its_stages_is_a_hire(agency: Agency, driver: Greenhouse):
    driver.open_job()
    driver.connect(agency)
    elena = driver.apply()
    for step in ("interview", "offer"):
        driver.crm.advance(days=1)
        driver.move(elena, step)
    driver.crm.advance(days=1)
    driver.hire(elena)
    driver.crm.now = day(4)
    driver.send_reversed(agency)
    agency.workers.everything()
    assert agency.stage(elena) == "accepted"
    driver.withdraw(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "withdrawn"
