"""API keys: `kw_<public id>_<secret><checksum>`. The public id names the agency and the key; only a hash is stored."""

import hashlib
import hmac
import secrets
import zlib
from dataclasses import dataclass
from uuid import UUID

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PUBLIC, _SECRET, _CHECKSUM = 43, 32, 6


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key with its secret in plain text, as the client sends it."""

    agency_id: UUID
    id: UUID
    secret: str

    @property
    def token(self) -> str:
        """The key as text for the Authorization header. The API returns this text only when the key is made."""
        body = f"kw_{public_id(self.agency_id, self.id)}_{self.secret}"
        return body + _checksum(body)

    @property
    def secret_hash(self) -> str:
        """The SHA-256 hash of the secret, which the database stores. A long random secret needs no slower hash."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def matches(self, secret_hash: str) -> bool:
        """Return True if the secret has this stored hash. The comparison takes constant time."""
        return hmac.compare_digest(self.secret_hash, secret_hash)


def make(agency_id: UUID, id: UUID) -> ApiKey:
    """Generate a key with a fresh secret of 190 random bits."""
    return ApiKey(agency_id, id, "".join(secrets.choice(_ALPHABET) for _ in range(_SECRET)))


def parse(token: str) -> ApiKey | None:
    """Parse an API key. Return None if its format or its checksum is wrong."""
    if len(token) != len("kw__") + _PUBLIC + _SECRET + _CHECKSUM or not token.isascii() or not token.startswith("kw_"):
        return None
    body, checksum = token[:-_CHECKSUM], token[-_CHECKSUM:]
    public, _, secret = body.removeprefix("kw_").partition("_")
    if not hmac.compare_digest(checksum, _checksum(body)) or (named := parse_public_id(public)) is None:
        return None
    return ApiKey(*named, secret)


def public_id(agency_id: UUID, id: UUID) -> str:
    """Return a base-62 text that encodes the ids of a record and its agency, for public URLs and API keys."""
    return _base62(agency_id.int << 128 | id.int, _PUBLIC)


def parse_public_id(word: str) -> tuple[UUID, UUID] | None:
    """Return the agency id and the record id of a public id; None if it is malformed."""
    number = 0
    for character in word:
        value = _ALPHABET.find(character)
        if value < 0:
            return None
        number = number * 62 + value
    if len(word) != _PUBLIC or number >> 256:
        return None
    return UUID(int=number >> 128), UUID(int=number & (1 << 128) - 1)


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _checksum(text: str) -> str:
    return _base62(zlib.crc32(text.encode()), _CHECKSUM)
