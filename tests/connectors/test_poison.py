"""An event that cannot be applied is tried five times and parked; nobody waits for it, and it can be replayed."""

from contextlib import suppress
from typing import Any

import pytest

from app.connectors.inbox import apply_event
from app.connectors.ingest.dispatch import ingest
from app.connectors.models import inbound_event
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS
from tests.agencies import rows
from tests.connectors.connected import LEASE, Sender, Workers
from tests.connectors.standard_events import fetch, person
from tests.service import Clock, Service
from tests.steps import process_once


class PoisonError(Exception):
    """The error that storing the poisonous event raises."""


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let storing a record of a candidate called Poison fail, until it is undone."""

    def raising(work: Any, link: Any, records: Any) -> Any:
        if any(getattr(record, "name", "") == "Poison" for record in records):
            raise PoisonError("the secret name of somebody")
        return ingest(work, link, records)

    monkeypatch.setattr(apply_event, "ingest", raising)
    return monkeypatch


def poison(crm: Sender, id: str) -> None:
    assert crm.send("candidate.updated", {"id": id, "name": "Poison"}).status_code == 200


def until_parked(workers: Workers, clock: Clock) -> int:
    """Let the worker try again and again, each time when it is due. Answers how often."""
    tried = 0
    while workers.process():
        tried += 1
        clock.advance(hours=2)
    return tried


def test_poison_is_parked_after_five_tries_and_says_what_kind_of_error_it_was(
    crm: Sender, workers: Workers, clock: Clock, poisoned: pytest.MonkeyPatch
):
    poison(crm, "p1")
    assert until_parked(workers, clock) == MAX_CLAIM_ATTEMPTS
    [parked] = crm.events("parked")
    assert parked["reason"] == "an unforeseen error: PoisonError"
    assert parked["next_attempt_at"] is None
    assert crm.health()["status"] == "failing"
    assert crm.health()["parked"] == 1


def test_poison_is_tried_later_each_time(
    crm: Sender, workers: Workers, clock: Clock, poisoned: pytest.MonkeyPatch, service: Service
):
    poison(crm, "p1")
    pauses = []
    for _ in range(MAX_CLAIM_ATTEMPTS - 1):
        workers.process()
        [row] = rows(service, inbound_event)
        pauses.append((row.due_at - clock.now).total_seconds())
        clock.now = row.due_at
    assert pauses == [10, 40, 160, 640]


def test_nobody_waits_for_poison(crm: Sender, workers: Workers, poisoned: pytest.MonkeyPatch):
    for number in range(60):
        poison(crm, f"p{number}") if number % 20 == 0 else crm.send("candidate.updated", person(number)["candidate"])
    workers.process()
    assert len(crm.events("waiting")) == 3
    assert crm.health()["applied"] == 57


def test_it_is_replayed_singly_and_in_bulk_after_the_fault_is_gone(
    crm: Sender, workers: Workers, clock: Clock, poisoned: pytest.MonkeyPatch
):
    for number in range(4):
        poison(crm, f"p{number}")
    until_parked(workers, clock)
    one, *others = crm.events("parked")
    poisoned.undo()
    events = f"/v1/connections/{crm.id}/events"
    assert crm.admin.post(f"{events}/{one['id']}/replay").json()["state"] == "waiting"
    workers.process()
    assert crm.admin.get(f"{events}/{one['id']}").json()["state"] == "applied"
    assert len(crm.events("parked")) == len(others) == 3
    assert crm.admin.post(f"/v1/connections/{crm.id}/replay", {"states": ["parked"]}).json() == {"replayed": 3}
    workers.process()
    assert crm.events("parked") == []
    assert {fetch(crm, f"candidates/by-ref/standard/p{number}")["name"] for number in range(4)} == {"Poison"}
    assert crm.health()["status"] == "ok"


def test_bulk_replay_keeps_to_the_time_that_was_asked_for(
    crm: Sender, workers: Workers, clock: Clock, poisoned: pytest.MonkeyPatch
):
    poison(crm, "p1")
    clock.advance(hours=1)
    between = clock.now
    clock.advance(hours=1)
    poison(crm, "p2")
    until_parked(workers, clock)
    replay = f"/v1/connections/{crm.id}/replay"
    assert crm.admin.post(replay, {"until": between.isoformat()}).json() == {"replayed": 1}
    [left] = crm.events("parked")
    assert left["arrived_at"] > between.isoformat()


class KilledError(BaseException):
    """The worker's end in the middle, which no handler sees."""


def step_of_a_worker_that_dies_of(name: str, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    """One step; it ends as soon as the event begins to be applied that names this."""
    begin = apply_event.ClaimedEvent.event

    def dying(held: apply_event.ClaimedEvent, *rest: Any) -> Any:
        event = begin(held, *rest)
        if event.document["data"].get("name") == name:
            raise KilledError
        return event

    async def step() -> None:
        with suppress(KilledError):
            await process_once(workers.context)

    with monkeypatch.context() as patch:
        patch.setattr(apply_event.ClaimedEvent, "event", dying)
        workers.service.run(step)


def test_what_kills_its_worker_is_parked_alone(
    crm: Sender, workers: Workers, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    poison(crm, "p0")
    for number in range(1, 8):
        crm.send("candidate.updated", person(number)["candidate"])
    for _ in range(30):
        step_of_a_worker_that_dies_of("Poison", workers, monkeypatch)
        clock.advance(LEASE)
    [parked] = crm.events("parked")
    assert parked["reason"] == "the worker crashed each time while this was being applied"
    assert crm.health()["applied"] == 7
