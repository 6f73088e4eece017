"""Calendar exceptions on an application: what is due, what stands after a sweep, and what the reasons count."""

from typing import Any

import pytest

from app.access.models import reassessment
from tests.applications.agency_client import AgencyClient, day, done
from tests.service import Client, Service

CLOSED = [{"date": "2026-05-05", "working": False}, {"date": "2026-05-06", "working": False}]


def agrees(agency: AgencyClient, *applications: str) -> None:
    """Assert that the stored state equals a new assessment."""
    assert agency.rows(reassessment) == []
    for one in applications or (agency.id,):
        assert agency.active_flags(one) == agency.found(one)


def overdue(agency: AgencyClient) -> bool:
    return "commitment_overdue" in agency.found()


def promises(agency: AgencyClient, owed_by: str, due_on: str = "2026-05-05") -> None:
    agency.add(f"applications/{agency.id}/commitments", owed_by=owed_by, description="References", due_on=due_on)


def at_organisation(agency: AgencyClient, exceptions: list[dict[str, Any]]) -> None:
    agency.patch(f"organisations/{agency.organisation['id']}", calendar_exceptions=exceptions)


def test_the_office_is_closed_for_two_days(agency: AgencyClient):
    agency.says("candidate", "recruiter", "question")
    agency.wait(day(6, 9))
    assert agency.active_flags()["reply_owed"] == "watch"
    agency.patch("agency", calendar_exceptions=CLOSED)
    assert "reply_owed" not in agency.found(), "the assessment is computed again and right at once"
    agency.sweep()
    assert "reply_owed" not in agency.active_flags()
    agrees(agency)
    agency.wait(day(8, 9))
    assert agency.active_flags()["reply_owed"] == "watch"
    agrees(agency)
    agency.patch("agency", calendar_exceptions=[])
    agency.sweep()
    assert agency.active_flags()["reply_owed"] == "warning"


def test_the_office_is_open_on_a_saturday(agency: AgencyClient):
    agency.patch("agency", calendar_exceptions=[{"date": "2026-05-09", "working": True}])
    agency.clock.now = day(8, 9)
    agency.says("candidate", "recruiter", "question")
    agency.wait(day(11, 9))
    assert agency.active_flags()["reply_owed"] == "watch"


def test_reasons_count_the_days_of_the_calendar(agency: AgencyClient):
    agency.patch("agency", calendar_exceptions=CLOSED)
    agency.says("candidate", "recruiter", "question")
    agency.wait(day(8, 9))
    assert "2 business days" in agency.flag("reply_owed")["reason"]
    (flag,) = [flag for flag in agency.assessment()["flags"] if flag["kind"] == "reply_owed"]
    assert "2 business days" in flag["reason"]


def test_an_organisation_works_on_a_holiday(service: Service, operator: Client):
    agency = AgencyClient(service, operator, holiday_region="GB-ENG")
    promises(agency, "client", "2026-05-04")
    agency.wait(day(5, 9))
    assert not overdue(agency), "the 4th is a holiday, so it is due on the 5th"
    at_organisation(agency, [{"name": "May Day", "working": True}])
    assert overdue(agency)
    agency.sweep()
    assert "commitment_overdue" in agency.active_flags()
    agrees(agency)


@pytest.mark.parametrize("party", ["client", "candidate"])
def test_the_agencys_list_holds_for_those_without_a_region(agency: AgencyClient, party: str):
    agency.patch("agency", calendar_exceptions=CLOSED)
    path = "organisations" if party == "client" else "candidates"
    theirs = f"{path}/{(agency.organisation if party == 'client' else agency.candidate)['id']}"
    promises(agency, party)
    agency.wait(day(6, 9))
    assert not overdue(agency)
    agency.patch(theirs, holiday_region="AU-NSW")
    assert overdue(agency), "with a region of their own the agency's list does not reach them"
    agency.patch(theirs, holiday_region=None, time_zone="Australia/Perth")
    assert not overdue(agency), "a time zone of their own changes nothing in that"
    agency.sweep()
    agrees(agency)


def test_the_organisations_date_decides_before_the_agencys_and_for_its_own_calendar_alone(agency: AgencyClient):
    agency.patch("agency", calendar_exceptions=CLOSED)
    promises(agency, "client")
    agency.wait(day(6, 9))
    assert not overdue(agency)
    at_organisation(agency, [{"date": "2026-05-05", "working": True}])
    assert overdue(agency)
    at_organisation(agency, [])
    promises(agency, "candidate")
    promises(agency, "recruiter")
    assert not overdue(agency)
    at_organisation(agency, [{"date": "2026-05-05", "working": True}])
    agency.sweep()
    assert len(agency.flag("commitment_overdue")["evidence"]) == 1, "the client's alone"
    agrees(agency)


def test_a_list_of_the_organisation_reaches_its_applications_alone(agency: AgencyClient):
    elsewhere = agency.open_elsewhere()["id"]
    for one in (agency.id, elsewhere):
        agency.interview(one, ended=day(4, 8))
    agency.wait(day(5, 9))
    for one in (agency.id, elsewhere):
        assert agency.active_flags(one)["follow_up_overdue"] == "warning"
    agency.wait(day(6, 9))
    assert (
        agency.active_flags()["follow_up_overdue"] == agency.active_flags(elsewhere)["follow_up_overdue"] == "critical"
    )
    at_organisation(agency, CLOSED)
    agency.sweep()
    assert agency.active_flags()["follow_up_overdue"] == "warning"
    assert agency.active_flags(elsewhere)["follow_up_overdue"] == "critical"
    agrees(agency, agency.id, elsewhere)


def test_a_list_of_the_agency_reaches_an_ended_application_that_still_owes_a_closing_word(agency: AgencyClient):
    done(agency.moves("rejected", reason="Pay"))
    agency.wait(day(6, 9))
    assert agency.active_flags() == {"closure_owed": "watch"}
    agency.patch("agency", calendar_exceptions=CLOSED)
    agency.sweep()
    assert agency.active_flags() == {}
    agency.patch("agency", calendar_exceptions=[])
    agency.sweep()
    assert agency.active_flags() == {"closure_owed": "watch"}
    agrees(agency)


def test_a_slip_of_the_timeline_is_counted_on_the_organisations_calendar(agency: AgencyClient):
    path = f"jobs/{agency.job['id']}/timeline-revisions"
    agency.add(path, stated_by="client", decision_by="2026-05-04", stated_at=day(3))
    agency.add(path, stated_by="client", decision_by="2026-05-08", stated_at=day(4, 8))
    slip = agency.get(f"jobs/{agency.job['id']}/timeline")
    at_organisation(agency, CLOSED)
    shorter = agency.get(f"jobs/{agency.job['id']}/timeline")
    assert (slip["slip"], shorter["slip"]) == (4, 2)
