"""The sync worker: read polls and backfills from the CRMs, page by page.

A page is fetched outside any transaction; its events and the cursor are stored in one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.connectors.api_client import RetryLater
from app.connectors.contract import Account, ApiError, NotConnected, Stream, SyncPage
from app.connectors.inbox.receive import pack_document, sanitised, store
from app.connectors.loaded_connection import LoadedConnection, hook_path
from app.connectors.models import backfill, connection, connection_secrets, sync_run
from app.connectors.sync.schedule import start_backfill
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.kit import due_rows
from app.kit.concurrency_slots import Owner
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS, Key
from app.kit.logs import log
from app.kit.sealing import CannotOpen
from app.webhooks.events import ConnectionUnhealthy
from app.webhooks.outbox import emit

SLOTS, SLOTS_PER_CONNECTION = 32, 4
"""The most pages that one process fetches at once, and the most of one connection."""
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Earlier than any record of a CRM."""
OVERLAP = timedelta(minutes=5)
"""A poll starts this long before the previous one began, because CRMs write some changes late."""
_NOT_NOW, _TRY_AGAIN, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(minutes=1), timedelta(minutes=15)


def sync_loop(context: WorkerContext) -> ConnectionLoop:
    """Return the loop that reads polls and backfills, one page at a time."""

    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        for key in keys:
            await _SyncRun(context, token, *key).step()

    def parked(now: datetime) -> Mapping[str, Any]:
        later = {"due_at": now + _LONGEST_PAUSE, "attempts": MAX_CLAIM_ATTEMPTS - 1}
        return {"failure": "The worker crashed each time while this was being read.", **later}

    return ConnectionLoop(
        context, sync_run, handle, slots=SLOTS, batch=1, parked=parked, per_connection=SLOTS_PER_CONNECTION
    )


class _SyncRun:
    """One poll or backfill of a CRM's list, claimed by this worker."""

    def __init__(self, context: WorkerContext, token: UUID, agency_id: UUID, id: UUID) -> None:
        self._context, self._token, self._key = context, token, (agency_id, id)

    async def step(self) -> None:
        """Fetch and store one page. A failure is shown in the connection's health and retried."""
        agency_id, id = self._key
        wanted = sa.select(sync_run).where(
            sync_run.c.agency_id == agency_id, sync_run.c.id == id, sync_run.c.claim == self._token
        )
        row = await self._context.database.of(agency_id).read(lambda conn: conn.execute(wanted).one_or_none())
        if row is None:
            return
        loaded = await self._context.load_connection(agency_id, row.connection_id)
        if loaded is None:
            return
        try:
            if loaded.paused:
                await self._put_off(loaded, _NOT_NOW, None, tried=False)
                return
            account = await self._context.database.of(agency_id).read(partial(self._with_hook, loaded=loaded))
            steps = loaded.connector.page(row.stream, row.since, row.cursor, account, self._context.clock())
            page = await self._context.execute(loaded, steps)
            empty = await self._is_empty(loaded, row, page, account)
            await self._context.write(loaded, partial(self._keep, loaded=loaded, row=row, page=page, empty=empty))
        except NotConnected:
            await self._put_off(loaded, timedelta(days=1), "It has no credentials to fetch with.", tried=False)
        except RetryLater as later:
            await self._put_off(loaded, later.at - self._context.clock(), later.sentence, tried=False)
        except ApiError as failed:
            await self._failed(loaded, row.attempts, str(failed))
        except Exception as error:
            log.error("sync failed", agency_id=str(agency_id), sync_run_id=str(id), exc_info=error)
            await self._failed(loaded, row.attempts, f"An unforeseen error: {type(error).__name__}.")

    async def _is_empty(
        self, loaded: LoadedConnection, row: sa.Row[Any], page: SyncPage, account: Account
    ) -> bool | None:
        """Return True if the CRM returned nothing to a backfill of this list, not even without its date limit.

        Return None if anything was returned, more pages follow, or the CRM rejected the request. A search by an unknown
        field and an API user without rights both look like an account without records.
        """
        if row.backfill_id is None or page.more or row.seen or page.items:
            return None
        steps = loaded.connector.page(row.stream, _EARLIEST, {}, account, self._context.clock())
        try:
            whole = await self._context.execute(loaded, steps)
        except ApiError:
            return None
        return not (whole.items or whole.more)

    def _with_hook(self, conn: sa.Connection, loaded: LoadedConnection) -> Account:
        """Return the connection's account with the path of its webhook URL and its newest signing secret.

        Connectors need both to enable suspended webhooks again. If the secret cannot be opened, both are left out.
        """
        try:
            secrets = connection_secrets.opened(
                conn, self._context.seal, loaded.agency_id, loaded.id, self._context.clock()
            )
        except CannotOpen:  # it is read all the same; nothing is registered again without its secret
            return loaded.account
        path = hook_path(loaded.agency_id, loaded.id)
        return replace(loaded.account, hook_path=path, hook_secret=next(iter(secrets), None))

    async def _failed(self, loaded: LoadedConnection, attempts: int, failure: str) -> None:
        """Retry a sync run after a delay that grows to a quarter of an hour. A sync run is never given up."""
        await self._put_off(
            loaded, min(_TRY_AGAIN * 2**attempts, _LONGEST_PAUSE), failure, tried=attempts < MAX_CLAIM_ATTEMPTS - 1
        )

    async def _put_off(
        self, loaded: LoadedConnection, by: timedelta, failure: str | None, *, tried: bool = True
    ) -> None:
        def step(work: UnitOfWork) -> bool:
            return due_rows.postpone(
                work.conn,
                sync_run,
                self._key,
                self._token,
                work.now + by,
                tried=tried,
                failure=failure and failure[:500],
            )

        await self._context.write(loaded, step)

    def _keep(
        self, work: UnitOfWork, loaded: LoadedConnection, row: sa.Row[Any], page: SyncPage, empty: bool | None
    ) -> None:
        """Store the events of a page and the new cursor in one transaction, and schedule the next page or poll.

        Store nothing if the claim was lost.
        """
        if not due_rows.holds_claim(work.conn, sync_run, self._key, self._token):
            return
        source = "poll" if row.backfill_id is None else "backfill"
        events = [(sanitised(event), pack_document(event.document)) for event in page.items]
        new = store(work, loaded, source, events)
        values = {
            "cursor": dict(page.cursor),
            "seen": row.seen + len(events),
            "new": row.new + new,
            "started_at": row.started_at or work.now,
            "failure": None,
        }
        if page.suspended:
            _record_suspension(work, loaded, row.finished_at or row.since)
        if page.more:
            self._complete(work, values | {"due_at": work.now})
        elif row.backfill_id is None:
            stream = _stream(loaded, row.stream)
            every = stream.every or timedelta(minutes=5)
            since = (row.started_at or work.now) - OVERLAP
            again = {"due_at": work.now + every, "since": since, "started_at": None, "finished_at": work.now}
            self._complete(work, values | again)
            if stream.watches and not page.suspended:
                _clear_suspension(work, loaded)
        else:
            self._complete(work, values | {"due_at": None, "finished_at": work.now, "empty": empty})
            _start_next_stream(work, row.backfill_id)

    def _complete(self, work: UnitOfWork, values: dict[str, Any]) -> None:
        due_rows.complete(work.conn, sync_run, self._key, self._token, **values)


