"""Follow-ups and debriefs: one request records everything about one phone call."""

from tests.applications.agency_client import AgencyClient, at, day, done, refused

LEARNED = {
    "went_well": "The site tour",
    "struggled_with": [{"question": "Why did you leave?", "why": "Too long an answer"}],
    "interviewer_reactions": "They wrote a lot down",
    "learned": "Shifts start at six",
    "company_fit": {"fit": 4, "growth": 3, "culture": 5, "values": 4, "happy": 5},
    "interest": 5,
    "concerns": "The commute",
}


def test_a_follow_up_records_the_talk_the_timeline_and_the_promises_at_once(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    made = agency.add(
        f"interviews/{interview['id']}/follow-ups",
        summary="They liked Robin",
        enthusiasm_conveyed=True,
        feedback="Strong on safety",
        next_step="Panel on Monday",
        timeline={"stated_by": "client", "decision_by": "2026-05-08", "confidence": "high"},
        commitments=[
            {"owed_by": "recruiter", "description": "Send referees", "due_on": "2026-05-05"},
            {"owed_by": "client", "description": "Confirm the roster", "due_on": "2026-05-06"},
        ],
    )
    said, revision, promises = made["interaction"], made["timeline_revision"], made["commitments"]
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("recruiter", "client", "interview_follow_up")
    assert (said["channel"], said["two_way"], said["interview_id"]) == ("phone", True, interview["id"])
    assert said["details"] == {
        "enthusiasm_conveyed": True, "feedback": "Strong on safety", "next_step": "Panel on Monday"
    }  # fmt: skip
    assert at(said["occurred_at"]) == at(revision["stated_at"]) == agency.clock.now
    assert all(at(promise["made_at"]) == agency.clock.now for promise in promises)
    assert agency.get(f"jobs/{agency.job['id']}/timeline")["date"] == "2026-05-08"
    assert [item["id"] for item in agency.get(f"applications/{agency.id}/commitments")["items"]] == [
        promise["id"] for promise in promises
    ]
    found = agency.assessment()
    assert found["stage"] == "awaiting_decision"
    assert found["follow_up_window"]["opens_on"] == "2026-05-11"
    assert sorted(action["kind"] for action in found["actions"]) == [
        "chase_decision", "debrief_candidate", "keep_commitment", "remind_thank_you", "update_candidate"
    ]  # fmt: skip


def test_what_a_follow_up_brought_was_said_when_the_call_was(agency: AgencyClient):
    interview = agency.interview(ended=day(1, 10))
    made = agency.add(
        f"interviews/{interview['id']}/follow-ups",
        occurred_at=day(1, 9),
        timeline={"stated_by": "client", "decision_by": "2026-05-08"},
        commitments=[{"owed_by": "client", "description": "Decide", "due_on": "2026-05-08"}],
    )
    assert at(made["timeline_revision"]["stated_at"]) == at(made["commitments"][0]["made_at"]) == day(1, 9)
    revision = agency.add(
        f"interviews/{interview['id']}/follow-ups",
        timeline={"stated_by": "client", "contact_from": "2026-05-09", "stated_at": day(2)},
    )
    assert at(revision["timeline_revision"]["stated_at"]) == day(2)


def test_a_call_that_fails_in_one_part_leaves_nothing_of_any(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    late = {"stated_by": "client", "decision_by": "2026-05-08", "stated_at": day(4, 9, 6)}
    promise = {"owed_by": "client", "description": "Decide", "due_on": "2026-05-08"}
    answer = agency.post(f"interviews/{interview['id']}/follow-ups", timeline=late, commitments=[promise])
    refused(answer, 422, "in_the_future")
    assert agency.get(f"applications/{agency.id}/interactions")["items"] == []
    assert agency.get(f"applications/{agency.id}/commitments")["items"] == []
    assert agency.get(f"jobs/{agency.job['id']}/timeline")["revisions"] == []
    assert agency.stage() == "interview_scheduled"


def test_a_voicemail_is_a_follow_up_that_is_tried_again_until_they_spoke(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"interviews/{interview['id']}/follow-ups", reached=False, channel="voicemail")
    assert "retry_follow_up" in [action["kind"] for action in agency.assessment()["actions"]]
    assert "follow_up_hiring_manager" not in [action["kind"] for action in agency.assessment()["actions"]]
    agency.clock.advance(days=1)
    agency.add(f"interviews/{interview['id']}/follow-ups")
    assert "retry_follow_up" not in [action["kind"] for action in agency.assessment()["actions"]]
    assert len(agency.get(f"applications/{agency.id}/interactions")["items"]) == 2


def test_no_call_about_an_interview_was_made_before_it_started(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    for call in ("follow-ups", "debriefs"):
        early = agency.post(f"interviews/{interview['id']}/{call}", occurred_at=day(4, 6, 59))
        refused(early, 422, pointer="/occurred_at")
        agency.add(f"interviews/{interview['id']}/{call}", occurred_at=day(4, 7))


def test_a_debrief_records_the_notes_and_the_promises_at_once(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    promise = {"owed_by": "candidate", "description": "Referee details", "due_on": "2026-05-06"}
    made = agency.add(f"interviews/{interview['id']}/debriefs", **LEARNED, commitments=[promise])
    said = made["interaction"]
    assert (said["from_party"], said["to_party"], said["purpose"]) == ("candidate", "recruiter", "debrief")
    assert (said["two_way"], said["interview_id"], said["details"]) == (True, interview["id"], LEARNED)
    assert made["commitments"][0]["owed_by"] == "candidate"
    kinds = [action["kind"] for action in agency.assessment()["actions"]]
    assert "debrief_candidate" not in kinds
    assert "follow_up_hiring_manager" in kinds


def test_ratings_go_from_one_to_five(agency: AgencyClient):
    interview = agency.interview()
    for wrong in (0, 6, 2.5, "3", True):
        refused(agency.post(f"interviews/{interview['id']}/debriefs", interest=wrong), 422, pointer="/interest")
        refused(
            agency.post(f"interviews/{interview['id']}/debriefs", company_fit={"fit": wrong}),
            422,
            pointer="/company_fit/fit",
        )


def test_the_person_called_works_at_the_organisation(agency: AgencyClient):
    interview = agency.interview()
    bolt = agency.add("organisations", name="Bolt")
    theirs = agency.add(f"organisations/{bolt['id']}/client-contacts", name="Lee", role="hr")
    answer = agency.post(f"interviews/{interview['id']}/follow-ups", client_contact_id=theirs["id"])
    refused(answer, 404, pointer="/client_contact_id")


def test_a_call_about_an_interview_that_never_was_is_not_found(agency: AgencyClient):
    for call in ("follow-ups", "debriefs"):
        refused(agency.post(f"interviews/{agency.id}/{call}"), 404, "not_found")
    refused(agency.post(f"interviews/{agency.id}/follow-up-waiver", reason="No need"), 404, "not_found")


def test_a_waived_follow_up_is_not_owed_until_the_waiver_is_taken_back(agency: AgencyClient):
    interview = agency.interview(ended=day(1, 10))
    assert agency.active_flags()["follow_up_overdue"] == "warning"
    waiver = agency.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They asked us not to call")
    assert (at(waiver["waived_at"]), waiver["interview_id"]) == (agency.clock.now, interview["id"])
    assert "follow_up_overdue" not in agency.active_flags()
    assert agency.get(f"follow-up-waivers/{waiver['id']}") == waiver
    done(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="They did not"), 200)
    assert agency.active_flags()["follow_up_overdue"] == "warning"
    refused(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="Again"), 409, "already_voided")


def test_a_waiver_counts_from_its_own_time(agency: AgencyClient):
    interview = agency.interview(ended=day(1, 10))
    waiver = agency.add(f"interviews/{interview['id']}/follow-up-waiver", reason="Asked us not to", waived_at=day(3))
    assert at(waiver["waived_at"]) == day(3)
    assert "follow_up_overdue" in agency.found(as_of=day(2, 23))
    assert "follow_up_overdue" not in agency.found(as_of=day(3))
