"""What a connector is: one CRM's signing, its events and its API, as pure functions that ask and never fetch."""

import base64
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

from app.connectors.guide import BASE_URL, Guide
from app.connectors.records import AnyRecord

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InboundRequest:
    """A request at the hook: raw bytes, header names in lower case, and when it came."""

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    at: datetime


class RejectedRequest(Exception):
    """A request that is not what the CRM would send. The message is for the health view and never for the sender."""


class StaleRequest(RejectedRequest):
    """A request with a good signature whose signed time is too far from ours. The message is for the sender, too."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """The answer to a handshake, a ping or a test: nothing is kept. `signed`: only after the signature was checked."""

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
    """A request to the CRM's API that a connector wants made. `path` is below the account's address, or a whole URL.

    The answer's status is sent back where it is 2xx or stands in `expects`; any other ends the attempt. `bare` goes
    without the account's credentials: signing in itself, and looking for the right data centre.
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
    """Fields of a good answer that replace the credentials of the same names, kept before the dialogue goes on: a
    refresh token that is good for one use."""


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What the CRM's API answered: `document` is the JSON body, or None where there is none."""

    status: int
    document: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it answered 2xx."""
        return 200 <= self.status < 300


ApiExchange = Generator[ApiRequest, ApiResponse, T]
"""A dialogue with the CRM's API: yields what to ask, is sent the replies, and returns what came of it."""
MaybeApiExchange: TypeAlias = T | ApiExchange[T]
"""An answer at once where nothing has to be asked, or the dialogue that leads to it."""


