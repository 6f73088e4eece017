"""Two transactions at once, which only PostgreSQL has: one is left open while something else happens."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork
from app.kit.ids import new_id
from tests.service import Client, Service

_SOMEBODY_WAITS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)
_NOTHING = sa.text("SELECT 1")
_LOOKS = 20_000
"""After so many looks nobody will come any more."""


@contextmanager
def until_somebody_waits(admin: Client, step: Callable[[UnitOfWork], object]) -> Iterator[None]:
    """Take this step, and leave its transaction open until what happens here waits for it."""

    def wait(conn: sa.Connection) -> None:
        assert any(conn.scalar(_SOMEBODY_WAITS) for _ in range(_LOOKS)), "nobody came to wait"

    with _open(admin, step, wait):
        yield


@contextmanager
def left_open(admin: Client, step: Callable[[UnitOfWork], object]) -> Iterator[None]:
    """Take this step, and leave its transaction open until what happens here is over: it must not wait for it."""
    over = threading.Event()

    def wait(conn: sa.Connection) -> None:
        # Each look lets the others of this loop go on.
        assert any(over.is_set() or not conn.scalar(_NOTHING) for _ in range(_LOOKS)), "what happens here waits for it"

    with _open(admin, step, wait):
        yield
        over.set()


@contextmanager
def _open(
    admin: Client, step: Callable[[UnitOfWork], object], wait: Callable[[sa.Connection], object]
) -> Iterator[None]:
    agency_id, taken = UUID(admin.get("/v1/agency").json()["id"]), threading.Event()
    service: Service = admin.service
    shared = service.app.state.shared

    def both(conn: sa.Connection) -> None:
        step(UnitOfWork(conn, service.clock(), Caller(agency_id, Role.admin), new_id, None, shared.seal))
        taken.set()
        wait(conn)

    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(service.run, shared.database.across_agencies().write, both)
        assert taken.wait(20)
        yield
        done.result()
