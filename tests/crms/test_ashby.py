"""The connector for Ashby against its stand-in, over real HTTP."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Activity, Application, Interview
from app.connectors.contract import Account, InboundRequest, OutgoingNote, WriteRefused
from app.connectors.crm.ashby.connector import Ashby
from tests.connectors.exchanges import Caller, EndedError
from tests.connectors.results import gone, one, status
from tests.crms.ashby import AshbyServer
from tests.crms.led import deliver, fetch_all

CONNECTOR = Ashby()
MARK = "0197f0aa-1111-7000-8000-000000000001"
SINCE = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def crm() -> Iterator[AshbyServer]:
    with AshbyServer() as server:
        yield server


@pytest.fixture
def caller(crm):
    return Caller(CONNECTOR, Account(crm.settings, crm.credentials), crm.now)


def test_webhooks_bring_each_stage_with_its_day(crm, caller):
    crm.ping()
    application = crm.apply(crm.add_job())
    crm.advance(days=1)
    crm.move(application, "stage-onsite", "Onsite")
    moved = crm.now
    crm.advance(days=1)
    offer = crm.offer(application)
    crm.advance(days=1)
    crm.offer(application, "Accepted", offer)
    came = deliver(caller, crm, crm.secret)
    by_event = dict(came)
    assert "ping" not in by_event
    assert [status(by_event[name]).value for name in ("candidateStageChange", "applicationUpdate")] == [
        "stage-onsite"
    ] * 2
    assert {status(by_event[name]).at for name in ("candidateStageChange", "applicationUpdate")} == {moved}
    assert status(by_event["offerCreate"]).value == "@offer_made"
    assert (status(by_event["offerUpdate"]).value, status(by_event["offerUpdate"]).at) == ("@offer_accepted", crm.now)


def test_webhooks_of_one_change_have_keys_of_their_own_and_a_repeat_has_not(crm):
    crm.hire(crm.apply(crm.add_job()))
    keys: list[str] = []

    def take(delivery):
        keys.append(CONNECTOR.parse_event(InboundRequest(delivery.body, delivery.headers, {}, crm.now)).key)
        return 500

    crm.send(take)
    crm.retry(take)
    assert len(keys) == 10
    assert len(set(keys)) == 5


def test_a_panel_is_one_round_and_goes_when_its_times_go(crm, caller):
    application = crm.apply(crm.add_job())
    start = crm.now + timedelta(days=2)
    hour = timedelta(hours=1)
    schedule = crm.book(application, (start, start + hour), (start + 3 * hour, start + 4 * hour))
    interview = one(dict(deliver(caller, crm, crm.secret))["interviewScheduleUpdate"], Interview)
    assert (interview.id, interview.starts_at, interview.ends_at) == (schedule, start, start + 4 * hour)
    crm.reschedule(schedule, "WaitingOnCandidateBooking")
    assert gone(dict(deliver(caller, crm, crm.secret))["interviewScheduleUpdate"]) == [("interview", schedule)]
    crm.reschedule(schedule, "Complete", (start, start + hour))
    again = one(dict(deliver(caller, crm, crm.secret))["interviewScheduleUpdate"], Interview)
    assert (again.status, again.ends_at) == ("completed", start + hour)


def test_a_backfill_finds_everything_that_is_open(crm, caller):
    job = crm.add_job()
    people = [crm.apply(job, f"Noor Haddad{n}") for n in range(5)]
    start = crm.now + timedelta(days=2)
    for person in people:
        crm.book(person, (start, start + timedelta(hours=1)))
        crm.note(crm.candidate_of(person), f"About {person}")
    crm.archive(people[0], "RejectedByCandidate", "Another offer")
    assert len(fetch_all(caller, "jobs", SINCE)) == 1
    applications = fetch_all(caller, "applications", SINCE)
    assert [one(each, Application).id for each in applications] == people
    assert (status(applications[0]).value, status(applications[0]).reason) == ("@withdrawn", "Another offer")
    assert [one(each, Interview).application_id for each in fetch_all(caller, "interviews", SINCE)] == people
    notes = [one(each, Activity).text for each in fetch_all(caller, "notes", SINCE)]
    assert notes == [f"About {person}" for person in people[1:]]
    assert fetch_all(caller, "notes", crm.now + timedelta(seconds=1)) == []


def test_a_finding_is_written_once_notifies_nobody_and_its_echo_is_known(crm, caller):
    application = crm.apply(crm.add_job())
    text = f"Decision overdue.\n[keepwarm {MARK}]"
    finding = OutgoingNote(mark=MARK, title="Late", text=text, at=crm.now, candidate_id=crm.candidate_of(application))
    first = caller.run(lambda account: CONNECTOR.write(finding, account))
    again = replace(finding, again=True)
    assert caller.run(lambda account: CONNECTOR.write(again, account)) == first
    assert crm.notified == []
    assert crm.records["notes"][first]["isPrivate"]
    [echo] = fetch_all(caller, "notes", SINCE)
    assert (one(echo, Activity).id, one(echo, Activity).mark) == (first, MARK)


def test_a_move_that_was_approved_comes_back_as_an_event(crm, caller):
    application = crm.apply(crm.add_job())
    caller.run(lambda account: CONNECTOR.move(application, "stage-offer", account))
    assert status(dict(deliver(caller, crm, crm.secret))["candidateStageChange"]).value == "stage-offer"
    with pytest.raises(WriteRefused):
        caller.run(lambda account: CONNECTOR.move("nobody", "stage-offer", account))


def test_a_401_is_never_tried_again_and_a_400_is(crm, caller):
    crm.ping()
    crm.ping()
    answers = iter((401, CONNECTOR.rejection_status))
    crm.send(lambda delivery: next(answers))
    assert crm.retry(lambda delivery: 200) == [200]
    assert crm.retry(lambda delivery: 200) == []
    wrong = Caller(CONNECTOR, Account(crm.settings, {"api_key": "stolen"}), crm.now)
    with pytest.raises(EndedError):
        fetch_all(wrong, "jobs", SINCE)
