"""The story of an agency that works in an employer's Ashby: one change told by several webhooks, notes by polls."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.crms.ashby import AshbyServer
from tests.crms.standin import HANG_UP
from tests.steps import sync_once

STAGES = {"Application Review": "ignore", "Onsite": "interview_scheduled", "Offer": "offer"}
NOTES = {
    "note": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    }
}


@pytest.fixture
def crm() -> Iterator[AshbyServer]:
    with AshbyServer() as server:
        yield server


@pytest.fixture
def job(crm: AshbyServer) -> str:
    """A job since the 13th of April, before anybody made a webhook."""
    crm.now = day(13, month=4)
    made = crm.add_job("Staff Designer")
    crm.deliveries.clear()
    return made


@pytest.fixture
def people(crm: AshbyServer, job: str) -> dict[str, str]:
    """What lies there before anybody connects it: the applications by the first names of their candidates."""
    names = ("Noor Haddad", "Ben Ito", "Chloe Duval", "Dora Weiss", "Emil Roth", "Felix Ande")
    found = {name.split()[0]: crm.apply(job, name, f"{name[:4]}@example.com".lower()) for name in names}
    for name, stage, title in (
        ("Noor", "stage-onsite", "Onsite"),
        ("Chloe", "stage-chat", "Executive chat"),
        ("Emil", "stage-offer", "Offer"),
        ("Felix", "stage-onsite", "Onsite"),
    ):
        crm.advance(days=1)
        crm.move(found[name], stage, title)
    crm.archive(found["Dora"], "RejectedByOrg", "Too junior")
    crm.hire(found["Emil"])
    crm.now = day(29, month=4)
    crm.book(found["Felix"], (day(30, 13, month=4), day(30, 14, month=4)))
    crm.now = day(30, 15, month=4)
    crm.note(crm.candidate_of(found["Felix"]), "Rang Iris about Felix")
    crm.now = day(4)
    crm.deliveries.clear()
    return found


def connect(agency: Agency, crm: AshbyServer, **body: Any) -> Row:
    """Connect it and have the webhooks made with the secret that is shown."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "organisation_name": "Outline"}
    made = agency.connect("ashby", **(usual | {"stage_map": STAGES, "activity_map": NOTES} | body))
    assert agency.secret
    crm.secret = agency.secret
    return made


def ours(crm: AshbyServer, application: str) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    whose = crm.candidate_of(application)
    notes = (note for note in crm.records["notes"].values() if note["candidateId"] == whose)
    return [note for note in notes if "[keepwarm " in note["content"]]


def moved(crm: AshbyServer) -> list[Any]:
    """The moves that Ashby was asked to make."""
    return [heard.json for heard in crm.heard if heard.path == "/application.changeStage"]


def connects(agency: Agency, crm: AshbyServer) -> None:
    """The admin connects it and mistypes the API key; the health view says so, and it is repaired."""
    connection = connect(agency, crm, credentials={"api_key": "tpyo"})
    assert any(connection["hook_url"] in step for step in connection["steps"])
    crm.ping()
    agency.work()
    assert [each.answers for each in crm.deliveries] == [[200]]
    health = agency.health()
    assert (health["status"], health["failure"]) == (
        "failing",
        "Ashby denied access (401). Check the credentials and their permissions.",
    )
    agency.change(credentials=crm.credentials)
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)


def brings_in_what_was(agency: Agency, people: dict[str, str]) -> None:
    """What was there before comes in, with whose it is; a stage that no map knows is listed, learnt and applied."""
    sam = done(agency.admin.post("/v1/recruiters", {"name": "Sam Lee", "email": "Sam@rpo.example"}))
    backfill = agency.backfill(day(1, month=4))
    agency.work()
    progress = agency.progress(backfill)
    assert progress["finished_at"]
    assert {each["stream"]: each["seen"] for each in progress["streams"]} == {
        "jobs": 1,
        "applications": 6,
        "interviews": 1,
        "notes": 1,
    }
    assert agency.application(people["Noor"])["recruiter_id"] == sam["id"]
    assert agency.unmapped() == {"Executive chat": "stage"}
    assert agency.pipeline() == {
        "Noor Haddad": "interview_scheduled",
        "Emil Roth": "accepted",
        "Felix Ande": "awaiting_decision",
    }
    agency.change(stage_map={"Executive chat": "interview_scheduled"})
    agency.work()
    assert agency.unmapped() == {}
    assert agency.pipeline()["Chloe Duval"] == "interview_scheduled"
    before = agency.everything_told()
    again = agency.backfill(day(1, month=4))
    agency.work()
    assert {each["new"] for each in agency.progress(again)["streams"]} == {0}
    assert agency.everything_told() == before


