"""The operator's agencies: listed, given a new admin key, deleted whole; over HTTP and by the command."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from app import __main__ as command
from app.kit.settings import Settings
from app.tables import metadata
from tests.agencies import new_agency
from tests.contract.sample_agency import SampleAgency
from tests.service import SECRET_KEY, Client, Service


def filled(service: Service, agency_id: str) -> set[str]:
    """The tables that hold rows of this agency."""

    def look(conn: sa.Connection) -> set[str]:
        tables = [table for table in metadata.sorted_tables if "agency_id" in table.c]
        count = sa.func.count()
        return {
            table.name
            for table in tables
            if conn.scalar(sa.select(count).select_from(table).where(table.c.agency_id == UUID(agency_id)))
        }

    found: set[str] = service.read(look)
    return found


def agency_of(client: Client) -> dict[str, Any]:
    """The agency of a client's key."""
    found: dict[str, Any] = client.get("/v1/agency").json()
    return found


def test_agencies_are_listed_and_a_lost_admin_key_is_replaced(operator: Client):
    first, second = (agency_of(new_agency(operator)) for _ in range(2))
    page = operator.get("/v1/agencies", params={"limit": 1}).json()
    assert page["items"] == [first]
    assert operator.get("/v1/agencies", params={"cursor": page["next_cursor"]}).json()["items"] == [second]

    made = operator.post(f"/v1/agencies/{second['id']}/admin-keys")
    assert (made.status_code, made.json()["key"]["role"]) == (201, "admin")
    assert agency_of(operator.as_(made.json()["api_key"])) == second
    assert operator.post(f"/v1/agencies/{uuid4()}/admin-keys").status_code == 404


def test_an_agency_is_deleted_whole_and_others_stay(service: Service, agency: SampleAgency, operator: Client):
    other = new_agency(operator)
    mine, theirs = agency.ids["agency_id"], agency_of(other)["id"]
    before = filled(service, theirs)
    assert len(filled(service, mine)) > 20, "the agency has a row of nearly every kind"
    name = service.client(agency.keys["admin"]).get("/v1/agency").json()["name"]

    path = f"/v1/agencies/{mine}"
    assert operator.delete(path).status_code == 422
    assert operator.delete(path, params={"name": name + "?"}).json()["code"] == "other_name"
    assert operator.delete(path, params={"name": name}, headers={"If-Match": '"other"'}).status_code == 412
    assert operator.delete(path, params={"name": name}).status_code == 204

    assert filled(service, mine) == set()
    assert filled(service, theirs) == before
    assert operator.delete(path, params={"name": name}).status_code == 404
    assert [item["id"] for item in operator.get("/v1/agencies").json()["items"]] == [theirs]


@pytest.fixture
def keepwarm(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys) -> Callable[..., str]:
    """Runs a command over the test's database; answers what it says."""
    settings = Settings(database_url=database_url, secret_key=SecretStr(SECRET_KEY))
    monkeypatch.setattr(command, "_settings", lambda: settings)

    def run(*words: str) -> str:
        with pytest.raises(SystemExit) as ended:
            command.main(words)
        printed = capsys.readouterr()
        assert (ended.value.code or 0) == (2 if printed.err else 0)
        return str(printed.err or printed.out)

    return run


def test_the_command_does_the_same(operator: Client, keepwarm):
    agency = agency_of(new_agency(operator))
    assert agency["id"] in keepwarm("agencies")
    assert agency["name"] in keepwarm("agencies")
    key = keepwarm("admin-key", agency["id"]).strip()
    assert agency_of(operator.as_(key)) == agency
    assert "no such agency" in keepwarm("admin-key", str(uuid4()))
    assert "another name" in keepwarm("delete-agency", agency["id"], "--name", "Nobody")
    assert "is deleted" in keepwarm("delete-agency", agency["id"], "--name", agency["name"])
    assert keepwarm("agencies") == ""
