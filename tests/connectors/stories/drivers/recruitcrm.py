"""Recruit CRM, an agency's system: webhooks have the bare record, their addresses the event's name."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.applications.agency_client import Row, day
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers.driver import CALL, Driver, Id
from tests.crms.recruitcrm import RecruitCrmServer
from tests.steps import sync_once

STATUSES = {"new": 1, "interview": 4, "rejected": 8, "offer": 9, "partner": 12, "withdrawn": 13}


class RecruitCrm(Driver):
    """Recruit CRM; an application is a candidate and a job."""

    system = "recruitcrm"
    server = RecruitCrmServer
    crm: RecruitCrmServer
    labels = {
        "interview": "Client interview",
        "rejected": "Not suitable",
        "offer": "Offered",
        "partner": "Partner interview",
        "withdrawn": "Withdrawn",
    }
    more_stages = {"1": "ignore"}
    activities = {"note: Client follow-up": CALL, "note": "ignore"}
    mistyped = {"token": "tpyo"}
    denial = "Recruit CRM denied access (401). Check the credentials and their permissions."
    streams = {
        "companies": 1,
        "contacts": 1,
        "candidates": 6,
        "jobs": 1,
        "applications": 6,
        "meetings": 1,
        "notes": 2,
        "calls": 0,
    }
    finds_hires = False
    noted = timedelta(0)
    polled = timedelta(hours=1)
    retry_after = 90

    def subscribe(self, agency: Agency) -> None:
        """Make the subscriptions that stand in the steps."""
        super().subscribe(agency)
        token = {"Authorization": f"Bearer {self.crm.token}"}
        with httpx.Client(headers=token, trust_env=False) as http:
            for step in agency.connection["steps"]:
                event, found, url = step.partition(": http")
                if found:
                    body = {"event": event, "target_url": f"http{url}".replace("<secret>", str(agency.secret))}
                    assert http.post(f"{self.crm.url}/v1/subscriptions", json=body).status_code == 200

    def end_sessions(self, agency: Agency) -> None:
        """Replace the token, and enter the new one once the old one was refused."""
        agency.service.run(sync_once, agency.workers.context)
        self.crm.token = "replaced"
        agency.work()
        assert agency.health()["status"] == "failing"
        agency.change(credentials=self.crm.credentials)

    def add_job(self) -> str:
        company = self.crm.add_company("Harbour Freight Lines")
        return self.crm.add_job(company, self.crm.add_contact(company, "Iris Novak"))

    def apply(self, name: str = "Elena Kovač") -> str:
        application = f"{self.crm.add_candidate(name, f'{name[:4]}@example.com'.lower())}:{self.job}"
        self.crm.move(self.candidate(application), self.job, STATUSES["new"], "Assigned")
        return application

    def move(self, application: Id, step: str) -> None:
        self.crm.move(self.candidate(application), self.job, STATUSES[step], self.labels[step])

    def reinstate(self, application: Id) -> None:
        """Give the stage an earlier date, as recruiters correct a mistake there."""
        label, at = self.labels["interview"], day(14, month=4)
        self.crm.move(self.candidate(application), self.job, STATUSES["interview"], label, dated=at)

    def hire(self, application: Id) -> None:
        self.crm.place(self.candidate(application), self.job)

    def book(self, application: Id, at: datetime) -> str:
        return self.crm.book(self.candidate(application), self.job, at, at + timedelta(hours=1))

    def put_off(self, interview: Id, at: datetime) -> None:
        times = {"start_date": at, "end_date": at + timedelta(hours=1)}
        written = {name: f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000000Z}" for name, time in times.items()}
        self.crm.change("meetings", interview, "meeting.updated", **written)

    def call_off(self, interview: Id) -> None:
        self.crm.delete("meetings", interview, "meeting.deleted")

    def note(self, application: Id, text: str) -> str:
        return self.crm.note(self.candidate(application), self.job, text, "Client follow-up")

    def note_of_no_use(self, application: Id) -> None:
        self.crm.note(self.candidate(application), self.job, "Asked about the notice period")

    def delete(self, application: Id) -> None:
        self.crm.delete("candidates", self.candidate(application), "candidate.deleted")

    def candidate(self, application: Id) -> str:
        """Return the candidate of an application."""
        return str(application).partition(":")[0]

    def repeat(self, agency: Agency) -> None:
        super().repeat(agency)
        assert {each.event for each in self.crm.deliveries} <= {each["event"] for each in self.crm.subscriptions}

    def notes(self) -> list[Row]:
        return list(self.crm.records["notes"].values())

    def ours(self, application: Id) -> list[Row]:
        whose = self.candidate(application)
        return [each for each in self.notes() if each["related_to"] == whose and "[keepwarm " in each["description"]]

    def text(self, note: Row) -> str:
        return str(note["description"])

    def is_echo(self, event: Row, note: Row) -> bool:
        id = event["outcome"][-1]["external_id"] if event["type"] == "note.created" else ""
        return str(id).endswith(str(note["id"]))

    def moves(self) -> list[Any]:
        return [each.json for each in self.crm.heard if each.method == "POST" and "/hiring-stages/" in each.path]

    def offer_request(self, application: Id) -> Any:
        return {"status_id": STATUSES["offer"]}

    def label(self, application: Id) -> str:
        return str(self.crm.stages[self.candidate(application), self.job]["status"]["label"])

    def check_connected(self, agency: Agency) -> None:
        targets = {each["target_url"].partition("?")[0] for each in self.crm.subscriptions}
        assert targets == {agency.connection["hook_url"]}

    def check_imported(self, agency: Agency, people: Mapping[str, Id]) -> None:
        vacancy = agency.see(f"/v1/jobs/by-ref/recruitcrm/{self.job}")
        contacts = f"/v1/organisations/{vacancy['organisation_id']}/client-contacts"
        assert agency.see(f"{contacts}/{vacancy['hiring_manager_id']}")["name"] == "Iris Novak"

    def check_written(self, note: Row, application: Id) -> None:
        assert (note["related_to_type"], note["associated_jobs"]) == ("candidate", [self.job])
