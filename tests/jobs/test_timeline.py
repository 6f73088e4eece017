"""Statements about a job's timeline, over HTTP. The tests begin on Monday 4 May 2026, 19:00 in Sydney."""

from typing import Any

import pytest

from app.webhooks.models import event
from tests.agencies import asked_again, made, rows


@pytest.fixture
def job(admin, organisation):
    """A vacancy at an organisation in Sydney."""
    return made(admin, "/v1/jobs", {"title": "Nurse", "organisation_id": organisation["id"]})


@pytest.fixture
def tell(admin, job):
    """Return a function that records a revision: `tell("client", "2026-05-01T10:00:00+10:00", decision_by=…)`."""

    def tell(stated_by, stated_at, **what):
        body = {"stated_by": stated_by, "stated_at": stated_at, **what}
        return made(admin, f"/v1/jobs/{job['id']}/timeline-revisions", body)

    return tell


@pytest.fixture
def timeline(admin, job):
    """Return a function that reads the job's timeline."""
    return lambda: admin.get(f"/v1/jobs/{job['id']}/timeline").json()


def test_a_job_of_which_nothing_was_said_has_an_empty_timeline(job, timeline):
    empty: dict[str, Any] = {"current": None, "date": None, "first_decision_by": None, "slip": None, "revisions": []}
    assert timeline() == {"job_id": job["id"]} | empty


def test_a_revision_is_said_now_unless_it_says_when(admin, job):
    revision = made(admin, f"/v1/jobs/{job['id']}/timeline-revisions", {"stated_by": "client", "note": "soon"})
    assert revision["stated_at"] == revision["recorded_at"] == "2026-05-04T09:00:00Z"
    assert revision["job_id"] == job["id"]
    assert revision["voided_at"] is revision["void_reason"] is revision["decision_by"] is None
    assert admin.get(f"/v1/timeline-revisions/{revision['id']}").json() == revision


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"stated_by": "client"}, "/"),
        ({"stated_by": "client", "confidence": "high"}, "/"),
        ({"stated_by": "client", "note": " "}, "/note"),
        ({"stated_by": "interviewer", "note": "soon"}, "/stated_by"),
        ({"stated_by": "client", "note": "soon", "stated_at": "2026-05-04T09:06:00Z"}, "/stated_at"),
        ({"stated_by": "client", "note": "soon", "stated_at": "2026-05-04T08:00:00"}, "/stated_at"),
        ({"stated_by": "client", "decision_by": "8 May"}, "/decision_by"),
    ],
)
def test_a_revision_that_tells_nothing_or_lies_in_the_future_is_refused(admin, job, body, pointer):
    answer = admin.post(f"/v1/jobs/{job['id']}/timeline-revisions", json=body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])


def test_a_date_that_was_already_past_when_it_was_recorded_is_accepted(tell, timeline):
    tell("client", "2026-05-04T08:00:00Z", decision_by="2026-05-01")
    assert timeline()["date"] == "2026-05-01"


def test_the_latest_word_with_a_date_stands_whatever_the_order_of_telling(tell, timeline):
    tell("recruiter", "2026-05-01T10:00:00+10:00", decision_by="2026-05-15", contact_from="2026-05-18")
    tell("client", "2026-04-20T10:00:00+10:00", decision_by="2026-05-08")
    tell("client", "2026-05-02T10:00:00+10:00", next_step="The panel meets on Monday")
    tell("candidate", "2026-05-03T10:00:00+10:00", decision_by="2026-05-29")
    found = timeline()
    assert found["current"]["decision_by"] == "2026-05-15"
    assert found["date"] == "2026-05-18"
    assert [revision["stated_at"] for revision in found["revisions"]] == [
        "2026-04-20T00:00:00Z", "2026-05-01T00:00:00Z", "2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z",
    ]  # fmt: skip


def test_what_only_the_candidate_heard_stands_where_nobody_else_named_a_date(tell, timeline):
    tell("client", "2026-05-01T10:00:00+10:00", note="not sure yet")
    heard = tell("candidate", "2026-04-30T10:00:00+10:00", decision_by="2026-05-08")
    assert timeline()["current"]["id"] == heard["id"]
    assert timeline()["first_decision_by"] == "2026-05-08"


def test_the_later_recorded_wins_when_two_were_stated_at_once(tell, timeline, clock):
    tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-15")
    clock.advance(minutes=1)
    later = tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-08")
    assert timeline()["current"]["id"] == later["id"]


def test_a_slip_counts_the_clients_business_days(tell, timeline):
    """From Thursday 2 April over Good Friday and Easter Monday to Wednesday 8 April: two business days in Sydney."""
    tell("client", "2026-03-30T10:00:00+11:00", decision_by="2026-04-02")
    tell("client", "2026-04-02T10:00:00+11:00", decision_by="2026-04-08")
    tell("client", "2026-04-08T10:00:00+10:00", contact_from="2026-04-10")
    tell("client", "2026-04-09T10:00:00+10:00", decision_by="2026-04-07")
    found = timeline()
    assert [revision["slip"] for revision in found["revisions"]] == [None, 2, None, 0]
    assert (found["first_decision_by"], found["slip"]) == ("2026-04-02", 1)


