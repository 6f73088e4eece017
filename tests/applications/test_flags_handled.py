"""Handling of flags: acknowledge, snooze, dismiss, reopen; and the effect on the worklist."""

import pytest

from app.applications.models import action
from tests.applications.desk import Desk, Row, at, day, done, refused


@pytest.fixture
def overdue(desk: Desk) -> Row:
    """A follow-up that was due yesterday and was not made."""
    desk.interview(ended=day(4, 8))
    desk.wait(day(5, 9))
    return desk.flag("follow_up_overdue")


def handled(desk: Desk, flag: Row, how: str, **body: object) -> Row:
    answer: Row = done(desk.post(f"flags/{flag['id']}/{how}", **body), 200)
    return answer


def precision(desk: Desk, kind: str) -> tuple[int, int, float | None]:
    (rule,) = [rule for rule in desk.get("rules")["items"] if rule["kind"] == kind]
    return rule["raised"], rule["dismissed"], rule["precision"]


def test_an_acknowledged_flag_stays_and_its_action_leaves_the_worklist(desk: Desk, overdue: Row):
    assert "follow_up_hiring_manager" in desk.actions()
    seen = handled(desk, overdue, "acknowledge", reason="Calling at noon")
    assert (seen["state"], seen["handled_reason"], at(seen["handled_at"])) == (
        "acknowledged",
        "Calling at noon",
        day(5, 9),
    )
    assert "follow_up_hiring_manager" not in desk.actions()
    assert "debrief_candidate" in desk.actions()
    assert "follow_up_overdue" in desk.standing()
    desk.wait(day(6, 0))
    stepped = desk.flag("follow_up_overdue")
    assert (stepped["state"], stepped["severity"]) == ("acknowledged", "critical")
    assert "follow_up_hiring_manager" not in desk.actions()


def test_a_snoozed_flag_comes_back_when_its_time_comes(desk: Desk, overdue: Row):
    snoozed = handled(desk, overdue, "snooze", until=day(5, 14))
    assert (snoozed["state"], at(snoozed["snoozed_until"])) == ("snoozed", day(5, 14))
    assert "follow_up_hiring_manager" not in desk.actions()
    assert [flag["kind"] for flag in desk.flags(state="snoozed")] == ["follow_up_overdue"]
    desk.clock.now = day(5, 13, 59)
    assert "follow_up_hiring_manager" not in desk.actions()
    desk.clock.now = day(5, 14)
    assert "follow_up_hiring_manager" in desk.actions()
    assert desk.flag("follow_up_overdue")["state"] == "open"
    assert desk.flags(state="snoozed") == []
    assert [flag["kind"] for flag in desk.flags(state="open")] == ["follow_up_overdue"]


def test_a_snooze_ends_in_the_future(desk: Desk, overdue: Row):
    refused(desk.post(f"flags/{overdue['id']}/snooze", until=day(5, 9)), 422, pointer="/until")
    refused(desk.post(f"flags/{overdue['id']}/snooze"), 422)


def test_a_dismissed_flag_stays_dismissed_whatever_the_clock_does(desk: Desk, overdue: Row):
    refused(desk.post(f"flags/{overdue['id']}/dismiss"), 422)
    wrong = handled(desk, overdue, "dismiss", reason="They called us")
    assert (wrong["state"], wrong["handled_reason"]) == ("dismissed", "They called us")
    assert "follow_up_hiring_manager" not in desk.actions()
    desk.wait(day(15))
    still = desk.flag("follow_up_overdue")
    assert (still["state"], still["severity"]) == ("dismissed", "critical")
    assert "follow_up_hiring_manager" not in desk.actions()


