"""The story of an agency that works in an employer's Greenhouse: webhooks for stages, polls for the rest."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.crms.greenhouse import GreenhouseServer
from tests.steps import sync_once

STAGES = {"Review": "ignore", "Onsite": "interview_scheduled", "Offer": "offer"}
NOTES = {
    "note: NOTE": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    }
}
ONSITE, OFFER, CHAT = 2, 3, 4
"""The ids of a job's stages follow its own, in the order of its plan."""


@pytest.fixture
def crm() -> Iterator[GreenhouseServer]:
    with GreenhouseServer() as server:
        yield server


@pytest.fixture
def job(crm: GreenhouseServer) -> int:
    """A job since the 13th of April."""
    crm.now = day(13, month=4)
    return crm.add_job("Head Chef", ("Review", "Onsite", "Offer", "Executive chat"))


@pytest.fixture
def people(crm: GreenhouseServer, job: int) -> dict[str, int]:
    """What lies in Greenhouse before anybody connects it: the applications by the first names of their candidates."""
    names = ("Elena Kovač", "Ben Ito", "Chloe Duval", "Dora Weiss", "Emil Roth", "Felix Ande")
    found = {name.split()[0]: crm.apply(job, name, f"{name[:4]}@example.com".lower()) for name in names}
    for name, stage in (("Elena", ONSITE), ("Chloe", CHAT), ("Emil", OFFER), ("Felix", ONSITE)):
        crm.advance(days=1)
        crm.move(found[name], job + stage)
    crm.reject(found["Dora"], "Too junior")
    crm.hire(found["Emil"])
    crm.now = day(30, 10, month=4)
    crm.book(found["Felix"], day(30, 13, month=4), day(30, 14, month=4))
    crm.now = day(30, 15, month=4)
    crm.note(candidate(crm, found["Felix"]), "Rang Iris about Felix", application=found["Felix"])
    crm.now = day(4)
    crm.deliveries.clear()  # nobody had made a web hook yet
    return found


def candidate(crm: GreenhouseServer, application: int) -> int:
    return int(crm.records["applications"][application]["candidate_id"])


