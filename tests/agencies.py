"""Agencies for the tests of their records: an admin's client, and the reassessments that were requested."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.models import reassessment
from tests.service import Client, Service

SYDNEY = {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


def new_agency(operator: Client, name: str = "Harbour Recruiting") -> Client:
    """Create an agency in Sydney, and return a client with its admin key."""
    made = operator.post("/v1/agencies", json={"name": name, **SYDNEY}).json()
    return operator.as_(made["api_key"])


def as_role(admin: Client, role: str) -> Client:
    """Return a client of the same agency with a lesser key."""
    return admin.as_(made(admin, "/v1/api-keys", {"name": role, "role": role})["api_key"])


def made(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """POST a record, and return it."""
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    thing: dict[str, Any] = answer.json()
    return thing


def rows(service: Service, table: sa.Table) -> Sequence[sa.Row[Any]]:
    """Return all rows of a table."""
    return service.read(lambda conn: conn.execute(sa.select(table)).all())


def asked_again(service: Service) -> list[tuple[str, str | None]]:
    """Return the requested reassessments in order: scope and id."""
    asked = sorted(rows(service, reassessment), key=lambda row: row.id)
    return [(row.scope, row.subject_id and str(row.subject_id)) for row in asked]


@pytest.fixture
def admin(operator: Client) -> Client:
    """The admin of a new agency in Sydney."""
    return new_agency(operator)


@pytest.fixture
def stranger(operator: Client) -> Client:
    """The admin of another agency."""
    return new_agency(operator, "Other Recruiting")


@pytest.fixture
def organisation(admin: Client) -> dict[str, Any]:
    """A client of the agency."""
    return made(admin, "/v1/organisations", {"name": "Acme"})
