"""Functions that most CRMs need: echo markers, credentials, results of a translation, ids, fetched events, pages and
notes."""

import base64
import json
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from app.connectors.canonical_records import AnyRecord
from app.connectors.contract import (
    Account,
    ApiExchange,
    InboundEvent,
    InboundRequest,
    NotConnected,
    RejectedRequest,
    SyncPage,
    Translation,
    WriteRefused,
)
from app.connectors.crm_labels import fold_label
from app.connectors.parsing import content_digest, folded_word, id_text, one_line, parse_instant, parse_json, value_at

C = TypeVar("C")
T = TypeVar("T")

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MARKER = re.compile(rf"\[keepwarm ({_UUID})\]")
MAX_NOTE_PAGES = 20
"""How many pages of a candidate's notes are searched for one of ours."""

# --- Echo markers: how a note of ours is recognised when the CRM sends it back ---


def add_marker(text: str, mark: str) -> str:
    """Return a note's text with its mark as the last line."""
    return f"{text}\n[keepwarm {mark}]"


def find_markers(text: str) -> list[UUID]:
    """Return the marks of Keepwarm notes in a text. Another installation of Keepwarm may have written them."""
    return [UUID(mark) for mark in _MARKER.findall(text)]


def marker_of(text: str | None, reference: str | None = None) -> str | None:
    """Return the mark of a note: a reference that is one, else the first mark in its text."""
    if reference is not None and re.fullmatch(_UUID, reference):
        return reference
    found = _MARKER.search(text or "")
    return found[1] if found else None


# --- Webhooks ---


def body_or_none(request: InboundRequest) -> Any:
    """Return the JSON of a request; None if it is none, so that a handshake can be looked for without an error."""
    try:
        return parse_json(request.body)
    except RejectedRequest:
        return None


# --- Credentials ---


def base_url(account: Account, default: str) -> str:
    """Return the address of the API, without a slash at its end: the setting `base_url`, else the default."""
    return account.settings.get("base_url", default).rstrip("/")


def session_value(account: Account, name: str, title: str) -> str:
    """Return a value that the sign-in stored. Raise NotConnected before the first one."""
    value = account.session.get(name)
    if not isinstance(value, str) or not value:
        raise NotConnected(f"{title} has given no session.")
    return value


def credential(account: Account, name: str) -> str:
    """Return a credential. Raise NotConnected if it is not set."""
    if not (value := account.credentials.get(name)):
        raise NotConnected(f"`credentials.{name}` is missing.")
    return value


def setting(account: Account, name: str) -> str:
    """Return a setting. Raise NotConnected if it is not set."""
    if not (value := account.settings.get(name)):
        raise NotConnected(f"`settings.{name}` is missing.")
    return value


def basic_auth(user: str, password: str = "") -> Mapping[str, str]:
    """Return the header of HTTP basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer_auth(token: str) -> Mapping[str, str]:
    """Return the header of a bearer token."""
    return {"Authorization": f"Bearer {token}"}


# --- Results and values ---


def translation(records: Sequence[AnyRecord], otherwise: str, unknown: Sequence[str] = ()) -> Translation:
    """Return the translation of an event: its records, or `otherwise` as the reason why there are none."""
    return Translation(records, unknown=unknown) if records else Translation(ignored=otherwise)


def single_record(record: AnyRecord | None, otherwise: str) -> Translation:
    """Return the translation of an event with one record, or with `otherwise` as the reason why there is none."""
    return translation([record] if record else (), otherwise)


def first_value(values: Iterable[T | None]) -> T | None:
    """Return the first value that is not empty."""
    return next((value for value in values if value), None)


def latest_instant(*values: Any) -> datetime | None:
    """Return the latest of the values that are instants."""
    return max((found for value in values if (found := parse_instant(value))), default=None)


def unknown_word(what: str, value: Any, known: Container[str | None]) -> tuple[str, ...]:
    """Return a word of the vendor as `what: word` if its folded form is not among the known ones."""
    text = one_line(value, 60)
    return (f"{what}: {text}",) if text and folded_word(text) not in known else ()


# --- Ids that are whole numbers ---


def is_whole(text: str) -> bool:
    """Return True for the digits of a whole number that a database can hold."""
    return text.isascii() and text.isdigit() and len(text) < 19


def whole_id(value: Any) -> str | None:
    """Return an id that is a whole number, safe in a path and in a query; None for any other."""
    id = id_text(value)
    return id if id and is_whole(id) else None


def as_number(id: str, title: str) -> int:
    """Return an id as a number. Raise WriteRefused for one that is none."""
    if not is_whole(id):
        raise WriteRefused(f"{id[:50]!r} is no id of {title}'s: those are whole numbers.")
    return int(id)


# --- Sync ---


def fetched_event(
    kind: str, document: Mapping[str, Any], now: datetime, changed_at: datetime | None, **also: Any
) -> InboundEvent:
    """Return a fetched document as an event, stored once for each content.

    `also` is part of the content that is compared and not of the document. `fetched_at` is added to the document.
    """
    key = content_digest(json.dumps({**document, **also}, sort_keys=True).encode())
    return InboundEvent(f"{kind}:{key}", f"fetched.{kind}", {**document, "fetched_at": now.isoformat()}, changed_at)


def fetched_version(kind: str, record: Any, document: Any, changed: Any) -> InboundEvent:
    """Return a fetched document as an event, stored once for each id and time of change of its record."""
    return InboundEvent(
        f"{kind}:{id_text(value_at(record, 'id'))}:{changed}", f"fetched.{kind}", document, parse_instant(changed)
    )


def page_of(items: Sequence[InboundEvent], name: str, following: Any) -> SyncPage:
    """Return a page whose cursor holds where the next one starts; the last page has none."""
    more = following is not None
    return SyncPage(items, {name: following} if more else {}, more)


# --- Writing back ---


def find_note(
    mark: str,
    page: Callable[[C | None], ApiExchange[tuple[Sequence[Any], C | None]]],
    texts: Callable[[Any], Iterable[Any]],
    most: int = MAX_NOTE_PAGES,
) -> ApiExchange[str | None]:
    """Return the id of the note that carries the mark. `page` returns the rows at a cursor and the next cursor."""
    cursor: C | None = None
    for _ in range(most):
        rows, cursor = yield from page(cursor)
        for row in rows:
            if any(isinstance(text, str) and mark in text for text in texts(row)):
                return id_text(value_at(row, "id")) or mark
        if cursor is None:
            break
    return None


def ids_by_label(rows: Iterable[Any], label: str, label_field: str, id_field: str) -> list[str]:
    """Return the ids of the rows with this label, compared as the connection's maps compare labels."""
    wanted = fold_label(label)
    found = (
        id_text(value_at(row, id_field))
        for row in rows
        if fold_label(one_line(value_at(row, label_field)) or "") == wanted
    )
    return [id for id in found if id]
