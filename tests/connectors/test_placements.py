"""Milestones and checks of placements and references, document by document."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.connectors.canonical_records import Check, Gone, Milestone
from app.connectors.contract import Account, ApiRequest, ApiResponse, DatedEvent, Translation
from app.connectors.parsing import initials, noon_of, parse_day
from tests.connectors import bullhorn, jobadder, recruitcrm
from tests.connectors.documents import documented, own
from tests.connectors.exchanges import run
from tests.connectors.mutations import endures
from tests.connectors.results import one, proved, withdrawn

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
    assert parse_day(value) == expected


def test_a_day_without_a_time_counts_from_noon():
    assert noon_of(date(2026, 6, 15)) == datetime(2026, 6, 15, 12, tzinfo=UTC)
    assert noon_of(None) is None


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


# --- Bullhorn ---


def test_a_placement_of_bullhorn_agrees_on_the_day_it_begins():
    [agreed] = proved(bullhorn.translate(bullhorn.make_event("Placement", 1201))).values()
    assert (agreed.id, agreed.application_id, agreed.on) == ("1201:start_agreed", "55001", date(2026, 6, 1))
    assert agreed.at == datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_a_placement_of_bullhorn_that_was_deleted_agrees_on_nothing():
    assert withdrawn(bullhorn.translate(bullhorn.make_event("Placement", 1201, "DELETED"))) == ["1201:start_agreed"]


def referenced(**changes: Any) -> Translation:
    """Translate a reference as a backfill fetches it, with its row."""
    row = {**own("bullhorn", "CandidateReference")["data"], **changes}

    def answer(ask: ApiRequest) -> Any:
        return {"data": [row]} if ask.path == "query/CandidateReference" else bullhorn.api(ask)

    page = run(bullhorn.BULLHORN.page("references", bullhorn.NOW, {}, bullhorn.ACCOUNT, bullhorn.NOW), answer)
    [event] = page.items
    assert not {"Tom", "Tomson", "test@test.com"} & set(str(event.document).replace("'", " ").split())
    return bullhorn.translate(event.dated(bullhorn.NOW))


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
    page = run(says, lambda _: ApiResponse(status, {"errorMessage": "no"}))
    assert (page.items, page.more) == ([], False)


def test_no_reference_however_hostile_breaks_the_translation():
    row = own("bullhorn", "CandidateReference")["data"]
    says = bullhorn.BULLHORN.page("references", bullhorn.NOW, {}, bullhorn.ACCOUNT, bullhorn.NOW)
    [event] = run(says, lambda _: {"data": [row]}).items

    def translates(document: Any) -> Any:
        return bullhorn.BULLHORN.translate(replace(event, document=document).dated(bullhorn.NOW), bullhorn.ACCOUNT)

    assert endures(translates, event.document, bullhorn.api) > 50


# --- Recruit CRM ---

FIELD = Account(credentials={"token": "live"}, settings={"placement_start_field": "1"})


def test_a_placement_of_recruit_crm_agrees_on_the_day_of_the_field_that_is_named():
    [agreed] = proved(recruitcrm.translate("placement.created", account=FIELD)).values()
    assert (agreed.id, agreed.on) == ("41:start_agreed", date(2026, 6, 15))
    assert agreed.application_id == f"{recruitcrm.PERSON}:{recruitcrm.JOB}"
    assert agreed.at == datetime(2026, 5, 12, 6, tzinfo=UTC)
    assert proved(recruitcrm.translate("placement.created")) == {}


@pytest.mark.parametrize("fields", [[], [{"field_id": 1, "value": ""}], [{"field_id": 2, "value": "2026-06-15"}]])
def test_a_placement_of_recruit_crm_whose_field_is_empty_agrees_on_nothing(fields: list[Any]):
    came = recruitcrm.translate("placement.created", account=FIELD, custom_fields=fields)
    assert (proved(came), withdrawn(came)) == ({}, ["41:start_agreed"])


def test_the_documented_placement_of_recruit_crm_agrees_on_nothing():
    record = documented("recruitcrm")["placement.created"]
    event = recruitcrm.CRM.parse_event(recruitcrm.request(record, "placement.created"))
    came = run(recruitcrm.CRM.translate(event.dated(recruitcrm.NOW), FIELD), recruitcrm.api())
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
    return jobadder.said(DatedEvent("p", "fetched.placements", document, jobadder.NOW))


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
