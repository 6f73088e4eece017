"""Interactions: logged and voided."""

import pytest

from tests.applications.agency_client import AgencyClient, at, day, done, refused

PARTIES = ("candidate", "recruiter", "client")


def test_a_word_without_a_time_was_said_now_and_by_itself_tells_nothing_more(agency: AgencyClient):
    said = agency.add(f"applications/{agency.id}/interactions", from_party="candidate", to_party="recruiter")
    assert at(said["occurred_at"]) == at(said["recorded_at"]) == agency.clock.now
    assert (said["channel"], said["purpose"]) == ("other", "unspecified")
    assert (said["two_way"], said["automatic"], said["expects_reply"], said["in_reply_to"]) == (
        False,
        False,
        None,
        None,
    )


@pytest.mark.parametrize("party", PARTIES)
def test_nobody_talks_to_themselves(agency: AgencyClient, party: str):
    refused(agency.post(f"applications/{agency.id}/interactions", from_party=party, to_party=party), 422)


def test_a_reply_comes_after_what_it_replies_to(agency: AgencyClient):
    question = agency.says("candidate", "recruiter", "question", occurred_at=day(4, 8))
    reply = {"from_party": "recruiter", "to_party": "candidate", "in_reply_to": question["id"]}
    early = agency.post(f"applications/{agency.id}/interactions", **reply, occurred_at=day(4, 7, 59))
    refused(early, 422, pointer="/in_reply_to")
    agency.add(f"applications/{agency.id}/interactions", **reply, occurred_at=day(4, 8))


def test_a_reply_and_its_question_are_on_one_application(agency: AgencyClient):
    other = agency.open_elsewhere()
    question = agency.says("candidate", "recruiter", "question", other["id"])
    answer = agency.post(
        f"applications/{agency.id}/interactions",
        from_party="recruiter",
        to_party="candidate",
        in_reply_to=question["id"],
    )
    refused(answer, 404, pointer="/in_reply_to")


def test_a_word_names_an_interview_of_its_own_application(agency: AgencyClient):
    body = {"from_party": "recruiter", "to_party": "client"}
    theirs = agency.interview(agency.open_elsewhere()["id"])
    answer = agency.post(f"applications/{agency.id}/interactions", **body, interview_id=theirs["id"])
    refused(answer, 404, pointer="/interview_id")
    agency.add(f"applications/{agency.id}/interactions", **body, interview_id=agency.interview()["id"])


def test_the_person_spoken_to_works_at_the_organisation(agency: AgencyClient):
    ours = agency.add(f"organisations/{agency.organisation['id']}/client-contacts", name="Kim", role="hr")
    bolt = agency.add("organisations", name="Bolt")
    theirs = agency.add(f"organisations/{bolt['id']}/client-contacts", name="Lee", role="hr")
    body = {"from_party": "recruiter", "to_party": "client"}
    answer = agency.post(f"applications/{agency.id}/interactions", **body, client_contact_id=theirs["id"])
    refused(answer, 404, pointer="/client_contact_id")
    said = agency.add(f"applications/{agency.id}/interactions", **body, client_contact_id=ours["id"])
    assert said["client_contact_id"] == ours["id"]


def test_the_log_is_in_the_order_of_occurrence_not_of_recording(agency: AgencyClient):
    for number in (3, 1, 2):
        agency.says("candidate", "recruiter", occurred_at=day(number))
    page = agency.get(f"applications/{agency.id}/interactions", limit=2)
    rest = agency.get(f"applications/{agency.id}/interactions", limit=2, cursor=page["next_cursor"])
    assert [at(item["occurred_at"]) for item in page["items"] + rest["items"]] == [day(1), day(2), day(3)]


def test_an_interaction_recorded_late_clears_what_it_had_cleared_then(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    agency.wait(day(6))
    assert agency.active_flags()["going_quiet"] == "watch"
    agency.says("candidate", "recruiter", "answer", occurred_at=day(1, 12))
    assert "going_quiet" not in agency.active_flags()


def test_an_out_of_office_is_kept_and_read_by_no_rule(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    agency.says("candidate", "recruiter", automatic=True, occurred_at=day(1, 9))
    agency.wait(day(6))
    assert agency.active_flags()["going_quiet"] == "watch"
    assert len(agency.get(f"applications/{agency.id}/interactions")["items"]) == 2


def test_what_is_voided_stays_visible_and_counts_for_nothing(agency: AgencyClient):
    agency.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    wrong = agency.says("candidate", "recruiter", "answer", occurred_at=day(1, 12))
    agency.wait(day(6))
    assert "going_quiet" not in agency.active_flags()
    voided = done(agency.post(f"interactions/{wrong['id']}/void", reason="Another Robin"), 200)
    assert (at(voided["voided_at"]), voided["void_reason"]) == (day(6), "Another Robin")
    assert agency.active_flags()["going_quiet"] == "watch"
    listed = agency.get(f"applications/{agency.id}/interactions")["items"]
    assert [item["voided_at"] is not None for item in listed] == [False, True]


def test_what_is_voided_is_voided_once_and_with_a_reason(agency: AgencyClient):
    said = agency.says("candidate", "recruiter")
    refused(agency.post(f"interactions/{said['id']}/void"), 422)
    refused(agency.post(f"interactions/{said['id']}/void", reason=" "), 422)
    done(agency.post(f"interactions/{said['id']}/void", reason="Wrong person"), 200)
    refused(agency.post(f"interactions/{said['id']}/void", reason="Wrong person"), 409, "already_voided")


def test_nothing_is_recorded_for_an_application_that_never_was(agency: AgencyClient):
    unknown = agency.candidate["id"]
    body = {"from_party": "candidate", "to_party": "recruiter"}
    refused(agency.post(f"applications/{unknown}/interactions", **body), 404, "not_found")
    refused(agency.post(f"interactions/{unknown}/void", reason="No"), 404, "not_found")
    refused(agency.admin.get(f"/v1/applications/{unknown}/interactions"), 404, "not_found")
