"""Bullhorn, an agency's system: it sends nothing, and its queue forgets an event once it was read."""

from datetime import datetime, timedelta
from typing import Any

from tests.applications.agency_client import Row
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers.driver import CALL, Driver, Id
from tests.crms.bullhorn import USER, BullhornStandIn


class Bullhorn(Driver):
    """Bullhorn; an application is a submission."""

    system = "bullhorn"
    server = BullhornStandIn
    crm: BullhornStandIn
    labels = {
        "new": "New Lead",
        "interview": "Interview Scheduled",
        "offer": "Offer Extended",
        "rejected": "Client Rejected",
        "withdrawn": "Candidate Withdrew",
        "partner": "Partner interview",
    }
    more_stages = {"Placement: Approved": "accepted"}
    activities = {"note: Client Call": CALL, "note: Prescreen": "ignore"}
    mistyped = {"password": "tpyo"}
    denial = "Bullhorn did not take the user name and password"
    streams = {
        "organisations": 1,
        "contacts": 1,
        "candidates": 6,
        "jobs": 1,
        "applications": 6,
        "interviews": 1,
        "notes": 2,
        "placements": 1,
        "references": 0,
    }
    noted = polled = timedelta(minutes=1)
    retry_after = None

    def subscribe(self, agency: Agency) -> None:
        """Do nothing: Keepwarm subscribes by itself."""

    def end_sessions(self, agency: Agency) -> None:
        self.crm.expire_sessions()

    def add_job(self) -> int:
        company = self.crm.add("ClientCorporation", name="Acme Foods")
        contact = self.crm.add("ClientContact", name="Iris Novak", clientCorporation={"id": company})
        about: Row = {"clientCorporation": {"id": company}, "clientContact": {"id": contact}}
        return self.crm.add("JobOrder", title="Head Chef", isOpen=True, **about)

    def apply(self, name: str = "Elena Kovač") -> int:
        candidate = {"id": self.crm.add("Candidate", name=name)}
        job: Row = {"jobOrder": {"id": self.job}}
        return self.crm.add("JobSubmission", status=self.labels["new"], candidate=candidate, **job)

    def move(self, application: Id, step: str) -> None:
        self.crm.change("JobSubmission", application, status=self.labels[step])

    def hire(self, application: Id) -> None:
        self.place(application)

    def place(self, application: Id, **fields: Any) -> int:
        """Add an approved placement; return its id."""
        whose: Row = {"candidate": {"id": self.candidate(application)}, "jobOrder": {"id": self.job}}
        submission = {"id": application}
        return self.crm.add("Placement", status="Approved", jobSubmission=submission, **whose, **fields)

    def book(self, application: Id, at: datetime) -> int:
        whose: Row = {"candidateReference": {"id": self.candidate(application)}, "jobOrder": {"id": self.job}}
        return self.crm.add("Appointment", type="Interview", **_times(at), **whose)

    def put_off(self, interview: Id, at: datetime) -> None:
        self.crm.change("Appointment", interview, **_times(at))

    def call_off(self, interview: Id) -> None:
        self.crm.change("Appointment", interview, isDeleted=True)

    def note(self, application: Id, text: str, action: str = "Client Call") -> int:
        whose = self.candidate(application)
        about: Row = {"personReference": {"id": whose}, "candidates": [whose], "jobOrder": {"id": self.job}}
        return self.crm.add("Note", action=action, comments=f"<b>{text}</b>", **about)

    def note_of_no_use(self, application: Id) -> None:
        self.note(application, "Rang the candidate", "Prescreen")

    def delete(self, application: Id) -> None:
        self.crm.change("Candidate", self.candidate(application), isDeleted=True)

    def candidate(self, application: Id) -> int:
        """Return the candidate of a submission."""
        return int(self.crm.rows["JobSubmission"][application]["candidate"]["id"])

    def repeat(self, agency: Agency) -> None:
        """Queue every event once more, under its own id and under another."""
        events = [event for batch in self.crm.batches.values() for event in batch][::-1]
        self.crm.queue += [*events, *({**event, "eventId": f"again-{event['eventId']}"} for event in events)]
        agency.wait(minutes=1)
        assert self.crm.queue == []

    def send_reversed(self, agency: Agency) -> None:
        self.crm.queue.reverse()

    def lose_events(self) -> None:
        self.crm.queue.clear()

    def requests(self) -> int:
        return len([each for each in self.crm.heard if "/event/subscription/" not in each.path])

    def notes(self) -> list[Row]:
        return list(self.crm.rows["Note"].values())

    def ours(self, application: Id) -> list[Row]:
        whose = [self.candidate(application)]
        return [each for each in self.notes() if each.get("externalID") and each["candidates"] == whose]

    def text(self, note: Row) -> str:
        return str(note["comments"]).replace("<br>", "\n")

    def is_echo(self, event: Row, note: Row) -> bool:
        return f":Note:{note['id']}:INSERTED:" in event["key"]

    def moves(self) -> list[Any]:
        return [each.json for each in self.crm.heard if each.method == "POST" and "/entity/JobSubmission/" in each.path]

    def offer_request(self, application: Id) -> Any:
        return {"status": self.labels["offer"]}

    def label(self, application: Id) -> str:
        return str(self.crm.rows["JobSubmission"][application]["status"])

    def check_connected(self, agency: Agency) -> None:
        assert (agency.connection["hook_url"], agency.secret) == (None, None)
        assert any("event subscription" in step for step in agency.connection["steps"])
        assert self.crm.subscribed == {}

    def check_repaired(self, agency: Agency) -> None:
        assert self.crm.subscribed.keys() == {"keepwarm"}

    def check_written(self, note: Row, application: Id) -> None:
        assert (note["personReference"], note["jobOrder"]) == ({"id": self.candidate(application)}, {"id": self.job})
        assert (note["action"], note["commentingPerson"]) == ("Other", {"id": USER})
        assert {each.path.rpartition("/")[2] for each in self.crm.heard if each.method == "PUT"} == {"keepwarm", "Note"}


def millis(at: datetime) -> int:
    """Return an instant as Bullhorn writes it."""
    return int(at.timestamp() * 1000)


def _times(at: datetime) -> dict[str, int]:
    return {"dateBegin": millis(at), "dateEnd": millis(at) + 3_600_000}
