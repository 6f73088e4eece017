"""Policies at their three levels, over HTTP."""

import asyncio
from itertools import count
from typing import Any

import pytest

from app.policies.override_levels import leaves
from app.rules.policy import DEFAULTS, values
from tests.agencies import as_role, asked_again, made, new_agency


@pytest.fixture
def job(admin, organisation):
    """A vacancy at the organisation."""
    return made(admin, "/v1/jobs", {"title": "Nurse", "organisation_id": organisation["id"]})


@pytest.fixture
def paths(organisation, job):
    """The path of the policy of each level."""
    return {
        "agency": "/v1/policy",
        "organisation": f"/v1/organisations/{organisation['id']}/policy",
        "job": f"/v1/jobs/{job['id']}/policy",
    }


def test_until_something_is_set_every_default_holds(admin, paths):
    for path in paths.values():
        policy = admin.get(path).json()
        assert (policy["version"], policy["overrides"]) == (1, {})
        assert policy["effective"] == values(DEFAULTS)
        assert policy["sources"] == dict.fromkeys(dict(leaves(values(DEFAULTS))), "default")


def test_each_level_lies_over_the_one_above_field_by_field(admin, paths):
    admin.patch(paths["agency"], json={"going_quiet": {"watch": 3, "offer": {"critical": 5}}, "episode_minutes": 90})
    admin.patch(paths["organisation"], json={"going_quiet": {"watch": 1}, "thank_you": {"enabled": False}})
    admin.patch(paths["job"], json={"going_quiet": {"warning": 6}, "follow_up_overdue": {"late_after": "17:00"}})
    job = admin.get(paths["job"]).json()
    assert job["version"] == 4
    assert job["overrides"] == {"going_quiet": {"warning": 6}, "follow_up_overdue": {"late_after": "17:00"}}
    effective = dict(leaves(job["effective"]))
    expected = {
        "going_quiet.watch": (1, "organisation"),
        "going_quiet.warning": (6, "job"),
        "going_quiet.critical": (7, "default"),
        "going_quiet.offer.critical": (5, "agency"),
        "going_quiet.offer.watch": (1, "default"),
        "thank_you.enabled": (False, "organisation"),
        "follow_up_overdue.late_after": ("17:00", "job"),
        "follow_up_overdue.late_due": ("12:00", "default"),
        "episode_minutes": (90, "agency"),
    }
    assert {name: (effective[name], job["sources"][name]) for name in expected} == expected
    assert job["sources"].keys() == effective.keys()
    assert admin.get(paths["agency"]).json()["effective"]["thank_you"]["enabled"] is True


def test_null_resets_a_field_or_a_whole_rule(admin, paths):
    path = paths["agency"]
    rules = {"going_quiet": {"watch": 1, "warning": 2, "offer": {"watch": 2}}, "over_contacting": {"enabled": False}}
    assert admin.patch(path, json=rules).json()["overrides"] == rules
    kept = admin.patch(path, json={"going_quiet": {"watch": None, "offer": None}}).json()
    assert kept["overrides"] == {"going_quiet": {"warning": 2}, "over_contacting": {"enabled": False}}
    assert admin.patch(path, json={"going_quiet": None, "over_contacting": {"enabled": None}}).json()["overrides"] == {}
    assert admin.get(path).json()["effective"] == values(DEFAULTS)


@pytest.mark.parametrize("patch", [{}, {"going_quiet": {}}, {"going_quiet": None}, {"going_quiet": {"watch": None}}])
def test_a_patch_that_changes_nothing_makes_no_version(service, admin, paths, patch):
    for path in paths.values():
        assert admin.patch(path, json=patch).json()["version"] == 1
    set_once = {"client_quiet": {"watch": 1}}
    assert [admin.patch(paths["job"], json=set_once).json()["version"] for _ in range(2)] == [2, 2]
    assert len(admin.get("/v1/policy/changes").json()["items"]) == 1


