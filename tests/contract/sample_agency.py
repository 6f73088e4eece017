"""A sample agency with one record of each kind, a key of each role, and an id for every path parameter."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa

from app.connectors.models import stage_move
from app.kit.ids import new_id
from tests.contract.operations import Operation, operations
from tests.service import OPERATOR_KEY, Service

NEVER = str(UUID("0197d1a0-0000-7000-8000-000000000000"))
"""The id of a thing that never was."""

ALIASES = {
    "contact_id": "client_contact_id", "hiring_manager_id": "client_contact_id", "interviewer_ids": "client_contact_id",
    "in_reply_to": "interaction_id", "revision_id": "timeline_revision_id", "default_recruiter_id": "recruiter_id",
}  # fmt: skip
"""Names of parameters and fields that hold the id of a thing known by another name."""


@dataclass(frozen=True)
class RawRequest:
    """One request, ready to be sent: its body is bytes, so that it can be wrong in every way."""

    method: str
    path: str
    key: str | None
    body: bytes | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def but(self, **changes: Any) -> "RawRequest":
        """The same request with something else in it."""
        return replace(self, **changes)


def send(service: Service, requests: Iterable[RawRequest]) -> list[httpx.Response]:
    """Return the responses, one after the other, with any status."""

    async def all_of_them() -> list[httpx.Response]:
        return [await send_one(service, request) for request in requests]

    return service.run(all_of_them)


async def send_one(service: Service, request: RawRequest) -> httpx.Response:
    """One answer, on the service's own loop."""
    headers = {"Authorization": f"Bearer {request.key}"} if request.key else {}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    headers |= request.headers
    return await service.http.request(
        request.method, request.path, content=request.body, params=dict(request.params) or None, headers=headers
    )


