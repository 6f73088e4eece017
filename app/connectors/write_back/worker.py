"""The write-back worker: it writes notes and makes approved stage moves in the CRMs, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.applications.queries import get_application
from app.connectors.api_client import RetryLater
from app.connectors.contract import ApiError, MaybeApiExchange, NotConnected, OutgoingNote, WriteRefused
from app.connectors.ingest.sync_state import SyncStates
from app.connectors.loaded_connection import LoadedConnection
from app.connectors.models import connection, stage_move
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.connectors.write_back.flag_dedupe import record_written
from app.connectors.write_back.notes import MoveProposal, Skipped, compose
from app.connectors.write_back.service import propose_move
from app.kit import due_rows
from app.kit.concurrency_slots import Owner
from app.kit.due_rows import MAX_CLAIM_ATTEMPTS, Key
from app.kit.errors import Problem
from app.kit.logs import log
from app.webhooks.models import delivery

SLOTS, BATCH = 20, 20
"""The most CRMs that are written to at once, and the most rows of each in one batch."""
_WORKER_DIED = "the worker crashed each time while this was being written"
_NOT_NOW, _TRY_AGAIN = timedelta(minutes=5), timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class WriteTask:
    """A claimed row with work for the CRM: an event to write as a note, or an approved stage move."""

    table: sa.Table
    key: Key
    token: UUID
    row: Mapping[Any, Any]

    @property
    def connection_id(self) -> UUID:
        """The id of the connection whose CRM is written to."""
        id: UUID = self.row["subscriber_id" if self.table is delivery else "connection_id"]
        return id


def write_back_loops(context: WorkerContext) -> tuple[ConnectionLoop, ConnectionLoop]:
    """Return two loops: the first writes notes, the second makes approved stage moves.

    CRMs run in parallel. Each is written in the order of the events, so that a flag's end follows its beginning.
    """
    mine = (connection.c.agency_id == delivery.c.agency_id, connection.c.id == delivery.c.subscriber_id)
    to_connections = sa.exists().where(*mine)
    return (
        _loop(context, delivery, "outcome", connection_id="subscriber_id", wanted=[to_connections]),
        _loop(context, stage_move, "failure"),
    )


def _loop(context: WorkerContext, table: sa.Table, reason: str, **which: Any) -> ConnectionLoop:
    async def handle(owner: Owner, token: UUID, keys: Sequence[Key]) -> None:
        until = context.clock() + context.lease / 2
        jobs = await context.database.of(owner[0]).read(lambda conn: _claimed(conn, table, token, keys))
        if jobs:
            await _process_tasks(context, jobs, until)

    return ConnectionLoop(
        context,
        table,
        handle,
        slots=SLOTS,
        batch=BATCH,
        parked=lambda _: {"state": "failed", reason: _WORKER_DIED},
        **which,
    )


async def _process_tasks(context: WorkerContext, tasks: Sequence[WriteTask], until: datetime) -> None:
    loaded = await context.load_connection(tasks[0].key[0], tasks[0].connection_id)
    if loaded is None:
        return
    for task in tasks:
        if context.clock() > until:  # the rest would outlast the lease: it is released
            await context.write(loaded, partial(_postpone, task=task, by=timedelta(0)))
        else:
            await _process_task(context, loaded, task)


def _claimed(conn: sa.Connection, table: sa.Table, token: UUID, keys: Sequence[Key]) -> list[WriteTask]:
    columns = table.c
    statement = sa.select(table).where(
        columns.agency_id.in_({key[0] for key in keys}),
        columns.id.in_([key[1] for key in keys]),
        columns.claim == token,
    )
    statement = statement.order_by(columns.id)
    return [WriteTask(table, (row["agency_id"], row["id"]), token, row) for row in conn.execute(statement).mappings()]


async def _process_task(context: WorkerContext, loaded: LoadedConnection, task: WriteTask) -> None:
    try:
        if loaded.paused:
            await context.write(loaded, partial(_postpone, task=task, by=_NOT_NOW))
        elif task.table is delivery:
            await _deliver(context, loaded, task)
        else:
            await _move(context, loaded, task)
    except NotConnected:
        await context.write(
            loaded, partial(_complete, task=task, state="failed", reason="it has no credentials to write with")
        )
    except WriteRefused as refused:
        await context.write(loaded, partial(_complete, task=task, state="failed", reason=str(refused)))
    except Problem as problem:
        if problem.status >= 500:
            raise
        await context.write(loaded, partial(_complete, task=task, state="failed", reason=problem.detail))
    except RetryLater as later:
        await context.write(loaded, partial(_postpone, task=task, by=later.at - context.clock(), state="unsure"))
    except ApiError as failed:
        await _failed(context, loaded, task, str(failed))
    except Exception as error:
        log.error("write-back failed", agency_id=str(loaded.agency_id), row_id=str(task.key[1]), exc_info=error)
        await _failed(context, loaded, task, f"an unforeseen error: {type(error).__name__}")


async def _deliver(context: WorkerContext, loaded: LoadedConnection, task: WriteTask) -> None:
    # An attempt without a response may have written the note: the next one searches for our mark first.
    again = task.row["attempts"] > 1 or task.row["state"] == "unsure"
    found = await context.write(loaded, lambda work: compose(work, loaded, task.row["event_id"], again=again))
    match found:
        case Skipped():
            await context.write(loaded, partial(_complete, task=task, state="skipped", reason=found.reason))
        case MoveProposal():
            await context.write(loaded, partial(_propose, loaded=loaded, task=task, proposal=found))
        case OutgoingNote():
            steps: MaybeApiExchange[str] = loaded.connector.write(found, loaded.account)
            made = await context.execute(loaded, steps)
            await context.write(loaded, partial(_written, loaded=loaded, task=task, made=made))


async def _move(context: WorkerContext, loaded: LoadedConnection, task: WriteTask) -> None:
    # The CRM may have been unavailable for hours: an application that has moved on since is not moved back.
    at = await context.write(loaded, lambda work: get_application(work, task.row["application_id"]))
    if at.stage != task.row["stage"]:
        await context.write(
            loaded, partial(_complete, task=task, state="failed", reason="it has moved on since it was approved")
        )
        return
    await context.execute(loaded, loaded.connector.move(task.row["external_id"], task.row["status"], loaded.account))
    await context.write(loaded, partial(_complete, task=task, state="moved", moved_at=context.clock()))


def _written(work: UnitOfWork, loaded: LoadedConnection, task: WriteTask, made: str) -> None:
    """Complete the row of a written note, and record the note's id and flag.

    The id `made` marks the note as ours, so that it is not imported when the CRM sends it back.
    """
    if _complete(work, task, "delivered", made, delivered_at=work.now):
        states = SyncStates(work, loaded)
        states.lock("activity", made)
        states.update("activity", made, written_by_us=True)
        record_written(work, loaded, task.row["event_id"])


def _propose(work: UnitOfWork, loaded: LoadedConnection, task: WriteTask, proposal: MoveProposal) -> None:
    if _complete(work, task, "delivered", "proposed", delivered_at=work.now):
        propose_move(work, loaded.id, proposal)


async def _failed(context: WorkerContext, loaded: LoadedConnection, task: WriteTask, failure: str) -> None:
    if task.row["attempts"] >= MAX_CLAIM_ATTEMPTS:
        await context.write(loaded, partial(_complete, task=task, state="failed", reason=failure))
        return
    later = _TRY_AGAIN * 4 ** (task.row["attempts"] - 1)
    await context.write(loaded, partial(_postpone, task=task, by=later, tried=True, state="unsure"))


def _postpone(work: UnitOfWork, task: WriteTask, by: timedelta, *, tried: bool = False, **values: Any) -> bool:
    if task.table is not delivery:
        values = {}
    return due_rows.postpone(work.conn, task.table, task.key, task.token, work.now + by, tried=tried, **values)


def _complete(work: UnitOfWork, task: WriteTask, state: str, reason: str | None = None, **values: Any) -> bool:
    column = "outcome" if task.table is delivery else "failure"
    reason = reason and reason[:500]
    return due_rows.complete(work.conn, task.table, task.key, task.token, state=state, **{column: reason}, **values)
