"""Interactions: logged and voided."""

import pytest

from tests.applications.desk import Desk, at, day, done, refused

PARTIES = ("candidate", "recruiter", "client")


def test_a_word_without_a_time_was_said_now_and_by_itself_tells_nothing_more(desk: Desk):
    said = desk.add(f"applications/{desk.id}/interactions", from_party="candidate", to_party="recruiter")
    assert at(said["occurred_at"]) == at(said["recorded_at"]) == desk.clock.now
    assert (said["channel"], said["purpose"]) == ("other", "unspecified")
    assert (said["two_way"], said["automatic"], said["expects_reply"], said["in_reply_to"]) == (
        False,
        False,
        None,
        None,
    )


@pytest.mark.parametrize("party", PARTIES)
def test_nobody_talks_to_themselves(desk: Desk, party: str):
    refused(desk.post(f"applications/{desk.id}/interactions", from_party=party, to_party=party), 422)


def test_a_reply_comes_after_what_it_replies_to(desk: Desk):
    question = desk.says("candidate", "recruiter", "question", occurred_at=day(4, 8))
    reply = {"from_party": "recruiter", "to_party": "candidate", "in_reply_to": question["id"]}
    early = desk.post(f"applications/{desk.id}/interactions", **reply, occurred_at=day(4, 7, 59))
    refused(early, 422, pointer="/in_reply_to")
    desk.add(f"applications/{desk.id}/interactions", **reply, occurred_at=day(4, 8))


def test_a_reply_and_its_question_are_on_one_application(desk: Desk):
    other = desk.open_elsewhere()
    question = desk.says("candidate", "recruiter", "question", other["id"])
    answer = desk.post(
        f"applications/{desk.id}/interactions", from_party="recruiter", to_party="candidate", in_reply_to=question["id"]
    )
    refused(answer, 404, pointer="/in_reply_to")


def test_a_word_names_an_interview_of_its_own_application(desk: Desk):
    body = {"from_party": "recruiter", "to_party": "client"}
    theirs = desk.interview(desk.open_elsewhere()["id"])
    answer = desk.post(f"applications/{desk.id}/interactions", **body, interview_id=theirs["id"])
    refused(answer, 404, pointer="/interview_id")
    desk.add(f"applications/{desk.id}/interactions", **body, interview_id=desk.interview()["id"])


def test_the_person_spoken_to_works_at_the_organisation(desk: Desk):
    ours = desk.add(f"organisations/{desk.organisation['id']}/client-contacts", name="Kim", role="hr")
    bolt = desk.add("organisations", name="Bolt")
    theirs = desk.add(f"organisations/{bolt['id']}/client-contacts", name="Lee", role="hr")
    body = {"from_party": "recruiter", "to_party": "client"}
    answer = desk.post(f"applications/{desk.id}/interactions", **body, client_contact_id=theirs["id"])
    refused(answer, 404, pointer="/client_contact_id")
    said = desk.add(f"applications/{desk.id}/interactions", **body, client_contact_id=ours["id"])
    assert said["client_contact_id"] == ours["id"]


def test_the_log_is_in_the_order_in_which_things_were_said_not_told(desk: Desk):
    for number in (3, 1, 2):
        desk.says("candidate", "recruiter", occurred_at=day(number))
    page = desk.get(f"applications/{desk.id}/interactions", limit=2)
    rest = desk.get(f"applications/{desk.id}/interactions", limit=2, cursor=page["next_cursor"])
    assert [at(item["occurred_at"]) for item in page["items"] + rest["items"]] == [day(1), day(2), day(3)]


def test_a_word_told_late_settles_what_it_had_settled_then(desk: Desk):
    desk.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    desk.wait(day(6))
    assert desk.standing()["going_quiet"] == "watch"
    desk.says("candidate", "recruiter", "answer", occurred_at=day(1, 12))
    assert "going_quiet" not in desk.standing()


def test_an_out_of_office_is_kept_and_read_by_no_rule(desk: Desk):
    desk.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    desk.says("candidate", "recruiter", automatic=True, occurred_at=day(1, 9))
    desk.wait(day(6))
    assert desk.standing()["going_quiet"] == "watch"
    assert len(desk.get(f"applications/{desk.id}/interactions")["items"]) == 2


def test_what_is_voided_stays_visible_and_counts_for_nothing(desk: Desk):
    desk.says("recruiter", "candidate", "question", occurred_at=day(1, 8))
    wrong = desk.says("candidate", "recruiter", "answer", occurred_at=day(1, 12))
    desk.wait(day(6))
    assert "going_quiet" not in desk.standing()
    voided = done(desk.post(f"interactions/{wrong['id']}/void", reason="Another Robin"), 200)
    assert (at(voided["voided_at"]), voided["void_reason"]) == (day(6), "Another Robin")
    assert desk.standing()["going_quiet"] == "watch"
    listed = desk.get(f"applications/{desk.id}/interactions")["items"]
    assert [item["voided_at"] is not None for item in listed] == [False, True]


def test_what_is_voided_is_voided_once_and_with_a_reason(desk: Desk):
    said = desk.says("candidate", "recruiter")
    refused(desk.post(f"interactions/{said['id']}/void"), 422)
    refused(desk.post(f"interactions/{said['id']}/void", reason=" "), 422)
    done(desk.post(f"interactions/{said['id']}/void", reason="Wrong person"), 200)
    refused(desk.post(f"interactions/{said['id']}/void", reason="Wrong person"), 409, "already_voided")


def test_nothing_is_told_of_an_application_that_never_was(desk: Desk):
    unknown = desk.candidate["id"]
    body = {"from_party": "candidate", "to_party": "recruiter"}
    refused(desk.post(f"applications/{unknown}/interactions", **body), 404, "not_found")
    refused(desk.post(f"interactions/{unknown}/void", reason="No"), 404, "not_found")
    refused(desk.admin.get(f"/v1/applications/{unknown}/interactions"), 404, "not_found")
