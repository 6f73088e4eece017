"""The database, the log and the answers show no credential, no secret and no body that a CRM has sent."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.connectors.contract import ADDRESS_SETTINGS
from app.connectors.registry import CONNECTORS
from tests.agencies import made
from tests.connectors.connected import Workers
from tests.connectors.signed_requests import SCHEMES, Hook
from tests.raw import everything_in, written_forms
from tests.service import Client, Service

CANARY = "Quetzalcoatl"
"""Stands in every credential, pasted secret, body, header and query of these tests."""
NOWHERE = "http://127.0.0.1:9"
"""A CRM that cannot be reached: requests to it fail, and the failure is reported."""


def a_day_at_every_crm(admin: Client, workers: Workers) -> list[str]:
    """Connect every system with credentials, have each send something right and something forged, and let the worker
    do what it can. Answers the secrets that Keepwarm made."""
    ours: list[str] = []
    for system, connector in CONNECTORS.items():
        credentials = {name: f"{CANARY}:{system}:{name}" for name in connector.guide.credentials}
        needed = {name for name, entry in connector.guide.settings.items() if entry.required}
        nowhere = {name: NOWHERE for name in ADDRESS_SETTINGS if name in connector.setting_names()} | dict.fromkeys(
            needed, "acme"
        )
        if system in SCHEMES:
            hook = Hook(admin, system)
            change = {"credentials": credentials, "settings": nowhere}
            answer = admin.patch(f"/v1/connections/{hook.id}", change)
            assert answer.status_code == 200, answer.text
            ours += [hook.secret, *_secrets_turned_over(admin, hook, system)]
            _requests(hook)
        else:
            body = {"system": system, "name": "polled", "settings": nowhere, "credentials": credentials}
            made(admin, "/v1/connections", body)
    for _ in range(2):
        workers.sync()
        workers.process()
        workers.service.clock.advance(hours=2)
    return ours


def _secrets_turned_over(admin: Client, hook: Hook, system: str) -> Iterator[str]:
    """A new secret, ours or one that was pasted; the one before it is still taken."""
    theirs = CONNECTORS[system].signed_by == "their_secret"
    body = {"secret": f"{CANARY} of {system}"} if theirs else {}
    answer = made(admin, f"/v1/connections/{hook.id}/signing-secrets", body)
    if answer["signing_secret"] is not None:
        yield answer["signing_secret"]


def _requests(hook: Hook) -> None:
    document = {**hook.scheme.document, "remark": f"{CANARY} said so"}
    genuine = hook.scheme.sign(document, hook.secret, hook.service.clock.now, "told1")
    request = replace(genuine, query={**genuine.query, "remark": CANARY})
    assert hook.send(request, ("x-remark", CANARY)).status_code == 200
    forged = hook.scheme.sign(document, "whsec_" + CANARY * 2, hook.service.clock.now, "told2")
    assert (
        hook.send(replace(forged, query={**forged.query, "remark": CANARY})).status_code == hook.scheme.rejection_status
    )


def answers(admin: Client) -> Iterator[str]:
    """Yield each answer that can be read about connections."""
    found = admin.get("/v1/connections", params={"limit": 200})
    yield found.text
    yield admin.get("/v1/stage-moves").text
    for connection in found.json()["items"]:
        path = f"/v1/connections/{connection['id']}"
        for rest in ("", "/health", "/events", "/backfills", "/written"):
            answer = admin.get(path + rest)
            assert answer.status_code == 200, answer.text
            yield answer.text
            for event in answer.json()["items"] if rest == "/events" else ():
                yield admin.get(f"{path}/events/{event['id']}").text


def test_nobody_finds_a_secret(
    admin: Client, workers: Workers, service: Service, database_url: str, capsys: pytest.CaptureFixture[Any]
):
    ours = a_day_at_every_crm(admin, workers)
    content, shown, log = everything_in(service, database_url), "\n".join(answers(admin)), capsys.readouterr().out
    assert b"jobadder_first" in content, "the database is looked at as it is"
    assert log.count("webhook rejected") == len(SCHEMES), "the log is looked at"
    assert shown.count('"state":"applied"') + shown.count('"state":"ignored"') > 0, "events were worked off"
    for secret in (CANARY, CANARY.lower(), *ours, *(secret.removeprefix("whsec_") for secret in ours)):
        assert secret not in shown
        assert secret not in log
        assert not [form for form in written_forms(secret) if form in content]


def test_what_is_sealed_can_still_be_used(admin: Client, workers: Workers):
    """The test above would also pass for a service that stores nothing."""
    hook = Hook(admin, "recruitcrm")
    document = {"slug": "c1", "first_name": CANARY, "last_name": "Ruiz", "updated_on": "2026-05-04T08:00:00Z"}
    request = hook.scheme.sign(document, hook.secret, hook.service.clock.now, "told1")
    assert hook.send(replace(request, query={**request.query, "event": "candidate.created"})).status_code == 200
    workers.process()
    answer = admin.get("/v1/candidates/by-ref/recruitcrm_first/c1")
    assert answer.json()["name"] == f"{CANARY} Ruiz"
