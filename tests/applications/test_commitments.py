"""Commitments: made, kept, dropped, postponed and voided."""

import pytest

from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused


@pytest.fixture
def promise(agency: AgencyClient) -> Row:
    """A promise of the candidate to send referees by Tuesday."""
    return agency.add(
        f"applications/{agency.id}/commitments", owed_by="candidate", description="Two referees", due_on="2026-05-05"
    )


def test_a_promise_was_made_now_unless_it_says_otherwise(agency: AgencyClient, promise: Row):
    assert at(promise["made_at"]) == agency.clock.now
    assert (promise["fulfilled_at"], promise["cancelled_at"], promise["voided_at"]) == (None, None, None)


def test_a_promise_is_overdue_from_the_end_of_its_day(agency: AgencyClient, promise: Row):
    agency.wait(day(5, 23, 59))
    assert "commitment_overdue" not in agency.active_flags()
    agency.wait(day(6, 0))
    flag = agency.flag("commitment_overdue")
    assert (flag["severity"], flag["evidence"], at(flag["since"])) == ("watch", [promise["id"]], day(6, 0))
    agency.wait(day(7, 0))
    assert agency.active_flags()["commitment_overdue"] == "warning"


@pytest.mark.parametrize("ending", ["fulfilled_at", "cancelled_at"])
def test_a_promise_kept_or_dropped_is_no_longer_overdue(agency: AgencyClient, promise: Row, ending: str):
    agency.wait(day(6, 1))
    agency.patch(f"commitments/{promise['id']}", **{ending: day(6, 1)})
    assert "commitment_overdue" not in agency.active_flags()
    assert "commitment_overdue" in agency.found(as_of=day(6, 0))
    agency.patch(f"commitments/{promise['id']}", **{ending: None})
    assert "commitment_overdue" in agency.active_flags()


@pytest.mark.parametrize("ending", ["fulfilled_at", "cancelled_at"])
def test_a_promise_is_not_kept_or_dropped_before_it_was_made(agency: AgencyClient, promise: Row, ending: str):
    body = {ending: day(4, 8, 59).isoformat()}
    refused(agency.admin.patch(f"/v1/commitments/{promise['id']}", body), 422, pointer=f"/{ending}")


def test_a_promise_with_a_new_date_is_overdue_from_the_end_of_that(agency: AgencyClient, promise: Row):
    agency.wait(day(6, 1))
    assert "commitment_overdue" in agency.active_flags()
    agency.patch(f"commitments/{promise['id']}", due_on="2026-05-08")
    assert "commitment_overdue" not in agency.active_flags()
    agency.wait(day(9, 0))
    assert "commitment_overdue" in agency.active_flags()


def test_a_voided_promise_counts_for_nothing_and_cannot_be_changed(agency: AgencyClient, promise: Row):
    agency.wait(day(6, 1))
    done(agency.post(f"commitments/{promise['id']}/void", reason="Somebody else's"), 200)
    assert "commitment_overdue" not in agency.active_flags()
    (listed,) = agency.get(f"applications/{agency.id}/commitments")["items"]
    assert (at(listed["voided_at"]), listed["void_reason"]) == (day(6, 1), "Somebody else's")
    answer = agency.admin.patch(f"/v1/commitments/{promise['id']}", {"due_on": "2026-05-08"})
    refused(answer, 409, "already_voided")


@pytest.mark.parametrize("field", ["description", "due_on"])
def test_what_every_promise_has_cannot_be_emptied(agency: AgencyClient, promise: Row, field: str):
    refused(agency.admin.patch(f"/v1/commitments/{promise['id']}", {field: None}), 422, pointer=f"/{field}")


def test_several_overdue_promises_are_one_flag_and_an_action_each(agency: AgencyClient, promise: Row):
    theirs = agency.add(
        f"applications/{agency.id}/commitments", owed_by="client", description="Roster", due_on="2026-05-04"
    )
    ours = agency.add(
        f"applications/{agency.id}/commitments", owed_by="recruiter", description="Call", due_on="2026-05-05"
    )
    agency.wait(day(6, 0))
    flag = agency.flag("commitment_overdue")
    assert set(flag["evidence"]) == {promise["id"], theirs["id"], ours["id"]}
    assert (flag["severity"], at(flag["since"])) == ("warning", day(5, 0))
    kinds = agency.actions()
    assert kinds.count("chase_commitment") == 2
    assert kinds.count("keep_commitment") == 1
