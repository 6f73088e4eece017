"""Checks: asked for, followed step by step, and voided. They hold dates and never a result."""

from typing import Any

import pytest

from app.applications.history_loader import load
from app.applications.models import application, check
from app.rules.history import Check
from tests.applications.agency_client import AgencyClient, Row, at, day, done, refused

STEPS = ("prepared_at", "ready_at", "done_at", "cancelled_at")


@pytest.fixture
def medical(agency: AgencyClient) -> Row:
    """A medical that was asked for on Friday."""
    return ask(agency, "medical", asked_at=day(1, 12))


def ask(agency: AgencyClient, kind: str, application: str | None = None, **body: Any) -> Row:
    return agency.add(f"applications/{application or agency.id}/checks", kind=kind, **body)


def history(agency: AgencyClient) -> Any:
    """Return the history that the rules read."""
    (row,) = agency.rows(application, application.c.external_id.is_(None))
    key = row["agency_id"], row["id"]
    return agency.service.read(lambda conn: load(conn, [key])[key]).history


def test_a_check_is_asked_for_now_and_its_result_comes_from_whom_it_usually_does(agency: AgencyClient):
    reference, medical = ask(agency, "reference"), ask(agency, "medical")
    assert at(reference["asked_at"]) == at(reference["recorded_at"]) == agency.clock.now
    assert (reference["result_from"], medical["result_from"]) == ("recruiter", "client")
    assert ask(agency, "reference", result_from="client")["result_from"] == "client"
    empty = ("label", "booked_for", "prepared_at", "ready_at", "result_by", "done_at", "cancelled_at", "voided_at")
    assert [medical[name] for name in empty] == [None] * len(empty)


def test_a_check_has_no_field_for_a_result(agency: AgencyClient):
    for name in ("result", "outcome", "passed", "note"):
        refused(
            agency.post(f"applications/{agency.id}/checks", kind="medical", **{name: "fit"}), 422, pointer=f"/{name}"
        )


def test_the_rules_read_a_check_as_it_was_recorded_and_no_voided_one(agency: AgencyClient):
    steps: Row = {"asked_at": day(1, 12), "prepared_at": day(2), "ready_at": day(3), "done_at": day(4, 8)}
    made = ask(agency, "drug_alcohol", label="Camp", booked_for=day(20), result_by="2026-05-21", **steps)
    wrong = ask(agency, "licence")
    assert [one.id for one in history(agency).checks] == [made["id"], wrong["id"]]
    done(agency.post(f"checks/{wrong['id']}/void", reason="Another Robin"), 200)
    assert history(agency).checks == (
        Check(
            id=made["id"],
            kind="drug_alcohol",
            result_from="client",
            booked_for=day(20),
            result_by=day(21).date(),
            **steps,
        ),
    )


def test_a_check_is_followed_step_by_step_and_a_step_is_taken_back(agency: AgencyClient, medical: Row):
    path = f"checks/{medical['id']}"
    changes: list[Row] = [
        {"booked_for": day(20)},
        {"prepared_at": day(2), "label": "Camp"},
        {"ready_at": day(3), "result_by": "2026-06-01"},
        {"result_from": "recruiter", "asked_at": day(1, 10)},
        {"done_at": day(4)},
        {"cancelled_at": day(4)},
    ]
    for change in changes:
        changed = agency.patch(path, **change)
        assert changed == agency.get(path)
        for name, value in change.items():
            assert (at(changed[name]) if hasattr(value, "hour") else changed[name]) == value
    optional = ("label", "booked_for", "result_by", *STEPS)
    cleared = agency.patch(path, **dict.fromkeys(optional))
    assert [cleared[name] for name in optional] == [None] * len(optional)


@pytest.mark.parametrize("name", ["result_from", "asked_at"])
def test_what_every_check_has_cannot_be_emptied(agency: AgencyClient, medical: Row, name: str):
    refused(agency.admin.patch(f"/v1/checks/{medical['id']}", {name: None}), 422, pointer=f"/{name}")


def test_a_check_stays_of_its_kind(agency: AgencyClient, medical: Row):
    refused(agency.admin.patch(f"/v1/checks/{medical['id']}", {"kind": "licence"}), 422, pointer="/kind")


@pytest.mark.parametrize("name", STEPS)
def test_no_step_is_taken_before_the_check_is_asked_for(agency: AgencyClient, medical: Row, name: str):
    early = {name: day(1, 11, 59).isoformat()}
    refused(agency.admin.patch(f"/v1/checks/{medical['id']}", early), 422, pointer=f"/{name}")
    refused(agency.post(f"applications/{agency.id}/checks", kind="licence", **early), 422, pointer=f"/{name}")
    agency.patch(f"checks/{medical['id']}", **{name: day(1, 12)})
    later = {"asked_at": day(1, 13).isoformat()}
    refused(agency.admin.patch(f"/v1/checks/{medical['id']}", later), 422, pointer="/asked_at")


