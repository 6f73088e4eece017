"""Handling of flags: acknowledge, snooze, dismiss, reopen; and the effect on the worklist."""

import pytest

from app.applications.models import action
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused


@pytest.fixture
def overdue(agency: AgencyClient) -> Row:
    """A follow-up that was due yesterday and was not made."""
    agency.interview(ended=day(4, 8))
    agency.wait(day(5, 9))
    return agency.flag("follow_up_overdue")


def handled(agency: AgencyClient, flag: Row, how: str, **body: object) -> Row:
    answer: Row = done(agency.post(f"flags/{flag['id']}/{how}", **body), 200)
    return answer


def precision(agency: AgencyClient, kind: str) -> tuple[int, int, float | None]:
    (rule,) = [rule for rule in agency.get("rules")["items"] if rule["kind"] == kind]
    return rule["raised"], rule["dismissed"], rule["precision"]


def test_an_acknowledged_flag_stays_and_its_action_leaves_the_worklist(agency: AgencyClient, overdue: Row):
    assert "follow_up_hiring_manager" in agency.actions()
    seen = handled(agency, overdue, "acknowledge", reason="Calling at noon")
    assert (seen["state"], seen["handled_reason"], at(seen["handled_at"])) == (
        "acknowledged",
        "Calling at noon",
        day(5, 9),
    )
    assert "follow_up_hiring_manager" not in agency.actions()
    assert "debrief_candidate" in agency.actions()
    assert "follow_up_overdue" in agency.active_flags()
    agency.wait(day(6, 0))
    stepped = agency.flag("follow_up_overdue")
    assert (stepped["state"], stepped["severity"]) == ("acknowledged", "critical")
    assert "follow_up_hiring_manager" not in agency.actions()


def test_a_snoozed_flag_comes_back_when_its_time_comes(agency: AgencyClient, overdue: Row):
    snoozed = handled(agency, overdue, "snooze", until=day(5, 14))
    assert (snoozed["state"], at(snoozed["snoozed_until"])) == ("snoozed", day(5, 14))
    assert "follow_up_hiring_manager" not in agency.actions()
    assert [flag["kind"] for flag in agency.flags(state="snoozed")] == ["follow_up_overdue"]
    agency.clock.now = day(5, 13, 59)
    assert "follow_up_hiring_manager" not in agency.actions()
    agency.clock.now = day(5, 14)
    assert "follow_up_hiring_manager" in agency.actions()
    assert agency.flag("follow_up_overdue")["state"] == "open"
    assert agency.flags(state="snoozed") == []
    assert [flag["kind"] for flag in agency.flags(state="open")] == ["follow_up_overdue"]


def test_a_snooze_ends_in_the_future(agency: AgencyClient, overdue: Row):
    refused(agency.post(f"flags/{overdue['id']}/snooze", until=day(5, 9)), 422, pointer="/until")
    refused(agency.post(f"flags/{overdue['id']}/snooze"), 422)


def test_a_dismissed_flag_stays_dismissed_whatever_the_clock_does(agency: AgencyClient, overdue: Row):
    refused(agency.post(f"flags/{overdue['id']}/dismiss"), 422)
    wrong = handled(agency, overdue, "dismiss", reason="They called us")
    assert (wrong["state"], wrong["handled_reason"]) == ("dismissed", "They called us")
    assert "follow_up_hiring_manager" not in agency.actions()
    agency.wait(day(15))
    still = agency.flag("follow_up_overdue")
    assert (still["state"], still["severity"]) == ("dismissed", "critical")
    assert "follow_up_hiring_manager" not in agency.actions()


