"""Milestones: recorded, corrected by their reference, and voided."""

from typing import Any

import pytest

from app.applications.history_loader import load
from app.applications.models import application, milestone
from app.rules.history import Milestone
from app.webhooks.models import event
from tests.applications.desk import Desk, Row, at, day, done, refused

KINDS = ("written_offer", "resigned", "nothing_to_resign", "counter_offer", "counter_offer_declined", "started")


def record(desk: Desk, kind: str, application: str | None = None, **body: Any) -> Row:
    return desk.add(f"applications/{application or desk.id}/milestones", kind=kind, **body)


def test_a_milestone_happened_now_unless_it_says_otherwise(desk: Desk):
    for kind in KINDS:
        made = record(desk, kind)
        assert (made["kind"], at(made["at"]), made["on"], made["note"]) == (kind, desk.clock.now, None, None)
        assert desk.get(f"milestones/{made['id']}") == made
    assert at(record(desk, "resigned", at=day(2))["at"]) == day(2)


def test_the_first_day_belongs_to_the_start_that_was_agreed_and_to_nothing_else(desk: Desk):
    path = f"applications/{desk.id}/milestones"
    assert record(desk, "start_agreed", on="2026-06-01")["on"] == "2026-06-01"
    assert record(desk, "start_agreed", on="2026-04-01")["on"] == "2026-04-01"
    refused(desk.post(path, kind="start_agreed"), 422, pointer="/on")
    for kind in KINDS:
        refused(desk.post(path, kind=kind, on="2026-06-01"), 422, pointer="/on")


def test_a_milestone_does_not_lie_ahead(desk: Desk):
    path = f"applications/{desk.id}/milestones"
    problem = refused(desk.post(path, kind="resigned", at=day(4, 9, 6)), 422, pointer="/at")
    assert problem["code"] == "in_the_future"
    record(desk, "resigned", at=day(4, 9, 5))


def test_a_note_is_short_and_may_have_several_lines(desk: Desk):
    path = f"applications/{desk.id}/milestones"
    refused(desk.post(path, kind="resigned", note="x" * 501), 422, pointer="/note")
    assert record(desk, "resigned", note="Four weeks.\nHanded over.")["note"] == "Four weeks.\nHanded over."


def test_a_milestone_has_no_patch(desk: Desk):
    made = record(desk, "resigned")
    assert desk.admin.patch(f"/v1/milestones/{made['id']}", {"note": "x"}).status_code == 405


def test_the_rules_read_milestones_in_the_order_of_telling_and_no_voided_one(desk: Desk):
    later, earlier = record(desk, "start_agreed", on="2026-06-01"), record(desk, "resigned", at=day(2))
    wrong = record(desk, "counter_offer")
    done(desk.post(f"milestones/{wrong['id']}/void", reason="Another Robin"), 200)
    (row,) = desk.rows(application)
    key = row["agency_id"], row["id"]
    loaded = desk.service.read(lambda conn: load(conn, [key])[key])
    first, second = loaded.history.milestones
    assert first == Milestone(earlier["id"], "resigned", day(2), None, first.recorded)
    assert second == Milestone(later["id"], "start_agreed", day(4), day(1, month=6).date(), second.recorded)
    assert second.recorded < first.recorded


@pytest.mark.parametrize("stage", ["interviewed", "accepted", "on_hold", "rejected", "placed"])
def test_a_milestone_is_recorded_in_any_stage_and_assessed_at_once(desk: Desk, stage: str):
    other = desk.open(stage=stage)["id"]
    desk.clock.advance(hours=1)
    made = record(desk, "counter_offer", other)
    assert {str(row["id"]): row["assessed_at"] for row in desk.rows(application)}[other] == desk.clock.now
    desk.clock.advance(hours=1)
    done(desk.post(f"milestones/{made['id']}/void", reason="No"), 200)
    assert {str(row["id"]): row["assessed_at"] for row in desk.rows(application)}[other] == desk.clock.now


def test_a_voided_milestone_stays_visible_and_is_not_put_again(desk: Desk):
    path, body = "milestones/by-ref/jobadder/4711", {"application_id": desk.id, "kind": "resigned"}
    made = done(desk.put(path, **body))
    done(desk.post(f"milestones/{made['id']}/void", reason="Another Robin"), 200)
    (listed,) = desk.get(f"applications/{desk.id}/milestones")["items"]
    assert (at(listed["voided_at"]), listed["void_reason"]) == (desk.clock.now, "Another Robin")
    refused(desk.post(f"milestones/{made['id']}/void", reason="Again"), 409, "already_voided")
    refused(desk.put(path, **body), 409, "already_voided")
    refused(desk.put(path, **body, note="Four weeks"), 409, "already_voided")


