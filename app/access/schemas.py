"""Requests and responses of agencies, recruiters and API keys."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from app.access.caller import Role
from app.kit.field_types import At, Day, Id, In, Line, Out, YesNo, matching
from app.rules.calendar import known_region, known_zone


def _zone(name: str) -> str:
    if not known_zone(name):
        raise ValueError("must be an IANA time zone, such as Australia/Sydney")
    return name


def _region(code: str) -> str:
    if not known_region(code):
        raise ValueError(
            "is not a holiday region, such as AU-NSW: a country by its two letters, with a part of it or without "
            "(ISO 3166)"
        )
    return code


TimeZone = Annotated[str, Field(min_length=1, max_length=64, examples=["Australia/Sydney"]), AfterValidator(_zone)]
HolidayRegion = Annotated[str, Field(min_length=2, max_length=40, examples=["AU-NSW"]), AfterValidator(_region)]
Email = Annotated[
    str,
    Field(max_length=320),
    *matching(
        r"^[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+$",
        "must be one e-mail address and no name, such as kim@example.com",
    ),
]


_DATE_OR_NAME: Any = {"oneOf": [{"required": ["date"]}, {"required": ["name"]}]}
_A_NAME_WORKS: Any = {"anyOf": [{"required": ["date"]}, {"properties": {"working": {"const": True}}}]}


def _unset() -> Any:
    return None


def _is_none(value: object) -> bool:
    return value is None


class CalendarException(In):
    """A calendar day that differs from the holiday region: either one `date`, or every holiday with a `name`."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_DATE_OR_NAME, _A_NAME_WORKS]})

    # One of these two is left out, and may not be null: the default is never read.
    date: Day = Field(default_factory=_unset, exclude_if=_is_none, examples=["2026-12-28"])
    """The date. An exception with a date overrides an exception with a holiday's name."""
    name: Line = Field(default_factory=_unset, exclude_if=_is_none, examples=["Christmas Day"])
    """A holiday on which you work, as the holiday library names it. A day whose holidays are all named is an ordinary
    day of its week."""
    working: YesNo
    """True if the day is a working day, even on a weekend. False if the office is closed; only allowed with a date."""

    @field_validator("working")
    @classmethod
    def _works_on_a_named_holiday(cls, working: bool, info: ValidationInfo) -> bool:
        if info.data.get("name") is not None and not working:
            raise ValueError("must be true beside a `name`; to close on a day, give its `date`")
        return working

    @model_validator(mode="after")
    def _has_one_of_them(self) -> Self:
        if len(self.model_fields_set & {"date", "name"}) != 1:
            raise ValueError("must have either a `date` or a `name`")
        return self


CalendarExceptions = Annotated[list[CalendarException], Field(max_length=200)]


class AgencyIn(In):
    """A new agency (a tenant), with the calendar by which its own due times are computed."""

    name: Line
    time_zone: TimeZone
    holiday_region: HolidayRegion
    calendar_exceptions: CalendarExceptions = Field(default_factory=list)
    """Days on which the agency works or is closed, contrary to its holiday region."""


class AgencyChange(In):
    """A change of the agency; omitted fields stay as they are. `calendar_exceptions` is replaced as a whole."""

    name: Line | None = None
    time_zone: TimeZone | None = None
    holiday_region: HolidayRegion | None = None
    calendar_exceptions: CalendarExceptions | None = None
    """Days on which the agency works or is closed, contrary to its holiday region. Null or an empty list removes all
    exceptions."""


class AgencyOut(Out):
    """An agency, with its calendar."""

    id: Id
    name: str
    time_zone: str
    holiday_region: str
    calendar_exceptions: list[CalendarException]
    """Days on which the agency works or is closed, contrary to its holiday region. These days also hold for candidates
    and organisations without a holiday region."""
    policy_version: int
    """The version of the policies: increases by 1 with each change, at any level (agency, organisation or job)."""
    created_at: At


class AgencyMade(Out):
    """A new agency and its first admin key. The key is shown only in this response."""

    agency: AgencyOut
    api_key: str


class RecruiterIn(In):
    """A consultant or account manager of the agency."""

    name: Line
    email: Email | None = None


class RecruiterChange(In):
    """A change of a recruiter. `active: false` marks a recruiter who has left."""

    name: Line | None = None
    email: Email | None = None
    active: YesNo | None = None


class RecruiterOut(Out):
    """A recruiter."""

    id: Id
    name: str
    email: str | None
    active: bool
    created_at: At


KeyRole = Literal["viewer", "recruiter", "admin"]


class ApiKeyIn(In):
    """A new API key. With a recruiter's id, the worklist shows that recruiter's actions by default."""

    name: Line
    role: KeyRole = "recruiter"
    recruiter_id: Id | None = None
    expires_at: At | None = None


class ApiKeyOut(Out):
    """An API key without its secret."""

    id: Id
    name: str
    role: Role
    recruiter_id: Id | None
    created_at: At
    expires_at: At | None
    revoked_at: At | None


class ApiKeyMade(Out):
    """An API key with its secret, which is shown only in this response."""

    key: ApiKeyOut
    api_key: str


class RotationIn(In):
    """The overlap of a key rotation: how long the old API key stays valid beside the new key."""

    overlap_hours: Annotated[int, Field(ge=0, le=720, strict=True)] = 24


def named_fields(change: In) -> dict[str, object]:
    """Return the fields that a change request contains, by name. Omitted fields are left out; null values are kept."""
    return change.model_dump(exclude_unset=True)
