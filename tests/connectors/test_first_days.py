"""What offers, placements and references prove, document by document: written offers, first days, checks."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.connectors.connector import Account, Ask, Event, Reply, Translation
from app.connectors.reading import day, initials, noon
from app.connectors.records import Check, Gone, Milestone
from tests.connectors import ashby, bullhorn, greenhouse, jobadder, lever, recruitcrm
from tests.connectors.documents import own, published
from tests.connectors.driving import run
from tests.connectors.mutations import endures
from tests.connectors.said import one

APPLICATION = "69306314"
Proof = dict[str, Milestone]


def proved(came: Translation) -> Proof:
    """The milestones that a translation tells, by their kinds."""
    return {record.kind: record for record in came.records if isinstance(record, Milestone)}


def withdrawn(came: Translation) -> list[str]:
    """The milestones that it takes back."""
    return sorted(record.id for record in came.records if isinstance(record, Gone) and record.kind == "milestone")


# --- Days and initials ---


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-06-15", date(2026, 6, 15)),
        ("06/15/2026", date(2026, 6, 15)),
        ("15/06/2026", None),
        ("2022-08-12T20:29:56.964Z", date(2022, 8, 12)),
        # Midnight in New York, London in summer, Sydney, Auckland in summer, Honolulu.
        ("2026-06-15T04:00:00Z", date(2026, 6, 15)),
        ("2026-06-14T23:00:00Z", date(2026, 6, 15)),
        ("2026-06-14T14:00:00Z", date(2026, 6, 15)),
        ("2026-12-14T11:00:00Z", date(2026, 12, 15)),
        ("2026-06-15T10:00:00Z", date(2026, 6, 15)),
        (1780272000000, date(2026, 6, 1)),
        ("2199-12-31T23:00:00Z", None),
        ("soon", None),
        ("", None),
        (True, None),
        (None, None),
    ],
)
def test_a_day_is_read_as_crms_write_it(value: Any, expected: date | None):
    assert day(value) == expected


def test_a_day_without_a_time_counts_from_noon():
    assert noon(date(2026, 6, 15)) == datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert noon(None) is None


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Tom", "Tomson"), "T.T."),
        (("John", "Sully McDonald"), "J.S.M."),
        (("2.6portal", None), None),
        (("élise", ""), "É."),
    ],
)
def test_a_referee_is_called_by_initials(names: tuple[Any, ...], expected: str | None):
    assert initials(*names) == expected


# --- Greenhouse ---


def test_the_published_hire_of_greenhouse_tells_its_offer():
    hire = published("greenhouse")["hire_candidate"]
    told = proved(run(greenhouse.CRM.translate(greenhouse.hook(hire), greenhouse.ALONE)))
    assert told["written_offer"].at == datetime(2014, 11, 10, 12, tzinfo=UTC)
    assert (told["start_agreed"].at, told["start_agreed"].on) == (
        datetime(2014, 11, 20, 22, 49, 14, tzinfo=UTC),
        date(2015, 1, 23),
    )
    assert {each.application_id for each in told.values()} == {"46194062"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("offer_created", {"written_offer", "start_agreed"}),
        ("offer_approved", {"written_offer", "start_agreed"}),
        # Version 2 is deprecated: another one took its place.
        ("offer_updated", set()),
    ],
)
def test_the_published_offers_of_greenhouse_tell_what_they_prove(name: str, kinds: set[str]):
    came = run(greenhouse.CRM.translate(greenhouse.hook(published("greenhouse")[name]), greenhouse.ALONE))
    told = proved(came)
    assert told.keys() == kinds
    if kinds:
        assert told["start_agreed"].on == date(2013, 4, 15), "they write the day as Americans do"
    assert withdrawn(came) == [], "a webhook may be late: it alone takes nothing back"


@pytest.mark.parametrize(
    ("offer", "kinds"),
    [
        ({"status": "Created", "sent_on": "2026-05-12", "starts_on": "2026-06-15"}, {"written_offer"}),
        ({"status": "unresolved", "sent_at": "2026-05-12"}, {"written_offer"}),
        ({"status": "Created", "sent_on": None, "starts_on": "2026-06-15"}, set()),
        ({"status": "Accepted", "resolved_at": "2026-05-13T08:00:00Z", "starts_at": "2026-06-15"}, {"start_agreed"}),
        ({"status": "Accepted", "sent_on": "2026-05-12", "starts_on": None}, {"written_offer"}),
        ({"status": "Rejected", "sent_on": "2026-05-12", "starts_on": "2026-06-15"}, {"written_offer"}),
        ({"status": "Deprecated", "sent_on": "2026-05-12", "starts_on": "2026-06-15"}, set()),
    ],
)
def test_the_current_offer_of_greenhouse_counts_and_what_it_does_not_prove_is_withdrawn(
    offer: dict[str, Any], kinds: set[str]
):
    current = {"id": 7, "application_id": int(APPLICATION), "updated_at": "2026-05-13T08:00:01Z", **offer}
    came = greenhouse.told("offer_created", offers=[current])
    told = proved(came)
    assert told.keys() == kinds
    assert withdrawn(came) == sorted(f"{APPLICATION}:{kind}" for kind in {"written_offer", "start_agreed"} - kinds)
    assert {each.version for each in told.values()} <= {datetime(2026, 5, 13, 8, 0, 1, tzinfo=UTC)}


def test_an_offer_event_of_greenhouse_whose_offers_may_not_be_read_tells_what_it_holds():
    came = greenhouse.told("offer_updated", offers=Reply(403, None))
    assert proved(came).keys() == {"written_offer", "start_agreed"}
    assert withdrawn(came) == []


def test_a_deleted_offer_of_greenhouse_leaves_what_another_one_proves():
    assert withdrawn(greenhouse.told("offer_deleted", offers=[])) == [
        f"{APPLICATION}:start_agreed",
        f"{APPLICATION}:written_offer",
    ]
    current = {"id": 8, "application_id": int(APPLICATION), "status": "unresolved", "sent_on": "2026-05-12"}
    came = greenhouse.told("offer_deleted", offers=[current])
    assert (list(proved(came)), withdrawn(came)) == (["written_offer"], [f"{APPLICATION}:start_agreed"])


# --- Ashby ---


def offers(*found: dict[str, Any]) -> dict[str, Any]:
    made = [{"id": "o", "applicationId": ashby.APPLICATION, **offer} for offer in found]
    info = {"success": True, "results": made[0]} if made else Reply(404, None)
    return {**ashby.api(), "/offer.list": {"success": True, "results": made}, "/offer.info": info}


ACCEPTED = {
    "acceptanceStatus": "Accepted",
    "offerStatus": "CandidateAccepted",
    "decidedAt": "2026-05-12T09:00:00.000Z",
    "latestVersion": {"startDate": "2026-06-15", "createdAt": "2026-05-11T10:00:00.000Z"},
}


def test_an_accepted_offer_of_ashby_agrees_on_its_start_date():
    [agreed] = proved(ashby.told("offerUpdate", replies=offers(ACCEPTED))).values()
    assert (agreed.id, agreed.on) == (f"{ashby.APPLICATION}:start_agreed", date(2026, 6, 15))
    assert agreed.at == datetime(2026, 5, 12, 9, tzinfo=UTC)


def test_an_offer_of_ashby_that_is_out_is_no_written_one_and_agrees_on_nothing():
    out = {**ACCEPTED, "acceptanceStatus": "WaitingOnResponse", "offerStatus": "WaitingOnCandidateResponse"}
    came = ashby.told("offerUpdate", replies=offers(out))
    assert (proved(came), withdrawn(came)) == ({}, [f"{ashby.APPLICATION}:start_agreed"])


def test_of_several_offers_of_ashby_the_newest_counts():
    older = {**ACCEPTED, "latestVersion": {"startDate": "2026-06-01", "createdAt": "2026-05-01T10:00:00.000Z"}}
    told = proved(ashby.told("offerUpdate", replies=offers(older, ACCEPTED)))
    assert told["start_agreed"].on == date(2026, 6, 15)


@pytest.mark.parametrize(("event", "stands"), [("sent", True), ("completed", True), ("cancelled", False)])
def test_a_signature_of_ashby_tells_whether_an_offer_is_in_writing(event: str, stands: bool):
    document = own("ashby", "signatureRequestUpdate")
    document["data"]["eventType"] = event
    came = run(ashby.CRM.translate(ashby.hook(document), ashby.ACCOUNT), offers(ACCEPTED))
    written = f"{ashby.APPLICATION}:written_offer"
    assert (list(proved(came)), withdrawn(came)) == ((["written_offer"], []) if stands else ([], [written]))


def test_the_published_signature_of_an_application_proves_no_offer():
    came = run(ashby.CRM.translate(ashby.hook(published("ashby")["signatureRequestUpdate"]), ashby.ACCOUNT), {})
    assert not came.records
    assert "something else than an offer" in (came.ignored or "")


def test_an_unknown_word_of_a_signature_is_listed():
    document = own("ashby", "signatureRequestUpdate")
    document["data"]["eventType"] = "declined"
    came = run(ashby.CRM.translate(ashby.hook(document), ashby.ACCOUNT), offers(ACCEPTED))
    assert (came.records, came.unknown) == ((), ("signature event: declined",))


# --- Lever ---


def lever_offers(*found: dict[str, Any]) -> dict[str, Any]:
    return {"data": [{"createdAt": 1, **offer} for offer in found], "hasNext": False}


def lever_told(offers: Any, opportunity: str = "api_opportunity") -> Translation:
    event = Event("1", "candidateHired", {"data": {"opportunityId": lever.OPP}}, lever.T)
    return run(lever.LEVER.translate(event, lever.ACCOUNT), lever.api(opportunity, **{_OFFERS: offers}))


_OFFERS = f"opportunities/{lever.OPP}/offers"
_STARTS = {"fields": [{"identifier": "anticipated_start_date", "value": 1781481600000}]}


def test_the_published_offer_of_lever_was_signed_and_has_a_first_day():
    told = proved(lever_told(own("lever", "api_offers")))
    assert (told["written_offer"].id, told["written_offer"].at) == (f"{lever.OPP}:written_offer", None)
    assert (told["start_agreed"].on, told["start_agreed"].at) == (date(2016, 10, 4), None)


@pytest.mark.parametrize(
    ("offer", "kinds", "gone"),
    [
        ({"status": "draft"}, set(), {"written_offer", "start_agreed"}),
        ({"status": "approval-sent"}, set(), {"written_offer", "start_agreed"}),
        ({"status": "approved"}, set(), {"written_offer", "start_agreed"}),
        ({"status": "sent", "sentAt": 1777885200000}, {"written_offer"}, set()),
        ({"status": "sent-manually"}, {"written_offer"}, set()),
        ({"status": "opened"}, {"written_offer"}, set()),
        ({"status": "denied"}, {"written_offer"}, {"start_agreed"}),
        ({"status": "signed"}, {"written_offer", "start_agreed"}, set()),
        ({"status": "signed", "fields": []}, {"written_offer"}, {"start_agreed"}),
    ],
)
def test_an_offer_of_lever_proves_what_its_status_says(offer: dict[str, Any], kinds: set[str], gone: set[str]):
    came = lever_told(lever_offers({**_STARTS, **offer}))
    assert (proved(came).keys() == kinds, withdrawn(came)) == (True, sorted(f"{lever.OPP}:{kind}" for kind in gone))


def test_an_offer_of_lever_that_was_accepted_outside_is_agreed_by_the_hire():
    sent = {**_STARTS, "status": "sent-manually", "sentAt": 1777885200000}
    told = proved(lever_told(lever_offers(sent), "api_opportunity_hired"))
    assert told["start_agreed"].on == date(2026, 6, 15)
    signed_at = {"candidate": {"signedAt": 1777888800000}, "manager": {"signedAt": 1777885200000}}
    signed = proved(lever_told(lever_offers({**sent, "status": "signed", "signatures": signed_at})))
    assert signed["start_agreed"].at == datetime(2026, 5, 4, 10, tzinfo=UTC)


def test_the_newest_offer_of_lever_counts_and_an_unknown_status_is_listed():
    older, newer = {**_STARTS, "status": "signed"}, {"createdAt": 2, "status": "reviewing"}
    came = lever_told(lever_offers(newer, older))
    assert (proved(came), list(came.unknown)) == ({}, ["offer status: reviewing"])


def test_offers_of_lever_are_polled_with_their_opportunity_and_a_key_that_may_not_read_them_is_held_up_by_nothing():
    opportunities = {"data": [own("lever", "api_opportunity")["data"]], "hasNext": False}
    replies = lever.api(**{"opportunities": opportunities, _OFFERS: own("lever", "api_offers")})
    [event] = lever.page("offers", {}, replies).items
    came = run(lever.LEVER.translate(event, lever.ACCOUNT), {})
    assert proved(came).keys() == {"written_offer", "start_agreed"}
    assert lever.page("offers", {}, {**replies, _OFFERS: Reply(403, None)}).items == []
    assert proved(lever_told(Reply(403, None))) == {}


# --- Bullhorn ---


def test_a_placement_of_bullhorn_agrees_on_the_day_it_begins():
    [agreed] = proved(bullhorn.said(bullhorn.told("Placement", 1201))).values()
    assert (agreed.id, agreed.application_id, agreed.on) == ("1201:start_agreed", "55001", date(2026, 6, 1))
    assert agreed.at == datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_a_placement_of_bullhorn_that_was_deleted_agrees_on_nothing():
    assert withdrawn(bullhorn.said(bullhorn.told("Placement", 1201, "DELETED"))) == ["1201:start_agreed"]


def referenced(**changes: Any) -> Translation:
    """What a walk makes of a reference, row and all."""
    row = {**own("bullhorn", "CandidateReference")["data"], **changes}

    def answer(ask: Ask) -> Any:
        return {"data": [row]} if ask.path == "query/CandidateReference" else bullhorn.api(ask)

    page = run(bullhorn.BULLHORN.page("references", bullhorn.NOW, {}, bullhorn.ACCOUNT, bullhorn.NOW), answer)
    [event] = page.items
    assert not {"Tom", "Tomson", "test@test.com"} & set(str(event.document).replace("'", " ").split())
    return bullhorn.said(event)


@pytest.mark.parametrize(
    ("status", "done", "cancelled"),
    [
        ("Pending", False, False),
        ("", False, False),
        ("In Progress", False, False),
        ("Completed", True, False),
        ("Done", True, False),
        ("Declined", False, True),
        ("Canceled", False, True),
        ("Crossed", False, True),
    ],
)
def test_a_reference_of_bullhorn_is_a_check_by_its_status(status: str, done: bool, cancelled: bool):
    check = one(referenced(status=status), Check)
    assert (check.kind, check.application_id, check.label) == ("reference", "55001", "T.T.")
    assert check.asked_at == datetime(2026, 5, 2, 9, tzinfo=UTC)
    assert check.ready_at == check.version == datetime(2026, 5, 3, 9, tzinfo=UTC)
    assert (check.done_at is not None, check.cancelled_at is not None) == (done, cancelled)


def test_a_reference_of_bullhorn_without_a_job_or_details_is_the_candidates_and_not_ready():
    came = referenced(jobOrder=None, referenceEmail="", status="Sent to referee")
    check = one(came, Check)
    assert (check.application_id, check.candidate_id, check.ready_at) == (None, "21805", None)
    assert came.unknown == ("reference status: Sent to referee",)


def test_the_job_of_a_reference_may_be_an_association_and_its_referee_a_contact():
    came = referenced(jobOrder={"id": 3301, "title": "Analyst"}, referenceEmail="", referenceClientContact={"id": 9})
    check = one(came, Check)
    assert (check.application_id, check.ready_at is not None) == ("55001", True)


def test_a_reference_of_bullhorn_that_was_deleted_is_gone():
    assert Gone(kind="check", id="1", version=datetime(2026, 5, 3, 9, tzinfo=UTC)) in referenced(isDeleted=True).records


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_user_who_may_not_read_references_is_held_up_by_nothing(status: int):
    says = bullhorn.BULLHORN.page("references", bullhorn.NOW, {}, bullhorn.ACCOUNT, bullhorn.NOW)
    page = run(says, lambda _: Reply(status, {"errorMessage": "no"}))
    assert (page.items, page.more) == ([], False)


def test_no_reference_however_hostile_breaks_the_translation():
    row = own("bullhorn", "CandidateReference")["data"]
    says = bullhorn.BULLHORN.page("references", bullhorn.NOW, {}, bullhorn.ACCOUNT, bullhorn.NOW)
    [event] = run(says, lambda _: {"data": [row]}).items

    def translates(document: Any) -> Any:
        return bullhorn.BULLHORN.translate(replace(event, document=document), bullhorn.ACCOUNT)

    assert endures(translates, event.document, bullhorn.api) > 50


# --- Recruit CRM ---

FIELD = Account(credentials={"token": "live"}, settings={"placement_start_field": "1"})


def test_a_placement_of_recruit_crm_agrees_on_the_day_of_the_field_that_is_named():
    [agreed] = proved(recruitcrm.told("placement.created", account=FIELD)).values()
    assert (agreed.id, agreed.on) == ("41:start_agreed", date(2026, 6, 15))
    assert agreed.application_id == f"{recruitcrm.PERSON}:{recruitcrm.JOB}"
    assert agreed.at == datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert proved(recruitcrm.told("placement.created")) == {}


@pytest.mark.parametrize("fields", [[], [{"field_id": 1, "value": ""}], [{"field_id": 2, "value": "2026-06-15"}]])
def test_a_placement_of_recruit_crm_whose_field_is_empty_agrees_on_nothing(fields: list[Any]):
    came = recruitcrm.told("placement.created", account=FIELD, custom_fields=fields)
    assert (proved(came), withdrawn(came)) == ({}, ["41:start_agreed"])


def test_the_published_placement_of_recruit_crm_agrees_on_nothing():
    record = published("recruitcrm")["placement.created"]
    event = recruitcrm.CRM.event(recruitcrm.request(record, "placement.created"))
    came = run(recruitcrm.CRM.translate(replace(event, occurred_at=recruitcrm.NOW), FIELD), recruitcrm.api())
    assert proved(came) == {}


def test_an_update_of_a_placement_of_recruit_crm_moves_the_day_and_no_stage():
    event = recruitcrm.hook("placement.created", custom_fields=[{"field_id": 1, "value": "2026-06-22"}])
    updated = replace(event, type="placement.updated")
    [record] = run(recruitcrm.CRM.translate(updated, FIELD), recruitcrm.api()).records
    assert (type(record), getattr(record, "on", None)) == (Milestone, date(2026, 6, 22))
    alone = run(recruitcrm.CRM.translate(updated, recruitcrm.ACCOUNT), recruitcrm.api())
    assert "placement_start_field" in (alone.ignored or "")
    deleted = run(recruitcrm.CRM.translate(replace(event, type="placement.deleted"), FIELD), recruitcrm.api())
    assert withdrawn(deleted) == ["41:start_agreed"]


# --- JobAdder ---


def placement(**changes: Any) -> Translation:
    document = {**own("jobadder", "placement"), **changes}
    return jobadder.said(Event("p", "fetched.placements", document, jobadder.NOW))


def test_an_approved_placement_of_jobadder_agrees_on_its_start_date():
    [agreed] = proved(placement()).values()
    assert (agreed.id, agreed.application_id, agreed.on) == (
        "2001:start_agreed",
        jobadder.APPLICATION,
        date(2026, 6, 1),
    )
    assert agreed.at == datetime(2026, 5, 4, 8, 50, tzinfo=UTC)


@pytest.mark.parametrize("changes", [{"approved": False}, {"startDate": None}, {"startDate": "soon"}])
def test_a_placement_of_jobadder_that_is_not_approved_or_has_no_day_agrees_on_nothing(changes: dict[str, Any]):
    came = placement(**changes)
    assert (proved(came), withdrawn(came)) == ({}, ["2001:start_agreed"])


def test_a_credit_of_jobadder_is_no_placement():
    assert placement(type="Credit").records == ()
