"""Jobs over HTTP."""

import pytest

from tests.agencies import asked_again, made


@pytest.fixture
def manager(admin, organisation):
    """The hiring manager at the organisation."""
    people = f"/v1/organisations/{organisation['id']}/client-contacts"
    return made(admin, people, {"name": "Kim Lee", "role": "hiring_manager"})


@pytest.fixture
def job(admin, organisation):
    """A vacancy at the organisation."""
    return made(admin, "/v1/jobs", {"title": "Nurse", "organisation_id": organisation["id"]})


def test_a_job_belongs_to_an_organisation_and_is_open(admin, organisation, job):
    assert (job["organisation_id"], job["status"], job["hiring_manager_id"]) == (organisation["id"], "open", None)
    assert admin.get(f"/v1/jobs/{job['id']}").json() == job


def test_a_job_has_a_hiring_manager_of_its_own_organisation(admin, organisation, manager, job):
    path = f"/v1/jobs/{job['id']}"
    assert admin.patch(path, json={"hiring_manager_id": manager["id"]}).json()["hiring_manager_id"] == manager["id"]
    elsewhere = made(admin, "/v1/organisations", {"name": "Elsewhere"})
    refused = admin.post(
        "/v1/jobs", json={"title": "Cook", "organisation_id": elsewhere["id"], "hiring_manager_id": manager["id"]}
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/hiring_manager_id")
    assert admin.patch(path, json={"hiring_manager_id": None}).json() == job


@pytest.mark.parametrize("field", ["organisation_id", "hiring_manager_id"])
def test_a_job_does_not_point_outside_its_agency(admin, stranger, organisation, manager, field):
    theirs = made(stranger, "/v1/organisations", {"name": "Theirs"})
    them = made(stranger, f"/v1/organisations/{theirs['id']}/client-contacts", {"name": "X", "role": "hr"})
    ours = {"title": "Cook", "organisation_id": organisation["id"], "hiring_manager_id": manager["id"]}
    outside = {"organisation_id": theirs["id"], "hiring_manager_id": them["id"]}
    answer = admin.post("/v1/jobs", json=ours | {field: outside[field]})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (404, f"/{field}")


def test_a_job_changes_its_title_and_status_and_not_its_organisation(service, admin, organisation, job):
    path = f"/v1/jobs/{job['id']}"
    changed = admin.patch(path, json={"title": "Senior nurse", "status": "filled"}).json()
    assert changed == job | {"title": "Senior nurse", "status": "filled", "status_at": changed["status_at"]}
    for refused in ({"title": None}, {"status": None}, {"status": "lost"}, {"organisation_id": organisation["id"]}):
        assert admin.patch(path, json=refused).status_code == 422
    assert asked_again(service) == [("job", job["id"])], "its status changed once"


def test_jobs_are_listed_by_organisation_and_status(admin, organisation, job):
    elsewhere = made(admin, "/v1/organisations", {"name": "Elsewhere"})
    cook = made(admin, "/v1/jobs", {"title": "Cook", "organisation_id": elsewhere["id"], "status": "on_hold"})
    nurse = made(admin, "/v1/jobs", {"title": "Nurse", "organisation_id": elsewhere["id"]})

    def found(**filters):
        return [item["id"] for item in admin.get("/v1/jobs", params=filters).json()["items"]]

    assert found() == [job["id"], cook["id"], nurse["id"]]
    assert found(organisation_id=elsewhere["id"]) == [cook["id"], nurse["id"]]
    assert found(status="open") == [job["id"], nurse["id"]]
    assert found(organisation_id=elsewhere["id"], status="on_hold") == [cook["id"]]
    assert admin.get("/v1/jobs", params={"status": "lost"}).status_code == 422


def test_a_cursor_belongs_to_its_filters(admin, organisation, job):
    made(admin, "/v1/jobs", {"title": "Cook", "organisation_id": organisation["id"]})
    cursor = admin.get("/v1/jobs", params={"limit": 1, "status": "open"}).json()["next_cursor"]
    assert admin.get("/v1/jobs", params={"cursor": cursor, "status": "open"}).status_code == 200
    assert admin.get("/v1/jobs", params={"cursor": cursor}).status_code == 400


def test_another_agency_finds_no_job(stranger, job):
    assert stranger.get(f"/v1/jobs/{job['id']}").status_code == 404
    assert stranger.patch(f"/v1/jobs/{job['id']}", json={"title": "Mine"}).status_code == 404
    assert stranger.get("/v1/jobs").json()["items"] == []
