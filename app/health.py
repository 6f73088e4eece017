"""HTTP routes for monitoring: liveness, readiness and Prometheus metrics."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from app.applications import sweep
from app.kit import metrics
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.migrations import is_current
from app.kit.request_middleware import add_error_handlers
from app.kit.resealing import Sampled, SealCheck
from app.kit.sealing import Seal
from app.kit.settings import Settings
from app.kit.strict_json import operation_id

MIN_FREE_BYTES = 64 << 20
"""The free disk space in bytes below which a service with an SQLite file reports that it is not ready."""

router = APIRouter(tags=["12 · Health"], generate_unique_id_function=operation_id)
monitoring = APIRouter(tags=["12 · Health"], generate_unique_id_function=operation_id)
"""The router of `/readyz` and `/metrics`. KEEPWARM_METRICS_PORT moves both to a port of their own."""


@dataclass(frozen=True, slots=True)
class Monitored:
    """The parts of a `serve` or `work` process that the readiness check inspects."""

    database: Database
    settings: Settings
    clock: Clock
    seal: Seal
    check: SealCheck


def monitoring_app(monitored: Monitored) -> FastAPI:
    """Return the app that answers `/healthz`, `/readyz` and `/metrics` at KEEPWARM_METRICS_PORT."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.monitored = monitored
    add_error_handlers(app)
    app.include_router(router)
    app.include_router(monitoring)
    return app


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """The response of `/readyz`: the process can do its work."""

    status: Literal["ok"]
    sweep_lag_seconds: float
    """Seconds since the oldest due application became due. A growing value means that the worker is too slow."""
    parked: int
    """The number of applications that are no longer assessed, because their assessment failed too often."""
    unopened: int
    """The number of sealed values, in a sample of the newest, that none of the service's secret keys can decrypt."""


@router.get("/healthz", response_model=Alive)
async def get_health() -> Alive:
    """Return 200 while the process responds to HTTP. The database is not queried."""
    return Alive(status="ok")


@monitoring.get("/readyz", response_model=Ready)
async def get_readiness(request: Request) -> Ready:
    """Check that the service is ready. Answers 503 with the reason if it is not.

    The database responds, is migrated and has disk space. The secret keys open the sealed values. Due applications are
    assessed in time.
    """
    on: Monitored = request.app.state.monitored

    def look(conn: sa.Connection) -> tuple[timedelta, int, Sampled]:
        if not is_current(conn):
            raise _not_ready("not_migrated", "The database is not at the newest migration. Run: keepwarm migrate")
        return *sweep.lag(conn, on.clock()), on.check.sampled(conn)

    if not on.seal.can_lock:
        raise _not_ready("no_secret_key", "There is no secret key. Set KEEPWARM_SECRET_KEYS.")
    free = on.database.free_bytes()
    if free is not None and free < MIN_FREE_BYTES:
        raise _not_ready("disk_full", f"The database's disk has {free >> 20} MiB left. Make room.")
    if on.database.is_full:
        raise _not_ready("disk_full", "The last write failed: the database's disk is full. Make room.")
    lag, parked, sampled = await on.database.across_agencies().read(look)
    if sampled.is_foreign:
        raise _not_ready(
            "other_secret_key",
            "The secret keys open nothing that is sealed here. Add the right key to KEEPWARM_SECRET_KEYS; if it is "
            "lost, run: keepwarm reseal --drop-lost",
        )
    metrics.SWEEP_LAG.set(lag.total_seconds())
    if lag > timedelta(seconds=on.settings.sweep_late_seconds):
        raise _not_ready(
            "sweep_behind",
            f"The oldest due application has waited for {lag.total_seconds():.0f} s. Add a worker: keepwarm work",
            sweep_lag_seconds=lag.total_seconds(),
            parked=parked,
        )
    return Ready(status="ok", sweep_lag_seconds=lag.total_seconds(), parked=parked, unopened=sampled.unopened)


def _not_ready(code: str, detail: str, **extra: Any) -> Problem:
    return Problem(503, code, detail, headers={"Retry-After": "30"}, **extra)


@monitoring.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
async def get_metrics() -> Response:
    """Return the metrics of this process in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
