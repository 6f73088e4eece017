"""Settling an attempt: what the answer means for the delivery and for its endpoint."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa

from app.access.work import Work
from app.kit import due
from app.kit.db import add_many
from app.kit.dialects import locked
from app.webhooks.models import attempt, endpoint, webhook_delivery
from app.webhooks.outbox import emit
from app.webhooks.sending.claiming import Taken
from app.webhooks.sending.schedule import GIVEN_UP_AFTER, SILENCE, next_gap, next_throttle, retry_after

_HURRIED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt: a status, or the class of the failure that left none."""

    began_at: datetime
    milliseconds: int
    status: int | None = None
    error: str | None = None
    retry_after: str | None = None
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        """Only 2xx is success; a redirect is a failure and never followed."""
        return self.status is not None and 200 <= self.status < 300

    def sentence(self) -> str:
        """Why it failed."""
        if self.error == "no_secret":
            return "Not sent: its signing secrets cannot be opened."
        return f"It answered {self.status}." if self.status is not None else f"No answer: {self.error}."


def settle(work: Work, taken: Taken, answer: Answer, chance: Callable[[], float]) -> None:
    """Record the attempt; where the claim still holds, say what becomes of the delivery, and of the endpoint.

    The endpoint is locked first, as by everybody else who changes its deliveries; what was removed meanwhile, it or the
    delivery, has nothing left to be told.
    """
    mine = sa.and_(endpoint.c.agency_id == taken.key[0], endpoint.c.id == taken.endpoint_id)
    one = work.conn.execute(locked(sa.select(endpoint).where(mine))).one_or_none()
    this = sa.and_(webhook_delivery.c.agency_id == taken.key[0], webhook_delivery.c.id == taken.key[1])
    held = work.conn.execute(locked(sa.select(webhook_delivery.c.claim).where(this))).one_or_none()
    if one is None or held is None:
        return
    add_many(
        work.conn,
        attempt,
        [
            {
                "agency_id": taken.key[0],
                "id": work.new_id("attempt"),
                "delivery_id": taken.key[1],
                "endpoint_id": taken.endpoint_id,
                "number": taken.attempts,
                "at": answer.began_at,
                "milliseconds": answer.milliseconds,
                "status": answer.status,
                "error": answer.error,
                "sealed_answer": work.seal.lock(taken.key[0], answer.body) if answer.body else None,
            }
        ],
    )
    if held.claim != taken.token:
        return
    if answer.succeeded:
        due.done(work.conn, webhook_delivery, taken.key, taken.token, state="delivered", settled_at=work.now)
        well: dict[str, Any] = {"succeeded_at": work.now, "failing_since": None}
        if not _throttled(work, one):  # what was under way when it asked for a rest does not end the rest
            well |= {"throttle_seconds": 0, "throttled_until": None}
        work.conn.execute(sa.update(endpoint).where(mine).values(**well))
        return
    gone = answer.status == HTTPStatus.GONE
    wait = retry_after(answer.retry_after, work.now)
    gap = None if gone else next_gap(taken.attempts, chance)
    if gap is None:
        due.done(work.conn, webhook_delivery, taken.key, taken.token, state="failed", settled_at=work.now)
    else:
        due.put_off(work.conn, webhook_delivery, taken.key, taken.token, work.now + max(gap, wait))
    # A silence is no failure: after it, the counting begins anew.
    silent = one.failed_at is None or work.now - one.failed_at > SILENCE
    since = work.now if silent or one.failing_since is None else one.failing_since
    values: dict[str, Any] = {"failing_since": since, "failed_at": work.now, "failure": answer.sentence()}
    if answer.status in _HURRIED or wait:
        # Attempts that were under way together are in a hurry once: only the first to come back doubles the pause.
        already = _throttled(work, one)
        pause = timedelta(seconds=one.throttle_seconds) if already else next_throttle(one.throttle_seconds)
        until = work.now + max(pause, wait)
        values |= {
            "throttle_seconds": _seconds(pause),
            "throttled_until": max(one.throttled_until, until) if already else until,
        }
    work.conn.execute(sa.update(endpoint).where(mine).values(**values))
    if one.disabled_at is None and (gone or work.now - values["failing_since"] >= GIVEN_UP_AFTER):
        because = "It answered 410: gone." if gone else "For 120 hours nothing but failures came back."
        disable(work, taken, because)


def _throttled(work: Work, one: sa.Row[Any]) -> bool:
    return one.throttled_until is not None and one.throttled_until > work.now


def disable(work: Work, taken: Taken, because: str) -> None:
    """Send to this endpoint no more, and tell the agency."""
    mine = sa.and_(endpoint.c.agency_id == taken.key[0], endpoint.c.id == taken.endpoint_id)
    work.conn.execute(sa.update(endpoint).where(mine).values(disabled_at=work.now, disabled_because=because))
    emit(work, "endpoint.disabled", {"endpoint_id": str(taken.endpoint_id), "because": because})


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