def connect(agency: Agency, crm: GreenhouseServer, **body: Any) -> Row:
    """Connect it and have the web hooks made with the secret that is shown."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "organisation_name": "Acme Foods"}
    made = agency.connect("greenhouse", **(usual | {"stage_map": STAGES, "activity_map": NOTES} | body))
    assert agency.secret
    crm.secret = agency.secret
    return made


def ours(crm: GreenhouseServer, application: int) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    whose = candidate(crm, application)
    notes = (note for note in crm.records["notes"].values() if note["candidate_id"] == whose)
    return [note for note in notes if "[keepwarm " in note["body"]]


def moved(crm: GreenhouseServer) -> list[Any]:
    """The moves that Greenhouse was asked to make."""
    return [heard.json for heard in crm.heard if heard.path.endswith("/move")]


def connects(agency: Agency, crm: GreenhouseServer) -> None:
    """The admin connects it and mistypes the client secret; the health view says so, and it is repaired."""
    connection = connect(agency, crm, credentials=crm.credentials | {"client_secret": "tpyo"})
    assert any(connection["hook_url"] in step for step in connection["steps"])
    crm.ping()
    agency.work()
    assert [each.answers for each in crm.deliveries] == [[200]]
    health = agency.health()
    assert (health["status"], health["failure"]) == (
        "failing",
        "Greenhouse denied access (401). Check the credentials and their permissions.",
    )
    agency.change(credentials={"client_secret": "hush"})
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)


def brings_in_what_was(agency: Agency, crm: GreenhouseServer) -> None:
    """What was there before comes in; a stage that no map knows is listed, learnt and applied."""
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
    assert agency.unmapped() == {"Executive chat": "stage"}
    assert agency.pipeline() == {
        "Elena Kovač": "interview_scheduled",
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


def books_and_interviews(agency: Agency, crm: GreenhouseServer, people: dict[str, int]) -> None:
    """An interview is booked for today and put off by two hours; when it ends, the client is to be rung."""
    elena = people["Elena"]
    interview = crm.book(elena, day(4, 13), day(4, 14))
    agency.wait(minutes=5)
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(elena)] == [
        ("2026-05-04T13:00:00Z", "scheduled")
    ]
    crm.change_interview(interview, starts_at="2026-05-04T15:00:00Z", ends_at="2026-05-04T16:00:00Z")
    agency.wait(day(4, 14, 30))
    assert ("follow_up_hiring_manager", "Elena Kovač") not in agency.worklist()
    agency.wait(day(4, 16))
    assert ("follow_up_hiring_manager", "Elena Kovač") in agency.worklist()
    assert agency.stage(elena) == "interviewed"


def misses_the_follow_up(agency: Agency, crm: GreenhouseServer, people: dict[str, int]) -> None:
    """Nobody rings. The next morning that is a flag, and one private note in Greenhouse, whose echo says nothing."""
    elena = people["Elena"]
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(day(5))
    flag = agency.flags(elena)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [note] = ours(crm, elena)
    assert flag["reason"] in note["body"]
    assert (note["candidate_id"], note["type"]) == (candidate(crm, elena), "NOTE")
    told = [heard.json for heard in crm.heard if (heard.method, heard.path) == ("POST", "/v3/notes")]
    assert {(each["visibility"], each["note_type"]) for each in told} == {("private", "NOTE")}
    agency.wait(minutes=10)
    [echo] = [
        event for event in agency.events() if event["type"] == "fetched.note" and f":{note['id']}:" in event["key"]
    ]
    assert [each["outcome"] for each in echo["outcome"]][-1] == "echo"
    assert (ours(crm, elena), agency.interactions(elena)) == ([note], [])


def rings_after_all(agency: Agency, crm: GreenhouseServer, people: dict[str, int]) -> None:
    """The recruiter rings and writes a note of it there: the flag is cleared, and that is noted once."""
    elena = people["Elena"]
    crm.note(candidate(crm, elena), "Rang Iris: they liked her, decision on Friday.", application=elena)
    agency.wait(minutes=10)
    [said] = agency.interactions(elena)
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(elena)
    agency.wait(minutes=10)
    assert [each["body"].splitlines()[0] for each in ours(crm, elena)] == [
        "Keepwarm: follow up overdue (warning)",
        "Keepwarm: no longer follow up overdue",
    ]
    assert agency.interactions(elena) == [said]


def hires(agency: Agency, crm: GreenhouseServer, job: int, people: dict[str, int]) -> None:
    """Stages follow Greenhouse; told twice or out of order they change nothing."""
    elena = people["Elena"]
    crm.move(elena, job + OFFER)
    agency.wait(hours=1)
    assert agency.stage(elena) == "offer"
    crm.hire(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "accepted"
    before = agency.everything_told()
    agency.send_again(*reversed(crm.deliveries))
    assert agency.everything_told() == before


def moves_from_here(agency: Agency, crm: GreenhouseServer, job: int, people: dict[str, int]) -> None:
    """A stage moved here is moved there after a recruiter's word, once, and its echo is nothing new."""
    felix = people["Felix"]
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [proposal] = [move for move in agency.moves() if move["application_id"] == id]
    assert (proposal["state"], proposal["status"], moved(crm)) == ("proposed", "Offer", [])
    done(agency.recruiter.post(f"/v1/stage-moves/{proposal['id']}/approve"), 200)
    before = agency.everything_told()
    agency.wait(minutes=10)
    assert moved(crm) == [{"from_stage_id": job + ONSITE, "to_stage_id": job + OFFER}]
    assert crm.records["applications"][felix]["stage_name"] == "Offer"
    assert agency.everything_told() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def merges_and_deletes(agency: Agency, crm: GreenhouseServer, job: int, people: dict[str, int]) -> None:
    """Felix was there twice: what was his goes on under the one who remains. Chloe is deleted, which ends it."""
    felix = people["Felix"]
    twin = crm.apply(job, "Félix Ande")
    agency.work()
    crm.merge(candidate(crm, felix), candidate(crm, twin))
    crm.delete_candidate(candidate(crm, people["Chloe"]))
    agency.wait(minutes=10)
    assert agency.pipeline() == {"Félix Ande": "offer", "Elena Kovač": "accepted", "Emil Roth": "accepted"}
    assert agency.stage(people["Chloe"]) == "cancelled"
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_backfill_goes_on_where_greenhouse_failed_in_the_middle(
    agency: Agency, crm: GreenhouseServer, people: dict[str, int]
):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait, sentence in ((429, 120, "Greenhouse answered 429."), (500, 60, "Greenhouse answered 500.")):
        agency.service.run(sync_once, agency.workers.context)
        crm.fail_next(status, retry_after=120 if status == 429 else None)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        assert [each["failure"] for each in progress["streams"] if each["failure"]] == [sentence]
        heard = len(crm.heard)
        agency.wait(seconds=wait - 1)
        assert len(crm.heard) == heard, "Greenhouse is left in peace for as long as it asked"
        agency.clock.advance(seconds=1)
    crm.expire_tokens()
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert agency.health()["failure"] is None
    assert agency.pipeline().keys() == {"Elena Kovač", "Emil Roth", "Felix Ande"}
    once = [(event["type"], event["key"]) for event in agency.events()]
    assert len(once) == len(set(once)) == 9


