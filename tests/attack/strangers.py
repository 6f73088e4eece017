"""Strangers without a key: python -m tests.attack.strangers --database sqlite --seconds 20 --silent 1000."""

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.kit.clock import stopwatch
from tests import databases, run
from tests.attack.stranger import BODIES, FLOODS
from tests.attack.target import HOME, Probe, Target, serving

Findings = dict[str, float]


def main() -> int:
    """Attack, show the numbers beside their goals, and answer 1 where one is not met."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack.strangers")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    parser.add_argument("--seconds", type=float, default=10, help="of each flood")
    parser.add_argument("--silent", type=int, default=1000, help="silent connections")
    asked = parser.parse_args()
    log = Path(tempfile.mkdtemp(prefix="keepwarm-attack-")) / "serve.log"
    run.begin()
    missed = 0
    try:
        with serving(databases.migrated(asked.database), log) as target:
            found = {name: flood(target, name, asked.seconds) for name in FLOODS}
            found["strangers with bodies"] = strangers(target, target.agency(), asked.seconds)
            found["silent connections"] = silence(target, asked.silent)
            found["wrong keys"] = wrong_keys(target)
    finally:
        databases.close()
        databases.give_back()
        run.end()
    for attack, numbers in found.items():
        for name, number in numbers.items():
            goal = GOALS.get(name)
            met = goal is None or number <= goal
            missed += not met
            shown = "" if goal is None else f"≤ {goal:g}"
            print(f"{attack:24} {name:42} {number:10.1f} {shown:>8} {'' if met else 'MISSED'}")  # noqa: T201
    print(f"log: {log}")  # noqa: T201
    return 1 if missed else 0


GOALS: Findings = {
    "memory gained, MB": 30,
    "slowest /healthz, ms": 100,
    "median beside strangers / alone": 3,
    "silent connections ended after, s": 12,
    "slowest answer beside silence, ms": 100,
    "failures": 0,
    "wrong keys answered with 401": 20,
}


def flood(target: Target, kind: str, seconds: float) -> Findings:
    """Heads without end, on two connections at a time that are opened again whenever they are closed."""
    memory = target.memory()
    with _strangers(kind, target.port, 2), Probe(target, "/healthz") as probe:
        threading.Event().wait(seconds)
    return {
        "memory gained, MB": probe.memory - memory,
        "slowest /healthz, ms": probe.worst,
        "median /healthz, ms": probe.median,
        "failures": len(probe.failures),
    }


def strangers(target: Target, key: str, seconds: float) -> Findings:
    """Four strangers that post 1 MB of JSON again and again, beside a caller with a key."""
    with Probe(target, "/v1/worklist", key) as alone:
        threading.Event().wait(seconds / 2)
    memory = target.memory()
    with _strangers(BODIES, target.port, 4), Probe(target, "/v1/worklist", key) as beside:
        threading.Event().wait(seconds)
    return {
        "median alone, ms": alone.median,
        "median beside strangers, ms": beside.median,
        "median beside strangers / alone": beside.median / alone.median,
        "memory gained, MB": beside.memory - memory,
        "failures": len(alone.failures) + len(beside.failures),
    }


def silence(target: Target, number: int) -> Findings:
    """Connections that say nothing, from many addresses, beside a caller."""
    with ExitStack() as stack, Probe(target, "/healthz") as probe:
        opened = []
        for at in range(number):
            client = stack.enter_context(socket.socket())
            client.settimeout(60)
            client.bind((f"127.0.1.{at % 20 + 1}", 0))
            client.connect(("127.0.0.1", target.port))
            opened.append((client, stopwatch()))
        lives = [_until_closed(client) - at for client, at in opened]
    return {
        "silent connections ended after, s": max(lives),
        "slowest answer beside silence, ms": probe.worst,
        "failures": len(probe.failures),
    }


def wrong_keys(target: Target) -> Findings:
    """Forty wrong keys from one address: the first twenty are answered with 401, the others with a growing wait."""
    with target.client("127.0.0.9") as client:
        statuses = [target.ask(client, "/v1/agency", f"kw_{at:081}")[0] for at in range(40)]
    assert set(statuses[20:]) == {429}
    return {"wrong keys answered with 401": statuses.count(401)}


@contextmanager
def _strangers(kind: str, port: int, number: int) -> Iterator[None]:
    """Attackers in processes of their own, so that they take nothing from the client that measures."""
    command = [sys.executable, "-m", "tests.attack.stranger", kind, str(port)]
    started = [
        subprocess.Popen([*command, f"127.0.2.{at + 1}"], cwd=HOME, stdout=subprocess.PIPE) for at in range(number)
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        yield
    finally:
        ended = [process.poll() for process in started]
        for process in started:
            process.kill()
            process.communicate()
    assert ended == [None] * number, "an attacker gave up"


def _until_closed(client: socket.socket) -> float:
    """The instant at which the service closed it, by the stopwatch."""
    try:
        while client.recv(65_536):
            pass
    except ConnectionError:
        pass
    return stopwatch()


if __name__ == "__main__":
    sys.exit(main())