def test_a_slip_follows_the_organisations_calendar(admin, organisation, tell, timeline):
    tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-04")
    tell("client", "2026-05-02T10:00:00+10:00", decision_by="2026-05-07")
    assert timeline()["slip"] == 3
    admin.patch(f"/v1/organisations/{organisation['id']}", json={"holiday_region": "JP"})
    assert timeline()["slip"] == 1  # the 4th to the 6th of May are holidays in Japan


def test_a_candidates_hearsay_is_no_slip_of_the_client(tell, timeline):
    tell("candidate", "2026-04-30T10:00:00+10:00", decision_by="2026-05-05")
    tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-08")
    found = timeline()
    assert [revision["slip"] for revision in found["revisions"]] == [None, None]
    assert (found["first_decision_by"], found["slip"]) == ("2026-05-08", 0)


def test_a_voided_revision_stays_visible_and_counts_for_nothing(admin, tell, timeline):
    first = tell("client", "2026-04-29T10:00:00+10:00", decision_by="2026-05-01")
    wrong = tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-29")
    tell("client", "2026-05-02T10:00:00+10:00", decision_by="2026-05-05")
    path = f"/v1/timeline-revisions/{wrong['id']}"
    voided = admin.post(f"{path}/void", json={"reason": "that was another job"})
    expected = wrong | {"voided_at": "2026-05-04T09:00:00Z", "void_reason": "that was another job"}
    assert (voided.status_code, voided.json()) == (200, expected)
    assert admin.get(path).json() == expected
    found = timeline()
    assert [revision["slip"] for revision in found["revisions"]] == [None, None, 2]
    assert found["slip"] == 2
    again = admin.post(f"{path}/void", json={"reason": "that was another job"})
    assert (again.status_code, again.json()["code"]) == (409, "already_voided")
    assert admin.post(f"/v1/timeline-revisions/{first['id']}/void", json={}).status_code == 422


def test_a_voided_revision_is_not_corrected(admin, job):
    path = "/v1/timeline-revisions/by-ref/jobadder/1"
    body = {"job_id": job["id"], "stated_by": "client", "decision_by": "2026-05-08"}
    revision = admin.put(path, json=body).json()
    admin.post(f"/v1/timeline-revisions/{revision['id']}/void", json={"reason": "wrong"})
    assert admin.put(path, json=body).status_code == 200  # a CRM that says it again says nothing new
    assert admin.put(path, json=body | {"decision_by": "2026-05-09"}).status_code == 409


def test_a_statement_repeated_without_a_time_keeps_its_time(admin, job, clock):
    path = "/v1/timeline-revisions/by-ref/jobadder/1"
    body = {"job_id": job["id"], "stated_by": "client", "decision_by": "2026-05-08"}
    first = admin.put(path, json=body).json()
    clock.advance(days=3)
    assert admin.put(path, json=body).json() == first
    assert admin.put(path, json=body | {"stated_at": None}).json() == first
    future = admin.put(path, json=body | {"stated_at": "2026-05-08T09:00:00Z"})
    assert (future.status_code, future.json()["code"]) == (422, "in_the_future")


def test_each_revision_has_the_job_reassessed_and_is_an_event(service, admin, job):
    path = "/v1/timeline-revisions/by-ref/jobadder/1"
    body = {"job_id": job["id"], "stated_by": "client", "decision_by": "2026-05-08", "note": "Kim said so"}
    revision = admin.put(path, json=body).json()
    admin.put(path, json=body)  # nothing new
    admin.put(path, json=body | {"decision_by": "2026-05-11"})
    admin.post(f"/v1/timeline-revisions/{revision['id']}/void", json={"reason": "wrong"})
    assert asked_again(service) == [("job", job["id"])] * 3
    events = sorted(rows(service, event), key=lambda row: row.id)
    assert [row.type for row in events] == ["timeline.revised"] * 3
    data = {"timeline_revision_id": revision["id"], "job_id": job["id"], "stated_at": "2026-05-04T09:00:00Z"}
    assert [row.data for row in events] == [data | {"change": change} for change in ("recorded", "changed", "voided")]


def test_revisions_are_listed_in_the_order_in_which_they_were_said(admin, job, tell):
    days = ["2026-05-03", "2026-05-01", "2026-05-02"]
    for day in days:
        tell("client", f"{day}T10:00:00.5+10:00", note=day)
    path = f"/v1/jobs/{job['id']}/timeline-revisions"
    first = admin.get(path, params={"limit": 2}).json()
    rest = admin.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [item["note"] for item in first["items"] + rest["items"]] == sorted(days)
    assert rest["next_cursor"] is None


def test_another_agency_neither_hears_nor_tells_anything(stranger, job, tell):
    revision = tell("client", "2026-05-01T10:00:00+10:00", decision_by="2026-05-08")
    base = f"/v1/jobs/{job['id']}"
    assert stranger.get(f"{base}/timeline").status_code == 404
    assert stranger.get(f"{base}/timeline-revisions").status_code == 404
    body = {"stated_by": "client", "note": "mine"}
    assert stranger.post(f"{base}/timeline-revisions", json=body).status_code == 404
    assert stranger.get(f"/v1/timeline-revisions/{revision['id']}").status_code == 404
    assert stranger.post(f"/v1/timeline-revisions/{revision['id']}/void", json={"reason": "x"}).status_code == 404
