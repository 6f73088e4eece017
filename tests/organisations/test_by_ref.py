"""Records by external reference, of every kind on this floor and the ones beside it."""

import asyncio

import pytest

from tests.agencies import made
from tests.service import Client

KINDS = ("organisations", "client-contacts", "candidates", "jobs", "timeline-revisions")


@pytest.fixture
def bodies(admin, organisation):
    """Return, for each kind, a body to create it with and a change of it."""
    job = made(admin, "/v1/jobs", {"title": "Nurse", "organisation_id": organisation["id"]})
    return {
        "organisations": ({"name": "Acme", "time_zone": "Asia/Tokyo"}, {"name": "Acme Holdings"}),
        "client-contacts": (
            {"name": "Kim", "role": "hr", "organisation_id": organisation["id"], "phone": "1"},
            {"name": "Kim Lee", "role": "hr", "organisation_id": organisation["id"]},
        ),
        "candidates": ({"name": "Sam", "away": [{"from": "2026-05-04", "to": "2026-05-08"}]}, {"name": "Sam Poe"}),
        "jobs": (
            {"title": "Cook", "organisation_id": organisation["id"], "status": "on_hold"},
            {"title": "Chef", "organisation_id": organisation["id"]},
        ),
        "timeline-revisions": (
            {"job_id": job["id"], "stated_by": "client", "decision_by": "2026-05-08", "note": "after the panel"},
            {"job_id": job["id"], "stated_by": "client", "decision_by": "2026-05-11"},
        ),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_put_makes_and_the_next_changes_what_it_names(admin, bodies, kind):
    path = f"/v1/{kind}/by-ref/jobadder/4711"
    body, change = bodies[kind]
    first = admin.put(path, json=body)
    assert first.status_code == 201, first.text
    assert first.json()["external_ref"] == {"system": "jobadder", "id": "4711"}
    again = admin.put(path, json=body)
    assert (again.status_code, again.json()) == (200, first.json())
    changed = admin.put(path, json=change)
    assert (changed.status_code, changed.json()) == (200, first.json() | change)
    assert admin.get(path).json() == changed.json()


@pytest.mark.parametrize("kind", KINDS)
def test_the_address_decides_and_a_body_that_differs_is_refused(admin, bodies, kind):
    path = f"/v1/{kind}/by-ref/jobadder/4711"
    body = bodies[kind][0]
    for ref in ({"system": "jobadder", "id": "4712"}, {"system": "bullhorn", "id": "4711"}):
        answer = admin.put(path, json=body | {"external_ref": ref})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/external_ref")
    assert admin.get(path).status_code == 404
    assert admin.put(path, json=body | {"external_ref": {"system": "jobadder", "id": "4711"}}).status_code == 201
    unlinked = admin.put(path, json=bodies[kind][1] | {"external_ref": None})
    assert unlinked.json()["external_ref"] == {"system": "jobadder", "id": "4711"}


@pytest.mark.parametrize("kind", KINDS)
def test_one_reference_means_another_record_at_another_agency(admin, stranger, bodies, kind):
    path = f"/v1/{kind}/by-ref/jobadder/4711"
    assert admin.put(path, json=bodies[kind][0]).status_code == 201
    assert stranger.get(path).status_code == 404
    # A body that points at this agency's organisation or job points at nothing there.
    expected = 201 if kind in {"organisations", "candidates"} else 404
    assert stranger.put(path, json=bodies[kind][0]).status_code == expected


@pytest.mark.parametrize("kind", KINDS)
def test_two_first_puts_at_once_make_one_record(admin, bodies, kind):
    path = f"/v1/{kind}/by-ref/jobadder/4711"

    async def at_once() -> list[int]:
        http, headers = admin.service.http, admin._headers
        puts = (http.put(path, json=body, headers=headers) for body in bodies[kind] * 4)
        return [answer.status_code for answer in await asyncio.gather(*puts)]

    assert sorted(admin.service.run(at_once)) == [200] * 7 + [201]


@pytest.mark.parametrize("kind", KINDS)
def test_a_put_that_expects_another_state_changes_nothing(admin, bodies, kind):
    path = f"/v1/{kind}/by-ref/jobadder/4711"
    body, change = bodies[kind]
    assert admin.put(path, json=body, headers={"If-Match": "*"}).status_code == 412
    made = admin.put(path, json=body)
    assert admin.put(path, json=change, headers={"If-Match": '"stale"'}).status_code == 412
    assert admin.get(path).json() == made.json()
    assert admin.put(path, json=change, headers={"If-Match": made.headers["ETag"]}).status_code == 200


def test_an_id_of_another_system_may_hold_slashes_and_accents(admin: Client):
    path = "/v1/candidates/by-ref/crm/urn:crm%2Fcandidates%2F%C3%A9t%C3%A9"
    assert admin.put(path, json={"name": "Sam"}).json()["external_ref"]["id"] == "urn:crm/candidates/été"
    assert admin.get(path).status_code == 200


def test_another_system_may_have_the_name_of_a_collection(admin: Client):
    path = "/v1/organisations/by-ref/client-contacts/1"
    assert admin.put(path, json={"name": "Acme"}).status_code == 201
    assert admin.get(path).status_code == 200


@pytest.mark.parametrize("path", ["Job%20Adder/1", "jobadder/", f"jobadder/{'9' * 201}", "jobadder/%00"])
def test_a_reference_that_cannot_be_one_is_refused(admin, path):
    answer = admin.put(f"/v1/candidates/by-ref/{path}", json={"name": "Sam"})
    assert answer.status_code == 422, answer.text


def test_a_record_stays_where_it_was_put(admin, bodies):
    elsewhere = made(admin, "/v1/organisations", {"name": "Elsewhere"})
    job = made(admin, "/v1/jobs", {"title": "Cook", "organisation_id": elsewhere["id"]})
    for kind, other in (
        ("client-contacts", {"organisation_id": elsewhere["id"]}),
        ("jobs", {"organisation_id": elsewhere["id"]}),
        ("timeline-revisions", {"job_id": job["id"]}),
    ):
        path = f"/v1/{kind}/by-ref/jobadder/4711"
        assert admin.put(path, json=bodies[kind][0]).status_code == 201
        assert admin.put(path, json=bodies[kind][0] | other).status_code == 409
