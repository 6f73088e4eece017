"""Candidates over HTTP."""

import pytest

from tests.agencies import asked_again, made

EASTER = {"from": "2026-04-03", "to": "2026-04-06"}


@pytest.fixture
def candidate(admin):
    """A candidate."""
    return made(admin, "/v1/candidates", {"name": "Sam Poe"})


def test_a_candidate_needs_no_more_than_a_name(admin, candidate):
    assert candidate["away"] == []
    assert candidate["email"] is candidate["phone"] is candidate["time_zone"] is candidate["holiday_region"] is None
    assert admin.get(f"/v1/candidates/{candidate['id']}").json() == candidate
    assert admin.get("/v1/candidates").json() == {"items": [candidate], "next_cursor": None}


def test_days_away_are_stored_as_sent_and_replaced_as_a_whole(admin):
    away = [EASTER, {"from": "2026-12-21", "to": "2027-12-21"}]
    candidate = made(admin, "/v1/candidates", {"name": "Sam", "away": away})
    assert candidate["away"] == away
    path = f"/v1/candidates/{candidate['id']}"
    assert admin.patch(path, json={"away": [EASTER]}).json()["away"] == [EASTER]
    assert admin.patch(path, json={"name": "Sam Poe"}).json()["away"] == [EASTER]
    assert admin.patch(path, json={"away": None}).json()["away"] == []


@pytest.mark.parametrize(
    "away",
    [
        [{"from": "2026-04-06", "to": "2026-04-03"}],
        [{"from": "2026-01-01", "to": "2027-01-02"}],
        [{"from": "2026-04-03"}],
        [{"from": "2026-02-30", "to": "2026-03-01"}],
        [{"from_": "2026-04-03", "to": "2026-04-06"}],
        [EASTER] * 51,
    ],
    ids=["backwards", "367 days", "open", "no such day", "another name", "51 periods"],
)
def test_days_away_that_cannot_be_are_refused(admin, candidate, away):
    assert admin.post("/v1/candidates", json={"name": "Sam", "away": away}).status_code == 422
    assert admin.patch(f"/v1/candidates/{candidate['id']}", json={"away": away}).status_code == 422


@pytest.mark.parametrize("change", [{"time_zone": "Asia/Tokyo"}, {"holiday_region": "JP"}, {"away": [EASTER]}])
def test_a_new_calendar_or_absence_has_their_applications_reassessed(service, admin, candidate, change):
    path = f"/v1/candidates/{candidate['id']}"
    for _ in range(2):  # saying it again changes nothing
        assert admin.patch(path, json=change).json() == candidate | change
    assert asked_again(service) == [("candidate", candidate["id"])]


def test_a_new_name_or_address_changes_no_assessment(service, admin, candidate):
    change = {"name": "Sam P.", "email": "sam@mail.example", "phone": "0400 000 000"}
    assert admin.patch(f"/v1/candidates/{candidate['id']}", json=change).json() == candidate | change
    assert asked_again(service) == []


def test_a_record_is_linked_to_the_crm_later_and_unlinked(admin, candidate):
    path = f"/v1/candidates/{candidate['id']}"
    ref = {"system": "jobadder", "id": "4711"}
    assert admin.patch(path, json={"external_ref": ref}).json()["external_ref"] == ref
    assert admin.get("/v1/candidates/by-ref/jobadder/4711").json()["id"] == candidate["id"]
    other = made(admin, "/v1/candidates", {"name": "Kim"})
    assert admin.patch(f"/v1/candidates/{other['id']}", json={"external_ref": ref}).status_code == 409
    assert admin.patch(path, json={"external_ref": None}).json() == candidate


def test_another_agency_finds_nobody(stranger, candidate):
    path = f"/v1/candidates/{candidate['id']}"
    assert stranger.get(path).status_code == 404
    assert stranger.patch(path, json={"name": "Mine"}).status_code == 404
    assert stranger.get("/v1/candidates").json()["items"] == []
