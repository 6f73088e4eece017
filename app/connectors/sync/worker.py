"""The walks' step: one page of a stream, fetched outside any transaction and kept in one with where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.connectors.api_client import ComeBack
from app.connectors.connection import Linked, find_linked, hook_path
from app.connectors.connection_loop import ConnectionLoop
from app.connectors.connector import Account, AskFailed, NotConnected, Page, Stream
from app.connectors.context import Post
from app.connectors.inbox.receive import packed_document, store, tidied
from app.connectors.models import backfill, connection, connection_secrets, walk
from app.connectors.sync.schedule import start_backfill
from app.kit import due
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.logs import log
from app.kit.sealing import CannotOpen
from app.kit.slots import Owner
from app.webhooks.outbox import emit

SLOTS, SLOTS_PER_CONNECTION = 32, 4
"""How many pages one process fetches at once, and how many of one connection."""
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""No record of a CRM is older."""
OVERLAP = timedelta(minutes=5)
"""A poll looks back this far before the last one began: what a CRM writes late is not missed."""
_NOT_NOW, _TRY_AGAIN, _LONGEST_PAUSE = timedelta(minutes=5), timedelta(minutes=1), timedelta(minutes=15)


def walk_loop(post: Post) -> ConnectionLoop:
    """Return the loop that takes the steps of polls and backfills, one page at a time."""

    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        for key in keys:
            await _Walk(post, token, *key).step()

    def parked(now: datetime) -> Mapping[str, Any]:
        later = {"due_at": now + _LONGEST_PAUSE, "attempts": MOST_ATTEMPTS - 1}
        return {"failure": "The worker ended each time while this was being read.", **later}

    return ConnectionLoop(post, walk, handle, slots=SLOTS, batch=1, parked=parked, per_connection=SLOTS_PER_CONNECTION)


async def walk_once(post: Post) -> int:
    """Take one step on each of some walks that are due. Return how many."""
    return await walk_loop(post).once()


