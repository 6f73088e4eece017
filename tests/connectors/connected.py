"""A connected CRM for tests of the inbox: it signs and sends as the generic endpoint has it, and the worker's steps."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx

from app.connectors.worker_context import WorkerContext
from app.kit.http_client import HttpClient
from app.worker import sweep_once
from tests.agencies import made
from tests.service import Client, Service
from tests.steps import process_once, sync_once, write_back_once

LEASE = timedelta(seconds=60)


class Workers:
    """The worker's steps, one at a time, as a test wants them."""

    def __init__(self, service: Service) -> None:
        self.service = service
        shared = service.app.state.shared
        self._http = service.run(_client)
        self.context = WorkerContext(shared.database, shared.seal, self._http, service.clock, LEASE)

    def process(self) -> int:
        """Apply what arrived until nothing is due. Answers how many events were looked at."""
        return self._all(lambda: process_once(self.context))

    def sync(self) -> int:
        """Run every sync run that is due."""
        return self._all(lambda: sync_once(self.context))

    def write_back(self) -> int:
        """Write until nothing is due."""
        return self._all(lambda: write_back_once(self.context))

    def sweep(self) -> int:
        """Assess what is due."""
        state = self.service.app.state
        return self._all(lambda: sweep_once(state.shared.database, state.settings, self.service.clock))

    def everything(self) -> None:
        """All of it, until nobody finds anything to do."""
        while self.sync() + self.process() + self.sweep() + self.write_back():
            pass

    def _all(self, step: Any) -> int:
        done = 0
        while found := self.service.run(step):
            done += found
        return done


async def _client() -> HttpClient:
    return HttpClient(private_targets=True)


class Sender:
    """A system that sends Keepwarm's own event shapes, signed as Standard Webhooks has it."""

    def __init__(self, admin: Client, **connection: Any) -> None:
        self.admin, self.service = admin, admin.service
        body = {"system": "standard", "name": "Our Zapier"} | connection
        answer = made(admin, "/v1/connections", body)
        self.connection: dict[str, Any] = answer["connection"]
        self.id, self.secret = self.connection["id"], answer["signing_secret"]
        self.path = "/hooks/" + self.connection["hook_url"].rpartition("/")[2]
        self._ids = count(1)

    def signed(
        self, body: bytes, id: str | None = None, at: datetime | None = None, secret: str | None = None
    ) -> dict[str, str]:
        """The headers of a delivery."""
        id, stamp = id or f"msg_{next(self._ids)}", str(int((at or self.service.clock.now).timestamp()))
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        digest = hmac.new(key, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
        return {
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
            "content-type": "application/json",
        }

    def send(self, type: str, data: Mapping[str, Any], at: datetime | None = None, **signing: Any) -> httpx.Response:
        """Send one event."""
        timestamp = (at or self.service.clock.now).isoformat()
        body = json.dumps({"type": type, "timestamp": timestamp, "data": data}).encode()
        return self.service.client().request("POST", self.path, self.signed(body, **signing), content=body)

    def events(self, state: str | None = None) -> list[dict[str, Any]]:
        """Return the received events, the newest first."""
        query = {} if state is None else {"state": state}
        items: list[dict[str, Any]] = self.admin.get(f"/v1/connections/{self.id}/events", params=query).json()["items"]
        return items

    def health(self) -> dict[str, Any]:
        """Return the health of the connection."""
        found: dict[str, Any] = self.admin.get(f"/v1/connections/{self.id}/health").json()
        return found