def test_a_milestone_is_corrected_by_its_reference(desk: Desk):
    path = "milestones/by-ref/jobadder/4711"
    body = {"application_id": desk.id, "kind": "start_agreed", "on": "2026-06-01", "at": day(2)}
    made = done(desk.put(path, **body))
    assert done(desk.put(path, **body), 200) == made
    assert done(desk.put(path, **(body | {"on": "2026-06-08"})), 200) == made | {"on": "2026-06-08"}
    refused(desk.put(path, **(body | {"on": None})), 422, pointer="/on")
    refused(desk.put(path, **(body | {"application_id": desk.open_elsewhere()["id"]})), 409, "other_application")
    assert len(desk.rows(milestone)) == 1


def test_the_milestones_of_an_application_are_listed_by_their_times(desk: Desk):
    later, earlier = record(desk, "resigned", at=day(3)), record(desk, "written_offer", at=day(2))
    record(desk, "resigned", desk.open()["id"])
    first = desk.get(f"applications/{desk.id}/milestones", limit=1)
    assert first["items"] == [earlier]
    assert desk.get(f"applications/{desk.id}/milestones", cursor=first["next_cursor"])["items"] == [later]


def test_the_history_tells_milestones_in_plain_words(desk: Desk):
    record(desk, "written_offer", at=day(2), note="Band seven.")
    record(desk, "start_agreed", at=day(3), on="2026-06-01")
    wrong = record(desk, "counter_offer")
    done(desk.post(f"milestones/{wrong['id']}/void", reason="Another Robin"), 200)
    items = desk.get(f"applications/{desk.id}/history")["items"]
    assert [(item["text"], at(item["at"]), item["voided"]) for item in items if item["type"] == "milestone"] == [
        ("The offer was made in writing: Band seven.", day(2), False),
        ("The first day was agreed for Mon 1 Jun 2026.", day(3), False),
        (
            "The candidate's employer made a counter-offer. This was taken back: Another Robin.",
            desk.clock.now,
            True,
        ),
    ]


@pytest.mark.parametrize("stage", ["offer", "accepted"])
def test_who_has_started_is_placed_until_that_is_voided(desk: Desk, stage: str):
    other = desk.open(stage=stage)["id"]
    started = record(desk, "started", other)
    assert desk.stage(other) == "placed"
    found = desk.get(f"applications/{other}/transitions")
    assert found["items"] == []
    assert found["stages"][-1] == {
        "stage": "placed",
        "at": started["at"],
        "cause": "started",
        "fact_id": started["id"],
    }
    assert "placed" not in found["legal_moves"]
    refused(desk.post(f"applications/{other}/transitions", to="placed"), 409, "illegal_transition")
    items = desk.get(f"applications/{other}/history")["items"]
    assert [(item["type"], item["text"]) for item in items if item["type"] in ("milestone", "stage_followed")] == [
        ("milestone", "The candidate started."),
        ("stage_followed", "Counted as placed, since the candidate started."),
    ]
    assert items[-1]["data"] == {"stage": "placed", "cause": "started"}
    done(desk.post(f"milestones/{started['id']}/void", reason="Not yet"), 200)
    assert desk.stage(other) == stage
    events = sorted(desk.rows(event, event.c.type == "application.stage_changed"), key=lambda row: row["sequence"])
    moved = [row["data"] for row in events]
    assert [(one["from"], one["to"], one["at"]) for one in moved] == [
        (stage, "placed", desk.clock.now.isoformat()),
        ("placed", stage, day(1).isoformat()),
    ]


def test_a_milestone_recorded_late_counts_from_its_own_time(desk: Desk):
    other = desk.open(stage="accepted")["id"]
    record(desk, "counter_offer", other, at=day(2))
    (flag,) = (one for one in desk.flags(other) if one["kind"] == "counter_offer_open")
    assert (at(flag["since"]), flag["severity"]) == (day(2), "warning")
    record(desk, "counter_offer_declined", other, at=day(3))
    assert "counter_offer_open" not in desk.standing(other)
