"""A genuine request of every CRM that signs its webhooks, as it would come in over HTTP."""

import asyncio
import base64
import json
import random
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx

from app.connectors.contract import InboundRequest
from app.connectors.registry import CONNECTORS
from app.connectors.signature_checks import hmac_sha256
from tests.agencies import made
from tests.connectors.forgeries import CHANGES
from tests.service import Client

Place = tuple[str, str]
"""Where something stands that is signed or carries a signature, and its name: a header, a part of the query, or of the
document."""


@dataclass(frozen=True)
class Scheme:
    """The signature of one CRM. `sign` makes the request: the document, the secret, when, and an id of this event."""

    document: Mapping[str, Any]
    sign: Callable[[Mapping[str, Any], str, datetime, str], InboundRequest]
    places: tuple[Place, ...]
    body: bool = True
    """Whether the body is signed too."""
    rejection_status: int = 401


def _in_header(name: str, before: str = "") -> Callable[[Mapping[str, Any], str, datetime, str], InboundRequest]:
    """A signature over the body, in hex, in one header."""

    def sign(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
        body = json.dumps({**document, "of": id}).encode()
        return InboundRequest(body, {name: before + hmac_sha256(secret.encode(), body).hex()}, {}, at)

    return sign


def _standard(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
    body, stamp = json.dumps(document).encode(), str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac_sha256(key, f"{id}.{stamp}.".encode(), body)).decode()
    headers = {"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}
    return InboundRequest(body, headers, {}, at)


def _lever(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
    token, stamp = f"{id:0>32}", int(at.timestamp() * 1000)
    signature = hmac_sha256(secret.encode(), f"{token}{stamp}".encode()).hex()
    return InboundRequest(
        json.dumps({**document, "token": token, "triggeredAt": stamp, "signature": signature}).encode(), {}, {}, at
    )


def _smartrecruiters(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
    body, stamp = json.dumps(document).encode(), str(int(at.timestamp()))
    headers = {
        "event-id": id,
        "event-name": "application.updated",
        "event-version": "v201907",
        "link": '<https://api.smartrecruiters.com/candidates/cid>; rel="self"',
    }
    signed = ".".join((stamp, body.decode(), *headers.values())).encode()
    signature = f"v1={hmac_sha256(secret.encode(), signed).hex()}"
    return InboundRequest(
        body, headers | {"smartrecruiters-timestamp": stamp, "smartrecruiters-signature": signature}, {}, at
    )


def _jobadder(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
    return InboundRequest(
        json.dumps({**document, "eventId": id}).encode(), {"authorization": f"Bearer {secret}"}, {}, at
    )


def _recruitcrm(document: Mapping[str, Any], secret: str, at: datetime, id: str) -> InboundRequest:
    return InboundRequest(
        json.dumps({**document, "id": id}).encode(), {}, {"event": "note.created", "secret": secret}, at
    )


SCHEMES: Mapping[str, Scheme] = {
    "standard": Scheme(
        {"type": "candidate.updated", "data": {"id": "c1", "name": "Ana"}},
        _standard,
        tuple(("header", f"webhook-{part}") for part in ("id", "timestamp", "signature")),
    ),
    "greenhouse": Scheme(
        {"action": "hire_candidate", "payload": {}}, _in_header("signature", "sha256 "), (("header", "signature"),)
    ),
    "ashby": Scheme(
        {"action": "candidateHire", "webhookActionId": "w1", "data": {"application": {"id": "a1"}}},
        _in_header("ashby-signature", "sha256="),
        (("header", "ashby-signature"),),
        rejection_status=400,
    ),
    "lever": Scheme(
        {"event": "candidateHired", "data": {"opportunityId": "o1"}},
        _lever,
        tuple(("document", name) for name in ("token", "triggeredAt", "signature")),
        body=False,
    ),
    "smartrecruiters": Scheme(
        {"candidate_id": "cid", "job_id": "jid"},
        _smartrecruiters,
        tuple(
            ("header", name)
            for name in (
                "smartrecruiters-signature",
                "smartrecruiters-timestamp",
                "event-id",
                "event-name",
                "event-version",
                "link",
            )
        ),
    ),
    "workable": Scheme(
        {"event_type": "candidate_moved", "data": {"id": "c1"}},
        _in_header("x-workable-signature"),
        (("header", "x-workable-signature"),),
    ),
    "recruitee": Scheme(
        {"event_type": "candidate_moved", "payload": {}},
        _in_header("x-recruitee-signature"),
        (("header", "x-recruitee-signature"),),
    ),
    "jobadder": Scheme(
        {"event": "jobapplication_status_changed"}, _jobadder, (("header", "authorization"),), body=False
    ),
    "recruitcrm": Scheme({"description": "a note"}, _recruitcrm, (("query", "secret"),), body=False),
}


class Hook:
    """A connection of one CRM, and what is sent to it."""

    def __init__(self, admin: Client, system: str, name: str = "first") -> None:
        self.service, self._admin, self.scheme = admin.service, admin, SCHEMES[system]
        body = {"system": system, "name": name, "ref_system": f"{system}_{name}"}
        if CONNECTORS[system].signed_by == "their_secret":
            body["signing_secret"] = f"the secret of {name} {secrets.token_hex(8)}"
        answer = made(admin, "/v1/connections", body)
        self.secret: str = answer["signing_secret"] or body["signing_secret"]
        self.id: str = answer["connection"]["id"]
        self.path = "/hooks/" + answer["connection"]["hook_url"].rpartition("/")[2]

    def genuine(self, id: str = "event1", at: datetime | None = None, secret: str | None = None) -> InboundRequest:
        """A request that is to be taken."""
        return self.scheme.sign(self.scheme.document, secret or self.secret, at or self.service.clock.now, id)

    def send(self, request: InboundRequest, *more: tuple[str, str], kind: str = "application/json") -> httpx.Response:
        """Send it; `more` headers come beside those that it has, of the same name too."""
        [answer] = self.send_all([request], *more, kind=kind)
        return answer

    def send_all(
        self, requests: Sequence[InboundRequest], *more: tuple[str, str], kind: str = "application/json"
    ) -> list[httpx.Response]:
        """Send many at the same time."""

        async def one(request: InboundRequest) -> httpx.Response:
            named = [*request.headers.items(), *more, ("content-type", kind)]
            headers = [(name.encode(), value.encode()) for name, value in named]
            return await self.service.http.post(
                self.path, params=dict(request.query), headers=headers, content=request.body
            )

        async def all_of_them() -> list[httpx.Response]:
            return list(await asyncio.gather(*map(one, requests)))

        return self.service.run(all_of_them)

    def kept(self) -> list[dict[str, Any]]:
        """Return the stored events."""
        found: list[dict[str, Any]] = self._admin.get(f"/v1/connections/{self.id}/events").json()["items"]
        return found


def forgeries(genuine: InboundRequest, scheme: Scheme, dice: random.Random) -> Iterator[InboundRequest]:
    """Changes of a request by somebody without the secret."""
    for where, name in scheme.places:
        before = _text(genuine, where, name)
        for change in CHANGES:
            if (changed := change(before, dice)).strip().lower() != before.lower():
                # A query must fit into an address.
                yield _with(genuine, where, name, changed[:16_000] if where == "query" else changed)
        yield _with(genuine, where, name, None)
    if scheme.body:
        for body in (genuine.body + b" ", genuine.body[:-1], b"", genuine.body * 2, b"\xef\xbb\xbf" + genuine.body):
            yield replace(genuine, body=body)


def _text(request: InboundRequest, where: str, name: str) -> str:
    match where:
        case "header":
            return request.headers[name]
        case "query":
            return request.query[name]
        case _:
            return str(json.loads(request.body)[name])


def _with(request: InboundRequest, where: str, name: str, value: str | None) -> InboundRequest:
    def changed(values: Mapping[str, Any]) -> dict[str, Any]:
        others = {key: other for key, other in values.items() if key != name}
        return others if value is None else {**others, name: value}

    match where:
        case "header":
            return replace(request, headers=changed(request.headers))
        case "query":
            return replace(request, query=changed(request.query))
        case _:
            return replace(request, body=json.dumps(changed(json.loads(request.body))).encode())
