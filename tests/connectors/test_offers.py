"""Milestones of offers, document by document: the written offer and the agreed first day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.connectors.contract import ApiResponse, DatedEvent, Translation
from tests.connectors import ashby, greenhouse, lever
from tests.connectors.documents import documented, own
from tests.connectors.exchanges import run
from tests.connectors.results import proved, withdrawn

APPLICATION = "69306314"


# --- Greenhouse ---


def test_the_documented_hire_of_greenhouse_tells_its_offer():
    hire = documented("greenhouse")["hire_candidate"]
    milestones = proved(run(greenhouse.CRM.translate(greenhouse.hook(hire), greenhouse.ALONE)))
    assert milestones["written_offer"].at == datetime(2022, 12, 19, 12, tzinfo=UTC)
    assert (milestones["start_agreed"].at, milestones["start_agreed"].on) == (
        datetime(2022, 12, 29, 22, 49, 14, tzinfo=UTC),
        date(2023, 3, 3),
    )
    assert {each.application_id for each in milestones.values()} == {"4134"}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("offer_created", {"written_offer", "start_agreed"}),
        ("offer_approved", {"written_offer", "start_agreed"}),
        # Version 2 is deprecated: another one took its place.
        ("offer_updated", set()),
    ],
)
def test_the_documented_offers_of_greenhouse_tell_what_they_prove(name: str, kinds: set[str]):
    came = run(greenhouse.CRM.translate(greenhouse.hook(documented("greenhouse")[name]), greenhouse.ALONE))
    milestones = proved(came)
    assert milestones.keys() == kinds
    if kinds:
        assert milestones["start_agreed"].on == date(2021, 5, 24), "the month stands before the day"
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
    came = greenhouse.translate("offer_created", offers=[current])
    milestones = proved(came)
    assert milestones.keys() == kinds
    assert withdrawn(came) == sorted(f"{APPLICATION}:{kind}" for kind in {"written_offer", "start_agreed"} - kinds)
    assert {each.version for each in milestones.values()} <= {datetime(2026, 5, 13, 8, 0, 1, tzinfo=UTC)}


def test_an_offer_event_of_greenhouse_whose_offers_may_not_be_read_tells_what_it_holds():
    came = greenhouse.translate("offer_updated", offers=ApiResponse(403, None))
    assert proved(came).keys() == {"written_offer", "start_agreed"}
    assert withdrawn(came) == []


def test_a_deleted_offer_of_greenhouse_leaves_what_another_one_proves():
    assert withdrawn(greenhouse.translate("offer_deleted", offers=[])) == [
        f"{APPLICATION}:start_agreed",
        f"{APPLICATION}:written_offer",
    ]
    current = {"id": 8, "application_id": int(APPLICATION), "status": "unresolved", "sent_on": "2026-05-12"}
    came = greenhouse.translate("offer_deleted", offers=[current])
    assert (list(proved(came)), withdrawn(came)) == (["written_offer"], [f"{APPLICATION}:start_agreed"])


# --- Ashby ---


def offers(*found: dict[str, Any]) -> dict[str, Any]:
    made = [{"id": "o", "applicationId": ashby.APPLICATION, **offer} for offer in found]
    info = {"success": True, "results": made[0]} if made else ApiResponse(404, None)
    return {**ashby.api(), "/offer.list": {"success": True, "results": made}, "/offer.info": info}


ACCEPTED = {
    "acceptanceStatus": "Accepted",
    "offerStatus": "CandidateAccepted",
    "decidedAt": "2026-05-12T09:00:00.000Z",
    "latestVersion": {"startDate": "2026-06-15", "createdAt": "2026-05-11T10:00:00.000Z"},
}


def test_an_accepted_offer_of_ashby_agrees_on_its_start_date():
    [agreed] = proved(ashby.translate("offerUpdate", replies=offers(ACCEPTED))).values()
    assert (agreed.id, agreed.on) == (f"{ashby.APPLICATION}:start_agreed", date(2026, 6, 15))
    assert agreed.at == datetime(2026, 5, 12, 9, tzinfo=UTC)


def test_an_offer_of_ashby_that_is_out_is_no_written_one_and_agrees_on_nothing():
    out = {**ACCEPTED, "acceptanceStatus": "WaitingOnResponse", "offerStatus": "WaitingOnCandidateResponse"}
    came = ashby.translate("offerUpdate", replies=offers(out))
    assert (proved(came), withdrawn(came)) == ({}, [f"{ashby.APPLICATION}:start_agreed"])


def test_of_several_offers_of_ashby_the_newest_counts():
    older = {**ACCEPTED, "latestVersion": {"startDate": "2026-06-01", "createdAt": "2026-05-01T10:00:00.000Z"}}
    milestones = proved(ashby.translate("offerUpdate", replies=offers(older, ACCEPTED)))
    assert milestones["start_agreed"].on == date(2026, 6, 15)


@pytest.mark.parametrize(("event", "stands"), [("sent", True), ("completed", True), ("cancelled", False)])
def test_a_signature_of_ashby_tells_whether_an_offer_is_in_writing(event: str, stands: bool):
    document = own("ashby", "signatureRequestUpdate")
    document["data"]["eventType"] = event
    came = run(ashby.CRM.translate(ashby.hook(document), ashby.ACCOUNT), offers(ACCEPTED))
    written = f"{ashby.APPLICATION}:written_offer"
    assert (list(proved(came)), withdrawn(came)) == ((["written_offer"], []) if stands else ([], [written]))


def test_the_documented_signature_of_an_application_proves_no_offer():
    came = run(ashby.CRM.translate(ashby.hook(documented("ashby")["signatureRequestUpdate"]), ashby.ACCOUNT), {})
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


def translate_lever(offers: Any, opportunity: str = "api_opportunity") -> Translation:
    event = DatedEvent("1", "candidateHired", {"data": {"opportunityId": lever.OPP}}, lever.T)
    return run(lever.LEVER.translate(event, lever.ACCOUNT), lever.api(opportunity, **{_OFFERS: offers}))


_OFFERS = f"opportunities/{lever.OPP}/offers"
_STARTS = {"fields": [{"identifier": "anticipated_start_date", "value": 1781481600000}]}


def test_the_documented_offer_of_lever_was_signed_and_has_a_first_day():
    milestones = proved(translate_lever(own("lever", "api_offers")))
    assert (milestones["written_offer"].id, milestones["written_offer"].at) == (f"{lever.OPP}:written_offer", None)
    assert (milestones["start_agreed"].on, milestones["start_agreed"].at) == (date(2016, 10, 4), None)


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
    came = translate_lever(lever_offers({**_STARTS, **offer}))
    assert (proved(came).keys() == kinds, withdrawn(came)) == (True, sorted(f"{lever.OPP}:{kind}" for kind in gone))


def test_an_offer_of_lever_that_was_accepted_outside_is_agreed_by_the_hire():
    sent = {**_STARTS, "status": "sent-manually", "sentAt": 1777885200000}
    milestones = proved(translate_lever(lever_offers(sent), "api_opportunity_hired"))
    assert milestones["start_agreed"].on == date(2026, 6, 15)
    signed_at = {"candidate": {"signedAt": 1777888800000}, "manager": {"signedAt": 1777885200000}}
    signed = proved(translate_lever(lever_offers({**sent, "status": "signed", "signatures": signed_at})))
    assert signed["start_agreed"].at == datetime(2026, 5, 4, 10, tzinfo=UTC)


def test_the_newest_offer_of_lever_counts_and_an_unknown_status_is_listed():
    older, newer = {**_STARTS, "status": "signed"}, {"createdAt": 2, "status": "reviewing"}
    came = translate_lever(lever_offers(newer, older))
    assert (proved(came), list(came.unknown)) == ({}, ["offer status: reviewing"])


def test_offers_of_lever_are_polled_with_their_opportunity_and_a_key_that_may_not_read_them_is_held_up_by_nothing():
    opportunities = {"data": [own("lever", "api_opportunity")["data"]], "hasNext": False}
    replies = lever.api(**{"opportunities": opportunities, _OFFERS: own("lever", "api_offers")})
    [event] = lever.page("offers", {}, replies).items
    came = run(lever.LEVER.translate(event, lever.ACCOUNT), {})
    assert proved(came).keys() == {"written_offer", "start_agreed"}
    assert lever.page("offers", {}, {**replies, _OFFERS: ApiResponse(403, None)}).items == []
    assert proved(translate_lever(ApiResponse(403, None))) == {}
