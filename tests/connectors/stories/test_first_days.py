"""The way from the offer to the first day in five CRMs: written offers, first days that move, references."""

from datetime import timedelta
from typing import Any

import pytest

from tests.applications.agency_client import Row, day, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import Ashby, Bullhorn, Driver, Greenhouse, JobAdder, RecruitCrm, of
from tests.connectors.stories.drivers.bullhorn import millis
from tests.connectors.stories.drivers.driver import Id

FIRST, LATER = "2026-06-15", "2026-06-22"


def offered(agency: Agency, driver: Driver, **body: Any) -> Id:
    """Connect the CRM; return an application in the stage of the offer."""
    driver.connect(agency, **body)
    agency.work()
    driver.job = driver.add_job()
    application = driver.apply()
    driver.move(application, "offer")
    agency.wait(hours=1)
    return application


def milestones(agency: Agency, id: object) -> list[tuple[str, str, str | None]]:
    """Return kind, day and first day of the milestones that are not voided, the oldest first."""
    return [
        (each["kind"], each["at"][:10], each["on"])
        for each in agency.facts(id, "milestones")
        if each["voided_at"] is None
    ]


def voided(agency: Agency, id: object) -> list[tuple[str, str]]:
    """Return kind and reason of the voided milestones."""
    return [
        (each["kind"], each["void_reason"]) for each in agency.facts(id, "milestones") if each["voided_at"] is not None
    ]


def repeats(agency: Agency, id: Id) -> None:
    """Send every delivery once more, the newest first, and check that nothing changes."""
    before = agency.facts(id, "milestones")
    agency.send_again(*reversed(agency.crm.deliveries))
    assert agency.facts(id, "milestones") == before


def check_end(agency: Agency) -> None:
    """Check that nothing failed and nothing waits."""
    assert {event["state"] for event in agency.events()} <= {"applied", "ignored"}
    assert agency.health()["status"] == "ok"


# --- Greenhouse ---


@of(Greenhouse)
def test_greenhouse_reports_when_an_offer_was_sent_and_the_accepted_first_day(agency: Agency, driver: Greenhouse):
    crm = driver.crm
    elena = offered(agency, driver)
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
    repeats(agency, elena)
    crm.change_offer(offer, starts_on=LATER)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [*agreed, ("start_agreed", "2026-05-06", LATER)]
    assert voided(agency, elena) == []
    repeats(agency, elena)
    check_end(agency)


@of(Greenhouse)
def test_an_offer_that_greenhouse_replaces_or_deletes_is_voided(agency: Agency, driver: Greenhouse):
    crm = driver.crm
    elena = offered(agency, driver)
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
    check_end(agency)


@of(Greenhouse)
def test_a_backfill_of_greenhouse_brings_the_first_day(agency: Agency, driver: Greenhouse):
    crm = driver.crm
    elena = offered(agency, driver)
    crm.offer(elena, starts_on=FIRST, sent_on="2026-05-04", status="accepted", resolved_at="2026-05-04T09:30:00Z")
    crm.deliveries.clear()
    agency.backfill(day(1))
    agency.wait(hours=1)
    assert ("start_agreed", "2026-05-04", FIRST) in milestones(agency, elena)


