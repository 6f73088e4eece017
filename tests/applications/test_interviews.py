"""Interviews: booked, moved, and their outcome."""

from datetime import timedelta

import pytest

from tests.applications.desk import Desk, at, day, done, refused


def test_a_booking_was_made_when_it_is_recorded_unless_it_says_otherwise(desk: Desk):
    booked = desk.add(f"applications/{desk.id}/interviews", starts_at=day(6), ends_at=day(6, 10))
    assert at(booked["booked_at"]) == desk.clock.now
    assert (booked["status"], booked["status_at"], booked["round"], booked["kind"]) == ("scheduled", None, 1, "other")


def test_a_booking_was_made_no_later_than_the_interview_started(desk: Desk):
    booked = desk.add(f"applications/{desk.id}/interviews", starts_at=day(2), ends_at=day(2, 10))
    assert at(booked["booked_at"]) == day(2)


@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show"])
def test_what_became_of_an_interview_holds_from_its_recording_or_its_end_whichever_is_earlier(desk: Desk, status: str):
    past = desk.interview(ended=day(2, 10), status=status)
    assert at(past["status_at"]) == day(2, 10)
    ahead = desk.interview(ended=day(6, 10), status=status)
    assert at(ahead["status_at"]) == desk.clock.now
    told = desk.interview(ended=day(6, 10), status=status, status_at=day(2))
    assert at(told["status_at"]) == day(2)


def test_a_scheduled_interview_has_no_time_of_its_status(desk: Desk):
    assert desk.interview(status_at=day(1))["status_at"] is None


def test_each_round_is_one_more_than_the_rounds_that_were_not_cancelled(desk: Desk):
    assert desk.interview(ended=day(2))["round"] == 1
    assert desk.interview(ended=day(3))["round"] == 2
    cancelled = desk.interview(ended=day(6))
    assert cancelled["round"] == 3
    desk.patch(f"interviews/{cancelled['id']}", status="cancelled")
    assert desk.interview(ended=day(7))["round"] == 3
    assert desk.interview(ended=day(8), round=7)["round"] == 7
    assert desk.interview(ended=day(9))["round"] == 8


def test_an_interview_cannot_end_before_it_starts(desk: Desk):
    answer = desk.post(f"applications/{desk.id}/interviews", starts_at=day(6, 10), ends_at=day(6, 9, 59))
    refused(answer, 422, pointer="/ends_at")
    booked = desk.interview(ended=day(6, 10))
    refused(desk.admin.patch(f"/v1/interviews/{booked['id']}", {"ends_at": "2026-05-06T08:59:00Z"}), 422)
    desk.add(f"applications/{desk.id}/interviews", starts_at=day(6, 10), ends_at=day(6, 10))


def test_an_ended_application_must_be_reopened_before_an_interview_is_booked(desk: Desk):
    done(desk.moves("withdrawn", reason="Took another job"))
    body = {"starts_at": day(6), "ends_at": day(6, 10)}
    refused(desk.post(f"applications/{desk.id}/interviews", **body), 409, "application_ended")
    desk.clock.advance(hours=1)
    done(desk.moves("interview_scheduled", reopen=True, reason="Changed their mind"))
    desk.add(f"applications/{desk.id}/interviews", **body)


def test_a_booking_made_before_the_ending_may_be_told_late(desk: Desk):
    done(desk.moves("rejected", reason="Position frozen"))
    desk.clock.advance(days=1)
    desk.add(f"applications/{desk.id}/interviews", booked_at=day(2), starts_at=day(6), ends_at=day(6, 10))


def test_moved_times_are_judged_anew_at_once(desk: Desk):
    booked = desk.interview(ended=day(6, 10))
    assert desk.get(f"applications/{desk.id}")["effective_stage"] == "interview_scheduled"
    moved = {"starts_at": day(1, 9), "ends_at": day(1, 10)}
    desk.patch(f"interviews/{booked['id']}", **moved)
    assert desk.get(f"applications/{desk.id}")["effective_stage"] == "interviewed"
    assert desk.standing()["follow_up_overdue"] == "warning"
    assert at(desk.flag("follow_up_overdue")["since"]) == day(2, 0)
    desk.patch(f"interviews/{booked['id']}", starts_at=day(7), ends_at=day(7, 10))
    assert "follow_up_overdue" not in desk.standing()
    assert desk.get(f"applications/{desk.id}")["effective_stage"] == "interview_scheduled"


def test_a_missed_interview_leaves_nothing_booked(desk: Desk):
    booked = desk.interview(ended=day(1, 10))
    assert "nothing_booked" not in desk.standing()
    desk.patch(f"interviews/{booked['id']}", status="no_show")
    assert desk.standing() == {}
    desk.wait(day(5, 0))
    assert desk.flag("nothing_booked")["evidence"] == [booked["id"]]


def test_a_status_taken_back_takes_its_time_with_it(desk: Desk):
    booked = desk.interview(ended=day(2, 10), status="no_show")
    changed = desk.patch(f"interviews/{booked['id']}", status="completed")
    assert at(changed["status_at"]) == day(2, 10)
    assert desk.patch(f"interviews/{booked['id']}", status="scheduled")["status_at"] is None


def test_a_status_that_is_told_again_keeps_its_time(desk: Desk):
    booked = desk.interview(ended=day(6, 10), status="cancelled")
    desk.clock.advance(hours=3)
    again = desk.patch(f"interviews/{booked['id']}", status="cancelled", kind="video")
    assert (again["status_at"], again["kind"]) == (booked["status_at"], "video")


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "round", "kind", "status", "interviewer_ids"])
def test_what_every_interview_has_cannot_be_emptied(desk: Desk, field: str):
    booked = desk.interview()
    refused(desk.admin.patch(f"/v1/interviews/{booked['id']}", {field: None}), 422, pointer=f"/{field}")


def test_interviewers_work_at_the_organisation(desk: Desk):
    ours = desk.add(f"organisations/{desk.organisation['id']}/client-contacts", name="Kim", role="interviewer")
    bolt = desk.add("organisations", name="Bolt")
    theirs = desk.add(f"organisations/{bolt['id']}/client-contacts", name="Lee", role="interviewer")
    assert desk.interview(interviewer_ids=[ours["id"]])["interviewer_ids"] == [ours["id"]]
    body = {"starts_at": day(6), "ends_at": day(6, 10), "interviewer_ids": [ours["id"], theirs["id"]]}
    refused(desk.post(f"applications/{desk.id}/interviews", **body), 404, pointer="/interviewer_ids")


def test_interviews_are_listed_by_their_start_page_by_page(desk: Desk):
    for number in (9, 2, 6):
        desk.interview(ended=day(number))
    first = desk.get(f"applications/{desk.id}/interviews", limit=2)
    second = desk.get(f"applications/{desk.id}/interviews", limit=2, cursor=first["next_cursor"])
    starts = [at(item["starts_at"]) for item in first["items"] + second["items"]]
    assert starts == [day(number) - timedelta(hours=1) for number in (2, 6, 9)]
    assert second["next_cursor"] is None


def test_a_change_made_to_another_state_than_the_one_read_is_refused(desk: Desk):
    booked = desk.interview()
    read = desk.admin.get(f"/v1/interviews/{booked['id']}")
    desk.patch(f"interviews/{booked['id']}", kind="panel")
    answer = desk.admin.patch(
        f"/v1/interviews/{booked['id']}", {"kind": "phone"}, headers={"If-Match": read.headers["etag"]}
    )
    refused(answer, 412, "precondition_failed")
