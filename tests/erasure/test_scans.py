"""Scans of inbound events before an erasure. The erasure checks changed and newer events itself."""

import dataclasses
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.connectors.models import external_entity, inbound_event
from app.erasure.inbound_events import Scan, ScanResult, scan_step
from app.erasure.service import erase_candidate
from app.kit.sealing import Seal
from tests.agencies import rows
from tests.connectors.connected import Sender, Workers
from tests.databases import Kind
from tests.lock_waits import until_somebody_waits
from tests.service import Client, Service

ANA = {"id": "c1", "name": "Ana Petrova", "email": "ana@mail.example"}
BEN = {"id": "c2", "name": "Ben Other", "email": "ben@mail.example"}


class Opening(Seal):
    """A seal that counts the opened bodies."""

    def __init__(self, seal: Seal) -> None:
        self._seal, self.opened = seal, 0

    def open(self, agency_id: UUID, sealed: bytes) -> bytes:
        """Open a body and count it."""
        self.opened += 1
        return self._seal.open(agency_id, sealed)


class Eraser:
    """Runs the two parts of an erasure separately."""

    def __init__(self, admin: Client) -> None:
        self.service: Service = admin.service
        self.shared = self.service.app.state.shared
        self.seal = Opening(self.shared.seal)
        self._caller = Caller(UUID(admin.get("/v1/agency").json()["id"]), Role.admin)
        self.id = UUID(admin.get("/v1/candidates/by-ref/standard/c1").json()["id"])

    def look(self) -> list[ScanResult]:
        """Run all steps of a scan."""
        found, after = self.read(None)
        pieces = [found]
        while after is not None:
            found, after = self.read(after)
            pieces.append(found)
        return [piece for piece in pieces if piece is not None]

    def read(self, after: Scan | None) -> tuple[ScanResult | None, Scan | None]:
        """Run one step of a scan."""

        def step(conn: sa.Connection) -> tuple[ScanResult | None, Scan | None]:
            return scan_step(self._work(conn), after, self.id)

        answer: tuple[ScanResult | None, Scan | None] = self.service.run(
            self.shared.database.across_agencies().read, step
        )
        return answer

    def erase(self, found: list[ScanResult]) -> None:
        """Run the erasure itself."""
        self.seal.opened = 0
        self.service.run(
            self.shared.database.across_agencies().write, lambda conn: erase_candidate(self._work(conn), self.id, found)
        )

    def _work(self, conn: sa.Connection) -> UnitOfWork:
        return UnitOfWork(conn, self.service.clock(), self._caller, seal=self.seal)


@pytest.fixture
def old_events(crm: Sender, workers: Workers) -> None:
    """Events about Ana and Ben, applied long ago."""
    for number in range(3):
        crm.send("candidate.updated", {**ANA, "phone": f"+49 171 555010{number}"})
        crm.send("candidate.updated", {**BEN, "phone": f"+49 171 555020{number}"})
    workers.process()
    crm.service.clock.advance(days=1)


def change(service: Service, id: UUID, **values: Any) -> None:
    """Update a received event directly."""
    step = sa.update(inbound_event).where(inbound_event.c.id == id).values(**values)
    service.write(lambda conn: conn.execute(step).rowcount)


def sealed(service: Service, body: bytes) -> bytes:
    """Return a body as it is stored."""
    locked: bytes = service.app.state.shared.seal.lock(rows(service, inbound_event)[0].agency_id, body)
    return locked


def note(service: Service) -> dict[str, Any]:
    at = service.clock.now.isoformat()
    return {"id": "n1", "type": "note", "occurred_at": at, "application_id": "a1", "text": "-"}


def kept(service: Service) -> list[bool]:
    """Return for each received event whether its body is stored, in the order of arrival."""
    return [
        row.sealed is not None for row in sorted(rows(service, inbound_event), key=lambda row: (row.arrived_at, row.id))
    ]


