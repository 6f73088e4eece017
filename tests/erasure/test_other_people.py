"""People who resemble the erased one lose nothing. Old and unreadable events neither stop an erasure nor keep text."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.connectors.models import inbound_event, unmapped
from app.kit.sealing import Seal
from tests.agencies import made, rows
from tests.connectors.connected import Sender, Workers
from tests.service import Client, Service

JOB = {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme"}}


def write(service: Service, **values: Any) -> None:
    """Update every received event directly."""
    step = sa.update(inbound_event).values(**values)
    service.write(lambda conn: conn.execute(step).rowcount)


def erased(admin: Client, **person: Any) -> None:
    candidate = made(admin, "/v1/candidates", person)
    assert admin.post(f"/v1/candidates/{candidate['id']}/erasure").status_code == 200


@pytest.mark.parametrize(
    "person",
    [
        {"name": "Li Wang", "email": "li@firm.example"},
        {"name": "Bob Nobody", "phone": "-"},
        {"name": "Bob Nobody", "phone": "12"},
        {"name": "Candidate"},
        {"name": "Juli Other"},
    ],
)
def test_an_event_of_another_that_waits_is_applied_all_the_same(
    crm: Sender, workers: Workers, admin: Client, person: dict[str, Any]
):
    other = {"id": "c2", "name": "Juli Other", "email": "juli@firm.example", "phone": "+61 2 5550 1234"}
    crm.send(
        "application.updated", {"id": "a3", "candidate": other, "job_id": "later", "status": {"value": "Interview"}}
    )
    workers.process()
    erased(admin, **person)
    crm.send("job.updated", {"id": "later", "title": "Cook", "organisation": {"id": "o1", "name": "Acme"}})
    workers.process()
    workers.process()
    assert admin.get("/v1/applications/by-ref/standard/a3").status_code == 200


def test_a_namesake_keeps_what_waits_for_a_word_of_the_map(crm: Sender, workers: Workers, admin: Client):
    namesake = {"id": "c2", "name": "Anna Schmidt", "email": "else@mail.example"}
    crm.send("application.updated", {"id": "a2", "candidate": namesake, "job": JOB, "status": {"value": "Weird"}})
    workers.process()
    erased(admin, name="Anna Schmidt", email="first@mail.example")
    known = admin.get(f"/v1/connections/{crm.id}").json()["stage_map"]
    stage = next(iter(known.values()))
    assert admin.patch(f"/v1/connections/{crm.id}", {"stage_map": {**known, "Weird": stage}}).status_code == 200
    workers.process()
    workers.process()
    assert admin.get("/v1/applications/by-ref/standard/a2").status_code == 200


def test_words_of_an_event_go_though_its_body_is_gone_already(
    crm: Sender, workers: Workers, admin: Client, service: Service
):
    status = {"value": "Rejected: Annas drinking"}
    person = {"id": "c2", "name": "Anna Schmidt"}
    crm.send("application.updated", {"id": "a2", "candidate": person, "job": JOB, "status": status})
    workers.process()
    write(service, sealed=None)
    found = admin.get("/v1/candidates/by-ref/standard/c2").json()
    assert admin.post(f"/v1/candidates/{found['id']}/erasure").status_code == 200
    assert "drinking" not in f"{rows(service, inbound_event)} {rows(service, unmapped)}"


def test_what_is_sealed_under_another_key_stops_no_erasure(
    crm: Sender, workers: Workers, admin: Client, service: Service
):
    person = {"id": "c2", "name": "Ann Other"}
    crm.send("application.updated", {"id": "a2", "candidate": person, "job_id": "j9", "status": {"value": "Interview"}})
    workers.process()
    write(service, sealed=Seal(b"x" * 32).lock(rows(service, inbound_event)[0].agency_id, b"{}"))
    erased(admin, name="Bob Nobody")
