"""What the connectors' workers share: the database, the seal, the clock, and the line to every CRM."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from app.access.work import Work
from app.connectors import health
from app.connectors.api_client import ApiClient, LoginInProgress, RetryLater
from app.connectors.connection import LoadedConnection
from app.connectors.connector import ApiError, MaybeApiExchange
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http import HttpClient
from app.kit.ids import new_id
from app.kit.sealing import Seal

T = TypeVar("T")


class WorkerContext:
    """The tools of one worker process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self.database, self.seal, self.clock, self.lease = database, seal, clock, lease
        self._asker = ApiClient(database, seal, http, clock)

    async def write(self, loaded: LoadedConnection, step: Callable[[Work], T]) -> T:
        """One transaction, done as the connection."""
        now = self.clock()
        return await self.database.write(lambda conn: step(Work(conn, now, loaded.caller, new_id, None, self.seal)))

    async def execute(self, loaded: LoadedConnection, steps: MaybeApiExchange[T]) -> T:
        """Lead a dialogue with the connection's CRM; how it went shows in the connection's health.

        One that asked nothing says nothing of how the CRM fares.
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
