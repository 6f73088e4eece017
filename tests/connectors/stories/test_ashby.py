"""Stories that only Ashby has: a secret that is chosen there, and schedules with several days."""

from tests.applications.agency_client import day, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import Ashby, of

pytestmark = of(Ashby)


def test_events_from_before_their_secret_was_entered_are_sent_again_and_accepted(agency: Agency, driver: Ashby):
    driver.open_job()
    driver.connect(agency)
    driver.crm.secret = "chosen in Ashby"
    elena = driver.apply()
    driver.move(elena, "interview")
    refused = len(driver.crm.undelivered)
    assert driver.crm.send(agency.hook) == [400] * refused
    assert agency.events() == []
    done(agency.admin.post(agency.path("/signing-secrets"), {"secret": driver.crm.secret}))
    assert driver.crm.retry(agency.hook, order=reversed) == [200] * refused
    agency.work()
    assert agency.stage(elena) == "interview_scheduled"


def test_interviews_on_two_days_are_two_and_a_day_that_is_dropped_is_cancelled(agency: Agency, driver: Ashby):
    driver.open_job()
    driver.connect(agency)
    elena = driver.apply()
    driver.crm.now = day(4)
    driver.move(elena, "interview")
    first, second = (day(6, 9), day(6, 12)), (day(7, 9), day(7, 10))
    schedule = driver.crm.book(elena, first, second)
    agency.wait(hours=1)
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(elena)] == [
        ("2026-05-06T09:00:00Z", "scheduled"),
        ("2026-05-07T09:00:00Z", "scheduled"),
    ]
    driver.crm.reschedule(schedule, "Scheduled", first)
    agency.wait(hours=1)
    assert [each["status"] for each in agency.interviews(elena)] == ["scheduled", "cancelled"]
