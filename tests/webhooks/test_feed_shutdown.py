"""Shutdown: the service ends its streams and exits by itself."""

import signal
from pathlib import Path

import httpx

from tests.agencies import SYDNEY
from tests.connectors.processes import ServiceProcesses
from tests.service import OPERATOR_KEY

STREAMS_END = 8
"""Seconds; Docker and uvicorn wait ten."""


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_a_service_with_an_open_stream_stops_at_a_signal(own_database_url: str, tmp_path: Path):
    with (
        ServiceProcesses(own_database_url, tmp_path) as processes,
        httpx.Client(base_url=processes.url, timeout=60) as client,
    ):
        process = processes.serve()
        agency = client.post("/v1/agencies", json={"name": "Harbour", **SYDNEY}, headers=bearer(OPERATOR_KEY)).json()
        with client.stream("GET", "/v1/events/stream", headers=bearer(agency["api_key"])) as answer:
            said = answer.iter_lines()
            assert next(said) == "retry: 2000"
            process.send_signal(signal.SIGTERM)
            process.wait(STREAMS_END)
            assert [line for line in said if line] == [], "the stream ended as a stream does"
        assert process.returncode == -signal.SIGTERM
        assert "Traceback" not in processes.log()
        assert "CancelledError" not in processes.log()
