"""Flags over time: raised and cleared by a fact at once, raised and stepped up by the sweep."""

from datetime import timedelta

from app.applications.models import application, flag
from tests.applications.desk import Desk, at, day, done, refused

A_BLINK = timedelta(microseconds=1)


def next_change(desk: Desk):
    return at(desk.assessment()["next_change_at"])


def test_a_fact_raises_its_flag_in_its_own_answer(desk: Desk):
    desk.interview(ended=day(4, 8))
    said = desk.says("candidate", "client", "thank_you", channel="linkedin")
    raised = desk.flag("off_channel_contact")
    assert (raised["severity"], raised["state"], raised["evidence"]) == ("warning", "open", [said["id"]])
    assert at(raised["raised_at"]) == at(raised["changed_at"]) == at(raised["since"]) == desk.clock.now
    assert [(at(step["at"]), step["severity"]) for step in raised["steps"]] == [(desk.clock.now, "warning")]
    assert (raised["candidate"], raised["job"], raised["organisation"]) == ("Robin Reed", "Fitter", "Acme")
    assert desk.get(f"flags/{raised['id']}") == raised


def test_time_raises_a_flag_exactly_when_it_was_promised_and_not_before(desk: Desk):
    desk.interview(ended=day(4, 8))
    tips = next_change(desk)
    assert tips == day(5, 0)
    desk.wait(tips - A_BLINK)
    assert desk.standing() == {}
    desk.clock.now = tips
    assert desk.standing() == {}
    assert desk.sweep() == 1
    assert desk.standing() == {"follow_up_overdue": "warning"}
    assert at(desk.flag("follow_up_overdue")["raised_at"]) == tips


def test_time_steps_a_flag_up_and_each_step_is_kept(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.says("recruiter", "candidate", "question")
    moments = []
    while desk.clock.now < day(14):
        desk.wait(next_change(desk))
        moments.append(desk.clock.now)
    quiet = desk.flag("going_quiet")
    assert [(at(step["at"]), step["severity"]) for step in quiet["steps"]] == [
        (day(6, 0), "watch"),
        (day(8, 0), "warning"),
        (day(13, 0), "critical"),
    ]
    assert (at(quiet["raised_at"]), at(quiet["changed_at"]), at(quiet["since"])) == (day(6, 0), day(13, 0), day(4))
    assert desk.standing() == desk.found()
    assert len(moments) <= 3 * 10, "an application wakes a few times a day at most"


def test_a_fact_clears_its_flag_and_the_episode_is_kept(desk: Desk):
    interview = desk.interview(ended=day(4, 8))
    desk.wait(day(5, 12))
    raised = desk.flag("follow_up_overdue")
    desk.add(f"interviews/{interview['id']}/follow-ups")
    assert desk.standing() == {}
    (cleared,) = desk.flags(state="cleared")
    assert (cleared["id"], cleared["state"], at(cleared["cleared_at"])) == (raised["id"], "cleared", day(5, 12))
    desk.wait(day(20))
    assert desk.get(f"flags/{raised['id']}")["reason"] == cleared["reason"]


def test_a_flag_that_comes_back_is_another_episode(desk: Desk):
    interview = desk.interview(ended=day(4, 8))
    desk.wait(day(5, 12))
    first = desk.flag("follow_up_overdue")["id"]
    waiver = desk.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They rang us")
    done(desk.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
    again = desk.flag("follow_up_overdue")
    assert (again["id"] != first, at(again["raised_at"]), at(again["since"])) == (True, day(5, 12), day(5, 0))


def test_what_time_changes_nothing_of_is_left_alone(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.wait(day(6, 12))
    (before,) = desk.rows(application)
    flags = desk.rows(flag)
    assert desk.sweep() == 0
    desk.clock.now = at(desk.assessment()["next_change_at"]) - A_BLINK
    assert desk.sweep() == 0
    assert desk.rows(application) == [before]
    assert desk.rows(flag) == flags


def test_a_reassessment_that_finds_nothing_new_touches_no_flag(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.says("recruiter", "candidate", "question")
    desk.says("candidate", "client", "chase", channel="facebook", occurred_at=day(4, 8, 30))
    desk.add(f"applications/{desk.id}/commitments", owed_by="client", description="Roster", due_on="2026-05-05")
    desk.wait(day(12, 12))
    assert len(desk.standing()) >= 6
    flags = desk.rows(flag)
    desk.patch(f"applications/{desk.id}", recruiter_id=desk.add("recruiters", name="Sam")["id"])
    assert desk.rows(flag) == flags


def test_flags_are_listed_by_what_one_asks_for(desk: Desk):
    sam = desk.add("recruiters", name="Sam")["id"]
    elsewhere = desk.open_elsewhere(recruiter_id=sam)
    for one in (desk.id, elsewhere["id"]):
        desk.interview(one, ended=day(1, 10))
    desk.says("candidate", "client", "chase", elsewhere["id"], channel="linkedin")
    everything = desk.get("flags")["items"]

    def listed(**params: str) -> list[str]:
        kept = desk.get("flags", **params)["items"]
        assert kept == [one for one in everything if one in kept]
        return [one["kind"] for one in kept]

    assert len(everything) == 4
    assert listed(kind="follow_up_overdue") == ["follow_up_overdue"] * 2
    assert listed(application=desk.id) == ["follow_up_overdue"]
    assert sorted(listed(recruiter=sam)) == ["follow_up_overdue", "off_channel_contact", "premature_contact"]
    assert listed(organisation=desk.organisation["id"]) == ["follow_up_overdue"]
    assert listed(severity="critical") == []
    assert listed(state="open") == listed()
    assert listed(state="dismissed") == listed(state="cleared") == []
    first = desk.get("flags", limit=3)
    rest = desk.get("flags", limit=3, cursor=first["next_cursor"])
    assert (first["items"] + rest["items"], rest["next_cursor"]) == (everything, None)
    refused(desk.admin.get("/v1/flags?kind=boredom"), 422)
