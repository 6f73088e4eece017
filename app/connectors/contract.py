"""The contract of a connector: signatures, events and API requests of one CRM, as pure functions."""

import base64
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from app.connectors.canonical_records import AnyRecord
from app.connectors.guide import BASE_URL, Guide

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """A webhook request: raw bytes, header names in lower case, and the time of its receipt."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    at: datetime


class RejectedRequest(Exception):
    """A request that is not from the CRM. Its message is shown in the health view and never to the sender."""


class StaleRequest(RejectedRequest):
    """A request with a good signature and a signed time too far from ours. Its message is also shown to the sender."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """The answer to a handshake, a ping or a test, of which nothing is stored. `signed`: the signature is checked
    first.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    signed: bool = True


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """A stored event as connectors translate it: it always has a time.

    Without a time of the CRM's own, `occurred_at` is when the event was received or fetched.
    """

    key: str
    type: str
    document: Any
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class InboundEvent:
    """An event as it was received by webhook or fetched by a sync.

    `key` is the idempotency key: the CRM's own id of the event, or a digest. `document` is the body as JSON. The type
    of a fetched event is named by the connector, such as `fetched.job`.
    """

    key: str
    type: str
    document: Any
    occurred_at: datetime | None = None
    signed_digest: str | None = None
    """The digest of the signed bytes, set if the signature does not cover `key`: the same bytes under another key are
    the same event."""

    def dated(self, received_at: datetime) -> DatedEvent:
        """Return the event with its own time, else with the time of its receipt."""
        return DatedEvent(self.key, self.type, self.document, self.occurred_at or received_at)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to the CRM's API. `path` is below the account's address, or a whole URL.

    A response is sent to the connector if its status is 2xx or in `expects`; any other status ends the exchange. An
    `anonymous` request carries no credentials: it signs in or looks up the data centre.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    method: Literal["GET", "POST", "PUT", "DELETE", "PATCH"] = "GET"
    json: Any = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    expects: tuple[int, ...] = (404,)
    anonymous: bool = False
    rotates: tuple[str, ...] = ()
    """Fields of a good response that replace the credentials of the same names, such as a refresh token that is good
    for one use. They are stored before the exchange continues.
    """


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """The response of the CRM's API. `document` is its JSON body, or None without one."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True for a status of 2xx."""
        return 200 <= self.status < 300


ApiExchange = Generator[ApiRequest, ApiResponse, T]
"""An exchange with the CRM's API: it yields requests, receives the responses, and returns a result."""
MaybeApiExchange: TypeAlias = T | ApiExchange[T]
"""A result at once if no request is needed, else the exchange that leads to it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The records of an event. `ignored` says why there are none, or not all.

    `unknown` lists the vendor's words that the connector replaced by a default, such as `job status: frozen`. They are
    shown with the connection's unmapped words.
    """

    records: Sequence[AnyRecord] = ()
    ignored: str | None = None
    unknown: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The part of a connection that a connector may use: settings, credentials and the session of its last sign-in.

    A sync also receives the end of the webhook's address and the newest signing secret.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    hook_path: str | None = None
    hook_secret: str | None = None
    unopened: bool = False
    """True for credentials that are sealed under a secret key which the service does not have."""


ADDRESS_SETTINGS = (BASE_URL, "login_url", "auth_url")
"""The settings that say to which servers the credentials are sent."""


def server_addresses(settings: Mapping[str, str]) -> list[str | None]:
    """Return the addresses to which these settings send the credentials."""
    return [settings.get(name) for name in ADDRESS_SETTINGS]


