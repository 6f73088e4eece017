"""A noisy neighbour: python -m tests.attack.neighbours --database sqlite --connections 40.

Agency A has connections to a CRM that takes every request and never answers. How late are agency B's first poll and its
events beside them?
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from app.connectors.signature_checks import hmac_sha256
from app.kit.clock import stopwatch
from tests import databases, run
from tests.connectors.documents import own
from tests.service import OPERATOR_KEY, SECRET_KEY

HOME = Path(__file__).resolve().parents[2]
EVENTS = 10
PATIENCE = 120.0
SECRET = "the secret that the CRM signs with"
_pause = threading.Event()


def main() -> int:
    """Measure alone and beside the neighbour, show the numbers, and answer 1 where the goal is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack.neighbours")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--connections", type=int, default=40, help="of agency A, to a CRM that hangs")
    asked = parser.parse_args()
    log = Path(tempfile.mkdtemp(prefix="keepwarm-attack-")) / "serve.log"
    run.begin()
    try:
        with ExitStack() as stack:
            hanging, quick = stack.enter_context(_hanging()), stack.enter_context(_quick())
            client = stack.enter_context(_serving(databases.migrated(asked.database), log))
            alone = _measured(client, quick)
            noisy = _agency(client)
            for number in range(asked.connections):
                link = _connect(client, noisy, hanging, number)
                for event in range(3):
                    _send(client, link, f"{number}-{event}")
            _pause.wait(3)
            beside = _measured(client, quick)
    finally:
        databases.close()
        databases.give_back()
        run.end()
    missed = False
    for name, goal in ((name, 2 * seconds + 2) for name, seconds in alone.items()):
        missed |= beside[name] > goal
        print(f"{name:20} alone {alone[name]:6.2f} s, beside {beside[name]:6.2f} s, goal ≤ {goal:.2f} s")  # noqa: T201
    print(f"log: {log}")  # noqa: T201
    return int(missed)


def _measured(client: httpx.Client, crm: str) -> dict[str, float]:
    """The seconds that a new agency waits for its first polls, and for its events."""
    key, began = _agency(client), stopwatch()
    link = _connect(client, key, crm, 0)
    address = f"/v1/connections/{link['id']}"
    get: Callable[[str], Any] = lambda below: client.get(address + below, headers=_bearer(key)).json()  # noqa: E731
    _until(lambda: all(poll["last_read_at"] for poll in get("/health")["polls"]))
    polled, began_events = stopwatch() - began, stopwatch()
    for number in range(EVENTS):
        _send(client, link, str(number))
    _until(lambda: sum(event["state"] != "waiting" for event in get("/events")["items"]) >= EVENTS)
    return {"first polls": polled, f"{EVENTS} events": stopwatch() - began_events}


def _until(done: Callable[[], bool]) -> None:
    """Ask again until it is so. After PATIENCE it counts as never."""
    began = stopwatch()
    while not done() and stopwatch() - began < PATIENCE:
        _pause.wait(0.05)


def _agency(client: httpx.Client) -> str:
    body = {"name": "Harbour", "time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}
    made = client.post("/v1/agencies", json=body, headers=_bearer(OPERATOR_KEY))
    key: str = made.json()["api_key"]
    return key


def _connect(client: httpx.Client, key: str, crm: str, number: int) -> dict[str, Any]:
    body = {
        "system": "greenhouse",
        "name": f"Greenhouse {number}",
        "ref_system": f"greenhouse{number}",
        "signing_secret": SECRET,
        "settings": {"base_url": crm, "auth_url": f"{crm}/token"},
        "credentials": {"client_id": "id", "client_secret": "secret"},
    }
    made = client.post("/v1/connections", json=body, headers=_bearer(key))
    assert made.status_code == 201, made.text
    connection: dict[str, Any] = made.json()["connection"]
    return connection


def _send(client: httpx.Client, link: dict[str, Any], id: str) -> None:
    """Have Greenhouse send an application whose interviews must be asked for."""
    document = own("greenhouse", "candidate_stage_change")
    document["payload"]["application"]["id"] = f"{id}1"
    body = json.dumps(document).encode()
    signature = f"sha256 {hmac_sha256(SECRET.encode(), body).hex()}"
    headers = {"content-type": "application/json", "signature": signature, "greenhouse-event-id": id}
    path = "/hooks/" + link["hook_url"].rpartition("/")[2]
    assert client.post(path, content=body, headers=headers).status_code == 200


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def _hanging() -> Iterator[str]:
    """A server that takes every connection and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=1000) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


class _Quick(BaseHTTPRequestHandler):
    """Answers at once: a token, or an empty list."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer({"access_token": "token"})

    def do_GET(self) -> None:
        self._answer([])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _answer(self, document: Any) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def _quick() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Quick) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def _serving(database_url: str, log: Path) -> Iterator[httpx.Client]:
    """Run `serve` with its worker, until the end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "KEEPWARM_DATABASE_URL": database_url,
        "KEEPWARM_OPERATOR_KEY": OPERATOR_KEY,
        "KEEPWARM_SECRET_KEY": SECRET_KEY,
        "KEEPWARM_PRIVATE_TARGETS": "true",
        "KEEPWARM_RATE_LIMIT_PER_MINUTE": "0",
    }
    command = [sys.executable, "-m", "app", "serve", "--port", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, cwd=HOME, env=environment, stdout=out, stderr=out) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                _until(lambda: _answers(client))
                yield client
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


if __name__ == "__main__":
    sys.exit(main())