@dataclass(frozen=True, slots=True)
class Translation:
    """What an event says. `ignored` tells why nothing, or not everything, came out of it.

    `unknown` names the vendor's words that the connector does not know and had to replace by a default, such as
    `job status: frozen`. They are listed with the connection's unmapped words.
    """

    records: Sequence[AnyRecord] = ()
    ignored: str | None = None
    unknown: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What a connector may know of the connection: its settings, credentials and what signing in brought.

    Walks are told of its hook too: the end of its address, and the newest secret that is taken there.
    """

    settings: Mapping[str, str] = field(default_factory=dict)
    credentials: Mapping[str, str] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    hook_path: str | None = None
    hook_secret: str | None = None
    unopened: bool = False
    """There are credentials, sealed under a secret key that the service does not have."""


ADDRESS_SETTINGS = (BASE_URL, "login_url", "auth_url")
"""The settings that say which servers the credentials are sent to."""


def server_addresses(settings: Mapping[str, str]) -> list[str | None]:
    """Where these settings send the credentials."""
    return [settings.get(name) for name in ADDRESS_SETTINGS]


@dataclass(frozen=True, slots=True)
class Stream:
    """Something to walk through in the CRM: since a date (`backfill`), again and again (`every`), or both."""

    name: str
    backfill: bool = True
    every: timedelta | None = None
    watches: bool = False
    """It sees whether the CRM has stopped sending webhooks, and it alone sees that they are sent again."""


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One step through a stream. `cursor` is kept with the items, in one transaction; `more`: the next step at once.

    `suspended`: the CRM has stopped sending webhooks, and what happened since must be fetched.
    """

    items: Sequence[InboundEvent] = ()
    cursor: Mapping[str, Any] = field(default_factory=dict)
    more: bool = False
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingNote:
    """What we write back: a note or task about a candidate, marked as ours so that its echo is known.

    Ids are the CRM's own. `mark` is unique to the finding and stands in the text too. `again`: an earlier attempt may
    have been written although no answer came: look for the mark first.
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
    """One CRM. Everything here is pure: bytes and documents in, records and requests out."""

    system: ClassVar[str]
    """Its name in external references and addresses, such as `jobadder`."""
    title: ClassVar[str]
    """Its name as recruiters know it."""
    receives: ClassVar[bool] = True
    """Whether it sends webhooks; one that does not is polled."""
    signed_by: ClassVar[Literal["our_secret", "their_secret", "nobody"]] = "our_secret"
    """Who makes the secret that signs webhooks. Ours is shown once; theirs is pasted by the admin."""
    rejection_status: ClassVar[int] = 401
    """The status for a bad signature."""
    rate_limit_pause: ClassVar[timedelta] = timedelta(minutes=1)
    """How long to leave the API alone after a 429 that does not say."""
    guide: ClassVar[Guide]
    """How it is connected: credentials, settings, steps, abilities and limits."""
    known_stages: ClassVar[Mapping[str, str]] = {}
    """Signals whose meaning the system itself defines. Statuses that an agency names are never guessed."""
    known_activities: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Types of activity whose meaning the system itself defines: as an entry of the activity map."""
    streams: ClassVar[tuple[Stream, ...]] = ()
    writes_tasks: ClassVar[bool] = False
    """Whether a finding can be written as a task."""

    def steps(self, url: str) -> list[str]:
        """Return the steps to take in the CRM, with the webhook's address. `<secret>` and `{id}` are placeholders."""
        return self.guide.steps_for(url)

    @classmethod
    def setting_names(cls) -> list[str]:
        """Return the names of its settings. `base_url` is one of every connector that uses an API."""
        return [*dict.fromkeys((*cls.guide.settings, *([BASE_URL] if cls.guide.credentials else [])))]

    @classmethod
    def writes_notes(cls) -> bool:
        """Return whether findings can be written into the CRM."""
        return cls.write is not Connector.write

    @classmethod
    def moves_stages(cls) -> bool:
        """Return whether an approved stage move can be made in the CRM."""
        return cls.move is not Connector.move

    # --- Webhooks in ---

    def new_secret(self, random: bytes) -> str:
        """A signing secret of ours, of 32 random bytes."""
        return base64.urlsafe_b64encode(random).decode().rstrip("=")

    def check_secret(self, secret: str) -> None:
        """Raise Refused for a pasted secret that no signature could ever be made with."""

    def handshake(self, request: InboundRequest) -> Handshake | None:
        """The answer to a handshake, ping or test request; None for a real event."""
        return None

    def verify(self, request: InboundRequest, secrets: Sequence[str]) -> None:
        """Raise Refused unless one of the live secrets signed these very bytes, in constant time."""
        raise NotImplementedError

    def parse_event(self, request: InboundRequest) -> InboundEvent:
        """The event of a verified request. Raises Refused for a body that is none of this CRM's."""
        raise NotImplementedError

    def translate(self, event: DatedEvent, account: Account) -> MaybeApiExchange[Translation]:
        """What the event says; asks the API where the payload is thin."""
        raise NotImplementedError

    # --- The API ---

    def address(self, account: Account) -> str:
        """The address that paths stand below, without a slash at the end."""
        raise NotImplementedError

    def headers(self, account: Account) -> Mapping[str, str]:
        """The headers that carry the credentials. Raises NotConnected without them."""
        raise NotImplementedError

    def sign_in(self, account: Account, now: datetime) -> MaybeApiExchange[Mapping[str, Any]]:
        """A new session, where the API wants one: kept sealed, and asked for anew on a 401. One signs in at a time."""
        return {}

    def page(
        self, stream: str, since: datetime, cursor: Mapping[str, Any], account: Account, now: datetime
    ) -> MaybeApiExchange[SyncPage]:
        """One step through a stream, from where `cursor` stands."""
        raise NotImplementedError

    # --- Writing back ---

    def write(self, finding: OutgoingNote, account: Account) -> MaybeApiExchange[str]:
        """Write a finding into the CRM; returns the CRM's id of what was made."""
        raise WriteRefused(f"{self.title} cannot be written to.")

    def move(self, application_id: str, status: str, account: Account) -> MaybeApiExchange[None]:
        """Move an application to a status of the CRM. Only ever after a recruiter's approval of this very move."""
        raise WriteRefused(f"Applications in {self.title} cannot be moved from here.")


class ApiError(Exception):
    """The CRM refuses this very request; trying again seldom helps. The message may be shown to the admin."""


class WriteRefused(Exception):
    """A note or a move that cannot be written. The message is shown to the admin; a retry does not help."""


class NotConnected(Exception):
    """The connection lacks the credentials that its API needs."""
