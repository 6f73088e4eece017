"""The people at an organisation, over HTTP."""

import pytest

from tests.agencies import made


@pytest.fixture
def contact(admin, organisation):
    """A hiring manager at the organisation."""
    body = {"name": "Kim Lee", "email": "kim@acme.example", "role": "hiring_manager"}
    return made(admin, f"/v1/organisations/{organisation['id']}/client-contacts", body)


def test_a_person_is_found_at_their_organisation(admin, organisation, contact):
    people = f"/v1/organisations/{organisation['id']}/client-contacts"
    assert contact["organisation_id"] == organisation["id"]
    assert contact["phone"] is None
    assert admin.get(f"{people}/{contact['id']}").json() == contact
    assert admin.get(people).json() == {"items": [contact], "next_cursor": None}


def test_a_person_is_not_found_at_another_organisation(admin, contact):
    elsewhere = made(admin, "/v1/organisations", {"name": "Elsewhere"})
    people = f"/v1/organisations/{elsewhere['id']}/client-contacts"
    assert admin.get(f"{people}/{contact['id']}").status_code == 404
    assert admin.patch(f"{people}/{contact['id']}", json={"name": "Other"}).status_code == 404
    assert admin.get(people).json()["items"] == []


def test_what_is_known_of_a_person_changes(admin, organisation, contact):
    path = f"/v1/organisations/{organisation['id']}/client-contacts/{contact['id']}"
    changed = admin.patch(path, json={"email": None, "phone": "+61 2 5550 1234", "role": "hr"}).json()
    assert changed == contact | {"email": None, "phone": "+61 2 5550 1234", "role": "hr"}
    assert admin.patch(path, json={"role": None}).status_code == 422
    assert admin.patch(path, json={"organisation_id": organisation["id"]}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [{"name": "Kim"}, {"role": "hr"}, {"name": "Kim", "role": "boss"}, {"name": "K", "role": "hr", "email": "x"}],
)
def test_a_person_has_a_name_and_a_role_and_an_address_that_can_be_one(admin, organisation, body):
    assert admin.post(f"/v1/organisations/{organisation['id']}/client-contacts", json=body).status_code == 422


def test_nobody_is_recorded_or_listed_at_an_organisation_that_is_not_there(admin, stranger, organisation):
    body = {"name": "Kim Lee", "role": "hr"}
    for client, organisation_id in ((stranger, organisation["id"]), (admin, "01900000-0000-7000-8000-000000000000")):
        path = f"/v1/organisations/{organisation_id}/client-contacts"
        assert client.post(path, json=body).status_code == 404
        assert client.get(path).status_code == 404