class SampleAgency:
    """An agency with one record of each kind. Two of them differ only in their ids."""

    def __init__(self, service: Service, ref: str = "17") -> None:
        self.service = service
        self.ids: dict[str, str] = {}
        agency = self._made("/v1/agencies", OPERATOR_KEY, name="Harbour", **_SYDNEY)
        self.ids["agency_id"] = agency["agency"]["id"]
        self.keys = {"operator": OPERATOR_KEY, "admin": agency["api_key"]}
        self.ref = {"system": "crm", "id": ref}
        self._furnish()

    def _furnish(self) -> None:
        self._add("recruiter_id", "/v1/recruiters", name="Robin")
        for role in ("viewer", "recruiter"):
            self.keys[role] = self._made("/v1/api-keys", name=role, role=role)["api_key"]
        spare = self._made("/v1/api-keys", name="Spare", role="viewer", recruiter_id=self.ids["recruiter_id"])
        self.ids["api_key_id"] = spare["key"]["id"]
        organisation = self._add("organisation_id", "/v1/organisations", name="Acme", external_ref=self.ref)
        people = f"/v1/organisations/{organisation}/client-contacts"
        contact = self._add("client_contact_id", people, name="Sam", role="hiring_manager", external_ref=self.ref)
        self._add("candidate_id", "/v1/candidates", name="Kim", external_ref=self.ref)
        job = self._add("job_id", "/v1/jobs", title="Engineer", organisation_id=organisation, external_ref=self.ref)
        revisions = f"/v1/jobs/{job}/timeline-revisions"
        self._add("timeline_revision_id", revisions, stated_by="client", decision_by="2026-05-01",
                  stated_at="2026-04-25T00:00:00Z", external_ref=self.ref)  # fmt: skip
        ended = self._add("ended_application_id", "/v1/applications", candidate_id=self.ids["candidate_id"], job_id=job,
                          opened_at="2026-04-20T00:00:00Z", stage="rejected")  # fmt: skip
        self._add("keep_warm_mark_id", f"/v1/applications/{ended}/keep-warm-marks", note="Close", external_ref=self.ref)
        application = self._add("application_id", "/v1/applications", candidate_id=self.ids["candidate_id"], job_id=job,
                                opened_at="2026-04-20T00:00:00Z", external_ref=self.ref)  # fmt: skip
        at = f"/v1/applications/{application}"
        self._add("interview_id", f"{at}/interviews", booked_at="2026-04-20T00:00:00Z", external_ref=self.ref,
                  starts_at="2026-04-28T00:00:00Z", ends_at="2026-04-28T01:00:00Z",
                  interviewer_ids=[contact])  # fmt: skip
        self._add("interaction_id", f"{at}/interactions", from_party="client", to_party="recruiter", channel="email",
                  purpose="question", occurred_at="2026-04-29T00:00:00Z", external_ref=self.ref)  # fmt: skip
        self._add("commitment_id", f"{at}/commitments", owed_by="client", description="A decision",
                  due_on="2026-05-01", made_at="2026-04-29T00:00:00Z", external_ref=self.ref)  # fmt: skip
        self._add("transition_id", f"{at}/transitions", to="awaiting_decision", at="2026-04-30T00:00:00Z",
                  external_ref=self.ref)  # fmt: skip
        self._add("check_id", f"{at}/checks", kind="medical", asked_at="2026-04-29T00:00:00Z",
                  external_ref=self.ref)  # fmt: skip
        self._add("milestone_id", f"{at}/milestones", kind="written_offer", at="2026-04-29T00:00:00Z",
                  external_ref=self.ref)  # fmt: skip
        interview = f"/v1/interviews/{self.ids['interview_id']}"
        self._add("waiver_id", f"{interview}/follow-up-waiver", reason="They met at lunch",
                  waived_at="2026-04-29T00:00:00Z")  # fmt: skip
        tried = RawRequest("POST", "/v1/imports/candidates", self.keys["admin"], b"id,name\n17,\n", {"dry_run": "true"},
                     {"Content-Type": "text/csv"})  # fmt: skip
        self.ids["import_id"] = self.send(tried)[0].json()["id"]
        self._connect()
        self._listen()
        (answer,) = self.send(RawRequest("GET", "/v1/flags", self.keys["viewer"]))
        self.ids["flag_id"] = answer.json()["items"][0]["id"]

    def _connect(self) -> None:
        """Connect a CRM that sent an event, with a backfill and a proposed move of an application."""
        made = self._made("/v1/connections", system="jobadder", name="JobAdder", write_back={"propose_moves": True})
        self.ids["connection_id"] = connection = made["connection"]["id"]
        self.ids["secret_id"] = made["connection"]["signing_secrets"][0]["id"]
        hook = "/hooks/" + made["connection"]["hook_url"].rpartition("/")[2]
        body = json.dumps({"event": "candidate_updated", "eventId": self.ref["id"], "candidateId": 7}).encode()
        signed = {"Authorization": f"Bearer {made['signing_secret']}"}
        (taken,) = self.send(RawRequest("POST", hook, None, body, headers=signed))
        assert taken.status_code == 200, taken.text
        (answer,) = self.send(RawRequest("GET", f"/v1/connections/{connection}/events", self.keys["admin"]))
        self.ids["event_id"] = answer.json()["items"][0]["id"]
        self._add("backfill_id", f"/v1/connections/{connection}/backfills", since="2026-04-01T00:00:00Z")
        self.ids["move_id"] = str(new_id("stage_move"))
        self.service.write(self._propose)

    def _listen(self) -> None:
        """A receiver of events with two secrets, to which a test event is to be sent."""
        made = self._made("/v1/webhook-endpoints", url="https://hooks.example.com/keepwarm")
        self.ids["endpoint_id"] = endpoint = made["endpoint"]["id"]
        self.ids["endpoint_secret_id"] = made["endpoint"]["secrets"][0]["id"]
        self._made(f"/v1/webhook-endpoints/{endpoint}/secrets")
        self._add("delivery_id", f"/v1/webhook-endpoints/{endpoint}/test")

    def _propose(self, conn: sa.Connection) -> None:
        named = {name: UUID(self.ids[name]) for name in ("agency_id", "connection_id", "application_id")}
        moved = {"external_id": self.ref["id"], "stage": "awaiting_decision", "status": "12", "state": "proposed"}
        rest = {"id": UUID(self.ids["move_id"]), "proposed_at": self.service.clock(), "attempts": 0}
        conn.execute(sa.insert(stage_move).values(**named, **moved, **rest))

    def _add(self, name: str, path: str, /, **body: Any) -> str:
        self.ids[name] = self._made(path, **body)["id"]
        return self.ids[name]

    def _made(self, path: str, key: str | None = None, /, **body: Any) -> Any:
        (answer,) = self.send(RawRequest("POST", path, key or self.keys["admin"], json.dumps(body).encode()))
        assert answer.status_code == 201, f"{path}: {answer.text}"
        return answer.json()

    @property
    def operations(self) -> list[Operation]:
        """Every operation of the service."""
        return operations(self.service.app)

    def send(self, *requests: RawRequest) -> list[httpx.Response]:
        """The answers, one after the other."""
        return send(self.service, requests)

    def id(self, name: str) -> str | None:
        """Return the id of the agency's record for a parameter or field; None when it holds no id."""
        return self.ids.get(ALIASES.get(name, name))

    def path(self, operation: Operation, **others: str) -> str:
        """Return the path of an operation with this agency's ids, but for those that are given."""
        named = {"system": self.ref["system"], "id": self.ref["id"]}
        values: dict[str, str] = {}
        for parameter in operation.path_parameters:
            value = others.get(parameter.name) or named.get(parameter.name) or self.id(parameter.name)
            assert value, f"give the sample agency an id for {parameter.name} of {operation.name}"
            values[parameter.name] = value
        return operation.path.format(**values)

    def request(self, operation: Operation, body: Any = None, role: str | None = None) -> RawRequest:
        """Make the request for an operation."""
        body = {} if body is None else body
        if "/keep-warm-marks/by-ref/" in operation.path and body.get("application_id") == self.ids["application_id"]:
            body = body | {"application_id": self.ids["ended_application_id"]}
        content = None if operation.body is None else json.dumps(body).encode()
        params = {"from_party": "candidate", "to_party": "client"} if operation.takes("from_party") else {}
        headers = {"Content-Type": "text/csv"} if operation.takes_table else {}
        key = self.keys[role or operation.role or "admin"]
        return RawRequest(operation.method, self.path(operation), key, content, params, headers)

    def rows(self) -> dict[str, int]:
        """Count the rows of each table."""
        from app.kit.db import metadata

        def count(conn: sa.Connection) -> dict[str, int]:
            return {name: conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                    for name, table in metadata.tables.items()}  # fmt: skip

        counted: dict[str, int] = self.service.read(count)
        return counted