def _stream(loaded: LoadedConnection, name: str) -> Stream:
    return next(stream for stream in loaded.connector.streams if stream.name == name)


def _record_suspension(work: UnitOfWork, loaded: LoadedConnection, since: datetime) -> None:
    """Record that the CRM has stopped sending webhooks.

    The first time, notify the agency and start a backfill of the missed changes.
    """
    mine = sa.and_(connection.c.agency_id == loaded.agency_id, connection.c.id == loaded.id)
    first = work.conn.execute(
        sa.update(connection).where(mine, connection.c.suspended_at.is_(None)).values(suspended_at=work.now)
    ).rowcount
    if first:
        emit(work, ConnectionUnhealthy(connection_id=loaded.id, status="suspended"))
        start_backfill(work, loaded.id, loaded.connector, since, "the CRM had stopped sending its webhooks")


def _clear_suspension(work: UnitOfWork, loaded: LoadedConnection) -> None:
    mine = sa.and_(connection.c.agency_id == loaded.agency_id, connection.c.id == loaded.id)
    work.conn.execute(
        sa.update(connection).where(mine, connection.c.suspended_at.is_not(None)).values(suspended_at=None)
    )


def _start_next_stream(work: UnitOfWork, backfill_id: UUID) -> None:
    """Make the next list of a backfill due. After the last list, mark the backfill as finished."""
    columns = sync_run.c
    mine = (columns.agency_id == work.agency_id, columns.backfill_id == backfill_id)
    waiting = sa.select(columns.id).where(*mine, columns.finished_at.is_(None)).order_by(columns.position).limit(1)
    following = work.conn.scalar(waiting)
    if following is not None:
        due_rows.revive(work.conn, sync_run, work.now, [(work.agency_id, following)])
        return
    whole = sa.and_(backfill.c.agency_id == work.agency_id, backfill.c.id == backfill_id)
    work.conn.execute(sa.update(backfill).where(whole).values(finished_at=work.now))
