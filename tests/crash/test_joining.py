"""The joins themselves: each sees what it is there to see."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.applications.models import application, interaction
from app.webhooks.models import webhook_delivery
from tests.applications.desk import Desk, day
from tests.crash.joining import Findings, compare, join_events, join_repeats, join_writes
from tests.crash.killing import Kill
from tests.crash.receiver import Receipt
from tests.crash.writing import Ledger, Written
from tests.service import Client, Service


@pytest.fixture
def desk(service: Service, operator: Client) -> Desk:
    """A desk with an application."""
    return Desk(service, operator)


def found(desk: Desk, join: Callable[..., Any], *arguments: Any) -> list[str]:
    """What a join over the desk's database must not see, by name."""
    findings = Findings()
    desk.service.run(join, desk.service.app.state.house.database, *arguments, findings)
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
    unsent = ["deliveries not done", "deliveries done without an attempt", "never received"]
    unplaced = ["places of the feed that are not one after the other"]
    assert found(desk, join_events, {delivery["endpoint_id"]: {}}, wanted) == unsent + unplaced
    desk.write(sa.delete(webhook_delivery))
    altered = {delivery["endpoint_id"]: {str(delivery["event_id"]): [Receipt(0, hashlib.sha256(b"other").digest())]}}
    assert found(desk, join_events, altered, wanted) == [
        "events without delivery", "received without event, or altered", *unplaced,
    ]  # fmt: skip


def test_rows_that_the_rules_would_write_otherwise_are_seen(desk: Desk):
    assert found(desk, compare, desk.clock) == []
    desk.write(sa.update(application).values(stage="offer"))
    assert found(desk, compare, desk.clock) == ["applications whose rows differ from a fresh assessment"]


def repeats(*times: float, kills: list[Kill], concurrency: int = 1) -> list[str]:
    """What is seen of one event that came at these times."""
    findings = Findings()
    join_repeats({"one": [Receipt(at, b"") for at in times]}, kills, concurrency, "it", findings)
    return findings.violations


def test_a_kill_explains_one_repeat_of_what_was_under_way():
    worker, api = Kill("worker", "at random", 5), Kill("api", "at random", 5)
    assert repeats(4, 9, kills=[worker]) == []
    assert repeats(4, kills=[]) == []
    assert repeats(4, 9, kills=[]) != []
    assert repeats(4, 9, kills=[api]) != []
    assert repeats(7, 9, kills=[worker]) != []
    assert repeats(4, 9, 12, kills=[worker]) != []
    assert repeats(4, 4.5, kills=[worker]) != []
