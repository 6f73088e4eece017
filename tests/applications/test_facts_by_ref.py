"""Facts by external reference: created the first time, updated later, and never duplicated."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused, wire

KINDS: dict[str, Row] = {
    "interactions": {"from_party": "candidate", "to_party": "recruiter", "purpose": "question"},
    "commitments": {"owed_by": "candidate", "description": "Two referees", "due_on": "2026-05-06"},
    "interviews": {"starts_at": "2026-05-01T08:00:00Z", "ends_at": "2026-05-01T09:00:00Z"},
    "checks": {"kind": "reference"},
    "milestones": {"kind": "written_offer"},
    "transitions": {"to": "interviewed"},
}

CORRECTABLE = tuple(kind for kind in KINDS if kind != "transitions")


def body(agency: AgencyClient, kind: str, /, **more: Any) -> Row:
    return KINDS[kind] | {"application_id": agency.id} | more


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_put_makes_a_fact_and_the_same_again_changes_nothing(agency: AgencyClient, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    made = done(agency.put(path, **body(agency, kind)))
    assert made["external_ref"] == {"system": "jobadder", "id": "4711"}
    agency.clock.advance(hours=3)
    again = done(agency.put(path, **body(agency, kind)), 200)
    assert again == made
    assert agency.get(path) == made


@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_that_nothing_has_is_not_found(agency: AgencyClient, kind: str):
    refused(agency.admin.get(f"/v1/{kind}/by-ref/jobadder/4711"), 404, "not_found")


@pytest.mark.parametrize("kind", CORRECTABLE)
def test_a_fact_stays_with_its_application(agency: AgencyClient, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    done(agency.put(path, **body(agency, kind)))
    other = agency.open_elsewhere()["id"]
    refused(agency.put(path, **body(agency, kind, application_id=other)), 409, "other_application")


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_names_another_reference_is_refused(agency: AgencyClient, kind: str):
    wrong = {"system": "jobadder", "id": "4712"}
    refused(
        agency.put(f"{kind}/by-ref/jobadder/4711", **body(agency, kind, external_ref=wrong)),
        422,
        pointer="/external_ref",
    )


@pytest.mark.parametrize("kind", CORRECTABLE)
def test_two_facts_of_a_kind_never_share_a_reference(agency: AgencyClient, kind: str):
    ref = {"system": "jobadder", "id": "4711"}
    agency.add(f"applications/{agency.id}/{kind}", **KINDS[kind], external_ref=ref)
    answer = agency.post(f"applications/{agency.id}/{kind}", **KINDS[kind], external_ref=ref)
    refused(answer, 409, "duplicate_external_ref")
    agency.add(f"applications/{agency.id}/{kind}", **KINDS[kind], external_ref=ref | {"system": "bullhorn"})


@pytest.mark.parametrize("kind", KINDS)
def test_many_first_puts_at_once_make_one_fact(agency: AgencyClient, kind: str):
    answers = at_once(agency, f"/v1/{kind}/by-ref/jobadder/4711", wire(body(agency, kind)))
    assert sorted(answer.status_code for answer in answers) == [*[200] * 9, 201], [a.text for a in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_many_first_puts_at_once_open_one_application(agency: AgencyClient):
    asked = {"candidate_id": agency.candidate["id"], "job_id": agency.job["id"]}
    answers = at_once(agency, "/v1/applications/by-ref/jobadder/4711", asked)
    assert sorted(answer.status_code for answer in answers) == [*[200] * 9, 201], [a.text for a in answers]


def at_once(agency: AgencyClient, path: str, asked: Row) -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        headers = agency.admin._headers
        return await asyncio.gather(*(agency.service.http.put(path, json=asked, headers=headers) for _ in range(10)))

    return agency.service.run(all_of_them)


def test_a_corrected_interaction_is_reassessed(agency: AgencyClient):
    path = "interactions/by-ref/jobadder/4711"
    done(agency.put(path, **body(agency, "interactions", occurred_at=day(1))))
    agency.wait(day(6))
    assert agency.active_flags()["reply_owed"] == "warning"
    corrected = done(agency.put(path, **body(agency, "interactions", purpose="thank_you")), 200)
    assert (corrected["purpose"], at(corrected["occurred_at"])) == ("thank_you", day(1))
    assert "reply_owed" not in agency.active_flags()


def test_what_a_correction_leaves_out_stays_as_it_was(agency: AgencyClient):
    path = "interviews/by-ref/jobadder/4711"
    facts = body(
        agency, "interviews", booked_at=day(1, 7), round=3, kind="panel", status="no_show", status_at=day(1, 9)
    )
    made = done(agency.put(path, **facts))
    moved = done(agency.put(path, **body(agency, "interviews", ends_at=day(1, 10))), 200)
    assert moved == made | {"ends_at": "2026-05-01T10:00:00Z"}
    path = "commitments/by-ref/jobadder/4711"
    made = done(agency.put(path, **body(agency, "commitments", made_at=day(2), fulfilled_at=day(3))))
    assert done(agency.put(path, **body(agency, "commitments", description="One")), 200) == made | {
        "description": "One"
    }
    assert done(agency.put(path, **body(agency, "commitments", fulfilled_at=None)), 200)["fulfilled_at"] is None


def test_a_correction_must_make_sense_as_a_whole(agency: AgencyClient):
    path = "commitments/by-ref/jobadder/4711"
    done(agency.put(path, **body(agency, "commitments", made_at=day(3))))
    refused(agency.put(path, **body(agency, "commitments", fulfilled_at=day(2))), 422, pointer="/fulfilled_at")
    path = "interactions/by-ref/jobadder/4711"
    made = done(agency.put(path, **body(agency, "interactions")))
    refused(agency.put(path, **body(agency, "interactions", in_reply_to=made["id"])), 422, pointer="/in_reply_to")


@pytest.mark.parametrize("kind", ["interactions", "commitments"])
def test_a_voided_fact_is_not_corrected_but_may_be_sent_again_unchanged(agency: AgencyClient, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    made = done(agency.put(path, **body(agency, kind)))
    voided = done(agency.post(f"{kind}/{made['id']}/void", reason="Another Robin"), 200)
    assert done(agency.put(path, **body(agency, kind)), 200) == voided
    other = {"purpose": "chase"} if kind == "interactions" else {"due_on": "2026-05-07"}
    refused(agency.put(path, **body(agency, kind, **other)), 409, "already_voided")


def test_a_move_sent_differently_is_voided_and_recorded_again(agency: AgencyClient):
    path = "transitions/by-ref/jobadder/4711"
    made = done(agency.put(path, **body(agency, "transitions", at=day(2))))
    refused(agency.put(path, **body(agency, "transitions", at=day(3))), 409, "already_told")
    refused(agency.put(path, **body(agency, "transitions", to="on_hold")), 409, "already_told")
    done(agency.post(f"transitions/{made['id']}/void", reason="Wrong day"), 200)
    assert done(agency.put(path, **body(agency, "transitions", at=day(2))), 200)["voided_at"] is not None
    again = done(agency.put(path, **body(agency, "transitions", at=day(3))))
    assert (again["id"] != made["id"], at(again["at"]), again["cause"]) == (True, day(3), "crm")
    assert agency.get(path) == again
    assert agency.stage() == "interviewed"


def test_an_application_known_by_its_reference_is_given_its_recruiter_and_nothing_else(agency: AgencyClient):
    path = "applications/by-ref/jobadder/4711"
    asked = {"candidate_id": agency.candidate["id"], "job_id": agency.job["id"]}
    made = done(agency.put(path, **asked, stage="offer"))
    recruiter = agency.add("recruiters", name="Sam")["id"]
    changed = done(agency.put(path, **asked, recruiter_id=recruiter, stage="offer"), 200)
    assert changed == made | {"recruiter_id": recruiter}
    refused(agency.put(path, **asked, stage="placed"), 409, "stage_differs")
    refused(agency.put(path, **asked, opened_at=day(2)), 409, "opened_at_differs")
    another = agency.add("candidates", name="Alex")["id"]
    refused(agency.put(path, **(asked | {"candidate_id": another})), 409, "another_application")
