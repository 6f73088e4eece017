"""Lists by cursor: nothing twice, nothing left out, and a cursor opens only the list it was made for."""

import base64
import json
from typing import Any

import pytest

from tests.contract.sample_agency import RawRequest, SampleAgency, problem

MANY = 500


@pytest.fixture
def crowd(agency: SampleAgency) -> list[str]:
    """Ids of five hundred candidates, in the order of their making."""
    answers = agency.send(*(adding(agency, number) for number in range(MANY)))
    return [answer.json()["id"] for answer in answers]


def adding(agency: SampleAgency, number: int) -> RawRequest:
    return RawRequest("POST", "/v1/candidates", agency.keys["admin"], json.dumps({"name": f"Kim {number}"}).encode())


def page(agency: SampleAgency, path: str, **params: Any) -> dict[str, Any]:
    (answer,) = agency.send(
        RawRequest("GET", path, agency.keys["viewer"], params={k: v for k, v in params.items() if v is not None})
    )
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_pages_hold_everything_once_while_others_add(agency, crowd):
    added = 0
    for limit in (1, 7, 50, 199, 200, 201, 1000):
        met: list[str] = []
        cursor = None
        while True:
            found = page(agency, "/v1/candidates", limit=limit, cursor=cursor)
            assert len(found["items"]) <= min(limit, 200)
            met += [item["id"] for item in found["items"]]
            assert len(met) <= 2 * MANY, "the pages never end"
            if added < 20 * limit:
                agency.send(adding(agency, MANY + added))
                added += 1
            cursor = found["next_cursor"]
            if cursor is None:
                break
        assert len(met) == len(set(met))
        assert [id for id in met if id in set(crowd)] == crowd
    assert len(page(agency, "/v1/candidates")["items"]) == 50, "without a limit"


def test_every_list_comes_in_pages(agency):
    lists = [operation for operation in agency.operations if operation.takes("limit")]
    assert {operation.name for operation in lists} == {
        operation.name for operation in agency.operations if operation.takes("cursor") and not operation.is_stream
    }
    for operation in lists:
        (answer,) = agency.send(agency.request(operation).but(params={"limit": "1"}))
        assert {"items", "next_cursor"} <= answer.json().keys(), operation.name
        assert len(answer.json()["items"]) <= 1
    assert len(lists) > 12


def test_lists_by_time_page_past_equal_times(agency):
    """Ten words at one instant: the time alone does not say where a page ended."""
    at = f"/v1/applications/{agency.ids['application_id']}"
    said = {"from_party": "client", "to_party": "recruiter", "occurred_at": "2026-05-01T00:00:00Z"}
    promised = {"owed_by": "client", "description": "A word", "made_at": "2026-05-01T00:00:00Z", "due_on": "2026-06-01"}
    booked = {"starts_at": "2026-05-01T00:00:00Z", "ends_at": "2026-05-01T00:00:00Z"}
    asked = {"kind": "reference", "asked_at": "2026-05-01T00:00:00Z"}
    happened = {"kind": "resigned", "at": "2026-05-01T00:00:00Z"}
    for path, body in [
        (f"{at}/interactions", said),
        (f"{at}/commitments", promised),
        (f"{at}/interviews", booked),
        (f"{at}/checks", asked),
        (f"{at}/milestones", happened),
    ]:
        agency.send(*(RawRequest("POST", path, agency.keys["admin"], json.dumps(body).encode()) for _ in range(10)))
        whole = [item["id"] for item in page(agency, path)["items"]]
        met, cursor = [], None
        while True:
            found = page(agency, path, limit=3, cursor=cursor)
            met += [item["id"] for item in found["items"]]
            assert len(met) <= 11, "the pages never end"
            if (cursor := found["next_cursor"]) is None:
                break
        assert met == whole
        assert len(set(met)) == 11


def forged(cursor: str) -> list[str]:
    """The cursor with every sixth character another, cut, prolonged, and one made by hand."""
    swapped = [f"{cursor[:at]}{'A' if cursor[at] != 'A' else 'B'}{cursor[at + 1 :]}" for at in range(0, len(cursor), 6)]
    handmade = base64.urlsafe_b64encode(b"\0" * 16 + b'["0197d1a0-0000-7000-8000-000000000000"]').decode().rstrip("=")
    return [*swapped, cursor[:-4], cursor[4:], cursor + "AAAA", cursor * 2, handmade, handmade.upper(), "AAAA"]


def test_an_altered_cursor_opens_nothing(agency):
    agency.send(adding(agency, 1))
    cursor = page(agency, "/v1/candidates", limit=1)["next_cursor"]
    assert page(agency, "/v1/candidates", cursor=cursor)["items"]
    for other in forged(cursor):
        (answer,) = agency.send(RawRequest("GET", "/v1/candidates", agency.keys["viewer"], params={"cursor": other}))
        problem(answer, 400, "bad_cursor")


def test_a_cursor_opens_no_other_list_and_no_other_filter(agency):
    organisation = agency.ids["organisation_id"]
    jobs = [{"title": f"Engineer {n}", "organisation_id": organisation} for n in range(3)]
    agency.send(*(RawRequest("POST", "/v1/jobs", agency.keys["admin"], json.dumps(job).encode()) for job in jobs))
    cursor = page(agency, "/v1/jobs", limit=1, status="open")["next_cursor"]
    assert page(agency, "/v1/jobs", limit=2, status="open", cursor=cursor)["items"]
    for path, params in [
        ("/v1/jobs", {}),
        ("/v1/jobs", {"status": "closed"}),
        ("/v1/jobs", {"status": "open", "organisation_id": organisation}),
        ("/v1/candidates", {}),
        ("/v1/organisations", {}),
        ("/v1/worklist", {}),
    ]:
        (answer,) = agency.send(RawRequest("GET", path, agency.keys["viewer"], params={**params, "cursor": cursor}))
        problem(answer, 400, "bad_cursor")


def test_a_cursor_opens_on_every_process_that_shares_the_secret(agency, start_service):
    agency.send(adding(agency, 1))
    cursor = page(agency, "/v1/candidates", limit=1)["next_cursor"]
    request = RawRequest("GET", "/v1/candidates", agency.keys["viewer"], params={"cursor": cursor})
    for secret, status in (("s" * 32, 200), ("t" * 32, 400)):
        other = start_service(secret_key=secret)
        answer = other.client(agency.keys["viewer"]).get(request.path, params=dict(request.params))
        assert answer.status_code == status
