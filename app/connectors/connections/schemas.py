"""Wire shapes of connections."""

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
    """What one of the CRM's types of activity is in Keepwarm's words."""

    channel: Channel
    purpose: Purpose = "unspecified"
    from_party: Party | None = None
    """Who spoke; left out, what the CRM tells of its direction."""
    to_party: Party | None = None
    two_way: YesNo | None = None
    """Both sides spoke; left out, what the CRM tells."""
    automatic: YesNo = False


def _or_ignore(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """Unlike a union, whose members' names would stand in the pointers of errors."""
    return value if value == IGNORE else read(value)


StageOrIgnore = Literal[Stage, "ignore"]
MeaningOrIgnore = Annotated[
    Meaning,
    WrapValidator(_or_ignore, json_schema_input_type=Meaning | Literal["ignore"]),
    PlainSerializer(lambda entry: entry if entry == IGNORE else entry.model_dump()),
]
MAX_MAP_ENTRIES = 500
"""As many words one map of a connection holds."""
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
    """Whose applications are that the CRM names no known recruiter for."""
    settings: Settings = {}
    """Settings by the names that `GET /v1/connectors` lists."""
    credentials: Credentials = {}
    """What the CRM's API needs, by the names that `GET /v1/connectors` lists. All required ones, or none for now."""
    signing_secret: Secret | None = None
    """The secret that the CRM signs with, where the CRM makes it. Left out, Keepwarm makes one and shows it once."""
    stage_map: StageMap = {}
    """The CRM's statuses: each to a stage, or `ignore`. What is not in it is listed as unmapped and never guessed."""
    activity_map: ActivityMap = {}
    """The CRM's types of notes, calls, emails and meetings: `note: Client follow-up`, or `note` for all notes."""
    write_back: WriteBack = WriteBack()


class ConnectionChange(In):
    """What to change of a connection; what is left out stays. Maps, settings and `write_back` are
    merged, null takes an entry out. Credentials do not follow a change of address (`base_url`,
    `login_url`, `auth_url`): those that are not told with it are dropped."""

    name: Line = Field(default_factory=str)
    paused: YesNo = Field(default_factory=bool)
    """Paused, everything is still received and kept, and nothing is applied, fetched or written."""
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
    """A live signing secret, without its text."""

    id: Id
    created_at: At
    ends_at: At | None
    """Until when it is still taken; null: until it is replaced."""


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
    """The names of the credentials that are set; what they are is never shown."""
    missing: list[str]
    """Fields that the CRM's API still needs, such as `settings.company_id`. None without any credential: such a
    connection receives webhooks alone."""
    needs_credentials: bool
    """True if new credentials must be entered: the stored ones are incomplete or can no longer be opened, or there are
    none and only polls bring events."""
    stage_map: dict[str, StageOrIgnore]
    known_stages: dict[str, StageOrIgnore]
    """Signals that the system itself defines; the stage map may say otherwise."""
    activity_map: dict[str, Meaning | Literal["ignore"]]
    known_activities: dict[str, Meaning | Literal["ignore"]]
    write_back: WriteBack
    hook_url: str | None
    """Where the CRM sends its webhooks; null for one that is polled."""
    steps: list[str]
    """What to do in the CRM, with the fields to enter here. A warning comes first if the CRM is likely to refuse the
    webhook's address."""
    signing_secrets: list[SecretOut]
    created_at: At


class ConnectionMade(Out):
    """A new connection, and the secret that Keepwarm made for it: shown this once."""

    connection: ConnectionOut
    signing_secret: str | None


class SecretIn(In):
    """A new signing secret."""

    secret: Secret | None = None
    """The one that the CRM made. Left out, Keepwarm makes one and shows it once."""
    overlap_hours: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """How long the ones before it are still taken."""


class SecretMade(Out):
    """A new signing secret; its text is shown this once, where Keepwarm made it."""

    id: Id
    created_at: At
    signing_secret: str | None


class UnmappedOut(Out):
    """A word of the CRM that the connection's map does not know."""

    map: Literal["stage", "activity", "word"]
    """The map that lacks the word. `word`: the connector itself does not know it and used a default; no map helps."""
    value: str
    events: int
    """How many kept events speak of it; they are applied as soon as the map learns it."""
    first_at: At


class PollOut(Out):
    """A stream of the CRM that is read again and again."""

    stream: str
    last_read_at: At | None
    next_read_at: At | None
    """Null: it failed too often and stands still until it is replayed."""
    failure: str | None


class EmptyStreamOut(Out):
    """A stream of the CRM that returned nothing in the latest backfill, not even of older date."""

    stream: str
    read_at: At
    sentence: str
    """What to check."""


class ConnectionHealth(Out):
    """How a connection fares."""

    status: Literal["ok", "paused", "suspended", "needs_credentials", "failing", "quiet"]
    """`needs_credentials`: as the connection's field of this name says; `failing`: something is parked, the
    API refuses us, or the last webhook was refused; `suspended`: the CRM has stopped sending."""
    last_event_at: At | None
    lag_seconds: float
    """The age of the oldest event that is still to be applied."""
    waiting: int
    """Events that are due, or wait for a thing that nobody has told of yet."""
    applied: int
    ignored: int
    parked: int
    unmapped: list[UnmappedOut]
    suspended_at: At | None
    failed_at: At | None
    """Since when the CRM's API refuses us."""
    failure: str | None
    refused_at: At | None
    """When a webhook with a good signature was refused last, because its timestamp was too far from our time."""
    refusal: str | None
    """Why, and what to do."""
    polls: list[PollOut]
    empty_streams: list[EmptyStreamOut]
    """Streams that returned nothing in the latest backfill, although the CRM may have such records."""
