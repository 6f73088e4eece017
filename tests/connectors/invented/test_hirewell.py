"""Hirewell, an invented CRM: its signature, records, pages and notes, and one event through the whole service."""

import json
from datetime import UTC, datetime

import pytest

from app.connectors.canonical_records import Activity, Application, Candidate, Gone, Interview, Job, Organisation
from app.connectors.contract import (
    Account,
    ApiError,
    ApiRequest,
    ApiResponse,
    InboundRequest,
    NotConnected,
    OutgoingNote,
    RejectedRequest,
    WriteRefused,
)
from app.connectors.registry import CONNECTORS
from app.connectors.signature_checks import hmac_sha256
from tests.connectors.connected import Sender
from tests.connectors.documents import all_own, own
from tests.connectors.exchanges import run
from tests.connectors.forgeries import refuses_forgeries
from tests.connectors.invented.hirewell.connector import Hirewell
from tests.connectors.mutations import endures
from tests.connectors.results import one

CRM = Hirewell()
ACCOUNT = Account(credentials={"api_key": "k"})
NOW = datetime(2026, 5, 4, 9, 10, tzinfo=UTC)
EVENTS = [name for name in all_own("hirewell") if not name.startswith("api_")]
API = {
    "people/pe-1": own("hirewell", "api_person"),
    "vacancies/va-2": own("hirewell", "api_vacancy"),
    "placements/pl-5": own("hirewell", "placement.saved")["record"],
}
MARK = "0197c1f0-0000-7000-8000-00000000000a"
NOTE = OutgoingNote(MARK, "Going quiet", f"No contact.\n[keepwarm {MARK}]", NOW, "pe-1", again=True)


def signed(body, secret="s3cret"):
    return InboundRequest(body, {"hirewell-signature": hmac_sha256(secret.encode(), body).hex()}, {}, NOW)


def event(name, **changed):
    body = own("hirewell", name)
    body = {**body, "record": {**body["record"], **changed}}
    return CRM.parse_event(signed(json.dumps(body).encode())).dated(NOW)


def test_only_what_is_signed_is_accepted():
    request = signed(json.dumps(own("hirewell", "note.saved")).encode())
    refuses_forgeries(CRM, request, ["s3cret"], ["hirewell-signature"])


def test_a_test_delivery_is_answered_and_an_event_is_not():
    assert CRM.handshake(signed(b'{"type": "test"}')) is not None
    assert CRM.handshake(signed(b'{"type": "note.saved"}')) is None
    with pytest.raises(RejectedRequest):
        CRM.parse_event(signed(b'{"type": "note.saved"}'))


def test_a_placement_comes_with_its_person_and_its_vacancy():
    found = run(CRM.translate(event("placement.saved"), ACCOUNT), API)
    assert [type(record) for record in found.records] == [Candidate, Organisation, Job, Application]
    status = one(found, Application).status
    assert status is not None
    assert (status.value, status.label) == ("Client interview", "Client interview")
    hired = one(run(CRM.translate(event("placement.saved", hired=True), ACCOUNT), API), Application).status
    assert hired is not None
    assert hired.value == "@hired"


def test_a_meeting_is_an_interview_and_an_unknown_status_is_listed():
    found = run(CRM.translate(event("meeting.saved"), ACCOUNT), API)
    assert one(found, Interview).status == "scheduled"
    assert run(CRM.translate(event("meeting.saved", status="dreamt"), ACCOUNT), API).unknown == (
        "meeting status: dreamt",
    )


def test_a_note_of_ours_carries_its_mark():
    assert one(run(CRM.translate(event("note.saved"), ACCOUNT)), Activity).mark is None
    assert one(run(CRM.translate(event("note.saved", text=NOTE.text), ACCOUNT)), Activity).mark == MARK


def test_a_deletion_and_an_unknown_event():
    body = {"id": "e", "type": "person.deleted", "record": {"id": "pe-1"}}
    deleted = CRM.parse_event(signed(json.dumps(body).encode())).dated(NOW)
    assert one(run(CRM.translate(deleted, ACCOUNT)), Gone).kind == "candidate"
    other = CRM.parse_event(signed(b'{"id": "e", "type": "invoice.paid"}')).dated(NOW)
    assert run(CRM.translate(other, ACCOUNT)).unknown == ("event: invoice.paid",)


@pytest.mark.parametrize("name", EVENTS)
def test_no_document_however_hostile_breaks_the_translation(name):
    genuine = event(name)
    assert endures(lambda record: CRM.translate(_with(genuine, record), ACCOUNT), genuine.document, API) > 50


def _with(genuine, record):
    return type(genuine)(genuine.key, genuine.type, record, genuine.occurred_at)


def test_pages_follow_the_cursor_to_the_end_and_no_list_is_no_end():
    answer = {"items": [API["people/pe-1"]], "next": "c2"}
    page = run(CRM.page("people", NOW, {}, ACCOUNT, NOW), {"people": answer})
    assert (page.cursor, page.more) == ({"after": "c2"}, True)
    assert one(run(CRM.translate(page.items[0].dated(NOW), ACCOUNT)), Candidate).id == "pe-1"
    last = run(CRM.page("people", NOW, page.cursor, ACCOUNT, NOW), {"people": {"items": [], "next": None}})
    assert (last.cursor, last.more) == ({}, False)
    with pytest.raises(ApiError):
        run(CRM.page("people", NOW, {}, ACCOUNT, NOW), {"people": {"message": "quota"}})


def test_a_note_that_was_written_before_is_found_by_its_mark():
    notes = {"items": [{"id": "no-1", "text": "Other"}, {"id": "no-2", "text": NOTE.text}]}
    assert run(CRM.write(NOTE, ACCOUNT), {"GET people/pe-1/notes": notes}) == "no-2"
    new = {"GET people/pe-1/notes": {"items": []}, "POST people/pe-1/notes": ApiResponse(201, {"id": "no-3"})}
    assert run(CRM.write(NOTE, ACCOUNT), new) == "no-3"


def test_a_move_goes_to_a_stage_only():
    asked = list[ApiRequest]()
    run(CRM.move("pl-5", "Offer", ACCOUNT), {"PUT placements/pl-5/stage": {}}, asked)
    assert asked[0].json == {"stage": "Offer"}
    with pytest.raises(WriteRefused):
        run(CRM.move("pl-5", "@hired", ACCOUNT))
    with pytest.raises(NotConnected):
        CRM.headers(Account())


def test_an_event_of_it_opens_an_application(admin, workers, monkeypatch):
    monkeypatch.setitem(CONNECTORS, "hirewell", CRM)
    crm = Sender(admin, system="hirewell", name="Hirewell", stage_map={"Client interview": "interview_scheduled"})
    record = {"id": "va-2", "title": "Payroll Manager", "client": {"id": "co-3", "name": "Northwind Logistics"}}
    body = json.dumps({"id": "e1", "type": "vacancy.saved", "record": record}).encode()
    headers = {**signed(body, crm.secret).headers, "content-type": "application/json"}
    assert crm.service.client().request("POST", crm.path, headers, content=body).status_code == 200
    workers.process()
    assert [found["state"] for found in crm.events()] == ["applied"]
    assert admin.get("/v1/jobs/by-ref/hirewell/va-2").json()["title"] == "Payroll Manager"
