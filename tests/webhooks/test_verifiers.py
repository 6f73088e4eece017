"""Three independent verifiers accept what Keepwarm signs, and nothing else."""

import base64
import json
import os
import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from app.kit.clock import system_now
from app.kit.ids import new_id
from app.webhooks.envelope import body_bytes
from app.webhooks.event_types import EVENT_TYPES
from app.webhooks.sending.signing import new_secret, signed_headers
from tests.agencies import made
from tests.service import Client
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver
from tests.webhooks.verifiers import VERIFIERS, Case, Verifier, by_node, by_openssl, by_python, node_is_here

DELIVERIES = 10_000
WIRED = int(os.environ.get("KEEPWARM_TEST_DELIVERIES", "80"))
_RANGES = ((0x20, 0x7E), (0xA0, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF), (0x300, 0x36F), (0x1F600, 0x1F64F))


def _text(dice: random.Random, most: int) -> str:
    return "".join(chr(dice.randint(*dice.choice(_RANGES))) for _ in range(dice.randint(0, most)))


def _data(dice: random.Random, number: int) -> dict[str, object]:
    if number % 100 == 0:
        return {}
    if number % 100 == 1:  # as large as a body may be
        return {"text": "é" * 9_850}
    return {_text(dice, 8): _text(dice, 60) for _ in range(dice.randint(1, 6))}


def _deliveries(count: int) -> list[Case]:
    """Deliveries as the sender makes them: events, retries, and rotated secrets."""
    dice, now = random.Random(20_260_504), system_now()
    cases: list[Case] = []
    live, sent = [new_secret()], 0
    while len(cases) < count:
        sent += 1
        if sent % 100 == 0:
            live = [new_secret(), *live][: dice.randint(1, 6)]
        row = {
            "id": new_id("event"), "type": dice.choice(EVENT_TYPES), "occurred_at": now - timedelta(days=1),
            "application_id": UUID(int=dice.getrandbits(128)), "sequence": sent, "data": _data(dice, sent),
        }  # fmt: skip
        body = body_bytes(row)
        for _ in range(dice.choice((1, 1, 1, 2, 10))):
            at = now - timedelta(seconds=dice.randint(0, 200))
            headers = dict(signed_headers(str(row["id"]), at, body, live))
            cases.append(Case(dice.choice(live), headers, body))
    return cases[:count]


@pytest.fixture(scope="module")
def deliveries() -> list[Case]:
    """Ten thousand."""
    return _deliveries(DELIVERIES)


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_ten_thousand_deliveries_are_accepted(deliveries: list[Case], verifier: Verifier, tmp_path: Path):
    assert max(len(case.body) for case in deliveries) > 19_500
    assert max(case.headers["webhook-signature"].count("v1,") for case in deliveries) == 6
    assert verifier(deliveries, tmp_path).count(True) == DELIVERIES


Tampering = Callable[[Case, Case], Case]


def _with(case: Case, **headers: str) -> Case:
    renamed = {f"webhook-{name}": value for name, value in headers.items()}
    return Case(case.secret, {**case.headers, **renamed}, case.body)


def _without(case: Case, name: str) -> Case:
    return Case(case.secret, {key: value for key, value in case.headers.items() if key != name}, case.body)


def _stamped(case: Case, seconds: int) -> str:
    return str(int(case.headers["webhook-timestamp"]) + seconds)


def _flipped(case: Case) -> str:
    """Return the signatures with one bit inverted."""
    turned = []
    for each in case.headers["webhook-signature"].split(" "):
        code = bytearray(base64.b64decode(each.removeprefix("v1,")))
        code[7] ^= 1
        turned.append("v1," + base64.b64encode(code).decode())
    return " ".join(turned)


def _resigned(case: Case, seconds: int) -> Case:
    """Sign the request again with another time."""
    at = system_now() + timedelta(seconds=seconds)
    return Case(case.secret, signed_headers(case.headers["webhook-id"], at, case.body, [case.secret]), case.body)


