"""The demo's webhook endpoints: a paused dashboard, and a disabled script that answered 410.

Nothing is sent. The attempts are stored as the sender would store them.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from app.access.unit_of_work import UnitOfWork
from app.console import fixture_ids
from app.demo.fact_recorder import Recorder
from app.kit import due_rows
from app.webhooks.endpoints.replay import send_test
from app.webhooks.endpoints.schemas import EndpointChange, EndpointIn, EndpointSecretIn
from app.webhooks.endpoints.service import add_secret, change_endpoint, make_endpoint
from app.webhooks.models import webhook_delivery
from app.webhooks.sending.claim import ClaimedDelivery
from app.webhooks.sending.complete import AttemptResult, complete_attempts
from app.webhooks.sending.schedule import RETRY_DELAYS

_LEASE, _SOON = timedelta(minutes=1), timedelta(seconds=1)
_GOOD = partial(AttemptResult, milliseconds=84, status=200, body=b'{"ok": true}')
_STARTING = partial(AttemptResult, milliseconds=41, status=503, body=b"The dashboard is starting.")
_GONE = partial(AttemptResult, milliseconds=37, status=410)


def set_up(recorder: Recorder) -> None:
    """Record the making of both webhook endpoints, with the attempts of their deliveries."""
    _script(recorder)
    _dashboard(recorder)


def _script(recorder: Recorder) -> None:
    at, id = recorder.dates.at("-8d 15:00"), fixture_ids.GONE_ENDPOINT
    body = EndpointIn(url="https://scripts.harbourandhale.example/flags", description="Priya's script, on trial")
    recorder.record(at, lambda work: make_endpoint(work, body, private_targets=False), webhook_endpoint=id)
    recorder.record(at + _SOON, lambda work: send_test(work, id))
    recorder.record(at + 2 * _SOON, lambda work: _record_attempts(work, id, _GONE))


def _dashboard(recorder: Recorder) -> None:
    at, id = recorder.dates.at("-9d 10:00"), fixture_ids.ENDPOINT
    body = EndpointIn(
        url="https://dashboard.harbourandhale.example/keepwarm",
        description="Dashboard of the Sydney desk",
        event_types=["follow_up.missed", "commitment.overdue", "timeline.overdue", "application.stage_changed",
                     "endpoint.disabled"],
    )  # fmt: skip
    made = {"webhook_endpoint": id, "webhook_secret": fixture_ids.ENDPOINT_SECRET}
    recorder.record(at, lambda work: make_endpoint(work, body, private_targets=False), **made)
    recorder.record(at + _SOON, lambda work: send_test(work, id), delivery=fixture_ids.DELIVERY)
    turned, paused = EndpointSecretIn(overlap_hours=168), EndpointChange(paused=True)
    recorder.record(recorder.dates.at("-50m"), lambda work: add_secret(work, id, turned))
    recorder.record(recorder.dates.at("-45m"), lambda work: _record_attempts(work, id, _STARTING, _GOOD))
    recorder.record(recorder.dates.at("-40m"), lambda work: change_endpoint(work, id, paused, private_targets=False))


def _record_attempts(work: UnitOfWork, endpoint_id: UUID, *results: Callable[[datetime], AttemptResult]) -> None:
    """Store attempt results for every waiting delivery of an endpoint.

    The first delivery gets an attempt for each result; each further delivery gets a single attempt with the last
    result.
    """
    columns = webhook_delivery.c
    scope = (columns.agency_id == work.agency_id, columns.endpoint_id == endpoint_id)
    waiting = sa.select(columns.id, columns.event_id, columns.created_at).where(*scope, columns.due_at.is_not(None))
    for index, row in enumerate(work.conn.execute(waiting.order_by(columns.created_at, columns.id)).all()):
        for number, at in _attempts(row.created_at, len(results) if index == 0 else 1):
            token, (key,) = due_rows.claim(work.conn, webhook_delivery, at, _LEASE, 1, *scope, columns.id == row.id)
            claimed = ClaimedDelivery(key, token, endpoint_id, row.event_id, number, "", b"", ())
            result = results[number - 1] if index == 0 else results[-1]
            complete_attempts(replace(work, now=at), [(claimed, result(at))], lambda: 0.5)


def _attempts(written_at: datetime, count: int) -> Iterator[tuple[int, datetime]]:
    at = written_at
    for number in range(1, count + 1):
        at += RETRY_DELAYS[number - 1] + _SOON
        yield number, at