def test_a_dismissed_flag_that_clears_and_returns_for_the_same_facts_stays_dismissed(desk: Desk, overdue: Row):
    handled(desk, overdue, "dismiss", reason="They called us")
    for _ in range(2):
        waiver = desk.add(f"interviews/{overdue['evidence'][0]}/follow-up-waiver", reason="They rang us")
        assert "follow_up_overdue" not in desk.standing()
        done(desk.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
        assert desk.flag("follow_up_overdue")["state"] == "dismissed"
        assert "follow_up_hiring_manager" not in desk.actions()
    assert precision(desk, "follow_up_overdue") == (3, 1, 0.6667)


def test_a_dismissed_flag_that_rested_on_no_fact_returns_open_for_a_fact(desk: Desk):
    desk.wait(day(5, 9))
    flag = desk.flag("nothing_booked")
    assert flag["evidence"] == []
    handled(desk, flag, "dismiss", reason="They book by themselves")
    booked = desk.interview(ended=day(8))
    assert "nothing_booked" not in desk.standing()
    desk.patch(f"interviews/{booked['id']}", status="cancelled")
    desk.wait(day(7, 9))
    back = desk.flag("nothing_booked")
    assert (back["state"], back["evidence"]) == ("open", [booked["id"]])


def test_switching_a_rule_off_and_on_does_not_bring_back_what_was_dismissed(desk: Desk):
    desk.wait(day(5, 9))
    handled(desk, desk.flag("nothing_booked"), "dismiss", reason="They book by themselves")
    for body, stands in (({"enabled": False}, []), (None, ["dismissed"])):
        desk.patch("policy", nothing_booked=body)
        desk.sweep()
        assert [flag["state"] for flag in desk.flags(kind="nothing_booked")] == stands


def test_a_new_fact_brings_a_dismissed_flag_back(desk: Desk):
    desk.says("recruiter", "candidate", "question")
    desk.wait(day(6, 9))
    flag = desk.flag("going_quiet")
    handled(desk, flag, "dismiss", reason="On holiday")
    desk.says("recruiter", "candidate", "question")
    back = desk.flag("going_quiet")
    assert (back["id"], back["state"]) == (flag["id"], "open")
    assert len(back["evidence"]) == len(flag["evidence"]) + 1
    assert "check_in_candidate" in desk.actions(on="2026-05-07")
    assert precision(desk, "going_quiet") == (1, 1, 0.0)


def test_a_dismissed_flag_that_clears_returns_open_for_a_new_fact(desk: Desk):
    desk.says("recruiter", "candidate", "question")
    desk.wait(day(6, 9))
    handled(desk, desk.flag("going_quiet"), "dismiss", reason="On holiday")
    desk.says("candidate", "recruiter", "answer")
    desk.clock.advance(minutes=1)
    desk.says("recruiter", "candidate", "question")
    desk.wait(day(8, 9))
    assert desk.flag("going_quiet")["state"] == "open"


def test_a_reopened_flag_and_its_action_are_back_and_the_dismissal_is_not_counted(desk: Desk, overdue: Row):
    assert precision(desk, "follow_up_overdue") == (1, 0, 1.0)
    assert precision(desk, "closure_owed") == (0, 0, None)
    handled(desk, overdue, "dismiss", reason="They called us")
    assert precision(desk, "follow_up_overdue") == (1, 1, 0.0)
    back = handled(desk, overdue, "reopen")
    assert (back["state"], back["handled_reason"]) == ("open", None)
    assert "follow_up_hiring_manager" in desk.actions()
    assert precision(desk, "follow_up_overdue") == (1, 0, 1.0)


def test_a_flag_that_returned_dismissed_and_was_reopened_returns_open_from_then_on(desk: Desk, overdue: Row):
    handled(desk, overdue, "dismiss", reason="They called us")
    interview = overdue["evidence"][0]
    for how, state in ((None, "dismissed"), ("reopen", "open")):
        if how:
            handled(desk, desk.flag("follow_up_overdue"), how)
        waiver = desk.add(f"interviews/{interview}/follow-up-waiver", reason="They rang us")
        done(desk.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
        assert desk.flag("follow_up_overdue")["state"] == state
    assert precision(desk, "follow_up_overdue") == (3, 0, 1.0)


def test_a_cleared_flag_is_past_handling(desk: Desk, overdue: Row):
    desk.add(f"interviews/{overdue['evidence'][0]}/follow-ups")
    for how, body in (
        ("acknowledge", {}),
        ("snooze", {"until": day(6)}),
        ("dismiss", {"reason": "Wrong"}),
        ("reopen", {}),
    ):
        refused(desk.post(f"flags/{overdue['id']}/{how}", **body), 409, "flag_cleared")


def test_an_action_of_several_flags_shows_while_one_of_them_is_open(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.says("candidate", "client", "chase", channel="linkedin")
    assert "coach_candidate" in desk.actions()
    handled(desk, desk.flag("premature_contact"), "acknowledge")
    assert "coach_candidate" in desk.actions()
    handled(desk, desk.flag("off_channel_contact"), "snooze", until=day(4, 15))
    assert "coach_candidate" not in desk.actions()
    desk.clock.now = day(4, 15)
    assert "coach_candidate" in desk.actions()


def test_a_flag_that_never_was_is_not_found(desk: Desk):
    refused(desk.admin.get(f"/v1/flags/{desk.id}"), 404, "not_found")
    refused(desk.post(f"flags/{desk.id}/acknowledge"), 404, "not_found")


def severity(desk: Desk, kind: str) -> str | None:
    (line,) = [line for line in desk.get("worklist")["items"] if line["kind"] == kind]
    found: str | None = line["severity"]
    return found


def ranks(desk: Desk, kind: str) -> list[int]:
    return [row["urgency"] for row in desk.rows(action, action.c.kind == kind)]


def test_the_line_follows_the_severity_while_its_action_stays(desk: Desk, overdue: Row):
    assert severity(desk, "follow_up_hiring_manager") == "warning"
    desk.wait(day(6, 0))
    assert severity(desk, "follow_up_hiring_manager") == "critical"


def test_the_line_follows_what_is_done_with_its_flag(desk: Desk, overdue: Row):
    shown, hidden, back = [1], [3], [1]
    kind = "follow_up_hiring_manager"
    assert ranks(desk, kind) == shown
    handled(desk, overdue, "acknowledge")
    assert ranks(desk, kind) == hidden
    handled(desk, overdue, "reopen")
    assert ranks(desk, kind) == shown
    handled(desk, overdue, "dismiss", reason="Wrong")
    assert ranks(desk, kind) == hidden
    handled(desk, overdue, "reopen")
    handled(desk, overdue, "snooze", until=day(5, 14))
    assert ranks(desk, kind) == back, "it is hidden, and comes back with its severity"
    desk.clock.now = day(5, 14)
    assert severity(desk, kind) == "warning", "before any sweep"
    assert desk.get("worklist")["items"][0]["kind"] == kind


def test_a_snooze_that_ends_makes_a_line_as_severe_again_that_another_flag_kept(desk: Desk):
    """Coaching answers three flags. While the warning is snoozed, the line shows watch; then it shows warning again."""
    desk.patch(f"organisations/{desk.organisation['id']}", contact_style={"direct_contact": "via_recruiter"})
    desk.interview(ended=day(4, 8))
    desk.says("candidate", "client", "chase", channel="email")
    assert desk.standing() == {"premature_contact": "warning", "off_channel_contact": "watch"}
    assert severity(desk, "coach_candidate") == "warning"
    handled(desk, desk.flag("premature_contact"), "snooze", until=day(4, 14))
    assert severity(desk, "coach_candidate") == "watch"
    desk.wait(day(4, 13, 59))
    assert severity(desk, "coach_candidate") == "watch"
    desk.wait(day(4, 14))
    assert severity(desk, "coach_candidate") == "warning"


def test_of_two_promises_only_the_broken_one_is_severe(desk: Desk):
    path = f"applications/{desk.id}/commitments"
    for due_on in ("2026-05-04", "2026-05-08"):
        desk.add(path, owed_by="recruiter", description=due_on, due_on=due_on)
    desk.wait(day(5, 9))
    found = {
        line["commitment"]["description"]: line["severity"]
        for line in desk.get("worklist")["items"]
        if line["commitment"]
    }
    assert found == {"2026-05-04": "watch", "2026-05-08": None}
