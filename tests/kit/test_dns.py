"""DNS look-ups: one that hangs delays no look-up of another name, for any number of names and requests."""

import asyncio
import gc
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.kit import http_client
from app.kit.dns import MAX_IDLE_THREADS
from app.kit.http_client import HttpClient, HttpFailure, HttpRequest
from tests.kit.peers import serving

ClientWith = Callable[..., HttpClient]


class System:
    """The system's resolver. A name with `slow` hangs until it is released and then is unknown.

    `gone` is unknown at once; every other name is this machine.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.let_go = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._came: asyncio.Queue[str] = asyncio.Queue()

    async def is_asked(self, times: int = 1) -> None:
        """Wait until it was asked so often."""
        async with asyncio.timeout(10):
            for _ in range(times):
                await self._came.get()

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked[host] += 1
        self._loop.call_soon_threadsafe(self._came.put_nowait, host)
        if host.startswith("slow"):
            self.let_go.wait(30)
        if host.startswith(("slow", "gone")):
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.fixture
async def system(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[System]:
    """Stands in for the system's resolver."""
    system = System()
    monkeypatch.setattr(socket, "getaddrinfo", system)
    yield system
    system.let_go.set()


def asking(client: HttpClient, host: str) -> asyncio.Task[Any]:
    """A request to this host, under way."""
    return asyncio.create_task(client.send(HttpRequest("GET", f"http://{host}/"), keep=9))


async def ended(tasks: list[asyncio.Task[Any]]) -> set[str]:
    """Return how the requests failed."""
    failures = await asyncio.gather(*tasks, return_exceptions=True)
    return {failure.kind for failure in failures if isinstance(failure, HttpFailure)}


@pytest.mark.parametrize("names", [1, 100], ids=["of one name", "each of another name"])
@pytest.mark.anyio
async def test_a_hundred_look_ups_that_hang_hold_up_no_other(client_with: ClientWith, system: System, names: int):
    client = client_with(private_targets=True)
    async with serving() as peer:
        hanging = [asking(client, f"slow{number % names}.example") for number in range(100)]
        await system.is_asked(names)
        async with asyncio.timeout(1):
            answer = await client.send(HttpRequest("GET", f"http://fine.example:{peer.port}/"), keep=9)
        assert answer.body == b"hello"
        assert not any(task.done() for task in hanging)
        system.let_go.set()
        assert await ended(hanging) == {"unreachable"}
    assert set(system.asked.values()) == {1}


@pytest.mark.anyio
async def test_a_name_that_hangs_holds_one_look_up_however_often_it_is_asked_for(
    client_with: ClientWith, system: System, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(http_client, "LOOKUP_SECONDS", 0.01)
    client = client_with(private_targets=True)
    for _ in range(10):
        assert await ended([asking(client, "slow.example")]) == {"unreachable"}
    assert system.asked["slow.example"] == 1


@pytest.mark.anyio
async def test_a_look_up_that_has_ended_is_not_shared(client_with: ClientWith, system: System):
    client = client_with(private_targets=True)
    async with serving() as peer:
        for _ in range(3):
            await client.send(HttpRequest("GET", f"http://fine.example:{peer.port}/"), keep=9)
            assert await ended([asking(client, "gone.example")]) == {"unreachable"}
    assert system.asked == {"fine.example": 3, "gone.example": 3}


@pytest.mark.anyio
async def test_a_cancelled_caller_cancels_no_other(client_with: ClientWith, system: System):
    client = client_with(private_targets=True)
    first, second = asking(client, "slow.example"), asking(client, "slow.example")
    await system.is_asked()
    first.cancel()
    await asyncio.wait([first])
    assert not second.done()
    system.let_go.set()
    assert await ended([second]) == {"unreachable"}


@pytest.mark.anyio
async def test_a_failure_that_nobody_waited_for_is_not_complained_of(client_with: ClientWith, system: System):
    complaints: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    client = client_with(private_targets=True)
    task = asking(client, "slow.example")
    await system.is_asked()
    (looking,) = client._system._under_way.values()
    task.cancel()
    await asyncio.wait([task])
    system.let_go.set()
    await asyncio.wait([looking])
    del task, looking  # what ended remembers what it ended with
    await asyncio.to_thread(gc.collect)
    assert complaints == []


@pytest.mark.anyio
async def test_callers_that_wait_at_shutdown_get_not_found(client_with: ClientWith, system: System):
    client = client_with(private_targets=True)
    waiting = asking(client, "slow.example")
    await system.is_asked()
    await client.close()
    assert await ended([waiting]) == {"unreachable"}
    assert await ended([asking(client, "fine.example")]) == {"unreachable"}
    assert "fine.example" not in system.asked


@pytest.mark.anyio
async def test_where_there_is_no_thread_nothing_is_found(client_with: ClientWith, monkeypatch: pytest.MonkeyPatch):
    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    client = client_with(private_targets=True)
    monkeypatch.setattr(threading.Thread, "start", start)
    assert await ended([asking(client, "fine.example")]) == {"unreachable"}


@pytest.mark.anyio
async def test_threads_are_used_again(client_with: ClientWith, system: System):
    client, before = client_with(private_targets=True), set(threading.enumerate())
    async with serving() as peer:
        for number in range(20):
            await client.send(HttpRequest("GET", f"http://fine{number}.example:{peer.port}/"), keep=9)
    assert [thread.name for thread in set(threading.enumerate()) - before if thread.name == "lookup"] == ["lookup"]


@pytest.mark.anyio
async def test_few_threads_stay_when_many_names_have_hung(client_with: ClientWith, system: System):
    client, before = client_with(private_targets=True), set(threading.enumerate())
    hanging = [asking(client, f"slow{number}.example") for number in range(MAX_IDLE_THREADS + 20)]
    await system.is_asked(len(hanging))
    system.let_go.set()
    await ended(hanging)
    for _ in range(3):
        await asyncio.gather(*(ended([asking(client, f"gone{number}.example")]) for number in range(MAX_IDLE_THREADS)))
    left = [thread for thread in set(threading.enumerate()) - before if thread.name == "lookup"]
    assert len(left) <= MAX_IDLE_THREADS


def test_a_look_up_that_hangs_keeps_no_process_from_ending():
    """Otherwise the process would be killed at the end of its grace."""
    program = """
import asyncio, socket, threading
from app.kit.http_client import HttpClient, HttpRequest

async def main():
    asked = asyncio.Event()
    tell = asyncio.get_running_loop().call_soon_threadsafe

    def hang(*_, **__):
        tell(asked.set)
        threading.Event().wait()

    socket.getaddrinfo = hang
    client = HttpClient(private_targets=True)
    request = asyncio.create_task(client.send(HttpRequest("GET", "http://slow.example/"), keep=9))
    await asked.wait()
    request.cancel()
    await client.close()

asyncio.run(main())
print("ended")
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30)
    assert (ended.stdout, ended.stderr) == ("ended\n", "")
