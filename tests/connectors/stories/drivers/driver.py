"""The interface of a driver: a CRM's users at work, and the requests that Keepwarm made of the CRM."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from tests.applications.agency_client import Row, day
from tests.connectors.stories.agency import Agency
from tests.crms.standin import StandIn

Id = Any
"""An id as this CRM has it: a number or a text."""

PEOPLE = ("Elena Kovač", "Ben Ito", "Chloe Duval", "Dora Weiss", "Emil Roth", "Felix Ande")
STAGES = {
    "new": "ignore",
    "interview": "interview_scheduled",
    "offer": "offer",
    "rejected": "rejected",
    "withdrawn": "withdrawn",
}
"""Keepwarm's stage for each step of a story. The step `partner` stands in no stage map at first."""
CALL = {
    "channel": "phone",
    "purpose": "interview_follow_up",
    "from_party": "recruiter",
    "to_party": "client",
    "two_way": True,
}


class OptionalSteps:
    """Steps and checks that some CRMs have: by default they do nothing."""

    def end_sessions(self, agency: Agency) -> None:
        """End every session of Keepwarm, where there are sessions."""

    def call_off(self, interview: Id) -> None:
        """Cancel an interview."""

    def note_of_no_use(self, application: Id) -> None:
        """Write a note of a type that the activity map ignores."""

    def transfer(self, application: Id, job: Id) -> None:
        """Move an application to the interviews of another job."""

    def merge(self, application: Id, into: Id) -> None:
        """Merge the candidate of an application into the candidate of another."""

    def check_connected(self, agency: Agency) -> None:
        """Check a connection whose credentials are mistyped."""

    def check_repaired(self, agency: Agency) -> None:
        """Check the connection once its credentials are right."""

    def check_imported(self, agency: Agency, people: Mapping[str, Id]) -> None:
        """Check what the backfill brought."""

    def check_written(self, note: Row, application: Id) -> None:
        """Check the fields of a note that Keepwarm wrote, and its requests so far."""


