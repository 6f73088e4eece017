"""What an agency has in Bullhorn before it connects it, and what its people do there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.applications.agency_client import Row, day
from tests.connectors.stories.agency import Agency
from tests.crms.bullhorn import BullhornStandIn

STAGES = {
    "New Lead": "ignore",
    "Interview Scheduled": "interview_scheduled",
    "Offer Extended": "offer",
    "Client Rejected": "rejected",
    "Placement: Approved": "accepted",
}
NOTES = {
    "note: Client Call": {
        "channel": "phone",
        "purpose": "interview_follow_up",
        "from_party": "recruiter",
        "to_party": "client",
        "two_way": True,
    },
    "note: Prescreen": "ignore",
}


@pytest.fixture
def crm() -> Iterator[BullhornStandIn]:
    with BullhornStandIn() as server:
        yield server


@pytest.fixture
def job(crm: BullhornStandIn) -> int:
    """A client's job since the 13th of April."""
    crm.now = day(13, month=4)
    company = crm.add("ClientCorporation", name="Acme Foods")
    contact = crm.add("ClientContact", name="Iris Novak", clientCorporation={"id": company})
    about: Row = {"clientCorporation": {"id": company}, "clientContact": {"id": contact}}
    return crm.add("JobOrder", title="Head Chef", isOpen=True, **about)


@pytest.fixture
def people(crm: BullhornStandIn, job: int) -> dict[str, int]:
    """What lies in Bullhorn before anybody connects it: the submissions by the first names of their candidates."""
    found = {name: submit(crm, job, f"{name} {last}") for name, last in NAMES.items()}
    for name, status in (
        ("Elena", "Interview Scheduled"),
        ("Chloe", "Sent to Partner"),
        ("Felix", "Interview Scheduled"),
    ):
        crm.advance(days=1)
        crm.change("JobSubmission", found[name], status=status)
    crm.change("JobSubmission", found["Dora"], status="Client Rejected")
    crm.now = day(29, month=4)
    book(crm, job, found["Felix"], day(30, 13, month=4))
    crm.now = day(30, 15, month=4)
    note(crm, job, found["Felix"], "Client Call", "Rang Iris about <b>Felix</b>")
    note(crm, job, found["Ben"], "Prescreen", "Rang Ben")
    crm.now = day(4)
    return found


NAMES = {"Elena": "Kovač", "Ben": "Ito", "Chloe": "Duval", "Dora": "Weiss", "Felix": "Ande"}


def submit(crm: BullhornStandIn, job: int, name: str) -> int:
    candidate = {"id": crm.add("Candidate", name=name)}
    return crm.add("JobSubmission", status="New Lead", candidate=candidate, jobOrder={"id": job})


def candidate(crm: BullhornStandIn, submission: int) -> int:
    return int(crm.rows["JobSubmission"][submission]["candidate"]["id"])


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def book(crm: BullhornStandIn, job: int, submission: int, at: datetime) -> int:
    """An interview of an hour."""
    times = {"dateBegin": millis(at), "dateEnd": millis(at) + 3_600_000}
    whose: Row = {"candidateReference": {"id": candidate(crm, submission)}, "jobOrder": {"id": job}}
    return crm.add("Appointment", type="Interview", **times, **whose)


def note(crm: BullhornStandIn, job: int, submission: int, action: str, text: str) -> int:
    """A note that a recruiter writes there."""
    whose = candidate(crm, submission)
    about: Row = {"personReference": {"id": whose}, "candidates": [whose], "jobOrder": {"id": job}}
    return crm.add("Note", action=action, comments=text, **about)


def connect(agency: Agency, crm: BullhornStandIn, **body: Any) -> Row:
    """Connect it, as the steps tell the admin."""
    usual = {"settings": crm.settings, "credentials": crm.credentials, "stage_map": STAGES, "activity_map": NOTES}
    return agency.connect("bullhorn", **(usual | body))
