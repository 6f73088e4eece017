"""Organisations over HTTP."""

from typing import Any

import pytest

from tests.agencies import as_role, asked_again, made
from tests.service import Client, Service

CAUTIOUS: dict[str, Any] = {
    "direct_contact": "welcome",
    "social": "discouraged",
    "thank_you": "direct",
    "preferred_channels": [],
    "note": None,
}


def test_an_organisation_needs_no_more_than_a_name(admin):
    organisation = made(admin, "/v1/organisations", {"name": " Acme "})
    assert organisation["name"] == "Acme"
    assert organisation["time_zone"] is organisation["holiday_region"] is organisation["external_ref"] is None
    assert organisation["contact_style"] == CAUTIOUS
    assert admin.get(f"/v1/organisations/{organisation['id']}").json() == organisation


def test_a_contact_style_is_shown_with_its_defaults_and_changed_field_by_field(admin):
    style = {"social": "welcome", "preferred_channels": ["phone", "email", "phone"]}
    organisation = made(admin, "/v1/organisations", {"name": "Acme", "contact_style": style})
    path = f"/v1/organisations/{organisation['id']}"
    expected = CAUTIOUS | {"social": "welcome", "preferred_channels": ["phone", "email"]}
    assert organisation["contact_style"] == expected
    changed = admin.patch(path, json={"contact_style": {"thank_you": "unwelcome", "preferred_channels": None}}).json()
    assert changed["contact_style"] == CAUTIOUS | {"social": "welcome", "thank_you": "unwelcome"}
    assert admin.patch(path, json={"contact_style": None}).json()["contact_style"] == CAUTIOUS


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": "  "}, "/name"),
        ({"name": "Acme", "time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"name": "Acme", "holiday_region": "XX"}, "/holiday_region"),
        ({"name": "Acme", "contact_style": {"social": "sometimes"}}, "/contact_style/social"),
        ({"name": "Acme", "contact_style": {"preferred_channels": ["pigeon"]}}, "/contact_style/preferred_channels/0"),
        ({"name": "Acme", "policy": {}}, "/policy"),
        ({"name": "Acme", "external_ref": {"system": "Job Adder", "id": "1"}}, "/external_ref/system"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place(admin, body, pointer):
    answer = admin.post("/v1/organisations", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_change_names_what_it_changes_and_null_resets(admin, organisation):
    path = f"/v1/organisations/{organisation['id']}"
    changed = admin.patch(path, json={"time_zone": "Australia/Perth", "holiday_region": "AU-WA"}).json()
    assert changed == organisation | {"time_zone": "Australia/Perth", "holiday_region": "AU-WA"}
    assert admin.patch(path, json={"time_zone": None}).json() == changed | {"time_zone": None}
    assert admin.patch(path, json={}).json() == changed | {"time_zone": None}
    assert admin.patch(path, json={"name": None}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [{"time_zone": "Asia/Tokyo"}, {"holiday_region": "JP"}, {"contact_style": {"direct_contact": "via_recruiter"}}],
)
def test_a_new_calendar_or_contact_style_has_its_applications_reassessed(service, admin, organisation, change):
    path = f"/v1/organisations/{organisation['id']}"
    for _ in range(2):  # saying it again changes nothing
        assert admin.patch(path, json=change).status_code == 200
    assert asked_again(service) == [("organisation", organisation["id"])]


def test_a_new_name_changes_no_assessment(service: Service, admin: Client, organisation: dict[str, Any]):
    admin.patch(f"/v1/organisations/{organisation['id']}", json={"name": "Acme Holdings"})
    assert asked_again(service) == []


def test_a_change_of_what_has_changed_since_is_refused(admin, organisation):
    path = f"/v1/organisations/{organisation['id']}"
    tag = admin.get(path).headers["ETag"]
    assert admin.patch(path, json={"name": "First"}, headers={"If-Match": tag}).status_code == 200
    answer = admin.patch(path, json={"name": "Second"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert admin.get(path, headers={"If-None-Match": admin.get(path).headers["ETag"]}).status_code == 304


def test_a_list_goes_on_where_its_page_ended(admin):
    names = [made(admin, "/v1/organisations", {"name": f"Client {number}"})["name"] for number in range(5)]
    found: list[str] = []
    cursor = None
    while True:
        page = admin.get("/v1/organisations", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        found += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names


def test_one_external_reference_names_one_organisation(admin):
    body = {"name": "Acme", "external_ref": {"system": "jobadder", "id": "4711"}}
    made(admin, "/v1/organisations", body)
    answer = admin.post("/v1/organisations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_external_ref")
    made(admin, "/v1/organisations", body | {"external_ref": {"system": "bullhorn", "id": "4711"}})


def test_another_agency_finds_nothing(stranger, organisation):
    path = f"/v1/organisations/{organisation['id']}"
    assert stranger.get(path).status_code == 404
    assert stranger.patch(path, json={"name": "Mine"}).status_code == 404
    assert stranger.get("/v1/organisations").json()["items"] == []


def test_a_viewer_looks_and_does_not_touch(admin, organisation):
    viewer = as_role(admin, "viewer")
    path = f"/v1/organisations/{organisation['id']}"
    assert viewer.get(path).status_code == 200
    assert viewer.patch(path, json={"name": "Other"}).status_code == 403
    assert viewer.post("/v1/organisations", json={"name": "Other"}).status_code == 403
