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
from tests.applications.agency_client import AgencyClient, day
from tests.crash.joining import Findings, compare, join_events, join_writes
from tests.crash.receiver import Receipt
from tests.crash.telling import LOGGED, MOVED, join_facts
from tests.crash.writing import Ledger, Written
from tests.service import Client, Service


@pytest.fixture
def agency(service: Service, operator: Client) -> AgencyClient:
    """An agency with an application."""
    return AgencyClient(service, operator)


def found(agency: AgencyClient, join: Callable[..., Any], *arguments: Any) -> list[str]:
    """Return the findings of a join over the agency's database, by name."""
    findings = Findings()
    agency.service.run(join, agency.service.app.state.shared.database, *arguments, findings)
    return [violation.partition(":")[0] for violation in findings.violations]


def logged(agency: AgencyClient, key: str) -> Written:
    """A word that an Idempotency-Key marks, acknowledged."""
    said = {"from_party": "client", "to_party": "recruiter", "summary": key}
    answer = agency.admin.post(f"/v1/applications/{agency.id}/interactions", said, headers={"Idempotency-Key": key})
    return Written("interaction", answer.json()["id"])


def test_what_was_acknowledged_and_is_there_once_is_well(agency: AgencyClient):
    assert found(agency, join_writes, Ledger(acknowledged={"a": logged(agency, "a")})) == []


def test_a_lost_write_is_seen(agency: AgencyClient):
    ledger = Ledger(acknowledged={"a": logged(agency, "a"), "b": Written("interaction", str(uuid4()))})
    assert found(agency, join_writes, ledger) == ["lost", "effects under another id", "answers not kept once"]


def test_an_effect_twice_and_an_effect_of_nothing_are_seen(agency: AgencyClient):
    ledger = Ledger(acknowledged={"a": logged(agency, "a")})
    logged(agency, "b")
    agency.write(sa.update(interaction).values(summary="a"))
    assert found(agency, join_writes, ledger) == ["effects twice", "effects under another id"]
    assert found(agency, join_writes, Ledger()) == ["effects twice", "effects of nothing"]


def test_an_event_that_was_not_delivered_or_not_received_is_seen(agency: AgencyClient):
    endpoint = agency.add("webhook-endpoints", url="https://receiver.example/")["endpoint"]["id"]
    agency.interview(ended=day(4, 8))
    assert agency.moves("awaiting_decision").status_code == 201
    (delivery,) = agency.rows(webhook_delivery)
    wanted = {delivery["endpoint_id"]: None}
    assert str(delivery["endpoint_id"]) == endpoint
    unsent = ["deliveries not done", "deliveries done without an attempt", "never accepted"]
    unsequenced = ["positions of the feed that are not one after the other"]
    assert found(agency, join_events, {delivery["endpoint_id"]: {}}, wanted) == unsent + unsequenced
    agency.write(sa.delete(webhook_delivery))
    other = Receipt(0, hashlib.sha256(b"other").digest(), 0, "w")
    altered = {delivery["endpoint_id"]: {str(delivery["event_id"]): [other]}}
    assert found(agency, join_events, altered, wanted) == [
        "events without delivery", "received without event, or altered", *unsequenced,
    ]  # fmt: skip


def test_rows_that_the_rules_would_write_otherwise_are_seen(agency: AgencyClient):
    assert found(agency, compare, agency.clock) == []
    agency.write(sa.update(application).values(stage="offer"))
    assert found(agency, compare, agency.clock) == ["applications whose rows differ from a fresh assessment"]


def lived(agency: AgencyClient) -> None:
    """A life with a move, a follow-up, and flags that come, step up and go."""
    interview = agency.interview(ended=day(4, 8))
    for hour in range(1, 9):
        agency.wait(day(4 + hour, 0))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(11, 23))
    assert agency.moves("offer").status_code == 201


def test_facts_with_exactly_one_event_each_are_accepted(agency: AgencyClient):
    lived(agency)
    types = {row["type"] for row in agency.rows(event)}
    assert types >= {"flag.raised", "flag.changed", "flag.cleared", "follow_up.missed", LOGGED, MOVED}
    assert found(agency, join_facts) == []


def test_a_fact_without_an_event_is_found_and_so_is_one_with_two(agency: AgencyClient):
    lived(agency)
    for what in ("flag.raised", "flag.changed", "flag.cleared", "follow_up.missed", LOGGED, MOVED):
        row = next(
            row for row in agency.rows(event) if row["type"] == what and row["data"].get("to") in (None, "offer")
        )
        agency.write(sa.delete(event).where(event.c.id == row["id"]))
        assert found(agency, join_facts) == ["facts without their event"], what
        agency.write(sa.insert(event).values(**row))
        again = uuid4()
        agency.write(sa.insert(event).values(**{**row, "id": again, "position": None}))
        assert found(agency, join_facts) == ["doubled events, or events without their fact"], what
        agency.write(sa.delete(event).where(event.c.id == again))
    assert found(agency, join_facts) == []


def test_a_service_that_tells_of_no_flag_is_seen(agency: AgencyClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Projection, "_emit_flag_event", lambda self, what, row: None)
    lived(agency)
    assert found(agency, join_facts) == ["facts without their event"]
