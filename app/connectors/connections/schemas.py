"""Request and response schemas of connections."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from app.applications.facts.schemas import Channel, Party, Purpose, Stage
from app.connectors.loaded_connection import IGNORE
from app.connectors.registry import CONNECTORS
from app.connectors.write_back.schemas import WriteBack
from app.kit.field_types import At, Id, In, Line, Out, RefSystem, YesNo, matching


def _known(system: str) -> str:
    if system not in CONNECTORS:
        raise ValueError(f"must be one of {', '.join(sorted(CONNECTORS))}")
    return system


System = Annotated[str, AfterValidator(_known), Field(max_length=40, json_schema_extra={"enum": sorted(CONNECTORS)})]
Secret = Annotated[
    str,
    Field(min_length=1, max_length=4000),
    *matching(
        r"^[\x20-\x7e]+$", "must be letters, digits and signs of ASCII on one line; paste it again without line breaks"
    ),
]
"""A credential in printable ASCII. It is kept sealed and never shown again."""
Named = Annotated[Line, Field(max_length=40, json_schema_extra={"pattern": r"^[a-z][a-z_]{0,39}$"})]
"""The name of a credential or setting. Which names there are depends on the system: see `GET /v1/connectors`."""
Settings = Annotated[dict[Named, Line], Field(max_length=20)]
Credentials = Annotated[dict[Named, Secret], Field(max_length=10)]


class Meaning(In):
    """The meaning of one of the CRM's activity types, such as a kind of note.

    Keepwarm logs an interaction with these values.
    """

    channel: Channel
    purpose: Purpose = "unspecified"
    from_party: Party | None = None
    """Who spoke or wrote. If omitted, the direction that the CRM gives decides."""
    to_party: Party | None = None
    two_way: YesNo | None = None
    """True if both sides spoke. If omitted, the value of the CRM counts."""
    automatic: YesNo = False


def _or_ignore(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Validate a map entry: return `ignore` as it is, and pass any other value to the validator.

    A union type would put the names of its members into the pointers of errors.
    """
    return value if value == IGNORE else read(value)


StageOrIgnore = Literal[Stage, "ignore"]
MeaningOrIgnore = Annotated[
    Meaning,
    WrapValidator(_or_ignore, json_schema_input_type=Meaning | Literal["ignore"]),
    PlainSerializer(lambda entry: entry if entry == IGNORE else entry.model_dump()),
]
MAX_MAP_ENTRIES = 500
"""The most entries of one map of a connection."""
StageMap = Annotated[dict[Line, StageOrIgnore], Field(max_length=MAX_MAP_ENTRIES)]
ActivityMap = Annotated[dict[Line, MeaningOrIgnore], Field(max_length=MAX_MAP_ENTRIES)]


class ConnectionIn(In):
    """A CRM to connect."""

    system: System
    name: Line
    ref_system: RefSystem | None = None
    """The system's name in external references. Default: `system`; a second connection of one kind needs another."""
    organisation_name: Line | None = None
    """For an employer's own ATS: the organisation that its jobs belong to. Default: `name`."""
    default_recruiter_id: Id | None = None
    """The recruiter of applications for which the CRM names no known recruiter."""
    settings: Settings = {}
    """Settings by the names that `GET /v1/connectors` lists."""
    credentials: Credentials = {}
    """Credentials of the CRM's API, by the names that `GET /v1/connectors` lists. All required ones, or none for now.
    """
    signing_secret: Secret | None = None
    """The signing secret, if the CRM creates it. Omitted: Keepwarm creates one and shows it once."""
    stage_map: StageMap = {}
    """The CRM's statuses, each mapped to a stage or to `ignore`. A status without an entry is listed as unmapped and
    never guessed."""
    activity_map: ActivityMap = {}
    """The CRM's types of notes, calls, emails and meetings: `note: Client follow-up`, or `note` for all notes."""
    write_back: WriteBack = WriteBack()


class ConnectionChange(In):
    """A change of a connection; omitted fields stay as they are.

    Maps, settings and `write_back` are merged; null removes an entry. If an address (`base_url`, `login_url`,
    `auth_url`) changes, credentials that are not sent with it are removed.
    """

    name: Line = Field(default_factory=str)
    paused: YesNo = Field(default_factory=bool)
    """True: events are still received and stored, but nothing is applied, fetched or written."""
    organisation_name: Line | None = None
    default_recruiter_id: Id | None = None
    settings: Annotated[dict[Named, Line | None], Field(max_length=20)] = Field(default_factory=dict)
    credentials: Annotated[dict[Named, Secret | None], Field(max_length=10)] = Field(default_factory=dict)
    stage_map: Annotated[dict[Line, StageOrIgnore | None], Field(max_length=MAX_MAP_ENTRIES)] = Field(
        default_factory=dict
    )
    activity_map: Annotated[dict[Line, MeaningOrIgnore | None], Field(max_length=MAX_MAP_ENTRIES)] = Field(
        default_factory=dict
    )
    write_back: WriteBack = Field(default_factory=WriteBack)


