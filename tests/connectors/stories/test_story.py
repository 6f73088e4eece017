"""One story with every CRM: from the first credential to the hire, and through failures of the CRM."""

import pytest

from tests.applications.agency_client import day, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import DRIVERS, Ashby, Driver, Greenhouse, of
from tests.connectors.stories.drivers.driver import Id
from tests.crms.standin import HANG_UP
from tests.steps import sync_once

PARTNER = "Partner interview"
RING = ("follow_up_hiring_manager", "Elena Kovač")
People = dict[str, Id]


def connects(agency: Agency, driver: Driver) -> None:
    """The admin mistypes a credential; the health view says so, and the connection is repaired."""
    driver.connect(agency, credentials={**driver.crm.credentials, **driver.mistyped})
    agency.work()
    assert agency.health()["status"] == "failing"
    assert agency.health()["failure"].startswith(driver.denial)
    driver.check_connected(agency)
    agency.change(credentials=driver.crm.credentials)
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)
    driver.check_repaired(agency)


def imports_the_past(agency: Agency, driver: Driver, people: People) -> None:
    """A backfill imports what was there. A status that no map has is listed, mapped and applied."""
    backfill = agency.backfill(day(1, month=4))
    agency.work()
    progress = agency.progress(backfill)
    assert progress["finished_at"]
    assert {each["stream"]: each[driver.counted] for each in progress["streams"]} == driver.streams
    driver.check_imported(agency, people)
    assert agency.unmapped() == {PARTNER: "stage"}
    assert agency.pipeline() == past(driver)
    agency.change(stage_map={PARTNER: "interview_scheduled"})
    agency.work()
    assert agency.unmapped() == {}
    assert agency.pipeline()["Chloe Duval"] == "interview_scheduled"
    before = agency.records()
    again = agency.backfill(day(1, month=4))
    agency.work()
    assert {each["new"] for each in agency.progress(again)["streams"]} == {0}
    assert agency.records() == before


def past(driver: Driver) -> dict[str, str]:
    """Return the pipeline after the first backfill."""
    emil = "accepted" if driver.finds_hires else "offer"
    return {"Elena Kovač": "interview_scheduled", "Emil Roth": emil, "Felix Ande": "awaiting_decision"}


def interviews(agency: Agency, driver: Driver, elena: Id) -> None:
    """An interview is booked for today and moved by two hours; at its end the client is to be rung, once."""
    interview = driver.book(elena, day(4, 13))
    agency.wait(driver.soon)
    assert [(each["starts_at"], each["ends_at"], each["status"]) for each in agency.interviews(elena)] == [
        ("2026-05-04T13:00:00Z", "2026-05-04T14:00:00Z", "scheduled")
    ]
    driver.crm.advance(minutes=1)
    driver.put_off(interview, day(4, 15))
    agency.wait(driver.polled)
    assert [each["starts_at"] for each in agency.interviews(elena)] == ["2026-05-04T15:00:00Z"]
    agency.wait(until=day(4, 14, 30))
    assert RING not in agency.worklist()
    agency.wait(until=day(4, 16))
    assert agency.worklist().count(RING) == 1
    assert agency.stage(elena) == "interviewed"


def misses_the_follow_up(agency: Agency, driver: Driver, elena: Id) -> None:
    """Nobody rings. The next morning there is a flag and one note in the CRM; its echo changes nothing."""
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(until=day(5))
    flag = agency.flags(elena)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [note] = driver.ours(elena)
    assert flag["reason"] in driver.text(note)
    driver.check_written(note, elena)
    agency.wait(driver.noted)
    echoes = [event for event in agency.events() if driver.is_echo(event, note)]
    assert [event["outcome"][-1]["what"] for event in echoes] == ["echo"]
    agency.wait(driver.polled)
    assert (driver.ours(elena), agency.interactions(elena)) == ([note], [])


