"""Commitments: made, kept, dropped, postponed and voided."""

import pytest

from tests.applications.desk import Desk, Row, at, day, done, refused


@pytest.fixture
def promise(desk: Desk) -> Row:
    """A promise of the candidate to send referees by Tuesday."""
    return desk.add(
        f"applications/{desk.id}/commitments", owed_by="candidate", description="Two referees", due_on="2026-05-05"
    )


def test_a_promise_was_made_now_unless_it_says_otherwise(desk: Desk, promise: Row):
    assert at(promise["made_at"]) == desk.clock.now
    assert (promise["fulfilled_at"], promise["cancelled_at"], promise["voided_at"]) == (None, None, None)


def test_a_promise_is_overdue_from_the_end_of_its_day(desk: Desk, promise: Row):
    desk.wait(day(5, 23, 59))
    assert "commitment_overdue" not in desk.standing()
    desk.wait(day(6, 0))
    flag = desk.flag("commitment_overdue")
    assert (flag["severity"], flag["evidence"], at(flag["since"])) == ("watch", [promise["id"]], day(6, 0))
    desk.wait(day(7, 0))
    assert desk.standing()["commitment_overdue"] == "warning"


@pytest.mark.parametrize("ending", ["fulfilled_at", "cancelled_at"])
def test_a_promise_kept_or_dropped_is_no_longer_overdue(desk: Desk, promise: Row, ending: str):
    desk.wait(day(6, 1))
    desk.patch(f"commitments/{promise['id']}", **{ending: day(6, 1)})
    assert "commitment_overdue" not in desk.standing()
    assert "commitment_overdue" in desk.found(as_of=day(6, 0))
    desk.patch(f"commitments/{promise['id']}", **{ending: None})
    assert "commitment_overdue" in desk.standing()


@pytest.mark.parametrize("ending", ["fulfilled_at", "cancelled_at"])
def test_a_promise_is_not_kept_or_dropped_before_it_was_made(desk: Desk, promise: Row, ending: str):
    body = {ending: day(4, 8, 59).isoformat()}
    refused(desk.admin.patch(f"/v1/commitments/{promise['id']}", body), 422, pointer=f"/{ending}")


def test_a_promise_with_a_new_date_is_overdue_from_the_end_of_that(desk: Desk, promise: Row):
    desk.wait(day(6, 1))
    assert "commitment_overdue" in desk.standing()
    desk.patch(f"commitments/{promise['id']}", due_on="2026-05-08")
    assert "commitment_overdue" not in desk.standing()
    desk.wait(day(9, 0))
    assert "commitment_overdue" in desk.standing()


def test_a_voided_promise_counts_for_nothing_and_cannot_be_changed(desk: Desk, promise: Row):
    desk.wait(day(6, 1))
    done(desk.post(f"commitments/{promise['id']}/void", reason="Somebody else's"), 200)
    assert "commitment_overdue" not in desk.standing()
    (listed,) = desk.get(f"applications/{desk.id}/commitments")["items"]
    assert (at(listed["voided_at"]), listed["void_reason"]) == (day(6, 1), "Somebody else's")
    answer = desk.admin.patch(f"/v1/commitments/{promise['id']}", {"due_on": "2026-05-08"})
    refused(answer, 409, "already_voided")


@pytest.mark.parametrize("field", ["description", "due_on"])
def test_what_every_promise_has_cannot_be_emptied(desk: Desk, promise: Row, field: str):
    refused(desk.admin.patch(f"/v1/commitments/{promise['id']}", {field: None}), 422, pointer=f"/{field}")


def test_several_overdue_promises_are_one_flag_and_an_action_each(desk: Desk, promise: Row):
    theirs = desk.add(
        f"applications/{desk.id}/commitments", owed_by="client", description="Roster", due_on="2026-05-04"
    )
    ours = desk.add(f"applications/{desk.id}/commitments", owed_by="recruiter", description="Call", due_on="2026-05-05")
    desk.wait(day(6, 0))
    flag = desk.flag("commitment_overdue")
    assert set(flag["evidence"]) == {promise["id"], theirs["id"], ours["id"]}
    assert (flag["severity"], at(flag["since"])) == ("warning", day(5, 0))
    kinds = desk.actions()
    assert kinds.count("chase_commitment") == 2
    assert kinds.count("keep_commitment") == 1
