"""Instants in the future: refused, except for five minutes, because clocks differ."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.applications.agency_client import AgencyClient, at, day, done, refused

Teller = Callable[[AgencyClient, str], httpx.Response]


def _commitment(agency: AgencyClient) -> str:
    made = {"owed_by": "client", "description": "Decide", "due_on": "2026-05-08"}
    return str(agency.add(f"applications/{agency.id}/commitments", **made)["id"])


FIELDS: dict[str, tuple[str, Teller]] = {
    "an interaction": (
        "/occurred_at",
        lambda agency, ahead: agency.post(
            f"applications/{agency.id}/interactions", from_party="client", to_party="recruiter", occurred_at=ahead
        ),
    ),
    "a follow-up": (
        "/occurred_at",
        lambda agency, ahead: agency.post(f"interviews/{agency.interview()['id']}/follow-ups", occurred_at=ahead),
    ),
    "a debrief": (
        "/occurred_at",
        lambda agency, ahead: agency.post(f"interviews/{agency.interview()['id']}/debriefs", occurred_at=ahead),
    ),
    "a timeline revision": (
        "/stated_at",
        lambda agency, ahead: agency.post(
            f"jobs/{agency.job['id']}/timeline-revisions", stated_by="client", stated_at=ahead, decision_by="2026-05-08"
        ),
    ),
    "a promise": (
        "/made_at",
        lambda agency, ahead: agency.post(
            f"applications/{agency.id}/commitments",
            owed_by="client", description="Decide", due_on="2026-05-08", made_at=ahead,
        ),
    ),
    "a promise kept": (
        "/fulfilled_at",
        lambda agency, ahead: agency.admin.patch(f"/v1/commitments/{_commitment(agency)}", {"fulfilled_at": ahead}),
    ),
    "a promise dropped": (
        "/cancelled_at",
        lambda agency, ahead: agency.admin.patch(f"/v1/commitments/{_commitment(agency)}", {"cancelled_at": ahead}),
    ),
    "a booking": (
        "/booked_at",
        lambda agency, ahead: agency.post(
            f"applications/{agency.id}/interviews", booked_at=ahead, starts_at=day(6), ends_at=day(6, 10)
        ),
    ),
    "an interview's status": (
        "/status_at",
        lambda agency, ahead: agency.post(
            f"applications/{agency.id}/interviews",
            starts_at=day(6), ends_at=day(6, 10), status="cancelled", status_at=ahead,
        ),
    ),
    "a changed status": (
        "/status_at",
        lambda agency, ahead: agency.admin.patch(
            f"/v1/interviews/{agency.interview()['id']}", {"status": "no_show", "status_at": ahead}
        ),
    ),
    "an opening": (
        "/opened_at",
        lambda agency, ahead: agency.post(
            "applications", candidate_id=agency.candidate["id"], job_id=agency.job["id"], opened_at=ahead
        ),
    ),
    "a move": ("/at", lambda agency, ahead: agency.moves("interviewed", at=ahead)),
    "a waiver": (
        "/waived_at",
        lambda agency, ahead: agency.post(
            f"interviews/{agency.interview()['id']}/follow-up-waiver", reason="No need", waived_at=ahead
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fact", FIELDS)
def test_more_than_five_minutes_ahead_is_refused(agency: AgencyClient, fact: str):
    pointer, tell = FIELDS[fact]
    limit = agency.clock.now + timedelta(minutes=5)
    refused(tell(agency, (limit + timedelta(microseconds=1)).isoformat()), 422, "in_the_future", pointer)
    assert tell(agency, limit.isoformat()).status_code in {200, 201}


def test_a_word_from_a_clock_that_is_ahead_counts_when_its_time_comes(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    agency.wait(day(6))
    agency.says("candidate", "recruiter", "answer", occurred_at=day(6, 9, 4))
    assert "going_quiet" in agency.active_flags()
    agency.wait(day(6, 9, 3))
    assert "going_quiet" in agency.active_flags()
    agency.wait(day(6, 9, 4))
    assert "going_quiet" not in agency.active_flags()


def test_a_move_from_a_clock_that_is_ahead_counts_when_its_time_comes(agency: AgencyClient):
    done(agency.moves("interviewed", at=day(4, 9, 5)))
    assert agency.stage() == "interview_scheduled"
    agency.wait(day(4, 9, 5))
    assert agency.stage() == "interviewed"


def test_a_missed_interview_recorded_by_a_clock_that_is_ahead_counts_when_its_time_comes(agency: AgencyClient):
    agency.interview(ended=day(6), status="cancelled", status_at=day(4, 9, 5))
    assert agency.actions() == []
    agency.wait(day(4, 9, 5))
    assert agency.actions() == ["book_interview"]


def test_a_timeline_from_a_clock_that_is_ahead_counts_when_its_time_comes(agency: AgencyClient):
    agency.interview(ended=day(1, 10))
    agency.wait(day(5))
    assert "timeline_missing" in agency.active_flags()
    agency.add(
        f"jobs/{agency.job['id']}/timeline-revisions",
        stated_by="client",
        stated_at=day(5, 9, 4),
        decision_by="2026-05-08",
    )
    agency.sweep()
    assert "timeline_missing" in agency.active_flags()
    agency.wait(day(5, 9, 4))
    assert "timeline_missing" not in agency.active_flags()


def test_an_instant_without_an_offset_is_refused(agency: AgencyClient):
    body = {"from_party": "client", "to_party": "recruiter", "occurred_at": "2026-05-04T09:00:00"}
    refused(agency.post(f"applications/{agency.id}/interactions", **body), 422, pointer="/occurred_at")


def test_an_instant_is_answered_in_utc_wherever_it_was_recorded(agency: AgencyClient):
    said = agency.says("client", "recruiter", occurred_at="2026-05-04T18:30:00+10:00")
    assert said["occurred_at"] == "2026-05-04T08:30:00Z"
    assert at(said["occurred_at"]) == day(4, 8, 30)
