"""Drives the sender in tests: one step at a time under the service's clock, with receivers on loopback."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.kit.http_client import HttpClient
from app.kit.ids import new_id
from app.webhooks.feed.sequencing import sequence_once
from app.webhooks.models import attempt, endpoint, event, webhook_delivery
from app.webhooks.outbox import create_deliveries
from app.webhooks.sending.sender import Sender
from tests.agencies import made, rows
from tests.event_rows import raw_event_row
from tests.service import Client, Service
from tests.webhooks.receiver import Receiver

LEASE = timedelta(seconds=60)
ENDPOINTS = "/v1/webhook-endpoints"
FLAG = {"flag_id": "019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a01", "kind": "going_quiet", "severity": "warning"}


class SenderDriver:
    """The sender of one service, with its receivers."""

    def __init__(self, service: Service) -> None:
        self.service, self.clock = service, service.clock
        self._clients: list[HttpClient] = []
        self._receivers: list[Receiver] = []
        self.sender = self.another_sender()

    def another_sender(self, lease: timedelta = LEASE, **options: Any) -> Sender:
        """Return another sender. `options` are those of its HTTP client."""

        async def client() -> HttpClient:
            return HttpClient(**({"private_targets": True} | options))

        self._clients.append(self.service.run(client))
        shared = self.service.app.state.shared
        return Sender(shared.database, shared.seal, self._clients[-1], self.clock, lease)

    def close(self) -> None:
        """Close every receiver, sender and client."""
        for receiver in self._receivers:
            self.service.run(receiver.close)
        self.service.run(self.sender.stop, 0.0)
        for client in self._clients:
            self.service.run(client.close)

    def receiver(self, *statuses: int) -> Receiver:
        """Open a new receiver. It answers 204, or these statuses in turn."""
        receiver = Receiver()
        self.service.run(receiver.open)
        self._receivers.append(receiver)
        if statuses:
            receiver.says(*statuses)
        return receiver

    def endpoint(self, admin: Client, receiver: Receiver | str, **body: Any) -> dict[str, Any]:
        """Make an endpoint for the receiver; return it with its `secret`."""
        url = receiver if isinstance(receiver, str) else receiver.url
        answer = made(admin, ENDPOINTS, {"url": url, "rate_per_second": 1000, "concurrency": 50} | body)
        return {**answer["endpoint"], "secret": answer["secret"]}

    def emit(
        self, admin: Client, count: int = 1, type: str = "flag.raised", data: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Emit `count` events in the admin's agency; return their ids."""
        agency_id = UUID(admin.get("/v1/agency").json()["id"])

        def step(conn: sa.Connection) -> list[str]:
            work = self.work(conn, agency_id)
            events = [raw_event_row(work, agency_id, type, FLAG if data is None else data) for _ in range(count)]
            for start in range(0, count, 1000):
                conn.execute(sa.insert(event), events[start : start + 1000])
                create_deliveries(work, events[start : start + 1000])
            return [str(row["id"]) for row in events]

        return self.service.write(step)

    def work(self, conn: sa.Connection, agency_id: UUID) -> UnitOfWork:
        """Return a unit of work of the agency."""
        return UnitOfWork(
            conn, self.clock(), Caller(agency_id, Role.admin), new_id, None, self.service.app.state.shared.seal
        )

    def round(self) -> int:
        """Run one step, and wait until its attempts have ended; return how many there were."""
        begun = self.service.run(self.sender.step)
        self.service.run(self.sender.wait_until_idle)
        return begun

    def rounds(self) -> int:
        """Run rounds until nothing is due; return the number of attempts."""
        total = 0
        while begun := self.round():
            total += begun
        return total

    def sequence(self) -> None:
        """Give every event its position in the feed."""
        while self.service.run(sequence_once, self.service.app.state.shared.database):
            pass

    def set(self, table: sa.Table, **values: Any) -> None:
        """Update every row of a table directly."""
        self.service.write(lambda conn: conn.execute(sa.update(table).values(**values)))

    def attempts(self) -> Sequence[sa.Row[Any]]:
        """Return all attempts in the order of their ids."""
        return sorted(rows(self.service, attempt), key=lambda row: row.id)

    def deliveries(self) -> Sequence[sa.Row[Any]]:
        """Return all deliveries in the order of their ids."""
        return sorted(rows(self.service, webhook_delivery), key=lambda row: row.id)

    def endpoints(self) -> Sequence[sa.Row[Any]]:
        """Return all endpoints in the order of their ids."""
        return sorted(rows(self.service, endpoint), key=lambda row: row.id)


@contextmanager
def chance(always: float) -> Iterator[None]:
    """Fix the jitter: 0 gives the shortest delay, 1 the longest."""
    with mock.patch.object(random, "random", return_value=always):
        yield
