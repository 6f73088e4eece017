"""Flags over time: raised and cleared by a fact at once, raised and stepped up by the sweep."""

from datetime import timedelta

from app.applications.models import application, flag
from tests.applications.agency_client import AgencyClient, at, day, done, refused

A_BLINK = timedelta(microseconds=1)


def next_change(agency: AgencyClient):
    return at(agency.assessment()["next_change_at"])


def test_a_fact_raises_its_flag_in_its_own_answer(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    said = agency.says("candidate", "client", "thank_you", channel="linkedin")
    raised = agency.flag("off_channel_contact")
    assert (raised["severity"], raised["state"], raised["evidence"]) == ("warning", "open", [said["id"]])
    assert at(raised["raised_at"]) == at(raised["changed_at"]) == at(raised["since"]) == agency.clock.now
    assert [(at(step["at"]), step["severity"]) for step in raised["steps"]] == [(agency.clock.now, "warning")]
    assert (raised["candidate"], raised["job"], raised["organisation"]) == ("Robin Reed", "Fitter", "Acme")
    assert agency.get(f"flags/{raised['id']}") == raised


def test_time_raises_a_flag_exactly_when_it_was_promised_and_not_before(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    tips = next_change(agency)
    assert tips == day(5, 0)
    agency.wait(tips - A_BLINK)
    assert agency.active_flags() == {}
    agency.clock.now = tips
    assert agency.active_flags() == {}
    assert agency.sweep() == 1
    assert agency.active_flags() == {"follow_up_overdue": "warning"}
    assert at(agency.flag("follow_up_overdue")["raised_at"]) == tips


def test_time_steps_a_flag_up_and_each_step_is_kept(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("recruiter", "candidate", "question")
    moments = []
    while agency.clock.now < day(14):
        agency.wait(next_change(agency))
        moments.append(agency.clock.now)
    quiet = agency.flag("going_quiet")
    assert [(at(step["at"]), step["severity"]) for step in quiet["steps"]] == [
        (day(6, 0), "watch"),
        (day(8, 0), "warning"),
        (day(13, 0), "critical"),
    ]
    assert (at(quiet["raised_at"]), at(quiet["changed_at"]), at(quiet["since"])) == (day(6, 0), day(13, 0), day(4))
    assert agency.active_flags() == agency.found()
    assert len(moments) <= 3 * 10, "an application wakes a few times a day at most"


def test_a_fact_clears_its_flag_and_the_episode_is_kept(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.wait(day(5, 12))
    raised = agency.flag("follow_up_overdue")
    agency.add(f"interviews/{interview['id']}/follow-ups")
    assert agency.active_flags() == {}
    (cleared,) = agency.flags(state="cleared")
    assert (cleared["id"], cleared["state"], at(cleared["cleared_at"])) == (raised["id"], "cleared", day(5, 12))
    agency.wait(day(20))
    assert agency.get(f"flags/{raised['id']}")["reason"] == cleared["reason"]


def test_a_flag_that_comes_back_is_another_episode(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.wait(day(5, 12))
    first = agency.flag("follow_up_overdue")["id"]
    waiver = agency.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They rang us")
    done(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
    again = agency.flag("follow_up_overdue")
    assert (again["id"] != first, at(again["raised_at"]), at(again["since"])) == (True, day(5, 12), day(5, 0))


def test_what_time_changes_nothing_of_is_left_alone(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.wait(day(6, 12))
    (before,) = agency.rows(application)
    flags = agency.rows(flag)
    assert agency.sweep() == 0
    agency.clock.now = at(agency.assessment()["next_change_at"]) - A_BLINK
    assert agency.sweep() == 0
    assert agency.rows(application) == [before]
    assert agency.rows(flag) == flags


def test_a_reassessment_that_finds_nothing_new_touches_no_flag(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("recruiter", "candidate", "question")
    agency.says("candidate", "client", "chase", channel="facebook", occurred_at=day(4, 8, 30))
    agency.add(f"applications/{agency.id}/commitments", owed_by="client", description="Roster", due_on="2026-05-05")
    agency.wait(day(12, 12))
    assert len(agency.active_flags()) >= 6
    flags = agency.rows(flag)
    agency.patch(f"applications/{agency.id}", recruiter_id=agency.add("recruiters", name="Sam")["id"])
    assert agency.rows(flag) == flags


def test_flags_are_listed_by_what_one_asks_for(agency: AgencyClient):
    sam = agency.add("recruiters", name="Sam")["id"]
    elsewhere = agency.open_elsewhere(recruiter_id=sam)
    for one in (agency.id, elsewhere["id"]):
        agency.interview(one, ended=day(1, 10))
    agency.says("candidate", "client", "chase", elsewhere["id"], channel="linkedin")
    everything = agency.get("flags")["items"]

    def listed(**params: str) -> list[str]:
        kept = agency.get("flags", **params)["items"]
        assert kept == [one for one in everything if one in kept]
        return [one["kind"] for one in kept]

    assert len(everything) == 4
    assert listed(kind="follow_up_overdue") == ["follow_up_overdue"] * 2
    assert listed(application=agency.id) == ["follow_up_overdue"]
    assert sorted(listed(recruiter=sam)) == ["follow_up_overdue", "off_channel_contact", "premature_contact"]
    assert listed(organisation=agency.organisation["id"]) == ["follow_up_overdue"]
    assert listed(severity="critical") == []
    assert listed(state="open") == listed()
    assert listed(state="dismissed") == listed(state="cleared") == []
    first = agency.get("flags", limit=3)
    rest = agency.get("flags", limit=3, cursor=first["next_cursor"])
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (everything, None)
    refused(agency.admin.get("/v1/flags?kind=boredom"), 422)
