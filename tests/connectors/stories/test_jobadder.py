"""The story of an agency that works in JobAdder: webhooks that hint, polls for what they never tell."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.crms.jobadder import JobAdderStandIn
from tests.steps import sync_once

APPLIED, CLIENT, OFFER, UNSUCCESSFUL, PARTNER = 1, 2, 3, 4, 5
STAGES = {"Applied": "ignore", "Client interview": "interview_scheduled", "Offer": "offer", "Unsuccessful": "rejected"}
NOTES = {
    "note: Client call": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    }
}
NAMES = {"Elena": "Kovač", "Ben": "Ito", "Chloe": "Duval", "Dora": "Weiss", "Felix": "Ande"}


@pytest.fixture
def crm() -> Iterator[JobAdderStandIn]:
    with JobAdderStandIn() as server:
        server.statuses[PARTNER] = "Partner interview"
        yield server


@pytest.fixture
def people(crm: JobAdderStandIn) -> dict[str, str]:
    """What lies in JobAdder before anybody connects it: the applications by the first names of their candidates."""
    crm.now = day(13, month=4)
    company = crm.add("companies", name="Acme Foods")
    contact = crm.add("contacts", firstName="Iris", lastName="Novak", company=company)
    job = crm.add("jobs", jobTitle="Head Chef", company=company, contact=contact, status=1)
    found = {}
    for first, last in NAMES.items():
        candidate = crm.add("candidates", firstName=first, lastName=last)
        found[first] = crm.add("applications", candidate=candidate, job=job, status=APPLIED)
    for first, status in {"Elena": CLIENT, "Chloe": PARTNER, "Felix": CLIENT, "Dora": UNSUCCESSFUL}.items():
        crm.advance(days=1)
        crm.move(found[first], status)
    crm.now = day(29, month=4)
    book(crm, found["Felix"], day(30, 13, month=4))
    crm.now = day(30, 15, month=4)
    note(crm, found["Felix"], "Rang Iris about Felix")
    crm.now = day(4)
    return found


def book(crm: JobAdderStandIn, application: str, at: datetime, tell: str | None = None) -> str:
    """An interview of an hour with the client."""
    return crm.add("interviews", tell, type="External", interviewee=application, **times(at))


def times(at: datetime) -> dict[str, str]:
    return {"startAt": at.isoformat(), "endAt": (at + timedelta(hours=1)).isoformat()}


def candidate(crm: JobAdderStandIn, application: str) -> str:
    return str(crm.rows["applications"][application]["candidate"])


def note(crm: JobAdderStandIn, application: str, text: str) -> str:
    """A note that a recruiter writes there, of which JobAdder tells nobody."""
    about: Row = {"applications": [application], "candidates": [candidate(crm, application)]}
    return crm.add("notes", type="Client call", text=text, **about)


def delete(crm: JobAdderStandIn, application: str) -> None:
    """Delete a candidate, and with it the application and the notes."""
    whose = candidate(crm, application)
    crm.rows["notes"] = {id: row for id, row in crm.rows["notes"].items() if whose not in row["candidates"]}
    crm.remove("applications", application)
    crm.remove("candidates", whose)


def connect(agency: Agency, crm: JobAdderStandIn, **body: Any) -> Row:
    """Connect it."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "stage_map": STAGES, "activity_map": NOTES}
    return agency.connect("jobadder", **(usual | body))


def register(agency: Agency, crm: JobAdderStandIn, steps: list[str]) -> Row:
    """Make the webhook, by the very words of the steps."""
    [step] = [step for step in steps if "POST" in step]
    body = json.loads(step[step.index("{") : step.rindex("}") + 1])
    assert body["authorization"] == f"Bearer {agency.secret}"
    token = {"Authorization": f"Bearer {next(iter(crm._access))}"}
    with httpx.Client(trust_env=False) as http:
        made = http.post(f"{crm.url}/v2/webhooks", json=body, headers=token)
    return crm.webhooks[made.json()["webhookId"]]


def ours(crm: JobAdderStandIn, application: str) -> list[Row]:
    """The notes that Keepwarm wrote about a candidate, the oldest first."""
    whose = candidate(crm, application)
    return [row for row in crm.rows["notes"].values() if row.get("reference") and row["candidates"] == [whose]]


def moved(crm: JobAdderStandIn) -> list[Any]:
    """The moves that JobAdder was asked to make."""
    return [each.json for each in crm.heard if each.method == "PUT" and each.path.endswith("/status")]


def connects(agency: Agency, crm: JobAdderStandIn) -> None:
    """The admin connects it with a refresh token that was used up; the health view says so, and it is repaired."""
    steps = connect(agency, crm, credentials={**crm.credentials, "refresh_token": "used"})["steps"]
    agency.work()
    health = agency.health()
    assert (health["status"], health["failure"]) == (
        "failing",
        "JobAdder did not take the refresh token: consent to Keepwarm again.",
    )
    agency.change(credentials={"refresh_token": crm.credentials["refresh_token"]})
    agency.work()
    assert (agency.health()["status"], agency.health()["failure"]) == ("ok", None)
    assert [heard.path for heard in crm.heard].count("/v2/webhooks") == 1
    register(agency, crm, steps)


