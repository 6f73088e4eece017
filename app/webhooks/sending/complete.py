"""Completion of webhook attempts: record their results and update the deliveries and the endpoint's health."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.kit.db import insert_rows
from app.kit.dialects import Verb, lock_for_update, write_rows
from app.kit.due_rows import NOT_DUE
from app.webhooks.events import EndpointDisabled
from app.webhooks.models import attempt, endpoint, webhook_delivery
from app.webhooks.outbox import emit
from app.webhooks.sending.claim import ClaimedDelivery
from app.webhooks.sending.schedule import DISABLE_AFTER, FAILURES_EXPIRE_AFTER, next_throttle, retry_after, retry_delay

_HEALTH_COLUMNS = (
    *("succeeded_at", "failing_since", "failed_at", "failure", "throttle_seconds", "throttled_until"),
    *("disabled_at", "disabled_reason"),
)
_THROTTLING_STATUSES = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The result of one attempt to send an event: an HTTP status, or the kind of failure without a response."""

    began_at: datetime
    milliseconds: int
    status: int | None = None
    error: str | None = None
    retry_after: str | None = None
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        """True for an HTTP status of 2xx only. A redirect is a failure and is never followed."""
        return self.status is not None and 200 <= self.status < 300

    def failure(self) -> str:
        """Return the reason why the attempt failed, as a sentence for the endpoint's health."""
        if self.error == "no_secret":
            return "Not sent: its signing secrets cannot be opened."
        return f"It answered {self.status}." if self.status is not None else f"No answer: {self.error}."


CompletedAttempts = Sequence[tuple[ClaimedDelivery, AttemptResult]]
"""Attempts at one endpoint with their results, in the order in which they ended."""


def complete_attempts(work: UnitOfWork, completed: CompletedAttempts, chance: Callable[[], float]) -> None:
    """Record attempts at one endpoint and update its health. Finish or reschedule each delivery whose claim still
    holds.

    Locks the endpoint first, like every other writer of its deliveries. Skips deliveries that were deleted meanwhile.
    Emits `endpoint.disabled` if a failure disables the endpoint. `chance` returns a number from 0 to 1 for the jitter.
    """
    agency_id, endpoint_id = completed[0][0].endpoint
    matches = sa.and_(endpoint.c.agency_id == agency_id, endpoint.c.id == endpoint_id)
    target = work.conn.execute(lock_for_update(sa.select(endpoint).where(matches))).mappings().one_or_none()
    claims = _lock_claims(work, completed)
    if target is None:
        return
    recorded = [(claimed, result) for claimed, result in completed if claimed.key[1] in claims]
    insert_rows(work.conn, attempt, [_attempt_row(work, claimed, result) for claimed, result in recorded])
    health: Mapping[Any, Any] = target
    finished, retried = list[dict[str, Any]](), list[dict[str, Any]]()
    for claimed, result in recorded:
        if claims[claimed.key[1]] != claimed.token:
            continue
        claims[claimed.key[1]] = None
        health = {**health, **_health_changes(health, result, work.now)}
        delay = _retry_delay(claimed, result, work.now, chance)
        delivery = {"key_agency_id": agency_id, "key_id": claimed.key[1]}
        if delay is not None:
            retried.append(delivery | {"due_at": work.now + delay, "claim": None})
        else:
            state = "delivered" if result.succeeded else "failed"
            finished.append(delivery | NOT_DUE | {"state": state, "settled_at": work.now})
    changed = {name: health[name] for name in _HEALTH_COLUMNS}
    writes: list[tuple[Verb, sa.Table, list[dict[str, Any]]]] = [
        ("update", webhook_delivery, finished),
        ("update", webhook_delivery, retried),
        ("update", endpoint, [{"key_agency_id": agency_id, "key_id": endpoint_id} | changed]),
    ]
    write_rows(work.conn, writes)
    if target["disabled_at"] is None and health["disabled_at"] is not None:
        emit(work, EndpointDisabled(endpoint_id=endpoint_id, reason=health["disabled_reason"]))


def _lock_claims(work: UnitOfWork, completed: CompletedAttempts) -> dict[UUID, UUID | None]:
    """Lock the rows of the deliveries that still exist. Return the claim token by delivery id; None if unclaimed."""
    columns = webhook_delivery.c
    scope = (columns.agency_id == work.agency_id, columns.id.in_({claimed.key[1] for claimed, _ in completed}))
    held = work.conn.execute(lock_for_update(sa.select(columns.id, columns.claim).where(*scope).order_by(columns.id)))
    return {row.id: row.claim for row in held}


def _attempt_row(work: UnitOfWork, claimed: ClaimedDelivery, result: AttemptResult) -> dict[str, Any]:
    return {
        "agency_id": claimed.key[0],
        "id": work.new_id("attempt"),
        "delivery_id": claimed.key[1],
        "endpoint_id": claimed.endpoint_id,
        "number": claimed.attempts,
        "at": result.began_at,
        "milliseconds": result.milliseconds,
        "status": result.status,
        "error": result.error,
        "sealed_answer": work.seal.lock(claimed.key[0], result.body) if result.body else None,
    }


def _retry_delay(
    claimed: ClaimedDelivery, result: AttemptResult, now: datetime, chance: Callable[[], float]
) -> timedelta | None:
    """Return the delay before the delivery's next attempt.

    Return None if the attempt succeeded, the endpoint answered 410, or it was the last attempt.
    """
    if result.succeeded or result.status == HTTPStatus.GONE:
        return None
    delay = retry_delay(claimed.attempts, chance)
    return None if delay is None else max(delay, retry_after(result.retry_after, now))


def _health_changes(target: Mapping[Any, Any], result: AttemptResult, now: datetime) -> Mapping[str, Any]:
    """Return the changed values of the endpoint's health columns after a result, by column name."""
    throttled = target["throttled_until"] is not None and target["throttled_until"] > now
    if result.succeeded:
        success: dict[str, Any] = {"succeeded_at": now, "failing_since": None}
        # A success that was already in flight when the endpoint was throttled does not lift the throttle.
        return success if throttled else success | {"throttle_seconds": 0, "throttled_until": None}
    # After a period without attempts, the count of consecutive failures starts again.
    expired = target["failed_at"] is None or now - target["failed_at"] > FAILURES_EXPIRE_AFTER
    since = now if expired or target["failing_since"] is None else target["failing_since"]
    changes: dict[str, Any] = {"failing_since": since, "failed_at": now, "failure": result.failure()}
    wait = retry_after(result.retry_after, now)
    if result.status in _THROTTLING_STATUSES or wait:
        # Attempts in flight at the same time double the pause only once: the first one to return does it.
        pause = (
            timedelta(seconds=target["throttle_seconds"]) if throttled else next_throttle(target["throttle_seconds"])
        )
        until = now + max(pause, wait)
        changes["throttle_seconds"] = int(pause.total_seconds())
        changes["throttled_until"] = max(target["throttled_until"], until) if throttled else until
    gone = result.status == HTTPStatus.GONE
    if target["disabled_at"] is None and (gone or now - since >= DISABLE_AFTER):
        reason = "It answered 410: gone." if gone else "All attempts failed for 120 hours."
        changes |= {"disabled_at": now, "disabled_reason": reason}
    return changes
