"""The examples of an agency without the demo: neutral in the contract, its own records in the console."""

import json
import re
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app.console import fixture_ids
from app.console.document import document_for_reader
from app.console.examples import EXAMPLES
from app.console.examples.latest_records import latest_ids
from app.console.examples.placeholder_examples import placeholder
from app.kit.db import Database
from tests.console.contract import Move, Operation, Part, demo_document, document, faults, operations_of
from tests.contract.sample_agency import SampleAgency
from tests.service import OPERATOR_KEY, Client, Service
from tests.snapshots import begin_with

PLACEHOLDER = re.compile(r"00000000-0000-7[0-9a-f]{3}-8000-000000000000")
NEUTRAL = operations_of(document())
CLASHING = {
    *("open_application", "waive_follow_up", "move_to_stage", "put_transition", "start_backfill", "connect"),
    *("mark_keep_warm", "put_keep_warm_mark"),
}
"""Operations that may conflict with the newest records, such as a second application for one job."""
STORY = (
    "Harbour",
    "Imogen",
    "Nadia",
    "Rosalind",
    "Tomasz",
    "Priya",
    "Pelican",
    "Bellbird",
    fixture_ids.CRM,
    fixture_ids.DEMO_KEY,
)


@pytest.fixture
def agency(service: Service) -> SampleAgency:
    return begin_with(service, "a sample agency", partial(SampleAgency, service))


def shown(service: Service, key: str | None) -> Part:
    answer = service.client(key).get("/docs/document.json")
    assert answer.status_code == 200, answer.text
    found: Part = answer.json()
    return found


def test_the_contract_names_nothing_of_the_demo():
    text = json.dumps(document())
    assert re.findall(r"01980000-0000-7\w{3}-8000-\d{12}", text) == []
    assert [name for name in STORY if name in text] == []


def test_only_the_examples_differ():
    def bare(whole: Part) -> str:
        def without(part: Any) -> Any:
            if isinstance(part, dict):
                return {key: without(value) for key, value in part.items() if key not in ("example", "examples")}
            return [without(item) for item in part] if isinstance(part, list) else part

        return json.dumps(without(whole))

    assert bare(document()) == bare(demo_document())


def test_every_operation_has_a_neutral_example():
    lacking = [
        operation.id
        for operation in NEUTRAL
        if any(p["in"] == "path" and "example" not in p for p in operation.parameters)
        or (operation.body_schema is not None and not operation.bodies)
    ]
    assert lacking == []
    assert {operation.id for operation in NEUTRAL} >= set(EXAMPLES)


BODIES = [(operation, body) for operation in NEUTRAL for body in operation.bodies]


@pytest.mark.parametrize(("operation", "body"), BODIES, ids=lambda value: getattr(value, "id", str(value)))
def test_a_neutral_body_is_what_its_schema_says(operation: Operation, body: str):
    assert operation.body_schema is not None
    assert faults(operation.body_schema, operation.bodies[body]) == []


def test_a_neutral_parameter_is_what_its_schema_says():
    for operation in NEUTRAL:
        for parameter in operation.parameters:
            if "example" in parameter:
                assert faults(parameter["schema"], parameter["example"]) == [], f"{operation.id} {parameter['name']}"


def test_the_demos_examples_are_shown_where_the_demo_is_loaded(read_demo: Service):
    assert shown(read_demo, None) == shown(read_demo, fixture_ids.DEMO_KEY) == json.loads(json.dumps(demo_document()))
    assert read_demo.client().get("/openapi.json").json() == json.loads(json.dumps(document()))


def test_neutral_examples_are_shown_where_it_is_not(service: Service):
    assert shown(service, None) == shown(service, OPERATOR_KEY) == json.loads(json.dumps(document()))


def test_a_key_that_is_not_good_is_refused(client: Client):
    answer = client.get("/docs/document.json", headers={"Authorization": "Bearer kw_wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_an_agency_beside_the_demo_never_sees_the_demos_records(read_demo: Service):
    async def described() -> Part:
        database: Database = read_demo.app.state.shared.database
        nobody = placeholder("agency")
        return await database.across_agencies().read(lambda conn: document_for_reader(read_demo.app, conn, nobody))

    assert "01980000" not in json.dumps(read_demo.run(described))


def test_an_agencys_own_examples_can_be_sent_where_they_read_or_add(agency: SampleAgency):
    service, key = agency.service, agency.keys["admin"]
    tried = set()
    for operation in operations_of(shown(service, key)):
        adds = operation.method == "put" or (operation.method == "post" and "201" in operation.part["responses"])
        if not (operation.method == "get" or adds) or "security" not in operation.part:
            continue
        for body in operation.bodies or [None]:
            call = operation.example(body, Move(service.clock.now.date()))
            if PLACEHOLDER.search(call.path) or operation.id.endswith("_by_ref") or operation.needs_operator:
                continue
            answer = service.client(key).request(call.method, call.path, **call.rest)
            allowed = {200, 201} | ({409} if operation.id in CLASHING else set())
            assert answer.status_code in allowed, f"{operation.id}: {answer.text}"
            tried.add(operation.id)
    assert {"get_assessment", "get_flag", "get_client_contact", "get_connection_event", "get_delivery"} <= tried
    assert {"log_follow_up", "book_interview", "open_job", "log_interaction", "put_commitment"} <= tried


def test_what_changes_or_ends_a_record_keeps_its_placeholder(agency: SampleAgency):
    for operation in operations_of(shown(agency.service, agency.keys["admin"])):
        named = [p["example"] for p in operation.parameters if p["in"] == "path" and p["name"].endswith("_id")]
        adds = operation.method == "put" or (operation.method == "post" and "201" in operation.part["responses"])
        if operation.needs_operator:
            continue  # # another agency's; no example contains it
        if operation.method == "get" or (adds and operation.id != "rotate_api_key"):
            assert [id for id in named if PLACEHOLDER.fullmatch(str(id))] == [], operation.id
        else:
            assert [id for id in named if not PLACEHOLDER.fullmatch(str(id))] == [], operation.id


def test_the_newest_record_is_named_and_children_are_those_of_the_parent(agency: SampleAgency):
    agency_id = UUID(agency.ids["agency_id"])

    def ids(conn: sa.Connection) -> dict[str, str]:
        return latest_ids(conn, agency_id)

    agency._add("organisation_id", "/v1/organisations", name="Newer, with nobody")
    found = agency.service.read(ids)
    contact = found[str(placeholder("client_contact"))]
    assert contact == agency.ids["client_contact_id"]
    organisation = found[str(placeholder("organisation"))]
    answer = agency.service.client(agency.keys["admin"]).get(
        f"/v1/organisations/{organisation}/client-contacts/{contact}"
    )
    assert answer.status_code == 200
    newer = agency._add("candidate_id", "/v1/candidates", name="Newer")
    found = agency.service.read(ids)
    assert found[str(placeholder("candidate"))] == newer
