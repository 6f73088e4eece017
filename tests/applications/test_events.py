"""Events: one for each change, numbered for each application, in the transaction of the cause."""

from collections import defaultdict

import pytest

from app.access.models import reassessment
from app.applications.models import application, flag, interaction
from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, day, done, refused


def emitted(agency: AgencyClient, application: str | None = None) -> list[tuple[str, str]]:
    """Return type and kind of the application's events in order. Their numbers have no gaps."""
    rows = [row for row in agency.rows(event) if str(row["application_id"]) == (application or agency.id)]
    rows.sort(key=lambda row: row["sequence"])
    assert [row["sequence"] for row in rows] == list(range(1, len(rows) + 1))
    return [(row["type"], row["data"].get("kind") or row["data"].get("to") or "") for row in rows]


def test_a_flag_tells_of_its_raising_its_steps_and_its_clearing(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    assert emitted(agency) == []
    agency.wait(day(5, 0))
    agency.wait(day(6, 0))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(5, 23))
    assert emitted(agency) == [
        ("flag.raised", "follow_up_overdue"),
        ("follow_up.missed", ""),
        ("flag.changed", "follow_up_overdue"),
        ("flag.raised", "debrief_overdue"),
        ("flag.raised", "timeline_missing"),
        ("follow_up.logged", ""),
        ("application.stage_changed", "awaiting_decision"),
        ("flag.cleared", "follow_up_overdue"),
    ]


def test_a_follow_up_is_an_event_whichever_way_it_was_recorded(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    named = agency.says("recruiter", "client", "interview_follow_up", interview_id=interview["id"], two_way=False)
    asked = agency.says("client", "recruiter", "interview_follow_up", two_way=True)
    agency.says("client", "recruiter", "interview_follow_up", two_way=False)
    agency.says("recruiter", "client", "interview_follow_up", automatic=True)
    agency.says("recruiter", "candidate", "information")
    rows = sorted(agency.rows(event), key=lambda row: row["sequence"])
    logged = [row["data"] for row in rows if row["type"] == "follow_up.logged"]
    assert [(one["interaction_id"], one["interview_id"], one["reached"]) for one in logged] == [
        (named["id"], interview["id"], False),
        (asked["id"], None, True),
    ]


def test_who_looked_at_the_clock_first_and_came_second_takes_no_move_back(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.clock.advance(seconds=2)
    answer = agency.moves("withdrawn", reason="took another job")
    assert answer.status_code == 201, answer.text
    before = emitted(agency)
    agency.clock.advance(seconds=-1)
    agency.says("recruiter", "candidate", "information")
    agency.clock.advance(seconds=2)
    agency.says("recruiter", "candidate", "information")
    assert emitted(agency) == before
    assert agency.get(f"applications/{agency.id}")["stage"] == "withdrawn"


def test_a_clock_that_was_an_hour_ahead_is_not_followed(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.clock.advance(hours=1)
    agency.says("recruiter", "candidate", "information")
    agency.clock.advance(hours=-1)
    agency.says("recruiter", "candidate", "information")
    (row,) = agency.rows(application)
    assert row["assessed_at"] == agency.clock.now


def test_an_event_says_which_flag_how_bad_and_since_when_and_nothing_about_people(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("candidate", "client", "thank_you", channel="linkedin", summary="It was lovely, says Robin Reed")
    raised = agency.flag("off_channel_contact")
    (row,) = [row for row in agency.rows(event) if row["type"] == "flag.raised"]
    assert row["data"] == {
        "flag_id": raised["id"],
        "kind": "off_channel_contact",
        "severity": "warning",
        "state": "open",
        "since": "2026-05-04T09:00:00+00:00",
    }
    assert row["occurred_at"] == agency.clock.now


def test_a_new_reading_of_the_same_facts_tells_nothing(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.wait(day(5, 0))
    before = emitted(agency)
    agency.says("recruiter", "candidate", "information")
    agency.wait(day(5, 12))
    assert emitted(agency) == before


def test_every_stage_move_is_an_event_recorded_or_derived(agency: AgencyClient):
    done(agency.moves("interviewed"))
    agency.clock.advance(hours=1)
    done(agency.moves("offer"))
    assert emitted(agency) == [("application.stage_changed", "interviewed"), ("application.stage_changed", "offer")]


def test_a_dismissed_flag_that_a_new_fact_brings_back_has_changed(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question")
    agency.wait(day(6, 9))
    done(agency.post(f"flags/{agency.flag('going_quiet')['id']}/dismiss", reason="On holiday"), 200)
    agency.says("recruiter", "candidate", "question")
    assert emitted(agency)[-1] == ("flag.changed", "going_quiet")


def test_a_write_that_fails_at_its_end_leaves_neither_fact_nor_flag_nor_event(
    agency: AgencyClient, monkeypatch: pytest.MonkeyPatch
):
    agency.interview(ended=day(4, 8))
    elsewhere = agency.open_elsewhere()
    before = [len(agency.rows(table)) for table in (interaction, flag, event, reassessment)]
    rows = agency.rows(interaction)

    def fail(*_: object, **__: object) -> None:
        raise ConnectionError("the disk is full")

    monkeypatch.setattr("app.applications.facts.interactions.reassess_other_applications", fail)
    body = {"from_party": "candidate", "to_party": "client", "purpose": "chase", "channel": "linkedin"}
    refused(agency.post(f"applications/{agency.id}/interactions", **body), 503)
    assert [len(agency.rows(table)) for table in (interaction, flag, event, reassessment)] == before
    assert agency.rows(interaction) == rows
    monkeypatch.undo()
    agency.add(f"applications/{agency.id}/interactions", **body)
    assert [one[0] for one in emitted(agency)] == ["flag.raised"] * 2
    assert emitted(agency, elsewhere["id"]) == []


def test_each_application_counts_its_own_events(agency: AgencyClient):
    others = [agency.open_elsewhere()["id"] for _ in range(3)]
    for number, one in enumerate((agency.id, *others)):
        agency.interview(one, ended=day(4, 8))
        for _ in range(number):
            agency.says("candidate", "client", "chase", one, channel="linkedin")
    agency.wait(day(13))
    counted: dict[str, int] = defaultdict(int)
    for row in agency.rows(event):
        counted[str(row["application_id"])] += 1
    for one in (agency.id, *others):
        assert len(emitted(agency, one)) == counted[one] > 0


def test_a_move_recorded_late_is_an_event_though_a_later_booking_leaves_the_stage_as_it_is(agency: AgencyClient):
    agency.interview(ended=day(2, 10))
    agency.add(f"applications/{agency.id}/interviews", booked_at=day(4, 8), starts_at=day(6), ends_at=day(6, 10))
    done(agency.moves("reference_check", at=day(3, 10)))
    assert agency.stage() == "interview_scheduled"
    moves = [row["data"] for row in agency.rows(event) if row["type"] == "application.stage_changed"]
    assert {"from": "interview_scheduled", "to": "reference_check", "at": day(3, 10).isoformat()} in moves
