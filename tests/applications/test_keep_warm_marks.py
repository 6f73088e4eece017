"""Keep-warm marks: made on ended applications, one active mark for a candidate, ended, changed and voided."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.applications.keep_warm.marks import mark_keep_warm
from app.applications.keep_warm.schemas import KeepWarmMarkIn
from app.applications.models import keep_warm_mark
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused, wire
from tests.databases import Kind
from tests.lock_waits import until_somebody_waits


@pytest.fixture
def ended(agency: AgencyClient) -> str:
    """The application, rejected this morning."""
    done(agency.moves("rejected", reason="An inside candidate"))
    return agency.id


def mark(agency: AgencyClient, application: str | None = None, /, **body: Any) -> Row:
    return agency.add(f"applications/{application or agency.id}/keep-warm-marks", **body)


def marking(agency: AgencyClient, application: str | None = None, /, **body: Any) -> httpx.Response:
    return agency.post(f"applications/{application or agency.id}/keep-warm-marks", **body)


def ended_elsewhere(agency: AgencyClient, **body: Any) -> str:
    return str(agency.open_elsewhere(stage="rejected", **body)["id"])


def test_a_mark_is_made_now_and_for_a_year_unless_it_says_otherwise(agency: AgencyClient, ended: str):
    made = mark(agency, ended)
    assert (at(made["at"]), made["until"]) == (agency.clock.now, "2027-05-04")
    assert (made["note"], made["ended_at"], made["voided_at"], made["application_id"]) == (None, None, None, ended)
    assert agency.get(f"keep-warm-marks/{made['id']}") == made
    assert agency.get(f"applications/{ended}/keep-warm-marks")["items"] == [made]


def test_the_year_is_counted_on_the_agencys_calendar(agency: AgencyClient, ended: str):
    agency.patch("agency", time_zone="Australia/Sydney")
    made = mark(agency, ended, at=day(3, 23))
    assert made["until"] == "2027-05-04", "in Sydney it was the 4th already"


def test_only_an_ended_application_is_kept_warm(agency: AgencyClient):
    assert refused(marking(agency), 409, "application_not_ended")["stage"] == "interview_scheduled"
    done(agency.moves("on_hold"))
    refused(marking(agency), 409, "application_not_ended")
    body = {"application_id": agency.id}
    refused(agency.put("keep-warm-marks/by-ref/crm/1", **body), 409, "application_not_ended")
    refused(agency.post("applications/019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a01/keep-warm-marks"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"until": "2026-05-04"}, "/until"),
        ({"until": "2026-05-01"}, "/until"),
        ({"until": "2028-05-04"}, "/until"),
        ({"at": day(2), "until": "2028-05-02"}, "/until"),
        ({"at": day(4, 9, 6)}, "/at"),
        ({"note": " "}, "/note"),
        ({"ended_at": None}, "/ended_at"),
    ],
)
def test_what_cannot_be_is_refused(agency: AgencyClient, ended: str, body: Row, pointer: str):
    refused(marking(agency, ended, **body), 422, pointer=pointer)


@pytest.mark.parametrize("until", ["2026-05-05", "2028-05-03"])
def test_a_mark_holds_from_the_next_day_to_two_years(agency: AgencyClient, ended: str, until: str):
    assert mark(agency, ended, until=until)["until"] == until


def test_a_candidate_has_one_mark_at_a_time(agency: AgencyClient, ended: str):
    other = ended_elsewhere(agency)
    first = mark(agency, ended)
    for application in (ended, other):
        problem = refused(marking(agency, application), 409, "already_kept_warm")
        assert (problem["keep_warm_mark_id"], problem["application_id"]) == (first["id"], ended)
    somebody = agency.add("candidates", name="Kim")["id"]
    mark(agency, agency.open(candidate_id=somebody, stage="withdrawn")["id"])


@pytest.mark.parametrize("ending", ["ended", "voided", "run out", "reopened"])
def test_a_mark_that_stands_no_longer_makes_room_for_another(agency: AgencyClient, ended: str, ending: str):
    other = ended_elsewhere(agency)
    first = mark(agency, ended, until="2026-05-06")
    agency.clock.advance(hours=1)
    if ending == "ended":
        agency.patch(f"keep-warm-marks/{first['id']}", ended_at=agency.clock.now)
    elif ending == "voided":
        done(agency.post(f"keep-warm-marks/{first['id']}/void", reason="Another Robin"), 200)
    elif ending == "run out":
        agency.wait(day(5, 23, 59))
        refused(marking(agency, other), 409, "already_kept_warm")
        agency.wait(day(6, 0))
    else:
        done(agency.moves("awaiting_decision", reopen=True, reason="They changed their mind"))
    mark(agency, other)


def test_a_mark_from_before_a_reopening_counts_for_nothing_after_the_next_end(agency: AgencyClient, ended: str):
    mark(agency, ended)
    agency.clock.advance(hours=1)
    done(agency.moves("offer", reopen=True, reason="Their first choice declined"))
    agency.clock.advance(hours=1)
    done(agency.moves("offer_declined", reason="Took another job"))
    mark(agency, ended)


def test_a_mark_that_would_stand_again_beside_another_is_refused(agency: AgencyClient, ended: str):
    other = ended_elsewhere(agency)
    first = mark(agency, ended)
    agency.patch(f"keep-warm-marks/{first['id']}", ended_at=agency.clock.now)
    second = mark(agency, other)
    answer = agency.admin.patch(f"/v1/keep-warm-marks/{first['id']}", {"ended_at": None})
    assert refused(answer, 409, "already_kept_warm")["keep_warm_mark_id"] == second["id"]
    assert agency.patch(f"keep-warm-marks/{first['id']}", note="Close")["note"] == "Close"


def test_a_mark_is_changed_and_ended_and_stands_again(agency: AgencyClient, ended: str):
    made = mark(agency, ended, note="Second of five")
    path = f"keep-warm-marks/{made['id']}"
    assert agency.patch(path, until="2026-08-01", note=None)["note"] is None
    for body, pointer in (
        ({"until": None}, "/until"),
        ({"until": "2026-05-04"}, "/until"),
        ({"ended_at": day(4, 8)}, "/ended_at"),
        ({"ended_at": day(4, 9, 6)}, "/ended_at"),
        ({"at": day(4, 8)}, "/at"),
    ):
        refused(agency.admin.patch(f"/v1/{path}", wire(body)), 422, pointer=pointer)
    assert at(agency.patch(path, ended_at=day(4, 9, 5))["ended_at"]) == day(4, 9, 5)
    assert agency.patch(path, ended_at=None)["ended_at"] is None


def test_a_change_names_the_state_that_it_was_made_for(agency: AgencyClient, ended: str):
    path = f"/v1/keep-warm-marks/{mark(agency, ended)['id']}"
    tag = {"If-Match": agency.admin.get(path).headers["etag"]}
    assert agency.admin.get(path, headers={"If-None-Match": tag["If-Match"]}).status_code == 304
    done(agency.admin.patch(path, {"note": "Close"}, headers=tag), 200)
    refused(agency.admin.patch(path, {"note": "Closer"}, headers=tag), 412, "precondition_failed")
    refused(agency.admin.post(f"{path}/void", {"reason": "Mistake"}, headers=tag), 412, "precondition_failed")


def test_a_voided_mark_stays_visible_and_cannot_be_changed(agency: AgencyClient, ended: str):
    made = done(agency.put("keep-warm-marks/by-ref/crm/1", application_id=ended))
    void = f"keep-warm-marks/{made['id']}/void"
    voided = done(agency.post(void, reason="Another Robin"), 200)
    assert (at(voided["voided_at"]), voided["void_reason"]) == (agency.clock.now, "Another Robin")
    refused(agency.post(void, reason="Again"), 409, "already_voided")
    refused(agency.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Close"}), 409, "already_voided")
    refused(agency.put("keep-warm-marks/by-ref/crm/1", application_id=ended), 409, "already_voided")
    assert agency.get(f"applications/{ended}/keep-warm-marks")["items"] == [voided]


def test_a_mark_under_another_systems_name(agency: AgencyClient, ended: str):
    path = "keep-warm-marks/by-ref/crm/1"
    made = done(agency.put(path, application_id=ended, until="2026-12-01", note="Close"))
    agency.clock.advance(hours=1)
    assert done(agency.put(path, application_id=ended), 200) == made
    assert done(agency.put(path, application_id=ended, until=None, note=None), 200) == made | {"note": None}
    refused(agency.put(path, application_id=ended_elsewhere(agency)), 409, "other_application")
    refused(agency.put(path, application_id=ended, at=day(4, 9), ended_at=day(4, 8)), 422, pointer="/ended_at")
    done(agency.put(path, application_id=ended, ended_at=agency.clock.now), 200)
    again = done(agency.put("keep-warm-marks/by-ref/crm/2", application={"system": "crm", "id": "4"}), 404)
    assert again["errors"][0]["pointer"] == "/application"
    assert agency.get(path)["until"] == "2026-12-01"


def test_one_key_makes_one_mark(agency: AgencyClient, ended: str):
    path, once = f"/v1/applications/{ended}/keep-warm-marks", {"Idempotency-Key": "once"}
    first, again = (agency.admin.post(path, {}, headers=once) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert len(agency.rows(keep_warm_mark)) == 1


def test_the_history_lists_marks(agency: AgencyClient, ended: str):
    made = mark(agency, ended, until="2026-12-01", note="Second of five")
    agency.clock.advance(days=1)
    agency.patch(f"keep-warm-marks/{made['id']}", ended_at=agency.clock.now)
    wrong = mark(agency, ended)
    done(agency.post(f"keep-warm-marks/{wrong['id']}/void", reason="Another Robin"), 200)
    entries = [item for item in agency.get(f"applications/{ended}/history")["items"] if "keep_warm" in item["type"]]
    assert [(item["type"], item["voided"]) for item in entries] == [
        ("keep_warm_marked", False),
        ("keep_warm_marked", True),
        ("keep_warm_ended", False),
    ]
    assert entries[0]["text"] == "Marked to keep warm until Tue 1 Dec 2026: Second of five."
    assert entries[1]["text"].endswith("This was taken back: Another Robin.")
    assert entries[0]["fact_id"] == entries[2]["fact_id"] == made["id"]


def test_of_twenty_marks_at_once_one_is_made(agency: AgencyClient, ended: str):
    places = [ended, *(ended_elsewhere(agency) for _ in range(3))]

    async def at_once() -> list[httpx.Response]:
        return await asyncio.gather(
            *(
                agency.service.http.post(
                    f"/v1/applications/{one}/keep-warm-marks", json={}, headers=agency.admin._headers
                )
                for one in places * 5
            )
        )

    answers = agency.service.run(at_once)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19], answers[0].text
    assert len(agency.rows(keep_warm_mark)) == 1


def test_a_second_mark_waits_for_the_first_and_is_refused(agency: AgencyClient, ended: str, database_kind: Kind):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer")
    other = ended_elsewhere(agency)
    with until_somebody_waits(agency.admin, lambda work: mark_keep_warm(work, UUID(ended), KeepWarmMarkIn())):
        refused(marking(agency, other), 409, "already_kept_warm")


def test_an_erased_candidate_is_not_marked(agency: AgencyClient, ended: str):
    made = mark(agency, ended, note="Robin Reed came close")
    done(agency.admin.post(f"/v1/candidates/{agency.candidate['id']}/erasure"), 200)
    (row,) = agency.rows(keep_warm_mark)
    assert (row["note"], row["at"], str(row["until"])) == (None, at(made["at"]), made["until"])
    refused(marking(agency, ended, at=agency.clock.now - timedelta(days=1)), 409)
    refused(agency.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Robin"}), 409, "candidate_erased")


def test_nobody_is_kept_warm_who_was_erased(agency: AgencyClient, ended: str):
    made = agency.add(f"applications/{ended}/keep-warm-marks", note="Nearly had it")
    done(agency.post(f"candidates/{agency.candidate['id']}/erasure"), 200)
    refused(agency.post(f"applications/{ended}/keep-warm-marks"), 409, "candidate_erased")
    refused(agency.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Back"}), 409, "candidate_erased")
    assert agency.get("keep-warm")["items"] == []
