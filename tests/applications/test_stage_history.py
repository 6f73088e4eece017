"""The stage history is derived from facts in the order of their times, not of recording."""

from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, at, day, done


def steps(agency: AgencyClient) -> list[tuple[str, str, int]]:
    """Return stage, cause and hour of the 4th of May for each step after the opening."""
    found = agency.get(f"applications/{agency.id}/transitions")["stages"]
    assert (found[0]["cause"], found[0]["fact_id"]) == ("opened", None)
    return [(step["stage"], step["cause"], at(step["at"]).hour) for step in found[1:]]


def test_the_follow_up_moves_to_awaiting_decision_when_it_was_made(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 6))
    follow_up = agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 7))
    assert steps(agency) == [("awaiting_decision", "follow_up", 7)]
    stages = agency.get(f"applications/{agency.id}/transitions")["stages"]
    assert stages[-1]["fact_id"] == follow_up["interaction"]["id"]
    assert at(agency.get(f"applications/{agency.id}")["stage_since"]) == day(4, 7)


def test_booking_a_further_interview_moves_back_and_its_follow_up_forward_again(agency: AgencyClient):
    first = agency.interview(ended=day(4, 2))
    agency.add(f"interviews/{first['id']}/follow-ups", occurred_at=day(4, 3))
    second = agency.interview(ended=day(4, 7), booked_at=day(4, 4))
    assert steps(agency) == [("awaiting_decision", "follow_up", 3), ("interview_scheduled", "interview_booked", 4)]
    assert agency.get(f"applications/{agency.id}")["effective_stage"] == "interviewed"
    agency.add(f"interviews/{second['id']}/follow-ups", occurred_at=day(4, 8))
    assert steps(agency)[-1] == ("awaiting_decision", "follow_up", 8)


def test_a_booking_moves_back_whatever_became_of_it(agency: AgencyClient):
    first = agency.interview(ended=day(4, 2))
    agency.add(f"interviews/{first['id']}/follow-ups", occurred_at=day(4, 3))
    agency.interview(ended=day(6), booked_at=day(4, 4), status="cancelled", status_at=day(4, 5))
    assert steps(agency)[-1] == ("interview_scheduled", "interview_booked", 4)


def test_a_fact_recorded_late_falls_where_it_happened(agency: AgencyClient):
    done(agency.moves("interviewed", at=day(4, 4)))
    done(agency.moves("reference_check", at=day(4, 7)))
    interview = agency.interview(ended=day(4, 3))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 5))
    assert steps(agency) == [
        ("interviewed", "told", 4),
        ("awaiting_decision", "follow_up", 5),
        ("reference_check", "told", 7),
    ]


def test_at_one_instant_the_recorded_move_wins_over_the_derived(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 3))
    done(agency.moves("reference_check", at=day(4, 5)))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 5))
    assert steps(agency) == [("reference_check", "told", 5)]


def test_a_follow_up_recorded_before_the_end_moves_at_the_end(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 6))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 5, 30))
    assert steps(agency) == [("awaiting_decision", "follow_up", 6)]


def test_a_voided_follow_up_moves_nothing(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 6))
    made = agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 7))
    done(agency.post(f"interactions/{made['interaction']['id']}/void", reason="It was another job"), 200)
    assert steps(agency) == []
    assert agency.stage() == "interview_scheduled"


def test_a_recorded_move_is_not_judged_again(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 3))
    done(agency.moves("offer", at=day(4, 5)))
    agency.patch(f"interviews/{interview['id']}", status="no_show")
    assert agency.stage() == "offer"


def test_the_stage_moves_by_itself_when_an_interview_ends_after_its_early_follow_up(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 10), booked_at=day(1))
    agency.clock.now = day(4, 9, 30)
    agency.add(f"interviews/{interview['id']}/follow-ups")
    assert agency.stage() == "interview_scheduled"
    agency.wait(day(4, 10))
    assert agency.stage() == "awaiting_decision"


def test_the_event_names_the_instant_of_the_move_also_where_the_interview_ended_after_it(agency: AgencyClient):
    first = agency.interview(ended=day(4, 2))
    agency.add(f"interviews/{first['id']}/follow-ups", occurred_at=day(4, 3))
    agency.interview(ended=day(4, 7), booked_at=day(4, 4))
    moves = [row for row in agency.rows(event) if row["type"] == "application.stage_changed"]
    events = [(row["data"]["to"], at(row["data"]["at"])) for row in sorted(moves, key=lambda row: row["sequence"])]
    assert events == [("awaiting_decision", day(4, 3)), ("interview_scheduled", day(4, 4))]
    assert at(agency.get(f"applications/{agency.id}")["stage_since"]) == day(4, 7)
