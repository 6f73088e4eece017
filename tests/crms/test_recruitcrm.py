"""The connector for Recruit CRM against its stand-in, over real HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Activity, Application, Candidate, Interview, Job, Organisation
from app.connectors.contract import Account, OutgoingNote
from app.connectors.crm.recruitcrm.connector import RecruitCrm
from tests.connectors.exchanges import Caller, EndedError
from tests.connectors.results import one, status
from tests.crms.led import deliver, fetch_all
from tests.crms.recruitcrm import RecruitCrmServer
from tests.crms.standin import HANG_UP

CONNECTOR = RecruitCrm()
MARK = "0197f0aa-1111-7000-8000-000000000001"
SINCE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def crm() -> Iterator[RecruitCrmServer]:
    with RecruitCrmServer() as server:
        yield server


@pytest.fixture
def caller(crm):
    return Caller(CONNECTOR, Account(crm.settings, crm.credentials), crm.now)


def add_records(crm, candidates=1):
    company = crm.add_company()
    job = crm.add_job(company, crm.add_contact(company))
    people = [crm.add_candidate(f"Priya Raman{n}") for n in range(candidates)]
    for person in people:
        crm.move(person, job, 1, "Assigned")
    return people, job


def test_webhooks_bring_a_placement_and_its_history(crm, caller):
    [person], job = add_records(crm)
    starts = crm.now + timedelta(days=2)
    crm.book(person, job, starts, starts + timedelta(hours=1))
    crm.note(person, job, "Client keen", "Client Follow-up")
    crm.call(person, job)
    crm.place(person, job)
    came = dict(deliver(caller, crm, crm.secret))
    assert one(came["candidate.hiringstage.updated"], Application).id == f"{person}:{job}"
    assert one(came["meeting.created"], Interview).starts_at == starts
    assert one(came["note.created"], Activity).type == "note: Client Follow-up"
    assert one(came["calllog.created"], Activity).direction == "out"
    assert status(came["placement.created"]).value == "@hired"


def test_a_backfill_finds_everybody_on_small_pages(crm, caller):
    people, job = add_records(crm, candidates=5)
    for person in people:
        crm.note(person, job, f"About {person}")
    assert [type(one(each, Organisation)) for each in fetch_all(caller, "companies", SINCE)] == [Organisation]
    assert len(fetch_all(caller, "candidates", SINCE)) == 5
    assert [one(each, Job).hiring_manager_id for each in fetch_all(caller, "jobs", SINCE)] == ["slug2"]
    applications = [one(each, Application) for each in fetch_all(caller, "applications", SINCE)]
    assert {each.candidate_id for each in applications} == set(people)
    assert {one(each, Candidate).id for each in fetch_all(caller, "notes", SINCE)} == set(people)


def test_a_meeting_counts_once_it_was_held(crm, caller):
    [person], job = add_records(crm)
    crm.book(person, job, crm.now + timedelta(hours=1), crm.now + timedelta(hours=2), "Coffee")
    assert fetch_all(caller, "held", crm.now) == []
    since, caller.now = crm.now, crm.advance(hours=3)
    [held] = fetch_all(caller, "held", since)
    assert one(held, Activity).type == "meeting: Coffee"


def test_a_finding_is_written_once_although_no_answer_came(crm, caller):
    [person], job = add_records(crm)
    finding = OutgoingNote(
        mark=MARK, title="Late", text=f"Late.\n[keepwarm {MARK}]", at=crm.now, candidate_id=person, job_id=job
    )
    first = caller.run(lambda account: CONNECTOR.write(finding, account))
    again = OutgoingNote(
        mark=MARK, title="Late", text=finding.text, at=crm.now, candidate_id=person, job_id=job, again=True
    )
    assert caller.run(lambda account: CONNECTOR.write(again, account)) == first
    assert len(crm.records["notes"]) == 1
    echo = one(dict(deliver(caller, crm, crm.secret))["note.created"], Activity)
    assert (echo.id, echo.mark) == (first, MARK)


def test_a_move_that_was_approved_comes_back_as_an_event(crm, caller):
    [person], job = add_records(crm)
    caller.run(lambda account: CONNECTOR.move(f"{person}:{job}", "9", account))
    _, came = deliver(caller, crm, crm.secret)[-1]
    assert status(came).value == "9"


def test_trouble_ends_the_attempt_and_the_wrong_token_too(crm, caller):
    add_records(crm)
    crm.fail_next(429, retry_after=1)
    with pytest.raises(EndedError) as ended:
        fetch_all(caller, "companies", SINCE)
    assert ended.value.status == 429
    crm.fail_next(HANG_UP)
    with pytest.raises(Exception, match="peer closed"):
        fetch_all(caller, "companies", SINCE)
    wrong = Caller(CONNECTOR, Account(crm.settings, {"token": "stolen"}), crm.now)
    with pytest.raises(EndedError):
        fetch_all(wrong, "companies", SINCE)
    assert len(fetch_all(caller, "companies", SINCE)) == 1