def test_a_dismissed_flag_that_clears_and_returns_for_the_same_facts_stays_dismissed(
    agency: AgencyClient, overdue: Row
):
    handled(agency, overdue, "dismiss", reason="They called us")
    for _ in range(2):
        waiver = agency.add(f"interviews/{overdue['evidence'][0]}/follow-up-waiver", reason="They rang us")
        assert "follow_up_overdue" not in agency.active_flags()
        done(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
        assert agency.flag("follow_up_overdue")["state"] == "dismissed"
        assert "follow_up_hiring_manager" not in agency.actions()
    assert precision(agency, "follow_up_overdue") == (3, 1, 0.6667)


def test_a_dismissed_flag_that_rested_on_no_fact_returns_open_for_a_fact(agency: AgencyClient):
    agency.wait(day(5, 9))
    flag = agency.flag("nothing_booked")
    assert flag["evidence"] == []
    handled(agency, flag, "dismiss", reason="They book by themselves")
    booked = agency.interview(ended=day(8))
    assert "nothing_booked" not in agency.active_flags()
    agency.patch(f"interviews/{booked['id']}", status="cancelled")
    agency.wait(day(7, 9))
    back = agency.flag("nothing_booked")
    assert (back["state"], back["evidence"]) == ("open", [booked["id"]])


def test_switching_a_rule_off_and_on_does_not_bring_back_what_was_dismissed(agency: AgencyClient):
    agency.wait(day(5, 9))
    handled(agency, agency.flag("nothing_booked"), "dismiss", reason="They book by themselves")
    for body, stands in (({"enabled": False}, []), (None, ["dismissed"])):
        agency.patch("policy", nothing_booked=body)
        agency.sweep()
        assert [flag["state"] for flag in agency.flags(kind="nothing_booked")] == stands


def test_a_new_fact_brings_a_dismissed_flag_back(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(6, 9))
    flag = agency.flag("going_quiet")
    handled(agency, flag, "dismiss", reason="On holiday")
    agency.says("recruiter", "candidate", "question")
    back = agency.flag("going_quiet")
    assert (back["id"], back["state"]) == (flag["id"], "open")
    assert len(back["evidence"]) == len(flag["evidence"]) + 1
    assert "check_in_candidate" in agency.actions(on="2026-05-07")
    assert precision(agency, "going_quiet") == (1, 1, 0.0)


def test_a_dismissed_flag_that_clears_returns_open_for_a_new_fact(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(6, 9))
    handled(agency, agency.flag("going_quiet"), "dismiss", reason="On holiday")
    agency.says("candidate", "recruiter", "answer")
    agency.clock.advance(minutes=1)
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(8, 9))
    assert agency.flag("going_quiet")["state"] == "open"


def test_a_reopened_flag_and_its_action_are_back_and_the_dismissal_is_not_counted(agency: AgencyClient, overdue: Row):
    assert precision(agency, "follow_up_overdue") == (1, 0, 1.0)
    assert precision(agency, "closure_owed") == (0, 0, None)
    handled(agency, overdue, "dismiss", reason="They called us")
    assert precision(agency, "follow_up_overdue") == (1, 1, 0.0)
    back = handled(agency, overdue, "reopen")
    assert (back["state"], back["handled_reason"]) == ("open", None)
    assert "follow_up_hiring_manager" in agency.actions()
    assert precision(agency, "follow_up_overdue") == (1, 0, 1.0)


