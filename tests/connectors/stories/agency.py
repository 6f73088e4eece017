"""An agency and the CRM that it connects: what its people do, what the worker does, and what a recruiter sees."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.applications.desk import Row, done
from tests.connectors.connected import Workers
from tests.crms.standin import Delivery, StandIn
from tests.desk import as_role, made
from tests.service import Client

MAX_WORKER_ROUNDS = 50


class Agency:
    """An agency in UTC with the holidays of New South Wales, so that a day of a story is a day."""

    def __init__(self, operator: Client, workers: Workers, crm: StandIn) -> None:
        self.service, self.workers, self.crm = operator.service, workers, crm
        self.clock = self.service.clock
        agency = {"name": "Harbour Recruiting", "time_zone": "UTC", "holiday_region": "AU-NSW"}
        self.admin = operator.as_(made(operator, "/v1/agencies", agency)["api_key"])
        self.recruiter = as_role(self.admin, "recruiter")
        self.connection: Row = {}
        self.secret: str | None = None

    # --- Connecting ---

    def connect(self, system: str, **body: Any) -> Row:
        """Connect the CRM; the connection and its secret are kept here."""
        answer = made(self.admin, "/v1/connections", {"system": system, "name": "Our CRM", **body})
        self.connection, self.secret = answer["connection"], answer["signing_secret"]
        return self.connection

    def change(self, **body: Any) -> Row:
        """Change the connection."""
        self.connection = done(self.admin.patch(self.path(), body), 200)
        return self.connection

    def path(self, below: str = "") -> str:
        """The connection's address in the API."""
        return f"/v1/connections/{self.connection['id']}{below}"

    @property
    def hook_path(self) -> str:
        """Where the CRM sends its webhooks."""
        return "/hooks/" + str(self.connection["hook_url"]).rpartition("/hooks/")[2]

    # --- What goes on by itself ---

    def hook(self, delivery: Delivery) -> int:
        """Take a delivery of the CRM, as its servers would send it; answers the status."""
        headers = {"content-type": "application/json", **delivery.headers}
        sent = self.service.client().request(
            "POST", self.hook_path, headers, content=delivery.body, params=dict(delivery.query)
        )
        return sent.status_code

    def work(self) -> None:
        """Let the CRM send and the worker do all there is, until nobody finds anything to do."""
        for _ in range(MAX_WORKER_ROUNDS):
            sent = self.crm.send(self.hook)
            self.workers.everything()
            if not sent and all(each.answers for each in self.crm.deliveries):
                return
        raise AssertionError("the CRM and Keepwarm tell each other things for ever")

    def wait(self, until: datetime | None = None, **units: float) -> None:
        """Turn both clocks (`until`, or by `hours=2`), and let everything happen that is due then."""
        self.crm.now = self.clock.now = until or self.clock.advance(timedelta(**units))
        self.work()

    def send_again(self, *deliveries: Delivery) -> None:
        """Have deliveries that were taken before come once more, in this order, and be worked off."""
        assert {self.hook(each) for each in deliveries} <= {200}
        self.workers.everything()

    def backfill(self, since: datetime) -> Row:
        """Ask for what changed since then; it is walked through by `work`."""
        return made(self.admin, self.path("/backfills"), {"since": since.isoformat()})

    def progress(self, backfill: Mapping[str, Any]) -> Row:
        """How far a backfill has come."""
        found: Row = self.see(f"{self.path('/backfills')}/{backfill['id']}")
        return found

    # --- What people see ---

    def see(self, path: str, **params: Any) -> Any:
        """GET, as the admin."""
        return done(self.admin.get(path, params=params), 200)

    def health(self) -> Row:
        """How the connection fares."""
        found: Row = self.see(self.path("/health"))
        return found

    def unmapped(self) -> dict[str, str]:
        """The CRM's words that no map knows, each with the map that should."""
        return {each["value"]: each["map"] for each in self.health()["unmapped"]}

    def events(self, state: str | None = None) -> list[Row]:
        """What arrived, the newest first."""
        items: list[Row] = self.see(self.path("/events"), limit=200, **({"state": state} if state else {}))["items"]
        return items

    def written(self) -> list[tuple[str, str]]:
        """What was to be written into the CRM, the oldest first: type and state."""
        items = self.see(self.path("/written"), limit=200)["items"]
        return [(each["type"], each["state"]) for each in reversed(items)]

    def application(self, id: object) -> Row:
        """An application by the CRM's id."""
        found: Row = self.see(f"/v1/applications/by-ref/{self.connection['ref_system']}/{id}")
        return found

    def stage(self, id: object) -> str:
        """Where an application stands, as facts have it."""
        return str(self.application(id)["effective_stage"])

    def interviews(self, id: object) -> list[Row]:
        """The interviews of an application, by the CRM's id."""
        items: list[Row] = self.see(f"/v1/applications/{self.application(id)['id']}/interviews")["items"]
        return items

    def interactions(self, id: object) -> list[Row]:
        """What was said about an application, by the CRM's id."""
        items: list[Row] = self.see(f"/v1/applications/{self.application(id)['id']}/interactions")["items"]
        return items

    def worklist(self) -> list[tuple[str, str]]:
        """What a recruiter has to do today: kind and candidate, the most urgent first."""
        items = done(self.recruiter.get("/v1/worklist"), 200)["items"]
        return [(item["kind"], item["candidate"]["name"]) for item in items]

    def flags(self, id: object, **params: Any) -> dict[str, Row]:
        """The flags of an application by their kinds; those that stand, unless `state` says otherwise."""
        items = self.see("/v1/flags", application=self.application(id)["id"], **params)["items"]
        return {flag["kind"]: flag for flag in items}

    def pipeline(self) -> dict[str, str]:
        """The board: each candidate and the stage."""
        return {card["candidate"]["name"]: card["stage"] for card in self.see("/v1/pipeline", limit=200)["items"]}

    def history(self, id: object) -> list[str]:
        """What happened to an application, the oldest first."""
        items = self.see(f"/v1/applications/{self.application(id)['id']}/history")["items"]
        return [item["type"] for item in items]

    def moves(self) -> list[Row]:
        """The moves that are proposed for the CRM, the newest first."""
        items: list[Row] = done(self.recruiter.get("/v1/stage-moves"), 200)["items"]
        return items

    def everything_told(self) -> dict[str, Any]:
        """All that telling a thing twice must not change."""
        applications = self.see("/v1/applications", limit=200)["items"]
        inside = {
            f"{what} of {each['id']}": self.see(f"/v1/applications/{each['id']}/{what}")
            for each in applications
            for what in ("interviews", "interactions", "transitions")
        }
        names = ("organisations", "candidates", "jobs")
        return {name: self.see(f"/v1/{name}", limit=200)["items"] for name in names} | inside
