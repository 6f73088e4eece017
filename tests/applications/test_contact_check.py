"""Contact checks: the answer equals the effect of making the contact."""

from datetime import timedelta
from typing import Any

import pytest

from tests.applications.agency_client import AgencyClient, Row, at, day, refused

A_BLINK = timedelta(microseconds=1)


def asked(agency: AgencyClient, **params: Any) -> Row:
    answer: Row = agency.get(f"applications/{agency.id}/contact-check", **params)
    return answer


def test_a_contact_that_raises_nothing_is_fine(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    answer = asked(agency, from_party="candidate", to_party="recruiter", channel="phone", purpose="question")
    assert (answer["verdict"], answer["until"], answer["flags"], answer["reasons"]) == ("ok", None, [], [])
    assert at(answer["at"]) == agency.clock.now


@pytest.mark.parametrize(
    ("to_party", "channel", "purpose"),
    [
        ("client", "phone", "chase"),
        ("client", "linkedin", "thank_you"),
        ("client", "email", "feedback_request"),
        ("recruiter", "sms", "chase"),
        ("recruiter", "email", "feedback_request"),
    ],
)
def test_the_check_predicts_what_the_contact_raises(agency: AgencyClient, to_party: str, channel: str, purpose: str):
    done_with(agency)
    contact = {"from_party": "candidate", "to_party": to_party, "channel": channel, "purpose": purpose}
    answer = asked(agency, **contact)
    # LinkedIn alone is wrong with a thank-you note; a chase is too early by any channel.
    assert answer["verdict"] == ("other_channel" if purpose == "thank_you" else "wait")
    before = agency.active_flags()
    agency.says("candidate", to_party, purpose, channel=channel)
    after = agency.active_flags()
    foretold = {flag["kind"]: flag["severity"] for flag in answer["flags"]}
    assert foretold == {kind: severity for kind, severity in after.items() if before.get(kind) != severity}
    stands = {flag["kind"]: flag for flag in agency.flags()}
    assert answer["reasons"] == [flag["reason"] for flag in answer["flags"]]
    for flag in answer["flags"]:
        assert flag["reason"].startswith(("This would ", "It would ")), "it has not been made"
        assert set(flag["evidence"]) < set(stands[flag["kind"]]["evidence"]), "of the facts that are there already"


def done_with(agency: AgencyClient) -> None:
    """Record an interview with its follow-up and its debrief."""
    interview = agency.interview(ended=day(4, 8))
    agency.add(f"interviews/{interview['id']}/follow-ups", occurred_at=day(4, 8))
    agency.add(f"interviews/{interview['id']}/debriefs", occurred_at=day(4, 8))


def test_a_chase_while_we_have_not_rung_yet_is_not_too_early(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    assert (
        asked(agency, from_party="candidate", to_party="recruiter", channel="sms", purpose="chase")["verdict"] == "ok"
    )


def test_asking_the_client_too_early_waits_until_the_window_opens_and_not_a_moment_longer(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    agency.clock.now = day(5)
    contact = {"from_party": "candidate", "to_party": "client", "channel": "phone", "purpose": "chase"}
    until = at(asked(agency, **contact)["until"])
    assert until == day(11, 0)
    assert asked(agency, **contact, at=until - A_BLINK)["verdict"] == "wait"
    assert asked(agency, **contact, at=until)["verdict"] == "ok"
    agency.wait(until)
    agency.says("candidate", "client", "chase", channel="phone")
    assert "premature_contact" not in agency.active_flags()


def test_a_third_chase_within_the_week_waits_until_the_second_is_a_week_old(agency: AgencyClient):
    agency.interview(ended=day(1, 10))
    for on in (11, 12):  # the first of them is the one that the guidance asks for
        agency.clock.now = day(on, 10)
        agency.says("candidate", "recruiter", "chase")
        agency.says("recruiter", "candidate", "answer", occurred_at=day(on, 10))
    agency.clock.now = day(14)
    answer = asked(agency, from_party="candidate", to_party="recruiter", channel="email", purpose="chase")
    assert [flag["kind"] for flag in answer["flags"]] == ["over_contacting"]
    assert at(answer["until"]) == day(19, 0)
    agency.wait(day(19, 0))
    agency.says("candidate", "recruiter", "chase")
    assert "over_contacting" not in agency.active_flags()


def test_what_an_organisation_never_wants_is_never_right(agency: AgencyClient):
    agency.patch(f"organisations/{agency.organisation['id']}", contact_style={"direct_contact": "via_recruiter"})
    answer = asked(agency, from_party="candidate", to_party="client", channel="email", purpose="information")
    assert (answer["verdict"], answer["until"]) == ("wait", None)


def test_asking_leaves_nothing_behind(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    asked(agency, from_party="candidate", to_party="client", channel="linkedin", purpose="chase")
    assert agency.get(f"applications/{agency.id}/interactions")["items"] == []
    assert agency.flags() == []


def test_a_question_that_makes_no_sense_is_refused(agency: AgencyClient):
    path = f"/v1/applications/{agency.id}/contact-check"
    refused(agency.admin.get(path), 422)
    refused(agency.admin.get(f"{path}?from_party=client&to_party=client"), 422)
    refused(agency.admin.get(f"{path}?from_party=candidate&to_party=client&channel=pigeon"), 422)
    unknown = f"/v1/applications/{agency.candidate['id']}/contact-check?from_party=candidate&to_party=client"
    refused(agency.admin.get(unknown), 404, "not_found")


def test_a_talk_with_one_s_own_recruiter_is_what_we_want_where_a_voicemail_is_not(agency: AgencyClient):
    done_with(agency)
    contact = {"from_party": "candidate", "to_party": "recruiter", "channel": "phone", "purpose": "chase"}
    assert asked(agency, **contact)["verdict"] == "wait"
    assert asked(agency, **contact, two_way=True)["verdict"] == "ok"


def test_where_only_the_channel_is_wrong_the_others_are_named(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    contact = {"from_party": "candidate", "to_party": "client", "purpose": "thank_you"}
    answer = asked(agency, **contact, channel="linkedin")
    assert (answer["verdict"], answer["until"]) == ("other_channel", None)
    assert {"email", "phone"} <= set(answer["channels"])
    assert not {"linkedin", "facebook", "other_social"} & set(answer["channels"])
    for channel in answer["channels"]:
        fine = asked(agency, **contact, channel=channel)
        assert (fine["verdict"], fine["channels"], fine["reasons"]) == ("ok", [], [])
    assert asked(agency, **contact | {"purpose": "chase"}, channel="email")["channels"] == [], "the time is wrong"


def test_too_early_on_the_wrong_channel_waits_for_another_one(agency: AgencyClient):
    agency.interview(ended=day(4, 8))
    contact = {"from_party": "candidate", "to_party": "client", "purpose": "chase"}
    answer = asked(agency, **contact, channel="linkedin")
    assert (answer["verdict"], at(answer["until"])) == ("wait", day(11, 0))
    assert asked(agency, **contact, channel=answer["channels"][0], at=answer["until"])["verdict"] == "ok"
    assert asked(agency, **contact, channel="linkedin", at=answer["until"])["verdict"] == "other_channel"


@pytest.mark.parametrize(
    ("stage", "still"),
    [
        ("rejected", "The candidate has not been informed since: a message to the candidate is still due."),
        (
            "withdrawn",
            "There is no decision left to ask for; both sides may still be thanked, answered and kept in touch",
        ),
    ],
)
def test_an_application_that_has_ended_says_so_and_what_may_still_be_done(agency: AgencyClient, stage: str, still: str):
    contact = {"from_party": "candidate", "to_party": "client", "channel": "email", "purpose": "chase"}
    agency.interview(ended=day(3, 8))
    assert asked(agency, **contact)["note"] is None
    agency.moves(stage, reason="Another was chosen")
    answer = asked(agency, **contact)
    assert answer["verdict"] == "ok"
    assert answer["note"].startswith(f"This application ended on Mon 4 May 2026 ({stage}): no contact raises a flag.")
    assert still in answer["note"]
    assert "`reopen: true`" in answer["note"]
    assert asked(agency, **contact, at=day(3, 12))["note"] is None, "it had not ended then"


def test_the_candidate_who_has_been_told_is_owed_no_word(agency: AgencyClient):
    agency.moves("rejected", reason="Another was chosen")
    agency.says("recruiter", "candidate", "information")
    answer = asked(agency, from_party="recruiter", to_party="candidate", channel="phone", purpose="check_in")
    assert "has not been told" not in answer["note"]
