"""An event that is sent again, at once or after a month, is stored once and changes nothing the second time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.connectors.models import inbound_event
from app.kit.db import metadata
from app.worker import tidy_once
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.connectors.signed_requests import SCHEMES, Hook
from tests.connectors.standard_events import APPLICATION, fetch, interview
from tests.service import Client, Clock, Service

COPIES = 100


@pytest.mark.parametrize("system", SCHEMES)
def test_a_hundred_copies_at_once_are_one_event(admin: Client, service: Service, system: str):
    hook = Hook(admin, system)
    answers = hook.send_all([hook.genuine()] * COPIES)
    assert [answer.status_code for answer in answers] == [200] * COPIES
    assert sorted(answer.json()["status"] for answer in answers) == ["accepted"] + ["known"] * (COPIES - 1)
    assert len(rows(service, inbound_event)) == 1


def test_a_hundred_copies_have_one_effect(crm: Sender, workers: Workers, clock: Clock):
    for _ in range(COPIES):
        crm.send("interview.updated", interview(clock.now, application=APPLICATION), id="msg_1")
    assert workers.process() == 1
    id = fetch(crm, "applications/by-ref/standard/a1")["id"]
    assert len(fetch(crm, f"applications/{id}/interviews")["items"]) == 1


def test_two_events_of_two_connections_may_have_one_id(admin: Client, service: Service):
    first, second = Hook(admin, "greenhouse"), Hook(admin, "greenhouse", "second")
    for hook in (first, second):
        assert hook.send(hook.genuine("same")).json() == {"status": "accepted"}
    assert len(rows(service, inbound_event)) == 2


def test_a_replay_after_a_month_and_a_restart_has_no_effect(
    crm: Sender, workers: Workers, clock: Clock, start_service, service: Service
):
    crm.send("interview.updated", interview(clock.now, application=APPLICATION), id="msg_1")
    workers.process()
    before = _everything(service)
    clock.advance(days=31)
    tidied = service.run(tidy_once, service.app.state.shared.database, service.app.state.settings, clock)
    assert tidied == 0
    restarted = start_service()
    restarted.clock.now = clock.now
    crm.service = restarted
    answer = crm.send("interview.updated", interview(clock.now, application=APPLICATION), id="msg_1")
    assert (answer.status_code, answer.json()) == (200, {"status": "known"})
    assert Workers(restarted).process() == 0
    [event] = rows(service, inbound_event)
    assert (event.state, event.sealed) == ("applied", None)
    assert _everything(service) == before


def test_bodies_are_kept_for_as_long_as_they_may_be_replayed(
    crm: Sender, workers: Workers, clock: Clock, service: Service
):
    crm.send("candidate.updated", {"id": "c1", "name": "Ana"})
    workers.process()
    clock.advance(days=29)
    crm.send("candidate.updated", {"id": "c2", "name": "Ben"})
    clock.advance(days=2)
    service.run(tidy_once, service.app.state.shared.database, service.app.state.settings, clock)
    old, new = sorted(rows(service, inbound_event), key=lambda row: row.arrived_at)
    # The second one is still to be applied, however old it gets.
    assert (old.sealed, new.sealed is None, new.due_at is None) == (None, False, False)
    refused = crm.admin.post(f"/v1/connections/{crm.id}/events/{old.id}/replay")
    assert (refused.status_code, refused.json()["code"]) == (409, "body_dropped")
    clock.advance(days=60)
    service.run(tidy_once, service.app.state.shared.database, service.app.state.settings, clock)
    assert workers.process() == 1
    assert fetch(crm, "candidates/by-ref/standard/c2")["name"] == "Ben"


def test_no_body_lies_open_in_the_database(crm: Sender, service: Service):
    crm.send("candidate.updated", {"id": "c1", "name": "Quetzalcoatl"})
    [row] = rows(service, inbound_event)
    assert b"Quetzalcoatl" not in row.sealed
    assert "Quetzalcoatl" not in str(row)
    assert row.arrived_at - service.clock.now < timedelta(seconds=1)


def _everything(service: Service) -> dict[str, int]:
    """Count the rows of each table."""

    def count(conn: sa.Connection) -> dict[str, int]:
        tables = [table for table in metadata.sorted_tables if table.name != "idempotency_key"]
        return {table.name: conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in tables}

    return service.read(count)
