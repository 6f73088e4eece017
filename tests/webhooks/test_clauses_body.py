"""Standard Webhooks 1.0.0, clauses 1 to 6: the body."""

import json
import re

import jsonschema_rs

from app.console.outgoing_events import example_of
from app.webhooks.event_types import EVENT_TYPES, TEST
from tests.service import Client
from tests.webhooks.sender_driver import SenderDriver
from tests.webhooks.verifiers import signature


def test_clause_1_an_event_is_the_body_of_a_post(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    (got,) = receiver.got
    assert (got.method, got.path) == ("POST", "/hook")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["content-length"] == str(len(got.body))


def test_clause_2_the_body_is_json_with_the_type_the_time_of_the_event_and_its_data(admin: Client, post: SenderDriver):
    receiver = post.receiver(500, 204)
    post.endpoint(admin, receiver)
    (id,) = post.emit(admin, data={"flag_id": "f", "kind": "going_quiet"})
    happened = post.clock.now
    post.rounds()
    post.clock.advance(hours=1)
    post.rounds()
    first, second = (json.loads(one.body) for one in receiver.got)
    assert first == second
    assert (first["id"], first["type"], first["data"]) == (id, "flag.raised", {"flag_id": "f", "kind": "going_quiet"})
    assert first["timestamp"] == happened.isoformat().replace("+00:00", "Z")
    assert first["links"] == {"flag": "/v1/flags/f"}


def test_clause_3_every_type_is_dotted_and_has_a_schema_that_its_example_keeps(admin: Client, post: SenderDriver):
    document = post.service.app.openapi()
    assert sorted(document["webhooks"]) == sorted([*EVENT_TYPES, TEST])
    for type in document["webhooks"]:
        assert re.fullmatch(r"[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)+", type)
        schema = document["webhooks"][type]["post"]["requestBody"]["content"]["application/json"]["schema"]
        whole = {"components": document["components"], **schema}
        check = jsonschema_rs.Draft202012Validator(whole)
        example = example_of(type)
        check.validate(example)
        assert not check.is_valid(example | {"type": "another.type"})
        assert not check.is_valid(example | {"data": {}})


def test_clause_4_a_body_stays_below_20_kb(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    for type in EVENT_TYPES:
        post.emit(admin, type=type, data=example_of(type)["data"])
    missed = example_of("follow_up.missed")["data"]
    post.emit(admin, type="follow_up.missed", data=missed | {"evidence": missed["evidence"] * 400})
    post.rounds()
    assert len(receiver.got) == len(EVENT_TYPES) + 1
    assert max(len(one.body) for one in receiver.got) < 20_000


def test_clause_5_the_bytes_that_are_sent_are_the_bytes_that_are_signed(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    secret = post.endpoint(admin, receiver)["secret"]
    post.emit(admin, data={"name": 'Zoë Müller, 東京 \U0001f469\u200d\U0001f4bb \u2028 \x7f \\ "'})
    post.rounds()
    (got,) = receiver.got
    assert "東京".encode() in got.body
    assert got.signatures == [f"v1,{signature(secret, f'{got.id}.{got.stamp}.'.encode() + got.body)}"]


def test_clause_6_neither_id_nor_time_can_hold_a_dot_or_be_chosen_by_a_caller(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    post.emit(admin, 50, data={"id": "chosen.by.a.caller", "timestamp": "1.5"})
    post.rounds()
    for got in receiver.got:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", got.headers["webhook-id"])
        assert re.fullmatch(r"[0-9]+", got.headers["webhook-timestamp"])
    assert len(set(receiver.ids())) == 50