def books_and_interviews(agency: Agency, crm: AshbyServer, people: dict[str, str]) -> None:
    """A panel of two is booked for today and put off by two hours; when it ends, the client is to be rung, once."""
    noor = people["Noor"]
    schedule = crm.book(noor, (day(4, 12), day(4, 13)), (day(4, 13), day(4, 14)))
    agency.work()
    assert [(each["starts_at"], each["ends_at"], each["status"]) for each in agency.interviews(noor)] == [
        ("2026-05-04T12:00:00Z", "2026-05-04T14:00:00Z", "scheduled")
    ]
    crm.advance(hours=1)
    crm.reschedule(schedule, "Scheduled", (day(4, 14), day(4, 15)), (day(4, 15), day(4, 16)))
    agency.wait(day(4, 14, 30))
    assert ("follow_up_hiring_manager", "Noor Haddad") not in agency.worklist()
    agency.wait(day(4, 16))
    assert agency.worklist().count(("follow_up_hiring_manager", "Noor Haddad")) == 1
    assert agency.stage(noor) == "interviewed"


def misses_the_follow_up(agency: Agency, crm: AshbyServer, people: dict[str, str]) -> None:
    """Nobody rings. The next morning that is a flag, and one private note that notifies nobody; its echo is silent."""
    noor = people["Noor"]
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(day(5))
    flag = agency.flags(noor)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [note] = ours(crm, noor)
    assert flag["reason"] in note["content"]
    assert note["isPrivate"] is True
    agency.wait(hours=1)
    [echo] = [event for event in agency.events() if event["key"] == f"note:{note['id']}"]
    assert [each["outcome"] for each in echo["outcome"]][-1] == "echo"
    assert (ours(crm, noor), agency.interactions(noor)) == ([note], [])


def rings_after_all(agency: Agency, crm: AshbyServer, people: dict[str, str]) -> None:
    """The recruiter rings and writes a note of it there: the flag is cleared, and that is noted once."""
    noor = people["Noor"]
    crm.note(crm.candidate_of(noor), "Rang Iris: they liked her, decision on Friday.")
    agency.wait(hours=1)
    [said] = agency.interactions(noor)
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(noor)
    agency.wait(hours=2)
    assert [each["content"].splitlines()[0] for each in ours(crm, noor)] == [
        "Keepwarm: follow up overdue (warning)",
        "Keepwarm: no longer follow up overdue",
    ]
    assert agency.interactions(noor) == [said]
    assert crm.notified == []


def hires(agency: Agency, crm: AshbyServer, people: dict[str, str]) -> None:
    """Stages follow Ashby, and so does the offer's answer; told twice or out of order they change nothing."""
    noor = people["Noor"]
    crm.move(noor, "stage-offer", "Offer")
    offer = crm.offer(noor)
    agency.wait(hours=1)
    assert agency.stage(noor) == "offer"
    crm.offer(noor, "Accepted", offer)
    agency.wait(hours=1)
    assert agency.stage(noor) == "accepted"
    crm.hire(noor)
    agency.wait(hours=1)
    assert agency.stage(noor) == "accepted"
    before = agency.everything_told()
    agency.send_again(*reversed(crm.deliveries))
    assert agency.everything_told() == before


def moves_from_here(agency: Agency, crm: AshbyServer, people: dict[str, str]) -> None:
    """A stage moved here is moved there after a recruiter's word, once, and its echo is nothing new."""
    felix = people["Felix"]
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [proposal] = agency.moves()
    assert (proposal["state"], proposal["application_id"], moved(crm)) == ("proposed", id, [])
    done(agency.recruiter.post(f"/v1/stage-moves/{proposal['id']}/approve"), 200)
    before = agency.everything_told()
    agency.wait(hours=1)
    assert moved(crm) == [{"applicationId": felix, "interviewStageId": "stage-offer"}]
    assert crm.records["applications"][felix]["currentInterviewStage"]["title"] == "Offer"
    assert agency.everything_told() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def merges_and_deletes(agency: Agency, crm: AshbyServer, job: str, people: dict[str, str]) -> None:
    """Felix was there twice: what was his goes on under the one who remains. Chloe is deleted, which ends it."""
    twin = crm.apply(job, "Félix Ande")
    agency.work()
    crm.merge(crm.candidate_of(people["Felix"]), crm.candidate_of(twin))
    crm.delete(crm.candidate_of(people["Chloe"]))
    agency.wait(hours=1)
    assert agency.pipeline() == {"Félix Ande": "offer", "Noor Haddad": "accepted", "Emil Roth": "accepted"}
    assert agency.stage(people["Chloe"]) == "cancelled"
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_story_from_the_first_key_to_the_hire(agency: Agency, crm: AshbyServer, job: str, people: dict[str, str]):
    connects(agency, crm)
    brings_in_what_was(agency, people)
    books_and_interviews(agency, crm, people)
    misses_the_follow_up(agency, crm, people)
    rings_after_all(agency, crm, people)
    hires(agency, crm, people)
    moves_from_here(agency, crm, people)
    merges_and_deletes(agency, crm, job, people)