@pytest.mark.parametrize("name", ["asked_at", *STEPS])
def test_what_has_happened_does_not_lie_ahead(agency: AgencyClient, medical: Row, name: str):
    ahead = {name: day(4, 9, 6).isoformat()}
    path = f"/v1/checks/{medical['id']}"
    assert refused(agency.admin.patch(path, ahead), 422, pointer=f"/{name}")["code"] == "in_the_future"
    refused(agency.post(f"applications/{agency.id}/checks", kind="licence", **ahead), 422, pointer=f"/{name}")
    agency.patch(f"checks/{medical['id']}", **{name: day(4, 9, 5)})


def test_appointment_and_expected_day_lie_anywhere(agency: AgencyClient):
    for when in (day(1), day(30, month=12)):
        made = ask(agency, "medical", booked_for=when, result_by=when.date())
        assert (at(made["booked_for"]), made["result_by"]) == (when, when.date().isoformat())


@pytest.mark.parametrize("label", ["", " ", "x" * 121, "two\nlines"])
def test_a_label_is_one_short_line(agency: AgencyClient, medical: Row, label: str):
    refused(agency.post(f"applications/{agency.id}/checks", kind="licence", label=label), 422, pointer="/label")
    refused(agency.admin.patch(f"/v1/checks/{medical['id']}", {"label": label}), 422, pointer="/label")
    assert ask(agency, "licence", label="ü" * 120)["label"] == "ü" * 120


def test_a_voided_check_stays_visible_and_is_not_changed(agency: AgencyClient, medical: Row):
    path = f"checks/{medical['id']}"
    done(agency.post(f"{path}/void", reason="Another Robin"), 200)
    (listed,) = agency.get(f"applications/{agency.id}/checks")["items"]
    assert (at(listed["voided_at"]), listed["void_reason"]) == (agency.clock.now, "Another Robin")
    refused(agency.admin.patch(f"/v1/{path}", {"label": "Camp"}), 409, "already_voided")
    refused(agency.admin.patch(f"/v1/{path}", {}), 409, "already_voided")
    refused(agency.post(f"{path}/void", reason="Again"), 409, "already_voided")


@pytest.mark.parametrize("stage", ["interviewed", "accepted", "on_hold", "rejected", "placed"])
def test_a_check_is_recorded_in_any_stage_and_assessed_at_once(agency: AgencyClient, stage: str):
    other = agency.open(stage=stage)["id"]
    agency.clock.advance(hours=1)
    made = ask(agency, "medical", other)
    assessed_at = {str(row["id"]): row["assessed_at"] for row in agency.rows(application)}
    assert assessed_at[other] == agency.clock.now
    for write in ({"label": "Camp"}, {"done_at": day(4, 10)}):
        agency.clock.advance(hours=1)
        agency.patch(f"checks/{made['id']}", **write)
        (row,) = (row for row in agency.rows(application) if str(row["id"]) == other)
        assert row["assessed_at"] == agency.clock.now


def test_the_checks_of_an_application_are_listed_in_the_order_they_were_asked_for(agency: AgencyClient):
    later, earlier = ask(agency, "licence", asked_at=day(3)), ask(agency, "medical", asked_at=day(2))
    ask(agency, "medical", agency.open()["id"])
    first = agency.get(f"applications/{agency.id}/checks", limit=1)
    assert first["items"] == [earlier]
    assert agency.get(f"applications/{agency.id}/checks", cursor=first["next_cursor"])["items"] == [later]
    refused(agency.admin.get("/v1/applications/019a9c2e-4f60-7cc1-8d0a-3f6f5b1c2a01/checks"), 404)


def test_a_check_is_corrected_by_its_reference(agency: AgencyClient):
    path = "checks/by-ref/jobadder/4711"
    body = {"application_id": agency.id, "kind": "reference", "label": "A. K.", "asked_at": day(2)}
    made = done(agency.put(path, **body))
    assert (made["result_from"], made["external_ref"]) == ("recruiter", {"system": "jobadder", "id": "4711"})
    assert done(agency.put(path, **body), 200) == made
    ready = done(agency.put(path, application_id=agency.id, kind="reference", ready_at=day(3)), 200)
    assert ready == made | {"ready_at": "2026-05-03T09:00:00Z"}
    assert done(agency.put(path, application_id=agency.id, kind="reference", label=None), 200)["label"] is None
    refused(agency.put(path, **body, done_at=day(1)), 422, pointer="/done_at")
    refused(agency.put(path, **(body | {"application_id": agency.open_elsewhere()["id"]})), 409, "other_application")
    assert len(agency.rows(check)) == 1


def test_a_voided_check_is_not_put_again(agency: AgencyClient):
    path = "checks/by-ref/jobadder/4711"
    body = {"application_id": agency.id, "kind": "medical"}
    made = done(agency.put(path, **body))
    done(agency.post(f"checks/{made['id']}/void", reason="Another Robin"), 200)
    refused(agency.put(path, **body), 409, "already_voided")
    refused(agency.put(path, **body, label="Camp"), 409, "already_voided")
    assert agency.get(path)["label"] is None


