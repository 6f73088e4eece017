"""Interviews: booked, moved, and their outcome."""

from datetime import timedelta

import pytest

from tests.applications.agency_client import AgencyClient, at, day, done, refused


def test_a_booking_was_made_when_it_is_recorded_unless_it_says_otherwise(agency: AgencyClient):
    booked = agency.add(f"applications/{agency.id}/interviews", starts_at=day(6), ends_at=day(6, 10))
    assert at(booked["booked_at"]) == agency.clock.now
    assert (booked["status"], booked["status_at"], booked["round"], booked["kind"]) == ("scheduled", None, 1, "other")


def test_a_booking_was_made_no_later_than_the_interview_started(agency: AgencyClient):
    booked = agency.add(f"applications/{agency.id}/interviews", starts_at=day(2), ends_at=day(2, 10))
    assert at(booked["booked_at"]) == day(2)


@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show"])
def test_what_became_of_an_interview_holds_from_its_recording_or_its_end_whichever_is_earlier(
    agency: AgencyClient, status: str
):
    past = agency.interview(ended=day(2, 10), status=status)
    assert at(past["status_at"]) == day(2, 10)
    ahead = agency.interview(ended=day(6, 10), status=status)
    assert at(ahead["status_at"]) == agency.clock.now
    interview = agency.interview(ended=day(6, 10), status=status, status_at=day(2))
    assert at(interview["status_at"]) == day(2)


def test_a_scheduled_interview_has_no_time_of_its_status(agency: AgencyClient):
    assert agency.interview(status_at=day(1))["status_at"] is None


def test_each_round_is_one_more_than_the_rounds_that_were_not_cancelled(agency: AgencyClient):
    assert agency.interview(ended=day(2))["round"] == 1
    assert agency.interview(ended=day(3))["round"] == 2
    cancelled = agency.interview(ended=day(6))
    assert cancelled["round"] == 3
    agency.patch(f"interviews/{cancelled['id']}", status="cancelled")
    assert agency.interview(ended=day(7))["round"] == 3
    assert agency.interview(ended=day(8), round=7)["round"] == 7
    assert agency.interview(ended=day(9))["round"] == 8


def test_an_interview_cannot_end_before_it_starts(agency: AgencyClient):
    answer = agency.post(f"applications/{agency.id}/interviews", starts_at=day(6, 10), ends_at=day(6, 9, 59))
    refused(answer, 422, pointer="/ends_at")
    booked = agency.interview(ended=day(6, 10))
    refused(agency.admin.patch(f"/v1/interviews/{booked['id']}", {"ends_at": "2026-05-06T08:59:00Z"}), 422)
    agency.add(f"applications/{agency.id}/interviews", starts_at=day(6, 10), ends_at=day(6, 10))


def test_an_ended_application_must_be_reopened_before_an_interview_is_booked(agency: AgencyClient):
    done(agency.moves("withdrawn", reason="Took another job"))
    body = {"starts_at": day(6), "ends_at": day(6, 10)}
    refused(agency.post(f"applications/{agency.id}/interviews", **body), 409, "application_ended")
    agency.clock.advance(hours=1)
    done(agency.moves("interview_scheduled", reopen=True, reason="Changed their mind"))
    agency.add(f"applications/{agency.id}/interviews", **body)


def test_a_booking_made_before_the_ending_may_be_recorded_late(agency: AgencyClient):
    done(agency.moves("rejected", reason="Position frozen"))
    agency.clock.advance(days=1)
    agency.add(f"applications/{agency.id}/interviews", booked_at=day(2), starts_at=day(6), ends_at=day(6, 10))


def test_moved_times_are_reassessed_at_once(agency: AgencyClient):
    booked = agency.interview(ended=day(6, 10))
    assert agency.get(f"applications/{agency.id}")["effective_stage"] == "interview_scheduled"
    moved = {"starts_at": day(1, 9), "ends_at": day(1, 10)}
    agency.patch(f"interviews/{booked['id']}", **moved)
    assert agency.get(f"applications/{agency.id}")["effective_stage"] == "interviewed"
    assert agency.active_flags()["follow_up_overdue"] == "warning"
    assert at(agency.flag("follow_up_overdue")["since"]) == day(2, 0)
    agency.patch(f"interviews/{booked['id']}", starts_at=day(7), ends_at=day(7, 10))
    assert "follow_up_overdue" not in agency.active_flags()
    assert agency.get(f"applications/{agency.id}")["effective_stage"] == "interview_scheduled"


def test_a_missed_interview_leaves_nothing_booked(agency: AgencyClient):
    booked = agency.interview(ended=day(1, 10))
    assert "nothing_booked" not in agency.active_flags()
    agency.patch(f"interviews/{booked['id']}", status="no_show")
    assert agency.active_flags() == {}
    agency.wait(day(5, 0))
    assert agency.flag("nothing_booked")["evidence"] == [booked["id"]]


def test_a_status_taken_back_takes_its_time_with_it(agency: AgencyClient):
    booked = agency.interview(ended=day(2, 10), status="no_show")
    changed = agency.patch(f"interviews/{booked['id']}", status="completed")
    assert at(changed["status_at"]) == day(2, 10)
    assert agency.patch(f"interviews/{booked['id']}", status="scheduled")["status_at"] is None


def test_a_status_that_is_sent_again_keeps_its_time(agency: AgencyClient):
    booked = agency.interview(ended=day(6, 10), status="cancelled")
    agency.clock.advance(hours=3)
    again = agency.patch(f"interviews/{booked['id']}", status="cancelled", kind="video")
    assert (again["status_at"], again["kind"]) == (booked["status_at"], "video")


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "round", "kind", "status", "interviewer_ids"])
def test_what_every_interview_has_cannot_be_emptied(agency: AgencyClient, field: str):
    booked = agency.interview()
    refused(agency.admin.patch(f"/v1/interviews/{booked['id']}", {field: None}), 422, pointer=f"/{field}")


def test_interviewers_work_at_the_organisation(agency: AgencyClient):
    ours = agency.add(f"organisations/{agency.organisation['id']}/client-contacts", name="Kim", role="interviewer")
    bolt = agency.add("organisations", name="Bolt")
    theirs = agency.add(f"organisations/{bolt['id']}/client-contacts", name="Lee", role="interviewer")
    assert agency.interview(interviewer_ids=[ours["id"]])["interviewer_ids"] == [ours["id"]]
    body = {"starts_at": day(6), "ends_at": day(6, 10), "interviewer_ids": [ours["id"], theirs["id"]]}
    refused(agency.post(f"applications/{agency.id}/interviews", **body), 404, pointer="/interviewer_ids")


def test_interviews_are_listed_by_their_start_page_by_page(agency: AgencyClient):
    for number in (9, 2, 6):
        agency.interview(ended=day(number))
    first = agency.get(f"applications/{agency.id}/interviews", limit=2)
    second = agency.get(f"applications/{agency.id}/interviews", limit=2, cursor=first["next_cursor"])
    starts = [at(item["starts_at"]) for item in first["items"] + second["items"]]
    assert starts == [day(number) - timedelta(hours=1) for number in (2, 6, 9)]
    assert second["next_cursor"] is None


def test_a_change_made_to_another_state_than_the_one_read_is_refused(agency: AgencyClient):
    booked = agency.interview()
    read = agency.admin.get(f"/v1/interviews/{booked['id']}")
    agency.patch(f"interviews/{booked['id']}", kind="panel")
    answer = agency.admin.patch(
        f"/v1/interviews/{booked['id']}", {"kind": "phone"}, headers={"If-Match": read.headers["etag"]}
    )
    refused(answer, 412, "precondition_failed")
