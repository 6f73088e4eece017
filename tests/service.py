"""The service as a test meets it: the whole app in this process, a clock to turn, and a client whose calls return."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI

T = TypeVar("T")

# httpx looks for trio's `sniffio` at every request: that it is not installed is answered here, not by a search.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
"""Where every test begins: a Monday morning, far from any clock change."""

OPERATOR_KEY = "kw_operator_key_of_all_the_tests"
SECRET_KEY = "s" * 32


class Clock:
    """The time as the service sees it; it stands still until a test turns it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """What the service asks."""
        assert self.now.tzinfo is UTC, "the service's clock is in UTC"
        return self.now

    def advance(self, by: timedelta | None = None, **units: float) -> datetime:
        """Turn it: `clock.advance(days=3, hours=2)`, or by a timedelta."""
        self.now += timedelta(**units) if by is None else by
        return self.now


class Service:
    """A running app on an event loop of its own, in a thread of its own."""

    def __init__(self, app: FastAPI, clock: Clock, portal: BlockingPortal, http: httpx.AsyncClient) -> None:
        self.app, self.clock, self._portal, self.http = app, clock, portal, http

    def run(self, function: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        """Call an async function on the service's own loop: a worker's step, or many requests at once."""
        return self._portal.call(function, *arguments)

    def read(self, step: Callable[[sa.Connection], T]) -> T:
        """What a step finds in the rows of every agency."""
        found: T = self.run(self.app.state.shared.database.across_agencies().read, step)
        return found

    def write(self, step: Callable[[sa.Connection], T]) -> T:
        """What a step answers that writes into rows of any agency."""
        answer: T = self.run(self.app.state.shared.database.across_agencies().write, step)
        return answer

    def client(self, key: str | None = None) -> "Client":
        """A client that shows `key`, or none."""
        return Client(self, {"Authorization": f"Bearer {key}"} if key else {})


class Client:
    """Calls that return when they are answered. An answer of 500 is a fault in the service and fails the test."""

    def __init__(self, service: Service, headers: Mapping[str, str]) -> None:
        self.service, self._headers = service, dict(headers)

    def as_(self, key: str) -> "Client":
        """The same service, met with another key."""
        return self.service.client(key)

    def request(self, method: str, path: str, headers: Mapping[str, str] | None = None, **rest: Any) -> httpx.Response:
        """Any request; `rest` is what httpx takes: json, params, content …"""

        async def send() -> httpx.Response:
            return await self.service.http.request(method, path, headers=self._headers | dict(headers or {}), **rest)

        answer = self.service.run(send)
        assert answer.status_code != 500, f"{method} {path} met an unforeseen error, which the log tells: {answer.text}"
        return answer

    def get(self, path: str, **rest: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **rest)

    def post(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        """POST."""
        return self.request("POST", path, json=json, **rest)

    def put(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        """PUT."""
        return self.request("PUT", path, json=json, **rest)

    def patch(self, path: str, json: Any = None, **rest: Any) -> httpx.Response:
        """PATCH."""
        return self.request("PATCH", path, json=json, **rest)

    def delete(self, path: str, **rest: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", path, **rest)


@contextmanager
def running(database_url: str, clock: Clock, **settings: Any) -> Iterator[Service]:
    """Start the app over a migrated database and stop it at the end; `settings` are those that differ from a test's."""
    from app.api import create_app
    from app.kit.settings import Settings

    usual: dict[str, Any] = {
        "operator_key": OPERATOR_KEY,
        "secret_key": SECRET_KEY,
        "embedded_worker": False,
        "rate_limit_per_minute": 0,
        "wrong_keys_per_minute": 0,
        "stream_seconds": 0,
    }
    app = create_app(Settings(**(usual | settings | {"database_url": database_url})), clock=clock)
    transport = httpx.ASGITransport(app)
    with ExitStack() as stack:
        portal = stack.enter_context(start_blocking_portal())
        stack.enter_context(portal.wrap_async_context_manager(app.router.lifespan_context(app)))
        http = httpx.AsyncClient(transport=transport, base_url="http://keepwarm.test")
        stack.enter_context(portal.wrap_async_context_manager(http))
        yield Service(app, clock, portal, http)