@of(Greenhouse)
def test_greenhouse_without_a_credential_reports_the_offer_of_a_hire(agency: Agency, driver: Greenhouse):
    crm = driver.crm
    elena = offered(agency, driver, credentials={})
    offer = {"id": 9, "version": 2, "sent_at": "2026-05-01", "resolved_at": "2026-05-02T10:00:00Z", "starts_at": FIRST}
    payload = crm._payload(elena) | {"offer": offer}
    crm._tell("hire_candidate", {"application": payload})
    agency.wait(hours=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-01", None), ("start_agreed", "2026-05-02", FIRST)]


@of(Greenhouse)
def test_what_a_recruiter_voided_stays_voided_until_greenhouse_has_another_day(agency: Agency, driver: Greenhouse):
    crm = driver.crm
    elena = offered(agency, driver)
    offer = crm.offer(elena, starts_on=FIRST, status="accepted", resolved_at="2026-05-04T10:00:00Z")
    agency.wait(hours=1)
    [agreed] = agency.facts(elena, "milestones")
    done(agency.recruiter.post(f"/v1/milestones/{agreed['id']}/void", {"reason": "Not so."}), 200)
    crm.change_offer(offer, notes="Something else")
    agency.wait(hours=1)
    assert milestones(agency, elena) == []
    crm.change_offer(offer, starts_on=LATER)
    agency.wait(hours=1)
    assert [on for _, _, on in milestones(agency, elena)] == [LATER]
    check_end(agency)


# --- Ashby ---


@of(Ashby)
def test_ashby_reports_an_offer_in_writing_by_its_signature_and_a_first_day_by_its_acceptance(
    agency: Agency, driver: Ashby
):
    crm = driver.crm
    elena = offered(agency, driver)
    offer = crm.offer(elena, starts_on=FIRST)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [], "an offer that is out may be spoken"
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    written = [("written_offer", "2026-05-04", None)]
    assert milestones(agency, elena) == written
    crm.signature(offer, "completed")
    crm.offer(elena, "Accepted", offer)
    agency.wait(days=1)
    agreed = [*written, ("start_agreed", "2026-05-04", FIRST)]
    assert (agency.stage(elena), milestones(agency, elena)) == ("accepted", agreed)
    repeats(agency, elena)
    crm.offer(elena, "Accepted", offer, starts_on=LATER)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [*agreed, ("start_agreed", "2026-05-05", LATER)]
    crm.delete_offer(offer)
    agency.wait(hours=1)
    assert milestones(agency, elena) == [], "neither the later day nor the first"
    check_end(agency)


@of(Ashby)
def test_a_signature_that_ashby_cancelled_is_no_offer_in_writing(agency: Agency, driver: Ashby):
    crm = driver.crm
    elena = offered(agency, driver)
    offer = crm.offer(elena, starts_on=FIRST)
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    crm.signature(offer, "cancelled")
    agency.wait(hours=1)
    assert (milestones(agency, elena), len(voided(agency, elena))) == ([], 1)
    crm.signature(offer, "sent")
    agency.wait(hours=1)
    assert milestones(agency, elena) == [("written_offer", "2026-05-04", None)]


# --- Bullhorn ---


@of(Bullhorn)
def test_bullhorn_reports_the_first_day_of_a_placement_and_its_references(agency: Agency, driver: Bullhorn):
    crm = driver.crm
    elena = offered(agency, driver)
    whose: Row = {"candidate": {"id": driver.candidate(elena)}, "jobOrder": {"id": driver.job}}
    referee: Row = {"referenceFirstName": "Tom", "referenceLastName": "Tomson", "referenceEmail": ""}
    asked = crm.add("CandidateReference", status="Pending", referencePhone="", **referee, **whose)
    agency.wait(minutes=20)
    [check] = agency.facts(elena, "checks")
    assert (check["kind"], check["label"], check["result_from"]) == ("reference", "T.T.", "recruiter")
    assert (check["asked_at"][:16], check["ready_at"], check["done_at"]) == ("2026-05-04T10:00", None, None)
    crm.change("CandidateReference", asked, referenceEmail="tom@example.com")
    agency.wait(minutes=20)
    assert agency.facts(elena, "checks")[0]["ready_at"][:16] == "2026-05-04T10:20"
    crm.change("CandidateReference", asked, status="Completed")
    agency.wait(minutes=20)
    crm.change("CandidateReference", asked, candidateTitle=None, status="Completed")
    agency.wait(minutes=20)
    [check] = agency.facts(elena, "checks")
    assert (check["ready_at"][11:16], check["done_at"][11:16]) == ("10:20", "10:40"), "the first version dates a step"
    assert "Tom" not in str(agency.events())
    crm.change("CandidateReference", asked, isDeleted=True)
    agency.wait(minutes=20)
    assert agency.facts(elena, "checks")[0]["void_reason"] == "Deleted in Our CRM"

    began = agency.clock.now
    placement = driver.place(elena, dateBegin=millis(day(15, 0, month=6)))
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
    assert milestones(agency, elena) == [], "neither the later day nor the first"
    check_end(agency)


# --- Recruit CRM ---


@of(RecruitCrm)
@pytest.mark.parametrize("field", ["7", None])
def test_recruit_crm_reports_the_first_day_of_a_placement_where_its_field_is_named(
    agency: Agency, driver: RecruitCrm, field: str | None
):
    crm = driver.crm
    settings = crm.settings | ({"placement_start_field": field} if field else {})
    elena = offered(agency, driver, settings=settings)
    placement = crm.place(driver.candidate(elena), driver.job, FIRST)
    agency.wait(days=1)
    assert agency.stage(elena) == "accepted"
    if field is None:
        assert agency.facts(elena, "milestones") == []
        return
    assert milestones(agency, elena) == [("start_agreed", "2026-05-04", FIRST)]
    crm.change_placement(placement, LATER)
    agency.wait(hours=1)
    both = [("start_agreed", "2026-05-04", FIRST), ("start_agreed", "2026-05-05", LATER)]
    assert milestones(agency, elena) == both
    repeats(agency, elena)
    assert agency.stage(elena) == "accepted"
    crm.take_back(driver.candidate(elena), driver.job)
    agency.wait(hours=1)
    assert (agency.stage(elena), milestones(agency, elena)) == ("offer", [])
    check_end(agency)


# --- JobAdder ---


@of(JobAdder)
def test_jobadder_reports_the_first_day_of_an_approved_placement(agency: Agency, driver: JobAdder):
    crm = driver.crm
    crm.statuses |= {9: "Placed"}
    elena = offered(agency, driver, stage_map=driver.stage_map | {"Placement: Placed": "accepted"})
    whose: Row = {"candidate": driver.candidate(elena), "job": driver.job, "type": "Permanent", "status": 9}
    placement = crm.add("placements", "placement_status_changed", approved=False, startDate=FIRST, **whose)
    agency.wait(hours=1)
    assert (agency.stage(elena), milestones(agency, elena)) == ("accepted", []), "it is not approved yet"
    approved_at = "2026-05-04T11:00:00Z"
    crm.change("placements", placement, "placement_approved", approved=True, approvedAt=approved_at)
    agency.wait(days=1)
    assert milestones(agency, elena) == [("start_agreed", "2026-05-04", FIRST)]
    crm.change("placements", placement, startDate=LATER)  # which only the poll finds
    agency.wait(hours=1)
    assert milestones(agency, elena)[1:] == [("start_agreed", "2026-05-05", LATER)]
    repeats(agency, elena)
    crm.change("placements", placement, "placement_status_changed", approved=False)
    agency.wait(hours=1)
    assert milestones(agency, elena) == []
    assert voided(agency, elena) == [("start_agreed", "Withdrawn in Our CRM")] * 2
    check_end(agency)
