"""Receivers that verify: the specification written once more, and three verifiers that share no code."""

import base64
import binascii
import hashlib
import hmac
import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import standardwebhooks

from app.kit.clock import system_now
from tests.webhooks.receiver import Received

_NODE = Path(__file__).parent / "node"
_TOLERANCE = 300


def signature(secret: str, signed: bytes) -> str:
    """Return the part of a signature after `v1,`."""
    kind, _, key = secret.partition("_")
    assert kind == "whsec"
    return base64.b64encode(hmac.digest(base64.b64decode(key, validate=True), signed, hashlib.sha256)).decode()


def accepts(secret: str, got: Received) -> bool:
    """Return True if a receiver that has this secret accepts the request."""
    return f"v1,{signature(secret, f'{got.id}.{got.stamp}.'.encode() + got.body)}" in got.signatures


@dataclass(frozen=True)
class Case:
    """A request, and the secret of its receiver."""

    secret: str
    headers: Mapping[str, str]
    body: bytes


Verifier = Callable[[Sequence[Case], Path], list[bool]]
"""Return for each case whether it is accepted. The verifier may write files to the folder."""


def by_python(cases: Sequence[Case], folder: Path) -> list[bool]:
    """The package `standardwebhooks` of PyPI."""

    def one(case: Case) -> bool:
        try:
            standardwebhooks.Webhook(case.secret).verify(case.body, dict(case.headers))
        except (standardwebhooks.WebhookVerificationError, ValueError, binascii.Error):
            return False
        return True

    return [one(case) for case in cases]


def node_is_here() -> bool:
    """Return True if node and the package `standardwebhooks` are installed."""
    return shutil.which("node") is not None and (_NODE / "node_modules" / "standardwebhooks").is_dir()


def by_node(cases: Sequence[Case], folder: Path) -> list[bool]:
    """The package `standardwebhooks` of npm, with another implementation of SHA-256."""
    node = shutil.which("node")
    if node is None or not node_is_here():
        pytest.skip("node or its package standardwebhooks is not here: `make verifier` gets it")
    requests = [
        {"secret": case.secret, "headers": case.headers, "body": base64.b64encode(case.body).decode()} for case in cases
    ]
    done = subprocess.run(
        [node, _NODE / "verify.mjs"], input=json.dumps(requests).encode(), capture_output=True, check=True
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers


def by_openssl(cases: Sequence[Case], folder: Path) -> list[bool]:
    """The command `openssl` computes the code; the headers are read here, as in a shell script."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here")
    of_secret: dict[str, dict[str, int]] = defaultdict(dict)
    for number, case in enumerate(cases):
        if {"webhook-id", "webhook-timestamp", "webhook-signature"} <= set(case.headers):
            file = folder / f"{number}"
            file.write_bytes(f"{case.headers['webhook-id']}.{case.headers['webhook-timestamp']}.".encode() + case.body)
            of_secret[case.secret][file.name] = number
    accepted, now = [False] * len(cases), system_now().timestamp()
    for secret, files in of_secret.items():
        key = base64.b64decode(secret.removeprefix("whsec_")).hex()
        command = [openssl, "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key}", *files]
        said = subprocess.run(command, capture_output=True, check=True, cwd=folder, text=True).stdout
        for name, code in _codes(said.splitlines()):
            headers = cases[files[name]].headers
            fresh = abs(now - int(headers["webhook-timestamp"])) <= _TOLERANCE
            wanted = "v1," + base64.b64encode(bytes.fromhex(code)).decode()
            accepted[files[name]] = fresh and wanted in headers["webhook-signature"].split(" ")
    return accepted


def _codes(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Return the file and the code of lines such as `HMAC-SHA2-256(17)= 0a…`."""
    for line in lines:
        head, _, code = line.partition(")= ")
        yield head.partition("(")[2], code


VERIFIERS: tuple[Verifier, ...] = (by_python, by_node, by_openssl)
