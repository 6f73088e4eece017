"""The worklist: today's actions over all applications, the most urgent first, with everything needed to call."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.applications.models import action
from app.kit.errors import Problem
from app.kit.pagination import Cursors, Paging
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused


def lines(agency: AgencyClient, **params: object) -> list[Row]:
    items: list[Row] = agency.get("worklist", **params)["items"]
    return items


def test_a_line_names_everything_that_is_needed_to_call(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    (line,) = [line for line in lines(agency) if line["kind"] == "follow_up_hiring_manager"]
    assert line["candidate"] == {"id": agency.candidate["id"], "name": "Robin Reed"}
    assert line["job"] == {"id": agency.job["id"], "name": "Fitter"}
    assert line["organisation"] == {"id": agency.organisation["id"], "name": "Acme"}
    assert (line["application_id"], line["recruiter_id"]) == (agency.id, None)
    assert (at(line["opens_at"]), at(line["due_at"]), line["overdue"]) == (day(4, 8), day(5, 0), False)
    (found,) = [one for one in agency.assessment()["actions"] if one["kind"] == line["kind"]]
    assert (line["reason"], line["prompts"]) == (found["reason"], found["prompts"])


def the_line(agency: AgencyClient, kind: str) -> Row:
    (line,) = [line for line in lines(agency) if line["kind"] == kind]
    return line


def person(agency: AgencyClient, name: str, role: str, **reached: str) -> Row:
    return agency.add(f"organisations/{agency.organisation['id']}/client-contacts", name=name, role=role, **reached)


def test_a_line_names_the_interview_and_the_severity_of_its_flag(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    about = {line["kind"]: line["interview_id"] for line in lines(agency)}
    assert about == dict.fromkeys(
        ("follow_up_hiring_manager", "debrief_candidate", "remind_thank_you", "ask_timeline"), interview["id"]
    )
    assert {line["severity"] for line in lines(agency)} == {None}
    agency.wait(day(6, 9))
    assert the_line(agency, "follow_up_hiring_manager")["severity"] == "critical"
    assert the_line(agency, "debrief_candidate")["severity"] == "watch"
    agency.add(f"interviews/{interview['id']}/follow-ups", reached=False, channel="voicemail")
    agency.wait(day(7, 9))
    assert the_line(agency, "retry_follow_up")["interview_id"] == interview["id"]
    agency.says("candidate", "recruiter", "question")
    assert the_line(agency, "reply_to_candidate")["interview_id"] is None


def test_a_line_names_the_candidate_to_contact(agency: AgencyClient):
    agency.patch(f"candidates/{agency.candidate['id']}", phone="+61 400 000 111", email="robin@example.com")
    agency.interview(ended=day(4, 8))
    for kind in ("debrief_candidate", "remind_thank_you"):
        assert the_line(agency, kind)["contact"] == {
            "party": "candidate",
            "id": agency.candidate["id"],
            "name": "Robin Reed",
            "role": None,
            "phone": "+61 400 000 111",
            "email": "robin@example.com",
        }


def test_a_line_names_whom_to_contact_at_the_client(agency: AgencyClient):
    """The contact is the hiring manager, else the first interviewer, else the last contact, else nobody."""
    interview = agency.interview(ended=day(4, 8))
    assert the_line(agency, "follow_up_hiring_manager")["contact"] is None
    first, second = (person(agency, name, "hr") for name in ("Ada", "Ben"))
    agency.says("recruiter", "client", "information", client_contact_id=second["id"], occurred_at=day(4, 7))
    agency.says("recruiter", "client", "information", client_contact_id=first["id"], occurred_at=day(4, 6))
    assert the_line(agency, "follow_up_hiring_manager")["contact"]["name"] == "Ben"
    cleo, dan = (person(agency, name, "interviewer") for name in ("Cleo", "Dan"))
    agency.patch(f"interviews/{interview['id']}", interviewer_ids=[cleo["id"], dan["id"]])
    assert the_line(agency, "follow_up_hiring_manager")["contact"]["name"] == "Cleo"
    manager = person(agency, "Eve", "hiring_manager", phone="+61 2 5550 0100", email="eve@example.com")
    agency.patch(f"jobs/{agency.job['id']}", hiring_manager_id=manager["id"])
    for kind in ("follow_up_hiring_manager", "ask_timeline"):
        assert the_line(agency, kind)["contact"] == {
            "party": "client",
            "id": manager["id"],
            "name": "Eve",
            "role": "hiring_manager",
            "phone": "+61 2 5550 0100",
            "email": "eve@example.com",
        }


def test_a_contact_of_a_talk_that_was_taken_back_is_not_the_one_met_last(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    met, wrong = (person(agency, name, "hr") for name in ("Ada", "Ben"))
    agency.says("recruiter", "client", "information", client_contact_id=met["id"], occurred_at=day(4, 6))
    said = agency.says("recruiter", "client", "information", client_contact_id=wrong["id"], occurred_at=day(4, 7))
    done(agency.post(f"interactions/{said['id']}/void", reason="Another job"), 200)
    assert the_line(agency, "follow_up_hiring_manager")["contact"]["name"] == "Ada"


def test_a_promise_is_asked_of_its_party_and_the_recruiters_own_names_nobody(agency: AgencyClient):
    manager = person(agency, "Eve", "hiring_manager")
    agency.patch(f"jobs/{agency.job['id']}", hiring_manager_id=manager["id"])
    for party in ("candidate", "client", "recruiter"):
        path = f"applications/{agency.id}/commitments"
        agency.add(path, owed_by=party, description=party, due_on="2026-05-04")
    agency.wait(day(5, 9))
    asked = {line["commitment"]["description"]: line["contact"] for line in lines(agency) if line["commitment"]}
    assert (asked["candidate"]["party"], asked["candidate"]["name"]) == ("candidate", "Robin Reed")
    assert (asked["client"]["party"], asked["client"]["name"]) == ("client", "Eve")
    assert asked["recruiter"] is None


def test_a_promise_due_in_years_is_not_on_todays_list(agency: AgencyClient):
    path = f"applications/{agency.id}/commitments"
    agency.add(path, owed_by="recruiter", description="Certificates", due_on="2030-01-15")
    assert "keep_commitment" not in agency.actions()
    assert "keep_commitment" not in agency.actions(on="2030-01-07")
    assert "keep_commitment" in agency.actions(on="2030-01-08")
    agency.add(path, owed_by="recruiter", description="Roster", due_on="2026-05-12")
    assert "keep_commitment" not in agency.actions()
    agency.wait(day(5, 0))
    assert "keep_commitment" in agency.actions()
    agency.patch("policy", commitment_overdue={"ahead_days": 2})
    agency.sweep()
    assert "keep_commitment" not in agency.actions()


def test_every_line_of_today_has_opened_by_the_end_of_today(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"interviews/{interview['id']}/follow-ups", reached=False)
    agency.says("recruiter", "candidate", "question")
    agency.add(f"applications/{agency.id}/commitments", owed_by="recruiter", description="A", due_on="2026-06-30")
    agency.wait(day(6, 10))
    listed = {action["kind"]: at(action["opens_at"]) for action in agency.assessment()["actions"]}
    shown = {line["kind"]: at(line["opens_at"]) for line in lines(agency)}
    assert shown == {kind: opens_at for kind, opens_at in listed.items() if opens_at < day(7, 0)}
    assert set(listed) - set(shown) == {"chase_decision", "keep_commitment", "update_candidate"}


def test_a_cursor_of_the_order_before_is_refused(agency: AgencyClient):
    """Cursors that were given before the upgrade have two parts where there are three now."""
    agency.interview(ended=day(4, 8))
    paging = Paging(1, None, Cursors(b"a secret"), "x")
    ids = sa.select(action.c.id).where(action.c.agency_id == UUID(agency.get("agency")["id"]))

    def pages(conn: sa.Connection) -> None:
        cursor = paging.page(conn, ids, [action.c.id], [UUID], lambda row: row.id).next_cursor
        with pytest.raises(Problem) as refusal:
            Paging(1, cursor, paging._cursors, "x").page(
                conn, ids, [action.c.due_at, action.c.id], [at, UUID], lambda row: row.id
            )
        assert (refusal.value.status, refusal.value.code) == (400, "bad_cursor")

    agency.service.read(pages)


def test_it_is_for_today_at_the_agency(agency: AgencyClient):
    assert agency.get("worklist")["on"] == "2026-05-04"
    agency.patch("agency", time_zone="Australia/Sydney")
    agency.clock.now = day(4, 15)
    assert agency.get("worklist")["on"] == "2026-05-05"


def test_the_most_urgent_comes_first_over_all_applications(agency: AgencyClient):
    other = agency.open_elsewhere()["id"]
    agency.interview(ended=day(4, 8))
    agency.interview(other, ended=day(1, 10))
    agency.sweep()
    found = lines(agency)
    ranks = [(["critical", "warning", "watch", None].index(line["severity"]), at(line["due_at"])) for line in found]
    assert ranks == sorted(ranks)
    assert len({rank for rank, _ in ranks}) > 1
    assert {line["application_id"] for line in found} == {agency.id, other}
    assert (found[0]["application_id"], found[0]["severity"], at(found[0]["due_at"])) == (other, "warning", day(2, 0))


def test_severity_comes_before_the_time_at_which_it_is_due(agency: AgencyClient):
    """Overdue actions without a flag used to be above flags of later days."""
    agency.interview(ended=day(4, 8))
    agency.wait(day(6, 1))
    found = lines(agency)
    assert [line["severity"] for line in found] == ["critical", "watch", "watch", None]
    assert (found[0]["kind"], found[-1]["kind"]) == ("follow_up_hiring_manager", "remind_thank_you")
    assert at(found[-1]["due_at"]) < at(found[1]["due_at"])


def test_what_is_late_is_marked_from_its_instant_on(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.wait(day(4, 23, 59))
    assert [line["kind"] for line in lines(agency) if line["overdue"]] == []
    agency.wait(day(5, 0))
    assert [line["kind"] for line in lines(agency) if line["overdue"]] == [
        "follow_up_hiring_manager",
        "remind_thank_you",
    ]


def test_it_comes_page_by_page_without_a_line_twice_or_missing(agency: AgencyClient):
    for _ in range(4):
        agency.interview(agency.open_elsewhere()["id"], ended=day(4, 8))
    everything = lines(agency, limit=200)
    assert len(everything) == 4 * 4 + 1
    found, cursor = [], None
    while True:
        page = agency.get("worklist", limit=5, **({"cursor": cursor} if cursor else {}))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == everything
    first = agency.get("worklist", limit=5)["next_cursor"]
    refused(agency.admin.get(f"/v1/worklist?limit=5&on=2026-05-05&cursor={first}"), 400)


def test_a_recruiter_sees_their_own_and_everybody_sees_all(agency: AgencyClient):
    sam, kim = (agency.add("recruiters", name=name)["id"] for name in ("Sam", "Kim"))
    by_sam, by_kim = (agency.open_elsewhere(recruiter_id=one)["id"] for one in (sam, kim))
    for one in (agency.id, by_sam, by_kim):
        agency.interview(one, ended=day(4, 8))
    assert {line["application_id"] for line in lines(agency)} == {agency.id, by_sam, by_kim}
    assert {line["application_id"] for line in lines(agency, recruiter=sam)} == {by_sam}
    key = agency.add("api-keys", name="Kim's", role="recruiter", recruiter_id=kim)["api_key"]
    mine = done(agency.admin.as_(key).get("/v1/worklist"), 200)["items"]
    assert {line["application_id"] for line in mine} == {by_kim}
    theirs = done(agency.admin.as_(key).get(f"/v1/worklist?recruiter={sam}"), 200)["items"]
    assert {line["application_id"] for line in theirs} == {by_sam}


def test_an_application_handed_over_takes_its_actions_along(agency: AgencyClient):
    sam, kim = (agency.add("recruiters", name=name)["id"] for name in ("Sam", "Kim"))
    handed = agency.open_elsewhere(recruiter_id=sam)["id"]
    agency.interview(handed, ended=day(4, 8))
    before = lines(agency, recruiter=sam)
    agency.patch(f"applications/{handed}", recruiter_id=kim)
    assert lines(agency, recruiter=sam) == []
    assert lines(agency, recruiter=kim) == [line | {"recruiter_id": kim} for line in before]


def test_a_future_day_shows_what_opens_by_then(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"interviews/{interview['id']}/debriefs")
    agency.add(
        f"interviews/{interview['id']}/follow-ups", timeline={"stated_by": "client", "decision_by": "2026-05-06"}
    )
    assert agency.actions() == ["remind_thank_you"]
    assert agency.actions(on="2026-05-06") == ["remind_thank_you"]
    (late, opened) = lines(agency, on="2026-05-07")
    assert (late["kind"], late["overdue"]) == ("remind_thank_you", True)
    assert (opened["kind"], opened["overdue"], at(opened["due_at"])) == ("chase_decision", False, day(8, 0))
    assert agency.get("worklist", on="2026-05-07")["on"] == "2026-05-07"
    overdue = {line["kind"]: line["overdue"] for line in lines(agency, on="2026-05-08")}
    assert overdue == {"remind_thank_you": True, "chase_decision": True}


def test_a_future_day_shows_what_is_snoozed_until_some_time_on_it(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.wait(day(5, 9))
    flag = agency.flag("follow_up_overdue")
    done(agency.post(f"flags/{flag['id']}/snooze", until=day(7, 14)), 200)
    for on, shows in (("2026-05-05", False), ("2026-05-06", False), ("2026-05-07", True), ("2026-05-08", True)):
        assert ("follow_up_hiring_manager" in agency.actions(on=on)) == shows, on


def test_what_is_done_is_gone_at_once(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"interviews/{interview['id']}/follow-ups")
    assert "follow_up_hiring_manager" not in agency.actions()
    done(agency.moves("withdrawn", reason="Took another job"))
    assert agency.actions() == []


def test_another_agency_has_its_own_worklist(agency: AgencyClient, operator):
    agency.interview(ended=day(4, 8))
    other = AgencyClient(agency.service, operator)
    assert {line["application_id"] for line in lines(other)} == {other.id}


def test_a_promise_is_named_so_that_two_of_them_can_be_distinguished(agency: AgencyClient):
    for description in ("Send the references", "Ask about the roster"):
        agency.add(
            f"applications/{agency.id}/commitments", owed_by="recruiter", description=description, due_on="2026-05-06"
        )
    named = [line["commitment"]["description"] for line in lines(agency) if line["kind"] == "keep_commitment"]
    assert sorted(named) == ["Ask about the roster", "Send the references"]
    assert {line["commitment"] for line in lines(agency) if line["kind"] != "keep_commitment"} <= {None}
    found = [action["commitment"] for action in agency.assessment()["actions"] if action["kind"] == "keep_commitment"]
    assert sorted(promise["description"] for promise in found) == sorted(named)


def test_a_key_of_a_recruiter_can_ask_for_everybody_s_day(agency: AgencyClient):
    recruiter = agency.add("recruiters", name="Sam")["id"]
    key = agency.add("api-keys", name="Sam's", recruiter_id=recruiter)["api_key"]
    theirs = agency.admin.as_(key)
    assert done(theirs.get("/v1/worklist"), 200)["items"] == []
    assert done(theirs.get("/v1/worklist?everybody=true"), 200)["items"] == lines(agency) != []
