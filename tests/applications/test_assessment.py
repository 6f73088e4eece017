"""The assessment: what the rules say of one application, now or at another instant, and why."""

from tests.applications.agency_client import AgencyClient, at, day, done, refused


def test_it_answers_as_of_now_with_the_whole_picture(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    found = agency.assessment()
    assert at(found["as_of"]) == agency.clock.now
    assert found["application_id"] == agency.id
    assert (found["stage"], found["effective_stage"]) == ("interview_scheduled", "interviewed")
    assert at(found["stage_since"]) == day(4, 8)
    assert found["court"] == {"party": "recruiter", "since": "2026-05-04T08:00:00Z"}
    assert found["follow_up_window"]["opens_on"] == "2026-05-11"
    assert len(found["follow_up_window"]["questions"]) == 3
    assert found["flags"] == []
    assert at(found["next_change_at"]) == day(5, 0)
    due = {action["kind"]: at(action["due_at"]) for action in found["actions"]}
    assert due == {
        "follow_up_hiring_manager": day(5, 0),
        "debrief_candidate": day(6, 0),
        "remind_thank_you": day(5, 0),
        "ask_timeline": day(6, 0),
        "update_candidate": day(12, 0),
    }
    assert all(len(action["prompts"]) >= 2 and action["reason"] for action in found["actions"])
    assert agency.found(as_of=day(5, 0)) == {"follow_up_overdue": "warning"}
    (flag,) = agency.assessment(as_of=day(5, 0))["flags"]
    assert (flag["evidence"], at(flag["since"])) == ([interview["id"]], day(5, 0))
    assert all(flag[part] for part in ("reason", "clears", "guidance"))


def test_the_future_is_what_will_be_if_nobody_says_a_word(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    foretold = agency.found(as_of=day(13, 9))
    assert agency.active_flags() == {}
    agency.wait(day(13, 9))
    assert agency.found() == agency.active_flags() == foretold
    assert foretold["follow_up_overdue"] == "critical"
    agency.add(f"interviews/{interview['id']}/follow-ups")
    assert "follow_up_overdue" not in agency.found()


def test_the_past_is_what_was_known_then(agency: AgencyClient):
    interview = agency.interview(ended=day(4, 8))
    agency.wait(day(6))
    then = agency.assessment()
    agency.add(f"interviews/{interview['id']}/follow-ups")
    agency.says("candidate", "recruiter", "debrief")
    done(agency.moves("offer"))
    assert "follow_up_overdue" not in agency.found()
    past = agency.assessment(as_of=day(6, 8, 59))
    assert [flag | {"reason": ""} for flag in past["flags"]] == [flag | {"reason": ""} for flag in then["flags"]]
    assert (past["stage"], past["court"]) == (then["stage"], then["court"])


def test_before_the_opening_there_was_nothing(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    found = agency.assessment(as_of=day(1, 8, 59))
    assert (found["flags"], found["actions"], found["follow_up_window"]) == ([], [], None)
    assert (found["court"], at(found["next_change_at"])) == ({"party": None, "since": None}, day(1))


def test_an_instant_asked_about_needs_its_offset_and_a_plus_may_come_as_a_space(agency: AgencyClient):
    path = f"/v1/applications/{agency.id}/assessment"
    refused(agency.admin.get(f"{path}?as_of=2026-05-04T09:00:00"), 422)
    assert agency.admin.get(f"{path}?as_of=2026-05-04T19:00:00+10:00").json()["as_of"] == "2026-05-04T09:00:00Z"


def test_it_names_the_policy_it_was_made_with(agency: AgencyClient):
    assert agency.assessment()["policy_version"] == 1
    agency.patch("policy", going_quiet={"watch": 1})
    assert agency.assessment()["policy_version"] == 2
    agency.patch(f"jobs/{agency.job['id']}/policy", going_quiet={"watch": 2})
    assert agency.assessment()["policy_version"] == 3


def test_it_says_what_was_read_as_it_is_today(agency: AgencyClient):
    assert agency.assessment()["note"] == "As of now."
    assert "as they are today" in agency.assessment(as_of=day(1, 12))["note"]


def test_a_reason_counts_the_days_when_it_is_read_while_its_row_is_left_alone(agency: AgencyClient):
    agency.add("candidates", name="Somebody else")
    agency.interview(ended=day(1, 10))
    agency.wait(day(5, 9))
    flag = agency.flag("follow_up_overdue")
    agency.wait(day(6, 9))
    later = agency.flag("follow_up_overdue")
    assert later["reason"] != flag["reason"]
    assert {**later, "reason": ""} == {**flag, "reason": ""}
    spoken = [one["reason"] for one in agency.assessment()["flags"] if one["kind"] == "follow_up_overdue"]
    assert spoken == [later["reason"]]


def test_nobody_owes_a_word_before_the_interview_and_the_client_does_after_the_follow_up(agency: AgencyClient):
    assert agency.assessment()["court"] == {"party": None, "since": None}
    interview = agency.interview(ended=day(4, 6))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 7))
    assert agency.assessment()["court"] == {"party": "recruiter", "since": "2026-05-04T06:00:00Z"}
    agency.add(f"interviews/{interview['id']}/debriefs", occurred_at=day(4, 8))
    assert agency.assessment()["court"] == {"party": "client", "since": "2026-05-04T07:00:00Z"}
    agency.says("recruiter", "candidate", "question")
    assert agency.assessment()["court"] == {"party": "candidate", "since": "2026-05-04T09:00:00Z"}
    stored = agency.get(f"applications/{agency.id}")
    assert (stored["court"], stored["court_since"]) == ("candidate", "2026-05-04T09:00:00Z")


def test_an_unchanged_assessment_has_an_unchanged_validator(agency: AgencyClient):
    path = f"/v1/applications/{agency.id}"
    tag = agency.admin.get(path).headers["etag"]
    assert agency.admin.get(path, headers={"If-None-Match": tag}).status_code == 304
    agency.interview(ended=day(4, 8))
    assert agency.admin.get(path, headers={"If-None-Match": tag}).status_code == 200