def test_a_backfill_goes_on_where_ashby_failed_in_the_middle(agency: Agency, crm: AshbyServer, people: dict[str, str]):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, 90), (500, 60), (HANG_UP, 60)):
        agency.service.run(sync_once, agency.workers.context)
        crm.fail_next(status, retry_after=90 if status == 429 else None)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        assert len([each["failure"] for each in progress["streams"] if each["failure"]]) == 1
        heard = len(crm.heard)
        agency.wait(seconds=wait - 1)
        assert len(crm.heard) == heard, "Ashby is left in peace for as long as it asked"
        agency.clock.advance(seconds=1)
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert agency.pipeline().keys() == {"Noor Haddad", "Emil Roth", "Felix Ande"}
    assert agency.health()["status"] == "ok"


def test_what_came_before_its_secret_was_known_is_sent_again_and_taken(agency: Agency, crm: AshbyServer, job: str):
    connect(agency, crm)
    crm.secret = "chosen in Ashby"
    noor = crm.apply(job)
    crm.move(noor, "stage-onsite", "Onsite")
    refused = len(crm.undelivered)
    assert crm.send(agency.hook) == [400] * refused
    assert agency.events() == []
    done(agency.admin.post(agency.path("/signing-secrets"), {"secret": crm.secret}))
    assert crm.retry(agency.hook, order=reversed) == [200] * refused
    agency.work()
    assert agency.stage(noor) == "interview_scheduled"


def test_what_is_delivered_backwards_ends_the_same(agency: Agency, crm: AshbyServer, job: str):
    connect(agency, crm)
    noor = crm.apply(job)
    crm.advance(days=1)
    crm.move(noor, "stage-onsite", "Onsite")
    schedule = crm.book(noor, (day(15, 13, month=4), day(15, 14, month=4)))
    crm.advance(hours=1)
    crm.reschedule(schedule, "Scheduled", (day(16, 13, month=4), day(16, 14, month=4)))
    crm.advance(days=7)
    crm.move(noor, "stage-offer", "Offer")
    crm.now = day(4)
    crm.send(agency.hook, order=reversed)
    agency.workers.everything()
    assert agency.stage(noor) == "offer"
    assert [each["starts_at"] for each in agency.interviews(noor)] == ["2026-04-16T13:00:00Z"]
    crm.archive(noor, "RejectedByCandidate", "Took another offer")
    crm.reschedule(schedule, "Cancelled")
    agency.wait(hours=1)
    assert agency.stage(noor) == "withdrawn"
    assert [each["status"] for each in agency.interviews(noor)] == ["cancelled"]


@pytest.mark.parametrize("is_connected", [True, False])
def test_an_end_that_was_taken_back_leaves_the_candidate_in_the_running(
    agency: Agency, crm: AshbyServer, job: str, is_connected: bool
):
    connect(agency, crm, credentials=crm.credentials if is_connected else {})
    noor = crm.apply(job)
    crm.now = day(4)
    crm.move(noor, "stage-onsite", "Onsite")
    agency.wait(hours=1)
    crm.archive(noor, "RejectedByOrg", "Too junior")
    agency.wait(hours=1)
    assert agency.stage(noor) == "rejected"
    crm.unarchive(noor)
    agency.wait(hours=1)
    assert agency.stage(noor) == "interview_scheduled"
    assert "closure_owed" not in agency.flags(noor)


def test_an_application_that_was_transferred_goes_on_with_the_other_job(agency: Agency, crm: AshbyServer, job: str):
    connect(agency, crm)
    noor = crm.apply(job)
    other = crm.add_job("Brand Designer")
    crm.now = day(4)
    crm.move(noor, "stage-onsite", "Onsite")
    agency.wait(hours=1)
    before = agency.application(noor)
    crm.transfer(noor, other)
    agency.wait(hours=1)
    after = agency.application(noor)
    assert (after["stage"], after["job_id"] != before["job_id"]) == ("interview_scheduled", True)
    former = done(agency.admin.get(f"/v1/applications/{before['id']}"), 200)
    assert former["stage"] == "cancelled"


def test_interviews_on_two_days_are_two_and_a_day_that_is_dropped_is_called_off(
    agency: Agency, crm: AshbyServer, job: str
):
    connect(agency, crm)
    noor = crm.apply(job)
    crm.now = day(4)
    crm.move(noor, "stage-onsite", "Onsite")
    first, second = (day(6, 9), day(6, 12)), (day(7, 9), day(7, 10))
    schedule = crm.book(noor, first, second)
    agency.wait(hours=1)
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(noor)] == [
        ("2026-05-06T09:00:00Z", "scheduled"),
        ("2026-05-07T09:00:00Z", "scheduled"),
    ]
    crm.reschedule(schedule, "Scheduled", first)
    agency.wait(hours=1)
    assert [each["status"] for each in agency.interviews(noor)] == ["scheduled", "cancelled"]
