"""Milestones: recorded, corrected by their reference, and voided."""

from typing import Any

import pytest

from app.applications.history_loader import load
from app.applications.models import application, milestone
from app.rules.history import Milestone
from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused

KINDS = ("written_offer", "resigned", "nothing_to_resign", "counter_offer", "counter_offer_declined", "started")


def record(agency: AgencyClient, kind: str, application: str | None = None, **body: Any) -> Row:
    return agency.add(f"applications/{application or agency.id}/milestones", kind=kind, **body)


def test_a_milestone_happened_now_unless_it_says_otherwise(agency: AgencyClient):
    for kind in KINDS:
        made = record(agency, kind)
        assert (made["kind"], at(made["at"]), made["on"], made["note"]) == (kind, agency.clock.now, None, None)
        assert agency.get(f"milestones/{made['id']}") == made
    assert at(record(agency, "resigned", at=day(2))["at"]) == day(2)


def test_the_first_day_belongs_to_the_start_that_was_agreed_and_to_nothing_else(agency: AgencyClient):
    path = f"applications/{agency.id}/milestones"
    assert record(agency, "start_agreed", on="2026-06-01")["on"] == "2026-06-01"
    assert record(agency, "start_agreed", on="2026-04-01")["on"] == "2026-04-01"
    refused(agency.post(path, kind="start_agreed"), 422, pointer="/on")
    for kind in KINDS:
        refused(agency.post(path, kind=kind, on="2026-06-01"), 422, pointer="/on")


def test_a_milestone_does_not_lie_ahead(agency: AgencyClient):
    path = f"applications/{agency.id}/milestones"
    problem = refused(agency.post(path, kind="resigned", at=day(4, 9, 6)), 422, pointer="/at")
    assert problem["code"] == "in_the_future"
    record(agency, "resigned", at=day(4, 9, 5))


def test_a_note_is_short_and_may_have_several_lines(agency: AgencyClient):
    path = f"applications/{agency.id}/milestones"
    refused(agency.post(path, kind="resigned", note="x" * 501), 422, pointer="/note")
    assert record(agency, "resigned", note="Four weeks.\nHanded over.")["note"] == "Four weeks.\nHanded over."


def test_a_milestone_has_no_patch(agency: AgencyClient):
    made = record(agency, "resigned")
    assert agency.admin.patch(f"/v1/milestones/{made['id']}", {"note": "x"}).status_code == 405


def test_the_rules_read_milestones_in_the_order_of_telling_and_no_voided_one(agency: AgencyClient):
    later, earlier = record(agency, "start_agreed", on="2026-06-01"), record(agency, "resigned", at=day(2))
    wrong = record(agency, "counter_offer")
    done(agency.post(f"milestones/{wrong['id']}/void", reason="Another Robin"), 200)
    (row,) = agency.rows(application)
    key = row["agency_id"], row["id"]
    loaded = agency.service.read(lambda conn: load(conn, [key])[key])
    first, second = loaded.history.milestones
    assert first == Milestone(earlier["id"], "resigned", day(2), None, first.recorded)
    assert second == Milestone(later["id"], "start_agreed", day(4), day(1, month=6).date(), second.recorded)
    assert second.recorded < first.recorded


@pytest.mark.parametrize("stage", ["interviewed", "accepted", "on_hold", "rejected", "placed"])
def test_a_milestone_is_recorded_in_any_stage_and_assessed_at_once(agency: AgencyClient, stage: str):
    other = agency.open(stage=stage)["id"]
    agency.clock.advance(hours=1)
    made = record(agency, "counter_offer", other)
    assert {str(row["id"]): row["assessed_at"] for row in agency.rows(application)}[other] == agency.clock.now
    agency.clock.advance(hours=1)
    done(agency.post(f"milestones/{made['id']}/void", reason="No"), 200)
    assert {str(row["id"]): row["assessed_at"] for row in agency.rows(application)}[other] == agency.clock.now


def test_a_voided_milestone_stays_visible_and_is_not_put_again(agency: AgencyClient):
    path, body = "milestones/by-ref/jobadder/4711", {"application_id": agency.id, "kind": "resigned"}
    made = done(agency.put(path, **body))
    done(agency.post(f"milestones/{made['id']}/void", reason="Another Robin"), 200)
    (listed,) = agency.get(f"applications/{agency.id}/milestones")["items"]
    assert (at(listed["voided_at"]), listed["void_reason"]) == (agency.clock.now, "Another Robin")
    refused(agency.post(f"milestones/{made['id']}/void", reason="Again"), 409, "already_voided")
    refused(agency.put(path, **body), 409, "already_voided")
    refused(agency.put(path, **body, note="Four weeks"), 409, "already_voided")


