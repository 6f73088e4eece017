"""The story of an agency with Recruit CRM: bare records at addresses that name the event, and searches by the day."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.crms.recruitcrm import RecruitCrmServer
from tests.crms.standin import HANG_UP
from tests.steps import sync_once

ASSIGNED, INTERVIEW, REJECTED, OFFERED, TRIAL = 1, 4, 8, 9, 12
STAGES = {"1": "ignore", "Client interview": "interview_scheduled", "Not suitable": "rejected", "Offered": "offer"}
NOTES = {
    "note: Client follow-up": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    },
    "note": "ignore",
}


@pytest.fixture
def crm() -> Iterator[RecruitCrmServer]:
    with RecruitCrmServer() as server:
        yield server


@pytest.fixture
def job(crm: RecruitCrmServer) -> str:
    """A job of a client, since the 13th of April, before anybody subscribed."""
    crm.now = day(13, month=4)
    company = crm.add_company("Harbour Freight Lines")
    made = crm.add_job(company, crm.add_contact(company, "Dan Okafor"))
    crm.deliveries.clear()
    return made


@pytest.fixture
def people(crm: RecruitCrmServer, job: str) -> dict[str, str]:
    """What lies there before anybody connects it: the candidates by their first names."""
    names = ("Priya Raman", "Ben Ito", "Chloe Duval", "Dora Weiss", "Felix Ande")
    found = {name.split()[0]: crm.add_candidate(name, f"{name[:4]}@example.com".lower()) for name in names}
    for person in found.values():
        crm.move(person, job, ASSIGNED, "Assigned")
    crm.pipeline[OFFERED] = "Offered"
    for name, stage, label in (
        ("Priya", INTERVIEW, "Client interview"),
        ("Chloe", TRIAL, "Trial day"),
        ("Dora", REJECTED, "Not suitable"),
        ("Felix", INTERVIEW, "Client interview"),
    ):
        crm.advance(days=1)
        crm.move(found[name], job, stage, label)
    crm.now = day(29, month=4)
    crm.book(found["Felix"], job, day(30, 13, month=4), day(30, 14, month=4))
    crm.now = day(30, 15, month=4)
    crm.note(found["Felix"], job, "Rang Dan about Felix", "Client follow-up")
    crm.now = day(4)
    crm.deliveries.clear()
    return found


def connect(agency: Agency, crm: RecruitCrmServer, **body: Any) -> Row:
    """Connect it and make the subscriptions of the steps, word for word."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "stage_map": STAGES, "activity_map": NOTES}
    made = agency.connect("recruitcrm", **(usual | body))
    assert agency.secret
    crm.secret = agency.secret
    for step in made["steps"]:
        event, found, url = step.partition(": http")
        if found:
            subscription = {"event": event, "target_url": f"http{url}".replace("<secret>", agency.secret)}
            token = {"Authorization": f"Bearer {crm.token}"}
            assert httpx.post(f"{crm.url}/v1/subscriptions", json=subscription, headers=token).status_code == 200
    return made


def ours(crm: RecruitCrmServer, candidate: str) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    notes = (note for note in crm.records["notes"].values() if note["related_to"] == candidate)
    return [note for note in notes if "[keepwarm " in note["description"]]


def moved(crm: RecruitCrmServer) -> list[Any]:
    """The moves that Recruit CRM was asked to make."""
    return [heard.json for heard in crm.heard if heard.method == "POST" and "/hiring-stages/" in heard.path]


def connects(agency: Agency, crm: RecruitCrmServer) -> None:
    """The admin connects it and mistypes the token; the health view says so, and it is repaired."""
    connect(agency, crm, credentials={"token": "tpyo"})
    assert {each["target_url"].partition("?")[0] for each in crm.subscriptions} == {agency.connection["hook_url"]}
    agency.work()
    health = agency.health()
    assert (health["status"], health["failure"]) == (
        "failing",
        "Recruit CRM denied access (401). Check the credentials and their permissions.",
    )
    agency.change(credentials=crm.credentials)
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)


def brings_in_what_was(agency: Agency, job: str) -> None:
    """What was there before comes in; a stage that no map knows is listed, learnt and applied."""
    backfill = agency.backfill(day(1, month=4))
    agency.work()
    progress = agency.progress(backfill)
    assert progress["finished_at"]
    assert {each["stream"]: each["seen"] for each in progress["streams"]} == {
        "companies": 1,
        "contacts": 1,
        "candidates": 5,
        "jobs": 1,
        "applications": 5,
        "meetings": 1,
        "notes": 1,
        "calls": 0,
    }
    vacancy = agency.see(f"/v1/jobs/by-ref/recruitcrm/{job}")
    contact = f"/v1/organisations/{vacancy['organisation_id']}/client-contacts/{vacancy['hiring_manager_id']}"
    assert agency.see(contact)["name"] == "Dan Okafor"
    assert agency.unmapped() == {"Trial day": "stage"}
    assert agency.pipeline() == {"Priya Raman": "interview_scheduled", "Felix Ande": "awaiting_decision"}
    agency.change(stage_map={"Trial day": "interview_scheduled"})
    agency.work()
    assert agency.unmapped() == {}
    assert agency.pipeline()["Chloe Duval"] == "interview_scheduled"
    before = agency.everything_told()
    again = agency.backfill(day(1, month=4))
    agency.work()
    assert {each["new"] for each in agency.progress(again)["streams"]} == {0}
    assert agency.everything_told() == before


