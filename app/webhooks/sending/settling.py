"""Settling attempts: what their answers mean for the deliveries and for the endpoint."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.work import Work
from app.kit.db import add_many
from app.kit.dialects import Verb, locked, write_rows
from app.webhooks.models import attempt, endpoint, webhook_delivery
from app.webhooks.outbox import emit
from app.webhooks.sending.claiming import Taken
from app.webhooks.sending.schedule import GIVEN_UP_AFTER, SILENCE, next_gap, next_throttle, retry_after

_FARES = (
    *("succeeded_at", "failing_since", "failed_at", "failure", "throttle_seconds", "throttled_until"),
    *("disabled_at", "disabled_because"),
)
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


Ended = Sequence[tuple[Taken, Answer]]
"""Attempts at one endpoint, and what came of each, in the order in which they ended."""


def settle(work: Work, ended: Ended, chance: Callable[[], float]) -> None:
    """Record attempts; where their claims still hold, say what becomes of the deliveries, and of the endpoint.

    The endpoint is locked first, as by everybody else who changes its deliveries; what was removed meanwhile, it or a
    delivery, has nothing left to be told.
    """
    agency_id, endpoint_id = ended[0][0].endpoint
    this = sa.and_(endpoint.c.agency_id == agency_id, endpoint.c.id == endpoint_id)
    one = work.conn.execute(locked(sa.select(endpoint).where(this))).mappings().one_or_none()
    claims = _claims(work, ended)
    if one is None:
        return
    here = [(taken, answer) for taken, answer in ended if taken.key[1] in claims]
    add_many(work.conn, attempt, [_attempt(work, taken, answer) for taken, answer in here])
    fares: Mapping[Any, Any] = one
    done, put_off = list[dict[str, Any]](), list[dict[str, Any]]()
    for taken, answer in here:
        if claims[taken.key[1]] != taken.token:
            continue
        claims[taken.key[1]] = None
        fares = {**fares, **_fares(fares, answer, work.now)}
        gap = _gap(taken, answer, work.now, chance)
        delivery = {"key_agency_id": agency_id, "key_id": taken.key[1], "claim": None}
        if gap is not None:
            put_off.append(delivery | {"due_at": work.now + gap})
        else:
            state = "delivered" if answer.succeeded else "failed"
            done.append(delivery | {"due_at": None, "attempts": 0, "state": state, "settled_at": work.now})
    changed = {name: fares[name] for name in _FARES}
    parts: list[tuple[Verb, sa.Table, list[dict[str, Any]]]] = [
        ("update", webhook_delivery, done),
        ("update", webhook_delivery, put_off),
        ("update", endpoint, [{"key_agency_id": agency_id, "key_id": endpoint_id} | changed]),
    ]
    write_rows(work.conn, parts)
    if one["disabled_at"] is None and fares["disabled_at"] is not None:
        told = {"endpoint_id": str(endpoint_id), "because": fares["disabled_because"]}
        emit(work, "endpoint.disabled", told)


def _claims(work: Work, ended: Ended) -> dict[UUID, UUID | None]:
    """Who holds each of the deliveries that are still there, which are locked from here on."""
    columns = webhook_delivery.c
    mine = (columns.agency_id == work.agency_id, columns.id.in_({taken.key[1] for taken, _ in ended}))
    held = work.conn.execute(locked(sa.select(columns.id, columns.claim).where(*mine).order_by(columns.id)))
    return {row.id: row.claim for row in held}


def _attempt(work: Work, taken: Taken, answer: Answer) -> dict[str, Any]:
    return {
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


def _gap(taken: Taken, answer: Answer, now: datetime, chance: Callable[[], float]) -> timedelta | None:
    """How long the delivery waits for its next attempt; None where this was the last."""
    if answer.succeeded or answer.status == HTTPStatus.GONE:
        return None
    gap = next_gap(taken.attempts, chance)
    return None if gap is None else max(gap, retry_after(answer.retry_after, now))


def _fares(one: Mapping[Any, Any], answer: Answer, now: datetime) -> Mapping[str, Any]:
    """What an answer changes in how the endpoint fares."""
    throttled = one["throttled_until"] is not None and one["throttled_until"] > now
    if answer.succeeded:
        well: dict[str, Any] = {"succeeded_at": now, "failing_since": None}
        # What was under way when it asked for a rest does not end the rest.
        return well if throttled else well | {"throttle_seconds": 0, "throttled_until": None}
    # A silence is no failure: after it, the counting begins anew.
    silent = one["failed_at"] is None or now - one["failed_at"] > SILENCE
    since = now if silent or one["failing_since"] is None else one["failing_since"]
    ill: dict[str, Any] = {"failing_since": since, "failed_at": now, "failure": answer.sentence()}
    wait = retry_after(answer.retry_after, now)
    if answer.status in _HURRIED or wait:
        # Attempts that were under way together are in a hurry once: only the first to come back doubles the pause.
        pause = timedelta(seconds=one["throttle_seconds"]) if throttled else next_throttle(one["throttle_seconds"])
        until = now + max(pause, wait)
        ill["throttle_seconds"] = int(pause.total_seconds())
        ill["throttled_until"] = max(one["throttled_until"], until) if throttled else until
    gone = answer.status == HTTPStatus.GONE
    if one["disabled_at"] is None and (gone or now - since >= GIVEN_UP_AFTER):
        because = "It answered 410: gone." if gone else "For 120 hours nothing but failures came back."
        ill |= {"disabled_at": now, "disabled_because": because}
    return ill
