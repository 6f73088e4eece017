"""The history: everything that happened, in order, as a reader would tell it."""

from tests.applications.desk import Desk, at, day, done


def told(desk: Desk) -> list[tuple[str, bool]]:
    items = desk.get(f"applications/{desk.id}/history")["items"]
    assert [at(item["at"]) for item in items] == sorted(at(item["at"]) for item in items)
    assert all(item["told"].endswith(".") and not item["told"].endswith("..") for item in items)
    return [(item["what"], item["voided"]) for item in items]


def test_a_story_runs_in_the_order_of_its_times(desk: Desk):
    interview = desk.interview(ended=day(4, 6), booked_at=day(2))
    wrong = desk.says("client", "recruiter", "information", occurred_at=day(4, 4), summary="Not for us.")
    desk.add(
        f"interviews/{interview['id']}/follow-ups",
        occurred_at=day(4, 8),
        timeline={"stated_by": "client", "decision_by": "2026-05-06", "next_step": "Panel"},
        commitments=[{"owed_by": "client", "description": "Roster", "due_on": "2026-05-05"}],
    )
    done(desk.post(f"interactions/{wrong['id']}/void", reason="Another job"), 200)
    done(desk.moves("reference_check"))
    assert told(desk) == [
        ("opened", False),
        ("interview_booked", False),
        ("interaction", True),
        ("interview_held", False),
        ("interaction", False),
        ("timeline_revision", False),
        ("commitment_made", False),
        ("stage_followed", False),
        ("stage_moved", False),
    ]
    sentences = [item["told"] for item in desk.get(f"applications/{desk.id}/history")["items"]]
    assert sentences[1] == "Interview 1 was booked for Mon 4 May 2026, 05:00."
    assert sentences[2] == "The client informed the recruiter by email: Not for us."
    assert sentences[5] == "The client gave the hiring timeline: a decision by Wed 6 May 2026; next: Panel."
    assert sentences[7] == "Counted as awaiting_decision, since the follow-up was made."


def test_at_one_instant_the_cause_comes_before_what_followed(desk: Desk):
    desk.interview(ended=day(4, 8))
    desk.says("candidate", "client", "chase", channel="linkedin")
    assert told(desk)[-3:] == [("interaction", False), ("flag_raised", False), ("flag_raised", False)]


def test_a_flag_is_raised_stepped_handled_and_cleared(desk: Desk):
    interview = desk.interview(ended=day(4, 8))
    desk.wait(day(5, 0))
    flag = desk.flag("follow_up_overdue")
    done(desk.post(f"flags/{flag['id']}/acknowledge", reason="Calling at noon"), 200)
    desk.wait(day(6, 0))
    desk.add(f"interviews/{interview['id']}/follow-ups")
    items = desk.get(f"applications/{desk.id}/history")["items"]
    story = [(item["what"], item["told"], at(item["at"])) for item in items if item["fact_id"] == flag["id"]]
    assert story == [
        ("flag_raised", "Flag follow_up_overdue raised: warning.", day(5, 0)),
        ("flag_handled", "Flag follow_up_overdue is acknowledged: Calling at noon.", day(5, 0)),
        ("flag_changed", "Flag follow_up_overdue now: critical.", day(6, 0)),
        ("flag_cleared", "Flag follow_up_overdue cleared.", day(6, 0)),
    ]


def test_an_interview_tells_what_became_of_it(desk: Desk):
    for number, status in ((2, "completed"), (3, "cancelled"), (4, "no_show"), (8, "scheduled")):
        desk.interview(ended=day(number, 8), booked_at=day(1, 10), status=status)
    became = [what for what, _ in told(desk) if what.startswith("interview_")]
    assert became == [*["interview_booked"] * 4, "interview_held", "interview_cancelled", "interview_no_show"]


def test_promises_waivers_and_moves_are_told_voided_ones_too(desk: Desk):
    interview = desk.interview(ended=day(2))
    kept = desk.add(f"applications/{desk.id}/commitments", owed_by="client", description="Roster.", due_on="2026-05-05")
    desk.patch(f"commitments/{kept['id']}", fulfilled_at=desk.clock.now)
    waiver = desk.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They rang us.")
    move = done(desk.moves("rejected", reason="Pay."))
    done(desk.post(f"follow-up-waivers/{waiver['id']}/void", reason="No"), 200)
    done(desk.post(f"transitions/{move['id']}/void", reason="No"), 200)
    assert [one for one in told(desk) if one[0].startswith(("commitment", "follow", "stage"))] == [
        ("commitment_made", False),
        ("commitment_kept", False),
        ("follow_up_waived", True),
        ("stage_moved", True),
    ]