def test_a_flag_that_returned_dismissed_and_was_reopened_returns_open_from_then_on(agency: AgencyClient, overdue: Row):
    handled(agency, overdue, "dismiss", reason="They called us")
    interview = overdue["evidence"][0]
    for how, state in ((None, "dismissed"), ("reopen", "open")):
        if how:
            handled(agency, agency.flag("follow_up_overdue"), how)
        waiver = agency.add(f"interviews/{interview}/follow-up-waiver", reason="They rang us")
        done(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
        assert agency.flag("follow_up_overdue")["state"] == state
    assert precision(agency, "follow_up_overdue") == (3, 0, 1.0)


def test_a_cleared_flag_is_past_handling(agency: AgencyClient, overdue: Row):
    agency.add(f"interviews/{overdue['evidence'][0]}/follow-ups")
    for how, body in (
        ("acknowledge", {}),
        ("snooze", {"until": day(6)}),
        ("dismiss", {"reason": "Wrong"}),
        ("reopen", {}),
    ):
        refused(agency.post(f"flags/{overdue['id']}/{how}", **body), 409, "flag_cleared")


def test_an_action_of_several_flags_shows_while_one_of_them_is_open(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("candidate", "client", "chase", channel="linkedin")
    assert "coach_candidate" in agency.actions()
    handled(agency, agency.flag("premature_contact"), "acknowledge")
    assert "coach_candidate" in agency.actions()
    handled(agency, agency.flag("off_channel_contact"), "snooze", until=day(4, 15))
    assert "coach_candidate" not in agency.actions()
    agency.clock.now = day(4, 15)
    assert "coach_candidate" in agency.actions()


def test_a_flag_that_never_was_is_not_found(agency: AgencyClient):
    refused(agency.admin.get(f"/v1/flags/{agency.id}"), 404, "not_found")
    refused(agency.post(f"flags/{agency.id}/acknowledge"), 404, "not_found")


def severity(agency: AgencyClient, kind: str) -> str | None:
    (line,) = [line for line in agency.get("worklist")["items"] if line["kind"] == kind]
    found: str | None = line["severity"]
    return found


def ranks(agency: AgencyClient, kind: str) -> list[int]:
    return [row["urgency"] for row in agency.rows(action, action.c.kind == kind)]


def test_the_line_follows_the_severity_while_its_action_stays(agency: AgencyClient, overdue: Row):
    assert severity(agency, "follow_up_hiring_manager") == "warning"
    agency.wait(day(6, 0))
    assert severity(agency, "follow_up_hiring_manager") == "critical"


def test_the_line_follows_what_is_done_with_its_flag(agency: AgencyClient, overdue: Row):
    shown, hidden, back = [1], [3], [1]
    kind = "follow_up_hiring_manager"
    assert ranks(agency, kind) == shown
    handled(agency, overdue, "acknowledge")
    assert ranks(agency, kind) == hidden
    handled(agency, overdue, "reopen")
    assert ranks(agency, kind) == shown
    handled(agency, overdue, "dismiss", reason="Wrong")
    assert ranks(agency, kind) == hidden
    handled(agency, overdue, "reopen")
    handled(agency, overdue, "snooze", until=day(5, 14))
    assert ranks(agency, kind) == back, "it is hidden, and comes back with its severity"
    agency.clock.now = day(5, 14)
    assert severity(agency, kind) == "warning", "before any sweep"
    assert agency.get("worklist")["items"][0]["kind"] == kind


def test_a_snooze_that_ends_makes_a_line_as_severe_again_that_another_flag_kept(agency: AgencyClient):
    """Coaching answers three flags. While the warning is snoozed, the line shows watch; then it shows warning again."""
    agency.patch(f"organisations/{agency.organisation['id']}", contact_style={"direct_contact": "via_recruiter"})
    agency.interview(ended=day(4, 8))
    agency.says("candidate", "client", "chase", channel="email")
    assert agency.active_flags() == {"premature_contact": "warning", "off_channel_contact": "watch"}
    assert severity(agency, "coach_candidate") == "warning"
    handled(agency, agency.flag("premature_contact"), "snooze", until=day(4, 14))
    assert severity(agency, "coach_candidate") == "watch"
    agency.wait(day(4, 13, 59))
    assert severity(agency, "coach_candidate") == "watch"
    agency.wait(day(4, 14))
    assert severity(agency, "coach_candidate") == "warning"


def test_of_two_promises_only_the_broken_one_is_severe(agency: AgencyClient):
    path = f"applications/{agency.id}/commitments"
    for due_on in ("2026-05-04", "2026-05-08"):
        agency.add(path, owed_by="recruiter", description=due_on, due_on=due_on)
    agency.wait(day(5, 9))
    found = {
        line["commitment"]["description"]: line["severity"]
        for line in agency.get("worklist")["items"]
        if line["commitment"]
    }
    assert found == {"2026-05-04": "watch", "2026-05-08": None}
