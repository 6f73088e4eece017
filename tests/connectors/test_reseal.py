"""A key that is replaced or lost: `keepwarm reseal`, and what `/readyz` says until then."""

from uuid import UUID

import pytest
import sqlalchemy as sa
import typer
from pydantic import SecretStr
from structlog.testing import capture_logs

from app import __main__ as command
from app.kit import resealing
from app.kit.sealing import Seal
from app.kit.settings import Settings
from app.tables import metadata
from tests.agencies import made, new_agency, rows
from tests.connectors.connected import Sender
from tests.service import OPERATOR_KEY, SECRET_KEY, Client

OLD, NEW = SECRET_KEY, "the new secret key of these tests"
BODY = b'{"type": "candidate.deleted", "timestamp": "2026-05-04T08:00:00Z", "data": {"id": "c1"}}'


@pytest.fixture
def sender(start_service) -> Sender:
    """A connection with credentials, an event and an endpoint, all sealed under the old key."""
    service = start_service(secret_key=OLD)
    sender = Sender(new_agency(service.client(OPERATOR_KEY)))
    lever = {"system": "lever", "name": "Lever", "credentials": {"api_key": "k"}}
    made(sender.admin, "/v1/connections", lever)
    made(sender.admin, "/v1/webhook-endpoints", {"url": "https://crm.example/keepwarm"})
    assert service.client().request("POST", sender.path, sender.signed(BODY), content=BODY).status_code == 200
    return sender


@pytest.fixture
def reseal(database_url, monkeypatch, capsys):
    """Runs the command with these keys; answers its exit code and what it says."""

    def run(keys: str, **options):
        monkeypatch.setattr(
            command,
            "_settings",
            lambda: Settings(database_url=database_url, secret_keys=SecretStr(keys), secret_key=None),
        )
        try:
            command.reseal(**({"drop_lost": False} | options))
        except typer.Exit as ended:
            return ended.exit_code, capsys.readouterr().out
        return 0, capsys.readouterr().out

    return run


def _values(service) -> list[tuple[UUID, bytes]]:
    """Every sealed value with its agency."""
    return [
        (row.agency_id, getattr(row, column.name))
        for column in resealing.sealed_columns()
        for row in rows(service, column.table)
        if getattr(row, column.name) is not None
    ]


def test_every_column_of_sealed_bytes_is_resealed():
    found = {str(column) for column in resealing.sealed_columns()}
    binary = {
        str(column)
        for table in metadata.tables.values()
        for column in table.c
        if isinstance(column.type, sa.LargeBinary)
    }
    assert binary - found == {"idempotency_key.sealed_body"}, "that one is sealed with the caller's own key"
    assert set(resealing._LASTING) <= found


def test_everything_is_turned_over_in_steps_and_the_old_key_can_go(sender, reseal, start_service, monkeypatch):
    monkeypatch.setattr(resealing, "RESEAL_STEP", 1)
    values = len(_values(sender.service))
    assert values >= 4
    both = f"{NEW},{OLD}"
    code, said = reseal(both)
    assert (code, said.startswith(f"{values} values were resealed; 0 were")) == (0, True), said
    assert all(Seal(NEW.encode()).opens(*value) for value in _values(sender.service))
    code, said = reseal(both)
    assert (code, said.startswith(f"0 values were resealed; {values} were")) == (0, True), said

    other = start_service(secret_key=NEW)
    sent = other.client().request("POST", sender.path, sender.signed(BODY), content=BODY)
    assert sent.status_code == 200
    assert other.client().get("/readyz").json()["unopened"] == 0


def test_a_lost_key_is_reported_and_what_it_sealed_is_dropped_on_demand(sender, reseal, start_service):
    other = start_service(secret_key=NEW)
    refused = other.client().get("/readyz")
    assert (refused.status_code, refused.json()["code"]) == (503, "other_secret_key")
    code, said = reseal(NEW)
    assert code == 1
    assert "cannot be opened by any key: " in said
    assert _values(sender.service), "nothing is deleted unasked"

    code, said = reseal(NEW, drop_lost=True)
    assert (code, "and were deleted" in said) == (0, True)
    assert _values(sender.service) == []
    assert start_service(secret_key=NEW).client().get("/readyz").status_code == 200
    admin = Client(other, sender.admin._headers)
    assert {item["signing_secrets"] == [] for item in admin.get("/v1/connections").json()["items"]} == {True}
    secret = made(admin, f"/v1/connections/{sender.id}/signing-secrets", {})["signing_secret"]
    sent = other.client().request("POST", sender.path, sender.signed(BODY, secret=secret), content=BODY)
    assert sent.status_code == 200


def test_a_start_with_another_key_is_a_warning_in_the_log(sender, database_url):
    for key, warnings in ((OLD, 0), (NEW, 1)):
        with capture_logs() as lines:
            command._warn_of_lost_keys(Settings(database_url=database_url, secret_key=SecretStr(key)))
        assert len(lines) == warnings, lines
        assert all(line["log_level"] == "warning" and line["opened"] == 0 for line in lines)


def test_a_value_under_a_lost_key_beside_a_new_one_is_counted(sender, start_service):
    other = start_service(secret_key=NEW)
    Sender(Client(other, sender.admin._headers), ref_system="newer")
    ready = other.client().get("/readyz")
    assert (ready.status_code, ready.json()["unopened"]) == (200, 3)


def test_a_full_disk_and_a_missing_key_are_not_ready(service, start_service, monkeypatch):
    without = start_service(secret_key=None) if service.app.state.settings.sqlite_file is None else None
    if without is not None:
        assert without.client().get("/readyz").json()["code"] == "no_secret_key"
        return
    assert service.client().get("/readyz").status_code == 200
    monkeypatch.setattr("app.kit.dialects.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 20}))
    assert service.client().get("/readyz").json()["code"] == "disk_full"