def books_and_interviews(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """An interview is booked for today and put off by two hours; when it ends, the client is to be rung."""
    priya = f"{people['Priya']}:{job}"
    meeting = crm.book(people["Priya"], job, day(4, 13), day(4, 14))
    agency.work()
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(priya)] == [
        ("2026-05-04T13:00:00Z", "scheduled")
    ]
    crm.advance(hours=1)
    later = {"start_date": "2026-05-04T15:00:00.000000Z", "end_date": "2026-05-04T16:00:00.000000Z"}
    crm.change("meetings", meeting, "meeting.updated", **later)
    agency.wait(day(4, 14, 30))
    assert ("follow_up_hiring_manager", "Priya Raman") not in agency.worklist()
    agency.wait(day(4, 16))
    assert ("follow_up_hiring_manager", "Priya Raman") in agency.worklist()
    assert agency.stage(priya) == "interviewed"


def misses_the_follow_up(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """Nobody rings. The next morning that is a flag, and one note about the candidate, whose webhook says nothing."""
    priya = f"{people['Priya']}:{job}"
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(day(5))
    flag = agency.flags(priya)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [note] = ours(crm, people["Priya"])
    assert flag["reason"] in note["description"]
    assert (note["related_to_type"], note["associated_jobs"]) == ("candidate", [job])
    echoes = [event["outcome"][-1]["outcome"] for event in agency.events() if event["type"] == "note.created"]
    assert set(echoes) == {"echo"}
    agency.wait(hours=1)
    assert (ours(crm, people["Priya"]), agency.interactions(priya)) == ([note], [])


def rings_after_all(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """The recruiter rings and writes a note of the mapped type: the flag is cleared, and that is noted once."""
    priya = f"{people['Priya']}:{job}"
    crm.note(people["Priya"], job, "She asked about the notice period")
    crm.note(people["Priya"], job, "Rang Dan: they liked her.", "Client follow-up")
    agency.work()
    [said] = agency.interactions(priya)
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(priya)
    agency.wait(hours=2)
    assert [each["description"].splitlines()[0] for each in ours(crm, people["Priya"])] == [
        "Keepwarm: follow up overdue (warning)",
        "Keepwarm: no longer follow up overdue",
    ]
    assert agency.interactions(priya) == [said]


def hires(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """Stages follow Recruit CRM, a placement is the hire; told twice or out of order they change nothing."""
    priya = f"{people['Priya']}:{job}"
    crm.move(people["Priya"], job, OFFERED, "Offered")
    agency.wait(hours=1)
    assert agency.stage(priya) == "offer"
    crm.place(people["Priya"], job)
    agency.wait(hours=1)
    assert agency.stage(priya) == "accepted"
    before = agency.everything_told()
    agency.send_again(*reversed(crm.deliveries))
    assert agency.everything_told() == before
    assert {each.event for each in crm.deliveries} <= {each["event"] for each in crm.subscriptions}


def moves_from_here(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """A stage moved here is moved there after a recruiter's word, once, and its echo is nothing new."""
    felix = f"{people['Felix']}:{job}"
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [proposal] = agency.moves()
    assert (proposal["state"], proposal["application_id"], moved(crm)) == ("proposed", id, [])
    done(agency.recruiter.post(f"/v1/stage-moves/{proposal['id']}/approve"), 200)
    before = agency.everything_told()
    agency.wait(hours=1)
    assert moved(crm) == [{"status_id": OFFERED}]
    assert crm.stages[people["Felix"], job]["status"]["status_id"] == OFFERED
    assert agency.everything_told() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def deletes(agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]) -> None:
    """Chloe is deleted, which ends her application."""
    crm.delete("candidates", people["Chloe"], "candidate.deleted")
    agency.wait(hours=1)
    assert agency.stage(f"{people['Chloe']}:{job}") == "cancelled"
    assert agency.pipeline() == {"Felix Ande": "offer", "Priya Raman": "accepted"}
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_story_from_the_first_token_to_the_placement(
    agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]
):
    connects(agency, crm)
    brings_in_what_was(agency, job)
    books_and_interviews(agency, crm, job, people)
    misses_the_follow_up(agency, crm, job, people)
    rings_after_all(agency, crm, job, people)
    hires(agency, crm, job, people)
    moves_from_here(agency, crm, job, people)
    deletes(agency, crm, job, people)


def test_a_backfill_goes_on_where_recruit_crm_failed_in_the_middle(
    agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str]
):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, 90), (500, 60)):
        agency.service.run(sync_once, agency.workers.context)
        crm.fail_next(status, retry_after=90 if status == 429 else None)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        assert [each["failure"] for each in progress["streams"] if each["failure"]] == [
            f"Recruit CRM answered {status}."
        ]
        heard = len(crm.heard)
        agency.wait(seconds=wait - 1)
        assert len(crm.heard) == heard, "Recruit CRM is left in peace for as long as it asked"
        agency.clock.advance(seconds=1)
    agency.service.run(sync_once, agency.workers.context)
    crm.token = "turned over"
    agency.work()
    assert agency.health()["status"] == "failing"
    agency.change(credentials=crm.credentials)
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert agency.pipeline().keys() == {"Priya Raman", "Felix Ande"}
    assert agency.health()["status"] == "ok"


