"""Sealing: encryption of values in the database, such as secrets, tokens and the raw bodies of CRMs."""

import base64
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import Problem
from app.kit.settings import Settings


class CannotOpen(Problem):
    """The problem 503 for a value that was sealed under a secret key that the service does not have."""

    def __init__(self) -> None:
        super().__init__(
            503,
            "other_secret_key",
            "This was sealed under another secret key. The operator must add that key to KEEPWARM_SECRET_KEYS.",
            headers={"Retry-After": "300"},
        )


class Seal:
    """Encrypts and decrypts bytes under keys of each agency, derived from the service's secret keys.

    The first secret key encrypts; all of them can decrypt.
    """

    def __init__(self, *secrets: bytes) -> None:
        self._secrets = secrets
        self._of = lru_cache(maxsize=1000)(self._keys_of)

    @property
    def can_lock(self) -> bool:
        """True if there is a secret to seal with."""
        return bool(self._secrets)

    def lock(self, agency_id: UUID, plain: bytes) -> bytes:
        """Seal bytes. Raises 503 `no_secret_key` if the service has no secret."""
        return self._of(agency_id)[0].encrypt(plain)

    def open(self, agency_id: UUID, sealed: bytes) -> bytes:
        """Return the plain bytes. Raises CannotOpen if they were sealed under a secret that is not among these."""
        try:
            return MultiFernet(self._of(agency_id)).decrypt(sealed)
        except InvalidToken:
            raise CannotOpen from None

    def opens(self, agency_id: UUID, sealed: bytes) -> bool:
        """True if one of the secrets opens these bytes."""
        try:
            self.open(agency_id, sealed)
        except CannotOpen:
            return False
        return True

    def renewed(self, agency_id: UUID, sealed: bytes) -> bytes | None:
        """Return the bytes sealed under the first secret; None if they are already. Raises CannotOpen."""
        first = self._of(agency_id)[0]
        try:
            first.decrypt(sealed)
        except InvalidToken:
            return first.encrypt(self.open(agency_id, sealed))
        return None

    def _keys_of(self, agency_id: UUID) -> Sequence[Fernet]:
        if not self._secrets:
            raise Problem(
                503, "no_secret_key", "The operator must set KEEPWARM_SECRET_KEYS: secrets are not stored without it."
            )
        return [Fernet(base64.urlsafe_b64encode(_derived(secret, agency_id))) for secret in self._secrets]


UNSEALED = Seal()
"""A seal without secrets: it refuses to lock and to open."""


def make_seal(settings: Settings) -> Seal:
    """Return the Seal that uses the secret keys of these settings."""
    return Seal(*load_secrets(settings))


def load_secrets(settings: Settings) -> tuple[bytes, ...]:
    """Return the service's secrets, the one that seals first: those of the settings, then those of the key file.

    A key file stands beside an SQLite file, one secret a line, and is made if there is no other secret. A PostgreSQL is
    shared by processes on many machines: there is no file beside it, and without the settings no secret.
    """
    found = [key.encode() for key in settings.sealing_keys]
    if settings.sqlite_file is not None:
        path = settings.sqlite_file.with_name(settings.sqlite_file.name + ".key")
        if not found:
            _make_key_file(path)
        found += _secrets_in(path)
    return tuple(dict.fromkeys(found))


def _derived(secret: bytes, agency_id: UUID) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"keepwarm sealed " + agency_id.bytes).derive(secret)


def _make_key_file(path: Path) -> None:
    with suppress(FileExistsError), os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(32))


def _secrets_in(path: Path) -> list[bytes]:
    """Return the secrets of a key file. Its whole text counts too: a file that ended in a line break was one secret."""
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines if text == b"\n".join(lines) or not lines else [*lines, text]
