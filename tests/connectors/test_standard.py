"""The generic endpoint's signatures: Standard Webhooks 1.0.0, by its published vectors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.connectors.contract import InboundRequest, RejectedRequest, StaleRequest
from app.connectors.crm.standard.connector import Standard
from tests.connectors.connected import Sender
from tests.connectors.documents import own
from tests.connectors.forgeries import refuses_forgeries

STANDARD = Standard()
VECTORS = own("standard", "vectors")
V1, V1A = VECTORS["v1"], VECTORS["v1a"]
SECRET = V1["secret"]
T = datetime.fromtimestamp(int(V1["webhook-timestamp"]), UTC)
HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"]


def vector(of=V1, at=T, prefix="webhook", **headers):
    names = {header.replace("webhook", prefix): of[header] for header in HEADERS}
    named = {f"webhook-{name}": value for name, value in headers.items()}
    return InboundRequest(of["body"].encode(), {**names, **named}, {}, at)


def refused(request, *secrets):
    with pytest.raises(RejectedRequest) as why:
        STANDARD.verify(request, secrets or [SECRET])
    return str(why.value)


def test_the_published_vectors_verify_under_either_name_of_the_headers():
    for prefix in ("webhook", "svix"):
        STANDARD.verify(vector(prefix=prefix), [SECRET])
        STANDARD.verify(vector(V1A, prefix=prefix), [V1A["public_key"]])


def test_a_thousand_forgeries_are_refused():
    refuses_forgeries(STANDARD, vector(), [SECRET], HEADERS)


def test_a_thousand_forgeries_of_a_public_keys_signature_are_refused():
    refuses_forgeries(STANDARD, vector(V1A), [V1A["public_key"]], HEADERS[:2])
    signature = V1A["webhook-signature"]
    for other in (
        "",
        "v1a,",
        signature[:-10],
        signature.replace("hnO3", "hnO4"),
        "v1," + signature[4:],
        V1["webhook-signature"],
    ):
        assert refused(vector(V1A, signature=other), V1A["public_key"])


@pytest.mark.parametrize("decoy", VECTORS["decoys"])
def test_the_suites_decoys_are_refused_and_do_not_hide_a_good_one(decoy):
    assert refused(vector(signature=decoy)) == "the signature does not match"
    STANDARD.verify(vector(signature=f"{decoy} {V1['webhook-signature']}"), [SECRET])


def test_entries_of_other_versions_and_malformed_ones_are_skipped():
    good = V1["webhook-signature"]
    for noise in ("v2," + good[3:], "v1", "v1,", ",", ",,,", "v1,a,b", "nonsense", good[3:], ""):
        assert refused(vector(signature=noise))
        STANDARD.verify(vector(signature=f"{noise} {good}"), [SECRET])


def test_a_good_signature_beyond_twenty_is_not_looked_for():
    assert refused(vector(signature=" ".join(["v1,x"] * 20 + [V1["webhook-signature"]])))


def test_the_secret_may_lack_its_padding_and_its_prefix():
    padded = "whsec_" + "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LQ=="
    for one, other in ((padded, padded.rstrip("=")), (padded, padded.removeprefix("whsec_")), (SECRET, SECRET[6:])):
        STANDARD.check_secret(one)
        STANDARD.check_secret(other)
    STANDARD.verify(vector(), [SECRET.removeprefix("whsec_")])


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!!!", "not base64 at all", "whpk_", "whpk_AAAA"])
def test_an_empty_or_broken_secret_signs_nothing_and_stands_in_no_others_way(secret):
    empty = InboundRequest(b"{}", {**vector().headers, "webhook-signature": "v1,"}, {}, T)
    assert refused(empty, secret)
    assert refused(vector(), secret)
    STANDARD.verify(vector(), [secret, SECRET])
    with pytest.raises(RejectedRequest):
        STANDARD.check_secret(secret)


def test_a_request_that_is_signed_with_no_secret_at_all_is_refused_under_an_empty_one():
    import base64
    import hashlib
    import hmac

    text = f"{V1['webhook-id']}.{V1['webhook-timestamp']}.{V1['body']}".encode()
    forged = base64.b64encode(hmac.new(b"", text, hashlib.sha256).digest()).decode()
    for secret in ("", "whsec_"):
        assert refused(vector(signature=f"v1,{forged}"), secret) == "no secret is set"


def test_a_public_key_and_a_shared_secret_can_both_be_live():
    for of in (V1, V1A):
        STANDARD.verify(vector(of), [SECRET, V1A["public_key"]])
    assert refused(vector(V1), V1A["public_key"])
    assert refused(vector(V1A), SECRET)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_times_within_five_minutes_are_taken(seconds):
    STANDARD.verify(vector(at=T + timedelta(seconds=seconds)), [SECRET])


@pytest.mark.parametrize("seconds", [-301, 301])
def test_times_beyond_five_minutes_are_refused(seconds):
    request = vector(at=T + timedelta(seconds=seconds))
    with pytest.raises(StaleRequest, match=f"5 minutes {'before' if seconds > 0 else 'after'} the service's time"):
        STANDARD.verify(request, [SECRET])
    with pytest.raises(StaleRequest):
        STANDARD.verify(vector(V1A, at=T + timedelta(seconds=seconds)), [V1A["public_key"]])


def test_a_forger_does_not_learn_that_the_time_is_wrong():
    late = vector(at=T + timedelta(days=1), signature="v1," + "A" * 43 + "=")
    assert refused(late) == "the signature does not match"


@pytest.mark.parametrize(
    "stamp", ["1614265330.0", "1.614265330e9", "+1614265330", " 1614265330", "0x60", "-1", "", "٣", "9" * 400]
)
def test_a_time_that_is_no_whole_number_is_refused(stamp):
    assert refused(vector(timestamp=stamp))


@pytest.mark.parametrize("id", ["", "msg.1", "x" * 201, "msg\n1", "msgé"])
def test_an_id_that_is_missing_or_malformed_is_refused(id):
    headers = {**vector().headers, "webhook-id": id}
    assert refused(replace(vector(), headers=headers)) == "webhook-id is missing or malformed"


def test_the_event_is_kept_under_its_id():
    event = STANDARD.parse_event(
        replace(vector(), body=b'{"type": "job.updated", "timestamp": "2026-11-24T09:00:00Z"}')
    )
    assert (event.key, event.type) == (V1["webhook-id"], "job.updated")
    assert event.occurred_at == datetime(2026, 11, 24, 9, tzinfo=UTC)
    with pytest.raises(RejectedRequest):
        STANDARD.parse_event(replace(vector(), body=b"no JSON"))


def test_a_secret_that_keepwarm_makes_is_one_that_it_takes():
    secret = STANDARD.new_secret(b"r" * 32)
    STANDARD.check_secret(secret)
    assert secret.startswith("whsec_")
    with pytest.raises(RejectedRequest):
        STANDARD.check_secret("whsec_c2hvcnQ=")


@pytest.mark.parametrize(
    "body",
    [
        b'{"type": "test"}',
        b'{"type": "Ping", "data": {}}',
        b'{"type": "webhook.test"}',
        b'{"type": "candidate.created", "test": true, "data": {"id": "c1", "name": "Ana"}}',
    ],
)
def test_a_trial_delivery_is_greeted_once_its_signature_is_good(body):
    greeting = STANDARD.handshake(InboundRequest(body, {}, {}, T))
    assert greeting is not None
    assert greeting.signed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"no json",
        b'"test"',
        b'{"type": "candidate.created", "test": "true"}',
        b'{"type": "candidate.created", "test": 1}',
        b'{"type": "contest.created"}',
        b'{"type": null}',
    ],
)
def test_nothing_else_is_greeted(body):
    assert STANDARD.handshake(InboundRequest(body, {}, {}, T)) is None


def test_a_trial_delivery_is_answered_and_leaves_nothing(crm: Sender):
    assert crm.send("test", {}).status_code == 200
    assert crm.events() == []
    assert crm.send("test", {}, secret="whsec_" + "A" * 32).status_code == 401
