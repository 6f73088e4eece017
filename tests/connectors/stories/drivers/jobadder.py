"""JobAdder, an agency's system: a webhook is a hint, and polls bring what no webhook reports."""

import json
from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.applications.agency_client import Row
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers.driver import CALL, Driver, Id
from tests.crms.jobadder import JobAdderStandIn

STATUSES = {"new": 1, "interview": 2, "offer": 3, "rejected": 4, "partner": 5, "withdrawn": 6}


class JobAdder(Driver):
    """JobAdder."""

    system = "jobadder"
    server = JobAdderStandIn
    crm: JobAdderStandIn
    labels = {
        "new": "Applied",
        "interview": "Client interview",
        "offer": "Offer",
        "rejected": "Unsuccessful",
        "partner": "Partner interview",
        "withdrawn": "Withdrawn",
    }
    activities = {"note: Client call": CALL}
    mistyped = {"refresh_token": "used"}
    denial = "JobAdder did not take the refresh token: consent to Keepwarm again."
    streams = {
        "companies": 1,
        "contacts": 1,
        "candidates": 6,
        "jobs": 1,
        "applications": 6,
        "interviews": 1,
        "notes": 1,
        "placements": 1,
    }
    # Its two filters both find what was changed after it was added; it is stored once.
    counted = "new"
    calls_off = False
    soon = timedelta(seconds=10)
    noted = timedelta(minutes=5)
    polled = timedelta(minutes=15)
    retry_after = 20

    def __init__(self, crm: JobAdderStandIn) -> None:
        super().__init__(crm)
        crm.statuses |= {status: self.labels[step] for step, status in STATUSES.items()}

    def subscribe(self, agency: Agency) -> None:
        """Make the webhook with the body that stands in the steps."""
        self.webhook(agency)

    def webhook(self, agency: Agency) -> Row:
        """Make the webhook; return it as JobAdder has it."""
        [step] = [step for step in agency.connection["steps"] if "POST" in step]
        body = json.loads(step[step.index("{") : step.rindex("}") + 1])
        assert body["authorization"] == f"Bearer {agency.secret}"
        self.crm._access.add("admin")
        with httpx.Client(trust_env=False) as http:
            made = http.post(f"{self.crm.url}/v2/webhooks", json=body, headers={"Authorization": "Bearer admin"})
        return self.crm.webhooks[made.json()["webhookId"]]

    def end_sessions(self, agency: Agency) -> None:
        self.crm.expire_tokens()

    def add_job(self) -> str:
        company = self.crm.add("companies", name="Acme Foods")
        contact = self.crm.add("contacts", firstName="Iris", lastName="Novak", company=company)
        return self.crm.add("jobs", jobTitle="Head Chef", company=company, contact=contact, status=1)

    def apply(self, name: str = "Elena Kovač") -> str:
        first, _, last = name.partition(" ")
        candidate = self.crm.add("candidates", firstName=first, lastName=last)
        return self.crm.add("applications", candidate=candidate, job=self.job, status=STATUSES["new"])

    def move(self, application: Id, step: str) -> None:
        self.crm.move(application, STATUSES[step])

    def hire(self, application: Id) -> None:
        self.crm.advance(minutes=1)
        row = self.crm.rows["applications"][application]
        approved = {"approved": True, "approvedAt": self.crm._stamp()}
        whose = {"candidate": row["candidate"], "job": row["job"]}
        self.crm.add("placements", "placement_approved", type="Permanent", **whose, **approved)

    def book(self, application: Id, at: datetime) -> str:
        return self.crm.add("interviews", "interview_scheduled", type="External", interviewee=application, **_times(at))

    def put_off(self, interview: Id, at: datetime) -> None:
        """Move an interview, which no webhook reports."""
        self.crm.change("interviews", interview, **_times(at))

    def note(self, application: Id, text: str) -> str:
        about: Row = {"applications": [application], "candidates": [self.candidate(application)]}
        return self.crm.add("notes", type="Client call", text=text, **about)

    def delete(self, application: Id) -> None:
        """Delete a candidate, and with it the application and the notes."""
        whose, notes = self.candidate(application), self.crm.rows["notes"]
        self.crm.rows["notes"] = {id: row for id, row in notes.items() if whose not in row["candidates"]}
        self.crm.remove("applications", application)
        self.crm.remove("candidates", whose)

    def candidate(self, application: Id) -> str:
        """Return the candidate of an application."""
        return str(self.crm.rows["applications"][application]["candidate"])

    def notes(self) -> list[Row]:
        return list(self.crm.rows["notes"].values())

    def ours(self, application: Id) -> list[Row]:
        whose = [self.candidate(application)]
        return [each for each in self.notes() if each.get("reference") and each["candidates"] == whose]

    def text(self, note: Row) -> str:
        return str(note["text"])

    def is_echo(self, event: Row, note: Row) -> bool:
        [id] = [id for id, row in self.crm.rows["notes"].items() if row is note]
        return str(event["key"]).startswith(f"notes:{id}:")

    def moves(self) -> list[Any]:
        return [each.json for each in self.crm.heard if each.method == "PUT" and each.path.endswith("/status")]

    def offer_request(self, application: Id) -> Any:
        return {"statusId": STATUSES["offer"]}

    def label(self, application: Id) -> str:
        return self.crm.statuses[self.crm.rows["applications"][application]["status"]]

    def check_repaired(self, agency: Agency) -> None:
        assert [each.path for each in self.crm.heard if each.method == "GET"].count("/v2/webhooks") == 1

    def check_written(self, note: Row, application: Id) -> None:
        assert (note["applications"], note["createdByIntegration"]) == ([application], True)
        written = {each.path.rpartition("/")[2] for each in self.crm.heard if each.method in ("POST", "PUT")}
        assert written == {"token", "webhooks", "notes"}, "nothing that sends a message to anybody"


def _times(at: datetime) -> dict[str, str]:
    return {"startAt": at.isoformat(), "endAt": (at + timedelta(hours=1)).isoformat()}
