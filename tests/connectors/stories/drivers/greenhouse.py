"""Greenhouse, an employer's system: webhooks report stages, the rest is polled."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.applications.agency_client import Row
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers.driver import CALL, Driver, Id
from tests.crms.greenhouse import GreenhouseServer

PLAN = ("Review", "Onsite", "Offer", "Partner interview")
PLACES = {"interview": 2, "offer": 3, "partner": 4}
"""The places of the steps in the plan; the ids of a job's stages follow the job's own in this order."""


class Greenhouse(Driver):
    """Greenhouse."""

    system = "greenhouse"
    server = GreenhouseServer
    crm: GreenhouseServer
    labels = {"new": "Review", "interview": "Onsite", "offer": "Offer", "partner": "Partner interview"}
    activities = {"note: NOTE": CALL}
    options = {"organisation_name": "Acme Foods"}
    mistyped = {"client_secret": "tpyo"}
    denial = "Greenhouse denied access (401). Check the credentials and their permissions."
    streams = {"jobs": 1, "applications": 6, "interviews": 1, "notes": 1}
    merges = True
    soon = timedelta(minutes=5)
    noted = polled = timedelta(minutes=10)
    retry_after = 120

    def end_sessions(self, agency: Agency) -> None:
        self.crm.expire_tokens()

    def add_job(self) -> int:
        return self.crm.add_job("Head Chef", PLAN)

    def apply(self, name: str = "Elena Kovač") -> int:
        return self.crm.apply(self.job, name, f"{name[:4]}@example.com".lower())

    def move(self, application: Id, step: str) -> None:
        self.crm.move(application, self.job + PLACES[step])

    def reject(self, application: Id) -> None:
        self.crm.reject(application, "Too junior")

    def reinstate(self, application: Id) -> None:
        self.crm.unreject(application)

    def withdraw(self, application: Id) -> None:
        self.crm.reject(application, "Took another offer", theirs=True)

    def hire(self, application: Id) -> None:
        self.crm.hire(application)

    def book(self, application: Id, at: datetime) -> int:
        return self.crm.book(application, at, at + timedelta(hours=1))

    def put_off(self, interview: Id, at: datetime) -> None:
        times = {"starts_at": at, "ends_at": at + timedelta(hours=1)}
        self.crm.change_interview(
            interview, **{name: f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for name, time in times.items()}
        )

    def call_off(self, interview: Id) -> None:
        self.crm.change_interview(interview, status="skipped")

    def note(self, application: Id, text: str) -> int:
        return self.crm.note(self.candidate(application), text, application=application)

    def delete(self, application: Id) -> None:
        self.crm.delete_candidate(self.candidate(application))

    def merge(self, application: Id, into: Id) -> None:
        self.crm.merge(self.candidate(application), self.candidate(into))

    def transfer(self, application: Id, job: Id) -> None:
        self.crm.transfer(application, job, job + PLACES["interview"])

    def candidate(self, application: Id) -> int:
        """Return the candidate of an application."""
        return int(self.crm.records["applications"][application]["candidate_id"])

    def notes(self) -> list[Row]:
        return list(self.crm.records["notes"].values())

    def ours(self, application: Id) -> list[Row]:
        whose = self.candidate(application)
        return [each for each in self.notes() if each["candidate_id"] == whose and "[keepwarm " in each["body"]]

    def text(self, note: Row) -> str:
        return str(note["body"])

    def is_echo(self, event: Row, note: Row) -> bool:
        return event["type"] == "fetched.note" and f":{note['id']}:" in event["key"]

    def moves(self) -> list[Any]:
        return [each.json for each in self.crm.heard if each.path.endswith("/move")]

    def offer_request(self, application: Id) -> Any:
        return {"from_stage_id": self.job + PLACES["interview"], "to_stage_id": self.job + PLACES["offer"]}

    def label(self, application: Id) -> str:
        return str(self.crm.records["applications"][application]["stage_name"])

    def check_connected(self, agency: Agency) -> None:
        assert any(agency.connection["hook_url"] in step for step in agency.connection["steps"])
        self.crm.ping()
        agency.work()
        assert [each.answers for each in self.crm.deliveries] == [[200]]

    def check_written(self, note: Row, application: Id) -> None:
        assert (note["candidate_id"], note["type"]) == (self.candidate(application), "NOTE")
        bodies = [each.json for each in self.crm.heard if (each.method, each.path) == ("POST", "/v3/notes")]
        assert {(each["visibility"], each["note_type"]) for each in bodies} == {("private", "NOTE")}