@pytest.mark.parametrize(
    ("patch", "pointer"),
    [
        ({"going_silent": {"watch": 1}}, "/going_silent"),
        ({"going_silent": None}, "/going_silent"),
        ({"going_quiet": {"look": 1}}, "/going_quiet/look"),
        ({"going_quiet": {"look": None}}, "/going_quiet/look"),
        ({"a/b~c": 1}, "/a~1b~0c"),
        ({"going_quiet": 3}, "/going_quiet"),
        ({"going_quiet": {"watch": 0}}, "/going_quiet/watch"),
        ({"going_quiet": {"watch": True}}, "/going_quiet/watch"),
        ({"going_quiet": {"watch": 1.5}}, "/going_quiet/watch"),
        ({"going_quiet": {"watch": 2**63}}, "/going_quiet/watch"),
        ({"going_quiet": {"watch": {"days": 1}}}, "/going_quiet/watch"),
        ({"going_quiet": {"enabled": "no"}}, "/going_quiet/enabled"),
        ({"going_quiet": {"watch": 5}}, "/going_quiet/watch"),
        ({"going_quiet": {"offer": {"warning": 4}}}, "/going_quiet/offer/warning"),
        ({"follow_up_overdue": {"late_after": "25:00"}}, "/follow_up_overdue/late_after"),
        ({"timeline_missing": {"grace": -1}}, "/timeline_missing/grace"),
        ({"chase_spacing_days": 0}, "/chase_spacing_days"),
    ],
)
def test_what_is_not_a_policy_is_refused_with_its_place(admin, paths, patch, pointer):
    for path in paths.values():
        answer = admin.patch(path, json=patch)
        assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert admin.get(paths["agency"]).json()["version"] == 1


def test_a_body_that_is_no_object_is_refused(admin, paths):
    bodies: list[Any] = [[], "going_quiet", 3, None]
    for body in bodies:
        assert admin.patch(paths["agency"], json=body).status_code == 422
    assert admin.patch(paths["agency"], json={"timeline_missing": {"grace": 0}}).status_code == 200