def brings_in_what_was(agency: Agency) -> None:
    """What was there before comes in; a status that no map knows is listed, learnt and applied."""
    backfill = agency.backfill(day(1, month=4))
    agency.work()
    progress = agency.progress(backfill)
    assert progress["finished_at"]
    # Of what was changed too, JobAdder's two filters tell twice; it is kept once.
    assert {each["stream"]: each["new"] for each in progress["streams"]} == {
        "companies": 1,
        "contacts": 1,
        "candidates": 5,
        "jobs": 1,
        "applications": 5,
        "interviews": 1,
        "notes": 1,
        "placements": 0,
    }
    assert agency.unmapped() == {"Partner interview": "stage"}
    assert agency.pipeline() == {"Elena Kovač": "interview_scheduled", "Felix Ande": "awaiting_decision"}
    agency.change(stage_map={"Partner interview": "interview_scheduled"})
    agency.work()
    assert agency.unmapped() == {}
    assert agency.pipeline()["Chloe Duval"] == "interview_scheduled"
    before = agency.everything_told()
    again = agency.backfill(day(1, month=4))
    agency.work()
    assert {each["new"] for each in agency.progress(again)["streams"]} == {0}
    assert agency.everything_told() == before


def books_and_interviews(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """An interview is told at once. That it is put off is never told: the poll brings it. When it ends, ring."""
    elena = people["Elena"]
    interview = book(crm, elena, day(4, 13), "interview_scheduled")
    agency.wait(seconds=10)
    assert [(each["starts_at"], each["status"]) for each in agency.interviews(elena)] == [
        ("2026-05-04T13:00:00Z", "scheduled")
    ]
    crm.change("interviews", interview, **times(day(4, 15)))
    agency.wait(minutes=15)
    assert [each["starts_at"] for each in agency.interviews(elena)] == ["2026-05-04T15:00:00Z"]
    agency.wait(day(4, 14, 30))
    assert ("follow_up_hiring_manager", "Elena Kovač") not in agency.worklist()
    agency.wait(day(4, 16))
    assert ("follow_up_hiring_manager", "Elena Kovač") in agency.worklist()
    assert agency.stage(elena) == "interviewed"


def misses_the_follow_up(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """Nobody rings. The next morning that is a flag, and one note in JobAdder, whose echo says nothing."""
    elena = people["Elena"]
    agency.change(write_back={"flags": True, "propose_moves": True})
    agency.wait(day(5))
    flag = agency.flags(elena)["follow_up_overdue"]
    assert flag["severity"] == "warning"
    [told] = ours(crm, elena)
    assert flag["reason"] in told["text"]
    assert (told["applications"], told["createdByIntegration"]) == ([elena], True)
    [id] = [id for id, row in crm.rows["notes"].items() if row is told]
    agency.wait(minutes=5)
    [echo] = [event for event in agency.events() if event["key"].startswith(f"notes:{id}:")]
    assert [each["outcome"] for each in echo["outcome"]][-1] == "echo"
    assert (ours(crm, elena), agency.interactions(elena)) == ([told], [])
    written = {each.path.rpartition("/")[2] for each in crm.heard if each.method in ("POST", "PUT")}
    assert written == {"token", "webhooks", "notes"}, "nothing that anybody would be sent a message by"


def rings_after_all(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """The recruiter rings and writes a note of it there: the flag is cleared, and that is noted once."""
    elena = people["Elena"]
    note(crm, elena, "Rang Iris: they liked her, decision on Friday.")
    agency.wait(minutes=5)
    [said] = agency.interactions(elena)
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert "follow_up_overdue" not in agency.flags(elena)
    agency.wait(minutes=5)
    assert [each["text"].partition("\n")[0] for each in ours(crm, elena)] == [
        "Keepwarm: follow up overdue (warning)",
        "Keepwarm: no longer follow up overdue",
    ]
    agency.wait(minutes=5)
    assert len(ours(crm, elena)) == 2
    assert agency.interactions(elena) == [said]


def hires(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """Statuses and placements are followed; told twice or out of order they change nothing."""
    elena = people["Elena"]
    crm.move(elena, OFFER)
    agency.wait(minutes=1)
    assert agency.stage(elena) == "offer"
    application = crm.rows["applications"][elena]
    crm.advance(minutes=1)
    whose = {"candidate": application["candidate"], "job": application["job"]}
    approved = {"approved": True, "approvedAt": crm._stamp()}
    crm.add("placements", "placement_approved", type="Permanent", **whose, **approved)
    agency.wait(hours=1)
    assert agency.stage(elena) == "accepted"
    before = agency.everything_told()
    agency.send_again(*reversed(crm.deliveries))
    assert agency.everything_told() == before


def moves_from_here(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """A stage moved here is moved there after a recruiter's word, once, and its echo is nothing new."""
    felix = people["Felix"]
    id = agency.application(felix)["id"]
    done(agency.recruiter.post(f"/v1/applications/{id}/transitions", {"to": "offer"}))
    agency.work()
    [proposal] = [move for move in agency.moves() if move["application_id"] == id]
    assert (proposal["state"], proposal["status"], moved(crm)) == ("proposed", "Offer", [])
    done(agency.recruiter.post(f"/v1/stage-moves/{proposal['id']}/approve"), 200)
    before = agency.everything_told()
    agency.wait(minutes=1)
    agency.wait(minutes=15)
    assert moved(crm) == [{"statusId": OFFER}]
    assert crm.rows["applications"][felix]["status"] == OFFER
    assert agency.everything_told() == before
    assert [move["state"] for move in agency.moves()] == ["moved"]


def deletes(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]) -> None:
    """A candidate who is deleted ends it; that stands in an hourly list. JobAdder tells of no mergers."""
    delete(crm, people["Chloe"])
    before = list(crm.rows["notes"])
    agency.wait(hours=1)
    assert list(crm.rows["notes"]) == before
    assert agency.pipeline() == {"Felix Ande": "offer", "Elena Kovač": "accepted"}
    assert agency.stage(people["Chloe"]) == "cancelled"
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


def test_a_story_from_the_first_credential_to_the_hire(agency: Agency, crm: JobAdderStandIn, people: dict[str, str]):
    connects(agency, crm)
    brings_in_what_was(agency)
    books_and_interviews(agency, crm, people)
    misses_the_follow_up(agency, crm, people)
    rings_after_all(agency, crm, people)
    hires(agency, crm, people)
    moves_from_here(agency, crm, people)
    deletes(agency, crm, people)


def test_a_backfill_goes_on_where_jobadder_failed_in_the_middle(
    agency: Agency, crm: JobAdderStandIn, people: dict[str, str]
):
    connect(agency, crm)
    agency.work()
    backfill = agency.backfill(day(1, month=4))
    for status, wait in ((429, 20), (500, 60)):
        agency.service.run(sync_once, agency.workers.context)
        crm.fail_next(status, retry_after=20 if status == 429 else None)
        agency.work()
        progress = agency.progress(backfill)
        assert progress["finished_at"] is None
        assert [each["failure"] for each in progress["streams"] if each["failure"]] == [f"JobAdder answered {status}."]
        agency.clock.advance(seconds=wait)
    crm.expire_tokens()
    agency.work()
    assert agency.progress(backfill)["finished_at"]
    assert agency.health()["failure"] is None
    assert agency.pipeline().keys() == {"Elena Kovač", "Felix Ande"}
    once = [(event["type"], event["key"]) for event in agency.events()]
    assert len(once) == len(set(once)) == 15


def test_a_webhook_that_jobadder_suspended_is_enabled_and_what_it_missed_is_fetched(
    agency: Agency, crm: JobAdderStandIn, people: dict[str, str]
):
    """Ten failures in an hour, and JobAdder sends no more and forgets what it had to tell."""
    steps = connect(agency, crm)["steps"]
    agency.work()
    agency.backfill(day(1, month=4))
    agency.work()
    webhook = register(agency, crm, steps)
    other = {"name": "Keepwarm of the other branch", "url": "https://other.example/hooks/1", "status": "Suspended"}
    crm.webhooks["other"] = {"webhookId": "other", "events": [], **other}
    crm.advance(minutes=1)
    crm.move(people["Felix"], OFFER)
    for _ in range(9):
        crm.change("candidates", candidate(crm, people["Ben"]), "candidate_updated")
    assert set(crm.send(lambda delivery: 503)) == {503}
    assert (webhook["status"], crm.deliveries) == ("Suspended", [])
    crm.change("companies", crm.rows["jobs"][crm.rows["applications"][people["Elena"]]["job"]]["company"], name="Acme")
    agency.clock.now += timedelta(minutes=5)
    agency.service.run(sync_once, agency.workers.context)
    health = agency.health()
    assert (health["status"], health["suspended_at"]) == ("suspended", "2026-05-04T09:05:00Z")
    [enabled] = [one for one in crm.webhooks.values() if one["status"] == "Enabled"]
    assert (enabled["url"], enabled["authorization"]) == (webhook["url"], f"Bearer {agency.secret}")
    assert crm.webhooks["other"]["status"] == "Suspended"
    agency.work()
    [backfill] = [one for one in agency.see(agency.path("/backfills"))["items"] if "stopped sending" in one["reason"]]
    assert (backfill["since"], bool(backfill["finished_at"])) == ("2026-05-04T09:00:00Z", True)
    assert agency.stage(people["Felix"]) == "offer"
    assert [one["name"] for one in agency.see("/v1/organisations")["items"]] == ["Acme"]
    agency.wait(day(4, 9, 10))
    assert agency.health()["status"] == "ok"
    crm.move(people["Elena"], OFFER)
    assert crm.send(agency.hook) == [200]
    agency.work()
    assert agency.stage(people["Elena"]) == "offer"