class Driver(OptionalSteps, ABC):
    """One CRM: its users' work by the same methods as every other CRM's.

    An application is named by the id under which Keepwarm has it from this CRM.
    """

    system: ClassVar[str]
    server: ClassVar[type[StandIn]]
    labels: ClassVar[Mapping[str, str]]
    """The CRM's words for the steps of a story."""
    more_stages: ClassVar[Mapping[str, str]] = {}
    activities: ClassVar[Mapping[str, Any]]
    """The activity map."""
    options: ClassVar[Mapping[str, str]] = {}
    """Further fields of the connection."""
    mistyped: ClassVar[Mapping[str, str]]
    denial: ClassVar[str]
    """The failure in the health view while a credential is mistyped."""
    streams: ClassVar[Mapping[str, int]]
    """The records of each stream of the backfill."""
    counted: ClassVar[str] = "seen"
    finds_hires: ClassVar[bool] = True
    """A backfill finds hires from before the connection."""
    merges: ClassVar[bool] = False
    calls_off: ClassVar[bool] = True
    """The CRM reports cancelled interviews."""
    soon: ClassVar[timedelta] = timedelta(minutes=1)
    """The time until a booking or a new status has arrived."""
    noted: ClassVar[timedelta]
    """The time until a note has arrived."""
    polled: ClassVar[timedelta]
    """The time until every poll that brings a change has run."""
    retry_after: ClassVar[int | None]
    """The seconds that the CRM asks for with a 429, or `None`: Keepwarm then waits a second."""

    def __init__(self, crm: Any) -> None:
        self.crm = crm
        self.job: Id = None

    # --- Connecting ---

    @property
    def stage_map(self) -> dict[str, str]:
        """The stage map of the connection, without the step `partner`."""
        steps = {self.labels[step]: stage for step, stage in STAGES.items() if step in self.labels}
        return steps | dict(self.more_stages)

    def connect(self, agency: Agency, **body: Any) -> Row:
        """Connect the CRM, and do in it what the connection's steps say."""
        usual: Row = {
            "settings": self.crm.settings,
            "credentials": self.crm.credentials,
            "stage_map": self.stage_map,
            "activity_map": self.activities,
        }
        connection = agency.connect(self.system, **{**usual, **self.options, **body})
        self.subscribe(agency)
        return connection

    def subscribe(self, agency: Agency) -> None:
        """Have the CRM send its webhooks, with the secret that the connection shows."""
        self.crm.secret = agency.secret

    # --- The work of users ---

    def fill(self) -> dict[str, Id]:
        """Make a job and six applications before the connection; return the applications by first names."""
        self.open_job()
        found = {name.partition(" ")[0]: self.apply(name) for name in PEOPLE}
        for name, step in (("Elena", "interview"), ("Chloe", "partner"), ("Emil", "offer"), ("Felix", "interview")):
            self.crm.advance(days=1)
            self.move(found[name], step)
        self.reject(found["Dora"])
        self.hire(found["Emil"])
        self.crm.now = day(29, month=4)
        self.book(found["Felix"], day(30, 13, month=4))
        self.crm.now = day(30, 15, month=4)
        self.note(found["Felix"], "Rang Iris about Felix")
        self.note_of_no_use(found["Ben"])
        self.crm.now = day(4)
        self.crm.deliveries.clear()
        return found

    def open_job(self) -> None:
        """Open a job on the 13th of April."""
        self.crm.now = day(13, month=4)
        self.job = self.add_job()
        self.crm.deliveries.clear()

    @abstractmethod
    def add_job(self) -> Id:
        """Add a job; return its id."""

    @abstractmethod
    def apply(self, name: str = "Elena Kovač") -> Id:
        """Add a candidate to the job; return the application."""

    @abstractmethod
    def move(self, application: Id, step: str) -> None:
        """Move an application to a step of the story."""

    def reject(self, application: Id) -> None:
        """Reject a candidate."""
        self.move(application, "rejected")

    def reinstate(self, application: Id) -> None:
        """Correct a rejection: the candidate is in interviews again."""
        self.move(application, "interview")

    def withdraw(self, application: Id) -> None:
        """Withdraw an application in the candidate's name."""
        self.move(application, "withdrawn")

    @abstractmethod
    def hire(self, application: Id) -> None:
        """Hire a candidate who has an offer."""

    @abstractmethod
    def book(self, application: Id, at: datetime) -> Id:
        """Book an interview of an hour; return its id."""

    @abstractmethod
    def put_off(self, interview: Id, at: datetime) -> None:
        """Move an interview to another hour."""

    @abstractmethod
    def note(self, application: Id, text: str) -> Id:
        """Write a note of a call with the client; return its id."""

    @abstractmethod
    def delete(self, application: Id) -> None:
        """Delete the candidate of an application."""

    # --- What the CRM sends ---

    def repeat(self, agency: Agency) -> None:
        """Send every event once more, the newest first."""
        agency.send_again(*reversed(self.crm.deliveries))

    def send_reversed(self, agency: Agency) -> None:
        """Send the events that were not sent yet, the newest first."""
        self.crm.send(agency.hook, order=reversed)

    def lose_events(self) -> None:
        """Lose the events that were not sent yet."""
        self.crm.deliveries.clear()

    # --- What Keepwarm did there ---

    def requests(self) -> int:
        """Return the number of Keepwarm's requests, without polls that a failed backfill does not stop."""
        return len(self.crm.heard)

    @abstractmethod
    def notes(self) -> list[Row]:
        """Return every note in the CRM, the oldest first."""

    @abstractmethod
    def ours(self, application: Id) -> list[Row]:
        """Return the notes that Keepwarm wrote about a candidate, the oldest first."""

    @abstractmethod
    def text(self, note: Row) -> str:
        """Return the text of a note, with a line break after its heading."""

    @abstractmethod
    def is_echo(self, event: Row, note: Row) -> bool:
        """Return whether an inbound event reports this note."""

    @abstractmethod
    def moves(self) -> list[Any]:
        """Return the bodies of Keepwarm's requests to move an application."""

    @abstractmethod
    def offer_request(self, application: Id) -> Any:
        """Return the body of a request that moves an application to the offer."""

    @abstractmethod
    def label(self, application: Id) -> str:
        """Return the CRM's word for the stage of an application."""
