"""What monitoring reads has a port of its own where one is set, in `serve` and in `work`; a 503 is a warning."""

import asyncio
import os
import signal
import socket

import httpx
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from app import __main__ as command
from app.kit.settings import Settings
from tests.service import SECRET_KEY


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found: int = free.getsockname()[1]
    return found


def patient(port: int) -> httpx.AsyncClient:
    """A client that tries again until somebody listens."""
    transport = httpx.AsyncHTTPTransport(retries=6, trust_env=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{port}")


def test_serve_answers_metrics_and_readiness_at_the_other_port_alone(start_service, port: int):
    service = start_service(metrics_port=port)

    async def ask() -> list[int]:
        async with patient(port) as other:
            return [(await other.get(path)).status_code for path in ("/readyz", "/metrics", "/healthz", "/v1/agency")]

    assert service.run(ask) == [200, 200, 200, 404]
    assert [service.client().get(path).status_code for path in ("/readyz", "/metrics", "/healthz")] == [404, 404, 200]


def test_a_worker_answers_metrics_and_readiness(database_url: str, port: int):
    settings = Settings(database_url=database_url, secret_key=SecretStr(SECRET_KEY), metrics_port=port)

    async def run() -> tuple[int, str]:
        working = asyncio.create_task(command._work(settings))
        async with patient(port) as client:
            found = (await client.get("/readyz")).status_code, (await client.get("/metrics")).text
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(working, 20)
        return found

    ready, metrics = asyncio.run(run())
    assert ready == 200
    assert "keepwarm_sweep_lag_seconds" in metrics


def test_a_503_is_logged_as_a_warning(service, clock, monkeypatch):
    monkeypatch.setattr("app.health.is_current", lambda _: False)
    with capture_logs() as lines:
        assert service.client().get("/readyz").status_code == 503
        assert service.client().get("/healthz").status_code == 200
    assert [(line["log_level"], line["status"]) for line in lines] == [("warning", 503), ("info", 200)]
