"""The joins themselves: each sees what it is there to see."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.applications.models import application, interaction
from app.applications.projection import Projection
from app.webhooks.models import event, webhook_delivery
from tests.applications.desk import Desk, day
from tests.crash.joining import Findings, compare, join_events, join_writes
from tests.crash.receiver import Receipt
from tests.crash.telling import LOGGED, MOVED, join_facts
from tests.crash.writing import Ledger, Written
from tests.service import Client, Service


@pytest.fixture
def desk(service: Service, operator: Client) -> Desk:
    """A desk with an application."""
    return Desk(service, operator)


def found(desk: Desk, join: Callable[..., Any], *arguments: Any) -> list[str]:
    """What a join over the desk's database must not see, by name."""
    findings = Findings()
    desk.service.run(join, desk.service.app.state.shared.database, *arguments, findings)
    return [violation.partition(":")[0] for violation in findings.violations]


def told(desk: Desk, key: str) -> Written:
    """A word that an Idempotency-Key marks, acknowledged."""
    said = {"from_party": "client", "to_party": "recruiter", "summary": key}
    answer = desk.admin.post(f"/v1/applications/{desk.id}/interactions", said, headers={"Idempotency-Key": key})
    return Written("interaction", answer.json()["id"])


def test_what_was_acknowledged_and_is_there_once_is_well(desk: Desk):
    assert found(desk, join_writes, Ledger(acknowledged={"a": told(desk, "a")})) == []


def test_a_lost_write_is_seen(desk: Desk):
    ledger = Ledger(acknowledged={"a": told(desk, "a"), "b": Written("interaction", str(uuid4()))})
    assert found(desk, join_writes, ledger) == ["lost", "effects under another id", "answers not kept once"]


def test_an_effect_twice_and_an_effect_of_nothing_are_seen(desk: Desk):
    ledger = Ledger(acknowledged={"a": told(desk, "a")})
    told(desk, "b")
    desk.write(sa.update(interaction).values(summary="a"))
    assert found(desk, join_writes, ledger) == ["effects twice", "effects under another id"]
    assert found(desk, join_writes, Ledger()) == ["effects twice", "effects of nothing"]


def test_an_event_that_was_not_delivered_or_not_received_is_seen(desk: Desk):
    endpoint = desk.add("webhook-endpoints", url="https://receiver.example/")["endpoint"]["id"]
    desk.interview(ended=day(4, 8))
    assert desk.moves("awaiting_decision").status_code == 201
    (delivery,) = desk.rows(webhook_delivery)
    wanted = {delivery["endpoint_id"]: None}
    assert str(delivery["endpoint_id"]) == endpoint
    unsent = ["deliveries not done", "deliveries done without an attempt", "never accepted"]
    unsequenced = ["positions of the feed that are not one after the other"]
    assert found(desk, join_events, {delivery["endpoint_id"]: {}}, wanted) == unsent + unsequenced
    desk.write(sa.delete(webhook_delivery))
    other = Receipt(0, hashlib.sha256(b"other").digest(), 0, "w")
    altered = {delivery["endpoint_id"]: {str(delivery["event_id"]): [other]}}
    assert found(desk, join_events, altered, wanted) == [
        "events without delivery", "received without event, or altered", *unsequenced,
    ]  # fmt: skip


def test_rows_that_the_rules_would_write_otherwise_are_seen(desk: Desk):
    assert found(desk, compare, desk.clock) == []
    desk.write(sa.update(application).values(stage="offer"))
    assert found(desk, compare, desk.clock) == ["applications whose rows differ from a fresh assessment"]


def lived(desk: Desk) -> None:
    """A life with a move, a follow-up, and flags that come, step up and go."""
    interview = desk.interview(ended=day(4, 8))
    for hour in range(1, 9):
        desk.wait(day(4 + hour, 0))
    desk.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(11, 23))
    assert desk.moves("offer").status_code == 201


def test_facts_that_were_all_told_once_are_well(desk: Desk):
    lived(desk)
    types = {row["type"] for row in desk.rows(event)}
    assert types >= {"flag.raised", "flag.changed", "flag.cleared", "follow_up.missed", LOGGED, MOVED}
    assert found(desk, join_facts) == []


def test_a_fact_that_nobody_was_told_of_is_seen_and_so_is_one_told_twice(desk: Desk):
    lived(desk)
    for what in ("flag.raised", "flag.changed", "flag.cleared", "follow_up.missed", LOGGED, MOVED):
        told = next(row for row in desk.rows(event) if row["type"] == what and row["data"].get("to") in (None, "offer"))
        desk.write(sa.delete(event).where(event.c.id == told["id"]))
        assert found(desk, join_facts) == ["facts without their event"], what
        desk.write(sa.insert(event).values(**told))
        again = uuid4()
        desk.write(sa.insert(event).values(**{**told, "id": again, "position": None}))
        assert found(desk, join_facts) == ["events told twice, or without their fact"], what
        desk.write(sa.delete(event).where(event.c.id == again))
    assert found(desk, join_facts) == []


def test_a_service_that_tells_of_no_flag_is_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Projection, "_emit_flag_event", lambda self, what, row: None)
    lived(desk)
    assert found(desk, join_facts) == ["facts without their event"]