class SecretOut(Out):
    """A valid signing secret of a connection, without the text of the secret."""

    id: Id
    created_at: At
    ends_at: At | None
    """When the secret ends; null: it is valid until a new secret replaces it."""


class ConnectionOut(Out):
    """A connected CRM."""

    id: Id
    system: System
    name: str
    ref_system: str
    paused: bool
    organisation_name: str | None
    default_recruiter_id: Id | None
    settings: dict[str, str]
    credentials: list[str]
    """The names of the credentials that are set. Their values are never shown."""
    missing: list[str]
    """Required fields of the CRM's API that are not set, such as `settings.company_id`. Empty without any credential:
    such a connection only receives webhooks."""
    needs_credentials: bool
    """True if new credentials must be entered. The stored ones are incomplete or cannot be opened, or a CRM that is
    only polled has none."""
    stage_map: dict[str, StageOrIgnore]
    known_stages: dict[str, StageOrIgnore]
    """Signals that the CRM itself defines, with their default stages. The stage map may override them."""
    activity_map: dict[str, Meaning | Literal["ignore"]]
    known_activities: dict[str, Meaning | Literal["ignore"]]
    write_back: WriteBack
    hook_url: str | None
    """The address for the CRM's webhooks; null for a CRM that is only polled."""
    steps: list[str]
    """The steps to take in the CRM, with the fields to enter here. A warning comes first if the CRM is likely to refuse
    the webhook's address."""
    signing_secrets: list[SecretOut]
    created_at: At


class ConnectionMade(Out):
    """A new connection with the signing secret that Keepwarm made for it. The secret is shown this once."""

    connection: ConnectionOut
    signing_secret: str | None


class SecretIn(In):
    """A signing secret to add to a connection."""

    secret: Secret | None = None
    """The secret that the CRM created. Omitted: Keepwarm creates one and shows it once."""
    overlap_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """How long the earlier secrets stay valid."""


class SecretMade(Out):
    """A new signing secret. If Keepwarm made it, its text is shown this once."""

    id: Id
    created_at: At
    signing_secret: str | None


class UnmappedOut(Out):
    """A label of the CRM, such as the name of a status, that has no entry in the connection's map."""

    map: Literal["stage", "activity", "word"]
    """The map that lacks an entry for the label. `word`: the connector itself does not have this word and used a
    default; no map helps.
    """
    value: str
    events: int
    """The number of stored events that contain the label. They are applied as soon as the map has an entry."""
    first_at: At


class PollOut(Out):
    """A list of the CRM that is polled."""

    stream: str
    last_read_at: At | None
    next_read_at: At | None
    """The time of the next poll. Null: polling failed too often and is stopped until it is replayed."""
    failure: str | None


class EmptyStreamOut(Out):
    """A list of the CRM that returned nothing in the latest backfill, not even without its date limit."""

    stream: str
    read_at: At
    sentence: str
    """A message for the admin that says what to check in the CRM."""


class ConnectionHealth(Out):
    """The health of a connection."""

    status: Literal["ok", "paused", "suspended", "needs_credentials", "failing", "quiet"]
    """`needs_credentials`: see the connection's field of this name. `failing`: something is parked, the CRM's API
    rejects requests, or the last webhook was rejected. `suspended`: the CRM has stopped sending webhooks."""
    last_event_at: At | None
    lag_seconds: float
    """The age of the oldest event that is still to be applied."""
    waiting: int
    """The number of events that are due, or that wait for a record which the CRM has not sent yet."""
    applied: int
    ignored: int
    parked: int
    unmapped: list[UnmappedOut]
    suspended_at: At | None
    failed_at: At | None
    """The time since which the CRM's API has rejected requests."""
    failure: str | None
    refused_at: At | None
    """When a webhook with a good signature was last rejected because its timestamp was too far from the service's time.
    """
    refusal: str | None
    """Why that webhook was rejected, and what to do."""
    polls: list[PollOut]
    empty_streams: list[EmptyStreamOut]
    """Streams that returned nothing in the latest backfill, although the CRM may have such records."""
