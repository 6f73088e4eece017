"""Contacts on a candidate's other applications reach the ended one that is kept warm, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.applications.history_loader import load
from app.applications.models import application
from app.rules.history import History
from tests.applications.agency_client import AgencyClient, Row, at, day, done


def history(agency: AgencyClient, id: str) -> History:
    """Return the history of an application as the rules read it."""
    key = (UUID(agency.get("agency")["id"]), UUID(id))
    database = agency.service.app.state.shared.database
    found: History = agency.service.run(database.across_agencies().read, lambda conn: load(conn, [key])[key].history)
    return found


def contacts(agency: AgencyClient, id: str) -> list[datetime]:
    return [word.at for word in history(agency, id).contacts_elsewhere]


@pytest.fixture
def kept(agency: AgencyClient) -> Row:
    """Return an ended application of the same candidate that is kept warm."""
    ended = agency.open_elsewhere(stage="rejected")
    return agency.add(f"applications/{ended['id']}/keep-warm-marks", until="2026-12-01", note="Close")


def assessed_at(agency: AgencyClient, id: str) -> datetime:
    (row,) = agency.rows(application, application.c.id == UUID(id))
    return row["assessed_at"]  # type: ignore[no-any-return]


def test_a_mark_is_read_by_the_rules_until_it_is_voided(agency: AgencyClient, kept: Row):
    (mark,) = history(agency, kept["application_id"]).keep_warm
    assert (mark.id, mark.at, str(mark.until), mark.ended_at) == (kept["id"], day(4), "2026-12-01", None)
    agency.patch(f"keep-warm-marks/{kept['id']}", ended_at=day(4))
    assert history(agency, kept["application_id"]).keep_warm[0].ended_at == day(4)
    done(agency.post(f"keep-warm-marks/{kept['id']}/void", reason="Another Robin"), 200)
    assert history(agency, kept["application_id"]).keep_warm == ()


def test_contacts_with_us_on_other_applications_are_read_where_there_is_a_mark(agency: AgencyClient, kept: Row):
    agency.says("recruiter", "candidate", "check_in", occurred_at=day(3, 10))
    agency.says("candidate", "recruiter", "answer", occurred_at=day(3, 11))
    agency.says("candidate", "client", "thank_you", occurred_at=day(3, 12))
    agency.says("recruiter", "client", "chase", occurred_at=day(3, 13))
    agency.says("recruiter", "candidate", automatic=True, occurred_at=day(3, 14))
    wrong = agency.says("recruiter", "candidate", occurred_at=day(3, 15))
    done(agency.post(f"interactions/{wrong['id']}/void", reason="Another Robin"), 200)
    agency.says("recruiter", "candidate", application=kept["application_id"], occurred_at=day(3, 16))
    assert contacts(agency, kept["application_id"]) == [day(3, 10), day(3, 11)]
    unmarked = agency.open(stage="withdrawn")["id"]
    assert contacts(agency, unmarked) == contacts(agency, agency.id) == []


TELLING: dict[str, dict[str, Any]] = {
    "ours": {"from_party": "recruiter", "to_party": "candidate"},
    "theirs": {"from_party": "candidate", "to_party": "recruiter"},
    "a talk": {"from_party": "recruiter", "to_party": "candidate", "two_way": True},
}
OF_NO_INTEREST: dict[str, dict[str, Any]] = {
    "to the client": {"from_party": "candidate", "to_party": "client"},
    "automatic": {"from_party": "recruiter", "to_party": "candidate", "automatic": True},
    "of ours to the client": {"from_party": "recruiter", "to_party": "client"},
}


@pytest.mark.parametrize("name", TELLING)
def test_a_contact_reaches_the_ended_application_that_is_kept_warm(agency: AgencyClient, kept: Row, name: str):
    bystander = agency.open(stage="withdrawn")["id"]
    before = agency.clock.now
    agency.clock.advance(hours=1)
    agency.add(f"applications/{agency.id}/interactions", **TELLING[name])
    assert assessed_at(agency, kept["application_id"]) == agency.clock.now
    assert assessed_at(agency, bystander) == before


@pytest.mark.parametrize("name", OF_NO_INTEREST)
def test_what_is_no_contact_with_the_candidate_does_not(agency: AgencyClient, kept: Row, name: str):
    before = agency.clock.now
    agency.clock.advance(hours=1)
    agency.add(f"applications/{agency.id}/interactions", **OF_NO_INTEREST[name])
    assert assessed_at(agency, kept["application_id"]) == before


def test_a_voided_and_a_corrected_contact_reach_it_too(agency: AgencyClient, kept: Row):
    path, body = "interactions/by-ref/crm/1", {"application_id": agency.id} | TELLING["ours"]
    said = done(agency.put(path, **body))
    for changed in ({"occurred_at": day(3)}, {"to_party": "client"}):
        agency.clock.advance(hours=1)
        done(agency.put(path, **body | changed), 200)
        assert assessed_at(agency, kept["application_id"]) == agency.clock.now
    done(agency.put(path, **body), 200)
    agency.clock.advance(hours=1)
    done(agency.post(f"interactions/{said['id']}/void", reason="Another Robin"), 200)
    assert assessed_at(agency, kept["application_id"]) == agency.clock.now


def test_a_debrief_and_a_file_reach_it_too(agency: AgencyClient, kept: Row):
    interview = agency.interview(ended=day(4, 8))
    agency.clock.advance(hours=1)
    agency.add(f"interviews/{interview['id']}/debriefs")
    assert assessed_at(agency, kept["application_id"]) == agency.clock.now
    agency.clock.advance(hours=1)
    lines = f"id,application_id,from party,to party,channel\nm1,{agency.id},recruiter,candidate,email\n"
    answer = agency.admin.request(
        "POST", "/v1/imports/interactions", {"Content-Type": "text/csv"}, content=lines.encode()
    )
    assert done(answer)["errors"] == []
    assert assessed_at(agency, kept["application_id"]) == agency.clock.now


@pytest.mark.parametrize("ending", ["ended", "voided", "reopened"])
def test_a_mark_that_stands_no_longer_is_not_reached(agency: AgencyClient, kept: Row, ending: str):
    agency.clock.advance(hours=1)
    if ending == "voided":
        done(agency.post(f"keep-warm-marks/{kept['id']}/void", reason="Another Robin"), 200)
    elif ending == "ended":
        agency.patch(f"keep-warm-marks/{kept['id']}", ended_at=agency.clock.now)
    else:
        moves = f"applications/{kept['application_id']}/transitions"
        done(agency.post(moves, to="offer", reopen=True, reason="Their first choice declined"))
        agency.clock.advance(hours=1)
        done(agency.post(moves, to="rejected", reason="The budget is gone"))
    before = assessed_at(agency, kept["application_id"])
    agency.clock.advance(hours=1)
    agency.says("recruiter", "candidate", "check_in")
    assert assessed_at(agency, kept["application_id"]) == before
    assert at(kept["at"]) < before < agency.clock.now
