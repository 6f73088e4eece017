"""Pages by key: a cursor is the last row's key, signed with the filters it belongs to. No totals, no offsets."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Query
from pydantic import BaseModel

from app.kit.damaged_rows import UNDECODED, fetch_decodable, read_rows
from app.kit.errors import DamagedRecord, Problem

MAX_PAGE_SIZE = 200
T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None


def _clamped(limit: int) -> int:
    return max(1, min(limit, MAX_PAGE_SIZE))


Limit = Annotated[
    int, Query(ge=1, description=f"How many items a page holds: at most {MAX_PAGE_SIZE}, a larger number is clamped.")
]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next_cursor` of the page before, with the same filters.")
]


def bad_cursor(detail: str) -> Problem:
    """Return the 400 problem for a cursor that does not belong to this list."""
    return Problem(400, "bad_cursor", detail)


class Cursors:
    """Seals cursors with the first secret and opens those of all.

    A cursor that was altered, or made for other filters, is refused with 400.
    """

    def __init__(self, *secrets: bytes) -> None:
        self._secrets = secrets

    def seal(self, key: Sequence[str], scope: str) -> str:
        """Return a signed cursor made of the last row's key and the scope (agency, list and filters)."""
        payload = json.dumps(list(key), separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_mac(self._secrets[0], payload, scope) + payload).decode().rstrip("=")

    def open(self, cursor: str, scope: str) -> list[str]:
        """Return the key inside a cursor. Raises 400 unless the cursor was made for this scope."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            mac, payload = raw[:16], raw[16:]
        except ValueError:
            mac, payload = b"", b""
        good = [hmac.compare_digest(mac, _mac(secret, payload, scope)) for secret in self._secrets]
        if not payload or not any(good):
            raise bad_cursor(
                "This cursor was altered or belongs to another list or other filters. Begin again without a cursor."
            )
        key: list[str] = json.loads(payload)
        return key


def _mac(secret: bytes, payload: bytes, scope: str) -> bytes:
    return hmac.new(secret, scope.encode() + b"\0" + payload, hashlib.sha256).digest()[:16]


class Paging:
    """The request for a page: its size, its position, and the seal of the next cursor."""

    def __init__(self, limit: int, cursor: str | None, cursors: Cursors, scope: str) -> None:
        self.limit, self._cursor, self._cursors, self._scope = _clamped(limit), cursor, cursors, scope

    def page(
        self,
        conn: sa.Connection,
        statement: sa.Select[Any],
        order: Sequence[sa.ColumnElement[Any]],
        parse: Sequence[Callable[[str], Any]],
        build: Callable[[Any], Any],
        *,
        newest_first: bool = False,
        around: Callable[[sa.Subquery], sa.Select[Any]] | None = None,
    ) -> Page[Any]:
        """Run `statement` as one keyset page.

        `order` are the columns of the key, all selected under their own names, ascending unless `newest_first`. `parse`
        turns each part of a cursor back into a value. Keys are compared as row values: one index walk at any depth.
        `around` joins more to the rows of the page, which are found first; it selects all their columns.
        """
        if self._cursor is not None:
            key = self._cursors.open(self._cursor, self._scope)
            if len(key) != len(parse):
                raise bad_cursor("This cursor is from before the order of this list changed; start at the first page.")
            values = [read(text) for read, text in zip(parse, key, strict=True)]
            bound = [sa.literal(value, column.type) for value, column in zip(values, order, strict=True)]
            here, there = sa.tuple_(*order), sa.tuple_(*bound)
            statement = statement.where(here < there if newest_first else here > there)
        statement = statement.order_by(*_directed(order, newest_first)).limit(self.limit + 1)
        if around is not None:
            found = statement.subquery("page")
            order = [found.c[str(column.key)] for column in order]
            statement = around(found).order_by(*_directed(order, newest_first))
        rows = fetch_decodable(conn, statement)
        more = len(rows) > self.limit
        rows = rows[: self.limit]
        items = read_rows(statement, rows, build)
        if not more:
            return Page(items=items, next_cursor=None)
        names = [str(column.key) for column in order]
        keys = ([row._mapping[name] for name in names] for row in reversed(rows))
        last = next((key for key in keys if UNDECODED not in key), None)
        if last is None:
            raise DamagedRecord("page", None, names)  # no row of it says where the next page begins
        return Page(items=items, next_cursor=self._cursors.seal([_text(part) for part in last], self._scope))


def _directed(order: Sequence[sa.ColumnElement[Any]], newest_first: bool) -> Sequence[sa.ColumnElement[Any]]:
    return [column.desc() for column in order] if newest_first else order


def _text(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
