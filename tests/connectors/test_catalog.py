"""The catalogue of connectors, and the steps of a connection: they name what there is, and nothing else."""

import re
from typing import Any, get_args

import pytest

from app.connectors.contract import Connector
from app.connectors.guide import RecordKind, hook_warning
from app.connectors.registry import CONNECTORS
from tests.agencies import made, new_agency
from tests.service import Client

GOOD = "https://keepwarm.example/hooks/1"
POLLED_AS = {
    "companies": "organisations",
    "contacts": "client_contacts",
    "meetings": "interviews",
    "held": "interviews",
    "panels": "interviews",
    "postings": "jobs",
    "job_changes": "jobs",
    "opportunities": "applications",
    "references": "checks",
}
"""Names of streams that differ from the kind of record that they bring."""
OF_SEVERAL_KINDS = {
    "bullhorn": {
        "events": {
            "organisations",
            "client_contacts",
            "candidates",
            "jobs",
            "applications",
            "interviews",
            "notes",
            "milestones",
        }
    },
    "lever": {"offers": {"milestones"}},
    "jobadder": {"placements": {"applications", "milestones"}},
    "recruitcrm": {"candidates": {"candidates", "applications"}},
    "greenhouse": {"notes": {"notes", "emails"}},
    "workable": {"events": {"interviews", "calls"}, "activities": {"notes", "emails"}},
}
OF_NO_KIND = {"webhooks", "deleted"}
"""Streams that watch the webhooks, or read deletions."""


@pytest.fixture
def admin(operator: Client) -> Client:
    return new_agency(operator)


@pytest.fixture
def catalogue(admin: Client) -> dict[str, dict[str, Any]]:
    return {item["system"]: item for item in admin.get("/v1/connectors").json()["items"]}


def every(connector: Connector) -> set[str]:
    return {stream.name for stream in connector.streams if stream.every}


def test_all_ten_are_listed_with_what_an_admin_has_to_know(catalogue: dict[str, dict[str, Any]]):
    assert list(catalogue) == list(CONNECTORS)
    assert len(catalogue) == 10
    for system, item in catalogue.items():
        assert item["title"], system
        assert item["steps"], system
        assert item["test_delivery"].endswith("."), system
        assert item["limits"], system
        assert all(field["description"].endswith(".") for field in item["credentials"] + item["settings"]), system
        assert bool(item["credentials"]) == (system != "standard")
        assert item["reads"].keys() == set(get_args(RecordKind))
        assert bool(item["scopes"]) or system in ("standard", "recruitcrm", "recruitee"), system


def test_any_role_of_the_agency_reads_the_catalogue(admin: Client, client: Client):
    assert admin.get("/v1/connectors").status_code == 200
    viewer = made(admin, "/v1/api-keys", {"name": "Report", "role": "viewer"})["api_key"]
    assert client.get("/v1/connectors", headers={"Authorization": f"Bearer {viewer}"}).status_code == 200
    assert client.get("/v1/connectors").status_code == 401


def test_who_makes_the_signing_secret_is_documented(catalogue: dict[str, dict[str, Any]]):
    made_by = {system: item["signing_secret"] for system, item in catalogue.items()}
    theirs = dict.fromkeys(("lever", "smartrecruiters", "workable", "recruitee"), "crm")
    ours = dict.fromkeys(("jobadder", "recruitcrm", "greenhouse", "ashby", "standard"), "keepwarm")
    assert made_by == {"bullhorn": "none"} | theirs | ours


def test_what_is_written_back_is_what_the_connector_can_write(catalogue: dict[str, dict[str, Any]]):
    assert {system for system, item in catalogue.items() if not item["writes_notes"]} == {"standard"}
    assert {system for system, item in catalogue.items() if item["writes_tasks"]} == {
        "bullhorn",
        "jobadder",
        "recruitcrm",
    }
    assert {system for system, item in catalogue.items() if not item["moves_stages"]} == {"standard"}


@pytest.mark.parametrize("system", CONNECTORS)
def test_a_kind_is_polled_where_a_stream_is_read_at_intervals(system: str):
    connector = CONNECTORS[system]
    several = OF_SEVERAL_KINDS.get(system, {})
    polled = set().union(*(several.get(name, {POLLED_AS.get(name, name)}) for name in every(connector) - OF_NO_KIND))
    assert {subject for subject, way in connector.guide.reads.items() if "poll" in way} == polled


