"""The interface of a connector: how one CRM's signatures, events and API requests are handled, as pure functions."""

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
    """Raised for a webhook request that is not from the CRM. The message is never shown to the sender."""


class StaleRequest(RejectedRequest):
    """Raised for a webhook with a good signature and a signed time too far from the service's time.

    The message is shown to the sender and in the connection's health.
    """


@dataclass(frozen=True, slots=True)
class Handshake:
    """The answer to a handshake, ping or test request of a CRM; nothing is stored. `signed`: check the
    signature first.
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
        """Convert the event to a DatedEvent: with its own time if it has one, else with `received_at`."""
        return DatedEvent(self.key, self.type, self.document, self.occurred_at or received_at)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request to the CRM's API. `path` is relative to the API's base URL, or a whole URL.

    The connector receives a response whose status is 2xx or in `expects`; any other status ends the exchange. An
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
"""Either the result itself, if no API request is needed, or an exchange that returns the result."""


@dataclass(frozen=True, slots=True)
class Translation:
    """The canonical records translated from an event. `ignored` says why there are none, or not all.

    `unknown` lists the vendor's words that the connector replaced by a default, such as `job status: frozen`. They are
    shown with the connection's unmapped words.
    """

    records: Sequence[AnyRecord] = ()
    ignored: str | None = None
    unknown: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The part of a connection that a connector may use: settings, credentials and the session of its last sign-in.

    In a sync, `hook_path` is the path of the connection's webhook URL, and `hook_secret` its newest signing secret.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    hook_path: str | None = None
    hook_secret: str | None = None
    unopened: bool = False
    """True if the stored credentials cannot be opened, because their secret key is missing in the service."""


ADDRESS_SETTINGS = (BASE_URL, "login_url", "auth_url")
"""The names of the settings that hold the URLs of the servers to which credentials are sent."""


def server_addresses(settings: Mapping[str, str]) -> list[str | None]:
    """Return the URLs of the servers that receive the credentials, one for each such setting. None: it is not set."""
    return [settings.get(name) for name in ADDRESS_SETTINGS]


@dataclass(frozen=True, slots=True)
class Stream:
    """A list of the CRM that Keepwarm reads: once from a date (`backfill`), at intervals (`every`), or both."""

    name: str
    backfill: bool = True
    every: timedelta | None = None
    watches: bool = False
    """True for a stream that detects that the CRM has suspended its webhooks, and enables them again."""


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page of a stream. `cursor` is stored with the items in one transaction; `more`: read the next page at once.

    `suspended`: the CRM has stopped sending webhooks, so a backfill must fetch the missed changes.
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
    """The base class of connectors, one for each CRM.

    Methods are pure: bytes and JSON in, records and API requests out.
    """

    system: ClassVar[str]
    """The CRM's identifier in external references and in connections, such as `jobadder`."""
    title: ClassVar[str]
    """The CRM's name as recruiters read it."""
    receives: ClassVar[bool] = True
    """True if the CRM sends webhooks. False: it is only polled."""
    signed_by: ClassVar[Literal["our_secret", "their_secret", "nobody"]] = "our_secret"
    """Who creates the secret that signs webhooks. `our_secret` is shown once; the admin pastes `their_secret`."""
    rejection_status: ClassVar[int] = 401
    """The HTTP status of the answer to a webhook with a bad signature."""
    rate_limit_pause: ClassVar[timedelta] = timedelta(minutes=1)
    """How long to pause after the API answers 429 without Retry-After."""
    guide: ClassVar[Guide]
    """How the CRM is connected: credentials, settings, steps, abilities and limits."""
    known_stages: ClassVar[Mapping[str, str]] = {}
    """The stage of each signal that the CRM itself defines, such as `@hired`. Statuses that an agency names are never
    guessed.
    """
    known_activities: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Default entries of the activity map, for types of notes, calls and emails that the CRM itself defines."""
    streams: ClassVar[tuple[Stream, ...]] = ()
    writes_tasks: ClassVar[bool] = False
    """True if a flag can be written into the CRM as a task."""

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
        """Return a signing secret for webhooks as text, encoded from 32 random bytes."""
        return base64.urlsafe_b64encode(random).decode().rstrip("=")

    def check_secret(self, secret: str) -> None:
        """Raise RejectedRequest if a secret that the admin pasted cannot be used to check signatures."""

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """Return the answer to a handshake, ping or test request; None for an event."""
        return None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Raise RejectedRequest unless one of the valid secrets signed the request. Compare in constant time."""
        raise NotImplementedError

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """Parse a verified request into an event. Raise RejectedRequest for a body that is not from this CRM."""
        raise NotImplementedError

    def translate(self, event: DatedEvent, account: Account) -> MaybeApiExchange[Translation]:
        """Translate an event into canonical records. Request from the API the data that the payload lacks."""
        raise NotImplementedError

    # --- The API ---

    def address(self, account: Account) -> str:
        """Return the base URL of the CRM's API, without a slash at its end."""
        raise NotImplementedError

    def headers(self, account: Account) -> Mapping[str, str]:
        """Return the HTTP headers that carry the credentials. Raise NotConnected if the credentials are missing."""
        raise NotImplementedError

    def sign_in(self, account: Account, now: datetime) -> MaybeApiExchange[Mapping[str, Any]]:
        """Return a new session for an API that needs one, else an empty mapping.

        The session is stored sealed and renewed after a 401, by one worker at a time.
        """
        return {}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> MaybeApiExchange[SyncPage]:
        """Return one page of a stream: the changes since an instant, from a cursor on. An empty cursor
        starts the list.
        """
        raise NotImplementedError

    # --- Writing back ---

    def write(self, finding: OutgoingNote, account: Account) -> MaybeApiExchange[str]:
        """Write a note or a task into the CRM and return the id that the CRM gave it."""
        raise WriteRefused(f"{self.title} cannot be written to.")

    def move(self, application_id: str, status: str, account: Account) -> MaybeApiExchange[None]:
        """Move an application to a status in the CRM. It is called only after a recruiter approved this move."""
        raise WriteRefused(f"Applications in {self.title} cannot be moved from here.")


class ApiError(Exception):
    """Raised if the CRM rejects an API request; a retry seldom helps. The message may be shown to the admin."""


class WriteRefused(Exception):
    """Raised for a note or a stage move that cannot be written into the CRM. A retry does not help.

    The message is shown to the admin.
    """


class NotConnected(Exception):
    """Raised if the connection lacks the credentials that its CRM's API needs."""