class _Walk:
    """One walk that this worker has claimed."""

    def __init__(self, post: Post, token: UUID, agency_id: UUID, id: UUID) -> None:
        self._post, self._token, self._key = post, token, (agency_id, id)

    async def step(self) -> None:
        """Fetch a page and keep it; what goes wrong is told in the connection's health and tried again."""
        agency_id, id = self._key
        wanted = sa.select(walk).where(walk.c.agency_id == agency_id, walk.c.id == id, walk.c.claim == self._token)
        row = await self._post.database.read(lambda conn: conn.execute(wanted).one_or_none())
        if row is None:
            return
        link = await self._post.database.read(
            lambda conn: find_linked(conn, self._post.seal, agency_id, row.connection_id)
        )
        if link is None:
            return
        try:
            if link.paused:
                await self._put_off(link, _NOT_NOW, None, tried=False)
                return
            account = await self._post.database.read(partial(self._with_hook, link=link))
            says = link.connector.page(row.stream, row.since, row.cursor, account, self._post.clock())
            page = await self._post.lead(link, says)
            empty = await self._is_empty(link, row, page, account)
            await self._post.write(link, partial(self._keep, link=link, row=row, page=page, empty=empty))
        except NotConnected:
            await self._put_off(link, timedelta(days=1), "It has no credentials to fetch with.", tried=False)
        except ComeBack as later:
            await self._put_off(link, later.at - self._post.clock(), later.sentence, tried=False)
        except AskFailed as failed:
            await self._failed(link, row.attempts, str(failed))
        except Exception as error:
            log.error("walk failed", agency_id=str(agency_id), walk_id=str(id), exc_info=error)
            await self._failed(link, row.attempts, f"An unforeseen error: {type(error).__name__}.")

    async def _is_empty(self, link: Linked, row: sa.Row[Any], page: Page, account: Account) -> bool | None:
        """Return True if a backfill's stream brought nothing and the CRM returns nothing of older date either.

        None: it brought something, goes on, or the CRM refused to say. A search by a field that the CRM does not have
        and an API user without the rights both look like an account without records.
        """
        if row.backfill_id is None or page.more or row.seen or page.items:
            return None
        says = link.connector.page(row.stream, _EVER, {}, account, self._post.clock())
        try:
            whole = await self._post.lead(link, says)
        except AskFailed:
            return None
        return not (whole.items or whole.more)

    def _with_hook(self, conn: sa.Connection, link: Linked) -> Account:
        """The account with the hook that the CRM sends to: some stop sending, and must be asked to begin again."""
        try:
            secrets = connection_secrets.opened(conn, self._post.seal, link.agency_id, link.id, self._post.clock())
        except CannotOpen:  # it is read all the same; nothing is registered again without its secret
            return link.account
        path = hook_path(link.agency_id, link.id)
        return replace(link.account, hook_path=path, hook_secret=next(iter(secrets), None))

    async def _failed(self, link: Linked, attempts: int, failure: str) -> None:
        """Try again later each time, up to a quarter of an hour; a walk is never given up."""
        await self._put_off(
            link, min(_TRY_AGAIN * 2**attempts, _LONGEST_PAUSE), failure, tried=attempts < MOST_ATTEMPTS - 1
        )

    async def _put_off(self, link: Linked, by: timedelta, failure: str | None, *, tried: bool = True) -> None:
        def step(work: Work) -> bool:
            return due.put_off(
                work.conn, walk, self._key, self._token, work.now + by, tried=tried, failure=failure and failure[:500]
            )

        await self._post.write(link, step)

    def _keep(self, work: Work, link: Linked, row: sa.Row[Any], page: Page, empty: bool | None) -> None:
        """Keep what the page brought and where the walk stands now, or neither."""
        if not due.holds(work.conn, walk, self._key, self._token):
            return
        source = "poll" if row.backfill_id is None else "backfill"
        events = [(tidied(event), packed_document(event.document)) for event in page.items]
        new = store(work, link, source, events)
        values = {
            "cursor": dict(page.cursor),
            "seen": row.seen + len(events),
            "new": row.new + new,
            "started_at": row.started_at or work.now,
            "failure": None,
        }
        if page.suspended:
            _suspended(work, link, row.finished_at or row.since)
        if page.more:
            self._settle(work, values | {"due_at": work.now})
        elif row.backfill_id is None:
            stream = _stream(link, row.stream)
            every = stream.every or timedelta(minutes=5)
            since = (row.started_at or work.now) - OVERLAP
            again = {"due_at": work.now + every, "since": since, "started_at": None, "finished_at": work.now}
            self._settle(work, values | again)
            if stream.watches and not page.suspended:
                _fine(work, link)
        else:
            self._settle(work, values | {"due_at": None, "finished_at": work.now, "empty": empty})
            _next_of(work, row.backfill_id)

    def _settle(self, work: Work, values: dict[str, Any]) -> None:
        due.done(work.conn, walk, self._key, self._token, **values)


def _stream(link: Linked, name: str) -> Stream:
    return next(stream for stream in link.connector.streams if stream.name == name)


def _suspended(work: Work, link: Linked, since: datetime) -> None:
    """The CRM has stopped sending: what happened since it was last well is fetched, once."""
    mine = sa.and_(connection.c.agency_id == link.agency_id, connection.c.id == link.id)
    first = work.conn.execute(
        sa.update(connection).where(mine, connection.c.suspended_at.is_(None)).values(suspended_at=work.now)
    ).rowcount
    if first:
        emit(work, "connection.unhealthy", {"connection_id": str(link.id), "status": "suspended"})
        start_backfill(work, link.id, link.connector, since, "the CRM had stopped sending its webhooks")


def _fine(work: Work, link: Linked) -> None:
    mine = sa.and_(connection.c.agency_id == link.agency_id, connection.c.id == link.id)
    work.conn.execute(
        sa.update(connection).where(mine, connection.c.suspended_at.is_not(None)).values(suspended_at=None)
    )


def _next_of(work: Work, backfill_id: UUID) -> None:
    """Go on with the backfill's next stream; after the last it is finished."""
    columns = walk.c
    mine = (columns.agency_id == work.agency_id, columns.backfill_id == backfill_id)
    waiting = sa.select(columns.id).where(*mine, columns.finished_at.is_(None)).order_by(columns.place).limit(1)
    following = work.conn.scalar(waiting)
    if following is not None:
        due.revive(work.conn, walk, work.now, [(work.agency_id, following)])
        return
    whole = sa.and_(backfill.c.agency_id == work.agency_id, backfill.c.id == backfill_id)
    work.conn.execute(sa.update(backfill).where(whole).values(finished_at=work.now))
