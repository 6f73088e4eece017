"""HTTP: is the process alive, is it ready, and what has it counted."""

from datetime import timedelta
from typing import Literal

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from app.access.call import House
from app.applications import sweep
from app.kit import metrics
from app.kit.errors import Problem
from app.kit.migrations import is_current

router = APIRouter(tags=["12 · Health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"]


class Ready(BaseModel):
    """The process can do its work."""

    status: Literal["ok"]
    sweep_lag_seconds: float
    """Age of the oldest due application; the sweep is behind when this grows."""
    parked: int
    """Applications whose assessment failed too often."""


@router.get("/healthz", response_model=Alive)
async def get_health() -> Alive:
    """Alive: the process answers. It asks nothing of the database."""
    return Alive(status="ok")


@router.get("/readyz", response_model=Ready)
async def get_readiness(request: Request) -> Ready:
    """Ready: the database answers, has the form this code needs, and the sweep is not behind."""
    house: House = request.app.state.house

    def look(conn: sa.Connection) -> tuple[bool, timedelta, int]:
        if not is_current(conn):
            return False, timedelta(0), 0
        return True, *sweep.lag(conn, house.clock())

    current, lag, parked = await house.database.read(look)
    if not current:
        raise Problem(
            503,
            "not_migrated",
            "The database is not at the newest migration. Run: keepwarm migrate",
            headers={"Retry-After": "30"},
        )
    metrics.SWEEP_LAG.set(lag.total_seconds())
    if lag > timedelta(seconds=request.app.state.settings.sweep_late_seconds):
        raise Problem(
            503,
            "sweep_behind",
            f"The oldest due application has waited for {lag.total_seconds():.0f} s. Add a worker: keepwarm work",
            headers={"Retry-After": "30"},
            sweep_lag_seconds=lag.total_seconds(),
            parked=parked,
        )
    return Ready(status="ok", sweep_lag_seconds=lag.total_seconds(), parked=parked)


@router.get(
    "/metrics", response_class=Response, responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
async def get_metrics() -> Response:
    """What this process has counted, in Prometheus' text format."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
