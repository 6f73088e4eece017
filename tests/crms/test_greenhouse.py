"""The connector for Greenhouse against its stand-in, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Activity, Application, Candidate, Interview, Merged
from app.connectors.contract import Account, OutgoingNote
from app.connectors.crm.greenhouse.connector import Greenhouse
from tests.connectors.exchanges import Caller, EndedError
from tests.connectors.results import one, status
from tests.crms.greenhouse import GreenhouseServer
from tests.crms.led import deliver, fetch_all

CONNECTOR = Greenhouse()
MARK = "0197f0aa-1111-7000-8000-000000000001"
SINCE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def crm() -> Iterator[GreenhouseServer]:
    with GreenhouseServer() as server:
        yield server


@pytest.fixture
def caller(crm):
    return Caller(CONNECTOR, Account(crm.settings, crm.credentials), crm.now)


def test_webhooks_bring_an_application_and_its_interviews_are_fetched(crm, caller):
    crm.ping()
    job = crm.add_job()
    application = crm.apply(job)
    starts = crm.now + timedelta(days=2)
    interview = crm.book(application, starts, starts + timedelta(hours=3))
    crm.advance(hours=1)
    crm.move(application, job + 2)
    crm.advance(hours=1)
    crm.hire(application)
    came = dict(deliver(caller, crm, crm.secret))
    assert list(came) == ["new_candidate_application", "candidate_stage_change", "hire_candidate"]
    assert (status(came["candidate_stage_change"]).value, status(came["hire_candidate"]).value) == (
        str(job + 2),
        "@hired",
    )
    assert one(came["candidate_stage_change"], Interview).id == str(interview)
    assert one(came["hire_candidate"], Application).version == crm.now


def test_a_hire_that_is_delivered_after_it_was_taken_back_says_what_is_true_now(crm, caller):
    application = crm.apply(crm.add_job())
    crm.hire(application)
    crm.advance(hours=1)
    crm.unreject(application)
    came = dict(deliver(caller, crm, crm.secret))
    assert not status(came["hire_candidate"]).value.startswith("@")


def test_who_turned_whom_down_is_the_same_by_webhook_and_by_poll(crm, caller):
    job = crm.add_job()
    ours, theirs = crm.apply(job), crm.apply(job)
    crm.reject(ours, "Too junior")
    crm.reject(theirs, "Took another offer", theirs=True)
    heard = [status(each).value for event, each in deliver(caller, crm, crm.secret) if event == "reject_candidate"]
    assert heard == ["@rejected", "@withdrawn"]
    assert [status(each).value for each in fetch_all(caller, "applications", SINCE)] == heard


def test_a_poll_finds_what_no_webhook_tells_page_by_page(crm, caller):
    job = crm.add_job()
    people = [crm.apply(job, f"Elena Kovač{n}") for n in range(5)]
    starts = crm.now + timedelta(days=2)
    for person in people:
        crm.book(person, starts, starts + timedelta(hours=1))
        crm.note(crm.records["applications"][person]["candidate_id"], "Keen", application=person)
    assert [one(each, Interview).application_id for each in fetch_all(caller, "interviews", SINCE)] == list(
        map(str, people)
    )
    assert [one(each, Activity).application_id for each in fetch_all(caller, "notes", SINCE)] == list(map(str, people))
    crm.advance(minutes=5)
    crm.change_interview(max(crm.records["interviews"]), status="complete")
    [changed] = fetch_all(caller, "interviews", crm.now)
    assert one(changed, Interview).status == "completed"


def test_a_token_that_expires_on_the_way_is_renewed(crm, caller):
    crm.apply(crm.add_job())
    assert len(fetch_all(caller, "jobs", SINCE)) == 1
    crm.expire_tokens()
    assert len(fetch_all(caller, "jobs", SINCE)) == 1
    wrong = Caller(CONNECTOR, Account(crm.settings, {"client_id": "client", "client_secret": "guess"}), crm.now)
    with pytest.raises(EndedError):
        fetch_all(wrong, "jobs", SINCE)


def test_a_finding_is_written_once_and_its_echo_is_known(crm, caller):
    application = crm.apply(crm.add_job())
    candidate = crm.records["applications"][application]["candidate_id"]
    text = f"Decision overdue.\n[keepwarm {MARK}]"
    finding = OutgoingNote(mark=MARK, title="Late", text=text, at=crm.now, candidate_id=str(candidate))
    first = caller.run(lambda account: CONNECTOR.write(finding, account))
    again = replace(finding, again=True)
    assert caller.run(lambda account: CONNECTOR.write(again, account)) == first
    [echo] = fetch_all(caller, "notes", SINCE)
    assert (one(echo, Activity).id, one(echo, Activity).mark) == (first, MARK)
    assert one(echo, Candidate).id == str(candidate)


def test_a_move_that_was_approved_comes_back_as_an_event(crm, caller):
    job = crm.add_job()
    application = crm.apply(job)
    caller.run(lambda account: CONNECTOR.move(str(application), str(job + 3), account))
    event, came = deliver(caller, crm, crm.secret)[-1]
    assert (event, status(came).label) == ("candidate_stage_change", "Offer")


def test_a_merge_names_both_and_a_202_is_no_success(crm, caller):
    job = crm.add_job()
    old, new = (crm.records["applications"][crm.apply(job)]["candidate_id"] for _ in range(2))
    crm.merge(old, new)
    merged = one(dict(deliver(caller, crm, crm.secret))["merge_candidate"], Merged)
    assert (merged.id, merged.into) == (str(old), str(new))
    crm.ping()
    assert crm.send(lambda delivery: 202) == [202]
    assert [each.event for each in crm.undelivered] == ["ping"]
    assert crm.retry(lambda delivery: 200) == [200]
