"""Functions that most connectors share: marks in notes, credentials, translations, ids, fetched events, pages."""

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
"""The most pages of a candidate's notes that are searched for a note written by Keepwarm."""

# --- Echo markers: how a note of ours is recognised when the CRM sends it back ---


def add_marker(text: str, mark: str) -> str:
    """Return the text of a note with `[keepwarm <mark>]` added as the last line."""
    return f"{text}\n[keepwarm {mark}]"


def find_markers(text: str) -> list[UUID]:
    """Return the ids in all `[keepwarm <id>]` marks of a text. Another installation of Keepwarm may have
    written them.
    """
    return [UUID(mark) for mark in _MARKER.findall(text)]


def marker_of(text: str | None, reference: str | None = None) -> str | None:
    """Return the mark that Keepwarm wrote into a note; None for a note of anyone else.

    `reference` is the mark if it is a UUID, else the first mark in the text counts.
    """
    if reference is not None and re.fullmatch(_UUID, reference):
        return reference
    found = _MARKER.search(text or "")
    return found[1] if found else None


# --- Webhooks ---


def body_or_none(request: InboundRequest) -> Any:
    """Parse the body of a request as JSON; None if it is not JSON. A check for a handshake needs no error then."""
    try:
        return parse_json(request.body)
    except RejectedRequest:
        return None


# --- Credentials ---


def base_url(account: Account, default: str) -> str:
    """Return the base URL of the CRM's API without a slash at its end: the setting `base_url`, else `default`."""
    return account.settings.get("base_url", default).rstrip("/")


def session_value(account: Account, name: str, title: str) -> str:
    """Return a value from the session that the sign-in stored. Raise NotConnected if the session lacks it."""
    value = account.session.get(name)
    if not isinstance(value, str) or not value:
        raise NotConnected(f"{title} has given no session.")
    return value


def credential(account: Account, name: str) -> str:
    """Return a credential of the connection by its name. Raise NotConnected if it is not set."""
    if not (value := account.credentials.get(name)):
        raise NotConnected(f"`credentials.{name}` is missing.")
    return value


def setting(account: Account, name: str) -> str:
    """Return a setting of the connection by its name. Raise NotConnected if it is not set."""
    if not (value := account.settings.get(name)):
        raise NotConnected(f"`settings.{name}` is missing.")
    return value


def basic_auth(user: str, password: str = "") -> Mapping[str, str]:
    """Return the `Authorization` header of HTTP basic authentication, as a mapping."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def bearer_auth(token: str) -> Mapping[str, str]:
    """Return the `Authorization` header with a bearer token, as a mapping."""
    return {"Authorization": f"Bearer {token}"}


# --- Results and values ---


def translation(records: Sequence[AnyRecord], otherwise: str, unknown: Sequence[str] = ()) -> Translation:
    """Return a Translation with these records; without any, `otherwise` says why the event is ignored."""
    return Translation(records, unknown=unknown) if records else Translation(ignored=otherwise)


def single_record(record: AnyRecord | None, otherwise: str) -> Translation:
    """Return a Translation with one record; if it is None, `otherwise` says why the event is ignored."""
    return translation([record] if record else (), otherwise)


def first_value(values: Iterable[T | None]) -> T | None:
    """Return the first value that is not empty; None if there is none."""
    return next((value for value in values if value), None)


def latest_instant(*values: Any) -> datetime | None:
    """Parse the values as instants and return the latest; values that are no instants are skipped. None without any."""
    return max((found for value in values if (found := parse_instant(value))), default=None)


def unknown_word(what: str, value: Any, known: Container[str | None]) -> tuple[str, ...]:
    """Return a tuple with `<what>: <word>` if the folded vendor's word is not among the known words.

    Return an empty tuple for a known word and for a value that is no text.
    """
    text = one_line(value, 60)
    return (f"{what}: {text}",) if text and folded_word(text) not in known else ()


# --- Ids that are whole numbers ---


def is_whole(text: str) -> bool:
    """Return True if a text is a whole number of digits only, small enough for a database integer."""
    return text.isascii() and text.isdigit() and len(text) < 19


def whole_id(value: Any) -> str | None:
    """Return an id as text if it is a whole number, else None. The text is safe in a URL path and query."""
    id = id_text(value)
    return id if id and is_whole(id) else None


def as_number(id: str, title: str) -> int:
    """Convert an id to a number. Raise WriteRefused if it is not a whole number; `title` is the CRM's name."""
    if not is_whole(id):
        raise WriteRefused(f"{id[:50]!r} is no id of {title}'s: those are whole numbers.")
    return int(id)


# --- Sync ---


def fetched_event(
    kind: str, document: Mapping[str, Any], now: datetime, changed_at: datetime | None, **also: Any
) -> InboundEvent:
    """Build an inbound event from a fetched JSON document. It is stored again only if its content changes.

    `also` is part of the content that is compared and not of the document. `fetched_at` is added to the document.
    """
    key = content_digest(json.dumps({**document, **also}, sort_keys=True).encode())
    return InboundEvent(f"{kind}:{key}", f"fetched.{kind}", {**document, "fetched_at": now.isoformat()}, changed_at)


def fetched_version(kind: str, record: Any, document: Any, changed: Any) -> InboundEvent:
    """Build an inbound event from a fetched JSON document. It is stored once for each id and change time
    of `record`.
    """
    return InboundEvent(
        f"{kind}:{id_text(value_at(record, 'id'))}:{changed}", f"fetched.{kind}", document, parse_instant(changed)
    )


def page_of(items: Sequence[InboundEvent], name: str, following: Any) -> SyncPage:
    """Build a sync page whose cursor holds under `name` where the next page starts.

    If `following` is None, it is the last page and its cursor is empty.
    """
    more = following is not None
    return SyncPage(items, {name: following} if more else {}, more)


# --- Writing back ---


def find_note(
    mark: str,
    page: Callable[[C | None], ApiExchange[tuple[Sequence[Any], C | None]]],
    texts: Callable[[Any], Iterable[Any]],
    most: int = MAX_NOTE_PAGES,
) -> ApiExchange[str | None]:
    """Search a candidate's notes in the CRM for a mark. Return the id of the note; None if no note has it.

    `page` returns the rows at a cursor and the next cursor; `texts` returns the texts of a row.
    """
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
    """Return the ids of the rows whose label equals `label` after folding, as in the connection's maps."""
    wanted = fold_label(label)
    found = (
        id_text(value_at(row, id_field))
        for row in rows
        if fold_label(one_line(value_at(row, label_field)) or "") == wanted
    )
    return [id for id in found if id]
