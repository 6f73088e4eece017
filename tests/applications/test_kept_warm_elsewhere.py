"""Contacts on a candidate's other applications reach the ended one that is kept warm, in the same transaction."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.applications.history_loader import load
from app.applications.models import application
from app.rules.history import History
from tests.applications.desk import Desk, Row, at, day, done


def history(desk: Desk, id: str) -> History:
    """Return the history of an application as the rules read it."""
    key = (UUID(desk.get("agency")["id"]), UUID(id))
    database = desk.service.app.state.shared.database
    found: History = desk.service.run(database.across_agencies().read, lambda conn: load(conn, [key])[key].history)
    return found


def contacts(desk: Desk, id: str) -> list[datetime]:
    return [word.at for word in history(desk, id).contacts_elsewhere]


@pytest.fixture
def kept(desk: Desk) -> Row:
    """Return an ended application of the same candidate that is kept warm."""
    ended = desk.open_elsewhere(stage="rejected")
    return desk.add(f"applications/{ended['id']}/keep-warm-marks", until="2026-12-01", note="Close")


def assessed_at(desk: Desk, id: str) -> datetime:
    (row,) = desk.rows(application, application.c.id == UUID(id))
    return row["assessed_at"]  # type: ignore[no-any-return]


def test_a_mark_is_read_by_the_rules_until_it_is_voided(desk: Desk, kept: Row):
    (mark,) = history(desk, kept["application_id"]).keep_warm
    assert (mark.id, mark.at, str(mark.until), mark.ended_at) == (kept["id"], day(4), "2026-12-01", None)
    desk.patch(f"keep-warm-marks/{kept['id']}", ended_at=day(4))
    assert history(desk, kept["application_id"]).keep_warm[0].ended_at == day(4)
    done(desk.post(f"keep-warm-marks/{kept['id']}/void", reason="Another Robin"), 200)
    assert history(desk, kept["application_id"]).keep_warm == ()


def test_contacts_with_us_on_other_applications_are_read_where_there_is_a_mark(desk: Desk, kept: Row):
    desk.says("recruiter", "candidate", "check_in", occurred_at=day(3, 10))
    desk.says("candidate", "recruiter", "answer", occurred_at=day(3, 11))
    desk.says("candidate", "client", "thank_you", occurred_at=day(3, 12))
    desk.says("recruiter", "client", "chase", occurred_at=day(3, 13))
    desk.says("recruiter", "candidate", automatic=True, occurred_at=day(3, 14))
    wrong = desk.says("recruiter", "candidate", occurred_at=day(3, 15))
    done(desk.post(f"interactions/{wrong['id']}/void", reason="Another Robin"), 200)
    desk.says("recruiter", "candidate", application=kept["application_id"], occurred_at=day(3, 16))
    assert contacts(desk, kept["application_id"]) == [day(3, 10), day(3, 11)]
    unmarked = desk.open(stage="withdrawn")["id"]
    assert contacts(desk, unmarked) == contacts(desk, desk.id) == []


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
def test_a_contact_reaches_the_ended_application_that_is_kept_warm(desk: Desk, kept: Row, name: str):
    bystander = desk.open(stage="withdrawn")["id"]
    before = desk.clock.now
    desk.clock.advance(hours=1)
    desk.add(f"applications/{desk.id}/interactions", **TELLING[name])
    assert assessed_at(desk, kept["application_id"]) == desk.clock.now
    assert assessed_at(desk, bystander) == before


@pytest.mark.parametrize("name", OF_NO_INTEREST)
def test_what_is_no_contact_with_the_candidate_does_not(desk: Desk, kept: Row, name: str):
    before = desk.clock.now
    desk.clock.advance(hours=1)
    desk.add(f"applications/{desk.id}/interactions", **OF_NO_INTEREST[name])
    assert assessed_at(desk, kept["application_id"]) == before


def test_a_voided_and_a_corrected_contact_reach_it_too(desk: Desk, kept: Row):
    path, body = "interactions/by-ref/crm/1", {"application_id": desk.id} | TELLING["ours"]
    said = done(desk.put(path, **body))
    for changed in ({"occurred_at": day(3)}, {"to_party": "client"}):
        desk.clock.advance(hours=1)
        done(desk.put(path, **body | changed), 200)
        assert assessed_at(desk, kept["application_id"]) == desk.clock.now
    done(desk.put(path, **body), 200)
    desk.clock.advance(hours=1)
    done(desk.post(f"interactions/{said['id']}/void", reason="Another Robin"), 200)
    assert assessed_at(desk, kept["application_id"]) == desk.clock.now


def test_a_debrief_and_a_file_reach_it_too(desk: Desk, kept: Row):
    interview = desk.interview(ended=day(4, 8))
    desk.clock.advance(hours=1)
    desk.add(f"interviews/{interview['id']}/debriefs")
    assert assessed_at(desk, kept["application_id"]) == desk.clock.now
    desk.clock.advance(hours=1)
    lines = f"id,application_id,from party,to party,channel\nm1,{desk.id},recruiter,candidate,email\n"
    answer = desk.admin.request(
        "POST", "/v1/imports/interactions", {"Content-Type": "text/csv"}, content=lines.encode()
    )
    assert done(answer)["errors"] == []
    assert assessed_at(desk, kept["application_id"]) == desk.clock.now


@pytest.mark.parametrize("ending", ["ended", "voided", "reopened"])
def test_a_mark_that_stands_no_longer_is_not_reached(desk: Desk, kept: Row, ending: str):
    desk.clock.advance(hours=1)
    if ending == "voided":
        done(desk.post(f"keep-warm-marks/{kept['id']}/void", reason="Another Robin"), 200)
    elif ending == "ended":
        desk.patch(f"keep-warm-marks/{kept['id']}", ended_at=desk.clock.now)
    else:
        moves = f"applications/{kept['application_id']}/transitions"
        done(desk.post(moves, to="offer", reopen=True, reason="Their first choice declined"))
        desk.clock.advance(hours=1)
        done(desk.post(moves, to="rejected", reason="The budget is gone"))
    before = assessed_at(desk, kept["application_id"])
    desk.clock.advance(hours=1)
    desk.says("recruiter", "candidate", "check_in")
    assert assessed_at(desk, kept["application_id"]) == before
    assert at(kept["at"]) < before < desk.clock.now