def test_a_milestone_is_corrected_by_its_reference(agency: AgencyClient):
    path = "milestones/by-ref/jobadder/4711"
    body = {"application_id": agency.id, "kind": "start_agreed", "on": "2026-06-01", "at": day(2)}
    made = done(agency.put(path, **body))
    assert done(agency.put(path, **body), 200) == made
    assert done(agency.put(path, **(body | {"on": "2026-06-08"})), 200) == made | {"on": "2026-06-08"}
    refused(agency.put(path, **(body | {"on": None})), 422, pointer="/on")
    refused(agency.put(path, **(body | {"application_id": agency.open_elsewhere()["id"]})), 409, "other_application")
    assert len(agency.rows(milestone)) == 1


def test_the_milestones_of_an_application_are_listed_by_their_times(agency: AgencyClient):
    later, earlier = record(agency, "resigned", at=day(3)), record(agency, "written_offer", at=day(2))
    record(agency, "resigned", agency.open()["id"])
    first = agency.get(f"applications/{agency.id}/milestones", limit=1)
    assert first["items"] == [earlier]
    assert agency.get(f"applications/{agency.id}/milestones", cursor=first["next_cursor"])["items"] == [later]


def test_the_history_lists_milestones_in_plain_words(agency: AgencyClient):
    record(agency, "written_offer", at=day(2), note="Band seven.")
    record(agency, "start_agreed", at=day(3), on="2026-06-01")
    wrong = record(agency, "counter_offer")
    done(agency.post(f"milestones/{wrong['id']}/void", reason="Another Robin"), 200)
    items = agency.get(f"applications/{agency.id}/history")["items"]
    assert [(item["text"], at(item["at"]), item["voided"]) for item in items if item["type"] == "milestone"] == [
        ("The offer was made in writing: Band seven.", day(2), False),
        ("The first day was agreed for Mon 1 Jun 2026.", day(3), False),
        (
            "The candidate's employer made a counter-offer. This was taken back: Another Robin.",
            agency.clock.now,
            True,
        ),
    ]


@pytest.mark.parametrize("stage", ["offer", "accepted"])
def test_who_has_started_is_placed_until_that_is_voided(agency: AgencyClient, stage: str):
    other = agency.open(stage=stage)["id"]
    started = record(agency, "started", other)
    assert agency.stage(other) == "placed"
    found = agency.get(f"applications/{other}/transitions")
    assert found["items"] == []
    assert found["stages"][-1] == {
        "stage": "placed",
        "at": started["at"],
        "cause": "started",
        "fact_id": started["id"],
    }
    assert "placed" not in found["legal_moves"]
    refused(agency.post(f"applications/{other}/transitions", to="placed"), 409, "illegal_transition")
    items = agency.get(f"applications/{other}/history")["items"]
    assert [(item["type"], item["text"]) for item in items if item["type"] in ("milestone", "stage_followed")] == [
        ("milestone", "The candidate started."),
        ("stage_followed", "Counted as placed, since the candidate started."),
    ]
    assert items[-1]["data"] == {"stage": "placed", "cause": "started"}
    done(agency.post(f"milestones/{started['id']}/void", reason="Not yet"), 200)
    assert agency.stage(other) == stage
    events = sorted(agency.rows(event, event.c.type == "application.stage_changed"), key=lambda row: row["sequence"])
    moved = [row["data"] for row in events]
    assert [(one["from"], one["to"], one["at"]) for one in moved] == [
        (stage, "placed", agency.clock.now.isoformat()),
        ("placed", stage, day(1).isoformat()),
    ]


def test_a_milestone_recorded_late_counts_from_its_own_time(agency: AgencyClient):
    other = agency.open(stage="accepted")["id"]
    record(agency, "counter_offer", other, at=day(2))
    (flag,) = (one for one in agency.flags(other) if one["kind"] == "counter_offer_open")
    assert (at(flag["since"]), flag["severity"]) == (day(2), "warning")
    record(agency, "counter_offer_declined", other, at=day(3))
    assert "counter_offer_open" not in agency.active_flags(other)
