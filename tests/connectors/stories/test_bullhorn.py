"""The story of an agency that works in Bullhorn, which sends nothing: its queue forgets what was read once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from app.connectors.walking import steps
from app.connectors.walking.steps import walk_once
from tests.applications.desk import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.crms.bullhorn import USER, BullhornStandIn

STAGES = {
    "New Lead": "ignore",
    "Interview Scheduled": "interview_scheduled",
    "Offer Extended": "offer",
    "Client Rejected": "rejected",
    "Placement: Approved": "accepted",
}
NOTES = {
    "note: Client Call": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    },
    "note: Prescreen": "ignore",
}


@pytest.fixture
def crm() -> Iterator[BullhornStandIn]:
    with BullhornStandIn() as server:
        yield server


@pytest.fixture
def job(crm: BullhornStandIn) -> int:
    """A client's job since the 13th of April."""
    crm.now = day(13, month=4)
    company = crm.add("ClientCorporation", name="Acme Foods")
    contact = crm.add("ClientContact", name="Iris Novak", clientCorporation={"id": company})
    about: Row = {"clientCorporation": {"id": company}, "clientContact": {"id": contact}}
    return crm.add("JobOrder", title="Head Chef", isOpen=True, **about)


@pytest.fixture
def people(crm: BullhornStandIn, job: int) -> dict[str, int]:
    """What lies in Bullhorn before anybody connects it: the submissions by the first names of their candidates."""
    found = {name: submit(crm, job, f"{name} {last}") for name, last in NAMES.items()}
    for name, status in (
        ("Elena", "Interview Scheduled"),
        ("Chloe", "Sent to Partner"),
        ("Felix", "Interview Scheduled"),
    ):
        crm.advance(days=1)
        crm.change("JobSubmission", found[name], status=status)
    crm.change("JobSubmission", found["Dora"], status="Client Rejected")
    crm.now = day(29, month=4)
    book(crm, job, found["Felix"], day(30, 13, month=4))
    crm.now = day(30, 15, month=4)
    note(crm, job, found["Felix"], "Client Call", "Rang Iris about <b>Felix</b>")
    note(crm, job, found["Ben"], "Prescreen", "Rang Ben")
    crm.now = day(4)
    return found


NAMES = {"Elena": "Kovač", "Ben": "Ito", "Chloe": "Duval", "Dora": "Weiss", "Felix": "Ande"}


def submit(crm: BullhornStandIn, job: int, name: str) -> int:
    candidate = {"id": crm.add("Candidate", name=name)}
    return crm.add("JobSubmission", status="New Lead", candidate=candidate, jobOrder={"id": job})


def candidate(crm: BullhornStandIn, submission: int) -> int:
    return int(crm.rows["JobSubmission"][submission]["candidate"]["id"])


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def book(crm: BullhornStandIn, job: int, submission: int, at: datetime) -> int:
    """An interview of an hour."""
    times = {"dateBegin": millis(at), "dateEnd": millis(at) + 3_600_000}
    whose: Row = {"candidateReference": {"id": candidate(crm, submission)}, "jobOrder": {"id": job}}
    return crm.add("Appointment", type="Interview", **times, **whose)


def note(crm: BullhornStandIn, job: int, submission: int, action: str, text: str) -> int:
    """A note that a recruiter writes there."""
    whose = candidate(crm, submission)
    about: Row = {"personReference": {"id": whose}, "candidates": [whose], "jobOrder": {"id": job}}
    return crm.add("Note", action=action, comments=text, **about)


def connect(agency: Agency, crm: BullhornStandIn, **body: Any) -> Row:
    """Connect it, as the steps tell the admin."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "stage_map": STAGES, "activity_map": NOTES}
    return agency.connect("bullhorn", **(usual | body))


def ours(crm: BullhornStandIn, submission: int) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    whose = candidate(crm, submission)
    return [row for row in crm.rows["Note"].values() if row.get("externalID") and row["candidates"] == [whose]]


def moved(crm: BullhornStandIn) -> list[Any]:
    """The moves that Bullhorn was asked to make."""
    return [each.json for each in crm.heard if each.method == "POST" and "/entity/JobSubmission/" in each.path]


def reads(crm: BullhornStandIn) -> list[str]:
    """The reads of the queue: of what is new, or of a batch by its request's id."""
    asked = (each.query for each in crm.heard if each.path.endswith("/event/subscription/keepwarm"))
    return [each.get("requestId", "new") for each in asked if "maxEvents" in each]


def connects(agency: Agency, crm: BullhornStandIn) -> None:
    """The admin connects it and mistypes the password; the health view says so, and it is repaired."""
    connection = connect(agency, crm, credentials={**crm.credentials, "password": "tpyo"})
    assert (connection["hook_url"], agency.secret) == (None, None)
    assert any("event subscription" in step for step in connection["steps"])
    agency.work()
    health = agency.health()
    assert health["status"] == "failing"
    assert health["failure"].startswith("Bullhorn did not take the user name and password")
    assert crm.subscribed == {}
    agency.change(credentials={"password": crm.credentials["password"]})
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)
    assert crm.subscribed.keys() == {"keepwarm"}


