"""The way from the offer to the first day as five CRMs tell it: written offers, first days that move, references."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories import test_jobadder, test_recruitcrm
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.bullhorn import candidate, millis, submit
from tests.connectors.stories.bullhorn import connect as connect_bullhorn
from tests.crms.ashby import AshbyServer
from tests.crms.bullhorn import BullhornStandIn
from tests.crms.greenhouse import GreenhouseServer
from tests.crms.jobadder import JobAdderStandIn
from tests.crms.recruitcrm import RecruitCrmServer

FIRST, LATER = "2026-06-15", "2026-06-22"


@pytest.fixture
def crm(request: pytest.FixtureRequest) -> Iterator[Any]:
    with request.param() as server:
        yield server


def of(server: type) -> Any:
    return pytest.mark.parametrize("crm", [server], indirect=True, ids=[server.__name__])


def milestones(agency: Agency, id: object) -> list[tuple[str, str, str | None]]:
    """Kind, day and first day of the milestones that stand, the oldest first."""
    return [(each["kind"], each["at"][:10], each["on"]) for each in facts(agency, id) if each["voided_at"] is None]


def voided(agency: Agency, id: object) -> list[tuple[str, str]]:
    """Kind and reason of the milestones that were taken back."""
    return [(each["kind"], each["void_reason"]) for each in facts(agency, id) if each["voided_at"] is not None]


def facts(agency: Agency, id: object, what: str = "milestones") -> list[Row]:
    items: list[Row] = agency.see(f"/v1/applications/{agency.application(id)['id']}/{what}")["items"]
    return items


def told_again(agency: Agency, id: object) -> None:
    """Everything that was delivered comes once more, backwards, and changes nothing."""
    before = facts(agency, id)
    agency.send_again(*reversed(agency.crm.deliveries))
    assert facts(agency, id) == before


def settled(agency: Agency) -> None:
    """Nothing failed on the way, and nothing waits."""
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


# --- Greenhouse ---


def greenhouse(agency: Agency, crm: GreenhouseServer, **body: Any) -> int:
    """An application in the stage Offer, of which Greenhouse has told."""
    stages = {"Review": "ignore", "Onsite": "interview_scheduled", "Offer": "offer"}
    usual = {"settings": crm.settings, "credentials": crm.credentials, "stage_map": stages}
    agency.connect("greenhouse", **(usual | body))
    crm.secret = str(agency.secret)
    job = crm.add_job()
    elena = crm.apply(job)
    crm.move(elena, job + 3)
    agency.wait(hours=1)
    return elena


@of(GreenhouseServer)
def test_greenhouse_tells_when_an_offer_was_sent_and_which_first_day_was_accepted(
    agency: Agency, crm: GreenhouseServer
):
    elena = greenhouse(agency, crm)
    assert (agency.stage(elena), milestones(agency, elena)) == ("offer", []), "the stage is no written offer"
    offer = crm.offer(elena, starts_on=FIRST)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [], "an offer that was not sent is not in writing"
    crm.change_offer(offer, sent_on="2026-05-04")
    agency.wait(days=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-04", None)]
    crm.change_offer(offer, status="accepted", resolved_at="2026-05-05T10:00:00Z")
    crm.hire(elena)
    agency.wait(days=1)
    agreed = [("written_offer", "2026-05-04", None), ("start_agreed", "2026-05-05", FIRST)]
    assert (agency.stage(elena), milestones(agency, elena)) == ("accepted", agreed)
    told_again(agency, elena)
    crm.change_offer(offer, starts_on=LATER)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [*agreed, ("start_agreed", "2026-05-06", LATER)]
    assert voided(agency, elena) == []
    told_again(agency, elena)
    settled(agency)


@of(GreenhouseServer)
def test_greenhouse_takes_back_an_offer_that_is_replaced_or_deleted(agency: Agency, crm: GreenhouseServer):
    elena = greenhouse(agency, crm)
    crm.offer(elena, starts_on=FIRST, sent_on="2026-05-04")
    agency.wait(hours=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-04", None)]
    new = crm.offer(elena, starts_on=LATER)
    agency.wait(hours=1)
    assert milestones(agency, elena) == []
    assert voided(agency, elena) == [("written_offer", "Withdrawn in Our CRM")]
    crm.change_offer(new, sent_on="2026-05-04")
    agency.wait(hours=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-04", None)]
    crm.delete_offer(new)
    agency.wait(hours=1)
    assert milestones(agency, elena) == []
    settled(agency)


@of(GreenhouseServer)
def test_a_backfill_of_greenhouse_brings_the_first_day(agency: Agency, crm: GreenhouseServer):
    elena = greenhouse(agency, crm)
    crm.offer(elena, starts_on=FIRST, sent_on="2026-05-04", status="accepted", resolved_at="2026-05-04T09:30:00Z")
    crm.deliveries.clear()
    agency.backfill(day(1))
    agency.wait(hours=1)
    assert ("start_agreed", "2026-05-04", FIRST) in milestones(agency, elena)


@of(GreenhouseServer)
def test_greenhouse_without_a_credential_tells_the_offer_of_a_hire(agency: Agency, crm: GreenhouseServer):
    elena = greenhouse(agency, crm, credentials={})
    offer = {"id": 9, "version": 2, "sent_at": "2026-05-01", "resolved_at": "2026-05-02T10:00:00Z", "starts_at": FIRST}
    payload = crm._payload(elena) | {"offer": offer}
    crm._tell("hire_candidate", {"application": payload})
    agency.wait(hours=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-01", None), ("start_agreed", "2026-05-02", FIRST)]


@of(GreenhouseServer)
def test_what_a_recruiter_voided_stays_voided_until_greenhouse_has_another_day(agency: Agency, crm: GreenhouseServer):
    elena = greenhouse(agency, crm)
    offer = crm.offer(elena, starts_on=FIRST, status="accepted", resolved_at="2026-05-04T10:00:00Z")
    agency.wait(hours=1)
    [agreed] = facts(agency, elena)
    done(agency.recruiter.post(f"/v1/milestones/{agreed['id']}/void", {"reason": "Not so."}), 200)
    crm.change_offer(offer, notes="Something else")
    agency.wait(hours=1)
    assert milestones(agency, elena) == []
    crm.change_offer(offer, starts_on=LATER)
    agency.wait(hours=1)
    assert [on for _, _, on in milestones(agency, elena)] == [LATER]
    settled(agency)


# --- Ashby ---


def ashby(agency: Agency, crm: AshbyServer) -> str:
    """An application in the stage Offer, of which Ashby has told."""
    stages = {"Application Review": "ignore", "Offer": "offer"}
    agency.connect("ashby", settings=crm.settings, credentials=crm.credentials, stage_map=stages)
    crm.secret = str(agency.secret)
    noor = crm.apply(crm.add_job())
    crm.move(noor, "stage-offer", "Offer")
    agency.wait(hours=1)
    return noor


@of(AshbyServer)
def test_ashby_tells_an_offer_in_writing_by_its_signature_and_a_first_day_by_its_acceptance(
    agency: Agency, crm: AshbyServer
):
    noor = ashby(agency, crm)
    offer = crm.offer(noor, starts_on=FIRST)
    agency.wait(hours=1)
    assert milestones(agency, noor) == [], "an offer that is out may be spoken"
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    written = [("written_offer", "2026-05-04", None)]
    assert milestones(agency, noor) == written
    crm.signature(offer, "completed")
    crm.offer(noor, "Accepted", offer)
    agency.wait(days=1)
    agreed = [*written, ("start_agreed", "2026-05-04", FIRST)]
    assert (agency.stage(noor), milestones(agency, noor)) == ("accepted", agreed)
    told_again(agency, noor)
    crm.offer(noor, "Accepted", offer, starts_on=LATER)
    agency.wait(hours=1)
    assert milestones(agency, noor) == [*agreed, ("start_agreed", "2026-05-05", LATER)]
    crm.delete_offer(offer)
    agency.wait(hours=1)
    assert milestones(agency, noor) == [], "neither the day that it was moved to nor the one before"
    settled(agency)


@of(AshbyServer)
def test_a_signature_that_ashby_cancelled_is_no_offer_in_writing(agency: Agency, crm: AshbyServer):
    noor = ashby(agency, crm)
    offer = crm.offer(noor, starts_on=FIRST)
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    crm.signature(offer, "cancelled")
    agency.wait(hours=1)
    assert (milestones(agency, noor), len(voided(agency, noor))) == ([], 1)
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    assert milestones(agency, noor) == [("written_offer", "2026-05-04", None)]


# --- Bullhorn ---


@of(BullhornStandIn)
def test_bullhorn_tells_the_first_day_of_a_placement_and_its_references(agency: Agency, crm: BullhornStandIn):
    company = crm.add("ClientCorporation", name="Acme Foods")
    contact = crm.add("ClientContact", name="Iris Novak", clientCorporation={"id": company})
    about: Row = {"clientCorporation": {"id": company}, "clientContact": {"id": contact}}
    job = crm.add("JobOrder", title="Head Chef", isOpen=True, **about)
    connect_bullhorn(agency, crm)
    agency.work()
    elena = submit(crm, job, "Elena Kovač")
    crm.change("JobSubmission", elena, status="Offer Extended")
    agency.wait(minutes=5)
    whose: Row = {"candidate": {"id": candidate(crm, elena)}, "jobOrder": {"id": job}}

    referee: Row = {"referenceFirstName": "Tom", "referenceLastName": "Tomson", "referenceEmail": ""}
    asked = crm.add("CandidateReference", status="Pending", referencePhone="", **referee, **whose)
    agency.wait(minutes=20)
    [check] = facts(agency, elena, "checks")
    assert (check["kind"], check["label"], check["result_from"]) == ("reference", "T.T.", "recruiter")
    assert (check["asked_at"][:16], check["ready_at"], check["done_at"]) == ("2026-05-04T09:05", None, None)
    crm.change("CandidateReference", asked, referenceEmail="tom@example.com")
    agency.wait(minutes=20)
    assert facts(agency, elena, "checks")[0]["ready_at"][:16] == "2026-05-04T09:25"
    crm.change("CandidateReference", asked, status="Completed")
    agency.wait(minutes=20)
    crm.change("CandidateReference", asked, candidateTitle=None, status="Completed")
    agency.wait(minutes=20)
    [check] = facts(agency, elena, "checks")
    assert (check["ready_at"][11:16], check["done_at"][11:16]) == ("09:25", "09:45"), "the first version dates a step"
    assert "Tom" not in str(agency.events())
    crm.change("CandidateReference", asked, isDeleted=True)
    agency.wait(minutes=20)
    assert facts(agency, elena, "checks")[0]["void_reason"] == "Deleted in Our CRM"

    began = agency.clock.now
    placement = crm.add(
        "Placement", status="Approved", jobSubmission={"id": elena}, dateBegin=millis(day(15, 0, month=6)), **whose
    )
    agency.wait(minutes=5)
    assert agency.stage(elena) == "accepted"
    agreed = ("start_agreed", began.date().isoformat(), FIRST)
    assert milestones(agency, elena) == [agreed]
    agency.wait(days=1)
    crm.change("Placement", placement, dateBegin=millis(day(22, 0, month=6)))
    agency.wait(minutes=5)
    moved = (began + timedelta(days=1)).date().isoformat()
    assert milestones(agency, elena) == [agreed, ("start_agreed", moved, LATER)]
    crm.remove("Placement", placement)
    agency.wait(minutes=5)
    assert milestones(agency, elena) == [], "neither the day that it was moved to nor the one before"
    settled(agency)


# --- Recruit CRM ---


@of(RecruitCrmServer)
@pytest.mark.parametrize("field", ["7", None])
def test_recruit_crm_tells_the_first_day_of_a_placement_where_its_field_is_named(
    agency: Agency, crm: RecruitCrmServer, field: str | None
):
    settings = crm.settings | ({"placement_start_field": field} if field else {})
    test_recruitcrm.connect(agency, crm, settings=settings)
    company = crm.add_company()
    job = crm.add_job(company, crm.add_contact(company))
    person = crm.add_candidate()
    crm.move(person, job, 9, "Offered")
    agency.wait(hours=1)
    priya = f"{person}:{job}"
    placement = crm.place(person, job, FIRST)
    agency.wait(days=1)
    assert agency.stage(priya) == "accepted"
    if field is None:
        assert facts(agency, priya) == []
        return
    assert milestones(agency, priya) == [("start_agreed", "2026-05-04", FIRST)]
    crm.change_placement(placement, LATER)
    agency.wait(hours=1)
    both = [("start_agreed", "2026-05-04", FIRST), ("start_agreed", "2026-05-05", LATER)]
    assert milestones(agency, priya) == both
    told_again(agency, priya)
    assert agency.stage(priya) == "accepted"
    crm.take_back(person, job)
    agency.wait(hours=1)
    assert (agency.stage(priya), milestones(agency, priya)) == ("offer", [])
    settled(agency)


# --- JobAdder ---


@of(JobAdderStandIn)
def test_jobadder_tells_the_first_day_of_an_approved_placement(agency: Agency, crm: JobAdderStandIn):
    crm.statuses |= {9: "Placed"}
    ids = crm.desk()
    made = test_jobadder.connect(agency, crm, stage_map=test_jobadder.STAGES | {"Placement: Placed": "accepted"})
    agency.work()
    test_jobadder.register(agency, crm, made["steps"])
    jasmine = ids["applications"]
    crm.move(jasmine, test_jobadder.OFFER)
    agency.wait(hours=1)
    whose: Row = {"candidate": ids["candidates"], "job": ids["jobs"], "type": "Permanent", "status": 9}
    placement = crm.add("placements", "placement_status_changed", approved=False, startDate=FIRST, **whose)
    agency.wait(hours=1)
    assert (agency.stage(jasmine), milestones(agency, jasmine)) == ("accepted", []), "it is not approved yet"
    approved_at = "2026-05-04T11:00:00Z"
    crm.change("placements", placement, "placement_approved", approved=True, approvedAt=approved_at)
    agency.wait(days=1)
    assert milestones(agency, jasmine) == [("start_agreed", "2026-05-04", FIRST)]
    crm.change("placements", placement, startDate=LATER)  # of which only the poll tells
    agency.wait(hours=1)
    assert milestones(agency, jasmine)[1:] == [("start_agreed", "2026-05-05", LATER)]
    told_again(agency, jasmine)
    crm.change("placements", placement, "placement_status_changed", approved=False)
    agency.wait(hours=1)
    assert milestones(agency, jasmine) == []
    assert voided(agency, jasmine) == [("start_agreed", "Withdrawn in Our CRM")] * 2
    settled(agency)
