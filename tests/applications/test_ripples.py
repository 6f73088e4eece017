"""Changes in one place that affect others: they reach every open application after a sweep."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.access.models import reassessment
from app.applications.history_loader import load
from app.applications.models import application
from app.rules.assess import RULES_VERSION
from tests.applications.desk import Desk, Row, at, day, done


def agrees(desk: Desk, *applications: str) -> None:
    """Assert that the stored state equals a new assessment."""
    assert desk.rows(reassessment) == []
    for one in applications or (desk.id,):
        assert desk.standing(one) == desk.found(one)


def test_a_word_on_one_application_ends_the_silence_on_the_others(desk: Desk):
    other, ended = desk.open_elsewhere()["id"], desk.open(stage="rejected")["id"]
    for one in (desk.id, other):
        desk.says("recruiter", "candidate", "question", one)
    desk.wait(day(6, 9))
    assert desk.standing()["going_quiet"] == desk.standing(other)["going_quiet"] == "watch"
    desk.says("candidate", "recruiter", "answer")
    assert "going_quiet" not in desk.standing()
    assert "going_quiet" in desk.standing(other)
    assert "going_quiet" not in desk.found(other), "the assessment is computed anew and right at once"
    desk.sweep()
    assert "going_quiet" not in desk.standing(other)
    agrees(desk, desk.id, other, ended)


@pytest.mark.parametrize("body", [{"status": "filled"}, {"status_at": day(2)}])
def test_a_job_that_is_closed_is_looked_at_on_all_its_open_applications(desk: Desk, body: Row):
    other, elsewhere = desk.open()["id"], desk.open_elsewhere()["id"]
    desk.sweep()
    desk.clock.advance(seconds=1)
    desk.patch(f"jobs/{desk.job['id']}", **body)
    desk.sweep()
    assessed = {str(row["id"]) for row in desk.rows(application) if row["assessed_at"] == desk.clock.now}
    assert assessed == {desk.id, other}, f"and not {elsewhere}, which is on another job"
    key = desk.rows(application)[0]["agency_id"], UUID(desk.id)
    loaded = desk.service.read(lambda conn: load(conn, [key])[key])
    job = desk.get(f"jobs/{desk.job['id']}")
    assert (loaded.history.job_status, loaded.history.job_status_at) == (job["status"], at(job["status_at"]))
    desk.patch(f"jobs/{desk.job['id']}", title="Fitter and turner", **{name: job[name] for name in body})
    assert desk.sweep() == 0, "nothing that the rules read has changed"


def test_a_voided_word_brings_the_silence_back_on_the_others(desk: Desk):
    other = desk.open_elsewhere()["id"]
    desk.says("recruiter", "candidate", "question", other)
    word = desk.says("candidate", "recruiter", occurred_at=day(4, 10) - timedelta(hours=1))
    desk.wait(day(6, 9))
    assert "going_quiet" not in desk.standing(other)
    done(desk.post(f"interactions/{word['id']}/void", reason="Another Robin"), 200)
    desk.sweep()
    assert desk.standing(other)["going_quiet"] == "watch"


def test_a_corrected_word_is_heard_on_the_others_no_longer(desk: Desk):
    other = desk.open_elsewhere()["id"]
    desk.says("recruiter", "candidate", "question", other)
    body = {"application_id": desk.id, "from_party": "candidate", "to_party": "client"}
    done(desk.put("interactions/by-ref/jobadder/1", **body))
    desk.wait(day(6, 9))
    assert "going_quiet" not in desk.standing(other)
    done(desk.put("interactions/by-ref/jobadder/1", **(body | {"from_party": "recruiter"})), 200)
    desk.sweep()
    assert desk.standing(other)["going_quiet"] == "watch"


def test_a_debrief_and_a_talk_are_heard_on_the_others(desk: Desk):
    others = [desk.open_elsewhere()["id"] for _ in range(2)]
    interview = desk.interview(ended=day(4, 8))
    for other in others:
        desk.says("recruiter", "candidate", "question", other)
    desk.wait(day(6, 9))
    desk.add(f"interviews/{interview['id']}/debriefs")
    desk.sweep()
    assert all("going_quiet" not in desk.standing(other) for other in others)
    for other in others:
        desk.clock.advance(minutes=1)
        desk.says("recruiter", "candidate", "question", other)
    desk.wait(day(8, 9))
    assert all("going_quiet" in desk.standing(other) for other in others)
    desk.says("recruiter", "candidate", "check_in", two_way=True)
    desk.sweep()
    assert all("going_quiet" not in desk.standing(other) for other in others)


def test_a_timeline_reaches_every_application_of_its_job(desk: Desk):
    second = desk.open(candidate_id=desk.add("candidates", name="Alex")["id"])["id"]
    for one in (desk.id, second):
        desk.interview(one, ended=day(4, 8))
    desk.wait(day(6, 9))
    assert desk.standing()["timeline_missing"] == desk.standing(second)["timeline_missing"] == "watch"
    revision = desk.add(f"jobs/{desk.job['id']}/timeline-revisions", stated_by="client", decision_by="2026-05-08")
    assert "timeline_missing" not in desk.found(second)
    desk.sweep()
    assert "timeline_missing" not in {*desk.standing(), *desk.standing(second)}
    done(desk.post(f"timeline-revisions/{revision['id']}/void", reason="Another job"), 200)
    desk.sweep()
    assert desk.standing()["timeline_missing"] == desk.standing(second)["timeline_missing"] == "watch"
    agrees(desk, desk.id, second)


@pytest.mark.parametrize("level", ["policy", "organisations/{organisation}/policy", "jobs/{job}/policy"])
def test_a_policy_reaches_every_open_application_beneath_it(desk: Desk, level: str):
    path = level.format(organisation=desk.organisation["id"], job=desk.job["id"])
    elsewhere = desk.open_elsewhere()["id"]
    for one in (desk.id, elsewhere):
        desk.interview(one, ended=day(4, 8))
    desk.wait(day(5, 9))
    desk.patch(path, follow_up_overdue={"enabled": False})
    assert "follow_up_overdue" not in desk.found()
    desk.sweep()
    assert "follow_up_overdue" not in desk.standing()
    assert ("follow_up_overdue" in desk.standing(elsewhere)) == (level != "policy")
    agrees(desk, desk.id, elsewhere)
    desk.patch(path, follow_up_overdue=None)
    desk.sweep()
    assert "follow_up_overdue" in desk.standing()
    agrees(desk, desk.id, elsewhere)


def test_a_policy_reaches_an_ended_application_that_still_owes_a_closing_word(desk: Desk):
    done(desk.moves("rejected", reason="Pay"))
    desk.wait(day(6, 9))
    assert desk.standing() == {"closure_owed": "watch"}
    desk.patch("policy", closure_owed={"enabled": False})
    desk.sweep()
    assert (desk.standing(), desk.actions()) == ({}, [])


def test_a_closing_word_that_was_not_owed_by_the_policy_is_owed_when_the_policy_asks_for_it(desk: Desk):
    desk.patch("policy", closure_owed={"enabled": False})
    done(desk.moves("rejected", reason="Another candidate", at=day(4)))
    desk.wait(day(12))
    assert desk.standing() == {}
    desk.patch("policy", closure_owed={"enabled": None})
    desk.sweep()
    assert desk.standing() == desk.found() == {"closure_owed": "critical"}


def test_an_organisations_calendar_moves_what_is_due_there(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.clock.now = day(4, 15)
    desk.patch(f"organisations/{desk.organisation['id']}", time_zone="Australia/Sydney", holiday_region="AU-NSW")
    assert desk.found() == {"follow_up_overdue": "warning"}, "midnight in Sydney was an hour ago"
    desk.sweep()
    agrees(desk)
    assert at(desk.flag("follow_up_overdue")["since"]) == day(4, 14)


def test_an_organisations_contact_style_is_read_anew(desk: Desk):
    desk.says("candidate", "client", "information")
    assert desk.standing() == {}
    desk.patch(f"organisations/{desk.organisation['id']}", contact_style={"direct_contact": "via_recruiter"})
    desk.sweep()
    assert desk.standing() == {"off_channel_contact": "watch"}
    agrees(desk)


def test_a_candidates_absence_is_read_anew(desk: Desk):
    desk.says("recruiter", "candidate", "question")
    desk.wait(day(6, 9))
    assert desk.standing()["going_quiet"] == "watch"
    desk.patch(f"candidates/{desk.candidate['id']}", away=[{"from": "2026-05-05", "to": "2026-05-08"}])
    assert "going_quiet" not in desk.found()
    desk.sweep()
    assert "going_quiet" not in desk.standing()
    agrees(desk)
    desk.patch(f"candidates/{desk.candidate['id']}", away=[])
    desk.sweep()
    assert desk.standing()["going_quiet"] == "watch"
    agrees(desk)


def test_a_candidates_calendar_is_read_anew(desk: Desk):
    desk.says("recruiter", "candidate", "question")
    desk.wait(day(5, 15))
    assert "going_quiet" not in desk.standing()
    desk.patch(f"candidates/{desk.candidate['id']}", time_zone="Australia/Sydney")
    assert desk.found()["going_quiet"] == "watch", "in Sydney it is Wednesday"
    desk.sweep()
    agrees(desk)


def test_an_agencys_calendar_moves_its_own_duties(desk: Desk):
    desk.says("candidate", "recruiter", "question")
    desk.wait(day(5, 15))
    assert "reply_owed" not in desk.standing()
    desk.patch("agency", time_zone="Australia/Sydney")
    assert desk.found()["reply_owed"] == "watch", "in Sydney it is Wednesday"
    desk.sweep()
    agrees(desk)


def test_newer_rules_read_everything_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    everything = [desk.id, *(desk.open()["id"] for _ in range(4)), desk.open(stage="rejected")["id"]]
    desk.wait(day(4, 12))
    for module in ("sweep", "projection"):
        monkeypatch.setattr(f"app.applications.{module}.RULES_VERSION", RULES_VERSION + 1)
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 2)
    assert desk.sweep() == len(everything)
    assert {row["rules_version"] for row in desk.rows(application)} == {RULES_VERSION + 1}
    assert desk.sweep() == 0


@pytest.mark.parametrize("number", [5, 6, 7])
def test_a_large_agency_is_walked_in_steps_and_nobody_is_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, number: int
):
    monkeypatch.setattr("app.applications.sweep.SPREAD_STEP", 3)
    everything = [desk.id, *(desk.open()["id"] for _ in range(number - 1))]
    desk.patch("policy", nothing_booked={"warning": 3})
    assert desk.sweep() == number
    assert {row["policy_version"] for row in desk.rows(application)} == {2}
    assert len(everything) == number
    agrees(desk, *everything)


def test_what_changes_nothing_for_the_rules_asks_for_nothing(desk: Desk):
    desk.patch(f"candidates/{desk.candidate['id']}", email="robin@example.org")
    desk.patch(f"organisations/{desk.organisation['id']}", name="Acme and Sons")
    desk.patch(f"jobs/{desk.job['id']}", title="Senior fitter")
    desk.patch("agency", name="Harbour and Sons")
    assert desk.rows(reassessment) == []
    assert desk.sweep() == 0


def test_what_opens_or_reopens_is_looked_at_once_more_since_a_ripple_may_have_missed_it(desk: Desk):
    desk.open()
    assert desk.sweep() == 1
    done(desk.moves("withdrawn", reason="took another job"))
    assert desk.sweep() == 0
    done(desk.moves("awaiting_decision", reopen=True, reason="changed their mind"))
    assert desk.sweep() == 1
    assert desk.sweep() == 0