def brings_in_what_was(agency: Agency) -> None:
    """What was there before comes in; a status that no map knows is listed, learnt and applied."""
    backfill = agency.backfill(day(1, month=4))
    agency.work()
    progress = agency.progress(backfill)
    assert progress["finished_at"]
    assert {each["stream"]: each["seen"] for each in progress["streams"]} == {
        "organisations": 1,
        "contacts": 1,
        "candidates": 5,
        "jobs": 1,
        "applications": 5,
        "interviews": 1,
        "notes": 2,
        "placements": 0,
    }
    assert agency.unmapped() == {"Sent to Partner": "stage"}
    assert agency.pipeline() == {"Elena Kovač": "interview_scheduled", "Felix Ande": "awaiting_decision"}
    agency.change(stage_map={"Sent to Partner": "interview_scheduled"})
    agency.work()
    assert agency.unmapped() == {}
    assert agency.pipeline()["Chloe Duval"] == "interview_scheduled"
    before = agency.everything_told()
    again = agency.backfill(day(1, month=4))
    agency.work()
    assert {each["new"] for each in agency.progress(again)["streams"]} == {0}
    assert agency.everything_told() == before


def books_and_interviews(agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]) -> None:
    """An interview is booked for today and put off by two hours; when it ends, the client is to be rung."""
    elena = people["Elena"]
    interview = book(crm, job, elena, day(4, 13))
    agency.wait(minutes=1)
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(elena)] == [
        ("2026-05-04T13:00:00Z", "scheduled")
    ]
    crm.change("Appointment", interview, dateBegin=millis(day(4, 15)), dateEnd=millis(day(4, 16)))
    agency.wait(day(4, 14, 30))
    assert ("follow_up_hiring_manager", "Elena Kovač") not in agency.worklist()
    agency.wait(day(4, 16))
    assert ("follow_up_hiring_manager", "Elena Kovač") in agency.worklist()
    assert agency.stage(elena) == "interviewed"


def misses_the_follow_up(agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]) -> None:
    """Nobody rings. The next morning that is a flag, and one note in Bullhorn, whose echo says nothing."""
    elena = people["Elena"]
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(day(5))
    flag = agency.flags(elena)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [told] = ours(crm, elena)
    assert flag["reason"] in told["comments"]
    assert (told["personReference"], told["jobOrder"]) == ({"id": candidate(crm, elena)}, {"id": job})
    assert (told["action"], told["commentingPerson"]) == ("Other", {"id": USER})
    agency.wait(minutes=1)
    [echo] = [event for event in agency.events() if f":Note:{told['id']}:INSERTED:" in event["key"]]
    assert [each["what"] for each in echo["outcome"]][-1] == "echo"
    assert (ours(crm, elena), agency.interactions(elena)) == ([told], [])
    assert {each.path.rpartition("/")[2] for each in crm.heard if each.method == "PUT"} == {"keepwarm", "Note"}


def rings_after_all(agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]) -> None:
    """The recruiter rings and writes a note of it there: the flag is cleared, and that is noted once."""
    elena = people["Elena"]
    note(crm, job, elena, "Client Call", "Rang Iris: they liked her,<br>decision on Friday.")
    agency.wait(minutes=1)
    [said] = agency.interactions(elena)
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(elena)
    agency.wait(minutes=1)
    assert [each["comments"].partition("<br>")[0] for each in ours(crm, elena)] == [
        "Keepwarm: follow up overdue (warning)",
        "Keepwarm: no longer follow up overdue",
    ]
    agency.wait(minutes=1)
    assert len(ours(crm, elena)) == 2
    assert agency.interactions(elena) == [said]


def hires(agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]) -> None:
    """Statuses and placements are followed; told twice or out of order they change nothing."""
    elena = people["Elena"]
    crm.change("JobSubmission", elena, status="Offer Extended")
    agency.wait(hours=1)
    assert agency.stage(elena) == "offer"
    whose: Row = {"candidate": {"id": candidate(crm, elena)}, "jobOrder": {"id": job}, "jobSubmission": {"id": elena}}
    crm.add("Placement", status="Approved", **whose)
    agency.wait(hours=1)
    assert agency.stage(elena) == "accepted"
    before = agency.everything_told()
    told = [event for batch in crm.batches.values() for event in batch]
    crm.queue += [*reversed(told), *({**event, "eventId": f"again-{event['eventId']}"} for event in reversed(told))]
    agency.wait(minutes=1)
    assert (crm.queue, agency.everything_told()) == ([], before)