TAMPERINGS: Mapping[str, Tampering] = {
    "a byte of the body is another": lambda one, _: Case(one.secret, one.headers, one.body.replace(b"a", b"e", 1)),
    "the body is cut off": lambda one, _: Case(one.secret, one.headers, one.body[:-1]),
    "something is added to the body": lambda one, _: Case(one.secret, one.headers, one.body + b" "),
    "the body is made again": lambda one, _: Case(one.secret, one.headers, json.dumps(json.loads(one.body)).encode()),
    "the id is another event's": lambda one, other: _with(one, id=other.headers["webhook-id"]),
    "the time is a second later": lambda one, _: _with(one, timestamp=_stamped(one, 1)),
    "it was signed long ago": lambda one, _: _resigned(one, -310),
    "it was signed in the future": lambda one, _: _resigned(one, 310),
    "a bit of each signature is turned": lambda one, _: _with(one, signature=_flipped(one)),
    "it is another receiver's secret": lambda one, _: Case(new_secret(), one.headers, one.body),
    "the version of the signature is another": lambda one, _: _with(
        one, signature=one.headers["webhook-signature"].replace("v1,", "v2,")
    ),
    "the signatures are another event's": lambda one, other: _with(
        one, signature=other.headers["webhook-signature"]
    ),
    "there is no signature": lambda one, _: _without(one, "webhook-signature"),
    "there is no id": lambda one, _: _without(one, "webhook-id"),
    "there is no time": lambda one, _: _without(one, "webhook-timestamp"),
}  # fmt: skip


@pytest.mark.parametrize("verifier", VERIFIERS)
def test_whatever_is_tampered_with_is_refused(verifier: Verifier, tmp_path: Path):
    events = _deliveries(120)
    pairs = [(one, other) for one, other in pairwise(events) if one.body != other.body]
    tampered = [(name, change(one, other)) for name, change in TAMPERINGS.items() for one, other in pairs]
    assert len(tampered) >= 12 * 20
    answers = verifier([case for _, case in tampered], tmp_path)
    assert [name for (name, _), accepted in zip(tampered, answers, strict=True) if accepted] == []


@pytest.mark.parametrize("verifier", [by_python, by_openssl])
def test_what_came_over_the_wire_is_accepted_through_retries_and_a_rotation(
    admin: Client, post: SenderDriver, verifier: Verifier, tmp_path: Path
):
    post.clock.now = system_now() - timedelta(minutes=4)
    receiver = post.receiver(500, 500, 500, 204)
    one = post.endpoint(admin, receiver, concurrency=3)
    old = one["secret"]
    post.emit(admin, 10, data={"text": "Zoë, 東京 \U0001f469\u200d\U0001f4bb"})
    post.round()
    new = made(admin, f"{ENDPOINTS}/{one['id']}/secrets", {})["secret"]
    post.clock.advance(seconds=10)
    post.rounds()
    first, later = receiver.got[:3], receiver.got[3:]
    assert len(later) == 10
    cases = [Case(old, got.headers, got.body) for got in receiver.got]
    cases += [Case(new, got.headers, got.body) for got in later]
    assert all(verifier(cases, tmp_path))
    assert not any(verifier([Case(new, got.headers, got.body) for got in first], tmp_path))


def test_what_the_sender_sent_is_accepted_by_all_of_them(admin: Client, post: SenderDriver, tmp_path: Path):
    """Set `KEEPWARM_TEST_DELIVERIES=10000` for the long form. All bytes are sent over the wire."""
    dice, rounds = random.Random(5), max(4, min(40, WIRED // 250))
    verifiers = [verifier for verifier in VERIFIERS if verifier is not by_node or node_is_here()]
    post.clock.now = system_now() - timedelta(minutes=3)
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    live, came = [one["secret"]], 0
    for number in range(rounds):
        if number % 4 == 3:
            overlap = {"overlap_hours": dice.choice((0, 24)) if len(live) < 5 else 0}
            new = made(admin, f"{ENDPOINTS}/{one['id']}/secrets", overlap)["secret"]
            live = [new, *(live if overlap["overlap_hours"] else [])]
        receiver.says(503, 500, 204)
        for _ in range(5):
            post.emit(admin, WIRED // rounds // 5, data=_data(dice, dice.randint(0, 99)))
        post.rounds()
        post.clock.advance(seconds=6.1)
        post.rounds()
        cases = [Case(dice.choice(live), got.headers, got.body) for got in receiver.got]
        came += len(cases)
        receiver.got.clear()
        for verifier in verifiers:
            assert all(verifier(cases, tmp_path))
    assert {row.state for row in post.deliveries()} == {"delivered"}
    assert came >= WIRED + 2 * rounds, "each round had its retries"
