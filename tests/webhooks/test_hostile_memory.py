"""Responses without end take no memory: a process of its own sends fifty deliveries at once to such a receiver."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.webhooks.receiver import Receiver
from tests.webhooks.test_hostile_receivers import ANSWERS

MAX_MEGABYTES = 32
"""Megabytes: fifty attempts with their buffers, without the bodies."""
_SENDER = """
import asyncio, json, sys
from pathlib import Path
from app.kit.http_client import HttpClient, HttpFailure, HttpRequest
from app.webhooks.sending.sender import MAX_ANSWER_BYTES

def most():
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024

async def main():
    client, urls = HttpClient(private_targets=True), json.loads(sys.argv[1])

    async def attempt(url):
        try:
            return (await client.send(HttpRequest("POST", url, {}, b"{}"), seconds=2, keep=MAX_ANSWER_BYTES)).status
        except HttpFailure as failure:
            return failure.kind

    await attempt(urls["no HTTP"])
    before = most()
    ends = {name: await asyncio.gather(*(attempt(url) for _ in range(50))) for name, url in urls.items()}
    await client.close()
    print(json.dumps({"ends": ends, "grew": most() - before}))

asyncio.run(main())
"""


@pytest.mark.anyio
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells what a process took at most")
async def test_floods_take_no_memory():
    receivers = {name: Receiver() for name in ANSWERS}
    for name, receiver in receivers.items():
        receiver.talk = ANSWERS[name][0]
        await receiver.open()
    urls = json.dumps({name: receiver.url for name, receiver in receivers.items()})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _SENDER, urls), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(120):
        out, errors = await process.communicate()
    for receiver in receivers.values():
        await receiver.close()
    assert not errors, errors.decode()
    result = json.loads(out)
    for name, (_, status, error) in ANSWERS.items():
        assert set(result["ends"][name]) <= {status or error, "timeout"}, name
    assert result["grew"] <= MAX_MEGABYTES
