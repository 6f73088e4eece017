"""SSRF: only the public internet is dialled, counted in TCP connections to a trap, and failures look alike."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.kit import http_client
from app.kit.http_client import HttpClient, HttpFailure, HttpRequest
from tests.kit.addresses import BY_ADDRESS, FOR_DEVELOPMENT, REFUSED, TRICKS
from tests.kit.peers import PUBLIC, Names, Wires, certified, saying, serving

pytestmark = pytest.mark.anyio
ClientWith = Callable[..., HttpClient]
CRM = HttpRequest("GET", "https://crm.example/")


async def failure(client: HttpClient, request: HttpRequest = CRM, *, seconds: float = 10) -> HttpFailure:
    """Return the failure of the request."""
    with pytest.raises(HttpFailure) as failed:
        await client.send(request, seconds=seconds, keep=100)
    return failed.value


async def test_the_trap_would_notice(client_with: ClientWith):
    async with serving() as trap:
        client = client_with(resolver=Names([PUBLIC]), network=Wires(trap))
        assert (await failure(client, seconds=0.1)).kind == "timeout"  # the trap knows nothing of TLS
        assert trap.connections == 1


async def test_no_url_with_a_trick_in_it_is_looked_up_or_dialled(client_with: ClientWith):
    names = Names([PUBLIC])
    async with serving() as trap:
        client = client_with(resolver=names, network=Wires(trap))
        for url in [*BY_ADDRESS, *TRICKS, *FOR_DEVELOPMENT]:
            assert (await failure(client, HttpRequest("GET", url))).kind == "refused_url", url
        assert (names.asked, trap.connections) == ([], 0)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
async def test_a_name_that_leads_home_is_not_dialled_in_any_spelling(client_with: ClientWith, address: str):
    async with serving() as trap:
        client = client_with(resolver=Names([address]), network=Wires(trap))
        for host in ("localhost", "LOCALHOST", "crm.example.", "bücher.example", "metadata.google.internal"):
            for port in ("", ":443", ":8443"):
                sent = HttpRequest("GET", f"https://{host}{port}/")
                assert (await failure(client, sent)).kind == "unreachable"
        assert trap.connections == 0


async def test_no_refused_address_is_dialled_alone_or_among_public_ones(client_with: ClientWith):
    answers = [answer for bad in REFUSED for answer in ([bad], [PUBLIC, bad], [bad, PUBLIC])]
    async with serving() as trap:
        wires = Wires(trap)
        client = client_with(resolver=Names(*answers), network=wires)
        for answer in answers:
            assert (await failure(client)).kind == "unreachable", answer
        assert (wires.dialled, trap.connections) == ([], 0)


async def test_the_machine_s_own_resolver_is_guarded_too(client_with: ClientWith):
    async with serving() as trap:
        request = HttpRequest("GET", "https://localhost:8443/")
        assert (await failure(client_with(network=Wires(trap)), request)).kind == "unreachable"
        assert trap.connections == 0


async def test_a_name_that_changes_its_mind_is_judged_by_the_address_that_is_dialled(
    client_with: ClientWith, tmp_path: Path
):
    server, trusting = certified("crm.example", tmp_path)
    flipping = Names(*([PUBLIC], ["127.0.0.1"]) * 100)
    async with serving(tls=server) as peer:
        wires = Wires(peer)
        client = client_with(resolver=flipping, network=wires, tls=trusting)
        for _ in range(100):
            assert (await client.send(CRM, keep=100)).body == b"hello"
            assert (await failure(client)).kind == "unreachable"
        assert wires.dialled == [PUBLIC] * 100
        assert len(flipping.asked) == 200  # once a request: what was checked is what was dialled


async def test_a_refused_address_looks_like_a_closed_port_and_like_no_host_at_all(client_with: ClientWith):
    async def nowhere(host: str, port: int) -> Sequence[str]:
        raise OSError

    async with serving() as peer:
        closed = client_with(resolver=Names([PUBLIC]), network=Wires(peer, dead=[PUBLIC]))
        refused = client_with(resolver=Names(["10.0.0.1"]), network=Wires(peer))
        unknown = client_with(resolver=nowhere, network=Wires(peer))
        failures = {(failed.kind, failed.sentence) for failed in [await failure(c) for c in (closed, refused, unknown)]}
    assert failures == {("unreachable", "crm.example cannot be reached.")}


async def test_a_host_without_addresses_is_unreachable(client_with: ClientWith):
    assert (await failure(client_with(resolver=Names([])))).kind == "unreachable"


async def test_a_slow_look_up_ends_at_its_deadline_and_holds_nobody_up(
    client_with: ClientWith, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked, never = asyncio.Event(), asyncio.Event()

    async def resolver(host: str, port: int) -> Sequence[str]:
        if host == "slow.example":
            asked.set()
            await never.wait()
        return [PUBLIC]

    server, trusting = certified("crm.example", tmp_path)
    async with serving(tls=server) as peer:
        client = client_with(resolver=resolver, network=Wires(peer), tls=trusting)
        slow = asyncio.create_task(failure(client, HttpRequest("GET", "https://slow.example/")))
        await asked.wait()
        assert (await client.send(CRM, keep=100)).status == 200
        assert not slow.done()
        never.set()
        assert (await slow).kind == "tls"  # found after all, and not the name that the certificate bears

    never.clear()
    monkeypatch.setattr(http_client, "LOOKUP_SECONDS", 0.01)
    assert (await failure(client, HttpRequest("GET", "https://slow.example/"))).kind == "unreachable"


async def test_a_redirect_is_an_answer_and_is_not_followed(client_with: ClientWith):
    async with serving() as trap:
        away = f"HTTP/1.1 302 Found\r\nLocation: {trap.url}\r\nContent-Length: 0\r\n\r\n"
        async with serving(saying(away.encode())) as peer:
            answer = await client_with(private_targets=True).send(HttpRequest("GET", peer.url), keep=100)
        assert (answer.status, answer.headers["location"], trap.connections) == (302, trap.url, 0)


async def test_a_proxy_in_the_environment_is_not_used(client_with: ClientWith, monkeypatch: pytest.MonkeyPatch):
    async with serving() as trap, serving() as peer:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, trap.url)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        answer = await client_with(private_targets=True).send(HttpRequest("GET", peer.url), keep=100)
        assert (answer.status, peer.connections, trap.connections) == (200, 1, 0)


async def test_private_targets_may_be_dialled_where_the_setting_says_so(client_with: ClientWith):
    async with serving() as peer:
        client = client_with(private_targets=True)
        for host in ("127.0.0.1", "localhost", "LOCALHOST"):
            assert (await client.send(HttpRequest("GET", f"http://{host}:{peer.port}/"), keep=100)).status == 200
        assert (await failure(client, HttpRequest("GET", "ftp://127.0.0.1/"))).kind == "refused_url"
