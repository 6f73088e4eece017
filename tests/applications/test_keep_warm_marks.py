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
from tests.applications.desk import Desk, Row, at, day, done, refused, wire
from tests.databases import Kind
from tests.meanwhile import until_somebody_waits


@pytest.fixture
def ended(desk: Desk) -> str:
    """The application, rejected this morning."""
    done(desk.moves("rejected", reason="An inside candidate"))
    return desk.id


def mark(desk: Desk, application: str | None = None, /, **body: Any) -> Row:
    return desk.add(f"applications/{application or desk.id}/keep-warm-marks", **body)


def marking(desk: Desk, application: str | None = None, /, **body: Any) -> httpx.Response:
    return desk.post(f"applications/{application or desk.id}/keep-warm-marks", **body)


def ended_elsewhere(desk: Desk, **body: Any) -> str:
    return str(desk.open_elsewhere(stage="rejected", **body)["id"])


def test_a_mark_is_made_now_and_for_a_year_unless_it_says_otherwise(desk: Desk, ended: str):
    made = mark(desk, ended)
    assert (at(made["at"]), made["until"]) == (desk.clock.now, "2027-05-04")
    assert (made["note"], made["ended_at"], made["voided_at"], made["application_id"]) == (None, None, None, ended)
    assert desk.get(f"keep-warm-marks/{made['id']}") == made
    assert desk.get(f"applications/{ended}/keep-warm-marks")["items"] == [made]


def test_the_year_is_counted_on_the_agencys_calendar(desk: Desk, ended: str):
    desk.patch("agency", time_zone="Australia/Sydney")
    made = mark(desk, ended, at=day(3, 23))
    assert made["until"] == "2027-05-04", "in Sydney it was the 4th already"


def test_only_an_ended_application_is_kept_warm(desk: Desk):
    assert refused(marking(desk), 409, "application_not_ended")["stage"] == "interview_scheduled"
    done(desk.moves("on_hold"))
    refused(marking(desk), 409, "application_not_ended")
    body = {"application_id": desk.id}
    refused(desk.put("keep-warm-marks/by-ref/crm/1", **body), 409, "application_not_ended")
    refused(desk.post("applications/019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a01/keep-warm-marks"), 404, "not_found")


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
def test_what_cannot_be_is_refused(desk: Desk, ended: str, body: Row, pointer: str):
    refused(marking(desk, ended, **body), 422, pointer=pointer)


@pytest.mark.parametrize("until", ["2026-05-05", "2028-05-03"])
def test_a_mark_holds_from_the_next_day_to_two_years(desk: Desk, ended: str, until: str):
    assert mark(desk, ended, until=until)["until"] == until


def test_a_candidate_has_one_mark_at_a_time(desk: Desk, ended: str):
    other = ended_elsewhere(desk)
    first = mark(desk, ended)
    for application in (ended, other):
        problem = refused(marking(desk, application), 409, "already_kept_warm")
        assert (problem["keep_warm_mark_id"], problem["application_id"]) == (first["id"], ended)
    somebody = desk.add("candidates", name="Kim")["id"]
    mark(desk, desk.open(candidate_id=somebody, stage="withdrawn")["id"])


@pytest.mark.parametrize("ending", ["ended", "voided", "run out", "reopened"])
def test_a_mark_that_stands_no_longer_makes_room_for_another(desk: Desk, ended: str, ending: str):
    other = ended_elsewhere(desk)
    first = mark(desk, ended, until="2026-05-06")
    desk.clock.advance(hours=1)
    if ending == "ended":
        desk.patch(f"keep-warm-marks/{first['id']}", ended_at=desk.clock.now)
    elif ending == "voided":
        done(desk.post(f"keep-warm-marks/{first['id']}/void", reason="Another Robin"), 200)
    elif ending == "run out":
        desk.wait(day(5, 23, 59))
        refused(marking(desk, other), 409, "already_kept_warm")
        desk.wait(day(6, 0))
    else:
        done(desk.moves("awaiting_decision", reopen=True, reason="They changed their mind"))
    mark(desk, other)


