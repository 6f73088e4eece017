"""Changes in one place that affect others: they reach every open application after a sweep."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.access.models import reassessment
from app.applications.history_loader import load
from app.applications.models import application
from app.rules.assess import RULES_VERSION
from tests.applications.agency_client import AgencyClient, Row, at, day, done


def agrees(agency: AgencyClient, *applications: str) -> None:
    """Assert that the stored state equals a new assessment."""
    assert agency.rows(reassessment) == []
    for one in applications or (agency.id,):
        assert agency.active_flags(one) == agency.found(one)


def test_a_word_on_one_application_ends_the_silence_on_the_others(agency: AgencyClient):
    other, ended = agency.open_elsewhere()["id"], agency.open(stage="rejected")["id"]
    for one in (agency.id, other):
        agency.says("recruiter", "candidate", "question", one)
    agency.wait(day(6, 9))
    assert agency.active_flags()["going_quiet"] == agency.active_flags(other)["going_quiet"] == "watch"
    agency.says("candidate", "recruiter", "answer")
    assert "going_quiet" not in agency.active_flags()
    assert "going_quiet" in agency.active_flags(other)
    assert "going_quiet" not in agency.found(other), "the assessment is computed again and right at once"
    agency.sweep()
    assert "going_quiet" not in agency.active_flags(other)
    agrees(agency, agency.id, other, ended)


@pytest.mark.parametrize("body", [{"status": "filled"}, {"status_at": day(2)}])
def test_a_job_that_is_closed_is_looked_at_on_all_its_open_applications(agency: AgencyClient, body: Row):
    other, elsewhere = agency.open()["id"], agency.open_elsewhere()["id"]
    agency.sweep()
    agency.clock.advance(seconds=1)
    agency.patch(f"jobs/{agency.job['id']}", **body)
    agency.sweep()
    assessed = {str(row["id"]) for row in agency.rows(application) if row["assessed_at"] == agency.clock.now}
    assert assessed == {agency.id, other}, f"and not {elsewhere}, which is on another job"
    key = agency.rows(application)[0]["agency_id"], UUID(agency.id)
    loaded = agency.service.read(lambda conn: load(conn, [key])[key])
    job = agency.get(f"jobs/{agency.job['id']}")
    assert (loaded.history.job_status, loaded.history.job_status_at) == (job["status"], at(job["status_at"]))
    agency.patch(f"jobs/{agency.job['id']}", title="Fitter and turner", **{name: job[name] for name in body})
    assert agency.sweep() == 0, "nothing that the rules read has changed"


def test_a_voided_word_brings_the_silence_back_on_the_others(agency: AgencyClient):
    other = agency.open_elsewhere()["id"]
    agency.says("recruiter", "candidate", "question", other)
    word = agency.says("candidate", "recruiter", occurred_at=day(4, 10) - timedelta(hours=1))
    agency.wait(day(6, 9))
    assert "going_quiet" not in agency.active_flags(other)
    done(agency.post(f"interactions/{word['id']}/void", reason="Another Robin"), 200)
    agency.sweep()
    assert agency.active_flags(other)["going_quiet"] == "watch"


def test_a_corrected_word_is_heard_on_the_others_no_longer(agency: AgencyClient):
    other = agency.open_elsewhere()["id"]
    agency.says("recruiter", "candidate", "question", other)
    body = {"application_id": agency.id, "from_party": "candidate", "to_party": "client"}
    done(agency.put("interactions/by-ref/jobadder/1", **body))
    agency.wait(day(6, 9))
    assert "going_quiet" not in agency.active_flags(other)
    done(agency.put("interactions/by-ref/jobadder/1", **(body | {"from_party": "recruiter"})), 200)
    agency.sweep()
    assert agency.active_flags(other)["going_quiet"] == "watch"


def test_a_debrief_and_a_talk_are_heard_on_the_others(agency: AgencyClient):
    others = [agency.open_elsewhere()["id"] for _ in range(2)]
    interview = agency.interview(ended=day(4, 8))
    for other in others:
        agency.says("recruiter", "candidate", "question", other)
    agency.wait(day(6, 9))
    agency.add(f"interviews/{interview['id']}/debriefs")
    agency.sweep()
    assert all("going_quiet" not in agency.active_flags(other) for other in others)
    for other in others:
        agency.clock.advance(minutes=1)
        agency.says("recruiter", "candidate", "question", other)
    agency.wait(day(8, 9))
    assert all("going_quiet" in agency.active_flags(other) for other in others)
    agency.says("recruiter", "candidate", "check_in", two_way=True)
    agency.sweep()
    assert all("going_quiet" not in agency.active_flags(other) for other in others)


def test_a_timeline_reaches_every_application_of_its_job(agency: AgencyClient):
    second = agency.open(candidate_id=agency.add("candidates", name="Alex")["id"])["id"]
    for one in (agency.id, second):
        agency.interview(one, ended=day(4, 8))
    agency.wait(day(6, 9))
    assert agency.active_flags()["timeline_missing"] == agency.active_flags(second)["timeline_missing"] == "watch"
    revision = agency.add(f"jobs/{agency.job['id']}/timeline-revisions", stated_by="client", decision_by="2026-05-08")
    assert "timeline_missing" not in agency.found(second)
    agency.sweep()
    assert "timeline_missing" not in {*agency.active_flags(), *agency.active_flags(second)}
    done(agency.post(f"timeline-revisions/{revision['id']}/void", reason="Another job"), 200)
    agency.sweep()
    assert agency.active_flags()["timeline_missing"] == agency.active_flags(second)["timeline_missing"] == "watch"
    agrees(agency, agency.id, second)


@pytest.mark.parametrize("level", ["policy", "organisations/{organisation}/policy", "jobs/{job}/policy"])
def test_a_policy_reaches_every_open_application_beneath_it(agency: AgencyClient, level: str):
    path = level.format(organisation=agency.organisation["id"], job=agency.job["id"])
    elsewhere = agency.open_elsewhere()["id"]
    for one in (agency.id, elsewhere):
        agency.interview(one, ended=day(4, 8))
    agency.wait(day(5, 9))
    agency.patch(path, follow_up_overdue={"enabled": False})
    assert "follow_up_overdue" not in agency.found()
    agency.sweep()
    assert "follow_up_overdue" not in agency.active_flags()
    assert ("follow_up_overdue" in agency.active_flags(elsewhere)) == (level != "policy")
    agrees(agency, agency.id, elsewhere)
    agency.patch(path, follow_up_overdue=None)
    agency.sweep()
    assert "follow_up_overdue" in agency.active_flags()
    agrees(agency, agency.id, elsewhere)


def test_a_policy_reaches_an_ended_application_that_still_owes_a_closing_word(agency: AgencyClient):
    done(agency.moves("rejected", reason="Pay"))
    agency.wait(day(6, 9))
    assert agency.active_flags() == {"closure_owed": "watch"}
    agency.patch("policy", closure_owed={"enabled": False})
    agency.sweep()
    assert (agency.active_flags(), agency.actions()) == ({}, [])


def test_a_closing_word_that_was_not_owed_by_the_policy_is_owed_when_the_policy_asks_for_it(agency: AgencyClient):
    agency.patch("policy", closure_owed={"enabled": False})
    done(agency.moves("rejected", reason="Another candidate", at=day(4)))
    agency.wait(day(12))
    assert agency.active_flags() == {}
    agency.patch("policy", closure_owed={"enabled": None})
    agency.sweep()
    assert agency.active_flags() == agency.found() == {"closure_owed": "critical"}


def test_an_organisations_calendar_moves_what_is_due_there(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.clock.now = day(4, 15)
    agency.patch(f"organisations/{agency.organisation['id']}", time_zone="Australia/Sydney", holiday_region="AU-NSW")
    assert agency.found() == {"follow_up_overdue": "warning"}, "midnight in Sydney was an hour ago"
    agency.sweep()
    agrees(agency)
    assert at(agency.flag("follow_up_overdue")["since"]) == day(4, 14)


def test_an_organisations_contact_style_is_read_again(agency: AgencyClient):
    agency.says("candidate", "client", "information")
    assert agency.active_flags() == {}
    agency.patch(f"organisations/{agency.organisation['id']}", contact_style={"direct_contact": "via_recruiter"})
    agency.sweep()
    assert agency.active_flags() == {"off_channel_contact": "watch"}
    agrees(agency)


def test_a_candidates_absence_is_read_again(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(6, 9))
    assert agency.active_flags()["going_quiet"] == "watch"
    agency.patch(f"candidates/{agency.candidate['id']}", away=[{"from": "2026-05-05", "to": "2026-05-08"}])
    assert "going_quiet" not in agency.found()
    agency.sweep()
    assert "going_quiet" not in agency.active_flags()
    agrees(agency)
    agency.patch(f"candidates/{agency.candidate['id']}", away=[])
    agency.sweep()
    assert agency.active_flags()["going_quiet"] == "watch"
    agrees(agency)


def test_a_candidates_calendar_is_read_again(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(5, 15))
    assert "going_quiet" not in agency.active_flags()
    agency.patch(f"candidates/{agency.candidate['id']}", time_zone="Australia/Sydney")
    assert agency.found()["going_quiet"] == "watch", "in Sydney it is Wednesday"
    agency.sweep()
    agrees(agency)


def test_an_agencys_calendar_moves_its_own_duties(agency: AgencyClient):
    agency.says("candidate", "recruiter", "question")
    agency.wait(day(5, 15))
    assert "reply_owed" not in agency.active_flags()
    agency.patch("agency", time_zone="Australia/Sydney")
    assert agency.found()["reply_owed"] == "watch", "in Sydney it is Wednesday"
    agency.sweep()
    agrees(agency)


def test_newer_rules_reassess_everything(agency: AgencyClient, monkeypatch: pytest.MonkeyPatch):
    everything = [agency.id, *(agency.open()["id"] for _ in range(4)), agency.open(stage="rejected")["id"]]
    agency.wait(day(4, 12))
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", RULES_VERSION + 1)
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 2)
    assert agency.sweep() == len(everything)
    assert {row["rules_version"] for row in agency.rows(application)} == {RULES_VERSION + 1}
    assert agency.sweep() == 0


@pytest.mark.parametrize("number", [5, 6, 7])
def test_a_large_agency_is_swept_in_steps_and_nobody_is_left_out(
    agency: AgencyClient, monkeypatch: pytest.MonkeyPatch, number: int
):
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 3)
    everything = [agency.id, *(agency.open()["id"] for _ in range(number - 1))]
    agency.patch("policy", nothing_booked={"warning": 3})
    assert agency.sweep() == number
    assert {row["policy_version"] for row in agency.rows(application)} == {2}
    assert len(everything) == number
    agrees(agency, *everything)


def test_what_changes_nothing_for_the_rules_asks_for_nothing(agency: AgencyClient):
    agency.patch(f"candidates/{agency.candidate['id']}", email="robin@example.org")
    agency.patch(f"organisations/{agency.organisation['id']}", name="Acme and Sons")
    agency.patch(f"jobs/{agency.job['id']}", title="Senior fitter")
    agency.patch("agency", name="Harbour and Sons")
    assert agency.rows(reassessment) == []
    assert agency.sweep() == 0


def test_what_opens_or_reopens_is_looked_at_once_more_since_a_ripple_may_have_missed_it(agency: AgencyClient):
    agency.open()
    assert agency.sweep() == 1
    done(agency.moves("withdrawn", reason="took another job"))
    assert agency.sweep() == 0
    done(agency.moves("awaiting_decision", reopen=True, reason="changed their mind"))
    assert agency.sweep() == 1
    assert agency.sweep() == 0
