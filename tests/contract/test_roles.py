"""Roles: every address declares a role, and refuses lesser ones."""

import json

import pytest
from fastapi import APIRouter, FastAPI

from app.access.caller import Role
from app.access.request_context import allowed
from tests.contract.operations import Operation, operations
from tests.contract.sample_agency import problem

OPEN: set[str] = set()
"""Addresses under /v1 that know their callers by something else than an API key."""

LESSER = {"viewer": [], "recruiter": ["viewer"], "admin": ["viewer", "recruiter"]}
"""For each role those below it."""


def test_every_address_declares_its_role(agency):
    without = {operation.name for operation in agency.operations if operation.role is None}
    assert without == OPEN
    assert len(agency.operations) > 90, "the routes have them all"


ADMINS_READ = ("/v1/api-keys", "/v1/imports", "/v1/exports", "/v1/connections", "/v1/webhook-endpoints")
ADMINS_WRITE = (
    "/v1/api-keys",
    "/v1/agency",
    "/v1/recruiters",
    "/v1/imports",
    "/v1/connections",
    "/v1/webhook-endpoints",
)
ADMINS_DO = ("/policy", "/erasure")
"""The last word of what only an admin does, wherever it stands."""


def meant_for(operation: Operation) -> str:
    """The role that the contract gives an operation: admins keep policy, people and keys; recruiters do the work."""
    path, reading = operation.path, operation.method == "GET"
    if path.startswith("/v1/agencies"):
        return "operator"
    if path.startswith(ADMINS_READ if reading else ADMINS_WRITE) or (path.endswith(ADMINS_DO) and not reading):
        return "admin"
    return "viewer" if reading else "recruiter"


def test_every_address_declares_the_role_that_is_meant(agency):
    declared = {operation.name: operation.role for operation in agency.operations if operation.name not in OPEN}
    assert declared == {one.name: meant_for(one) for one in agency.operations if one.name not in OPEN}


def test_an_address_that_declares_none_is_noticed():
    app, router = FastAPI(), APIRouter(prefix="/v1")
    router.get("/open")(lambda: None)
    router.get("/closed", dependencies=[allowed(Role.viewer)])(lambda: None)
    app.include_router(router)
    assert [operation.role for operation in operations(app)] == [None, "viewer"]


def test_a_lesser_role_is_held_off_everywhere(agency):
    rows, held_off = agency.rows(), 0
    for operation in agency.operations:
        if operation.role in (None, "operator"):
            continue
        for role in [*LESSER[operation.role], "operator"]:
            (answer,) = agency.send(agency.request(operation, role=role))
            problem(answer, 403, "not_allowed")
            held_off += 1
    assert held_off > len(agency.operations)
    assert agency.rows() == rows


def test_nobody_comes_in_without_a_key(agency):
    for operation in agency.operations:
        (answer,) = agency.send(agency.request(operation).but(key=None))
        problem(answer, 401, "not_authenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_operator_keeps_agencies_and_nothing_else(agency):
    mine = {operation.name: operation for operation in agency.operations if operation.role == "operator"}
    assert mine.keys() == {
        "GET /v1/agencies",
        "POST /v1/agencies",
        "POST /v1/agencies/{agency_id}/admin-keys",
        "DELETE /v1/agencies/{agency_id}",
    }
    for operation in mine.values():
        for role in ("viewer", "recruiter", "admin"):
            (answer,) = agency.send(agency.request(operation, role=role))
            problem(answer, 403, "not_allowed")
    request = agency.request(
        mine["POST /v1/agencies"], {"name": "Bay", "time_zone": "Europe/Paris", "holiday_region": "FR"}
    )
    (answer,) = agency.send(request)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("role", ["viewer", "recruiter", "admin"])
def test_a_role_includes_what_the_lesser_ones_may_read(agency, role):
    for operation in agency.operations:
        if operation.method == "GET" and operation.role in (*LESSER[role], role):
            (answer,) = agency.send(agency.request(operation, role=role))
            assert answer.status_code == 200, f"{operation.name}: {answer.text}"


def test_a_key_is_not_made_with_more_than_its_makers_role(agency):
    body = json.dumps({"name": "Higher", "role": "operator"}).encode()
    making = next(operation for operation in agency.operations if operation.name == "POST /v1/api-keys")
    (answer,) = agency.send(agency.request(making).but(body=body))
    problem(answer, 422, "invalid")
