"""The kit's asynchronous tests run on asyncio, and make clients that are closed at their end."""

from collections.abc import AsyncIterator, Callable

import pytest

from app.kit.http_client import HttpClient


@pytest.fixture
def anyio_backend() -> str:
    """The one event loop there is."""
    return "asyncio"


@pytest.fixture
async def client_with() -> AsyncIterator[Callable[..., HttpClient]]:
    """Make a client as production has it, with what else the test says."""
    made: list[HttpClient] = []

    def make(**options: object) -> HttpClient:
        made.append(HttpClient(**({"private_targets": False} | options)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for client in made:
        await client.close()