def test_a_check_is_changed_only_as_it_was_read(agency: AgencyClient, medical: Row):
    path = f"/v1/checks/{medical['id']}"
    tag = agency.admin.get(path).headers["ETag"]
    assert agency.admin.patch(path, {"label": "Camp"}, headers={"If-Match": tag}).status_code == 200
    refused(agency.admin.patch(path, {"label": "Clinic"}, headers={"If-Match": tag}), 412, "precondition_failed")


def test_the_history_has_each_step_at_its_time(agency: AgencyClient, medical: Row):
    agency.patch(
        f"checks/{medical['id']}",
        label="Camp",
        booked_for=day(3),
        prepared_at=day(2),
        ready_at=day(3, 10),
        result_by="2026-05-08",
        done_at=day(4),
    )
    referee = ask(agency, "reference", label="A. K.", asked_at=day(4), booked_for=day(6), prepared_at=day(4))
    agency.patch(f"checks/{referee['id']}", cancelled_at=day(4))
    done(agency.post(f"checks/{referee['id']}/void", reason="Another Robin"), 200)
    items = agency.get(f"applications/{agency.id}/history")["items"]
    entries = [(item["type"], item["text"], at(item["at"]), item["voided"]) for item in items[1:]]
    assert entries == [
        (
            "check_asked",
            "A medical (Camp) was asked for; the result comes from the client. The result is expected by "
            "Fri 8 May 2026. It is booked for Sun 3 May 2026 at 09:00 UTC.",
            day(1, 12),
            False,
        ),
        ("check_prepared", "The medical (Camp) was prepared: the candidate was informed.", day(2), False),
        ("check_booked", "This was the appointment for the medical (Camp).", day(3), False),
        ("check_ready", "The candidate's part of the medical (Camp) was done.", day(3, 10), False),
        (
            "check_asked",
            "A reference (A. K.) was asked for; the result comes from the recruiter. It is booked for "
            "Wed 6 May 2026 at 09:00 UTC. This was taken back: Another Robin.",
            day(4),
            True,
        ),
        ("check_prepared", "The reference (A. K.) was prepared: the referee was warned.", day(4), True),
        ("check_done", "The medical (Camp) was concluded.", day(4), False),
        ("check_cancelled", "The reference (A. K.) was cancelled.", day(4), True),
    ]


def test_an_overdue_check_is_a_flag_and_its_actions_name_the_check(agency: AgencyClient, medical: Row):
    referee = ask(agency, "reference", label="A. K.")
    agency.wait(day(7))
    flag = agency.flag("check_overdue")
    assert set(flag["evidence"]) == {medical["id"], referee["id"]}
    about = {
        "medical": {"id": medical["id"], "kind": "medical", "label": None},
        "reference": {"id": referee["id"], "kind": "reference", "label": "A. K."},
    }
    wanted = [
        ("chase_check", about["medical"]),
        ("chase_check", about["reference"]),
        ("prepare_for_check", about["medical"]),
        ("warn_referee", about["reference"]),
    ]
    for actions in (agency.assessment()["actions"], agency.get("worklist")["items"]):
        named = [(one["kind"], one["check"]) for one in actions if one["check"]]
        assert sorted(named, key=str) == sorted(wanted, key=str)
        assert {one["commitment"] for one in actions} == {None}
    agency.patch(f"checks/{referee['id']}", ready_at=day(7))
    agency.patch(f"checks/{medical['id']}", cancelled_at=day(7))
    assert "check_overdue" not in agency.active_flags()
    (line,) = (one for one in agency.get("worklist", on="2026-05-07")["items"] if one["check"])
    assert (line["kind"], line["check"]) == ("take_reference", about["reference"])


def test_a_voided_check_is_overdue_no_longer(agency: AgencyClient, medical: Row):
    agency.wait(day(7))
    assert "check_overdue" in agency.active_flags()
    done(agency.post(f"checks/{medical['id']}/void", reason="Another Robin"), 200)
    assert "check_overdue" not in agency.active_flags()
    assert not [one for one in agency.get("worklist")["items"] if one["check"]]


def test_a_promise_and_a_check_are_distinguished_on_the_worklist(agency: AgencyClient, medical: Row):
    promise = agency.add(
        f"applications/{agency.id}/commitments", owed_by="recruiter", description="Ring the clinic", due_on="2026-05-05"
    )
    for actions in (agency.assessment()["actions"], agency.get("worklist")["items"]):
        named = {one["kind"]: (one["commitment"], one["check"]) for one in actions}
        assert named["keep_commitment"] == ({"id": promise["id"], "description": "Ring the clinic"}, None)
        assert named["prepare_for_check"] == (None, {"id": medical["id"], "kind": "medical", "label": None})