@dataclass(frozen=True, slots=True)
class Stream:
    """A list of the CRM that is read: once from a date (`backfill`), at intervals (`every`), or both."""

    name: str
    backfill: bool = True
    every: timedelta | None = None
    watches: bool = False
    """True for a stream that detects suspended webhooks and has them sent again."""


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page of a stream. `cursor` is stored with the items in one transaction; `more`: read the next page at once.

    `suspended`: the CRM has stopped sending webhooks, so a backfill must fetch what it did not send.
    """

    items: Sequence[InboundEvent] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingNote:
    """A note or a task to write about a candidate. Its mark identifies it when the CRM sends it back.

    Ids are the CRM's own. `mark` is unique and is part of the text. `again`: an earlier attempt got no response and may
    have written it, so search for the mark first.
    """

    mark: str
    title: str
    text: str
    at: datetime
    candidate_id: str
    application_id: str | None = None
    job_id: str | None = None
    as_task: bool = False
    again: bool = False


class Connector:
    """One CRM. Its methods are pure: bytes and documents in, records and requests out."""

    system: ClassVar[str]
    """The CRM's name in external references and addresses, such as `jobadder`."""
    title: ClassVar[str]
    """The CRM's name for recruiters."""
    receives: ClassVar[bool] = True
    """True if the CRM sends webhooks; else it is polled."""
    signed_by: ClassVar[Literal["our_secret", "their_secret", "nobody"]] = "our_secret"
    """Who creates the secret that signs webhooks. Ours is shown once; theirs is pasted by the admin."""
    rejection_status: ClassVar[int] = 401
    """The HTTP status for a bad signature."""
    rate_limit_pause: ClassVar[timedelta] = timedelta(minutes=1)
    """How long to pause after a 429 without Retry-After."""
    guide: ClassVar[Guide]
    """How the CRM is connected: credentials, settings, steps, abilities and limits."""
    known_stages: ClassVar[Mapping[str, str]] = {}
    """Stages for signals that the CRM itself defines. Statuses that an agency names are never guessed."""
    known_activities: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Entries of the activity map for types that the CRM itself defines."""
    streams: ClassVar[tuple[Stream, ...]] = ()
    writes_tasks: ClassVar[bool] = False
    """True if a flag can be written as a task."""

    def steps(self, url: str) -> list[str]:
        """Return the steps to take in the CRM, with the webhook's address. `<secret>` and `{id}` are placeholders."""
        return self.guide.steps_for(url)

    @classmethod
    def setting_names(cls) -> list[str]:
        """Return the names of the connector's settings, with `base_url` for every connector that uses an API."""
        return [*dict.fromkeys((*cls.guide.settings, *([BASE_URL] if cls.guide.credentials else [])))]

    @classmethod
    def writes_notes(cls) -> bool:
        """Return True if notes can be written into the CRM."""
        return cls.write is not Connector.write

    @classmethod
    def moves_stages(cls) -> bool:
        """Return True if an approved stage move can be made in the CRM."""
        return cls.move is not Connector.move

    # --- Webhooks in ---

    def new_secret(self, random: bytes) -> str:
        """Return a signing secret made of 32 random bytes."""
        return base64.urlsafe_b64encode(random).decode().rstrip("=")

    def check_secret(self, secret: str) -> None:
        """Raise RejectedRequest for a pasted secret that cannot sign anything."""

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Return the answer to a handshake, ping or test request; None for an event."""
        return None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Raise RejectedRequest unless one of the live secrets signed these bytes. Compare in constant time."""
        raise NotImplementedError

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Return the event of a verified request. Raise RejectedRequest for a body that is not from this CRM."""
        raise NotImplementedError

    def translate(self, event: DatedEvent, account: Account) -> MaybeApiExchange[Translation]:
        """Return the records of an event. Ask the API for what the payload lacks."""
        raise NotImplementedError

    # --- The API ---

    def address(self, account: Account) -> str:
        """Return the address of the API, without a slash at its end."""
        raise NotImplementedError

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the headers that carry the credentials. Raise NotConnected without them."""
        raise NotImplementedError

    def sign_in(self, account: Account, now: datetime) -> MaybeApiExchange[Mapping[str, Any]]:
        """Return a new session, for an API that needs one. It is stored sealed and renewed on a 401, by one worker at a
        time.
        """
        return {}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> MaybeApiExchange[SyncPage]:
        """Return the page of a stream at a cursor."""
        raise NotImplementedError

    # --- Writing back ---

    def write(self, finding: OutgoingNote, account: Account) -> MaybeApiExchange[str]:
        """Write a note into the CRM and return the CRM's id of it."""
        raise WriteRefused(f"{self.title} cannot be written to.")

    def move(self, application_id: str, status: str, account: Account) -> MaybeApiExchange[None]:
        """Move an application to a status of the CRM. It is called only after a recruiter approved this move."""
        raise WriteRefused(f"Applications in {self.title} cannot be moved from here.")


class ApiError(Exception):
    """The CRM rejects this request; a retry seldom helps. The message may be shown to the admin."""


class WriteRefused(Exception):
    """A note or a move that cannot be written. The message is shown to the admin; a retry does not help."""


class NotConnected(Exception):
    """The connection lacks the credentials that its API needs."""