@pytest.mark.parametrize("system", CONNECTORS)
def test_a_kind_comes_by_webhook_only_where_webhooks_are_received(system: str):
    ways = set(CONNECTORS[system].guide.reads.values())
    assert any("webhook" in way for way in ways) == CONNECTORS[system].receives


@pytest.mark.parametrize("system", CONNECTORS)
def test_steps_name_fields_that_exist_and_every_one_that_is_required(system: str):
    connector, guide = CONNECTORS[system], CONNECTORS[system].guide
    steps = "\n".join(connector.steps(GOOD))
    named = set(re.findall(r"`(credentials|settings)\.(\w+)`", steps))
    fields = {("credentials", name) for name in guide.credentials} | {("settings", name) for name in guide.settings}
    assert named <= fields
    required = {
        (part, name)
        for part, entries in (("credentials", guide.credentials), ("settings", guide.settings))
        for name, entry in entries.items()
        if entry.required
    }
    assert required <= named
    assert {entry.unless for entry in (*guide.credentials.values(), *guide.settings.values()) if entry.unless} <= {
        *guide.credentials,
        *connector.setting_names(),
    }


@pytest.mark.parametrize("system", CONNECTORS)
def test_steps_say_where_the_address_and_the_secret_go(system: str):
    connector = CONNECTORS[system]
    steps = "\n".join(connector.steps(GOOD))
    assert (GOOD in steps) == connector.receives
    assert "<hook_url>" not in steps
    assert ("<secret>" in steps) == (connector.receives and connector.signed_by == "our_secret")
    if connector.signed_by == "their_secret":
        assert "POST /v1/connections/{id}/signing-secrets" in steps


def test_steps_name_every_scope_that_the_credentials_need():
    for system in ("greenhouse", "workable", "jobadder"):
        steps = " ".join(CONNECTORS[system].steps(GOOD))
        assert [scope for scope in CONNECTORS[system].guide.scopes if scope not in steps] == [], system


def test_a_connections_steps_have_its_own_id(admin: Client):
    connected = made(admin, "/v1/connections", {"system": "lever", "name": "Lever"})["connection"]
    assert any(f"POST /v1/connections/{connected['id']}/signing-secrets" in step for step in connected["steps"])
    assert not any("{id}" in step for step in connected["steps"])


# --- The webhook's address ---


@pytest.mark.parametrize("url", [GOOD, "https://10.example/hooks/1", "https://localhost.example.com/hooks/1"])
def test_a_good_address_is_not_warned_of(url: str):
    assert hook_warning(url) is None


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://keepwarm.example/hooks/1", "does not begin with https://"),
        ("https://127.0.0.1:8000/hooks/1", "private host (127.0.0.1)"),
        ("https://10.1.2.3/hooks/1", "private host (10.1.2.3)"),
        ("https://[::1]/hooks/1", "private host (::1)"),
        ("https://localhost/hooks/1", "private host (localhost)"),
        ("https://keepwarm/hooks/1", "private host (keepwarm)"),
        ("https://keepwarm.internal./hooks/1", "private host (keepwarm.internal.)"),
        ("https://desk.local/hooks/1", "private host (desk.local)"),
    ],
)
def test_an_address_that_crms_refuse_or_cannot_reach_is_warned_of(url: str, said: str):
    warning = hook_warning(url)
    assert warning is not None
    assert said in warning
    assert "KEEPWARM_PUBLIC_URL" in warning


def test_the_warning_comes_before_the_steps(admin: Client):
    connected = made(admin, "/v1/connections", {"system": "greenhouse", "name": "Greenhouse"})["connection"]
    assert connected["hook_url"].startswith("http://")
    assert connected["steps"][0].startswith("Warning: the webhook address http://")
    polled = made(admin, "/v1/connections", {"system": "bullhorn", "name": "Bullhorn"})["connection"]
    assert not polled["steps"][0].startswith("Warning")


# --- Names that are not known, and names that are missing ---


