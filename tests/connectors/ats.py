"""A connection to an applicant tracking system, the documents of its API, and what Keepwarm makes of it."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from tests.agencies import made
from tests.connectors.connected import Workers
from tests.connectors.signed_requests import SCHEMES
from tests.crms.documents import DocumentServer
from tests.service import Client

SECRET = "the secret that the CRM signs with"
STAGES = {"On-site": "interview_scheduled"}
Rows = list[dict[str, Any]]


class Ats:
    """A connection to one of them, the documents of its API, and what Keepwarm makes of it."""

    def __init__(self, admin: Client, workers: Workers, server: DocumentServer, system: str, **body: Any) -> None:
        self.admin, self.workers, self.clock, self.documents = admin, workers, admin.service.clock, server.documents
        self._scheme, self._ids, self.server = SCHEMES[system], count(1), server
        usual = {"signing_secret": SECRET, "stage_map": STAGES, "settings": {"base_url": server.url}}
        self.connection = made(admin, "/v1/connections", {"system": system, "name": "ATS", **usual, **body})[
            "connection"
        ]
        self.path = f"/v1/connections/{self.connection['id']}"

    def hook(self, document: Mapping[str, Any], secret: str = SECRET) -> None:
        """Have the CRM send this now, and apply it."""
        request = self._scheme.sign(document, secret, self.clock.now, f"event{next(self._ids)}")
        headers = {"content-type": "application/json", **request.headers}
        path = "/hooks/" + self.connection["hook_url"].rpartition("/")[2]
        assert self.admin.service.client().request("POST", path, headers, content=request.body).status_code == 200
        self.workers.process()

    def backfill(self) -> None:
        """Fetch what changed in the last two months, and apply it."""
        made(self.admin, f"{self.path}/backfills", {"since": (self.clock.now - timedelta(days=60)).isoformat()})
        self.poll()

    def poll(self) -> None:
        """Fetch what the CRM does not send, and apply it."""
        self.workers.sync()
        self.workers.process()

    def events(self) -> Rows:
        """Return the received events."""
        return self._items(f"{self.path}/events")

    def jobs(self) -> dict[str, str]:
        """The status of each job."""
        return {job["title"]: job["status"] for job in self._items("/v1/jobs")}

    def application(self) -> dict[str, Any]:
        """The only application."""
        [found] = self._items("/v1/applications")
        return found

    def interviews(self) -> list[tuple[str, str]]:
        """The days of the only application's interviews with their status."""
        found = self._items(f"/v1/applications/{self.application()['id']}/interviews")
        return [(one["starts_at"][:10], one["status"]) for one in found]

    def records(self, below: str) -> Rows:
        """Return the records of a kind of the only application."""
        return self._items(f"/v1/applications/{self.application()['id']}/{below}")

    def applications(self) -> dict[str, tuple[str, str | None]]:
        """Stage and reason of every application, by the title of its job."""
        titles = {job["id"]: job["title"] for job in self._items("/v1/jobs")}
        found = {}
        for one in self._items("/v1/applications"):
            moves = self._items(f"/v1/applications/{one['id']}/transitions")
            found[titles[one["job_id"]]] = (one["stage"], moves[-1]["reason"] if moves else None)
        return found

    def _items(self, path: str) -> Rows:
        answer = self.admin.get(path)
        assert answer.status_code == 200, answer.text
        found: Rows = answer.json()["items"]
        return found
