"""The history: everything that happened, in order, one sentence each."""

from tests.applications.agency_client import AgencyClient, at, day, done


def activity_of(agency: AgencyClient) -> list[tuple[str, bool]]:
    items = agency.get(f"applications/{agency.id}/history")["items"]
    assert [at(item["at"]) for item in items] == sorted(at(item["at"]) for item in items)
    assert all(item["text"].endswith(".") and not item["text"].endswith("..") for item in items)
    return [(item["type"], item["voided"]) for item in items]


def test_activity_is_in_the_order_of_its_times(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 6), booked_at=day(2))
    wrong = agency.says("client", "recruiter", "information", occurred_at=day(4, 4), summary="Not for us.")
    agency.add(
        f"interviews/{interview['id']}/follow-ups",
        occurred_at=day(4, 8),
        timeline={"stated_by": "client", "decision_by": "2026-05-06", "next_step": "Panel"},
        commitments=[{"owed_by": "client", "description": "Roster", "due_on": "2026-05-05"}],
    )
    done(agency.post(f"interactions/{wrong['id']}/void", reason="Another job"), 200)
    done(agency.moves("reference_check"))
    assert activity_of(agency) == [
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
    sentences = [item["text"] for item in agency.get(f"applications/{agency.id}/history")["items"]]
    assert sentences[1] == "Interview 1 was booked for Mon 4 May 2026 at 05:00 UTC."
    assert sentences[2] == "The client informed the recruiter by email: Not for us. This was taken back: Another job."
    assert sentences[5] == "The client gave the hiring timeline: a decision by Wed 6 May 2026; next: Panel."
    assert sentences[7] == "Counted as awaiting decision, since the follow-up was made."


def test_at_one_instant_the_cause_comes_before_what_followed(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.says("candidate", "client", "chase", channel="linkedin")
    assert activity_of(agency)[-3:] == [("interaction", False), ("flag_raised", False), ("flag_raised", False)]


def test_a_flag_is_raised_stepped_handled_and_cleared(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.wait(day(5, 0))
    flag = agency.flag("follow_up_overdue")
    done(agency.post(f"flags/{flag['id']}/acknowledge", reason="Calling at noon"), 200)
    agency.wait(day(6, 0))
    agency.add(f"interviews/{interview['id']}/follow-ups")
    items = agency.get(f"applications/{agency.id}/history")["items"]
    entries = [(item["type"], item["text"], at(item["at"])) for item in items if item["fact_id"] == flag["id"]]
    assert entries == [
        ("flag_raised", "Flag follow up overdue raised: warning.", day(5, 0)),
        ("flag_handled", "Flag follow up overdue is acknowledged: Calling at noon.", day(5, 0)),
        ("flag_changed", "Flag follow up overdue now: critical.", day(6, 0)),
        ("flag_cleared", "Flag follow up overdue cleared.", day(6, 0)),
    ]


def test_an_interview_tells_what_became_of_it(agency: AgencyClient):
    for number, status in ((2, "completed"), (3, "cancelled"), (4, "no_show"), (8, "scheduled")):
        agency.interview(ended=day(number, 8), booked_at=day(1, 10), status=status)
    became = [what for what, _ in activity_of(agency) if what.startswith("interview_")]
    assert became == [*["interview_booked"] * 4, "interview_held", "interview_cancelled", "interview_no_show"]


def test_promises_waivers_and_moves_are_listed_voided_ones_too(agency: AgencyClient):
    interview = agency.interview(ended=day(2))
    kept = agency.add(
        f"applications/{agency.id}/commitments", owed_by="client", description="Roster.", due_on="2026-05-05"
    )
    agency.patch(f"commitments/{kept['id']}", fulfilled_at=agency.clock.now)
    waiver = agency.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They rang us.")
    move = done(agency.moves("rejected", reason="Pay."))
    done(agency.post(f"follow-up-waivers/{waiver['id']}/void", reason="No"), 200)
    done(agency.post(f"transitions/{move['id']}/void", reason="No"), 200)
    assert [one for one in activity_of(agency) if one[0].startswith(("commitment", "follow", "stage"))] == [
        ("commitment_made", False),
        ("commitment_kept", False),
        ("follow_up_waived", True),
        ("stage_moved", True),
    ]


def sentences(agency: AgencyClient, what: str) -> list[str]:
    items = agency.get(f"applications/{agency.id}/history")["items"]
    return [item["text"] for item in items if item["type"] == what]


def test_the_words_of_a_call_are_in_its_sentence(agency: AgencyClient):
    """A call's feedback, next step and debrief notes are part of its sentence."""
    interview = agency.interview(ended=day(4, 6))
    agency.add(
        f"interviews/{interview['id']}/follow-ups",
        summary="A good talk",
        enthusiasm_conveyed=True,
        feedback="Clear, calm.\nKnows the field",
        next_step="Panel on Friday?",
        timeline={
            "stated_by": "client",
            "decision_by": "2026-05-06",
            "start_by": "2026-06-01",
            "confidence": "high",
            "note": "Budget is signed.",
        },
    )
    agency.clock.now = day(4, 10)
    agency.add(
        f"interviews/{interview['id']}/debriefs",
        went_well="The case",
        struggled_with=[{"question": "Why leave?", "why": "no answer ready"}, {"question": "Pay"}],
        interviewer_reactions="Nodded",
        learned="The team is new",
        concerns="The commute",
        interest=4,
        company_fit={"fit": 4, "happy": 5},
    )
    assert sentences(agency, "interaction") == [
        "The recruiter followed up the interview with the client by phone, both speaking: A good talk. "
        "The candidate's enthusiasm was conveyed. Feedback: Clear, calm. Knows the field. Next step: Panel on Friday?",
        "The candidate debriefed the interview with the recruiter by phone, both speaking. Went well: The case. "
        "Struggled with: Why leave? (no answer ready); Pay. The interviewers' reactions: Nodded. "
        "Learned: The team is new. Concerns: The commute. Interest: 4 of 5. Company fit, of 5: fit 4, happy 5.",
    ]
    assert sentences(agency, "timeline_revision") == [
        "The client gave the hiring timeline: a decision by Wed 6 May 2026; a start by Mon 1 Jun 2026; "
        "confidence high. Note: Budget is signed."
    ]


def test_enthusiasm_that_was_not_conveyed_is_said_to(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 6))
    agency.add(f"interviews/{interview['id']}/follow-ups", enthusiasm_conveyed=False)
    assert sentences(agency, "interaction")[0].endswith("The candidate's enthusiasm was not conveyed.")


def test_long_words_are_shortened_after_a_word(agency: AgencyClient):
    agency.says("client", "recruiter", "information", summary="word, " * 200)
    (sentence,) = sentences(agency, "interaction")
    assert sentence.endswith("word, word…")
    assert len(sentence) < 400
    agency.says("client", "recruiter", "information", summary="x" * 2000)
    assert len(sentences(agency, "interaction")[1]) < 400


def test_words_that_were_taken_back_say_why(agency: AgencyClient):
    interview = agency.interview(ended=day(2))
    kept = agency.add(
        f"applications/{agency.id}/commitments", owed_by="client", description="Roster.", due_on="2026-05-05"
    )
    waiver = agency.add(f"interviews/{interview['id']}/follow-up-waiver", reason="They rang us.")
    move = done(agency.moves("rejected", reason="Pay."))
    for path in (f"commitments/{kept['id']}", f"follow-up-waivers/{waiver['id']}", f"transitions/{move['id']}"):
        done(agency.post(f"{path}/void", reason="A mistake"), 200)
    assert sentences(agency, "commitment_made") == [
        "The client promised: Roster, by Tue 5 May 2026. This was taken back: A mistake."
    ]
    assert sentences(agency, "follow_up_waived") == [
        "The follow-up was waived: They rang us. This was taken back: A mistake."
    ]
    assert sentences(agency, "stage_moved") == ["Moved to rejected: Pay. This was taken back: A mistake."]


def test_a_time_names_the_zone_of_the_agency(agency: AgencyClient):
    agency.patch("agency", time_zone="Australia/Sydney")
    agency.interview(ended=day(4, 8))
    assert sentences(agency, "interview_booked") == [
        "Interview 1 was booked for Mon 4 May 2026 at 17:00 AEST (Australia/Sydney)."
    ]
    agency.wait(day(5, 14))
    flag = agency.flag("follow_up_overdue")
    done(agency.post(f"flags/{flag['id']}/snooze", until=day(7, 1), reason="On leave"), 200)
    assert sentences(agency, "flag_handled") == [
        "Flag follow up overdue is snoozed until Thu 7 May 2026 at 11:00 AEST (Australia/Sydney): On leave."
    ]


def test_the_job_that_was_filled_is_part_of_the_activity(agency: AgencyClient):
    assert "job_status" not in [item["type"] for item in agency.get(f"applications/{agency.id}/history")["items"]]
    agency.patch(f"jobs/{agency.job['id']}", status="filled", status_at=day(3))
    (filled,) = [
        item for item in agency.get(f"applications/{agency.id}/history")["items"] if item["type"] == "job_status"
    ]
    assert (filled["text"], at(filled["at"]), filled["data"]) == ("The job was filled.", day(3), {"status": "filled"})