def test_a_desk_that_is_told_backwards_is_the_same_desk(agency: Agency, crm: RecruitCrmServer, job: str):
    connect(agency, crm)
    priya = crm.add_candidate()
    crm.move(priya, job, INTERVIEW, "Client interview")
    crm.advance(days=1)
    meeting = crm.book(priya, job, day(15, 13, month=4), day(15, 14, month=4))
    crm.advance(days=2)
    note = crm.note(priya, job, "Rang Dan", "Client follow-up")
    crm.advance(days=1)
    crm.move(priya, job, OFFERED, "Offered")
    crm.now = day(4)
    crm.send(agency.hook, order=reversed)
    agency.workers.everything()
    id = f"{priya}:{job}"
    assert (agency.stage(id), len(agency.interviews(id)), len(agency.interactions(id))) == ("offer", 1, 1)

    # What is deleted there counts no more here, and stays to be seen.
    crm.advance(hours=1)
    crm.delete("notes", note, "note.deleted")
    crm.delete("meetings", meeting, "meeting.deleted")
    agency.wait(hours=2)
    assert [each["void_reason"] for each in agency.interactions(id)] == ["Deleted in Our CRM"]
    assert [each["status"] for each in agency.interviews(id)] == ["cancelled"]


def overdue(agency: Agency, crm: RecruitCrmServer, job: str, **write_back: bool) -> str:
    """A candidate whose interview ended on Monday, and whose client nobody has rung by Tuesday."""
    connect(agency, crm, write_back={"flags": True, **write_back})
    crm.now = day(4)
    priya = crm.add_candidate()
    crm.move(priya, job, INTERVIEW, "Client interview")
    crm.book(priya, job, day(4, 13), day(4, 14))
    agency.work()
    return priya


def test_a_note_whose_answer_was_lost_is_looked_for_and_not_written_again(
    agency: Agency, crm: RecruitCrmServer, job: str
):
    priya = overdue(agency, crm, job)
    agency.clock.now = crm.now = day(5)
    agency.workers.sweep()
    crm.fail_next(HANG_UP)
    agency.workers.write_back()
    [told] = [heard.json for heard in crm.heard if heard.path == "/v1/notes"]
    crm.note(priya, job, told["description"])
    agency.work()
    assert agency.written() == [("flag.raised", "unsure")]
    agency.wait(minutes=1)
    assert agency.written() == [("flag.raised", "delivered")]
    assert [note["description"] for note in ours(crm, priya)] == [told["description"]]


def test_flags_become_tasks_where_that_is_wanted_and_a_follow_up_logged_here_a_note(
    agency: Agency, crm: RecruitCrmServer, job: str
):
    priya = overdue(agency, crm, job, as_tasks=True, follow_ups=True)
    agency.wait(day(5))
    [task] = crm.records["tasks"].values()
    assert (task["title"], task["reminder"]) == ("Keepwarm: follow up overdue (warning)", -1)
    [interview] = agency.interviews(f"{priya}:{job}")
    said = {"channel": "phone", "summary": "Keen; a decision on Friday"}
    done(agency.recruiter.post(f"/v1/interviews/{interview['id']}/follow-ups", said))
    agency.work()
    assert sorted(note["description"].splitlines()[0] for note in ours(crm, priya)) == [
        "Keepwarm: follow-up with the client",
        "Keepwarm: no longer follow up overdue",
    ]
    agency.wait(hours=1)
    assert (len(crm.records["tasks"]), len(ours(crm, priya))) == (1, 2)
    assert len(agency.interactions(f"{priya}:{job}")) == 1


@pytest.mark.parametrize("missed", [False, True])
def test_a_rejection_by_mistake_and_a_hire_that_fell_through_are_taken_back(
    agency: Agency, crm: RecruitCrmServer, job: str, people: dict[str, str], missed: bool
):
    connect(agency, crm)
    agency.work()
    agency.backfill(day(1, month=4))
    agency.work()
    person, priya = people["Priya"], f"{people['Priya']}:{job}"
    crm.move(person, job, REJECTED, "Not suitable")
    agency.wait(hours=1)
    assert agency.stage(priya) == "rejected"
    crm.move(person, job, INTERVIEW, "Client interview", dated=day(14, month=4))
    if missed:
        crm.deliveries.clear()
        agency.backfill(day(1, month=4))
    agency.wait(hours=1)
    assert agency.stage(priya) == "interview_scheduled"
    assert "closure_owed" not in agency.flags(priya)
    crm.place(person, job)
    agency.wait(hours=1)
    assert agency.stage(priya) == "accepted"
    crm.take_back(person, job)
    agency.wait(hours=1)
    assert agency.stage(priya) == "interview_scheduled"
