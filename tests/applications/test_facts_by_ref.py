"""Facts by external reference: created the first time, updated later, and never duplicated."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.applications.desk import Desk, Row, at, day, done, refused, wire

KINDS: dict[str, Row] = {
    "interactions": {"from_party": "candidate", "to_party": "recruiter", "purpose": "question"},
    "commitments": {"owed_by": "candidate", "description": "Two referees", "due_on": "2026-05-06"},
    "interviews": {"starts_at": "2026-05-01T08:00:00Z", "ends_at": "2026-05-01T09:00:00Z"},
    "checks": {"kind": "reference"},
    "milestones": {"kind": "written_offer"},
    "transitions": {"to": "interviewed"},
}

CORRECTABLE = tuple(kind for kind in KINDS if kind != "transitions")


def body(desk: Desk, kind: str, /, **more: Any) -> Row:
    return KINDS[kind] | {"application_id": desk.id} | more


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_put_makes_a_fact_and_the_same_again_changes_nothing(desk: Desk, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    made = done(desk.put(path, **body(desk, kind)))
    assert made["external_ref"] == {"system": "jobadder", "id": "4711"}
    desk.clock.advance(hours=3)
    again = done(desk.put(path, **body(desk, kind)), 200)
    assert again == made
    assert desk.get(path) == made


@pytest.mark.parametrize("kind", KINDS)
def test_a_reference_that_nothing_has_is_not_found(desk: Desk, kind: str):
    refused(desk.admin.get(f"/v1/{kind}/by-ref/jobadder/4711"), 404, "not_found")


@pytest.mark.parametrize("kind", CORRECTABLE)
def test_a_fact_stays_with_its_application(desk: Desk, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    done(desk.put(path, **body(desk, kind)))
    other = desk.open_elsewhere()["id"]
    refused(desk.put(path, **body(desk, kind, application_id=other)), 409, "other_application")


@pytest.mark.parametrize("kind", KINDS)
def test_a_body_that_names_another_reference_is_refused(desk: Desk, kind: str):
    wrong = {"system": "jobadder", "id": "4712"}
    refused(
        desk.put(f"{kind}/by-ref/jobadder/4711", **body(desk, kind, external_ref=wrong)), 422, pointer="/external_ref"
    )


@pytest.mark.parametrize("kind", CORRECTABLE)
def test_two_facts_of_a_kind_never_share_a_reference(desk: Desk, kind: str):
    ref = {"system": "jobadder", "id": "4711"}
    desk.add(f"applications/{desk.id}/{kind}", **KINDS[kind], external_ref=ref)
    answer = desk.post(f"applications/{desk.id}/{kind}", **KINDS[kind], external_ref=ref)
    refused(answer, 409, "duplicate_external_ref")
    desk.add(f"applications/{desk.id}/{kind}", **KINDS[kind], external_ref=ref | {"system": "bullhorn"})


@pytest.mark.parametrize("kind", KINDS)
def test_many_first_puts_at_once_make_one_fact(desk: Desk, kind: str):
    answers = at_once(desk, f"/v1/{kind}/by-ref/jobadder/4711", wire(body(desk, kind)))
    assert sorted(answer.status_code for answer in answers) == [*[200] * 9, 201], [a.text for a in answers]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_many_first_puts_at_once_open_one_application(desk: Desk):
    asked = {"candidate_id": desk.candidate["id"], "job_id": desk.job["id"]}
    answers = at_once(desk, "/v1/applications/by-ref/jobadder/4711", asked)
    assert sorted(answer.status_code for answer in answers) == [*[200] * 9, 201], [a.text for a in answers]


def at_once(desk: Desk, path: str, asked: Row) -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        headers = desk.admin._headers
        return await asyncio.gather(*(desk.service.http.put(path, json=asked, headers=headers) for _ in range(10)))

    return desk.service.run(all_of_them)


def test_a_corrected_word_is_judged_anew(desk: Desk):
    path = "interactions/by-ref/jobadder/4711"
    done(desk.put(path, **body(desk, "interactions", occurred_at=day(1))))
    desk.wait(day(6))
    assert desk.standing()["reply_owed"] == "warning"
    corrected = done(desk.put(path, **body(desk, "interactions", purpose="thank_you")), 200)
    assert (corrected["purpose"], at(corrected["occurred_at"])) == ("thank_you", day(1))
    assert "reply_owed" not in desk.standing()


def test_what_a_correction_leaves_out_stays_as_it_was_told(desk: Desk):
    path = "interviews/by-ref/jobadder/4711"
    told = body(desk, "interviews", booked_at=day(1, 7), round=3, kind="panel", status="no_show", status_at=day(1, 9))
    made = done(desk.put(path, **told))
    moved = done(desk.put(path, **body(desk, "interviews", ends_at=day(1, 10))), 200)
    assert moved == made | {"ends_at": "2026-05-01T10:00:00Z"}
    path = "commitments/by-ref/jobadder/4711"
    made = done(desk.put(path, **body(desk, "commitments", made_at=day(2), fulfilled_at=day(3))))
    assert done(desk.put(path, **body(desk, "commitments", description="One")), 200) == made | {"description": "One"}
    assert done(desk.put(path, **body(desk, "commitments", fulfilled_at=None)), 200)["fulfilled_at"] is None


def test_a_correction_must_make_sense_as_a_whole(desk: Desk):
    path = "commitments/by-ref/jobadder/4711"
    done(desk.put(path, **body(desk, "commitments", made_at=day(3))))
    refused(desk.put(path, **body(desk, "commitments", fulfilled_at=day(2))), 422, pointer="/fulfilled_at")
    path = "interactions/by-ref/jobadder/4711"
    made = done(desk.put(path, **body(desk, "interactions")))
    refused(desk.put(path, **body(desk, "interactions", in_reply_to=made["id"])), 422, pointer="/in_reply_to")


@pytest.mark.parametrize("kind", ["interactions", "commitments"])
def test_a_voided_fact_is_not_corrected_but_may_be_told_again_unchanged(desk: Desk, kind: str):
    path = f"{kind}/by-ref/jobadder/4711"
    made = done(desk.put(path, **body(desk, kind)))
    voided = done(desk.post(f"{kind}/{made['id']}/void", reason="Another Robin"), 200)
    assert done(desk.put(path, **body(desk, kind)), 200) == voided
    other = {"purpose": "chase"} if kind == "interactions" else {"due_on": "2026-05-07"}
    refused(desk.put(path, **body(desk, kind, **other)), 409, "already_voided")


def test_a_move_told_differently_is_voided_and_told_anew(desk: Desk):
    path = "transitions/by-ref/jobadder/4711"
    made = done(desk.put(path, **body(desk, "transitions", at=day(2))))
    refused(desk.put(path, **body(desk, "transitions", at=day(3))), 409, "already_told")
    refused(desk.put(path, **body(desk, "transitions", to="on_hold")), 409, "already_told")
    done(desk.post(f"transitions/{made['id']}/void", reason="Wrong day"), 200)
    assert done(desk.put(path, **body(desk, "transitions", at=day(2))), 200)["voided_at"] is not None
    anew = done(desk.put(path, **body(desk, "transitions", at=day(3))))
    assert (anew["id"] != made["id"], at(anew["at"]), anew["cause"]) == (True, day(3), "crm")
    assert desk.get(path) == anew
    assert desk.stage() == "interviewed"


def test_an_application_known_by_its_reference_is_given_its_recruiter_and_nothing_else(desk: Desk):
    path = "applications/by-ref/jobadder/4711"
    asked = {"candidate_id": desk.candidate["id"], "job_id": desk.job["id"]}
    made = done(desk.put(path, **asked, stage="offer"))
    recruiter = desk.add("recruiters", name="Sam")["id"]
    changed = done(desk.put(path, **asked, recruiter_id=recruiter, stage="offer"), 200)
    assert changed == made | {"recruiter_id": recruiter}
    refused(desk.put(path, **asked, stage="placed"), 409, "stage_differs")
    refused(desk.put(path, **asked, opened_at=day(2)), 409, "opened_at_differs")
    another = desk.add("candidates", name="Alex")["id"]
    refused(desk.put(path, **(asked | {"candidate_id": another})), 409, "another_application")