_JARGON = re.compile(
    r"\^\[|\]\+|\\[dswx]|\{\d+,|\$$|Input should|Value error|[Pp]attern|instance of|dictionary|parsing|urn:uuid|"
    r"This is not a value that"
)
"""Regular expressions and pydantic's own words, the last of ours for what has no sentence yet."""
_SYDNEY = {"time_zone": "Australia/Sydney", "holiday_region": "AU-NSW"}


def problem(answer: httpx.Response, status: int | None = None, code: str | None = None) -> dict[str, Any]:
    """The problem document of a refusal, once it is seen to be one."""
    what = f"{answer.request.method} {answer.request.url.path} → {answer.status_code}: {answer.text[:500]}"
    assert answer.headers.get("content-type") == "application/problem+json", what
    document: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= document.keys(), what
    assert document["status"] == answer.status_code, what
    assert document["request_id"] == answer.headers["x-request-id"], what
    assert document["type"] == f"urn:keepwarm:problem:{document['code']}", what
    assert all(error["detail"] and isinstance(error["pointer"], str) for error in document.get("errors", ())), what
    for sentence in (document["detail"], *(error["detail"] for error in document.get("errors", ()))):
        assert not _JARGON.search(sentence), what
        assert sentence[:1].isupper() or sentence[:1] in "`“", what
        assert sentence.endswith((".", "!", "?")), what
    if status is not None:
        assert answer.status_code == status, what
    if code is not None:
        assert document["code"] == code, what
    return document