@pytest.mark.usefixtures("old_events")
def test_the_erasure_opens_nothing_of_what_was_looked_through(
    admin: Client, service: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.erasure.inbound_events._BATCH_SIZE", 2)
    eraser = Eraser(admin)
    found = eraser.look()
    assert eraser.seal.opened == 3  # # Ana's are found by their outcome
    eraser.erase(found)
    assert eraser.seal.opened == 0
    assert kept(service) == [False, True] * 3


@pytest.mark.usefixtures("old_events")
def test_what_came_since_is_seen(admin: Client, crm: Sender, workers: Workers, service: Service):
    eraser = Eraser(admin)
    found = eraser.look()
    service.clock.advance(minutes=1)
    crm.send("candidate.updated", {**ANA, "name": "Ana Maria Petrova", "email": "ana@mail.example"})
    crm.send("candidate.updated", {**BEN, "phone": "-"})
    eraser.erase(found)
    assert eraser.seal.opened == 2 * 2, "no other than these two, each to read it and to see what it says"
    assert kept(service) == [False, True] * 4
    workers.process()
    assert admin.get("/v1/candidates/by-ref/standard/c1").json()["name"] == "Erased candidate"


@pytest.mark.usefixtures("old_events")
@pytest.mark.parametrize("before", [timedelta(0), timedelta(minutes=4)], ids=["since", "by a clock that is late"])
def test_what_waited_and_was_applied_since_is_seen(admin: Client, service: Service, before: timedelta):
    """The event names only an id; the person was known after the CRM was asked."""
    eraser = Eraser(admin)
    (oldest, *_) = sorted(row.id for row in rows(service, inbound_event))
    change(service, oldest, state="waiting", outcome=[], sealed=sealed(service, b"{}"))
    found = eraser.look()
    assert oldest not in {id for piece in found for id in piece.ids}
    outcome = [{"kind": "candidate", "external_id": "c1", "id": str(eraser.id)}]
    change(service, oldest, state="applied", outcome=outcome, settled_at=service.clock() - before)
    eraser.erase(found)
    assert kept(service) == [False, True] * 3


def test_what_turned_out_to_be_theirs_since_is_seen(admin: Client, crm: Sender, workers: Workers, service: Service):
    """A note about an unknown application. Later the CRM says whose it is."""
    crm.send("candidate.created", ANA)
    crm.send("activity.created", note(service))
    workers.process()
    service.clock.advance(days=1)
    eraser = Eraser(admin)
    found = eraser.look()
    service.clock.advance(minutes=1)
    job = {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme"}}
    crm.send("application.created", {"id": "a1", "candidate_id": "c1", "job": job, "status": {"value": "Sourced"}})
    workers.process()
    assert admin.get("/v1/applications").json()["items"] == [], "the CRM's word opens none"
    eraser.erase(found)
    assert kept(service) == [False, False, False]


def test_what_turned_out_to_be_somebody_elses_since_stays(admin: Client, crm: Sender, service: Service):
    """One of the same name: the unreadable event was found by its text, and read when it was retried."""
    crm.send("candidate.created", ANA)
    crm.send("candidate.updated", BEN)
    Workers(service).process()
    (theirs,) = (row for row in rows(service, inbound_event) if row.outcome[0]["external_id"] == "c2")
    change(service, theirs.id, state="parked", outcome=[], sealed=sealed(service, b"Ana Petrova was here"))
    service.clock.advance(days=1)
    eraser = Eraser(admin)
    found = eraser.look()
    assert theirs.id in {id for piece in found for id in piece.ids}
    change(service, theirs.id, state="applied", outcome=theirs.outcome)
    eraser.erase(found)
    assert kept(service) == [False, True]


def test_however_much_was_found_is_looked_at_again(admin: Client, crm: Sender, workers: Workers, service: Service):
    """A statement of PostgreSQL takes at most 32,767 parameters."""
    crm.send("candidate.created", ANA)
    workers.process()
    service.clock.advance(days=1)
    eraser = Eraser(admin)
    (found, *rest) = eraser.look()
    many = [*found.ids, *(UUID(int=number) for number in range(33_000))]
    eraser.erase([dataclasses.replace(found, ids=many), *rest])
    assert kept(service) == [False]


@pytest.mark.usefixtures("old_events")
def test_a_connection_that_is_removed_during_a_scan_took_its_events_along(admin: Client, crm: Sender):
    eraser = Eraser(admin)
    _, further = eraser.read(None)
    assert admin.delete(f"/v1/connections/{crm.id}").status_code == 204
    while further is not None:
        _, further = eraser.read(further)
    eraser.erase([])
    assert admin.get(f"/v1/candidates/{eraser.id}").json()["name"] == "Erased candidate"


@pytest.mark.usefixtures("old_events")
def test_where_more_is_known_of_them_by_now_all_is_looked_through_again(
    admin: Client, crm: Sender, workers: Workers, service: Service
):
    crm.send("candidate.created", {"id": "c9", "name": "Somebody", "email": "petrova@mail.example"})
    workers.process()
    service.clock.advance(days=1)
    eraser = Eraser(admin)
    found = eraser.look()
    admin.patch(f"/v1/candidates/{eraser.id}", json={"email": "petrova@mail.example"})
    eraser.erase(found)
    assert eraser.seal.opened == 4
    assert kept(service) == [False, True] * 3 + [False]


def test_a_merger_that_was_under_way_is_seen(admin: Client, crm: Sender, workers: Workers, database_kind: Kind):
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writing transaction at a time")
    crm.send("candidate.created", ANA)
    crm.send("candidate.created", {"id": "c5", "name": "Ana M. Petrova"})
    workers.process()
    id = admin.get("/v1/candidates/by-ref/standard/c1").json()["id"]

    def merging(work: UnitOfWork) -> None:
        other = sa.and_(external_entity.c.agency_id == work.agency_id, external_entity.c.external_id == "c5")
        work.conn.execute(sa.update(external_entity).where(other).values(merged_into="c1"))
        work.conn.execute(sa.text("SELECT 1 FROM candidate WHERE id = :id FOR KEY SHARE"), {"id": UUID(id)})

    with until_somebody_waits(admin, merging):
        assert admin.post(f"/v1/candidates/{id}/erasure").status_code == 200
    assert {item["name"] for item in admin.get("/v1/candidates").json()["items"]} == {"Erased candidate"}
