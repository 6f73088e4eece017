"""The list of candidates who are kept warm, and who of them came close for a similar job."""

from typing import Any

import pytest

from tests.agencies import as_role
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused


def kept(
    agency: AgencyClient, name: str, title: str = "Payroll Manager", client: str | None = None, /, **body: Any
) -> Row:
    """Create a candidate who was rejected and is kept warm. Returns the mark with the application's ids."""
    candidate = agency.add("candidates", name=name)["id"]
    organisation = client or agency.add("organisations", name=f"Client of {name}")["id"]
    job = agency.add("jobs", title=title, organisation_id=organisation)["id"]
    usual = {"candidate_id": candidate, "job_id": job, "stage": "awaiting_decision"}
    application = agency.open(**(usual | body))
    ending = agency.post(f"applications/{application['id']}/transitions", to="rejected", reason="A close second")
    done(ending)
    mark = agency.add(f"applications/{application['id']}/keep-warm-marks", until="2026-12-01", note=f"{name} is good")
    return application | {"mark": mark}


def names(agency: AgencyClient, **params: Any) -> list[str]:
    return [item["candidate"]["name"] for item in agency.get("keep-warm", **params)["items"]]


def test_a_line_tells_who_it_is_how_it_ended_and_when_to_get_in_touch(agency: AgencyClient):
    made = kept(agency, "Kim", stage="interview_scheduled")
    agency.interview(made["id"], ended=day(3, 10))
    agency.says("recruiter", "candidate", "information", made["id"], occurred_at=day(4, 8))
    (item,) = agency.get("keep-warm")["items"]
    assert item == {
        "mark_id": made["mark"]["id"],
        "application_id": made["id"],
        "candidate": {"id": made["candidate_id"], "name": "Kim"},
        "job": {"id": made["job_id"], "name": "Payroll Manager"},
        "organisation": {"id": made["organisation_id"], "name": "Client of Kim"},
        "recruiter_id": None,
        "stage": "rejected",
        "ended_at": "2026-05-04T09:00:00Z",
        "end_reason": "A close second",
        "furthest_stage": "interviewed",
        "interviews_held": 1,
        "marked_at": "2026-05-04T09:00:00Z",
        "until": "2026-12-01",
        "note": "Kim is good",
        "last_word_at": "2026-05-04T08:00:00Z",
        "opens_at": "2026-06-18T00:00:00Z",
        "match": None,
    }


def test_when_to_get_in_touch_follows_the_last_word_at_once(agency: AgencyClient):
    ann = kept(agency, "Ann")
    other = agency.open(candidate_id=ann["candidate_id"])["id"]
    assert at(agency.get("keep-warm")["items"][0]["opens_at"]) == day(18, 0, month=6)
    agency.clock.advance(days=2)
    said = agency.says("recruiter", "candidate", "check_in", other)
    (item,) = agency.get("keep-warm")["items"]
    assert (at(item["last_word_at"]), at(item["opens_at"])) == (day(6), day(20, 0, month=6))
    done(agency.post(f"interactions/{said['id']}/void", reason="Another Ann"), 200)
    (item,) = agency.get("keep-warm")["items"]
    assert (item["last_word_at"], at(item["opens_at"])) == (None, day(18, 0, month=6))
    agency.patch("policy", keep_warm={"enabled": False})
    agency.sweep()
    assert agency.get("keep-warm")["items"][0]["opens_at"] is None


def test_a_reminder_that_was_switched_off_comes_back(agency: AgencyClient):
    kept(agency, "Ann")
    agency.wait(day(13, month=6))  # nobody owes a closing word any more
    for enabled, opens_at in ((False, None), (True, "2026-06-18T00:00:00Z")):
        agency.patch("policy", keep_warm={"enabled": enabled})
        agency.sweep()
        assert agency.get("keep-warm")["items"][0]["opens_at"] == opens_at


def test_a_reminder_that_came_too_late_comes_in_time_with_a_shorter_interval(agency: AgencyClient):
    agency.patch("policy", keep_warm={"every_days": 300})
    kept(agency, "Ann")  # until 1 December
    agency.wait(day(13, month=6))
    assert agency.get("keep-warm")["items"][0]["opens_at"] is None
    agency.patch("policy", keep_warm=None)
    agency.sweep()
    assert agency.get("keep-warm")["items"][0]["opens_at"] == "2026-06-18T00:00:00Z"


