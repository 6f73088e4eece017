"""Calendar exceptions on an application: what is due, what stands after a sweep, and what the reasons count."""

from typing import Any

import pytest

from app.access.models import reassessment
from tests.applications.desk import Desk, day, done
from tests.service import Client, Service

CLOSED = [{"date": "2026-05-05", "working": False}, {"date": "2026-05-06", "working": False}]


def agrees(desk: Desk, *applications: str) -> None:
    """Assert that the stored state equals a new assessment."""
    assert desk.rows(reassessment) == []
    for one in applications or (desk.id,):
        assert desk.standing(one) == desk.found(one)


def overdue(desk: Desk) -> bool:
    return "commitment_overdue" in desk.found()


def promises(desk: Desk, owed_by: str, due_on: str = "2026-05-05") -> None:
    desk.add(f"applications/{desk.id}/commitments", owed_by=owed_by, description="References", due_on=due_on)


def at_organisation(desk: Desk, exceptions: list[dict[str, Any]]) -> None:
    desk.patch(f"organisations/{desk.organisation['id']}", calendar_exceptions=exceptions)


def test_the_office_is_closed_for_two_days(desk: Desk):
    desk.says("candidate", "recruiter", "question")
    desk.wait(day(6, 9))
    assert desk.standing()["reply_owed"] == "watch"
    desk.patch("agency", calendar_exceptions=CLOSED)
    assert "reply_owed" not in desk.found(), "the assessment is computed anew and right at once"
    desk.sweep()
    assert "reply_owed" not in desk.standing()
    agrees(desk)
    desk.wait(day(8, 9))
    assert desk.standing()["reply_owed"] == "watch"
    agrees(desk)
    desk.patch("agency", calendar_exceptions=[])
    desk.sweep()
    assert desk.standing()["reply_owed"] == "warning"


def test_the_office_is_open_on_a_saturday(desk: Desk):
    desk.patch("agency", calendar_exceptions=[{"date": "2026-05-09", "working": True}])
    desk.clock.now = day(8, 9)
    desk.says("candidate", "recruiter", "question")
    desk.wait(day(11, 9))
    assert desk.standing()["reply_owed"] == "watch"


def test_reasons_count_the_days_of_the_calendar(desk: Desk):
    desk.patch("agency", calendar_exceptions=CLOSED)
    desk.says("candidate", "recruiter", "question")
    desk.wait(day(8, 9))
    assert "2 business days" in desk.flag("reply_owed")["reason"]
    (flag,) = [flag for flag in desk.assessment()["flags"] if flag["kind"] == "reply_owed"]
    assert "2 business days" in flag["reason"]


def test_an_organisation_works_on_a_holiday(service: Service, operator: Client):
    desk = Desk(service, operator, holiday_region="GB-ENG")
    promises(desk, "client", "2026-05-04")
    desk.wait(day(5, 9))
    assert not overdue(desk), "the 4th is a holiday, so it is due on the 5th"
    at_organisation(desk, [{"name": "May Day", "working": True}])
    assert overdue(desk)
    desk.sweep()
    assert "commitment_overdue" in desk.standing()
    agrees(desk)


@pytest.mark.parametrize("party", ["client", "candidate"])
def test_the_agencys_list_holds_for_those_without_a_region(desk: Desk, party: str):
    desk.patch("agency", calendar_exceptions=CLOSED)
    path = "organisations" if party == "client" else "candidates"
    theirs = f"{path}/{(desk.organisation if party == 'client' else desk.candidate)['id']}"
    promises(desk, party)
    desk.wait(day(6, 9))
    assert not overdue(desk)
    desk.patch(theirs, holiday_region="AU-NSW")
    assert overdue(desk), "with a region of their own the agency's list does not reach them"
    desk.patch(theirs, holiday_region=None, time_zone="Australia/Perth")
    assert not overdue(desk), "a time zone of their own changes nothing in that"
    desk.sweep()
    agrees(desk)


def test_the_organisations_date_decides_before_the_agencys_and_for_its_own_calendar_alone(desk: Desk):
    desk.patch("agency", calendar_exceptions=CLOSED)
    promises(desk, "client")
    desk.wait(day(6, 9))
    assert not overdue(desk)
    at_organisation(desk, [{"date": "2026-05-05", "working": True}])
    assert overdue(desk)
    at_organisation(desk, [])
    promises(desk, "candidate")
    promises(desk, "recruiter")
    assert not overdue(desk)
    at_organisation(desk, [{"date": "2026-05-05", "working": True}])
    desk.sweep()
    assert len(desk.flag("commitment_overdue")["evidence"]) == 1, "the client's alone"
    agrees(desk)


def test_a_list_of_the_organisation_reaches_its_applications_alone(desk: Desk):
    elsewhere = desk.open_elsewhere()["id"]
    for one in (desk.id, elsewhere):
        desk.interview(one, ended=day(4, 8))
    desk.wait(day(5, 9))
    for one in (desk.id, elsewhere):
        assert desk.standing(one)["follow_up_overdue"] == "warning"
    desk.wait(day(6, 9))
    assert desk.standing()["follow_up_overdue"] == desk.standing(elsewhere)["follow_up_overdue"] == "critical"
    at_organisation(desk, CLOSED)
    desk.sweep()
    assert desk.standing()["follow_up_overdue"] == "warning"
    assert desk.standing(elsewhere)["follow_up_overdue"] == "critical"
    agrees(desk, desk.id, elsewhere)


def test_a_list_of_the_agency_reaches_an_ended_application_that_still_owes_a_closing_word(desk: Desk):
    done(desk.moves("rejected", reason="Pay"))
    desk.wait(day(6, 9))
    assert desk.standing() == {"closure_owed": "watch"}
    desk.patch("agency", calendar_exceptions=CLOSED)
    desk.sweep()
    assert desk.standing() == {}
    desk.patch("agency", calendar_exceptions=[])
    desk.sweep()
    assert desk.standing() == {"closure_owed": "watch"}
    agrees(desk)


def test_a_slip_of_the_timeline_is_counted_on_the_organisations_calendar(desk: Desk):
    path = f"jobs/{desk.job['id']}/timeline-revisions"
    desk.add(path, stated_by="client", decision_by="2026-05-04", stated_at=day(3))
    desk.add(path, stated_by="client", decision_by="2026-05-08", stated_at=day(4, 8))
    slip = desk.get(f"jobs/{desk.job['id']}/timeline")
    at_organisation(desk, CLOSED)
    shorter = desk.get(f"jobs/{desk.job['id']}/timeline")
    assert (slip["slip"], shorter["slip"]) == (4, 2)