def test_a_mark_from_before_a_reopening_counts_for_nothing_after_the_next_end(desk: Desk, ended: str):
    mark(desk, ended)
    desk.clock.advance(hours=1)
    done(desk.moves("offer", reopen=True, reason="Their first choice declined"))
    desk.clock.advance(hours=1)
    done(desk.moves("offer_declined", reason="Took another job"))
    mark(desk, ended)


def test_a_mark_that_would_stand_again_beside_another_is_refused(desk: Desk, ended: str):
    other = ended_elsewhere(desk)
    first = mark(desk, ended)
    desk.patch(f"keep-warm-marks/{first['id']}", ended_at=desk.clock.now)
    second = mark(desk, other)
    answer = desk.admin.patch(f"/v1/keep-warm-marks/{first['id']}", {"ended_at": None})
    assert refused(answer, 409, "already_kept_warm")["keep_warm_mark_id"] == second["id"]
    assert desk.patch(f"keep-warm-marks/{first['id']}", note="Close")["note"] == "Close"


def test_a_mark_is_changed_and_ended_and_stands_again(desk: Desk, ended: str):
    made = mark(desk, ended, note="Second of five")
    path = f"keep-warm-marks/{made['id']}"
    assert desk.patch(path, until="2026-08-01", note=None)["note"] is None
    for body, pointer in (
        ({"until": None}, "/until"),
        ({"until": "2026-05-04"}, "/until"),
        ({"ended_at": day(4, 8)}, "/ended_at"),
        ({"ended_at": day(4, 9, 6)}, "/ended_at"),
        ({"at": day(4, 8)}, "/at"),
    ):
        refused(desk.admin.patch(f"/v1/{path}", wire(body)), 422, pointer=pointer)
    assert at(desk.patch(path, ended_at=day(4, 9, 5))["ended_at"]) == day(4, 9, 5)
    assert desk.patch(path, ended_at=None)["ended_at"] is None


def test_a_change_names_the_state_that_it_was_made_for(desk: Desk, ended: str):
    path = f"/v1/keep-warm-marks/{mark(desk, ended)['id']}"
    tag = {"If-Match": desk.admin.get(path).headers["etag"]}
    assert desk.admin.get(path, headers={"If-None-Match": tag["If-Match"]}).status_code == 304
    done(desk.admin.patch(path, {"note": "Close"}, headers=tag), 200)
    refused(desk.admin.patch(path, {"note": "Closer"}, headers=tag), 412, "precondition_failed")
    refused(desk.admin.post(f"{path}/void", {"reason": "Mistake"}, headers=tag), 412, "precondition_failed")