def test_the_longest_without_a_word_comes_first_page_by_page(agency: AgencyClient):
    spoken = {"Ann": day(3, 12), "Bo": day(2, 12), "Cy": None, "Di": day(3, 8), "Ed": day(1, 12)}
    for name, when in spoken.items():
        made = kept(agency, name)
        if when is not None:
            agency.says("candidate", "recruiter", "answer", made["id"], occurred_at=when)
    expected = ["Cy", "Ed", "Bo", "Di", "Ann"]
    assert names(agency) == expected
    found: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = agency.get("keep-warm", **params)
        found += [item["candidate"]["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert found == expected
    refused(agency.admin.get("/v1/keep-warm", params=params | {"recruiter": agency.id}), 400, "bad_cursor")


def test_a_word_counts_on_any_application_and_only_between_the_two(agency: AgencyClient):
    made = kept(agency, "Ann")
    other = agency.open(candidate_id=made["candidate_id"])["id"]
    agency.says("recruiter", "candidate", "check_in", other, occurred_at=day(3, 10))
    agency.says("candidate", "client", "thank_you", other, occurred_at=day(3, 11))
    agency.says("recruiter", "candidate", "check_in", other, occurred_at=day(3, 12), automatic=True)
    wrong = agency.says("recruiter", "candidate", "check_in", other, occurred_at=day(3, 13))
    done(agency.post(f"interactions/{wrong['id']}/void", reason="Another Ann"), 200)
    (item,) = agency.get("keep-warm")["items"]
    assert at(item["last_word_at"]) == day(3, 10)


def test_only_marks_that_stand_and_hold_are_listed(agency: AgencyClient):
    gone = {name: kept(agency, name) for name in ("ended", "voided", "run out", "reopened", "erased", "again")}
    kept(agency, "Ann")
    agency.clock.advance(hours=1)
    agency.patch(f"keep-warm-marks/{gone['ended']['mark']['id']}", ended_at=agency.clock.now)
    done(agency.post(f"keep-warm-marks/{gone['voided']['mark']['id']}/void", reason="Another one"), 200)
    agency.patch(f"keep-warm-marks/{gone['run out']['mark']['id']}", until="2026-05-05")
    moves = {name: f"applications/{gone[name]['id']}/transitions" for name in ("reopened", "again")}
    for path in moves.values():
        done(agency.post(path, to="offer", reopen=True, reason="Their first choice declined"))
    agency.clock.advance(hours=1)
    done(agency.post(moves["again"], to="offer_declined", reason="Took another job"))
    done(agency.admin.post(f"/v1/candidates/{gone['erased']['candidate_id']}/erasure"), 200)
    assert names(agency) == ["run out", "Ann"]
    agency.wait(day(5, 0))
    assert names(agency) == ["Ann"]
    assert names(agency, job_id=gone["run out"]["job_id"]) == ["Ann"]


def test_it_is_narrowed_to_a_recruiter_or_a_client(agency: AgencyClient):
    robin = agency.add("recruiters", name="Robin")["id"]
    mine = kept(agency, "Ann", recruiter_id=robin)
    kept(agency, "Bo")
    assert names(agency, recruiter=robin) == names(agency, recruiter_id=robin) == ["Ann"]
    assert names(agency, organisation_id=mine["organisation_id"]) == ["Ann"]
    for name in ("recruiter_id", "organisation_id", "job_id"):
        refused(agency.admin.get("/v1/keep-warm", params={name: agency.id}), 404, pointer=f"/query/{name}")
    assert names(agency, recruiter_id=robin, job_id=mine["job_id"]) == ["Ann"]


def test_a_viewer_may_read_it_and_another_agency_sees_nothing(agency: AgencyClient, operator: Any):
    kept(agency, "Ann")
    viewer = as_role(agency.admin, "viewer")
    assert len(done(viewer.get("/v1/keep-warm"), 200)["items"]) == 1
    assert AgencyClient(agency.service, operator).get("keep-warm")["items"] == []


@pytest.fixture
def wanted(agency: AgencyClient) -> Row:
    """Create a job at Acme."""
    return agency.add("jobs", title="Senior Payroll Officer", organisation_id=agency.organisation["id"])


def matched(agency: AgencyClient, wanted: Row) -> dict[str, Row]:
    items = agency.get("keep-warm", job_id=wanted["id"])["items"]
    return {item["candidate"]["name"]: item["match"] for item in items}


def test_for_a_job_those_who_came_close_for_a_similar_one(agency: AgencyClient, wanted: Row):
    acme = agency.organisation["id"]
    kept(agency, "Client", "Welder", acme)
    kept(agency, "Title", "Payroll Manager", stage="offer")
    both = kept(agency, "Both", "Payroll Officer (contract)", acme)
    kept(agency, "Neither", "Sales Officer")
    agency.interview(both["id"], ended=day(3))
    found = matched(agency, wanted)
    assert list(found) == ["Both", "Title", "Client"]
    assert found["Both"] == {
        "same_client": True,
        "similar_title": True,
        "shared_words": ["payroll", "officer"],
        "reason": "The same client and a similar title (payroll, officer): came as far as awaiting decision, "
        "1 interview.",
    }
    assert found["Title"]["reason"] == "A similar title (payroll): came as far as offer."
    assert (found["Client"]["same_client"], found["Client"]["similar_title"]) == (True, False)
    assert found["Client"]["reason"] == "The same client: came as far as awaiting decision."


def test_who_is_in_progress_for_that_job_is_left_out(agency: AgencyClient, wanted: Row):
    ann = kept(agency, "Ann")
    opened = agency.open(candidate_id=ann["candidate_id"], job_id=wanted["id"])
    assert matched(agency, wanted) == {}
    done(agency.post(f"applications/{opened['id']}/transitions", to="withdrawn", reason="Not now"))
    assert list(matched(agency, wanted)) == ["Ann"]


def test_matches_are_paged_too(agency: AgencyClient, wanted: Row):
    acme = agency.organisation["id"]
    for number in range(3):
        kept(agency, f"Client {number}", "Welder", acme)
        kept(agency, f"Title {number}", "Payroll Manager")
    params: dict[str, Any] = {"job_id": wanted["id"], "limit": 2}
    found: list[str] = []
    while True:
        page = agency.get("keep-warm", **params)
        found += [item["candidate"]["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        params["cursor"] = page["next_cursor"]
    assert found == [*(f"Title {n}" for n in range(3)), *(f"Client {n}" for n in range(3))]