def moves_from_here(agency: Agency, crm: BullhornStandIn, people: dict[str, int]) -> None:
    """A stage moved here is moved there after a recruiter's word, once, and its echo is nothing new."""
    felix = people["Felix"]
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [proposal] = [move for move in agency.moves() if move["application_id"] == id]
    assert (proposal["state"], proposal["status"], moved(crm)) == ("proposed", "Offer Extended", [])
    done(agency.recruiter.post(f"/v1/stage-moves/{proposal['id']}/approve"), 200)
    before = agency.everything_told()
    agency.wait(minutes=1)
    agency.wait(minutes=1)
    assert moved(crm) == [{"status": "Offer Extended"}]
    assert crm.rows["JobSubmission"][felix]["status"] == "Offer Extended"
    assert agency.everything_told() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def cancels_and_deletes(agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]) -> None:
    """An interview that is deleted was called off; a candidate who is deleted ends it. It has no word for mergers."""
    chloe = people["Chloe"]
    interview = book(crm, job, chloe, day(8, 13))
    agency.wait(minutes=1)
    assert [each["status"] for each in agency.interviews(chloe)] == ["scheduled"]
    crm.change("Appointment", interview, isDeleted=True)
    agency.wait(minutes=1)
    assert [each["status"] for each in agency.interviews(chloe)] == ["cancelled"]
    crm.change("Candidate", candidate(crm, chloe), isDeleted=True)
    before = ours(crm, chloe)
    agency.wait(minutes=1)
    assert ours(crm, chloe) == before
    assert agency.pipeline() == {"Felix Ande": "offer", "Elena Kovač": "accepted"}
    assert agency.stage(chloe) == "cancelled"
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_story_from_the_first_credential_to_the_hire(
    agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]
):
    connects(agency, crm)
    brings_in_what_was(agency)
    books_and_interviews(agency, crm, job, people)
    misses_the_follow_up(agency, crm, job, people)
    rings_after_all(agency, crm, job, people)
    hires(agency, crm, job, people)
    moves_from_here(agency, crm, people)
    cancels_and_deletes(agency, crm, job, people)


def test_a_backfill_goes_on_where_bullhorn_failed_in_the_middle(
    agency: Agency, crm: BullhornStandIn, people: dict[str, int]
):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, 1), (500, 60)):
        agency.service.run(walk_once, agency.workers.post)
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
            patch.setattr(steps, "store", dies)
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
    agency.service.run(walk_once, agency.workers.post)
    health = agency.health()
    assert (health["status"], health["suspended_at"]) == ("suspended", "2026-05-13T09:00:00Z")
    agency.wait(minutes=1)
    assert (agency.stage(people["Felix"]), agency.health()["status"]) == ("offer", "ok")


@pytest.mark.parametrize("missed", [False, True])
def test_a_rejection_by_mistake_and_a_placement_that_fell_through_are_taken_back(
    agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int], missed: bool
):
    connect(agency, crm)
    agency.work()
    agency.backfill(day(1, month=4))
    agency.work()
    elena = people["Elena"]
    crm.change("JobSubmission", elena, status="Client Rejected")
    agency.wait(minutes=2)
    assert agency.stage(elena) == "rejected"
    crm.change("JobSubmission", elena, status="Interview Scheduled")
    if missed:
        crm.queue.clear()
        agency.backfill(day(1, month=4))
    agency.wait(minutes=2)
    assert agency.stage(elena) == "interview_scheduled"
    assert "closure_owed" not in agency.flags(elena)
    whose: Row = {"candidate": {"id": candidate(crm, elena)}, "jobOrder": {"id": job}, "jobSubmission": {"id": elena}}
    crm.add("Placement", status="Approved", **whose)
    agency.wait(minutes=2)
    assert agency.stage(elena) == "accepted"
    crm.change("JobSubmission", elena, comments="Looks forward to it")
    agency.wait(minutes=2)
    assert agency.stage(elena) == "accepted", "a comment on the submission takes back no placement"
    crm.change("JobSubmission", elena, status="Offer Extended")
    crm.change("JobSubmission", elena, status="Interview Scheduled")
    agency.wait(minutes=2)
    assert agency.stage(elena) == "interview_scheduled"
    crm.change("JobOrder", job, isOpen=False, status="Placed", dateClosed=millis(day(3)))
    agency.wait(minutes=2)
    vacancy = agency.see(f"/v1/jobs/by-ref/bullhorn/{job}")
    assert (vacancy["status"], vacancy["status_at"]) == ("filled", "2026-05-03T09:00:00Z")


def test_one_note_on_a_whole_day_of_interviews_counts_for_each_candidate(
    agency: Agency, crm: BullhornStandIn, job: int, people: dict[str, int]
):
    connect(agency, crm)
    agency.work()
    agency.backfill(day(1, month=4))
    agency.work()
    both = [candidate(crm, people[name]) for name in ("Elena", "Felix")]
    crm.add("Note", action="Client Call", comments="Iris likes both", candidates=both, jobOrders=[job])
    agency.wait(minutes=2)
    for name in ("Elena", "Felix"):
        assert [one["summary"] for one in agency.interactions(people[name])][-1:] == ["Iris likes both"], name
