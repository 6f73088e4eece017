"""Targets in private networks are refused, however they are given, and the refusal discloses nothing."""

from collections.abc import Sequence

import pytest

from app.webhooks.models import endpoint
from tests.agencies import made, new_agency
from tests.kit.addresses import BY_ADDRESS, REFUSED, TRICKS
from tests.kit.peers import PUBLIC, Names, Peer, Wires
from tests.service import OPERATOR_KEY, Client, Service
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver

HOOK = "https://receiver.example/hook"
SPELLINGS = [url for url in (*BY_ADDRESS, *TRICKS) if url.isprintable() and url]
SINCE = {"since": "2020-01-01T00:00:00Z"}


@pytest.fixture
def strict_admin(start_service) -> Client:
    """An admin of an agency in a service with the settings of production."""
    service: Service = start_service()
    return new_agency(service.client(OPERATOR_KEY))


def test_no_spelling_of_an_address_is_taken_when_an_endpoint_is_made_or_changed(strict_admin: Client):
    assert len(SPELLINGS) >= 60
    one = made(strict_admin, ENDPOINTS, {"url": HOOK})["endpoint"]
    for url in (*SPELLINGS, *(url for url in TRICKS if not url.isprintable() and url.isascii())):
        for refused in (
            strict_admin.post(ENDPOINTS, {"url": url}),
            strict_admin.patch(f"{ENDPOINTS}/{one['id']}", {"url": url}),
        ):
            assert refused.status_code == 422, url
            assert [each["pointer"] for each in refused.json()["errors"]] == ["/url"], url
    assert [each["url"] for each in strict_admin.get(ENDPOINTS).json()["items"]] == [HOOK]


def _rounds(post: SenderDriver) -> int:
    """Run rounds until nothing is due, without the limit of one attempt for a failing endpoint."""
    total = begun = 0
    while begun or not total:
        post.set(endpoint, failing_since=None)
        begun = post.round()
        total += begun
    return total


def test_an_endpoint_that_was_made_when_private_targets_were_allowed_is_sent_nothing_afterwards(
    admin: Client, post: SenderDriver
):
    trap = post.receiver()
    one = post.endpoint(admin, trap)
    port = trap.port
    post.sender = post.another_sender(private_targets=False)
    urls = [trap.url, f"https://127.0.0.1:{port}/", f"https://localhost:{port}/", f"https://[::ffff:7f00:1]:{port}/"]
    for url in (*urls, f"https://127.1:{port}/", f"https://2130706433:{port}/", f"https://0x7f.1:{port}/"):
        post.set(endpoint, url=url, failing_since=None)
        for _ in range(3):
            post.emit(admin)
        post.rounds()
    _ = admin.post(f"{ENDPOINTS}/{one['id']}/replay", SINCE)
    made(admin, f"{ENDPOINTS}/{one['id']}/test", {})
    post.rounds()
    assert trap.connections == 0
    assert {row.error for row in post.attempts()} == {"refused_url"}


class Turns:
    """A resolver that returns the given addresses in turn."""

    def __init__(self, answers: Sequence[Sequence[str]]) -> None:
        self._left, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the next address, starting again at the end."""
        self.asked += 1
        return self._left[self.asked % len(self._left)]


def test_no_name_that_leads_inwards_is_dialled_by_a_delivery_a_replay_or_a_test(admin: Client, post: SenderDriver):
    answers = [[address] for address in REFUSED]
    answers += [[PUBLIC, address] for address in REFUSED[::4]] + [[address, PUBLIC] for address in REFUSED[1::4]]
    turns, wires = Turns(answers), Wires(Peer())
    post.sender = post.another_sender(private_targets=False, resolver=turns, network=wires)
    one = post.endpoint(admin, HOOK)
    ways = 0
    post.emit(admin, len(answers))
    for _ in range(3):
        ways += _rounds(post)
        post.clock.advance(milliseconds=400)
        assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", SINCE).json()["replayed"] == len(answers)
    for _ in range(20):
        made(admin, f"{ENDPOINTS}/{one['id']}/test", {})
    ways += _rounds(post)
    assert len(answers) >= 60
    assert ways == turns.asked == 4 * len(answers) + 20, "one look-up for each attempt"
    assert wires.dialled == []
    assert {row.error for row in post.attempts()} == {"unreachable"}


def test_a_refused_address_looks_like_a_closed_port(admin: Client, post: SenderDriver):
    one = post.endpoint(admin, HOOK)
    shown = []
    for address, dead in ((PUBLIC, [PUBLIC]), ("10.0.0.1", []), ("127.0.0.1", []), ("169.254.169.254", [])):
        network = Wires(Peer(), dead)
        post.sender = post.another_sender(private_targets=False, resolver=Names([address]), network=network)
        post.emit(admin)
        post.round()
        health = admin.get(f"{ENDPOINTS}/{one['id']}/health").json()
        last = post.attempts()[-1]
        shown.append((last.status, last.error, last.sealed_answer, health["failure"]))
        assert admin.post(f"{ENDPOINTS}/{one['id']}/replay", {"since": "2030-01-01T00:00:00Z"}).status_code == 200
        assert network.dialled == ([PUBLIC] if dead else [])
        post.clock.advance(hours=2)
        post.set(endpoint, failing_since=None)
    assert set(shown) == {(None, "unreachable", None, "No answer: unreachable.")}


def test_a_name_that_turns_inwards_between_two_looks_is_looked_up_once_an_attempt(admin: Client, post: SenderDriver):
    turns, wires = Turns([[PUBLIC], ["127.0.0.1"]]), Wires(Peer(), [PUBLIC])
    post.sender = post.another_sender(private_targets=False, resolver=turns, network=wires)
    post.endpoint(admin, HOOK)
    post.emit(admin, 1000)
    attempts = 0
    while attempts < 1000:
        post.set(endpoint, failing_since=None)
        attempts += post.round()
        post.clock.advance(seconds=1)
    assert turns.asked == attempts
    assert set(wires.dialled) == {PUBLIC}
    assert len(wires.dialled) == attempts // 2


def test_a_proxy_in_the_environment_is_not_asked(admin: Client, post: SenderDriver, monkeypatch: pytest.MonkeyPatch):
    trap, receiver = post.receiver(), post.receiver()
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, trap.url)
    post.sender = post.another_sender()
    post.endpoint(admin, receiver)
    post.emit(admin)
    post.rounds()
    assert (len(receiver.got), trap.connections) == (1, 0)
