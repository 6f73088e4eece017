"""Instants in the future: refused, except for five minutes, because clocks differ."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.applications.desk import Desk, at, day, done, refused

Teller = Callable[[Desk, str], httpx.Response]


def _commitment(desk: Desk) -> str:
    made = {"owed_by": "client", "description": "Decide", "due_on": "2026-05-08"}
    return str(desk.add(f"applications/{desk.id}/commitments", **made)["id"])


FIELDS: dict[str, tuple[str, Teller]] = {
    "an interaction": (
        "/occurred_at",
        lambda desk, ahead: desk.post(
            f"applications/{desk.id}/interactions", from_party="client", to_party="recruiter", occurred_at=ahead
        ),
    ),
    "a follow-up": (
        "/occurred_at",
        lambda desk, ahead: desk.post(f"interviews/{desk.interview()['id']}/follow-ups", occurred_at=ahead),
    ),
    "a debrief": (
        "/occurred_at",
        lambda desk, ahead: desk.post(f"interviews/{desk.interview()['id']}/debriefs", occurred_at=ahead),
    ),
    "a timeline revision": (
        "/stated_at",
        lambda desk, ahead: desk.post(
            f"jobs/{desk.job['id']}/timeline-revisions", stated_by="client", stated_at=ahead, decision_by="2026-05-08"
        ),
    ),
    "a promise": (
        "/made_at",
        lambda desk, ahead: desk.post(
            f"applications/{desk.id}/commitments",
            owed_by="client", description="Decide", due_on="2026-05-08", made_at=ahead,
        ),
    ),
    "a promise kept": (
        "/fulfilled_at",
        lambda desk, ahead: desk.admin.patch(f"/v1/commitments/{_commitment(desk)}", {"fulfilled_at": ahead}),
    ),
    "a promise dropped": (
        "/cancelled_at",
        lambda desk, ahead: desk.admin.patch(f"/v1/commitments/{_commitment(desk)}", {"cancelled_at": ahead}),
    ),
    "a booking": (
        "/booked_at",
        lambda desk, ahead: desk.post(
            f"applications/{desk.id}/interviews", booked_at=ahead, starts_at=day(6), ends_at=day(6, 10)
        ),
    ),
    "an interview's status": (
        "/status_at",
        lambda desk, ahead: desk.post(
            f"applications/{desk.id}/interviews",
            starts_at=day(6), ends_at=day(6, 10), status="cancelled", status_at=ahead,
        ),
    ),
    "a changed status": (
        "/status_at",
        lambda desk, ahead: desk.admin.patch(
            f"/v1/interviews/{desk.interview()['id']}", {"status": "no_show", "status_at": ahead}
        ),
    ),
    "an opening": (
        "/opened_at",
        lambda desk, ahead: desk.post(
            "applications", candidate_id=desk.candidate["id"], job_id=desk.job["id"], opened_at=ahead
        ),
    ),
    "a move": ("/at", lambda desk, ahead: desk.moves("interviewed", at=ahead)),
    "a waiver": (
        "/waived_at",
        lambda desk, ahead: desk.post(
            f"interviews/{desk.interview()['id']}/follow-up-waiver", reason="No need", waived_at=ahead
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fact", FIELDS)
def test_more_than_five_minutes_ahead_is_refused(desk: Desk, fact: str):
    pointer, tell = FIELDS[fact]
    limit = desk.clock.now + timedelta(minutes=5)
    refused(tell(desk, (limit + timedelta(microseconds=1)).isoformat()), 422, "in_the_future", pointer)
    assert tell(desk, limit.isoformat()).status_code in {200, 201}


def test_a_word_from_a_clock_that_is_ahead_counts_when_its_time_comes(desk: Desk):
    desk.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    desk.wait(day(6))
    desk.says("candidate", "recruiter", "answer", occurred_at=day(6, 9, 4))
    assert "going_quiet" in desk.standing()
    desk.wait(day(6, 9, 3))
    assert "going_quiet" in desk.standing()
    desk.wait(day(6, 9, 4))
    assert "going_quiet" not in desk.standing()


def test_a_move_from_a_clock_that_is_ahead_counts_when_its_time_comes(desk: Desk):
    done(desk.moves("interviewed", at=day(4, 9, 5)))
    assert desk.stage() == "interview_scheduled"
    desk.wait(day(4, 9, 5))
    assert desk.stage() == "interviewed"


def test_a_missed_interview_told_by_a_clock_that_is_ahead_counts_when_its_time_comes(desk: Desk):
    desk.interview(ended=day(6), status="cancelled", status_at=day(4, 9, 5))
    assert desk.actions() == []
    desk.wait(day(4, 9, 5))
    assert desk.actions() == ["book_interview"]


def test_a_timeline_from_a_clock_that_is_ahead_counts_when_its_time_comes(desk: Desk):
    desk.interview(ended=day(1, 10))
    desk.wait(day(5))
    assert "timeline_missing" in desk.standing()
    desk.add(
        f"jobs/{desk.job['id']}/timeline-revisions",
        stated_by="client",
        stated_at=day(5, 9, 4),
        decision_by="2026-05-08",
    )
    desk.sweep()
    assert "timeline_missing" in desk.standing()
    desk.wait(day(5, 9, 4))
    assert "timeline_missing" not in desk.standing()


def test_an_instant_without_an_offset_is_refused(desk: Desk):
    body = {"from_party": "client", "to_party": "recruiter", "occurred_at": "2026-05-04T09:00:00"}
    refused(desk.post(f"applications/{desk.id}/interactions", **body), 422, pointer="/occurred_at")


def test_an_instant_is_answered_in_utc_wherever_it_was_told(desk: Desk):
    said = desk.says("client", "recruiter", occurred_at="2026-05-04T18:30:00+10:00")
    assert said["occurred_at"] == "2026-05-04T08:30:00Z"
    assert at(said["occurred_at"]) == day(4, 8, 30)
