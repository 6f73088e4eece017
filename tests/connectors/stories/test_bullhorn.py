"""The story of an agency that works in Bullhorn, which sends nothing: its queue forgets what was read once."""

from typing import Any

import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.bullhorn import book, candidate, connect, crm, job, millis, note, people
from tests.crms.bullhorn import USER, BullhornStandIn

__all__ = ["crm", "job", "people"]


def ours(crm: BullhornStandIn, submission: int) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    whose = candidate(crm, submission)
    return [row for row in crm.rows["Note"].values() if row.get("externalID") and row["candidates"] == [whose]]


def moved(crm: BullhornStandIn) -> list[Any]:
    """The moves that Bullhorn was asked to make."""
    return [each.json for each in crm.heard if each.method == "POST" and "/entity/JobSubmission/" in each.path]


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
        "references": 0,
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
    assert [each["outcome"] for each in echo["outcome"]][-1] == "echo"
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
