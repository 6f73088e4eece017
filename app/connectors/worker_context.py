"""The resources that the connectors' workers share: database, seal, clock, lease, and the client of the CRMs' APIs."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from app.access.unit_of_work import UnitOfWork
from app.connectors import health
from app.connectors.api_client import ApiClient, LoginInProgress, RetryLater
from app.connectors.contract import ApiError, MaybeApiExchange
from app.connectors.loaded_connection import LoadedConnection, load_connection
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http_client import HttpClient
from app.kit.ids import new_id
from app.kit.sealing import Seal

T = TypeVar("T")


class WorkerContext:
    """The resources of the connectors' workers in one process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self.database, self.seal, self.clock, self.lease = database, seal, clock, lease
        self.across = database.across_agencies()
        self._asker = ApiClient(database, seal, http, clock)

    async def write(self, loaded: LoadedConnection, step: Callable[[UnitOfWork], T]) -> T:
        """Run `step` in one database transaction, with the connection's caller. Return the result of `step`."""
        now = self.clock()
        return await self.database.of(loaded.agency_id).write(
            lambda conn: step(UnitOfWork(conn, now, loaded.caller, new_id, None, self.seal))
        )

    async def load_connection(self, agency_id: UUID, connection_id: UUID) -> LoadedConnection | None:
        """Load a connection with its opened credentials; None if it was removed."""
        scope = self.database.of(agency_id)
        return await scope.read(lambda conn: load_connection(conn, self.seal, agency_id, connection_id))

    async def execute(self, loaded: LoadedConnection, steps: MaybeApiExchange[T]) -> T:
        """Run an exchange with the connection's CRM and return its result.

        A failure is recorded in the connection's health and raised again; a success clears the recorded failure. A
        result that needs no request does not change the health.
        """
        try:
            answer, answered = await self._asker.execute(loaded, steps)
        except (RetryLater, ApiError) as failure:
            if not isinstance(failure, LoginInProgress):
                said = str(failure)[:500]
                await self.write(loaded, lambda work: health.record_failure(work, loaded, said))
            raise
        if loaded.failing and answered:
            await self.write(loaded, lambda work: health.record_success(work, loaded))
        return answer
