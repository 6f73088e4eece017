"""An agency's desk for the tests of its records: an admin's client, and a look at what was asked of the worker."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from app.access.models import reassessment
from tests.service import Client, Service

SYDNEY = {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


def new_agency(operator: Client, name: str = "Harbour Recruiting") -> Client:
    """A client with the admin key of a new agency in Sydney."""
    made = operator.post("/v1/agencies", json={"name": name, **SYDNEY}).json()
    return operator.as_(made["api_key"])


def as_role(admin: Client, role: str) -> Client:
    """A client of the same agency with a lesser key."""
    return admin.as_(made(admin, "/v1/api-keys", {"name": role, "role": role})["api_key"])


def made(client: Client, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What a POST that creates answers."""
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    thing: dict[str, Any] = answer.json()
    return thing


def rows(service: Service, table: sa.Table) -> Sequence[sa.Row[Any]]:
    """All that stands in a table."""
    return service.read(lambda conn: conn.execute(sa.select(table)).all())


def asked_again(service: Service) -> list[tuple[str, str | None]]:
    """What the worker was asked to assess anew, in order: scope and id."""
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
