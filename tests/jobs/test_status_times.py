"""The time of a job's status: stated, or the time of recording. Closing twice is no new closing."""

from datetime import timedelta
from typing import Any

import pytest

from tests.agencies import admin, made
from tests.service import Client, Clock

__all__ = ["admin"]


@pytest.fixture
def organisation(admin: Client) -> str:
    return str(made(admin, "/v1/organisations", {"name": "Bluegum Rail"})["id"])


def z(at: Any) -> str:
    return str(at.isoformat()).replace("+00:00", "Z")


def test_a_new_job_has_its_status_since_it_was_recorded_or_as_stated(admin: Client, organisation: str, clock: Clock):
    body = {"title": "Chef", "organisation_id": organisation}
    assert made(admin, "/v1/jobs", body)["status_at"] == z(clock.now)
    stated = z(clock.now - timedelta(days=3))
    assert made(admin, "/v1/jobs", body | {"status": "filled", "status_at": stated})["status_at"] == stated


def test_closing_and_opening_date_the_status_and_closing_again_does_not(admin: Client, organisation: str, clock: Clock):
    job = made(admin, "/v1/jobs", {"title": "Chef", "organisation_id": organisation})
    seen = [job["status_at"]]
    for status in ("filled", "closed", "open", "on_hold", "open"):
        clock.advance(hours=1)
        answer = admin.patch(f"/v1/jobs/{job['id']}", {"status": status})
        assert answer.status_code == 200, answer.text
        seen.append(answer.json()["status_at"])
    assert seen[1] == seen[2], "from filled to closed is no new closing"
    assert len(set(seen)) == 5
    kept = admin.patch(f"/v1/jobs/{job['id']}", {"title": "Head Chef", "status_at": None}).json()
    assert (kept["title"], kept["status_at"]) == ("Head Chef", seen[-1])


def test_a_status_time_is_corrected_and_never_in_the_future(admin: Client, organisation: str, clock: Clock):
    job = made(admin, "/v1/jobs", {"title": "Chef", "organisation_id": organisation, "status": "filled"})
    earlier = z(clock.now - timedelta(days=2))
    assert admin.patch(f"/v1/jobs/{job['id']}", {"status_at": earlier}).json()["status_at"] == earlier
    ahead = z(clock.now + timedelta(minutes=6))
    for answer in (
        admin.patch(f"/v1/jobs/{job['id']}", {"status_at": ahead}),
        admin.post("/v1/jobs", {"title": "Chef", "organisation_id": organisation, "status_at": ahead}),
    ):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/status_at")