def test_a_delivery_that_was_not_signed_right_is_refused_and_taken_when_it_is_sent_again(
    agency: Agency, crm: GreenhouseServer, job: int
):
    connect(agency, crm)
    told, crm.secret = crm.secret, "mistyped"
    crm.apply(job)
    assert crm.send(agency.hook) == [401]
    forged, crm.secret = crm.deliveries.pop(), told
    assert agency.events() == []
    crm._tell("new_candidate_application", json.loads(forged.body)["payload"])
    agency.work()
    assert [event["type"] for event in agency.events()] == ["new_candidate_application"]


def test_what_is_delivered_backwards_ends_the_same(agency: Agency, crm: GreenhouseServer, job: int):
    connect(agency, crm)
    elena = crm.apply(job)
    for stage in (ONSITE, OFFER):
        crm.advance(days=1)
        crm.move(elena, job + stage)
    crm.advance(days=1)
    crm.hire(elena)
    crm.now = day(4)
    crm.send(agency.hook, order=reversed)
    agency.workers.everything()
    assert agency.stage(elena) == "accepted"
    crm.reject(elena, "Took another offer", theirs=True)
    agency.wait(hours=1)
    assert agency.stage(elena) == "withdrawn"


@pytest.mark.parametrize("is_connected", [True, False])
def test_a_rejection_that_was_taken_back_leaves_the_candidate_in_the_running(
    agency: Agency, crm: GreenhouseServer, job: int, is_connected: bool
):
    connect(agency, crm, credentials=crm.credentials if is_connected else {})
    elena = crm.apply(job)
    crm.now = day(4)
    crm.move(elena, job + ONSITE)
    agency.wait(hours=1)
    crm.reject(elena, "Too junior")
    agency.wait(hours=1)
    assert agency.stage(elena) == "rejected"
    crm.unreject(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "interview_scheduled"
    assert "closure_owed" not in agency.flags(elena)


def test_a_backfill_finds_a_rejection_that_was_taken_back_while_no_hook_came(
    agency: Agency, crm: GreenhouseServer, job: int
):
    connect(agency, crm)
    elena = crm.apply(job)
    crm.now = day(4)
    crm.move(elena, job + ONSITE)
    crm.reject(elena, "Too junior")
    agency.wait(hours=1)
    assert agency.stage(elena) == "rejected"
    crm.unreject(elena)
    crm.deliveries.clear()
    agency.backfill(day(1, month=4))
    agency.wait(hours=1)
    assert agency.stage(elena) == "interview_scheduled"


def test_an_application_that_was_transferred_goes_on_with_the_other_job(
    agency: Agency, crm: GreenhouseServer, job: int
):
    connect(agency, crm)
    elena = crm.apply(job)
    other = crm.add_job("Sous Chef", ("Review", "Onsite", "Offer"))
    crm.now = day(4)
    crm.move(elena, job + ONSITE)
    agency.wait(hours=1)
    before = agency.application(elena)
    crm.transfer(elena, other, other + ONSITE)
    agency.wait(hours=1)
    after = agency.application(elena)
    assert (after["stage"], after["job_id"] != before["job_id"]) == ("interview_scheduled", True)
    former = done(agency.admin.get(f"/v1/applications/{before['id']}"), 200)
    assert (former["stage"], former["job_id"]) == ("cancelled", before["job_id"])


def test_a_story_from_the_first_credential_to_the_hire(
    agency: Agency, crm: GreenhouseServer, job: int, people: dict[str, int]
):
    connects(agency, crm)
    brings_in_what_was(agency, crm)
    books_and_interviews(agency, crm, people)
    misses_the_follow_up(agency, crm, people)
    rings_after_all(agency, crm, people)
    hires(agency, crm, job, people)
    moves_from_here(agency, crm, job, people)
    merges_and_deletes(agency, crm, job, people)
