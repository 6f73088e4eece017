"""The raw content of a database: the files of SQLite, every column of PostgreSQL."""

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.service import Service


def everything_in(service: Service, database_url: str) -> bytes:
    """Every byte of the service's database."""
    from app.kit.db import metadata

    if database_url.startswith("sqlite"):
        path = make_url(database_url).database or ""
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(FULL)")
        return b"".join(Path(path + suffix).read_bytes() for suffix in ("", "-wal"))

    def read(conn: sa.Connection) -> bytes:
        found = []
        for name in metadata.tables:
            for (text,) in conn.execute(sa.text(f"SELECT convert_to(t::text, 'UTF8') FROM \"{name}\" t")):
                found.append(text)
            for row in conn.execute(metadata.tables[name].select()):
                found += [value for value in row if isinstance(value, bytes)]
        return b"\n".join(found)

    whole: bytes = service.read(read)
    return whole


def written_forms(text: str) -> Iterator[bytes]:
    """The text as it may stand somewhere: plain, as hexadecimal digits, and inside of base64 at each of its offsets."""
    plain = text.encode()
    yield from (plain, plain.hex().encode())
    for offset in range(3 if len(plain) >= 12 else 0):  # a few digits stand in any sealed text by chance
        whole = base64.b64encode(b"-" * offset + plain)
        yield whole[4 if offset else 0 : -4]  # what stands beside it changes the digits at its ends
