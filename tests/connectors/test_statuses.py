"""The status of an application in the CRM: sent again, sent late, ended, re-opened, deleted and merged."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.agencies import new_agency
from tests.connectors.connected import Sender, Workers
from tests.service import Client, Clock, Service

CANDIDATE = {"id": "c1", "name": "Ana Petrova"}
JOB = {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme Foods"}}
STAGES = {
    "Interview": "interview_scheduled",
    "Interviewed": "interviewed",
    "Offer": "offer",
    "Rejected": "rejected",
    "Applied": "ignore",
}


@pytest.fixture
def workers(service: Service) -> Workers:
    return Workers(service)


@pytest.fixture
def crm(operator: Client) -> Iterator[Sender]:
    sender = Sender(new_agency(operator), stage_map=STAGES)
    yield sender
    assert sender.events("parked") == []


def stands(crm: Sender, status: str, id: str = "a1", candidate: dict[str, str] = CANDIDATE, **more: Any) -> None:
    body = {"id": id, "candidate": candidate, "job": JOB, "status": {"value": status}}
    assert crm.send("application.updated", body, **more).status_code == 200


def meets(crm: Sender, start: datetime, at: datetime | None = None, **more: Any) -> None:
    body = {"id": "i1", "application_id": "a1", "starts_at": start.isoformat(), "status": "scheduled"}
    ends = {"ends_at": (start + timedelta(hours=1)).isoformat()}
    assert crm.send("interview.updated", body | ends | more, at=at).status_code == 200


def application(crm: Sender, id: str = "a1") -> dict[str, Any] | None:
    answer = crm.admin.get(f"/v1/applications/by-ref/standard/{id}")
    return answer.json() if answer.status_code == 200 else None


def stage(crm: Sender, id: str = "a1") -> str:
    found = application(crm, id)
    assert found is not None
    return str(found["stage"])


def test_a_status_that_is_sent_again_with_something_else_moves_nothing(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Interview")
    workers.process()
    found = application(crm)
    assert found is not None
    clock.advance(hours=1)
    crm.admin.post(f"/v1/applications/{found['id']}/transitions", {"to": "withdrawn", "reason": "Took another job"})
    clock.advance(days=1)
    stands(crm, "Interview")
    workers.process()
    assert stage(crm) == "withdrawn"


def test_an_interview_that_arrives_before_the_reopening_is_booked_by_it(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Interview")
    clock.advance(days=1)
    stands(crm, "Rejected")
    clock.advance(days=2)
    meets(crm, clock.now + timedelta(days=1))
    workers.process()
    assert stage(crm) == "rejected"
    clock.advance(minutes=-1)
    stands(crm, "Offer")
    workers.process()
    found = application(crm)
    assert found is not None
    assert len(crm.admin.get(f"/v1/applications/{found['id']}/interviews").json()["items"]) == 1


@pytest.mark.parametrize("lag", [timedelta(0), timedelta(hours=1)])
def test_a_rejection_counts_however_late_the_worker_is(crm: Sender, workers: Workers, clock: Clock, lag: timedelta):
    stands(crm, "Applied")
    meets(crm, clock.now + timedelta(days=1))
    if not lag:
        workers.process()
    clock.advance(minutes=20)
    stands(crm, "Rejected")
    clock.advance(lag)
    workers.process()
    assert stage(crm) == "rejected"


def test_an_interview_that_was_left_over_opens_nothing(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Rejected", at=clock.now - timedelta(days=5))
    meets(crm, clock.now - timedelta(days=3), at=clock.now - timedelta(days=4))
    workers.process()
    assert application(crm) is None


def test_an_interview_that_is_called_off_opens_nothing(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Applied")
    meets(crm, clock.now - timedelta(days=60), status="cancelled")
    workers.process()
    assert application(crm) is None


def test_every_application_of_a_deleted_candidate_ends(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Interview")
    crm.send("application.updated", {
        "id": "a2", "candidate_id": "c1", "status": {"value": "Interview"},
        "job": {"id": "j2", "title": "Baker", "organisation_id": "o1"}})  # fmt: skip
    clock.advance(hours=1)
    crm.send("candidate.deleted", {"id": "c1"})
    workers.process()
    assert (stage(crm), stage(crm, "a2")) == ("cancelled", "cancelled")


@pytest.mark.parametrize("deleted_first", [False, True])
def test_a_merger_leaves_the_applications_of_both(crm: Sender, workers: Workers, clock: Clock, deleted_first: bool):
    stands(crm, "Interview")
    stands(crm, "Interview", "a2", {"id": "c2", "name": "Ana P."})
    clock.advance(hours=1)
    events = [("candidate.merged", {"id": "c1", "into": "c2"}), ("candidate.deleted", {"id": "c1"})]
    for type, data in reversed(events) if deleted_first else events:
        crm.send(type, data)
        workers.process()
    kept = crm.admin.get("/v1/candidates/by-ref/standard/c2").json()["id"]
    for id in ("a1", "a2"):
        found = application(crm, id)
        assert found is not None
        assert (found["stage"], found["candidate_id"]) == ("interview_scheduled", kept), id


def test_every_step_of_a_move_is_the_crms(crm: Sender, workers: Workers, clock: Clock):
    stands(crm, "Interview")
    clock.advance(hours=1)
    stands(crm, "Offer")
    workers.process()
    found = application(crm)
    assert found is not None
    transitions = crm.admin.get(f"/v1/applications/{found['id']}/transitions").json()["items"]
    assert [(step["to"], step["cause"]) for step in transitions] == [("interviewed", "crm"), ("offer", "crm")]
