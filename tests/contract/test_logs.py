"""Log lines: each tells its request, and none a name, an address for mail, a key or what was asked for."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from app.kit.logs import format_without_messages
from tests.service import OPERATOR_KEY

HOME = Path(__file__).resolve().parents[2]
CANARY = "Quetzalcoatl"
MAIL = f"{CANARY.lower()}@example.com"
SYDNEY = {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


@contextmanager
def serving(database_url: str, log_format: str, log: Path) -> Iterator[httpx.Client]:
    """The command itself, as it runs in production, its log going to a file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "DATABASE_URL": database_url,
        "OPERATOR_KEY": OPERATOR_KEY,
        "PORT": str(port),
        "LOG_FORMAT": log_format,
        "SWEEP_PAUSE_SECONDS": "0.05",
        "SECRET_KEY": "a secret to seal with, long enough",
    }
    environment = os.environ | {f"KEEPWARM_{name}": value for name, value in settings.items()}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "serve"], cwd=HOME, env=environment, stdout=out, stderr=out
        )
        try:
            _wait_for(process, port)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield client
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the command listens or has ended."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.1)
        else:
            return
    raise AssertionError("the command ended; its log tells why")


def a_day_of(client: httpx.Client) -> tuple[list[str], set[str]]:
    """Requests right and wrong with canaries everywhere; the secrets they used, and the ids of the requests."""
    ids = set()

    def ask(method: str, path: str, key: str | None = None, **rest: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        answer = client.request(method, path, headers=headers, **rest)  # type: ignore[arg-type]
        ids.add(answer.headers["x-request-id"])
        return answer

    made = ask("POST", "/v1/agencies", OPERATOR_KEY, json={"name": CANARY, **SYDNEY})
    assert made.status_code == 201, made.text
    key = made.json()["api_key"]
    person = {"name": CANARY, "email": MAIL, "phone": CANARY}
    candidate = ask("POST", "/v1/candidates", key, json=person).json()["id"]
    statuses = [
        ask("PUT", f"/v1/candidates/by-ref/crm/{MAIL}", key, json=person).status_code,
        ask("GET", f"/v1/candidates/by-ref/crm/{MAIL}", key).status_code,
        ask("GET", f"/v1/candidates/{candidate}", key).status_code,
        ask("GET", f"/v1/candidates/by-ref/crm/{CANARY}%0AINFO%20{CANARY}", key).status_code,
        ask("POST", "/v1/candidates", key, json={CANARY: CANARY, "email": CANARY}).status_code,
        ask("POST", "/v1/candidates", key, content=f'{{"{CANARY}"').status_code,
        ask("POST", "/v1/candidates", key, json=person | {"external_ref": {"system": "crm", "id": MAIL}}).status_code,
        ask("GET", f"/v1/candidates?cursor={CANARY}", key).status_code,
        ask("GET", f"/{CANARY}").status_code,
        ask("GET", "/v1/agency", f"kw_{CANARY}").status_code,
        ask("GET", "/v1/agency", key + CANARY).status_code,
        ask("DELETE", "/v1/candidates", key).status_code,
    ]
    assert statuses == [201, 200, 200, 404, 422, 415, 409, 400, 404, 401, 401, 405]
    connected = ask("POST", "/v1/connections", key, json={"system": "recruitcrm", "name": CANARY}).json()
    secret, path = connected["signing_secret"], f"/v1/connections/{connected['connection']['id']}"
    hook, document = (
        "/hooks/" + connected["connection"]["hook_url"].rpartition("/")[2],
        {"slug": MAIL, "first_name": CANARY},
    )
    statuses = [
        ask("POST", f"{hook}?event=candidate.created&secret={secret}", json=document).status_code,
        ask("POST", f"{hook}?event=candidate.created&secret={CANARY}", json=document).status_code,
        ask("POST", f"{hook}?event={CANARY}&secret={secret}", json=document).status_code,
        ask("POST", f"{hook}{CANARY}?secret={secret}", json=document).status_code,
        ask("POST", f"{path}/dry-run?event=candidate.created&secret={secret}", key, json=document).status_code,
        ask("POST", f"{path}/signing-secrets", key, json={"secret": CANARY}).status_code,
        ask("PATCH", path, key, json={"credentials": {CANARY.lower(): CANARY}}).status_code,
        ask("PATCH", path, key, json={"stage_map": {CANARY: CANARY}}).status_code,
    ]
    assert statuses == [200, 401, 400, 404, 200, 201, 422, 422]
    return [CANARY, MAIL, key, key[47:], OPERATOR_KEY, secret], ids


def test_no_line_tells_who_it_was_about(own_database_url, database_kind, tmp_path):
    log, log_format = tmp_path / "log", "text" if database_kind == "sqlite" else "json"
    with serving(own_database_url, log_format, log) as client:
        secrets, ids = a_day_of(client)
    text = log.read_text()
    for secret in secrets:
        assert secret.lower() not in text.lower()
    first, *lines = text.splitlines()
    assert "keepwarm serve" in first
    # One hook was refused: the line that says so, and why, stands beside the one of its request.
    assert len(lines) == len(ids) + 1, text
    for line in lines:
        assert any(id in line for id in ids)
    if log_format == "json":
        entries = [json.loads(line) for line in lines]
        assert {one["request_id"] for one in entries} == ids
        (refused,) = [one for one in entries if one["event"] == "webhook rejected"]
        assert {"connection_id", "system", "reason"} <= refused.keys()
        entries.remove(refused)
        assert all({"event", "level", "timestamp", "method", "route", "status", "ms"} <= one.keys() for one in entries)
        assert "/hooks/{connection}" in {one["route"] for one in entries}
        assert "/v1/candidates/by-ref/{system}/{id:path}" in {one["route"] for one in entries}


def test_an_error_is_logged_by_its_place_and_kind_alone():
    def fails() -> None:
        try:
            int(CANARY)
        except ValueError as error:
            raise KeyError(MAIL) from error

    with pytest.raises(KeyError) as caught:
        fails()
    shown = format_without_messages((caught.type, caught.value, caught.tb))
    assert "ValueError\nled to\n" in shown
    assert shown.endswith("builtins.KeyError")
    assert "test_logs.py" in shown
    assert CANARY not in shown.replace("int(CANARY)", "")
    assert MAIL not in shown
