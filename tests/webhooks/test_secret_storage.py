"""Secrets of endpoints are shown once. No table, file, log or response contains them afterwards."""

import base64
from pathlib import Path

import structlog
from sqlalchemy.engine import make_url

from app.kit.concurrency_slots import SlotShares
from app.kit.db import metadata
from app.webhooks.sending.claim import claim_deliveries
from tests.agencies import made, rows
from tests.service import Client
from tests.webhooks.receiver import answer
from tests.webhooks.sender_driver import ENDPOINTS, LEASE, SenderDriver


def test_a_secret_is_nowhere_in_plain_text_once_it_was_shown(
    admin: Client, post: SenderDriver, database_url: str, capsys
):
    receiver = post.receiver()
    receiver.reply = lambda got: answer(500, got.headers["webhook-signature"].encode())
    with structlog.testing.capture_logs() as logs:
        one = made(admin, ENDPOINTS, {"url": receiver.url})
        keyed = admin.post(ENDPOINTS, {"url": receiver.url}, headers={"Idempotency-Key": "once"}).json()
        added = made(admin, f"{ENDPOINTS}/{one['endpoint']['id']}/secrets", {})
        post.emit(admin, 3)
        post.rounds()
        address = f"{ENDPOINTS}/{one['endpoint']['id']}"
        answers = [
            admin.get(ENDPOINTS).text, admin.get(address).text, admin.patch(address, {"paused": True}).text,
            admin.get(f"{address}/deliveries").text, admin.get("/v1/events").text, made(admin, f"{address}/test", {}),
        ]  # fmt: skip
    secrets = [one["secret"], keyed["secret"], added["secret"]]
    seen = [*answers, logs, capsys.readouterr(), *(rows(post.service, table) for table in metadata.sorted_tables)]
    needles = [secret.removeprefix("whsec_") for secret in secrets]
    text = repr(seen)
    raw = text.encode("unicode_escape") + files_of(database_url)
    for needle in needles:
        assert needle not in text
        key = base64.b64decode(needle)
        for form in (needle.encode(), key, key.hex().encode(), base64.b64encode(needle.encode())):
            assert form not in raw
            assert repr(form)[2:-1] not in text
    again = admin.post(ENDPOINTS, {"url": receiver.url}, headers={"Idempotency-Key": "once"})
    assert again.json() == keyed, "only who holds the key is shown the first answer again"


def files_of(database_url: str) -> bytes:
    """Return the readable files of the database."""
    if not database_url.startswith("sqlite"):
        return b""
    file = Path(str(make_url(database_url).database))
    return b"".join(part.read_bytes() for part in file.parent.glob(f"{file.name}*") if part.suffix != ".key")


def test_what_a_sender_holds_does_not_show_in_its_own_words(admin: Client, post: SenderDriver):
    one = post.endpoint(admin, post.receiver())
    post.emit(admin)
    shared = post.service.app.state.shared

    def claim(conn):
        return claim_deliveries(conn, post.clock.now, LEASE, SlotShares(5, {}))

    (taken,) = post.service.run(shared.database.across_agencies().write, claim)
    agency_id = taken.key[0]
    assert [shared.seal.open(agency_id, sealed).decode() for sealed in taken.sealed_secrets] == [one["secret"]]
    assert one["secret"] not in repr(taken)
