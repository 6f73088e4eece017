"""Standard Webhooks 1.0.0, clauses 7 to 12: the signature."""

import base64
import re

from tests.agencies import made
from tests.service import Client
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver
from tests.webhooks.verifiers import accepts


def test_clause_7_a_secret_is_whsec_and_32_random_bytes_and_makes_an_hmac_of_sha256(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    added = made(admin, f"{ENDPOINTS}/{one['id']}/secrets", {})["secret"]
    for secret in (one["secret"], added):
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
    post.emit(admin)
    post.rounds()
    for signature in receiver.got[0].signatures:
        assert len(base64.b64decode(signature.removeprefix("v1,"), validate=True)) == 32
    assert accepts(one["secret"], receiver.got[0])


def test_clause_8_every_signature_is_symmetric_and_says_so(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    made(admin, f"{ENDPOINTS}/{one['id']}/secrets", {})
    post.emit(admin)
    post.rounds()
    assert [signature.partition(",")[0] for signature in receiver.got[0].signatures] == ["v1", "v1"]


def test_clause_9_the_three_headers_bear_their_names_and_the_time_is_whole_seconds(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    post.endpoint(admin, receiver)
    post.clock.advance(microseconds=999_999)
    (id,) = post.emit(admin)
    post.rounds()
    headers = receiver.got[0].headers
    assert headers["webhook-id"] == id
    assert headers["webhook-timestamp"] == str(int(post.clock.now.timestamp()))
    assert re.fullmatch(r"v1,[A-Za-z0-9+/]{43}=", headers["webhook-signature"])


def test_clause_10_the_id_stays_over_retries_and_the_time_is_each_attempts_own(admin: Client, post: SenderDriver):
    receiver = post.receiver(500, 500, 500, 204)
    secret = post.endpoint(admin, receiver)["secret"]
    (id,) = post.emit(admin)
    stamps = []
    for _ in range(4):
        stamps.append(int(post.clock.now.timestamp()))
        post.rounds()
        post.clock.advance(hours=1)
    assert receiver.ids() == [id] * 4
    assert [got.stamp for got in receiver.got] == stamps
    assert len({got.headers["webhook-signature"] for got in receiver.got}) == 4
    assert all(accepts(secret, got) for got in receiver.got)


def test_clause_11_while_a_secret_is_turned_over_old_and_new_both_sign(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    post.emit(admin, 100)
    post.rounds()
    new = made(admin, f"{ENDPOINTS}/{one['id']}/secrets", {"overlap_hours": 24})["secret"]
    post.clock.advance(hours=23, minutes=59)
    post.emit(admin, 900)
    post.rounds()
    post.clock.advance(minutes=1)
    post.emit(admin, 100)
    post.rounds()
    before, during, after = receiver.got[:100], receiver.got[100:1000], receiver.got[1000:]
    assert [len(before), len(during), len(after)] == [100, 900, 100]
    assert all(accepts(one["secret"], got) and not accepts(new, got) for got in before)
    assert all(accepts(one["secret"], got) and accepts(new, got) for got in during)
    assert all(not accepts(one["secret"], got) and accepts(new, got) for got in after)


def test_clause_11_at_most_six_sign_at_once_and_one_can_be_ended_at_once(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    secrets = f"{ENDPOINTS}/{one['id']}/secrets"
    added = [made(admin, secrets, {"overlap_hours": 100}) for _ in range(5)]
    assert admin.post(secrets, {}).json()["code"] == "too_many_secrets"
    post.emit(admin)
    post.rounds()
    assert len(receiver.got[0].signatures) == 6
    assert all(accepts(each["secret"], receiver.got[0]) for each in [one, *added])

    assert admin.delete(f"{secrets}/{added[2]['id']}").status_code == 204
    assert admin.delete(f"{secrets}/{added[2]['id']}").status_code == 404
    assert admin.delete(f"{secrets}/{added[4]['id']}").json()["code"] == "last_secret"
    post.emit(admin)
    post.rounds()
    assert len(receiver.got[1].signatures) == 5
    assert not accepts(added[2]["secret"], receiver.got[1])


def test_clause_11_without_an_overlap_the_old_secret_ends_at_once(admin: Client, post: SenderDriver):
    receiver = post.receiver()
    one = post.endpoint(admin, receiver)
    new = made(admin, f"{ENDPOINTS}/{one['id']}/secrets", {"overlap_hours": 0})["secret"]
    post.emit(admin)
    post.rounds()
    assert len(receiver.got[0].signatures) == 1
    assert accepts(new, receiver.got[0])


def test_clause_12_every_endpoint_has_a_secret_of_its_own(admin: Client, post: SenderDriver):
    receivers = [post.receiver(), post.receiver()]
    first, second = (post.endpoint(admin, receiver) for receiver in receivers)
    assert first["secret"] != second["secret"]
    post.emit(admin)
    post.rounds()
    assert accepts(first["secret"], receivers[0].got[0])
    assert not accepts(second["secret"], receivers[0].got[0])
    assert accepts(second["secret"], receivers[1].got[0])
