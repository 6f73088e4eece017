"""Erasing a candidate: permissions, response, events, and refused writes afterwards."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from app.webhooks.models import event, webhook_delivery
from app.worker import tidy_once
from tests.agencies import as_role, made, rows
from tests.erasure.candidate_data import Life
from tests.erasure.test_canaries import as_it_lies_there
from tests.service import Client, Clock, Service
from tests.spreadsheets.files import imported

PERSON = {
    "name": "Zephyrine Quillfeather",
    "email": "zephyrine@mail.example",
    "phone": "+49 171 5550101",
    "time_zone": "Europe/Berlin",
    "holiday_region": "DE-BE",
    "away": [{"from": "2026-06-01", "to": "2026-06-05"}],
    "external_ref": {"system": "crm", "id": "7"},
}


@pytest.fixture
def person(admin: Client) -> dict[str, Any]:
    """A candidate with one application in progress, before its interview."""
    candidate = made(admin, "/v1/candidates", PERSON)
    organisation = made(admin, "/v1/organisations", {"name": "Acme"})
    job = made(admin, "/v1/jobs", {"title": "Chef", "organisation_id": organisation["id"]})
    application = made(admin, "/v1/applications", {"candidate_id": candidate["id"], "job_id": job["id"]})
    return candidate | {"job_id": job["id"], "application_id": application["id"]}


def erase(client: Client, person: dict[str, Any], **rest: Any) -> Any:
    return client.post(f"/v1/candidates/{person['id']}/erasure", **rest)


def erasure_events(service: Service) -> list[dict[str, Any]]:
    """Return the events of erasures."""
    return [row.data for row in rows(service, event) if row.type == "candidate.erased"]


def refused(answer: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == (409, "candidate_erased"), answer.text


def test_a_shell_is_left(admin: Client, person: dict[str, Any], service: Service, database_url: str, clock: Clock):
    answer = erase(admin, person)
    assert answer.status_code == 200, answer.text
    shell = answer.json()
    blank = dict.fromkeys(("email", "phone", "time_zone", "holiday_region"))
    assert shell == {
        **blank,
        "id": person["id"],
        "name": "Erased candidate",
        "away": [],
        "external_ref": PERSON["external_ref"],
        "created_at": person["created_at"],
        "erased_at": "2026-05-04T09:00:00Z",
    }
    assert admin.get(f"/v1/candidates/{person['id']}").json() == shell
    assert b"Quillfeather" not in as_it_lies_there(service, database_url)


def test_their_applications_end_and_nothing_is_left_to_do_about_them(admin: Client, person: dict[str, Any]):
    erase(admin, person)
    assert admin.get(f"/v1/applications/{person['application_id']}").json()["stage"] == "cancelled"
    assert admin.get("/v1/worklist").json()["items"] == []
    assert admin.get("/v1/flags").json()["items"] == []


def test_an_application_that_has_ended_stays_as_it_ended(admin: Client, person: dict[str, Any]):
    at = f"/v1/applications/{person['application_id']}"
    made(admin, f"{at}/transitions", {"to": "rejected", "reason": "Somebody else was taken"})
    erase(admin, person)
    assert admin.get(at).json()["stage"] == "rejected"
    (move,) = admin.get(f"{at}/transitions").json()["items"]
    assert (move["to"], move["reason"]) == ("rejected", None)


def test_erased_again_the_answer_is_the_same_and_no_event_is_added(
    admin: Client, person: dict[str, Any], service: Service, clock: Clock
):
    first = erase(admin, person)
    events = len(rows(service, event))
    clock.advance(days=1)
    again = erase(admin, person)
    assert (again.status_code, again.content) == (200, first.content)
    assert len(rows(service, event)) == events


def test_receivers_learn_the_id_to_forget_and_nothing_else(admin: Client, person: dict[str, Any], service: Service):
    wanted = {"url": "https://hooks.example.com/keepwarm", "event_types": ["candidate.erased"]}
    made(admin, "/v1/webhook-endpoints", wanted)
    erase(admin, person)
    assert erasure_events(service) == [{"candidate_id": person["id"]}]
    assert len(rows(service, webhook_delivery)) == 1


def test_an_admin_alone_may_erase(admin: Client, person: dict[str, Any]):
    for role in ("viewer", "recruiter"):
        assert erase(as_role(admin, role), person).status_code == 403
    assert admin.get(f"/v1/candidates/{person['id']}").json()["name"] == PERSON["name"]


def test_another_agencys_candidate_is_nobody(admin: Client, stranger: Client, person: dict[str, Any], service: Service):
    assert erase(stranger, person).status_code == 404
    assert erase(admin, {"id": str(UUID(int=1))}).status_code == 404
    theirs = made(stranger, "/v1/candidates", PERSON)
    erase(admin, person)
    assert stranger.get(f"/v1/candidates/{theirs['id']}").json() == theirs
    assert erasure_events(service) == [{"candidate_id": person["id"]}]


def test_one_who_was_changed_since_is_not_erased(admin: Client, person: dict[str, Any]):
    stale = {"If-Match": '"of another day"'}
    assert erase(admin, person, headers=stale).status_code == 412
    assert admin.get(f"/v1/candidates/{person['id']}").json()["name"] == PERSON["name"]


def test_nobody_writes_to_what_is_left(admin: Client, person: dict[str, Any]):
    erase(admin, person)
    body = {"name": "Back again", "email": "back@mail.example"}
    refused(admin.patch(f"/v1/candidates/{person['id']}", json=body))
    refused(admin.patch(f"/v1/candidates/{person['id']}", json={"name": "Erased candidate"}))
    refused(admin.put("/v1/candidates/by-ref/crm/7", json=body))
    opened = {"candidate_id": person["id"], "job_id": person["job_id"]}
    refused(admin.post("/v1/applications", json=opened))
    refused(admin.put("/v1/applications/by-ref/crm/a7", json=opened))
    assert admin.get("/v1/candidates/by-ref/crm/7").json()["name"] == "Erased candidate"


def test_no_further_event_names_their_applications(admin: Client, person: dict[str, Any], clock: Clock):
    at, now = f"/v1/applications/{person['application_id']}", clock.now.isoformat()
    interview = made(admin, f"{at}/interviews", {"starts_at": now, "ends_at": now, "booked_at": now})
    said = {"from_party": "client", "to_party": "recruiter", "summary": "They liked her."}
    spoken = made(admin, f"{at}/interactions", said)
    check = made(admin, f"{at}/checks", {"kind": "medical"})
    milestone = made(admin, f"{at}/milestones", {"kind": "written_offer"})
    erase(admin, person)
    at_interview = f"/v1/interviews/{interview['id']}"
    for path, body in {
        f"{at}/interactions": said,
        f"{at}/commitments": {"owed_by": "client", "description": "A word about her", "due_on": "2026-05-20"},
        f"{at}/checks": {"kind": "reference", "label": "Her old chief"},
        f"/v1/checks/{check['id']}/void": {"reason": "It was about her"},
        f"{at}/milestones": {"kind": "resigned", "note": "She is gone"},
        f"/v1/milestones/{milestone['id']}/void": {"reason": "It was about her"},
        f"{at}/transitions": {"to": "interview_scheduled", "reason": "She is back", "reopen": True},
        f"{at_interview}/follow-ups": {"feedback": "They liked her."},
        f"{at_interview}/debriefs": {"went_well": "All of it"},
        f"{at_interview}/follow-up-waiver": {"reason": "She is gone"},
        f"/v1/interactions/{spoken['id']}/void": {"reason": "It was about her"},
    }.items():
        refused(admin.post(path, json=body))
    refused(admin.patch(at_interview, json={"status": "completed"}))
    refused(admin.patch(f"/v1/checks/{check['id']}", json={"label": "Her old chief"}))
    body = said | {"application_id": person["application_id"]}
    refused(admin.put("/v1/interactions/by-ref/crm/n7", json=body))
    assert [item["summary"] for item in admin.get(f"{at}/interactions").json()["items"]] == [None]


def test_a_row_of_a_table_is_refused_and_brings_nobody_back(admin: Client, person: dict[str, Any]):
    erase(admin, person)
    report = imported(admin, "candidates", "id,name\n7,Zephyrine Quillfeather\n8,Ann\n", system="crm")
    assert [(error["row"], error["code"]) for error in report["errors"]] == [(2, "candidate_erased")]
    assert report["applied"]["created"] == 1
    assert "Quillfeather" not in admin.get(f"/v1/imports/{report['id']}/errors").text


def test_no_move_of_theirs_is_made_in_a_crm_any_more(life: Life):
    life.erased()
    move = life.admin.get(f"/v1/stage-moves/{life.ids['move_id']}").json()
    assert (move["state"], move["failure"]) == ("declined", None)


def test_what_the_log_of_the_database_held_goes_with_the_workers_next_tidying_at_the_latest(
    admin: Client, person: dict[str, Any], service: Service, database_url: str
):
    state, clock = service.app.state, service.clock
    admin.patch(f"/v1/candidates/{person['id']}", json={"name": "Xenokrates"})
    admin.patch(f"/v1/candidates/{person['id']}", json={"name": "Kim"})
    service.run(tidy_once, state.shared.database, state.settings, clock)
    assert b"Xenokrates" not in as_it_lies_there(service, database_url)


def test_an_application_that_is_opened_at_the_same_moment_is_ended_or_refused(
    admin: Client, person: dict[str, Any], service: Service
):
    """Check both orders: no application stays in progress."""
    headers = admin._headers
    opened = {"candidate_id": person["id"], "job_id": person["job_id"]}

    async def at_once() -> list[int]:
        http = service.http
        asked = [http.post("/v1/applications", json=opened, headers=headers) for _ in range(5)]
        asked.insert(2, http.post(f"/v1/candidates/{person['id']}/erasure", headers=headers))
        return [answer.status_code for answer in await asyncio.gather(*asked)]

    codes = service.run(at_once)
    assert set(codes) <= {200, 201, 409}
    assert codes[2] == 200
    items = admin.get("/v1/applications").json()["items"]
    assert [item["stage"] for item in items] == ["cancelled"] * (1 + codes.count(201))
