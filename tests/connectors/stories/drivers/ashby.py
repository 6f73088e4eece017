"""Ashby, an employer's system: one change is reported by several webhooks, notes are polled."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.applications.agency_client import Row, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers.driver import CALL, Driver, Id
from tests.crms.ashby import AshbyServer

IDS = {"interview": "stage-onsite", "offer": "stage-offer", "partner": "stage-chat"}


class Ashby(Driver):
    """Ashby."""

    system = "ashby"
    server = AshbyServer
    crm: AshbyServer
    labels = {"new": "Application Review", "interview": "Onsite", "offer": "Offer", "partner": "Partner interview"}
    activities = {"note": CALL}
    options = {"organisation_name": "Outline"}
    mistyped = {"api_key": "tpyo"}
    denial = "Ashby denied access (401). Check the credentials and their permissions."
    streams = {"jobs": 1, "applications": 6, "interviews": 1, "notes": 1}
    merges = True
    noted = polled = timedelta(hours=1)
    retry_after = 90

    def __init__(self, crm: AshbyServer) -> None:
        super().__init__(crm)
        self.recruiter: Row = {}

    def add_job(self) -> str:
        return self.crm.add_job()

    def apply(self, name: str = "Elena Kovač") -> str:
        return self.crm.apply(self.job, name, f"{name[:4]}@example.com".lower())

    def move(self, application: Id, step: str) -> None:
        self.crm.move(application, IDS[step], self.labels[step])

    def reject(self, application: Id) -> None:
        self.crm.archive(application, "RejectedByOrg", "Too junior")

    def reinstate(self, application: Id) -> None:
        self.crm.unarchive(application)

    def withdraw(self, application: Id) -> None:
        self.crm.archive(application, "RejectedByCandidate", "Took another offer")

    def hire(self, application: Id) -> None:
        self.crm.offer(application, "Accepted", self.crm.offer(application))
        self.crm.hire(application)

    def book(self, application: Id, at: datetime) -> str:
        """Book a panel of two, which is one interview."""
        return self.crm.book(application, *_halves(at))

    def put_off(self, interview: Id, at: datetime) -> None:
        self.crm.reschedule(interview, "Scheduled", *_halves(at))

    def call_off(self, interview: Id) -> None:
        self.crm.reschedule(interview, "Cancelled")

    def note(self, application: Id, text: str) -> str:
        return self.crm.note(self.crm.candidate_of(application), text)

    def delete(self, application: Id) -> None:
        self.crm.delete(self.crm.candidate_of(application))

    def merge(self, application: Id, into: Id) -> None:
        self.crm.merge(self.crm.candidate_of(application), self.crm.candidate_of(into))

    def transfer(self, application: Id, job: Id) -> None:
        self.crm.transfer(application, job)

    def notes(self) -> list[Row]:
        return list(self.crm.records["notes"].values())

    def ours(self, application: Id) -> list[Row]:
        whose = self.crm.candidate_of(application)
        return [each for each in self.notes() if each["candidateId"] == whose and "[keepwarm " in each["content"]]

    def text(self, note: Row) -> str:
        return str(note["content"])

    def is_echo(self, event: Row, note: Row) -> bool:
        return bool(event["key"] == f"note:{note['id']}")

    def moves(self) -> list[Any]:
        return [each.json for each in self.crm.heard if each.path == "/application.changeStage"]

    def offer_request(self, application: Id) -> Any:
        return {"applicationId": application, "interviewStageId": IDS["offer"]}

    def label(self, application: Id) -> str:
        return str(self.crm.records["applications"][application]["currentInterviewStage"]["title"])

    def check_connected(self, agency: Agency) -> None:
        assert any(agency.connection["hook_url"] in step for step in agency.connection["steps"])
        self.crm.ping()
        agency.work()
        assert [each.answers for each in self.crm.deliveries] == [[200]]

    def check_repaired(self, agency: Agency) -> None:
        sam = {"name": "Sam Lee", "email": "Sam@rpo.example"}
        self.recruiter = done(agency.admin.post("/v1/recruiters", sam))

    def check_imported(self, agency: Agency, people: Mapping[str, Id]) -> None:
        assert agency.application(people["Elena"])["recruiter_id"] == self.recruiter["id"]

    def check_written(self, note: Row, application: Id) -> None:
        assert (note["isPrivate"], self.crm.notified) == (True, [])


def _halves(at: datetime) -> tuple[tuple[datetime, datetime], ...]:
    half = timedelta(minutes=30)
    return ((at, at + half), (at + half, at + 2 * half))