def rings_after_all(agency: Agency, driver: Driver, elena: Id) -> None:
    """The recruiter rings and writes a note in the CRM: the flag is cleared, and that is noted once."""
    driver.note_of_no_use(elena)
    driver.note(elena, "Rang Iris: they liked her, decision on Friday.")
    agency.wait(driver.noted)
    [call] = agency.interactions(elena)
    assert (call["from_party"], call["to_party"], call["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(elena)
    for _ in range(2):
        agency.wait(driver.polled)
        assert [driver.text(each).splitlines()[0] for each in driver.ours(elena)] == [
            "Keepwarm: follow up overdue (warning)",
            "Keepwarm: no longer follow up overdue",
        ]
    assert agency.interactions(elena) == [call]
    driver.check_written(driver.ours(elena)[-1], elena)


def is_hired(agency: Agency, driver: Driver, elena: Id) -> None:
    """Stages follow the CRM. Events that are repeated or out of order change nothing."""
    driver.move(elena, "offer")
    agency.wait(driver.soon)
    assert agency.stage(elena) == "offer"
    driver.hire(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "accepted"
    before = agency.records()
    driver.repeat(agency)
    assert agency.records() == before


def is_moved_here(agency: Agency, driver: Driver, felix: Id) -> None:
    """A stage that is moved in Keepwarm is moved in the CRM after approval, once; its echo changes nothing."""
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [move] = agency.moves()
    assert (move["application_id"], move["state"], move["status"]) == (id, "proposed", driver.labels["offer"])
    assert driver.moves() == []
    done(agency.recruiter.post(f"/v1/stage-moves/{move['id']}/approve"), 200)
    before = agency.records()
    agency.wait(driver.soon)
    agency.wait(driver.polled)
    assert driver.moves() == [driver.offer_request(felix)]
    assert driver.label(felix) == driver.labels["offer"]
    assert agency.records() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def ends(agency: Agency, driver: Driver, felix: Id, chloe: Id) -> None:
    """Felix was there twice and is merged, where the CRM can. Chloe's interview is cancelled, then she is deleted."""
    pipeline = past(driver) | {"Elena Kovač": "accepted", "Felix Ande": "offer"}
    if driver.merges:
        twin = driver.apply("Félix Ande")
        agency.work()
        driver.merge(felix, twin)
        pipeline["Félix Ande"] = pipeline.pop("Felix Ande")
    if driver.calls_off:
        interview = driver.book(chloe, day(8, 13))
        agency.wait(driver.polled)
        assert [each["status"] for each in agency.interviews(chloe)] == ["scheduled"]
        driver.call_off(interview)
        agency.wait(driver.polled)
        assert [each["status"] for each in agency.interviews(chloe)] == ["cancelled"]
    driver.delete(chloe)
    notes = list(driver.notes())
    agency.wait(hours=1)
    assert driver.notes() == notes
    assert agency.pipeline() == pipeline
    assert agency.stage(chloe) == "cancelled"
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_story_from_the_first_credential_to_the_hire(agency: Agency, driver: Driver, people: People):
    connects(agency, driver)
    imports_the_past(agency, driver, people)
    interviews(agency, driver, people["Elena"])
    misses_the_follow_up(agency, driver, people["Elena"])
    rings_after_all(agency, driver, people["Elena"])
    is_hired(agency, driver, people["Elena"])
    is_moved_here(agency, driver, people["Felix"])
    ends(agency, driver, people["Felix"], people["Chloe"])


def test_a_backfill_continues_where_the_crm_failed(agency: Agency, driver: Driver, people: People):
    driver.connect(agency)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, driver.retry_after or 1), (500, 60), (HANG_UP, 60)):
        agency.service.run(sync_once, agency.workers.context)
        driver.crm.fail_next(status, retry_after=driver.retry_after if status == 429 else None)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        [failure] = [each["failure"] for each in progress["streams"] if each["failure"]]
        assert status == HANG_UP or failure.endswith(f" answered {status}.")
        requests = driver.requests()
        agency.wait(seconds=wait - 1)
        assert driver.requests() == requests, "nothing is sent for as long as the CRM asked"
        agency.clock.advance(seconds=1)
    driver.end_sessions(agency)
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)
    assert agency.pipeline() == past(driver)
    keys = [(event["type"], event["key"]) for event in agency.events()]
    assert len(keys) == len(set(keys)) == sum(driver.streams.values())


def test_events_in_reverse_order_end_in_the_same_records(agency: Agency, driver: Driver):
    driver.open_job()
    driver.connect(agency)
    agency.work()
    driver.crm.now = day(4)
    elena = driver.apply()
    driver.crm.advance(minutes=10)
    driver.move(elena, "interview")
    interview = driver.book(elena, day(5, 13))
    driver.crm.advance(minutes=10)
    driver.put_off(interview, day(4, 13))
    agency.clock.now = driver.crm.now = day(5)
    driver.note(elena, "Rang Iris")
    driver.move(elena, "offer")
    driver.send_reversed(agency)
    agency.workers.everything()
    agency.wait(driver.polled)
    assert agency.stage(elena) == "offer"
    assert [each["starts_at"] for each in agency.interviews(elena)] == ["2026-05-04T13:00:00Z"]
    assert len(agency.interactions(elena)) == 1
    driver.withdraw(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "withdrawn"


WAYS = ("reported", "missed", "reported without credentials")
EMPLOYERS = (Ashby, Greenhouse)


@pytest.mark.parametrize(
    ("driver", "way"),
    [
        pytest.param(each, way, id=f"{each.system}-{way}")
        for each in DRIVERS
        for way in WAYS[: 3 if each in EMPLOYERS else 2]
    ],
    indirect=["driver"],
)
def test_a_rejection_by_mistake_leaves_the_candidate_in_interviews(agency: Agency, driver: Driver, way: str):
    driver.open_job()
    driver.connect(agency, **({"credentials": {}} if "without" in way else {}))
    agency.work()
    driver.crm.now = day(4)
    elena = driver.apply()
    driver.crm.advance(minutes=1)
    driver.move(elena, "interview")
    agency.wait(hours=1)
    driver.reject(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "rejected"
    driver.reinstate(elena)
    if way == "missed":
        driver.lose_events()
        agency.backfill(day(1, month=4))
    agency.wait(hours=1)
    assert agency.stage(elena) == "interview_scheduled"
    assert "closure_owed" not in agency.flags(elena)


@of(*EMPLOYERS)
def test_an_application_that_was_transferred_goes_on_with_the_other_job(agency: Agency, driver: Driver):
    driver.open_job()
    driver.connect(agency)
    elena = driver.apply()
    driver.crm.now = day(4)
    driver.move(elena, "interview")
    agency.wait(hours=1)
    before = agency.application(elena)
    driver.transfer(elena, driver.add_job())
    agency.wait(hours=1)
    after = agency.application(elena)
    assert (after["stage"], after["job_id"] != before["job_id"]) == ("interview_scheduled", True)
    former = done(agency.admin.get(f"/v1/applications/{before['id']}"), 200)
    assert (former["stage"], former["job_id"]) == ("cancelled", before["job_id"])
