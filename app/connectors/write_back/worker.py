"""Writing back, step by step: what was found, and the moves that a recruiter approved; nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.applications.queries import get_application
from app.connectors.api_client import ComeBack
from app.connectors.connection import Linked, find_linked
from app.connectors.connection_loop import ConnectionLoop
from app.connectors.connector import AskFailed, Finding, MayAsk, NotConnected
from app.connectors.context import Post
from app.connectors.ingest.sync_state import Known
from app.connectors.models import connection, stage_move
from app.connectors.write_back.dedupe import remember
from app.connectors.write_back.notes import Nothing, Proposal, compose
from app.connectors.write_back.service import propose_move
from app.kit import due
from app.kit.due import MOST_ATTEMPTS, Key
from app.kit.errors import Problem
from app.kit.logs import log
from app.kit.slots import Owner
from app.webhooks.models import delivery

SLOTS, BATCH = 20, 20
"""How many CRMs are written to at once, and how many rows of one in a row."""
_DIED = "the worker ended each time while this was being written"
_NOT_NOW, _TRY_AGAIN = timedelta(minutes=5), timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Job:
    """A row of ours that something must be done about in the CRM."""

    table: sa.Table
    key: Key
    token: UUID
    row: Mapping[Any, Any]

    @property
    def connection_id(self) -> UUID:
        """The connection whose CRM it is."""
        id: UUID = self.row["subscriber_id" if self.table is delivery else "connection_id"]
        return id


def write_back_loops(post: Post) -> tuple[ConnectionLoop, ConnectionLoop]:
    """Return the loops that write findings and make approved moves.

    CRMs side by side; each by itself in the order of what happened, so that a flag's end follows its beginning.
    """
    mine = (connection.c.agency_id == delivery.c.agency_id, connection.c.id == delivery.c.subscriber_id)
    to_connections = sa.exists().where(*mine)
    return (
        _loop(post, delivery, "outcome", connection_id="subscriber_id", wanted=[to_connections]),
        _loop(post, stage_move, "failure"),
    )


def _loop(post: Post, table: sa.Table, reason: str, **which: Any) -> ConnectionLoop:
    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        until = post.clock() + post.lease / 2
        jobs = await post.database.read(lambda conn: _claimed(conn, table, token, keys))
        if jobs:
            await _work_off(post, jobs, until)

    return ConnectionLoop(
        post,
        table,
        handle,
        slots=SLOTS,
        batch=BATCH,
        parked=lambda _: {"state": "failed", reason: _DIED},
        **which,
    )


async def write_back_once(post: Post) -> int:
    """Write a batch of findings and approved moves. Return how many were looked at."""
    return sum([await loop.once() for loop in write_back_loops(post)])


async def _work_off(post: Post, line: Sequence[Job], until: datetime) -> None:
    link = await post.database.read(lambda conn: find_linked(conn, post.seal, line[0].key[0], line[0].connection_id))
    if link is None:
        return
    for job in line:
        if post.clock() > until:  # what is left would outlast the lease: it is given back
            await post.write(link, partial(_put_off, job=job, by=timedelta(0)))
        else:
            await _one(post, link, job)


def _claimed(conn: sa.Connection, table: sa.Table, token: UUID, keys: Sequence[Key]) -> list[Job]:
    columns = table.c
    statement = sa.select(table).where(
        columns.agency_id.in_({key[0] for key in keys}),
        columns.id.in_([key[1] for key in keys]),
        columns.claim == token,
    )
    statement = statement.order_by(columns.id)
    return [Job(table, (row["agency_id"], row["id"]), token, row) for row in conn.execute(statement).mappings()]


async def _one(post: Post, link: Linked, job: Job) -> None:
    try:
        if link.paused:
            await post.write(link, partial(_put_off, job=job, by=_NOT_NOW))
        elif job.table is delivery:
            await _deliver(post, link, job)
        else:
            await _move(post, link, job)
    except NotConnected:
        await post.write(link, partial(_settle, job=job, state="failed", told="it has no credentials to write with"))
    except Problem as problem:
        if problem.status >= 500:
            raise
        await post.write(link, partial(_settle, job=job, state="failed", told=problem.detail))
    except ComeBack as later:
        await post.write(link, partial(_put_off, job=job, by=later.at - post.clock(), state="unsure"))
    except AskFailed as failed:
        await _failed(post, link, job, str(failed))
    except Exception as error:
        log.error("writing back failed", agency_id=str(link.agency_id), row_id=str(job.key[1]), exc_info=error)
        await _failed(post, link, job, f"an unforeseen error: {type(error).__name__}")


async def _deliver(post: Post, link: Linked, job: Job) -> None:
    # An attempt that got no answer may have been written: the next one looks for our mark before it writes.
    again = job.row["attempts"] > 1 or job.row["state"] == "unsure"
    found = await post.write(link, lambda work: compose(work, link, job.row["event_id"], again=again))
    match found:
        case Nothing():
            await post.write(link, partial(_settle, job=job, state="skipped", told=found.reason))
        case Proposal():
            await post.write(link, partial(_propose, link=link, job=job, proposal=found))
        case Finding():
            says: MayAsk[str] = link.connector.write(found, link.account)
            made = await post.lead(link, says)
            await post.write(link, partial(_written, link=link, job=job, made=made))


async def _move(post: Post, link: Linked, job: Job) -> None:
    # The CRM may have been away for hours since the approval: what has moved on meanwhile is not moved back.
    at = await post.write(link, lambda work: get_application(work, job.row["application_id"]))
    if at.stage != job.row["stage"]:
        await post.write(link, partial(_settle, job=job, state="failed", told="it has moved on since it was approved"))
        return
    await post.lead(link, link.connector.move(job.row["external_id"], job.row["status"], link.account))
    await post.write(link, partial(_settle, job=job, state="moved", moved_at=post.clock()))


def _written(work: Work, link: Linked, job: Job, made: str) -> None:
    """Remember what we wrote, so that its echo is known, and that it is written."""
    if _settle(work, job, "delivered", made, delivered_at=work.now):
        known = Known(work, link)
        known.of("activity", made)
        known.keep("activity", made, ours=True)
        remember(work, link, job.row["event_id"])


def _propose(work: Work, link: Linked, job: Job, proposal: Proposal) -> None:
    if _settle(work, job, "delivered", "proposed", delivered_at=work.now):
        propose_move(work, link.id, proposal)


async def _failed(post: Post, link: Linked, job: Job, failure: str) -> None:
    if job.row["attempts"] >= MOST_ATTEMPTS:
        await post.write(link, partial(_settle, job=job, state="failed", told=failure))
        return
    later = _TRY_AGAIN * 4 ** (job.row["attempts"] - 1)
    await post.write(link, partial(_put_off, job=job, by=later, tried=True, state="unsure"))


def _put_off(work: Work, job: Job, by: timedelta, *, tried: bool = False, **values: Any) -> bool:
    if job.table is not delivery:
        values = {}
    return due.put_off(work.conn, job.table, job.key, job.token, work.now + by, tried=tried, **values)


def _settle(work: Work, job: Job, state: str, told: str | None = None, **values: Any) -> bool:
    column = "outcome" if job.table is delivery else "failure"
    told = told and told[:500]
    return due.done(work.conn, job.table, job.key, job.token, state=state, **{column: told}, **values)
