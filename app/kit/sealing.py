"""Sealing what must not stand in the database as it is: secrets, tokens, the raw bodies that CRMs send."""

import base64
import os
import secrets
from functools import lru_cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import Problem
from app.kit.settings import Settings


class Seal:
    """Locks and opens bytes under a key of each agency's own, made from the service's secret."""

    def __init__(self, secret: bytes | None) -> None:
        self._secret = secret
        self._of = lru_cache(maxsize=1000)(self._made)

    @property
    def can_lock(self) -> bool:
        """Whether there is a secret to seal with."""
        return self._secret is not None

    def lock(self, agency_id: UUID, plain: bytes) -> bytes:
        """Seal bytes. Raises 503 `no_secret_key` where the service was given no secret to seal with."""
        return self._of(agency_id).encrypt(plain)

    def open(self, agency_id: UUID, sealed: bytes) -> bytes:
        """The bytes again. Raises 503 `other_secret_key` where they were sealed under another secret."""
        try:
            return self._of(agency_id).decrypt(sealed)
        except InvalidToken:
            raise Problem(
                503,
                "other_secret_key",
                "This was sealed under another KEEPWARM_SECRET_KEY; the operator must set that one again.",
            ) from None

    def _made(self, agency_id: UUID) -> Fernet:
        if self._secret is None:
            raise Problem(
                503, "no_secret_key", "The operator must set KEEPWARM_SECRET_KEY: secrets are not stored without it."
            )
        key = HKDF(SHA256(), 32, salt=None, info=b"keepwarm sealed " + agency_id.bytes).derive(self._secret)
        return Fernet(base64.urlsafe_b64encode(key))


UNSEALED = Seal(None)
"""Where nothing is sealed: refuses to."""


def secret_of(settings: Settings) -> bytes | None:
    """The service's secret: KEEPWARM_SECRET_KEY, or beside an SQLite file a key file that is made the first time.

    A PostgreSQL is shared by processes on many machines: there is nothing beside it, and without the setting no secret.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    if settings.sqlite_file is None:
        return None
    path = settings.sqlite_file.with_name(settings.sqlite_file.name + ".key")
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    return path.read_bytes()