@pytest.mark.parametrize(
    ("part", "fields", "pointer"),
    [
        ("credentials", {"client_key": "k"}, "/credentials/client_key"),
        ("credentials", {"clientSecret": "k"}, "/credentials/clientSecret"),
        ("credentials", {"client/id": "k"}, "/credentials/client~1id"),
        ("settings", {"subdomain": "acme"}, "/settings/subdomain"),
        ("settings", {"login_url": "https://crm.example"}, "/settings/login_url"),
    ],
)
def test_an_unknown_name_is_refused_in_words_that_name_the_known_ones(
    admin: Client, part: str, fields: dict[str, str], pointer: str
):
    body = {"system": "greenhouse", "name": "Greenhouse", part: fields}
    refused = admin.post("/v1/connections", body)
    [error] = refused.json()["errors"]
    assert (refused.status_code, error["pointer"]) == (422, pointer)
    known = {"credentials": "client_id, client_secret", "settings": "user_id, note_visibility, auth_url, base_url"}
    assert error["detail"] == f"Greenhouse has no such field. It knows these {part}: {known[part]}."
    connected = made(admin, "/v1/connections", {"system": "greenhouse", "name": "Greenhouse"})["connection"]
    changed = admin.patch(f"/v1/connections/{connected['id']}", {part: fields})
    assert (changed.status_code, changed.json()["errors"]) == (422, [error])


def test_where_none_are_known_that_is_said(admin: Client):
    refused = admin.post("/v1/connections", {"system": "standard", "name": "n8n", "credentials": {"token": "t"}})
    assert refused.json()["detail"].endswith("has no such field. It takes no credentials.")


@pytest.mark.parametrize(
    ("system", "fields", "missing"),
    [
        ("greenhouse", {"credentials": {"client_id": "c"}}, "credentials.client_secret"),
        ("jobadder", {"credentials": {"client_id": "c", "client_secret": "s"}}, "credentials.refresh_token"),
        ("workable", {"credentials": {"api_token": "t"}}, "settings.subdomain"),
        ("recruitee", {"credentials": {"api_token": "t"}}, "settings.company_id"),
        (
            "bullhorn",
            {"credentials": {"client_id": "c", "client_secret": "s", "username": "u"}},
            "credentials.password",
        ),
    ],
)
def test_a_missing_field_is_named_on_the_connection(admin: Client, system: str, fields: dict[str, Any], missing: str):
    connected = made(admin, "/v1/connections", {"system": system, "name": "CRM", **fields})["connection"]
    assert connected["missing"] == [missing]


@pytest.mark.parametrize(
    ("system", "fields"),
    [
        ("workable", {"credentials": {"api_token": "t"}, "settings": {"base_url": "https://acme.example/spi/v3"}}),
        ("bullhorn", {"credentials": {"client_id": "c", "client_secret": "s", "refresh_token": "r"}}),
        ("recruitee", {}),
        ("recruitee", {"settings": {"company_id": "acme"}}),
    ],
)
def test_a_replacement_will_do_and_credentials_may_follow_later(admin: Client, system: str, fields: dict[str, Any]):
    connected = made(admin, "/v1/connections", {"system": system, "name": "CRM", **fields})["connection"]
    assert connected["missing"] == []


def test_fields_may_be_entered_one_after_the_other(admin: Client):
    fields = {"system": "recruitee", "name": "Recruitee", "credentials": {"api_token": "t"}}
    address = f"/v1/connections/{made(admin, '/v1/connections', fields)['connection']['id']}"
    assert admin.patch(address, {"settings": {"company_id": "acme"}}).json()["missing"] == []
    assert admin.patch(address, {"settings": {"company_id": None}}).json()["missing"] == ["settings.company_id"]
    assert admin.patch(address, {"credentials": {"api_token": None}}).json()["missing"] == []


def test_a_credential_with_a_line_break_is_refused_by_a_sentence(admin: Client):
    body = {"system": "ashby", "name": "Ashby", "credentials": {"api_key": "k\n"}}
    [error] = admin.post("/v1/connections", body).json()["errors"]
    assert error["pointer"] == "/credentials/api_key"
    assert "paste it again without line breaks" in error["detail"]
    assert "^" not in error["detail"]