def test_a_voided_mark_stays_visible_and_cannot_be_changed(desk: Desk, ended: str):
    made = done(desk.put("keep-warm-marks/by-ref/crm/1", application_id=ended))
    void = f"keep-warm-marks/{made['id']}/void"
    voided = done(desk.post(void, reason="Another Robin"), 200)
    assert (at(voided["voided_at"]), voided["void_reason"]) == (desk.clock.now, "Another Robin")
    refused(desk.post(void, reason="Again"), 409, "already_voided")
    refused(desk.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Close"}), 409, "already_voided")
    refused(desk.put("keep-warm-marks/by-ref/crm/1", application_id=ended), 409, "already_voided")
    assert desk.get(f"applications/{ended}/keep-warm-marks")["items"] == [voided]


def test_a_mark_under_another_systems_name(desk: Desk, ended: str):
    path = "keep-warm-marks/by-ref/crm/1"
    made = done(desk.put(path, application_id=ended, until="2026-12-01", note="Close"))
    desk.clock.advance(hours=1)
    assert done(desk.put(path, application_id=ended), 200) == made
    assert done(desk.put(path, application_id=ended, until=None, note=None), 200) == made | {"note": None}
    refused(desk.put(path, application_id=ended_elsewhere(desk)), 409, "other_application")
    refused(desk.put(path, application_id=ended, at=day(4, 9), ended_at=day(4, 8)), 422, pointer="/ended_at")
    done(desk.put(path, application_id=ended, ended_at=desk.clock.now), 200)
    again = done(desk.put("keep-warm-marks/by-ref/crm/2", application={"system": "crm", "id": "4"}), 404)
    assert again["errors"][0]["pointer"] == "/application"
    assert desk.get(path)["until"] == "2026-12-01"


def test_one_key_makes_one_mark(desk: Desk, ended: str):
    path, once = f"/v1/applications/{ended}/keep-warm-marks", {"Idempotency-Key": "once"}
    first, again = (desk.admin.post(path, {}, headers=once) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert len(desk.rows(keep_warm_mark)) == 1


def test_the_history_tells_of_marks(desk: Desk, ended: str):
    made = mark(desk, ended, until="2026-12-01", note="Second of five")
    desk.clock.advance(days=1)
    desk.patch(f"keep-warm-marks/{made['id']}", ended_at=desk.clock.now)
    wrong = mark(desk, ended)
    done(desk.post(f"keep-warm-marks/{wrong['id']}/void", reason="Another Robin"), 200)
    told = [item for item in desk.get(f"applications/{ended}/history")["items"] if "keep_warm" in item["type"]]
    assert [(item["type"], item["voided"]) for item in told] == [
        ("keep_warm_marked", False),
        ("keep_warm_marked", True),
        ("keep_warm_ended", False),
    ]
    assert told[0]["text"] == "Marked to keep warm until Tue 1 Dec 2026: Second of five."
    assert told[1]["text"].endswith("This was taken back: Another Robin.")
    assert told[0]["fact_id"] == told[2]["fact_id"] == made["id"]


def test_of_twenty_marks_at_once_one_is_made(desk: Desk, ended: str):
    places = [ended, *(ended_elsewhere(desk) for _ in range(3))]

    async def at_once() -> list[httpx.Response]:
        return await asyncio.gather(
            *(
                desk.service.http.post(f"/v1/applications/{one}/keep-warm-marks", json={}, headers=desk.admin._headers)
                for one in places * 5
            )
        )

    answers = desk.service.run(at_once)
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 19], answers[0].text
    assert len(desk.rows(keep_warm_mark)) == 1


def test_a_second_mark_waits_for_the_first_and_is_refused(desk: Desk, ended: str, database_kind: Kind):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer")
    other = ended_elsewhere(desk)
    with until_somebody_waits(desk.admin, lambda work: mark_keep_warm(work, UUID(ended), KeepWarmMarkIn())):
        refused(marking(desk, other), 409, "already_kept_warm")


def test_an_erased_candidate_is_not_marked(desk: Desk, ended: str):
    made = mark(desk, ended, note="Robin Reed came close")
    done(desk.admin.post(f"/v1/candidates/{desk.candidate['id']}/erasure"), 200)
    (row,) = desk.rows(keep_warm_mark)
    assert (row["note"], row["at"], str(row["until"])) == (None, at(made["at"]), made["until"])
    refused(marking(desk, ended, at=desk.clock.now - timedelta(days=1)), 409)
    refused(desk.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Robin"}), 409, "candidate_erased")


def test_nobody_is_kept_warm_who_was_erased(desk: Desk, ended: str):
    made = desk.add(f"applications/{ended}/keep-warm-marks", note="Nearly had it")
    done(desk.post(f"candidates/{desk.candidate['id']}/erasure"), 200)
    refused(desk.post(f"applications/{ended}/keep-warm-marks"), 409, "candidate_erased")
    refused(desk.admin.patch(f"/v1/keep-warm-marks/{made['id']}", {"note": "Back"}), 409, "candidate_erased")
    assert desk.get("keep-warm")["items"] == []