def test_thresholds_are_checked_together_with_inherited_ones(admin, paths):
    admin.patch(paths["agency"], json={"going_quiet": {"watch": 1, "warning": 2}})
    answer = admin.patch(paths["organisation"], json={"going_quiet": {"watch": 3}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/going_quiet/watch")
    assert admin.patch(paths["organisation"], json={"going_quiet": {"watch": 3, "warning": 3}}).status_code == 200
    # Taking the warning away again would leave 3 above the inherited 2.
    answer = admin.patch(paths["organisation"], json={"going_quiet": {"warning": None}})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/going_quiet/warning")


def test_a_change_that_makes_thresholds_below_decrease_is_refused_with_their_place(admin, organisation, job, paths):
    admin.patch(paths["organisation"], json={"client_quiet": {"critical": 5}})
    admin.patch(paths["job"], json={"client_quiet": {"watch": 3}})
    answer = admin.patch(paths["agency"], json={"client_quiet": {"watch": 6, "warning": 6}})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "ladder_goes_down_below")
    details = [error["detail"] for error in problem["errors"]]
    assert details[0].startswith(f"At the organisation “Acme” ({organisation['id']}): ")
    assert details[-1].startswith(f"At the job “Nurse” ({job['id']}): ")
    assert {error["pointer"] for error in problem["errors"]} == {"/client_quiet/critical"}
    answer = admin.patch(paths["organisation"], json={"client_quiet": {"warning": 2, "watch": 1}})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/client_quiet/watch"]
    assert admin.get(paths["agency"]).json()["version"] == 3
    # Without the two below the same change is right.
    admin.patch(paths["job"], json={"client_quiet": None})
    admin.patch(paths["organisation"], json={"client_quiet": None})
    assert admin.patch(paths["agency"], json={"client_quiet": {"watch": 6, "warning": 6}}).json()["version"] == 6


def test_two_concurrent_changes_cannot_make_thresholds_decrease(admin, paths):
    """Each change is valid alone: the agency's watch rises to 4, the organisation's warning falls to 3."""

    async def at_once() -> list[int]:
        http, headers = admin.service.http, admin._headers
        higher = http.patch(paths["agency"], json={"client_quiet": {"watch": 4}}, headers=headers)
        lower = http.patch(paths["organisation"], json={"client_quiet": {"warning": 3}}, headers=headers)
        return [answer.status_code for answer in await asyncio.gather(higher, lower)]

    assert sorted(admin.service.run(at_once)) == [200, 422]
    assert admin.get(paths["agency"]).json()["version"] == 2


def test_thresholds_of_another_agency_have_no_effect(admin, operator, paths):
    other = new_agency(operator, "Other")
    theirs = made(other, "/v1/organisations", {"name": "Theirs"})
    assert other.patch(f"/v1/organisations/{theirs['id']}/policy", json={"going_quiet": {"watch": 4}}).is_success
    assert admin.patch(paths["agency"], json={"going_quiet": {"watch": 1, "warning": 3}}).status_code == 200


def test_a_change_has_what_lies_below_reassessed(service, admin, organisation, job, paths):
    for path in paths.values():
        admin.patch(path, json={"thank_you": {"enabled": False}})
    assert asked_again(service) == [("agency", None), ("organisation", organisation["id"]), ("job", job["id"])]
    assert admin.get("/v1/agency").json()["policy_version"] == 4


def test_the_changes_are_kept_with_their_time_and_key(admin, clock, organisation, paths):
    key = made(admin, "/v1/api-keys", {"name": "Second admin", "role": "admin"})
    admin.patch(paths["agency"], json={"going_quiet": {"watch": 1}, "episode_minutes": 30})
    clock.advance(hours=1)
    second = admin.as_(key["api_key"])
    second.patch(paths["organisation"], json={"going_quiet": {"watch": 2}})
    second.patch(paths["agency"], json={"going_quiet": None, "episode_minutes": 45})
    first = admin.get("/v1/policy/changes", params={"limit": 2}).json()
    rest = admin.get("/v1/policy/changes", params={"cursor": first["next_cursor"]}).json()
    changes = first["items"] + rest["items"]
    assert [(item["version"], item["level"], item["subject_id"]) for item in changes] == [
        (2, "agency", None),
        (3, "organisation", organisation["id"]),
        (4, "agency", None),
    ]
    assert [item["fields"] for item in changes] == [
        {"going_quiet.watch": {"from": None, "to": 1}, "episode_minutes": {"from": None, "to": 30}},
        {"going_quiet.watch": {"from": None, "to": 2}},
        {"going_quiet.watch": {"from": 1, "to": None}, "episode_minutes": {"from": 30, "to": 45}},
    ]
    assert [item["changed_at"] for item in changes] == ["2026-05-04T09:00:00Z"] + ["2026-05-04T10:00:00Z"] * 2
    assert [item["api_key_id"] == key["key"]["id"] for item in changes] == [False, True, True]


def test_a_policy_that_has_changed_since_is_not_changed_blindly(admin, paths):
    for path in paths.values():
        tag = admin.get(path).headers["ETag"]
        days = count(8)
        change = {"off_channel_contact": {"open_days": next(days)}}
        assert admin.patch(path, json=change, headers={"If-Match": tag}).status_code == 200
        change = {"off_channel_contact": {"open_days": next(days)}}
        assert admin.patch(path, json=change, headers={"If-Match": tag}).status_code == 412


def test_everybody_reads_the_policy_and_admins_change_it(admin, paths):
    for role in ("viewer", "recruiter"):
        client = as_role(admin, role)
        for path in paths.values():
            assert client.get(path).status_code == 200
            assert client.patch(path, json={"episode_minutes": 30}).status_code == 403
        assert client.get("/v1/policy/changes").status_code == 200


def test_another_agency_neither_reads_nor_changes_it(stranger, paths):
    for level in ("organisation", "job"):
        assert stranger.get(paths[level]).status_code == 404
        assert stranger.patch(paths[level], json={"episode_minutes": 30}).status_code == 404


def test_a_record_changed_beside_its_policy_keeps_it(admin, organisation, job, paths):
    admin.patch(paths["organisation"], json={"episode_minutes": 30})
    admin.patch(paths["job"], json={"chase_spacing_days": 5})
    admin.patch(f"/v1/organisations/{organisation['id']}", json={"name": "Acme Holdings"})
    admin.patch(f"/v1/jobs/{job['id']}", json={"title": "Senior nurse"})
    assert admin.get(paths["job"]).json()["effective"]["episode_minutes"] == 30
    assert admin.get(paths["job"]).json()["overrides"] == {"chase_spacing_days": 5}
