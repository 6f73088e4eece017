"""An agency and the CRM that it connects: its people's work, the worker's steps, and what a recruiter sees."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.agencies import as_role, made
from tests.applications.agency_client import Row, done
from tests.connectors.connected import Workers
from tests.crms.standin import Delivery, StandIn
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
        """Connect the CRM; keep the connection and its secret."""
        answer = made(self.admin, "/v1/connections", {"system": system, "name": "Our CRM", **body})
        self.connection, self.secret = answer["connection"], answer["signing_secret"]
        return self.connection

    def change(self, **body: Any) -> Row:
        """Change the connection."""
        self.connection = done(self.admin.patch(self.path(), body), 200)
        return self.connection

    def path(self, below: str = "") -> str:
        """Return the connection's address in the API."""
        return f"/v1/connections/{self.connection['id']}{below}"

    @property
    def hook_path(self) -> str:
        """The address to which the CRM sends its webhooks."""
        return "/hooks/" + str(self.connection["hook_url"]).rpartition("/hooks/")[2]

    # --- Time passes ---

    def hook(self, delivery: Delivery) -> int:
        """Post a delivery as the CRM's servers do; return the status."""
        headers = {"content-type": "application/json", **delivery.headers}
        sent = self.service.client().request(
            "POST", self.hook_path, headers, content=delivery.body, params=dict(delivery.query)
        )
        return sent.status_code

    def work(self) -> None:
        """Run the CRM's deliveries and the worker's steps until nothing is due."""
        for _ in range(MAX_WORKER_ROUNDS):
            sent = self.crm.send(self.hook)
            self.workers.everything()
            if not sent and all(each.answers for each in self.crm.deliveries):
                return
        raise AssertionError("the CRM and Keepwarm send each other events without end")

    def wait(self, time: timedelta | None = None, *, until: datetime | None = None, **units: float) -> None:
        """Advance both clocks, by a time, to an instant or by `hours=2`, and run what is due then."""
        self.crm.now = self.clock.now = until or self.clock.advance(time or timedelta(**units))
        self.work()

    def send_again(self, *deliveries: Delivery) -> None:
        """Post deliveries that were accepted before once more, in this order, and process them."""
        assert {self.hook(each) for each in deliveries} <= {200}
        self.workers.everything()

    def backfill(self, since: datetime) -> Row:
        """Request a backfill; `work` runs it."""
        return made(self.admin, self.path("/backfills"), {"since": since.isoformat()})

    def progress(self, backfill: Mapping[str, Any]) -> Row:
        """Return the progress of a backfill."""
        found: Row = self.see(f"{self.path('/backfills')}/{backfill['id']}")
        return found

    # --- What people see ---

    def see(self, path: str, **params: Any) -> Any:
        """GET, as the admin."""
        return done(self.admin.get(path, params=params), 200)

    def health(self) -> Row:
        """Return the connection's health."""
        found: Row = self.see(self.path("/health"))
        return found

    def unmapped(self) -> dict[str, str]:
        """Return the CRM's words that no map has, each with its map."""
        return {each["value"]: each["map"] for each in self.health()["unmapped"]}

    def events(self, state: str | None = None) -> list[Row]:
        """Return the inbound events, the newest first."""
        items: list[Row] = self.see(self.path("/events"), limit=200, **({"state": state} if state else {}))["items"]
        return items

    def written(self) -> list[tuple[str, str]]:
        """Return type and state of what is written into the CRM, the oldest first."""
        items = self.see(self.path("/written"), limit=200)["items"]
        return [(each["type"], each["state"]) for each in reversed(items)]

    def application(self, id: object) -> Row:
        """Return an application by the CRM's id."""
        found: Row = self.see(f"/v1/applications/by-ref/{self.connection['ref_system']}/{id}")
        return found

    def stage(self, id: object) -> str:
        """Return the effective stage of an application."""
        return str(self.application(id)["effective_stage"])

    def facts(self, id: object, kind: str) -> list[Row]:
        """Return the facts of a kind about an application: `interviews`, `interactions`, `milestones`, `checks`."""
        items: list[Row] = self.see(f"/v1/applications/{self.application(id)['id']}/{kind}")["items"]
        return items

    def interviews(self, id: object) -> list[Row]:
        """Return the interviews of an application."""
        return self.facts(id, "interviews")

    def interactions(self, id: object) -> list[Row]:
        """Return the interactions of an application."""
        return self.facts(id, "interactions")

    def worklist(self) -> list[tuple[str, str]]:
        """Return a recruiter's actions as kind and candidate, the most urgent first."""
        items = done(self.recruiter.get("/v1/worklist"), 200)["items"]
        return [(item["kind"], item["candidate"]["name"]) for item in items]

    def flags(self, id: object) -> dict[str, Row]:
        """Return the open flags of an application by their kinds."""
        items = self.see("/v1/flags", application=self.application(id)["id"])["items"]
        return {flag["kind"]: flag for flag in items}

    def pipeline(self) -> dict[str, str]:
        """Return the stage of each candidate in the pipeline."""
        return {card["candidate"]["name"]: card["stage"] for card in self.see("/v1/pipeline", limit=200)["items"]}

    def moves(self) -> list[Row]:
        """Return the moves that are proposed for the CRM, the newest first."""
        items: list[Row] = done(self.recruiter.get("/v1/stage-moves"), 200)["items"]
        return items

    def records(self) -> dict[str, Any]:
        """Return all records that a repeated event must not change."""
        applications = self.see("/v1/applications", limit=200)["items"]
        facts = {
            f"{kind} of {each['id']}": self.see(f"/v1/applications/{each['id']}/{kind}")
            for each in applications
            for kind in ("interviews", "interactions", "transitions")
        }
        names = ("organisations", "candidates", "jobs")
        return {name: self.see(f"/v1/{name}", limit=200)["items"] for name in names} | facts
