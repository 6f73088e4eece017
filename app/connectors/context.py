"""What the connectors' workers share: the database, the seal, the clock, and the line to every CRM."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from app.access.work import Work
from app.connectors import health
from app.connectors.api_client import Asker, ComeBack, NotMyTurn
from app.connectors.connection import Linked
from app.connectors.connector import AskFailed, MayAsk
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.http import HttpClient
from app.kit.ids import new_id
from app.kit.sealing import Seal

T = TypeVar("T")


class Post:
    """The tools of one worker process."""

    def __init__(self, database: Database, seal: Seal, http: HttpClient, clock: Clock, lease: timedelta) -> None:
        self.database, self.seal, self.clock, self.lease = database, seal, clock, lease
        self._asker = Asker(database, seal, http, clock)

    async def write(self, link: Linked, step: Callable[[Work], T]) -> T:
        """One transaction, done as the connection."""
        now = self.clock()
        return await self.database.write(lambda conn: step(Work(conn, now, link.caller, new_id, None, self.seal)))

    async def lead(self, link: Linked, says: MayAsk[T]) -> T:
        """Lead a dialogue with the connection's CRM; how it went shows in the connection's health.

        One that asked nothing says nothing of how the CRM fares.
        """
        try:
            answer, answered = await self._asker.lead(link, says)
        except (ComeBack, AskFailed) as failure:
            if not isinstance(failure, NotMyTurn):
                said = str(failure)[:500]
                await self.write(link, lambda work: health.failed(work, link, said))
            raise
        if link.failing and answered:
            await self.write(link, lambda work: health.went_well(work, link))
        return answer
