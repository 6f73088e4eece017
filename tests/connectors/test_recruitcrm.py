"""Recruit CRM: the secret stands in the address, the body is a bare record, and what it refers to is fetched."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.canonical_records import Application, Candidate, ClientContact, Job, Organisation
from app.connectors.contract import ApiResponse, InboundRequest, RejectedRequest
from tests.connectors.documents import all_own, documented, own
from tests.connectors.exchanges import run
from tests.connectors.mutations import endures
from tests.connectors.recruitcrm import (
    ACCOUNT,
    COMPANY,
    CONTACT,
    CRM,
    JOB,
    MARK,
    NOW,
    PERSON,
    SECRET,
    api,
    hook,
    request,
    translate,
)
from tests.connectors.results import gone, one, status

__all__ = ["ACCOUNT", "CRM", "JOB", "MARK", "NOW", "PERSON", "api"]

EVENTS = [name for name in all_own("recruitcrm") if not name.startswith("api_")]


# --- The address is the signature ---


def test_the_secret_in_the_address_is_taken_and_either_live_one_is_good():
    CRM.verify(request({"id": 1}), [SECRET])
    CRM.verify(request({"id": 1}), ["new", SECRET])


def test_a_thousand_guesses_at_the_secret_are_refused():
    dice = random.Random(7)
    for _ in range(1_000):
        where = dice.randrange(len(SECRET))
        guesses = (
            SECRET[:where],
            SECRET + "0",
            SECRET[:where] + "x" + SECRET[where + 1 :] + "y",
            "é" * where,
            "a" * 65_536,
        )
        for guess in guesses:
            with pytest.raises(RejectedRequest):
                CRM.verify(request({"id": 1}, secret=guess), [SECRET])
    for empty in ({}, {"secret": ""}, {"event": SECRET}):
        with pytest.raises(RejectedRequest):
            CRM.verify(InboundRequest(b"{}", {"secret": SECRET}, empty, NOW), [SECRET])
    with pytest.raises(RejectedRequest):
        CRM.verify(request({"id": 1}, secret=""), [])


def test_the_event_is_named_by_the_address_and_kept_under_what_was_said():
    event = CRM.parse_event(request(own("recruitcrm", "note.created")))
    assert (event.type, event.occurred_at) == ("note.created", datetime(2026, 5, 7, 2, 5, tzinfo=UTC))
    assert event.key == CRM.parse_event(request(own("recruitcrm", "note.created"))).key
    assert event.key != CRM.parse_event(request(own("recruitcrm", "note.created"), "note.updated")).key


def test_a_body_in_an_envelope_is_read_like_a_bare_one():
    bare = own("recruitcrm", "candidate.created")
    event = CRM.parse_event(request({"event": "candidate.created", "data": bare}, "candidate.created"))
    assert event.document == bare


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b"null", b"no json", b"[" * 200_000, b'{"event": "x", "data": {}}']
)
def test_a_body_that_is_no_record_is_refused(body):
    with pytest.raises(RejectedRequest):
        CRM.parse_event(request(body))


@pytest.mark.parametrize("name", ["", "note", "note created", "note.créated", "a." * 100 + "b", "<script>.x"])
def test_an_address_that_names_no_event_is_refused(name):
    with pytest.raises(RejectedRequest):
        CRM.parse_event(request({"id": 1}, name))


def test_the_steps_name_every_subscription_with_its_address():
    steps = CRM.steps("https://kw.example.com/hooks/1")
    assert any("https://kw.example.com/hooks/1?event=candidate.hiringstage.updated&secret=<secret>" in s for s in steps)
    assert any("POST https://api.recruitcrm.io/v1/subscriptions" in step for step in steps)
    assert {name for name in EVENTS if not name.startswith(("deal", "task"))} <= {s.split(":")[0] for s in steps}


# --- What events say ---


def test_a_moved_candidate_brings_the_job_the_company_and_its_contact_along():
    came = translate("candidate.hiringstage.updated")
    assert [type(each) for each in came.records] == [Organisation, ClientContact, Job, Candidate, Application]
    application = one(came, Application)
    assert application.id == f"{PERSON}:{JOB}"
    assert (status(came).value, status(came).label, status(came).reason) == (
        "8",
        "Client Interview",
        "Booked for Thursday",
    )
    assert status(came).at == datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
    assert (one(came, Job).hiring_manager_id, one(came, Job).status) == (CONTACT, "open")
    assert one(came, Candidate).name == "Priya Raman"


def test_a_stage_that_is_dated_ahead_holds_from_when_it_was_written():
    came = translate("candidate.hiringstage.updated", stage_date="2026-06-01T00:00:00.000000Z")
    assert status(came).at == datetime(2026, 5, 4, 3, 0, 5, tzinfo=UTC)


def test_a_candidate_who_is_no_longer_there_is_said_to_be_gone_and_nothing_waits_for_them():
    came = translate("candidate.hiringstage.updated", api(**{f"/v1/candidates/{PERSON}": ApiResponse(404, None)}))
    assert not any(isinstance(each, Application) for each in came.records)
    assert came.ignored == "The candidate or the job is not, or no longer, in Recruit CRM."


def test_a_contact_that_cannot_be_read_is_not_waited_for():
    came = translate("candidate.hiringstage.updated", api(**{f"/v1/contacts/{CONTACT}": ApiResponse(404, None)}))
    assert one(came, Job).hiring_manager_id is None
    assert one(came, Application).job_id == JOB


def test_a_placement_is_a_hire_whose_first_day_lies_ahead():
    came = translate("placement.created")
    assert (status(came).value, status(came).at) == ("@hired", datetime(2026, 5, 12, 6, tzinfo=UTC))
    assert CRM.known_stages["@hired"] == "accepted"


def stage(label, stage_date, updated_on):
    """A hiring stage as Recruit CRM has it."""
    status = {"status_id": len(label), "label": label}
    return {**own("recruitcrm", "api_stage"), "status": status, "stage_date": stage_date, "updated_on": updated_on}


def test_a_hire_is_as_new_as_its_placement_or_as_the_stage_that_was_set_with_it():
    path = f"/v1/candidates/{PERSON}/hiring-stages/{JOB}"
    placed_at = datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert one(translate("placement.created"), Application).version == placed_at
    together = stage("Placed", "2026-05-12T06:00:00.000000Z", "2026-05-12T06:00:03.000000Z")
    assert one(translate("placement.created", api(**{path: together})), Application).version == placed_at + timedelta(
        seconds=3
    )
    later = stage("Offer", "2026-05-10T06:00:00.000000Z", "2026-05-14T06:00:00.000000Z")
    assert one(translate("placement.created", api(**{path: later})), Application).version == placed_at, (
        "it was taken back since"
    )
    alone = translate("placement.created", api(**{path: ApiResponse(404, None)}))
    assert one(alone, Application).version == placed_at


def test_a_placement_that_was_deleted_leads_back_to_the_hiring_stage():
    record = own("recruitcrm", "placement.created")
    event = replace(CRM.parse_event(request(record, "placement.deleted")).dated(NOW), occurred_at=NOW)
    came = run(CRM.translate(event, ACCOUNT), api())
    application = one(came, Application)
    assert (application.version, status(came).label) == (NOW, "Client Interview")
    gone = run(
        CRM.translate(event, ACCOUNT), api(**{f"/v1/candidates/{PERSON}/hiring-stages/{JOB}": ApiResponse(404, None)})
    )
    assert gone.ignored == "The deleted placement names no candidate who is on its job in Recruit CRM."


def test_a_status_that_is_corrected_with_an_earlier_date_is_the_newer_word():
    rejected = stage("Rejected", "2026-05-06T03:00:00.000000Z", "2026-05-06T03:00:05.000000Z")
    corrected = stage("Client Interview", "2026-05-04T03:00:00.000000Z", "2026-05-06T04:00:00.000000Z")
    before, after = (
        one(translate("candidate.hiringstage.updated", **each), Application) for each in (rejected, corrected)
    )
    assert after.version > before.version
    assert before.status
    assert after.status
    assert after.status.at < before.status.at
    bare = {part: value for part, value in corrected.items() if part != "updated_on"}
    event = CRM.parse_event(request(bare, "candidate.hiringstage.updated"))
    assert event.occurred_at is None, "it is as new as its arrival"
    came = run(CRM.translate(event.dated(NOW), ACCOUNT), api())
    assert one(came, Application).version == NOW


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("candidate.deleted", [("candidate", PERSON)]),
        ("company.deleted", [("organisation", COMPANY)]),
        ("contact.deleted", [("client_contact", CONTACT)]),
        ("job.deleted", [("job", JOB)]),
        ("note.deleted", [("activity", "note:9001")]),
        ("meeting.deleted", [("interview", "5501")]),
        ("candidate.unassigned", [("application", f"{PERSON}:{JOB}")]),
    ],
)
def test_a_deletion_holds_from_when_it_was_sent(name, what):
    came = translate(name)
    assert gone(came) == what
    assert {each.version for each in came.records} == {NOW}


@pytest.mark.parametrize(
    ("id", "label", "expected"),
    [
        (1, "Open", "open"),
        (2, "On Hold", "on_hold"),
        (0, "Closed", "closed"),
        (3, "Cancelled", "closed"),
        (1004, "Placed", "filled"),
        (5512, "Filled by us", "filled"),
        (5513, "ON-HOLD", "on_hold"),
        (5514, "Open", "open"),
    ],
)
def test_a_job_is_open_on_hold_filled_or_closed_by_its_id_or_its_label(id, label, expected):
    came = translate("job.status.updated", job_status={"id": id, "label": label})
    job = one(came, Job)
    assert (job.status, job.status_at, came.unknown) == (expected, datetime(2026, 5, 6, tzinfo=UTC), ())


def test_a_job_status_of_the_agencys_own_that_says_nothing_is_listed():
    came = translate("job.status.updated", job_status={"id": 1406, "label": "Refill"})
    assert (one(came, Job).status, came.unknown) == (None, ("job status: Refill",))
    assert one(translate("job.created"), Job).status_at is None


# --- Everything ---


@pytest.mark.parametrize("name", ["deal.stage.updated", "task.created"])
def test_deals_and_tasks_are_ignored_in_words(name):
    assert translate(name).ignored == f"{name} has nothing that Keepwarm stores."


def test_every_documented_record_comes_out_as_it_should():
    kinds = {}
    for name, record in documented("recruitcrm").items():
        came = run(CRM.translate(CRM.parse_event(request(record, name)).dated(NOW), ACCOUNT), _invented)
        kinds[name] = [type(each).__name__ for each in came.records] or came.ignored
    before = ["Organisation", "ClientContact", "Job", "Candidate"]
    several = [*_twice(before), "Application", "Application", "Activity"]
    assert kinds == {
        "calllog.created": several,
        "candidate.created": ["Candidate"],
        "candidate.hiringstage.updated": [*before, "Application"],
        "candidate.updated": ["Candidate"],
        "deal.stage.updated": "deal.stage.updated has nothing that Keepwarm stores.",
        "job.status.updated": ["Organisation", "Organisation", "ClientContact", "Job"],
        "meeting.created": several,
        "note.created": several,
        "note.updated": several,
        "placement.created": [*before, "Application"],
        "task.created": "task.created has nothing that Keepwarm stores.",
    }


def _twice(before):
    """The activity's own company and contact stand beside those of its job, and one candidate beside another."""
    return [*before[:1] * 2, *before[1:2] * 2, *before[2:3], *before[3:] * 2]


def _invented(ask):
    """Answer with a record of any slug."""
    _, _, folder, slug, *rest = ask.path.split("/")
    if rest:
        return {**own("recruitcrm", "api_stage"), "candidate_slug": slug, "job_slug": rest[-1]}
    name = {"candidates": "candidate", "jobs": "job", "companies": "company", "contacts": "contact"}[folder]
    return {**own("recruitcrm", f"api_{name}"), "slug": slug}


@pytest.mark.parametrize("name", EVENTS)
def test_no_hostile_record_makes_it_stumble(name):
    genuine = hook(name)
    endures(lambda record: CRM.translate(replace(genuine, document=record), ACCOUNT), genuine.document, api())
